"""A plant of a scenario written as a factory: the same hours, the same rate, its own due dates."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.design import size
from wattport.factory.bound import rate_bound
from wattport.factory.hours import hours_of
from wattport.factory.planning.levers import levers_of
from wattport.production.as_factory import factory_of
from wattport.records import Design
from wattport.spec import load
from wattport.spec.campus.spec import Spec


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
