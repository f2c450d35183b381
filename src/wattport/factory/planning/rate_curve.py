"""The rate against each lever, with all else as planned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from wattport.factory.measure import Estimate, estimate
from wattport.factory.planning.evaluation import Evaluation, Evaluator
from wattport.factory.planning.levers import Levers, Prices, with_levers
from wattport.spec.factory.factory import Factory
from wattport.spec.reading.uncertain import Uncertain

_STAFF_FRACS = (0.8, 0.9, 1.1, 1.2)
_YIELD_STEPS = (-0.10, -0.05, 0.05, 0.10)


@dataclass(frozen=True)
class CurvePoint:
    """Rate and cost with one lever moved."""

    kind: str  # bays, staff, shifts, places, cards or yield
    lever: str
    value: float
    is_plan: bool
    rate_per_year: Estimate
    gain_per_year: Estimate  # against the plan, in the same futures
    cost_eur_per_year: float
    stuck_frac: float  # share of the futures in which the factory stands still


def rate_curves(
    levers: Levers, n_shifts_most: tuple[int, ...], prices: Prices, evaluator: Evaluator
) -> tuple[CurvePoint, ...]:
    """
    Move one lever after another around a plan.

    Parameters
    ----------
    levers : Levers
        The plan.
    n_shifts_most : tuple of int, length plant
        Shifts that may be run.
    prices : Prices
        Of the levers.
    evaluator : Evaluator
        The event engine, in all its futures.

    Returns
    -------
    tuple of CurvePoint
        Lever by lever, values rising. A yield moves in the same share of units
        in every future, up to all units.
    """
    planned = evaluator.evaluate(levers)
    points = []
    for kind, name, value, moved in _moves(levers, n_shifts_most, evaluator.base):
        found = planned if moved == levers else evaluator.evaluate(moved)
        points.append(_point(kind, name, value, found, planned, prices.cost_eur(moved)))
    for name, value, factory in _yields(with_levers(evaluator.base, levers)):
        found = planned if factory is None else evaluator.played(factory)
        points.append(_point("yield", name, value, found, planned, prices.cost_eur(levers)))
    return tuple(points)


def _point(
    kind: str, name: str, value: float, found: Evaluation, planned: Evaluation, cost: float
) -> CurvePoint:
    gain = estimate(found.rate_per_year - planned.rate_per_year)
    return CurvePoint(kind, name, value, found is planned, found.rate, gain, cost, found.stuck_frac)


def _moves(
    levers: Levers, n_shifts_most: tuple[int, ...], base: Factory
) -> Iterator[tuple[str, str, float, Levers]]:
    stations = [station.name for plant in base.plants for station in plant.stations]
    for s, name in enumerate(stations):
        for by in (-1, 0, 1, 2):
            if levers.n_bays[s] + by >= 1:
                moved = levers.changed("n_bays", s, by)
                yield "bays", name, float(moved.n_bays[s]), moved
    skills = [(p, skill.name) for p, plant in enumerate(base.plants) for skill in plant.skills]
    for k, (p, name) in enumerate(skills):
        tried = [_staffed(levers, k, frac) for frac in _STAFF_FRACS]
        for moved in sorted({levers, *tried}, key=lambda m: (m.n_first[k], m.n_later[k])):
            people = moved.n_first[k] + (moved.n_shifts[p] - 1) * moved.n_later[k]
            yield "staff", f"{name} ({base.plants[p].name})", float(people), moved
    for p, most in enumerate(n_shifts_most):
        for n in range(1, most + 1):
            moved = _shifted(levers, p, n, [q for q, _ in skills])
            yield "shifts", base.plants[p].name, float(n), moved
    shifted = (tuple(max(0, n + by) for n in levers.n_buffer) for by in (-2, -1, 0, 1, 2, 4))
    for places in dict.fromkeys(shifted):
        moved = replace(levers, n_buffer=places)
        yield "places", "all stations", float(sum(moved.n_buffer)), moved
    for p, product in enumerate(base.products):
        for frac in (0.6, 0.8, 1.0, 1.2, 1.5) if levers.n_cards[p] else ():
            by = round(levers.n_cards[p] * frac) - levers.n_cards[p]
            if levers.n_cards[p] + by >= 1:
                moved = levers.changed("n_cards", p, by)
                yield "cards", product.name, float(moved.n_cards[p]), moved


def _staffed(levers: Levers, skill: int, frac: float) -> Levers:
    """More or fewer people on all shifts, at least one by day."""
    first, later = levers.n_first[skill], levers.n_later[skill]
    by = round((frac - 1.0) * first) or (1 if frac > 1.0 else -1)
    moved = levers.changed("n_first", skill, max(by, 1 - first))
    return moved.changed("n_later", skill, round((frac - 1.0) * later))


def _shifted(levers: Levers, plant: int, n_shifts: int, skill_plant: list[int]) -> Levers:
    """Another number of shifts; a plant that had one sends as many people to the later ones."""
    moved = levers.changed("n_shifts", plant, n_shifts - levers.n_shifts[plant])
    for k, p in enumerate(skill_plant):
        if p == plant and n_shifts > 1 and levers.n_shifts[plant] == 1:
            moved = moved.changed("n_later", k, levers.n_first[k] - levers.n_later[k])
    return moved


def _yields(planned: Factory) -> Iterator[tuple[str, float, Factory | None]]:
    for p, product in enumerate(planned.products):
        for o, operation in enumerate(product.operations):
            written = operation.first_pass_yield_frac
            centre = written.value if isinstance(written, Uncertain) else float(written)
            if centre >= 1.0:
                continue
            for step in (*_YIELD_STEPS[:2], 0.0, *_YIELD_STEPS[2:]):
                value = centre + step
                if not 0.0 < value - float(operation.scrap_frac) or value > 1.0 + 1e-9:
                    continue
                operations = list(product.operations)
                operations[o] = operation.model_copy(
                    update={"first_pass_yield_frac": _moved(written, step)}
                )
                products = list(planned.products)
                products[p] = product.model_copy(update={"operations": tuple(operations)})
                factory = planned.model_copy(update={"products": tuple(products)})
                name = f"{operation.name} of {product.name}"
                yield name, round(value, 4), None if step == 0.0 else factory


def _moved(written: object, step: float) -> object:
    if not isinstance(written, Uncertain):
        return min(1.0, float(written) + step)  # type: ignore[arg-type]
    ends = (written.value, written.low, written.high)
    value, low, high = (float(min(1.0, max(1e-3, end + step))) for end in ends)
    given = None if written.given is None else np.clip(written.given + step, 1e-3, 1.0)
    return value if low >= high else replace(written, value=value, low=low, high=high, given=given)
