"""
Speed of the event engine, beside SimPy on the same models.

Two models of one year: a plain line (12 stations, buffers of 4, lognormal
cycles, failures on the operating clock) and a rich one (shifts, failures on the
calendar, one staff pool, a test with rework). Both programs give the same: the
release and completion of each unit and the hours of each station in each state.
Last, 200 joint draws of the two plants of Dunkerque.

Run: ``python benchmarks/make_line.py [--draws 40] [--json]``. One core is used, except for
the last figure.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy

import wattport.spec
from wattport.calendar.intervals import stack_calendars
from wattport.factory.engine.line_records import LEVEL, POOL, REPAIR, Failure, Network, Service
from wattport.factory.engine.simulate import (
    empty_lines,
    empty_stations,
    make_network,
    set_service,
    simulate,
)
from wattport.production import manufacture
from wattport.records.design import Design

N_STATIONS = 12
N_BUFFER = 4
CYCLE_H, CYCLE_CV = 1.0, 0.3
MTBF_H, MTTR_H = 60.0, 3.0
YEAR_H = 8760.0
STAFF, CREW = 20, 2
FIRST_PASS, REWORK_H = 0.9, 1.0
SHIFT_FROM_H, SHIFT_UNTIL_H = 6.0, 22.0
N_BAYS_RICH = 2


def plain_network(n_draws: int) -> Network:
    """Line of twelve machines that fail while they work."""
    stations = empty_stations(n_draws, N_STATIONS)
    for s in range(N_STATIONS):
        set_service(stations, s, Service.LOGNORMAL, CYCLE_H, CYCLE_CV)
    stations["n_buffer"][:, 1:] = N_BUFFER
    stations["failure"] = Failure.OPERATING
    stations["mtbf_h"], stations["mttr_h"] = MTBF_H, MTTR_H
    return make_network(stations, empty_lines(n_draws, 1, int(YEAR_H)))._replace(
        seed=1, until_h=YEAR_H
    )


def rich_network(n_draws: int) -> Network:
    """Two bays a station, two shifts, shared staff and repairers, calendar failures, rework."""
    stations = empty_stations(n_draws, N_STATIONS)
    for s in range(N_STATIONS):
        set_service(stations, s, Service.LOGNORMAL, CYCLE_H, CYCLE_CV)
    stations["n_bays"] = N_BAYS_RICH
    stations["n_buffer"][:, 1:] = N_BUFFER
    stations["failure"] = Failure.CALENDAR
    stations["mtbf_h"], stations["mttr_h"] = MTBF_H, MTTR_H
    stations["calendar"], stations["pool"], stations["repair_crew"] = 0, 0, 0
    stations["crew"] = CREW
    stations["fail_station"][:, -1] = N_STATIONS - 1
    stations["fail_frac"][:, -1] = 1.0 - FIRST_PASS
    stations["rework_h"][:, -1] = REWORK_H
    days = 24.0 * np.arange(380.0)
    levels = np.zeros((1, 2), LEVEL)
    levels["from_h"][0] = [0.0, np.inf]
    levels["n_people"][0] = STAFF
    repairs = np.zeros((n_draws, 1), REPAIR)
    repairs["n_crews"] = 2
    return make_network(stations, empty_lines(n_draws, 1, int(2 * YEAR_H)))._replace(
        seed=1,
        until_h=YEAR_H,
        calendars=stack_calendars([(days + SHIFT_FROM_H, days + SHIFT_UNTIL_H)]),
        pools=np.zeros((n_draws, 1), POOL),
        levels=levels,
        repairs=repairs,
    )


def cycle_h(rng: np.random.Generator) -> float:
    """Draw one lognormal cycle."""
    variance = math.log1p(CYCLE_CV**2)
    return rng.lognormal(math.log(CYCLE_H) - variance / 2.0, math.sqrt(variance))


def simpy_plain(seed: int) -> int:
    """Count the units of the plain line after one year, in SimPy."""
    env = simpy.Environment()
    rng = np.random.default_rng(seed)
    # A store of N parts between machines: blocking after service, as in the engine.
    stores = [simpy.Store(env, capacity=N_BUFFER) for _ in range(N_STATIONS - 1)]
    released: list[float] = []
    done: list[float] = []
    hours = [
        dict.fromkeys(("starved", "working", "blocked", "down"), 0.0) for _ in range(N_STATIONS)
    ]

    def machine(s: int) -> Generator[Any, Any, None]:
        spent = hours[s]
        fail_in_h = rng.exponential(MTBF_H)
        while True:
            since_h = env.now
            if s > 0:
                yield stores[s - 1].get()
            else:
                released.append(since_h)
            spent["starved"] += env.now - since_h
            left_h = cycle_h(rng)
            while fail_in_h < left_h:
                yield env.timeout(fail_in_h)
                spent["working"] += fail_in_h
                left_h -= fail_in_h
                repair_h = rng.exponential(MTTR_H)
                yield env.timeout(repair_h)
                spent["down"] += repair_h
                fail_in_h = rng.exponential(MTBF_H)
            yield env.timeout(left_h)
            spent["working"] += left_h
            fail_in_h -= left_h
            since_h = env.now
            if s < N_STATIONS - 1:
                yield stores[s].put(1)
                spent["blocked"] += env.now - since_h
            else:
                done.append(since_h)

    for s in range(N_STATIONS):
        env.process(machine(s))
    env.run(until=YEAR_H)
    return len(done)


def wall_after(now_h: float, work_h: float) -> float:
    """Give the end of a job of so many working hours that starts now."""
    shift_h = SHIFT_UNTIL_H - SHIFT_FROM_H
    day, hour = divmod(now_h, 24.0)
    clock_h = day * shift_h + min(max(hour - SHIFT_FROM_H, 0.0), shift_h) + work_h
    day, rest_h = divmod(clock_h, shift_h)
    if rest_h == 0.0 and work_h > 0.0:
        day, rest_h = day - 1.0, shift_h
    return max(day * 24.0 + SHIFT_FROM_H + rest_h, now_h)


def worked_between(begin_h: float, end_h: float) -> float:
    """Give the working hours between two moments."""
    shift_h = SHIFT_UNTIL_H - SHIFT_FROM_H

    def clock(at_h: float) -> float:
        day, hour = divmod(at_h, 24.0)
        return day * shift_h + min(max(hour - SHIFT_FROM_H, 0.0), shift_h)

    return clock(end_h) - clock(begin_h)


def simpy_rich(seed: int) -> int:
    """Count the units of the rich line after one year, in SimPy."""
    env = simpy.Environment()
    rng = np.random.default_rng(seed)
    stores = [simpy.Store(env, capacity=N_BUFFER) for _ in range(N_STATIONS - 1)]
    staff = simpy.PriorityResource(env, capacity=STAFF // CREW)
    repairers = simpy.Resource(env, capacity=2)
    released: list[float] = []
    done: list[float] = []
    names = ("starved", "working", "blocked", "down", "unstaffed")
    hours = [dict.fromkeys(names, 0.0) for _ in range(N_STATIONS)]

    def bay(s: int) -> Generator[Any, Any, None]:
        state = {"up": env.event(), "is_down": False, "is_working": False}
        state["up"].succeed()
        process = env.active_process
        spent = hours[s]

        def failures() -> Generator[Any, Any, None]:
            while True:
                yield env.timeout(rng.exponential(MTBF_H))
                state["is_down"], state["up"] = True, env.event()
                since_h = env.now
                if state["is_working"]:
                    process.interrupt()
                with repairers.request() as turn:
                    yield turn
                    repair_h = rng.exponential(MTTR_H)
                    yield env.timeout(wall_after(env.now, repair_h) - env.now)
                state["is_down"] = False
                spent["down"] += worked_between(since_h, env.now)
                state["up"].succeed()

        env.process(failures())
        while True:
            while state["is_down"]:
                yield state["up"]
            since_h = env.now
            if s > 0:
                yield stores[s - 1].get()
            else:
                released.append(since_h)
            spent["starved"] += worked_between(since_h, env.now)
            is_good = False
            left_h = cycle_h(rng)
            while not is_good:
                while left_h > 1e-12:
                    while state["is_down"]:
                        yield state["up"]
                    since_h = env.now
                    with staff.request(priority=-s) as crew:
                        yield crew
                        begin_h = env.now
                        spent["unstaffed"] += worked_between(since_h, begin_h)
                        if state["is_down"]:
                            continue
                        state["is_working"] = True
                        try:
                            yield env.timeout(wall_after(begin_h, left_h) - begin_h)
                            done_h, left_h = left_h, 0.0
                        except simpy.Interrupt:
                            done_h = worked_between(begin_h, env.now)
                            left_h -= done_h
                        spent["working"] += done_h
                        state["is_working"] = False
                is_good = s < N_STATIONS - 1 or rng.random() < FIRST_PASS
                if not is_good:
                    left_h = cycle_h(rng) + REWORK_H
            since_h = env.now
            if s < N_STATIONS - 1:
                yield stores[s].put(1)
                spent["blocked"] += worked_between(since_h, env.now)
            else:
                done.append(since_h)

    for s in range(N_STATIONS):
        for _ in range(N_BAYS_RICH):
            env.process(bay(s))
    env.run(until=YEAR_H)
    return len(done)


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Time one call on the processor, so that a shared machine does not count."""
    begin = time.process_time()
    result = work()
    return time.process_time() - begin, result


def compare(
    name: str, network: Network, reference: Callable[[int], int], n_reference: int
) -> dict[str, Any]:
    """Time both programs in turn and take the best round of each, per year simulated."""
    simulate(network._replace(until_h=10.0), n_threads=1)  # compile
    n_draws = network.stations.shape[0]
    ours_s = theirs_s = math.inf
    theirs = []
    for seed in range(n_reference):
        spent_s, result = seconds(lambda: simulate(network, n_threads=1))
        ours_s = min(ours_s, spent_s)
        spent_s, n_units = seconds(lambda seed=seed: reference(seed))
        theirs_s = min(theirs_s, spent_s)
        theirs.append(n_units)
    ours = np.isfinite(result.done_h[:, 0]).sum(axis=1)
    return {
        "model": name,
        "ms_per_year": 1e3 * ours_s / n_draws,
        "ns_per_event": 1e9 * ours_s / float(result.n_events.sum()),
        "simpy_ms_per_year": 1e3 * theirs_s,
        "ratio": theirs_s / (ours_s / n_draws),
        "units": float(ours.mean()),
        "units_half_width": float(2.6 * ours.std(ddof=1) / math.sqrt(n_draws)),
        "simpy_units": float(np.mean(theirs)),
        "simpy_half_width": float(2.6 * np.std(theirs, ddof=1) / math.sqrt(n_reference)),
    }


def dunkerque(n_draws: int) -> dict[str, Any]:
    """Time both plants over the whole programme, a campus of 1,700 MW on the grid."""
    spec = wattport.spec.load("dunkerque").draw(n_draws, seed=7)
    it_mw = spec.grid.connection_mw / spec.campus.design_pue
    # 5-to-make-4 modules of 2.5 MW carry 2 MW each.
    n_modules = np.ceil(it_mw / 2.0).astype(np.int64)
    hall = np.zeros((n_draws, 1))
    zero = np.zeros(n_draws)
    design = Design(
        hall_it_mw=it_mw[:, None],
        hall_grid_mw=hall,
        hall_tranche=n_modules[:, None] * 0,
        hall_module_need_day=hall + 2000.0,
        hall_generation=n_modules[:, None] * 0,
        hall_n_racks=n_modules[:, None],
        hall_n_gpus=n_modules[:, None],
        hall_n_modules=n_modules[:, None],
        it_mw=it_mw,
        grid_mw=it_mw,
        design_pue=zero,
        n_modules=n_modules,
        module_availability_frac=zero,
        n_hv_transformers=n_modules * 0,
    )
    manufacture(spec, design)
    runs = []
    for _ in range(3):
        wall, processor = time.perf_counter(), time.process_time()
        manufacture(spec, design)
        runs.append((time.perf_counter() - wall, time.process_time() - processor))
    wall_s, processor_s = min(runs)
    return {
        "model": f"Dunkerque plants, {n_draws} draws, {int(n_modules.sum())} modules",
        "wall_s": wall_s,
        "processor_s": processor_s,
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Speed of the event engine beside SimPy.")
    parser.add_argument("--draws", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = [
        compare("plain line", plain_network(given.draws), simpy_plain, given.rounds),
        compare("rich line", rich_network(given.draws), simpy_rich, given.rounds),
        dunkerque(200),
    ]
    if given.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print(", ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{v}" for k, v in row.items()))


if __name__ == "__main__":
    main()
