"""Checks of plans and exact optima by exhaustion: written for reading, sharing nothing with src."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise, permutations

from wattport.factory.planning.balance import LineBalance, Tasks
from wattport.factory.planning.sequence import Jobs, ShopPlan


def faults_of_balance(tasks: Tasks, line: LineBalance) -> list[str]:
    """What is wrong with a balance; empty: nothing."""
    faults = []
    if len(line.station) != len(tasks.time):
        faults.append("not every task has a station")
    for s in range(line.n_stations):
        mine = [task for task in range(len(tasks.time)) if line.station[task] == s]
        if not mine:
            faults.append(f"station {s} is empty")
        if sum(tasks.time[task] for task in mine) > line.cycle:
            faults.append(f"station {s} is longer than the cycle")
        if tasks.skill and len({tasks.skill[t] for t in mine}) > tasks.n_skills_per_station:
            faults.append(f"station {s} needs too many skills")
    if any(not 0 <= s < line.n_stations for s in line.station):
        faults.append("a station that does not exist")
    for before, after in tasks.precedence:
        if line.station[before] > line.station[after]:
            faults.append(f"{before} must not come after {after}")
    for a, b in tasks.apart:
        if line.station[a] == line.station[b]:
            faults.append(f"{a} and {b} share a station")
    return faults


def fewest_stations(tasks: Tasks, cycle: int) -> int:
    """Optimum by trying every load of every station, remembering the sets done."""
    n = len(tasks.time)

    def is_allowed(load: frozenset[int]) -> bool:
        if sum(tasks.time[t] for t in load) > cycle:
            return False
        if any(a in load and b in load for a, b in tasks.apart):
            return False
        return not tasks.skill or len({tasks.skill[t] for t in load}) <= tasks.n_skills_per_station

    @cache
    def least(done: frozenset[int]) -> int:
        if len(done) == n:
            return 0
        best = n + 1
        seen = {frozenset()}
        frontier: list[frozenset[int]] = [frozenset()]
        while frontier:
            load = frontier.pop()
            for task in range(n):
                if task in done or task in load:
                    continue
                if any(b not in done | load for b, a in tasks.precedence if a == task):
                    continue
                larger = load | {task}
                if larger not in seen and is_allowed(larger):
                    seen.add(larger)
                    frontier.append(larger)
        for load in seen:
            if load:
                best = min(best, 1 + least(done | load))
        return best

    return least(frozenset())


def faults_of_shop(jobs: Jobs, plan: ShopPlan) -> list[str]:
    """What is wrong with a schedule; empty: nothing."""
    faults = []
    busy: dict[int, list[tuple[int, int]]] = {}
    ends = [0]
    for j, job in enumerate(jobs):
        ready = 0
        for o, operation in enumerate(job):
            machine, start = plan.machine[j][o], plan.start[j][o]
            times = [time for m, time in operation if m == machine]
            if not times:
                faults.append(f"{j}.{o} runs on a machine that cannot do it")
                continue
            if start < ready:
                faults.append(f"{j}.{o} starts before the operation before it ends")
            ready = start + min(times)
            busy.setdefault(machine, []).append((start, ready))
            ends.append(ready)
    for machine, spans in busy.items():
        spans.sort()
        if any(b[0] < a[1] for a, b in pairwise(spans)):
            faults.append(f"machine {machine} does two things at once")
    if max(ends) != plan.makespan:
        faults.append("the makespan is not the last end")
    return faults


def least_makespan(jobs: Jobs) -> int:
    """Optimum of a small shop, by giving the next start to each job in turn."""
    n_machines = 1 + max(m for job in jobs for op in job for m, _ in op)
    best = sum(max(t for _, t in op) for job in jobs for op in job)

    def go(at: tuple[int, ...], ready: tuple[int, ...], free: tuple[int, ...]) -> None:
        nonlocal best
        if max(ready) >= best:
            return
        if all(at[j] == len(jobs[j]) for j in range(len(jobs))):
            best = max(ready)
            return
        for j in range(len(jobs)):
            if at[j] < len(jobs[j]):
                for m, time in jobs[j][at[j]]:
                    end = max(ready[j], free[m]) + time
                    go(
                        (*at[:j], at[j] + 1, *at[j + 1 :]),
                        (*ready[:j], end, *ready[j + 1 :]),
                        (*free[:m], end, *free[m + 1 :]),
                    )

    go((0,) * len(jobs), (0,) * len(jobs), (0,) * n_machines)
    return best


def least_tardiness(
    ready: Sequence[float], due: Sequence[float], weight: Sequence[float],
    takt: float | Sequence[float],
) -> float:  # fmt: skip
    """Least weighted tardiness over all orders of release."""
    hold = [takt] * len(ready) if isinstance(takt, float) else takt
    best = float("inf")
    for order in permutations(range(len(ready))):
        free, late = float("-inf"), 0.0
        for unit in order:
            start = max(free, ready[unit])
            late += weight[unit] * max(0.0, start - due[unit])
            free = start + hold[unit]
        best = min(best, late)
    return best
