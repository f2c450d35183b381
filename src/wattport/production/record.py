"""From hours in the event engine to the record of production."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from wattport.arrays import FloatArray, IntArray, per_draw
from wattport.calendar.epoch import EPOCH
from wattport.factory.engine.line_records import BayState, Lines
from wattport.factory.kits import kit_day, kit_price_eur
from wattport.factory.layout import Floor
from wattport.production.as_factory import PLANT_KEYS
from wattport.production.orders import Orders
from wattport.records.findings import Reason
from wattport.records.production import Production
from wattport.spec.campus.plants import Plant
from wattport.spec.factory.factory import Factory

ENCLOSURES, MODULES = 0, 1  # rows of the lines


@dataclass(frozen=True)
class Made:
    """Both plants of a scenario, the factory they are written as, and what came of it."""

    plants: tuple[Plant, ...]  # drawn
    central: tuple[Plant, ...]  # at central values: what buyers and planners know
    orders: Orders
    factory: Factory
    floor: Floor
    lines: Lines

    @property
    def station_plant(self) -> IntArray:
        """Plant of each station; shape (station,)."""
        return self.floor.station_plant

    @property
    def crew(self) -> IntArray:
        """People on one working bay of each station, the tests last in each; shape (station,)."""
        return np.array(
            [crew for plant in self.plants
             for crew in (*(station.crew for station in plant.stations), plant.test.crew)]
        )  # fmt: skip

    def arrived_day(self, row: int) -> FloatArray:
        """Day on which the parts of each unit are there; shape (draw, supplier, unit)."""
        book = self.factory.book
        parts = [line.part for line in self.factory.products[row].kit]
        bought = [part for part in parts if book is not None and part in book.lot_stream]
        n_draws, n_units = self.orders.hall.shape
        days = [self.floor.kits[part, row] for part in bought]
        return np.stack(days, axis=1) if days else np.empty((n_draws, 0, n_units))


def production_of(made: Made, reasons: tuple[Reason, ...]) -> Production:
    """
    Assemble the record, in days since the epoch.

    Parameters
    ----------
    made : Made
        Both plants, and what came of them.
    reasons : tuple of Reason
        Findings to attach.
    """
    orders, lines, plants = made.orders, made.lines, made.plants
    n_draws = len(orders.n_units)
    done_day = lines.done_h / 24.0
    share = state_share(lines.state_h)
    month_day = month_starts(done_day, lines.asked_h / 24.0)
    enclosure_day = np.sort(done_day[:, ENCLOSURES], axis=1)
    kits = kit_day(made.floor.kits, MODULES, orders.hall.shape)
    kit_wait, enclosure_wait = waits(lines, kits, enclosure_day)
    n_units = orders.n_units.astype(np.float64)
    costs = [n_units * kit_price_eur(made.factory, row) for row in range(len(plants))]
    # A test that never fails is passed without being drawn.
    n_tests = np.maximum(lines.n_tests[:, MODULES], np.isfinite(done_day[:, MODULES]))
    return Production(
        plant=PLANT_KEYS,
        station=station_names(plants),
        station_plant=made.station_plant.copy(),
        month_day=month_day[:-1],
        module_hall=orders.hall,
        module_done_day=done_day[:, MODULES],
        module_need_day=orders.need_day,
        module_kit_wait_days=kit_wait,
        module_enclosure_wait_days=enclosure_wait,
        module_line_days=(lines.done_h - lines.released_h)[:, MODULES] / 24.0,
        module_n_tests=n_tests,
        enclosure_done_day=enclosure_day,
        working_frac=share[:, :, BayState.WORKING],
        blocked_frac=share[:, :, BayState.BLOCKED],
        starved_frac=share[:, :, BayState.STARVED],
        down_frac=share[:, :, BayState.DOWN],
        unstaffed_frac=share[:, :, BayState.UNSTAFFED],
        output_units=np.diff(counts_before(done_day, month_day), axis=2),
        wip_units=_wip(lines, month_day),
        bottleneck_station=bottlenecks(share, made.station_plant),
        rate_units_per_year=sustained_rate(
            done_day, made.floor.network.lines["ramp_until_h"] / 24.0
        ),
        direct_fte=_staff(plants, n_draws, is_direct=True),
        indirect_fte=_staff(plants, n_draws, is_direct=False),
        first_unit_day=_least(done_day),
        last_unit_day=last_of(done_day),
        part_cost_eur=np.stack(costs, axis=1),
        reasons=reasons,
    )


def station_names(plants: tuple[Plant, ...]) -> tuple[str, ...]:
    """Name the stations of all plants in line order, the test bays last in each."""
    return tuple(
        name
        for plant in plants
        for name in (*(station.name for station in plant.stations), f"{plant.product} test")
    )


def state_share(state_h: FloatArray) -> FloatArray:
    """
    Share of scheduled bay time in each state; zero for a station that never opened.

    Examples
    --------
    >>> state_share(np.array([[[1.0, 3.0]]]))
    array([[[0.25, 0.75]]])
    """
    total = state_h.sum(axis=-1, keepdims=True)
    share: FloatArray = np.divide(state_h, total, out=np.zeros_like(state_h), where=total > 0.0)
    return share


def waits(
    lines: Lines, kit: FloatArray, enclosure_day: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """
    Waits of each module before its release, by cause.

    The wait runs from the moment the line had room for the module. All of it is
    charged to what came last, the kit or the enclosure: only that kept it.

    Returns
    -------
    kit_wait, enclosure_wait : ndarray, shape (draw, unit)
        [days]
    """
    asked = lines.asked_h[:, MODULES] / 24.0
    wait = np.maximum(lines.released_h[:, MODULES] / 24.0 - asked, 0.0)
    is_kit_last = kit >= enclosure_day
    return np.where(is_kit_last, wait, 0.0 * wait), np.where(is_kit_last, 0.0 * wait, wait)


def month_starts(done_day: FloatArray, asked_day: FloatArray) -> FloatArray:
    """
    First days of the months from the first opening to past the last unit.

    Examples
    --------
    >>> month_starts(np.array([40.0]), np.array([5.0]))
    array([ 0., 31., 59.])
    """
    known = np.isfinite(asked_day)
    first = float(np.min(asked_day[known])) if known.any() else 0.0
    known = np.isfinite(done_day)
    last = float(np.max(done_day[known])) if known.any() else first
    starts = []
    year, month = EPOCH.year, 1
    while True:
        day = float((date(year, month, 1) - EPOCH).days)
        starts.append(day)
        if day > last:
            break
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    days = np.array(starts)
    return days[max(int(np.searchsorted(days, first, side="right")) - 1, 0) :]


def counts_before(event_day: FloatArray, month_day: FloatArray) -> FloatArray:
    """
    Events before each month's first day.

    Parameters
    ----------
    event_day : ndarray, shape (draw, plant, unit)
        NaN: never. [day]
    month_day : ndarray, shape (month,)
        [day]

    Returns
    -------
    ndarray, shape (draw, plant, month)
        Counts.

    Examples
    --------
    >>> counts_before(np.array([[[1.0, 40.0, np.nan]]]), np.array([0.0, 31.0, 59.0]))
    array([[[0., 1., 2.]]])
    """
    ordered = np.sort(event_day, axis=2)  # NaN last
    counts = np.empty((*event_day.shape[:2], len(month_day)))
    for draw, plant in np.ndindex(*event_day.shape[:2]):
        counts[draw, plant] = np.searchsorted(ordered[draw, plant], month_day, side="left")
    return counts


def bottlenecks(share: FloatArray, station_line: IntArray) -> IntArray:
    """
    Station that limits each plant: the one whose bays are most active.

    Active is working or failed; a bay that stands blocked, starved or without
    crew waits for something else, which is then the limit.

    Parameters
    ----------
    share : ndarray, shape (draw, station, state)
        From `state_share`.
    station_line : ndarray, shape (station,)
        Plant of each station.

    Returns
    -------
    ndarray, shape (draw, plant)
        Index of the station.
    """
    active = share[:, :, BayState.WORKING] + share[:, :, BayState.DOWN]
    rows = []
    for line in range(int(station_line.max()) + 1):
        rows.append(np.argmax(np.where(station_line == line, active, -1.0), axis=1))
    return np.stack(rows, axis=1)


def sustained_rate(done_day: FloatArray, ramped_day: FloatArray) -> FloatArray:
    """
    Units per year between the end of the ramp and the last unit.

    Where the orders end within the ramp, the rate is that of all units.

    Parameters
    ----------
    done_day : ndarray, shape (draw, plant, unit)
        NaN: not made. [day]
    ramped_day : ndarray, shape (draw, plant)
        End of the ramp. [day]

    Returns
    -------
    ndarray, shape (draw, plant)
        NaN where fewer than two units are made. [1/year]

    Examples
    --------
    >>> sustained_rate(np.arange(0.0, 731.0, 10.0)[None, None], np.array([[365.0]]))
    array([[36.525]])
    """
    is_after = done_day >= ramped_day[:, :, None]
    is_after |= is_after.sum(axis=2, keepdims=True) < 2
    after = np.where(is_after, done_day, np.nan)
    n_units = np.isfinite(after).sum(axis=2)
    span = -_least(-after) - _least(after)
    return np.where(n_units > 1, (n_units - 1) / np.maximum(span, 1e-9) * 365.25, np.nan)


def last_of(day: FloatArray) -> FloatArray:
    """
    Latest over the last axis; NaN where nothing is done.

    Examples
    --------
    >>> last_of(np.array([[3.0, np.nan, 2.0], [np.nan, np.nan, np.nan]]))
    array([ 3., nan])
    """
    return -_least(-day)


def _least(values: FloatArray) -> FloatArray:
    """Smallest over the last axis, NaN where there is none."""
    filled = np.where(np.isfinite(values), values, np.inf)
    least = filled.min(axis=-1, initial=np.inf)
    return np.where(np.isfinite(least), least, np.nan)


def _wip(lines: Lines, month_day: FloatArray) -> FloatArray:
    ends = month_day[1:]
    return counts_before(lines.released_h / 24.0, ends) - counts_before(lines.done_h / 24.0, ends)


def _staff(plants: tuple[Plant, ...], n_draws: int, *, is_direct: bool) -> FloatArray:
    columns = []
    for plant in plants:
        count = per_draw(plant.n_indirect_staff, n_draws)
        if is_direct:
            later = (plant.shifts - 1) * plant.n_second_shift_staff
            count = per_draw(plant.n_direct_staff + later, n_draws)
        columns.append(count)
    return np.stack(columns, axis=1)
