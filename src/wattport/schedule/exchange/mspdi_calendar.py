"""
Calendars of Microsoft Project XML.

A week is seven ``WeekDay`` elements, 1 for Sunday; days that differ stand as
``Exception`` elements (since Project 2007) and as week days of type 0 (before),
usually both. Exceptions may recur, and whole weeks may differ for a while.
"""

from __future__ import annotations

from datetime import date, datetime

from wattport.calendar.work_calendar import MINUTES_PER_DAY, Shifts
from wattport.schedule.exchange.markup import Element
from wattport.schedule.exchange.notes import ExchangeCode, Notes

_MOST_DAYS = 40_000
_DAILY, _YEARLY, _MONTHLY, _WEEKLY = ("1", "7", "8", "9", ""), "2", "4", "6"
Special = dict[date, Shifts]


def week_of(element: Element, notes: Notes) -> dict[int, Shifts]:
    """
    Days of the week an element gives, by their number from Monday 0.

    Parameters
    ----------
    element : Element
        A calendar or a work week.
    notes : Notes
        Takes faults.
    """
    week: dict[int, Shifts] = {}
    for day in element.under("WeekDays", "WeekDay"):
        kind = day.value("DayType")
        if kind in ("1", "2", "3", "4", "5", "6", "7"):
            week[(int(kind) - 2) % 7] = _shifts(day, notes)
    return week


def exceptions_of(element: Element, notes: Notes, name: str) -> Special:
    """
    Single days that differ from a calendar's week.

    Parameters
    ----------
    element : Element
        A calendar.
    notes : Notes
        Takes faults and what cannot be carried.
    name : str
        Of the calendar.
    """
    special: Special = {}
    for work_week in element.under("WorkWeeks", "WorkWeek"):
        week = week_of(work_week, notes)
        for day in _days(work_week, notes, name):
            if day.weekday() in week:
                special[day] = week[day.weekday()]
        if week:
            notes.changes("work weeks for a while are written out as single days", name)
    for day_element in element.under("WeekDays", "WeekDay"):
        if day_element.value("DayType") == "0":
            shifts = _shifts(day_element, notes)
            special.update(dict.fromkeys(_days(day_element, notes, name), shifts))
    for exception in element.under("Exceptions", "Exception"):
        shifts = _shifts(exception, notes)
        days = _days(exception, notes, name)
        kind = exception.value("Type")
        if kind not in _DAILY:
            recurring = _recurring(exception, kind, days, notes)
            if recurring is None:
                notes.loses("exceptions that recur by position or in steps", name)
                continue
            days = recurring
            notes.changes("exceptions that recur are written out as single days", name)
        special.update(dict.fromkeys(days, shifts))
    return special


def _recurring(exception: Element, kind: str, days: list[date], notes: Notes) -> list[date] | None:
    """Days of a recurring exception; None where the pattern is not known here."""
    period = int(exception.number("Period", notes, 1.0))
    if period > 1:
        return None
    if kind == _YEARLY:
        wanted = (
            int(exception.number("Month", notes)) + 1,
            int(exception.number("MonthDay", notes)),
        )
        found = [day for day in days if (day.month, day.day) == wanted]
    elif kind == _MONTHLY:
        number = int(exception.number("MonthDay", notes))
        found = [day for day in days if day.day == number]
    elif kind == _WEEKLY:
        bits = int(exception.number("DaysOfWeek", notes))  # bit 0 is Sunday
        found = [day for day in days if bits >> ((day.weekday() + 1) % 7) & 1]
    else:
        return None
    count = int(exception.number("Occurrences", notes))
    return found[:count] if exception.is_true("EnteredByOccurrences") and count else found


def _days(element: Element, notes: Notes, name: str) -> list[date]:
    """Days of the time period of an element, both ends included."""
    for period in element.all("TimePeriod"):
        start, stop = period.moment("FromDate", notes), period.moment("ToDate", notes)
        if start is None or stop is None:
            continue
        n_days = (stop.date() - start.date()).days + 1
        if 0 < n_days <= _MOST_DAYS:
            notes.writes_out(n_days, period.line, name)
            first = start.date().toordinal()
            return [date.fromordinal(day) for day in range(first, first + n_days)]
        notes.fault(
            ExchangeCode.BAD_CALENDAR, f"calendar {name!r}: an exception ends before it begins, "
            f"or lasts over {_MOST_DAYS} days", line=period.line, path="TimePeriod",
            remedy="correct the exception",
        )  # fmt: skip
    return []


def _shifts(day: Element, notes: Notes) -> Shifts:
    if not day.is_true("DayWorking"):
        return ()
    spans = []
    for span in day.under("WorkingTimes", "WorkingTime"):
        start, stop = _minute(span, "FromTime", notes), _minute(span, "ToTime", notes)
        if start is not None and stop is not None:
            spans.append((start, stop or MINUTES_PER_DAY))
    return tuple(sorted(spans))


def _minute(span: Element, tag: str, notes: Notes) -> int | None:
    text = span.value(tag)
    if not text:
        return None
    try:
        moment = datetime.strptime(text, "%H:%M:%S")
    except ValueError:
        notes.fault(
            ExchangeCode.BAD_DATE, f"{text!r} is no time of the day", line=span.line_of(tag),
            path=f"WorkingTime.{tag}", value=text, allowed="08:00:00", remedy="correct the shift",
        )  # fmt: skip
        return None
    return moment.hour * 60 + moment.minute
