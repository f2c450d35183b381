"""Thinned points of a run stand in the middle of their stretch."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.energy.thinned import Thinned


def test_a_point_stands_in_the_middle_of_its_stretch() -> None:
    thinned = Thinned(3600.0, 3 * 3600.0, 1)
    begin_ms = np.array([0, 3_600_000, 7_200_000])
    length_ms = np.full(3, 3_600_000)
    thinned.add(begin_ms, length_ms, np.ones((3, 1)))
    assert thinned.hour.tolist() == pytest.approx([0.5, 1.5, 2.5])
