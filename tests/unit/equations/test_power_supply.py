"""Power supplies at part load."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattport.catalog import Psu, find, keys
from wattport.equations.power_supply import (
    PUBLISHED_LOADS_FRAC,
    supply_loss_at_input,
    supply_loss_points,
)


@pytest.mark.parametrize("key", keys(Psu))
def test_the_label_is_met_from_the_input_side(key: str) -> None:
    psu = find(Psu, key)
    load = np.array(PUBLISHED_LOADS_FRAC)
    taken = load / np.array(psu.efficiencies_frac)
    lost = supply_loss_at_input(taken, *supply_loss_points(psu.efficiencies_frac))
    np.testing.assert_allclose((taken - lost) / taken, psu.efficiencies_frac, rtol=1e-12)


@given(load_frac=st.floats(0.0, 1.0))
def test_input_and_output_side_agree(load_frac: float) -> None:
    output, loss = supply_loss_points([0.90, 0.94, 0.96, 0.91])
    lost = float(np.interp(load_frac, output, loss))
    assert float(supply_loss_at_input(load_frac + lost, output, loss)) == pytest.approx(lost)


@given(input_frac=st.floats(0.0, 0.02))
def test_no_more_is_lost_than_goes_in(input_frac: float) -> None:
    points = supply_loss_points([0.90, 0.94, 0.96, 0.91])
    assert 0.0 <= float(supply_loss_at_input(input_frac, *points)) <= input_frac
