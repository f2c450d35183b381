"""What the design says of plans that cannot work as written: numbers by hand, and when."""

from datetime import date

import numpy as np
import pytest

from wattport.design import size
from wattport.spec.campus.campus import RackGeneration


def reason_of(design, code):
    return next((item for item in design.reasons if item.code == code), None)


def with_racks(spec, *racks):
    generations = tuple(RackGeneration(generation=key, available_from=day) for key, day in racks)
    campus = spec.campus.model_copy(update={"rack_generations": generations})
    return spec.model_copy(update={"campus": campus})


def test_a_hall_without_grid_is_told_with_its_power(small):
    design = size(small("grid.connection_mw=5", "grid.tranches[0].power_mw=5"))
    # 10.959 MW at 20 kV, and two transformers of 25 MVA that would carry this one hall.
    power = 10.959 + 2 * (0.015 + 0.093 * (10.959 / 0.99 / 50.0) ** 2)
    assert design.design_pue[0] == pytest.approx(power / 10.0, rel=1e-4)
    assert "needs 11.0 MW" in reason_of(design, "DES101").message
    assert reason_of(size(small()), "DES101") is None


def test_steps_of_the_fast_track_are_rounded_up(small):
    reason = reason_of(size(small("grid.fast_track_limit_mw=10")), "DES103")
    assert "connection of 24 MW is above the 10 MW" in reason.message
    assert "at least 3 connection steps" in reason.remedy
    assert reason_of(size(small("grid.fast_track_limit_mw=24")), "DES103") is None


def test_the_share_of_draws_is_counted(dunkerque):
    spec = dunkerque("grid.fast_track_limit_mw=1600", n=50)
    expected = np.mean(spec.grid.connection_mw > 1600.0)
    assert 0.0 < expected < 1.0
    assert reason_of(size(spec), "DES103").draw_frac == pytest.approx(expected)


def test_the_record_day_is_told_in_degrees(small):
    # 41.88 C where 41 C are allowed; see docs/worked_example.md.
    reason = reason_of(size(small()), "DES104")
    assert "at 41.3 C the cooling water reaches 41.9 C, 0.9 K above the 41.0 C" in reason.message
    assert reason_of(size(small("site.stress_day_c=40")), "DES104") is None


def test_pads_to_come_are_told_but_do_not_hide_the_shortage(small):
    dry = reason_of(size(small("campus.cooling.chiller_trim_frac=0")), "DES104")
    assert "reaches 43.5 C, 2.5 K above" in dry.message
    # Pads of 70 % bring the air from 41.3 C to 0.3 x 41.3 + 0.7 x 24.9 = 29.8 C.
    assert "is_adiabatic: true reaches 32.0 C" in dry.remedy


@pytest.mark.parametrize(
    ("available", "is_told"),
    [
        (date(2028, 7, 1), False),  # on the day of the first tranche
        (date(2028, 7, 2), True),
        (date(2029, 6, 1), True),
    ],
)
def test_racks_must_be_there_when_the_first_hall_opens(small, available, is_told):
    design = size(with_racks(small(), ("vr_nvl72_max_q", available)))
    assert (reason_of(design, "DES105") is not None) == is_told


def test_a_hall_too_small_for_a_rack_says_what_it_has_and_what_one_takes(small):
    spec = with_racks(
        small("campus.gpu_rack_frac=0.014"),
        ("vr_nvl72_max_q", date(2027, 1, 1)),
        ("gb300_nvl72", date(2026, 1, 1)),
    )
    reason = reason_of(size(spec), "DES106")
    assert "a hall has 140 kW for GPU racks, and one takes 142 kW" in reason.message
    assert reason.is_fatal


def test_what_fails_in_some_draws_is_not_fatal(small):
    shares = "campus.gpu_rack_frac={value: 0.02, low: 0.01, high: 0.03, shape: uniform}"
    spec = small(shares, n=40)
    reason = reason_of(size(spec), "DES106")
    assert not reason.is_fatal
    assert reason.draw_frac == pytest.approx(np.mean(spec.campus.gpu_rack_frac < 0.019))
    assert 0.0 < reason.draw_frac < 1.0
