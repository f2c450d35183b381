"""Weather windows of the spec as drawn progress of each draw."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray, per_draw
from wattport.calendar.site_time_kernel import WorkingTime
from wattport.programme.calendar import month_starts, work_of_day
from wattport.programme.duration import SEEDS
from wattport.programme.weather_windows_kernel import Weather, days_kept
from wattport.spec import Spec
from wattport.spec.campus.programme import Programme

_HORIZON_DAYS = 12_000.0  # to the end of 2058; later work loses nothing


def draw_weather(spec: Spec, time: WorkingTime) -> Weather:
    """
    Draw the working days that weather takes from each class of work, month by month.

    Parameters
    ----------
    spec : Spec
        Drawn.
    time : WorkingTime
        Of the site.

    Returns
    -------
    Weather
        Each working day of a month is lost with the chance of the class and month, apart from
        the others; what is left is spread evenly over the month. Storms that last make the
        spread of a month wider than that. In the central draw each month loses its expected share.
    """
    programme = spec.programme
    if not programme.weather:
        return no_weather(spec.n_draws)
    if spec.is_central:
        return mean_weather(programme, time)
    boundary = _boundaries(time)
    kept = days_kept(
        spec.seed % SEEDS,
        spec.draw_ids,
        _lost(programme, spec.n_draws),
        np.rint(np.diff(boundary)).astype(np.int64),
        0,
    )
    return _weather(boundary, kept)


def mean_weather(programme: Programme, time: WorkingTime) -> Weather:
    """
    One draw in which every month loses its expected share.

    Parameters
    ----------
    programme : Programme
        At central values.
    time : WorkingTime
        Of the site.

    Returns
    -------
    Weather
        Of a single draw.
    """
    if not programme.weather:
        return no_weather(1)
    boundary = _boundaries(time)
    by_year = 1.0 - _lost(programme, 1)
    return _weather(boundary, np.take(by_year, np.arange(boundary.size - 1) % 12, axis=2))


def no_weather(n_draws: int) -> Weather:
    """
    Weather of no class at all.

    Examples
    --------
    >>> no_weather(3).slope.shape
    (3, 0, 1)
    """
    return Weather(np.array([0.0, 1.0]), np.ones((n_draws, 0, 1)), np.ones((n_draws, 0, 2)))


def _boundaries(time: WorkingTime) -> FloatArray:
    return work_of_day(month_starts(_HORIZON_DAYS), time)


def _lost(programme: Programme, n_draws: int) -> FloatArray:
    return np.stack(
        [
            np.stack([per_draw(share, n_draws) for share in window.lost_by_month_frac], axis=1)
            for window in programme.weather
        ],
        axis=1,
    )


def _weather(boundary: FloatArray, slope: FloatArray) -> Weather:
    done = np.zeros((*slope.shape[:2], boundary.size))
    done[..., 1:] = np.cumsum(slope * np.diff(boundary), axis=2)
    return Weather(boundary, np.ascontiguousarray(slope), done)
