"""The compiled year against its plain twin, on days that meet every branch."""

from __future__ import annotations

import numpy as np
import pytest
import year_twin as twin

from wattport.calendar.hours import calendar
from wattport.energy import tables
from wattport.environment.series_kernel import correlated_normal, market_score
from wattport.equations.random_stream import seed_stream
from wattport.operation.compute import compute_of
from wattport.operation.compute_kernel import N_LOADS, wanted_requests_frac, week_starts
from wattport.operation.plant_tables import campus_table, chiller_table, sink_table
from wattport.operation.year_kernel import job_size, play_year

N_DAYS = 6
YEAR = 2029


def first_days(first_day):
    whole = calendar(YEAR, 8760)
    table = tables.day_table(whole)[first_day : first_day + N_DAYS].copy()
    return table, whole.is_peak[24 * first_day : 24 * (first_day + N_DAYS)].copy()


@pytest.mark.parametrize(
    ("season", "mean_c", "swing_k", "limit_mw", "pads"),
    [
        ("winter", -2.0, 4.0, 5000.0, 0.0),
        ("spring", 14.0, 6.0, 5000.0, 0.0),
        ("heat wave", 33.0, 8.0, 5000.0, 0.0),
        ("record", 38.0, 5.0, 5000.0, 0.0),
        ("wetted", 31.0, 8.0, 5000.0, 0.7),
        ("tight grid", 14.0, 6.0, 70.0, 0.0),
    ],
)
def test_compiled_days_equal_the_plain_twin(central, season, mean_c, swing_k, limit_mw, pads):
    spec, design, programme = central
    campus, chain = campus_table(spec, design), tables.chain_table(design)[0]
    campus["pad_effectiveness_frac"] = pads
    sinks, chiller = sink_table(spec, 1)[0], chiller_table(spec)[0]
    days, is_peak = first_days({"winter": 10}.get(season, 180))
    halls = tables.hall_table(design, programme)[0]
    halls["ready_day"][:3] = days["number"][0] + np.array([-400.0, -20.0, 2.5])
    halls["ready_day"][3:] = np.inf
    time = np.arange(24 * N_DAYS)
    dry = mean_c + swing_k * np.cos(2 * np.pi * (time % 24 - 14) / 24)
    wet = dry - 4.0 - 0.2 * np.maximum(dry - 15.0, 0.0)
    limit = np.full(N_DAYS, limit_mw)
    total = np.zeros(1, dtype=tables.TOTAL)
    node = np.zeros(chain.size + 8)
    hourly, shape = np.zeros(time.size, dtype=np.float32), np.zeros((3, 12, 24))
    compute = compute_of(spec, design)
    work, pool = compute.table[0], compute.pool_busy_frac[0]
    loads, day_requests = np.zeros(N_LOADS), np.zeros((2, 24, N_LOADS))
    hall_mw = np.zeros((2, halls.size))
    play_year(
        7, 3, YEAR, (campus[0], chiller, chain, sinks), (work, pool), halls, limit, days, is_peak,
        dry, wet, (total[0], node, loads), (hourly, shape, day_requests, hall_mw),
    )  # fmt: skip
    starts = week_starts(int(work["n_jobs"]), time.size // 168 + 1, pool.shape[1], 7, 3, YEAR)
    requests = wanted_requests_frac(work, days, 7, 3, YEAR)
    rows = twin.play_hours(
        campus[0], chain, sinks, halls, limit, days, is_peak, dry, wet,
        (work, pool, starts, requests), market_score(7, 3, YEAR, time.size),
    )  # fmt: skip
    for name in (
        "wanted_mwh", "it_mwh", "grid_mwh", "exported_mwh", "water_m3", "energy_cost_eur",
        "carbon_t", "gpu_hours", "gpu_hours_held", "training_gpu_hours", "inference_gpu_hours",
        "training_busy_gpu_hours", "failed_gpu_hours", "n_requests", "n_requests_lost",
        "inference_it_mwh",
    ):  # fmt: skip
        expected = sum(row[name] for row in rows)
        assert total[0][name] == pytest.approx(expected, rel=3e-9, abs=1e-9), name
    np.testing.assert_allclose(node, np.sum([row["nodes"] for row in rows], axis=0), rtol=3e-9)
    np.testing.assert_allclose(hourly, [row["grid_mwh"] for row in rows], rtol=1e-6)
    assert hall_mw[0].sum() == pytest.approx(total[0]["it_mwh"], rel=1e-12)
    assert (hall_mw[1] <= halls["it_mw"] + 1e-9).all()
    assert loads.sum() == pytest.approx(total[0]["n_requests"], rel=1e-12)
    assert day_requests.sum() == pytest.approx(total[0]["n_requests"], rel=1e-12)
    parts = [total[0][f"{kind}_gpu_hours"] for kind in ("training", "inference", "idle", "failed")]
    assert sum(parts) == pytest.approx(total[0]["gpu_hours"], rel=1e-12)
    assert min(parts) >= 0.0
    assert total[0]["balance_error_frac"] < 1e-9
    is_held = total[0]["wanted_mwh"] > total[0]["it_mwh"] + 1e-9
    assert is_held == (season in ("record", "tight grid"))
    assert (total[0]["chiller_hours"] > 0) == (season in ("heat wave", "record"))
    assert (total[0]["water_m3"] > 0) == (season == "wetted")


@pytest.mark.parametrize(
    ("filled", "size"), [(0.0, 0), (0.2, 0), (0.25, 0), (0.3, 1), (0.75, 2), (0.76, 3), (1.0, 3)]
)
def test_a_job_has_the_size_next_above_what_is_filled(filled, size):
    assert job_size(filled * 1000.0, 1000.0) == size


def test_correlated_series_has_unit_spread_and_its_memory():
    series = correlated_normal(seed_stream(1, 2, 3, 4), 6.0, 1, 100_000)
    assert series.mean() == pytest.approx(0.0, abs=0.03)
    assert series.std() == pytest.approx(1.0, abs=0.02)
    lag = np.corrcoef(series[:-6], series[6:])[0, 1]
    assert lag == pytest.approx(np.exp(-1.0), abs=0.02)


def test_a_hall_counts_from_the_midnight_after_it_is_ready(central):
    from wattport.operation.year_kernel import ready_halls

    halls = np.zeros(2, dtype=tables.HALL)
    halls["it_mw"], halls["n_gpus"], halls["ready_day"] = 50.0, 1000.0, [10.5, np.inf]
    assert ready_halls(halls, 10.0, 30.0)[0] == 0.0
    nameplate, filled, n_gpus, _, n_halls = ready_halls(halls, 25.5, 30.0)
    assert (nameplate, filled, n_gpus, n_halls) == (50.0, 25.0, 1000.0, 1.0)
