"""Bought parts: when they are ordered, when each kit is complete, what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from wattport.arrays import FloatArray, IntArray, per_draw
from wattport.calendar.epoch import DAYS_PER_MONTH, WEEKS_PER_YEAR, hour_of
from wattport.factory.delivery_kernel import lot_normals
from wattport.production.plant import Clockwork
from wattport.spec.campus.plants import Plant, Supplier


@dataclass(frozen=True)
class SecondSource:
    """A second supplier of one part, to which every other lot goes."""

    supplier: int  # place of the first one in the plant's list
    lead_weeks: FloatArray  # (draw,)


class Ramped(Protocol):
    """A plant with an opening and a ramp."""

    @property
    def opening(self) -> date:
        """First day."""

    @property
    def ramp_months(self) -> FloatArray:
        """From opening to full rate."""

    @property
    def ramp_start_frac(self) -> FloatArray:
        """Rate on the first day over full rate."""


def planned_start_day(
    plant: Ramped, clock: Clockwork, rate_per_h: FloatArray, n_units: int
) -> FloatArray:
    """
    Day on which the plan starts each unit: from the announced opening, along the ramp.

    Orders go out long before anyone knows how late the plant opens, so the
    delay of the opening is left out.

    Parameters
    ----------
    plant : Plant
        Drawn.
    clock : Clockwork
        Working hours.
    rate_per_h : ndarray, shape (draw,)
        Planned units per working hour at full rate. [1/h]
    n_units : int
        Units to plan.

    Returns
    -------
    ndarray, shape (draw, unit)
        [day]
    """
    n_draws = len(rate_per_h)
    opens = hour_of(plant.opening)
    ramp_h = np.maximum(per_draw(plant.ramp_months, n_draws) * DAYS_PER_MONTH * 24.0, 1e-9)
    start_frac = per_draw(plant.ramp_start_frac, n_draws)
    # A plant that opens when its calendar is over plans everything for the last day of it.
    is_open = clock.start_h >= min(opens, clock.start_h[-1])
    start, hours = clock.start_h[is_open], (clock.end_h - clock.start_h)[is_open]
    planned = np.empty((n_draws, n_units))
    for draw in range(n_draws):
        speed = np.clip((start - opens) / ramp_h[draw], 0.0, 1.0)
        speed = start_frac[draw] + (1.0 - start_frac[draw]) * speed
        done = np.cumsum(hours * speed) * rate_per_h[draw]
        planned[draw] = np.interp(np.arange(n_units), done - done[0], start) / 24.0
    return planned


def arrival_day(
    supplier: Supplier,
    planned_day: FloatArray,
    seed: int,
    draw_ids: IntArray,
    part: int,
    orders_from_day: float = -np.inf,
    second_lead_weeks: FloatArray | None = None,
) -> FloatArray:
    """
    Day on which each unit's part is in the plant.

    A lot is ordered ahead of the planned start of its first unit. Parts of one
    supplier are alike: the k-th to arrive goes to the k-th unit.

    Parameters
    ----------
    supplier : Supplier
        Drawn.
    planned_day : ndarray, shape (draw or 1, unit)
        From `planned_start_day`. [day]
    seed : int
        The user's seed.
    draw_ids : ndarray, shape (draw,)
        Names of the draws.
    part : int
        Names the supplier in the random streams.
    orders_from_day : float
        No order is placed before. [day]
    second_lead_weeks : ndarray, shape (draw,), optional
        Lead time of a second source, to which every other lot goes. [week]

    Returns
    -------
    ndarray, shape (draw, unit)
        Ascending. [day]

    Notes
    -----
    ``order + lead * spread`` with one lognormal spread of mean 1 per lot.
    """
    n_draws, n_units = len(draw_ids), planned_day.shape[1]
    lot = int(supplier.lot_units)
    n_lots = -(-n_units // lot)
    ordered = planned_day[:, ::lot] - 7.0 * per_draw(supplier.ordered_ahead_weeks, n_draws)[:, None]
    ordered = np.maximum(ordered, orders_from_day)
    variance = np.log1p(per_draw(supplier.lot_spread_cv_frac, n_draws) ** 2)[:, None]
    normals = lot_normals(seed, draw_ids, part, n_lots)
    spread = np.exp(np.sqrt(variance) * normals - variance / 2.0)
    lead = 7.0 * per_draw(supplier.lead_time_weeks, n_draws)[:, None]
    if second_lead_weeks is not None:
        lead = np.where(np.arange(n_lots) % 2 == 0, lead, 7.0 * second_lead_weeks[:, None])
    arrived = np.sort(ordered + lead * spread, axis=1)
    return np.repeat(arrived, lot, axis=1)[:, :n_units]


def arrivals_day(
    plant: Plant,
    planned_day: FloatArray,
    seed: int,
    draw_ids: IntArray,
    plant_row: int,
    second_source: SecondSource | None = None,
) -> FloatArray:
    """
    Day on which the parts of each supplier are in the plant, unit by unit.

    Parameters
    ----------
    plant : Plant
        Drawn.
    planned_day : ndarray, shape (draw or 1, unit)
        From `planned_start_day`. [day]
    seed : int
        The user's seed.
    draw_ids : ndarray, shape (draw,)
        Names of the draws.
    plant_row : int
        Names the plant in the random streams.
    second_source : SecondSource, optional
        Of one supplier of this plant.

    Returns
    -------
    ndarray, shape (draw, supplier, unit)
        The kit of a unit is complete on the last of its days. [day]
    """
    shape = (len(draw_ids), len(plant.suppliers), planned_day.shape[1])
    arrived = np.empty(shape)
    orders_from = -np.inf if plant.orders_from is None else hour_of(plant.orders_from) / 24.0
    for row, supplier in enumerate(plant.suppliers):
        part = 1000 * plant_row + row
        other = None
        if second_source is not None and second_source.supplier == row:
            other = second_source.lead_weeks
        arrived[:, row] = arrival_day(
            supplier, planned_day, seed, draw_ids, part, orders_from, other
        )
    return arrived


def kit_price_eur(supplier: Supplier, n_draws: int) -> FloatArray:
    """Price of what one unit takes of a part; shape (draw,)."""
    pieces = per_draw(supplier.n_per_unit, n_draws)
    return np.asarray(pieces * per_draw(supplier.unit_price_eur, n_draws))


def part_cost_eur(plant: Plant, n_units: FloatArray) -> FloatArray:
    """
    Bought parts of all units, with the drift of their price while they are waited for.

    Parameters
    ----------
    plant : Plant
        Drawn.
    n_units : ndarray, shape (draw,)
        Units made.

    Returns
    -------
    ndarray, shape (draw,)
        [EUR]

    Notes
    -----
    ``price (1 + drift) ** (lead / year)``: what is paid is the price on delivery.
    """
    n_draws = len(n_units)
    cost = np.zeros(n_draws)
    for supplier in plant.suppliers:
        years = per_draw(supplier.lead_time_weeks, n_draws) / WEEKS_PER_YEAR
        drift = 1.0 + per_draw(supplier.price_drift_frac_per_year, n_draws)
        cost += n_units * kit_price_eur(supplier, n_draws) * drift**years
    return cost
