"""Templates as a planner writes them: links of all kinds, lots of transformers, tranches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

from wattport.calendar.epoch import day_of
from wattport.programme import construct
from wattport.programme.activity_network import NOT_HELD, Served, lay_out
from wattport.programme.as_plan import programme_plan
from wattport.programme.dates import schedule
from wattport.programme.draws import foresee, pose
from wattport.programme.gates import transformer_day, transformers_needed
from wattport.programme.variation_kernel import lot_factors
from wattport.records import Design, Production
from wattport.schedule.cpm import critical_path
from wattport.schedule.exchange import mspdi_bytes, read_xer, xer_bytes
from wattport.schedule.plan import ActivityKind
from wattport.spec import Spec
from wattport.spec.campus.programme import (
    Activity,
    Cause,
    ConstraintKind,
    DateConstraint,
    Each,
    Hammock,
    LinkType,
    Predecessor,
)

Halls = Callable[..., Design]
Modules = Callable[..., Production]


def with_programme(spec: Spec, **update: object) -> Spec:
    programme = spec.programme.model_copy(update=update)
    return spec.model_copy(update={"programme": programme})


def certain(spec: Spec, **update: object) -> Spec:
    """No spread and no risk; transformers early unless said otherwise."""
    plain = {"hall_cv_frac": 0.0, "hv_transformer_cv_frac": 0.0, "risks": ()}
    return with_programme(spec, **{"hv_transformer_lead_weeks": 60.0, **plain, **update})


def replaced(activities: tuple[Activity, ...], name: str, **update: object) -> tuple:
    return tuple(a.model_copy(update=update) if a.name == name else a for a in activities)


@pytest.mark.parametrize(
    ("how", "weeks"),
    [
        # Shell takes 18 weeks, the cooling plant 16; both start on a Monday.
        (Predecessor(activity="shell"), 18),
        (Predecessor(activity="shell", lag_days=-10.0), 16),
        (Predecessor(activity="shell", link=LinkType.START_TO_START, lag_days=20.0), 4),
        (Predecessor(activity="shell", link=LinkType.FINISH_TO_FINISH, lag_days=10.0), 4),
        (Predecessor(activity="shell", lag_days=9.0, is_lag_elapsed=True), 19),
    ],
)
def test_the_cooling_plant_follows_the_shell_by_hand(
    dunkerque: Spec, halls: Halls, modules: Modules, how: Predecessor, weeks: int
) -> None:
    hall = replaced(dunkerque.programme.hall_activities, "cooling plant", after=(how,))
    spec = certain(dunkerque, hall_activities=hall).draw(1)
    design = halls(spec)
    made = construct(spec, design, modules(design))
    names = made.activity
    started = made.start_day[0, 0, names.index("shell")]
    cooled = made.start_day[0, 0, names.index("cooling plant")]
    assert cooled - started == 7 * weeks


def test_overlapping_work_brings_a_hall_forward(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    hall = replaced(
        dunkerque.programme.hall_activities,
        "cooling plant",
        after=(Predecessor(activity="shell", link=LinkType.START_TO_START, lag_days=20.0),),
    )
    free = tuple(
        t.model_copy(update={"date": date(2026, 6, 1 + i), "delay_weeks": 0.0})
        for i, t in enumerate(dunkerque.grid.tranches)
    )
    grid = dunkerque.grid.model_copy(update={"tranches": free})
    loaded = certain(dunkerque.model_copy(update={"grid": grid}))
    before, after = (
        case.draw(1) for case in (loaded, with_programme(loaded, hall_activities=hall))
    )
    design = halls(before)
    early = modules(design, every_days=0.1)
    days = [float(construct(case, design, early).first_compute_day[0]) for case in (before, after)]
    assert days[1] < days[0] - 25.0  # then the substation decides


def test_a_lag_may_be_uncertain(dunkerque: Spec, halls: Halls, modules: Modules) -> None:
    lag = dunkerque.programme.hall_activities[0].duration_days
    how = Predecessor(activity="shell", link=LinkType.START_TO_START, lag_days=lag)
    hall = replaced(dunkerque.programme.hall_activities, "cooling plant", after=(how,))
    spec = certain(dunkerque, hall_activities=hall).draw(20, seed=4)
    design = halls(spec)
    made = construct(spec, design, modules(design))
    shell, cooling = (made.activity.index(name) for name in ("shell", "cooling plant"))
    gap = made.start_day[:, 0, cooling] - made.start_day[:, 0, shell]
    drawn = spec.programme.hall_activities[cooling].after[0].lag_days
    assert np.abs(gap - drawn * 7.0 / 5.0).max() <= 2.0
    assert np.unique(gap).size > 5


def test_transformers_needed_by_hand() -> None:
    # Halls of 60 MW on units of 100 MW, three of which carry all five halls.
    halls = np.array([[60.0] * 5])
    assert transformers_needed(halls, np.array([3]), np.array([100.0])).tolist() == [
        [1, 2, 2, 3, 3]
    ]
    # Whatever the unit: what the design says carries all does.
    assert transformers_needed(halls, np.array([3]), np.array([10.0])).tolist() == [[1, 2, 2, 3, 3]]
    assert transformers_needed(halls, np.array([1]), np.array([10.0])).tolist() == [[1] * 5]


def test_lots_come_in_turn_and_sorted(dunkerque: Spec) -> None:
    programme = certain(
        dunkerque, hv_transformer_lead_weeks=100.0, hv_transformer_spacing_weeks=4.0
    ).programme
    order = day_of(programme.hv_transformer_order)
    factor = np.array([[1.0, 1.0, 1.0], [1.5, 0.5, 1.0]])
    day = transformer_day(programme, factor, np.array([3, 2]))
    assert ((day[0] - order) / 7.0).tolist() == [100.0, 104.0, 108.0]
    assert ((day[1, :2] - order) / 7.0).tolist() == [54.0, 150.0]


def test_lot_factors_keep_their_numbers_when_lots_are_added() -> None:
    few, many = (lot_factors(3, np.arange(400), np.full(400, 0.2), n) for n in (2, 6))
    np.testing.assert_array_equal(few, many[:, :2])
    assert many.mean() == pytest.approx(1.0, abs=0.02)
    assert many.std() == pytest.approx(0.2, abs=0.02)


def test_the_first_transformer_lets_the_first_hall_start(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    late = {"hv_transformer_lead_weeks": 180.0, "hv_transformer_spacing_weeks": 30.0}
    one_by_one = certain(dunkerque, **late)
    spec = one_by_one.draw(1)
    together = with_programme(one_by_one, n_hv_transformers_per_lot=None).draw(1)
    design = halls(spec)
    production = modules(design)
    made, lot = (construct(case, design, production) for case in (spec, together))
    # The lead is that of the first unit, whether it comes alone or with all.
    assert made.first_compute_day[0] == lot.first_compute_day[0]
    assert made.milestone_day[0, -1] > lot.milestone_day[0, -1] + 200.0
    # Each hall is energised after the unit that its power needs has been fitted out for 60 days.
    future = foresee(spec, design, production)
    there = future.gates.long_lead_day[0, future.hall_lot[0]]
    energise = made.activity.index("energise")
    assert (made.start_day[0, :, energise] >= there + 7.0 * 12.0 - 3.0).all()
    assert future.hall_lot[0, 0] == 0
    assert future.hall_lot[0].max() == design.n_hv_transformers[0] - 2  # the spare comes last


def test_fewer_lots_in_a_draw_leave_the_other_draws_alone(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    spec = dunkerque.draw(6, seed=8)
    design = halls(spec)
    design.n_hv_transformers[:] = [4, 7, 5, 7, 4, 9]
    future = foresee(spec, design, modules(design))
    problem, _ = pose(future)
    fit_out = future.network.task == 2
    assert np.isfinite(problem.duration_days[:, fit_out]).sum(axis=1).tolist() == [
        4, 7, 5, 7, 4, 9,
    ]  # fmt: skip


def test_work_for_each_tranche_holds_its_own_halls(dunkerque: Spec) -> None:
    works = Activity(
        name="grid bay",
        duration_days=30.0,
        cause=Cause.GRID,
        each=Each.TRANCHE,
        after=(Predecessor(activity="site works"),),
    )
    hall = replaced(
        dunkerque.programme.hall_activities,
        "energise",
        after=(Predecessor(activity="MV connection"), Predecessor(activity="grid bay")),
    )
    programme = with_programme(
        dunkerque,
        site_activities=(*dunkerque.programme.site_activities, works),
        hall_activities=hall,
    ).programme
    tranche = np.array([[0, 1, 1], [0, 0, 1]])
    network = lay_out(programme, 3, Served(1, 2, np.zeros((2, 3), np.int64), tranche))
    assert network.n_site == 3 + 2
    assert network.task[:5].tolist() == [0, 1, 2, 3, 3]
    assert network.member.tolist() == [0, 0, 0, 0, 1]
    energise = [network.job(h, 5) for h in range(3)]
    held = {
        (int(i) - 3, energise.index(j)): network.links.lag_days[:, k].tolist()
        for k, (i, j) in enumerate(
            zip(network.links.predecessor, network.links.successor, strict=True)
        )
        if i in (3, 4) and j in energise
    }
    assert held == {
        (0, 0): [0.0, 0.0],
        (0, 1): [NOT_HELD, 0.0],
        (1, 1): [0.0, NOT_HELD],
        (1, 2): [0.0, 0.0],
    }


def test_grid_gated_work_for_each_tranche_starts_when_it_opens(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    works = Activity(
        name="switch on", duration_days=5.0, cause=Cause.GRID, each=Each.TRANCHE,
        is_grid_gated=True, after=(Predecessor(activity="site works"),),
    )  # fmt: skip
    site = (*dunkerque.programme.site_activities, works)
    spec = certain(dunkerque, site_activities=site).draw(1)
    design = halls(spec)
    future = foresee(spec, design, modules(design))
    made = schedule(pose(future)[0])
    mine = np.flatnonzero(future.network.task[: future.network.n_site] == 3)
    opens = [day_of(t.date) for t in spec.grid.tranches]
    assert (made.start_day[0, mine] > opens).all()
    assert (made.start_day[0, mine] < np.array(opens) + 20.0).all()


@pytest.mark.parametrize("draw", range(2))
def test_the_plan_of_such_a_programme_has_its_dates(
    dunkerque: Spec, halls: Halls, modules: Modules, draw: int
) -> None:
    hall = replaced(
        dunkerque.programme.hall_activities,
        "cooling plant",
        after=(
            Predecessor(activity="foundations", lag_days=28.0, is_lag_elapsed=True),
            Predecessor(activity="shell", link=LinkType.START_TO_START, lag_days=20.0),
            Predecessor(activity="shell", link=LinkType.FINISH_TO_FINISH, lag_days=10.0),
        ),
    )
    spec = with_programme(dunkerque, hall_activities=hall).draw(2, seed=6)
    design = halls(spec)
    production = modules(design)
    future = foresee(spec, design, production)
    made = schedule(pose(future)[0])
    plan = programme_plan(spec, design, production, draw)
    is_built = np.isfinite(made.finish_day[draw])
    dates = critical_path(plan)
    n_jobs = int(is_built.sum())
    assert np.abs(dates.start_day[:n_jobs] - made.start_day[draw][is_built]).max() < 0.7
    assert {f"SITE.HV substation fit-out {n}" for n in (1, 2)} <= {a.id for a in plan.activities}


def dated(activity: str, kind: str, day: date, hall: int | None = None) -> DateConstraint:
    return DateConstraint(activity=activity, kind=ConstraintKind(kind), date=day, hall=hall)


def test_a_start_may_be_held_back(dunkerque: Spec, halls: Halls, modules: Modules) -> None:
    later = date(2028, 7, 8)  # a Saturday
    constraints = (dated("foundations", "start_no_earlier", later, 2),)
    spec = certain(dunkerque, constraints=constraints).draw(1)
    design = halls(spec)
    made = construct(spec, design, modules(design))
    assert made.start_day[0, 1, 0] == day_of(date(2028, 7, 10))
    assert made.start_day[0, 0, 0] < day_of(later)
    assert made.deadline == ()


def test_deadlines_move_nothing_and_tell_their_float(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    # As worked out by hand elsewhere: hall 1 is ready on day_of(2029-01-15) + 73.
    ready = date(2029, 1, 15) + timedelta(days=73)
    constraints = (
        dated("ready for service", "finish_by", ready - timedelta(days=1), 1),
        dated("ready for service", "finish_by", ready - timedelta(days=31), 2),
        dated("energise", "start_no_later", date(2029, 1, 20), 1),
        dated("shell", "finish_by", date(2029, 1, 1)),
        dated("foundations", "finish_by", date(2029, 1, 1), 99),
    )
    plain = certain(dunkerque, constraints=()).draw(1)
    spec = certain(dunkerque, constraints=constraints).draw(1)
    design = halls(spec)
    before, made = (construct(case, design, modules(design)) for case in (plain, spec))
    np.testing.assert_array_equal(before.ready_day, made.ready_day)
    kept = made.deadline_float_days[0]
    assert kept[0] == 0.0
    assert kept[1] < -29.0
    assert kept[2] == 5.0
    shell = made.finish_day[0, :, made.activity.index("shell")]
    assert kept[3] == day_of(date(2029, 1, 2)) - np.nanmax(shell)
    assert np.isnan(kept[4])
    assert made.deadline[0] == "hall 1: ready for service finished"


def test_hammocks_span_first_start_to_last_finish(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    hammock = Hammock(name="tests", activities=("L5 integrated test", "energise"))
    spec = with_programme(dunkerque, hammocks=(hammock,)).draw(5, seed=1)
    design = halls(spec)
    made = construct(spec, design, modules(design))
    first, last = (made.activity.index(name) for name in ("energise", "L5 integrated test"))
    np.testing.assert_array_equal(made.hammock_start_day[..., 0], made.start_day[..., first])
    np.testing.assert_array_equal(made.hammock_finish_day[..., 0], made.finish_day[..., last])


def test_hammocks_milestones_and_deadlines_travel_in_the_plan(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    tight = Activity(
        name="weather-tight", duration_days=0.0, cause=Cause.CIVIL,
        after=(Predecessor(activity="shell"),),
    )  # fmt: skip
    spec = with_programme(
        dunkerque,
        hall_activities=(*dunkerque.programme.hall_activities, tight),
        constraints=(dated("weather-tight", "finish_by", date(2028, 6, 30), 1),),
        hammocks=(Hammock(name="building", activities=("foundations", "shell")),),
    ).draw(2, seed=3)
    design = halls(spec)
    production = modules(design)
    made = construct(spec, design, production)
    tight_place, shell = (made.activity.index(name) for name in ("weather-tight", "shell"))
    np.testing.assert_array_equal(made.finish_day[..., tight_place], made.finish_day[..., shell])
    plan = programme_plan(spec, design, production, 1)
    number = {a.id: i for i, a in enumerate(plan.activities)}
    dates = critical_path(plan)
    span = number["H1~building"]
    assert plan.activities[span].kind is ActivityKind.HAMMOCK
    assert dates.start_day[span] == dates.start_day[number["H1.foundations"]]
    assert dates.finish_day[span] == dates.finish_day[number["H1.shell"]]
    milestone = plan.activities[number["H1.weather-tight"]]
    assert milestone.is_milestone
    assert len(milestone.constraints) == 2
    missed = day_of(date(2028, 7, 1)) - made.finish_day[1, 0, tight_place]
    if missed < -5.0:
        assert dates.total_float_hours[number["H1.weather-tight"]] < 0.0
    raw, not_carried = xer_bytes(plan)
    assert not_carried == ()
    assert read_xer(raw).plan == plan
    assert mspdi_bytes(plan)[0]
