"""Run the event engine over draws, on all cores, with results that do not depend on them."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray, IntArray, Records
from wattport.calendar.intervals import INTERVAL
from wattport.factory.engine.line_kernel import simulate_draws
from wattport.factory.engine.line_records import (
    BAY,
    CHANGE,
    LEVEL,
    LINE,
    MOVE,
    NEED,
    OPERATION,
    PART,
    POOL,
    REPAIR,
    STATION,
    BayState,
    Lines,
    Network,
    Service,
)

_DRAWS_PER_CHUNK = 4


def empty_stations(n_draws: int, n_stations: int) -> Records:
    """
    Stations of one line, in a row, each feeding the next, without crew, failures or calendar.

    Parameters
    ----------
    n_draws, n_stations : int
        Shape of the result.

    Returns
    -------
    structured ndarray, shape (draw, station)
        Of `wattport.factory.engine.line_records.STATION`: one bay each, no buffer, no service time.

    Examples
    --------
    >>> empty_stations(1, 3)["next_station"]
    array([[ 1,  2, -1]])
    """
    stations = np.zeros((n_draws, n_stations), dtype=STATION)
    stations["n_bays"] = 1
    for column in ("pool", "repair_crew", "calendar", "fail_station", "first_change"):
        stations[column] = -1
    stations["next_station"] = np.append(np.arange(1, n_stations), -1)
    stations["batch_wait_h"] = np.inf
    return stations


def empty_lines(n_draws: int, n_lines: int, n_units: ArrayLike) -> Records:
    """
    Lines without ramp or cap, from hour 0, the first one starting at station 0.

    Parameters
    ----------
    n_draws, n_lines : int
        Shape of the result.
    n_units : array_like
        Units to make; broadcast to the shape.

    Returns
    -------
    structured ndarray, shape (draw, line)
        Of `wattport.factory.engine.line_records.LINE`.
    """
    lines = np.zeros((n_draws, n_lines), dtype=LINE)
    lines["n_units"] = n_units
    lines["ramp_frac"] = 1.0
    return lines


def set_service(stations: Records, s: int, kind: Service, mean_h: ArrayLike, cv: ArrayLike) -> None:
    """
    Give a station its service-time distribution, from mean and coefficient of variation.

    Parameters
    ----------
    stations : structured ndarray, shape (draw, station)
        Changed in place.
    s : int
        The station.
    kind : Service
        Deterministic and exponential ignore ``cv``; triangular is symmetric and
        cannot spread further than 0.40.
    mean_h : array_like, shape (draw,) or scalar
        Mean. [h, > 0]
    cv : array_like, shape (draw,) or scalar
        Standard deviation over mean; for gamma zero in all draws or in none. [>= 0]
    """
    mean = np.asarray(mean_h, dtype=np.float64)
    spread = np.asarray(cv, dtype=np.float64)
    p0, p1, p2 = mean, np.zeros_like(mean), np.zeros_like(mean)
    if not spread.any() and kind != Service.EXPONENTIAL:
        kind = Service.DETERMINISTIC
    elif kind == Service.LOGNORMAL:
        variance = np.log1p(spread**2)
        p0, p1 = np.log(mean) - variance / 2.0, np.sqrt(variance)
    elif kind == Service.GAMMA:
        p0, p1 = spread**-2.0, mean * spread**2
    elif kind == Service.TRIANGULAR:
        half = np.minimum(spread * math.sqrt(6.0), 1.0) * mean
        p0, p1, p2 = mean - half, mean, mean + half
    stations["service"][:, s] = int(kind)
    stations["p0"][:, s], stations["p1"][:, s], stations["p2"][:, s] = p0, p1, p2


def make_network(
    stations: Records,
    lines: Records,
    *,
    seed: int = 0,
    draw_ids: IntArray | None = None,
    ready_h: FloatArray | None = None,
    feed: IntArray | None = None,
    calendars: Records | None = None,
    pools: Records | None = None,
    levels: Records | None = None,
    repairs: Records | None = None,
    dispatch: IntArray | None = None,
    operations: Records | None = None,
    needs: Records | None = None,
    changes: Records | None = None,
    covers: IntArray | None = None,
    parts: Records | None = None,
    uses: IntArray | None = None,
    rank: FloatArray | None = None,
    until_h: float = np.inf,
    n_log: int = 0,
) -> Network:
    """
    Complete a network with what it leaves open.

    Parameters
    ----------
    stations, lines : structured ndarray, shape (draw, ...)
        See `empty_stations` and `empty_lines`.
    seed : int
        Of all random numbers, with ``draw_ids`` naming each draw's share.
    draw_ids : ndarray, shape (draw,), optional
        By default 0, 1, 2, ...
    ready_h : ndarray, shape (draw, line, unit), optional
        Kits complete; by default from the start. [h]
    feed : ndarray, shape (line, line), optional
        Units of the second line in one unit of the first.
    calendars : structured ndarray, shape (calendar, interval), optional
        From `wattport.calendar.intervals`; by default day and night.
    pools : structured ndarray, shape (draw, pool), optional
        Of `wattport.factory.engine.line_records.POOL`, with ``levels``.
    levels : structured ndarray, shape (schedule, step), optional
        Of `wattport.factory.engine.line_records.LEVEL`, each row ending at infinity.
    repairs : structured ndarray, shape (draw, crew), optional
        Of `wattport.factory.engine.line_records.REPAIR`.
    dispatch : ndarray, shape (station,), optional
        By default the last station first: finish what was begun.
    operations : structured ndarray, shape (draw, operation), optional
        Of `wattport.factory.engine.line_records.OPERATION`, with ``needs``; by default one for
        each station, as its row says.
    needs : structured ndarray, shape (draw, need), optional
        Of `wattport.factory.engine.line_records.NEED`: the crews of the operations.
    changes : structured ndarray, shape (draw, change), optional
        Of `wattport.factory.engine.line_records.CHANGE`: setups that depend on what was before.
    covers : ndarray, shape (pool, place), optional
        Pools whose people may do the work of a pool, in the order in which they
        are asked, padded with -1; by default each its own.
    parts : structured ndarray, shape (draw, part), optional
        Of `wattport.factory.engine.line_records.PART`, with ``uses``: parts kept in stock.
    uses : ndarray, shape (line, part), optional
        Of each part in one unit of a line.
    rank : ndarray, shape (line, unit), optional
        Where lines share an entry, the lowest is released first; by default the
        first line.
    until_h : float
        End at the latest. [h]
    n_log : int
        Moves kept per draw.

    Returns
    -------
    Network
        Ready for `simulate`.
    """
    n_draws, n_stations = stations.shape
    n_lines = lines.shape[1]
    n_units = int(lines["n_units"].max(initial=1))
    n_bays = int(stations["n_bays"].sum(axis=1).max())
    n_pools = 0 if pools is None else pools.shape[1]
    return Network(
        seed=seed,
        draw_ids=np.arange(n_draws) if draw_ids is None else np.asarray(draw_ids, np.int64),
        stations=stations,
        lines=lines,
        pools=np.zeros((n_draws, 0), POOL) if pools is None else pools,
        operations=np.zeros((n_draws, 0), OPERATION) if operations is None else operations,
        needs=np.zeros((n_draws, 0), NEED) if needs is None else needs,
        changes=np.zeros((n_draws, 0), CHANGE) if changes is None else changes,
        covers=np.arange(n_pools)[:, None] if covers is None else covers,
        repairs=np.zeros((n_draws, 0), REPAIR) if repairs is None else repairs,
        parts=np.zeros((n_draws, 0), PART) if parts is None else parts,
        uses=np.zeros((n_lines, 0), np.int64) if uses is None else uses,
        rank=np.zeros((n_lines, n_units)) if rank is None else rank,
        ready_h=np.zeros((n_draws, n_lines, n_units)) if ready_h is None else ready_h,
        feed=np.zeros((n_lines, n_lines), np.int64) if feed is None else feed,
        dispatch=np.arange(n_stations)[::-1].copy() if dispatch is None else dispatch,
        calendars=np.zeros((0, 1), INTERVAL) if calendars is None else calendars,
        levels=np.zeros((0, 1), LEVEL) if levels is None else levels,
        until_h=float(until_h),
        n_bays=n_bays,
        n_log=n_log,
    )


def simulate(network: Network, n_threads: int | None = None) -> Lines:
    """
    Simulate every draw of a network.

    Parameters
    ----------
    network : Network
        From `make_network`.
    n_threads : int, optional
        By default one per core. Results are the same for any number.

    Returns
    -------
    Lines
        Times of each unit, times in each state of each station, outcomes.

    Examples
    --------
    Two machines of 2 h and 3 h, four parts:

    >>> stations = empty_stations(1, 2)
    >>> set_service(stations, 0, Service.DETERMINISTIC, 2.0, 0.0)
    >>> set_service(stations, 1, Service.DETERMINISTIC, 3.0, 0.0)
    >>> simulate(make_network(stations, empty_lines(1, 1, 4))).done_h[0, 0]
    array([ 5.,  8., 11., 14.])
    """
    n_draws = network.stations.shape[0]
    network = with_operations(network)
    result = _empty_result(network)
    chunks = range(0, n_draws, _DRAWS_PER_CHUNK)
    workers = min(n_threads or os.cpu_count() or 1, len(chunks))
    if workers <= 1:
        simulate_draws(network, result, 0, n_draws)
        return result

    def play(first: int) -> None:
        simulate_draws(network, result, first, min(first + _DRAWS_PER_CHUNK, n_draws))

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(play, chunks))  # which gives up what has not begun when it is interrupted
    return result


def with_operations(network: Network) -> Network:
    """
    Give each station one operation, with the crew and the times of its row.

    Parameters
    ----------
    network : Network
        Returned as it is where its operations are given.

    Returns
    -------
    Network
        Operation s at station s.
    """
    if network.operations.shape[1] > 0:
        return network
    stations = network.stations
    n_stations = stations.shape[1]
    rows = np.arange(n_stations)
    operations = np.zeros(stations.shape, OPERATION)
    for name in ("line", "service", "p0", "p1", "p2", "rework_h", "fail_frac", "scrap_frac"):
        operations[name] = stations[name]
    operations["station"] = rows
    operations["next_op"] = stations["next_station"]
    operations["fail_op"] = stations["fail_station"]
    operations["alternative"] = -1
    operations["need"] = np.where(stations["pool"] >= 0, rows, -1)
    needs = np.zeros(stations.shape, NEED)
    needs["pool"], needs["n_people"], needs["next"] = stations["pool"], stations["crew"], -1
    return network._replace(operations=operations, needs=needs)


def _empty_result(network: Network) -> Lines:
    shape = network.ready_h.shape
    n_draws, n_stations = network.stations.shape
    return Lines(
        asked_h=np.full(shape, np.nan),
        released_h=np.full(shape, np.nan),
        done_h=np.full(shape, np.nan),
        scrapped_h=np.full(shape, np.nan),
        n_tests=np.zeros(shape, np.int64),
        state_h=np.zeros((n_draws, n_stations, len(BayState))),
        outcome=np.zeros(n_draws, np.int64),
        end_h=np.zeros(n_draws),
        n_events=np.zeros(n_draws, np.int64),
        bays=np.zeros((n_draws, network.n_bays), BAY),
        parts=np.zeros(network.parts.shape, PART),
        moves=np.zeros((n_draws, network.n_log), MOVE),
        n_moves=np.zeros(n_draws, np.int64),
    )
