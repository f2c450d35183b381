"""What must hold of any case, whatever its numbers."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wattport.pipeline.stages import play
from wattport.records import quantile
from wattport.records.record import arrays_by_axes
from wattport.records.storage import STAGES


def digest(case) -> str:
    """Hash of every array of every record."""
    total = hashlib.sha256()
    for stage in STAGES:
        for dims, columns in arrays_by_axes(getattr(case, stage)).items():
            for name, array in sorted(columns.items()):
                total.update(f"{stage}{dims}{name}{array.shape}".encode())
                total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()


@pytest.fixture(scope="module")
def case():
    return play("dunkerque", "finance.operation_years=5", draws=12, seed=5)


def test_same_spec_and_seed_give_the_same_bytes(case):
    again = play("dunkerque", "finance.operation_years=5", draws=12, seed=5)
    assert digest(again) == digest(case)


def test_another_seed_gives_other_bytes(case):
    other = play("dunkerque", "finance.operation_years=5", draws=12, seed=6)
    assert digest(other) != digest(case)


def test_a_draw_does_not_depend_on_its_neighbours(case):
    fewer = play("dunkerque", "finance.operation_years=5", draws=3, seed=5)
    halls = fewer.design.hall_it_mw.shape[1]
    np.testing.assert_array_equal(fewer.design.hall_it_mw, case.design.hall_it_mw[:3, :halls])
    np.testing.assert_array_equal(
        fewer.programme.first_compute_day, case.programme.first_compute_day[:3]
    )
    shared = np.isin(case.operation.year, fewer.operation.year)
    mine = np.isin(fewer.operation.year, case.operation.year)
    np.testing.assert_array_equal(
        fewer.operation.grid_mwh[:, mine], case.operation.grid_mwh[:3][:, shared]
    )


def test_a_hall_is_never_ready_before_its_tranche_or_its_modules(case):
    programme = case.programme
    ready = np.isfinite(programme.ready_day)
    assert (programme.ready_day[ready] >= programme.gate_day[ready]).all()
    assert (programme.ready_day[ready] >= programme.modules_day[ready]).all()


def test_the_ready_halls_never_exceed_the_open_grid(case):
    programme, design = case.programme, case.design
    pue = design.grid_mw / design.it_mw
    assert (programme.online_it_mw * pue[:, None] <= programme.tranche_mw + 1e-6).all()


def test_energy_closes_and_pue_is_at_least_one(case):
    operation = case.operation
    assert np.nanmax(operation.balance_error_frac) <= 1e-9
    assert (operation.pue[np.isfinite(operation.pue)] >= 1.0).all()
    uses = operation.it_mwh + operation.loss_mwh + operation.cooling_mwh
    assert (operation.grid_mwh >= uses * (1 - 1e-9)).all()


def test_quantiles_are_ordered(case):
    for stage in STAGES:
        for dims, columns in arrays_by_axes(getattr(case, stage)).items():
            if dims[0] != "draw":
                continue
            for array in columns.values():
                low, mid, high = (quantile(array, p) for p in (0.1, 0.5, 0.9))
                known = np.isfinite(low) & np.isfinite(high)
                assert (low[known] <= mid[known]).all()
                assert (mid[known] <= high[known]).all()
    for row in case.ledger.headlines:
        assert row.p10 <= row.p50 <= row.p90, row.metric


def test_money_adds_up(case):
    ledger = case.ledger
    flow = ledger.capex_eur.sum(axis=2) + ledger.opex_eur.sum(axis=2) - ledger.revenue_eur
    np.testing.assert_allclose(ledger.cash_flow_eur, flow, rtol=1e-12)
    np.testing.assert_allclose(
        ledger.full_stack_eur,
        ledger.facility_capex_eur + ledger.it_capex_eur + ledger.plants_capex_eur,
        rtol=1e-12,
    )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(it_mw=st.integers(1, 6).map(lambda n: 10 * n))
def test_more_halls_never_cost_less(it_mw):
    settings_of = ("grid.connection_mw=200", "finance.operation_years=2")
    small, large = (
        play("small_20mw", *settings_of, f"campus.it_mw={size}", draws=1)
        for size in (it_mw, it_mw + 10)
    )
    for name in ("facility_capex_eur", "it_capex_eur", "full_stack_eur"):
        assert getattr(large.ledger, name)[0] >= getattr(small.ledger, name)[0]
