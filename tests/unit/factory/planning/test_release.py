"""Release against every order, and the plan's way back into the event engine."""

from __future__ import annotations

import numpy as np
import pytest
from plan_checks import least_tardiness

from wattport.factory.engine.line_records import Service
from wattport.factory.engine.simulate import (
    empty_lines,
    empty_stations,
    make_network,
    set_service,
    simulate,
)
from wattport.factory.planning.optimality import Status
from wattport.factory.planning.release import release_units, released
from wattport.factory.planning.solver import prove_release


@pytest.mark.parametrize("seed", range(20))
def test_release_is_near_the_best_order_and_never_below_the_bound(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ready, due = rng.uniform(0, 5, 7), rng.uniform(1, 9, 7)
    weight = rng.uniform(1, 5, 7)
    plan = release_units(ready, due, weight, 1.0)
    best = least_tardiness(ready, due, weight, 1.0)
    assert plan.lower_bound <= best + 1e-9
    assert best - 1e-9 <= plan.tardiness <= 1.05 * best + 1e-9
    assert plan.tardiness <= plan.rule_tardiness


@pytest.mark.parametrize("seed", range(20))
def test_takts_of_their_own_are_bounded_and_nearly_best(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ready, due = np.round(rng.uniform(0, 4, 7)), rng.uniform(1, 12, 7)
    takt, weight = rng.choice([0.5, 2.0, 3.0], 7), rng.choice([1.0, 2.0], 7)
    plan = release_units(ready, due, weight, takt, line_days=1.0)
    best = least_tardiness(ready, due - 1.0, weight, takt)
    assert plan.lower_bound <= best + 1e-9
    assert best - 1e-9 <= plan.tardiness <= 1.05 * best + 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_all_ready_is_proved_whatever_the_takts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 3, 60)
    takt, weight = np.array([0.5, 1.0, 3.0])[kinds], np.array([2.0, 1.0, 5.0])[kinds]
    plan = release_units(np.zeros(60), rng.uniform(0, 90, 60), weight, takt)
    assert plan.status is Status.PROVED


@pytest.mark.parametrize("seed", range(3))
def test_the_solver_proves_small_orders_from_the_plan(seed: int) -> None:
    pytest.importorskip("ortools")
    rng = np.random.default_rng(seed)
    ready, due = rng.uniform(0, 4, 6), rng.uniform(1, 6, 6)
    takt, weight = rng.uniform(0.5, 3.0, 6), rng.uniform(1.0, 3.0, 6)
    plan = release_units(ready, due, weight, takt)
    best = least_tardiness(ready, due, weight, takt)
    proved = prove_release(ready, due, weight, takt, 0.0, plan, effort=2.0)
    assert plan.lower_bound - 1e-9 <= proved.lower_bound <= best + 1e-9
    # The solver's clock has a hundred steps a day.
    assert proved.lower_bound >= 0.93 * best
    assert proved.tardiness <= plan.tardiness


def test_release_dates_keep_takt_and_kits_and_give_the_tardiness() -> None:
    rng = np.random.default_rng(1)
    ready, due = rng.uniform(0, 60, 80), rng.uniform(0, 90, 80)
    weight = rng.uniform(1, 5, 80)
    plan = release_units(ready, due, weight, 1.0, line_days=4.0)
    assert sorted(plan.priority) == list(range(80))
    assert (plan.release_day >= ready).all()
    in_order = plan.release_day[np.argsort(plan.priority)]
    assert (np.diff(in_order) >= 1.0 - 1e-9).all()
    late = np.maximum(plan.release_day + 4.0 - due, 0.0)
    assert plan.tardiness == pytest.approx(float(weight @ late))


def test_release_is_proved_when_all_kits_are_there() -> None:
    rng = np.random.default_rng(2)
    plan = release_units(np.zeros(40), rng.uniform(0, 30, 40), rng.uniform(1, 9, 40), 1.0)
    assert plan.status is Status.PROVED


def test_the_plan_judged_in_the_engine_is_as_late_as_it_says() -> None:
    ready = np.array([0.0, 3.0, 1.0, 0.0])
    due = np.array([9.0, 4.5, 2.5, 2.0])
    plan = release_units(ready, due, np.ones(4), takt_days=1.0, line_days=1.0)
    stations = empty_stations(1, 1)
    set_service(stations, 0, Service.DETERMINISTIC, 24.0, 0.0)
    network = make_network(stations, empty_lines(1, 1, 4))._replace(
        ready_h=24.0 * ready[None, None, :].copy()
    )
    lines = simulate(released(network, 0, plan))
    done_day = np.empty(4)
    done_day[np.argsort(plan.priority)] = lines.done_h[0, 0] / 24.0
    np.testing.assert_allclose(done_day, plan.release_day + 1.0)
    assert plan.tardiness == pytest.approx(np.maximum(done_day - due, 0.0).sum())
    in_file_order = simulate(network).done_h[0, 0] / 24.0
    assert plan.tardiness < np.maximum(in_file_order - due, 0.0).sum()
