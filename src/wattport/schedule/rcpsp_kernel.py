"""
Schedule generation with limited resources: a profile of what is free, period by period.

Placing an activity depends on all placed before it, so both schemes are loops by nature.
What is free of up to four resources shares one 64-bit word, 15 bits each below a guard bit:
taking the demand away leaves every guard bit set where, and only where, all of it is free.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wattport.compiled import kernel

SmallInts = NDArray[np.int32]
Words = NDArray[np.uint64]

RESOURCES_PER_WORD = 4
BITS_PER_RESOURCE = 16
MOST_CAPACITY = 2 ** (BITS_PER_RESOURCE - 1) - 1
GUARD = np.uint64(0x8000800080008000)


class Side(NamedTuple):
    """
    A project as one pass reads it, forwards or backwards in time.

    Activities are numbered so that each comes after its predecessors. The mirror of activity
    ``j`` is ``n - 1 - j``, and its predecessors there are its successors here.
    """

    duration: Any  # (activity,) int32, periods
    first: Any  # (activity + 1,) int32: links into j are first[j] : first[j + 1]
    other: Any  # (link,) int32: the predecessor
    offset: Any  # (link,) int32: from the predecessor's start to the earliest start
    need: Any  # (activity, word) uint64
    free: Any  # (word,) uint64, guard bits set


@kernel
def _fits(profile: Words, period: int, need: Words) -> bool:
    taken = np.uint64(0)
    for w in range(need.size):
        taken |= ~(profile[period, w] - need[w]) & GUARD
    return bool(taken == 0)


@kernel
def _earliest(profile: Words, need: Words, ready: int, duration: int, n_known: int) -> int:
    """Find the first start from `ready` on at which the need is free throughout."""
    start, seen = ready, ready
    while True:
        # Backwards: a period that is taken rules out all starts up to itself at once.
        end = min(start + duration, n_known)
        period = end - 1
        while period >= seen and _fits(profile, period, need):
            period -= 1
        if period < seen:
            return start
        start, seen = period + 1, end


@kernel
def place_serially(order: SmallInts, side: Side, start: SmallInts, profile: Words) -> int:
    """
    Start activities one by one, each as early as links and resources allow.

    The schedule is active: nothing can start earlier without delaying something else. An
    optimal schedule is among those that some order gives.

    Parameters
    ----------
    order : ndarray of int32, shape (activity,)
        Each activity after its predecessors.
    side : Side
        The project.
    start : ndarray of int32, shape (activity,)
        Start of each activity; overwritten. [periods]
    profile : ndarray of uint64, shape (period, word)
        Room for what is free; overwritten. Must be longer than any schedule.

    Returns
    -------
    int
        Makespan. [periods]

    References
    ----------
    R. Kolisch, "Serial and parallel resource-constrained project scheduling methods
    revisited", European Journal of Operational Research 90(2), 1996,
    doi:10.1016/0377-2217(95)00357-6.
    """
    n_known = makespan = 0
    for j in order:
        duration = side.duration[j]
        ready = 0
        for i in range(side.first[j], side.first[j + 1]):
            ready = max(ready, start[side.other[i]] + side.offset[i])
        need = side.need[j]
        if duration > 0 and need.any():
            if ready < n_known:
                ready = _earliest(profile, need, ready, duration, n_known)
            end = ready + duration
            while n_known < end:
                profile[n_known] = side.free
                n_known += 1
            for period in range(ready, end):
                for w in range(need.size):
                    profile[period, w] -= need[w]
        start[j] = ready
        makespan = max(makespan, ready + duration)
    return makespan


@kernel
def _open_followers(
    j: int, side: Side, mirror: Side, start: int, n_open: SmallInts, ready: SmallInts,
    rank: SmallInts, waiting: SmallInts, n_waiting: int,
) -> int:  # fmt: skip
    """Queue, by rank, the activities whose predecessors have all started; return how many wait."""
    last = side.duration.size - 1
    for i in range(mirror.first[last - j], mirror.first[last - j + 1]):
        follower = last - mirror.other[i]
        # The mirror counts from finish to finish.
        lag = mirror.offset[i] + side.duration[j] - side.duration[follower]
        ready[follower] = max(ready[follower], start + lag)
        n_open[follower] -= 1
        if n_open[follower] == 0:
            place = n_waiting
            while place > 0 and rank[waiting[place - 1]] > rank[follower]:
                waiting[place] = waiting[place - 1]
                place -= 1
            waiting[place] = follower
            n_waiting += 1
    return n_waiting


@kernel
def place_in_parallel(order: SmallInts, side: Side, mirror: Side, start: SmallInts) -> int:
    """
    Walk through time and start, in order of priority, whatever is ready and fits.

    The schedule is without delay: nothing waits that could start. Such schedules use scarce
    resources well, though the best one need not be among them.

    Parameters
    ----------
    order : ndarray of int32, shape (activity,)
        Each activity after its predecessors.
    side, mirror : Side
        The project, and the project read backwards.
    start : ndarray of int32, shape (activity,)
        Start of each activity; overwritten. [periods]

    Returns
    -------
    int
        Makespan. [periods]

    References
    ----------
    R. Kolisch (1996), as in `place_serially`.
    """
    n = order.size
    rank, ready = np.empty(n, np.int32), np.zeros(n, np.int32)
    waiting, running = np.empty(n, np.int32), np.empty(n, np.int32)
    n_open = side.first[1:] - side.first[:-1]
    free = side.free.copy().reshape(1, side.free.size)
    n_waiting = n_running = n_done = makespan = now = 0
    for i in range(n):
        rank[order[i]] = i
        if n_open[order[i]] == 0:
            waiting[n_waiting] = order[i]
            n_waiting += 1
    while n_done < n:
        i = 0
        while i < n_waiting:
            j = waiting[i]
            if ready[j] > now or not (side.duration[j] == 0 or _fits(free, 0, side.need[j])):
                i += 1
                continue
            start[j] = now
            makespan = max(makespan, now + side.duration[j])
            n_done += 1
            for k in range(i + 1, n_waiting):
                waiting[k - 1] = waiting[k]
            n_waiting -= 1
            if side.duration[j] > 0:
                free[0] -= side.need[j]
                running[n_running] = j
                n_running += 1
            n_before = n_waiting
            n_waiting = _open_followers(
                j, side, mirror, now, n_open, ready, rank, waiting, n_waiting
            )
            if n_waiting > n_before:
                i = 0  # a follower without lag may start at once
        then = 2**30
        for k in range(n_waiting):
            if ready[waiting[k]] > now:
                then = min(then, ready[waiting[k]])
        for k in range(n_running):
            then = min(then, start[running[k]] + side.duration[running[k]])
        now, kept = then, 0
        for k in range(n_running):
            j = running[k]
            if start[j] + side.duration[j] <= now:
                free[0] += side.need[j]
            else:
                running[kept] = j
                kept += 1
        n_running = kept
    return makespan


@kernel
def follow_links(key: SmallInts, side: Side) -> None:
    """Raise keys in place, so that none is below that of a predecessor."""
    for j in range(key.size):
        for i in range(side.first[j], side.first[j + 1]):
            key[j] = max(key[j], key[side.other[i]])


@kernel
def sort_by_key(key: SmallInts, order: SmallInts, count: SmallInts) -> None:
    """
    Write activities in order of key, equal keys in order of number (counting sort).

    ``count`` is room for one number per key value and one more. Keys are not negative.
    """
    count[: key.max() + 2] = 0
    for j in range(key.size):
        count[key[j] + 1] += 1
    for value in range(1, key.max() + 1):
        count[value] += count[value - 1]
    for j in range(key.size):
        order[count[key[j]]] = j
        count[key[j]] += 1


@kernel
def mirror_starts(
    start: SmallInts, duration: SmallInts, makespan: int, mirrored: SmallInts
) -> None:
    """Read a schedule backwards: what finishes last starts first."""
    last = start.size - 1
    for j in range(start.size):
        mirrored[last - j] = makespan - start[j] - duration[j]


@kernel
def sample_finishes(
    order: SmallInts,
    duration: SmallInts,
    side: Side,
    kind: SmallInts,
    lag: SmallInts,
    finish: SmallInts,
) -> None:
    """
    Schedule one project for many draws of its durations, serially and in one order.

    Parameters
    ----------
    order : ndarray of int32, shape (activity,)
        Each activity after its predecessors.
    duration : ndarray of int32, shape (draw, activity)
        Periods.
    side : Side
        The project; its durations and offsets are replaced draw by draw.
    kind, lag : ndarray of int32, shape (link,)
        Value of `equations.network.LinkKind`, and periods, in the side's order of links.
    finish : ndarray of int32, shape (draw, activity)
        Overwritten. [periods]
    """
    n_draws, n = duration.shape
    start = np.empty(n, np.int32)
    offset = np.empty(lag.size, np.int32)
    most = 1
    for i in range(lag.size):
        most += max(0, lag[i])
    profile = np.empty((0, side.free.size), np.uint64)
    for k in range(n_draws):
        periods = most + duration[k].sum()
        if periods > profile.shape[0]:
            profile = np.empty((periods, side.free.size), np.uint64)
        for j in range(n):
            for i in range(side.first[j], side.first[j + 1]):
                offset[i] = lag[i]
                if kind[i] == 0 or kind[i] == 2:
                    offset[i] += duration[k, side.other[i]]
                if kind[i] >= 2:
                    offset[i] -= duration[k, j]
        drawn = Side(duration[k], side.first, side.other, offset, side.need, side.free)
        place_serially(order, drawn, start, profile)
        for j in range(n):
            finish[k, j] = start[j] + duration[k, j]
