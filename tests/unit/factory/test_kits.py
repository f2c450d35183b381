"""Orders, lots, arrivals and the price of a kit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wattport.factory import simulate_factory
from wattport.factory.kits import kit_price_eur, kits_of, planned_start_day
from wattport.factory.layout import lay_out
from wattport.spec import load_factory
from wattport.spec.factory.factory import Factory


def shop(n_per_unit: int = 1, **supplier: Any) -> dict[str, Any]:
    switchgear = {
        "part": "switchgear", "lead_time_weeks": 10, "ordered_ahead_weeks": 12, "lot_units": 3,
        "unit_price_eur": 100,
    }  # fmt: skip
    return {
        "name": "shop",
        "plants": [{"name": "plant", "stations": [{"name": "bay", "n_bays": 1, "n_buffer": 0}]}],
        "products": [
            {
                "name": "module",
                "kit": [{"part": "switchgear", "n_per_unit": n_per_unit}],
                "operations": [{"name": "work", "station": "bay", "cycle_h": 24}],
            }
        ],
        "suppliers": [switchgear | supplier],
    }


def drawn(n_draws: int = 2, **supplier: Any) -> Factory:
    return load_factory(shop(**supplier)).draw(n_draws, 1)


PLAN = np.array([500.0, 510.0, 520.0, 530.0])


def arrived(factory: Factory, plan: np.ndarray = PLAN) -> np.ndarray:
    return kits_of(factory, (plan,))["switchgear", 0]


def test_a_lot_is_ordered_for_its_first_unit() -> None:
    assert arrived(drawn())[0].tolist() == [486.0, 486.0, 486.0, 516.0]


def test_no_order_before_its_day() -> None:
    days = arrived(drawn(orders_from="2027-03-17"))  # day 440
    assert days[0].tolist() == [510.0, 510.0, 510.0, 516.0]


def test_a_unit_waits_for_all_its_pieces() -> None:
    days = arrived(drawn(n_per_unit=2))
    # Lots of three pieces: the second unit takes the last of the first lot and waits for the next.
    assert days[0].tolist() == [486.0, 496.0, 496.0, 516.0]


def test_the_last_lot_is_whole_when_it_overtakes() -> None:
    plan = np.arange(7.0)
    part = {"lot_spread_cv_frac": 0.6, "lead_time_weeks": 30}
    days = arrived(drawn(200, **part), plan)
    # Two whole lots come before the third, or one whole lot that overtook stands among them.
    assert (days[:, 0] == days[:, 2]).all()
    assert (days[:, 3] == days[:, 5]).all()


def test_lots_spread_around_the_lead_time_and_stay_in_order() -> None:
    plan = np.arange(3000.0)
    of = drawn(lot_units=1, lot_spread_cv_frac=0.5)
    days = arrived(of, plan)
    assert (np.diff(days, axis=1) >= 0.0).all()
    np.testing.assert_allclose(days.mean(axis=1) - plan.mean() + 84.0, 70.0, rtol=0.03)
    assert not np.array_equal(days[0], days[1])
    np.testing.assert_array_equal(arrived(of.slice(1, 2), plan)[0], days[1])


def test_a_lot_keeps_its_luck_when_a_second_source_delivers_others() -> None:
    plan = np.arange(60.0)
    given = shop(lot_spread_cv_frac=0.1)
    one = arrived(load_factory(given).draw(2, 1), plan)
    given["suppliers"].append(given["suppliers"][0] | {"supplier": "the same again"})
    two = arrived(load_factory(given).draw(2, 1), plan)
    np.testing.assert_array_equal(one, two)


def test_sources_take_turns_and_the_first_named_delivers_first() -> None:
    given = shop()
    given["suppliers"].append(given["suppliers"][0] | {"supplier": "quick", "lead_time_weeks": 4})
    days = arrived(load_factory(given).draw(1, 1))
    # Lots of three for days 500 and 530, ordered 84 days ahead: 70 days and 28 days later.
    assert days[0].tolist() == [474.0, 474.0, 474.0, 486.0]


def test_a_ramp_starts_slowly_and_ends_at_the_full_rate() -> None:
    given = shop()
    given["plants"][0] |= {"opening": "2027-01-01", "ramp_months": 12, "ramp_start_frac": 0.2}
    factory = load_factory(given).draw(1, 1)
    clock = lay_out(factory).hours.clocks[0]
    starts = planned_start_day(factory.plants[0], clock, 1.0 / 24.0, 900) - 365.0
    # One a day at full rate: after d days of the ramp 0.2 d + 0.4 d^2 / 365.25 are started.
    days = starts[[50, 100, 200]]
    np.testing.assert_allclose(0.2 * days + 0.4 * days**2 / 365.25, [50, 100, 200], atol=1.0)
    assert np.diff(starts[400:]) == pytest.approx(1.0, abs=0.01)


def test_a_plan_for_a_plant_that_opens_too_late_is_for_its_last_day() -> None:
    given = shop()
    given["plants"][0] |= {"opening": "2055-12-31", "days_per_week": 4}
    factory = load_factory(given).draw(1, 1)
    clock = lay_out(factory).hours.clocks[0]
    starts = planned_start_day(factory.plants[0], clock, 1.0 / 24.0, 3)
    assert starts.tolist() == [clock.start_h[-1] / 24.0] * 3


def test_the_plan_is_made_at_central_values() -> None:
    given = shop()
    given["plants"][0] |= {
        "ramp_months": {"value": 6, "low": 1, "high": 24},
        "ramp_start_frac": 0.2,
    }
    given["products"][0]["operations"][0]["cycle_h"] = {"value": 24, "low": 12, "high": 60}
    many = lay_out(load_factory(given).draw(20, 1))
    central = lay_out(load_factory(given).draw(1, 1))
    same = slice(0, len(central.planned_day[0]))
    np.testing.assert_array_equal(many.planned_day[0][same], central.planned_day[0])
    assert len(np.unique(many.kits["switchgear", 0], axis=0)) == 1


def test_a_plan_starts_what_its_rate_makes() -> None:
    factory = load_factory(shop()).draw(1, 1)
    floor = lay_out(factory)
    starts = planned_start_day(factory.plants[0], floor.hours.clocks[0], 1.0 / 24.0, 900)
    assert np.diff(starts[1:]) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("n_per_unit", [1, 2])
def test_price_on_delivery_of_all_pieces(n_per_unit: int) -> None:
    year = {"lead_time_weeks": 365.25 / 7.0, "price_drift_frac_per_year": 0.1}
    of = drawn(n_per_unit=n_per_unit, **year)
    assert kit_price_eur(of, 0).tolist() == pytest.approx([110.0 * n_per_unit] * 2)
    answer = simulate_factory(load_factory(shop(n_per_unit, **year)), draws=2)
    rate = answer.products[0].rate_per_year.mean
    assert answer.part_cost_eur_per_year == pytest.approx(110.0 * n_per_unit * rate)
