"""The answer of ``wattport make`` in words, and the rate as a person writes it."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from wattport.errors import Finding, WattportError

if TYPE_CHECKING:
    from wattport.make.planning.line_plan import LinePlan

_PER_YEAR = {"year": 1.0, "month": 12.0, "week": 365.25 / 7.0, "day": 365.25}


def rate_per_year(words: str) -> float:
    """
    Read a rate such as ``300/year``.

    Parameters
    ----------
    words : str
        A number, then ``/year``, ``/month``, ``/week`` or ``/day``; alone: a year.

    Raises
    ------
    WattportError
        If it is no positive rate.

    Examples
    --------
    >>> rate_per_year("25/month")
    300.0
    """
    found = re.fullmatch(r"\s*([0-9.]+(?:e[0-9]+)?)\s*(?:/\s*([a-z]+?)s?)?\s*", words)
    try:
        rate = float(found[1]) * _PER_YEAR[found[2] or "year"] if found else math.nan
    except (ValueError, KeyError):
        rate = math.nan
    if not 0.0 < rate < 1e6:
        raise WattportError(
            Finding(
                "USE001",
                "not a rate between 0 and a million a year",
                path=f"--rate {words}",
                remedy="write it as 300/year, 25/month or 6/week",
            )
        )
    return rate


def text(plan: LinePlan) -> str:
    """Write a plan for a terminal."""
    lines = [
        f"{plan.plant}: {plan.wanted_per_year:g} a year wanted, {plan.rate_per_year:.1f} "
        f"± {plan.rate_half_width_per_year:.1f} reached at the central values ({plan.status})",
        f"  in the futures P10 {plan.rate_p10_per_year:.0f}, P50 {plan.rate_p50_per_year:.0f}, "
        f"P90 {plan.rate_p90_per_year:.0f} a year",
        f"  {plan.n_shifts} shifts, {sum(row.n_people for row in plan.staff)} people, "
        f"{sum(station.n_bays for station in plan.stations)} bays on {plan.needed_area_m2:.0f} m2 "
        f"of {plan.bay_area_m2:.0f}",
        f"  cost EUR {_millions(plan.cost_eur_per_year)} M a year: staff "
        f"{_millions(plan.staff_eur_per_year)}, bays {_millions(plan.bays_eur_per_year)}, stock "
        f"{_millions(plan.stock_eur_per_year)}",
        f"  no plan with these stations costs less than {_millions(plan.bound_eur_per_year)} M: "
        f"gap {100.0 * plan.gap_frac:.0f} %",
        "",
        f"  {'station':<24} {'bays':>4} {'places':>6} {'use':>6} {'gain of a bay':>14}  people",
    ]
    for station in plan.stations:
        people = " + ".join(str(r.n_people) for r in plan.staff if r.skill == station.name)
        lines.append(
            f"  {station.name:<24} {station.n_bays:>4} {station.n_buffer:>6} "
            f"{100.0 * station.use_frac:>4.0f} % {station.rate_gain_per_bay_per_year:>+8.1f}/year  "
            f"{people}"
        )
    lines += ["", f"  {'lever':<30} {'value':>6} {'rate/year':>10} {'EUR M/year':>11}"]
    lines += [
        f"  {point.lever:<30} {point.value:>6g} {point.rate_per_year:>10.1f} "
        f"{_millions(point.cost_eur_per_year):>11}"
        for point in plan.curves
    ]
    lines += ["", "  the same work on lines that move at a beat, balanced:"]
    lines += [
        f"  {line.n_lines} lines of {line.n_stations} stations, a unit every {line.beat_h:.1f} h "
        f"each, {100.0 * line.idle_frac:.0f} % idle ({line.status})"
        for line in plan.paced
    ]
    return "\n".join(lines)


def _millions(eur: float) -> str:
    return f"{eur / 1e6:.2f}"
