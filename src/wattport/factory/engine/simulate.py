"""Run the event engine over draws, on all cores, with results that do not depend on them."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import IntArray, Records
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
# Fields of a network whose first axis is the draw.
_BY_DRAW = frozenset(
    ("draw_ids", "stations", "operations", "needs", "changes", "lines", "pools", "repairs", "parts",
     "ready_h")
)  # fmt: skip


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


def make_network(stations: Records, lines: Records) -> Network:
    """
    Stations and lines as a network: day and night, without kits, people, parts or an end.

    All else is set with ``_replace``; see `wattport.factory.engine.line_records.Network`.

    Parameters
    ----------
    stations, lines : structured ndarray, shape (draw, ...)
        See `empty_stations` and `empty_lines`.

    Returns
    -------
    Network
        Ready for `simulate`: crews go first to the last station, to finish what was begun.
    """
    n_draws, n_stations = stations.shape
    n_lines = lines.shape[1]
    n_units = int(lines["n_units"].max(initial=1))
    return Network(
        seed=0,
        draw_ids=np.arange(n_draws),
        stations=stations,
        lines=lines,
        pools=np.zeros((n_draws, 0), POOL),
        operations=np.zeros((n_draws, 0), OPERATION),
        needs=np.zeros((n_draws, 0), NEED),
        changes=np.zeros((n_draws, 0), CHANGE),
        covers=np.zeros((0, 1), np.int64),
        repairs=np.zeros((n_draws, 0), REPAIR),
        parts=np.zeros((n_draws, 0), PART),
        uses=np.zeros((n_lines, 0), np.int64),
        rank=np.zeros((n_lines, n_units)),
        ready_h=np.zeros((n_draws, n_lines, n_units)),
        feed=np.zeros((n_lines, n_lines), np.int64),
        dispatch=np.arange(n_stations)[::-1].copy(),
        calendars=np.zeros((0, 1), INTERVAL),
        levels=np.zeros((0, 1), LEVEL),
        until_h=np.inf,
        n_bays=int(stations["n_bays"].sum(axis=1).max()),
        n_log=0,
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
    network = completed(network)
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


def completed(network: Network) -> Network:
    """
    Give what a network leaves open: one operation at each station, each pool its own people.

    Parameters
    ----------
    network : Network
        Returned as it is where its operations and covers are given.

    Returns
    -------
    Network
        Operation s at station s, with the crew and the times of its row.
    """
    n_pools = network.pools.shape[1]
    if len(network.covers) != n_pools:
        network = network._replace(covers=np.arange(n_pools)[:, None])
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


def rows_of(network: Network, rows: IntArray) -> Network:
    """Keep some draws of a network; each keeps its name, hence its random numbers."""
    kept = {name: getattr(network, name)[rows] for name in network._fields if name in _BY_DRAW}
    return network._replace(**kept)


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
