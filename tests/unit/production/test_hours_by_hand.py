"""Hours of the workshops of the small campus, worked out on a clock that never stops."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from wattport.calendar.epoch import day_of
from wattport.design import size
from wattport.production import manufacture
from wattport.records import Production
from wattport.spec import load

# Day and night, all week, all year: a date is an hour count from the first midnight.
ALWAYS = tuple(
    f"plants.{plant}.{setting}"
    for plant in ("enclosures", "modules")
    for setting in ("shift_h=24", "days_per_week=7", "weeks_per_year=52.2")
)
MODULES = "plants.modules"
OPENS = day_of(date(2027, 1, 4))
ENCLOSURE_H = 2 * 68.5 + 7.5
STEP_H = 56.0 * (740.0 - 2.0 * 28.0 / 0.8) / (5.0 * 56.0 + 4.0 * 56.0)


def made(*overrides: str, n_draws: int = 1) -> Production:
    spec = load("small_20mw", *ALWAYS, *overrides).draw(n_draws, seed=2)
    return manufacture(spec, size(spec))


def hours(day: np.ndarray) -> np.ndarray:
    """Since the opening."""
    return (day - OPENS) * 24.0


def test_the_first_units_take_their_paid_hours() -> None:
    first = hours(made().first_unit_day[0])
    assert first.tolist() == pytest.approx([ENCLOSURE_H, ENCLOSURE_H + 2 * STEP_H + 35.0])


def test_half_as_efficient_takes_longer_by_the_test_alone() -> None:
    """Paid hours are given: what the test takes more of them the stations take less."""
    slow = made(f"{MODULES}.efficiency_frac=0.5")
    step = 56.0 * (740.0 - 2.0 * 28.0 / 0.5) / (5.0 * 56.0 + 4.0 * 56.0)
    expected = ENCLOSURE_H + 2 * step + 28.0 / 0.5
    assert hours(slow.first_unit_day[0, 1]) == pytest.approx(expected)


@pytest.mark.parametrize("efficiency", [0.8, 0.5])
def test_each_failed_test_costs_a_rework_and_a_test_in_paid_hours(efficiency: float) -> None:
    """The first module waits for nobody: its date tells how often it was tested."""
    many = made(
        f"{MODULES}.test.first_pass_yield_frac=0.4", f"{MODULES}.test.rework_h=10",
        f"{MODULES}.efficiency_frac={efficiency}", n_draws=60,
    )  # fmt: skip
    n_tests = many.module_n_tests[:, 0]
    assert np.unique(n_tests).size >= 3
    test, rework = 28.0 / efficiency, 10.0 / efficiency
    step = 56.0 * (740.0 - 2.0 * test) / (5.0 * 56.0 + 4.0 * 56.0)
    expected = ENCLOSURE_H + 2 * step + n_tests * test + (n_tests - 1) * rework
    np.testing.assert_allclose(hours(many.module_done_day[:, 0]), expected, rtol=1e-9)


@pytest.mark.parametrize("passes", [0.5, 0.8])
def test_tests_needed_have_the_mean_of_the_yield(passes: float) -> None:
    many = made(f"{MODULES}.test.first_pass_yield_frac={passes}", n_draws=200)
    assert many.module_n_tests.mean() == pytest.approx(1.0 / passes, rel=0.06)


@pytest.mark.parametrize("weeks", [2.0, 5.0, 11.5])
def test_a_late_opening_counts_weeks_of_seven_days(weeks: float) -> None:
    late = [f"plants.{plant}.opening_delay_weeks={weeks}" for plant in ("enclosures", "modules")]
    on_time, moved = made(), made(*late)
    np.testing.assert_allclose(
        moved.module_done_day - on_time.module_done_day, 7.0 * weeks, atol=1e-6
    )
    np.testing.assert_allclose(
        moved.first_unit_day - on_time.first_unit_day, 7.0 * weeks, atol=1e-6
    )


def test_the_tightest_station_sets_the_rate() -> None:
    """Forty modules: two bays of assembly give one in 37.2 h; enclosures and test are quicker."""
    many = made(
        "campus.it_mw=80", "grid.connection_mw=100", "plants.enclosures.n_direct_staff=20",
    )  # fmt: skip
    assert many.module_done_day.shape == (1, 40)
    assert many.rate_units_per_year[0, 1] == pytest.approx(8766.0 / (STEP_H / 2.0), rel=0.02)
    assert many.output_units.sum(axis=2).tolist() == [[40.0, 40.0]]


def test_people_of_all_shifts_are_counted() -> None:
    two = made(
        f"{MODULES}.shift_h=8", f"{MODULES}.shifts=3", f"{MODULES}.n_second_shift_staff=7",
        f"{MODULES}.n_indirect_staff=5",
    )  # fmt: skip
    assert two.direct_fte.tolist() == [[10.0, 20.0 + 2 * 7.0]]
    assert two.indirect_fte.tolist() == [[2.0, 5.0]]


def test_parts_cost_their_price_on_delivery() -> None:
    """Two suppliers of ten modules, one whose price drifts over a year; two UPS in each."""
    year = 365.25 / 7.0
    bought = made(
        f"{MODULES}.suppliers[0].lead_time_weeks={year}",
        f"{MODULES}.suppliers[0].price_drift_frac_per_year=0.1",
    )
    switchgear, ups = 260e3 * 1.1, 2 * 210e3
    assert bought.part_cost_eur[0].tolist() == pytest.approx([10 * 90e3, 10 * (switchgear + ups)])
