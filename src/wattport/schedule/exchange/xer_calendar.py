"""
The text in which an XER file keeps a calendar.

It is a tree of ``(number||name(key|value|...)(children))``. Days of the week
count from Sunday, days with exceptions from 1899-12-30; a shift that ends at
00:00 ends at midnight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from wattport.calendar.work_calendar import MINUTES_PER_DAY, Shifts

_DAY_ZERO = date(1899, 12, 30)
_HEAD = re.compile(r"\(\d*\|\|([^()|]*)\(([^()]*)\)\(")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
_BLANK = re.compile(r"[\s\x7f]+")
_MOST_DEEP = 32
_LAST_NUMBER = (date.max - _DAY_ZERO).days


@dataclass(frozen=True)
class _Node:
    name: str
    values: dict[str, str]
    children: tuple[_Node, ...]


def parse_calendar(text: str) -> tuple[tuple[Shifts, ...], tuple[tuple[date, Shifts], ...]]:
    """
    Week and exceptions of a calendar's text.

    Parameters
    ----------
    text : str
        Field ``clndr_data``.

    Returns
    -------
    week : tuple of Shifts
        Monday first.
    exceptions : tuple of (date, Shifts)
        By date; no shifts for a holiday.

    Raises
    ------
    ValueError
        With what is wrong, where the text is no calendar.

    Examples
    --------
    >>> week, exceptions = parse_calendar(
    ...     "(0||CalendarData()((0||DaysOfWeek()((0||2()((0||0(s|22:00|f|00:00)())))))"
    ...     "(0||Exceptions()((0||0(d|46023)())))))")
    >>> week[0], exceptions
    (((1320, 1440),), ((datetime.date(2026, 1, 1), ()),))
    """
    week: list[Shifts] = [()] * 7
    exceptions: dict[date, Shifts] = {}
    # Blanks may stand anywhere, and line breaks as pairs of delete characters.
    root, _ = _node(_BLANK.sub("", text), 0, 0)
    if root.name != "CalendarData":
        raise ValueError("it does not begin with CalendarData")
    for part in root.children:
        for child in part.children:
            if part.name == "DaysOfWeek":
                if child.name not in tuple("1234567"):
                    raise ValueError(f"a week has no day {child.name!r}")
                week[(int(child.name) - 2) % 7] = _shifts(child)
            elif part.name == "Exceptions":
                number = child.values.get("d", "")
                if not number.isdigit() or int(number) > _LAST_NUMBER:
                    raise ValueError(f"{number!r} is no number of a day")
                exceptions[_DAY_ZERO + timedelta(days=int(number))] = _shifts(child)
    return tuple(week), tuple(sorted(exceptions.items()))


def calendar_text(week: tuple[Shifts, ...], exceptions: tuple[tuple[date, Shifts], ...]) -> str:
    """
    Text of a calendar, the inverse of `parse_calendar`.

    Parameters
    ----------
    week : tuple of Shifts
        Monday first.
    exceptions : tuple of (date, Shifts)
        By date.

    Examples
    --------
    >>> week = ((),) * 6 + (((480, 720),),)
    >>> parse_calendar(calendar_text(week, ())) == (week, ())
    True
    """
    days = "".join(f"(0||{n}()({_shift_text(week[(n - 2) % 7])}))" for n in range(1, 8))
    special = "".join(
        f"(0||{place}(d|{(day - _DAY_ZERO).days})({_shift_text(shifts)}))"
        for place, (day, shifts) in enumerate(exceptions)
    )
    return f"(0||CalendarData()((0||DaysOfWeek()({days}))(0||Exceptions()({special}))))"


def _node(text: str, at: int, depth: int) -> tuple[_Node, int]:
    """Node that begins at a place, and the place after it."""
    head = _HEAD.match(text, at)
    if head is None or depth > _MOST_DEEP:
        raise ValueError(f"brackets do not fit at {text[at : at + 24]!r}")
    words = head[2].split("|")
    children = []
    at = head.end()
    while text[at : at + 1] == "(":
        child, at = _node(text, at, depth + 1)
        children.append(child)
    if text[at : at + 2] != "))":
        raise ValueError("it ends in the middle" if at >= len(text) else "brackets do not fit")
    return _Node(head[1], dict(zip(words[::2], words[1::2], strict=False)), tuple(children)), at + 2


def _shifts(node: _Node) -> Shifts:
    spans = []
    for child in node.children:
        if "s" not in child.values:
            continue
        start, stop = _minute(child.values["s"]), _minute(child.values.get("f", ""))
        spans.append((start, stop or MINUTES_PER_DAY))
    return tuple(sorted(spans))


def _minute(text: str) -> int:
    clock = _CLOCK.fullmatch(text)
    if clock is None or int(clock[1]) > 24 or int(clock[2]) > 59:
        raise ValueError(f"{text!r} is no time of the day")
    return int(clock[1]) * 60 + int(clock[2])


def _shift_text(shifts: Shifts) -> str:
    return "".join(
        f"(0||{place}(s|{_clock(start)}|f|{_clock(stop % MINUTES_PER_DAY)})())"
        for place, (start, stop) in enumerate(shifts)
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
