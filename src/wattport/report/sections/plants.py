"""The two plants: their lines, what limits them, what they make and when it is needed."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattport.records import Case, Production
from wattport.report.charts import Flow, FlowStep, Stations, StationUse
from wattport.report.charts.deliveries import Deliveries
from wattport.report.charts.stations import STATES
from wattport.report.drawing import Table
from wattport.report.draws import mean, middle, numbers, spread
from wattport.report.numerals import month_name, number, whole
from wattport.report.page import Block, Figure, Listing, Section, Series
from wattport.report.sections.plant_course import course, monthly, reliefs, staff, what_ifs
from wattport.spec import Spec

_SHOWN_FRAC = 0.5
_OFF_FRAC = 0.85  # quarters in which all stations are off more than this are left out


def section(case: Case) -> Section | None:
    """
    The plants.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    Section or None
        None when the case stopped before anything was made.
    """
    production = case.production
    if production is None or not production.station:
        return None
    names = plant_names(case.spec, production)
    short = tuple(name.split(" (")[0] for name in names)
    tried = reliefs(production, case.programme, short)
    decided = what_ifs(production, case.programme)
    people = staff(case.spec, production, short)
    used = stations(production, short)
    blocks: tuple[Block | None, ...] = (
        Figure(deliveries(production)),
        Figure(flow(case.spec, production, short)),
        None if tried is None else Figure(tried),
        decided,
        output(production, short),
        None if used is None else Figure(used),
        *course(production, short),
        facts(production, names),
        people,
    )
    return Section(
        "plants",
        "What the plants make",
        _lede(production, names),
        tuple(block for block in blocks if block is not None),
    )


def plant_names(spec: Spec, production: Production) -> tuple[str, ...]:
    """
    Names of the plants with their operators.

    Parameters
    ----------
    spec : Spec
        Holds the names.
    production : Production
        Holds the order.

    Returns
    -------
    tuple of str
        One per plant.
    """
    plants = (getattr(spec.plants, key, None) for key in production.plant)
    return tuple(
        f"{plant.name} ({plant.operator})" if plant is not None else key
        for key, plant in zip(production.plant, plants, strict=True)
    )


def _lede(production: Production, names: tuple[str, ...]) -> str:
    if not production.relief:
        pairs = zip(production.bottleneck, names, strict=True)
        return f"Busiest are {' and '.join(f'“{name}” in the {plant}' for name, plant in pairs)}."
    found = []
    for p, (name, plant) in enumerate(zip(production.bottleneck, names, strict=True)):
        gain = production.relief_rate_units_per_year[
            [r for r, relief in enumerate(production.relief)
             if relief == name and int(production.relief_plant[r]) == p]
        ]  # fmt: skip
        brings = f": {number(float(gain[0]), 2)} units a year" if gain.size and gain[0] > 0 else ""
        found.append(f"at “{name}” in the {plant}{brings}")
    return f"A tenth of relief brings most {', and '.join(found)}."


def deliveries(production: Production) -> Deliveries:
    """
    Modules made against modules needed.

    Parameters
    ----------
    production : Production
        The record.

    Returns
    -------
    Deliveries
        In the order the halls need them.
    """
    # Beyond this module the quantiles would be those of ever larger campuses.
    is_common = mean(np.isfinite(production.module_need_day)) >= _SHOWN_FRAC
    last = int(np.flatnonzero(is_common)[-1]) + 1 if is_common.any() else 1
    p10, p50, p90 = spread(production.module_done_day[:, :last])
    need = spread(production.module_need_day[:, :last])[1]
    return Deliveries(
        "Power modules: needed and made",
        "Each module in the order the halls need it. Where the blue line lies to the right of "
        "the orange one, the site waits for the plant. Modules that fewer than half of the draws "
        "order are left out.",
        numbers(need),
        numbers(p10),
        numbers(p50),
        numbers(p90),
        "power modules",
    )


def output(production: Production, names: tuple[str, ...]) -> Series:
    """
    Units completed month by month.

    Parameters
    ----------
    production : Production
        The record.
    names : tuple of str
        Names of the plants.

    Returns
    -------
    Series
        A line with its band for each plant.
    """
    lines = tuple((name, production.output_units[:, p]) for p, name in enumerate(names))
    if production.need_units is not None:
        # Needs come hall by hall: quantiles of a month are all or nothing, the mean is smooth.
        lines = (*lines, ("modules the site wants (mean)", mean(production.need_units)[None, :]))
    return monthly(
        production,
        "Output per month, and need",
        "Units completed in the month, and modules the site would like in it, mean over the draws; "
        "band from P10 to P90. Drag to zoom in, double-click to zoom out.",
        "units",
        lines,
    )


def stations(production: Production, names: tuple[str, ...]) -> Stations | None:
    """
    How stations spend their time, quarter by quarter.

    Parameters
    ----------
    production : Production
        The record.
    names : tuple of str
        Names of the plants.

    Returns
    -------
    Stations or None
        Means over draws, so that the shares add up; None for a record without quarters.
    """
    if production.state_frac is None:
        return None
    order = [production.state.index(name) for name, _, _ in STATES]
    off = production.state_frac[production.state.index("off")]
    is_open = np.nan_to_num(off, nan=1.0).min(axis=0) < _OFF_FRAC
    last = int(np.flatnonzero(is_open)[-1]) + 1 if is_open.any() else 1
    first = int(np.flatnonzero(is_open)[0]) if is_open.any() else 0
    share = station_shares(production)
    limits = set(_bottleneck_index(production))
    rows = tuple(
        StationUse(
            names[int(production.station_plant[s])],
            station,
            numbers(share[:, s]),
            tuple(numbers(production.state_frac[k, s, first:last]) for k in order),
            s in limits,
        )
        for s, station in enumerate(production.station)
    )
    days = np.append(production.quarter_day, 2 * production.quarter_day[-1] - _before(production))
    return Stations(
        "What the stations do with their time",
        "Each column is a quarter: working; down, for repair; unstaffed, with a part but no crew; "
        "blocked, because the next station has no room; starved, because nothing arrives. Mean "
        f"over {whole(production.n_state_draws)} draws, whose openings and sizes differ.",
        numbers(days[first : last + 1]),
        rows,
    )


def _before(production: Production) -> float:
    days = production.quarter_day
    return float(days[-2]) if days.size > 1 else float(days[-1]) - 91.0


def station_shares(production: Production) -> Any:
    """
    Shares of bay-time in the order of `STATES`.

    Parameters
    ----------
    production : Production
        The record.

    Returns
    -------
    ndarray, shape (state, station)
        From the opening to the last unit, mean over the draws; zero where a record lacks one.
    """
    fields = (getattr(production, f"{name}_frac") for name, _, _ in STATES)
    none = np.zeros(len(production.station))
    return np.stack([none if values is None else mean(values) for values in fields])


def flow(spec: Spec, production: Production, names: tuple[str, ...]) -> Flow:
    """
    The lines of both plants, coloured by what the stations do.

    Parameters
    ----------
    spec : Spec
        Bays and cycles.
    production : Production
        The record.
    names : tuple of str
        Names of the plants.

    Returns
    -------
    Flow
        A box for each station.
    """
    share = station_shares(production)
    limits = set(_bottleneck_index(production))
    limited = [
        f"{name}, limited by {limit}"
        for name, limit in zip(names, production.bottleneck, strict=True)
    ]
    steps = tuple(
        FlowStep(
            limited[int(production.station_plant[s])],
            station,
            _detail(spec, production.plant[int(production.station_plant[s])], station),
            numbers(share[:, s]),
            s in limits,
        )
        for s, station in enumerate(production.station)
    )
    return Flow(
        "Through the plants",
        "Stations in line order. The bar in each shows its bay-time by state, the words its "
        "largest wait. Where a station limits its plant, it has a red frame.",
        steps,
    )


def _bottleneck_index(production: Production) -> list[int]:
    found = []
    for plant, name in enumerate(production.bottleneck):
        found += [
            s
            for s, station in enumerate(production.station)
            if station == name and int(production.station_plant[s]) == plant
        ]
    return found


def _detail(spec: Spec, plant_key: str, station: str) -> str:
    plant = getattr(spec.plants, plant_key, None)
    if plant is None:
        return ""
    found = next((step for step in plant.stations if step.name == station), None)
    bays, hours = (
        (found.n_bays, found.cycle_h)
        if found is not None
        else (plant.test.n_bays, plant.test.duration_h)
    )
    plural = "bay" if middle(bays) == 1 else "bays"
    return f"{whole(middle(bays))} {plural}, {number(middle(hours), 2)} h"


def facts(production: Production, names: tuple[str, ...]) -> Listing:
    """
    Rate, dates and staff of each plant.

    Parameters
    ----------
    production : Production
        The record.
    names : tuple of str
        Names of the plants.

    Returns
    -------
    Listing
        P10, P50 and P90 of each number.
    """
    rows: list[tuple[str, ...]] = []
    for p, name in enumerate(names):
        first, last = (
            [month_name(float(q)) for q in spread(values[:, p])]
            for values in (production.first_unit_day, production.last_unit_day)
        )
        rate, direct, indirect = (
            [whole(float(q)) for q in spread(values[:, p])]
            for values in (
                production.rate_units_per_year,
                production.direct_fte,
                production.indirect_fte,
            )
        )
        rows.append((f"{name}: first unit", *first))
        rows.append((f"{name}: last unit", *last))
        rows.append((f"{name}: rate once ramped up (units/year)", *rate))
        rows.append((f"{name}: direct staff (FTE)", *direct))
        rows.append((f"{name}: indirect staff (FTE)", *indirect))
    return Listing(
        Table(("", "P10", "P50", "P90"), tuple(rows)), "The plants in numbers", style="cards trio"
    )
