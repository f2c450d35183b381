"""The balance of the campus, and steps that share energy out without bias."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.design import size
from wattport.energy.balance import between_events, campus_balance, step_edges, step_means
from wattport.spec import load


@pytest.fixture(scope="module")
def design():
    return size(load("small_20mw").draw(3, 7))


def test_each_stage_is_the_plain_curve(design):
    """Stage after stage, as a person would do it."""
    power, cooling, storage = 12.0, 1.5, -0.4
    balance = campus_balance(design, [0.0, 10.0], [power], [cooling], [storage], draw=1)
    at = power
    for row in reversed(range(len(design.chain))):
        stage = design.chain[row]
        if stage.carries == "it+cooling" and design.chain[row + 1].carries == "it":
            at += cooling + storage
        rating = stage.rating_over_it_frac[1] * design.it_mw[1]
        x = at / rating
        loss = rating * (
            stage.no_load_frac[1] + stage.linear_frac[1] * x + stage.square_frac[1] * x * x
        )
        assert balance.loss_mw[row, 0] == pytest.approx(loss, rel=1e-13)
        at += loss
    assert balance.grid_mw[0] == pytest.approx(at, rel=1e-13)
    assert balance.stage[-1] == "busway"


def test_losses_are_not_computed_from_means(design):
    """A load that swings loses more than its mean: the step must not hide that."""
    edge = np.arange(0.0, 3601.0, 60.0)
    it = np.where(np.arange(60) % 2 == 0, 20.0, 4.0)
    hour = campus_balance(design, edge, it, 1.0).every(3600.0)
    flat = campus_balance(design, [0.0, 3600.0], [12.0], 1.0)
    assert hour.it_mw == pytest.approx(flat.it_mw)
    assert hour.loss_mw.sum() > 1.05 * flat.loss_mw.sum()


def test_a_last_step_may_be_shorter():
    assert step_edges([0.0, 100.0], 30.0).tolist() == [0.0, 30.0, 60.0, 90.0, 100.0]
    assert step_edges([0.0, 90.0], 30.0).tolist() == [0.0, 30.0, 60.0, 90.0]
    assert step_edges([0.0, 10.0], 30.0).tolist() == [0.0, 10.0]
    np.testing.assert_allclose(step_means([0.0, 95.0, 100.0], [1.0, 3.0], 30.0)[-1], 2.0)


def test_jumps_at_the_same_time_make_one_interval_and_late_ones_none():
    edge, power = between_events(
        [0.0, 0.0, 4.0, 4.0, 20.0], [1.0, 2.0, -1.0, -1.0, 5.0], 10.0, 10.0
    )
    assert edge.tolist() == [0.0, 4.0, 10.0]
    assert power.tolist() == [13.0, 11.0]


def test_no_jump_at_all_is_one_interval():
    edge, power = between_events([], [], 3.0, 60.0)
    assert edge.tolist() == [0.0, 60.0]
    assert power.tolist() == [3.0]
