"""What a change in the plants would bring, tried in the first draws under the same luck."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from wattport.arrays import BoolArray, FloatArray, per_draw
from wattport.factory.engine.line_records import Network, Outcome
from wattport.factory.layout import lay_out
from wattport.factory.measure import estimate
from wattport.factory.relief import (
    Change,
    has_room,
    one_bay_more,
    one_shift_more,
    reliefs,
    second_source,
)
from wattport.factory.rerun import Played, played, rerun
from wattport.production.record import (
    ENCLOSURES,
    MODULES,
    Made,
    last_of,
    station_names,
    sustained_rate,
)
from wattport.records.production import Production
from wattport.spec.campus.plants import Plant
from wattport.spec.factory.factory import Factory

RELIEF_DRAWS = 20
WHAT_IF_DRAWS = 80
_WORKING_FRAC = 0.5
_KIND = {"station": "station", "skill": "staff", "supplier": "supplier"}


@dataclass(frozen=True)
class WhatIf:
    """One decision taken differently."""

    name: str
    takes: str  # what it needs, in words
    factory: Factory
    is_changed: BoolArray  # (line,) stations, staff or calendar


def with_changes(production: Production, made: Made) -> Production:
    """
    Add to a record what relief and other decisions would bring.

    Parameters
    ----------
    production : Production
        Of all draws.
    made : Made
        Both plants, and what came of them.

    Returns
    -------
    Production
        As it was where most draws leave units unmade, or there is nothing to
        make: relief by a tenth says nothing about a plant that does not work.
        Single draws that do are left out of the means.
    """
    n_reruns = min(WHAT_IF_DRAWS, production.n_draws)
    is_done = made.lines.outcome[:n_reruns] == Outcome.FINISHED
    if is_done.mean() < _WORKING_FRAC or not np.isfinite(production.last_unit_day[:n_reruns]).any():
        return production
    return _with_what_ifs(_with_reliefs(production, made), made, n_reruns)


def relief_changes(made: Made, n_draws: int) -> tuple[Change, ...]:
    """Give the reliefs of the first draws, under the names of the scenario."""
    few = made.factory.slice(0, n_draws)
    of_kind = {
        "station": iter(station_names(made.plants)),
        "skill": iter(["direct staff"] * len(made.plants)),
        "supplier": iter(f"supply of {s.item}" for plant in made.plants for s in plant.suppliers),
    }
    return tuple(
        replace(change, name=next(of_kind[change.kind]), kind=_KIND[change.kind])
        for change in reliefs(few, made.floor.first(n_draws))
    )


def _with_reliefs(production: Production, made: Made) -> Production:
    n_draws = min(RELIEF_DRAWS, production.n_draws)
    base = played(made.floor.network, made.lines, n_draws)
    changes = relief_changes(made, n_draws)
    done_day = np.empty((n_draws, len(changes), base.done_h.shape[2]))
    rate, last = np.empty((3, len(changes))), np.empty((3, len(changes)))
    for c, change in enumerate(changes):
        after = rerun(base, change.network, change.is_changed)
        done_day[:, c] = after.done_h[:, MODULES] / 24.0
        gain = (_rate(base.network, after) - _rate(base.network, base))[:, change.plant]
        sooner = (_last_day(base) - _last_day(after))[:, MODULES]
        for column, values in ((rate, gain), (last, sooner)):
            found = estimate(values)
            column[:, c] = found.mean, found.low, found.high
    return replace(
        production,
        relief=tuple(change.name for change in changes),
        relief_kind=tuple(change.kind for change in changes),
        relief_plant=np.array([change.plant for change in changes], dtype=np.int64),
        relief_rate_units_per_year=rate[0],
        relief_rate_low_units_per_year=rate[1],
        relief_rate_high_units_per_year=rate[2],
        relief_last_module_days=last[0],
        relief_last_module_low_days=last[1],
        relief_last_module_high_days=last[2],
        n_relief_draws=n_draws,
        relief_module_done_day=done_day,
    )


def _with_what_ifs(production: Production, made: Made, n_draws: int) -> Production:
    base = played(made.floor.network, made.lines, n_draws)
    late = late_supplier(
        made.arrived_day(MODULES)[:n_draws], production.module_kit_wait_days[:n_draws]
    )
    cases = decisions(made, n_draws, late)
    done_day = np.empty((n_draws, len(cases), base.done_h.shape[2]))
    rate, last = np.empty((n_draws, len(cases))), np.empty((n_draws, len(cases)))
    for c, case in enumerate(cases):
        after = rerun(base, lay_out(case.factory).network, case.is_changed)
        done_day[:, c] = after.done_h[:, MODULES] / 24.0
        rate[:, c] = _rate(after.network, after)[:, MODULES]
        last[:, c] = _last_day(after)[:, MODULES]
    return replace(
        production,
        what_if=tuple(case.name for case in cases),
        what_if_takes=tuple(case.takes for case in cases),
        what_if_rate_units_per_year=rate,
        what_if_last_module_day=last,
        what_if_module_done_day=done_day,
    )


def decisions(made: Made, n_draws: int, late: int) -> tuple[WhatIf, ...]:
    """
    List the decisions that can be taken differently; the plan of the orders follows them.

    Parameters
    ----------
    made : Made
        Both plants.
    n_draws : int
        First draws in which they are tried.
    late : int
        Supplier of the module plant to be doubled; -1: none.

    Returns
    -------
    tuple of WhatIf
        One shift more in both plants where the day is long enough, one more
        bay for the acceptance test, a second source of the latest part.
    """
    few = made.factory.slice(0, n_draws)
    found = []
    longer = np.array([has_room(plant) for plant in few.loaded.plants])
    if longer.any():
        grown = [plant for plant, is_longer in zip(made.plants, longer, strict=True) if is_longer]
        where = "both plants" if longer.all() else grown[0].name.lower()
        people = f"{sum(_later_staff(plant) for plant in grown)} more people"
        found.append(WhatIf(f"one shift more, {where}", people, one_shift_more(few), longer))
    modules, only_modules = made.plants[MODULES], np.array([False, True])
    area_m2 = float(per_draw(made.central[MODULES].bay_area_m2, 1)[0])
    takes = f"{area_m2:.0f} m\u00b2 of floor and a crew of {modules.test.crew} while it tests"
    wider = one_bay_more(few, few.plants[MODULES].stations[-1].name)
    found.append(WhatIf("one more FAT bay", takes, wider, only_modules))
    if late >= 0:
        name = f"a second source of {modules.suppliers[late].item}"
        row = len(made.plants[ENCLOSURES].suppliers) + late
        doubled = second_source(few, row, f"second source {late}")
        found.append(WhatIf(name, "a second contract", doubled, np.zeros(2, np.bool_)))
    return tuple(found)


def _later_staff(plant: Plant) -> int:
    return int(plant.n_second_shift_staff) or int(plant.n_direct_staff)


def late_supplier(arrived_day: FloatArray, kit_wait_days: FloatArray) -> int:
    """
    Supplier whose parts keep the modules waiting longest; -1 where nothing is bought.

    Every day a module waits for its kit is charged to the part that came last.
    Where no module waits, the supplier that most often comes last is named.

    Parameters
    ----------
    arrived_day : ndarray, shape (draw, supplier, unit)
        Of the module plant. [day]
    kit_wait_days : ndarray, shape (draw, unit)
        NaN: not ordered. [day]

    Returns
    -------
    int
        Place in the list of the plant.

    Examples
    --------
    >>> arrived = np.array([[[1.0, 9.0, 9.0], [8.0, 2.0, 2.0]]])
    >>> late_supplier(arrived, np.array([[5.0, 1.0, 1.0]]))
    1
    >>> late_supplier(arrived, np.zeros((1, 3)))
    0
    """
    n_suppliers = arrived_day.shape[1]
    if n_suppliers == 0 or arrived_day.shape[2] == 0:
        return -1
    latest = arrived_day.argmax(axis=1).ravel()
    waits = np.nan_to_num(kit_wait_days).ravel()
    weights = waits if waits.any() else np.isfinite(kit_wait_days).ravel().astype(np.float64)
    return int(np.bincount(latest, weights=weights, minlength=n_suppliers).argmax())


def _rate(network: Network, of: Played) -> FloatArray:
    """Sustained rate; NaN in draws that leave units unmade; shape (draw, line)."""
    rate = sustained_rate(of.done_h / 24.0, network.lines["ramp_until_h"] / 24.0)
    return np.where(_is_whole(of), rate, np.nan)


def _last_day(of: Played) -> FloatArray:
    """Day of the last unit; NaN in draws that leave units unmade; shape (draw, line)."""
    return np.where(_is_whole(of), last_of(of.done_h / 24.0), np.nan)


def _is_whole(of: Played) -> BoolArray:
    return np.asarray(np.isfinite(of.done_h).sum(axis=2) == of.network.lines["n_units"])
