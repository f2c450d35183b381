"""Plants of a scenario written as a factory: the same hours, draws, orders and prices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from paper_campus import campus

import wattport
from wattport.calendar.epoch import EPOCH
from wattport.factory import simulate_factory
from wattport.factory.bound import rate_bound
from wattport.factory.hours import hours_of
from wattport.factory.kits import kit_price_eur
from wattport.factory.planning.levers import levers_of
from wattport.pipeline.factory import scenario_factory
from wattport.production import manufacture
from wattport.production.as_factory import factory_of
from wattport.production.orders import order_modules
from wattport.spec import load
from wattport.spec.campus.spec import Spec
from wattport.spec.factory.factory import Factory
from wattport.spec.loading import scenario_text

N_DRAWS = 40
DESIGN = campus([[20, 10]] * N_DRAWS, [1000.0, 1100.0])


@pytest.fixture(scope="module")
def spec() -> Spec:
    return load("dunkerque").draw(N_DRAWS, 7)


@pytest.fixture(scope="module")
def both(spec: Spec) -> Factory:
    return factory_of(spec, order_modules(DESIGN))


@pytest.mark.parametrize(("row", "key"), [(0, "enclosures"), (1, "modules")])
def test_paid_hours_of_a_unit_are_those_of_the_plant_in_every_draw(
    spec: Spec, both: Factory, row: int, key: str
) -> None:
    plant = getattr(spec.plants, key)
    paid = sum(
        np.asarray(operation.cycle_h) * operation.crew[0].n_people
        for operation in both.products[row].operations
    )
    np.testing.assert_allclose(paid, plant.labour_h_per_unit)


def test_drawn_again_it_is_the_same(both: Factory) -> None:
    again = both.loaded.draw(N_DRAWS, 7)
    for row in range(2):
        for one, other in zip(
            again.products[row].operations, both.products[row].operations, strict=True
        ):
            np.testing.assert_array_equal(one.cycle_h, other.cycle_h)
    few = both.loaded.draw(5, 7)
    np.testing.assert_array_equal(
        few.suppliers[1].lead_time_weeks, both.suppliers[1].lead_time_weeks[:5]
    )
    with pytest.raises(ValueError, match="given draws"):
        both.loaded.draw(N_DRAWS + 1, 7)


def test_names_are_told_apart() -> None:
    same = load("dunkerque", "plants.modules.suppliers[0].item=steel",
                "plants.modules.stations[0].name=cutting").draw(2, 7)  # fmt: skip
    factory = factory_of(same, order_modules(campus([[3], [3]], [1000.0])))
    parts = [supplier.part for supplier in factory.suppliers]
    assert parts[:2] == ["steel", "steel 2"]
    names = [station.name for plant in factory.plants for station in plant.stations]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("n_per_unit", [1, 2, 3])
def test_a_kit_costs_the_same_on_every_path(n_per_unit: int) -> None:
    flat = [f"plants.modules.suppliers[{s}].price_drift_frac_per_year=0" for s in range(4)]
    given = load("dunkerque", f"plants.modules.suppliers[2].n_per_unit={n_per_unit}", *flat)
    price = 260e3 + 130e3 + n_per_unit * 210e3 + 150e3
    spec, design = given.draw(2, 7), campus([[10], [10]], [1500.0])
    # Play: what the modules of the campus cost in parts.
    assert manufacture(spec, design).part_cost_eur[:, 1] == pytest.approx(10 * price)
    # The factory both are played and planned as, together and alone.
    alone = scenario_factory(given, plant="modules", draws=2)
    for factory, row in ((factory_of(spec, order_modules(design)), 1), (alone.draw(2, 7), 0)):
        assert kit_price_eur(factory, row) == pytest.approx(price)
    # Plan: a card ties up one kit.
    card = alone.products[0].release.card_eur_per_year
    interest = float(given.draw(1, 7).finance.discount_rate_frac[0])
    assert card == pytest.approx(interest * price)
    # Answer: a year of parts at the simulated rate.
    answer = simulate_factory(alone, draws=2)
    rate = answer.products[0].rate_per_year.mean
    assert answer.part_cost_eur_per_year == pytest.approx(rate * price)


def test_orders_are_the_needs_of_the_scenario() -> None:
    factory = scenario_factory("dunkerque", plant="modules", draws=3)
    assert sum(order.n_units for order in factory.orders) == 750
    dues = [order.due for order in factory.orders]
    assert dues == sorted(dues)
    assert factory.book is not None
    assert factory.book.n_units.shape == (3, 1)


def test_levers_and_bound_are_those_of_the_scenario() -> None:
    plant = load("dunkerque").plants.modules
    factory = scenario_factory("dunkerque", plant="modules", draws=2)
    levers = levers_of(factory)
    assert levers.n_bays[:-1] == tuple(station.n_bays for station in plant.stations)
    assert levers.n_bays[-1] == plant.test.n_bays
    assert levers.n_first == (plant.n_direct_staff,)
    central = factory.draw(1, 7)
    bound = rate_bound(central, hours_of(central)).sold_rate_per_year
    worked_h = float(hours_of(central).worked_h_per_year[0])
    # Red Oak's staff over the paid hours of a unit, rework on top of them.
    assert 0.9 < bound / (plant.n_direct_staff * worked_h / 680.0) < 1.0


@pytest.mark.parametrize("scenario", ["dunkerque", "small_20mw"])
def test_a_kit_has_one_price_on_every_path(scenario: str) -> None:
    # MV switchgear, transformer where there is one, two UPS of EUR 210,000, battery.
    by_hand = {"dunkerque": 260e3 + 130e3 + 2 * 210e3 + 150e3, "small_20mw": 260e3 + 2 * 210e3}
    still = [
        f"plants.modules.suppliers[{k}].price_drift_frac_per_year=0"
        for k in range(len(load(scenario).plants.modules.suppliers))
    ]
    spec = load(scenario, *still)
    drawn = spec.draw(1, 7)
    factory = scenario_factory(spec, plant="modules", draws=1)
    planned = sum(float(np.mean(s.unit_price_eur)) for s in factory.suppliers)
    interest = float(drawn.finance.discount_rate_frac[0])
    weighed = float(np.mean(factory.costs.place_eur_per_year)) / interest
    played = float(manufacture(drawn, campus([[1]], [1000.0])).part_cost_eur[0, 1])
    assert planned == pytest.approx(by_hand[scenario])
    assert weighed == pytest.approx(by_hand[scenario])
    assert played == pytest.approx(by_hand[scenario])


def test_an_uncertain_price_counts_every_piece(tmp_path: Path) -> None:
    text = scenario_text("dunkerque").replace(
        "unit_price_eur: 210000", "unit_price_eur: {value: 210000, low: 180000, high: 260000}"
    )
    path = tmp_path / "campus.yaml"
    path.write_text(text, "utf-8")
    spec = load(str(path))
    price = scenario_factory(spec, plant="modules", draws=N_DRAWS).suppliers[2].unit_price_eur
    a_piece = spec.draw(N_DRAWS, 7).plants.modules.suppliers[2].unit_price_eur
    assert price.value == 420e3
    assert 360e3 <= price.low < 420e3 < price.high <= 520e3
    np.testing.assert_allclose(price.given, 2.0 * a_piece)


def test_played_as_a_factory_the_modules_leave_when_the_record_says() -> None:
    factory = scenario_factory("small_20mw", draws=3)
    answer = simulate_factory(factory, draws=3)
    made = wattport.play("small_20mw", draws=3, until="make").production
    last = np.sort(made.last_unit_day[:, 1])[1]
    assert answer.delivery is not None
    assert answer.delivery.last_p50 is not None
    assert abs((answer.delivery.last_p50 - EPOCH).days - last) < 1.0


def test_what_follows_from_sound_numbers_is_not_held_to_what_a_person_writes() -> None:
    """Sixty person-years in a module make cycles that no file would have: they are played."""
    factory = scenario_factory("small_20mw", "plants.modules.labour_h_per_unit=100000", draws=1)
    cycles = [float(np.max(o.cycle_h)) for p in factory.products for o in p.operations]
    assert max(cycles) > 10_000.0
