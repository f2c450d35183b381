"""Moist air against PsychroLib, an independent implementation of the same handbook."""

import itertools

import numpy as np
import psychrolib
import pytest

from wattport.equations import psychrometrics as air

psychrolib.SetUnitSystem(psychrolib.SI)

DRY_C = np.arange(-20.0, 45.1, 2.5)
HUMIDITY_FRAC = np.array([0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97, 1.0])
PRESSURE_PA = np.array([96_000.0, 101_325.0, 104_000.0])
GRID = np.array(list(itertools.product(DRY_C, HUMIDITY_FRAC, PRESSURE_PA))).T


def both_bulbs_balance(dry, humidity, pressure):
    """Return where a wetted bulb at 0 degC is drier, an iced bulb wetter, than the air."""
    ratio = air.humidity_ratio_kg_per_kg(dry, humidity, pressure)
    wetted = air.humidity_ratio_at_wet_bulb_kg_per_kg(dry, 0.0, pressure)
    iced = air.humidity_ratio_at_wet_bulb_kg_per_kg(dry, -1e-9, pressure)
    return (wetted <= ratio) & (ratio <= iced)


def test_saturation_pressure_is_psychrolibs():
    t = np.linspace(-40.0, 60.0, 401)
    expected = [psychrolib.GetSatVapPres(x) for x in t]
    np.testing.assert_allclose(air.saturation_pressure_pa(t), expected, rtol=1e-12)


def test_saturation_pressure_of_the_steam_tables():
    # IAPWS: 611.657 Pa at the triple point, 101 418 Pa at 100 degC (within 0.1 %).
    found = air.saturation_pressure_pa(np.array([0.01, 100.0]))
    np.testing.assert_allclose(found, [611.657, 101_418.0], rtol=1e-3)


def test_humidity_dew_point_enthalpy_density_are_psychrolibs():
    dry, humidity, pressure = GRID
    ratio = air.humidity_ratio_kg_per_kg(dry, humidity, pressure)
    dew = air.dew_point_c(dry, humidity)
    for i in range(dry.size):
        t, rh, p = dry[i], humidity[i], pressure[i]
        assert ratio[i] == pytest.approx(psychrolib.GetHumRatioFromRelHum(t, rh, p), rel=1e-9)
        assert dew[i] == pytest.approx(psychrolib.GetTDewPointFromRelHum(t, rh), abs=0.002)
        assert air.enthalpy_kj_per_kg(t, ratio[i]) == pytest.approx(
            psychrolib.GetMoistAirEnthalpy(t, ratio[i]) / 1000.0, rel=1e-9
        )
        assert air.dry_air_density_kg_per_m3(t, ratio[i], p) == pytest.approx(
            1.0 / psychrolib.GetMoistAirVolume(t, ratio[i], p), rel=1e-4
        )


def test_relative_humidity_inverts_humidity_ratio():
    dry, humidity, pressure = GRID
    ratio = air.humidity_ratio_kg_per_kg(dry, humidity, pressure)
    np.testing.assert_allclose(air.relative_humidity_frac(dry, ratio, pressure), humidity)


def test_wet_bulb_is_psychrolibs_where_one_bulb_balances(validation):
    dry, humidity, pressure = GRID
    found = air.wet_bulb_c(dry, humidity, pressure)
    expected = np.array(
        [psychrolib.GetTWetBulbFromRelHum(t, rh, p) for t, rh, p in zip(*GRID, strict=True)]
    )
    is_double = both_bulbs_balance(dry, humidity, pressure)
    assert is_double.mean() < 0.06
    validation(
        engine="psychrometrics",
        quantity="wet bulb, -20..45 degC, 5-100 % humidity, largest error",
        source="PsychroLib 2.5 (ASHRAE Fundamentals 2017, ch. 1, eq. 33 and 35)",
        reached=float(np.abs(found - expected)[~is_double].max()),
        allowed=0.01,
        unit="K",
        note="outside the band near 0 degC where a wetted and an iced bulb both balance",
    )


def test_wet_bulb_closes_the_handbooks_balance_everywhere():
    dry, humidity, pressure = GRID
    found = air.wet_bulb_c(dry, humidity, pressure)
    back = air.humidity_ratio_at_wet_bulb_kg_per_kg(dry, found, pressure)
    ratio = air.humidity_ratio_kg_per_kg(dry, humidity, pressure)
    np.testing.assert_allclose(back, ratio, atol=1e-9)
    # Where two bulbs balance, ours is the wetted one.
    assert (found[both_bulbs_balance(dry, humidity, pressure) & (dry >= 0.0)] >= -1e-9).all()


def test_wet_bulb_between_dew_point_and_dry_bulb():
    dry, humidity, pressure = GRID
    found = air.wet_bulb_c(dry, humidity, pressure)
    assert (found <= dry).all()
    is_above_frost = air.dew_point_c(dry, humidity) > 0.01
    assert (found >= air.dew_point_c(dry, humidity) - 1e-6)[is_above_frost].all()
    saturated = humidity == 1.0
    np.testing.assert_allclose(found[saturated], dry[saturated], atol=1e-6)
