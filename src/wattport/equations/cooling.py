"""
Liquid cooling: dry coolers, trim chillers, pumps, fans and wetted pads.

One set of formulas sizes the plant for the design day and plays it hour by hour, so that what
was designed is what runs. All are closed-form, elementwise and broadcast.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray

# Inlet-difference resistance of a dry cooler, split over air and water flow. Fitted to the
# counterflow effectiveness-NTU solution at balanced heat-capacity rates, rated approach 6 K and
# water rise 10 K (air side h ~ speed^0.6 with 80 % of the resistance, water side h ~ flow^0.8):
# 0.27 K rms and 0.9 K at most for approaches of 2 to 20 K; held by tests.
AIR_SHARE = 0.50
WATER_SHARE = 0.36

# Below this speed fans cycle instead of turning slower.
FAN_SPEED_MIN_FRAC = 0.2

# Static share of pump head: the differential pressure kept at the far end of the loop.
PUMP_STATIC_FRAC = 0.3

# Chilled water below the air it makes, across the coil of a fan wall.
AIR_COIL_APPROACH_K = 9.0

# What pads in the air stream add to the fans' pressure, wet or dry; a guess.
PAD_RESISTANCE_FRAC = 0.10

# Pumps do not turn slower than this share of rated flow.
LEAST_FLOW_FRAC = 0.4

LATENT_HEAT_MJ_PER_KG = 2.43  # of water near 30 C


def dry_cooler_approach_k(
    rated_approach_k: ArrayLike,
    loop_delta_k: ArrayLike,
    heat_frac: ArrayLike,
    speed_frac: ArrayLike = 1.0,
    flow_frac: ArrayLike = 1.0,
) -> FloatArray:
    """
    Leaving-water temperature of a dry cooler above its entering air.

    Less heat or more air brings the water closer to the air: this is what lets a plant with
    spare coolers turn its fans down for most of the year.

    Parameters
    ----------
    rated_approach_k : array_like
        Approach at rated heat, air and water flow. [K, > 0]
    loop_delta_k : array_like
        Water temperature drop at rated heat and flow. [K, > 0]
    heat_frac : array_like
        Heat carried over installed rating. [0 to 1.2]
    speed_frac : array_like, optional
        Fan speed, hence air flow, over rated. [0.2 to 1]
    flow_frac : array_like, optional
        Water flow over rated. [0.4 to 1.1]

    Returns
    -------
    ndarray
        Approach. [K]

    Notes
    -----
    ``(A0 + R0) q r - R0 q / w`` with the resistance ratio
    ``r = 1 + 0.50 (1/s - 1) + 0.36 (1/w - 1)``. At full air and water flow the approach is
    proportional to heat, which is exact for any constant effectiveness.

    References
    ----------
    Fitted to the counterflow effectiveness-NTU relation, VDI Heat Atlas, section C1.

    Examples
    --------
    >>> dry_cooler_approach_k(6.0, 10.0, np.array([0.5, 1.0]))
    array([3., 6.])
    """
    heat, flow = np.asarray(heat_frac, np.float64), np.asarray(flow_frac, np.float64)
    rated, delta = np.asarray(rated_approach_k, np.float64), np.asarray(loop_delta_k, np.float64)
    speed = np.asarray(speed_frac, np.float64)
    resistance = 1.0 + AIR_SHARE * (1.0 / speed - 1.0) + WATER_SHARE * (1.0 / flow - 1.0)
    return np.asarray((rated + delta) * heat * resistance - delta * heat / flow)


def dry_cooler_speed_frac(
    rated_approach_k: ArrayLike,
    loop_delta_k: ArrayLike,
    heat_frac: ArrayLike,
    approach_k: ArrayLike,
    flow_frac: ArrayLike = 1.0,
) -> FloatArray:
    """
    Fan speed that holds a wanted approach, the inverse of `dry_cooler_approach_k`.

    Parameters
    ----------
    rated_approach_k, loop_delta_k, heat_frac, flow_frac : array_like
        As in `dry_cooler_approach_k`.
    approach_k : array_like
        Wanted leaving water minus entering air. [K]

    Returns
    -------
    ndarray
        Speed over rated, from 0 to 1; 1 also where full speed cannot hold the approach.

    Examples
    --------
    >>> speed = dry_cooler_speed_frac(6.0, 10.0, 0.8, np.array([1.0, 4.8, 20.0]))
    >>> speed.round(3)
    array([1.   , 1.   , 0.296])
    """
    heat, flow = np.asarray(heat_frac, np.float64), np.asarray(flow_frac, np.float64)
    rated, delta = np.asarray(rated_approach_k, np.float64), np.asarray(loop_delta_k, np.float64)
    wanted = np.asarray(approach_k, np.float64)
    scale = np.maximum((rated + delta) * heat, 1e-9)
    resistance = (wanted + delta * heat / flow) / scale
    air = resistance - 1.0 - WATER_SHARE * (1.0 / flow - 1.0)
    # `air` is AIR_SHARE * (1/speed - 1): zero or less means that full speed is not enough.
    speed = AIR_SHARE / (AIR_SHARE + np.maximum(air, 0.0))
    return np.where(heat > 0.0, speed, 0.0)


def fan_power_frac(speed_frac: ArrayLike) -> FloatArray:
    """
    Fan power over rated at part speed.

    Fan laws give the cube of speed; below the least speed fans cycle, so that power falls
    only in proportion.

    Parameters
    ----------
    speed_frac : array_like
        Speed over rated. [0 to 1]

    Returns
    -------
    ndarray
        Power over rated. [0 to 1]

    References
    ----------
    ASHRAE Handbook, HVAC Systems and Equipment, fan laws.

    Examples
    --------
    >>> fan_power_frac(np.array([0.0, 0.1, 0.5, 1.0]))
    array([0.   , 0.004, 0.125, 1.   ])
    """
    speed = np.asarray(speed_frac, np.float64)
    cycling = FAN_SPEED_MIN_FRAC**2 * speed
    return np.where(speed < FAN_SPEED_MIN_FRAC, cycling, speed**3)


def pump_power_frac(flow_frac: ArrayLike) -> FloatArray:
    """
    Pump power over rated at part flow, with a differential pressure held at the far end.

    Parameters
    ----------
    flow_frac : array_like
        Flow over rated. [0 to 1.1]

    Returns
    -------
    ndarray
        Power over rated.

    Notes
    -----
    ``q (h + (1 - h) q**2)`` with the static share ``h = 0.3`` of the rated head.

    Examples
    --------
    >>> pump_power_frac(np.array([0.0, 0.5, 1.0]))
    array([0.    , 0.2375, 1.    ])
    """
    flow = np.asarray(flow_frac, np.float64)
    return np.asarray(flow * (PUMP_STATIC_FRAC + (1.0 - PUMP_STATIC_FRAC) * flow**2))


def wetted_air_c(
    dry_bulb_c: ArrayLike,
    wet_bulb_c: ArrayLike,
    effectiveness_frac: ArrayLike,
    start_c: ArrayLike,
) -> FloatArray:
    """
    Air temperature after adiabatic pads, which are wetted above a dry bulb.

    Parameters
    ----------
    dry_bulb_c, wet_bulb_c : array_like
        Outdoor air. [degC]
    effectiveness_frac : array_like
        Saturation effectiveness of the pads; 0 where there are none. [0 to 1]
    start_c : array_like
        Dry bulb above which the pads are wetted. [degC]

    Returns
    -------
    ndarray
        Air entering the coil. [degC]

    Examples
    --------
    >>> wetted_air_c(np.array([20.0, 36.0]), np.array([16.0, 23.0]), 0.7, 28.0)
    array([20. , 26.9])
    """
    dry, wet = np.asarray(dry_bulb_c, np.float64), np.asarray(wet_bulb_c, np.float64)
    effect = np.where(dry > np.asarray(start_c, np.float64), effectiveness_frac, 0.0)
    return np.asarray(dry - effect * np.maximum(dry - wet, 0.0))


def pad_water_m3_per_mwh(
    dry_bulb_c: ArrayLike, entering_c: ArrayLike, air_rise_k: ArrayLike, cycles: float = 4.0
) -> FloatArray:
    """
    Water taken by adiabatic pads for each MWh of heat that the coil gives to the air.

    All the air of the coil passes the pads and is cooled by evaporation; part of the water is
    bled so that salts do not build up.

    Parameters
    ----------
    dry_bulb_c, entering_c : array_like
        Air before and after the pads. [degC]
    air_rise_k : array_like
        Temperature rise of the air in the coil. [K, > 0]
    cycles : float, optional
        Cycles of concentration. [> 1]

    Returns
    -------
    ndarray
        Make-up water. [m3/MWh of heat]

    Notes
    -----
    Evaporation is ``3600 / 2430`` t per MWh of latent heat, times pad drop over coil rise;
    make-up is evaporation times ``cycles / (cycles - 1)``.

    Examples
    --------
    >>> pad_water_m3_per_mwh(np.array([36.0]), np.array([26.9]), 10.0).round(2)
    array([1.8])
    """
    drop = np.maximum(np.asarray(dry_bulb_c) - np.asarray(entering_c), 0.0)
    evaporated = 3.6 / LATENT_HEAT_MJ_PER_KG * drop / np.asarray(air_rise_k)
    return np.asarray(evaporated * cycles / (cycles - 1.0), np.float64)


def trim_frac(
    air_c: ArrayLike,
    wanted_supply_c: ArrayLike,
    approach_k: ArrayLike,
    loop_delta_k: ArrayLike,
    trim_max_frac: ArrayLike,
) -> FloatArray:
    """
    Share of the heat that trim chillers in series with the dry coolers must take.

    The chillers sit after the dry coolers and reject to air on their own, so each share they
    take cools the water directly and also relieves the dry coolers.

    Parameters
    ----------
    air_c : array_like
        Air entering the dry coolers. [degC]
    wanted_supply_c : array_like
        Water wanted at the CDUs. [degC]
    approach_k : array_like
        Dry-cooler approach at full speed if it carried all heat. [K]
    loop_delta_k : array_like
        Water temperature rise in the load at that heat and flow. [K]
    trim_max_frac : array_like
        Share that the installed chillers can take. [0 to 1]

    Returns
    -------
    ndarray
        Share taken by the chillers. [0 to trim_max_frac]

    Notes
    -----
    Supply is ``air + approach (1 - f) - delta f``; solved for ``f``.

    Examples
    --------
    >>> trim_frac(np.array([20.0, 36.0, 41.3]), 40.0, 6.0, 10.0, 0.15).round(4)
    array([0.   , 0.125, 0.15 ])
    """
    excess = np.asarray(air_c) + np.asarray(approach_k) - np.asarray(wanted_supply_c)
    needed = excess / np.maximum(np.asarray(approach_k) + np.asarray(loop_delta_k), 1e-9)
    return np.asarray(np.clip(needed, 0.0, trim_max_frac), np.float64)


def supply_c(
    air_c: ArrayLike, approach_k: ArrayLike, loop_delta_k: ArrayLike, trimmed_frac: ArrayLike
) -> FloatArray:
    """
    Water temperature after dry coolers and trim chillers.

    Parameters
    ----------
    air_c, approach_k, loop_delta_k : array_like
        As in `trim_frac`; `approach_k` at the fan speed in use.
    trimmed_frac : array_like
        Share of the heat taken by the chillers. [0 to 1]

    Returns
    -------
    ndarray
        Supply temperature. [degC]

    Examples
    --------
    >>> supply_c(36.0, 6.0, 10.0, np.array([0.0, 0.125]))
    array([42., 40.])
    """
    trimmed = np.asarray(trimmed_frac, np.float64)
    approach = np.asarray(approach_k, np.float64)
    return np.asarray(
        np.asarray(air_c) + approach * (1.0 - trimmed) - np.asarray(loop_delta_k) * trimmed
    )
