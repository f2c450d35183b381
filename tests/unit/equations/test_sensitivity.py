"""Drivers of a result, against models whose effects are known."""

import numpy as np
import pytest

from wattport.equations.sensitivity import input_effects, normal_scores


def test_slopes_recover_a_linear_model_with_correlated_inputs():
    rng = np.random.default_rng(3)
    common = rng.standard_normal(4000)
    inputs = np.column_stack(
        [common + 0.5 * rng.standard_normal(4000), common + 0.5 * rng.standard_normal(4000)]
    )
    # The second input does nothing by itself: only its friend does.
    result = 2.0 * normal_scores(inputs[:, 0]) + 0.1 * rng.standard_normal(4000)
    effects = input_effects(inputs, result)
    assert effects.slope == pytest.approx([2.0, 0.0], abs=0.02)
    assert abs(effects.rank_correlation[1]) > 0.7
    assert effects.explained_frac > 0.99


def test_monotone_curves_are_seen_whatever_their_shape():
    rng = np.random.default_rng(4)
    inputs = rng.lognormal(0.0, 2.0, (1000, 3))
    effects = input_effects(inputs, np.log(inputs[:, 1]))
    assert np.argmax(np.abs(effects.slope)) == 1
    assert effects.rank_correlation[1] == pytest.approx(1.0, abs=1e-3)


def test_pure_noise_rarely_passes_three_standard_errors():
    rng = np.random.default_rng(5)
    passed = 0
    for _ in range(20):
        effects = input_effects(rng.standard_normal((200, 60)), rng.standard_normal(200))
        passed += int((np.abs(effects.slope) > 3.0 * effects.standard_error).sum())
    assert passed <= 10  # 1,200 slopes, 0.27 % expected beyond three sigma


def test_a_constant_input_has_no_effect():
    rng = np.random.default_rng(6)
    inputs = np.column_stack([np.full(100, 5.0), rng.standard_normal(100)])
    effects = input_effects(inputs, inputs[:, 1])
    assert effects.slope[0] == pytest.approx(0.0, abs=1e-9)


def test_too_few_draws_are_refused():
    with pytest.raises(ValueError, match="cannot tell 10 inputs apart"):
        input_effects(np.zeros((25, 10)), np.zeros(25))
