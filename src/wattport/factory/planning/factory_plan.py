"""A factory for a wanted rate: shifts, bays, people, places and cards at least cost, simulated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product as combinations

import numpy as np

from wattport.errors import Finding, InfeasibleError, WattportError
from wattport.factory.bound import mix_of
from wattport.factory.engine.line_records import BayState
from wattport.factory.hours import refuse_idle
from wattport.factory.measure import Estimate
from wattport.factory.planning.descent import ascend, descend
from wattport.factory.planning.evaluation import Evaluator
from wattport.factory.planning.hours_bound import HoursPlan, Programme, programme
from wattport.factory.planning.levers import (
    Levers,
    Prices,
    at_full_pace,
    least_of,
    levers_of,
    prices_of,
    with_levers,
)
from wattport.factory.planning.limits import limits_by_hours, limits_by_play
from wattport.factory.planning.optimality import Status, gap_frac, status_of
from wattport.factory.planning.rate_curve import CurvePoint, rate_curves
from wattport.spec.factory.factory import Factory, FactoryPlant
from wattport.spec.reading.uncertain import Uncertain

_MOST_MIXES = 81  # of shifts; beyond, all plants run as many
_TRIED_MIXES = 3  # cheapest by hours, raised to the rate; the cheapest of these is trimmed


@dataclass(frozen=True)
class PlantLine:
    """One plant of the plan."""

    plant: str
    n_shifts: int
    n_shifts_now: int
    n_bays: int
    n_people: int  # over all shifts


@dataclass(frozen=True)
class StationLine:
    """One station of the plan, and as the file has it."""

    plant: str
    station: str
    n_bays: int
    n_bays_now: int
    n_buffer: int  # waiting places, the bays not counted
    n_buffer_now: int
    working_frac: float
    unstaffed_frac: float
    blocked_frac: float
    starved_frac: float
    down_frac: float


@dataclass(frozen=True)
class StaffLine:
    """People of one skill on one shift."""

    plant: str
    skill: str
    shift: int  # 1 by day
    n_people: int
    n_people_now: int


@dataclass(frozen=True)
class ProductLine:
    """One product of the plan."""

    product: str
    n_cards: int  # 0: released without cards
    n_cards_now: int
    lead_days: float


@dataclass(frozen=True)
class FactoryPlan:
    """All that a plan for a rate says, with its bound and its curves."""

    factory: str
    wanted_per_year: float
    n_draws: int
    seed: int
    rate_per_year: Estimate
    rate_p10_per_year: float  # over the futures; P90 is the low side
    rate_p50_per_year: float
    rate_p90_per_year: float
    plants: tuple[PlantLine, ...]
    stations: tuple[StationLine, ...]
    staff: tuple[StaffLine, ...]
    products: tuple[ProductLine, ...]
    staff_eur_per_year: float
    bays_eur_per_year: float
    places_eur_per_year: float
    cost_eur_per_year: float
    now_eur_per_year: float
    now_rate_per_year: Estimate
    bound_eur_per_year: float
    gap_frac: float
    status: Status
    curves: tuple[CurvePoint, ...]
    n_plays: int  # factories simulated
    levers: Levers
    warnings: tuple[str, ...]


def plan_factory(
    factory: Factory, rate_per_year: float, draws: int = 64, seed: int = 7
) -> FactoryPlan:
    """
    Find the cheapest way to make a rate with the plants of a factory.

    Parameters
    ----------
    factory : Factory
        As loaded; its `costs` price the levers, `n_bays_most`, `n_shifts_most` and
        `n_people_most` limit them.
    rate_per_year : float
        Of all that is sold, in the mix of the orders, else of the needs. [1/year, > 0]
    draws : int
        Futures in which a plan must hold. [>= 1]
    seed : int
        Of all random numbers; the same luck for every plan compared.

    Returns
    -------
    FactoryPlan
        The same for any number of threads.

    Raises
    ------
    WattportError
        If the rate is not positive.
    InfeasibleError
        If no levers make the rate; names the limits in the way.

    Notes
    -----
    For each number of shifts of each plant an integer programme gives the bays
    and people whose hours suffice: the cheapest is the bound on all plans.
    From the cheapest three, hours with a little to spare, until the lower end of
    the 95 % interval of the simulated mean rate is the wanted one; from the
    cheapest of these every lever goes down, the dearest first, while that holds.
    The factory is simulated at full pace, parts ordered ahead at hand.
    """
    if not (rate_per_year > 0.0 and np.isfinite(rate_per_year)):
        raise WattportError(
            Finding("PLAN040", "the wanted rate must be above zero", path="--rate",
                    value=rate_per_year, remedy="for example 300/year")
        )  # fmt: skip
    central = factory.draw(1, seed)
    refuse_idle(central)
    share, prices = mix_of(central), prices_of(central)
    now = levers_of(factory)
    base = at_full_pace(
        factory.model_copy(update={"counts_part_in_service": False}), share, rate_per_year
    )
    base = with_levers(base, now)
    most = tuple(_most_shifts(plant) for plant in factory.plants)
    asked = _questions(base, now, most, share, prices, rate_per_year, seed)
    if not asked:
        _refuse(base, replace(now, n_shifts=most), share, prices, rate_per_year, seed)
    evaluator = Evaluator(base, share, draws, seed)
    found = _searched([question for question, _ in asked], rate_per_year, prices, evaluator)
    bound = min(hours.bound_eur_per_year for _, hours in asked)
    return _plan_of(factory, now, found, most, prices, evaluator, rate_per_year, bound)


def with_plan(factory: Factory, plan: FactoryPlan) -> Factory:
    """
    Write a plan into its factory: the levers, and the wanted rate as the need of what is sold.

    Parameters
    ----------
    factory : Factory
        As loaded.
    plan : FactoryPlan
        Of this factory.
    """
    share = mix_of(factory.draw(1, plan.seed))
    planned = with_levers(factory, plan.levers)
    products = tuple(
        product.model_copy(update={"need_units_per_year": plan.wanted_per_year * float(share[p])})
        if share[p] > 0.0
        else product
        for p, product in enumerate(planned.products)
    )
    return planned.model_copy(update={"products": products})


def _most_shifts(plant: FactoryPlant) -> int:
    hours = plant.shift_h
    longest = hours.high if isinstance(hours, Uncertain) else float(hours)
    return max(1, min(plant.n_shifts_most, int(24.0 / longest + 1e-9)))


def _questions(
    base: Factory, now: Levers, most: tuple[int, ...], share: np.ndarray, prices: Prices,
    rate_per_year: float, seed: int,
) -> list[tuple[Programme, HoursPlan]]:  # fmt: skip
    """Programmes of all numbers of shifts that make the rate by hours, the cheapest first."""
    mixes = list(combinations(*(range(1, n + 1) for n in most)))
    if len(mixes) > _MOST_MIXES:
        mixes = [tuple(min(n, k) for k in most) for n in range(1, max(most) + 1)]
    asked = []
    for shifts in mixes:
        levers = replace(now, n_shifts=shifts)
        drawn = with_levers(base, levers).draw(1, seed)
        question = programme(drawn, levers, share, prices)
        hours = question.least_cost(rate_per_year)
        if hours is not None:
            asked.append((question, hours))
    return sorted(asked, key=lambda pair: pair[1].bound_eur_per_year)


def _searched(
    questions: list[Programme], rate_per_year: float, prices: Prices, evaluator: Evaluator
) -> Levers:
    reached: list[Levers] = []
    missed: list[Levers] = []
    for question in questions:
        levers, is_enough = ascend(question, rate_per_year, evaluator)
        if is_enough and levers is not None:
            reached.append(levers)
        elif levers is not None:
            missed.append(levers)
        if len(reached) == _TRIED_MIXES or len(reached) + len(missed) == 3 * _TRIED_MIXES:
            break
    if not reached:
        _refuse_played(max(missed, key=lambda m: evaluator.evaluate(m).sure_per_year), evaluator,
                       rate_per_year)  # fmt: skip
    start = min(reached, key=prices.cost_eur)
    return descend(start, least_of(evaluator.base), rate_per_year, prices, evaluator)


def _refuse(
    base: Factory, levers: Levers, share: np.ndarray, prices: Prices, rate: float, seed: int
) -> None:
    highest, names = limits_by_hours(base, levers, share, prices, seed)
    raise InfeasibleError(
        Finding("PLAN041", f"at most {highest:.0f} a year by hours, because of "
                f"{', '.join(names)}", path="--rate", value=rate,
                remedy="raise that limit in the file, or want a lower rate")
    )  # fmt: skip


def _refuse_played(levers: Levers, evaluator: Evaluator, rate: float) -> None:
    names = limits_by_play(levers, evaluator)
    why = f"because of {', '.join(names)}" if names else "whatever is added: waiting takes the rest"
    reached = evaluator.evaluate(levers).rate
    raise InfeasibleError(
        Finding("PLAN042", f"{reached.mean:.0f} a year are made at most, {why}", path="--rate",
                value=rate, remedy="change that in the file, or want a lower rate")
    )  # fmt: skip


def _plan_of(
    factory: Factory, now: Levers, levers: Levers, most: tuple[int, ...], prices: Prices,
    evaluator: Evaluator, wanted: float, bound: float,
) -> FactoryPlan:  # fmt: skip
    found, cost = evaluator.evaluate(levers), prices.cost_eur(levers)
    p10, p50, p90 = (float(q) for q in np.quantile(found.rate_per_year, [0.9, 0.5, 0.1]))
    curves = rate_curves(levers, most, prices, evaluator)
    now_rate = evaluator.evaluate(now).rate
    return FactoryPlan(
        factory=factory.name,
        wanted_per_year=wanted,
        n_draws=evaluator.n_draws,
        seed=evaluator.seed,
        rate_per_year=found.rate,
        rate_p10_per_year=p10,
        rate_p50_per_year=p50,
        rate_p90_per_year=p90,
        plants=_plants(factory, levers),
        stations=_stations(factory, now, levers, found.state_frac),
        staff=_staff(factory, now, levers),
        products=tuple(
            ProductLine(product.name, levers.n_cards[p], now.n_cards[p], float(found.lead_days[p]))
            for p, product in enumerate(factory.products)
        ),
        staff_eur_per_year=prices.staff_eur(levers),
        bays_eur_per_year=prices.bays_eur(levers),
        places_eur_per_year=prices.places_eur(levers),
        cost_eur_per_year=cost,
        now_eur_per_year=prices.cost_eur(now),
        now_rate_per_year=now_rate,
        bound_eur_per_year=min(bound, cost),
        gap_frac=gap_frac(cost, bound),
        status=status_of(cost, bound),
        curves=curves,
        n_plays=evaluator.n_plays,
        levers=levers,
        warnings=_warnings(curves, cost),
    )


def _warnings(curves: tuple[CurvePoint, ...], cost: float) -> tuple[str, ...]:
    """Tell that a plan is luckier than it looks: with more of a thing it may stand still."""
    names = [
        f"{point.value:g} {point.kind} ({point.lever})"
        for point in curves
        if point.stuck_frac > 0.0 and point.cost_eur_per_year >= cost and point.kind != "yield"
    ]
    if not names:
        return ()
    return (
        f"parts can lock each other in a ring: with {', '.join(names[:3])} the factory stands "
        "still in some futures. The plan does in none of its own; a larger buffer in the ring, or "
        "fewer cards, make it safer",
    )


def _plants(factory: Factory, levers: Levers) -> tuple[PlantLine, ...]:
    rows, s, k = [], 0, 0
    for p, plant in enumerate(factory.plants):
        last_s, last_k = s + len(plant.stations), k + len(plant.skills)
        n = levers.n_shifts[p]
        people = sum(levers.n_first[k:last_k]) + (n - 1) * sum(levers.n_later[k:last_k])
        rows.append(PlantLine(plant.name, n, plant.n_shifts, sum(levers.n_bays[s:last_s]), people))
        s, k = last_s, last_k
    return tuple(rows)


def _stations(
    factory: Factory, now: Levers, levers: Levers, state_frac: np.ndarray
) -> tuple[StationLine, ...]:
    flat = [(plant.name, s.name) for plant in factory.plants for s in plant.stations]
    return tuple(
        StationLine(
            plant=plant,
            station=station,
            n_bays=levers.n_bays[s],
            n_bays_now=now.n_bays[s],
            n_buffer=levers.n_buffer[s],
            n_buffer_now=now.n_buffer[s],
            working_frac=float(state_frac[s, BayState.WORKING]),
            unstaffed_frac=float(state_frac[s, BayState.UNSTAFFED]),
            blocked_frac=float(state_frac[s, BayState.BLOCKED]),
            starved_frac=float(state_frac[s, BayState.STARVED]),
            down_frac=float(state_frac[s, BayState.DOWN]),
        )
        for s, (plant, station) in enumerate(flat)
    )


def _staff(factory: Factory, now: Levers, levers: Levers) -> tuple[StaffLine, ...]:
    skills = [(p, skill.name) for p, plant in enumerate(factory.plants) for skill in plant.skills]
    rows = []
    for k, (p, name) in enumerate(skills):
        for shift in range(1, max(levers.n_shifts[p], now.n_shifts[p]) + 1):
            planned, present = (
                0 if shift > of.n_shifts[p] else of.n_first[k] if shift == 1 else of.n_later[k]
                for of in (levers, now)
            )
            rows.append(StaffLine(factory.plants[p].name, name, shift, planned, present))
    return tuple(rows)
