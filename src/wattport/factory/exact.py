"""
What a line does without simulation: chains of small ones, a decomposition of longer ones.

The number stands beside the simulated rate, so that a reader can judge one by the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.equations.line_decomposition import unreliable_line_throughput
from wattport.equations.markov_line import exponential_line_throughput
from wattport.equations.queueing import conwip_throughput
from wattport.factory.bound import mean
from wattport.factory.hours import Hours
from wattport.spec.factory.factory import (
    CycleShape,
    Factory,
    FactoryStation,
    FailureClock,
    ReleaseRule,
)

_MOST_STATES = 60_000  # of a chain, solved in seconds
_MOST_PLACES = 600  # of all buffers of a decomposed line, solved in seconds


@dataclass(frozen=True)
class Exact:
    """Rate of a line without simulation, or why there is none."""

    rate_per_year: float | None
    method: str
    is_exact: bool = True  # else an approximation from the literature


def exact_rate(factory: Factory, hours: Hours) -> Exact:
    """
    Exact rate of a small line, where its Markov chain or product form is known.

    One product, single bays in a row, no crew and no bought parts. With
    exponential cycles and nothing that fails: saturated lines with finite
    buffers by their chain, CONWIP lines with buffers that never block by mean
    value analysis. With one fixed cycle and stations that all fail while they
    work: by decomposition, which is an approximation and says so.
    """
    why = _why_no_line(factory)
    if why:
        return Exact(None, why)
    product = factory.products[0]
    if _is_transfer_line(factory):
        return _transfer_line(factory, hours)
    why = _why_not_exponential(factory)
    if why:
        return Exact(None, why)
    rates = [1.0 / cycle for cycle in _line(factory)[1]]
    buffers = _waiting_places(factory)
    per_year = float(hours.worked_h_per_year[0])
    if product.release.rule == ReleaseRule.CONWIP:
        cap = product.release.n_cards
        if min(buffers, default=cap) + 1 >= cap:
            rate = conwip_throughput(rates, cap)
            return Exact(rate * per_year, f"CONWIP line of {cap} cards, mean value analysis")
        return Exact(None, "CONWIP cards and small buffers together have no chain here")
    n_states = float(np.prod([n + 3.0 for n in buffers]))
    if n_states > _MOST_STATES:
        return Exact(None, f"the Markov chain has some {n_states:.0e} states")
    rate = exponential_line_throughput(rates, buffers)
    return Exact(rate * per_year, "Markov chain of the line")


def _is_transfer_line(factory: Factory) -> bool:
    """Check for one fixed cycle, stations that all fail as they work, and places between them."""
    line, cycles = _line(factory)
    operations = factory.products[0].operations
    waiting = _waiting_places(factory)
    return (
        len(line) > 1
        and factory.products[0].release.rule == ReleaseRule.PUSH
        and all(o.cycle_shape != CycleShape.EXPONENTIAL for o in operations)
        and all(mean(o.cycle_cv_frac) == 0.0 for o in operations)
        and max(cycles) - min(cycles) < 1e-9
        and min(waiting) > 0
        and all(
            station.mtbf_h is not None
            and station.failure_clock == FailureClock.OPERATING
            and station.repair_crew is None
            and min(mean(station.mtbf_h), mean(station.mttr_h)) >= cycles[0]
            for station in line
        )
    )


def _transfer_line(factory: Factory, hours: Hours) -> Exact:
    line, cycles = _line(factory)
    repaired = [cycles[0] / mean(station.mttr_h) for station in line]
    failed = [cycles[0] / mean(station.mtbf_h) for station in line]
    places = [n + 1 for n in _waiting_places(factory)]
    if sum(places) > _MOST_PLACES:
        return Exact(None, f"a decomposition with {sum(places)} places takes too long")
    try:
        rate = unreliable_line_throughput(repaired, failed, places) / cycles[0]
    except ArithmeticError as error:
        return Exact(None, str(error))
    return Exact(
        rate * float(hours.worked_h_per_year[0]),
        "decomposition into lines of two machines, an approximation",
        is_exact=False,
    )


def _line(factory: Factory) -> tuple[list[FactoryStation], list[float]]:
    """Stations in the order of the routing, and the hours of a cycle on each."""
    plant = factory.plants[0]
    by_name = {station.name: station for station in plant.stations}
    operations = factory.products[0].operations
    cycles = [mean(o.cycle_h) / mean(plant.efficiency_frac) for o in operations]
    return [by_name[o.station] for o in operations], cycles


def _waiting_places(factory: Factory) -> list[int]:
    own = 1 if factory.counts_part_in_service else 0
    return [max(s.n_buffer - own * s.n_bays, 0) for s in _line(factory)[0][1:]]


def _why_no_line(factory: Factory) -> str:
    if len(factory.products) != 1 or len(factory.plants) != 1:
        return "several products or plants"
    product, plant = factory.products[0], factory.plants[0]
    if product.kit or factory.orders:
        return "kits or orders"
    if product.release.rule not in (ReleaseRule.PUSH, ReleaseRule.CONWIP):
        return f"release by {product.release.rule}"
    used = [operation.station for operation in product.operations]
    if len(set(used)) != len(used):
        return "an operation returns to a station"
    for operation in product.operations:
        if operation.alternatives or operation.crew or mean(operation.setup_h) > 0.0:
            return "alternatives, crew or setups"
        if mean(operation.first_pass_yield_frac) < 1.0 or mean(operation.scrap_frac) > 0.0:
            return "rework or scrap"
    for station in plant.stations:
        if station.name in used and (
            station.n_bays > 1 or station.n_batch > 1 or station.changeovers
        ):
            return "parallel bays, batches or changeovers"
    return ""


def _why_not_exponential(factory: Factory) -> str:
    if any(o.cycle_shape != CycleShape.EXPONENTIAL for o in factory.products[0].operations):
        return "cycles that are not exponential"
    if any(station.mtbf_h is not None for station in _line(factory)[0]):
        return "failures"
    return ""
