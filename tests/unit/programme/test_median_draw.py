"""The typical future: near the middle of every milestone, and a future that happened."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from wattport.programme.median_draw import typical_draw


def typical(day: np.ndarray) -> int:
    return typical_draw(SimpleNamespace(milestone_day=day))  # type: ignore[arg-type]


def test_of_futures_in_one_order_it_is_the_middle_one() -> None:
    day = np.linspace(0.0, 100.0, 21)[:, None] + np.array([0.0, 500.0])
    assert typical(day[np.random.default_rng(1).permutation(21)]) == int(
        np.flatnonzero(np.random.default_rng(1).permutation(21) == 10)[0]
    )


def test_one_far_milestone_rules_a_future_out() -> None:
    day = np.tile(np.arange(9.0)[:, None], (1, 3))
    day[4, 2] = 99.0
    assert typical(day) in (3, 5)


def test_what_is_never_reached_is_last_and_one_draw_is_typical() -> None:
    assert typical(np.array([[np.inf, np.nan]])) == 0
    assert typical(np.array([[np.inf], [3.0], [1.0]])) == 1
