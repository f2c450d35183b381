"""The plan of a shipped plant: it reaches its rate, and its numbers belong together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wattport.errors import InfeasibleError, WattportError
from wattport.make.planning.choice import Costs, pose
from wattport.make.planning.line_plan import LinePlan, plan_line
from wattport.make.planning.proof import Status
from wattport.spec import load
from wattport.spec.plants import Plant

COSTS = Costs(wage_eur_per_h=45.0, interest_frac=0.08, life_years=14.0)


@pytest.fixture(scope="module")
def plant() -> Plant:
    return load("dunkerque").draw(1, seed=7).plants.modules


@pytest.fixture(scope="module")
def plan(plant: Plant) -> LinePlan:
    return plan_line(plant, 240.0, COSTS)


def test_reaches_the_rate_on_its_floor_above_its_bound(plan: LinePlan) -> None:
    assert plan.rate_per_year >= 240.0
    assert plan.needed_area_m2 <= plan.bay_area_m2
    assert plan.bound_eur_per_year <= plan.cost_eur_per_year
    assert plan.status is Status.FEASIBLE
    assert plan.gap_frac < 0.2


def test_cost_is_the_sum_of_its_parts(plan: LinePlan) -> None:
    parts = plan.staff_eur_per_year + plan.bays_eur_per_year + plan.stock_eur_per_year
    assert plan.cost_eur_per_year == pytest.approx(parts)


def test_staff_covers_the_hours_of_work(plan: LinePlan, plant: Plant) -> None:
    question = pose(plant, 240.0, plan.n_shifts, COSTS)
    assert question is not None
    day_h = question.patterns[0].hours_per_year
    for name, hours in zip(question.names, question.busy_h * question.crew, strict=True):
        people = sum(row.n_people for row in plan.staff if row.skill == name)
        assert people * day_h >= 0.99 * 240.0 * hours


def test_curves_pass_through_the_plan(plan: LinePlan) -> None:
    costs = [point for point in plan.curves if point.rate_per_year == plan.rate_per_year]
    levers = {point.lever.split()[0] for point in costs}
    assert {"staff", "bays", "waiting"} <= levers
    staff = [point.rate_per_year for point in plan.curves if point.lever == "staff"]
    assert staff[0] < staff[-1]


def test_paced_lines_are_proved(plan: LinePlan) -> None:
    assert plan.paced
    assert all(line.status is Status.PROVED for line in plan.paced)


def test_same_plan_twice(plan: LinePlan, plant: Plant) -> None:
    assert plan_line(plant, 240.0, COSTS) == plan


def test_cheaper_nights_never_cost_more_by_hours(plant: Plant) -> None:
    dear = pose(plant, 240.0, 2, COSTS)
    cheap = pose(plant, 240.0, 2, replace(COSTS, second_shift_premium_frac=0.0))
    assert dear is not None
    assert cheap is not None
    assert cheap.bound_eur_per_year <= dear.bound_eur_per_year


def test_a_rate_the_floor_cannot_hold(plant: Plant) -> None:
    with pytest.raises(InfeasibleError, match="floor"):
        plan_line(plant, 5000.0, COSTS)


def test_no_rate(plant: Plant) -> None:
    with pytest.raises(WattportError, match="above zero"):
        plan_line(plant, 0.0, COSTS)
