"""Both plants over the whole programme: from spec and design to dated modules."""

from __future__ import annotations

import numpy as np

from wattport.make.calendars import stack_calendars
from wattport.make.network import LEVEL, POOL, Network, Records
from wattport.make.orders import Orders, order_modules
from wattport.make.plant import (
    DAYS_PER_MONTH,
    Clockwork,
    clockwork,
    opening_h,
    per_draw,
    planned_rate_per_h,
    plant_stations,
)
from wattport.make.reasons import production_reasons
from wattport.make.result import production_of
from wattport.make.simulate import empty_lines, make_network, simulate
from wattport.make.supply import kit_day, planned_start_day
from wattport.records.design import Design
from wattport.records.production import Production
from wattport.records.record import FloatArray
from wattport.spec.plants import Plant
from wattport.spec.spec import Spec


def manufacture(spec: Spec, design: Design) -> Production:
    """
    Make the modules of the campus, in every draw.

    The enclosures plant feeds the module plant unit by unit; each unit also
    waits for its bought parts. One event simulation carries both plants, so a
    late supplier, a failing station and a short staff meet in the same future.

    Parameters
    ----------
    spec : Spec
        Drawn: numbers of shape (draw,).
    design : Design
        Of the same draws: modules and need dates of the halls.

    Returns
    -------
    Production
        Date of each module, waits by cause, states of stations, output, cost.

    Notes
    -----
    The rules stand in docs/models/make.md. Results do not depend on the number
    of threads, nor on the other draws.
    """
    plants = plants_of(spec)
    orders = order_modules(design)
    network, kits = plants_network(spec, orders)
    lines = simulate(network)
    reasons = production_reasons(spec, plants, orders, network, lines)
    return production_of(plants, orders, network, lines, kits, reasons)


def plants_of(spec: Spec) -> tuple[Plant, ...]:
    """Give the plants in the order in which they feed each other."""
    return (spec.plants.enclosures, spec.plants.modules)


def plants_network(spec: Spec, orders: Orders) -> tuple[Network, FloatArray]:
    """
    Describe both plants to the event engine.

    Parameters
    ----------
    spec : Spec
        Drawn.
    orders : Orders
        Units to make.

    Returns
    -------
    network : Network
        Line 0 the enclosures, line 1 the modules.
    kits : ndarray, shape (draw, line, unit)
        Day on which the last bought part of each unit arrives. [day]
    """
    plants = plants_of(spec)
    n_draws, n_units = orders.hall.shape
    lines = empty_lines(n_draws, len(plants), orders.n_units[:, None])
    clocks = _Clocks()
    kits = np.empty((n_draws, len(plants), n_units))
    pools = np.zeros((n_draws, len(plants)), POOL)
    blocks: list[Records] = []
    first = 0
    for row, plant in enumerate(plants):
        calendar, schedule = clocks.rows(plant, n_draws)
        block = plant_stations(plant, n_draws, row, first, 0)
        block["calendar"] = calendar[:, None]
        pools["schedule"][:, row] = schedule
        _set_opening(lines, row, plant, n_draws)
        lines["first_station"][:, row] = first
        rate = planned_rate_per_h(plant, block)
        planned = planned_start_day(plant, clocks.clocks[int(calendar[0])], rate, n_units)
        kits[:, row] = kit_day(plant, planned, spec.seed, spec.draw_ids, row)
        blocks.append(block)
        first += block.shape[1]
    feed = np.zeros((len(plants), len(plants)), np.int64)
    if plants[0].feeds == "modules":
        feed[1, 0] = 1
    network = make_network(
        np.concatenate(blocks, axis=1),
        lines,
        seed=spec.seed,
        draw_ids=spec.draw_ids,
        ready_h=np.maximum(24.0 * kits, 0.0),
        feed=feed,
        calendars=stack_calendars([(c.start_h, c.end_h) for c in clocks.clocks]),
        pools=pools,
        levels=clocks.levels(),
    )
    return network, kits


class _Clocks:
    """The distinct calendars of the plants; draws that agree share one."""

    def __init__(self) -> None:
        self.clocks: list[Clockwork] = []

    def rows(self, plant: Plant, n_draws: int) -> tuple[np.ndarray, np.ndarray]:
        pairs = np.stack(
            [per_draw(plant.weeks_per_year, n_draws), per_draw(plant.shift_h, n_draws)], axis=1
        )
        distinct, inverse = np.unique(pairs, axis=0, return_inverse=True)
        base = len(self.clocks)
        self.clocks += [clockwork(plant, float(weeks), float(hours)) for weeks, hours in distinct]
        rows = base + inverse.ravel()
        return rows, rows

    def levels(self) -> Records:
        width = max(len(clock.level_n) for clock in self.clocks) + 1
        levels = np.zeros((len(self.clocks), width), LEVEL)
        levels["from_h"] = np.inf
        for row, clock in enumerate(self.clocks):
            levels["from_h"][row, : len(clock.level_n)] = clock.level_from_h
            levels["n_people"][row, : len(clock.level_n)] = clock.level_n
        return levels


def _set_opening(lines: Records, row: int, plant: Plant, n_draws: int) -> None:
    opens = opening_h(plant, n_draws)
    lines["from_h"][:, row] = opens
    lines["ramp_from_h"][:, row] = opens
    ramp_h = per_draw(plant.ramp_months, n_draws) * DAYS_PER_MONTH * 24.0
    lines["ramp_until_h"][:, row] = opens + ramp_h
    lines["ramp_frac"][:, row] = np.maximum(per_draw(plant.ramp_start_frac, n_draws), 1e-3)
    lines["n_wip_limit"][:, row] = plant.n_wip_limit
