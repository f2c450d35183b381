"""The two plants: their lines, what limits them, what they make and when it is needed."""

from __future__ import annotations

import numpy as np

from wattport.records import Case, Production
from wattport.report.charts import Flow, FlowStep, Stations, StationUse
from wattport.report.charts.deliveries import Deliveries
from wattport.report.drawing import Table
from wattport.report.draws import mean, middle, numbers, spread
from wattport.report.numerals import month_name, number, whole
from wattport.report.page import Figure, Line, Listing, Section, Series
from wattport.spec import Spec

_SHOWN_FRAC = 0.5


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
    return Section(
        "plants",
        "What the plants make",
        f"The bottleneck is {_bottlenecks(production, names)}.",
        (
            Figure(deliveries(production)),
            output(production, tuple(name.split(" (")[0] for name in names)),
            Figure(stations(production, names)),
            Figure(flow(case.spec, production, names)),
            facts(production, names),
        ),
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


def _bottlenecks(production: Production, names: tuple[str, ...]) -> str:
    pairs = zip(production.bottleneck, names, strict=True)
    return " and ".join(f"“{station}” in the {name}" for station, name in pairs)


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
    low, mid, high = spread(production.output_units)
    busy = np.flatnonzero(np.nansum(high, axis=0) > 0)
    kept = slice(int(busy[0]), int(busy[-1]) + 1) if busy.size else slice(0, 2)
    has_band = bool(np.any(high > low))
    lines = [
        Line(name, mid[p, kept], low[p, kept], high[p, kept])
        if has_band
        else Line(name, mid[p, kept])
        for p, name in enumerate(names)
    ]
    header = ("Month", *(f"{name}, {q}" for name in names for q in ("P10", "P50", "P90")))
    rows = tuple(
        (
            month_name(float(production.month_day[month])),
            *(
                number(float(curve[p, month]), 2)
                for p in range(len(names))
                for curve in (low, mid, high)
            ),
        )
        for month in range(*kept.indices(production.month_day.size))
    )
    return Series(
        "Output per month",
        "Units completed in the month; band from P10 to P90. Drag to zoom in, double-click to "
        "zoom out.",
        production.month_day[kept],
        "day",
        lines,
        "units",
        Table(header, rows),
    )


def stations(production: Production, names: tuple[str, ...]) -> Stations:
    """
    How stations spend their time.

    Parameters
    ----------
    production : Production
        The record.
    names : tuple of str
        Names of the plants.

    Returns
    -------
    Stations
        Means over the draws, so that the shares add up.
    """
    working, blocked, starved, down = (
        numbers(mean(values))
        for values in (
            production.working_frac,
            production.blocked_frac,
            production.starved_frac,
            production.down_frac,
        )
    )
    limits = set(_bottleneck_index(production))
    rows = tuple(
        StationUse(
            names[int(production.station_plant[s])],
            station,
            working[s],
            blocked[s],
            starved[s],
            down[s],
            s in limits,
        )
        for s, station in enumerate(production.station)
    )
    return Stations(
        "What the stations do with their time",
        "Working; blocked, because the next station has no room; starved, because nothing "
        "arrives; down, for repair. Mean over the draws.",
        rows,
    )


def flow(spec: Spec, production: Production, names: tuple[str, ...]) -> Flow:
    """
    The lines of both plants.

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
    working = mean(production.working_frac)
    limits = set(_bottleneck_index(production))
    steps = tuple(
        FlowStep(
            names[int(production.station_plant[s])],
            station,
            _detail(spec, production.plant[int(production.station_plant[s])], station),
            float(working[s]),
            s in limits,
        )
        for s, station in enumerate(production.station)
    )
    return Flow(
        "Through the plants",
        "Stations in line order; the bar under each shows how much of its bay-time it works, red "
        "where the plant is limited.",
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
