"""
The plan of conservative backfill: free nodes over the time to come, as steps.

Each waiting job holds a place in the plan, so none is ever pushed back by one behind it.
"""

import numpy as np

from wattport.arrays import IntArray
from wattport.compiled import kernel


@kernel
def _split(at: IntArray, free: IntArray, size: int, time_ms: int) -> tuple[int, int]:
    """Let a step begin at a moment, not before the first step; its index and the new size."""
    i = int(np.searchsorted(at[:size], time_ms, side="right")) - 1
    if at[i] == time_ms:
        return i, size
    for k in range(size, i + 1, -1):
        at[k], free[k] = at[k - 1], free[k - 1]
    at[i + 1], free[i + 1] = time_ms, free[i]
    return i + 1, size + 1


@kernel
def profile_take(
    at: IntArray, free: IntArray, size: int, begin_ms: int, end_ms: int, n: int
) -> int:
    """
    Take nodes out of the plan for a time and return its new number of steps.

    Parameters
    ----------
    at, free : ndarray of int64, shape (capacity,)
        Begin of each step and nodes free in it; the last step has no end. Changed in place.
    size : int
        Steps in use.
    begin_ms, end_ms, n : int
        The time, not before the first step, and the nodes.
    """
    if end_ms <= begin_ms:
        return size
    first, size = _split(at, free, size, begin_ms)
    last, size = _split(at, free, size, end_ms)
    for k in range(first, last):
        free[k] -= n
    return size


@kernel
def profile_first(at: IntArray, free: IntArray, size: int, n: int, wall_ms: int) -> int:
    """
    Find the earliest moment from which nodes are free for long enough.

    Parameters
    ----------
    at, free, size
        The plan of `profile_take`.
    n, wall_ms : int
        Nodes wanted, and for how long. [ms]

    Returns
    -------
    int
        Begin of a step; -1 when too many nodes are out of order for it ever to fit.
    """
    i = 0
    while i < size:
        if free[i] < n:
            i += 1
            continue
        end_ms = at[i] + max(wall_ms, 1)
        k = i + 1
        while k < size and at[k] < end_ms and free[k] >= n:
            k += 1
        if k == size or at[k] >= end_ms:
            return int(at[i])
        i = k + 1
    return -1


@kernel
def profile_forget(at: IntArray, free: IntArray, size: int, now_ms: int) -> int:
    """Drop the steps that are over, let the plan begin now, and return its number of steps."""
    i = int(np.searchsorted(at[:size], now_ms, side="right")) - 1
    if i > 0:
        for k in range(i, size):
            at[k - i], free[k - i] = at[k], free[k]
        size -= i
    at[0] = now_ms
    return size
