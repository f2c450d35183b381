"""From levers that make the rate to cheaper ones that still do: a search over simulations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from wattport.factory.planning.evaluation import FEW, Evaluator
from wattport.factory.planning.hours_bound import Programme
from wattport.factory.planning.levers import Levers, Prices

# What the hours are multiplied by until the simulation makes the rate.
_SPARES = (1.0, 1.02, 1.04, 1.06, 1.09, 1.12, 1.16, 1.2, 1.26, 1.33, 1.42, 1.6, 1.9, 2.4, 3.2)
_LEAST_PLACES = 4  # before each station, where the descent begins
_MOST_PASSES = 2
_STEPS = (8, 4, 2, 1)


def ascend(
    question: Programme, wanted_per_year: float, evaluator: Evaluator
) -> tuple[Levers | None, bool]:
    """
    Levers that make the wanted rate: by hours, with as little to spare as will do.

    Parameters
    ----------
    question : Programme
        Of one number of shifts.
    wanted_per_year : float
        To be met by the lower end of the 95 % interval.
    evaluator : Evaluator
        The event engine.

    Returns
    -------
    levers : Levers or None
        The last tried; none where the limits of the file leave no plan at all.
    is_enough : bool
        Whether they make the rate.
    """
    levers = None
    for spare in _SPARES:
        found = question.least_cost(spare * wanted_per_year)
        if found is None:
            break
        levers = _roomy(found.levers, evaluator, wanted_per_year)
        # A few futures tell most that are too little; the interval only takes more off.
        likely = evaluator.evaluate(levers, FEW).rate_per_year.mean() >= wanted_per_year
        if likely and evaluator.evaluate(levers).sure_per_year >= wanted_per_year:
            return levers, True
    return levers, False


def _roomy(levers: Levers, evaluator: Evaluator, wanted_per_year: float) -> Levers:
    """Places and cards in plenty: what is too much goes again."""
    cards = tuple(
        0
        if n == 0
        else max(n, int(np.ceil(2.0 * wanted_per_year * share / 250.0)) + sum(levers.n_bays))
        for n, share in zip(levers.n_cards, np.maximum(evaluator.share, 0.0), strict=True)
    )
    buffers = tuple(max(n, _LEAST_PLACES) for n in levers.n_buffer)
    return replace(levers, n_buffer=buffers, n_cards=cards)


def descend(
    levers: Levers, least: Levers, wanted_per_year: float, prices: Prices, evaluator: Evaluator
) -> Levers:
    """
    Take out whatever can go while the simulated rate holds, the dearest first.

    Parameters
    ----------
    levers : Levers
        That make the rate.
    least : Levers
        Below which nothing goes.
    wanted_per_year : float
        To be met by the lower end of the 95 % interval.
    prices : Prices
        Of the levers.
    evaluator : Evaluator
        The event engine.

    Returns
    -------
    Levers
        Cheaper or the same: no single step down, and no exchange of a bay or a
        person for waiting places, makes the rate at less cost - as far as the
        number of passes lets it look.
    """
    for _ in range(_MOST_PASSES):
        before = levers
        for lever, row in _dearest_first(levers, prices):
            levers = _lowered(levers, least, lever, row, wanted_per_year, evaluator)
        levers = _exchanged(levers, least, wanted_per_year, prices, evaluator)
        if levers == before:
            break
    return levers


def is_enough(levers: Levers, than: Levers, wanted_per_year: float, evaluator: Evaluator) -> bool:
    """
    Whether changed levers still make the rate.

    Few futures, under common random numbers, tell most that are too little;
    only the others are played in all.
    """
    likely = evaluator.evaluate(than).sure_per_year + evaluator.gain(levers, than)
    return likely >= wanted_per_year and evaluator.evaluate(levers).sure_per_year >= wanted_per_year


def _dearest_first(levers: Levers, prices: Prices) -> list[tuple[str, int]]:
    rows: list[tuple[float, str, int]] = []
    for s, eur in enumerate(prices.bay):
        rows.append((float(eur), "n_bays", s))
    for k, p in enumerate(prices.skill_plant):
        rows.append((prices.later_eur(levers.n_shifts[p], k), "n_later", k))
        rows.append((float(prices.worker[k]), "n_first", k))
    rows += [(float(eur), "n_cards", p) for p, eur in enumerate(prices.card)]
    rows += [(prices.place, "n_buffer", s) for s in range(len(levers.n_buffer))]
    return [(lever, row) for eur, lever, row in sorted(rows, key=lambda r: -r[0]) if eur > 0.0]


def _lowered(
    levers: Levers,
    least: Levers,
    lever: str,
    row: int,
    wanted_per_year: float,
    evaluator: Evaluator,
) -> Levers:
    for step in _STEPS:
        while getattr(levers, lever)[row] - step >= getattr(least, lever)[row]:
            less = levers.changed(lever, row, -step)
            if not is_enough(less, levers, wanted_per_year, evaluator):
                break
            levers = less
    return levers


def _exchanged(
    levers: Levers, least: Levers, wanted_per_year: float, prices: Prices, evaluator: Evaluator
) -> Levers:
    """One bay or person less for a few waiting places more, where that is cheaper."""
    for lever, row in _dearest_first(levers, prices):
        if lever in ("n_buffer", "n_cards"):
            break
        if getattr(levers, lever)[row] <= getattr(least, lever)[row]:
            continue
        less = levers.changed(lever, row, -1)
        for other in _with_places(less):
            if prices.cost_eur(other) < prices.cost_eur(levers) and is_enough(
                other, levers, wanted_per_year, evaluator
            ):
                levers = other
                break
    return levers


def _with_places(levers: Levers) -> Iterator[Levers]:
    yield replace(levers, n_buffer=tuple(n + 1 for n in levers.n_buffer))
    cards = tuple(n + max(1, n // 8) if n else 0 for n in levers.n_cards)
    if cards != levers.n_cards:
        yield replace(levers, n_cards=cards)
