"""k-out-of-n availability against enumeration of every state."""

import itertools

import numpy as np
import pytest

from wattport.equations.availability import k_of_n_availability_frac, unit_availability_frac


def enumerated(k, n, works):
    return sum(
        np.prod([works if up else 1.0 - works for up in state])
        for state in itertools.product([True, False], repeat=n)
        if sum(state) >= k
    )


@pytest.mark.parametrize(("k", "n"), [(0, 3), (1, 1), (1, 2), (4, 5), (4, 4), (6, 9)])
def test_equals_enumeration(k, n):
    for works in (0.3, 0.9, 0.999):
        reached = k_of_n_availability_frac(k, n, works)
        np.testing.assert_allclose(reached, enumerated(k, n, works), rtol=1e-12)


def test_perfect_and_broken_units():
    assert k_of_n_availability_frac(4, 5, 1.0) == 1.0
    assert k_of_n_availability_frac(4, 5, 0.0) == 0.0


def test_unit_availability_from_a_year_of_failures():
    # One failure of 8.766 h a year is one part in a thousand of the year.
    np.testing.assert_allclose(unit_availability_frac(8766.0, 8.766), 1.0 / 1.001, rtol=1e-12)
