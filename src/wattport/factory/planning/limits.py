"""Why a factory cannot make a rate: the limits of the file that stand in the way, by name."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from wattport.arrays import FloatArray
from wattport.factory.planning.evaluation import Evaluator
from wattport.factory.planning.hours_bound import programme
from wattport.factory.planning.levers import Levers, Prices, with_levers
from wattport.spec.factory.factory import Factory, ReleaseRule

_WORTH = 1e-3  # of the rate: what helps less is no limit


def limits_by_hours(
    base: Factory, levers: Levers, share: FloatArray, prices: Prices, seed: int
) -> tuple[float, tuple[str, ...]]:
    """
    Highest rate by hours, and the limits without which it would be higher.

    Parameters
    ----------
    base : Factory
        Not drawn.
    levers : Levers
        With as many shifts as may be run.
    share : ndarray, shape (product,)
        Mix of what is sold.
    prices : Prices
        Of the levers.
    seed : int
        Of the draw.

    Returns
    -------
    rate_per_year : float
        Infinite without limits.
    names : tuple of str
        Limits that hold alone; where several hold together, all of them.
    """

    def highest(factory: Factory) -> float:
        drawn = with_levers(factory, levers).draw(1, seed)
        return programme(drawn, levers, share, prices).highest_rate()

    rate = highest(base)
    if not np.isfinite(rate):
        return rate, ()
    relaxed = list(_relaxed(base))
    alone = [name for name, factory in relaxed if highest(factory) > rate * (1.0 + _WORTH)]
    return rate, tuple(alone or [name for name, _ in relaxed])


def _relaxed(base: Factory) -> Iterator[tuple[str, Factory]]:
    for p, plant in enumerate(base.plants):

        def with_plant(p: int = p, **update: object) -> Factory:
            plants = list(base.plants)
            plants[p] = plants[p].model_copy(update=update)
            return base.model_copy(update={"plants": tuple(plants)})

        if plant.n_bays_most is not None:
            yield f"n_bays_most of {plant.name} ({plant.n_bays_most})", with_plant(n_bays_most=None)
        for k, skill in enumerate(plant.skills):
            if skill.n_people_most is not None:
                skills = list(plant.skills)
                skills[k] = skill.model_copy(update={"n_people_most": None})
                name = f"n_people_most of {skill.name} in {plant.name} ({skill.n_people_most})"
                yield name, with_plant(skills=tuple(skills))
    for p, product in enumerate(base.products):
        if product.release.rule == ReleaseRule.TAKT:
            products = list(base.products)
            free = product.release.model_copy(update={"rule": ReleaseRule.PUSH})
            products[p] = product.model_copy(update={"release": free})
            yield f"takt_h of {product.name}", base.model_copy(update={"products": tuple(products)})


def limits_by_play(levers: Levers, evaluator: Evaluator) -> tuple[str, ...]:
    """
    What holds a factory back that no lever moves: stocks, repair crews, failures.

    Parameters
    ----------
    levers : Levers
        With plenty of bays and people.
    evaluator : Evaluator
        The event engine.
    """
    base, now = evaluator.base, evaluator.evaluate(levers).rate_per_year.mean()
    cases: list[tuple[str, Factory]] = [
        (f"n_reorder and lead time of {supplier.part}",
         base.model_copy(update={"suppliers": tuple(s for s in base.suppliers if s != supplier)}))
        for supplier in base.suppliers
    ]  # fmt: skip
    for p, plant in enumerate(base.plants):
        for c, crew in enumerate(plant.repair_crews):
            crews = list(plant.repair_crews)
            crews[c] = crew.model_copy(update={"n_crews": 99})
            plants = list(base.plants)
            plants[p] = plant.model_copy(update={"repair_crews": tuple(crews)})
            name = f"repair crew {crew.name} of {plant.name} ({crew.n_crews})"
            cases.append((name, base.model_copy(update={"plants": tuple(plants)})))
    return tuple(
        name
        for name, factory in cases
        if evaluator.played(with_levers(factory, levers)).rate_per_year.mean()
        > now * (1.0 + _WORTH)
    )
