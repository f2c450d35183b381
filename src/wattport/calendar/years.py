"""The ledger's years, and how days and months fall into them."""

from __future__ import annotations

from datetime import date

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.calendar.epoch import day_of


def year_edge_day(year: IntArray) -> FloatArray:
    """
    Day numbers of the first of January of each year, and of the year after the last.

    Parameters
    ----------
    year : ndarray, shape (year,)
        Consecutive calendar years.

    Returns
    -------
    ndarray, shape (year + 1,)
        Days since 2026-01-01.

    Examples
    --------
    >>> year_edge_day(np.array([2026, 2027]))
    array([  0., 365., 730.])
    """
    return np.array([day_of(date(int(y), 1, 1)) for y in (*year, year[-1] + 1)])


def monthly_to_yearly_mean(
    values: FloatArray, month_day: FloatArray, edge_day: FloatArray
) -> FloatArray:
    """
    Mean over each calendar year of a quantity known by month.

    Parameters
    ----------
    values : ndarray, shape (draw, month)
        Value during each month; held at zero before the first and at the last after the end.
    month_day : ndarray, shape (month,)
        First day of each month.
    edge_day : ndarray, shape (year + 1,)
        Year edges.

    Returns
    -------
    ndarray, shape (draw, year)
        Time-weighted mean.

    Examples
    --------
    >>> monthly_to_yearly_mean(
    ...     np.array([[2.0, 4.0]]), np.array([0.0, 182.5]), np.array([0.0, 365.0, 730.0]))
    array([[3., 4.]])
    """
    ends = np.append(month_day[1:], np.inf)
    length = np.diff(edge_day)
    start = np.maximum(month_day[:, None], edge_day[:-1])
    end = np.minimum(ends[:, None], edge_day[1:])
    weight = np.clip(end - start, 0.0, None) / length
    # Not a product with BLAS: the bits of a draw must not depend on how many there are.
    return np.asarray(np.einsum("dm,my->dy", values, weight))
