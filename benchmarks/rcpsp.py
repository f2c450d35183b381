"""
Hold the resource-constrained scheduler to the PSPLIB instances, in full.

Run ``WATTPORT_REFERENCE_DATA=... python benchmarks/rcpsp.py [speed] [j30] [j120] [plain]``, or
without a word for all. ``plain`` is a genetic algorithm of the textbook kind with double
justification, written here to be compared with on the same instances. All on one core but the
sampling of a programme, which uses two threads.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numba import njit

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "oracles"))
from psplib import assert_feasible, critical_path, makespans, projects

from wattport.equations.precedence import link
from wattport.equations.random_stream import next_uniform, seed_stream
from wattport.schedule import rcpsp_kernel as schemes
from wattport.schedule.rcpsp import sample_schedules, solve_rcpsp
from wattport.schedule.rcpsp_bound_kernel import earliest_starts
from wattport.schedule.rcpsp_project import ResourceProject, compiled
from wattport.schedule.rcpsp_proof import prove

FOLDER = Path(os.environ.get("WATTPORT_REFERENCE_DATA", "")) / "factory" / "psplib"
SEEDS = (1, 2, 3)


@njit
def place_many(orders, side, repeats):
    """Sum of makespans, so that nothing is optimised away."""
    profile = np.empty((4000, side.free.size), np.uint64)
    start, total = np.empty(orders.shape[1], np.int32), 0
    for _ in range(repeats):
        for k in range(orders.shape[0]):
            total += schemes.place_serially(orders[k], side, start, profile)
    return total


def random_orders(forward, n_orders, rng):
    """Orders by latest finish with noise, as a search sees them."""
    n = forward.duration.size
    orders, count = np.empty((n_orders, n), np.int32), np.empty(10_000, np.int32)
    head = np.zeros(n, np.int32)
    earliest_starts(forward, head)
    for order in orders:
        key = (head + rng.integers(0, 20, n)).astype(np.int32)
        schemes.follow_links(key, forward)
        schemes.sort_by_key(key, order, count)
    return orders


def speed() -> None:
    """Time a serial schedule of J120, and 10,000 of a programme of 1,000 activities."""
    rng, spent, n_schedules = np.random.default_rng(1), 0.0, 0
    for _, project in projects(FOLDER / "j120_groups_1-30.tar.gz"):
        forward, _, _ = compiled(project)
        orders = random_orders(forward, 20, rng)
        place_many(orders, forward, 1)
        begun = time.perf_counter()
        place_many(orders, forward, 10)
        spent += time.perf_counter() - begun
        n_schedules += 200
    print(f"serial schedule, J120: {spent / n_schedules * 1e6:.2f} us")

    project = programme(1000, rng)
    plan = solve_rcpsp(project, n_schedules=300, seed=1)
    spread = rng.lognormal(0.0, 0.3, (10_000, project.n_activities))
    draws = np.rint(project.duration * spread).astype(np.int64)
    slices = np.array_split(draws, 8)

    def whole() -> float:
        begun = time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            finishes = list(pool.map(lambda d: sample_schedules(project, d, plan.start), slices))
        assert len(finishes) == 8
        return time.perf_counter() - begun

    whole()
    mean = sum(sample_schedules(project, d, plan.start).max(axis=1).sum() for d in slices) / 10_000
    print(f"10,000 draws of 1,000 activities, two threads: {min(whole() for _ in range(3)):.2f} s")
    print(f"  planned {plan.makespan} periods, mean of the draws {mean:.0f}")


def programme(n: int, rng: np.random.Generator) -> ResourceProject:
    """Activities of 1 to 40 days, each after up to three of the 60 before it, six resources."""
    pairs = {(int(rng.integers(max(0, j - 60), j)), j) for j in range(1, n) for _ in range(3)}
    capacity = np.full(6, 12)
    demand = rng.integers(0, 5, (n, 6)) * (rng.random((n, 6)) < 0.4)
    return ResourceProject(rng.integers(1, 41, n), link(*sorted(pairs)), demand, capacity)


def j30() -> None:
    """Reach, and prove, the optima of all 480 instances."""
    optimum = makespans(FOLDER / "j30opt.sm")
    instances = list(projects(FOLDER / "j30.tar.gz"))
    solve_rcpsp(instances[0][1], 10, 1)
    for n_schedules, effort in ((60_000, 0.0), (20_000, 0.2)):
        reached = proved = 0
        begun = time.process_time()
        for key, project in instances:
            plan = solve_rcpsp(project, n_schedules, seed=1)
            if effort:
                plan = prove(project, plan, effort, seed=1)
            assert_feasible(project, plan.start, plan.makespan)
            assert plan.bound <= optimum[key] <= plan.makespan
            reached += plan.makespan == optimum[key]
            proved += plan.status.value == "optimal"
        print(
            f"J30, {n_schedules:,} schedules, CP-SAT effort {effort}: {reached} of 480 optimal, "
            f"{proved} proved, {time.process_time() - begun:.1f} s of one core"
        )


def j120() -> None:
    """Mean deviation from the critical path, groups 1 to 30."""
    best = makespans(FOLDER / "j120hrs.sm")
    instances = list(projects(FOLDER / "j120_groups_1-30.tar.gz"))
    path = {key: critical_path(project) for key, project in instances}
    known = np.mean([best[key] / path[key] - 1.0 for key in path])
    print(f"J120 groups 1-30, best known: {known:.2%}")
    for n_schedules in (1000, 5000):
        for seed in SEEDS:
            deviation, n_proved, begun = [], 0, time.process_time()
            for key, project in instances:
                plan = solve_rcpsp(project, n_schedules, seed)
                assert_feasible(project, plan.start, plan.makespan)
                assert plan.n_schedules <= n_schedules
                assert plan.bound <= best[key]
                deviation.append(plan.makespan / path[key] - 1.0)
                n_proved += plan.status.value == "optimal"
            print(
                f"  {n_schedules:,} schedules, seed {seed}: {np.mean(deviation):.2%}, "
                f"{n_proved} proved, {time.process_time() - begun:.1f} s"
            )


def plain() -> None:
    """Measure the genetic algorithm with double justification on the same instances."""
    instances = list(projects(FOLDER / "j120_groups_1-30.tar.gz"))
    for n_schedules, n_members in ((1000, 20), (5000, 40)):
        for seed in SEEDS:
            deviation = []
            for _, project in instances:
                forward, backward, _ = compiled(project)
                head = np.zeros(project.n_activities, np.int32)
                earliest_starts(backward, head)
                found = plain_genetic(
                    forward, backward, -head[::-1], project.n_periods,
                    critical_path(project), n_schedules, n_members, seed,
                )  # fmt: skip
                deviation.append(found / critical_path(project) - 1.0)
            print(f"  plain, {n_schedules:,} schedules, seed {seed}: {np.mean(deviation):.2%}")


@njit
def justified(order, forward, backward, profile, count):
    """Place, justify right and left (three schedules); rewrite the order; return the makespan."""
    key, start = np.empty(order.size, np.int32), np.empty(order.size, np.int32)
    makespan = schemes.place_serially(order, forward, start, profile)
    for side, towards in ((forward, backward), (backward, forward)):
        schemes.mirror_starts(start, side.duration, makespan, key)
        schemes.follow_links(key, towards)
        schemes.sort_by_key(key, order, count)
        makespan = schemes.place_serially(order, towards, start, profile)
    schemes.sort_by_key(start, order, count)
    return makespan


@njit
def sampled(order, forward, latest, state):
    """Draw an order by the regret of the latest finish."""
    n = latest.size
    is_taken = np.zeros(n, np.bool_)
    for place in range(n):
        eligible = np.zeros(n, np.bool_)
        worst = -(2**30)
        for j in range(n):
            eligible[j] = not is_taken[j]
            for i in range(forward.first[j], forward.first[j + 1]):
                eligible[j] = eligible[j] and is_taken[forward.other[i]]
            if eligible[j]:
                worst = max(worst, latest[j])
        left = next_uniform(state) * ((worst - latest + 1) * eligible).sum()
        for j in range(n):
            if eligible[j]:
                order[place] = j
                left -= worst - latest[j] + 1
                if left <= 0:
                    break
        is_taken[order[place]] = True


@njit
def crossed(child, mother, father, cut, other_cut):
    """Two-point crossover of activity lists."""
    n, place = child.size, 0
    is_taken = np.zeros(n, np.bool_)
    for source, until in ((mother, cut), (father, other_cut), (mother, n)):
        for j in source:
            if place >= until:
                break
            if not is_taken[j]:
                child[place] = j
                is_taken[j] = True
                place += 1


@njit
def plain_genetic(forward, backward, latest, n_periods, lower, n_schedules, n_members, seed):
    """
    Shortest makespan of a permutation genetic algorithm in which every list is justified.

    Hartmann (1998), doi:10.1002/(SICI)1520-6750(199810)45:7<733::AID-NAV5>3.0.CO;2-C; with
    double justification as in Valls, Ballestin and Quintanilla (2005).
    """
    n, state = latest.size, seed_stream(seed, 0, 0, 0)
    profile = np.empty((n_periods, forward.free.size), np.uint64)
    count = np.empty(n_periods + n + 2, np.int32)
    lists = np.empty((2 * n_members, n), np.int32)
    makespan = np.empty(2 * n_members, np.int32)
    n_used, n_known, best = 0, 0, 2**30
    while True:
        pairing = np.argsort(np.array([next_uniform(state) for _ in range(n_members)]))
        for i in range(n_known, n_known + n_members):
            if n_known == 0:
                sampled(lists[i], forward, latest, state)
            else:
                at = i - n_known
                cuts = np.sort(np.array([int(next_uniform(state) * (n + 1)) for _ in range(2)]))
                mother, father = lists[pairing[at]], lists[pairing[at ^ 1]]
                crossed(lists[i], mother, father, cuts[0], cuts[1])
                mutated(lists[i], forward, state)
            if n_used + 3 > n_schedules:
                return best
            makespan[i] = justified(lists[i], forward, backward, profile, count)
            n_used += 3
            best = min(best, makespan[i])
            if best <= lower:
                return best
        n_known += n_members
        fittest = np.argsort(makespan[:n_known], kind="mergesort")[:n_members]
        lists[:n_members], makespan[:n_members] = lists[fittest].copy(), makespan[fittest].copy()
        n_known = n_members


@njit
def mutated(order, forward, state):
    """Swap neighbours that no link binds, one in twenty."""
    for place in range(order.size - 1):
        if next_uniform(state) < 0.05:
            one, two = order[place], order[place + 1]
            is_bound = False
            for i in range(forward.first[two], forward.first[two + 1]):
                is_bound = is_bound or forward.other[i] == one
            if not is_bound:
                order[place], order[place + 1] = two, one


def main() -> None:
    """Run what is asked for."""
    parts = {"speed": speed, "j30": j30, "j120": j120, "plain": plain}
    for name in sys.argv[1:] or parts:
        parts[name]()


if __name__ == "__main__":
    main()
