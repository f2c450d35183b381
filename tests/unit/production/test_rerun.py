"""Changes in the plants: nothing is lost by playing only what they can reach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_campus import campus

import wattport.spec
from wattport.arrays import BoolArray
from wattport.factory.engine.relieve import faster_station, more_people
from wattport.factory.engine.simulate import simulate
from wattport.factory.kits import planned_start_day
from wattport.factory.layout import lay_out
from wattport.factory.play import simulate_floor
from wattport.factory.relief import has_room, second_lead_weeks
from wattport.factory.rerun import Played, played, rerun
from wattport.production import manufacture
from wattport.production.as_factory import factory_of
from wattport.production.changes import decisions, relief_changes, with_changes
from wattport.production.orders import order_modules
from wattport.production.record import MODULES, Made, production_of

N_DRAWS = 3
DESIGN = campus([[30, 30], [30, 30], [30, 10]], [1000.0, 1100.0])
ONLY_ENCLOSURES, ONLY_MODULES = np.array([True, False]), np.array([False, True])
NEITHER: BoolArray = np.zeros(2, np.bool_)


def made(*overrides: str, n_draws: int = N_DRAWS) -> Made:
    spec = wattport.spec.load("dunkerque", *overrides).draw(n_draws, seed=5)
    orders = order_modules(DESIGN if n_draws == N_DRAWS else campus([[20]] * n_draws, [1000.0]))
    factory = factory_of(spec, orders)
    floor = lay_out(factory)
    central = spec.loaded.draw(1, 5).plants
    return Made((spec.plants.enclosures, spec.plants.modules),
                (central.enclosures, central.modules), orders, factory, floor,
                simulate_floor(floor))  # fmt: skip


def plants(*overrides: str) -> tuple[Made, Played]:
    of = made(*overrides)
    return of, played(of.floor.network, of.lines, N_DRAWS)


@pytest.mark.parametrize("station", [0, 4, 6, 9, 12])
def test_a_faster_station_is_the_same_as_playing_everything_again(station: int) -> None:
    of, base = plants()
    network = faster_station(of.floor.network, station)
    again = rerun(base, network, ONLY_ENCLOSURES if station < 6 else ONLY_MODULES)
    whole = simulate(network)
    np.testing.assert_array_equal(again.done_h, whole.done_h)
    np.testing.assert_array_equal(again.released_h, whole.released_h)
    np.testing.assert_array_equal(again.outcome, whole.outcome)


@settings(max_examples=15, deadline=None)
@given(
    shift_days=st.lists(st.floats(-300.0, 300.0), min_size=4, max_size=4),
    line=st.integers(0, 1),
)
def test_moved_kits_are_the_same_as_playing_everything_again(shift_days, line) -> None:
    of, base = plants()
    ready = of.floor.network.ready_h.copy()
    moved = 24.0 * np.repeat(shift_days, -(-ready.shape[2] // 4))[: ready.shape[2]]
    ready[:, line] = np.maximum(np.sort(ready[:, line] + moved, axis=1), 0.0)
    network = of.floor.network._replace(ready_h=ready)
    again = rerun(base, network, NEITHER)
    np.testing.assert_array_equal(again.done_h, simulate(network).done_h)


def test_what_changes_nothing_plays_nothing(monkeypatch) -> None:
    of, base = plants()
    monkeypatch.setattr("wattport.factory.rerun.simulate", lambda network: pytest.fail("played"))
    again = rerun(base, of.floor.network, NEITHER)
    np.testing.assert_array_equal(again.done_h, of.lines.done_h)


def test_a_yard_with_a_limit_joins_the_plants_and_never_overflows() -> None:
    of, base = plants("plants.enclosures.n_ahead_limit=12")
    assert (of.floor.network.lines["n_kanban"] == [12, 0]).all()
    network = more_people(of.floor.network, of.floor.network.pools["schedule"][:, MODULES])
    again = rerun(base, network, ONLY_MODULES)
    np.testing.assert_array_equal(again.done_h, simulate(network).done_h)
    spec = wattport.spec.load("dunkerque", "plants.enclosures.n_ahead_limit=12").draw(N_DRAWS, 5)
    yard = manufacture(spec, DESIGN).yard_units
    assert 0.0 < yard.max() <= 12.0


def test_half_a_cycle_less_people_and_time() -> None:
    network = made().floor.network
    people = more_people(network, np.array([network.pools["schedule"][0, 0]])).levels
    before = network.levels["n_people"]
    changed = people["n_people"] != before
    assert changed.any(axis=1).sum() == 1
    row = int(np.flatnonzero(changed.any(axis=1))[0])
    assert (people["n_people"][row] >= np.ceil(1.1 * before[row]) - 1e-9).all()


def test_reliefs_use_the_luck_of_the_plants_as_they_are() -> None:
    found = manufacture(wattport.spec.load("dunkerque").draw(N_DRAWS, seed=5), DESIGN)
    named = zip(found.relief_plant.tolist(), found.relief, strict=True)
    assert len(set(named)) == len(found.relief)
    assert set(found.relief_kind) == {"station", "staff", "supplier"}
    assert found.relief_module_done_day.shape == (N_DRAWS, len(found.relief), 60)
    # A faster station or a larger staff does not make a plant fall behind by more than crumbs.
    is_inside = np.array(found.relief_kind) != "supplier"
    gain = found.relief_rate_units_per_year
    assert (gain[is_inside] > -1.0).all()
    assert gain.max() > 0.5
    assert (found.relief_rate_low_units_per_year <= gain).all()
    assert (found.relief_rate_high_units_per_year >= gain).all()


def test_decisions_and_what_they_take() -> None:
    of = made()
    cases = decisions(of, N_DRAWS, 1)
    assert [case.name for case in cases] == [
        "one shift more, both plants",
        "one more FAT bay",
        "a second source of MV transformer",
    ]
    assert cases[0].takes == "140 more people"
    for factory in (cases[0].factory, cases[0].factory.loaded):  # the buyers know of it
        assert [plant.n_shifts for plant in factory.plants] == [2, 2]
    assert cases[1].factory.plants[MODULES].stations[-1].n_bays == 9
    full = [f"plants.{key}.shifts=3" for key in ("enclosures", "modules")]
    busy = made(*full)
    assert not any(has_room(plant) for plant in busy.factory.loaded.plants)
    assert len(decisions(busy, N_DRAWS, -1)) == 1


def test_a_second_source_is_alike_and_independent() -> None:
    many = made(n_draws=400).factory
    row = [supplier.part for supplier in many.suppliers].index("MV transformer")
    first, second = many.suppliers[row].lead_time_weeks, second_lead_weeks(many, row, "second")
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.15
    assert np.median(second) == pytest.approx(np.median(first), rel=0.05)
    np.testing.assert_array_equal(second_lead_weeks(many.slice(0, 10), row, "second"), second[:10])
    assert second_lead_weeks(made(n_draws=1).factory, row, "second").tolist() == [45.0]


def test_every_other_lot_comes_from_the_second_source() -> None:
    of = made()
    drawn = decisions(of, N_DRAWS, 1)[2].factory
    never = drawn.suppliers[-1].model_copy(update={"lead_time_weeks": np.full(N_DRAWS, 1e4)})
    other = drawn.model_copy(update={"suppliers": (*drawn.suppliers[:-1], never)})
    other._loaded = drawn.loaded
    days = lay_out(other).kits["MV transformer", MODULES]
    lot = int(of.plants[MODULES].suppliers[1].lot_units)
    assert (days[0, ::lot] > 7e3 * 2).sum() == -(-days.shape[1] // lot) // 2
    same = lay_out(other).kits["MV switchgear", MODULES]
    np.testing.assert_array_equal(same, of.floor.kits["MV switchgear", MODULES])


def test_orders_follow_the_plan_and_not_the_draw() -> None:
    of = made()
    slow = made("plants.modules.labour_h_per_unit={value: 680, low: 650, high: 4000}")
    # Central values are alike, so the same lots are ordered on the same days.
    np.testing.assert_array_equal(of.arrived_day(MODULES), slow.arrived_day(MODULES))
    # The rate by hand: staff over the crew hours of a unit, or the test bays over its hours there.
    plant = of.central[MODULES]
    test, efficiency = plant.test, float(plant.efficiency_frac[0])
    again = 1.0 / float(test.first_pass_yield_frac[0]) - 1.0
    test_h = float(test.duration_h[0]) / efficiency
    again_h = again * (test_h + float(test.rework_h[0]) / efficiency)
    by_staff = plant.n_direct_staff / (float(plant.labour_h_per_unit[0]) + test.crew * again_h)
    rate = min(by_staff, test.n_bays / (test_h + again_h))
    home = of.factory.loaded.draw(1, 5).plants[MODULES]
    clock = of.floor.hours.clocks[of.floor.hours.first_clock[MODULES]]
    starts = planned_start_day(home, clock, rate, 60)
    np.testing.assert_allclose(of.floor.planned_day[MODULES], starts, rtol=1e-12)


def test_the_bottleneck_is_what_relief_helps_most() -> None:
    found = manufacture(wattport.spec.load("dunkerque").draw(N_DRAWS, seed=5), DESIGN)
    for p, name in enumerate(found.bottleneck):
        mine = np.flatnonzero(found.relief_plant == p)
        best = mine[np.argmax(found.relief_rate_units_per_year[mine])]
        assert name == found.relief[best]
    untried = replace(found, relief=())
    assert untried.bottleneck[0] in untried.station


def test_a_plant_that_stands_still_is_not_relieved() -> None:
    spec = wattport.spec.load("dunkerque", "plants.modules.n_direct_staff=2").draw(1, 5)
    found = manufacture(spec, campus([[20]], [1000.0]))
    assert found.relief == ()
    assert found.what_if == ()
    assert found.bottleneck[1] in found.station


def test_a_draw_that_leaves_units_unmade_is_left_out_of_the_means() -> None:
    of = made()
    ready = of.floor.network.ready_h.copy()
    ready[0, MODULES, 40:] = np.inf  # parts that never come, in one draw
    floor = replace(of.floor, network=of.floor.network._replace(ready_h=ready))
    stuck = replace(of, floor=floor, lines=simulate_floor(floor))
    found = with_changes(production_of(stuck, ()), stuck)
    assert np.isnan(found.module_done_day[0]).any()
    is_staff = (np.array(found.relief_kind) == "staff") & (found.relief_plant == MODULES)
    assert np.isfinite(found.relief_rate_units_per_year[is_staff]).all()
    assert of.lines.outcome.tolist() == [0, 0, 0]
    assert len(relief_changes(stuck, N_DRAWS)) == len(found.relief)
