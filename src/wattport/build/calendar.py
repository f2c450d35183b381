"""
Working time and calendar days, exactly.

A week starts on Monday; its first ``per_week`` days are worked, the rest are
not (a broken number works part of a day). A *work* is the number of working
days since Monday 29 December 2025, so on the work axis activities follow each
other without gaps, and durations simply add.

The functions take scalars and arrays alike; compiled loops compile them as
they stand.
"""

from __future__ import annotations

import numpy as np

from wattport.records.record import FloatArray

FIRST_MONDAY_DAY = -3.0  # 2025-12-29: day 0, 2026-01-01, is a Thursday
# Sums of durations that should end a week exactly may miss it by rounding.
_WEEK_ROUNDING = 1e-9


def work_of_day(day: FloatArray, per_week: FloatArray) -> FloatArray:
    """
    Working days done by a moment if one works all the time one may.

    Parameters
    ----------
    day : float or ndarray
        Days since 2026-01-01T00:00Z.
    per_week : float or ndarray
        Working days of a week. [0 < per_week <= 7]

    Returns
    -------
    float or ndarray
        Working days since 2025-12-29; stands still on days off.

    Examples
    --------
    >>> [float(work_of_day(day, 5.0)) for day in (0.0, 1.5, 2.0, 3.0, 4.0)]
    [3.0, 4.5, 5.0, 5.0, 5.0]
    """
    since = day - FIRST_MONDAY_DAY
    week = np.floor(since / 7.0)
    work: FloatArray = week * per_week + np.minimum(since - 7.0 * week, per_week)
    return work


def start_of_work(work: FloatArray, per_week: FloatArray) -> FloatArray:
    """
    First moment at which the next bit of work can be done.

    The inverse of `work_of_day` that skips days off: work that may begin when
    a week's work is done begins on Monday.

    Parameters
    ----------
    work : float or ndarray
        Working days since 2025-12-29.
    per_week : float or ndarray
        Working days of a week. [0 < per_week <= 7]

    Returns
    -------
    float or ndarray
        Days since 2026-01-01T00:00Z.

    Examples
    --------
    >>> float(start_of_work(5.0, 5.0))  # Monday 5 January 2026
    4.0
    """
    week = np.floor(work / per_week + _WEEK_ROUNDING)
    day: FloatArray = FIRST_MONDAY_DAY + 7.0 * week + np.maximum(work - per_week * week, 0.0)
    return day


def finish_of_work(work: FloatArray, per_week: FloatArray) -> FloatArray:
    """
    Moment at which a bit of work is done.

    The inverse of `work_of_day` that does not wait over days off: a week's
    work is done on Friday night, not on Monday morning.

    Parameters
    ----------
    work : float or ndarray
        Working days since 2025-12-29.
    per_week : float or ndarray
        Working days of a week. [0 < per_week <= 7]

    Returns
    -------
    float or ndarray
        Days since 2026-01-01T00:00Z.

    Examples
    --------
    >>> float(finish_of_work(5.0, 5.0))  # the end of Friday 2 January 2026
    2.0
    """
    week = np.ceil(work / per_week - _WEEK_ROUNDING) - 1.0
    day: FloatArray = FIRST_MONDAY_DAY + 7.0 * week + np.minimum(work - per_week * week, per_week)
    return day
