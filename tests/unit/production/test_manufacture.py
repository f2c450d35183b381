"""The two plants of the shipped scenario: shapes, causes, reasons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from paper_campus import campus

import wattport.spec
from wattport.production import manufacture

THREE = campus([[25, 25, 25], [25, 25, 0], [25, 10, 0]], [1200.0, 1100.0, 1300.0])


def load(*overrides: str, n_draws: int = 3):
    return wattport.spec.load("dunkerque", *overrides).draw(n_draws, seed=3)


def test_modules_are_numbered_by_need_and_padded() -> None:
    made = manufacture(load(), THREE)
    assert made.module_done_day.shape == (3, 75)
    assert made.module_hall[0].tolist() == [1] * 25 + [0] * 25 + [2] * 25
    assert made.module_hall[2].tolist() == [1] * 10 + [0] * 25 + [-1] * 40
    assert np.isfinite(made.module_done_day).sum(axis=1).tolist() == [75, 50, 35]
    assert (made.module_need_day[0, :25] == 1100.0).all()
    assert np.isnan(made.module_need_day[2, 35:]).all()
    assert made.station_plant.tolist() == [0] * 6 + [1] * 7


def test_output_and_stock_add_up() -> None:
    made = manufacture(load(), THREE)
    np.testing.assert_array_equal(made.output_units.sum(axis=2)[:, 1], [75, 50, 35])
    assert (made.wip_units >= 0.0).all()
    assert (made.wip_units[:, :, -1] == 0.0).all()
    total = made.working_frac + made.blocked_frac + made.starved_frac + made.down_frac
    np.testing.assert_allclose(total + made.unstaffed_frac, 1.0)


def test_no_module_leaves_before_its_enclosure() -> None:
    made = manufacture(load(), THREE)
    ok = np.isfinite(made.module_done_day)
    assert (made.module_done_day[ok] > made.enclosure_done_day[ok]).all()
    assert (made.module_n_tests[ok] >= 1).all()


def test_plants_that_open_when_all_is_over_are_a_reason_and_no_error() -> None:
    late = load("plants.enclosures.opening=2055-12-31", "plants.modules.opening=2055-12-31")
    made = manufacture(late, THREE)
    assert np.isnan(made.module_done_day).all()
    assert made.part_stock_meur[:, 1].max() == 0.0
    told = [reason for reason in made.reasons if reason.code == "MAK006"]
    assert len(told) == 1
    assert told[0].is_fatal
    assert told[0].draw_frac == 1.0


def test_a_draw_does_not_depend_on_its_neighbours() -> None:
    spec = load()
    whole = manufacture(spec, THREE)
    alone = manufacture(spec.slice(1, 2), campus([[25, 25, 0]], [1200.0, 1100.0, 1300.0]))
    np.testing.assert_array_equal(alone.module_done_day[0], whole.module_done_day[1, :50])
    np.testing.assert_array_equal(alone.part_cost_eur[0], whole.part_cost_eur[1])


def test_waits_are_charged_to_what_came_last() -> None:
    late_parts = load("plants.modules.suppliers[0].lead_time_weeks=110", n_draws=1)
    one = campus([[20]], [1500.0])
    made = manufacture(late_parts, one)
    assert made.module_kit_wait_days[0].sum() > 100.0
    late_enclosures = load("plants.enclosures.opening=2029-01-01", n_draws=1)
    made = manufacture(late_enclosures, one)
    assert made.module_enclosure_wait_days[0].sum() > 100.0
    assert made.module_kit_wait_days[0].sum() < 30.0


def test_second_shift_and_opening_move_the_dates() -> None:
    base = manufacture(load(n_draws=1), campus([[300]], [2000.0]))
    double = load("plants.modules.shifts=2", "plants.enclosures.shifts=2", n_draws=1)
    faster = manufacture(double, campus([[300]], [2000.0]))
    assert faster.last_unit_day[0, 1] < base.last_unit_day[0, 1] - 100.0
    assert faster.direct_fte[0].tolist() == [110.0, 200.0]


def test_price_drift_is_paid_for_the_wait() -> None:
    made = manufacture(load(n_draws=1), campus([[10]], [1500.0]))
    steel = 90_000.0 * 1.03 ** (10.0 * 7.0 / 365.25)
    assert made.part_cost_eur[0, 0] == pytest.approx(10 * steel)


@pytest.mark.parametrize(
    ("override", "code", "is_fatal"),
    [
        ("plants.modules.n_direct_staff=2", "MAK001", True),
        ("plants.modules.n_direct_staff=30", "MAK002", False),
        ("plants.modules.test.n_bays=2", "MAK003", False),
        ("plants.modules.n_direct_staff=60", "MAK008", False),
        ("plants.modules.bay_area_m2=400", "MAK005", False),
    ],
)
def test_reasons(override: str, code: str, is_fatal: bool) -> None:
    made = manufacture(load(override, n_draws=1), campus([[300]], [1500.0]))
    found = [reason for reason in made.reasons if reason.code == code]
    assert found
    assert found[0].is_fatal == is_fatal
    assert found[0].remedy


def test_no_module_ordered() -> None:
    made = manufacture(load(n_draws=1), campus([[0]], [np.nan]))
    assert made.module_done_day.shape == (1, 0)
    assert np.isnan(made.first_unit_day).all()


def test_halls_without_need_day_come_last() -> None:
    design = replace(THREE, hall_module_need_day=np.full((3, 3), np.nan))
    assert manufacture(load(), design).module_hall[0, 0] == 0
