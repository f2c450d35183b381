"""Working days that weather takes, month by month, and how long work lasts through them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.compiled import kernel
from wattport.equations.random_stream import next_uniform, seed_stream

_STREAM = 0x7765617468657273  # keeps these streams apart from all others
_MOST_LOST_FRAC = 0.99  # a month without any working day would never end for the inverse


class Weather(NamedTuple):
    """
    Progress that work of each class can make, on the work axis.

    Month ``m`` lies between boundaries ``m`` and ``m + 1``; before and after, weather loses
    nothing.
    """

    boundary: FloatArray  # (month + 1,) works
    slope: FloatArray  # (draw, class, month) share of a working day that is not lost
    progress: FloatArray  # (draw, class, month + 1) at the boundaries


@kernel
def days_kept(
    seed: int, draw_ids: IntArray, lost_frac: FloatArray, n_days: IntArray, n_first: int
) -> FloatArray:
    """
    Draw the share of each month's working days that weather leaves.

    Parameters
    ----------
    seed : int
        The user's seed.
    draw_ids : ndarray of int, shape (draw,)
        Identity of each draw.
    lost_frac : ndarray, shape (draw, class, 12)
        Chance that weather takes a working day, by month of the year.
    n_days : ndarray of int, shape (month,)
        Working days of each month.
    n_first : int
        Month of the year of the first month. [0 to 11]

    Returns
    -------
    ndarray, shape (draw, class, month)
        ``1 - lost / n_days``, where lost is binomial.
    """
    kept = np.ones((draw_ids.size, lost_frac.shape[1], n_days.size))
    for k in range(draw_ids.size):
        for c in range(lost_frac.shape[1]):
            state = seed_stream(seed, _STREAM, draw_ids[k], c)
            for m in range(n_days.size):
                lost = 0
                for _ in range(n_days[m]):
                    lost += next_uniform(state) < lost_frac[k, c, (n_first + m) % 12]
                if lost > 0:
                    kept[k, c, m] = 1.0 - min(lost / n_days[m], _MOST_LOST_FRAC)
    return kept


@kernel
def progress_at(work: float, boundary: FloatArray, slope: FloatArray, done: FloatArray) -> float:
    """Progress made by a moment on the work axis."""
    m = np.searchsorted(boundary, work, side="right") - 1
    if m < 0:
        return float(done[0] + (work - boundary[0]))
    if m >= slope.size:
        return float(done[slope.size] + (work - boundary[slope.size]))
    return float(done[m] + (work - boundary[m]) * slope[m])


@kernel
def work_at_progress(
    progress: float, boundary: FloatArray, slope: FloatArray, done: FloatArray
) -> float:
    """Moment on the work axis at which so much progress is made."""
    m = np.searchsorted(done, progress, side="right") - 1
    if m < 0:
        return float(boundary[0] + (progress - done[0]))
    if m >= slope.size:
        return float(boundary[slope.size] + (progress - done[slope.size]))
    return float(boundary[m] + (progress - done[m]) / slope[m])
