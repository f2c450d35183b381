"""From a plant as a person describes it to stations, staff and hours of the event engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray, IntArray, Records, per_draw
from wattport.calendar.epoch import EPOCH, hour_of
from wattport.calendar.intervals import shift_intervals, working_days
from wattport.factory.engine.line_records import Failure, Service
from wattport.factory.engine.simulate import empty_stations, set_service
from wattport.spec.campus.plants import Plant

_N_YEARS = 30  # from the epoch; a plant not done by then is reported, not waited for


@dataclass(frozen=True)
class Clockwork:
    """When one plant works and with how many people; one calendar for all its draws."""

    start_h: FloatArray  # (day,)
    end_h: FloatArray  # (day,)
    level_from_h: FloatArray  # (step,)
    level_n: IntArray  # (step,)


def net_labour_h(plant: Plant, n_draws: int) -> FloatArray:
    """
    Crew hours of the assembly stations in one unit, as the file writes them.

    Parameters
    ----------
    plant : Plant
        Drawn.
    n_draws : int
        Draws.

    Returns
    -------
    ndarray, shape (draw,)
        Sum of crew times cycle; the test is left out. [h]
    """
    hours = np.zeros(n_draws)
    for station in plant.stations:
        hours += per_draw(station.crew, n_draws) * per_draw(station.cycle_h, n_draws)
    return hours


def cycle_scale(plant: Plant, n_draws: int) -> FloatArray:
    """
    Factor that turns the written cycle of an assembly station into hours on the clock.

    The written cycles are proportions between stations. Their sum is set so
    that one unit that passes its test the first time takes the paid hours of
    the plant, the test's own hours included; rework comes on top.

    Parameters
    ----------
    plant : Plant
        Drawn.
    n_draws : int
        Draws.

    Returns
    -------
    ndarray, shape (draw,)
        Hours on the clock per written hour; 1 / efficiency where the written
        cycles already meet the paid hours. [> 0]

    Notes
    -----
    ``(labour - crew_test * duration / efficiency) / sum(crew * cycle)``, never
    below a tenth of ``1 / efficiency``.
    """
    efficiency = per_draw(plant.efficiency_frac, n_draws)
    test_h = per_draw(plant.test.crew, n_draws) * per_draw(plant.test.duration_h, n_draws)
    paid = per_draw(plant.labour_h_per_unit, n_draws) - test_h / efficiency
    scale = paid / np.maximum(net_labour_h(plant, n_draws), 1e-9)
    return np.maximum(scale, 0.1 / efficiency)


def plant_stations(plant: Plant, n_draws: int, line: int, first: int, calendar: int) -> Records:
    """
    Stations of one plant, its test bays last, in the engine's terms.

    Parameters
    ----------
    plant : Plant
        Drawn.
    n_draws : int
        Draws.
    line, first, calendar : int
        Row of the line, number of its first station, row of the calendar. The
        staff pool has the row of the line.

    Returns
    -------
    structured ndarray, shape (draw, station)
        Of `wattport.factory.engine.line_records.STATION`.
    """
    stations = empty_stations(n_draws, len(plant.stations) + 1)
    stations["line"] = line
    stations["pool"] = line
    stations["calendar"] = calendar
    has_next = stations["next_station"] >= 0
    stations["next_station"] = np.where(has_next, stations["next_station"] + first, -1)
    scale = cycle_scale(plant, n_draws)
    for s, station in enumerate(plant.stations):
        for column in ("n_bays", "n_buffer", "crew"):
            stations[column][:, s] = getattr(station, column)
        mean_h = per_draw(station.cycle_h, n_draws) * scale
        set_service(stations, s, Service.LOGNORMAL, mean_h, station.cycle_cv_frac)
        if station.mtbf_h is not None and station.mttr_h is not None:
            stations["failure"][:, s] = Failure.OPERATING
            stations["mtbf_h"][:, s] = station.mtbf_h
            stations["mttr_h"][:, s] = station.mttr_h
    _add_test(stations, plant, n_draws, first)
    return stations


def _add_test(stations: Records, plant: Plant, n_draws: int, first: int) -> None:
    last = stations.shape[1] - 1
    efficiency = per_draw(plant.efficiency_frac, n_draws)
    stations["n_bays"][:, last] = plant.test.n_bays
    stations["crew"][:, last] = plant.test.crew
    stations["fail_station"][:, last] = first + last  # reworked and tested again on the bay
    stations["fail_frac"][:, last] = 1.0 - per_draw(plant.test.first_pass_yield_frac, n_draws)
    stations["rework_h"][:, last] = per_draw(plant.test.rework_h, n_draws) / efficiency
    mean_h = per_draw(plant.test.duration_h, n_draws) / efficiency
    set_service(stations, last, Service.LOGNORMAL, mean_h, plant.test.duration_cv_frac)


def clockwork(plant: Plant, weeks_per_year: float, shift_h: float) -> Clockwork:
    """
    Hours of work and people present of one plant.

    Parameters
    ----------
    plant : Plant
        Shifts, days and staff.
    weeks_per_year, shift_h : float
        Of one draw.

    Returns
    -------
    Clockwork
        From the epoch on, for thirty years.
    """
    n_shifts = int(plant.shifts)
    days = working_days(int(plant.days_per_week), weeks_per_year, EPOCH.year, _N_YEARS)
    start, end, change = shift_intervals(days, n_shifts, shift_h)
    first, later = int(plant.n_direct_staff), int(plant.n_second_shift_staff)
    if n_shifts == 1 or first == later:
        return Clockwork(start, end, np.zeros(1), np.array([first]))
    # Only the change between unequal shifts matters: at night nobody works anyhow.
    change = change.reshape(len(days), n_shifts)[:, :2].ravel()
    level_n = np.tile(np.array([first, later]), len(days))
    return Clockwork(start, end, np.append(0.0, change), np.append(first, level_n))


def opening_h(plant: Plant, n_draws: int) -> FloatArray:
    """
    Hour at which the plant opens, its delay included.

    Returns
    -------
    ndarray, shape (draw,)
        [h since the epoch]
    """
    delay_h = per_draw(plant.opening_delay_weeks, n_draws) * 7.0 * 24.0
    return np.maximum(hour_of(plant.opening) + delay_h, 0.0)


def planned_rate_per_h(plant: Plant, stations: Records) -> FloatArray:
    """
    Units per working hour the planner counts on: staff or the tightest station.

    Parameters
    ----------
    plant : Plant
        Drawn.
    stations : structured ndarray, shape (draw, station)
        From `plant_stations`, test last.

    Returns
    -------
    ndarray, shape (draw,)
        At full rate; waiting, failures and variability left out. [1/h]

    Notes
    -----
    Staff present, the mean over the shifts, over the crew hours of one unit;
    bays over the hours of one unit on them; the smallest of these.
    """
    busy_h = mean_service_h(stations)
    last = stations.shape[1] - 1
    fail = stations["fail_frac"][:, last]
    repeats = fail / np.maximum(1.0 - fail, 1e-9)
    busy_h[:, last] += repeats * (busy_h[:, last] + stations["rework_h"][:, last])
    n_shifts = int(plant.shifts)
    staff = (plant.n_direct_staff + (n_shifts - 1) * plant.n_second_shift_staff) / n_shifts
    by_staff = staff / np.maximum((stations["crew"] * busy_h).sum(axis=1), 1e-9)
    by_bays = (stations["n_bays"] / np.maximum(busy_h, 1e-9)).min(axis=1)
    return np.asarray(np.minimum(by_staff, by_bays), dtype=np.float64)


def mean_service_h(stations: Records) -> FloatArray:
    """
    Mean of one service at each station with lognormal or fixed times.

    Returns
    -------
    ndarray, shape (draw, station)
        [h]
    """
    is_fixed = stations["service"] == int(Service.DETERMINISTIC)
    # The hours of a fixed service are no logarithm: their exponential may overflow.
    logarithm = np.where(is_fixed, 0.0, stations["p0"] + stations["p1"] ** 2 / 2.0)
    return np.where(is_fixed, stations["p0"], np.exp(logarithm))
