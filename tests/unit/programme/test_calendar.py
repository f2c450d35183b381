"""Working time against a calendar counted day by day."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattport.calendar.epoch import EPOCH
from wattport.programme.calendar import finish_of_work, start_of_work, week_time, work_of_day

MONDAY = dt.date(2025, 12, 29)


def finish_date(start: dt.date, n_days: int, per_week: int) -> dt.date:
    """Last working day of a job, stepping through the calendar."""
    day = start
    while True:
        if day.weekday() < per_week:
            n_days -= 1
        if n_days == 0:
            return day
        day += dt.timedelta(days=1)


@settings(deadline=None)
@given(st.integers(0, 3000), st.integers(1, 400), st.integers(1, 7))
def test_finish_is_the_night_of_the_last_working_day(offset: int, days: int, per_week: int) -> None:
    start = EPOCH + dt.timedelta(days=offset)
    work = work_of_day(np.float64(offset), week_time(per_week)) + days
    last = finish_date(start, days, per_week)
    assert finish_of_work(work, week_time(per_week)) == (last - EPOCH).days + 1


@settings(deadline=None)
@given(st.integers(0, 3000), st.integers(1, 7))
def test_a_start_on_a_day_off_moves_to_monday(offset: int, per_week: int) -> None:
    day = EPOCH + dt.timedelta(days=offset)
    while day.weekday() >= per_week:
        day += dt.timedelta(days=1)
    work = work_of_day(np.float64(offset), week_time(per_week))
    assert start_of_work(work, week_time(per_week)) == (day - EPOCH).days


@settings(deadline=None)
@given(st.floats(-500.0, 5000.0), st.floats(0.5, 7.0))
def test_days_and_work_invert_each_other(work: float, per_week: float) -> None:
    start = start_of_work(np.float64(work), week_time(per_week))
    finish = finish_of_work(np.float64(work), week_time(per_week))
    assert finish <= start + 1e-6
    assert work_of_day(start, week_time(per_week)) == pytest.approx(work, abs=1e-6)
    assert work_of_day(finish, week_time(per_week)) == pytest.approx(work, abs=1e-6)


def test_the_week_begins_on_monday() -> None:
    assert (MONDAY - EPOCH).days == -3
    assert MONDAY.weekday() == 0


def test_seven_days_a_week_is_the_calendar_itself() -> None:
    days = np.linspace(-10.0, 900.0, 50)
    assert np.allclose(work_of_day(days, week_time(7.0)), days + 3.0)
    assert np.allclose(start_of_work(days + 3.0, week_time(7.0)), days)


def test_a_broken_week_works_part_of_a_day() -> None:
    # 4.5 days: the last work of the week is done on Friday at noon.
    assert finish_of_work(np.float64(4.5), week_time(4.5)) == 1.5
    assert start_of_work(np.float64(4.5), week_time(4.5)) == 4.0
