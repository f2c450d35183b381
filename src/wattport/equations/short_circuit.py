"""Strength of the connection and fault currents behind transformers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray

VOLTAGE_FACTOR_MAX = 1.1  # IEC 60909-0:2016, table 1, for the largest fault current


def short_circuit_ratio(short_circuit_mva: ArrayLike, load_mw: ArrayLike) -> FloatArray:
    """
    Short-circuit power at the connection over the power connected there.

    A low ratio means a weak grid: the load moves the voltage it is fed with.

    Parameters
    ----------
    short_circuit_mva : array_like
        Three-phase short-circuit power of the grid. [MVA, > 0]
    load_mw : array_like
        Power of the plant connected. [MW, > 0]

    Returns
    -------
    ndarray
        Ratio.

    Notes
    -----
    Below 3 a connection counts as weak, below 2 as very weak.

    References
    ----------
    IEEE Std 1204-1997, section 1.5 (classes of AC system strength).

    Examples
    --------
    >>> short_circuit_ratio(7000.0, np.array([1700.0])).round(2)
    array([4.12])
    """
    return np.asarray(np.asarray(short_circuit_mva, np.float64) / np.asarray(load_mw))


def fault_behind_transformers_ka(
    grid_mva: ArrayLike,
    rating_mva: ArrayLike,
    impedance_frac: ArrayLike,
    n_parallel: ArrayLike,
    voltage_kv: ArrayLike,
) -> FloatArray:
    """
    Initial symmetrical fault current on a busbar fed by parallel transformers.

    Parameters
    ----------
    grid_mva : array_like
        Short-circuit power on the high side. [MVA, > 0]
    rating_mva : array_like
        Rating of one transformer. [MVA, > 0]
    impedance_frac : array_like
        Its short-circuit voltage over rated voltage. [> 0]
    n_parallel : array_like
        Transformers that feed the same busbar at once. [>= 1]
    voltage_kv : array_like
        Rated voltage of the busbar. [kV, > 0]

    Returns
    -------
    ndarray
        ``I"k``. [kA]

    Notes
    -----
    ``c S / (sqrt(3) U)`` with ``1 / S = c / Sgrid + K uk / (n Sr)``, ``c = 1.1`` and the
    correction ``K = 0.95 c / (1 + 0.6 uk)``. Resistance and the fault current of UPS and motors
    are left out.

    References
    ----------
    IEC 60909-0:2016, sections 6.2 and 6.3 (equation 12a for ``K``).

    Examples
    --------
    >>> fault_behind_transformers_ka(7000.0, 300.0, 0.2, 1, 33.0).round(1)
    np.float64(24.7)
    """
    grid, rating = np.asarray(grid_mva, np.float64), np.asarray(rating_mva, np.float64)
    impedance = np.asarray(impedance_frac, np.float64)
    corrected = impedance * 0.95 * VOLTAGE_FACTOR_MAX / (1.0 + 0.6 * impedance)
    through = 1.0 / (VOLTAGE_FACTOR_MAX / grid + corrected / (np.asarray(n_parallel) * rating))
    voltage = np.asarray(voltage_kv, np.float64)
    return np.asarray(VOLTAGE_FACTOR_MAX * through / (np.sqrt(3.0) * voltage))[()]
