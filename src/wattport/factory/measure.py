"""Warm-up, rates and intervals of simulated futures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student

from wattport.arrays import FloatArray


@dataclass(frozen=True)
class Estimate:
    """A mean over draws with its 95 % interval."""

    mean: float
    low: float
    high: float


def estimate(values: ArrayLike, confidence_frac: float = 0.95) -> Estimate:
    """
    Mean of independent draws and its Student interval; NaN draws are left out.

    Examples
    --------
    >>> estimate([1.0, 2.0, 3.0])
    Estimate(mean=2.0, low=-0.48413771175033027, high=4.48413771175033)
    """
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    n = len(known)
    if n == 0:
        return Estimate(np.nan, np.nan, np.nan)
    centre = float(known.mean())
    if n == 1:
        return Estimate(centre, np.nan, np.nan)
    half = float(student.ppf(0.5 + confidence_frac / 2.0, n - 1) * known.std(ddof=1) / np.sqrt(n))
    return Estimate(centre, centre - half, centre + half)


def mser5(values: FloatArray) -> int:
    """
    Observations to leave out at the start, by the marginal standard error rule.

    Means of five observations are formed; the cut is where the standard error
    of the rest is least, and never beyond half of the series, where the rule
    has too few left to judge.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Such as the times between departures.

    Returns
    -------
    int
        A multiple of five.

    Notes
    -----
    Minimise ``sum((y_i - mean)^2) / (n - d)^2`` over the cut ``d``.

    References
    ----------
    K. P. White, "An effective truncation heuristic for bias reduction in
    simulation output", Simulation 69(6), 1997, doi:10.1177/003754979706900601.

    Examples
    --------
    >>> mser5(np.append(np.full(20, 9.0), np.tile([1.0, 1.1], 60)))
    20
    """
    n = len(values) // 5
    if n < 4:
        return 0
    means = values[: 5 * n].reshape(n, 5).mean(axis=1)
    left = np.arange(n, 0, -1.0)
    total = np.cumsum(means[::-1])[::-1]
    squares = np.cumsum((means**2)[::-1])[::-1]
    error = np.maximum(squares - total**2 / left, 0.0) / left**2
    # Rounding leaves crumbs where all that is left is equal: the first of equals is meant.
    return 5 * int(np.argmin(np.round(error[: n // 2 + 1], 12)))


def counted_per_year(done_h: FloatArray, from_h: FloatArray, until_h: FloatArray) -> FloatArray:
    """
    Units done in a window, per year.

    Parameters
    ----------
    done_h : ndarray, shape (draw, unit)
        NaN: not done. [h]
    from_h, until_h : ndarray, shape (draw,)
        [h]

    Returns
    -------
    ndarray, shape (draw,)
        [1/year]

    Examples
    --------
    >>> counted_per_year(np.array([[1.0, 5.0, 9.0]]), np.array([0.0]), np.array([8.766]))
    array([2000.])
    """
    inside = (done_h > from_h[:, None]) & (done_h <= until_h[:, None])
    span: FloatArray = np.maximum(until_h - from_h, 1e-9)
    return np.asarray(inside.sum(axis=1) / span * 8766.0, dtype=np.float64)


def mean_inside(
    released_h: FloatArray, gone_h: FloatArray, from_h: FloatArray, until_h: FloatArray
) -> FloatArray:
    """
    Mean number of units between release and departure over a window.

    Examples
    --------
    >>> mean_inside(np.array([[0.0, 2.0]]), np.array([[4.0, np.nan]]), np.zeros(1), np.array([8.0]))
    array([1.25])
    """
    begin = np.clip(released_h, from_h[:, None], until_h[:, None])
    end = np.where(np.isfinite(gone_h), gone_h, np.inf)
    end = np.clip(end, from_h[:, None], until_h[:, None])
    inside = np.where(np.isfinite(released_h), end - begin, 0.0)
    return np.asarray(inside.sum(axis=1) / np.maximum(until_h - from_h, 1e-9), dtype=np.float64)
