from __future__ import annotations

import numpy as np
import pytest

from wattport.errors import WattportError
from wattport.serving.token_power import (
    TokenPower,
    autocorrelation_frac,
    decode_power_w,
    fit_token_power,
    mean_power_w,
    measured,
    peak_power_w,
    power_trace_w,
    prefill_power_w,
)

MODELS = ["Llama-3.1-8B", "Llama-3.1-70B", "Llama-3.1-405B"]


@pytest.mark.parametrize("model", MODELS)
def test_a_trace_has_the_power_and_the_memory_of_its_batch(model: str) -> None:
    power = measured(model)
    for k, batch in enumerate(power.batch):
        trace = power_trace_w(power, batch, 40_000, seed=1)
        assert trace.min() >= 0.0
        assert trace.mean() == pytest.approx(power.level_w[k].mean(), rel=0.01)
        assert np.quantile(trace, 0.95) == pytest.approx(peak_power_w(power, batch), rel=0.02)


def test_the_memory_asked_for_is_the_memory_generated() -> None:
    stream = np.random.default_rng(4)
    level = np.sort(1000.0 + 200.0 * stream.exponential(size=64))
    wanted = 0.7 ** np.arange(1, 13)
    power = TokenPower(np.array([8.0, 16.0]), np.array([level, level]), np.array([wanted] * 2))
    got = autocorrelation_frac(power_trace_w(power, 12, 200_000, seed=2), 12)
    assert got == pytest.approx(wanted, abs=0.03)


def test_same_seed_same_trace_and_a_longer_one_begins_alike() -> None:
    power = measured("Llama-3.1-8B")
    one, two = (power_trace_w(power, 40, 500, seed=9) for _ in range(2))
    assert (one == two).all()
    assert not (one == power_trace_w(power, 40, 500, seed=10)).all()
    assert power_trace_w(power, 40, 900, seed=9)[:500] == pytest.approx(one)


def test_a_batch_between_two_lies_between_them() -> None:
    power = measured("Llama-3.1-70B")
    assert mean_power_w(power, 64) < mean_power_w(power, 80) < mean_power_w(power, 96)
    assert mean_power_w(power, 4) > 0.0
    watts = decode_power_w(power, 256, 480.0)
    assert len(watts) == 257
    assert watts[64] == pytest.approx(peak_power_w(power, 64, 0.5))
    assert watts[256] < prefill_power_w(power)


def test_a_model_that_was_not_measured_is_refused() -> None:
    with pytest.raises(WattportError, match="no measured power"):
        measured("Llama-9")
    with pytest.raises(WattportError, match="needs two"):
        fit_token_power({8: np.ones(20)})


def test_constant_power_has_no_memory_and_stays_constant() -> None:
    power = fit_token_power({8: np.full(40, 300.0), 32: np.full(40, 300.0)})
    assert (power_trace_w(power, 16, 50, seed=1) == 300.0).all()
