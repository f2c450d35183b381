"""
One epoch, and the lengths of months and years.

Days and hours count from 1 January 2026 00:00 UTC, a Thursday.
"""

from __future__ import annotations

import datetime as dt

EPOCH = dt.date(2026, 1, 1)
EPOCH_START = dt.datetime.combine(EPOCH, dt.time())  # of schedules and logs, on their own clock
DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / 12.0
WEEKS_PER_YEAR = DAYS_PER_YEAR / 7.0
HOURS_PER_YEAR = 24.0 * DAYS_PER_YEAR
HOURS_PER_WEEK = 168


def day_of(date: dt.date) -> float:
    """
    Days since the epoch, 2026-01-01T00:00Z.

    Examples
    --------
    >>> day_of(dt.date(2026, 1, 1)), day_of(dt.date(2028, 12, 31))
    (0.0, 1095.0)
    """
    return float((date - EPOCH).days)


def date_of(day: float) -> dt.date:
    """
    Calendar date in which a day number lies.

    Examples
    --------
    >>> date_of(1095.75)
    datetime.date(2028, 12, 31)
    """
    return EPOCH + dt.timedelta(days=int(day // 1))


def hour_of(day: dt.date) -> float:
    """
    Hours from the epoch to the start of a day.

    Examples
    --------
    >>> hour_of(dt.date(2026, 1, 2))
    24.0
    """
    return 24.0 * (day - EPOCH).days
