"""Key performance indicators of a data centre over a year, as EN 50600-4 defines them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray


def _ratio(over: ArrayLike, under: ArrayLike) -> FloatArray:
    """Quotient, NaN where nothing was consumed."""
    above, below = np.broadcast_arrays(np.asarray(over, np.float64), np.asarray(under, np.float64))
    nothing = np.full(below.shape, np.nan)
    return np.asarray(np.divide(above, below, out=nothing, where=below > 0.0))


def power_usage_effectiveness(site_mwh: ArrayLike, it_mwh: ArrayLike) -> FloatArray:
    """
    PUE: energy of the whole data centre over energy of its IT equipment.

    Parameters
    ----------
    site_mwh : array_like
        Energy entering the data centre over a year, losses and cooling included. [MWh]
    it_mwh : array_like
        Energy at the IT equipment over the same year: category 3 of the standard. [MWh]

    Returns
    -------
    ndarray
        At least 1; NaN where the IT took nothing.

    References
    ----------
    EN 50600-4-2 (ISO/IEC 30134-2), power usage effectiveness.

    Examples
    --------
    >>> power_usage_effectiveness(np.array([110.0, 0.0]), np.array([100.0, 0.0]))
    array([1.1, nan])
    """
    return _ratio(site_mwh, it_mwh)


def water_usage_effectiveness_l_per_kwh(water_m3: ArrayLike, it_mwh: ArrayLike) -> FloatArray:
    """
    WUE: water taken in over energy of the IT equipment.

    Parameters
    ----------
    water_m3 : array_like
        Water entering the data centre over a year: category 1 of the standard. [m3]
    it_mwh : array_like
        Energy at the IT equipment over the same year. [MWh]

    Returns
    -------
    ndarray
        Litres per kWh, which is m3 per MWh; NaN where the IT took nothing.

    References
    ----------
    EN 50600-4-9 (ISO/IEC 30134-9), water usage effectiveness.

    Examples
    --------
    >>> water_usage_effectiveness_l_per_kwh(np.array([50.0]), np.array([100.0]))
    array([0.5])
    """
    return _ratio(water_m3, it_mwh)


def energy_reuse_factor_frac(reused_mwh: ArrayLike, site_mwh: ArrayLike) -> FloatArray:
    """
    ERF: energy reused outside the data centre over all energy it took.

    Parameters
    ----------
    reused_mwh : array_like
        Heat crossing the boundary of the data centre and used, before any heat pump of the
        user; what that heat pump draws belongs to the user. [MWh]
    site_mwh : array_like
        Energy entering the data centre over the same year. [MWh]

    Returns
    -------
    ndarray
        [0 to 1]; NaN where the data centre took nothing.

    References
    ----------
    EN 50600-4-6 (ISO/IEC 30134-6), energy reuse factor.

    Examples
    --------
    >>> energy_reuse_factor_frac(np.array([11.0]), np.array([110.0]))
    array([0.1])
    """
    return _ratio(reused_mwh, site_mwh)
