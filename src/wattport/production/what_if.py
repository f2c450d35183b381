"""Decisions about the plants that a planner could take differently."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from wattport.arrays import FloatArray, per_draw
from wattport.production.floor import ENCLOSURES, MODULES, Plants
from wattport.production.supply import SecondSource
from wattport.spec.campus.plants import Plant
from wattport.spec.reading.draw import stream
from wattport.spec.reading.uncertain import Uncertain

_DAY_H = 24.0


@dataclass(frozen=True)
class WhatIf:
    """One decision."""

    name: str
    takes: str
    plants: Plants
    is_changed: tuple[bool, bool]  # stations, staff or calendar, by plant


def changed_plants(plants: Plants, late_supplier: int) -> tuple[WhatIf, ...]:
    """
    List the decisions that can be tried on these plants.

    Parameters
    ----------
    plants : Plants
        Of the draws of the trial.
    late_supplier : int
        Supplier of the module plant to be doubled; -1: none.

    Returns
    -------
    tuple of WhatIf
        One shift more in both plants where the day is long enough, one more
        bay for the acceptance test, a second source of the latest part.
    """
    found = []
    longer = tuple(_has_room(plant) for plant in plants.drawn)
    if any(longer):
        grown = [p for p, is_longer in zip(plants.drawn, longer, strict=True) if is_longer]
        where = "both plants" if all(longer) else grown[0].name.lower()
        people = sum(_later_staff(plant) for plant in grown)
        shifted = _with(plants, lambda row, plant: _longer_day(plant) if longer[row] else plant)
        changed = (longer[ENCLOSURES], longer[MODULES])
        found.append(WhatIf(f"one shift more, {where}", f"{people} more people", shifted, changed))
    modules = plants.planned[MODULES]
    area_m2 = float(per_draw(modules.bay_area_m2, 1)[0])
    takes = f"{area_m2:.0f} m\u00b2 of floor and a crew of {modules.test.crew} while it tests"
    wider = _with(plants, lambda row, plant: _one_bay_more(plant) if row == MODULES else plant)
    found.append(WhatIf("one more FAT bay", takes, wider, (False, True)))
    if late_supplier >= 0:
        item = modules.suppliers[late_supplier].item
        second = SecondSource(late_supplier, second_lead_weeks(plants, late_supplier))
        doubled = replace(plants, second_source=second)
        found.append(
            WhatIf(f"a second source of {item}", "a second contract", doubled, (False, False))
        )
    return tuple(found)


def second_lead_weeks(plants: Plants, supplier: int) -> FloatArray:
    """
    Lead times of a second source like the first one and independent of it.

    Parameters
    ----------
    plants : Plants
        Drawn and as loaded.
    supplier : int
        Place in the list of the module plant.

    Returns
    -------
    ndarray, shape (draw,)
        Of the same distribution, outside every group; the central value where
        the only draw is the central one. [week]
    """
    ids = plants.draw_ids
    drawn = per_draw(plants.drawn[MODULES].suppliers[supplier].lead_time_weeks, len(ids))
    number = plants.loaded[MODULES].suppliers[supplier].lead_time_weeks
    if not isinstance(number, Uncertain) or (len(ids) == 1 and drawn[0] == number.value):
        return drawn
    luck = stream(plants.seed, f"second source {supplier}").random(int(ids.max()) + 1)[ids]
    return np.asarray(number.ppf(luck), dtype=np.float64)


def _with(plants: Plants, change: Callable[[int, Plant], Plant]) -> Plants:
    """Change the plants as drawn and as planned alike."""
    drawn = tuple(change(row, plant) for row, plant in enumerate(plants.drawn))
    planned = tuple(change(row, plant) for row, plant in enumerate(plants.planned))
    return replace(plants, drawn=drawn, planned=planned)


def _has_room(plant: Plant) -> bool:
    longest = float(np.max(np.asarray(plant.shift_h)))
    return (int(plant.shifts) + 1) * longest <= _DAY_H


def _later_staff(plant: Plant) -> int:
    return int(plant.n_second_shift_staff) or int(plant.n_direct_staff)


def _longer_day(plant: Plant) -> Plant:
    return plant.model_copy(
        update={"shifts": int(plant.shifts) + 1, "n_second_shift_staff": _later_staff(plant)}
    )


def _one_bay_more(plant: Plant) -> Plant:
    test = plant.test.model_copy(update={"n_bays": int(plant.test.n_bays) + 1})
    return plant.model_copy(update={"test": test})
