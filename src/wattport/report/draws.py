"""
From many draws to what a page can show.

The report computes nothing. Showing a number that a record holds once per draw still needs a
choice of what stands for all of them; the choices are these and no others: the quantiles that the
records define, and the mean, where parts must add up to their sum.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattport.records import quantile

Floats = NDArray[np.float64]


def spread(values: NDArray[Any]) -> tuple[Floats, Floats, Floats]:
    """
    P10, P50 and P90 over the draws.

    Parameters
    ----------
    values : ndarray, shape (draw, ...)
        NaN where a draw has no such thing.

    Returns
    -------
    tuple of ndarray, shape (...)
        NaN where no draw has a value; P90 is the high side of the numbers.

    Examples
    --------
    >>> [float(q) for q in spread(np.array([1.0, 2.0, 3.0]))]
    [1.2, 2.0, 2.8]
    """
    return quantile(values, 0.1), quantile(values, 0.5), quantile(values, 0.9)


def middle(values: Any) -> float:
    """
    P50 of one number, drawn or certain.

    Parameters
    ----------
    values : float or ndarray, shape (draw,)
        A number of the spec or of a record.

    Returns
    -------
    float
        NaN where no draw has a value.

    Examples
    --------
    >>> middle(2.5), middle(np.array([1.0, 2.0, 9.0]))
    (2.5, 2.0)
    """
    return float(quantile(np.atleast_1d(np.asarray(values, dtype=np.float64)), 0.5))


def mean(values: NDArray[Any]) -> Floats:
    """
    Mean over the draws that have a value, so that parts still add up.

    Parameters
    ----------
    values : ndarray, shape (draw, ...)
        NaN or infinite where a draw has no such thing.

    Returns
    -------
    ndarray, shape (...)
        NaN where no draw has a value.

    Examples
    --------
    >>> float(mean(np.array([1.0, np.nan, 2.0])))
    1.5
    """
    numbers = np.asarray(values, dtype=np.float64)
    has_value = np.isfinite(numbers)
    count = has_value.sum(axis=0)
    total = np.where(has_value, numbers, 0.0).sum(axis=0)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def numbers(values: Any) -> tuple[float, ...]:
    """
    An array as the plain floats that charts take.

    Parameters
    ----------
    values : ndarray, shape (n,)
        One axis.

    Returns
    -------
    tuple of float
        The same numbers.

    Examples
    --------
    >>> numbers(np.array([1, 2]))
    (1.0, 2.0)
    """
    return tuple(float(value) for value in values)
