"""How likely a date and a sum hold together."""

import numpy as np
import pytest

from wattport.calendar.epoch import date_of
from wattport.ledger.confidence import joint_confidence


def test_joint_share_counts_draws_by_hand() -> None:
    ready = np.array([100.0, 200.0, 300.0, np.nan])
    cost = np.array([4e9, 8e9, 6e9, 5e9])
    found = joint_confidence(ready, cost, (250.0,), (6.5e9,))
    d, s = found.date_day.tolist().index(250.0), found.sum_eur.tolist().index(6.5e9)
    assert found.joint_frac[d, s] == 0.25
    # All that are ever ready, at any cost: three of four.
    assert found.joint_frac[-1, -1] == 0.75


def test_shares_rise_with_date_and_sum_and_stay_below_either() -> None:
    rng = np.random.default_rng(3)
    ready, cost = rng.normal(1200.0, 150.0, 500), rng.lognormal(23.0, 0.2, 500)
    found = joint_confidence(ready, cost)
    assert (np.diff(found.joint_frac, axis=0) >= 0.0).all()
    assert (np.diff(found.joint_frac, axis=1) >= 0.0).all()
    in_time = (ready[:, None] <= found.date_day).mean(axis=0)
    within = (cost[:, None] <= found.sum_eur).mean(axis=0)
    assert (found.joint_frac <= np.minimum(in_time[:, None], within) + 1e-12).all()
    assert found.joint_frac[-1, -1] == 1.0
    assert all(date_of(float(day)).day == 1 for day in found.date_day)
    assert max(found.joint_frac.shape) <= 9


@pytest.mark.parametrize("asked", [(), (1095.0,)])
def test_a_campus_that_is_never_ready_keeps_no_date(asked: tuple[float, ...]) -> None:
    found = joint_confidence(np.full(3, np.nan), np.full(3, 5e9), asked, (float("nan"),))
    assert found.date_day.tolist() == list(asked)
    assert (found.joint_frac == 0.0).all()
    assert np.isfinite(found.sum_eur).all()


def test_one_draw_is_in_its_own_table() -> None:
    found = joint_confidence(np.array([1000.0]), np.array([5e9]))
    assert found.joint_frac[-1, -1] == 1.0


def test_a_promise_of_both_needs_both() -> None:
    """Half are in time and half are cheap, and none is both."""
    ready = np.array([100.0, 100.0, 900.0, 900.0])
    cost = np.array([9e9, 9e9, 1e9, 1e9])
    found = joint_confidence(ready, cost, (500.0,), (5e9,))
    d, s = found.date_day.tolist().index(500.0), found.sum_eur.tolist().index(5e9)
    assert found.joint_frac[d, s] == 0.0
    assert found.joint_frac[d, -1] == 0.5
    assert found.joint_frac[-1, s] == 0.5


def test_on_the_day_and_to_the_euro_is_kept() -> None:
    found = joint_confidence(np.array([500.0]), np.array([5e9]), (500.0, 499.0), (5e9, 4.9e9))
    share = {
        (day, euro): found.joint_frac[i, k]
        for i, day in enumerate(found.date_day.tolist())
        for k, euro in enumerate(found.sum_eur.tolist())
    }
    assert share[500.0, 5e9] == 1.0
    assert share[499.0, 5e9] == share[500.0, 4.9e9] == 0.0
