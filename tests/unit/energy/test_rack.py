"""Racks: the nameplate at full load, and supplies as good as published."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.catalog import Gpu, Psu, Rack, find, keys
from wattport.energy.rack import psu_loss_w, rack_power

IN_RACKS = [key for key in keys(Gpu) if find(Gpu, key).rack]


@pytest.mark.parametrize("key", IN_RACKS)
@pytest.mark.parametrize("psu", keys(Psu))
def test_a_rack_draws_its_nameplate_at_full_load(key, psu):
    gpu = find(Gpu, key)
    rack = find(Rack, gpu.rack)
    assert rack.n_gpus == gpu.domain_n_gpus
    power = rack_power(rack, gpu, find(Psu, psu), np.linspace(0.0, 1.0, 5))
    assert power.input_w[-1] == pytest.approx(rack.power_kw * 1000.0)
    assert np.all(np.diff(power.input_w) > 0.0)
    np.testing.assert_allclose(power.gpu_w + power.rest_w + power.psu_loss_w, power.input_w)
    assert 0.15 < power.input_w[0] / power.input_w[-1] < 0.35


@pytest.mark.parametrize("psu", keys(Psu))
def test_the_loss_curve_runs_through_the_published_efficiencies(psu):
    supply = find(Psu, psu)
    output = np.array([10e3, 20e3, 50e3, 100e3])
    efficiency = output / (output + psu_loss_w(supply, output, 100e3))
    published = [
        supply.efficiency_10_frac, supply.efficiency_20_frac, supply.efficiency_50_frac,
        supply.efficiency_100_frac,
    ]  # fmt: skip
    np.testing.assert_allclose(efficiency, published, rtol=1e-12)


def test_fewer_watts_for_each_part_of_a_rack_that_idles():
    gpu = find(Gpu, "gb200")
    power = rack_power(find(Rack, gpu.rack), gpu, find(Psu, "titanium"), 0.0)
    assert power.gpu_w == pytest.approx(72 * 140.0)
    assert power.psu_loss_w > 0.0
