"""The ramp of an HPL run: power rises in a straight line to the plateau."""

from __future__ import annotations

import pytest

from wattport.energy.hpl import HplRun, hpl_power_w


def test_half_way_up_a_quarter_of_the_plateau_is_the_mean() -> None:
    run = HplRun(0.0, 1e6, 0.0, 1.0, 0.999, ramp_s=10.0)
    first, second, after = hpl_power_w(run, [0.0, 5.0, 10.0, 20.0]).tolist()
    assert first == pytest.approx(0.25, abs=1e-3)
    assert second == pytest.approx(0.75, abs=1e-3)
    assert after == pytest.approx(1.0, abs=1e-3)
