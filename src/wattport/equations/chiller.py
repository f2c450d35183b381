"""Electric chillers: fitted capacity and power curves, and the second law beyond them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray

# Temperature differences between refrigerant and the fluid on the other side of the heat
# exchanger: leaving water to evaporation, entering outdoor air to condensation.
EVAPORATOR_PINCH_K = 4.0
CONDENSER_PINCH_K = 12.0
LEAST_LIFT_K = 15.0
ZERO_C_K = 273.15


def biquadratic(coefficients: Sequence[float], x: ArrayLike, y: ArrayLike) -> FloatArray:
    """
    Value of ``c0 + c1 x + c2 x**2 + c3 y + c4 y**2 + c5 x y``.

    Examples
    --------
    >>> biquadratic((1.0, 0.0, 0.0, 0.5, 0.0, 0.0), 7.0, np.array([0.0, 2.0]))
    array([1., 2.])
    """
    c0, c1, c2, c3, c4, c5 = coefficients
    first, second = np.asarray(x, np.float64), np.asarray(y, np.float64)
    return np.asarray(
        c0 + c1 * first + c2 * first**2 + c3 * second + c4 * second**2 + c5 * first * second
    )


def carnot_cop(leaving_c: ArrayLike, outdoor_c: ArrayLike) -> FloatArray:
    """
    Reversible COP between evaporation and condensation of an air-cooled chiller.

    The lift has a floor, because a compressor keeps a least pressure ratio.

    Parameters
    ----------
    leaving_c, outdoor_c : array_like
        Leaving chilled water; outdoor dry bulb. [degC]

    Returns
    -------
    ndarray
        COP of a reversible machine. [> 0]

    Examples
    --------
    >>> carnot_cop(6.67, np.array([35.0, 20.0])).round(2)
    array([6.22, 9.4 ])
    """
    evaporation = np.asarray(leaving_c, np.float64) - EVAPORATOR_PINCH_K
    lift = np.asarray(outdoor_c, np.float64) + CONDENSER_PINCH_K - evaporation
    return np.asarray((evaporation + ZERO_C_K) / np.maximum(lift, LEAST_LIFT_K))


def chiller_capacity_frac(
    cap_curve: Sequence[float],
    leaving_range_c: tuple[float, float],
    outdoor_range_c: tuple[float, float],
    leaving_c: ArrayLike,
    outdoor_c: ArrayLike,
) -> FloatArray:
    """
    Capacity of a chiller over its rating.

    Parameters
    ----------
    cap_curve : sequence of 6 floats
        Biquadratic in leaving water and outdoor air.
    leaving_range_c, outdoor_range_c : tuple of float
        Range of the fit; outside it the nearest edge is used. [degC]
    leaving_c, outdoor_c : array_like
        Leaving chilled water; outdoor dry bulb. [degC]

    Returns
    -------
    ndarray
        Capacity over rating.

    Notes
    -----
    Warm leaving water raises capacity further than the edge says: the value is on the safe side.

    References
    ----------
    EnergyPlus Engineering Reference, "Electric Chiller Model Based on Condenser Entering
    Temperature".

    Examples
    --------
    >>> curve = (1.0, 0.0, 0.0, -0.01, 0.0, 0.0)
    >>> chiller_capacity_frac(curve, (5.0, 10.0), (20.0, 45.0), 25.0, np.array([10.0, 30.0]))
    array([0.8, 0.7])
    """
    leaving, outdoor = np.clip(leaving_c, *leaving_range_c), np.clip(outdoor_c, *outdoor_range_c)
    return biquadratic(cap_curve, leaving, outdoor)


def chiller_cop(
    rated_cop: ArrayLike,
    eir_temperature_curve: Sequence[float],
    eir_part_load_curve: Sequence[float],
    leaving_range_c: tuple[float, float],
    outdoor_range_c: tuple[float, float],
    leaving_c: ArrayLike,
    outdoor_c: ArrayLike,
    part_load_frac: ArrayLike = 1.0,
) -> FloatArray:
    """
    COP of an air-cooled chiller from its fitted curves.

    Published curves stop near 15 C of leaving water, far below what a liquid-cooled hall
    wants; beyond the fit the second-law efficiency of its edge is kept.

    Parameters
    ----------
    rated_cop : array_like
        COP at rated conditions. [> 0]
    eir_temperature_curve : sequence of 6 floats
        Power per capacity over rated, biquadratic in leaving water and outdoor air.
    eir_part_load_curve : sequence of 3 floats
        Power over full-load power, quadratic in part load.
    leaving_range_c, outdoor_range_c : tuple of float
        Range of the fit. [degC]
    leaving_c, outdoor_c : array_like
        Leaving chilled water; outdoor dry bulb. [degC]
    part_load_frac : array_like, optional
        Load over available capacity of the machines that run. [0.1 to 1]

    Returns
    -------
    ndarray
        Heat removed over electric power.

    Notes
    -----
    ``COP = rated x / (f(T) g(x))``, times ``carnot(T) / carnot(T clipped)``.

    References
    ----------
    EnergyPlus Engineering Reference, "Electric Chiller Model Based on Condenser Entering
    Temperature".

    Examples
    --------
    >>> flat = (1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    >>> chiller_cop(3.0, flat, (0.0, 1.0, 0.0), (5.0, 10.0), (20.0, 45.0), 8.0, 35.0)
    array(3.)
    """
    leaving = np.clip(leaving_c, *leaving_range_c)
    outdoor = np.clip(outdoor_c, *outdoor_range_c)
    load = np.asarray(part_load_frac, np.float64)
    constant, linear, square = eir_part_load_curve
    power = biquadratic(eir_temperature_curve, leaving, outdoor) * (
        constant + linear * load + square * load**2
    )
    beyond = carnot_cop(leaving_c, outdoor_c) / carnot_cop(leaving, outdoor)
    return np.asarray(np.asarray(rated_cop) * load / power * beyond)
