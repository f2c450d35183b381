"""What thin air takes from coolers and electrical equipment at a height above the sea."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray

STANDARD_PRESSURE_PA = 101325.0
_RATED_HEIGHT_M = 1000.0  # to which IEC equipment has its full rating
_TRANSFORMER_FRAC_PER_M = 0.004 / 100.0  # ONAN, beyond it
# IEC 62040-3, table of derating at fixed heights for forced air cooling.
_UPS_HEIGHT_M = (1000.0, 1500.0, 2000.0, 2500.0, 3000.0, 3500.0, 4000.0, 4500.0, 5000.0)
_UPS_FRAC = (1.0, 0.95, 0.91, 0.86, 0.82, 0.78, 0.74, 0.70, 0.67)


def standard_pressure_pa(elevation_m: ArrayLike) -> FloatArray:
    """
    Pressure of the standard atmosphere.

    Parameters
    ----------
    elevation_m : array_like
        Above mean sea level. [m, -450 to 6000]

    Returns
    -------
    ndarray
        [Pa]

    Notes
    -----
    ``101325 (1 - 2.25577e-5 z)**5.2559``.

    References
    ----------
    ASHRAE Handbook, Fundamentals 2021, chapter 1, equation 3.

    Examples
    --------
    >>> standard_pressure_pa(np.array([0.0, 1000.0, 2240.0])).round(-1)
    array([101320.,  89870.,  77150.])
    """
    return np.asarray(
        STANDARD_PRESSURE_PA * (1.0 - 2.25577e-5 * np.asarray(elevation_m, np.float64)) ** 5.2559
    )


def air_density_frac(elevation_m: ArrayLike) -> FloatArray:
    """
    Density of air over that at sea level and the same temperature.

    A fan moves the same volume at any height: the mass that carries heat away, and the power
    that the fan takes, fall with density.

    Examples
    --------
    >>> air_density_frac(np.array([0.0, 2240.0])).round(3)
    array([1.   , 0.761])
    """
    return np.asarray(standard_pressure_pa(elevation_m) / STANDARD_PRESSURE_PA)


def transformer_rating_frac(elevation_m: ArrayLike) -> FloatArray:
    """
    Rating of an oil transformer with natural air cooling over its nameplate.

    Parameters
    ----------
    elevation_m : array_like
        Above mean sea level. [m]

    Returns
    -------
    ndarray
        1 up to 1,000 m. [0 to 1]

    Notes
    -----
    0.4 % less for each 100 m beyond 1,000 m.

    References
    ----------
    IEC 60076-2:2011, clause 7.1 and IEC 60354, ONAN.

    Examples
    --------
    >>> transformer_rating_frac(np.array([500.0, 2240.0])).round(4)
    array([1.    , 0.9504])
    """
    beyond_m = np.maximum(np.asarray(elevation_m, np.float64) - _RATED_HEIGHT_M, 0.0)
    return np.asarray(1.0 - _TRANSFORMER_FRAC_PER_M * beyond_m)


def ups_rating_frac(elevation_m: ArrayLike) -> FloatArray:
    """
    Rating of a UPS with forced air cooling over its nameplate.

    Parameters
    ----------
    elevation_m : array_like
        Above mean sea level. [m]

    Returns
    -------
    ndarray
        1 up to 1,000 m; straight between the heights of the table. [0 to 1]

    References
    ----------
    IEC 62040-3:2021, derating for altitude.

    Examples
    --------
    >>> ups_rating_frac(np.array([500.0, 2000.0, 2250.0])).round(3)
    array([1.   , 0.91 , 0.885])
    """
    return np.interp(np.asarray(elevation_m, np.float64), _UPS_HEIGHT_M, _UPS_FRAC)
