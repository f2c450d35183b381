"""What limits a factory: relieve one thing after another under the same luck."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from wattport.arrays import BoolArray, FloatArray
from wattport.factory.engine.line_records import Network, Outcome
from wattport.factory.engine.relieve import RELIEF_FRAC, faster_station, more_people
from wattport.factory.kits import kits_of, stocks
from wattport.factory.layout import Floor, lay_out, ready_h
from wattport.factory.measure import Estimate, estimate
from wattport.factory.play import Future, counted, finish_of, rates_of
from wattport.factory.rerun import Played, rerun
from wattport.spec.factory.factory import Factory, FactoryPlant, OrderPolicy
from wattport.spec.reading.draw import stream
from wattport.spec.reading.section import Path, Value, convert
from wattport.spec.reading.uncertain import Uncertain


@dataclass(frozen=True)
class Gain:
    """What a change brings, against the same futures without it."""

    kind: str  # station, skill, supplier or what-if
    name: str
    rate_per_year: Estimate  # difference, summed over what is sold
    finish_days: Estimate  # difference of the last ordered unit; NaN without orders
    stuck_frac: float = 0.0  # share of the draws in which the changed factory stands still


@dataclass(frozen=True)
class Change:
    """One thing that is otherwise, and the lines that feel it before their kits do."""

    kind: str
    name: str
    plant: int
    network: Network
    is_changed: BoolArray  # (line,)


def reliefs(factory: Factory, floor: Floor) -> tuple[Change, ...]:
    """
    Each station a tenth faster, each skill a tenth larger, each lead time a tenth shorter.

    Parameters
    ----------
    factory : Factory
        Drawn.
    floor : Floor
        Of the same factory.

    Returns
    -------
    tuple of Change
        Plant by plant. The k-th service of an operation takes the k-th random
        number with and without relief.
    """
    return tuple(
        change
        for plant in range(len(factory.plants))
        for of in (_stations, _skills, _suppliers)
        for change in of(factory, floor, plant)
    )


def _stations(factory: Factory, floor: Floor, plant: int) -> list[Change]:
    rows = np.flatnonzero(floor.station_plant == plant)
    return [
        Change("station", floor.station[s], plant, faster_station(floor.network, int(s)),
               _lines_at(floor, floor.operation_station == s))
        for s in rows if (floor.operation_station == s).any()
    ]  # fmt: skip


def _skills(factory: Factory, floor: Floor, plant: int) -> list[Change]:
    name = factory.plants[plant].name
    is_here = _lines_at(floor, floor.station_plant[floor.operation_station] == plant)
    return [
        Change("skill", f"{skill} ({name})", plant,
               more_people(floor.network, floor.hours.schedule[:, k]), is_here)
        for k, (home, skill) in enumerate(floor.hours.skill) if home == plant
    ]  # fmt: skip


def _suppliers(factory: Factory, floor: Floor, plant: int) -> list[Change]:
    first_user = {
        line.part: int(floor.product_plant[p])
        for p, product in reversed(list(enumerate(factory.products)))
        for line in product.kit
    }
    none = np.zeros(len(factory.products), np.bool_)
    return [
        Change("supplier", s.part + (f" from {s.supplier}" if s.supplier else ""), plant,
               _sooner(factory, floor, i), none)
        for i, s in enumerate(factory.suppliers) if first_user.get(s.part, 0) == plant
    ]  # fmt: skip


def _sooner(factory: Factory, floor: Floor, i: int) -> Network:
    """The lead time of a supplier a tenth shorter, the orders placed as they were."""

    def changed(at: Path, value: Value) -> Any:
        is_it = at == ("suppliers", i, "lead_time_weeks")
        return np.asarray(value) * (1.0 - RELIEF_FRAC) if is_it else value

    quick = convert(factory, changed)
    if factory.suppliers[i].policy == OrderPolicy.REORDER_POINT:
        return floor.network._replace(parts=stocks(quick)[0])
    sooner = kits_of(quick, floor.planned_day, only=factory.suppliers[i].part)
    kits = {**floor.kits, **sooner}
    return floor.network._replace(ready_h=ready_h(kits, floor.takt_h, factory.n_draws))


def _lines_at(floor: Floor, is_operation: BoolArray) -> BoolArray:
    """Lines of some operations; shape (line,)."""
    lines = floor.network.operations["line"][0, is_operation]
    return np.isin(np.arange(floor.network.lines.shape[1]), lines)


def gains_of(
    changes: tuple[Change, ...], floor: Floor, base: Future, from_h: float | None
) -> tuple[Gain, ...]:
    """
    What each change brings, in the same futures.

    Parameters
    ----------
    changes : tuple of Change
        Of this floor.
    floor, base : Floor, Future
        The factory as it is.
    from_h : float, optional
        As `base` was measured.
    """
    lines = base.lines
    before = Played(floor.network, lines.done_h, lines.released_h, lines.outcome)
    return tuple(_gain(change, floor, base, before, from_h) for change in changes)


def by_gain(gains: tuple[Gain, ...]) -> tuple[Gain, ...]:
    """Order gains, the largest of rate first."""
    return tuple(sorted(gains, key=lambda gain: (-gain.rate_per_year.mean, gain.finish_days.mean)))


def _gain(change: Change, floor: Floor, base: Future, before: Played, from_h: float | None) -> Gain:
    after = rerun(before, change.network, change.is_changed)
    sold = list(floor.sold)
    done = np.where(np.isfinite(after.done_h), after.done_h, np.nan)
    finish_h = finish_of(floor, done)
    other = replace(floor, network=change.network)
    begin, end = counted(other, finish_h, base.lines.end_h, from_h)
    rate = rates_of(done, begin, end)[:, sold].sum(axis=1)
    rate = rate - base.rate_per_year[:, sold].sum(axis=1)
    finish = (finish_h - base.finish_h) / 24.0 if floor.is_ordered else np.full(len(rate), np.nan)
    is_stuck = after.outcome > (Outcome.FINISHED if floor.is_ordered else Outcome.UNTIL)
    rate = np.where(is_stuck, np.nan, rate)
    return Gain(
        change.kind, change.name, estimate(rate), estimate(finish), float(np.mean(is_stuck))
    )


def what_ifs(factory: Factory, floor: Floor, limit: str) -> tuple[Change, ...]:
    """
    One shift more, one more test bay, one more bay at the limit, two sources.

    Parameters
    ----------
    factory : Factory
        Drawn.
    floor : Floor
        Of the same factory.
    limit : str
        Station to enlarge.
    """
    every = np.ones(len(factory.products), np.bool_)
    cases = {f"one more bay at {name}": one_bay_more(factory, name)
             for name in _bays_of(factory.loaded, limit)}  # fmt: skip
    if any(has_room(plant) for plant in factory.loaded.plants):
        cases = {"one shift more": one_shift_more(factory), **cases}
    doubled = _all_doubled(factory)
    if doubled is not None:
        cases["two sources of each ordered part"] = doubled
    return tuple(
        Change("what-if", name, 0, lay_out(changed).network, every)
        for name, changed in cases.items()
    )


def _both(factory: Factory, change: Callable[[Factory], Factory]) -> Factory:
    """Change a drawn factory, and what its buyers and planners know of it."""
    changed = change(factory)
    changed._loaded = change(factory.loaded)
    return changed


def has_room(plant: FactoryPlant) -> bool:
    """Whether a day holds one more shift."""
    hours = plant.shift_h
    longest = hours.high if isinstance(hours, Uncertain) else float(np.max(np.asarray(hours)))
    return (plant.n_shifts + 1) * longest <= 24.0


def one_shift_more(factory: Factory) -> Factory:
    """Add a shift wherever the day holds one, as many people on it as on the later ones so far."""

    def longer(plant: FactoryPlant) -> FactoryPlant:
        skills = tuple(
            skill
            if skill.n_later_shift_people > 0
            else skill.model_copy(update={"n_later_shift_people": skill.n_people})
            for skill in plant.skills
        )
        return plant.model_copy(update={"n_shifts": plant.n_shifts + 1, "skills": skills})

    roomy = [has_room(plant) for plant in factory.loaded.plants]
    return _both(factory, lambda of: of.model_copy(update={"plants": tuple(
        longer(plant) if is_roomy else plant
        for plant, is_roomy in zip(of.plants, roomy, strict=True)
    )}))  # fmt: skip


def one_bay_more(factory: Factory, name: str) -> Factory:
    """Add a bay to a station, and its place where the buffer counts it."""
    own = int(factory.counts_part_in_service)

    def wider(plant: FactoryPlant) -> FactoryPlant:
        stations = tuple(
            s.model_copy(update={"n_bays": s.n_bays + 1, "n_buffer": s.n_buffer + own})
            if s.name == name
            else s
            for s in plant.stations
        )
        return plant.model_copy(update={"stations": stations})

    return _both(factory, lambda of: of.model_copy(
        update={"plants": tuple(wider(plant) for plant in of.plants)}
    ))  # fmt: skip


def second_source(factory: Factory, supplier: int, key: str) -> Factory:
    """
    Give a part a second source, like the first one and independent of it.

    Parameters
    ----------
    factory : Factory
        Drawn.
    supplier : int
        Row of the first source.
    key : str
        Names the lead times of the second in the random streams.

    Returns
    -------
    Factory
        The lead times are of the same distribution, outside every group; central
        where the only draw is the central one. Every other lot goes to it.
    """
    lead = second_lead_weeks(factory, supplier, key)

    def doubled(of: Factory) -> Factory:
        changes: dict[str, Any] = {"supplier": "second source"}
        if of is factory:
            changes["lead_time_weeks"] = lead
        other = of.suppliers[supplier].model_copy(update=changes)
        return of.model_copy(update={"suppliers": (*of.suppliers, other)})

    return _both(factory, doubled)


def second_lead_weeks(factory: Factory, supplier: int, key: str) -> FloatArray:
    """Lead times of a second source; shape (draw,)."""
    ids = factory.draw_ids
    drawn = np.asarray(factory.suppliers[supplier].lead_time_weeks, dtype=np.float64)
    number = factory.loaded.suppliers[supplier].lead_time_weeks
    if not isinstance(number, Uncertain) or (len(ids) == 1 and drawn[0] == number.value):
        return drawn
    luck = stream(factory.seed, key).random(int(ids.max()) + 1)[ids]
    return np.asarray(number.ppf(luck), dtype=np.float64)


def _all_doubled(factory: Factory) -> Factory | None:
    """Give each part ordered ahead from one source a second one."""
    parts = [supplier.part for supplier in factory.suppliers]
    changed = factory
    for row, supplier in enumerate(factory.suppliers):
        if supplier.policy == OrderPolicy.AHEAD and parts.count(supplier.part) == 1:
            changed = second_source(changed, row, f"second source {row}")
    return None if changed is factory else changed


def _bays_of(factory: Factory, limit: str) -> tuple[str, ...]:
    """Stations worth a bay: that of the last test, and the limit."""
    tests = [
        operation.station
        for product in factory.products
        for operation in product.operations
        if not _is_one(operation.first_pass_yield_frac)
    ]
    names = {station.name for plant in factory.plants for station in plant.stations}
    return tuple(dict.fromkeys(name for name in (*tests[-1:], limit) if name in names))


def _is_one(value: Any) -> bool:
    return not isinstance(value, Uncertain) and float(value) >= 1.0


def use_of(state_h: FloatArray) -> FloatArray:
    """
    Share of each state in the bay time of each station, over all draws together.

    Examples
    --------
    >>> use_of(np.array([[[1.0, 3.0]], [[1.0, 3.0]]]))
    array([[0.25, 0.75]])
    """
    total = state_h.sum(axis=0)
    spent = total.sum(axis=-1, keepdims=True)
    share: FloatArray = np.divide(total, spent, out=np.zeros_like(total), where=spent > 0.0)
    return share
