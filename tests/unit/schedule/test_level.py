"""Sharing out: every draw kept by a checker that counts minutes, and by a slow twin."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from level_check import broken_rules
from schedule_plans import MONDAY, chain, random_plan

from wattport.calendar.work_calendar import WorkCalendar, office_calendar, round_the_clock
from wattport.errors import WattportError
from wattport.schedule.cpm import critical_path
from wattport.schedule.cpm_network import compiled, moment_of_day
from wattport.schedule.level import level, level_problem
from wattport.schedule.level_kernel import play
from wattport.schedule.plan import (
    ALWAYS,
    Assignment,
    Constraint,
    ConstraintKind,
    Level,
    Plan,
    Resource,
    ResourceKind,
)
from wattport.schedule.rcpsp import solve_rcpsp
from wattport.schedule.rcpsp_project import ResourceProject
from wattport.schedule.risk import analyse
from wattport.schedule.risk_register import RiskRegister
from wattport.schedule.sharing import common_time, in_shifts_of_people


def crew(id: str, *levels: tuple[datetime, float], **more) -> Resource:  # type: ignore[no-untyped-def]
    return Resource(id, id, levels=tuple(Level(*level) for level in levels), **more)


def loaded(seed: int, n: int = 30, **more) -> Plan:  # type: ignore[no-untyped-def]
    """A random plan whose activities need two crews, with progress and changing levels."""
    plan = random_plan(seed, n, **more)
    random = np.random.default_rng(seed + 1000)
    crews = (
        crew("steel", (ALWAYS, 2.0), (MONDAY + timedelta(days=20), 3.0)),
        crew("cable", (ALWAYS, 1.0), (MONDAY + timedelta(days=9), 0.0),
             (MONDAY + timedelta(days=14), 2.0), calendar="Standard"),
        crew("sand", (ALWAYS, 1.0), kind=ResourceKind.MATERIAL),
        crew("anybody"),
    )  # fmt: skip
    uses = [
        Assignment(a.id, crews[random.integers(4)].id, float(random.integers(1, 3)), 8.0)
        for a in plan.activities
        if not a.is_milestone and random.random() < 0.8
    ]
    begun = {2: ("begun", 0.5), 0: ("done", 0.0)}
    activities = []
    for i, a in enumerate(plan.activities):
        state, left = begun.get(i, ("open", 1.0))
        if state != "open" and not a.is_milestone:
            done = MONDAY - timedelta(days=3) if state == "done" else None
            a = replace(
                a,
                actual_start=MONDAY - timedelta(days=5),
                actual_finish=done,
                remaining_hours=left * a.duration_hours,
            )
        activities.append(a)
    return replace(plan, activities=tuple(activities), resources=crews, assignments=tuple(uses))


def schedules(plan: Plan, stretch: np.ndarray) -> tuple[Plan, np.ndarray, np.ndarray, np.ndarray]:
    """The plan in shifts of its people, durations, first moments and finishes of draws."""
    shared = in_shifts_of_people(plan)
    made = level_problem(shared, compiled(shared))
    duration = made.problem.remaining_min * stretch
    shape = duration.shape
    resume, finish, end = np.empty(shape), np.empty(shape), np.empty(shape[0])
    play(
        duration, np.zeros(0, np.int64), made.problem.network, made.problem.table, made.sharing,
        np.empty((shape[0], 0)), end, resume, finish, np.zeros((0, shape[1]), np.bool_),
    )  # fmt: skip
    return shared, duration, resume, finish


@pytest.mark.parametrize("seed", range(8))
def test_every_draw_keeps_resources_links_calendars_and_progress(seed: int) -> None:
    plan = loaded(seed)
    random = np.random.default_rng(seed)
    shared, duration, resume, finish = schedules(plan, random.uniform(0.7, 1.6, (6, 30)))
    for draw in range(6):
        assert broken_rules(shared, resume[draw], finish[draw], duration[draw]) == []


def test_the_checker_sees_what_is_broken() -> None:
    plan = loaded(3)
    shared, duration, resume, finish = schedules(plan, np.ones((1, 30)))
    dates = critical_path(shared)
    begin, early = dates.resume_day * 1440.0, dates.finish_day * 1440.0
    found = broken_rules(shared, begin, early, duration[0])
    assert found
    assert all("at" in words for words in found)
    assert broken_rules(shared, resume[0] - 600.0, finish[0], duration[0])


def test_without_levels_the_dates_are_those_of_the_links() -> None:
    plan = random_plan(11)
    assert level(plan).end_day == critical_path(plan).end_day
    np.testing.assert_array_equal(level(plan).finish_day, critical_path(plan).finish_day)


@pytest.mark.parametrize("seed", range(4))
def test_on_a_clock_without_rest_it_is_as_good_as_the_search_for_whole_periods(seed: int) -> None:
    plan = random_plan(seed, 12, kinds=(0, 1), lags=(0.0, 8.0))
    clock = round_the_clock()
    random = np.random.default_rng(seed)
    plan = replace(
        plan, calendar=clock.name, calendars=(clock,), data_date=None,
        activities=tuple(replace(a, calendar=clock.name) for a in plan.activities),
        resources=(crew("gang", (ALWAYS, 3.0)),),
        assignments=tuple(
            Assignment(a.id, "gang", float(random.integers(1, 4)), 8.0)
            for a in plan.activities if not a.is_milestone
        ),
    )  # fmt: skip
    units = {use.activity: int(use.units) for use in plan.assignments}
    number = {a.id: i for i, a in enumerate(plan.activities)}
    from wattport.equations.precedence import Links

    links = Links(
        np.array([number[one.predecessor] for one in plan.links]),
        np.array([number[one.successor] for one in plan.links]),
        np.array([int(one.kind) for one in plan.links]),
        np.array([one.lag_hours for one in plan.links]),
    )
    project = ResourceProject(
        np.array([int(a.duration_hours) for a in plan.activities]), links,
        np.array([[units.get(a.id, 0)] for a in plan.activities]), np.array([3]),
    )  # fmt: skip
    best = solve_rcpsp(project, 2000, 1)
    hours = (level(plan).end_day - (plan.start - datetime(2026, 1, 1)) / timedelta(days=1)) * 24.0
    assert hours >= best.bound - 1e-6
    assert hours <= best.makespan * 1.05 + 1e-6


def test_a_crew_whose_number_grows_later_is_waited_for() -> None:
    grows = datetime(2026, 1, 19, 8)
    plan = replace(
        chain(40.0),
        resources=(crew("gang", (ALWAYS, 1.0), (grows, 2.0)),),
        assignments=(Assignment("A", "gang", 2.0, 40.0),),
    )
    assert moment_of_day(float(level(plan).start_day[0])) == grows
    assert critical_path(plan).start(0) == MONDAY


def test_people_work_when_they_and_their_work_do() -> None:
    nights = WorkCalendar("Nights", (((0, 360), (1200, 1440)),) * 7)
    days = WorkCalendar("Mornings", (((360, 720),),) * 7, ((date(2026, 1, 6), ()),))
    plan = replace(
        chain(12.0),
        calendars=(office_calendar(), nights, days),
        resources=(crew("gang", (ALWAYS, 1.0), calendar="Mornings"),),
        assignments=(Assignment("A", "gang", 1.0, 12.0),),
    )
    # Office mornings are four hours, and the sixth is off.
    assert moment_of_day(level(plan).end_day) == datetime(2026, 1, 8, 12)
    both = common_time(office_calendar(), days)
    assert both.week[0] == ((480, 720),)
    assert both.week[6] == ()
    at_night = replace(plan, resources=(replace(plan.resources[0], calendar="Nights"),))
    with pytest.raises(WattportError, match="never work at the same time"):
        level(at_night)
    assert analyse(at_night, RiskRegister(), draws=2, has_sharing=False).is_levelled is False


def test_a_need_above_all_there_is_is_told_and_takes_all() -> None:
    plan = replace(
        chain(40.0, 40.0),
        links=(),
        resources=(crew("gang", (ALWAYS, 1.0)),),
        assignments=(Assignment("A", "gang", 5.0, 40.0), Assignment("B", "gang", 1.0, 40.0)),
    )
    found = level(plan)
    assert [finding.code for finding in found.capped] == ["PLAN012"]
    assert found.end_day == critical_path(chain(40.0, 40.0)).end_day


def test_a_pinned_date_yields_to_a_crew_that_is_not_there() -> None:
    pin = Constraint(ConstraintKind.MUST_START, MONDAY)
    plan = replace(
        chain(40.0, 40.0),
        links=(),
        resources=(crew("gang", (ALWAYS, 1.0)),),
        assignments=(Assignment("A", "gang", 1.0, 40.0), Assignment("B", "gang", 1.0, 40.0)),
    )
    pinned = replace(
        plan, activities=tuple(replace(a, constraints=(pin,)) for a in plan.activities)
    )
    assert level(pinned).end_day == level(plan).end_day > critical_path(plan).end_day


def test_what_a_crew_was_waited_for_is_critical() -> None:
    plan = replace(
        chain(40.0, 8.0, 24.0),
        links=(),
        resources=(crew("gang", (ALWAYS, 1.0)),),
        assignments=(Assignment("A", "gang", 1.0, 40.0), Assignment("C", "gang", 1.0, 24.0)),
    )
    result = analyse(plan, RiskRegister(), draws=40)
    assert [a.criticality_frac for a in result.activities] == [1.0, 0.0, 1.0]
    assert result.levelled_end_day > result.planned_end_day
    assert result.milestones[0].on_time_frac == 0.0
    alone = analyse(plan, RiskRegister(), draws=40, has_sharing=False)
    assert alone.levelled_end_day == alone.planned_end_day


def test_more_of_a_resource_is_never_needed_than_the_histogram_shows() -> None:
    plan = loaded(5, 40)
    result = analyse(plan, RiskRegister(), draws=30)
    assert {r.id for r in result.resources} <= {"steel", "cable"}
    for one in result.resources:
        assert (one.levelled <= one.level + 1e-6).all()
        assert (one.p90 <= one.level + 1e-6).all()
        assert one.levelled.sum() > 0.0
    assert np.ptp([r.month_day.size for r in result.resources]) == 0


def twin(plan: Plan, order: list[int]) -> list[float]:
    """Finishes by trying every hour from the earliest on, without any profile."""
    level_of = {r.id: r.levels[-1].units for r in plan.resources}
    held: list[tuple[str, float, float, float]] = []
    for j in order:
        one = plan.activities[j]
        mine = [use for use in plan.assignments if use.activity == one.id]
        while True:
            dates = critical_path(plan)
            begin, end = dates.start_day[j], dates.finish_day[j]
            moments = [begin, *(b for _, b, _, _ in held if begin < b < end)]
            is_free = all(
                sum(x for r, b, e, x in held if r == use.resource and b <= moment < e) + use.units
                <= level_of[use.resource]
                for use in mine
                for moment in moments
            )
            if is_free or one.is_milestone:
                break
            pin = Constraint(
                ConstraintKind.START_NO_EARLIER,
                moment_of_day(float(begin)) + timedelta(hours=1),
            )
            later = replace(one, constraints=(pin,))
            plan = replace(
                plan, activities=(*plan.activities[:j], later, *plan.activities[j + 1 :])
            )
        held += [(u.resource, begin, end, u.units) for u in mine]
    return [float(minute) for minute in critical_path(plan).finish_day * 1440.0]


@pytest.mark.parametrize("seed", range(3))
def test_the_kernel_does_what_trying_every_minute_does(seed: int) -> None:
    plan = random_plan(seed, 14)
    random = np.random.default_rng(seed)
    plan = replace(
        plan,
        resources=(crew("gang", (ALWAYS, 2.0)), crew("crane", (ALWAYS, 1.0))),
        assignments=tuple(
            Assignment(a.id, name, 1.0, 8.0)
            for a in plan.activities if not a.is_milestone
            for name in ("gang", "crane") if random.random() < 0.6
        ),
    )  # fmt: skip
    made = level_problem(plan, compiled(plan))
    _, _, _, finish = schedules(plan, np.ones((1, 14)))
    np.testing.assert_allclose(finish[0], twin(plan, made.sharing.order.tolist()), atol=1e-6)
