"""Working days and the clocks on them."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from wattport.calendar.epoch import EPOCH
from wattport.calendar.intervals import (
    clock_h,
    shift_intervals,
    stack_calendars,
    wall_h,
    working_days,
)


def test_weeks_of_the_year_are_met() -> None:
    days = working_days(5, 45.9, 2026, 28)
    assert len(days) / 28 / 5 == pytest.approx(45.9, abs=0.1)


def test_no_weekend_and_no_work_in_the_second_half_of_august() -> None:
    dates = [EPOCH + timedelta(days=int(day)) for day in working_days(5, 45.9, 2026, 3)]
    assert {day.weekday() for day in dates} == {0, 1, 2, 3, 4}
    assert not [day for day in dates if (day.month, day.day) >= (8, 15) and day.month == 8]
    assert not [day for day in dates if (day.month, day.day) >= (12, 25)]


def test_a_year_without_closure_works_every_day() -> None:
    np.testing.assert_array_equal(working_days(7, 53.0, 2027, 1), np.arange(365, 730))


def test_three_long_shifts_fill_the_day() -> None:
    start, end, _ = shift_intervals(np.array([1, 2]), 3, 9.0)
    assert (end - start).tolist() == [24.0, 24.0]


def test_clock_and_wall_undo_each_other() -> None:
    start, end, _ = shift_intervals(working_days(5, 45.9, 2026, 2), 2, 7.0)
    row = stack_calendars([(start, end)])[0]
    clock = np.linspace(0.5, 4000.0, 97)
    np.testing.assert_allclose(clock_h(row, wall_h(row, clock)), clock)
    assert np.isinf(wall_h(row, np.array([1e6]))).all()
