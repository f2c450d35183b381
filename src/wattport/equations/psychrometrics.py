"""
Moist air: saturation, humidity, wet bulb, dew point, enthalpy and density.

Coolers see the wet bulb and fans move dry-air mass, while weather files give
dry bulb, relative humidity and pressure; these are the relations between them.
Every function broadcasts over NumPy arrays and trusts its inputs.

References
----------
ASHRAE Handbook - Fundamentals (SI), 2017, chapter 1: equations 5 and 6
(saturation pressure), 20 and 21 (humidity ratio), 26 (volume), 30 (enthalpy),
33 and 35 (wet bulb), and section "Thermodynamic wet-bulb temperature".
"""

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray

WATER_TO_AIR_MASS_RATIO = 0.621945
DRY_AIR_J_PER_KG_K = 287.042
KELVIN_AT_0_C = 273.15
TRIPLE_POINT_C = 0.01

_ICE = (-5.6745359e3, 6.3925247, -9.677843e-3, 6.2215701e-7, 2.0747825e-9, -9.484024e-13)
_ICE_LOG = 4.1635019
_WATER = (-5.8002206e3, 1.3914993, -4.8640239e-2, 4.1764768e-5, -1.4452093e-8)
_WATER_LOG = 6.5459673

_WET_BULB_STEPS = 12
_DEW_POINT_STEPS = 10


def saturation_pressure_pa(dry_bulb_c: ArrayLike) -> FloatArray:
    """
    Return the pressure of water vapour in equilibrium with water or ice.

    Below the triple point the equilibrium is with ice, as in the tables.

    Parameters
    ----------
    dry_bulb_c : array_like
        Temperature. [degC, -100..200]

    Returns
    -------
    ndarray
        Saturation pressure. [Pa]

    Notes
    -----
    ASHRAE 2017, chapter 1, equations 5 (ice) and 6 (liquid water).

    Examples
    --------
    >>> saturation_pressure_pa(np.array([-10.0, 20.0])).round(1)
    array([ 259.9, 2338.8])
    """
    temperature_c = np.asarray(dry_bulb_c, dtype=np.float64)
    t = temperature_c + KELVIN_AT_0_C
    over_ice = _ICE[0] / t + _ICE[1] + t * (_ICE[2] + t * (_ICE[3] + t * (_ICE[4] + t * _ICE[5])))
    over_water = _WATER[0] / t + _WATER[1] + t * (_WATER[2] + t * (_WATER[3] + t * _WATER[4]))
    log_t = np.log(t)
    exponent = np.where(
        temperature_c <= TRIPLE_POINT_C,
        over_ice + _ICE_LOG * log_t,
        over_water + _WATER_LOG * log_t,
    )
    return np.asarray(np.exp(exponent))


def _saturation_slope_per_k(dry_bulb_c: FloatArray) -> FloatArray:
    """Return d ln(saturation pressure) / dT in 1/K."""
    t = dry_bulb_c + KELVIN_AT_0_C
    over_ice = (
        -_ICE[0] / t**2
        + _ICE[2]
        + t * (2 * _ICE[3] + t * (3 * _ICE[4] + t * 4 * _ICE[5]))
        + _ICE_LOG / t
    )
    over_water = (
        -_WATER[0] / t**2 + _WATER[2] + t * (2 * _WATER[3] + t * 3 * _WATER[4]) + _WATER_LOG / t
    )
    return np.where(dry_bulb_c <= TRIPLE_POINT_C, over_ice, over_water)


def humidity_ratio_kg_per_kg(
    dry_bulb_c: ArrayLike, relative_humidity_frac: ArrayLike, pressure_pa: ArrayLike
) -> FloatArray:
    """
    Return the mass of water vapour per mass of dry air.

    Parameters
    ----------
    dry_bulb_c : array_like
        Dry bulb. [degC]
    relative_humidity_frac : array_like
        Relative humidity. [0..1]
    pressure_pa : array_like
        Station pressure. [Pa]

    Returns
    -------
    ndarray
        Humidity ratio. [kg water / kg dry air]

    Notes
    -----
    ``W = 0.621945 pw / (p - pw)`` (equation 20), ``pw = rh * pws``.

    Examples
    --------
    >>> humidity_ratio_kg_per_kg(25.0, 0.5, 101325.0).round(5)
    np.float64(0.00988)
    """
    vapour_pa = np.asarray(relative_humidity_frac) * saturation_pressure_pa(dry_bulb_c)
    return np.asarray(WATER_TO_AIR_MASS_RATIO * vapour_pa / (np.asarray(pressure_pa) - vapour_pa))


def relative_humidity_frac(
    dry_bulb_c: ArrayLike, humidity_ratio_kg_per_kg: ArrayLike, pressure_pa: ArrayLike
) -> FloatArray:
    """
    Return the relative humidity that belongs to a humidity ratio.

    Parameters
    ----------
    dry_bulb_c : array_like
        Dry bulb. [degC]
    humidity_ratio_kg_per_kg : array_like
        Humidity ratio. [kg water / kg dry air]
    pressure_pa : array_like
        Station pressure. [Pa]

    Returns
    -------
    ndarray
        Relative humidity; above 1 means fog. [frac]

    Notes
    -----
    The inverse of `humidity_ratio_kg_per_kg`.

    Examples
    --------
    >>> relative_humidity_frac(25.0, 0.00988, 101325.0).round(3)
    np.float64(0.5)
    """
    ratio = np.asarray(humidity_ratio_kg_per_kg)
    vapour_pa = np.asarray(pressure_pa) * ratio / (WATER_TO_AIR_MASS_RATIO + ratio)
    return np.asarray(vapour_pa / saturation_pressure_pa(dry_bulb_c))


def humidity_ratio_at_wet_bulb_kg_per_kg(
    dry_bulb_c: ArrayLike, wet_bulb_c: ArrayLike, pressure_pa: ArrayLike
) -> FloatArray:
    """
    Return the humidity ratio of air from its dry and wet bulb.

    Parameters
    ----------
    dry_bulb_c, wet_bulb_c : array_like
        Dry bulb and thermodynamic wet bulb, the latter not above. [degC]
    pressure_pa : array_like
        Station pressure. [Pa]

    Returns
    -------
    ndarray
        Humidity ratio, negative where no such air exists. [kg water / kg dry air]

    Notes
    -----
    Equation 33 (wet bulb at or above 0 degC) and 35 (iced bulb below).

    Examples
    --------
    >>> humidity_ratio_at_wet_bulb_kg_per_kg(30.0, 20.0, 101325.0).round(5)
    np.float64(0.01052)
    """
    dry, wet = np.asarray(dry_bulb_c, np.float64), np.asarray(wet_bulb_c, np.float64)
    saturated = humidity_ratio_kg_per_kg(wet, 1.0, pressure_pa)
    wetted = ((2501.0 - 2.326 * wet) * saturated - 1.006 * (dry - wet)) / (
        2501.0 + 1.86 * dry - 4.186 * wet
    )
    iced = ((2830.0 - 0.24 * wet) * saturated - 1.006 * (dry - wet)) / (
        2830.0 + 1.86 * dry - 2.1 * wet
    )
    return np.where(wet >= 0.0, wetted, iced)


def wet_bulb_c(
    dry_bulb_c: ArrayLike, relative_humidity_frac: ArrayLike, pressure_pa: ArrayLike
) -> FloatArray:
    """
    Return the thermodynamic wet-bulb temperature.

    It is the lowest temperature that evaporation into the air can reach, hence
    the floor of every wet cooler.

    Parameters
    ----------
    dry_bulb_c : array_like
        Dry bulb. [degC, -40..60]
    relative_humidity_frac : array_like
        Relative humidity. [0..1]
    pressure_pa : array_like
        Station pressure. [Pa]

    Returns
    -------
    ndarray
        Wet bulb, never above the dry bulb. [degC]

    Notes
    -----
    Solves equations 33 and 35 of the handbook by Newton steps from the dry
    bulb; both are increasing and nearly convex there, so the steps descend
    to the root.  Near 0 degC both a wetted and an iced bulb can balance: the
    wetted one is reported, and the iced one only where no wetted one exists.

    Examples
    --------
    >>> wet_bulb_c(np.array([25.0, 5.0]), np.array([0.5, 1.0]), 101325.0).round(2)
    array([17.89,  5.  ])
    """
    dry, humidity, pressure = np.broadcast_arrays(
        np.asarray(dry_bulb_c, np.float64),
        np.asarray(relative_humidity_frac, np.float64),
        np.asarray(pressure_pa, np.float64),
    )
    ratio = humidity_ratio_kg_per_kg(dry, humidity, pressure)
    is_wetted = humidity_ratio_at_wet_bulb_kg_per_kg(dry, 0.0, pressure) <= ratio
    is_wetted &= dry >= 0.0
    latent = np.where(is_wetted, 2501.0, 2830.0)
    latent_slope = np.where(is_wetted, -2.326, -0.24)
    water_slope = np.where(is_wetted, -4.186, -2.1)
    wet = np.where(is_wetted, dry, np.minimum(dry, 0.0))
    for _ in range(_WET_BULB_STEPS):
        saturated = humidity_ratio_kg_per_kg(wet, 1.0, pressure)
        slope = (
            saturated * (1.0 + saturated / WATER_TO_AIR_MASS_RATIO) * _saturation_slope_per_k(wet)
        )
        scale = latent + 1.86 * dry + water_slope * wet
        heat = (latent + latent_slope * wet) * saturated - 1.006 * (dry - wet) - ratio * scale
        heat_slope = (
            (latent + latent_slope * wet) * slope
            + latent_slope * saturated
            + 1.006
            - ratio * water_slope
        )
        wet = wet - heat / heat_slope
    return np.asarray(np.minimum(wet, dry))


def dew_point_c(dry_bulb_c: ArrayLike, relative_humidity_frac: ArrayLike) -> FloatArray:
    """
    Return the temperature at which the air's vapour would begin to condense.

    Parameters
    ----------
    dry_bulb_c : array_like
        Dry bulb. [degC, -100..200]
    relative_humidity_frac : array_like
        Relative humidity. [> 0, <= 1]

    Returns
    -------
    ndarray
        Dew point (frost point below 0.01 degC), never above the dry bulb. [degC]

    Notes
    -----
    Inverts `saturation_pressure_pa` by Newton steps on its logarithm, which is
    close to a straight line in ``1 / T``.

    Examples
    --------
    >>> dew_point_c(25.0, 0.5).round(2)
    np.float64(13.86)
    """
    dry = np.asarray(dry_bulb_c, np.float64)
    log_vapour = np.log(np.asarray(relative_humidity_frac) * saturation_pressure_pa(dry))
    dew = dry + np.zeros_like(log_vapour)
    for _ in range(_DEW_POINT_STEPS):
        log_saturated = np.log(saturation_pressure_pa(dew))
        dew = np.maximum(dew - (log_saturated - log_vapour) / _saturation_slope_per_k(dew), -100.0)
    return np.asarray(np.minimum(dew, dry))


def enthalpy_kj_per_kg(dry_bulb_c: ArrayLike, humidity_ratio_kg_per_kg: ArrayLike) -> FloatArray:
    """
    Return the enthalpy of moist air per mass of dry air.

    Parameters
    ----------
    dry_bulb_c : array_like
        Dry bulb. [degC]
    humidity_ratio_kg_per_kg : array_like
        Humidity ratio. [kg water / kg dry air]

    Returns
    -------
    ndarray
        Enthalpy above dry air and liquid water at 0 degC. [kJ / kg dry air]

    Notes
    -----
    ``h = 1.006 t + W (2501 + 1.86 t)``, equation 30.

    Examples
    --------
    >>> enthalpy_kj_per_kg(25.0, 0.00988).round(2)
    np.float64(50.32)
    """
    dry = np.asarray(dry_bulb_c, np.float64)
    return np.asarray(1.006 * dry + np.asarray(humidity_ratio_kg_per_kg) * (2501.0 + 1.86 * dry))


def dry_air_density_kg_per_m3(
    dry_bulb_c: ArrayLike, humidity_ratio_kg_per_kg: ArrayLike, pressure_pa: ArrayLike
) -> FloatArray:
    """
    Return the mass of dry air in a cubic metre of moist air.

    Fans and coolers are rated by dry-air mass flow, because it is conserved
    where vapour is added or removed.

    Parameters
    ----------
    dry_bulb_c : array_like
        Dry bulb. [degC]
    humidity_ratio_kg_per_kg : array_like
        Humidity ratio; 0 gives the density of dry air. [kg water / kg dry air]
    pressure_pa : array_like
        Station pressure. [Pa]

    Returns
    -------
    ndarray
        Dry air per volume of moist air. [kg/m3]

    Notes
    -----
    ``p / (Ra T (1 + W / 0.621945))``, the inverse of equation 26.

    Examples
    --------
    >>> dry_air_density_kg_per_m3(20.0, 0.0, 101325.0).round(4)
    np.float64(1.2042)
    """
    t = np.asarray(dry_bulb_c, np.float64) + KELVIN_AT_0_C
    moist = 1.0 + np.asarray(humidity_ratio_kg_per_kg) / WATER_TO_AIR_MASS_RATIO
    return np.asarray(np.asarray(pressure_pa) / (DRY_AIR_J_PER_KG_K * t * moist))
