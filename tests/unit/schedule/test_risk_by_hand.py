"""Costs, sensitivity, use and reach of the risks of a schedule, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from schedule_plans import MONDAY, chain

from wattport.calendar.work_calendar import minute_of, round_the_clock
from wattport.equations.precedence import LinkKind
from wattport.schedule.cpm import critical_path
from wattport.schedule.cpm_network import compiled
from wattport.schedule.plan import (
    Assignment,
    Constraint,
    ConstraintKind,
    Plan,
    PlanLink,
    Resource,
    ResourceKind,
    WbsNode,
)
from wattport.schedule.risk import analyse
from wattport.schedule.risk_draws import mean_durations, pose
from wattport.schedule.risk_register import DriverRisk, RiskRegister, touched
from wattport.schedule.risk_use import _mean_units
from wattport.schedule.sharing import no_sharing

STILL = (1.0, 1.0, 1.0)


def around_the_clock(plan: Plan) -> Plan:
    clock = round_the_clock()
    return replace(
        plan,
        calendar=clock.name,
        calendars=(clock,),
        activities=tuple(replace(a, calendar=clock.name) for a in plan.activities),
    )


def paid(*links: PlanLink) -> Plan:
    """A of ten days by nobody, B of five days by a paid crew with material; side by side."""
    plan = around_the_clock(chain(240.0, 120.0))
    return replace(
        plan,
        links=links,
        resources=(
            Resource("crew", "Crew", cost_per_hour=10.0),
            Resource("steel", "Steel", ResourceKind.MATERIAL, cost_per_hour=5.0),
        ),
        assignments=(
            Assignment("B", "crew", 1.0, remaining_hours=120.0),
            Assignment("B", "steel", 20.0, remaining_hours=20.0),
        ),
        currency="EUR",
    )


def test_longer_work_takes_longer_pay_and_no_more_material() -> None:
    twice = DriverRisk(name="Twice", probability_frac=1.0, factor=(2.0,) * 3, activities=("B",))
    register = RiskRegister(uncertainty=STILL, risks=(twice,))
    cost = analyse(paid(), register, draws=2, has_sharing=False).cost
    assert cost is not None
    assert cost.planned == pytest.approx(120 * 10 + 20 * 5)
    assert cost.mean == pytest.approx(2 * 120 * 10 + 20 * 5)


def test_date_and_budget_hold_together_less_often_than_either() -> None:
    """A is late in half of the futures and B dear in half, apart from each other: a quarter."""
    risks = tuple(
        DriverRisk(name=f"{id} long", probability_frac=0.5, factor=(1.5,) * 3, activities=(id,))
        for id in "AB"
    )
    register = RiskRegister(uncertainty=STILL, risks=risks)
    cost = analyse(paid(), register, draws=4000, has_sharing=False).cost
    assert cost is not None
    assert cost.on_date_frac == pytest.approx(0.5, abs=0.03)
    assert cost.within_budget_frac == pytest.approx(0.5, abs=0.03)
    assert cost.both_frac == pytest.approx(0.25, abs=0.03)


def test_sensitivity_is_the_share_of_the_end_s_spread_that_is_its_own() -> None:
    """In a chain of two always critical, B spreads twice as far: 1 / sqrt(5) and 2 / sqrt(5)."""
    plan = around_the_clock(chain(240.0, 480.0))
    result = analyse(plan, RiskRegister(uncertainty=(0.5, 1.0, 1.5)), draws=6000)
    found = [activity.sensitivity for activity in result.activities]
    assert found == pytest.approx([5**-0.5, 2 * 5**-0.5], abs=0.02)


def test_the_mean_of_a_cause_is_that_of_its_triangle() -> None:
    plan = around_the_clock(chain(240.0))
    skewed = DriverRisk(
        name="Skewed", probability_frac=0.5, factor=(1.0, 1.2, 2.6), activities=("A",)
    )
    register = RiskRegister(uncertainty=STILL, risks=(skewed,))
    problem = compiled(plan)
    case = pose(plan, register, problem, no_sharing(problem))
    # (1.0 + 1.2 + 2.6) / 3 = 1.6, in half of the futures.
    assert mean_durations(case, register).tolist() == pytest.approx([240 * 60 * 1.3])


def test_a_node_means_what_is_below_it_and_no_neighbour_that_begins_alike() -> None:
    plan = replace(
        chain(8.0, 8.0, 8.0),
        wbs=(WbsNode("S", "Site"), WbsNode("1", "Hall 1", 0), WbsNode("12", "Hall 12", 0)),
    )
    a, b, c = plan.activities
    plan = replace(plan, activities=(replace(a, wbs=0), replace(b, wbs=1), replace(c, wbs=2)))
    assert touched(plan, ("S.1",), "x").tolist() == [False, True, False]


def test_two_crews_for_half_a_month_are_one_on_average() -> None:
    edges = np.array([minute_of(datetime(2026, 4, 1)), minute_of(datetime(2026, 5, 1))])
    half = minute_of(datetime(2026, 4, 16))
    found = _mean_units(edges, edges[None, :1], np.array([[half]]), np.array([2.0]))
    assert found.tolist() == [[pytest.approx(1.0)]]


def test_free_float_takes_the_lag_off() -> None:
    """A of one day, then two days of lag, then B that must not start before Friday of next week."""
    plan = chain(8.0, 8.0, lag_hours=16.0)
    a, b = plan.activities
    late = Constraint(ConstraintKind.START_NO_EARLIER, datetime(2026, 1, 16, 8))
    dates = critical_path(replace(plan, activities=(a, replace(b, constraints=(late,)))))
    # A ends on Monday the 5th; Wednesday to Thursday of the week after are lag: six days are free.
    assert dates.free_float_hours[0] == pytest.approx(6 * 8.0)


def test_free_float_is_never_more_than_the_deadline_leaves() -> None:
    plan = replace(chain(8.0, 8.0), deadline=datetime(2026, 1, 5, 17))
    dates = critical_path(replace(plan, links=()))
    later = critical_path(replace(chain(8.0, 80.0), links=(), deadline=datetime(2026, 1, 8, 17)))
    assert dates.free_float_hours.tolist() == [0.0, 0.0]
    # The other takes ten days, and the deadline leaves the first three more.
    assert later.free_float_hours[0] == pytest.approx(3 * 8.0)


@pytest.mark.parametrize(("lag_hours", "hour"), [(8.0, 17), (0.0, 17)])
def test_a_lag_that_ends_with_a_shift_ends_that_evening(lag_hours: float, hour: int) -> None:
    """A finish that waits a day for another one falls on the evening, not on the next morning."""
    plan = chain(8.0, 4.0)
    link = PlanLink("A", "B", LinkKind.FINISH_TO_FINISH, lag_hours=lag_hours)
    dates = critical_path(replace(plan, links=(link,)))
    day = 5 if lag_hours == 0.0 else 6
    assert dates.finish(1) == datetime(2026, 1, day, hour)
    assert MONDAY.hour == 8
