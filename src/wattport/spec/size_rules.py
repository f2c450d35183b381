"""Rules about size: beyond it lies no campus, but a slip that would be played for hours."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from wattport.spec.campus.campus import CapacityBasis, Topology
from wattport.spec.campus.spec import Spec
from wattport.spec.factory.factory import Factory
from wattport.spec.reading.root import Root
from wattport.spec.reading.rule import Breach, Breaches, ends
from wattport.spec.reading.section import Path, Section, path_text

MOST_ITEMS = 1000  # of any list
MOST_HALLS = 1000  # ten reactors in halls of 10 MW
MOST_MODULES = 10_000  # as many in modules of 1 MW
MOST_TASKS = 50_000  # activities of all halls
MOST_BAYS = 2000  # of one plant
MOST_UNITS = 100_000  # of all orders of a factory


def lists_have_measure(spec: Root) -> Breaches:
    """A list has a thousand items at most."""
    for path, items in _lists(spec, ()):
        if len(items) > MOST_ITEMS:
            yield Breach(
                path, f"{len(items)} items", len(items), f"at most {MOST_ITEMS}",
                "merge those that are alike",
            )  # fmt: skip


def _lists(value: Any, path: Path) -> Iterator[tuple[Path, tuple[Any, ...]]]:
    if isinstance(value, Section):
        for name in type(value).model_fields:
            yield from _lists(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        yield path, value
        for index, item in enumerate(value):
            yield from _lists(item, (*path, index))


def halls_are_countable(spec: Spec) -> Breaches:
    """A campus has a thousand halls at most."""
    n_halls = most_halls(spec)
    if n_halls > MOST_HALLS:
        least = ends(spec.campus.hall_it_mw)[0]
        yield Breach(
            ("campus", "hall_it_mw"), f"the campus would have {n_halls} halls", least,
            f"at most {MOST_HALLS} halls", f"write at least {least * n_halls / MOST_HALLS:.3g}",
        )  # fmt: skip
    n_tasks = n_halls * len(spec.programme.hall_activities)
    if n_tasks > MOST_TASKS:
        yield Breach(
            ("programme", "hall_activities"), f"{n_halls} halls make {n_tasks} activities", n_tasks,
            f"at most {MOST_TASKS}", "larger halls, or fewer activities in each",
        )  # fmt: skip


def modules_are_countable(spec: Spec) -> Breaches:
    """A campus has ten thousand modules at most."""
    campus = spec.campus
    least = ends(campus.modules.rating_mw)[0]
    in_hall = math.ceil(ends(campus.hall_it_mw)[1] / least)
    twofold = 2 if campus.modules.topology is Topology.TWO_N else 1
    n_modules = most_halls(spec) * in_hall * twofold
    if n_modules > MOST_MODULES:
        yield Breach(
            ("campus", "modules", "rating_mw"), f"the campus would have {n_modules} modules", least,
            f"at most {MOST_MODULES} modules",
            f"write at least {least * n_modules / MOST_MODULES:.3g}",
        )  # fmt: skip


def most_halls(spec: Spec) -> int:
    """Halls of the largest campus that the ranges of a spec allow."""
    campus = spec.campus
    whole = ends(campus.it_mw)[1]
    if campus.capacity_basis is CapacityBasis.GRID:
        whole = ends(spec.grid.connection_mw)[1] / ends(campus.design_pue)[0]
    return math.ceil(whole / ends(campus.hall_it_mw)[0])


def bays_are_countable(spec: Spec) -> Breaches:
    """A plant has two thousand bays at most."""
    for key in type(spec.plants).model_fields:
        plant = getattr(spec.plants, key)
        n_bays = plant.test.n_bays + sum(station.n_bays for station in plant.stations)
        yield from _too_many_bays(n_bays, ("plants", key, "stations"))


def factory_is_countable(factory: Factory) -> Breaches:
    """A factory has two thousand bays a plant and a hundred thousand units on order at most."""
    for p, plant in enumerate(factory.plants):
        n_bays = sum(station.n_bays for station in plant.stations)
        yield from _too_many_bays(n_bays, ("plants", p, "stations"))
    n_units = sum(order.n_units for order in factory.orders)
    if n_units > MOST_UNITS:
        yield Breach(
            ("orders",), f"{n_units} units on order", n_units, f"at most {MOST_UNITS}",
            "leave later orders out",
        )  # fmt: skip


def _too_many_bays(n_bays: int, path: Path) -> Breaches:
    if n_bays > MOST_BAYS:
        yield Breach(
            path, f"{n_bays} bays in {path_text(path[:-1])}", n_bays, f"at most {MOST_BAYS}",
            "fewer parallel places",
        )  # fmt: skip
