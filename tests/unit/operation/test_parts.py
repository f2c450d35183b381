"""Calendar, demand, market, heat and shapes."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.calendar.hours import calendar
from wattport.energy import tables
from wattport.energy.heat_kernel import export_heat_mw, heating_degree_hours
from wattport.environment.market import carbon_season_frac, off_peak_frac, price_curve
from wattport.environment.series_kernel import carbon_g_per_kwh, market_score, price_eur_per_mwh
from wattport.operation.plant_tables import campus_table, sink_table
from wattport.operation.shapes import monthly_shapes, week_quantiles

HOURS = 8760


@pytest.mark.parametrize("year", [2028, 2029, 2032, 2043])
def test_a_year_has_365_days_and_leaves_out_29_february(year):
    this = calendar(year, HOURS)
    assert this.n_days == 365
    assert np.bincount(this.month).tolist() == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    steps = np.diff(this.day_number)
    is_leap = year % 4 == 0
    assert (steps == 2.0).sum() == is_leap


def test_peak_hours_are_twelve_local_hours_of_weekdays():
    this = calendar(2029, HOURS)
    by_day = this.is_peak.reshape(365, 24)
    assert (by_day.sum(axis=1)[~this.is_weekend] == 12).all()
    assert not by_day[this.is_weekend].any()
    assert np.flatnonzero(by_day[1])[0] == 7  # winter: 8 h local is 7 h UTC
    assert np.flatnonzero(by_day[183])[0] == 6


def test_prices_keep_mean_spread_and_negative_share(central):
    spec, design, _ = central
    campus = campus_table(spec, design)[0]
    days, peak = tables.day_table(calendar(2031, HOURS)), calendar(2031, HOURS).is_peak
    prices = np.array([
        [price_eur_per_mwh(campus, days[t // 24]["month"] // 3, peak[t], s)
         for t, s in enumerate(market_score(7, d, 2031, HOURS))]
        for d in range(40)
    ])  # fmt: skip
    energy = spec.finance.energy
    base = energy.base_price_eur_per_mwh[0]
    # Weeks-long swings leave a standard error of 1.5 on the mean of 40 years of 60.
    assert prices.mean() == pytest.approx(base, abs=3.0)
    assert (prices < 0).mean() == pytest.approx(energy.negative_hours_frac[0], abs=0.01)
    assert -prices[prices < 0].mean() / base == pytest.approx(
        energy.negative_depth_frac[0], abs=0.06
    )
    assert prices[:, peak].mean() / prices.mean() == pytest.approx(1.18, abs=0.02)


def test_price_curve_without_negative_hours_has_none():
    threshold, scale, power, slope = price_curve([0.0], [0.4], [0.2])
    assert slope[0] == 0.0
    assert threshold[0] <= -8.0
    assert scale[0] > 0.0
    assert power[0] > 0.0


def test_off_peak_balances_peak():
    assert 60 / 168 * 1.18 + 108 / 168 * float(off_peak_frac(1.18)) == pytest.approx(1.0)


def test_carbon_rises_in_winter_and_on_cold_spells(central):
    spec, design, _ = central
    campus = campus_table(spec, design)[0]
    assert carbon_g_per_kwh(campus, 1.0, 8.0) == pytest.approx(30.0)
    assert carbon_g_per_kwh(campus, 0.0, 20.0) == pytest.approx(12.0)
    assert carbon_g_per_kwh(campus, 0.9, -5.0) == pytest.approx(48.0)


def test_carbon_is_highest_in_mid_january_and_lowest_in_mid_july():
    season = carbon_season_frac(np.arange(365.0))
    assert season.argmax() == 15
    assert season.argmin() in (197, 198)
    assert season.max() == pytest.approx(1.0)
    assert season.min() == pytest.approx(0.0, abs=1e-6)
    table = tables.day_table(calendar(2031, HOURS))
    np.testing.assert_allclose(table["winter_frac"], season)


def sinks(**values):
    table = np.zeros(1, dtype=tables.SINK)
    for name, value in values.items():
        table[name] = value
    return table


def test_a_seasonal_sink_takes_its_yearly_demand():
    dry = 11.0 - 9.0 * np.cos(2 * np.pi * np.arange(HOURS) / HOURS)
    degree_hours = heating_degree_hours(dry)
    district = sinks(demand_mwh=150e3, peak_mw=120.0, supply_c=75.0, is_seasonal=1.0, lift_cop=4.2)
    taken = sum(export_heat_mw(district, t, degree_hours, 1000.0, 50.0) for t in dry)
    # Its heat pump brings the rest: 1 / 4.2 of the heat delivered.
    assert taken == pytest.approx(150e3 * (1 - 1 / 4.2), rel=1e-9)


def test_a_cold_sink_needs_no_heat_pump_and_never_more_than_there_is():
    lng = sinks(demand_mwh=8760.0 * 100.0, peak_mw=300.0, supply_c=10.0, lift_cop=100.0)
    assert export_heat_mw(lng, 5.0, 1.0, 1000.0, 50.0) == pytest.approx(100.0)
    assert export_heat_mw(lng, 5.0, 1.0, 30.0, 50.0) == pytest.approx(30.0)


def test_a_year_of_a_neighbour_is_its_gigawatt_hours_in_megawatt_hours(central):
    """A year of 876 GWh taken evenly is 100 MW, so that a unit lost on the way is seen."""
    spec, _, _ = central
    sink = next(sink for sink in spec.site.heat_sinks if sink.is_used)
    year = sink.model_copy(update={"demand_gwh_per_year": np.array([876.0])})
    site = spec.site.model_copy(update={"heat_sinks": (year,)})
    one = spec.model_copy(update={"site": site})
    assert sink_table(one, 1)["demand_mwh"][0, 0] / HOURS == pytest.approx(100.0)


def test_month_by_hour_means_are_weighted_by_energy():
    sums = np.zeros((2, 3, 12, 24))
    sums[0, 0], sums[0, 1], sums[0, 2] = 110.0 * 30, 100.0 * 30, 12.0 * 30
    power, pue, dry = monthly_shapes(sums, np.full(12, 30))
    assert power[0, 0] == 55.0
    assert pue[0, 0] == pytest.approx(1.1)
    assert dry[0, 0] == 12.0


def test_weeks_start_on_monday():
    hours = np.arange(HOURS, dtype=np.float32)[None, :] % 168
    week = week_quantiles(np.roll(hours, -48, axis=1), 48)
    assert week[1].tolist() == list(range(168))
