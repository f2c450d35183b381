"""
Working time of a plan: shifts of a week, exceptions of single days.

A calendar is data as planners write it. `WorkTime` is the same calendar as a
list of working intervals, from which a compiled loop goes from a moment to
the work done by then and back without searching.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.calendar.epoch import EPOCH_START

Shifts = tuple[tuple[int, int], ...]  # (from, to) in minutes after midnight, ascending

MINUTES_PER_DAY = 1440
NIGHT_AND_DAY: Shifts = ((0, MINUTES_PER_DAY),)
OFFICE_DAY: Shifts = ((480, 720), (780, 1020))
# Times beyond every calendar: what runs past the last interval lands here and is noticed.
BEYOND_MIN = 1e15
WORK_BUCKET_MIN = 480
_MOST_SHIFTS = 48  # of a day: planning tools count in half hours


@dataclass(frozen=True)
class WorkCalendar:
    """
    When work is done: seven lists of shifts, and days that differ from them.

    A shift ends at 1440 at the latest; one that passes midnight is two.
    """

    name: str
    week: tuple[Shifts, ...]  # Monday first
    exceptions: tuple[tuple[date, Shifts], ...] = ()  # by date; no shifts: a holiday
    hours_per_day: float = 8.0  # what planners call a day; converts hours for reading only

    def shifts_on(self, day: date) -> Shifts:
        """Shifts of one day."""
        return dict(self.exceptions).get(day, self.week[day.weekday()])

    @property
    def has_work(self) -> bool:
        """True if there is any working time at all."""
        return any(self.week) or any(shifts for _, shifts in self.exceptions)


class WorkTime(NamedTuple):
    """
    Calendars over a horizon, as flat arrays for compiled loops.

    Intervals of calendar c are ``first[c] .. first[c + 1] - 1``; the first and the last
    of each are sentinels beyond all time. Times are minutes since 2026-01-01T00:00.
    """

    begin: FloatArray  # (interval,)
    end: FloatArray  # (interval,)
    before: FloatArray  # (interval,) working minutes before the interval; negative: sentinel
    first: IntArray  # (calendar + 1,)
    by_day: IntArray  # (calendar, day) first interval that ends at or after the day's midnight
    by_work: IntArray  # flat: first interval whose end of work is at or after the bucket
    first_bucket: IntArray  # (calendar + 1,)
    origin: float  # minutes since the epoch of the first day's midnight


def office_calendar(name: str = "Standard") -> WorkCalendar:
    """
    Make the calendar of an office: Monday to Friday, 8 to 12 and 13 to 17.

    Examples
    --------
    >>> office_calendar().week[4]
    ((480, 720), (780, 1020))
    """
    return WorkCalendar(name, (OFFICE_DAY,) * 5 + ((), ()))


def round_the_clock(name: str = "24 hours") -> WorkCalendar:
    """
    Make the calendar that never rests.

    Examples
    --------
    >>> round_the_clock().hours_per_day
    24.0
    """
    return WorkCalendar(name, (NIGHT_AND_DAY,) * 7, hours_per_day=24.0)


def minute_of(moment: datetime) -> float:
    """
    Minutes since 2026-01-01T00:00.

    Examples
    --------
    >>> minute_of(datetime(2026, 1, 2, 8, 30))
    1950.0
    """
    return (moment - EPOCH_START) / timedelta(minutes=1)


def moment_of(minute: float) -> datetime:
    """
    Moment of a minute number, to the second.

    Examples
    --------
    >>> moment_of(1950.0)
    datetime.datetime(2026, 1, 2, 8, 30)
    """
    return EPOCH_START + timedelta(seconds=round(minute * 60.0))


def work_time(calendars: tuple[WorkCalendar, ...], first_day: date, last_day: date) -> WorkTime:
    """
    Lay calendars out over a horizon.

    Parameters
    ----------
    calendars : tuple of WorkCalendar
        In the order in which they are numbered.
    first_day, last_day : date
        Horizon, both included.

    Returns
    -------
    WorkTime
        Working intervals; neighbours without a gap are one.

    Examples
    --------
    >>> table = work_time((office_calendar(),), date(2026, 1, 1), date(2026, 1, 2))
    >>> table.begin[1:-1].tolist()
    [480.0, 780.0, 1920.0, 2220.0]
    """
    n_days = (last_day - first_day).days + 1
    origin = (first_day - EPOCH_START.date()).days * MINUTES_PER_DAY
    parts = [_intervals(calendar, first_day, n_days, origin) for calendar in calendars]
    before = [
        np.concatenate([[-BEYOND_MIN, 0.0], np.cumsum(end[1:-1] - begin[1:-1])])
        for begin, end in parts
    ]
    first = np.cumsum([0] + [begin.size for begin, _ in parts])
    midnights = origin + MINUTES_PER_DAY * np.arange(n_days)
    by_day = np.array(
        [first[c] + np.searchsorted(end, midnights) for c, (_, end) in enumerate(parts)]
    )
    # The work at an interval's end is the work before the next one.
    by_work = [
        first[c] + np.searchsorted(work[1:], np.arange(0.0, work[-1] + 1.0, WORK_BUCKET_MIN))
        for c, work in enumerate(before)
    ]
    return WorkTime(
        begin=np.concatenate([begin for begin, _ in parts]),
        end=np.concatenate([end for _, end in parts]),
        before=np.concatenate(before),
        first=first.astype(np.int64),
        by_day=by_day.astype(np.int64),
        by_work=np.concatenate(by_work).astype(np.int64),
        first_bucket=np.cumsum([0] + [bucket.size for bucket in by_work]).astype(np.int64),
        origin=float(origin),
    )


def _intervals(
    calendar: WorkCalendar, first_day: date, n_days: int, origin: int
) -> tuple[FloatArray, FloatArray]:
    """Begin and end of the working intervals, with a sentinel at either end."""
    special = dict(calendar.exceptions)
    spans: list[list[float]] = []
    weekday = first_day.weekday()
    by_number = {(day - first_day).days: shifts for day, shifts in special.items()}
    for number in range(n_days):
        shifts = by_number.get(number)
        if shifts is None:
            shifts = calendar.week[(weekday + number) % 7]
        midnight = origin + number * MINUTES_PER_DAY
        for start, stop in shifts:
            if spans and spans[-1][1] == midnight + start:
                spans[-1][1] = midnight + stop
            else:
                spans.append([midnight + start, midnight + stop])
    spans = [[-2 * BEYOND_MIN, -BEYOND_MIN], *spans, [BEYOND_MIN, 2 * BEYOND_MIN]]
    table = np.array(spans, dtype=np.float64)
    return table[:, 0].copy(), table[:, 1].copy()


def shift_fault(shifts: Shifts) -> str:
    """
    Say what is wrong with the shifts of a day; empty if nothing is.

    Examples
    --------
    >>> shift_fault(((480, 720), (700, 1020)))
    'shifts overlap'
    """
    if any(not 0 <= start < stop <= MINUTES_PER_DAY for start, stop in shifts):
        return "a shift does not end after it begins, within its day"
    if len(shifts) > _MOST_SHIFTS:
        return f"a day has more than {_MOST_SHIFTS} shifts"
    if any(after[0] < before[1] for before, after in pairwise(shifts)):
        return "shifts overlap"
    return ""
