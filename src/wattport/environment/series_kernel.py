"""Hourly random series of one draw's year, and what they make of price and carbon."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import FloatArray
from wattport.compiled import kernel
from wattport.environment.market import (
    COLD_SPELL_FULL_C,
    COLD_SPELL_START_C,
    FAST_HOURS,
    SLOW_HOURS,
    SLOW_SHARE_FRAC,
)
from wattport.equations.random_stream import next_normal, seed_stream

RUN_STAGE = 0x0BE4A7E
_PARTS = 8  # random streams of a year
_PRICE = 2  # that of the price


@kernel
def correlated_normal(
    state: NDArray[np.uint64], hours: float, spacing_h: int, n_hours: int
) -> FloatArray:
    """
    Draw a standard normal series, exponentially correlated, held over each spacing.

    Parameters
    ----------
    state : ndarray of uint64, shape (4,)
        Random stream.
    hours : float
        Correlation time; 0 for none. [h]
    spacing_h, n_hours : int
        Hours from one number to the next; length of the series.

    Returns
    -------
    ndarray, shape (time,)
        Mean 0, standard deviation 1.
    """
    series = np.empty(n_hours)
    rho = math.exp(-spacing_h / hours) if hours > 0.0 else 0.0
    innovation = math.sqrt(1.0 - rho * rho)
    value = next_normal(state)
    for start in range(0, n_hours, spacing_h):
        for t in range(start, min(start + spacing_h, n_hours)):
            series[t] = value
        value = rho * value + innovation * next_normal(state)
    return series


@kernel
def price_eur_per_mwh(campus: Any, quarter: int, is_peak: bool, score: float) -> float:
    """
    Price of one hour: base, season, peak or off-peak, and the curve of `market.price_curve`.

    Parameters
    ----------
    campus : record
        One draw.
    quarter : int
        0 to 3.
    is_peak : bool
        Market peak hour.
    score : float
        Tightness of the market, a standard normal number.

    Returns
    -------
    float
        Day-ahead price. [EUR/MWh]
    """
    distance = score - campus.price_threshold
    if distance > 0.0:
        around = campus.price_scale * distance**campus.price_power
    else:
        around = campus.price_slope * distance
    hour = campus.peak_frac if is_peak else campus.off_peak_frac
    price: float = campus.base_eur_per_mwh * campus.quarter_frac[quarter] * hour * around
    return price


@kernel
def carbon_g_per_kwh(campus: Any, winter_frac: float, felt_c: float) -> float:
    """
    Carbon intensity of one hour: a season, and gas plant on cold spells.

    Parameters
    ----------
    campus : record
        One draw.
    winter_frac : float
        From `market.carbon_season_frac`. [0 to 1]
    felt_c : float
        Mean outdoor temperature of about the last day. [degC]

    Returns
    -------
    float
        Location-based intensity. [g/kWh]
    """
    season = campus.carbon_summer + (campus.carbon_winter - campus.carbon_summer) * winter_frac
    cold = (COLD_SPELL_START_C - felt_c) / (COLD_SPELL_START_C - COLD_SPELL_FULL_C)
    carbon: float = season + max(campus.carbon_cold - season, 0.0) * min(max(cold, 0.0), 1.0)
    return carbon


@kernel
def market_score(seed: int, draw_id: int, year: int, n_hours: int) -> FloatArray:
    """
    Tightness of the power market, by hour: a standard normal series of two memories.

    Parameters
    ----------
    seed, draw_id, year : int
        Name of the random stream.
    n_hours : int
        Length of the series.

    Returns
    -------
    ndarray, shape (time,)
    """
    state = seed_stream(seed, RUN_STAGE, draw_id, year * _PARTS + _PRICE)
    slow = correlated_normal(state, SLOW_HOURS, 24, n_hours)
    fast = correlated_normal(state, FAST_HOURS, 1, n_hours)
    return math.sqrt(SLOW_SHARE_FRAC) * slow + math.sqrt(1.0 - SLOW_SHARE_FRAC) * fast
