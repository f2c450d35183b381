"""Years of the ledger."""

import numpy as np
import pytest

from wattport.calendar.years import monthly_to_yearly_mean, year_edge_day


def test_leap_years_are_longer():
    assert np.diff(year_edge_day(np.arange(2026, 2030))).tolist() == [365, 365, 366, 365]


def test_a_constant_month_by_month_is_its_own_mean():
    months = np.arange(0.0, 720.0, 30.0)
    mean = monthly_to_yearly_mean(np.full((2, months.size), 7.0), months, np.array([0.0, 365.0]))
    assert mean == pytest.approx(np.full((2, 1), 7.0))
