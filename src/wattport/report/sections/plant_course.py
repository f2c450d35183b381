"""The plants over time: stocks, lead times, people; what relief and decisions would bring."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wattport.records import Production, Programme
from wattport.report.charts import Relief, Reliefs
from wattport.report.drawing import Table
from wattport.report.draws import mean, middle, spread
from wattport.report.numerals import month_name, number, per_cent, whole
from wattport.report.page import Line, Listing, Series
from wattport.spec import Spec

_TABLE_STRIDE = 3
_NO_BREAK = "\u00a0"
_FELT_UNITS_PER_YEAR = 0.05
_FELT_DAYS = 0.5


def busy_months(production: Production) -> slice:
    """
    Months from the first unit to the last, for all charts over time.

    Parameters
    ----------
    production : Production
        The record.

    Returns
    -------
    slice
        Of the month axis; where fewer than one draw in ten still works, it ends.
    """
    high = spread(production.output_units)[2]
    busy = np.flatnonzero(np.nansum(high, axis=0) > 0)
    return slice(int(busy[0]), int(busy[-1]) + 1) if busy.size else slice(0, 2)


def monthly(
    production: Production,
    title: str,
    description: str,
    unit: str,
    named: tuple[tuple[str, Any], ...],
) -> Series:
    """
    Lines of some quantities month by month, each with its band.

    Parameters
    ----------
    production : Production
        The record.
    title, description, unit : str
        What a reader should see.
    named : tuple of (str, ndarray of shape (draw, month))
        Name and values of each line.

    Returns
    -------
    Series
        P50 with P10 to P90; the table lists every third month.
    """
    kept = busy_months(production)
    day = production.month_day[kept]
    curves = [(name, [q[kept] for q in spread(values)]) for name, values in named]
    lines = [
        Line(name, mid, low, high) if np.nanmax(high - low, initial=0.0) > 0 else Line(name, mid)
        for name, (low, mid, high) in curves
    ]
    header = ("Month", *(f"{name}, {q}" for name, _ in curves for q in ("P10", "P50", "P90")))
    rows = tuple(
        (
            month_name(float(day[k])),
            *(number(float(curve[k]), 2) for _, three in curves for curve in three),
        )
        for k in range(0, day.size, _TABLE_STRIDE)
    )
    return Series(title, description, day, "day", lines, unit, Table(header, rows))


def course(production: Production, names: tuple[str, ...]) -> tuple[Series, ...]:
    """
    Stocks and lead times.

    Parameters
    ----------
    production : Production
        The record.
    names : tuple of str
        Short names of the plants.

    Returns
    -------
    tuple of Series
        Units waiting, money in bought parts, days in the line.
    """
    if production.yard_units is None:
        return ()
    by_plant = list(enumerate(names))
    return (
        monthly(
            production,
            "Units waiting",
            "Enclosures in the yard that no module has taken, and modules done before the site "
            "wants them, at the end of each month.",
            "units",
            (
                ("enclosures in the yard", production.yard_units),
                ("finished modules", production.early_module_units),
            ),
        ),
        monthly(
            production,
            "Bought parts in store",
            "Parts delivered and not yet in a unit, at the price of the order.",
            "MEUR",
            tuple((name, production.part_stock_meur[:, p]) for p, name in by_plant),
        ),
        monthly(
            production,
            "Lead time in the line",
            "From the release of a unit to its passed test, mean of the units done in the month; "
            "nights and closed days count.",
            "days",
            tuple((name, production.lead_days[:, p]) for p, name in by_plant),
        ),
    )


def staff(spec: Spec, production: Production, names: tuple[str, ...]) -> Listing | None:
    """
    People by shift and by skill.

    Parameters
    ----------
    spec : Spec
        People present.
    production : Production
        People at work.
    names : tuple of str
        Short names of the plants.

    Returns
    -------
    Listing or None
        None for a record without people.
    """
    if production.n_people_busy is None:
        return None
    busy = mean(production.n_people_busy)
    rows: list[tuple[str, ...]] = []
    for p, name in enumerate(names):
        plant = getattr(spec.plants, production.plant[p])
        at = np.flatnonzero(production.station_plant == p)
        shifts = [plant.n_direct_staff, *[plant.n_second_shift_staff] * (int(plant.shifts) - 1)]
        present = float(np.mean(shifts))
        for k, people in enumerate(shifts):
            rows.append((name, f"shift {k + 1}: direct staff present", whole(float(people)), ""))
        for s in at:
            share = busy[s] / present if present > 0 else math.nan
            rows.append((name, production.station[s], number(float(busy[s]), 2), per_cent(share)))
        total = float(busy[at].sum())
        share = total / present if present > 0 else math.nan
        rows.append((name, "all stations", number(total, 3), per_cent(share)))
        rows.append((name, "indirect staff", whole(middle(plant.n_indirect_staff)), ""))
    return Listing(
        Table(("Plant", "Shift or skill", "People", "Share of a shift"), tuple(rows)),
        "People by shift and skill",
        "Direct staff present in each shift; under it the people who stand on working bays of "
        "each skill, mean over the open hours and the draws. What is missing to the whole shift "
        "is waiting, breakdown and the ramp.",
        is_folded=True,
    )


def reliefs(
    production: Production, programme: Programme | None, names: tuple[str, ...]
) -> Reliefs | None:
    """
    What a tenth of relief brings at each station, staff and supplier.

    Parameters
    ----------
    production : Production
        Gains in units and in days of the last module.
    programme : Programme, optional
        Gains in days of the site.
    names : tuple of str
        Short names of the plants.

    Returns
    -------
    Reliefs or None
        Largest gain of each plant first; what nobody would feel is left out.
        None where nothing was tried.
    """
    found = []
    site = programme if programme is not None and programme.relief else None
    for r, name in enumerate(production.relief):
        gain = float(production.relief_rate_units_per_year[r])
        last = float(production.relief_last_module_days[r])
        ends = (
            float(production.relief_rate_low_units_per_year[r]),
            float(production.relief_rate_high_units_per_year[r]),
        )
        if not math.isfinite(gain) or (gain < _FELT_UNITS_PER_YEAR and last < _FELT_DAYS):
            continue
        low, high = (end if math.isfinite(end) else gain for end in ends)
        first = math.nan if site is None else float(site.relief_first_compute_days[r])
        full = math.nan if site is None else float(site.relief_full_campus_days[r])
        plant = int(production.relief_plant[r])
        found.append(
            (plant, Relief(names[plant], name, production.relief_kind[r], gain, low, high, last,
                           first, full))
        )  # fmt: skip
    if not found:
        return None
    found.sort(key=lambda pair: (pair[0], -pair[1].gain_units_per_year))
    first_days = [abs(relief.first_compute_days) for _, relief in found]
    is_felt = site is None or max(first_days) >= _FELT_DAYS
    return Reliefs(
        "What relief by a tenth brings",
        f"{_same(production.n_relief_draws)} with one thing a tenth better: units a year "
        "its plant gains, and days by which the last module leaves earlier. The longest bar is "
        "the limit of the plant; what brings nothing is left out."
        + ("" if is_felt else " First compute does not move: something else decides it."),
        tuple(relief for _, relief in found),
    )


def what_ifs(production: Production, programme: Programme | None) -> Listing | None:
    """
    Decisions taken differently, before and after.

    Parameters
    ----------
    production : Production
        Rates and last modules.
    programme : Programme, optional
        Milestones.

    Returns
    -------
    Listing or None
        None where nothing was tried.
    """
    if not production.what_if:
        return None
    n = production.what_if_rate_units_per_year.shape[0]
    site = programme if programme is not None and programme.what_if else None
    cases: list[tuple[str, str, Any, Any, Any]] = [
        (
            "as it is",
            "",
            production.rate_units_per_year[:n, -1],
            production.last_unit_day[:n, -1],
            None if site is None else site.milestone_day[:n],
        )
    ]
    for c, name in enumerate(production.what_if):
        days = None if site is None else site.what_if_milestone_day[:, c]
        rate, last = production.what_if_rate_units_per_year, production.what_if_last_module_day
        cases.append((name, production.what_if_takes[c], rate[:, c], last[:, c], days))
    header = ("What if", "It takes", "Modules a year, P50", "Last module, P50 / P90",
              "First compute, P50 / P90", "Whole campus, P50 / P90")  # fmt: skip
    rows = tuple(
        (
            name,
            takes or "\u2013",
            whole(middle(rate)),
            _dates(last),
            "\u2013" if days is None else _dates(days[:, 0]),
            "\u2013" if days is None else _dates(days[:, -1]),
        )
        for name, takes, rate, last, days in cases
    )
    return Listing(
        Table(header, rows),
        "What if the plants were run differently",
        f"{_same(n)} with one decision taken differently; the orders of parts follow the "
        "new plan. No cost is known for these decisions, so none is shown. Where a date does not "
        "move, something else decides it.",
        style="cards",
    )


def _same(n_draws: int) -> str:
    return "The same draw" if n_draws == 1 else f"The same {n_draws} draws"


def _dates(days: Any) -> str:
    _, p50, p90 = spread(days)
    early, late = (month_name(float(day)).replace(" ", _NO_BREAK) for day in (p50, p90))
    return f"{early} / {late}"
