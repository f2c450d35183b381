"""From a plan to the arrays that compiled loops date it with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.calendar.work_calendar import WorkTime, minute_of, moment_of, work_time
from wattport.calendar.work_time_kernel import finish_at, work_at
from wattport.equations.precedence import Links, topological_order
from wattport.errors import Finding, WattportError
from wattport.schedule.cpm_kernel import (
    ELAPSED,
    FINISH_MILESTONE,
    START_MILESTONE,
    TASK,
    CpmNetwork,
)
from wattport.schedule.plan import ActivityKind, ConstraintKind, LagCalendar, Plan, PlanActivity
from wattport.schedule.plan_check import FIRST_DAY, LAST_DAY, PlanCode, faults

_SHAPES = {
    ActivityKind.START_MILESTONE: START_MILESTONE,
    ActivityKind.FINISH_MILESTONE: FINISH_MILESTONE,
}
_MARGIN = timedelta(days=30)
_FIRST_GUESS_DAYS = 20.0 * 365.0  # work is rarely done one after the other: see `widened`
_MOST_SHIFTS = 20e6  # days and shifts of all calendars; a thousand of them over twenty years
_FIRST_DAY, _LAST_DAY = FIRST_DAY, LAST_DAY


@dataclass(frozen=True)
class CpmProblem:
    """A sound plan, ready to be dated; only activities that are work are in it."""

    network: CpmNetwork
    table: WorkTime
    worked: IntArray  # (activity,) their places in the plan
    remaining_min: FloatArray  # (activity,)
    horizon: tuple[date, date]


def compiled(plan: Plan, horizon: tuple[date, date] | None = None) -> CpmProblem:
    """
    Make the arrays of a plan.

    Parameters
    ----------
    plan : Plan
        From anywhere.
    horizon : tuple of date, optional
        Days the calendars are laid out over; left out: what durations let expect.

    Returns
    -------
    CpmProblem
        Network, calendars and what remains to be done.

    Raises
    ------
    WattportError
        With all `faults` of the plan.
    """
    found = faults(plan)
    if found:
        raise WattportError(found)
    worked = [i for i, activity in enumerate(plan.activities) if not activity.is_span]
    horizon = horizon or _expected(plan)
    _refuse_expanse(plan, horizon)
    table = work_time(plan.calendars, *horizon)
    activities = [plan.activities[i] for i in worked]
    remaining = np.array([_remaining(activity) for activity in activities])
    network = _network(plan, activities, table)
    return CpmProblem(network, table, np.array(worked, dtype=np.int64), remaining, horizon)


def widened(plan: Plan, problem: CpmProblem) -> CpmProblem:
    """
    Lay the calendars out further, after dates ran past their ends.

    Raises
    ------
    WattportError
        When the plan runs out of working time altogether.
    """
    first, last = problem.horizon
    if first <= _FIRST_DAY and last >= _LAST_DAY:
        raise WattportError(_endless(plan))
    span = last - first
    before = max(_FIRST_DAY, first - min(span, first - _FIRST_DAY))
    after = min(_LAST_DAY, last + min(4 * span, _LAST_DAY - last))
    return compiled(plan, (before, after))


def _refuse_expanse(plan: Plan, horizon: tuple[date, date]) -> None:
    """Refuse calendars that would fill all memory: a few words can mean a thousand years."""
    n_days = (horizon[1] - horizon[0]).days + 1
    n_shifts = sum(
        n_days * (1 + sum(map(len, calendar.week)) / 7.0) + len(calendar.exceptions)
        for calendar in plan.calendars
    )
    if n_shifts > _MOST_SHIFTS:
        raise WattportError(
            Finding(
                PlanCode.BEYOND_TIME, f"{len(plan.calendars)} calendars over the "
                f"{n_days / 365.25:.0f} years of the plan hold {n_shifts / 1e6:.0f} million days "
                "and shifts", path="project", allowed=f"{_MOST_SHIFTS / 1e6:.0f} million",
                remedy="correct dates and durations that are far too large, or take out "
                "calendars that nothing uses",
            )
        )  # fmt: skip


def _endless(plan: Plan) -> Finding:
    bounded = [c.name for c in plan.calendars if not any(c.week)]
    return Finding(
        PlanCode.BEYOND_TIME,
        f"the plan runs past {_LAST_DAY.year}, or back before {_FIRST_DAY.year}",
        path=f"calendar {bounded[0]}" if bounded else "project",
        remedy="give the calendar a working week: exceptions alone hold too little work"
        if bounded
        else "correct dates, durations and lags that are far too large",
    )


def _remaining(activity: PlanActivity) -> float:
    if activity.is_done or activity.is_milestone:
        return 0.0
    # Hours of whole minutes shall give whole minutes.
    return round(activity.remaining_hours * 60.0, 6)


def _expected(plan: Plan) -> tuple[date, date]:
    """Days that hold all dates of a plan, unless its work is longer than a rough guess."""
    moments = [plan.start, *(m for m in (plan.data_date, plan.deadline) if m is not None)]
    for activity in plan.activities:
        dates = (activity.actual_start, activity.actual_finish)
        moments += [m for m in dates if m is not None]
        moments += [c.moment for c in activity.constraints if c.moment is not None]
    days = sum(activity.remaining_hours for activity in plan.activities) / 8.0
    after = min(max(1.6 * days, 400.0), _FIRST_GUESS_DAYS)
    first = max(min(moments).date() - _MARGIN, _FIRST_DAY)
    last = min(max(moments).date() + timedelta(days=after), _LAST_DAY)
    return first, max(last, first + _MARGIN)


def _network(plan: Plan, activities: list[PlanActivity], table: WorkTime) -> CpmNetwork:
    calendar_of = {calendar.name: c for c, calendar in enumerate(plan.calendars)}
    number = {activity.id: j for j, activity in enumerate(activities)}
    n = len(activities)
    calendar = np.array([calendar_of[a.calendar] for a in activities], dtype=np.int64)
    links = [o for o in plan.links if o.predecessor in number and o.successor in number]
    links.sort(key=lambda one: number[one.successor])  # stable: the plan's order is kept
    predecessor = np.array([number[one.predecessor] for one in links], dtype=np.int64)
    successor = np.array([number[one.successor] for one in links], dtype=np.int64)
    kind = np.array([int(one.kind) for one in links], dtype=np.int64)
    lag = np.array([round(one.lag_hours * 60.0, 6) for one in links])
    lag_calendar = {
        LagCalendar.ELAPSED: np.full(len(links), ELAPSED),
        LagCalendar.PROJECT: np.full(len(links), calendar_of[plan.calendar]),
        LagCalendar.PREDECESSOR: calendar[predecessor],
        LagCalendar.SUCCESSOR: calendar[successor],
    }
    order = topological_order(n, Links(predecessor, successor, kind, lag))
    actual_start = _minutes([a.actual_start for a in activities])
    is_begun = ~np.isnan(actual_start)
    must_start = _demanded(activities, ConstraintKind.MUST_START)
    return CpmNetwork(
        order=order,
        calendar=calendar,
        shape=np.array([_SHAPES.get(a.kind, TASK) for a in activities], dtype=np.int64),
        not_before=_not_before(plan, activities, table, calendar),
        finish_not_before=_strictest(
            activities, (ConstraintKind.FINISH_NO_EARLIER, ConstraintKind.FINISH_ON), is_late=True
        ),
        must_start=np.where(is_begun, np.nan, must_start),
        must_finish=_demanded(activities, ConstraintKind.MUST_FINISH),
        not_after=_strictest(
            activities, (ConstraintKind.FINISH_NO_LATER, ConstraintKind.FINISH_ON), is_late=False
        ),
        start_not_after=np.where(
            is_begun,
            np.inf,
            _strictest(
                activities, (ConstraintKind.START_NO_LATER, ConstraintKind.START_ON), is_late=False
            ),
        ),
        actual_start=actual_start,
        actual_finish=_minutes([a.actual_finish for a in activities]),
        into=np.searchsorted(successor, np.arange(n + 1)).astype(np.int64),
        predecessor=predecessor,
        successor=successor,
        kind=kind,
        lag=lag,
        lag_calendar=np.array(
            [lag_calendar[one.lag_calendar][k] for k, one in enumerate(links)], dtype=np.int64
        ),
        out_of=np.searchsorted(np.sort(predecessor), np.arange(n + 1)).astype(np.int64),
        out=np.argsort(predecessor, kind="stable").astype(np.int64),
        is_bound=plan.is_logic_retained | ~is_begun[successor],
    )


def _minutes(moments: list[datetime | None]) -> FloatArray:
    return np.array([math.nan if m is None else minute_of(m) for m in moments])


def _demanded(activities: list[PlanActivity], kind: ConstraintKind) -> FloatArray:
    """Date of a constraint that beats the links; NaN where there is none."""
    found = [next((c.moment for c in a.constraints if c.kind == kind), None) for a in activities]
    return _minutes(found)


def _strictest(
    activities: list[PlanActivity], kinds: tuple[ConstraintKind, ...], *, is_late: bool
) -> FloatArray:
    pick, none = (max, -math.inf) if is_late else (min, math.inf)
    return np.array(
        [
            pick(
                [
                    none,
                    *(minute_of(c.moment) for c in a.constraints if c.kind in kinds and c.moment),
                ]
            )
            for a in activities
        ]
    )


def _not_before(
    plan: Plan, activities: list[PlanActivity], table: WorkTime, calendar: IntArray
) -> FloatArray:
    """Moment before which nothing (more) of an activity is done."""
    release = minute_of(plan.start if plan.data_date is None else plan.data_date)
    kinds = (ConstraintKind.START_NO_EARLIER, ConstraintKind.START_ON)
    bound = np.maximum(_strictest(activities, kinds, is_late=True), release)
    for j, activity in enumerate(activities):
        if activity.actual_start is None or activity.is_done:
            continue
        begun = minute_of(activity.actual_start)
        bound[j] = release
        if plan.data_date is None:
            done = max(0.0, activity.duration_hours - activity.remaining_hours) * 60.0
            bound[j] = _after(begun, round(done, 6), int(calendar[j]), table)
    return bound


def _after(moment: float, work: float, calendar: int, table: WorkTime) -> float:
    return float(finish_at(work_at(moment, calendar, table) + work, calendar, table))


def day_of_minute(minute: FloatArray) -> FloatArray:
    """Days since 2026-01-01 from minutes since then."""
    return np.asarray(minute / 1440.0, dtype=np.float64)


def moment_of_day(day: float) -> datetime:
    """
    Moment of a day number of a plan, to the second.

    Examples
    --------
    >>> moment_of_day(1.0 / 3.0)
    datetime.datetime(2026, 1, 1, 8, 0)
    """
    return moment_of(day * 1440.0)
