"""HV transformers carry apparent power: active, reactive, and what they draw themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wattport.catalog import Transformer, find
from wattport.design import size
from wattport.design.substation import units_that_carry
from wattport.spec import load

LIMIT = "campus.substation.loading_limit_frac"


def loading_of_one(active_mw: float, reactive_mvar: float) -> float:
    """Of a 25 MVA unit that carries a load alone: its losses and its leakage count (by hand)."""
    squared = (active_mw**2 + reactive_mvar**2) / 25.0**2
    active = active_mw + 0.015 + 0.093 * squared
    reactive = reactive_mvar + 0.12 * squared * 25.0
    return math.hypot(active, reactive) / 25.0


def load_of_both_halls() -> tuple[float, float]:
    """At 20 kV: UPS inputs at 0.99, leakage of ten module transformers, drives at 0.95."""
    into_modules, all_of_it = 2 * 10.380, 2 * 10.955
    reactive = into_modules * math.tan(math.acos(0.99))
    each_mva = math.hypot(into_modules, reactive) / 10.0
    reactive += 10.0 * 0.08 * each_mva**2 / 3.15
    return all_of_it, reactive + (all_of_it - into_modules) * math.tan(math.acos(0.95))


def test_the_campus_needs_a_unit_more_where_only_active_power_would_fit() -> None:
    loading = loading_of_one(*load_of_both_halls())
    assert loading == pytest.approx(0.921, abs=0.002)
    above, below = (
        size(load("small_20mw", f"{LIMIT}={limit}").draw(1, seed=0))
        for limit in (loading + 0.005, loading - 0.005)
    )
    # One carries both halls and one is spare; below the limit it takes two. Active power alone
    # would load one unit to 0.88.
    assert above.n_hv_transformers.tolist() == [2]
    assert below.n_hv_transformers.tolist() == [3]
    check = next(item for item in above.checks if item.code == "DES002")
    assert check.value[0] == pytest.approx(loading, rel=1e-3)


def test_power_factor_at_the_grid_is_that_of_both_units() -> None:
    active, reactive = load_of_both_halls()
    squared = (active**2 + reactive**2) / 50.0**2
    grid = active + 2 * (0.015 + 0.093 * squared)
    design = size(load("small_20mw").draw(1, seed=0))
    check = next(item for item in design.checks if item.code == "DES008")
    expected = grid / math.hypot(grid, reactive + 0.12 * squared * 50.0)
    assert check.value[0] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("limit", [0.3, 0.6, 1.0])
def test_units_that_carry_are_the_fewest(limit: float) -> None:
    unit = find(Transformer, "hv_mv_25")
    active, reactive = np.linspace(1.0, 120.0, 40), np.linspace(30.0, 0.0, 40)
    counts = units_that_carry(active, reactive, unit, np.full(40, limit))
    for p, q, n in zip(active, reactive, counts, strict=True):
        assert loading_of_one(p / n, q / n) <= limit + 1e-9
        assert n == 1 or loading_of_one(p / (n - 1), q / (n - 1)) > limit
