"""Hours of market and cooling in compiled form, by the rules of the hourly years."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import FloatArray
from wattport.compiled import kernel
from wattport.energy.campus_kernel import play_hour
from wattport.energy.heat_kernel import heating_degree_hours
from wattport.environment.series_kernel import carbon_g_per_kwh, market_score, price_eur_per_mwh

_MEMORY_HOURS = 24.0  # over which the power system feels the cold, as in the hourly years


@kernel
def market_hours(
    seed: int, draw_id: int, year: int, campus: Any, days: Any, is_peak: NDArray[np.bool_],
    dry_bulb_c: FloatArray,
) -> tuple[FloatArray, FloatArray, float]:  # fmt: skip
    """
    Price and carbon intensity of each hour of a year, and its heating degree-hours.

    Parameters
    ----------
    seed, draw_id, year : int
        Name of the random stream.
    campus : array of records, shape (1,)
        Of `tables.CAMPUS`.
    days : array of records, shape (day,)
        Of `tables.day_table`.
    is_peak : ndarray of bool, shape (time,)
        Market peak hours.
    dry_bulb_c : ndarray, shape (time,)
        Weather of the year. [degC]

    Returns
    -------
    price_eur_per_mwh, carbon_g_per_kwh : ndarray, shape (time,)
    degree_hours : float
        [K h]
    """
    n_hours = dry_bulb_c.size
    score = market_score(seed, draw_id, year, n_hours)
    price, carbon = np.empty(n_hours), np.empty(n_hours)
    felt_c = dry_bulb_c[0]
    for t in range(n_hours):
        day = days[t // 24]
        felt_c += (dry_bulb_c[t] - felt_c) / _MEMORY_HOURS
        price[t] = price_eur_per_mwh(campus[0], day.month // 3, is_peak[t], score[t])
        carbon[t] = carbon_g_per_kwh(campus[0], day.winter_frac, felt_c)
    return price, carbon, heating_degree_hours(dry_bulb_c)


@kernel
def cool_intervals(
    plant: Any, nameplate_mw: float, auxiliary_mw: float, it_mw: FloatArray,
    hour: NDArray[np.int64], dry_c: FloatArray, wet_c: FloatArray, sea_c: FloatArray,
    degree_hours: FloatArray, node_mw: FloatArray, flow: FloatArray,
) -> None:  # fmt: skip
    """
    Play the campus in each interval between events, at the weather of its hour.

    Parameters
    ----------
    plant : tuple
        Tables of `tables`, each with one draw: campus, chiller, chain, sinks.
    nameplate_mw, auxiliary_mw : float
        IT that the chain and the plant are made for; what else the halls need. [MW]
    it_mw : ndarray, shape (time,)
        Constant in each interval. [MW]
    hour : ndarray of int, shape (time,)
        Which hour each interval lies in.
    dry_c, wet_c, sea_c, degree_hours : ndarray, shape (hour,)
        As in `SiteHours`.
    node_mw : ndarray, shape (time, node)
        Loss or use of each node; written. [MW]
    flow : ndarray, shape (time, 3)
        Grid power, make-up water and temperature of the water to the CDUs; written.
        [MW, m3/h, degC]
    """
    campus, chiller, chain, sinks = plant
    one = (campus[0], chiller[0], chain[0], sinks[0])
    for t in range(it_mw.size):
        h = hour[t]
        state = (nameplate_mw, auxiliary_mw, dry_c[h], wet_c[h], sea_c[h], degree_hours[h])
        grid_mw, _, _, water_m3, supply_c = play_hour(one, state, it_mw[t], node_mw[t])
        flow[t, 0] = grid_mw
        flow[t, 1] = water_m3
        flow[t, 2] = supply_c
