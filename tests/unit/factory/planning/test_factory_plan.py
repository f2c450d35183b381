"""The plan of a factory file: it makes its rate, its numbers agree, its refusals name the limit."""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import groupby
from itertools import product as combinations
from typing import Any

import numpy as np
import pytest
from small_works import WORKS, one_station

from wattport.errors import InfeasibleError, WattportError
from wattport.factory.bound import mix_of
from wattport.factory.planning.evaluation import Evaluator, has_stopped
from wattport.factory.planning.factory_plan import FactoryPlan, _warnings, plan_factory, with_plan
from wattport.factory.planning.levers import Levers, at_full_pace, levers_of, prices_of
from wattport.factory.planning.optimality import Status
from wattport.spec import load_factory
from wattport.spec.factory.factory import Factory

DRAWS = 12


@pytest.fixture(scope="module")
def works() -> Factory:
    return load_factory(WORKS)


@pytest.fixture(scope="module")
def plan(works: Factory) -> FactoryPlan:
    return plan_factory(works, 150.0, draws=DRAWS)


def test_makes_the_rate_for_sure_above_its_bound(plan: FactoryPlan) -> None:
    assert plan.rate_per_year.low >= 150.0
    assert plan.rate_p90_per_year <= plan.rate_p50_per_year <= plan.rate_p10_per_year
    assert plan.bound_eur_per_year <= plan.cost_eur_per_year
    assert plan.gap_frac < 0.2
    assert plan.status in (Status.FEASIBLE, Status.PROVED)


def test_cost_and_counts_are_sums_of_their_parts(plan: FactoryPlan, works: Factory) -> None:
    parts = plan.staff_eur_per_year + plan.bays_eur_per_year + plan.places_eur_per_year
    assert plan.cost_eur_per_year == pytest.approx(parts)
    assert prices_of(works.draw(1, 7)).cost_eur(plan.levers) == pytest.approx(parts)
    assert sum(row.n_bays for row in plan.plants) == sum(row.n_bays for row in plan.stations)
    assert sum(row.n_people for row in plan.plants) == sum(row.n_people for row in plan.staff)


def test_no_step_down_makes_the_rate(plan: FactoryPlan, works: Factory) -> None:
    share = mix_of(works.draw(1, 7))
    evaluator = Evaluator(at_full_pace(works, share, 150.0), share, DRAWS, 7)
    for lever in ("n_bays", "n_first"):
        for row, n in enumerate(getattr(plan.levers, lever)):
            if n > 1:
                less = plan.levers.changed(lever, row, -1)
                assert evaluator.evaluate(less).sure_per_year < 150.0


def test_curves_pass_through_the_plan_and_rise(plan: FactoryPlan) -> None:
    for _, group in groupby(plan.curves, key=lambda point: (point.kind, point.lever)):
        points = list(group)
        values = [point.value for point in points]
        assert values == sorted(values)
        at = [point for point in points if point.is_plan]
        assert len(at) == 1
        assert at[0].rate_per_year == plan.rate_per_year
        assert at[0].gain_per_year.mean == 0.0
    kinds = {point.kind for point in plan.curves}
    assert kinds == {"bays", "staff", "shifts", "places", "yield"}
    staff = [p.rate_per_year.mean for p in plan.curves if p.lever == "fitter (works)"]
    assert staff[0] < staff[-1]


def test_the_written_plan_has_its_levers_and_its_need(plan: FactoryPlan, works: Factory) -> None:
    planned = with_plan(works, plan)
    assert levers_of(planned) == plan.levers
    needs = [float(np.asarray(product.need_units_per_year)) for product in planned.products]
    assert sum(needs) == pytest.approx(150.0)
    assert needs[0] / needs[1] == pytest.approx(40 / 35)


def test_same_plan_twice(plan: FactoryPlan, works: Factory) -> None:
    assert plan_factory(works, 150.0, draws=DRAWS) == plan


def test_an_enumerated_bench_is_planned_at_least_cost() -> None:
    # Fixed times, whole crews: one bay and two people make 250 a year by day, and no more.
    plan = plan_factory(load_factory(one_station()), 240.0, draws=4)
    assert plan.levers.n_bays == (1,)
    assert plan.levers.n_first == (2,)
    assert plan.levers.n_shifts == (1,)
    assert plan.status is Status.PROVED
    assert plan.cost_eur_per_year == pytest.approx(110_000.0)


def refused(given: dict[str, Any], rate: float) -> str:
    with pytest.raises(InfeasibleError) as refusal:
        plan_factory(load_factory(given), rate, draws=4)
    return f"{refusal.value.findings[0].code} {refusal.value.findings[0].message}"


def test_names_the_limit_in_the_way() -> None:
    bays = one_station()
    bays["plants"][0] |= {"n_bays_most": 1, "n_shifts_most": 1}
    assert refused(bays, 400.0).startswith("PLAN041 at most 2")
    assert "n_bays_most of bench (1)" in refused(bays, 400.0)
    people = one_station()
    people["plants"][0]["skills"][0]["n_people_most"] = 3
    assert "n_people_most of fitter in bench (3)" in refused(people, 600.0)
    takt = one_station()
    takt["products"][0]["release"] = {"rule": "takt", "takt_h": 20.0}
    assert "takt_h of part" in refused(takt, 400.0)


def test_names_the_stock_that_starves_it() -> None:
    given = one_station()
    given["products"][0]["kit"] = [{"part": "steel"}]
    given["suppliers"] = [
        {"part": "steel", "lead_time_weeks": 10.0, "lot_units": 5, "policy": "reorder_point",
         "n_reorder": 5, "n_initial_stock": 5}
    ]  # fmt: skip
    said = refused(given, 240.0)
    assert said.startswith("PLAN042")
    assert "lead time of steel" in said


@pytest.mark.parametrize("rate", [0.0, -3.0, np.inf, np.nan])
def test_refuses_what_is_no_rate(rate: float, works: Factory) -> None:
    with pytest.raises(WattportError, match="above zero"):
        plan_factory(works, rate)


def test_cards_and_kits_of_two_levels_are_planned() -> None:
    given = copy.deepcopy(one_station())
    given["plants"][0]["stations"].append({"name": "press", "n_bays": 1, "n_buffer": 0})
    given["products"][0] |= {"kit": [{"part": "blank", "n_per_unit": 2}],
                             "release": {"rule": "conwip", "n_cards": 9}}  # fmt: skip
    given["products"].append(
        {"name": "blank", "release": {"rule": "kanban", "n_cards": 9},
         "operations": [{"name": "press", "station": "press", "cycle_h": 2.0}]}
    )  # fmt: skip
    plan = plan_factory(load_factory(given), 200.0, draws=4)
    assert plan.rate_per_year.low >= 200.0
    part, blank = plan.products
    assert 1 <= part.n_cards <= 9
    assert 2 <= blank.n_cards <= 9  # a kit takes two


def test_a_line_that_stops_is_seen_while_another_goes_on() -> None:
    until_h = 3.0 * 8760.0
    steady = np.arange(0.0, until_h, 40.0)
    early = np.where(steady < 5000.0, steady, np.nan)
    done = np.stack([np.stack([steady, steady]), np.stack([early, steady])])
    assert has_stopped(done, until_h).tolist() == [False, True]
    rare = np.full((1, 1, 3), np.nan)
    rare[0, 0] = [8000.0, 16000.0, 24000.0]  # one a year is no standstill
    assert not has_stopped(rare, until_h).any()


def test_a_plan_next_to_a_ring_says_so(plan: FactoryPlan) -> None:
    assert plan.warnings == ()
    point = replace(plan.curves[0], stuck_frac=0.1, cost_eur_per_year=plan.cost_eur_per_year + 1.0)
    said = _warnings((point,), plan.cost_eur_per_year)
    assert len(said) == 1
    assert "(frame)" in said[0]


@pytest.mark.parametrize("rate", [150.0, 220.0, 300.0])
def test_the_search_is_near_the_best_of_all_small_factories(rate: float) -> None:
    given = one_station()
    plant, product = given["plants"][0], given["products"][0]
    plant["n_shifts_most"] = 1
    plant["stations"].append({"name": "test", "n_bays": 1, "n_buffer": 1})
    crew = [{"skill": "fitter", "n_people": 1}]
    product["operations"] = [
        {"name": "make", "station": "bench", "cycle_h": 9, "cycle_cv_frac": 0.4, "crew": crew},
        {"name": "test", "station": "test", "cycle_h": 6, "cycle_cv_frac": 0.4, "crew": crew,
         "first_pass_yield_frac": 0.9},
    ]  # fmt: skip
    factory = load_factory(given)
    plan = plan_factory(factory, rate, draws=4)
    share, prices = mix_of(factory.draw(1, 7)), prices_of(factory.draw(1, 7))
    evaluator = Evaluator(at_full_pace(factory, share, rate), share, 4, 7)
    best = np.inf
    for make, test, people, buffer in combinations(range(1, 4), range(1, 3), range(1, 5), range(3)):
        levers = Levers((1,), (make, test), (0, buffer), (people,), (0,), (0,))
        cost = prices.cost_eur(levers)
        if cost < best and evaluator.evaluate(levers).sure_per_year >= rate:
            best = cost
    assert best < np.inf
    assert plan.bound_eur_per_year <= best
    assert plan.cost_eur_per_year <= 1.03 * best
