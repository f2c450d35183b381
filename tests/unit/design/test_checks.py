"""Value and limit of each check, worked by hand for the campus of two halls."""

import math

import pytest

from wattport.design import size

GRID_MW = 21.985  # of both halls, as docs/worked_example.md has it
BUSWAY_FRAC = 2.5 * 0.0165 * 0.025 / 0.4**2  # lost in a run at its 2.5 MW
UPS_IDLE_FRAC, UPS_SQUARE_FRAC = 0.00680, 0.02264  # lost in a UPS, of its rating


def check_of(design, code):
    return next(item for item in design.checks if item.code == code)


def fault_ka(grid_mva, rating_mva, impedance, n_parallel, voltage_kv):
    """Fault behind transformers in ohms: grid and transformers one after the other."""
    grid_ohm = 1.1 * voltage_kv**2 / grid_mva
    each_ohm = impedance * voltage_kv**2 / rating_mva
    each_ohm *= 0.95 * 1.1 / (1.0 + 0.6 * impedance)
    return 1.1 * voltage_kv / math.sqrt(3.0) / (grid_ohm + each_ohm / n_parallel)


def into_ups_frac(output_frac):
    return output_frac + UPS_IDLE_FRAC + UPS_SQUARE_FRAC * output_frac**2


@pytest.mark.parametrize(
    ("code", "value", "limit"),
    [
        ("DES001-1", GRID_MW / 2.0, 12.0),
        ("DES001-2", GRID_MW, 24.0),
        # Four modules of 2.5 MW are left for 10 MW and for what the busways lose.
        ("DES003", 1.0 + BUSWAY_FRAC, 1.12),
        ("DES004", into_ups_frac(1.0 + BUSWAY_FRAC) * 2.5 / 0.99 / 3.15, 1.0),
        ("DES005", fault_ka(1000.0, 25.0, 0.12, 1, 20.0), 25.0),
        ("DES006", fault_ka(1000.0, 3.15, 0.08, 1, 0.4), 100.0),
        ("DES007", 5.0 * 0.8, 2.5),
        ("DES009", 1000.0 / GRID_MW, 3.0),
        ("DES010", 24.0, 1000.0),
        ("DES011", 2.0, 2.0),
        ("DES012", GRID_MW / 20.0, 1.2),
        ("DES014", 41.88, 45.0 - 4.0),
    ],
)
def test_checks_of_the_small_campus(small, code, value, limit):
    check = check_of(size(small()), code)
    assert check.value[0] == pytest.approx(value, rel=2e-4)
    assert check.limit[0] == pytest.approx(limit, rel=1e-12)


def test_design_day_with_the_spare_coolers_out(small):
    # 9.9 MW into water, 99 kW of CDUs and 80 kW of pumps on six coolers of 2 MW.
    of_rating = (9.9 * 1.01 * 1.008) / 12.0
    approach_k = 16.0 * (of_rating + 0.36 * (1.0 - of_rating)) - 10.0
    expected = (36.0 + approach_k - 40.0) / (approach_k + 10.0)
    check = check_of(size(small()), "DES013")
    assert 0.0 < expected < 0.15
    assert check.value[0] == pytest.approx(expected, rel=1e-9)
    assert check.limit.tolist() == [0.15]


def test_a_module_of_frames_that_are_larger_than_it(small):
    # Three modules of 3.4 MW carry 10 MW and are left when one of four is out; each has three
    # frames of 1.25 MW behind a busway of 3.4 MW.
    share = 10.0 / (3 * 3.4)
    of_module = share + 3.4 * 0.0165 * 0.025 / 0.4**2 * share**2
    of_frames = of_module * 3.4 / 3.75
    design = size(small("campus.modules.rating_mw=3.4"))
    assert check_of(design, "DES003").value[0] == pytest.approx(of_frames, rel=1e-9)
    mva = into_ups_frac(of_frames) * 3.75 / 0.99
    assert check_of(design, "DES004").value[0] == pytest.approx(mva / 3.15, rel=1e-4)


def test_without_a_spare_the_others_carry_what_is_lost(small):
    # Three of four modules are left for 10 MW.
    of_ups = 4.0 / 3.0 + BUSWAY_FRAC * (4.0 / 3.0) ** 2
    design = size(small("campus.modules.topology=n"))
    assert check_of(design, "DES003").value[0] == pytest.approx(of_ups, rel=1e-9)
    mva = into_ups_frac(of_ups) * 2.5 / 0.99
    assert check_of(design, "DES004").value[0] == pytest.approx(mva / 3.15, rel=1e-4)


def test_two_transformers_for_a_module_share_its_load_but_add_to_its_fault_current(small):
    one, two = (
        size(
            small(f"campus.modules.n_transformers={n}", "campus.modules.transformer=mv_lv_3150_20")
        )
        for n in (1, 2)
    )
    assert check_of(two, "DES004").value[0] == pytest.approx(
        check_of(one, "DES004").value[0] / 2.0, rel=1e-9
    )
    fault = fault_ka(1000.0, 3.15, 0.08, 2, 0.4)
    assert check_of(two, "DES006").value[0] == pytest.approx(fault, rel=1e-9)
    assert not check_of(two, "DES006").is_passed


def test_a_connection_in_steps_is_checked_step_by_step(small):
    # The first tranche carries one hall of 10.99 MW, not two; the second gives 22 MW in all.
    spec = small("grid.tranches[0].power_mw=11.5", "grid.connection_mw=22", "campus.design_pue=1.1")
    design = size(spec)
    assert design.hall_tranche.tolist() == [[0, 1]]
    assert check_of(design, "DES001-1").value[0] == pytest.approx(GRID_MW / 2.0, rel=1e-4)
    assert check_of(design, "DES001-2").value[0] == pytest.approx(GRID_MW, rel=1e-4)
    assert check_of(design, "DES001-2").limit.tolist() == [22.0]


def test_missing_reactive_power_is_what_the_remedy_compensates(small):
    design = size(small("grid.power_factor_min_frac=0.99"))
    check = check_of(design, "DES008")
    drawn = GRID_MW * math.tan(math.acos(check.value[0]))
    allowed = GRID_MW * math.tan(math.acos(0.99))
    assert f"compensate {drawn - allowed:.0f} Mvar" in check.remedy
    assert "compensate 0 Mvar" in check_of(size(small()), "DES008").remedy


def test_the_remedy_of_the_record_day_says_what_pads_would_reach(small):
    # Pads of 70 % bring the air from 41.3 C to 0.3 x 41.3 + 0.7 x 24.9 = 29.8 C; 2.21 K more.
    assert "wet the dry coolers (reaches 32.0 C)" in check_of(size(small()), "DES014").remedy
