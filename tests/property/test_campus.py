"""What must hold for any run on a campus, whatever its events and its step."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattport.design import size
from wattport.energy.campus import Campus, campus_blocks
from wattport.energy.campus_totals import CampusTotals
from wattport.energy.changes import PowerChanges
from wattport.operation.site_hours import campus_around, site_hours
from wattport.spec import load

UNTIL_MS = 30_000_000
STEPS_S = (1.0, 15.0, 3600.0)


@pytest.fixture(scope="module")
def campus() -> Campus:
    spec = load("small_20mw").draw(1, 7)
    design = size(spec)
    hours = site_hours(spec, design, datetime(2031, 1, 31, 20, 47, 11), UNTIL_MS / 1000.0)
    return campus_around(spec, design, hours)


@st.composite
def changes(draw: st.DrawFn) -> PowerChanges:
    n = draw(st.integers(0, 60))
    rng = np.random.default_rng(np.random.SeedSequence(draw(st.integers(0, 2**32 - 1))))
    hall, level = rng.integers(0, 2, n), np.array([4_000_000, 0])
    jump = np.zeros(n, np.int64)
    now = level.copy()
    for k in range(n):  # a hall draws between nothing and its nameplate
        new = int(rng.integers(0, 10_000_001))
        jump[k], now[hall[k]] = new - now[hall[k]], new
    at = np.sort(rng.integers(0, UNTIL_MS, n))
    if n > 3:
        at[1] = at[2]  # jumps fall together
    return PowerChanges(at, hall, jump, level, UNTIL_MS)


@settings(max_examples=25, deadline=None)
@given(run=changes())
def test_energy_money_and_carbon_are_the_same_at_any_step(campus: Campus, run: PowerChanges):
    told = []
    for step_s in STEPS_S:
        totals = CampusTotals(campus)
        stepped_mwh = 0.0
        for block in campus_blocks(campus, run, step_s):
            totals.add(block)
            steps = block.steps
            parts = steps.it_mw + steps.loss_mw.sum(axis=0) + steps.cooling_mw
            np.testing.assert_allclose(parts, steps.grid_mw, rtol=1e-9)
            np.testing.assert_allclose(block.hall_mw.sum(axis=1), steps.it_mw, rtol=0, atol=1e-7)
            stepped_mwh += float(steps.grid_mw @ block.length_ms) / 3.6e6
        assert stepped_mwh == pytest.approx(totals.grid_mwh, rel=1e-10)
        assert totals.error_frac < 1e-12
        assert totals.peak_step_mw <= totals.peak_grid_mw * (1.0 + 1e-9)
        told.append(dataclasses.asdict(totals.figures()))
    for name in (
        "grid_mwh", "loss_mwh", "cooling_mwh", "auxiliary_mwh", "energy_cost_eur",
        "market_cost_eur", "carbon_t", "water_m3", "peak_grid_mw", "warmest_supply_c",
    ):  # fmt: skip
        assert told[1][name] == pytest.approx(told[0][name], rel=1e-9, abs=1e-9)
        assert told[2][name] == pytest.approx(told[0][name], rel=1e-9, abs=1e-9)
