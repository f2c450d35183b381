"""Orders released against their due dates: the plan, and what the futures make of it."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from small_works import WORKS, one_station

from wattport.factory.layout import lay_out
from wattport.factory.planning.optimality import Status
from wattport.factory.planning.order_plan import OrderPlan, plan_orders
from wattport.factory.play import play
from wattport.spec import load_factory

DRAWS = 8


@pytest.fixture(scope="module")
def plan() -> OrderPlan:
    found = plan_orders(load_factory(WORKS), DRAWS)
    assert found is not None
    return found


def test_every_ordered_unit_is_released_and_the_order_is_proved(plan: OrderPlan) -> None:
    assert sum(row.n_units for row in plan.rows) == 75
    assert all(row.first_release <= row.last_release for row in plan.rows)
    assert plan.bound_unit_days <= plan.tardiness_unit_days + 1e-9
    assert plan.tardiness_unit_days <= plan.rule_unit_days
    assert plan.status is Status.PROVED


def test_before_is_the_engine_as_the_file_has_it(plan: OrderPlan) -> None:
    late = play(lay_out(load_factory(WORKS).draw(DRAWS, 7))).late_days
    assert plan.before.on_time_frac == pytest.approx(float(np.mean(late <= 0.0)))
    assert plan.before.mean_days == pytest.approx(float(np.maximum(late, 0.0).mean()))
    assert plan.before.worst_p50_days <= plan.before.worst_p90_days
    assert plan.is_better == (plan.after.mean_days < plan.before.mean_days)


def test_a_due_date_rule_that_lets_all_be_late_is_beaten() -> None:
    # By due dates the long job goes first and makes all others late.
    given = one_station()
    operation = given["products"][0]["operations"][0]
    given["plants"][0]["skills"] = []
    given["products"] = [
        {"name": name, "operations": [{"name": name, "station": "bench", "cycle_h": hours}]}
        for name, hours in (("long", 160.0), ("short", 8.0))
    ]
    assert operation["cycle_h"] == 8
    given["orders"] = [
        {"product": "long", "n_units": 1, "due": "2026-01-08"},
        {"product": "short", "n_units": 8, "due": "2026-01-15"},
    ]
    plan = plan_orders(load_factory(given), 2)
    assert plan is not None
    assert plan.is_better
    assert plan.after.on_time_frac > plan.before.on_time_frac
    assert plan.rows[0].product == "short"


def test_nothing_ordered_nothing_planned() -> None:
    given = copy.deepcopy(WORKS)
    del given["orders"]
    assert plan_orders(load_factory(given), 2) is None


def test_same_plan_twice(plan: OrderPlan) -> None:
    assert plan_orders(load_factory(WORKS), DRAWS) == plan
