"""Shares of a replica and power between measured batches, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.operation.replica import even_loads
from wattport.serving.aggregate import ServingCurve
from wattport.serving.token_power import TokenPower, mean_power_w


def test_the_gpus_of_a_replica_share_its_requests() -> None:
    load = np.array([0.0, 1.0, 2.0])
    flat = np.ones((3, 2))
    curve = ServingCurve(load, 4.0, flat, flat, load / 2.0, 100.0 + load, 200.0)
    assert even_loads(curve, 8, 1000.0).requests_per_gpu_s == pytest.approx(4.0 / 8)


def test_power_between_two_batches_is_straight_in_the_logarithm() -> None:
    power = TokenPower(
        batch=np.array([16.0, 256.0]), level_w=np.array([[100.0, 200.0], [300.0, 600.0]]),
        memory_frac=np.zeros((2, 1)),
    )  # fmt: skip
    # 64 is half way between 16 and 256 in factors.
    assert mean_power_w(power, 64.0) == pytest.approx(0.5 * (150.0 + 450.0))
