"""When the modules of each hall let the setting of modules begin."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.compiled import kernel


@kernel
def setting_release(
    module_hall: IntArray,
    arrival: FloatArray,
    n_parallel: int,
    set_duration: FloatArray,
) -> tuple[FloatArray, IntArray]:
    """
    Earliest start that lets a hall's modules be set without a break.

    The crew comes once. With ``p`` modules in hand at once, ``m`` modules are
    set in ``ceil(m / p)`` rounds of equal length, the first round being the
    short one; a module that comes late in the row may arrive rounds later than
    the first. Starting so ends on the same day as setting each module the day
    it comes.

    Parameters
    ----------
    module_hall : ndarray of int, shape (draw, module)
        Hall of each module; -1: not ordered.
    arrival : ndarray, shape (draw, module)
        Work of arrival on site; NaN: never made.
    n_parallel : int
        Modules in hand at once. [>= 1]
    set_duration : ndarray, shape (draw, hall)
        Working days to set one module.

    Returns
    -------
    release : ndarray, shape (draw, hall)
        Work before which setting cannot start; -inf for a hall without modules.
    binding : ndarray of int, shape (draw, hall)
        Module that fixes it; -1: none.
    """
    n_draws, n_modules = module_hall.shape
    n_halls = set_duration.shape[1]
    release = np.full((n_draws, n_halls), -np.inf)
    binding = np.full((n_draws, n_halls), -1, dtype=np.int64)
    n_arrived = np.zeros((n_draws, n_halls), dtype=np.int64)
    rank = np.zeros(n_halls, dtype=np.int64)
    for k in range(n_draws):
        for m in range(n_modules):
            if module_hall[k, m] >= 0 and not np.isnan(arrival[k, m]):
                n_arrived[k, module_hall[k, m]] += 1
        rank[:] = 0
        for m in np.argsort(arrival[k], kind="mergesort"):
            h = module_hall[k, m]
            if h < 0 or np.isnan(arrival[k, m]):
                continue
            left = n_arrived[k, h] - rank[h]  # modules to set, this one included
            rank[h] += 1
            rounds = (n_arrived[k, h] + n_parallel - 1) // n_parallel
            rounds_left = (left + n_parallel - 1) // n_parallel
            start = arrival[k, m] - (rounds - rounds_left) * set_duration[k, h]
            if start > release[k, h]:
                release[k, h], binding[k, h] = start, m
    return release, binding


@kernel
def on_site(ready: FloatArray, n_per_day: int, duration: FloatArray) -> FloatArray:
    """
    Work at which modules reach the site when only so many can set out on a day.

    First come, first carried. A module sets out when it is ready and a working day after the
    one that set out ``n_per_day`` places before it.

    Parameters
    ----------
    ready : ndarray, shape (draw, module)
        Work at which each leaves the plant; NaN: never made.
    n_per_day : int
        Modules that set out on a working day at most. [>= 1]
    duration : ndarray, shape (draw,)
        Working days on the way.

    Returns
    -------
    ndarray, shape (draw, module)
        NaN where never made.
    """
    arrival = np.full(ready.shape, np.nan)
    for k in range(ready.shape[0]):
        order = np.argsort(ready[k], kind="mergesort")  # NaN comes last
        left = np.empty(ready.shape[1])
        for place in range(order.size):
            m = order[place]
            if np.isnan(ready[k, m]):
                break
            left[place] = ready[k, m]
            if place >= n_per_day:
                left[place] = max(left[place], left[place - n_per_day] + 1.0)
            arrival[k, m] = left[place] + duration[k]
    return arrival
