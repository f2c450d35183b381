"""Megawatts and head counts by month."""

from datetime import date

import numpy as np
import pytest

from wattport.calendar.epoch import day_of
from wattport.programme.calendar import month_starts
from wattport.programme.months import power_open, power_ready
from wattport.programme.workforce_kernel import crews_at_work


def test_months_begin_on_their_first_day_and_cover_the_end() -> None:
    months = month_starts(day_of(date(2028, 2, 29)))
    assert months[0] == 0.0
    assert months[-1] == day_of(date(2028, 3, 1))
    assert months[24] == day_of(date(2028, 1, 1))


def test_power_steps_at_the_month_after_it_opens() -> None:
    months = month_starts(100.0)
    open_mw = power_open(np.array([[31.0, 60.0]]), np.array([[100.0, 240.0]]), months)
    assert open_mw.tolist() == [[0.0, 100.0, 100.0, 240.0, 240.0]]
    ready_mw = power_ready(np.array([[31.5, np.nan]]), np.array([[50.0, np.nan]]), months)
    assert ready_mw.tolist() == [[0.0, 0.0, 50.0, 50.0, 50.0]]


def test_crew_days_are_kept() -> None:
    months = month_starts(120.0)
    start = np.array([[10.0, 40.0, np.nan, 5.0]])
    finish = np.array([[45.0, 95.5, np.nan, 90.0]])
    busy, at_work_mw = crews_at_work(
        start, finish, np.array([0, 1, 0, -1]), 2,
        np.array([-1, 0, 1, 1]), np.array([[50.0, 70.0]]), months,
    )  # fmt: skip
    crew_days = (busy[0, :-1] * np.diff(months)[:, None]).sum(axis=0)
    assert crew_days.tolist() == pytest.approx([35.0, 55.5])
    # The hall is worked on from February to April; the job without a crew does not count.
    assert at_work_mw[0].tolist() == [0.0, 50.0, 50.0, 50.0, 0.0, 0.0]
