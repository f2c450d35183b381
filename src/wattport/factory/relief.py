"""What limits a factory: relieve one thing after another under the same luck."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from wattport.arrays import FloatArray
from wattport.factory.engine.line_records import Outcome
from wattport.factory.engine.relieve import RELIEF_FRAC, faster_station, more_people
from wattport.factory.layout import Floor, lay_out
from wattport.factory.measure import Estimate, estimate
from wattport.factory.play import Future, play
from wattport.spec.factory.factory import Factory, OrderPolicy
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


def reliefs(factory: Factory, floor: Floor, base: Future, from_h: float | None) -> tuple[Gain, ...]:
    """
    Gain from each station a tenth faster, each skill a tenth larger, each lead a tenth shorter.

    Parameters
    ----------
    factory : Factory
        Drawn.
    floor, base : Floor, Future
        Of the same factory.
    from_h : float, optional
        As `base` was measured.

    Returns
    -------
    tuple of Gain
        Largest gain of rate first.
    """
    found = []
    for s, name in enumerate(floor.station):
        if (floor.operation_station == s).any():
            found.append(_gain("station", name, floor, base, play(_faster(floor, s), from_h)))
    for k, (plant, name) in enumerate(floor.hours.skill):
        label = f"{name} ({factory.plants[plant].name})"
        found.append(_gain("skill", label, floor, base, play(_more_people(floor, k), from_h)))
    for i, supplier in enumerate(factory.suppliers):
        label = f"{supplier.part}" + (f" from {supplier.supplier}" if supplier.supplier else "")
        quicker = lay_out(_quicker(factory, ("suppliers", i, "lead_time_weeks")))
        found.append(_gain("supplier", label, floor, base, play(quicker, from_h)))
    return tuple(sorted(found, key=lambda gain: (-gain.rate_per_year.mean, gain.finish_days.mean)))


def what_ifs(
    factory: Factory, floor: Floor, base: Future, limit: str, from_h: float | None
) -> tuple[Gain, ...]:
    """
    Gain from a second shift, one more test bay, one more bay at the limit, two sources.

    Parameters
    ----------
    factory : Factory
        Drawn.
    floor, base : Floor, Future
        Of the same factory.
    limit : str
        Station to enlarge.
    from_h : float, optional
        As `base` was measured.
    """
    loaded = factory.loaded
    cases = {
        "one shift more": _more_shifts(loaded),
        **{f"one more bay at {name}": _more_bays(loaded, name) for name in _bays_of(loaded, limit)},
        "two sources of each ordered part": _two_sources(loaded),
    }
    found = []
    for name, changed in cases.items():
        if changed is None:
            continue
        drawn = changed.draw(factory.n_draws, factory.seed)
        found.append(_gain("what-if", name, floor, base, play(lay_out(drawn), from_h)))
    return tuple(found)


def _gain(kind: str, name: str, floor: Floor, base: Future, other: Future) -> Gain:
    sold = list(floor.sold)
    rate = other.rate_per_year[:, sold].sum(axis=1) - base.rate_per_year[:, sold].sum(axis=1)
    has_orders = bool(np.isfinite(floor.due_h).any())
    finish = (other.finish_h - base.finish_h) / 24.0 if has_orders else np.full(len(rate), np.nan)
    is_stuck = other.lines.outcome > Outcome.UNTIL
    rate = np.where(is_stuck, np.nan, rate)
    return Gain(kind, name, estimate(rate), estimate(finish), float(np.mean(is_stuck)))


def _quicker(factory: Factory, path: Path) -> Factory:
    def changed(at: Path, value: Value) -> Any:
        return np.asarray(value) * (1.0 - RELIEF_FRAC) if at == path else value

    return convert(factory, changed)


def _faster(floor: Floor, s: int) -> Floor:
    return replace(floor, network=faster_station(floor.network, s))


def _more_people(floor: Floor, k: int) -> Floor:
    return replace(floor, network=more_people(floor.network, floor.hours.schedule[:, k]))


def _changed(factory: Factory, **update: Any) -> Factory:
    return factory.model_copy(update=update)


def _more_shifts(factory: Factory) -> Factory | None:
    plants, n_changed = [], 0
    for plant in factory.plants:
        longest = plant.shift_h.high if isinstance(plant.shift_h, Uncertain) else plant.shift_h
        if (plant.n_shifts + 1) * float(longest) > 24.0:
            plants.append(plant)
            continue
        n_changed += 1
        skills = tuple(
            skill
            if skill.n_later_shift_people > 0
            else skill.model_copy(update={"n_later_shift_people": skill.n_people})
            for skill in plant.skills
        )
        plants.append(plant.model_copy(update={"n_shifts": plant.n_shifts + 1, "skills": skills}))
    return _changed(factory, plants=tuple(plants)) if n_changed else None


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


def _more_bays(factory: Factory, name: str) -> Factory:
    plants = []
    for plant in factory.plants:
        stations = tuple(
            station.model_copy(
                update={
                    "n_bays": station.n_bays + 1,
                    "n_buffer": station.n_buffer + int(factory.counts_part_in_service),
                }
            )
            if station.name == name
            else station
            for station in plant.stations
        )
        plants.append(plant.model_copy(update={"stations": stations}))
    return _changed(factory, plants=tuple(plants))


def _two_sources(factory: Factory) -> Factory | None:
    """Give each part ordered ahead from one source a second one, like it and independent."""
    parts = [supplier.part for supplier in factory.suppliers]
    second = []
    for supplier in factory.suppliers:
        if supplier.policy != OrderPolicy.AHEAD or parts.count(supplier.part) > 1:
            continue
        lead = supplier.lead_time_weeks
        alone = replace(lead, group=None) if isinstance(lead, Uncertain) else lead
        second.append(
            supplier.model_copy(update={"supplier": "second source", "lead_time_weeks": alone})
        )
    return _changed(factory, suppliers=(*factory.suppliers, *second)) if second else None


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
