"""Loss curves: fitted to published efficiencies, evaluated at any load."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import nnls

from wattport.arrays import FloatArray


def stage_loss_frac(
    load_frac: ArrayLike, no_load_frac: ArrayLike, linear_frac: ArrayLike, square_frac: ArrayLike
) -> FloatArray:
    """
    Loss of one step of the power chain over its rating.

    Parameters
    ----------
    load_frac : array_like
        Output over rating of the energised units together. [0 to 1.2]
    no_load_frac, linear_frac, square_frac : array_like
        Coefficients of the loss curve, over rating. [>= 0]

    Returns
    -------
    ndarray
        ``a + b x + c x**2``, over rating.

    Examples
    --------
    >>> stage_loss_frac(np.array([0.0, 1.0]), 0.004, 0.01, 0.015)
    array([0.004, 0.029])
    """
    load = np.asarray(load_frac, np.float64)
    linear, square = np.asarray(linear_frac, np.float64), np.asarray(square_frac, np.float64)
    return np.asarray(np.asarray(no_load_frac) + linear * load + square * load**2)


def fit_loss_curve(load_frac: ArrayLike, efficiency_frac: ArrayLike) -> tuple[float, float, float]:
    """
    Loss curve through published efficiencies.

    A datasheet gives efficiency at a few loads; loss is what adds up. The three parts are idle
    loss, loss in proportion to current (switching, diodes) and loss with its square
    (resistance), none of which can be negative.

    Parameters
    ----------
    load_frac : array_like
        Published loads over rating, three or more. [0 to 1]
    efficiency_frac : array_like
        Output over input at each. [0 to 1]

    Returns
    -------
    tuple of float
        No-load, linear and square coefficient, over rating.

    Notes
    -----
    Non-negative least squares on ``x (1 / eta - 1)``, each point weighted by ``1 / x`` so
    that efficiency, not loss, is fitted evenly.

    References
    ----------
    IEC 62040-3 (efficiency at 25, 50, 75 and 100 % load).

    Examples
    --------
    >>> a, b, c = fit_loss_curve([0.25, 0.5, 1.0], [0.96, 0.97, 0.965])
    >>> round(1.0 / (1.0 + a + b + c), 3)
    0.965
    """
    load = np.asarray(load_frac, np.float64)
    per_output = 1.0 / np.asarray(efficiency_frac, np.float64) - 1.0
    terms = np.stack([1.0 / load, np.ones_like(load), load], axis=1)
    coefficients, _ = nnls(terms, per_output)
    no_load, linear, square = (float(value) for value in coefficients)
    return no_load, linear, square
