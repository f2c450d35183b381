"""Both plants as they stand and as they were planned, described to the event engine."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from wattport.arrays import FloatArray, IntArray, Records, per_draw
from wattport.calendar.epoch import DAYS_PER_MONTH
from wattport.calendar.intervals import stack_calendars
from wattport.factory.engine.line_records import LEVEL, POOL, Network
from wattport.factory.engine.simulate import empty_lines, make_network
from wattport.production.orders import Orders
from wattport.production.plant import (
    Clockwork,
    clockwork,
    opening_h,
    planned_rate_per_h,
    plant_stations,
)
from wattport.production.supply import SecondSource, arrivals_day, planned_start_day
from wattport.spec.campus.plants import Plant
from wattport.spec.campus.spec import Spec
from wattport.spec.reading.draw import cut, draw_numbers

ENCLOSURES, MODULES = 0, 1  # rows of the lines


@dataclass(frozen=True)
class Plants:
    """Both plants in the order in which they feed each other, and the planner's idea of them."""

    drawn: tuple[Plant, ...]
    planned: tuple[Plant, ...]  # at central values, one draw: what the buyers know
    loaded: tuple[Plant, ...]  # not drawn
    seed: int
    draw_ids: IntArray  # (draw,)
    second_source: SecondSource | None = None  # of the module plant

    def first(self, n_draws: int) -> Plants:
        """Keep the first draws."""
        drawn = tuple(cut(plant, 0, n_draws) for plant in self.drawn)
        return replace(self, drawn=drawn, draw_ids=self.draw_ids[:n_draws])


@dataclass(frozen=True)
class Posed:
    """What the engine is given, and the parts of each plant by supplier."""

    network: Network  # line 0 the enclosures, line 1 the modules
    arrived_day: tuple[FloatArray, ...]  # by plant (draw, supplier, unit)


def plants_of(spec: Spec) -> Plants:
    """
    Give both plants of a drawn spec.

    Parameters
    ----------
    spec : Spec
        Drawn.

    Returns
    -------
    Plants
        The planner knows the central values of the spec as loaded.
    """
    central = draw_numbers(spec.loaded.plants, {}, 1, spec.seed)
    return Plants(
        drawn=(spec.plants.enclosures, spec.plants.modules),
        planned=(central.enclosures, central.modules),
        loaded=(spec.loaded.plants.enclosures, spec.loaded.plants.modules),
        seed=spec.seed,
        draw_ids=spec.draw_ids,
    )


def pose(plants: Plants, orders: Orders) -> Posed:
    """
    Describe both plants to the event engine.

    Parameters
    ----------
    plants : Plants
        Drawn and planned.
    orders : Orders
        Units to make, same draws.

    Returns
    -------
    Posed
        Network and arrivals of the parts.
    """
    n_draws, n_units = orders.hall.shape
    n_lines = len(plants.drawn)
    lines = empty_lines(n_draws, n_lines, orders.n_units[:, None])
    clocks = _Clocks()
    kits = np.empty((n_draws, n_lines, n_units))
    pools = np.zeros((n_draws, n_lines), POOL)
    blocks: list[Records] = []
    arrived: list[FloatArray] = []
    first = 0
    for row, plant in enumerate(plants.drawn):
        calendar = clocks.rows(plant, n_draws)
        block = plant_stations(plant, n_draws, row, first, 0)
        block["calendar"] = calendar[:, None]
        pools["schedule"][:, row] = calendar
        _set_line(lines, row, plant, n_draws)
        lines["first_station"][:, row] = first
        second = plants.second_source if row == MODULES else None
        planned = planned_day(plants.planned[row], n_units)
        arrived.append(arrivals_day(plant, planned, plants.seed, plants.draw_ids, row, second))
        kits[:, row] = kit_day(arrived[row])
        blocks.append(block)
        first += block.shape[1]
    feed = np.zeros((n_lines, n_lines), np.int64)
    if plants.drawn[ENCLOSURES].feeds == "modules":
        feed[MODULES, ENCLOSURES] = 1
    network = make_network(
        np.concatenate(blocks, axis=1),
        lines,
        seed=plants.seed,
        draw_ids=plants.draw_ids,
        ready_h=ready_h(kits),
        feed=feed,
        calendars=stack_calendars([(c.start_h, c.end_h) for c in clocks.clocks]),
        pools=pools,
        levels=clocks.levels(),
    )
    return Posed(network, tuple(arrived))


def kit_day(arrived_day: FloatArray) -> FloatArray:
    """
    Day on which the last bought part of each unit is in the plant.

    Parameters
    ----------
    arrived_day : ndarray, shape (draw, supplier, unit)
        Of one plant. [day]

    Returns
    -------
    ndarray, shape (draw, unit)
        Minus infinity where nothing is bought. [day]

    Examples
    --------
    >>> kit_day(np.array([[[3.0, 4.0], [2.0, 9.0]]]))
    array([[3., 9.]])
    """
    return np.asarray(arrived_day.max(axis=1, initial=-np.inf), dtype=np.float64)


def ready_h(kit: FloatArray) -> FloatArray:
    """Hour before which no unit is released, from the day its kit is complete."""
    return np.maximum(24.0 * kit, 0.0)


def planned_day(plant: Plant, n_units: int) -> FloatArray:
    """
    Day on which the plan starts each unit, the same in every draw.

    Orders go out a year before the first unit starts: whoever places them
    knows the announced opening and the rate the plant was laid out for, not
    the labour hours and the yield that the draw will bring.

    Parameters
    ----------
    plant : Plant
        At central values, one draw.
    n_units : int
        Units to plan.

    Returns
    -------
    ndarray, shape (1, unit)
        [day]
    """
    clock = clockwork(plant, float(per_draw(plant.weeks_per_year, 1)[0]),
                      float(per_draw(plant.shift_h, 1)[0]))  # fmt: skip
    rate = planned_rate_per_h(plant, plant_stations(plant, 1, 0, 0, 0))
    return planned_start_day(plant, clock, rate, n_units)


class _Clocks:
    """The distinct calendars of the plants; draws that agree share one."""

    def __init__(self) -> None:
        self.clocks: list[Clockwork] = []

    def rows(self, plant: Plant, n_draws: int) -> IntArray:
        """Row of each draw's calendar, which is also that of its staff."""
        pairs = np.stack(
            [per_draw(plant.weeks_per_year, n_draws), per_draw(plant.shift_h, n_draws)], axis=1
        )
        distinct, inverse = np.unique(pairs, axis=0, return_inverse=True)
        base = len(self.clocks)
        self.clocks += [clockwork(plant, float(weeks), float(hours)) for weeks, hours in distinct]
        return np.asarray(base + inverse.ravel(), dtype=np.int64)

    def levels(self) -> Records:
        width = max(len(clock.level_n) for clock in self.clocks) + 1
        levels = np.zeros((len(self.clocks), width), LEVEL)
        levels["from_h"] = np.inf
        for row, clock in enumerate(self.clocks):
            levels["from_h"][row, : len(clock.level_n)] = clock.level_from_h
            levels["n_people"][row, : len(clock.level_n)] = clock.level_n
        return levels


def _set_line(lines: Records, row: int, plant: Plant, n_draws: int) -> None:
    opens = opening_h(plant, n_draws)
    lines["from_h"][:, row] = opens
    lines["ramp_from_h"][:, row] = opens
    ramp_h = per_draw(plant.ramp_months, n_draws) * DAYS_PER_MONTH * 24.0
    lines["ramp_until_h"][:, row] = opens + ramp_h
    lines["ramp_frac"][:, row] = np.maximum(per_draw(plant.ramp_start_frac, n_draws), 1e-3)
    lines["n_wip_limit"][:, row] = plant.n_wip_limit
    lines["n_kanban"][:, row] = plant.n_ahead_limit if plant.feeds is not None else 0
