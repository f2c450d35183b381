"""Availability of repairable units that stand in for each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc

from wattport.arrays import FloatArray


def unit_availability_frac(mtbf_h: ArrayLike, mttr_h: ArrayLike) -> FloatArray:
    """
    Steady-state availability of one repairable unit.

    Parameters
    ----------
    mtbf_h : array_like
        Mean working time between failures. [h, > 0]
    mttr_h : array_like
        Mean time to repair, waiting for parts included. [h, >= 0]

    Returns
    -------
    ndarray
        ``MTBF / (MTBF + MTTR)``. [0 to 1]

    References
    ----------
    IEEE Std 493-2007, chapter 3.

    Examples
    --------
    >>> unit_availability_frac(9900.0, np.array([0.0, 100.0]))
    array([1.  , 0.99])
    """
    working = np.asarray(mtbf_h, np.float64)
    return np.asarray(working / (working + np.asarray(mttr_h, np.float64)))


def k_of_n_availability_frac(
    n_needed: ArrayLike, n_installed: ArrayLike, unit_frac: ArrayLike
) -> FloatArray:
    """
    Chance that at least ``k`` of ``n`` like units work.

    Units fail and are repaired independently; common causes are not in it, so it is an upper
    bound for a real block.

    Parameters
    ----------
    n_needed, n_installed : array_like
        ``k`` and ``n``. [whole numbers, 0 <= k <= n]
    unit_frac : array_like
        Availability of one unit. [0 to 1]

    Returns
    -------
    ndarray
        Binomial tail, as a regularised incomplete beta function. [0 to 1]

    References
    ----------
    Birolini, *Reliability Engineering*, 8th ed., section 2.2.6.4 (k-out-of-n redundancy).

    Examples
    --------
    >>> k_of_n_availability_frac(4, np.array([4, 5]), 0.99).round(6)
    array([0.960596, 0.99902 ])
    """
    needed = np.asarray(n_needed, np.float64)
    spare = np.asarray(n_installed, np.float64) - needed
    chance = betainc(np.maximum(needed, 1.0), spare + 1.0, unit_frac)
    return np.asarray(np.where(needed < 1.0, 1.0, chance), np.float64)
