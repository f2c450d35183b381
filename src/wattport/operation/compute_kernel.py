"""What the machines do in one hour: trainings that run, replicas that answer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import FloatArray
from wattport.calendar.epoch import HOURS_PER_WEEK
from wattport.compiled import kernel
from wattport.environment.series_kernel import correlated_normal
from wattport.equations.random_stream import next_uniform, seed_stream

COMPUTE_STAGE = 0x0C0F9E7
N_LOADS = 65  # nodes of the power curve of a replica, and cells of the load that requests meet
_PARTS, _TRAINING, _INFERENCE = 2, 0, 1  # names of the random streams of a year


@kernel
def wanted_requests_frac(work: Any, days: Any, seed: int, draw_id: int, year: int) -> FloatArray:
    """
    Requests that come, by hour, over what the whole fleet answers within its promise.

    Parameters
    ----------
    work : record of COMPUTE
        One draw.
    days : array of records, shape (day,)
        Calendar of the year.
    seed, draw_id, year : int
        Name of the random stream.

    Returns
    -------
    ndarray, shape (time,)
        Above 1 where more come than can be answered. [>= 0]
    """
    n_hours = 24 * days.size
    state = seed_stream(seed, COMPUTE_STAGE, draw_id, year * _PARTS + _INFERENCE)
    unrest = correlated_normal(state, work.noise_h, 1, n_hours)
    wanted = np.empty(n_hours)
    daily = np.empty(24)
    for hour in range(24):
        angle = 2.0 * math.pi * (hour - work.peak_hour_utc) / 24.0
        daily[hour] = 1.0 + work.diurnal_amplitude_frac * math.cos(angle)
    for t in range(n_hours):
        level = work.inference_scale_frac * daily[t % 24]
        if days[t // 24].is_weekend > 0.0:
            level *= 1.0 - work.weekend_drop_frac
        wanted[t] = max(level * (1.0 + work.noise_frac * unrest[t]), 0.0)
    return wanted


@kernel
def week_starts(
    n_jobs: int, n_weeks: int, pool_hours: int, seed: int, draw_id: int, year: int
) -> NDArray[np.int64]:
    """
    Draw the hour of the pool at which each job's week begins; shape (week, job).

    Parameters
    ----------
    n_jobs, n_weeks, pool_hours : int
        Jobs; weeks of the year; hours that were played.
    seed, draw_id, year : int
        Name of the random stream.
    """
    state = seed_stream(seed, COMPUTE_STAGE, draw_id, year * _PARTS + _TRAINING)
    starts = np.empty((n_weeks, n_jobs), dtype=np.int64)
    for week in range(n_weeks):
        for job in range(n_jobs):
            starts[week, job] = int(next_uniform(state) * pool_hours) % pool_hours
    return starts


@kernel
def training_busy_frac(
    pool: Any, starts: NDArray[np.int64], size: int, first_hour: int, busy_frac: FloatArray
) -> None:
    """
    Share of each hour of a day in which training jobs compute, mean over the jobs.

    Parameters
    ----------
    pool : ndarray of float32, shape (size, hour)
        One draw's job, played at each size.
    starts : ndarray of int64, shape (week, job)
        From `week_starts`.
    size, first_hour : int
        Size of the jobs; hour of the year at which the day begins.
    busy_frac : ndarray, shape (24,)
        Written. [0 to 1]
    """
    week, within = first_hour // HOURS_PER_WEEK, first_hour % HOURS_PER_WEEK
    n_hours, n_jobs = pool.shape[1], starts.shape[1]
    busy_frac[:] = 0.0
    for job in range(n_jobs):
        at = (starts[week, job] + within) % n_hours
        n_before = min(24, n_hours - at)  # then the pool begins anew
        for hour in range(n_before):
            busy_frac[hour] += pool[size, at + hour]
        for hour in range(n_before, 24):
            busy_frac[hour] += pool[size, hour - n_before]
    for hour in range(24):
        busy_frac[hour] /= n_jobs


@kernel
def serve_hour(work: Any, wanted: float) -> tuple[float, float, float, float]:
    """
    Switch on the replicas an hour needs, and read off what they draw.

    Parameters
    ----------
    work : record of COMPUTE
        One draw, with the power curve of its replicas.
    wanted : float
        Requests over what the whole fleet answers within its promise. [>= 0]

    Returns
    -------
    answered_frac : float
        As `wanted`, cut at 1: the rest goes elsewhere.
    on_frac : float
        Replicas that are on, over all.
    load_frac : float
        Load of one that is on, over the largest it sustains.
    activity_frac : float
        Power above idle of the fleet, over that with all replicas at the promise's limit.
    """
    answered = min(wanted, 1.0)
    on = min(max(answered * (1.0 + work.headroom_frac), work.least_on_frac), 1.0)
    if on <= 0.0:
        return answered, 0.0, 0.0, 0.0
    load = answered / on * work.promised_load_frac
    at = min(load * (N_LOADS - 1), N_LOADS - 1.0)
    k = min(int(at), N_LOADS - 2)
    rise = work.power_frac[k + 1] - work.power_frac[k]
    return answered, on, load, on * (work.power_frac[k] + (at - k) * rise)


@kernel
def activity_frac(work: Any, busy: float, serving: float) -> float:
    """
    Power above idle of filled halls, over that of halls full of work.

    Parameters
    ----------
    work : record of COMPUTE
        One draw.
    busy : float
        Share of the hour in which trainings compute.
    serving : float
        Activity of the fleet, from `serve_hour`.

    Returns
    -------
    float
        [0 to 1]
    """
    training: float = work.training_level_frac * (busy + (1.0 - busy) * work.pause_power_frac)
    fleet: float = work.most_sold_frac * serving
    whole: float = work.training_frac * training + (1.0 - work.training_frac) * fleet
    return whole


@kernel
def load_cell(load_frac: float) -> int:
    """Cell of a load among `N_LOADS`."""
    return int(load_frac * (N_LOADS - 1) + 0.5)


@kernel
def book_compute(
    work: Any, capacity: Any, busy: float, served: float, wanted: float, answer: Any, total: Any,
    request_hours: FloatArray,
) -> float:  # fmt: skip
    """
    Add one hour to the year's GPU-hours, tokens and energy of inference.

    Parameters
    ----------
    work : record of COMPUTE
        One draw.
    capacity : tuple
        ``(n_gpus, n_filled_gpus, it_mw_per_gpu)``.
    busy, served, wanted : float
        Share of the hour that trainings compute; share of the wanted power that limits left;
        requests as in `serve_hour`.
    answer : tuple
        Of `serve_hour`.
    total : record
        Yearly totals; written.
    request_hours : ndarray, shape (load,)
        Requests by the load they met; written.

    Returns
    -------
    float
        Requests answered in the hour.
    """
    n_gpus, n_filled, mw_per_gpu = capacity
    answered, on, load, activity = answer
    fleet = n_filled * (1.0 - work.training_frac) * work.most_sold_frac
    trainings = n_filled * work.training_frac * work.training_level_frac * served
    serving = fleet * on * served
    failed = n_gpus * work.failed_frac
    total.training_gpu_hours += trainings
    total.training_busy_gpu_hours += trainings * busy
    total.inference_gpu_hours += serving
    total.failed_gpu_hours += failed
    total.idle_gpu_hours += n_gpus - failed - trainings - serving
    total.gpu_hours += n_gpus
    total.gpu_hours_held += trainings + serving
    most = 3600.0 * fleet * work.requests_per_gpu_s
    requests: float = most * answered * served
    total.n_requests += requests
    total.n_requests_lost += most * (wanted - answered + answered * (1.0 - served))
    total.peak_requests_per_s = max(total.peak_requests_per_s, requests / 3600.0)
    dynamic = (1.0 - work.idle_power_frac) * activity
    total.inference_it_mwh += fleet * mw_per_gpu * served * (work.idle_power_frac * on + dynamic)
    request_hours[load_cell(load)] += requests
    return requests
