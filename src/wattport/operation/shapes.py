"""Typical shapes of the full year: duration curve, month by hour, week."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import FloatArray, IntArray
from wattport.calendar.epoch import HOURS_PER_WEEK

N_POINTS = 101


def duration(hourly_mw: NDArray[np.float32]) -> tuple[FloatArray, FloatArray]:
    """
    Load duration curve of each draw.

    Parameters
    ----------
    hourly_mw : ndarray, shape (draw, time)
        Grid power. [MW]

    Returns
    -------
    duration_frac : ndarray, shape (point,)
        Share of hours, 0 to 1.
    duration_mw : ndarray, shape (draw, point)
        Power exceeded in that share; the peak first. [MW]

    Examples
    --------
    >>> frac, curve = duration(np.arange(201, dtype=np.float32)[None, :])
    >>> float(frac[1]), curve[0, [0, 1, -1]].tolist()
    (0.01, [200.0, 198.0, 0.0])
    """
    frac = np.linspace(0.0, 1.0, N_POINTS)
    falling = np.sort(hourly_mw, axis=1)[:, ::-1]
    index = np.rint(frac * (hourly_mw.shape[1] - 1)).astype(np.int64)
    return frac, falling[:, index].astype(np.float64)


def monthly_shapes(
    shape_sum: FloatArray, days_of_month: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """
    Mean grid power, PUE and dry bulb by month and hour of the day, over all draws.

    Parameters
    ----------
    shape_sum : ndarray, shape (draw, 3, month, hour)
        Sums of grid power, IT power and dry bulb over the days of each month.
    days_of_month : ndarray, shape (month,)
        Days summed.

    Returns
    -------
    shape_mw, shape_pue, shape_dry_bulb_c : ndarray, shape (month, hour)
        PUE is energy over energy, NaN where nothing ran; dry bulb is the mean of the draws that
        ran.
    """
    is_running = shape_sum[:, 1].sum(axis=(1, 2)) > 0.0
    grid, it, dry = shape_sum.sum(axis=0)
    mean = grid / (days_of_month[:, None] * shape_sum.shape[0])
    pue = np.divide(grid, it, out=np.full_like(grid, np.nan), where=it > 0.0)
    n_running = max(int(is_running.sum()), 1)
    dry_bulb = dry / (days_of_month[:, None] * n_running)
    return mean, pue, dry_bulb if is_running.any() else np.full_like(grid, np.nan)


def week_quantiles(hourly_mw: NDArray[np.float32], first_hour_of_week: int) -> FloatArray:
    """
    P10, P50 and P90 of grid power over the hours of a week, across draws and weeks.

    Parameters
    ----------
    hourly_mw : ndarray, shape (draw, time)
        Grid power of one year. [MW]
    first_hour_of_week : int
        Hour of the week, from Monday 00:00 UTC, at which the year begins.

    Returns
    -------
    ndarray, shape (quantile, hour_of_week)
        From Monday 00:00 UTC. [MW]

    Examples
    --------
    >>> week = week_quantiles(np.tile(np.arange(168, dtype=np.float32), 3)[None, :], 0)
    >>> week[:, [0, 167]].tolist()
    [[0.0, 167.0], [0.0, 167.0], [0.0, 167.0]]
    """
    skipped = -first_hour_of_week % HOURS_PER_WEEK
    n_weeks = (hourly_mw.shape[1] - skipped) // HOURS_PER_WEEK
    whole = hourly_mw[:, skipped : skipped + n_weeks * HOURS_PER_WEEK]
    by_hour = np.sort(whole.reshape(-1, HOURS_PER_WEEK).T, axis=1)
    # Positions rather than interpolation: a week's quantile is an hour that was played.
    index = np.rint(np.array([0.1, 0.5, 0.9]) * (by_hour.shape[1] - 1)).astype(np.int64)
    return by_hour[:, index].T.astype(np.float64)
