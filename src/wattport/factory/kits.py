"""When the bought parts of each unit are in the plant."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray, IntArray, Records, per_draw
from wattport.factory.bound import mean
from wattport.factory.delivery_kernel import lot_normals
from wattport.factory.engine.line_records import PART, Service
from wattport.factory.engine.simulate import set_service
from wattport.spec.factory.factory import Factory, FactorySupplier, OrderPolicy

_FIRST_PART = 500_000  # names of the streams of these lots


def kit_days(factory: Factory, planned_day: list[FloatArray]) -> list[FloatArray]:
    """
    Day on which the last part ordered ahead of each unit is in the plant.

    Lots go in turn to the sources of a part, by their shares. Parts are alike:
    the k-th to arrive goes to the k-th need of the plan.

    Parameters
    ----------
    factory : Factory
        Drawn.
    planned_day : list of ndarray, shape (draw, unit)
        Planned starts of each product. [day]

    Returns
    -------
    list of ndarray, shape (draw, unit)
        Minus infinity where nothing is ordered ahead. [day]
    """
    complete = [np.full(planned.shape, -np.inf) for planned in planned_day]
    for part in dict.fromkeys(supplier.part for supplier in factory.suppliers):
        sources = [
            (row, supplier)
            for row, supplier in enumerate(factory.suppliers)
            if supplier.part == part and supplier.policy == OrderPolicy.AHEAD
        ]
        users = [
            (p, line.n_per_unit)
            for p, product in enumerate(factory.products)
            for line in product.kit
            if line.part == part
        ]
        if not sources or not users:
            continue
        wanted = [np.repeat(planned_day[p], count, axis=1) for p, count in users]
        needs = np.concatenate(wanted, axis=1)
        order = np.argsort(needs, axis=1, kind="stable")
        arrived = _arrivals(factory, sources, np.take_along_axis(needs, order, axis=1))
        given = np.empty_like(needs)
        np.put_along_axis(given, order, arrived, axis=1)
        first = 0
        for p, count in users:
            width = planned_day[p].shape[1] * count
            own = given[:, first : first + width].reshape(len(needs), -1, count)
            complete[p] = np.maximum(complete[p], own.max(axis=2))
            first += width
    return complete


def _arrivals(
    factory: Factory, sources: list[tuple[int, FactorySupplier]], needs: FloatArray
) -> FloatArray:
    """Deliveries of one part, ascending, for needs that ascend."""
    n_draws, n_parts = needs.shape
    shares = np.array([max(mean(supplier.share_frac), 1e-9) for _, supplier in sources])
    given = np.zeros(len(sources))
    n_lots = np.zeros(len(sources), np.int64)
    normals: dict[int, FloatArray] = {}
    arrived = np.empty((n_draws, n_parts))
    at = 0
    while at < n_parts:
        turn = int(np.argmin(given / shares))
        row, supplier = sources[turn]
        lot = min(int(supplier.lot_units), n_parts - at)
        if row not in normals:
            most = -(-n_parts // int(supplier.lot_units)) + 1
            normals[row] = lot_normals(factory.seed, factory.draw_ids, _FIRST_PART + row, most)
        variance = np.log1p(per_draw(supplier.lot_spread_cv_frac, n_draws) ** 2)
        spread = np.exp(np.sqrt(variance) * normals[row][:, n_lots[turn]] - variance / 2.0)
        ordered = needs[:, at] - 7.0 * per_draw(supplier.ordered_ahead_weeks, n_draws)
        lead = 7.0 * per_draw(supplier.lead_time_weeks, n_draws) * spread
        arrived[:, at : at + lot] = (ordered + lead)[:, None]
        given[turn] += lot
        n_lots[turn] += 1
        at += lot
    return np.sort(arrived, axis=1)


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
