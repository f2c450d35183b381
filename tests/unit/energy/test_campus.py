"""A run on its campus: what IT power becomes at the grid, hour by hour and step by step."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import numpy as np
import pytest

from wattport.design import size
from wattport.energy.campus import Campus, campus_blocks, follow
from wattport.energy.campus_totals import CampusTotals
from wattport.energy.changes import PowerChanges
from wattport.energy.site_hours import begin_of
from wattport.energy.thinned import Thinned
from wattport.equations.ups import stage_loss_frac
from wattport.operation.site_hours import campus_around, site_hours
from wattport.spec import load

BEGIN = datetime(2030, 7, 1, 0, 20)


@pytest.fixture(scope="module")
def campus() -> Campus:
    spec = load("small_20mw").draw(1, 7)
    design = size(spec)
    return campus_around(spec, design, site_hours(spec, design, BEGIN, 40_000.0))


def some_changes(until_ms: int = 40_000_000) -> PowerChanges:
    rng = np.random.default_rng(np.random.SeedSequence(3))
    at = np.sort(rng.integers(0, until_ms, 60))
    hall = rng.integers(0, 2, 60)
    change = np.where(np.arange(60) % 2 == 0, 80_000, -80_000) + rng.integers(0, 9, 60)
    return PowerChanges(at, hall, change, np.array([2_500_000, 3_000_000]), until_ms)


def test_each_stage_loses_what_its_curve_says(campus: Campus) -> None:
    spell = follow(campus, np.array([0.0, 600.0]), np.array([14.0]))
    balance = spell.balance
    power = 14.0
    for stage, lost in zip(campus.design.chain[::-1], balance.loss_mw[::-1, 0], strict=True):
        if stage.carries != "it" and power < 14.0 + balance.loss_mw.sum() + 1e-9:
            power += float(balance.cooling_mw[0]) if stage.name == "MV cable" else 0.0
        rating = float(stage.rating_over_it_frac[0]) * 20.0
        curve = (stage.no_load_frac[0], stage.linear_frac[0], stage.square_frac[0])
        assert lost == pytest.approx(rating * float(stage_loss_frac(power / rating, *curve)))
        power += lost
    assert balance.grid_mw[0] == pytest.approx(power)


def test_hours_cut_what_events_leave_whole(campus: Campus) -> None:
    spell = follow(campus, np.array([0.0, 10_000.0]), np.array([14.0]))
    assert spell.balance.edge_s.tolist() == [0.0, 2400.0, 6000.0, 9600.0, 10_000.0]
    assert spell.hour.tolist() == [0, 1, 2, 3]
    assert spell.error_frac < 1e-12


def test_a_warmer_hour_costs_more_cooling(campus: Campus) -> None:
    hot = dataclasses.replace(
        campus.hours, dry_bulb_c=campus.hours.dry_bulb_c * 0.0 + 36.0,
        wet_bulb_c=campus.hours.wet_bulb_c * 0.0 + 20.0,
    )  # fmt: skip
    edge, power = np.array([0.0, 600.0]), np.array([20.0])
    warm = follow(dataclasses.replace(campus, hours=hot), edge, power).balance
    mild = follow(campus, edge, power).balance
    assert warm.cooling_mw[0] > 1.5 * mild.cooling_mw[0]
    # Full load on the design day: fans regulate, so it takes no more than was allowed for.
    assert warm.grid_mw[0] / 20.0 <= float(campus.design.design_pue[0])


def test_totals_add_up_and_do_not_depend_on_the_step(campus: Campus) -> None:
    changes = some_changes()
    told = []
    for step_s in (1.0, 15.0, 3600.0):
        totals = CampusTotals(campus)
        seen = Thinned(step_s, changes.until_ms / 1000.0, 2)
        for block in campus_blocks(campus, changes, step_s):
            totals.add(block)
            seen.add(block.begin_ms, block.length_ms, block.hall_mw, block.steps)
        assert sum(totals.node_mwh.values()) == pytest.approx(totals.grid_mwh, rel=1e-12)
        assert seen.it_mwh == pytest.approx(totals.it_mwh, rel=1e-9)
        assert seen.mean_mw("grid") @ np.diff(seen.edge_s) / 3600.0 == pytest.approx(
            totals.grid_mwh, rel=1e-9
        )
        assert totals.error_frac < 1e-12
        told.append(dataclasses.asdict(totals.figures()))
    for name in ("grid_mwh", "pue", "energy_cost_eur", "carbon_t", "cooling_mwh", "peak_grid_mw"):
        assert told[0][name] == pytest.approx(told[1][name], rel=1e-10)
        assert told[0][name] == pytest.approx(told[2][name], rel=1e-10)
    assert told[0]["peak_step_mw"] >= told[2]["peak_step_mw"]


def test_blocks_meet_without_a_gap(
    campus: Campus, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    changes = some_changes()
    whole = list(campus_blocks(campus, changes, 15.0))
    assert len(whole) == 1
    monkeypatch.setattr("wattport.energy.campus.STEPS_PER_BLOCK", 100)
    pieces = list(campus_blocks(campus, changes, 15.0))
    assert len(pieces) > 20
    joined = np.concatenate([piece.steps.grid_mw for piece in pieces])
    np.testing.assert_allclose(joined, whole[0].steps.grid_mw, rtol=1e-9)
    begins = np.concatenate([piece.begin_ms for piece in pieces])
    assert np.array_equal(begins, 15_000 * np.arange(begins.size))


def test_steepest_change_is_seen_across_blocks(
    campus: Campus, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = PowerChanges(
        np.array([60_000, 120_000]), np.array([0, 0]), np.array([6_000_000, -6_000_000]),
        np.array([5_000_000]), 180_000,
    )  # fmt: skip
    monkeypatch.setattr("wattport.energy.campus.STEPS_PER_BLOCK", 1)
    totals = CampusTotals(campus)
    for block in campus_blocks(campus, changes, 60.0):
        totals.add(block)
    assert 6.0 < totals.steepest_rise_mw < 6.6
    assert totals.steepest_fall_mw == pytest.approx(totals.steepest_rise_mw, rel=0.05)


def test_a_slice_has_the_pue_of_the_campus(campus: Campus) -> None:
    small = dataclasses.replace(campus, nameplate_mw=2.0, auxiliary_mw=campus.auxiliary_mw / 10.0)
    edge = np.array([0.0, 600.0])
    # Heat to neighbours does not shrink with the slice: choose a campus without.
    assert campus.plant[3].shape == small.plant[3].shape
    one = follow(campus, edge, np.array([14.0])).balance
    tenth = follow(small, edge, np.array([1.4])).balance
    np.testing.assert_allclose(tenth.loss_mw[2:], one.loss_mw[2:] / 10.0)


def test_the_29th_of_february_has_the_hours_of_the_28th() -> None:
    spec = load("small_20mw").draw(1, 7)
    hours = site_hours(spec, size(spec), datetime(2028, 2, 28), 72 * 3600.0)
    np.testing.assert_array_equal(hours.dry_bulb_c[:24], hours.dry_bulb_c[24:48])
    assert not np.array_equal(hours.dry_bulb_c[:24], hours.dry_bulb_c[48:])


def test_a_run_over_new_year_meets_both_years() -> None:
    spec = load("small_20mw").draw(1, 7)
    design = size(spec)
    both = site_hours(spec, design, datetime(2030, 12, 31), 48 * 3600.0)
    new = site_hours(spec, design, datetime(2031, 1, 1), 24 * 3600.0)
    np.testing.assert_array_equal(both.price_eur_per_mwh[24:], new.price_eur_per_mwh)
    np.testing.assert_array_equal(both.carbon_g_per_kwh[24:], new.carbon_g_per_kwh)


@pytest.mark.parametrize("word", ["tomorrow", "2030-13-01", "2030-07-01T06:00+02:00"])
def test_other_dates_are_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        begin_of(word)


def test_power_supplies_are_inside_it_and_straight_between_idle_and_full(campus: Campus) -> None:
    line, supply = campus.supply, campus.design.supply
    idle_frac = 0.25
    for it_frac in (idle_frac, 1.0):
        output = np.interp(  # the loss curve, inverted by looking it up
            it_frac / 1.9, supply.output_frac + supply.loss_frac, supply.output_frac
        )
        lost = it_frac - 1.9 * output
        assert line.loss_mwh(20.0 * it_frac, 20.0) == pytest.approx(20.0 * lost, rel=1e-12)
    changes = some_changes()
    totals = CampusTotals(campus)
    for block in campus_blocks(campus, changes, 60.0):
        totals.add(block)
    assert 0.03 * totals.it_mwh < totals.supply_loss_mwh < 0.09 * totals.it_mwh
    # It is a part of IT and no other node's.
    assert sum(totals.node_mwh.values()) == pytest.approx(totals.grid_mwh, rel=1e-12)
