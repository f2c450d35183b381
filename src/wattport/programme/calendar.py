"""
Working time and calendar days, exactly.

A week starts on Monday; its first ``per_week`` days are worked, the rest are
not (a broken number works part of a day), nor are holidays and shut-downs. A
*work* is the number of working days since Monday 29 December 2025, so on the
work axis activities follow each other without gaps, and durations simply add.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray
from wattport.calendar.epoch import EPOCH
from wattport.calendar.holidays import public_holidays
from wattport.calendar.site_time_kernel import WorkingTime, finishes_at, starts_at, works_at
from wattport.spec.campus.programme import Programme, Shutdown

_FIRST_MONDAY = date(2025, 12, 29)
_ORIGIN = _FIRST_MONDAY - timedelta(weeks=520)
_EPOCH = np.datetime64(EPOCH)
_N_WEEKS = 3120  # ten years before, fifty after
# End of the site's calendar: what is not done by then is reported, not waited for.
LAST_DAY = float((_ORIGIN + timedelta(weeks=_N_WEEKS) - EPOCH).days)


def working_time(programme: Programme) -> WorkingTime:
    """
    Lay out the working days of the site.

    Parameters
    ----------
    programme : Programme
        Section of the spec; its working week is certain.

    Returns
    -------
    WorkingTime
        From 2016 to 2075.
    """
    return week_time(float(np.ravel(programme.working_days_per_week)[0]), days_off(programme))


def week_time(per_week: float, off: tuple[date, ...] = ()) -> WorkingTime:
    """
    Lay out working days from a week and days off.

    Parameters
    ----------
    per_week : float
        Working days of a week. [0 < per_week <= 7]
    off : tuple of date
        Days without work.

    Examples
    --------
    >>> time = week_time(5.0, (date(2026, 1, 1),))
    >>> [float(work_of_day(day, time)) for day in (0.0, 1.5, 2.0, 3.0, 4.0)]
    [3.0, 3.5, 4.0, 4.0, 4.0]
    """
    worked = np.tile(np.clip(per_week - np.arange(7), 0.0, 1.0), _N_WEEKS)
    for day in off:
        place = (day - _ORIGIN).days
        if 0 <= place < worked.size:
            worked[place] = 0.0
    done = np.cumsum(worked)
    done -= done[(_FIRST_MONDAY - _ORIGIN).days - 1]
    before = np.concatenate(([done[0] - worked[0]], done[:-1]))
    steps = before[0] + np.arange(int(done[-1] - before[0]) + 2)
    by_work = np.minimum(np.searchsorted(done, steps - 1e-9), worked.size - 1)
    origin = float((_ORIGIN - EPOCH).days)
    return WorkingTime(
        before, worked, by_work.astype(np.int64), origin, float(done[-1]), per_week / 7.0
    )


def days_off(programme: Programme) -> tuple[date, ...]:
    """
    List the holidays and the days of the shut-downs of all years.

    Parameters
    ----------
    programme : Programme
        Section of the spec.

    Returns
    -------
    tuple of date
        Ascending, each once; week-ends may be among them.
    """
    years = range(_ORIGIN.year, (_ORIGIN + timedelta(weeks=_N_WEEKS)).year + 1)
    kept = programme.holidays != "none"
    found = set(public_holidays(programme.holidays, years)) if kept else set[date]()
    for year in years:
        for shutdown in programme.shutdowns:
            found |= set(_days_of(shutdown, year))
    return tuple(sorted(found))


def _days_of(shutdown: Shutdown, year: int) -> list[date]:
    first, last = shutdown.first_in(year), shutdown.last_in(year)
    if last < first:  # over the turn of the year
        last = shutdown.last_in(year + 1)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def month_starts(until_day: float) -> FloatArray:
    """
    First days of the months from January 2026 to the one that begins after a day.

    Parameters
    ----------
    until_day : float
        Days since 2026-01-01. [>= 0]

    Returns
    -------
    ndarray, shape (month,)
        Days since 2026-01-01.

    Examples
    --------
    >>> month_starts(40.0)
    array([ 0., 31., 59.])
    """
    last = (_EPOCH + np.timedelta64(int(until_day), "D")).astype("datetime64[M]")
    months = np.arange(_EPOCH.astype("datetime64[M]"), last + np.timedelta64(2, "M"))
    return (months.astype("datetime64[D]") - _EPOCH).astype(np.float64)


def work_of_day(day: ArrayLike, time: WorkingTime) -> FloatArray:
    """
    Working days done by a moment if one works all the time one may.

    Parameters
    ----------
    day : array_like, any shape
        Days since 2026-01-01T00:00Z.
    time : WorkingTime
        Of the site.

    Returns
    -------
    ndarray, same shape
        Working days since 2025-12-29; stands still on days off.

    Examples
    --------
    >>> time = week_time(5.0)
    >>> [float(work_of_day(day, time)) for day in (0.0, 1.5, 2.0, 3.0, 4.0)]
    [3.0, 4.5, 5.0, 5.0, 5.0]
    """
    days = np.asarray(day, dtype=np.float64)
    return np.asarray(works_at(days.ravel(), time).reshape(days.shape))


def start_of_work(work: ArrayLike, time: WorkingTime) -> FloatArray:
    """
    First moment at which the next bit of work can be done.

    The inverse of `work_of_day` that skips days off: work that may begin when
    a week's work is done begins on Monday.

    Parameters
    ----------
    work : array_like, any shape
        Working days since 2025-12-29.
    time : WorkingTime
        Of the site.

    Returns
    -------
    ndarray, same shape
        Days since 2026-01-01T00:00Z.

    Examples
    --------
    >>> float(start_of_work(5.0, week_time(5.0)))  # Monday 5 January 2026
    4.0
    """
    works = np.asarray(work, dtype=np.float64)
    return np.asarray(starts_at(works.ravel(), time).reshape(works.shape))


def finish_of_work(work: ArrayLike, time: WorkingTime) -> FloatArray:
    """
    Moment at which a bit of work is done.

    The inverse of `work_of_day` that does not wait over days off: a week's
    work is done on Friday night, not on Monday morning.

    Parameters
    ----------
    work : array_like, any shape
        Working days since 2025-12-29.
    time : WorkingTime
        Of the site.

    Returns
    -------
    ndarray, same shape
        Days since 2026-01-01T00:00Z.

    Examples
    --------
    >>> float(finish_of_work(5.0, week_time(5.0)))  # the end of Friday 2 January 2026
    2.0
    """
    works = np.asarray(work, dtype=np.float64)
    return np.asarray(finishes_at(works.ravel(), time).reshape(works.shape))
