"""How many halls there are, which tranche admits each and what stands in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.calendar.epoch import day_of
from wattport.catalog import Rack
from wattport.spec.campus.campus import CapacityBasis
from wattport.spec.campus.programme import Activity, LinkType, Predecessor
from wattport.spec.campus.spec import Spec

# A hall that fits to the last watt fits: guards floor and ceil against rounding dust.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Halls:
    """Halls in building order, per draw; everything is zero or -1 where there is no hall."""

    it_mw: FloatArray  # (draw, hall)
    tranche: IntArray  # (draw, hall)
    generation: IntArray  # (draw, hall)
    n_racks: IntArray  # (draw, hall)
    n_gpus: IntArray  # (draw, hall)
    n_wanted: IntArray  # (draw,) halls that the capacity basis asks for
    n_admitted: IntArray  # (draw,)


def wanted_halls(spec: Spec, pue_frac: FloatArray) -> IntArray:
    """
    Number of whole halls that the capacity basis asks for.

    On the grid basis halls are rounded down, so that the connection is never exceeded; on the
    IT basis they are rounded up, so that no less is built than was asked for.

    Parameters
    ----------
    spec : Spec
        Drawn.
    pue_frac : ndarray, shape (draw,)
        Grid power over IT power on the design day.

    Returns
    -------
    ndarray, shape (draw,)
        Halls.
    """
    campus = spec.campus
    if campus.capacity_basis is CapacityBasis.GRID:
        halls = np.floor(spec.grid.connection_mw / pue_frac / campus.hall_it_mw + ROUNDING)
    else:
        halls = np.ceil(campus.it_mw / campus.hall_it_mw - ROUNDING)
    return np.asarray(halls, np.int64)


def tranche_power_mw(spec: Spec) -> FloatArray:
    """
    Cumulative power of each tranche, never above the connection.

    Returns
    -------
    ndarray, shape (tranche, draw)
        An open-ended tranche gives the whole connection. [MW]
    """
    whole = spec.grid.connection_mw
    return np.stack(
        [
            whole if step.power_mw is None else np.minimum(step.power_mw, whole)
            for step in spec.grid.tranches
        ]
    )


def admit(hall_grid_mw: FloatArray, power_mw: FloatArray, n_columns: int) -> IntArray:
    """
    Tranche that admits each hall: the first whose power covers it and all halls before it.

    Parameters
    ----------
    hall_grid_mw : ndarray, shape (draw,)
        Grid power of one hall. [MW]
    power_mw : ndarray, shape (tranche, draw)
        Cumulative power. [MW]
    n_columns : int
        Halls to place.

    Returns
    -------
    ndarray, shape (draw, hall)
        Index of the tranche; -1 where none covers the hall.

    Examples
    --------
    >>> admit(np.array([50.0]), np.array([[100.0], [160.0]]), 4)
    array([[ 0,  0,  1, -1]])
    """
    cumulated = hall_grid_mw[:, None] * np.arange(1, n_columns + 1)
    is_covered = cumulated[None] <= power_mw[:, :, None] * (1.0 + ROUNDING)
    first = np.argmax(is_covered, axis=0)
    return np.where(is_covered.any(axis=0), first, -1).astype(np.int64)


def place_halls(spec: Spec, racks: tuple[Rack, ...], pue_frac: FloatArray) -> Halls:
    """
    Place halls into tranches and fill them with racks.

    A hall that no tranche can feed is not built. Each hall takes the newest rack generation
    available at its tranche date.

    Parameters
    ----------
    spec : Spec
        Drawn.
    racks : tuple of Rack
        In the order of `campus.rack_generations`.
    pue_frac : ndarray, shape (draw,)
        Grid power over IT power that a hall reserves.

    Returns
    -------
    Halls
    """
    campus = spec.campus
    n_wanted = wanted_halls(spec, pue_frac)
    n_columns = max(1, int(n_wanted.max()))
    hall_it = np.broadcast_to(campus.hall_it_mw[:, None], (n_wanted.size, n_columns))
    tranche = admit(campus.hall_it_mw * pue_frac, tranche_power_mw(spec), n_columns)
    is_built = (np.arange(n_columns) < n_wanted[:, None]) & (tranche >= 0)
    n_columns = max(1, int(is_built.sum(axis=1).max()))
    is_built, tranche, hall_it = (
        is_built[:, :n_columns], tranche[:, :n_columns], hall_it[:, :n_columns]
    )  # fmt: skip
    by_tranche = np.array([newest_generation(spec, step.date) for step in spec.grid.tranches])
    generation = np.where(is_built, by_tranche[np.maximum(tranche, 0)], -1)
    kw = np.array([rack.power_kw for rack in racks])[np.maximum(generation, 0)]
    gpus = np.array([rack.n_gpus for rack in racks])[np.maximum(generation, 0)]
    fitting = np.floor(hall_it * 1000.0 * campus.gpu_rack_frac[:, None] / kw + ROUNDING)
    n_racks = np.where(is_built, fitting, 0.0).astype(np.int64)
    return Halls(
        it_mw=np.where(is_built, hall_it, 0.0),
        tranche=np.where(is_built, tranche, -1).astype(np.int64),
        generation=generation.astype(np.int64),
        n_racks=n_racks,
        n_gpus=n_racks * gpus.astype(np.int64),
        n_wanted=n_wanted,
        n_admitted=is_built.sum(axis=1).astype(np.int64),
    )


def newest_generation(spec: Spec, date: object) -> int:
    """Index of the newest rack generation available on a date; the first one if none is yet."""
    generations = spec.campus.rack_generations
    ready = [
        (item.available_from, index)
        for index, item in enumerate(generations)
        if item.available_from <= date  # type: ignore[operator]
    ]
    return max(ready)[1] if ready else min(
        (item.available_from, index) for index, item in enumerate(generations)
    )[1]  # fmt: skip


def module_need_day(spec: Spec, tranche: IntArray) -> FloatArray:
    """
    Day on which each hall would like its last power module.

    The last hall of a tranche wants to be energised as soon as the tranche is open, by its
    date without delay; halls before it are spaced back by the stagger of the programme, so
    that crews and plant are not asked for everything at once.

    Parameters
    ----------
    spec : Spec
        Drawn.
    tranche : ndarray, shape (draw, hall)
        As placed; -1: no hall.

    Returns
    -------
    ndarray, shape (draw, hall)
        Day number; NaN where there is no hall.
    """
    programme = spec.programme
    opening = np.array([day_of(step.date) for step in spec.grid.tranches])
    n_after = np.zeros(tranche.shape)
    for column in range(tranche.shape[1] - 2, -1, -1):
        is_same = tranche[:, column] == tranche[:, column + 1]
        n_after[:, column] = np.where(is_same, n_after[:, column + 1] + 1.0, 0.0)
    work = connection_work_days(spec) * 7.0 / programme.working_days_per_week
    energised = opening[np.maximum(tranche, 0)] + programme.energise_lead_days[:, None]
    wanted = energised - work[:, None] - n_after * programme.hall_stagger_days[:, None]
    return np.where(tranche >= 0, wanted, np.nan)


def connection_work_days(spec: Spec) -> FloatArray:
    """
    Working days from the arrival of a hall's last module to its energising.

    The longest path through the hall's activities that begins with the module-gated one and
    ends with the grid-gated one; a per-module activity counts for one module.

    Returns
    -------
    ndarray, shape (draw,)
        Working days; zero where the network has no such path.
    """
    activities = {item.name: item for item in spec.programme.hall_activities}
    none = np.full_like(spec.campus.hall_it_mw, -np.inf)
    longest: dict[str, FloatArray] = {}

    def finish(name: str) -> FloatArray:
        if name not in longest:
            item = activities[name]
            start = np.zeros_like(none) if item.is_module_gated else none
            for before in item.after:
                if before.activity in activities:
                    start = np.maximum(start, held_until(item, before))
            longest[name] = start + item.duration_days
        return longest[name]

    def held_until(item: Activity, before: Predecessor) -> FloatArray:
        lag = 0.0 if before.lag_days is None else before.lag_days
        if before.is_lag_elapsed:  # it runs on days off too
            lag = lag * spec.programme.working_days_per_week / 7.0
        point = finish(before.activity) + lag
        if before.link in (LinkType.START_TO_START, LinkType.START_TO_FINISH):
            point = point - activities[before.activity].duration_days
        if before.link in (LinkType.FINISH_TO_FINISH, LinkType.START_TO_FINISH):
            point = point - item.duration_days
        return point

    ends = [finish(item.name) for item in activities.values() if item.is_grid_gated]
    return np.maximum(np.max(ends, axis=0), 0.0) if ends else np.zeros_like(none)
