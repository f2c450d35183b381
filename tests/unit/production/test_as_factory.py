"""A plant of a scenario written as a factory: the same hours, the same rate, its own due dates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wattport.design import size
from wattport.factory.bound import rate_bound
from wattport.factory.hours import hours_of
from wattport.factory.planning.levers import levers_of
from wattport.production.as_factory import factory_of
from wattport.production.supply import part_cost_eur
from wattport.records import Design
from wattport.spec import load
from wattport.spec.campus.spec import Spec
from wattport.spec.loading import scenario_text


@pytest.fixture(scope="module")
def spec() -> Spec:
    return load("dunkerque")


@pytest.fixture(scope="module")
def design(spec: Spec) -> Design:
    return size(spec.draw(1, 7))


@pytest.mark.parametrize("key", ["modules", "enclosures"])
def test_paid_hours_of_a_unit_are_those_of_the_plant(spec: Spec, design: Design, key: str) -> None:
    plant = getattr(spec.draw(1, 7).plants, key)
    factory = factory_of(spec, key, design).draw(1, 7)
    efficiency = float(np.mean(factory.plants[0].efficiency_frac))
    paid = sum(
        float(np.mean(operation.cycle_h)) * operation.crew[0].n_people
        for operation in factory.products[0].operations
    )
    assert paid / efficiency == pytest.approx(float(plant.labour_h_per_unit[0]))


def test_labour_stays_as_uncertain_as_it_was(spec: Spec, design: Design) -> None:
    drawn = factory_of(spec, "modules", design).draw(400, 7)
    cycles = np.stack([np.asarray(o.cycle_h) for o in drawn.products[0].operations[:-1]])
    ratio = cycles / cycles[:1]
    assert np.ptp(cycles[0]) > 0.3 * cycles[0].mean()
    # One number of the scenario, hence one luck for all stations.
    np.testing.assert_allclose(ratio, ratio[:, :1] * np.ones_like(ratio), rtol=1e-9)


def test_orders_are_the_needs_of_the_design(spec: Spec, design: Design) -> None:
    factory = factory_of(spec, "modules", design)
    assert sum(order.n_units for order in factory.orders) == int(design.hall_n_modules[0].sum())
    dues = [order.due for order in factory.orders]
    assert dues == sorted(dues)


def test_levers_and_bound_are_those_of_the_scenario(spec: Spec, design: Design) -> None:
    plant = spec.plants.modules
    factory = factory_of(spec, "modules", design)
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
    design = size(drawn)
    factory = factory_of(spec, "modules", design)
    planned = sum(float(np.mean(s.unit_price_eur)) for s in factory.suppliers)
    interest = float(drawn.finance.discount_rate_frac[0])
    weighed = float(np.mean(factory.costs.place_eur_per_year)) / interest
    played = float(part_cost_eur(drawn.plants.modules, np.ones(1))[0])
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
    price = factory_of(spec, "modules", size(spec.draw(1, 7))).suppliers[2].unit_price_eur
    assert (price.low, price.value, price.high) == (360e3, 420e3, 520e3)
