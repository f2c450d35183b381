"""Ramps from one minute to the next."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattport.energy.balance import step_means
from wattport.energy.ramp import Ramp


@given(
    length_s=st.lists(st.floats(0.5, 500.0), min_size=2, max_size=40),
    cut=st.integers(1, 39),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_ramp_is_that_of_minute_means_however_it_is_cut(
    length_s: list[float], cut: int, seed: int
) -> None:
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    edge_s = np.concatenate([[0.0], np.cumsum(length_s)])
    power_mw = rng.uniform(0.0, 100.0, len(length_s))
    cut = min(cut, power_mw.size - 1)
    ramp = Ramp()
    ramp.add(edge_s[: cut + 1], power_mw[:cut])
    ramp.add(edge_s[cut:], power_mw[cut:])
    whole = int(edge_s[-1] // 60.0)
    jumps = np.diff(step_means(edge_s, power_mw, 60.0)[:whole])
    assert ramp.rise_mw_per_min == pytest.approx(np.max(jumps, initial=0.0), abs=1e-9)
    assert ramp.fall_mw_per_min == pytest.approx(-np.min(jumps, initial=0.0), abs=1e-9)
