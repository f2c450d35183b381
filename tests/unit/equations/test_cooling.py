"""Cooling formulas: against effectiveness-NTU, and against each other."""

import numpy as np
from scipy.optimize import brentq

from wattport.equations.cooling import (
    FAN_SPEED_MIN_FRAC,
    dry_cooler_approach_k,
    dry_cooler_speed_frac,
    fan_power_frac,
    pad_water_m3_per_mwh,
    pump_power_frac,
    supply_c,
    trim_frac,
    wetted_air_c,
)

APPROACH_K, DELTA_K = 6.0, 10.0
AIR_RESISTANCE_FRAC = 0.8


def effectiveness(ntu: float, ratio: float) -> float:
    if abs(1.0 - ratio) < 1e-9:
        return ntu / (1.0 + ntu)
    decay = np.exp(-ntu * (1.0 - ratio))
    return float((1.0 - decay) / (1.0 - ratio * decay))


def counterflow_approach_k(heat: float, speed: float, flow: float) -> float:
    """Approach of a counterflow cooler that meets the rated point at balanced capacity rates."""

    def conductance(ua: float, water: float, air: float) -> float:
        least, most = min(water, air), max(water, air)
        return effectiveness(ua / least, least / most) * least

    rated = brentq(
        lambda ua: conductance(ua, 1.0, 1.0) - DELTA_K / (APPROACH_K + DELTA_K), 0.01, 100.0
    )
    resistance = AIR_RESISTANCE_FRAC * speed**-0.6 + (1.0 - AIR_RESISTANCE_FRAC) * flow**-0.8
    return DELTA_K * heat / conductance(rated / resistance, flow, speed) - DELTA_K * heat / flow


def test_approach_law_follows_effectiveness_ntu(validation):
    errors = []
    for speed in np.linspace(0.2, 1.0, 17):
        for flow in np.linspace(0.4, 1.0, 7):
            exact = counterflow_approach_k(flow, speed, flow)
            if 2.0 < exact < 20.0:
                law = dry_cooler_approach_k(APPROACH_K, DELTA_K, flow, speed, flow)
                errors.append(float(law) - exact)
    validation(
        engine="design",
        quantity="dry-cooler approach, 2 to 20 K, root mean square",
        source="counterflow effectiveness-NTU, VDI Heat Atlas C1",
        reached=float(np.sqrt(np.mean(np.square(errors)))),
        allowed=0.3,
        unit="K",
        note="any air speed 0.2-1 and water flow 0.4-1",
    )
    validation(
        engine="design",
        quantity="dry-cooler approach, 2 to 20 K, worst",
        source="counterflow effectiveness-NTU, VDI Heat Atlas C1",
        reached=float(np.max(np.abs(errors))),
        allowed=1.0,
        unit="K",
    )


def test_speed_inverts_approach():
    speed = np.linspace(0.1, 1.0, 19)
    heat, flow = 0.7, 0.8
    approach = dry_cooler_approach_k(APPROACH_K, DELTA_K, heat, speed, flow)
    back = dry_cooler_speed_frac(APPROACH_K, DELTA_K, heat, approach, flow)
    np.testing.assert_allclose(back, speed, rtol=1e-12)


def test_speed_is_full_when_the_approach_cannot_be_held():
    assert dry_cooler_speed_frac(APPROACH_K, DELTA_K, 1.0, 5.9) == 1.0
    assert dry_cooler_speed_frac(APPROACH_K, DELTA_K, 1.0, -20.0) == 1.0


def test_no_heat_needs_no_fan():
    assert dry_cooler_speed_frac(APPROACH_K, DELTA_K, 0.0, 6.0) == 0.0


def test_approach_is_proportional_to_heat_at_full_flow():
    heat = np.linspace(0.1, 1.2, 12)
    np.testing.assert_allclose(dry_cooler_approach_k(6.0, 10.0, heat), 6.0 * heat, rtol=1e-12)


def test_fan_and_pump_power_are_continuous_and_rise():
    below, above = FAN_SPEED_MIN_FRAC - 1e-12, FAN_SPEED_MIN_FRAC
    np.testing.assert_allclose(fan_power_frac(below), fan_power_frac(above), rtol=1e-9)
    turn = np.linspace(0.0, 1.0, 101)
    for power in (fan_power_frac(turn), pump_power_frac(turn)):
        assert power[0] == 0.0
        assert power[-1] == 1.0
        assert np.all(np.diff(power) > 0.0)


def test_trim_share_brings_the_water_to_its_set_point():
    air = np.array([34.5, 36.0, 37.0])
    share = trim_frac(air, 40.0, 6.0, 10.0, 1.0)
    np.testing.assert_allclose(supply_c(air, 6.0, 10.0, share), 40.0, rtol=1e-12)


def test_trim_share_stops_at_what_is_installed():
    assert trim_frac(45.0, 40.0, 6.0, 10.0, 0.1) == 0.1
    assert supply_c(45.0, 6.0, 10.0, 0.1) > 40.0


def test_pads_cool_towards_the_wet_bulb_and_only_when_hot():
    air = wetted_air_c(np.array([27.9, 28.1]), 18.0, 1.0, 28.0)
    np.testing.assert_allclose(air, [27.9, 18.0])


def test_pads_evaporate_the_latent_heat_of_the_air_they_cool():
    # 1 MWh lifts the air by 10 K; pads that cooled it by 10 K took 1 MWh of latent heat.
    water = pad_water_m3_per_mwh(30.0, 20.0, 10.0, cycles=1e9)
    np.testing.assert_allclose(water, 3600.0 / 2430.0, rtol=1e-6)
