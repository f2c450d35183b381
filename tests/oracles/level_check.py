"""What a schedule with shared resources must keep, counted minute by minute and by no kernel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from schedule_plans import working_minutes

from wattport.calendar.epoch import EPOCH_START
from wattport.calendar.work_calendar import WorkCalendar, minute_of
from wattport.equations.precedence import LinkKind
from wattport.schedule.plan import ConstraintKind, LagCalendar, Plan, ResourceKind

PINS = {ConstraintKind.MUST_START, ConstraintKind.MUST_FINISH}


class Clock:
    """Work done by each minute of each calendar."""

    def __init__(self, plan: Plan, n_days: int) -> None:
        """Count through all calendars."""
        first = plan.start.date() - timedelta(days=40)
        self.origin = round((first - EPOCH_START.date()) / timedelta(minutes=1))
        self.by = {
            c.name: np.concatenate([[0], np.cumsum(working_minutes(c, first, n_days))])
            for c in plan.calendars
        }

    def work(self, moment: float, calendar: str) -> float:
        """Working minutes before a moment."""
        whole = int(np.floor(moment)) - self.origin
        counted = self.by[calendar]
        return float(
            counted[whole] + (moment - np.floor(moment)) * (counted[whole + 1] - counted[whole])
        )


def broken_rules(
    plan: Plan, resume: Sequence[float], finish: Sequence[float], remaining: Sequence[float],
    n_days: int = 1500,
) -> list[str]:  # fmt: skip
    """
    Rules that a schedule breaks.

    Parameters
    ----------
    plan : Plan
        In the shifts of its people.
    resume, finish : sequence of float
        First moment of what remains, and finish, of each activity. [minutes]
    remaining : sequence of float
        Work that remains. [working minutes]
    """
    clock = Clock(plan, n_days)
    broken = []
    number = {a.id: i for i, a in enumerate(plan.activities)}
    for i, a in enumerate(plan.activities):
        if a.is_done or a.is_span:
            continue
        done = clock.work(finish[i], a.calendar) - clock.work(resume[i], a.calendar)
        if done < remaining[i] - 1e-3:
            broken.append(f"{a.id} works {done} of {remaining[i]}")
        since = minute_of(plan.data_date or plan.start)
        if resume[i] < since - 1e-6:
            broken.append(f"{a.id} before the data date")
    for one in plan.links:
        i, j = number[one.predecessor], number[one.successor]
        before, after = plan.activities[i], plan.activities[j]
        is_pinned = any(c.kind in PINS for c in after.constraints)
        if after.is_done or before.is_span or after.is_span or is_pinned:
            continue
        if after.is_started and (not plan.is_logic_retained or one.kind >= LinkKind.START_TO_START):
            continue
        broken += _link(plan, clock, one, (i, j), resume, finish)
    return broken + _uses(plan, number, resume, finish, remaining)


def _link(plan, clock, one, ends, resume, finish) -> list[str]:  # type: ignore[no-untyped-def]
    i, j = ends
    before, after = plan.activities[i], plan.activities[j]
    is_from_finish = one.kind in (LinkKind.FINISH_TO_START, LinkKind.FINISH_TO_FINISH)
    started = minute_of(before.actual_start) if before.actual_start else resume[i]
    source = finish[i] if is_from_finish else started
    to_start = one.kind in (LinkKind.FINISH_TO_START, LinkKind.START_TO_START)
    target = resume[j] if to_start else finish[j]
    calendar = {
        LagCalendar.SUCCESSOR: after.calendar, LagCalendar.PREDECESSOR: before.calendar,
        LagCalendar.PROJECT: plan.calendar, LagCalendar.ELAPSED: "",
    }[one.lag_calendar]  # fmt: skip
    if one.lag_hours == 0.0 or not calendar:
        gap = target - source - one.lag_hours * 60.0
    else:
        gap = clock.work(target, calendar) - clock.work(source, calendar) - one.lag_hours * 60.0
    return [] if gap > -1e-3 else [f"{one} by {gap} minutes"]


def _uses(plan, number, resume, finish, remaining) -> list[str]:  # type: ignore[no-untyped-def]
    broken = []
    for resource in plan.resources:
        if resource.kind == ResourceKind.MATERIAL or not resource.levels:
            continue
        held = [
            (resume[number[use.activity]], finish[number[use.activity]], use.units)
            for use in plan.assignments
            if use.resource == resource.id and remaining[number[use.activity]] > 0.0
        ]
        moments = {begin for begin, _, _ in held}
        moments |= {minute_of(level.start) for level in resource.levels}
        for moment in sorted(moments):
            there = [lv.units for lv in resource.levels if minute_of(lv.start) <= moment]
            needed = sum(units for begin, end, units in held if begin <= moment < end)
            if needed > (there[-1] if there else 0.0) + 1e-6:
                broken.append(f"{needed} of {resource.id} at {moment}")
    return broken


def calendar_of(plan: Plan, name: str) -> WorkCalendar:
    """Calendar by its name."""
    return next(c for c in plan.calendars if c.name == name)
