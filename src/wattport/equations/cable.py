"""Cables and busways: loss of a balanced three-phase run."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray


def line_loss_frac(
    rating_mva: ArrayLike,
    voltage_kv: ArrayLike,
    resistance_ohm_per_km: ArrayLike,
    length_km: ArrayLike,
) -> FloatArray:
    """
    Loss of a three-phase run at rated current, over the power it carries.

    Parameters
    ----------
    rating_mva : array_like
        Power at which the loss is taken. [MVA, > 0]
    voltage_kv : array_like
        Line voltage. [kV, > 0]
    resistance_ohm_per_km : array_like
        AC resistance of one phase at working temperature. [ohm/km]
    length_km : array_like
        Length of the run. [km]

    Returns
    -------
    ndarray
        ``S R / U**2``: the square coefficient of its loss curve.

    References
    ----------
    IEC 60287-1-1 (AC resistance at working temperature).

    Examples
    --------
    >>> line_loss_frac(25.0, 33.0, 0.062, 1.2).round(5)
    np.float64(0.00171)
    """
    resistance = np.asarray(resistance_ohm_per_km, np.float64) * np.asarray(length_km)
    return np.asarray(np.asarray(rating_mva) * resistance / np.asarray(voltage_kv) ** 2)[()]
