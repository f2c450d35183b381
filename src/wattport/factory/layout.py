"""From a factory file to the arrays of the event engine."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from wattport.arrays import FloatArray, IntArray, Records, per_draw
from wattport.calendar.epoch import DAYS_PER_MONTH, HOURS_PER_YEAR, hour_of
from wattport.calendar.intervals import clock_h, stack_calendars, wall_h
from wattport.factory.bound import (
    Bound,
    good_frac,
    good_needed,
    places,
    rate_bound,
    sold_products,
)
from wattport.factory.engine.line_records import (
    CHANGE,
    LINE,
    NEED,
    OPERATION,
    POOL,
    REPAIR,
    Failure,
    Network,
    Service,
)
from wattport.factory.engine.simulate import empty_stations, make_network, rows_of, set_service
from wattport.factory.hours import N_YEARS, Clock, Hours, hours_of
from wattport.factory.kits import Kits, kit_day, kits_of, planned_start_day, stocks
from wattport.factory.pace import alone_per_h, bound_per_h
from wattport.spec.factory.factory import (
    CycleShape,
    Factory,
    FactoryOperation,
    FactoryPlant,
    FailureClock,
    Product,
    ReleaseRule,
)

_SERVICE = {
    CycleShape.LOGNORMAL: Service.LOGNORMAL,
    CycleShape.EXPONENTIAL: Service.EXPONENTIAL,
    CycleShape.GAMMA: Service.GAMMA,
    CycleShape.TRIANGULAR: Service.TRIANGULAR,
}
_SPARE_FRAC = 1.3  # rows kept for units that replace scrap, or that outrun the bound by luck


@dataclass(frozen=True)
class Floor:
    """A factory laid out for the engine, and what is needed to read its results."""

    network: Network
    hours: Hours
    bound: Bound
    station: tuple[str, ...]
    station_plant: IntArray  # (station,)
    product_plant: IntArray  # (product,) plant of the first operation
    sold: tuple[int, ...]
    is_ordered: bool  # else watched for a time
    due_h: FloatArray  # (draw, product, unit) k-th good unit wanted; NaN: by no day
    operation_station: IntArray  # (operation row,)
    planned_day: tuple[FloatArray, ...]  # (product,) of (unit,) starts the buyers count on
    kits: Kits
    takt_h: FloatArray  # (product, unit) no release before, by the takt

    def first(self, n_draws: int) -> Floor:
        """Keep the first draws, each with its luck."""
        rows = np.arange(n_draws)
        return replace(
            self,
            network=rows_of(self.network, rows),
            hours=replace(self.hours, schedule=self.hours.schedule[rows]),
            due_h=self.due_h[rows],
            kits={key: arrived[rows] for key, arrived in self.kits.items()},
        )


def lay_out(factory: Factory, n_log: int = 0) -> Floor:
    """
    Describe a drawn factory to the event engine.

    Parameters
    ----------
    factory : Factory
        Drawn, sound.
    n_log : int
        Moves kept per draw.

    Returns
    -------
    Floor
        With state times counted from the openings; see `counted_from`. Where there
        are orders, those of a station that serves one product end with its last unit.
    """
    hours = hours_of(factory)
    # The plan is made at the central values, so that draw k is the same among any others.
    central = factory.loaded.draw(1, factory.seed)
    bound = rate_bound(central, hours_of(central))
    names = [(p, s) for p, plant in enumerate(factory.plants) for s in plant.stations]
    station_plant = np.array([p for p, _ in names], np.int64)
    index = {station.name: i for i, (_, station) in enumerate(names)}
    operations, needs, first_rows = _operations(factory, hours, index, station_plant)
    product_plant = np.array(
        [station_plant[index[product.operations[0].station]] for product in factory.products]
    )
    is_ordered = bool(factory.orders) or factory.book is not None
    wanted, n_units, width, until_h = _amounts(factory, central, bound)
    lines = _lines(factory, product_plant, first_rows)
    lines["n_wanted"], lines["n_units"] = wanted, n_units
    due_h = _due_h(factory, width)
    planned = _planned_day(central, factory.book is None, bound, index, width)
    kits = kits_of(factory, planned)
    takt_h = _takt_h(factory, hours, product_plant, width)
    stations, repairs = _stations(factory, hours)
    stations["line"] = _only_line(operations, len(names)) if is_ordered else -1
    pools = np.zeros((factory.n_draws, len(hours.skill)), POOL)
    pools["schedule"] = hours.schedule
    parts, uses = stocks(factory)
    network = make_network(stations, lines)._replace(
        seed=factory.seed,
        draw_ids=factory.draw_ids,
        ready_h=ready_h(kits, takt_h, factory.n_draws),
        feed=_feed(factory),
        dispatch=_dispatch(factory, index),
        calendars=hours.calendars,
        pools=pools,
        levels=hours.levels,
        repairs=repairs,
        changes=_changes(factory, stations),
        operations=operations,
        needs=needs,
        covers=hours.covers,
        parts=parts,
        uses=uses,
        rank=_rank(bound, due_h),
        until_h=until_h,
        n_log=n_log,
    )
    return Floor(
        network=network,
        hours=hours,
        bound=bound,
        station=tuple(station.name for _, station in names),
        station_plant=station_plant,
        product_plant=product_plant,
        sold=tuple(sold_products(factory)),
        is_ordered=is_ordered,
        due_h=due_h,
        operation_station=operations["station"][0].copy(),
        planned_day=planned,
        kits=kits,
        takt_h=takt_h,
    )


def counted_from(floor: Floor, from_h: float) -> Floor:
    """Count the state times from an hour on, once the plant of a station is open."""
    stations = floor.network.stations.copy()
    stations["from_h"] = np.maximum(stations["from_h"], from_h)
    return replace(floor, network=floor.network._replace(stations=stations))


def ready_h(kits: Kits, takt_h: FloatArray, n_draws: int) -> FloatArray:
    """Hour before which no unit is released, by its kit and its takt; (draw, product, unit)."""
    n_products, width = takt_h.shape
    days = [kit_day(kits, p, (n_draws, width)) for p in range(n_products)]
    return np.maximum(np.maximum(24.0 * np.stack(days, axis=1), takt_h), 0.0)


def opening_h(plant: FactoryPlant, n_draws: int) -> FloatArray:
    """Hour at which a plant opens, its delay included; shape (draw,)."""
    delay_h = per_draw(plant.opening_delay_weeks, n_draws) * 7.0 * 24.0
    return np.maximum(hour_of(plant.opening) + delay_h, 0.0)


def _planned_day(
    central: Factory, is_file: bool, bound: Bound, index: dict[str, int], width: int
) -> tuple[FloatArray, ...]:
    """Day on which the buyers of a file, or of a written scenario, count on each unit."""
    plan = hours_of(central)
    homes = [p for p, plant in enumerate(central.plants) for _ in plant.stations]
    rows, crews, _ = _operations(central, plan, index, np.array(homes))
    plants = [homes[index[product.operations[0].station]] for product in central.products]
    if is_file:
        per_h = bound_per_h(bound, plan, np.array(plants))
    else:
        n_bays = np.array([s.n_bays for plant in central.plants for s in plant.stations])
        per_h = alone_per_h(rows[0], crews[0], plan, n_bays)
    return tuple(
        planned_start_day(central.plants[home], _clock(plan, home), per_h[p], width)
        for p, home in enumerate(plants)
    )


def _clock(hours: Hours, plant: int) -> Clock:
    return hours.clocks[hours.first_clock[plant]]


def _amounts(
    factory: Factory, central: Factory, bound: Bound
) -> tuple[IntArray, IntArray, int, float]:
    """Good units wanted, rows of units, most of these, and the end: of orders or of the watch."""
    products = factory.products
    none = np.zeros(len(products), np.int64)
    last_h = N_YEARS * HOURS_PER_YEAR
    if factory.book is not None:
        n_units = factory.book.n_units[: factory.n_draws]
        return none, n_units, factory.book.due_h.shape[2], last_h
    yields = np.array([good_frac(product) for product in central.products])
    if factory.orders:
        sold = np.zeros(len(products))
        for order in factory.orders:
            sold[[p.name for p in products].index(order.product)] += order.n_units
        wanted = np.ceil(good_needed(central, sold) - 1e-9).astype(np.int64)
        rows = np.where(yields < 1.0, np.ceil(wanted / yields * _SPARE_FRAC) + 20, wanted)
        return wanted, rows.astype(np.int64), max(int(rows.max()), 1), last_h
    opens = min(hour_of(plant.opening) for plant in factory.plants)
    span_h = 168.0 * float(np.mean(central.measure.n_weeks))
    busy = bound.product_rate_per_year * span_h / HOURS_PER_YEAR
    rows = np.ceil(busy * _SPARE_FRAC).astype(np.int64) + 50
    return none, rows, int(rows.max()), opens + span_h


def _lines(factory: Factory, plant: IntArray, first_rows: list[int]) -> Records:
    n_draws = factory.n_draws
    lines = np.zeros((n_draws, len(factory.products)), LINE)
    lines["first_station"] = first_rows
    for p, product in enumerate(factory.products):
        home = factory.plants[plant[p]]
        opens = opening_h(home, n_draws)
        lines["from_h"][:, p] = lines["ramp_from_h"][:, p] = opens
        ramp_h = per_draw(home.ramp_months, n_draws) * DAYS_PER_MONTH * 24.0
        lines["ramp_until_h"][:, p] = opens + ramp_h
        lines["ramp_frac"][:, p] = np.maximum(per_draw(home.ramp_start_frac, n_draws), 1e-3)
        lines["n_wip_limit"][:, p] = product.release.n_wip_limit
        if product.release.rule == ReleaseRule.CONWIP:
            lines["n_wip_limit"][:, p] = product.release.n_cards
        elif product.release.rule == ReleaseRule.KANBAN:
            lines["n_kanban"][:, p] = product.release.n_cards
    return lines


def _only_line(operations: Records, n_stations: int) -> IntArray:
    """Line that alone uses each station; -1: shared, or unused; shape (station,)."""
    only = np.full(n_stations, -1)
    for s in range(n_stations):
        users = np.unique(operations["line"][0, operations["station"][0] == s])
        only[s] = users[0] if len(users) == 1 else -1
    return only


def _stations(factory: Factory, hours: Hours) -> tuple[Records, Records]:
    n_draws = factory.n_draws
    flat = [(p, s) for p, plant in enumerate(factory.plants) for s in plant.stations]
    crews = [(p, crew) for p, plant in enumerate(factory.plants) for crew in plant.repair_crews]
    repairs = np.zeros((n_draws, len(crews)), REPAIR)
    repairs["n_crews"] = [crew.n_crews for _, crew in crews]
    rows = {(p, crew.name): row for row, (p, crew) in enumerate(crews)}
    stations = empty_stations(n_draws, len(flat))
    for i, (p, station) in enumerate(flat):
        plant = factory.plants[p]
        own = station.n_bays if factory.counts_part_in_service else 0
        stations["n_bays"][:, i] = station.n_bays
        stations["n_buffer"][:, i] = max(station.n_buffer - own, 0)
        stations["calendar"][:, i] = hours.calendar[:, p]
        stations["from_h"][:, i] = opening_h(plant, n_draws)
        stations["n_batch"][:, i] = station.n_batch
        stations["n_batch_min"][:, i] = station.n_batch_min
        if station.batch_wait_h is not None:
            stations["batch_wait_h"][:, i] = station.batch_wait_h
        if station.mtbf_h is not None and station.mttr_h is not None:
            is_calendar = station.failure_clock == FailureClock.CALENDAR
            stations["failure"][:, i] = Failure.CALENDAR if is_calendar else Failure.OPERATING
            stations["mtbf_h"][:, i], stations["mttr_h"][:, i] = station.mtbf_h, station.mttr_h
        if station.repair_crew is not None:
            stations["repair_crew"][:, i] = rows[p, station.repair_crew]
    return stations, repairs


def _families(factory: Factory) -> dict[str, int]:
    """Number the families of setups."""
    named = [operation.family or product.name
             for product in factory.products for operation in product.operations]  # fmt: skip
    return {name: row for row, name in enumerate(dict.fromkeys(named))}


def _changes(factory: Factory, stations: Records) -> Records:
    """Chain the changeovers of each station, and tell the stations where they begin."""
    families = _families(factory)
    flat = [
        (s, change)
        for s, station in enumerate(s for plant in factory.plants for s in plant.stations)
        for change in station.changeovers
    ]
    plants = [plant for plant in factory.plants for _ in plant.stations]
    changes = np.zeros((factory.n_draws, len(flat)), CHANGE)
    for row, (s, change) in enumerate(flat):
        efficiency = per_draw(plants[s].efficiency_frac, factory.n_draws)
        changes["before"][:, row] = families[change.from_family]
        changes["after"][:, row] = families[change.to_family]
        changes["setup_h"][:, row] = np.asarray(change.setup_h) / efficiency
        changes["next"][:, row] = stations["first_change"][:, s]
        stations["first_change"][:, s] = row
    return changes


def _operations(
    factory: Factory, hours: Hours, index: dict[str, int], station_plant: IntArray
) -> tuple[Records, Records, list[int]]:
    """Rows of the engine: each operation, then its alternatives."""
    flat = [(p, o, at) for p, product in enumerate(factory.products)
            for o, operation in enumerate(product.operations)
            for at in range(len(operation.alternatives) + 1)]  # fmt: skip
    row_of = {key: row for row, key in enumerate(flat)}
    families = _families(factory)
    operations = np.zeros((factory.n_draws, len(flat)), OPERATION)
    crew: list[tuple[int, int, int]] = []
    for row, (p, o, at) in enumerate(flat):
        product, operation = factory.products[p], factory.products[p].operations[o]
        station, cycle = places(operation)[at]
        plant = int(station_plant[index[station]])
        efficiency = per_draw(factory.plants[plant].efficiency_frac, factory.n_draws)
        column = operations[:, row]
        column["station"], column["line"] = index[station], p
        column["next_op"] = row_of.get((p, o + 1, 0), -1)
        column["alternative"] = row_of.get((p, o, at + 1), -1)
        column["fail_op"] = _fail_row(product, operation, p, row, row_of)
        column["fail_frac"] = 1.0 - per_draw(operation.first_pass_yield_frac, factory.n_draws)
        column["scrap_frac"] = operation.scrap_frac
        column["rework_h"] = np.asarray(operation.rework_h) / efficiency
        column["setup_h"] = np.asarray(operation.setup_h) / efficiency
        column["family"] = families[operation.family or product.name]
        column["need"] = len(crew) if operation.crew else -1
        for c, need in enumerate(operation.crew):
            following = len(crew) + 1 if c + 1 < len(operation.crew) else -1
            pool = hours.skill.index((plant, need.skill))
            crew.append((pool, int(need.n_people), following))
        mean_h = np.asarray(cycle) / efficiency
        set_service(operations, row, _SERVICE[operation.cycle_shape], mean_h,
                    operation.cycle_cv_frac)  # fmt: skip
    needs = np.zeros((factory.n_draws, len(crew)), NEED)
    for row, (pool, n_people, following) in enumerate(crew):
        needs["pool"][:, row], needs["n_people"][:, row] = pool, n_people
        needs["next"][:, row] = following
    return operations, needs, [row_of[p, 0, 0] for p in range(len(factory.products))]


def _fail_row(
    product: Product,
    operation: FactoryOperation,
    p: int,
    row: int,
    row_of: dict[tuple[int, int, int], int],
) -> int:
    if float(np.min(np.asarray(operation.first_pass_yield_frac))) >= 1.0:
        return -1
    if operation.rework_to in (None, operation.name):
        return row
    names = [other.name for other in product.operations]
    return row_of[p, names.index(str(operation.rework_to)), 0]


def _feed(factory: Factory) -> IntArray:
    names = [product.name for product in factory.products]
    feed = np.zeros((len(names), len(names)), np.int64)
    for p, product in enumerate(factory.products):
        for line in product.kit:
            if line.part in names:
                feed[p, names.index(line.part)] += line.n_per_unit
    return feed


def _dispatch(factory: Factory, index: dict[str, int]) -> IntArray:
    """Crews go first to the stations nearest the end of a routing: finish what was begun."""
    to_go = np.full(len(index), 1e9)
    for product in factory.products:
        for o, operation in enumerate(product.operations):
            for station, _ in places(operation):
                left = float(len(product.operations) - o)
                to_go[index[station]] = min(to_go[index[station]], left)
    return np.argsort(to_go, kind="stable").astype(np.int64)


def _due_h(factory: Factory, width: int) -> FloatArray:
    if factory.book is not None:
        return factory.book.due_h[: factory.n_draws]
    due = np.full((len(factory.products), width), np.nan)
    for p, product in enumerate(factory.products):
        wanted = sorted(
            (hour_of(order.due), order.n_units)
            for order in factory.orders
            if order.product == product.name
        )
        hours = np.repeat([at for at, _ in wanted], [units for _, units in wanted])
        due[p, : len(hours)] = hours
    return np.broadcast_to(due, (factory.n_draws, *due.shape))


def _rank(bound: Bound, due_h: FloatArray) -> FloatArray:
    """Where products share an entry: the earliest due first, else in step with their mix."""
    rate = np.maximum(bound.product_rate_per_year, 1e-9)
    turn = np.arange(due_h.shape[2])[None, :] / rate[:, None]
    return np.where(np.isfinite(due_h[0]), due_h[0], turn)


def _takt_h(factory: Factory, hours: Hours, plant: IntArray, width: int) -> FloatArray:
    """No unit is released before its turn in the takt; minus infinity where there is none."""
    takt_h = np.full((len(factory.products), width), -np.inf)
    for p, product in enumerate(factory.products):
        if product.release.rule == ReleaseRule.TAKT:
            clock = _clock(hours, int(plant[p]))
            days = stack_calendars([(clock.start_h, clock.end_h)])[0]
            opens = clock_h(days, np.array([hour_of(factory.plants[plant[p]].opening)]))
            turn = float(np.mean(np.asarray(product.release.takt_h))) * np.arange(width)
            takt_h[p] = wall_h(days, opens + np.maximum(turn, 1e-9))
    return takt_h
