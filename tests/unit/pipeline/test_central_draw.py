"""A single draw is central: the plan with every chance at its centre, whatever the seed."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.pipeline.stages import play
from wattport.programme.calendar import working_time
from wattport.programme.duration import draw_durations
from wattport.programme.weather_windows import draw_weather, mean_weather
from wattport.records import Case
from wattport.spec import load

OTHER_SEEDS = (1, 2, 2**62)


@pytest.fixture(scope="module")
def central() -> Case:
    return play("small_20mw", draws=1, seed=7)


@pytest.mark.parametrize("seed", OTHER_SEEDS)
def test_one_draw_is_the_same_for_any_seed(central: Case, seed: int) -> None:
    other = play("small_20mw", draws=1, seed=seed)
    for stage in ("design", "production", "programme", "operation", "ledger"):
        ours, theirs = getattr(central, stage), getattr(other, stage)
        arrays = {k: v for k, v in vars(ours).items() if isinstance(v, np.ndarray)}
        assert len(arrays) > 5
        for name, values in arrays.items():
            np.testing.assert_array_equal(values, getattr(theirs, name), err_msg=name)


def test_halls_are_alike_in_the_central_draw() -> None:
    spec = load("dunkerque").draw(1, 3)
    durations = draw_durations(spec, 5)
    written = [activity.duration_days for activity in spec.programme.hall_activities]
    for hall in range(5):
        np.testing.assert_array_equal(durations.hall_days[0, hall], np.concatenate(written))


def test_a_risk_happens_in_the_central_draw_where_it_is_likelier_than_not() -> None:
    for probability, happens in ((0.49, False), (0.51, True)):
        spec = load("dunkerque", f"programme.risks[0].probability_frac={probability}").draw(1)
        stretch = draw_durations(spec, 1).stretch_frac[0, :, 0]
        assert bool(stretch.any()) is happens


def test_each_month_loses_its_expected_share_in_the_central_draw() -> None:
    spec = load("dunkerque").draw(1)
    time = working_time(spec.programme)
    np.testing.assert_array_equal(
        draw_weather(spec, time).slope, mean_weather(spec.programme, time).slope
    )


def test_the_first_of_several_draws_is_not_central() -> None:
    spec = load("small_20mw")
    assert spec.draw(1, 5).is_central
    assert not spec.draw(2, 5).is_central
    assert not spec.draw(2, 5).slice(0, 1).is_central
    assert spec.draw(2, 5).slice(0, 1).seed == 5
