"""Calendars, the critical path on them, and what makes a plan impossible."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from schedule_plans import MONDAY, TWO_SHIFTS, chain, random_plan, working_minutes

from wattport.calendar.work_calendar import (
    WorkCalendar,
    minute_of,
    moment_of,
    office_calendar,
    round_the_clock,
    work_time,
)
from wattport.calendar.work_time_kernel import finish_at, start_at, work_at
from wattport.equations.precedence import LinkKind, early_dates, late_dates
from wattport.errors import WattportError
from wattport.schedule.cpm import critical_path
from wattport.schedule.cpm_network import compiled
from wattport.schedule.plan import (
    ActivityKind,
    Assignment,
    Constraint,
    ConstraintKind,
    LagCalendar,
    Level,
    PlanLink,
    Resource,
    WbsNode,
    activity,
)
from wattport.schedule.plan_check import faults

FIRST = date(2026, 1, 1)
ODD = WorkCalendar("Odd", (((1, 2), (5, 6)), ((0, 1440),), ((0, 60),), (), (), ((1439, 1440),), ()))


@pytest.mark.parametrize("calendar", [office_calendar(), TWO_SHIFTS, round_the_clock(), ODD])
def test_moments_and_work_match_counting_minutes(calendar: WorkCalendar) -> None:
    n_days = 30
    is_work = working_minutes(calendar, FIRST, n_days)
    done = np.concatenate([[0], np.cumsum(is_work)])
    table = work_time((round_the_clock(), calendar), FIRST, FIRST + timedelta(days=n_days - 1))
    moments = np.unique(np.random.default_rng(3).integers(0, done.size - 1, 400))
    for moment in (0, *moments.tolist()):
        assert work_at(float(moment), 1, table) == done[moment]
    for work in range(1, int(done[-1]), 7):
        assert finish_at(float(work), 1, table) == np.flatnonzero(done == work)[0]
        assert start_at(float(work), 1, table) == np.flatnonzero(done == work)[-1]


def test_work_runs_out_at_both_ends_of_a_horizon() -> None:
    table = work_time((office_calendar(),), FIRST, FIRST + timedelta(days=5))
    assert finish_at(1e6, 0, table) > 1e14
    assert start_at(-1.0, 0, table) < -1e14
    assert work_at(1e9, 0, table) == work_at(6 * 1440.0, 0, table)


@pytest.mark.parametrize("seed", range(5))
def test_without_rest_the_dates_are_those_of_the_plain_method(seed: int) -> None:
    plan = random_plan(seed)
    calendars = (round_the_clock(),)
    plan = replace(
        plan,
        calendar="24 hours",
        calendars=calendars,
        activities=tuple(replace(a, calendar="24 hours") for a in plan.activities),
    )
    dates, problem = critical_path(plan), compiled(plan)
    from wattport.equations.precedence import Links

    network = problem.network
    links = Links(network.predecessor, network.successor, network.kind, network.lag)
    start, finish = early_dates(problem.remaining_min, links, minute_of(MONDAY))
    late_start, _ = late_dates(problem.remaining_min, links, finish.max())
    np.testing.assert_allclose(dates.start_day * 1440, start, atol=1e-6)
    np.testing.assert_allclose(dates.finish_day * 1440, finish, atol=1e-6)
    np.testing.assert_allclose(dates.total_float_hours * 60, late_start - start, atol=1e-5)
    assert dates.is_longest_path[np.argmax(finish)]
    assert (dates.total_float_hours[dates.is_longest_path] < 1e-6).all()


def test_a_weekend_and_a_holiday_are_not_worked() -> None:
    office = replace(office_calendar(), exceptions=((date(2026, 1, 12), ()),))
    plan = replace(chain(40.0, 8.0), calendars=(office,))
    dates = critical_path(plan)
    assert dates.finish(0) == datetime(2026, 1, 9, 17)
    assert dates.start(1) == datetime(2026, 1, 13, 8)


def test_a_finish_milestone_ends_the_shift_and_a_start_milestone_begins_one() -> None:
    plan = chain(40.0)
    ends = [
        activity("F", 0.0, kind=ActivityKind.FINISH_MILESTONE),
        activity("S", 0.0, kind=ActivityKind.START_MILESTONE),
    ]
    plan = replace(
        plan, activities=(*plan.activities, *ends), links=(PlanLink("A", "F"), PlanLink("A", "S"))
    )
    dates = critical_path(plan)
    assert dates.finish(1) == datetime(2026, 1, 9, 17)
    assert dates.finish(2) == datetime(2026, 1, 12, 8)


@pytest.mark.parametrize(
    ("lag_calendar", "start"),
    [
        (LagCalendar.SUCCESSOR, datetime(2026, 1, 13, 8)),
        (LagCalendar.PREDECESSOR, datetime(2026, 1, 13, 8)),
        (LagCalendar.PROJECT, datetime(2026, 1, 13, 8)),
        (LagCalendar.ELAPSED, datetime(2026, 1, 12, 8)),
    ],
)
def test_lags_are_counted_in_the_time_they_name(lag_calendar: LagCalendar, start: datetime) -> None:
    plan = chain(40.0, 8.0)
    plan = replace(plan, links=(PlanLink("A", "B", lag_hours=8.0, lag_calendar=lag_calendar),))
    assert critical_path(plan).start(1) == start


def test_a_finish_waits_for_one_that_falls_into_its_rest() -> None:
    plan = chain(4.0, 8.0)
    clock = round_the_clock()
    sunday = Constraint(ConstraintKind.FINISH_NO_EARLIER, datetime(2026, 1, 11, 12))
    first = activity("A", 4.0, clock.name, constraints=[sunday])
    plan = replace(
        plan,
        calendars=(office_calendar(), clock),
        activities=(first, plan.activities[1]),
        links=(PlanLink("A", "B", LinkKind.FINISH_TO_FINISH),),
    )
    dates = critical_path(plan)
    assert dates.finish(0) == datetime(2026, 1, 11, 12)
    assert dates.finish(1) == datetime(2026, 1, 12, 8)


@pytest.mark.parametrize(
    ("kind", "moment", "start", "slack"),
    [
        (ConstraintKind.START_NO_EARLIER, datetime(2026, 1, 8, 8), datetime(2026, 1, 8, 8), 0.0),
        (ConstraintKind.START_NO_LATER, datetime(2026, 1, 5, 12), datetime(2026, 1, 6, 8), -4.0),
        (ConstraintKind.FINISH_NO_EARLIER, datetime(2026, 1, 8, 17), datetime(2026, 1, 8, 8), 0.0),
        (ConstraintKind.FINISH_NO_LATER, datetime(2026, 1, 6, 12), datetime(2026, 1, 6, 8), -4.0),
        (ConstraintKind.START_ON, datetime(2026, 1, 7, 8), datetime(2026, 1, 7, 8), 0.0),
        (ConstraintKind.MUST_START, datetime(2026, 1, 5, 8), datetime(2026, 1, 5, 8), 0.0),
        (ConstraintKind.MUST_FINISH, datetime(2026, 1, 5, 17), datetime(2026, 1, 5, 8), 0.0),
    ],
)
def test_constraints(kind: ConstraintKind, moment: datetime, start: datetime, slack: float) -> None:
    plan = chain(8.0, 8.0)
    bound = activity("B", 8.0, constraints=[Constraint(kind, moment)])
    dates = critical_path(replace(plan, activities=(plan.activities[0], bound)))
    assert dates.start(1) == start
    assert dates.total_float_hours[1] == slack


def test_begun_work_goes_on_after_the_data_date_or_after_what_is_done() -> None:
    plan = chain(40.0, 8.0)
    begun = replace(plan.activities[0], actual_start=datetime(2026, 1, 5, 8), remaining_hours=16.0)
    plan = replace(plan, activities=(begun, plan.activities[1]))
    assert critical_path(plan).finish(0) == datetime(2026, 1, 9, 17)
    later = replace(plan, data_date=datetime(2026, 1, 12, 8))
    assert critical_path(later).start(0) == datetime(2026, 1, 5, 8)
    assert critical_path(later).finish(0) == datetime(2026, 1, 13, 17)
    out_of_sequence = replace(
        plan.activities[1], actual_start=datetime(2026, 1, 5, 8), remaining_hours=8.0
    )
    later = replace(later, activities=(begun, out_of_sequence))
    assert critical_path(later).finish(1) == datetime(2026, 1, 14, 17)
    free = replace(later, is_logic_retained=False)
    assert critical_path(free).finish(1) == datetime(2026, 1, 12, 17)


def test_hammocks_and_summaries_span_what_they_hang_on() -> None:
    plan = chain(8.0, 8.0, 8.0)
    hammock = activity("H", 0.0, kind=ActivityKind.HAMMOCK)
    summary = replace(activity("W", 0.0, kind=ActivityKind.WBS_SUMMARY), wbs=0)
    inside = tuple(replace(a, wbs=0) for a in plan.activities[1:])
    plan = replace(
        plan,
        wbs=(WbsNode("1", "Node"),),
        activities=(plan.activities[0], *inside, hammock, summary),
        links=(
            *plan.links,
            PlanLink("A", "H", LinkKind.START_TO_START),
            PlanLink("H", "B", LinkKind.FINISH_TO_FINISH),
        ),
    )
    dates = critical_path(plan)
    assert (dates.start(3), dates.finish(3)) == (datetime(2026, 1, 5, 8), datetime(2026, 1, 6, 17))
    assert (dates.start(4), dates.finish(4)) == (datetime(2026, 1, 6, 8), datetime(2026, 1, 7, 17))
    assert not dates.is_longest_path[3:].any()


def test_all_that_is_wrong_is_told_at_once() -> None:
    plan = chain(8.0, -1.0)
    never = WorkCalendar("Never", ((),) * 7)
    mixed = WorkCalendar("Mixed", (((480, 720), (700, 800)),) * 7)
    third = replace(activity("B", 8.0, "Never"), wbs=3)
    plan = replace(
        plan,
        calendars=(*plan.calendars, never, mixed),
        activities=(*plan.activities, third),
        links=(*plan.links, PlanLink("A", "Z")),
    )
    told = {finding.message for finding in faults(plan)}
    assert told == {
        "'B' stands 2 times",
        "duration_hours is -1",
        "remaining_hours is -1",
        "shifts overlap",
        "the calendar has no working time, but work is planned on it",
        "there is no activity 'Z'",
        "there is no node of the work breakdown '3'",
    }
    with pytest.raises(WattportError):
        critical_path(plan)


def test_amounts_and_dates_that_no_schedule_has_are_told() -> None:
    plan = chain(8.0, 8.0)
    late = Constraint(ConstraintKind.START_NO_EARLIER, datetime(2500, 1, 1))
    plan = replace(
        plan,
        start=datetime(1, 1, 1),
        activities=(
            replace(plan.activities[0], duration_hours=1e9, remaining_hours=8.0),
            replace(plan.activities[1], constraints=(late,)),
        ),
        links=(replace(plan.links[0], lag_hours=-1e7),),
        resources=(Resource("crane", "Crane", levels=(Level(MONDAY, -1.0),)),),
        assignments=(Assignment("A", "crane", 1.0, -8.0),),
    )
    assert [(finding.path, finding.message) for finding in faults(plan)] == [
        ("activity A", "duration_hours is 1e+09"),
        ("assignment A/crane", "remaining_hours is -8"),
        ("resource crane", "units is -1"),
        ("project", "0001-01-01 is no date of a schedule"),
        ("activity B", "2500-01-01 is no date of a schedule"),
        ("link A > B", "the lag is -1e+07 hours"),
    ]


def test_a_circle_is_named() -> None:
    plan = chain(8.0, 8.0, 8.0)
    plan = replace(plan, links=(*plan.links, PlanLink("C", "A", LinkKind.START_TO_START)))
    with pytest.raises(WattportError, match="A > B > C > A"):
        critical_path(plan)


def test_a_calendar_of_exceptions_alone_runs_out_in_words() -> None:
    only = WorkCalendar("Standard", ((),) * 7, ((date(2026, 1, 5), ((480, 720),)),))
    with pytest.raises(WattportError, match="exceptions alone hold too little work"):
        critical_path(replace(chain(8.0), calendars=(only,)))


def test_long_plans_widen_their_horizon() -> None:
    rare = WorkCalendar("Standard", (((480, 490),), *[()] * 6), ())
    dates = critical_path(replace(chain(100.0, 100.0), calendars=(rare,)))
    assert dates.finish(1) == MONDAY.replace(hour=8, minute=10) + timedelta(weeks=1199)


def test_moments_survive_their_numbers() -> None:
    assert moment_of(minute_of(datetime(1999, 12, 31, 23, 59))) == datetime(1999, 12, 31, 23, 59)
