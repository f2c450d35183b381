"""Factories by file or by name, and the plants of a scenario as one: simulated and planned."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wattport.design import size
from wattport.errors import usage_error
from wattport.factory import FactoryAnswer, FactoryPlan, answer
from wattport.factory.planning import factory_plan
from wattport.pipeline.memory import available_mb, refuse_draws
from wattport.production.as_factory import PLANT_KEYS, factory_of
from wattport.production.orders import order_modules
from wattport.spec import Factory, Spec, load, load_factory


def simulate_factory(
    source: str | Path | Mapping[str, Any] | Factory,
    *overrides: str,
    draws: int = 100,
    seed: int = 7,
) -> FactoryAnswer:
    """
    Simulate a factory and say what limits it.

    Parameters
    ----------
    source : str, Path, mapping or Factory
        A shipped factory's name, a file, its content, or a factory as loaded.
    *overrides : str
        ``path=value`` settings on top of a source that is not loaded yet.
    draws : int
        Futures played. [>= 1]
    seed : int
        Of all random numbers. [>= 0]

    Returns
    -------
    FactoryAnswer
        The same for any number of threads.

    Raises
    ------
    SpecError
        With every finding, when the source is not a valid factory.
    InfeasibleError
        Where a calendar has no working time.

    Examples
    --------
    >>> [row.product for row in simulate_factory("factory_modules", draws=2).products]
    ['enclosure', 'power module']
    """
    return answer.simulate_factory(load_factory(source, *overrides), draws, seed)


def plan_factory(
    source: str | Path | Mapping[str, Any] | Factory,
    rate_per_year: float,
    *overrides: str,
    draws: int = 64,
    seed: int = 7,
) -> FactoryPlan:
    """
    Find the cheapest way to make a rate with the plants of a factory.

    Parameters
    ----------
    source : str, Path, mapping or Factory
        A shipped factory's name, a file, its content, or a factory as loaded.
    rate_per_year : float
        Of all that is sold, in the mix of the orders, else of the needs. [1/year, > 0]
    *overrides : str
        ``path=value`` settings on top of a source that is not loaded yet.
    draws : int
        Futures in which a plan must hold. [>= 1]
    seed : int
        Of all random numbers. [>= 0]

    Returns
    -------
    FactoryPlan
        Levers, costs, bound and curves.

    Raises
    ------
    WattportError
        If the rate is not positive, or the source not a valid factory.
    InfeasibleError
        If no levers make the rate; names the limits in the way.
    """
    return factory_plan.plan_factory(load_factory(source, *overrides), rate_per_year, draws, seed)


def scenario_factory(
    source: str | Path | Mapping[str, Any] | Spec,
    *overrides: str,
    plant: str | None = None,
    draws: int = 100,
    seed: int = 7,
) -> Factory:
    """
    Write the plants of a scenario as a factory, with the draws and the orders of the scenario.

    Parameters
    ----------
    source : str, Path, mapping or Spec
        A shipped scenario's name, a file, its content, or a loaded spec.
    *overrides : str
        ``path=value`` settings on top of the source.
    plant : str, optional
        One plant alone; left out: both, the one feeding the other.
    draws : int
        Futures the factory holds: it can be played in as many or fewer. [>= 1]
    seed : int
        Start of all random streams; to be used with the factory too.

    Returns
    -------
    Factory
        For `wattport.simulate_factory` and `wattport.plan_factory`.

    Raises
    ------
    SpecError
        With every finding, when the source is not a valid spec.
    WattportError
        When there is no such plant, or so many draws do not fit into memory.

    Examples
    --------
    >>> factory = scenario_factory("small_20mw", draws=2)
    >>> [product.name for product in factory.products]
    ['enclosure', 'power module']
    """
    if plant not in (None, *PLANT_KEYS):
        known = ", ".join(PLANT_KEYS)
        raise usage_error(f"--plant {plant}", "there is no such plant", f"one of {known}")
    loaded = load(source, *overrides)
    refuse_draws(loaded, draws, available_mb())
    drawn, central = loaded.draw(draws, seed), loaded.draw(1, seed)
    keys = PLANT_KEYS if plant is None else (plant,)
    planned = order_modules(size(central))
    return factory_of(drawn, order_modules(size(drawn)), keys, planned).loaded
