"""Losses of the power chain of one hall, worked by hand in kW from nameplates."""

import math

import numpy as np
import pytest

from wattport.catalog import Transformer, Ups, find
from wattport.design.chain import (
    choose_equipment,
    module_stages,
    n_feeders_per_hall,
    n_ups_per_module,
    rack_supply,
    site_stages,
    stage_input_frac,
    ups_curve,
)
from wattport.spec.campus.campus import UpsMode

HALL_MW = 10.0
POWER_FACTOR = 0.99  # of the UPS input


def loss_kw(stage, output_mw):
    """Loss of a stage of the 10 MW hall for the power that leaves it."""
    return 1000.0 * (stage_input_frac(stage, np.array([output_mw / HALL_MW]))[0] * HALL_MW
                     - output_mw)  # fmt: skip


def stages_of(spec, n_modules):
    kit = choose_equipment(spec)
    return module_stages(spec, kit, np.array([n_modules]))


@pytest.mark.parametrize(
    ("hall_mw", "expected"),
    [
        (9.85, 2),  # 9.95 MVA: one feeder of 10 MVA carries it, one is spare
        (9.95, 3),  # 10.05 MVA, though below 10 MW
        (19.75, 3),
        (19.85, 4),
    ],
)
def test_feeders_carry_apparent_power_with_one_to_spare(small, hall_mw, expected):
    cable = choose_equipment(small()).cable
    assert cable.rating_mva == 10.0
    assert n_feeders_per_hall(np.array([hall_mw]), cable, POWER_FACTOR).tolist() == [expected]


def test_frames_of_a_module_are_whole(small):
    ups = find(Ups, "galaxy_vxl_1250")
    for rating, expected in ((2.5, 2), (2.51, 3), (3.4, 3), (1.25, 1), (0.3, 1)):
        spec = small(f"campus.modules.rating_mw={rating}")
        assert n_ups_per_module(spec, ups).tolist() == [expected]


@pytest.mark.parametrize("n_transformers", [1, 2, 3])
@pytest.mark.parametrize("n_modules", [4, 5])
def test_module_transformers_lose_iron_each_and_copper_by_apparent_load(
    small, n_transformers, n_modules
):
    spec = small(f"campus.modules.n_transformers={n_transformers}")
    transformer, _, _ = stages_of(spec, n_modules)
    n_units = n_modules * n_transformers
    each_mva = 10.3195 / n_units / POWER_FACTOR
    expected = n_units * (1.98 + 23.0 * (each_mva / 3.15) ** 2)
    assert loss_kw(transformer, 10.3195) == pytest.approx(expected, rel=1e-9)


def test_busways_lose_by_the_square_of_three_currents(small):
    busway = stages_of(small(), 5)[2]
    # 2 MW in each of five runs of 25 m at 400 V.
    ampere = 2e6 / (math.sqrt(3.0) * 400.0)
    expected_w = 5 * 3.0 * ampere**2 * 0.0165 * 0.025
    assert loss_kw(busway, 10.0) == pytest.approx(expected_w / 1000.0, rel=1e-9)


@pytest.mark.parametrize(
    ("mode", "half_frac", "full_frac"),
    [(UpsMode.DOUBLE_CONVERSION, 0.976, 0.971), (UpsMode.ECO, 0.989, 0.991)],
)
def test_each_mode_has_its_published_efficiency(mode, half_frac, full_frac):
    idle, linear, square = ups_curve(find(Ups, "galaxy_vxl_1250"), mode)
    for load, published in ((0.5, half_frac), (1.0, full_frac)):
        reached = load / (load + idle + linear * load + square * load**2)
        assert reached == pytest.approx(published, abs=0.001)


def test_ups_run_at_the_share_of_all_their_frames(small):
    # Modules of 3.4 MW have three frames of 1.25 MW; five share 10 MW, so that each frame gives
    # 10 / 18.75 of its rating, and nearly what the datasheet says of half load is lost.
    ups = stages_of(small("campus.modules.rating_mw=3.4"), 5)[1]
    assert ups.rating_over_it_frac[0] == pytest.approx(18.75 / HALL_MW)
    assert loss_kw(ups, 10.0) == pytest.approx(10_000.0 * (1.0 / 0.976 - 1.0), rel=0.02)


def test_cables_lose_by_the_square_of_their_apparent_power(small):
    spec = small()
    kit = choose_equipment(spec)
    cable = site_stages(spec, kit, np.array([3.0]), np.array([5.0]))[1]
    each_mva = 10.951 / POWER_FACTOR / 3.0
    expected_mw = 3.0 * each_mva**2 * 0.101 * 0.4 / 20.0**2
    assert loss_kw(cable, 10.951) == pytest.approx(1000.0 * expected_mw, rel=1e-9)


def test_hv_transformers_lose_iron_each_and_copper_by_apparent_load(small):
    spec = small()
    kit = choose_equipment(spec)
    # Two units of 25 MVA for this hall alone.
    rating_over_it = np.array([2 * 25.0 * POWER_FACTOR / HALL_MW])
    hv = site_stages(spec, kit, np.array([3.0]), rating_over_it)[0]
    expected = 2 * (15.0 + 93.0 * (10.955 / POWER_FACTOR / 50.0) ** 2)
    assert loss_kw(hv, 10.955) == pytest.approx(expected, rel=1e-9)


def test_rack_supplies_lose_by_their_label(small):
    # Titanium, installed 1.9 times: at all of IT an input of 1 / 1.9 lies just above the label's
    # half load, at which 0.5 / 0.96 goes in and 4 % of it is lost; at full load 9 % is.
    supply = rack_supply(choose_equipment(small()), 3)
    half_in, full_in = 0.5 / 0.96, 1.0 / 0.91
    above = (1.0 / 1.9 - half_in) / (full_in - half_in)
    expected = 1.9 * (half_in * 0.04 + above * (full_in * 0.09 - half_in * 0.04))
    assert supply.it_load_frac[-1] == 1.0
    assert supply.loss_over_it_frac[-1] == pytest.approx(expected, rel=1e-9)
    assert supply.rating_over_it_frac.tolist() == [1.9] * 3


def test_equipment_follows_from_the_voltages(small, dunkerque):
    assert choose_equipment(small()).cable.voltage_kv == 20.0
    kit = choose_equipment(dunkerque())
    assert kit.cable.voltage_kv == find(Transformer, kit.hv.key).low_kv == 33.0
    assert kit.busway.voltage_kv == kit.mv_lv.low_kv == 0.4
