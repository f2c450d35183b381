"""
Dates, floats and the longest path of a plan on its calendars.

The arithmetic is that of `wattport.equations.precedence`, with every sum of a
moment and a duration or a lag taken on the calendar it belongs to.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from wattport.arrays import BoolArray, FloatArray
from wattport.calendar.work_calendar import minute_of
from wattport.calendar.work_time_kernel import work_at
from wattport.equations.precedence import LinkKind
from wattport.schedule.cpm_kernel import backward, free_slack, mark_longest_path
from wattport.schedule.cpm_network import (
    CpmProblem,
    compiled,
    day_of_minute,
    moment_of_day,
    widened,
)
from wattport.schedule.level_kernel import room, share_out
from wattport.schedule.plan import ActivityKind, Plan
from wattport.schedule.sharing import no_sharing

_PAST_THE_CALENDARS = 1e14


@dataclass(frozen=True)
class PlanDates:
    """
    Dates of every activity of a plan; days since 2026-01-01, local time of the plan.

    Starts of activities that have begun are the actual ones; late starts are those of what
    remains.
    """

    start_day: FloatArray  # (activity,)
    finish_day: FloatArray  # (activity,)
    resume_day: FloatArray  # (activity,) start of what remains
    late_start_day: FloatArray  # (activity,)
    late_finish_day: FloatArray  # (activity,)
    total_float_hours: FloatArray  # (activity,) NaN where done
    free_float_hours: FloatArray  # (activity,) NaN where done
    is_longest_path: BoolArray  # (activity,)
    end_day: float

    def start(self, activity: int) -> datetime:
        """Start of an activity, by its place in the plan."""
        return moment_of_day(float(self.start_day[activity]))

    def finish(self, activity: int) -> datetime:
        """Finish of an activity, by its place in the plan."""
        return moment_of_day(float(self.finish_day[activity]))


def critical_path(plan: Plan) -> PlanDates:
    """
    Date a plan: earliest and latest, floats and the longest path.

    The longest path is found by walking back over the links that fixed each start, not by
    zero float: on several calendars a chain that fixes the end can have float here and there.

    Parameters
    ----------
    plan : Plan
        From anywhere.

    Returns
    -------
    PlanDates
        One entry for each activity of the plan. Floats are working hours of the activity's
        own calendar, against the deadline where there is one, else the end of the plan.

    Raises
    ------
    WattportError
        When the plan cannot be dated, with all reasons.

    References
    ----------
    J. E. Kelley, "Critical-path planning and scheduling: mathematical basis", Operations
    Research 9(3), 1961, doi:10.1287/opre.9.3.296.

    Examples
    --------
    >>> from wattport.schedule.plan import PlanLink, activity
    >>> from wattport.calendar.work_calendar import office_calendar
    >>> plan = Plan("P", datetime(2026, 1, 5, 8), "Standard", (office_calendar(),),
    ...     (activity("A", 40.0), activity("B", 8.0)), (PlanLink("A", "B"),))
    >>> dates = critical_path(plan)
    >>> dates.finish(0), dates.start(1)
    (datetime.datetime(2026, 1, 9, 17, 0), datetime.datetime(2026, 1, 12, 8, 0))
    """
    problem = compiled(plan)
    while True:
        found = _dated(plan, problem)
        if found is not None:
            return found
        problem = widened(plan, problem)


def _dated(plan: Plan, problem: CpmProblem) -> PlanDates | None:
    """Dates, or None if they ran past the ends of the calendars."""
    network, table, duration = problem.network, problem.table, problem.remaining_min
    n = duration.size
    if n == 0:
        return _nothing(plan)
    start, finish, resume = np.empty(n), np.empty(n), np.empty(n)
    shared, freed_by = no_sharing(problem), np.empty(n, dtype=np.int64)
    share_out(duration, network, table, shared, room(shared), start, finish, resume, freed_by)
    end = float(finish.max())
    by = end if plan.deadline is None else minute_of(plan.deadline)
    late_start, late_finish, slack = np.empty(n), np.empty(n), np.empty(n)
    backward(duration, by, network, table, late_start, late_finish)
    times = np.concatenate([start, finish, resume, late_start, late_finish])
    if np.abs(times).max() > _PAST_THE_CALENDARS:
        return None
    free_slack(end, start, finish, network, table, slack)
    is_longest = np.zeros(n, dtype=np.bool_)
    mark_longest_path(
        duration, start, finish, resume, network.order, freed_by, network, table, is_longest
    )
    total = np.array([_float_min(problem, j, finish, late_finish) for j in range(n)])
    # A deadline before the end leaves less than none: no activity may slip more than in total.
    free = np.minimum(slack, np.maximum(total, 0.0))
    columns = [day_of_minute(t) for t in (start, finish, resume, late_start, late_finish)]
    dates = [_spread(plan, problem, column) for column in columns]
    _span(plan, dates)
    is_longest_path = np.zeros(plan.n_activities, dtype=np.bool_)
    is_longest_path[problem.worked] = is_longest
    return PlanDates(
        start_day=dates[0],
        finish_day=dates[1],
        resume_day=dates[2],
        late_start_day=dates[3],
        late_finish_day=dates[4],
        total_float_hours=_spread(plan, problem, total / 60.0),
        free_float_hours=_spread(plan, problem, np.asarray(free / 60.0, dtype=np.float64)),
        is_longest_path=is_longest_path,
        end_day=end / 1440.0,
    )


def _nothing(plan: Plan) -> PlanDates:
    """Dates of a plan without work: it ends as it starts."""
    none = np.full(plan.n_activities, np.nan)
    is_longest = np.zeros(plan.n_activities, dtype=np.bool_)
    return PlanDates(
        none, none, none, none, none, none, none, is_longest, minute_of(plan.start) / 1440.0
    )


def _float_min(problem: CpmProblem, j: int, finish: FloatArray, late: FloatArray) -> float:
    if not math.isnan(problem.network.actual_finish[j]):
        return math.nan
    calendar = int(problem.network.calendar[j])
    slack = work_at(late[j], calendar, problem.table) - work_at(finish[j], calendar, problem.table)
    return round(float(slack), 6)


def _spread(plan: Plan, problem: CpmProblem, values: FloatArray) -> FloatArray:
    """Values at the places of the activities in the plan; NaN for those that only span."""
    whole = np.full(plan.n_activities, np.nan)
    whole[problem.worked] = values
    return whole


def _span(plan: Plan, dates: list[FloatArray]) -> None:
    """Date hammocks and summaries by what they hang on."""
    start, finish, resume, late_start, late_finish = dates
    for i, activity in enumerate(plan.activities):
        if not activity.is_span:
            continue
        is_summary = activity.kind == ActivityKind.WBS_SUMMARY
        begins, ends = _members(plan, i) if is_summary else _hung_on(plan, activity.id)
        for column_start, column_finish in ((start, finish), (late_start, late_finish)):
            ways = (column_start, column_finish)
            first = [ways[is_end][member] for member, is_end in begins]
            last = [ways[is_end][member] for member, is_end in ends]
            # A span may hang on another one that has no dates yet.
            column_start[i] = np.nanmin([np.inf, *first]) if first else np.nan
            column_finish[i] = np.nanmax([-np.inf, *last]) if last else np.nan
        for column in dates:
            column[i] = column[i] if np.isfinite(column[i]) else np.nan
        resume[i] = start[i]


_Ends = list[tuple[int, bool]]  # activity, and whether its finish is meant


def _members(plan: Plan, i: int) -> tuple[_Ends, _Ends]:
    """Ends of the activities at and below the node of a summary."""
    root = plan.activities[i].wbs
    inside = {root}
    for index, node in enumerate(plan.wbs):
        if node.parent in inside:
            inside.add(index)
    members = [
        j
        for j, activity in enumerate(plan.activities)
        if not activity.is_span and (root is None or activity.wbs in inside)
    ]
    return [(j, False) for j in members], [(j, True) for j in members]


def _hung_on(plan: Plan, hammock: str) -> tuple[_Ends, _Ends]:
    """Ends of others that a hammock's start and finish hang on."""
    number = {activity.id: i for i, activity in enumerate(plan.activities)}
    begins: _Ends = []
    ends: _Ends = []
    for one in plan.links:
        is_from_finish = one.kind in (LinkKind.FINISH_TO_START, LinkKind.FINISH_TO_FINISH)
        is_to_finish = one.kind in (LinkKind.FINISH_TO_FINISH, LinkKind.START_TO_FINISH)
        if one.successor == hammock:
            (ends if is_to_finish else begins).append((number[one.predecessor], is_from_finish))
        elif one.predecessor == hammock:
            (ends if is_from_finish else begins).append((number[one.successor], is_to_finish))
    return begins, ends
