"""The campus in operation: every hour of every year of every draw, and what is kept of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import FloatArray, IntArray
from wattport.calendar.epoch import date_of
from wattport.calendar.hours import Calendar, calendar, tranche_by_day
from wattport.calendar.years import year_edge_day
from wattport.energy import tables
from wattport.energy.campus_kernel import N_COOLING_NODES
from wattport.energy.supply_line import supply_line
from wattport.environment.weather import HOURS, Weather, generate, load_climate, read_epw
from wattport.equations.metrics import (
    energy_reuse_factor_frac,
    power_usage_effectiveness,
    water_usage_effectiveness_l_per_kwh,
)
from wattport.operation.compute import Compute, compute_of
from wattport.operation.compute_kernel import N_LOADS
from wattport.operation.compute_record import compute_fields, paid_fields
from wattport.operation.findings import checks, reasons
from wattport.operation.plant_tables import campus_table, chiller_table, sink_table
from wattport.operation.shapes import duration, monthly_shapes, week_quantiles
from wattport.operation.year_kernel import play_draws
from wattport.records import Design, Operation, Programme
from wattport.spec import Spec

# Draws played together by one thread: their weather of one year stays in the cache's reach and
# memory does not grow with the number of draws.
CHUNK = 8

WeatherOf = Callable[[NDArray[np.int64], int], Weather]


@dataclass(frozen=True)
class Played:
    """Raw results of all hours, before ratios and shapes."""

    year: IntArray
    total: tables.Table  # (draw, year) of TOTAL
    node_mwh: FloatArray  # (draw, year, node)
    hourly_mw: NDArray[np.float32]  # (draw, time) of the full year
    shape: FloatArray  # (draw, 3, month, hour) sums of the full year
    request_loads: FloatArray  # (draw, year, load) requests by the load they met
    day_requests: FloatArray  # (draw, 2, hour, load) the same of the full year, by hour
    hall_mw: FloatArray  # (draw, 2, hall) sum and maximum of IT power, the same
    compute: Compute


def operate(
    spec: Spec, design: Design, programme: Programme, n_threads: int | None = None
) -> Operation:
    """
    Play every hour of the campus over its calendar years.

    Energy, water, money and carbon depend on hot hours, filling halls and tight connections,
    which yearly averages hide; so each draw lives through its own weather, demand and market.

    Parameters
    ----------
    spec : Spec
        Drawn.
    design : Design
        Halls, power chain and cooling plant.
    programme : Programme
        Day each hall is ready and grid power by month.
    n_threads : int, optional
        Threads that share the draws; left out: one per processor. Results do not depend on it.

    Returns
    -------
    Operation
        From the calendar year of the first ready hall of any draw to `operation_years` later.

    Notes
    -----
    Hour: demand gives IT power; losses follow from the chip outwards at part load; the cooling
    plant meets the hour's weather; IT is held back where the grid tranche or the warmest water
    would be passed. See docs/models/operation.md.
    """
    year = operating_years(spec, programme)
    full_year = first_full_year(programme, year)
    played = play(spec, design, programme, year, full_year, n_threads or os.cpu_count() or 1)
    total = played.total
    is_running = total["it_mwh"] > 0.0
    n_stages = len(design.chain)
    duration_frac, duration_mw = duration(played.hourly_mw)
    shape_mw, shape_pue, shape_dry_bulb_c = monthly_shapes(
        played.shape, days_of_month(calendar(full_year, HOURS))
    )
    return Operation(
        year=year,
        node=node_names(design),
        node_mwh=played.node_mwh,
        it_mwh=total["it_mwh"].copy(),
        grid_mwh=total["grid_mwh"].copy(),
        loss_mwh=played.node_mwh[:, :, :n_stages].sum(axis=2),
        cooling_mwh=played.node_mwh[:, :, n_stages : n_stages + N_COOLING_NODES].sum(axis=2),
        curtailed_mwh=total["wanted_mwh"] - total["it_mwh"],
        rack_supply_loss_mwh=rack_supply_loss_mwh(spec, design, total),
        balance_error_frac=total["balance_error_frac"].copy(),
        pue=np.where(
            is_running, power_usage_effectiveness(total["grid_mwh"], total["it_mwh"]), np.nan
        ),
        wue_l_per_kwh=water_usage_effectiveness_l_per_kwh(total["water_m3"], total["it_mwh"]),
        erf_frac=energy_reuse_factor_frac(total["exported_mwh"], total["grid_mwh"]),
        water_m3=total["water_m3"].copy(),
        reused_heat_mwh=total["exported_mwh"].copy(),
        peak_grid_mw=total["peak_grid_mw"].copy(),
        chiller_hours=total["chiller_hours"].copy(),
        energy_cost_eur=total["energy_cost_eur"].copy(),
        carbon_t=total["carbon_t"].copy(),
        gpu_hours=total["gpu_hours"].copy(),
        gpu_hours_held=total["gpu_hours_held"].copy(),
        **compute_fields(
            spec,
            played.compute,
            total,
            played.request_loads,
            played.day_requests,
            calendar(full_year, HOURS),
        ),
        **paid_fields(spec, design, played.compute, total),
        complete_year=complete_years(programme, year),
        full_year=full_year,
        hall_it_mwh=played.hall_mw[:, 0],
        hall_peak_it_mw=played.hall_mw[:, 1],
        duration_frac=duration_frac,
        duration_mw=duration_mw,
        shape_mw=shape_mw,
        shape_pue=shape_pue,
        shape_dry_bulb_c=shape_dry_bulb_c,
        week_mw=week_quantiles(played.hourly_mw, calendar(full_year, HOURS).first_hour_of_week),
        checks=checks(spec, design, played.total),
        reasons=reasons(spec, design, programme, played.total, year, full_year, played.compute),
    )


def rack_supply_loss_mwh(spec: Spec, design: Design, total: tables.Table) -> FloatArray:
    """
    Energy that the racks' power supplies lose: a part of IT, which is metered at their input.

    Parameters
    ----------
    spec : Spec
        Drawn.
    design : Design
        With its supplies, and halls of like racks.
    total : ndarray of TOTAL, shape (draw, year)
        IT energy, and GPU-hours in ready halls, which stand for their nameplate.

    Returns
    -------
    ndarray, shape (draw, year)
        [MWh]
    """
    n_gpus = design.hall_n_gpus.sum(axis=1)
    nameplate_mwh = total["gpu_hours"].T * design.it_mw / np.maximum(n_gpus, 1)
    line = supply_line(design, spec.workload.idle_power_frac)
    return np.ascontiguousarray(line.loss_mwh(total["it_mwh"].T, nameplate_mwh).T)


def operating_years(spec: Spec, programme: Programme) -> IntArray:
    """
    Calendar years to play.

    Parameters
    ----------
    spec : Spec
        Its `finance.operation_years` is counted from the first hall of any draw.
    programme : Programme
        Ready days; where no draw has a hall, the years start at the first month.

    Returns
    -------
    ndarray, shape (year,)
        Both ends included.
    """
    ready = programme.ready_day[np.isfinite(programme.ready_day)]
    first_day = float(ready.min()) if ready.size else float(programme.month_day[0])
    first = date_of(first_day).year
    return np.arange(first, first + spec.finance.operation_years + 1, dtype=np.int64)


def complete_years(programme: Programme, year: IntArray) -> IntArray:
    """
    First calendar year that each draw begins with its whole campus.

    Parameters
    ----------
    programme : Programme
        Its last hall by draw; NaN or inf where the campus is never whole.
    year : ndarray, shape (year,)
        Years played.

    Returns
    -------
    ndarray of int, shape (draw,)
        0 where no year played is complete.
    """
    first_day = year_edge_day(year)[:-1]
    index = np.searchsorted(first_day, np.nan_to_num(programme.full_campus_day, nan=np.inf))
    return np.append(year, 0)[index]


def first_full_year(programme: Programme, year: IntArray) -> int:
    """
    First calendar year that most draws begin with their whole campus.

    Parameters
    ----------
    programme : Programme
        Its last hall by draw; a draw that never gets there counts as late.
    year : ndarray, shape (year,)
        Years played.

    Returns
    -------
    int
        The last year played where no year qualifies.
    """
    day = np.sort(np.where(np.isnan(programme.full_campus_day), np.inf, programme.full_campus_day))
    median = day[(day.size - 1) // 2]
    if not np.isfinite(median):
        return int(year[-1])
    return int(min(max(date_of(float(np.nextafter(median, -np.inf))).year + 1, year[0]), year[-1]))


def play(
    spec: Spec,
    design: Design,
    programme: Programme,
    year: IntArray,
    full_year: int,
    n_threads: int,
) -> Played:
    """
    Play all years of all draws, a chunk of draws to a thread.

    Parameters
    ----------
    spec, design, programme
        As in `operate`.
    year : ndarray, shape (year,)
        Years to play.
    full_year : int
        The one whose hours are kept.
    n_threads : int
        [>= 1]

    Returns
    -------
    Played
    """
    n_draws, n_nodes = design.n_draws, len(node_names(design))
    played = Played(
        year=year,
        total=np.zeros((n_draws, year.size), dtype=tables.TOTAL),
        node_mwh=np.zeros((n_draws, year.size, n_nodes)),
        hourly_mw=np.zeros((n_draws, HOURS), dtype=np.float32),
        shape=np.zeros((n_draws, 3, 12, 24)),
        request_loads=np.zeros((n_draws, year.size, N_LOADS)),
        day_requests=np.zeros((n_draws, 2, 24, N_LOADS)),
        hall_mw=np.zeros((n_draws, 2, design.hall_it_mw.shape[1])),
        compute=compute_of(spec, design),
    )
    play_chunk = _chunk_player(spec, design, programme, full_year, played)
    starts = range(0, n_draws, CHUNK)
    if n_threads == 1 or n_draws <= CHUNK:
        for start in starts:
            play_chunk(start)
    else:
        with ThreadPoolExecutor(max_workers=n_threads) as pool:
            list(pool.map(play_chunk, starts))
    return played


def _chunk_player(
    spec: Spec, design: Design, programme: Programme, full_year: int, played: Played
) -> Callable[[int], None]:
    """Make the function that plays the draws from one number on, into `played`."""
    campus, chiller = campus_table(spec, design), chiller_table(spec)
    chain, sinks = tables.chain_table(design), sink_table(spec, design.n_draws)
    halls = tables.hall_table(design, programme)
    work, pool = played.compute.table, played.compute.pool_busy_frac
    calendars: list[Calendar] = [calendar(int(y), HOURS) for y in played.year]
    limits = [
        tranche_by_day(programme.tranche_mw, programme.month_day, c.day_number) for c in calendars
    ]
    days = [tables.day_table(c) for c in calendars]
    weather_of = weather_source(spec)
    no_hours = np.zeros((CHUNK, 0), dtype=np.float32)

    def play_chunk(start: int) -> None:
        rows = slice(start, min(start + CHUNK, design.n_draws))
        draw_ids = np.asarray(spec.draw_ids[rows], dtype=np.int64)
        for y, this in enumerate(calendars):
            is_kept = this.year == full_year
            weather = weather_of(draw_ids, this.year)
            play_draws(
                spec.seed, draw_ids, this.year, (campus[rows], chiller, chain[rows], sinks[rows]),
                (work[rows], pool[rows]), halls[rows], limits[y][rows], days[y], this.is_peak,
                weather.dry_bulb_c, weather.wet_bulb_c,
                (played.total[rows, y], played.node_mwh[rows, y], played.request_loads[rows, y]),
                (
                    played.hourly_mw[rows] if is_kept else no_hours, played.shape[rows],
                    played.day_requests[rows], played.hall_mw[rows],
                ),
            )  # fmt: skip

    return play_chunk


def weather_source(spec: Spec) -> WeatherOf:
    """
    Where the hours' weather comes from: the fitted climate, or the user's own file.

    Parameters
    ----------
    spec : Spec
        With `site.weather`.

    Returns
    -------
    callable
        From draw ids and calendar year to `Weather`; a file gives every draw the same year.
    """
    if spec.site.weather.epw is None:
        climate = load_climate(spec.site.weather.climate)
        return lambda draw_ids, year: generate(climate, spec.seed, draw_ids, year)
    measured = read_epw(spec.site.weather.epw)

    def repeated(draw_ids: NDArray[np.int64], year: int) -> Weather:
        return Weather(
            **{
                item.name: np.repeat(getattr(measured, item.name)[:1], draw_ids.size, axis=0)
                for item in fields(measured)
            }
        )

    return repeated


def node_names(design: Design) -> tuple[str, ...]:
    """Nodes in the order of the energy table: chain from the grid, cooling, auxiliaries, IT."""
    stages = tuple(stage.name for stage in tables.ordered_chain(design))
    return (*stages, *tables.COOLING_NODES, *tables.OTHER_NODES)


def days_of_month(year: Calendar) -> IntArray:
    """Days of each month that are played; shape (12,)."""
    return np.bincount(year.month, minlength=12)
