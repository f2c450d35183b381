"""Changes in the plants: nothing is lost by playing only what they can reach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_campus import campus

import wattport.spec
from wattport.factory.engine.line_records import Lines
from wattport.factory.engine.relieve import faster_station, more_people
from wattport.factory.engine.simulate import simulate
from wattport.factory.rerun import Played, played, rerun
from wattport.production import manufacture
from wattport.production.floor import MODULES, Plants, Posed, kit_day, planned_day, plants_of, pose
from wattport.production.orders import Orders, order_modules
from wattport.production.plant import clockwork, planned_rate_per_h, plant_stations
from wattport.production.trial import reliefs
from wattport.production.what_if import changed_plants, second_lead_weeks

N_DRAWS = 3
DESIGN = campus([[30, 30], [30, 30], [30, 10]], [1000.0, 1100.0])


def floor(*overrides: str) -> tuple[Plants, Orders, Posed, Lines, Played]:
    spec = wattport.spec.load("dunkerque", *overrides).draw(N_DRAWS, seed=5)
    plants, orders = plants_of(spec), order_modules(DESIGN)
    posed = pose(plants, orders)
    lines = simulate(posed.network)
    return plants, orders, posed, lines, played(posed.network, lines, N_DRAWS)


@pytest.mark.parametrize("station", [0, 4, 6, 9, 12])
def test_a_faster_station_is_the_same_as_playing_everything_again(station: int) -> None:
    _, _, posed, _, base = floor()
    network = faster_station(posed.network, station)
    again = rerun(base, network, (station < 6, station >= 6))
    np.testing.assert_array_equal(again, simulate(network).done_h)


@settings(max_examples=15, deadline=None)
@given(
    shift_days=st.lists(st.floats(-300.0, 300.0), min_size=4, max_size=4),
    line=st.integers(0, 1),
)
def test_moved_kits_are_the_same_as_playing_everything_again(shift_days, line) -> None:
    _, _, posed, _, base = floor()
    ready = posed.network.ready_h.copy()
    moved = 24.0 * np.repeat(shift_days, -(-ready.shape[2] // 4))[: ready.shape[2]]
    ready[:, line] = np.maximum(np.sort(ready[:, line] + moved, axis=1), 0.0)
    network = posed.network._replace(ready_h=ready)
    again = rerun(base, network, (False, False))
    np.testing.assert_array_equal(again, simulate(network).done_h)


def test_what_changes_nothing_plays_nothing(monkeypatch) -> None:
    _, _, posed, lines, base = floor()
    monkeypatch.setattr("wattport.factory.rerun.simulate", lambda network: pytest.fail("played"))
    again = rerun(base, posed.network, (False, False))
    np.testing.assert_array_equal(again, lines.done_h)


def test_a_yard_with_a_limit_joins_the_plants_and_never_overflows() -> None:
    plants, _, posed, _, base = floor("plants.enclosures.n_ahead_limit=12")
    network = more_people(posed.network, posed.network.pools["schedule"][:, MODULES])
    again = rerun(base, network, (False, True))
    np.testing.assert_array_equal(again, simulate(network).done_h)
    assert plants.drawn[0].n_ahead_limit == 12
    spec = wattport.spec.load("dunkerque", "plants.enclosures.n_ahead_limit=12").draw(N_DRAWS, 5)
    yard = manufacture(spec, DESIGN).yard_units
    assert 0.0 < yard.max() <= 12.0


def test_half_a_cycle_less_people_and_time() -> None:
    _, _, posed, _, _ = floor()
    people = more_people(posed.network, np.array([posed.network.pools["schedule"][0, 0]])).levels
    before = posed.network.levels["n_people"]
    changed = people["n_people"] != before
    assert changed.any(axis=1).sum() == 1
    row = int(np.flatnonzero(changed.any(axis=1))[0])
    assert (people["n_people"][row] >= np.ceil(1.1 * before[row]) - 1e-9).all()


def test_reliefs_use_the_luck_of_the_plants_as_they_are() -> None:
    plants, _, posed, _, base = floor()
    found = reliefs(plants, posed, base)
    assert len(found.name) == len(set(zip(found.plant.tolist(), found.name, strict=True)))
    assert set(found.kind) == {"station", "staff", "supplier"}
    assert found.module_done_day.shape == (N_DRAWS, len(found.name), 60)
    # A faster station or a larger staff does not make a plant fall behind by more than crumbs.
    is_inside = np.array(found.kind) != "supplier"
    assert (found.rate_units_per_year[is_inside, 0] > -1.0).all()
    assert found.rate_units_per_year[:, 0].max() > 0.5
    low, high = found.rate_units_per_year[:, 1], found.rate_units_per_year[:, 2]
    assert (low <= found.rate_units_per_year[:, 0]).all()
    assert (high >= found.rate_units_per_year[:, 0]).all()


def test_decisions_and_what_they_take() -> None:
    plants = floor()[0]
    cases = changed_plants(plants, 1)
    assert [case.name for case in cases] == [
        "one shift more, both plants",
        "one more FAT bay",
        "a second source of MV transformer",
    ]
    assert cases[0].takes == "140 more people"
    assert [int(p.shifts) for p in cases[0].plants.planned] == [2, 2]
    assert int(cases[1].plants.drawn[MODULES].test.n_bays) == 9
    full = [f"plants.{key}.shifts=3" for key in ("enclosures", "modules")]
    assert len(changed_plants(floor(*full)[0], -1)) == 1


def test_a_second_source_is_alike_and_independent() -> None:
    spec = wattport.spec.load("dunkerque").draw(400, seed=5)
    plants = plants_of(spec)
    first = plants.drawn[MODULES].suppliers[1].lead_time_weeks
    second = second_lead_weeks(plants, 1)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.15
    assert np.median(second) == pytest.approx(np.median(first), rel=0.05)
    np.testing.assert_array_equal(second_lead_weeks(plants.first(10), 1), second[:10])
    central = plants_of(wattport.spec.load("dunkerque").draw(1, seed=5))
    assert second_lead_weeks(central, 1).tolist() == [45.0]


def test_every_other_lot_comes_from_the_second_source() -> None:
    plants, orders, posed, _, _ = floor()
    case = changed_plants(plants, 1)[2]
    assert case.plants.second_source is not None
    never = replace(case.plants.second_source, lead_weeks=np.full(N_DRAWS, 1e4))
    other = pose(replace(case.plants, second_source=never), orders).arrived_day[MODULES]
    lot = int(plants.drawn[MODULES].suppliers[1].lot_units)
    n_lots = -(-other.shape[2] // lot)
    n_late = (other[0, 1, ::lot] > 7e3 * 2).sum()
    assert n_late == n_lots // 2
    np.testing.assert_array_equal(other[:, 0], posed.arrived_day[MODULES][:, 0])


def test_orders_follow_the_plan_and_not_the_draw() -> None:
    plants, _, posed, _, _ = floor()
    slow = floor("plants.modules.labour_h_per_unit={value: 680, low: 650, high: 4000}")
    # Central values are alike, so the same lots are ordered on the same days.
    np.testing.assert_array_equal(
        kit_day(posed.arrived_day[MODULES]), kit_day(slow[2].arrived_day[MODULES])
    )
    plant = plants.planned[MODULES]
    rate = planned_rate_per_h(plant, plant_stations(plant, 1, 0, 0, 0))
    starts = planned_day(plant, 1500)[0]
    begin, end = starts[0] + 365.0, starts[0] + 365.0 + 3 * 365.25
    clock = clockwork(plant, float(plant.weeks_per_year[0]), float(plant.shift_h[0]))
    inside = (clock.start_h >= 24.0 * begin) & (clock.start_h < 24.0 * end)
    hours = (clock.end_h - clock.start_h)[inside].sum()
    n_started = ((starts >= begin) & (starts < end)).sum()
    assert n_started == pytest.approx(rate[0] * hours, rel=0.01)


def test_the_bottleneck_is_what_relief_helps_most() -> None:
    made = manufacture(wattport.spec.load("dunkerque").draw(N_DRAWS, seed=5), DESIGN)
    for p, name in enumerate(made.bottleneck):
        mine = np.flatnonzero(made.relief_plant == p)
        best = mine[np.argmax(made.relief_rate_units_per_year[mine])]
        assert name == made.relief[best]
    untried = replace(made, relief=())
    assert untried.bottleneck[0] in untried.station


def test_a_plant_that_stands_still_is_not_relieved() -> None:
    spec = wattport.spec.load("dunkerque", "plants.modules.n_direct_staff=2").draw(1, 5)
    made = manufacture(spec, campus([[20]], [1000.0]))
    assert made.relief == ()
    assert made.what_if == ()
    assert made.bottleneck[1] in made.station


def test_a_draw_that_leaves_units_unmade_is_left_out_of_the_means() -> None:
    plants, _, posed, lines, _ = floor()
    ready = posed.network.ready_h.copy()
    ready[0, MODULES, 40:] = np.inf  # parts that never come, in one draw
    stuck = Posed(posed.network._replace(ready_h=ready), posed.arrived_day)
    base = played(stuck.network, simulate(stuck.network), N_DRAWS)
    found = reliefs(plants, stuck, base)
    assert np.isnan(base.done_h[0, MODULES]).any()
    is_staff = [k == "staff" and p == MODULES for k, p in zip(found.kind, found.plant, strict=True)]
    gain = found.rate_units_per_year[is_staff.index(True)]
    assert np.isfinite(gain).all()
    assert lines.outcome.tolist() == [0, 0, 0]
