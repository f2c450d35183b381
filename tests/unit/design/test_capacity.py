"""Halls and tranches, against a plain loop over halls."""

from datetime import date, timedelta

import numpy as np
import pytest

from wattport.calendar.epoch import day_of
from wattport.design import size
from wattport.design.capacity import (
    admit,
    connection_work_days,
    module_need_day,
    newest_generation,
    tranche_power_mw,
    wanted_halls,
)
from wattport.errors import SpecError
from wattport.spec.campus.campus import RackGeneration
from wattport.spec.campus.programme import LinkType, Predecessor


def admitted_by_loop(hall_mw, power_mw, n_halls):
    result, used = [], 0.0
    for _ in range(n_halls):
        used += hall_mw
        fitting = [index for index, power in enumerate(power_mw) if used <= power + 1e-9]
        result.append(min(fitting) if fitting else -1)
    return result


def test_admission_equals_the_loop():
    power = np.array([[240.0, 10.0], [700.0, 500.0], [1200.0, 500.0], [1700.0, 900.0]])
    hall = np.array([56.65, 100.0])
    reached = admit(hall, power, 40)
    for draw in range(2):
        assert reached[draw].tolist() == admitted_by_loop(hall[draw], power[:, draw], 40)


def test_a_hall_that_fits_to_the_last_watt_is_admitted():
    assert admit(np.array([0.1]), np.array([[0.3]]), 3).tolist() == [[0, 0, 0]]


def test_tranches_are_capped_at_the_connection(dunkerque):
    spec = dunkerque(n=200)
    connection = spec.grid.connection_mw
    assert connection.min() < 1200.0
    power = tranche_power_mw(spec)
    np.testing.assert_array_equal(power[2], np.minimum(1200.0, connection))
    np.testing.assert_array_equal(power[3], connection)


def test_grid_basis_rounds_halls_down_and_it_basis_up(dunkerque):
    fixed = ("grid.connection_mw=1700", "campus.design_pue=1.2")
    on_grid = size(dunkerque(*fixed))
    assert on_grid.it_mw[0] == 1400.0  # 1,700 / 1.2 / 50 = 28.3
    on_it = size(dunkerque(*fixed, "campus.capacity_basis=it", "campus.it_mw=1310"))
    assert on_it.it_mw[0] == 1350.0


@pytest.mark.parametrize(
    ("overrides", "pue", "expected"),
    [
        (("grid.connection_mw=1700",), 1.2, 28),  # 1,700 / 1.2 / 50 = 28.3
        (("grid.connection_mw=1700",), 1.0, 34),
        (("grid.connection_mw=1680",), 1.2, 28),  # to the last watt
        (("campus.capacity_basis=it", "campus.it_mw=1310"), 1.2, 27),
        (("campus.capacity_basis=it", "campus.it_mw=1300"), 1.2, 26),
    ],
)
def test_halls_asked_for_count_it_power(dunkerque, overrides, pue, expected):
    assert wanted_halls(dunkerque(*overrides), np.array([pue])).tolist() == [expected]


def test_no_hall_is_missing_where_the_last_tranche_opens_the_connection(dunkerque):
    design = size(dunkerque("grid.connection_mw=1700", "campus.design_pue=1.2"))
    built = next(check for check in design.checks if check.code == "DES011")
    assert built.value.tolist() == built.limit.tolist() == [28.0]
    assert "DES102" not in {reason.code for reason in design.reasons}


def test_halls_without_a_tranche_are_not_built_and_the_reason_says_so(small):
    design = size(small("campus.it_mw=40"))
    assert design.it_mw[0] == 20.0
    assert design.n_modules[0] == 10
    reasons = {reason.code: reason for reason in design.reasons}
    assert "2 halls (20 MW of IT)" in reasons["DES102"].message
    failed = {check.code for check in design.checks if not check.is_passed}
    assert "DES011" in failed


def test_a_connection_below_one_hall_is_fatal(small):
    design = size(small("grid.connection_mw=5", "grid.tranches[0].power_mw=5"))
    assert design.it_mw[0] == 0.0
    assert design.n_modules[0] == 0
    assert design.hall_tranche.tolist() == [[-1]]
    assert np.isfinite(design.design_pue).all()
    fatal = [reason.code for reason in design.reasons if reason.is_fatal]
    assert fatal == ["DES101"]


def test_racks_fill_the_hall_in_whole_racks(small):
    design = size(small("campus.gpu_rack_frac=0.949"))
    assert design.hall_n_racks.tolist() == [[49, 49]]
    assert design.hall_n_gpus.tolist() == [[49 * 72, 49 * 72]]


def test_each_hall_takes_the_newest_rack_of_its_tranche(dunkerque):
    spec = dunkerque("grid.connection_mw=1700")
    assert newest_generation(spec, spec.grid.tranches[0].date) == 0
    assert size(spec).hall_generation.max() == 0


def test_modules_are_wanted_before_the_energising_work(small):
    spec = small()
    # Set one module (5), connect (10), energise (5): 20 working days, 28 calendar days.
    assert connection_work_days(spec).tolist() == [20.0]
    first, second = spec.grid.tranches
    days = module_need_day(spec, np.array([[0, 1]]))
    expected = [day_of(first.date) + 10.0 - 28.0, day_of(second.date) + 10.0 - 28.0]
    assert days.tolist() == [expected]


def with_connection_after(spec, *how):
    activities = tuple(
        item.model_copy(update={"after": how}) if item.name == "MV connection" else item
        for item in spec.programme.hall_activities
    )
    programme = spec.programme.model_copy(update={"hall_activities": activities})
    return spec.model_copy(update={"programme": programme})


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ({}, 20.0),  # 5 + 10 + 5
        ({"lag_days": -2.0}, 18.0),
        ({"lag_days": 14.0, "is_lag_elapsed": True}, 30.0),  # ten of the 14 days are worked
        ({"link": LinkType.START_TO_START, "lag_days": 3.0}, 18.0),  # from day 3 to day 13
        ({"link": LinkType.FINISH_TO_FINISH, "lag_days": 7.0}, 17.0),  # it ends on day 5 + 7
        ({"link": LinkType.START_TO_FINISH, "lag_days": 11.0}, 16.0),  # it ends on day 0 + 11
    ],
)
def test_work_after_the_last_module_follows_each_kind_of_link(small, held, expected):
    how = Predecessor(activity="set and connect modules", **held)
    assert connection_work_days(with_connection_after(small(), how)).tolist() == [expected]


def test_the_longest_of_several_paths_counts(small):
    long = Predecessor(activity="set and connect modules", lag_days=4.0)
    short = Predecessor(activity="set and connect modules", link=LinkType.START_TO_START)
    for order in ((long, short), (short, long)):
        assert connection_work_days(with_connection_after(small(), *order)).tolist() == [24.0]


def test_halls_of_one_tranche_are_spaced_back_from_its_date(small):
    days = module_need_day(small(), np.array([[0, 0, 0, 1, -1]]))
    assert np.diff(days[0, :3]).tolist() == [28.0, 28.0]
    assert np.isnan(days[0, 4])


def with_racks(spec, *racks):
    generations = tuple(RackGeneration(generation=key, available_from=day) for key, day in racks)
    campus = spec.campus.model_copy(update={"rack_generations": generations})
    return spec.model_copy(update={"campus": campus})


def test_a_fleet_changes_generation_between_tranches(dunkerque):
    spec = with_racks(
        dunkerque("grid.connection_mw=1700"),
        ("vr_nvl72_max_q", date(2029, 6, 1)),
        ("gb300_nvl72", date(2027, 1, 1)),
        ("kyber_nvl144", date(2031, 1, 1)),
    )
    design = size(spec)
    # Four halls open in 2028, eight in 2029, nine in 2030 and nine in 2031.
    expected = [1] * 4 + [0] * 17 + [2] * 9
    assert design.hall_generation[0].tolist() == expected
    assert design.hall_n_racks[0, [0, 4, 21]].tolist() == [309, 231, 73]
    assert design.hall_n_gpus[0, 21] == 73 * 144
    assert design.rack_kw.tolist() == [190.0, 142.0, 600.0]
    assert 0.88 * 0.9 < design.cooling.liquid_frac[0] < 0.976


def test_a_rack_is_available_on_its_very_day(dunkerque):
    opening = dunkerque().grid.tranches[1].date
    racks = (("gb300_nvl72", date(2027, 1, 1)), ("vr_nvl72_max_q", opening))
    spec = with_racks(dunkerque(), *racks)
    assert newest_generation(spec, opening) == 1
    assert newest_generation(spec, opening - timedelta(days=1)) == 0


def test_a_hall_before_every_generation_takes_the_first_and_says_so(small):
    design = size(with_racks(small(), ("vr_nvl72_max_q", date(2028, 12, 1))))
    assert design.hall_generation.tolist() == [[0, 0]]
    assert "DES105" in {reason.code for reason in design.reasons}
    assert "DES105" not in {reason.code for reason in size(small()).reasons}
    later, sooner = ("vr_nvl72_max_q", date(2029, 6, 1)), ("gb300_nvl72", date(2028, 12, 1))
    assert size(with_racks(small(), later, sooner)).hall_generation.tolist() == [[1, 1]]


def test_an_unknown_rack_is_told_with_its_path(small):
    with pytest.raises(SpecError) as caught:
        size(with_racks(small(), ("vr_nvl72_maxq", date(2027, 1, 1))))
    assert caught.value.findings[0].path == "campus.rack_generations[0].generation"
