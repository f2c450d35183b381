"""The plants quarter by quarter and month by month."""

from __future__ import annotations

import numpy as np
import pytest
from paper_campus import campus

import wattport.spec
from wattport.factory.engine.line_records import BayState
from wattport.factory.engine.simulate import rows_of, simulate
from wattport.factory.layout import lay_out
from wattport.production import manufacture
from wattport.production.as_factory import factory_of
from wattport.production.history import mean_by_month, quarter_starts, states_by_quarter, stock_at
from wattport.production.orders import order_modules

DESIGN = campus([[40, 40], [40, 0]], [780.0, 800.0])


@pytest.fixture(scope="module")
def spec():
    return wattport.spec.load("dunkerque").draw(2, seed=4)


@pytest.fixture(scope="module")
def made(spec):
    return manufacture(spec, DESIGN)


def test_states_of_the_quarters_add_up_to_those_of_the_whole(spec) -> None:
    network = lay_out(factory_of(spec, order_modules(DESIGN))).network
    days = quarter_starts(np.array([500.0, 1300.0]))
    share = states_by_quarter(network, days)
    np.testing.assert_allclose(np.nansum(share, axis=0), 1.0)
    one = rows_of(network, np.array([0]))
    alone = states_by_quarter(one, days)
    whole = simulate(one).state_h[0]
    working = alone[BayState.WORKING] / np.maximum(1.0 - alone[-1], 1e-12)
    # The share over all open hours lies between the least and the most of the quarters.
    total = whole[:, BayState.WORKING] / whole.sum(axis=1)
    is_open = alone[-1] < 1.0 - 1e-9
    assert (total <= np.where(is_open, working, -np.inf).max(axis=1) + 1e-9).all()
    assert (total >= np.where(is_open, working, np.inf).min(axis=1) - 1e-9).all()


def test_off_before_the_opening_and_after_the_last_unit(made) -> None:
    assert made.state[-1] == "off"
    off = made.state_frac[-1]
    before = made.quarter_day + 92.0 < made.first_unit_day.min() - 250.0
    after = made.quarter_day > made.last_unit_day.max()
    assert (off[:, before] == 1.0).all()
    assert (off[:, after] > 1.0 - 1e-9).all()


def test_stocks_are_what_came_less_what_went(made) -> None:
    for day, stock in zip(made.month_day[1:], made.yard_units.T, strict=False):
        n_done = (made.enclosure_done_day < day).sum(axis=1)
        assert (stock >= 0.0).all()
        assert (stock <= n_done).all()
    assert (made.early_module_units >= 0.0).all()
    assert (made.part_stock_meur > -1e-9).all()
    np.testing.assert_allclose(made.yard_units[:, -1], 0.0)
    np.testing.assert_allclose(made.part_stock_meur[:, :, -1], 0.0, atol=1e-9)
    np.testing.assert_array_equal(made.need_units.sum(axis=1), [80, 40])


def test_lead_times_average_to_those_of_the_units(made) -> None:
    units = made.output_units[:, 1]
    total = np.nansum(np.where(units > 0, made.lead_days[:, 1], 0.0) * units, axis=1)
    np.testing.assert_allclose(total, np.nansum(made.module_line_days, axis=1))


def test_people_at_work_never_exceed_those_present(made) -> None:
    assert (made.n_people_busy[:, made.station_plant == 0].sum(axis=1) <= 60.0).all()
    assert (made.n_people_busy[:, made.station_plant == 1].sum(axis=1) <= 110.0).all()


def test_months_without_units_have_no_lead_time() -> None:
    mean = mean_by_month(np.array([[3.0, np.nan]]), np.array([[40.0, np.nan]]), np.arange(3) * 31.0)
    assert np.isnan(mean[0, 0])
    assert mean[0, 1] == 3.0


def test_stock_never_counts_what_is_not_there() -> None:
    never = np.full((1, 3), np.nan)
    np.testing.assert_array_equal(stock_at(never, never, np.array([1.0, 1e9])), np.zeros((1, 2)))


def test_first_draws_of_few_are_those_of_many() -> None:
    few = manufacture(wattport.spec.load("dunkerque").draw(2, seed=4), DESIGN)
    three = campus([[40, 40], [40, 0], [10, 0]], [1000.0, 1100.0])
    many = manufacture(wattport.spec.load("dunkerque").draw(3, seed=4), three)
    np.testing.assert_array_equal(many.what_if_last_module_day[:2], few.what_if_last_module_day)
    np.testing.assert_array_equal(many.relief_module_done_day[:2], few.relief_module_done_day)


def test_bays_that_are_in_use_are_not_off(made) -> None:
    """In the middle of the programme some station is open for nearly all of a quarter."""
    assert np.nanmin(made.state_frac[-1]) < 0.2
