"""
Years in which nothing varies, so that their sums have a closed form: euros, tonnes, water, tokens.

What the hours of a year add up to is random in any real scenario. Here weather, work or market
stand still and each sum is a product that a person can work out.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from wattport.equations.cooling import LATENT_HEAT_MJ_PER_KG, WATER_SHARE
from wattport.equations.psychrometrics import wet_bulb_c
from wattport.pipeline.stages import play
from wattport.records import Case

ONE_YEAR = ("finance.operation_years=2",)
FLAT = (
    *ONE_YEAR, "finance.energy.quarter_factors=[1, 1, 1, 1]",
    "finance.energy.peak_over_base_frac=1", "finance.energy.negative_hours_frac=0",
    "finance.energy.volatility_frac=0.001",
)  # fmt: skip
# One training that never fails and never saves: the racks draw the same in every hour.
STEADY = (
    "workload.training_frac=1", "workload.training.failures_per_gpu_year=0",
    "workload.training.checkpoint_s=0",
)  # fmt: skip
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def small(*overrides: str, until: str = "run") -> Case:
    return play("small_20mw", *overrides, draws=1, seed=0, until=until)


def last(values: np.ndarray) -> float:
    """Of the last year, which is full."""
    return float(values[0, -1])


def eur_per_mwh(case: Case) -> float:
    return last(case.operation.energy_cost_eur) / last(case.operation.grid_mwh)


def test_a_flat_price_is_paid_for_every_megawatt_hour() -> None:
    assert eur_per_mwh(small(*FLAT)) == pytest.approx(60.0, rel=1e-3)
    assert eur_per_mwh(small(*FLAT, "finance.energy.base_price_eur_per_mwh=25")) == pytest.approx(
        25.0, rel=1e-3
    )


def test_each_quarter_has_its_price() -> None:
    """2028 has its last quarter only; in 2029 the second hall joins on the seventh of April."""
    factors = np.array([2.0, 0.5, 0.2, 1.3])
    run = small(*FLAT, *STEADY, f"finance.energy.quarter_factors={factors.tolist()}").operation
    paid = run.energy_cost_eur[0] / run.grid_mwh[0]
    by_quarter = DAYS.reshape(4, 3).sum(axis=1)
    second_hall = by_quarter - np.array([90, 6, 0, 0])
    for year, days in enumerate((np.array([0, 0, 0, 92]), by_quarter + second_hall, by_quarter)):
        assert paid[year] == pytest.approx(60.0 * factors @ days / days.sum(), rel=5e-3), year


@pytest.mark.parametrize("peak", [0.5, 1.8])
def test_peak_and_off_peak_hours_average_to_the_base(peak: float) -> None:
    """What peak hours cost more the others cost less: a steady load pays the base."""
    case = small(*FLAT, *STEADY, f"finance.energy.peak_over_base_frac={peak}")
    assert eur_per_mwh(case) == pytest.approx(60.0, rel=5e-3)


def t_per_gwh(case: Case) -> float:
    return 1000.0 * last(case.operation.carbon_t) / last(case.operation.grid_mwh)


CARBON = "grid.carbon_{}_g_per_kwh={}"


def test_a_flat_carbon_intensity_is_emitted_for_every_megawatt_hour() -> None:
    same = [CARBON.format(name, 20) for name in ("winter", "summer", "cold_spell")]
    assert t_per_gwh(small(*ONE_YEAR, *same)) == pytest.approx(20.0, rel=1e-9)


def test_carbon_between_summer_and_winter_has_its_closed_form() -> None:
    """The mean of cos(x/2)**3 over a year is 4 / (3 pi); cold spells add nothing here."""
    season = [
        CARBON.format("winter", 30),
        CARBON.format("summer", 12),
        CARBON.format("cold_spell", 0),
    ]
    expected = 12.0 + 18.0 * 4.0 / (3.0 * math.pi)
    case = small(*ONE_YEAR, *STEADY, *season)
    assert t_per_gwh(case) == pytest.approx(expected, rel=5e-3)
    # Upside down: more in summer than in winter.
    season = [
        CARBON.format("winter", 0),
        CARBON.format("summer", 30),
        CARBON.format("cold_spell", 0),
    ]
    assert t_per_gwh(small(*ONE_YEAR, *STEADY, *season)) == pytest.approx(
        30.0 * (1.0 - 4.0 / (3.0 * math.pi)), rel=5e-3
    )


# --- water ------------------------------------------------------------------------------------

DRY_C, HUMIDITY_PERCENT, PRESSURE_PA = 34.0, 30, 101_000
WANTED_C = 30.0  # water to the CDUs


@pytest.fixture(scope="module")
def wetted(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Every hour of every year like the other, and pads that are wetted in all of them."""
    head = ["LOCATION,Nowhere,-,-,user,0,51.0,2.2,0.0,5.0", *[f"HEADER {k},0" for k in range(7)]]
    rows = []
    for month, n_days in enumerate(DAYS, 1):
        for day in range(1, n_days + 1):
            for hour in range(1, 25):
                row = ["2023", str(month), str(day), str(hour), "0", "?", str(DRY_C), "14.0"]
                row += [str(HUMIDITY_PERCENT), str(PRESSURE_PA), *["0"] * 11, "2.0", *["0"] * 13]
                rows.append(",".join(row))
    path = Path(tmp_path_factory.mktemp("weather")) / "still.epw"
    path.write_text("\n".join([*head, *rows]), encoding="latin-1")
    return small(
        *ONE_YEAR, *STEADY, f"site.weather={{epw: {path}}}", "site.heat_sinks=[]",
        "campus.cooling.is_adiabatic=true", f"campus.cooling.facility_supply_c={WANTED_C}",
        until="account",
    )  # fmt: skip


def water_m3_per_h(it_mw: float, nameplate_mw: float) -> float:
    """
    Make-up of the pads from what the air gives up.

    At rated speed the air of the coolers warms by the loop's 10 K when it takes their rating. The
    pads cool all of it as far as the water needs it, at most 0.7 of the way to the wet bulb, and a
    third of what evaporates is blown down on top.
    """
    liquid, share = 0.99, it_mw / nameplate_mw

    def pump_share(flow: float) -> float:
        return flow * (0.3 + 0.7 * flow**2)

    cdu = 0.010 * liquid * nameplate_mw * pump_share(share)
    pump = 0.008 * liquid * nameplate_mw * 1.010 * pump_share(share)
    heat_mw = liquid * it_mw + cdu + pump
    rating_mw = nameplate_mw / 10.0 * 8 * 2.0
    heat = heat_mw / rating_mw
    # Full fans: thermal resistance over rated is that of the water alone.
    above_k = 16.0 * heat * (1.0 + WATER_SHARE * (1.0 / heat - 1.0)) - 10.0
    cooled_k = DRY_C - (WANTED_C - above_k)
    most_k = 0.7 * (DRY_C - float(wet_bulb_c(DRY_C, HUMIDITY_PERCENT / 100.0, PRESSURE_PA)))
    assert 1.0 < cooled_k < most_k
    air_mw_per_k = rating_mw / 10.0
    evaporated = air_mw_per_k * cooled_k * 3.6 / LATENT_HEAT_MJ_PER_KG
    return evaporated * 4.0 / 3.0


def test_water_of_a_still_year_is_what_the_air_takes_up(wetted: Case) -> None:
    run, books = wetted.operation, wetted.ledger
    it_mw = last(run.it_mwh) / 8760.0
    assert it_mw == pytest.approx(16.0, rel=1e-6)
    hour = water_m3_per_h(it_mw, 20.0)
    assert hour > 1.0
    assert last(run.water_m3) == pytest.approx(8760.0 * hour, rel=1e-6)
    # A litre per kilowatt-hour is a cubic metre per megawatt-hour.
    assert last(run.wue_l_per_kwh) == pytest.approx(hour / it_mw, rel=1e-6)
    assert last(books.water_m3) == last(run.water_m3)
    euros = books.opex_eur[0, -1, books.opex_item.index("water")]
    assert euros == pytest.approx(2.0 * 8760.0 * hour, rel=1e-6)


def test_dry_coolers_take_no_water() -> None:
    assert last(small(*ONE_YEAR).operation.water_m3) == 0.0


# --- tokens and GPU-hours ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def served() -> Case:
    return small(*ONE_YEAR)


def test_tokens_of_the_year_are_those_of_its_days(served: Case) -> None:
    """Weekdays and weekends of the full year, hour by hour, are kept apart from the year's sum."""
    run = served.operation
    full = run.year.tolist().index(run.full_year)
    # 2030 begins on a Tuesday: 261 of its days are Monday to Friday.
    assert run.full_year == 2030
    days = np.array([261.0, 104.0])
    from_days = (run.day_output_tokens_per_s[1] * 3600.0).sum(axis=1) @ days
    assert run.n_output_tokens[0, full] == pytest.approx(from_days, rel=1e-9)
    assert run.output_tokens_per_s[0, full] * 8760.0 * 3600.0 == pytest.approx(from_days, rel=1e-9)
    inference = served.spec.workload.inference
    ratio = float(inference.n_prompt_tokens) / float(inference.n_output_tokens)
    assert run.n_prompt_tokens[0, full] / from_days == pytest.approx(ratio, rel=0.01)


def test_a_replica_makes_no_more_tokens_than_its_batch_and_pace_allow(served: Case) -> None:
    """A request in the batch is given one token in each time per token, and none while it waits."""
    run, inference = served.operation, served.spec.workload.inference
    replicas_s = run.inference_gpu_hours[0] * 3600.0 / float(inference.n_gpus_per_replica)
    most = replicas_s * float(inference.n_batch_max) / run.tpot_p50_s[0]
    assert (run.n_output_tokens[0] <= most).all()
    assert (run.n_output_tokens[0] >= 0.5 * most).all()


def test_energy_of_tokens_is_the_it_energy_that_trainings_leave(served: Case) -> None:
    """All racks at idle, trainings while they compute or pause, and the rest is for tokens."""
    run, work = served.operation, served.spec.workload
    full = run.year.tolist().index(run.full_year)
    idle, pause = float(work.idle_power_frac[0]), float(work.training.pause_power_frac[0])
    mw_per_gpu = 20.0 / 7200.0
    up = run.training_up_frac[0, full]
    drawn = (1.0 - idle) * (up + pause * (1.0 - up)) * run.training_gpu_hours[0, full]
    left = run.it_mwh[0, full] - mw_per_gpu * (idle * run.gpu_hours[0, full] + drawn)
    for_tokens = left + mw_per_gpu * idle * run.inference_gpu_hours[0, full]
    joules = run.it_j_per_token[0, full] * run.n_output_tokens[0, full]
    assert joules / 3.6e9 == pytest.approx(for_tokens, rel=1e-6)
    grid = joules * run.pue[0, full] / run.n_output_tokens[0, full]
    assert run.grid_j_per_token[0, full] == pytest.approx(grid, rel=1e-9)


# Grid and cooling are there for all but an hour of the year; a hall lacks one of its four modules
# for a millionth and a half of it.
POWERED = 0.9999 * 0.9999 * (1.0 - 1.6e-6 / 4)


def test_hours_of_gpus_that_never_fail() -> None:
    """All GPUs that are not spare train at the level that draws the wanted power."""
    run = small(*ONE_YEAR, *STEADY).operation
    whole = 7200.0 * 8760.0
    level = (0.80 - 0.25) / (1.0 - 0.25)
    assert last(run.gpu_hours) == whole
    assert last(run.training_gpu_hours) == pytest.approx(level * whole, rel=1e-6)
    assert last(run.gpu_hours_held) == pytest.approx(level * whole, rel=1e-6)
    assert last(run.gpu_hours_sold) == pytest.approx(level * whole * POWERED, rel=1e-6)
    assert last(run.gpu_hours_useful) == pytest.approx(level * whole * POWERED, rel=1e-6)
    assert last(run.outage_gpu_hours) == pytest.approx(level * whole * (1.0 - POWERED), rel=1e-3)
    assert last(run.idle_gpu_hours) == pytest.approx((1.0 - level) * whole, rel=1e-6)
    assert last(run.failed_gpu_hours) == 0.0
    assert last(run.training_up_frac) == pytest.approx(1.0)
    assert last(run.n_output_tokens) == 0.0


def test_a_hall_fills_evenly_over_its_months() -> None:
    """Ready on day 1,010: each day it sells one more part of a year, 0 to 85 of them in 2028."""
    run = small(*ONE_YEAR, *STEADY, "workload.fill_months=12").operation
    level, days = (0.80 - 0.25) / (1.0 - 0.25), np.arange(1096 - 1010)
    expected = level * 3600.0 * 24.0 * (days / 365.25).sum()
    assert run.gpu_hours_held[0, 0] == pytest.approx(expected, rel=1e-6)
    assert run.gpu_hours[0, 0] == pytest.approx(3600.0 * 24.0 * days.size)
