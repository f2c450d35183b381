"""What a change in the plants would bring, tried in the first draws under the same luck."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from wattport.arrays import BoolArray, FloatArray, IntArray
from wattport.factory.engine.line_records import Lines, Network, Outcome
from wattport.factory.engine.relieve import RELIEF_FRAC, faster_station, more_people
from wattport.factory.measure import estimate
from wattport.factory.rerun import Played, played, rerun
from wattport.production.floor import MODULES, Plants, Posed, kit_day, planned_day, pose, ready_h
from wattport.production.orders import Orders
from wattport.production.record import last_of, station_names, sustained_rate
from wattport.production.supply import arrivals_day
from wattport.production.what_if import changed_plants
from wattport.records.production import Production

RELIEF_DRAWS = 20
WHAT_IF_DRAWS = 80
_WORKING_FRAC = 0.5


@dataclass(frozen=True)
class Reliefs:
    """A tenth of relief at one place after another; gains are means of paired differences."""

    name: tuple[str, ...]
    kind: tuple[str, ...]  # "station", "staff" or "supplier"
    plant: IntArray  # (relief,)
    rate_units_per_year: FloatArray  # (relief, 3) mean, low and high end of its 95 % interval
    last_module_days: FloatArray  # (relief, 3) positive is earlier
    module_done_day: FloatArray  # (trial, relief, module)


@dataclass(frozen=True)
class WhatIfs:
    """The plants with one decision taken differently."""

    name: tuple[str, ...]
    takes: tuple[str, ...]  # what it needs, in words
    rate_units_per_year: FloatArray  # (rerun, what_if) of the module plant
    last_module_day: FloatArray  # (rerun, what_if)
    module_done_day: FloatArray  # (rerun, what_if, module)


@dataclass(frozen=True)
class _Change:
    name: str
    kind: str
    plant: int
    network: Network
    is_changed: tuple[bool, bool]


def reliefs(plants: Plants, posed: Posed, base: Played) -> Reliefs:
    """
    Try a tenth of relief at each station, each staff and each supplier.

    Parameters
    ----------
    plants : Plants
        Drawn; the first draws are used.
    posed : Posed
        Both plants of all draws, with the arrivals of the parts.
    base : Played
        The plants as they are, in the draws of the trial.

    Returns
    -------
    Reliefs
        Stations, staff and suppliers of the plant, plant by plant.

    Notes
    -----
    A station has cycles and rework a tenth shorter, a staff a tenth more
    people, a supplier a lead time a tenth shorter. The k-th service of an
    operation takes the k-th random number with and without relief.
    """
    n_draws, _, n_units = base.done_h.shape
    changes = [
        change
        for row, plant in enumerate(plants.drawn)
        for change in (
            *_faster_stations(row, plants, base.network),
            _larger_staff(row, base.network),
            *_quicker_suppliers(row, plants.first(n_draws), posed, base.network),
        )
    ]
    done_day = np.empty((n_draws, len(changes), n_units))
    rate = np.empty((len(changes), 3))
    last = np.empty((len(changes), 3))
    rate_before, last_before = (
        _rate(base.network, base.done_h),
        _last_day(base.network, base.done_h),
    )
    for c, change in enumerate(changes):
        done_h = rerun(base, change.network, change.is_changed)
        done_day[:, c] = done_h[:, MODULES] / 24.0
        gain = (_rate(base.network, done_h) - rate_before)[:, change.plant]
        sooner = (last_before - _last_day(base.network, done_h))[:, MODULES]
        for row, values in ((rate, gain), (last, sooner)):
            found = estimate(values)
            row[c] = found.mean, found.low, found.high
    return Reliefs(
        tuple(change.name for change in changes),
        tuple(change.kind for change in changes),
        np.array([change.plant for change in changes], dtype=np.int64),
        rate,
        last,
        done_day,
    )


def what_ifs(plants: Plants, orders: Orders, base: Played, late: int) -> WhatIfs:
    """
    Take one decision differently: a second shift, a test bay, a second source.

    Parameters
    ----------
    plants : Plants
        Drawn; the first draws are used.
    orders : Orders
        Units to make.
    base : Played
        The plants as they are, in the draws of the trial.
    late : int
        From `late_supplier`.

    Returns
    -------
    WhatIfs
        The plan of the orders follows the decision.
    """
    n_draws, _, n_units = base.done_h.shape
    few = replace(
        orders,
        n_units=orders.n_units[:n_draws],
        hall=orders.hall[:n_draws],
        need_day=orders.need_day[:n_draws],
    )
    cases = changed_plants(plants.first(n_draws), late)
    done_day = np.empty((n_draws, len(cases), n_units))
    rate = np.empty((n_draws, len(cases)))
    last = np.empty((n_draws, len(cases)))
    for c, case in enumerate(cases):
        network = pose(case.plants, few).network
        done_h = rerun(base, network, case.is_changed)
        done_day[:, c] = done_h[:, MODULES] / 24.0
        rate[:, c] = _rate(network, done_h)[:, MODULES]
        last[:, c] = _last_day(network, done_h)[:, MODULES]
    names = tuple(case.name for case in cases)
    return WhatIfs(names, tuple(case.takes for case in cases), rate, last, done_day)


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


def _rate(network: Network, done_h: FloatArray) -> FloatArray:
    """Sustained rate; NaN in draws that leave units unmade; shape (draw, line)."""
    rate = sustained_rate(done_h / 24.0, network.lines["ramp_until_h"] / 24.0)
    return np.where(_is_whole(network, done_h), rate, np.nan)


def _last_day(network: Network, done_h: FloatArray) -> FloatArray:
    """Day of the last unit; NaN in draws that leave units unmade; shape (draw, line)."""
    return np.where(_is_whole(network, done_h), last_of(done_h / 24.0), np.nan)


def _is_whole(network: Network, done_h: FloatArray) -> BoolArray:
    return np.asarray(np.isfinite(done_h).sum(axis=2) == network.lines["n_units"])


def _only(row: int) -> tuple[bool, bool]:
    return row == 0, row == MODULES


def _faster_stations(row: int, plants: Plants, network: Network) -> list[_Change]:
    names = station_names(plants.drawn)
    return [
        _Change(names[s], "station", row, faster_station(network, int(s)), _only(row))
        for s in np.flatnonzero(network.stations["line"][0] == row)
    ]


def _larger_staff(row: int, network: Network) -> _Change:
    larger = more_people(network, network.pools["schedule"][:, row])
    return _Change("direct staff", "staff", row, larger, _only(row))


def _quicker_suppliers(row: int, plants: Plants, posed: Posed, network: Network) -> list[_Change]:
    n_draws, n_units = len(plants.draw_ids), network.ready_h.shape[2]
    plant = plants.drawn[row]
    arrived = posed.arrived_day[row][:n_draws]
    quick = plant.model_copy(
        update={
            "suppliers": tuple(
                supplier.model_copy(
                    update={"lead_time_weeks": supplier.lead_time_weeks * (1.0 - RELIEF_FRAC)}
                )
                for supplier in plant.suppliers
            )
        }
    )
    planned = planned_day(plants.planned[row], n_units)
    quicker = arrivals_day(quick, planned, plants.seed, plants.draw_ids, row)
    found = []
    for s, supplier in enumerate(plant.suppliers):
        own = arrived.copy()
        own[:, s] = quicker[:, s]
        kits = network.ready_h.copy()
        kits[:, row] = ready_h(kit_day(own))
        changed = network._replace(ready_h=kits)
        found.append(
            _Change(f"supply of {supplier.item}", "supplier", row, changed, (False, False))
        )
    return found


def with_trials(
    production: Production, plants: Plants, orders: Orders, posed: Posed, lines: Lines
) -> Production:
    """
    Add to a record what relief and other decisions would bring.

    Parameters
    ----------
    production : Production
        Of all draws.
    plants : Plants
        Drawn.
    orders : Orders
        Units to make.
    posed : Posed
        What was simulated.
    lines : Lines
        What came of it.

    Returns
    -------
    Production
        As it was where most draws leave units unmade, or there is nothing to
        make: relief by a tenth says nothing about a plant that does not work.
        Single draws that do are left out of the means.
    """
    n_reruns = min(WHAT_IF_DRAWS, production.n_draws)
    is_done = lines.outcome[:n_reruns] == Outcome.FINISHED
    if is_done.mean() < _WORKING_FRAC or not np.isfinite(production.last_unit_day[:n_reruns]).any():
        return production
    n_trials = min(RELIEF_DRAWS, production.n_draws)
    tried = reliefs(plants, posed, played(posed.network, lines, n_trials))
    late = late_supplier(
        posed.arrived_day[MODULES][:n_reruns], production.module_kit_wait_days[:n_reruns]
    )
    decided = what_ifs(plants, orders, played(posed.network, lines, n_reruns), late)
    rate, last = tried.rate_units_per_year.T, tried.last_module_days.T
    return replace(
        production,
        relief=tried.name,
        relief_kind=tried.kind,
        relief_plant=tried.plant,
        relief_rate_units_per_year=rate[0],
        relief_rate_low_units_per_year=rate[1],
        relief_rate_high_units_per_year=rate[2],
        relief_last_module_days=last[0],
        relief_last_module_low_days=last[1],
        relief_last_module_high_days=last[2],
        n_relief_draws=n_trials,
        relief_module_done_day=tried.module_done_day,
        what_if=decided.name,
        what_if_takes=decided.takes,
        what_if_rate_units_per_year=decided.rate_units_per_year,
        what_if_last_module_day=decided.last_module_day,
        what_if_module_done_day=decided.module_done_day,
    )
