"""GPUs: caps, racks and batches."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.catalog import Gpu, find, keys
from wattport.energy.gpu import (
    LEAST_CLOCK_FRAC,
    cap_gpu,
    fit_batch_power,
    gpu_power_w,
)


@pytest.mark.parametrize("key", keys(Gpu))
def test_powers_of_each_generation_are_in_order(key):
    gpu = find(Gpu, key)
    assert 0.0 < gpu.idle_w < gpu.active_w <= gpu.max_w


def test_a_cap_above_the_draw_does_nothing():
    gpu = find(Gpu, "h100_sxm")
    capped = cap_gpu(gpu, 0.3, 400.0, 1.0)
    assert float(capped.clock_frac) == float(capped.speed_frac) == 1.0
    assert capped.power_w == pytest.approx(gpu_power_w(gpu, 0.3))


def test_a_cap_that_cannot_be_met_leaves_the_lowest_clock():
    capped = cap_gpu(find(Gpu, "h100_sxm"), 1.0, 80.0, 1.0)
    assert float(capped.clock_frac) == LEAST_CLOCK_FRAC
    assert float(capped.power_w) > 80.0


def test_a_batch_curve_needs_no_order():
    batch = np.array([512.0, 8.0, 64.0, 128.0])
    power = 420.0 + 290.0 * batch / (batch + 30.0)
    a, b = fit_batch_power(batch, power), fit_batch_power(batch[::-1], power[::-1])
    assert a.power_w(64.0) == pytest.approx(b.power_w(64.0), rel=1e-6)
    assert a.power_w(32.0) == pytest.approx(420.0 + 290.0 * 32.0 / 62.0, rel=1e-4)
