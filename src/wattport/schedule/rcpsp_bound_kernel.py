"""Refutation of a makespan: windows of time too short for the work that must lie in them."""

from __future__ import annotations

import numpy as np

from wattport.arrays import BoolArray, IntArray
from wattport.compiled import kernel
from wattport.schedule.rcpsp_kernel import Side, SmallInts

# Windows start, and end, at no more than this many times: more cost more than they refute.
MOST_EDGES = 150


@kernel
def earliest_starts(side: Side, start: SmallInts) -> int:
    """
    Raise starts in place until every link holds; return the makespan without resources.

    Parameters
    ----------
    side : Side
        The project.
    start : ndarray of int32, shape (activity,)
        Earliest starts known; raised in place. [periods]
    """
    makespan = 0
    for j in range(start.size):
        for i in range(side.first[j], side.first[j + 1]):
            start[j] = max(start[j], start[side.other[i]] + side.offset[i])
        makespan = max(makespan, start[j] + side.duration[j])
    return makespan


@kernel
def _follow_links_both_ways(side: Side, early: SmallInts, late: SmallInts) -> bool:
    """Tighten earliest starts and latest finishes along links; tell whether any room is left."""
    earliest_starts(side, early)
    duration = side.duration
    for j in range(early.size - 1, -1, -1):
        for i in range(side.first[j], side.first[j + 1]):
            before = side.other[i]
            # The predecessor's latest start, from the successor's.
            latest = late[j] - duration[j] - side.offset[i] + duration[before]
            late[before] = min(late[before], latest)
    return bool((early + duration <= late).all())


@kernel
def _separate(side: Side, apart: BoolArray, early: SmallInts, late: SmallInts) -> int:
    """
    Order pairs that cannot overlap; -1: neither order fits, 0: nothing new, 1: tightened.

    ``apart[i, j]`` for ``i < j``: together they need more than there is.
    """
    changed = 0
    for i in range(early.size):
        for j in range(i + 1, early.size):
            if not apart[i, j]:
                continue
            both = side.duration[i] + side.duration[j]
            i_first, j_first = early[i] + both <= late[j], early[j] + both <= late[i]
            if not i_first and not j_first:
                return -1
            if i_first and j_first:
                continue
            one, two = (i, j) if i_first else (j, i)
            if early[one] + side.duration[one] > early[two]:
                early[two] = early[one] + side.duration[one]
                changed = 1
            if late[two] - side.duration[two] < late[one]:
                late[one] = late[two] - side.duration[two]
                changed = 1
    return changed


@kernel
def _overloaded(
    duration: SmallInts, demand: IntArray, capacity: IntArray, early: SmallInts, late: SmallInts
) -> bool:
    """Find a window in which the work that cannot be moved out exceeds what is available."""
    n, n_resources = demand.shape
    work = np.empty(n_resources, np.int64)
    opening, closing = np.unique(early), np.unique(late)
    for opens in opening[:: 1 + opening.size // MOST_EDGES]:
        for closes in closing[:: 1 + closing.size // MOST_EDGES]:
            if closes <= opens:
                continue
            work[:] = 0
            for j in range(n):
                # Inside the window when started as early, and as late, as can be.
                if_early = early[j] + duration[j] - opens
                if_late = closes - (late[j] - duration[j])
                inside = min(duration[j], closes - opens, if_early, if_late)
                if inside > 0:
                    for r in range(n_resources):
                        work[r] += inside * demand[j, r]
            for r in range(n_resources):
                if work[r] > capacity[r] * (closes - opens):
                    return True
    return False


@kernel
def refuted(
    makespan: int, side: Side, head: SmallInts, tail: SmallInts,
    demand: IntArray, capacity: IntArray, apart: BoolArray,
) -> bool:  # fmt: skip
    """
    Tell whether it is certain that no schedule is as short as this.

    Parameters
    ----------
    makespan : int
        Periods.
    side : Side
        The project.
    head, tail : ndarray of int32, shape (activity,)
        Periods before the earliest start, and after the latest finish, whatever the makespan.
    demand : ndarray of int, shape (activity, resource)
        Units.
    capacity : ndarray of int, shape (resource,)
        Units.
    apart : ndarray of bool, shape (activity, activity)
        Pairs that together need more than there is.

    References
    ----------
    P. Baptiste, C. Le Pape, W. Nuijten, "Satisfiability tests and time-bound adjustments for
    cumulative scheduling problems", Annals of Operations Research 92, 1999,
    doi:10.1023/A:1018995000688.
    """
    early, late = head.copy(), makespan - tail
    changed = 1
    while changed == 1:
        if not _follow_links_both_ways(side, early, late):
            return True
        changed = _separate(side, apart, early, late)
    return changed == -1 or _overloaded(side.duration, demand, capacity, early, late)
