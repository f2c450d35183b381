"""
Hourly weather of a site: generated years, or a user's own file.

Coolers, transformers and tariffs see hours, and risk lives in the hot ones;
so each draw lives through its own years.
"""

import numpy as np

from wattport.arrays import IntArray
from wattport.environment.weather_climate import (
    HEAT_SCORE,
    MONTH_OF_DAY,
    NODE_SCORE,
    Climate,
    load_climate,
    month_lines,
)
from wattport.environment.weather_epw import read_epw
from wattport.environment.weather_kernel import HOURS, generate_years
from wattport.environment.weather_series import Weather

__all__ = ["HOURS", "Climate", "Weather", "generate", "load_climate", "read_epw"]


WEATHER_STAGE = 0x57EA7
"""Name of the weather's random streams below the user's seed."""


def generate(climate: Climate, seed: int, draw_ids: IntArray, year: int) -> Weather:
    """
    Return a year of hourly weather for each draw.

    A draw's year depends on the seed, the draw and the year alone: it is the
    same bytes whether drawn alone, with others, or on another worker.

    Parameters
    ----------
    climate : Climate
        From `load_climate`.
    seed : int
        The user's seed. [64-bit integer]
    draw_ids : ndarray of int, shape (draw,)
        Identity of each draw.
    year : int
        Calendar year; it names the random stream and brings no trend.

    Returns
    -------
    Weather
        Arrays of shape (draw, 8760), hours beginning in UTC.

    Notes
    -----
    Six hidden Gaussian processes, each a sum of exponentially correlated
    series from hours to months, mixed by month and hour of the day and mapped
    to the measured distribution of each (month, hour).  See
    docs/models/weather.md for the method and for what it reaches.

    Examples
    --------
    >>> year = generate(load_climate("dunkerque"), 1, np.array([0, 1]), 2030)
    >>> year.dry_bulb_c.shape
    (2, 8760)
    >>> bool((year.wet_bulb_c <= year.dry_bulb_c).all())
    True
    """
    draws = np.ascontiguousarray(draw_ids, dtype=np.int64)
    out = np.empty((5, draws.size, HOURS))
    generate_years(
        seed,
        WEATHER_STAGE,
        draws,
        year,
        climate.tau_h,
        climate.step_h,
        climate.is_diurnal,
        climate.amplitude,
        MONTH_OF_DAY,
        climate.loading,
        *month_lines(),
        climate.curve,
        NODE_SCORE,
        climate.humidity_curve,
        HEAT_SCORE,
        climate.clear_sky_w_per_m2,
        climate.largest_dew_point_c,
        out,
    )
    return Weather(*out)
