"""From a moment to the working days done by then, and back, without searching."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.compiled import kernel

# Sums of durations that should end a day exactly may miss it by rounding.
_ROUNDING = 1e-9


class WorkingTime(NamedTuple):
    """
    The working days of a site over a horizon; before and after it time runs evenly.

    Entry ``d`` is the day that begins ``d`` days after ``origin_day``.
    """

    before: FloatArray  # (day,) working days done at its midnight
    worked: FloatArray  # (day,) share of the day that is worked, from midnight on
    by_work: IntArray  # (work,) first day at whose end so many working days are done
    origin_day: float
    total: float  # working days done at the end of the horizon
    per_day: float  # working days per calendar day beyond it


@kernel
def work_at(day: float, time: WorkingTime) -> float:
    """Working days done by a moment."""
    since = day - time.origin_day
    if math.isnan(day) or since < 0.0:
        return float(time.before[0] + since * time.per_day)
    if since >= time.before.size:
        return float(time.total + (since - time.before.size) * time.per_day)
    d = int(since)
    return float(time.before[d] + min(since - d, time.worked[d]))


@kernel
def start_at(work: float, time: WorkingTime) -> float:
    """First moment at which the next bit of work can be done."""
    if math.isnan(work) or work < time.before[0]:
        return float(time.origin_day + (work - time.before[0]) / time.per_day)
    if work >= time.total - _ROUNDING:
        return float(time.origin_day + time.before.size + (work - time.total) / time.per_day)
    d = time.by_work[int(work - time.before[0])]
    while time.before[d] + time.worked[d] <= work + _ROUNDING:
        d += 1
    return float(time.origin_day + d + max(work - time.before[d], 0.0))


@kernel
def finish_at(work: float, time: WorkingTime) -> float:
    """Moment at which a bit of work is done."""
    if math.isnan(work) or work <= time.before[0]:
        return float(time.origin_day + (work - time.before[0]) / time.per_day)
    if work > time.total:
        return float(time.origin_day + time.before.size + (work - time.total) / time.per_day)
    d = time.by_work[max(int(work - _ROUNDING - time.before[0]), 0)]
    while time.before[d] + time.worked[d] < work - _ROUNDING:
        d += 1
    return float(time.origin_day + d + min(max(work - time.before[d], 0.0), time.worked[d]))


@kernel
def works_at(day: FloatArray, time: WorkingTime) -> FloatArray:
    """`work_at` of each entry, shape (n,)."""
    out = np.empty(day.size)
    for i in range(day.size):
        out[i] = work_at(day[i], time)
    return out


@kernel
def starts_at(work: FloatArray, time: WorkingTime) -> FloatArray:
    """`start_at` of each entry, shape (n,)."""
    out = np.empty(work.size)
    for i in range(work.size):
        out[i] = start_at(work[i], time)
    return out


@kernel
def finishes_at(work: FloatArray, time: WorkingTime) -> FloatArray:
    """`finish_at` of each entry, shape (n,)."""
    out = np.empty(work.size)
    for i in range(work.size):
        out[i] = finish_at(work[i], time)
    return out
