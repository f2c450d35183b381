"""Hourly price and carbon intensity: what the compiled year needs to play them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from wattport.arrays import FloatArray

# Share of the week in peak hours (weekdays, 12 h): 60 of 168.
PEAK_HOUR_FRAC = 60.0 / 168.0
# Persistence of the price around its shape, fitted to the French day-ahead prices of 2020-2024
# (autocorrelation 0.92 at 1 h, 0.70 at 24 h, 0.45-0.57 at 168 h; ENTSO-E Transparency
# Platform): one part that moves with weather systems and plant outages, one with the hours.
SLOW_SHARE_FRAC = 0.65
SLOW_HOURS = 300.0
FAST_HOURS = 6.0
# French carbon intensity: coldest-season maximum in mid-January; the exponent makes the yearly
# mean 20 g/kWh with 30 in winter and 12 in summer, the mean measured in 2025 being 19.9. Gas
# runs on cold spells: full effect when the mean of the last day falls to -2 C at the coast,
# none above 3 C (RTE reports a demand rise of some 2.4 GW per kelvin below 15 C).
CARBON_COLDEST_DAY = 15.0
CARBON_EXPONENT = 1.5
COLD_SPELL_START_C = 3.0
COLD_SPELL_FULL_C = -2.0

_NEVER_SCORE = -8.0  # threshold of the noise when no hour is negative
_LEAST_FRAC = 1e-6
_SCORE = np.linspace(-8.0, 8.0, 1601)
_WEIGHT = np.exp(-0.5 * _SCORE**2) / np.exp(-0.5 * _SCORE**2).sum()


def price_curve(
    negative_hours_frac: ArrayLike, volatility_frac: ArrayLike, negative_depth_frac: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """
    Curve from a normal score to the price over its seasonal shape.

    A normal score stands for how tight the market is. Below a threshold there is surplus and
    the price is negative; above it the price rises as a power of the distance, so that the
    curve is continuous and a year's hours have the wanted mean, spread and negative share.

    Parameters
    ----------
    negative_hours_frac : array_like, shape (draw,)
        Share of hours below zero. [0 to 0.5]
    volatility_frac : array_like, shape (draw,)
        Standard deviation around the shape, over the mean. [> 0]
    negative_depth_frac : array_like, shape (draw,)
        Mean of the negative hours, sign reversed, over the yearly mean. [>= 0]

    Returns
    -------
    threshold, scale, power, slope : ndarray, shape (draw,)
        ``y = scale (z - threshold)**power`` above the threshold and
        ``-slope (threshold - z)`` below it.

    Notes
    -----
    ``power`` is found by bisection between 0.05 and 4; a spread outside what these allow is
    brought to the nearest they do. Mean 1 and share of negative hours are exact.

    Examples
    --------
    >>> threshold, scale, power, slope = price_curve([0.04], [0.70], [0.18])
    >>> z = np.linspace(-6, 6, 4001); w = np.exp(-z**2 / 2) / np.exp(-z**2 / 2).sum()
    >>> y = np.where(z > threshold, scale * np.maximum(z - threshold, 0.0) ** power,
    ...              -slope * (threshold - z))
    >>> mean = (w * y).sum()
    >>> [round(float(v), 2) for v in (mean, np.sqrt((w * (y - mean) ** 2).sum()), w[y < 0].sum())]
    [1.0, 0.7, 0.04]
    """
    negative, volatility, depth = (
        np.atleast_1d(np.asarray(x, np.float64))
        for x in np.broadcast_arrays(negative_hours_frac, volatility_frac, negative_depth_frac)
    )
    threshold = np.where(
        negative > _LEAST_FRAC, ndtri(np.maximum(negative, _LEAST_FRAC)), _NEVER_SCORE
    )
    below = np.maximum(threshold[:, None] - _SCORE, 0.0)
    mean_below = np.maximum(_mean(below), 1e-300)
    slope = np.where(negative > _LEAST_FRAC, depth * negative / mean_below, 0.0)
    square_below = slope**2 * _mean(below**2)
    above = np.maximum(_SCORE - threshold[:, None], 0.0)
    mean_above = 1.0 + slope * mean_below
    low, high = np.full(negative.shape, 0.05), np.full(negative.shape, 4.0)
    for _ in range(40):
        power = 0.5 * (low + high)
        scale, square = _moments(above, power, mean_above)
        is_wide = square + square_below - 1.0 > volatility**2
        low, high = np.where(is_wide, low, power), np.where(is_wide, power, high)
    scale, _ = _moments(above, power, mean_above)
    return threshold, scale, power, slope


def _moments(
    above: NDArray[np.float64], power: FloatArray, mean: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Scale that gives the mean, and the second moment it leads to."""
    raised = np.where(above > 0.0, above, 1.0) ** power[:, None] * (above > 0.0)
    scale = mean / _mean(raised)
    return scale, scale**2 * _mean(raised**2)


def _mean(values: NDArray[np.float64]) -> FloatArray:
    """Mean over the scores, of each draw."""
    # Not a product with BLAS: the bits of a draw must not depend on how many there are.
    return np.asarray(np.einsum("ds,s->d", values, _WEIGHT))


def off_peak_frac(peak_over_base_frac: ArrayLike) -> FloatArray:
    """
    Off-peak price over base that goes with a peak price over base.

    Parameters
    ----------
    peak_over_base_frac : array_like
        Weekday 8 to 20 h price over base. [0 to 2.8]

    Returns
    -------
    ndarray
        So that the hours of a week average to 1.

    Examples
    --------
    >>> float(off_peak_frac(1.18).round(3))
    0.9
    """
    peak = np.asarray(peak_over_base_frac, np.float64)
    return np.asarray((1.0 - PEAK_HOUR_FRAC * peak) / (1.0 - PEAK_HOUR_FRAC))


def carbon_season_frac(day_of_year: ArrayLike) -> FloatArray:
    """
    Weight of winter in the carbon intensity, 1 in mid-January and 0 in mid-July.

    Parameters
    ----------
    day_of_year : array_like
        0 on 1 January. [day]

    Returns
    -------
    ndarray
        ``((1 + cos(2 pi (d - 15) / 365)) / 2)**1.5``.

    Examples
    --------
    >>> carbon_season_frac(np.array([15.0, 197.5])).round(3)
    array([1., 0.])
    """
    angle = 2.0 * np.pi * (np.asarray(day_of_year, np.float64) - CARBON_COLDEST_DAY) / 365.0
    return np.asarray(np.maximum(0.5 * (1.0 + np.cos(angle)), 0.0) ** CARBON_EXPONENT)
