"""Calendar years as the hourly loop sees them: days, months, weekends and market hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import BoolArray, FloatArray, IntArray
from wattport.calendar.epoch import day_of

_HOURS_PER_DAY = 24
_PEAK_FIRST_HOUR, _PEAK_LAST_HOUR = 8, 19  # power-exchange peak: 8 to 20 h local time


@dataclass(frozen=True)
class Calendar:
    """One calendar year, hour by hour in UTC."""

    year: int
    day_number: FloatArray  # (day,) days since 2026-01-01
    month: IntArray  # (day,) 0 to 11
    is_weekend: BoolArray  # (day,)
    is_peak: BoolArray  # (time,) market peak hour, local time
    first_hour_of_week: int  # 0 on a Monday 00:00

    @property
    def n_days(self) -> int:
        """Days that are simulated."""
        return int(self.day_number.size)


def calendar(year: int, n_hours: int) -> Calendar:
    """
    Lay out one calendar year.

    Weather years have 365 days; in a leap year 29 February is then left out, so that seasons
    stay in step.

    Parameters
    ----------
    year : int
        Calendar year.
    n_hours : int
        Hours of the weather of that year. [8760 or 8784]

    Returns
    -------
    Calendar
        The year's days.

    Examples
    --------
    >>> year = calendar(2028, 8760)
    >>> year.n_days, int(year.month[59]), float(year.day_number[0])
    (365, 2, 730.0)
    """
    first = date(year, 1, 1)
    span = (date(year + 1, 1, 1) - first).days
    days = [first + timedelta(days=k) for k in range(span)]
    n_days = n_hours // _HOURS_PER_DAY
    if n_days < len(days):
        days = [day for day in days if (day.month, day.day) != (2, 29)]
    days = days[:n_days]
    weekend = np.array([day.weekday() >= 5 for day in days])
    return Calendar(
        year=year,
        day_number=np.array([day_of(day) for day in days]),
        month=np.array([day.month - 1 for day in days], dtype=np.int64),
        is_weekend=weekend,
        is_peak=_peak_hours(days, weekend),
        first_hour_of_week=first.weekday() * _HOURS_PER_DAY,
    )


def _peak_hours(days: list[date], weekend: NDArray[np.bool_]) -> BoolArray:
    """Weekday hours 8 to 20 in French local time, as the exchange defines peak."""
    summer_offset = np.array([2 if _is_summer_time(day) else 1 for day in days])
    local_hour = (np.arange(_HOURS_PER_DAY) + summer_offset[:, None]) % _HOURS_PER_DAY
    in_day = (local_hour >= _PEAK_FIRST_HOUR) & (local_hour <= _PEAK_LAST_HOUR)
    return np.asarray((in_day & ~weekend[:, None]).ravel())


def _is_summer_time(day: date) -> bool:
    """European summer time: last Sunday of March to last Sunday of October."""
    return _last_sunday(day.year, 3) <= day < _last_sunday(day.year, 10)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def tranche_by_day(
    tranche_mw: FloatArray, month_day: FloatArray, day_number: FloatArray
) -> FloatArray:
    """
    Grid power open on each day, from the monthly table.

    Parameters
    ----------
    tranche_mw : ndarray, shape (draw, month)
        Power open at the start of each month. [MW]
    month_day : ndarray, shape (month,)
        First day of each month, ascending.
    day_number : ndarray, shape (day,)
        Days asked for.

    Returns
    -------
    ndarray, shape (draw, day)
        Zero before the first month; the last month holds ever after. [MW]

    Examples
    --------
    >>> tranche_by_day(
    ...     np.array([[0.0, 240.0]]), np.array([0.0, 31.0]), np.array([-1.0, 30.0, 31.0, 400.0]))
    array([[  0.,   0., 240., 240.]])
    """
    index = np.searchsorted(month_day, day_number, side="right") - 1
    opened = tranche_mw[:, np.clip(index, 0, None)]
    return np.asarray(np.where(index >= 0, opened, 0.0))
