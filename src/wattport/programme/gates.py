"""Days before which activities cannot start: tranches, modules, HV transformers, racks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wattport.arrays import FloatArray, IntArray, per_draw
from wattport.calendar.epoch import day_of
from wattport.spec.campus.campus import RackGeneration
from wattport.spec.campus.grid import Grid
from wattport.spec.campus.programme import Programme

_MW_ROUNDING = 1e-9


def tranche_day(grid: Grid, n_draws: int) -> FloatArray:
    """
    Day each tranche opens.

    Tranches are cumulative steps of one connection: a later one never opens
    before an earlier one, so an early step that slips holds the next ones.

    Parameters
    ----------
    grid : Grid
        Section of the drawn spec.
    n_draws : int
        Number of draws.

    Returns
    -------
    ndarray, shape (draw, tranche)
        Days since 2026-01-01.
    """
    planned = np.stack(
        [day_of(t.date) + 7.0 * per_draw(t.delay_weeks, n_draws) for t in grid.tranches], axis=1
    )
    return np.maximum.accumulate(planned, axis=1)


def tranche_power_mw(grid: Grid, n_draws: int) -> FloatArray:
    """
    Power open once each tranche is, never more than the whole connection.

    Parameters
    ----------
    grid : Grid
        Section of the drawn spec.
    n_draws : int
        Number of draws.

    Returns
    -------
    ndarray, shape (draw, tranche)
        Cumulative. [MW]
    """
    whole = per_draw(grid.connection_mw, n_draws)
    power = np.stack(
        [
            whole if t.power_mw is None else np.minimum(per_draw(t.power_mw, n_draws), whole)
            for t in grid.tranches
        ],
        axis=1,
    )
    return np.maximum.accumulate(power, axis=1)


def admitting_tranche(hall_grid_mw: FloatArray, power_mw: FloatArray) -> IntArray:
    """
    First tranche whose power carries a hall and all halls before it.

    Parameters
    ----------
    hall_grid_mw : ndarray, shape (draw, hall)
        Design-day grid power of each hall, in building order.
    power_mw : ndarray, shape (draw, tranche)
        Cumulative power.

    Returns
    -------
    ndarray of int, shape (draw, hall)
        Index of the tranche; -1: none carries it.

    Examples
    --------
    >>> admitting_tranche(np.array([[60.0, 60.0, 60.0]]), np.array([[100.0, 130.0]]))
    array([[ 0,  1, -1]])
    """
    needed = np.cumsum(hall_grid_mw, axis=1)[:, :, None]
    fits = needed <= power_mw[:, None, :] * (1.0 + _MW_ROUNDING)
    return np.where(fits.any(axis=2), fits.argmax(axis=2), -1).astype(np.int64)


def transformer_day(programme: Programme, lot_factor: FloatArray, n_lots: IntArray) -> FloatArray:
    """
    Day each lot of HV transformers is on site, the earliest first.

    Parameters
    ----------
    programme : Programme
        Section of the drawn spec.
    lot_factor : ndarray, shape (draw, lot)
        Of the lead time of each order.
    n_lots : ndarray of int, shape (draw,)
        Lots that the draw has; the columns after them have no meaning.

    Returns
    -------
    ndarray, shape (draw, lot)
        ``order + lead x factor + place in the row x spacing``, sorted.
    """
    n_draws, width = lot_factor.shape
    lead_weeks = per_draw(programme.hv_transformer_lead_weeks, n_draws)
    spacing_weeks = per_draw(programme.hv_transformer_spacing_weeks, n_draws)
    weeks = lead_weeks[:, None] * lot_factor + np.outer(spacing_weeks, np.arange(width))
    is_had = np.arange(width) < n_lots[:, None]
    in_turn = np.sort(np.where(is_had, weeks, np.inf), axis=1)
    return np.asarray(day_of(programme.hv_transformer_order) + 7.0 * np.where(is_had, in_turn, 0.0))


def transformers_needed(
    hall_grid_mw: FloatArray, n_carrying: IntArray, unit_mw: FloatArray
) -> IntArray:
    """
    HV transformers that carry a hall and all halls before it.

    Parameters
    ----------
    hall_grid_mw : ndarray, shape (draw, hall)
        Design-day grid power of each hall, in building order.
    n_carrying : ndarray of int, shape (draw,)
        Transformers that carry the whole campus, spares not counted.
    unit_mw : ndarray, shape (draw,)
        Power that one carries within its loading limit. [MW, > 0]

    Returns
    -------
    ndarray of int, shape (draw, hall)
        From 1 to ``n_carrying``.

    Notes
    -----
    ``n_carrying`` units carry the campus by design, so each carries at least its share of it;
    the larger of that share and ``unit_mw`` counts.

    Examples
    --------
    >>> transformers_needed(np.array([[60.0, 60.0, 60.0]]), np.array([2]), np.array([80.0]))
    array([[1, 2, 2]])
    """
    before = np.cumsum(hall_grid_mw, axis=1)
    most = np.maximum(n_carrying, 1)[:, None]
    share = np.maximum(unit_mw[:, None], before[:, -1:] / most)
    needed = np.ceil(before / np.maximum(share, _MW_ROUNDING) * (1.0 - _MW_ROUNDING))
    return np.clip(needed, 1, most).astype(np.int64)


def rack_day(
    generations: Sequence[RackGeneration], names: Sequence[str], hall_generation: IntArray
) -> FloatArray:
    """
    Day from which the racks of each hall can be had.

    Parameters
    ----------
    generations : sequence of RackGeneration
        Of the spec: key and date.
    names : sequence of str
        Keys that `hall_generation` counts.
    hall_generation : ndarray of int, shape (draw, hall)
        Index into `names`; -1: no hall.

    Returns
    -------
    ndarray, shape (draw, hall)
        Days since 2026-01-01; -inf where there is no hall.
    """
    available = {g.generation: day_of(g.available_from) for g in reversed(generations)}
    days = np.array([*(available[name] for name in names), -np.inf])
    return days[hall_generation]
