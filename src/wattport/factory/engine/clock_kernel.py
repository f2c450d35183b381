"""
Working clocks: hours worked in a calendar, and back to the hour on the wall.

Pausing every bay at each end of shift would cost two events per bay and day.
Instead a job of w hours is given its end at once: the moment the calendar has
worked w hours more. The present only moves forward, so the interval it lies in
is remembered by each station.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wattport.arrays import Records
from wattport.factory.engine.compiled import merged

# A job that ends within this of the end of a shift is done that evening, not next morning.
_TOLERANCE_H = 1e-9


@merged
def station_clock_h(calendars: Records, station: Any, now_h: float) -> float:
    """
    Hours the calendar of a station has worked until now.

    Parameters
    ----------
    calendars : structured ndarray, shape (calendar, interval)
        Of `wattport.calendar.intervals.INTERVAL`.
    station : record
        Of `wattport.factory.engine.line_records.STATION`; its `interval` is moved forward.
    now_h : float
        Never earlier than in the last call. [h]

    Returns
    -------
    float
        The working clock. [h]

    Examples
    --------
    >>> from wattport.calendar.intervals import stack_calendars
    >>> from wattport.factory.engine.line_records import STATION
    >>> days = stack_calendars([(np.array([8.0, 32.0]), np.array([16.0, 40.0]))])
    >>> stations = np.zeros(1, STATION).view(np.recarray)
    >>> [station_clock_h(days, stations[0], now) for now in (9.0, 20.0, 33.0)]
    [1.0, 8.0, 9.0]
    >>> stations["interval"] = 0
    >>> station_wall_h(days, stations[0], 8.0), station_wall_h(days, stations[0], 8.5)
    (16.0, 32.5)
    """
    row = station.calendar
    if row < 0:
        return now_h
    i = station.interval
    while calendars[row, i + 1].start_h <= now_h:
        i += 1
    station.interval = i
    span = calendars[row, i]
    clock_h: float = span.worked_h + max(min(now_h, span.end_h) - span.start_h, 0.0)
    return clock_h


@merged
def station_wall_h(calendars: Records, station: Any, clock_h: float) -> float:
    """
    Give the moment at which a station's working clock shows a reading not yet passed.

    A reading reached exactly at the end of a shift is that end, not the next
    morning. Infinite where the calendar ends before. Parameters as in
    `station_clock_h`, where the example stands.
    """
    row = station.calendar
    if row < 0:
        return clock_h
    i = station.interval
    while calendars[row, i + 1].worked_h < clock_h - _TOLERANCE_H:
        i += 1
    span = calendars[row, i]
    wall_h: float = span.start_h + (clock_h - span.worked_h)
    if wall_h > span.end_h + _TOLERANCE_H:
        return np.inf
    return wall_h
