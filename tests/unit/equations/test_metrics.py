"""Key figures of EN 50600-4, from round numbers."""

from __future__ import annotations

import numpy as np

from wattport.equations.metrics import (
    energy_reuse_factor_frac,
    power_usage_effectiveness,
    water_usage_effectiveness_l_per_kwh,
)


def test_figures_of_a_year() -> None:
    # 130 GWh for 100 GWh of IT, 26 GWh of heat used by others, 40,000 m3 of water.
    assert power_usage_effectiveness(130_000.0, 100_000.0) == 1.3
    assert energy_reuse_factor_frac(26_000.0, 130_000.0) == 0.2
    assert water_usage_effectiveness_l_per_kwh(40_000.0, 100_000.0) == 0.4


def test_a_year_without_it_has_no_figure_but_may_reuse_nothing() -> None:
    assert np.isnan(power_usage_effectiveness([5.0], [0.0])).all()
    assert np.isnan(water_usage_effectiveness_l_per_kwh([5.0], [0.0])).all()
    assert np.isnan(energy_reuse_factor_frac([0.0], [0.0])).all()
    assert energy_reuse_factor_frac([0.0], [5.0]).tolist() == [0.0]
