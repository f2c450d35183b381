"""What a run on a campus pays and draws around it, and sums of the years, by hand."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import numpy as np
import pytest

from wattport.calendar.hours import calendar
from wattport.design import size
from wattport.energy import tables
from wattport.operation.compute_kernel import wanted_requests_frac
from wattport.operation.site_hours import campus_around, site_hours
from wattport.operation.training_kernel import FAILURES, POOL_HOURS, SIZE_FRAC, training_pools
from wattport.operation.workload import _week_of
from wattport.pipeline.stages import play
from wattport.spec import load


def test_network_and_excise_come_on_top_and_a_slice_pays_its_share_of_the_lights() -> None:
    spec = load(
        "small_20mw", "finance.energy.network_eur_per_mwh=4", "finance.energy.excise_eur_per_mwh=10"
    ).draw(1)
    design = size(spec)
    hours = site_hours(spec, design, datetime(2030, 1, 1), 3600.0)
    whole, slice_ = (campus_around(spec, design, hours, mw) for mw in (None, 5.0))
    assert whole.other_eur_per_mwh == pytest.approx(14.0)
    assert whole.auxiliary_mw == pytest.approx(2 * 0.05)
    assert slice_.auxiliary_mw == pytest.approx(2 * 0.05 * 5.0 / 20.0)


def test_a_week_has_two_days_of_rest() -> None:
    one = np.ones(1)
    forms, weight = _week_of(0.0 * one, 0.5 * one, 0.0 * one)
    at_rest = np.isclose(forms[0], 0.5)
    assert weight[at_rest].sum() == pytest.approx(2.0 / 7.0)
    assert weight.sum() == pytest.approx(1.0)


def test_smaller_jobs_fail_less_often() -> None:
    n_sizes = len(SIZE_FRAC)
    busy, sums = np.zeros((1, n_sizes, POOL_HOURS), np.float32), np.zeros((1, n_sizes, 5))
    one = np.ones(1)
    training_pools(
        7, np.zeros(1, np.int64), 0.5 * one, 0.05 * one, 0.2 * one, 0.5 * one, 0.001 * one,
        busy, sums,
    )  # fmt: skip
    rate_per_h = sums[0, :, FAILURES] / POOL_HOURS
    # Once in two hours for the whole, and in proportion to size.
    np.testing.assert_allclose(rate_per_h / np.array(SIZE_FRAC), 0.5, rtol=0.15)


def test_nothing_is_held_back_where_no_limit_is_near() -> None:
    case = play("small_20mw", "finance.operation_years=2", draws=1)
    assert case.operation.curtailed_mwh[0, -1] == pytest.approx(0.0, abs=1e-6)
    assert case.operation.grid_mwh[0, -1] > 1.05 * case.operation.it_mwh[0, -1]


def test_the_sea_is_warmest_in_august() -> None:
    """Beside a sea that never changes, one that swings takes more pumping in August."""
    sea = ("site.sea.is_used=true", "site.sea.mean_c=25", "finance.operation_years=2")
    still, swings = (
        play("small_20mw", *sea, f"site.sea.amplitude_k={k}", draws=1).operation for k in (0, 6)
    )
    by_month = [np.asarray(one.shape_pue)[..., :, :].reshape(-1, 12, 24)[0].mean(axis=1)
                for one in (still, swings)]  # fmt: skip
    more = by_month[1] - by_month[0]
    assert more[7] > 0.0 > more[1]


def test_fewer_requests_come_at_weekends() -> None:
    work = SimpleNamespace(
        noise_h=0.0, noise_frac=0.0, diurnal_amplitude_frac=0.0, peak_hour_utc=14.0,
        weekend_drop_frac=0.25, inference_scale_frac=0.8,
    )  # fmt: skip
    days = tables.day_table(calendar(2030, 8760)).view(np.recarray)
    wanted = wanted_requests_frac.py_func(work, days, 7, 0, 2030).reshape(-1, 24).mean(axis=1)
    is_weekend = days["is_weekend"].astype(bool)
    assert wanted[is_weekend].mean() == pytest.approx(0.75 * wanted[~is_weekend].mean())
