"""Money over time, against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattport.equations.discounting import (
    annuity_factor,
    discount_factor,
    levelised_cost,
    overlap_frac,
)


@pytest.mark.parametrize(
    ("rate_frac", "life_years", "published"),
    # Blank and Tarquin, Engineering Economy, compound interest tables, factor A/P.
    [(0.05, 10, 0.12950), (0.07, 5, 0.24389), (0.10, 20, 0.11746), (0.0, 4, 0.25)],
)
def test_annuity_factor_equals_published_tables(rate_frac, life_years, published):
    got = annuity_factor(np.array([rate_frac]), np.array([float(life_years)]))
    assert got[0] == pytest.approx(published, abs=6e-6)


@given(rate=st.floats(1e-4, 0.5), life=st.integers(1, 60))
def test_annuity_payments_discount_back_to_one(rate, life):
    payment = annuity_factor(np.array([rate]), np.array([float(life)]))[0]
    worth = discount_factor(np.array([rate]), np.arange(1.0, life + 1)).sum()
    assert payment * worth == pytest.approx(1.0, rel=1e-9)


def test_levelised_cost_is_nan_when_nothing_is_sold():
    zero = np.zeros((1, 3))
    assert np.isnan(levelised_cost(np.ones((1, 3)), zero, np.ones((1, 3)))[0])


@given(start=st.floats(-500, 5000), length=st.floats(0, 3000), n_bins=st.integers(1, 30))
def test_overlap_shares_sum_to_what_the_bins_cover(start, length, n_bins):
    edges = np.linspace(0.0, 3650.0, n_bins + 1)
    share = overlap_frac(np.array([start]), np.array([start + length]), edges)[0]
    span = max(length, 1e-6)
    covered = max(0.0, min(start + span, edges[-1]) - max(start, edges[0])) / span
    assert share.sum() == pytest.approx(covered, abs=1e-6)
    assert (share >= 0.0).all()


def test_overlap_of_a_hall_that_is_never_built_is_zero():
    share = overlap_frac(np.array([np.nan]), np.array([np.nan]), np.array([0.0, 1.0, 2.0]))
    assert (share == 0.0).all()
