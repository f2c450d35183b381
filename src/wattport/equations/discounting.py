"""Money over time: present values, annuities and levelised costs."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray


def discount_factor(rate_frac: FloatArray, years: FloatArray) -> FloatArray:
    """
    Present worth of one unit of money some years away.

    Parameters
    ----------
    rate_frac : ndarray, shape (draw,)
        Discount rate per year, real when the flows are real. [> -1]
    years : ndarray, shape (year,)
        Time from the price date. [years, may be negative]

    Returns
    -------
    ndarray, shape (draw, year)
        ``(1 + rate) ** -years``

    Examples
    --------
    >>> discount_factor(np.array([0.1]), np.array([0.0, 1.0])).round(4)
    array([[1.    , 0.9091]])
    """
    return np.asarray((1.0 + rate_frac[:, None]) ** -np.asarray(years, dtype=np.float64))


def annuity_factor(rate_frac: FloatArray, life_years: FloatArray) -> FloatArray:
    """
    Constant yearly payment that repays one unit of capital over its life.

    The capital recovery factor of engineering economics: straight-line depreciation is its limit
    as the rate goes to zero.

    Parameters
    ----------
    rate_frac : ndarray, shape (draw,)
        Cost of capital per year. [>= 0]
    life_years : ndarray, shape (draw,)
        Economic life. [years, > 0]

    Returns
    -------
    ndarray, shape (draw,)
        ``r / (1 - (1 + r) ** -n)``, and ``1 / n`` at ``r = 0``. [1/year]

    References
    ----------
    Blank and Tarquin, Engineering Economy, factor A/P.

    Examples
    --------
    >>> annuity_factor(np.array([0.0, 0.07]), np.array([5.0, 5.0])).round(4)
    array([0.2   , 0.2439])
    """
    rate, life = np.broadcast_arrays(
        np.asarray(rate_frac, dtype=np.float64), np.asarray(life_years, dtype=np.float64)
    )
    is_free = np.abs(rate) < 1e-12
    safe = np.where(is_free, 1.0, rate)
    return np.where(is_free, 1.0 / life, safe / -np.expm1(-life * np.log1p(safe)))


def levelised_cost(cost: FloatArray, quantity: FloatArray, factor: FloatArray) -> FloatArray:
    """
    Constant price at which a quantity sold over the years pays for its costs.

    Parameters
    ----------
    cost, quantity : ndarray, shape (draw, year)
        Money spent and units sold in each year.
    factor : ndarray, shape (draw, year)
        Discount factors.

    Returns
    -------
    ndarray, shape (draw,)
        Discounted cost over discounted quantity; NaN where nothing is sold.

    Examples
    --------
    >>> levelised_cost(np.array([[10.0, 0.0]]), np.array([[0.0, 5.5]]), np.array([[1.0, 1 / 1.1]]))
    array([2.])
    """
    sold = (quantity * factor).sum(axis=1)
    safe = np.where(sold > 0.0, sold, np.nan)
    return np.asarray((cost * factor).sum(axis=1) / safe)


def overlap_frac(start_day: FloatArray, end_day: FloatArray, edge_day: FloatArray) -> FloatArray:
    """
    Share of an interval that falls into each calendar bin.

    Spreads a cost evenly over the time it is incurred.

    Parameters
    ----------
    start_day, end_day : ndarray, shape (...)
        Interval, ``start <= end``; NaN where there is none. Equal ends: a payment on one day.
    edge_day : ndarray, shape (bin + 1,)
        Ascending edges of the bins.

    Returns
    -------
    ndarray, shape (..., bin)
        Sums to one over bins that cover the interval; zero where the interval is NaN.

    Examples
    --------
    >>> overlap_frac(np.array([5.0]), np.array([15.0]), np.array([0.0, 10.0, 20.0]))
    array([[0.5, 0.5]])
    """
    start = np.asarray(start_day, dtype=np.float64)[..., None]
    length = np.maximum(np.asarray(end_day, dtype=np.float64)[..., None] - start, 1e-6)
    done = np.clip((edge_day - start) / length, 0.0, 1.0)
    return np.nan_to_num(np.diff(done, axis=-1), nan=0.0)
