"""One calendar year of one draw, hour by hour, in compiled form."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import FloatArray
from wattport.calendar.epoch import HOURS_PER_WEEK
from wattport.compiled import kernel
from wattport.energy.campus_kernel import balance_error_frac, held_back_mw, play_hour
from wattport.energy.heat_kernel import heating_degree_hours
from wattport.environment.series_kernel import (
    carbon_g_per_kwh,
    market_score,
    price_eur_per_mwh,
)
from wattport.operation.compute_kernel import (
    activity_frac,
    book_compute,
    load_cell,
    serve_hour,
    training_busy_frac,
    wanted_requests_frac,
    week_starts,
)
from wattport.operation.training_kernel import SIZE_FRAC

_MEMORY_HOURS = 24.0  # over which the power system feels the cold
_TRIM_NODE = 3  # trim chillers, counted from the first node after the stages


@kernel
def ready_halls(
    halls: Any, day_number: float, fill_days: float
) -> tuple[float, float, float, float, float]:
    """
    What is in service on a day; a hall enters at the first midnight after it is ready.

    Parameters
    ----------
    halls : array of records, shape (hall,)
        One draw's halls.
    day_number, fill_days : float
        Days since 2026-01-01; days from ready to full use.

    Returns
    -------
    nameplate_mw, filled_mw, n_gpus, n_filled_gpus, n_halls : float
        Ready, and of that the part that customers have filled.
    """
    nameplate_mw, filled_mw, n_gpus, n_filled, n_halls = 0.0, 0.0, 0.0, 0.0, 0.0
    for h in range(halls.size):
        hall = halls[h]
        if hall.it_mw > 0.0 and hall.ready_day <= day_number:
            fill = 1.0
            if fill_days > 0.0:
                fill = min((day_number - hall.ready_day) / fill_days, 1.0)
            nameplate_mw += hall.it_mw
            filled_mw += hall.it_mw * fill
            n_gpus += hall.n_gpus
            n_filled += hall.n_gpus * fill
            n_halls += 1.0
    return nameplate_mw, filled_mw, n_gpus, n_filled, n_halls


@kernel
def _admit(
    plant: Any, state: Any, wanted_mw: float, limit_mw: float, total: Any, node_mw: FloatArray
) -> tuple[float, float, float, float, float]:
    """Play the hour at the wanted IT power, or at what the limits leave of it."""
    it_mw = wanted_mw
    grid_mw, joined_mw, exported_mw, water_m3, supply_c = play_hour(plant, state, it_mw, node_mw)
    is_too_much, is_too_warm = grid_mw > limit_mw, supply_c > plant[0].supply_max_c
    if is_too_much or is_too_warm:
        total.grid_held_hours += 1.0 if is_too_much else 0.0
        total.heat_held_hours += 1.0 if is_too_warm else 0.0
        it_mw = held_back_mw(plant, state, wanted_mw, limit_mw, node_mw)
        if it_mw < 0.0:
            # Not even empty halls fit: they stay without power for the hour.
            node_mw[:] = 0.0
            return 0.0, 0.0, 0.0, 0.0, 0.0
        grid_mw, joined_mw, exported_mw, water_m3, supply_c = play_hour(
            plant, state, it_mw, node_mw
        )
    return it_mw, grid_mw, joined_mw, exported_mw, water_m3


@kernel
def _book_energy(
    chain: Any, state: Any, limit_mw: float, wanted_mw: float, played: Any, node_mw: FloatArray,
    node_mwh: FloatArray, total: Any,
) -> None:  # fmt: skip
    """Add one hour to the year's energy, and look whether it closes."""
    it_mw, grid_mw, joined_mw, exported_mw, water_m3 = played
    total.wanted_mwh += wanted_mw
    total.it_mwh += it_mw
    total.grid_mwh += grid_mw
    total.exported_mwh += exported_mw
    total.water_m3 += water_m3
    for k in range(node_mw.size):
        node_mwh[k] += node_mw[k]
    total.chiller_hours += 1.0 if node_mw[chain.size + _TRIM_NODE] > 0.0 else 0.0
    total.peak_grid_mw = max(total.peak_grid_mw, grid_mw)
    if grid_mw > 0.0:
        total.limit_use_frac = max(total.limit_use_frac, grid_mw / limit_mw)
        error = balance_error_frac(chain, grid_mw, joined_mw, it_mw, state[0], node_mw)
        total.balance_error_frac = max(total.balance_error_frac, error)


@kernel
def job_size(n_filled_gpus: float, whole_n_gpus: float) -> int:
    """Size played that is next above what a job has, as the halls fill; index of `SIZE_FRAC`."""
    filled = n_filled_gpus / max(whole_n_gpus, 1.0)
    size = 0
    while size < len(SIZE_FRAC) - 1 and SIZE_FRAC[size] < filled - 1e-9:
        size += 1
    return size


@kernel
def _book_halls(
    halls: Any, campus: Any, day_number: float, activity: float, it_mw: float, wanted_mw: float,
    hall_mw: FloatArray,
) -> None:  # fmt: skip
    """Share the hour's IT power out to the halls as they want it: sum, and highest hour."""
    idle = campus.idle_power_frac
    for h in range(halls.size):
        hall = halls[h]
        if hall.it_mw > 0.0 and hall.ready_day <= day_number:
            fill = 1.0
            if campus.fill_days > 0.0:
                fill = min((day_number - hall.ready_day) / campus.fill_days, 1.0)
            asked_mw = hall.it_mw * (idle + (1.0 - idle) * fill * activity)
            mw = asked_mw * it_mw / max(wanted_mw, 1e-12)
            hall_mw[0, h] += mw
            hall_mw[1, h] = max(hall_mw[1, h], mw)


@kernel
def _show(shown: Any, day: Any, t: int, grid_mw: float, it_mw: float, dry_c: float) -> None:
    """Keep one hour of the year that is shown."""
    hourly_mw, shape, _, _ = shown
    hourly_mw[t] = grid_mw
    shape[0, day.month, t % 24] += grid_mw
    shape[1, day.month, t % 24] += it_mw
    shape[2, day.month, t % 24] += dry_c


@kernel
def play_year(
    seed: int, draw_id: int, year: int, plant: Any, compute: Any, halls: Any,
    limit_mw: FloatArray, days: Any, is_peak: NDArray[np.bool_], dry_bulb_c: FloatArray,
    wet_bulb_c: FloatArray, booked: Any, shown: Any,
) -> None:  # fmt: skip
    """
    Play one calendar year of one draw.

    Parameters
    ----------
    seed, draw_id, year : int
        Name of the random streams.
    plant : tuple
        As in `play_hour`.
    compute : tuple
        ``(work, pool)``: one draw's record of COMPUTE and its job at each size.
    halls : array of records, shape (hall,)
        One draw's halls.
    limit_mw : ndarray, shape (day,)
        Grid power open. [MW]
    days : array of records, shape (day,)
        Calendar of the year.
    is_peak : ndarray of bool, shape (time,)
        Market peak hours.
    dry_bulb_c, wet_bulb_c : ndarray, shape (time,)
        Weather of the draw and year. [degC]
    booked : tuple
        Record of yearly totals; energy of each node, shape (node,) [MWh]; requests by the load
        they met, shape (load,). Written.
    shown : tuple
        Grid power by hour, float32, shape (time,) or (0,) [MW]; sums of grid power, IT power and
        dry bulb by month and hour, shape (3, 12, 24); requests by weekday or weekend, hour and
        load, shape (2, 24, load); sum and maximum of each hall's IT power, shape (2, hall) [MW].
        Written when the first has room.
    """
    campus, _, chain, _ = plant
    work, pool = compute
    total, node_mwh, request_hours = booked
    if ready_halls(halls, days[days.size - 1].number, 0.0)[4] == 0.0:
        return
    n_hours = dry_bulb_c.size
    wanted = wanted_requests_frac(work, days, seed, draw_id, year)
    n_weeks = n_hours // HOURS_PER_WEEK + 1
    starts = week_starts(int(work.n_jobs), n_weeks, pool.shape[1], seed, draw_id, year)
    score = market_score(seed, draw_id, year, n_hours)
    degree_hours = heating_degree_hours(dry_bulb_c)
    node_mw, busy_frac = np.zeros(node_mwh.size), np.zeros(24)
    felt_c, before_mw = dry_bulb_c[0], -1.0
    for d in range(days.size):
        day = days[d]
        nameplate_mw, filled_mw, n_gpus, n_filled, n_halls = ready_halls(
            halls, day.number, campus.fill_days
        )
        idle_mw = nameplate_mw * campus.idle_power_frac
        swing_mw = filled_mw * (1.0 - campus.idle_power_frac)
        auxiliary_mw = campus.auxiliary_mw_per_hall * n_halls
        size = job_size(n_filled, work.whole_n_gpus)
        training_busy_frac(pool, starts, size, 24 * d, busy_frac)
        capacity = (n_gpus, n_filled, filled_mw / max(n_filled, 1.0))
        angle = 2.0 * math.pi * (d - campus.sea_coldest_day) / 365.0
        sea_c = campus.sea_mean_c - campus.sea_amplitude_k * math.cos(angle)
        for t in range(24 * d, 24 * d + 24):
            felt_c += (dry_bulb_c[t] - felt_c) / _MEMORY_HOURS
            if nameplate_mw <= 0.0:
                continue
            state = (
                nameplate_mw, auxiliary_mw, dry_bulb_c[t], wet_bulb_c[t], sea_c, degree_hours
            )  # fmt: skip
            busy = busy_frac[t % 24]
            answer = serve_hour(work, wanted[t])
            activity = activity_frac(work, busy, answer[3])
            busy_mw = swing_mw * activity
            wanted_mw = idle_mw + busy_mw
            played = _admit(plant, state, wanted_mw, limit_mw[d], total, node_mw)
            _book_energy(chain, state, limit_mw[d], wanted_mw, played, node_mw, node_mwh, total)
            it_mw, grid_mw = played[0], played[1]
            price = price_eur_per_mwh(campus, day.month // 3, is_peak[t], score[t])
            carbon = carbon_g_per_kwh(campus, day.winter_frac, felt_c)
            total.energy_cost_eur += grid_mw * price
            total.carbon_t += grid_mw * carbon / 1000.0
            if before_mw >= 0.0:
                total.steepest_mw_per_h = max(total.steepest_mw_per_h, abs(grid_mw - before_mw))
            before_mw = grid_mw
            served = 1.0  # exactly, where nothing is held back
            if it_mw < wanted_mw:
                served = min(max((it_mw - idle_mw) / max(busy_mw, 1e-12), 0.0), 1.0)
            requests = book_compute(
                work, capacity, busy, served, wanted[t], answer, total, request_hours
            )
            if shown[0].size > 0:
                _show(shown, day, t, grid_mw, it_mw, dry_bulb_c[t])
                shown[2][int(day.is_weekend), t % 24, load_cell(answer[2])] += requests
                _book_halls(halls, campus, day.number, activity, it_mw, wanted_mw, shown[3])


@kernel
def play_draws(
    seed: int, draw_ids: NDArray[np.int64], year: int, plants: Any, compute: Any, halls: Any,
    limit_mw: FloatArray, days: Any, is_peak: NDArray[np.bool_], dry_bulb_c: FloatArray,
    wet_bulb_c: FloatArray, booked: Any, shown: Any,
) -> None:  # fmt: skip
    """
    Play one calendar year of several draws; every array leads with the draw.

    Parameters
    ----------
    seed, draw_ids, year
        Names of the random streams.
    plants, compute, halls, limit_mw, days, is_peak, dry_bulb_c, wet_bulb_c
        As in `play_year`; chiller, days and market hours are the same for all.
    booked, shown
        Tuples of arrays; written.
    """
    campus, chiller, chain, sinks = plants
    work, pool = compute
    total, node_mwh, request_hours = booked
    hourly_mw, shape, day_requests, hall_mw = shown
    for i in range(draw_ids.size):
        play_year(
            seed, draw_ids[i], year, (campus[i], chiller[0], chain[i], sinks[i]),
            (work[i], pool[i]), halls[i], limit_mw[i], days, is_peak, dry_bulb_c[i],
            wet_bulb_c[i], (total[i], node_mwh[i], request_hours[i]),
            (hourly_mw[i], shape[i], day_requests[i], hall_mw[i]),
        )  # fmt: skip
