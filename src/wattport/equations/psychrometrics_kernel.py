"""
Wet bulb of one hour, fast enough to be solved inside a compiled loop.

The same balance as `wattport.equations.psychrometrics.wet_bulb_c`, which is its
readable twin; here the saturation pressure is read from a fine table, since
its exponential and logarithm would cost more than all the rest.
"""

import math

import numpy as np

from wattport.compiled import kernel
from wattport.equations.psychrometrics import WATER_TO_AIR_MASS_RATIO, saturation_pressure_pa

_TABLE_FROM_C = -80.0
_CELLS_PER_K = 16.0
_TABLE_PA = saturation_pressure_pa(_TABLE_FROM_C + np.arange(16 * 160 + 1) / _CELLS_PER_K)
_AT_ZERO_PA = float(saturation_pressure_pa(0.0))
_PSYCHROMETER_PER_K = 6.6e-4
_CURVATURE = 0.89
_CLOSE_ENOUGH_K = 0.05
_MOST_STEPS = 5


@kernel
def saturation_pressure_of_hour_pa(dry_bulb_c: float) -> float:
    """
    Return the saturation pressure of water vapour, read from a table.

    Parameters
    ----------
    dry_bulb_c : float
        Temperature. [degC, -80..80]

    Returns
    -------
    float
        Within 0.01 % of `wattport.equations.psychrometrics.saturation_pressure_pa`. [Pa]

    Examples
    --------
    >>> round(saturation_pressure_of_hour_pa(20.0), 1)
    2338.8
    """
    place = (dry_bulb_c - _TABLE_FROM_C) * _CELLS_PER_K
    cell = int(place)
    value: float = _TABLE_PA[cell] + (place - cell) * (_TABLE_PA[cell + 1] - _TABLE_PA[cell])
    return value


@kernel
def wet_bulb_of_hour_c(
    dry_bulb_c: float, relative_humidity_frac: float, pressure_pa: float
) -> float:
    """
    Return the thermodynamic wet bulb of one state of the air.

    Parameters
    ----------
    dry_bulb_c : float
        Dry bulb. [degC, -60..75]
    relative_humidity_frac : float
        Relative humidity. [0..1]
    pressure_pa : float
        Station pressure. [Pa]

    Returns
    -------
    float
        Wet bulb, never above the dry bulb. [degC]

    Notes
    -----
    The first guess is the root of a parabola through the saturation curve at
    the dry bulb; then Newton steps on the handbook's balance, multiplied by
    the pressure of the dry air to spare a division, until one is below
    0.05 K: they converge quadratically, so what is left is below 0.001 K.

    Examples
    --------
    >>> round(wet_bulb_of_hour_c(25.0, 0.5, 101325.0), 2)
    17.89
    """
    place = (dry_bulb_c - _TABLE_FROM_C) * _CELLS_PER_K
    cell = int(place)
    rise_pa = _TABLE_PA[cell + 1] - _TABLE_PA[cell]
    saturated_pa = _TABLE_PA[cell] + (place - cell) * rise_pa
    vapour_pa = relative_humidity_frac * saturated_pa
    ratio = WATER_TO_AIR_MASS_RATIO * vapour_pa / (pressure_pa - vapour_pa)

    slope = rise_pa * _CELLS_PER_K
    stiffness = slope + _PSYCHROMETER_PER_K * pressure_pa
    deficit_pa = saturated_pa - vapour_pa
    bend = 2.0 * _CURVATURE * slope * slope * deficit_pa
    root = math.sqrt(max(stiffness * stiffness - bend / saturated_pa, 0.0))
    wet_c = dry_bulb_c - 2.0 * deficit_pa / (stiffness + root)

    latent, latent_slope, water_slope = 2501.0, -2.326, -4.186
    # An iced bulb counts only where a wetted one at 0 degC would already be too moist.
    spare = ratio * (2501.0 + 1.86 * dry_bulb_c) + 1.006 * dry_bulb_c
    if 2501.0 * WATER_TO_AIR_MASS_RATIO * _AT_ZERO_PA > spare * (pressure_pa - _AT_ZERO_PA):
        latent, latent_slope, water_slope = 2830.0, -0.24, -2.1
        wet_c = min(wet_c, 0.0)
    for _ in range(_MOST_STEPS):
        place = (wet_c - _TABLE_FROM_C) * _CELLS_PER_K
        cell = int(place)
        rise_pa = _TABLE_PA[cell + 1] - _TABLE_PA[cell]
        saturated_pa = _TABLE_PA[cell] + (place - cell) * rise_pa
        slope = rise_pa * _CELLS_PER_K
        dry_air_pa = pressure_pa - saturated_pa
        heat_of_vapour = WATER_TO_AIR_MASS_RATIO * (latent + latent_slope * wet_c)
        sensible = 1.006 * (dry_bulb_c - wet_c) + ratio * (
            latent + 1.86 * dry_bulb_c + water_slope * wet_c
        )
        heat = heat_of_vapour * saturated_pa - dry_air_pa * sensible
        heat_slope = (
            heat_of_vapour * slope
            + WATER_TO_AIR_MASS_RATIO * latent_slope * saturated_pa
            + slope * sensible
            + dry_air_pa * (1.006 - ratio * water_slope)
        )
        step_k = heat / heat_slope
        wet_c -= step_k
        if abs(step_k) < _CLOSE_ENOUGH_K:
            break
    found_c: float = min(wet_c, dry_bulb_c)
    return found_c
