"""
What a factory can do at most.

The bound is the rate at which the tightest station, skill or takt is never
idle: no queue, no starving, no setup. Every simulated rate stays below it, up
to its own noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from wattport.arrays import FloatArray
from wattport.calendar.epoch import HOURS_PER_YEAR
from wattport.factory.hours import Hours
from wattport.spec.factory.factory import (
    Factory,
    FactoryOperation,
    FactoryPlant,
    FactoryStation,
    FailureClock,
    Product,
    ReleaseRule,
)


@dataclass(frozen=True)
class Bound:
    """Rate no plan can exceed, for the mix of products that is sold."""

    product_rate_per_year: FloatArray  # (product,) started units, scrap included
    sold_rate_per_year: float  # sum over the products that are sold, good ones
    limit: str  # the station, skill or takt that is never idle


def mean(value: object) -> float:
    """
    Mean over the draws of a number.

    Examples
    --------
    >>> mean(np.array([1.0, 3.0]))
    2.0
    """
    return float(np.mean(np.asarray(value, dtype=np.float64)))


def sold_products(factory: Factory) -> list[int]:
    """Rows of the products that are ordered, or else that go into no other."""
    ordered = {order.product for order in factory.orders}
    if ordered:
        return [p for p, product in enumerate(factory.products) if product.name in ordered]
    fed = {line.part for product in factory.products for line in product.kit}
    free = [p for p, product in enumerate(factory.products) if product.name not in fed]
    return free or [len(factory.products) - 1]


def mix_of(factory: Factory) -> FloatArray:
    """
    Share of each product among those that are sold.

    Returns
    -------
    ndarray, shape (product,)
        By orders, else by the needed rates, else equal. Sums to 1.
    """
    share = np.zeros(len(factory.products))
    for p in sold_products(factory):
        product = factory.products[p]
        units = sum(order.n_units for order in factory.orders if order.product == product.name)
        need = product.need_units_per_year
        share[p] = units if factory.orders else 1.0 if need is None else mean(need)
    result: FloatArray = share / share.sum()
    return result


def good_needed(factory: Factory, sold: FloatArray) -> FloatArray:
    """
    Good units of each product for given sold units: the bill of materials multiplied out.

    Scrapped units take their kits with them, so that more are needed below.

    Parameters
    ----------
    factory : Factory
        Drawn.
    sold : ndarray, shape (product,)
        Units sold.

    Returns
    -------
    ndarray, shape (product,)
        Good units.
    """
    names = [product.name for product in factory.products]
    needed = sold.astype(float).copy()
    for _ in names:  # as deep as a bill without circles can be
        below = sold.astype(float).copy()
        for p, product in enumerate(factory.products):
            for line in product.kit:
                if line.part in names:
                    started = needed[p] / good_frac(product)
                    below[names.index(line.part)] += started * line.n_per_unit
        needed = below
    return needed


def visits(product: Product) -> FloatArray:
    """
    Mean visits of each operation by one started unit, rework included.

    Returns
    -------
    ndarray, shape (operation,)
        Rework on the bay counts as a visit.
    """
    n = len(product.operations)
    flow = np.eye(n)
    names = [operation.name for operation in product.operations]
    for o, operation in enumerate(product.operations):
        fail, scrap = 1.0 - mean(operation.first_pass_yield_frac), mean(operation.scrap_frac)
        back = o if operation.rework_to is None else names.index(operation.rework_to)
        flow[back, o] -= fail
        if o + 1 < n:
            flow[o + 1, o] -= 1.0 - fail - scrap
    start = np.zeros(n)
    start[0] = 1.0
    return np.asarray(np.linalg.solve(flow, start), dtype=np.float64)


def good_frac(product: Product) -> float:
    """Share of the started units that leave the last operation."""
    last = product.operations[-1]
    passed = mean(last.first_pass_yield_frac) - mean(last.scrap_frac)
    return float(visits(product)[-1] * passed)


def availability(station: FactoryStation, plant: FactoryPlant, worked_frac: float) -> float:
    """
    Share of the working hours in which a bay that always works is up.

    On the calendar clock failures also come at night, but repairs wait for the
    morning: ``f MTBF / (f MTBF + MTTR)`` with ``f`` the worked share.
    """
    if station.mtbf_h is None or station.mttr_h is None:
        return 1.0
    factor = worked_frac if station.failure_clock == FailureClock.CALENDAR else 1.0
    up = mean(station.mtbf_h) * factor
    return up / (up + mean(station.mttr_h))


def rate_bound(factory: Factory, hours: Hours) -> Bound:
    """
    Highest rate of the sold mix at full pace, by linear programming.

    Parameters
    ----------
    factory : Factory
        Drawn; means over the draws are used.
    hours : Hours
        Of the same factory.

    Returns
    -------
    Bound
        [1/year]

    Notes
    -----
    Maximise the rate over the split of each operation among its alternatives,
    such that no station needs more than its bay hours, no skill more than the
    hours of its people and of those who step in. Setups, ramps, blocking and
    supply are left out; batches are full.
    """
    mix = mix_of(factory)
    started = good_needed(factory, mix) / [good_frac(product) for product in factory.products]
    stations = {s.name: (p, s) for p, plant in enumerate(factory.plants) for s in plant.stations}
    rows = list(stations)
    n_stations, n_skills = len(rows), len(hours.skill)
    limit = np.empty(n_stations + n_skills)
    for i, (p, station) in enumerate(stations.values()):
        worked = hours.worked_h_per_year[p]
        up = availability(station, factory.plants[p], worked / HOURS_PER_YEAR)
        limit[i] = station.n_bays * up * worked
    for k, (p, _) in enumerate(hours.skill):
        limit[n_stations + k] = hours.n_people[k] * hours.worked_h_per_year[p]
    columns: list[FloatArray] = []
    groups: list[tuple[int, float]] = []  # (operation, visits per unit sold)
    n_groups = 0
    for p, product in enumerate(factory.products):
        for operation, visited in zip(product.operations, visits(product), strict=True):
            for name, cycle in places(operation):
                plant, station = stations[name]
                load = np.zeros(len(limit))
                per_visit = visit_h(operation, cycle, factory.plants[plant]) / station.n_batch
                load[rows.index(name)] = per_visit
                for need in operation.crew:
                    skill = hours.skill.index((plant, need.skill))
                    load[n_stations + skill] += per_visit * need.n_people
                columns.append(load)
                groups.append((n_groups, started[p] * visited))
            n_groups += 1
    lent, most_lent = _lending(hours, limit[n_stations:])
    columns += [np.append(np.zeros(n_stations), column) for column in lent]
    n = len(columns)
    equal = np.zeros((n_groups, n + 1))
    for j, (group, per_unit) in enumerate(groups):
        equal[group, j] = 1.0
        equal[group, n] = -per_unit
    load = np.column_stack([*columns, np.zeros(len(limit))]) if n else np.zeros((len(limit), 1))
    names = [*rows, *(f"{name} ({factory.plants[p].name})" for p, name in hours.skill)]
    most = _most_by_takt(factory, hours, started)
    solved = linprog(
        np.append(np.zeros(n), -1.0),
        A_ub=load,
        b_ub=limit,
        A_eq=equal,
        b_eq=np.zeros(n_groups),
        bounds=[(0.0, None)] * (n - len(lent))
        + [(0.0, most) for most in most_lent]
        + [(0.0, None if np.isinf(most) else most)],
    )
    rate = float(solved.x[-1])
    use = (load @ solved.x) / np.maximum(limit, 1e-6)
    tightest = int(np.argmax(use))
    label = names[tightest] if use[tightest] > 1.0 - 1e-6 else "takt"
    return Bound(started * rate, rate, label)


def _lending(hours: Hours, limit: FloatArray) -> tuple[list[FloatArray], list[float]]:
    """Hours that people of one skill work for another: what they take and give, and the most."""
    columns, most = [], []
    for k, row in enumerate(hours.covers):
        for lender in row[1:][row[1:] >= 0]:
            column = np.zeros(len(limit))
            column[lender], column[k] = 1.0, -1.0
            columns.append(column)
            most.append(float(limit[lender]))
    return columns, most


def places(operation: FactoryOperation) -> list[tuple[str, object]]:
    """Stations that can do an operation, with the cycle on each; the preferred one first."""
    first: tuple[str, object] = (operation.station, operation.cycle_h)
    return [first, *((place.station, place.cycle_h) for place in operation.alternatives)]


def visit_h(operation: FactoryOperation, cycle: object, plant: FactoryPlant) -> float:
    """Mean hours on a bay of one visit, rework on the bay included, in hours."""
    fail = 1.0 - mean(operation.first_pass_yield_frac)
    again = fail * mean(operation.rework_h) if operation.rework_to is None else 0.0
    return (mean(cycle) + again) / mean(plant.efficiency_frac)


def _most_by_takt(factory: Factory, hours: Hours, started: FloatArray) -> float:
    """Give the rate of the mix at which the first product with a takt keeps it; else infinite."""
    rates = [
        _takt_rate(product, factory, hours) / started[p]
        for p, product in enumerate(factory.products)
        if product.release.rule == ReleaseRule.TAKT and started[p] > 0.0
    ]
    return min(rates, default=np.inf)


def _takt_rate(product: Product, factory: Factory, hours: Hours) -> float:
    for p, plant in enumerate(factory.plants):
        if product.operations[0].station in [s.name for s in plant.stations]:
            return float(hours.worked_h_per_year[p] / mean(product.release.takt_h))
    return np.inf
