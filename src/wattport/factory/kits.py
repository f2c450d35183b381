"""Bought parts: when they are ordered, when those of each unit are in the plant, what they cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wattport.arrays import FloatArray, IntArray, Records, per_draw
from wattport.calendar.epoch import DAYS_PER_MONTH, WEEKS_PER_YEAR, hour_of
from wattport.factory.bound import mean
from wattport.factory.delivery_kernel import lot_normals
from wattport.factory.engine.line_records import PART, Service
from wattport.factory.engine.simulate import set_service
from wattport.factory.hours import Clock
from wattport.spec.factory.factory import Factory, FactoryPlant, FactorySupplier, OrderPolicy

_FIRST_PART = 500_000  # names of the streams of the lots of a file

Kits = dict[tuple[str, int], FloatArray]  # part and product: (draw, unit) all of it there [day]


def planned_start_day(
    plant: FactoryPlant, clock: Clock, rate_per_h: float, n_units: int
) -> FloatArray:
    """
    Day on which the plan starts each unit: from the announced opening, along the ramp.

    Orders go out long before anyone knows how late the plant opens, so the
    delay of the opening is left out.

    Parameters
    ----------
    plant : FactoryPlant
        At central values: whoever places the orders knows no more.
    clock : Clock
        Its working hours.
    rate_per_h : float
        Planned units per working hour at full rate. [1/h]
    n_units : int
        Units to plan.

    Returns
    -------
    ndarray, shape (unit,)
        [day]
    """
    opens = hour_of(plant.opening)
    ramp_h = max(mean(plant.ramp_months) * DAYS_PER_MONTH * 24.0, 1e-9)
    start_frac = mean(plant.ramp_start_frac)
    # A plant that opens when its calendar is over plans everything for the last day of it.
    is_open = clock.start_h >= min(opens, clock.start_h[-1])
    start, hours = clock.start_h[is_open], (clock.end_h - clock.start_h)[is_open]
    speed = start_frac + (1.0 - start_frac) * np.clip((start - opens) / ramp_h, 0.0, 1.0)
    done = np.cumsum(hours * speed) * rate_per_h
    planned: FloatArray = np.interp(np.arange(n_units), done - done[0], start) / 24.0
    return planned


def kits_of(factory: Factory, planned_day: Sequence[FloatArray], only: str | None = None) -> Kits:
    """
    Day on which the parts ordered ahead for each unit are in the plant.

    Lots go in turn to the sources of a part, by their shares. Parts are alike:
    the k-th to arrive goes to the k-th need of the plan.

    Parameters
    ----------
    factory : Factory
        Drawn.
    planned_day : sequence of ndarray, shape (unit,)
        Planned starts of each product. [day]
    only : str, optional
        One part; by default all.

    Returns
    -------
    Kits
        Ascending along the units of each.
    """
    kits: Kits = {}
    for part in dict.fromkeys(supplier.part for supplier in factory.suppliers):
        rows = [row for row, s in enumerate(factory.suppliers) if s.part == part]
        sources = [factory.suppliers[row] for row in rows]
        users = [
            (p, line.n_per_unit)
            for p, product in enumerate(factory.products)
            for line in product.kit
            if line.part == part
        ]
        is_ahead = sources[0].policy == OrderPolicy.AHEAD
        if not (is_ahead and users) or only not in (None, part):
            continue
        needs = np.concatenate([np.repeat(planned_day[p], count) for p, count in users])
        order = np.argsort(needs, kind="stable")
        stream = factory.book.lot_stream[part] if factory.book else _FIRST_PART + rows[0]
        given = np.empty((factory.n_draws, len(needs)))
        given[:, order] = _arrivals(factory, sources, stream, needs[order])
        first = 0
        for p, count in users:
            width = len(planned_day[p]) * count
            own = given[:, first : first + width].reshape(len(given), -1, count)
            kits[part, p] = own.max(axis=2)
            first += width
    return kits


def kit_day(kits: Kits, product: int, shape: tuple[int, int]) -> FloatArray:
    """Day on which the last part of each unit is there; minus infinity where none is bought."""
    complete = np.full(shape, -np.inf)
    for (_, user), arrived in kits.items():
        if user == product:
            complete = np.maximum(complete, arrived)
    return complete


def _arrivals(
    factory: Factory, sources: list[FactorySupplier], stream: int, needs: FloatArray
) -> FloatArray:
    """
    Deliveries of one part, ascending, for needs that ascend; shape (draw, need).

    Lot k has its luck whoever delivers it: ``order + lead * spread`` with one
    lognormal spread of mean 1 per lot; in the central draw every lot has the mean.
    """
    n_draws = factory.n_draws
    turn, first, size = _lots(sources, len(needs))
    has_luck = not factory.is_central
    luck = lot_normals(factory.seed, factory.draw_ids, stream, len(turn))
    arrived = np.empty(luck.shape)
    for row, supplier in enumerate(sources):
        own = turn == row
        cv_frac = per_draw(supplier.lot_spread_cv_frac, n_draws) * has_luck
        variance = np.log1p(cv_frac**2)[:, None]
        spread = np.exp(np.sqrt(variance) * luck[:, own] - variance / 2.0)
        ahead = 7.0 * per_draw(supplier.ordered_ahead_weeks, n_draws)[:, None]
        ordered = needs[first[own]] - ahead
        if supplier.orders_from is not None:
            ordered = np.maximum(ordered, hour_of(supplier.orders_from) / 24.0)
        arrived[:, own] = ordered + 7.0 * per_draw(supplier.lead_time_weeks, n_draws)[:, None] * (
            spread
        )
    return np.sort(np.repeat(arrived, size, axis=1), axis=1)[:, : len(needs)]


def _lots(sources: list[FactorySupplier], n_parts: int) -> tuple[IntArray, IntArray, IntArray]:
    """Source, first need and size of each lot; the last lot is as large as the others."""
    shares = np.array([max(mean(supplier.share_frac), 1e-9) for supplier in sources])
    given = np.zeros(len(sources))
    turn: list[int] = []
    at = 0
    while at < n_parts:
        source = int(np.argmin(given / shares))
        turn.append(source)
        given[source] += sources[source].lot_units
        at += int(sources[source].lot_units)
    rows = np.array(turn, np.int64)
    size = np.array([source.lot_units for source in sources], np.int64)[rows]
    return rows, np.cumsum(size) - size, size


def stocks(factory: Factory) -> tuple[Records, IntArray]:
    """
    Parts that are ordered by stock, for the engine.

    Returns
    -------
    parts : structured ndarray, shape (draw, part)
        Of `wattport.factory.engine.line_records.PART`.
    uses : ndarray, shape (product, part)
        Of each in one unit.
    """
    kept = [s for s in factory.suppliers if s.policy == OrderPolicy.REORDER_POINT]
    parts = np.zeros((factory.n_draws, len(kept)), PART)
    uses = np.zeros((len(factory.products), len(kept)), np.int64)
    for k, supplier in enumerate(kept):
        parts["n_lot"][:, k] = supplier.lot_units
        parts["n_reorder"][:, k] = supplier.n_reorder
        parts["n_stock"][:, k] = supplier.n_initial_stock
        hours = 168.0 * np.asarray(supplier.lead_time_weeks)
        set_service(parts, k, Service.LOGNORMAL, hours, supplier.lot_spread_cv_frac)
        for p, product in enumerate(factory.products):
            uses[p, k] = sum(line.n_per_unit for line in product.kit if line.part == supplier.part)
    return parts, uses


def kit_price_eur(factory: Factory, product: int) -> FloatArray:
    """
    Price of the bought parts of one unit, as on delivery.

    Parameters
    ----------
    factory : Factory
        Drawn.
    product : int
        Row of the product.

    Returns
    -------
    ndarray, shape (draw,)
        The one rule for the price of a kit: pieces in a unit times the price of
        a piece, by the shares of its sources. [EUR]

    Notes
    -----
    ``n price (1 + drift) ** (lead / year)``: what is paid is the price on delivery.
    """
    n_draws = factory.n_draws
    total = np.zeros(n_draws)
    for line in factory.products[product].kit:
        sources = [supplier for supplier in factory.suppliers if supplier.part == line.part]
        shares = [max(mean(supplier.share_frac), 1e-9) for supplier in sources]
        for supplier, share in zip(sources, shares, strict=True):
            years = per_draw(supplier.lead_time_weeks, n_draws) / WEEKS_PER_YEAR
            drift = 1.0 + per_draw(supplier.price_drift_frac_per_year, n_draws)
            price = line.n_per_unit * per_draw(supplier.unit_price_eur, n_draws)
            total += share / sum(shares) * price * drift**years
    return total
