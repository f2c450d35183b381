"""What makes a plan impossible to date, all of it at once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum

from wattport.calendar.work_calendar import shift_fault
from wattport.equations.precedence import find_cycle, link
from wattport.errors import Finding
from wattport.schedule.plan import ConstraintKind, Plan
from wattport.user_file import SCHEDULE

_SHOWN = 8  # activities of a circle that are named
# A schedule beyond these days, or work longer than a century, is a slip of the keyboard.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 1, 1)
_MOST_HOURS = 100.0 * 8766.0


class PlanCode(StrEnum):
    """Stable codes of the findings about a plan."""

    TWICE = "PLAN001"
    UNKNOWN_REFERENCE = "PLAN002"
    CIRCULAR = "PLAN003"
    NO_WORKING_TIME = "PLAN004"
    BAD_SHIFTS = "PLAN005"
    BAD_NUMBER = "PLAN006"
    BAD_CONSTRAINT = "PLAN007"
    NOTHING_TO_DO = "PLAN008"
    BEYOND_TIME = "PLAN009"
    BAD_WBS = "PLAN010"
    TOO_MUCH = "PLAN011"
    NEEDS_TOO_MUCH = "PLAN012"


def faults(plan: Plan) -> tuple[Finding, ...]:
    """
    List what keeps a plan from being dated.

    Parameters
    ----------
    plan : Plan
        From anywhere.

    Returns
    -------
    tuple of Finding
        Each with the thing it is about as its path, such as ``activity A1000``; empty if the
        plan is sound.

    Examples
    --------
    >>> from datetime import datetime
    >>> from wattport.schedule.plan import PlanLink, activity
    >>> from wattport.calendar.work_calendar import office_calendar
    >>> plan = Plan("P", datetime(2026, 1, 5, 8), "Standard", (office_calendar(),),
    ...     (activity("A", 8.0), activity("B", 8.0)), (PlanLink("A", "B"), PlanLink("B", "A")))
    >>> [finding.message for finding in faults(plan)]
    ['activities wait for each other in a circle: A > B > A']
    """
    parts = (_calendars, _activities, _breakdown, _uses, _dates, _links)
    found = [finding for part in parts for finding in part(plan)]
    return tuple(found or _circle(plan))


def _twice(kind: str, ids: Iterable[str]) -> Iterator[Finding]:
    for name, count in Counter(ids).items():
        if count > 1:
            yield Finding(
                PlanCode.TWICE, f"{name!r} stands {count} times", path=f"{kind} {name}",
                value=name, remedy="give each its own",
            )  # fmt: skip


def _calendars(plan: Plan) -> Iterator[Finding]:
    yield from _twice("calendar", (calendar.name for calendar in plan.calendars))
    used = {activity.calendar for activity in plan.activities} | {plan.calendar}
    for calendar in plan.calendars:
        path = f"calendar {calendar.name}"
        days = (*calendar.week, *(shifts for _, shifts in calendar.exceptions))
        wrong = next((fault for shifts in days if (fault := shift_fault(shifts))), "")
        if len(calendar.week) != 7:
            wrong = "a week has seven days"
        if wrong:
            yield Finding(
                PlanCode.BAD_SHIFTS, wrong, path=path,
                remedy="let shifts follow each other within the day; split one at midnight",
            )  # fmt: skip
        elif calendar.name in used and not calendar.has_work:
            yield Finding(
                PlanCode.NO_WORKING_TIME, "the calendar has no working time, but work is planned "
                "on it", path=path, remedy="give it shifts, or its activities another calendar",
            )  # fmt: skip
        if not calendar.hours_per_day > 0.0:
            yield Finding(
                PlanCode.BAD_NUMBER, "a day has no hours", path=path, value=calendar.hours_per_day,
                remedy="set the hours of a day, such as 8",
            )  # fmt: skip
    known = {calendar.name for calendar in plan.calendars}
    if plan.calendar not in known:
        yield _unknown("project", "calendar", plan.calendar)
    for resource in plan.resources:
        if resource.calendar is not None and resource.calendar not in known:
            yield _unknown(f"resource {resource.id}", "calendar", resource.calendar)


def _activities(plan: Plan) -> Iterator[Finding]:
    yield from _twice("activity", (activity.id for activity in plan.activities))
    calendars = {calendar.name for calendar in plan.calendars}
    for activity in plan.activities:
        path = f"activity {activity.id}"
        if activity.calendar not in calendars:
            yield _unknown(path, "calendar", activity.calendar)
        for name in ("duration_hours", "remaining_hours"):
            hours = getattr(activity, name)
            if not 0.0 <= hours <= _MOST_HOURS:
                yield Finding(
                    PlanCode.BAD_NUMBER, f"{name} is {hours:g}", path=path, value=hours,
                    allowed=f"0 to {_MOST_HOURS:.0f}", remedy="correct the duration",
                )  # fmt: skip
        if activity.wbs is not None and not 0 <= activity.wbs < len(plan.wbs):
            yield _unknown(path, "node of the work breakdown", str(activity.wbs))
        for constraint in activity.constraints:
            is_free = constraint.kind == ConstraintKind.AS_LATE_AS_POSSIBLE
            if is_free != (constraint.moment is None) or len(activity.constraints) > 2:
                yield Finding(
                    PlanCode.BAD_CONSTRAINT, f"the constraint '{constraint.kind.value}' has "
                    f"{'a date it cannot use' if is_free else 'no date, or is a third one'}",
                    path=path, allowed="two constraints, each with its date",
                    remedy="correct the constraint",
                )  # fmt: skip


def _breakdown(plan: Plan) -> Iterator[Finding]:
    level: list[int] = []
    for index, node in enumerate(plan.wbs):
        is_placed = node.parent is None or 0 <= node.parent < index
        level.append(1 + level[node.parent] if node.parent is not None and is_placed else 1)
        if not is_placed:
            yield Finding(
                PlanCode.BAD_WBS, "a node comes before the one above it, or has none",
                path=f"wbs {node.code}", remedy="list parents before their children",
            )  # fmt: skip
        elif level[index] > SCHEDULE.most_deep:
            yield Finding(
                PlanCode.BAD_WBS, f"the node stands {level[index]} levels deep",
                path=f"wbs {node.code}", allowed=f"{SCHEDULE.most_deep} levels",
                remedy="take levels out of the work breakdown",
            )  # fmt: skip


def _uses(plan: Plan) -> Iterator[Finding]:
    yield from _twice("resource", (resource.id for resource in plan.resources))
    activities = {activity.id for activity in plan.activities}
    resources = {resource.id for resource in plan.resources}
    for use in plan.assignments:
        path = f"assignment {use.activity}/{use.resource}"
        if use.activity not in activities:
            yield _unknown(path, "activity", use.activity)
        if use.resource not in resources:
            yield _unknown(path, "resource", use.resource)
        for name in ("units", "remaining_hours"):
            if not 0.0 <= getattr(use, name) < math.inf:
                yield _negative(path, name, getattr(use, name))
    for resource in plan.resources:
        for level in resource.levels:
            if not 0.0 <= level.units < math.inf:
                yield _negative(f"resource {resource.id}", "units", level.units)


def _dates(plan: Plan) -> Iterator[Finding]:
    stated: list[tuple[str, tuple[datetime | None, ...]]] = [
        ("project", (plan.start, plan.data_date, plan.deadline))
    ]
    stated += [
        (f"activity {a.id}", (a.actual_start, a.actual_finish, a.planned_start, a.planned_finish,
                              *(one.moment for one in a.constraints)))
        for a in plan.activities
    ]  # fmt: skip
    for path, moments in stated:
        for moment in moments:
            if moment is not None and not FIRST_DAY <= moment.date() < LAST_DAY:
                yield Finding(
                    PlanCode.BEYOND_TIME, f"{moment.date()} is no date of a schedule", path=path,
                    value=str(moment.date()), allowed=f"{FIRST_DAY} to {LAST_DAY}",
                    remedy="correct the date",
                )  # fmt: skip


def _links(plan: Plan) -> Iterator[Finding]:
    known = {activity.id for activity in plan.activities}
    for one in plan.links:
        path = f"link {one.predecessor} > {one.successor}"
        for end in (one.predecessor, one.successor):
            if end not in known:
                yield _unknown(path, "activity", end)
        if not abs(one.lag_hours) <= _MOST_HOURS:
            yield Finding(
                PlanCode.BAD_NUMBER, f"the lag is {one.lag_hours:g} hours", path=path,
                value=one.lag_hours, allowed=f"{-_MOST_HOURS:.0f} to {_MOST_HOURS:.0f}",
                remedy="correct the lag",
            )  # fmt: skip


def _circle(plan: Plan) -> Iterator[Finding]:
    number = {activity.id: i for i, activity in enumerate(plan.activities)}
    spans = {activity.id for activity in plan.activities if activity.is_span}
    pairs = [
        (number[one.predecessor], number[one.successor])
        for one in plan.links
        if one.predecessor not in spans and one.successor not in spans
    ]
    circle = find_cycle(plan.n_activities, link(*pairs)) if pairs else ()
    if circle:
        ids = [plan.activities[i].id for i in circle]
        shown = ids if len(ids) <= _SHOWN else [*ids[: _SHOWN - 1], f"({len(ids) - _SHOWN} more)"]
        yield Finding(
            PlanCode.CIRCULAR,
            f"activities wait for each other in a circle: {' > '.join([*shown, ids[0]])}",
            path=f"activity {ids[0]}", value=tuple(ids), remedy="take one of these links out",
        )  # fmt: skip


def _negative(path: str, name: str, value: float) -> Finding:
    return Finding(
        PlanCode.BAD_NUMBER, f"{name} is {value:g}", path=path, value=value, allowed="0 or more",
        remedy="correct the amount",
    )  # fmt: skip


def _unknown(path: str, kind: str, name: str) -> Finding:
    return Finding(
        PlanCode.UNKNOWN_REFERENCE, f"there is no {kind} {name!r}", path=path, value=name,
        remedy=f"add the {kind}, or name one that exists",
    )  # fmt: skip
