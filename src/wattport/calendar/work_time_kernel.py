"""
Moments and the work done by them, on the calendars of a `WorkTime`.

All times are minutes since 2026-01-01T00:00, all work is in working minutes of
a calendar. A moment and the work done by then differ in one thing only: while
nobody works, moments go on and work does not. So each function that goes back
from work to a moment says which end of the rest it means: *start* (the first
moment at which work goes on) or *finish* (the moment at which the last bit was
done).
"""

from __future__ import annotations

from wattport.calendar.work_calendar import WORK_BUCKET_MIN, WorkTime
from wattport.compiled import kernel

# A product just over a whole day would skip its first interval; just under, it costs a step.
_DAYS_PER_MINUTE = (1.0 - 1e-12) / 1440.0


@kernel
def interval_at(moment: float, calendar: int, table: WorkTime) -> int:
    """First interval that ends at or after a moment."""
    since = moment - table.origin
    if since < 0.0:
        i = int(table.first[calendar])
    else:
        last = table.by_day.shape[1] - 1
        i = int(table.by_day[calendar, int(min(since * _DAYS_PER_MINUTE, last))])
    # The sentinel at the end lasts for ever but for what is beyond all time itself.
    while table.end[i] < moment and i < table.first[calendar + 1] - 1:
        i += 1
    return i


@kernel
def work_at(moment: float, calendar: int, table: WorkTime) -> float:
    """
    Work done by a moment.

    Parameters
    ----------
    moment : float
        Minutes since 2026-01-01T00:00.
    calendar : int
        Number of the calendar.
    table : WorkTime
        Calendars over the horizon.

    Returns
    -------
    float
        Working minutes since the horizon began.
    """
    i = interval_at(moment, calendar, table)
    return float(table.before[i] + max(0.0, moment - table.begin[i]))


@kernel
def _interval_of(work: float, calendar: int, table: WorkTime) -> int:
    """First interval by whose end a work is done."""
    first, last = table.first[calendar], table.first[calendar + 1] - 1
    if work <= 0.0:
        i = int(first if work < 0.0 else first + 1)
    else:
        low, high = table.first_bucket[calendar], table.first_bucket[calendar + 1] - 1
        bucket = low + int(min(work / WORK_BUCKET_MIN, 1e9))
        i = int(max(table.by_work[bucket if bucket < high else high], first + 1))
    while i < last and table.before[i + 1] < work:
        i += 1
    return i


@kernel
def finish_at(work: float, calendar: int, table: WorkTime) -> float:
    """
    Moment at which a work is done.

    Parameters
    ----------
    work : float
        Working minutes since the horizon began.
    calendar : int
        Number of the calendar.
    table : WorkTime
        Calendars over the horizon.

    Returns
    -------
    float
        Minutes since 2026-01-01T00:00; beyond all time if there is not enough work.
    """
    i = _interval_of(work, calendar, table)
    if i == table.first[calendar]:
        return float(table.end[i])
    return float(table.begin[i] + work - table.before[i])


@kernel
def start_at(work: float, calendar: int, table: WorkTime) -> float:
    """
    First moment at which work can go on after a work is done.

    Parameters
    ----------
    work : float
        Working minutes since the horizon began.
    calendar : int
        Number of the calendar.
    table : WorkTime
        Calendars over the horizon.

    Returns
    -------
    float
        Minutes since 2026-01-01T00:00; beyond all time if there is none.
    """
    i = _interval_of(work, calendar, table)
    if i == table.first[calendar]:
        return float(table.end[i])
    last = table.first[calendar + 1] - 1
    while i < last and table.before[i + 1] <= work:
        i += 1
    return float(table.begin[i] + work - table.before[i])


@kernel
def open_interval_at(moment: float, calendar: int, table: WorkTime) -> int:
    """First interval that ends after a moment."""
    i = interval_at(moment, calendar, table)
    while table.end[i] <= moment and i < table.first[calendar + 1] - 1:
        i += 1
    return i
