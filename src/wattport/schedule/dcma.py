"""
The fourteen checks of a schedule's quality by the Defense Contract Management Agency.

References
----------
DCMA-EA PAM 200.1, "Earned Value Management System (EVMS) Program Analysis
Pamphlet (PAP)", October 2012, section 4.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from wattport.calendar.work_calendar import minute_of, work_time
from wattport.calendar.work_time_kernel import work_at
from wattport.equations.precedence import LinkKind
from wattport.schedule.cpm import PlanDates, critical_path
from wattport.schedule.cpm_network import moment_of_day
from wattport.schedule.plan import ConstraintKind, Plan, PlanActivity

HARD = frozenset({
    ConstraintKind.MUST_START, ConstraintKind.MUST_FINISH, ConstraintKind.START_ON,
    ConstraintKind.FINISH_ON, ConstraintKind.START_NO_LATER, ConstraintKind.FINISH_NO_LATER,
})  # fmt: skip
_LONG_DAYS = 44.0  # two months of working days
_PUSHED_DAYS = 600.0


@dataclass(frozen=True)
class DcmaCheck:
    """One of the fourteen checks; a plan without what it needs is neither good nor bad."""

    number: int
    title: str
    value: float  # share 0..1, or an index
    limit: float
    is_upper: bool  # True: value must not exceed limit
    offenders: tuple[str, ...]  # ids of activities, or links as "A > B"
    is_judged: bool = True

    @property
    def is_passed(self) -> bool:
        """True if the limit is kept, or there is nothing to judge."""
        if not self.is_judged:
            return True
        return self.value <= self.limit if self.is_upper else self.value >= self.limit


def dcma_checks(plan: Plan, dates: PlanDates | None = None) -> tuple[DcmaCheck, ...]:
    """
    Judge a plan by the 14-point assessment.

    Parameters
    ----------
    plan : Plan
        From anywhere. Planned dates stand for the baseline.
    dates : PlanDates, optional
        Of `critical_path`, if they are known already.

    Returns
    -------
    tuple of DcmaCheck
        In the order of the assessment.

    Raises
    ------
    WattportError
        When the plan cannot be dated.

    Notes
    -----
    Shares are of unfinished activities (without hammocks and summaries) or of the links
    between activities. Working days are hours over the calendar's hours per day.

    Examples
    --------
    >>> from datetime import datetime
    >>> from wattport.schedule.plan import PlanLink, activity
    >>> from wattport.calendar.work_calendar import office_calendar
    >>> plan = Plan("P", datetime(2026, 1, 5, 8), "Standard", (office_calendar(),),
    ...     (activity("A", 40.0), activity("B", 400.0)), (PlanLink("A", "B", lag_hours=-8.0),))
    >>> [check.title for check in dcma_checks(plan) if not check.is_passed]
    ['logic', 'leads', 'high duration']
    """
    dates = dates or critical_path(plan)
    return (*_structure(plan), *_dates(plan, dates), *_progress(plan, dates))


def _open(plan: Plan) -> list[tuple[int, PlanActivity]]:
    return [(i, a) for i, a in enumerate(plan.activities) if not a.is_done and not a.is_span]


def _share(
    number: int, title: str, offenders: Iterable[str], n: int, limit: float,
    *, is_judged: bool = True,
) -> DcmaCheck:  # fmt: skip
    bad = tuple(offenders)
    return DcmaCheck(number, title, len(bad) / max(n, 1), limit, True, bad, is_judged and n > 0)


def _structure(plan: Plan) -> Iterable[DcmaCheck]:
    tasks = _open(plan)
    tied = {one.successor for one in plan.links} & {one.predecessor for one in plan.links}
    n, n_links = len(tasks), len(plan.links)
    names = {one: f"{one.predecessor} > {one.successor}" for one in plan.links}
    yield _share(1, "logic", (a.id for _, a in tasks if a.id not in tied), n, 0.05)
    leads = (names[one] for one in plan.links if one.lag_hours < 0.0)
    yield _share(2, "leads", leads, n_links, 0.0)
    lags = (names[one] for one in plan.links if one.lag_hours > 0.0)
    yield _share(3, "lags", lags, n_links, 0.05)
    others = tuple(names[one] for one in plan.links if one.kind != LinkKind.FINISH_TO_START)
    finish_to_start = 1.0 - len(others) / max(n_links, 1)
    yield DcmaCheck(4, "finish-to-start links", finish_to_start, 0.9, False, others, n_links > 0)
    hard = (a.id for _, a in tasks if any(c.kind in HARD for c in a.constraints))
    yield _share(5, "hard constraints", hard, n, 0.05)


def _dates(plan: Plan, dates: PlanDates) -> Iterable[DcmaCheck]:
    tasks = _open(plan)
    n = len(tasks)
    day = {calendar.name: calendar.hours_per_day for calendar in plan.calendars}
    floats = {i: float(dates.total_float_hours[i]) for i, _ in tasks}
    high = (a.id for i, a in tasks if floats[i] > _LONG_DAYS * day[a.calendar])
    yield _share(6, "high float", high, n, 0.05)
    yield _share(7, "negative float", (a.id for i, a in tasks if floats[i] < -1e-6), n, 0.0)
    long = (a.id for _, a in tasks if a.duration_hours > _LONG_DAYS * day[a.calendar])
    yield _share(8, "high duration", long, n, 0.05)
    known = plan.data_date
    invalid = (
        a.id
        for a in plan.activities
        if known is not None and any(m > known for m in (a.actual_start, a.actual_finish) if m)
    )
    yield _share(9, "invalid dates", invalid, plan.n_activities, 0.0, is_judged=known is not None)
    used = {use.activity for use in plan.assignments}
    bare = (a.id for _, a in tasks if a.id not in used and a.duration_hours >= day[a.calendar])
    yield _share(10, "resources", bare, n, 0.0, is_judged=bool(used))


def _progress(plan: Plan, dates: PlanDates) -> Iterable[DcmaCheck]:
    now = plan.data_date
    due = [
        (i, a)
        for i, a in enumerate(plan.activities)
        if not a.is_span and now is not None and a.planned_finish and a.planned_finish <= now
    ]
    missed = (a.id for i, a in due if a.planned_finish and dates.finish(i) > a.planned_finish)
    yield _share(11, "missed tasks", missed, len(due), 0.05)
    yield _pushed(plan, dates)
    yield _length_index(plan, dates)
    n_done = sum(a.is_done for a in plan.activities if not a.is_span)
    late = tuple(a.id for _, a in due if not a.is_done)
    index = n_done / len(due) if due else 1.0
    yield DcmaCheck(14, "baseline execution index", index, 0.95, False, late, bool(due))


def _pushed(plan: Plan, dates: PlanDates) -> DcmaCheck:
    """Whether the end moves with an activity that is said to fix it."""
    first = next((i for i, a in _open(plan) if dates.is_longest_path[i] and not a.is_milestone), -1)
    if first < 0:
        return DcmaCheck(12, "critical path test", 1.0, 0.95, False, (), is_judged=False)
    pushed = plan.activities[first]
    day = next(c.hours_per_day for c in plan.calendars if c.name == pushed.calendar)
    longer = replace(pushed, remaining_hours=pushed.remaining_hours + _PUSHED_DAYS * day)
    activities = (*plan.activities[:first], longer, *plan.activities[first + 1 :])
    later = critical_path(replace(plan, activities=activities))
    own = float(later.finish_day[first] - dates.finish_day[first])
    share = (later.end_day - dates.end_day) / own if own > 0.0 else 0.0  # its date is pinned
    bad = () if share >= 0.95 else (pushed.id,)
    return DcmaCheck(12, "critical path test", share, 0.95, False, bad)


def _length_index(plan: Plan, dates: PlanDates) -> DcmaCheck:
    """Critical path length index: what is left, with its float, over what is left."""
    start = plan.data_date or plan.start
    end = moment_of_day(dates.end_day)
    by = plan.deadline or end
    calendar = next(c for c in plan.calendars if c.name == plan.calendar)
    moments = (start, end, by)
    table = work_time((calendar,), min(moments).date(), max(moments).date())
    work = np.array([work_at(minute_of(moment), 0, table) for moment in moments])
    length, slack = float(work[1] - work[0]), float(work[2] - work[1])
    index = (length + slack) / length if length > 0.0 else 1.0
    return DcmaCheck(13, "critical path length index", index, 0.95, False, (), length > 0.0)
