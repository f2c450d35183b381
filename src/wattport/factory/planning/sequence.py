"""
Job shops and flexible job shops: which operation runs when, and where.

References
----------
M. Mastrolilli, L. M. Gambardella, "Effective neighbourhood functions for the
flexible job shop problem", Journal of Scheduling 3(1), 2000,
doi:10.1002/(SICI)1099-1425(200001/02)3:1<3::AID-JOS32>3.0.CO;2-Y.
J. Carlier, "The one-machine sequencing problem", European Journal of
Operational Research 11(1), 1982, doi:10.1016/S0377-2217(82)80007-6.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wattport.errors import Finding, WattportError
from wattport.factory.planning import shop_kernel as kernel
from wattport.factory.planning.optimality import Status, gap_frac, status_of
from wattport.factory.planning.sequence_kernel import improve

# An operation is its options, each a machine and a time; a job is its operations in order.
Operation = Sequence[tuple[int, int]]
Jobs = Sequence[Sequence[Operation]]

_N_RULES = 3
_PATIENCE = 1500  # moves without gain before a restart; the best of 600 to 10,000 on ft10, la16
_N_ELITE = 8


@dataclass(frozen=True)
class ShopPlan:
    """One schedule of all operations, with what is known about it."""

    machine: tuple[tuple[int, ...], ...]  # of each job, of each operation
    start: tuple[tuple[int, ...], ...]
    makespan: int
    rule_makespan: int  # of the best dispatch rule, where the search began
    lower_bound: int
    status: Status
    gap_frac: float
    n_steps: int


def plan_shop(jobs: Jobs, n_steps: int = 500_000, seed: int = 0) -> ShopPlan:
    """
    Schedule all operations so that the last one ends early.

    Parameters
    ----------
    jobs : sequence of sequence of sequence of (machine, time)
        Options of each operation of each job; one option each makes a job shop.
        Times are whole numbers. [>= 0]
    n_steps : int
        Moves of the search; 100,000 take one to five seconds.
    seed : int
        Of the search.

    Returns
    -------
    ShopPlan
        Feasible; proved if it meets the bound of a machine or a job.

    Raises
    ------
    WattportError
        If an operation has no machine, or a time is negative or not whole.

    Notes
    -----
    Three dispatch rules, then tabu search over the operations of a longest path
    with exact evaluation, restarted from eight elite schedules. The result
    depends on jobs, steps and seed only.

    Examples
    --------
    >>> plan = plan_shop([[[(0, 3)], [(1, 2)]], [[(1, 4)], [(0, 1)]]])
    >>> plan.makespan, plan.status.value
    (6, 'proved')
    """
    shop = _shop(jobs)
    bound = shop_bound(jobs)
    order = kernel.empty_order(shop)
    spans = [int(kernel.dispatch(shop, rule, order)) for rule in range(_N_RULES)]
    kernel.dispatch(shop, int(np.argmin(spans)), order)
    span, steps = improve(shop, order, bound, n_steps, _PATIENCE, _N_ELITE, seed)
    rows = list(zip(shop.first[:-1], shop.first[1:], strict=True))
    return ShopPlan(
        machine=tuple(tuple(int(m) for m in order.machine[a:b]) for a, b in rows),
        start=tuple(tuple(int(t) for t in order.head[a:b]) for a, b in rows),
        makespan=int(span),
        rule_makespan=min(spans),
        lower_bound=bound,
        status=status_of(span, bound),
        gap_frac=gap_frac(span, bound),
        n_steps=int(steps),
    )


def shop_bound(jobs: Jobs) -> int:
    """
    Least makespan by jobs, by single machines, and by all work over all machines.

    Parameters
    ----------
    jobs : sequence
        As for `plan_shop`.

    Returns
    -------
    int
        Lower bound.

    Notes
    -----
    A machine's operations without alternative, with their jobs' shortest work
    before and after, form a one-machine problem; its preemptive optimum
    (Jackson's schedule) bounds the makespan.

    Examples
    --------
    >>> shop_bound([[[(0, 3)], [(1, 2)]], [[(1, 4)], [(0, 1)]]])
    6
    """
    on: dict[int, list[tuple[int, int, int]]] = {}
    bound = work = 0
    for job in jobs:
        least = [min(time for _, time in operation) for operation in job]
        total, before = sum(least), 0
        bound, work = max(bound, total), work + total
        for operation, time in zip(job, least, strict=True):
            if len({machine for machine, _ in operation}) == 1:
                on.setdefault(operation[0][0], []).append((before, time, total - before - time))
            before += time
    n_machines = len({machine for job in jobs for op in job for machine, _ in op})
    return max([bound, -(-work // max(n_machines, 1)), *map(_preemptive, on.values())])


def _preemptive(operations: Sequence[tuple[int, int, int]]) -> int:
    """Jackson's preemptive schedule: of the released, the one with the longest tail runs."""
    waiting = sorted(operations)
    ready: list[tuple[int, int]] = []
    now = span = at = 0
    while at < len(waiting) or ready:
        if not ready:
            now = max(now, waiting[at][0])
        while at < len(waiting) and waiting[at][0] <= now:
            heapq.heappush(ready, (-waiting[at][2], waiting[at][1]))
            at += 1
        tail, left = heapq.heappop(ready)
        until = now + left if at == len(waiting) else min(now + left, waiting[at][0])
        if until < now + left:
            heapq.heappush(ready, (tail, now + left - until))
        else:
            span = max(span, until - tail)
        now = until
    return span


def _shop(jobs: Jobs) -> kernel.Shop:
    for j, job in enumerate(jobs):
        for o, operation in enumerate(job):
            if not operation:
                raise _refusal(f"jobs[{j}][{o}]", "no machine can do it", "name one at least")
            if any(m < 0 or t < 0 or int(t) != t for m, t in operation):
                raise _refusal(f"jobs[{j}][{o}]", "machines and times are whole numbers from 0 on",
                               "count time in minutes")  # fmt: skip
    operations = [operation for job in jobs for operation in job]
    if not operations:
        raise _refusal("jobs", "nothing to schedule", "give one operation at least")
    options = [option for operation in operations for option in operation]
    return kernel.Shop(
        job=np.repeat(np.arange(len(jobs)), [len(job) for job in jobs]),
        first=np.cumsum([0, *(len(job) for job in jobs)]),
        option=np.cumsum([0, *(len(operation) for operation in operations)]),
        machine=np.array([machine for machine, _ in options], np.int64),
        time=np.array([time for _, time in options], np.int64),
        n_machines=1 + max(machine for machine, _ in options),
    )


def _refusal(path: str, message: str, remedy: str) -> WattportError:
    return WattportError(Finding("PLAN010", message, path=path, remedy=remedy))
