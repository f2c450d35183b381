"""Cooling plant of one hall of 10 MW, worked by hand."""

from dataclasses import replace

import numpy as np
import psychrolib
import pytest

from wattport.catalog import Rack, find
from wattport.design.cooling import (
    cooling_power_frac,
    fleet_liquid_frac,
    kept_it_frac,
    reach_supply,
    size_plant,
    wet_bulb_on_day_c,
)

LIQUID_FRAC, LOSS_FRAC = 0.99, 0.032
HEAT_MW = 9.9 * 1.01 * 1.008  # into water, with what CDUs and pumps add
LEAVING_MAX_C = 10.0  # warmest water of the chiller's published curves
LARGE_HALL = ("campus.it_mw=100", "campus.hall_it_mw=100", "grid.connection_mw=130")


def plant_of(spec, liquid_frac=LIQUID_FRAC):
    return size_plant(spec, np.array([liquid_frac]), np.array([LOSS_FRAC]))


def curve(coefficients, x, y):
    return np.dot(coefficients, [1.0, x, x * x, y, y * y, x * y])


CAPACITY = (-0.2660645697, 0.0998714035, -0.0023814154, 0.0628316481, -0.0009644649, -0.0011249224)
POWER = (0.1807017787, 0.0271530312, -0.0004553574, 0.0188175079, 0.0002623276, -0.0012881189)


def cop(water_c, outdoor_c):
    """COP of the trim chiller at full load: its curves, then Carnot's law beyond them."""

    def carnot(water, outdoor):
        return (water - 4.0 + 273.15) / max(outdoor + 12.0 - (water - 4.0), 15.0)

    water, outdoor = min(water_c, LEAVING_MAX_C), max(outdoor_c, 23.89)
    published = 3.1 / curve(POWER, water, outdoor)
    return published * carnot(water_c, outdoor_c) / carnot(water, outdoor)


def approach_k(of_rating):
    """Water above air where heat and flow fall alike: 16 K x q x r - 10 K, r by the water side."""
    return 16.0 * of_rating * (1.0 + 0.36 * (1.0 / of_rating - 1.0)) - 10.0


def test_heat_of_the_hall_goes_into_water_and_air(small):
    plant, _ = plant_of(small())
    assert plant.liquid_heat_mw[0] == pytest.approx(HEAT_MW, rel=1e-12)
    # What racks leave in the air and what the modules lose there, and the fans that move it.
    assert plant.air_heat_mw[0] == pytest.approx((0.1 + 0.32) * 1.03 * 1.008, rel=1e-12)


def test_units_with_their_spares(small):
    plant, _ = plant_of(small(*LARGE_HALL, "campus.cooling.n_spare_frac=0.25"), liquid_frac=0.9)
    # Of 100 MW 90 go into water, 91.6 with CDUs and pumps, and 13.2 into the air.
    assert plant.n_dry_coolers_needed.tolist() == [46]
    assert plant.n_dry_coolers.tolist() == [46 + 12]
    assert plant.n_cdus.tolist() == [45 + 12]
    assert plant.n_pumps.tolist() == [5 + 2]
    assert plant.n_trim_chillers.tolist() == [10]  # 13.7 MW in units of 1.5 MW
    assert plant.n_air_chillers.tolist() == [10]  # 13.6 MW with the fans


def test_racks_limit_the_water_less_what_the_cdu_needs(small):
    _, plant = plant_of(small())
    assert plant.facility_supply_max_c.tolist() == [45.0 - 4.0]
    assert plant.dry_cooler_over_heat_frac[0] == pytest.approx(16.0 / HEAT_MW, rel=1e-12)


def test_a_fleet_of_two_kinds_of_rack(small):
    racks = (find(Rack, "vr_nvl72_max_q"), find(Rack, "gb300_nvl72"))
    # 95 % GPU racks: 0.95 + 0.05 x 0.8 = 0.99 of the first kind, 0.95 x 0.9 = 0.855 of the second.
    for halls_mw, expected in (
        ([[30.0, 10.0]], 0.95625),
        ([[0.0, 5.0]], 0.855),
        ([[0.0, 0.0]], 0.99),
    ):
        found = fleet_liquid_frac(small(), racks, np.array(halls_mw))
        assert found[0] == pytest.approx(expected, rel=1e-12)


def test_water_on_a_hot_day_with_chillers_in_the_hotter_air(small):
    spec = small()
    _, plant = plant_of(spec)
    above = approach_k(HEAT_MW / 16.0)
    share = 0.15 * curve(CAPACITY, LEAVING_MAX_C, 41.3) / curve(CAPACITY, LEAVING_MAX_C, 36.0)
    supply, trimmed = reach_supply(spec, plant, np.array([41.3]))
    assert trimmed[0] == pytest.approx(share, rel=1e-9)
    assert supply[0] == pytest.approx(41.3 + above - share * (above + 10.0), rel=1e-9)


def test_chillers_take_a_larger_share_of_less_heat(small):
    spec = small()
    _, plant = plant_of(spec)
    # 31 % of the coolers' rating: some are shut off, so that each has its least flow of 40 %.
    above = approach_k(0.4)
    share = 0.15 * curve(CAPACITY, LEAVING_MAX_C, 45.0) / curve(CAPACITY, LEAVING_MAX_C, 36.0) / 0.5
    supply, trimmed = reach_supply(spec, plant, np.array([45.0]), 0.5)
    assert trimmed[0] == pytest.approx(share, rel=1e-9)
    assert supply[0] == pytest.approx(45.0 + above - share * (above + 10.0), rel=1e-9)


def test_the_share_kept_brings_the_water_to_its_limit(small):
    spec = small()
    _, plant = plant_of(spec)
    hot = np.array([43.0])
    kept = kept_it_frac(spec, plant, hot)[0]
    share = (
        0.15 * curve(CAPACITY, LEAVING_MAX_C, 43.0) / curve(CAPACITY, LEAVING_MAX_C, 36.0) / kept
    )
    above = approach_k(kept * HEAT_MW / 16.0)
    assert 0.1 < kept < 0.95
    assert 43.0 + above - share * (above + 10.0) == pytest.approx(41.0, abs=1e-4)
    assert kept_it_frac(spec, plant, np.array([36.0])).tolist() == [1.0]


def test_pads_bring_the_air_towards_its_wet_bulb(small):
    spec = small()
    _, plant = plant_of(spec)
    hot = np.array([41.3])
    dry, _ = reach_supply(spec, replace(plant, chiller_trim_frac=np.zeros(1)), hot)
    wet, _ = reach_supply(spec, replace(plant, chiller_trim_frac=np.zeros(1)), hot, is_wetted=True)
    wet_bulb = wet_bulb_on_day_c(spec, hot)[0]
    assert dry[0] - wet[0] == pytest.approx(0.7 * (41.3 - wet_bulb), rel=1e-9)


def test_hotter_air_keeps_the_moisture_of_the_design_day(small):
    psychrolib.SetUnitSystem(psychrolib.SI)
    ratio = psychrolib.GetHumRatioFromRelHum(36.0, 0.35, 101325.0)
    for dry_bulb in (36.0, 41.3):
        expected = psychrolib.GetTWetBulbFromHumRatio(dry_bulb, ratio, 101325.0)
        found = wet_bulb_on_day_c(small(), np.array([dry_bulb]))[0]
        assert found == pytest.approx(expected, abs=0.01)


def test_power_of_each_part_on_the_design_day(small):
    spec = small()
    _, plant = plant_of(spec)
    trimmed = np.array([0.06])
    cdu, pump, fans = 0.099, (9.9 + 0.099) * 0.008, 16.0 * 0.014
    walls = (0.1 + 0.32) * 0.030
    air_pump = (0.1 + 0.32 + walls) * 0.008
    chillers = (0.1 + 0.32 + walls + air_pump) / cop(18.0, 36.0)
    trim = 0.06 * HEAT_MW / cop(25.0, 36.0)
    found = cooling_power_frac(spec, plant, np.array([LOSS_FRAC]), np.array([36.0]), trimmed)
    assert 10.0 * found[0] == pytest.approx(
        cdu + pump + air_pump + fans + walls + chillers + trim, rel=1e-9
    )


@pytest.mark.parametrize(
    ("air_c", "mechanical_frac"),
    [
        (8.0, 0.0),  # the air is 10 K below the water of the coils: dry coolers do it alone
        (20.0, 0.5),  # 8 K of the 16 K of a chiller in series are missing
        (36.0, 1.0),
    ],
)
def test_air_is_cooled_freely_where_it_can_be(small, air_c, mechanical_frac):
    spec = small()
    _, plant = plant_of(spec)
    power = cooling_power_frac(spec, plant, np.array([LOSS_FRAC]), np.array([air_c]), np.zeros(1))
    without = cooling_power_frac(
        spec, plant, np.array([plant.liquid_frac[0] - 1.0]), np.array([air_c]), np.zeros(1)
    )
    walls = 0.42 * 0.030
    pumps = (0.42 + walls) * 0.008
    per_heat = mechanical_frac / cop(18.0, air_c) + (1.0 - mechanical_frac) * 0.014
    expected = walls + pumps + (0.42 + walls + pumps) * per_heat
    assert 10.0 * (power - without)[0] == pytest.approx(expected, rel=1e-9)


def test_sea_water_takes_pumps_for_fans(small):
    spec = small("site.sea.is_used=true")
    _, plant = plant_of(spec)
    at = (np.array([LOSS_FRAC]), np.array([36.0]), np.zeros(1))
    saved = cooling_power_frac(small(), plant, *at) - cooling_power_frac(spec, plant, *at)
    assert 10.0 * saved[0] == pytest.approx(16.0 * (0.014 - 0.008), rel=1e-9)
    # Warmest sea 12.7 + 6 C; no chiller needed.
    supply, trimmed = reach_supply(spec, plant, np.array([41.3]))
    assert trimmed.tolist() == [0.0]
    assert supply[0] == pytest.approx(18.7 + approach_k(HEAT_MW / 16.0), rel=1e-9)
