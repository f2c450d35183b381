"""Generated years against 29 measured years of Vlissingen (KNMI station 310, 1996-2024)."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from wattport.environment.weather import Weather, generate, load_climate
from wattport.environment.weather_climate import MONTH_OF_DAY
from wattport.equations.psychrometrics import wet_bulb_c

SOURCE = "KNMI station 310 Vlissingen, hourly 1996-2024 (29 years)"
N_YEARS = 300
MONTH_OF_HOUR = np.repeat(MONTH_OF_DAY, 24)

# The measured figures, so that this also runs where the hours themselves are not at hand.
MEASURED = {
    "dry_bulb_q99_c": 24.7,
    "wet_bulb_q99_c": 19.676,
    "above_22_h": 259.24,
    "above_25_h": 75.45,
    "degree_hours_sd_kh": 1163.6,
    "lag_1_day": 0.8183,
    "month_mean_c": [4.55, 5.02, 6.92, 9.86, 13.35, 16.46, 18.32, 18.71, 16.41, 12.77, 8.65, 5.64],
}

FloatArray = NDArray[np.float64]


def deviation_of_daily_means(dry_bulb_c: FloatArray) -> FloatArray:
    """Daily means less mean and three annual harmonics of the whole sample; years keep theirs."""
    daily = dry_bulb_c.reshape(len(dry_bulb_c), 365, 24).mean(axis=2)
    angle = 2.0 * np.pi * (np.arange(365) + 0.5) / 365.0
    waves = [wave(k * angle) for k in (1, 2, 3) for wave in (np.cos, np.sin)]
    basis = np.column_stack([np.ones(365), *waves])
    return daily - basis @ np.linalg.lstsq(basis, daily.mean(axis=0), rcond=None)[0]


def statistics(dry_bulb_c: FloatArray, wet_bulb: FloatArray) -> dict[str, object]:
    deviation = deviation_of_daily_means(dry_bulb_c)
    degree_hours = np.clip(dry_bulb_c - 18.0, 0.0, None).sum(axis=1)
    return {
        "dry_bulb_q99_c": float(np.quantile(dry_bulb_c, 0.99)),
        "wet_bulb_q99_c": float(np.quantile(wet_bulb, 0.99)),
        "above_22_h": float((dry_bulb_c > 22.0).sum(axis=1).mean()),
        "above_25_h": float((dry_bulb_c > 25.0).sum(axis=1).mean()),
        "degree_hours_sd_kh": float(degree_hours.std(ddof=1)),
        "lag_1_day": float((deviation[:, 1:] * deviation[:, :-1]).mean() / (deviation**2).mean()),
        "month_mean_c": [float(dry_bulb_c[:, MONTH_OF_HOUR == m].mean()) for m in range(12)],
    }


@pytest.fixture(scope="module")
def generated() -> Weather:
    return generate(load_climate("vlissingen"), 20260101, np.arange(N_YEARS), 2030)


@pytest.fixture(scope="module")
def reached(generated):
    return statistics(generated.dry_bulb_c, generated.wet_bulb_c)


def measured_hours(folder: Path) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Dry bulb, wet bulb and sun, each of shape (year, time)."""
    data = np.load(folder / "weather" / "vlissingen_1996_2024_hourly.npz")["data"].astype(float)
    dry = data[..., 0] / 10.0
    wet = wet_bulb_c(dry, data[..., 1] / 100.0, data[..., 2] * 10.0 + 90_000.0)
    return dry, wet, data[..., 3]


@pytest.mark.reference_data
def test_figures_written_here_are_those_of_the_measured_hours(reference_data):
    dry, wet, _ = measured_hours(reference_data)
    found = statistics(dry, wet)
    for name, value in MEASURED.items():
        assert found[name] == pytest.approx(value, rel=2e-3, abs=6e-3), name


@pytest.mark.parametrize(
    ("name", "quantity", "allowed", "unit"),
    [
        ("dry_bulb_q99_c", "99 % dry bulb over all hours", 0.7, "K"),
        ("wet_bulb_q99_c", "99 % wet bulb over all hours", 0.35, "K"),
        ("above_22_h", "hours a year above 22 degC", 60.0, "h"),
        ("above_25_h", "hours a year above 25 degC", 25.0, "h"),
        ("lag_1_day", "lag-1-day autocorrelation of daily means", 0.05, "frac"),
    ],
)
def test_generated_years_have_the_measured_statistic(
    reached, validation, consistency, name, quantity, allowed, unit
):
    # Curves by month and hour and the persistence were fitted to these years; what temperature and
    # humidity do together was not.
    record = validation if name == "wet_bulb_q99_c" else consistency
    note = {
        "lag_1_day": "deviations from three annual harmonics of all years; persistence is fitted",
        "wet_bulb_q99_c": f"{N_YEARS} generated years",
    }.get(name, f"{N_YEARS} generated years; curves are fitted to the measured ones")
    record(
        engine="weather",
        quantity=quantity,
        source=SOURCE,
        reached=reached[name] - MEASURED[name],
        allowed=allowed,
        unit=unit,
        note=note,
    )


def test_generated_degree_hours_spread_from_year_to_year_as_measured(reached, validation):
    ratio = reached["degree_hours_sd_kh"] / MEASURED["degree_hours_sd_kh"]
    validation(
        engine="weather",
        quantity="year-to-year standard deviation of degree-hours above 18 degC",
        source=SOURCE,
        reached=ratio - 1.0,
        allowed=0.30,
        unit="frac",
        note="the measured spread holds 29 years of warming; the generated years have no trend",
    )


def test_generated_months_have_the_measured_mean(reached, consistency):
    off = np.array(reached["month_mean_c"]) - np.array(MEASURED["month_mean_c"])
    consistency(
        engine="weather",
        quantity="monthly mean dry bulb, worst month",
        source=SOURCE,
        reached=float(np.abs(off).max()),
        allowed=0.3,
        unit="K",
        note="fitted to these years",
    )


def test_hottest_hour_of_a_year_is_distributed_as_measured(generated, validation):
    # Measured annual maxima: median 30.3 degC, 10 % 29.0 and 90 % 33.5, highest 37.1.
    yearly = generated.dry_bulb_c.max(axis=1)
    validation(
        engine="weather",
        quantity="hottest hour of the year, median and 90 % of years, larger error",
        source=SOURCE,
        reached=float(np.abs(np.quantile(yearly, [0.5, 0.9]) - [30.3, 33.46]).max()),
        allowed=1.0,
        unit="K",
        note="29 maxima know their own 90 % quantile to about 1.5 K",
    )
    assert 35.0 < yearly.max() < 42.0


def test_most_humid_hour_of_a_year_is_near_the_measured(generated, validation):
    yearly = generated.wet_bulb_c.max(axis=1)
    validation(
        engine="weather",
        quantity="highest wet bulb of the year, median",
        source=SOURCE,
        reached=float(np.median(yearly) - 22.447),
        allowed=1.0,
        unit="K",
    )


@pytest.mark.reference_data
def test_diurnal_cycle_of_each_month_is_measured(reference_data, generated, consistency):
    dry, _, _ = measured_hours(reference_data)

    def cycle(values: FloatArray) -> FloatArray:
        hours = values.reshape(len(values), 365, 24)
        months = [hours[:, month == MONTH_OF_DAY].mean(axis=(0, 1)) for month in range(12)]
        return np.array(months) - np.mean(months, axis=1, keepdims=True)

    consistency(
        engine="weather",
        quantity="mean diurnal cycle of the dry bulb, worst hour of any month",
        source=SOURCE,
        reached=float(np.abs(cycle(generated.dry_bulb_c) - cycle(dry)).max()),
        allowed=0.3,
        unit="K",
        note="fitted to these years",
    )


@pytest.mark.reference_data
def test_wet_bulb_given_dry_bulb_is_measured(reference_data, generated, consistency):
    dry, wet, _ = measured_hours(reference_data)
    worst = 0.0
    for low in (15.0, 18.0, 21.0, 24.0, 27.0):
        here = (dry >= low) & (dry < low + 3.0)
        there = (generated.dry_bulb_c >= low) & (generated.dry_bulb_c < low + 3.0)
        off = np.median(generated.wet_bulb_c[there]) - np.median(wet[here])
        worst = max(worst, abs(float(off)))
    consistency(
        engine="weather",
        quantity="median wet bulb in bands of dry bulb 15-30 degC, worst band",
        source=SOURCE,
        reached=worst,
        allowed=0.5,
        unit="K",
        note="fitted to these years",
    )


@pytest.mark.reference_data
def test_yearly_sun_is_measured(reference_data, generated, consistency):
    _, _, sun = measured_hours(reference_data)
    consistency(
        engine="weather",
        quantity="global irradiation of a year",
        source=SOURCE,
        reached=float(generated.ghi_w_per_m2.sum(axis=1).mean() / sun.sum(axis=1).mean() - 1.0),
        allowed=0.02,
        unit="frac",
        note="fitted to these years",
    )


def test_dunkirk_has_its_published_normals(consistency):
    normal_c = np.array([5.5, 5.8, 7.8, 10.2, 13.3, 16.2, 18.4, 18.8, 16.5, 13.0, 9.0, 6.2])
    years = generate(load_climate("dunkerque"), 20260101, np.arange(N_YEARS), 2030)
    mean_c = [float(years.dry_bulb_c[:, m == MONTH_OF_HOUR].mean()) for m in range(12)]
    consistency(
        engine="weather",
        quantity="Dunkirk: yearly mean of the monthly mean dry bulb",
        source="Dunkerque normals 1991-2020 (climasyviajes.com)",
        reached=float(np.mean(mean_c) - normal_c.mean()),
        allowed=0.3,
        unit="K",
        note="Vlissingen's hours were shifted to these normals; 1996-2024 is 0.1 K warmer than "
        "1996-2020, which the shift keeps",
    )
