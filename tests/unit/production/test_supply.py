"""Orders, lots and arrivals."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.production.supply import arrival_day, part_cost_eur
from wattport.spec.campus.plants import Supplier

IDS = np.array([0, 1])


def supplier(**changes: object) -> Supplier:
    given = {
        "item": "switchgear",
        "n_per_unit": 1.0,
        "lead_time_weeks": 10.0,
        "ordered_ahead_weeks": 12.0,
        "lot_units": 3,
        "lot_spread_cv_frac": 0.0,
        "unit_price_eur": 100.0,
        "price_drift_frac_per_year": 0.0,
    }
    return Supplier.model_construct(**(given | changes))


PLAN = np.array([[500.0, 510.0, 520.0, 530.0]] * 2)


def test_a_lot_is_ordered_for_its_first_unit() -> None:
    arrived = arrival_day(supplier(), PLAN, 1, IDS, 0)
    assert arrived[0].tolist() == [486.0, 486.0, 486.0, 516.0]


def test_no_order_before_its_day() -> None:
    arrived = arrival_day(supplier(), PLAN, 1, IDS, 0, orders_from_day=440.0)
    assert arrived[0].tolist() == [510.0, 510.0, 510.0, 516.0]


def test_lots_spread_around_the_lead_time_and_stay_in_order() -> None:
    plan = np.tile(np.arange(3000.0), (2, 1))
    part = supplier(lot_units=1, lot_spread_cv_frac=0.2)
    arrived = arrival_day(part, plan, 1, IDS, 0)
    assert (np.diff(arrived, axis=1) >= 0.0).all()
    lead = arrived.mean(axis=1) - plan.mean() + 84.0
    np.testing.assert_allclose(lead, 70.0, rtol=0.02)
    assert not np.array_equal(arrived[0], arrived[1])
    np.testing.assert_array_equal(arrival_day(part, plan[1:], 1, IDS[1:], 0)[0], arrived[1])


def test_price_on_delivery() -> None:
    part = supplier(lead_time_weeks=365.25 / 7.0, price_drift_frac_per_year=0.1)

    class Buyer:
        suppliers = (part, part)

    cost = part_cost_eur(Buyer(), np.array([10.0]))  # type: ignore[arg-type]
    assert cost[0] == pytest.approx(2200.0)
