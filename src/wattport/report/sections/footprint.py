"""Carbon, water and jobs by year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattport.records import Case, Ledger
from wattport.report.charts import Bars
from wattport.report.draws import mean, numbers, spread
from wattport.report.numerals import scale_of
from wattport.report.page import Block, Figure, Prose, Section


def section(case: Case) -> Section | None:
    """
    What the campus leaves on its surroundings.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    Section or None
        None when the case stopped before the accounts.
    """
    ledger = case.ledger
    if ledger is None:
        return None
    return Section(
        "footprint",
        "Carbon, water, jobs",
        "Stacks are means over the draws.",
        (Figure(carbon(ledger)), _water_or_none(ledger), Figure(jobs(ledger))),
    )


def carbon(ledger: Ledger) -> Bars:
    """
    Emissions by year and scope.

    Parameters
    ----------
    ledger : Ledger
        The record.

    Returns
    -------
    Bars
        In tonnes or a multiple.
    """
    return _bars(
        "Emissions by year",
        "Electricity is location-based; embodied emissions fall in the year of the purchase.",
        ledger,
        ledger.carbon_scope,
        mean(ledger.carbon_t),
        "t",
        "Emissions",
        " CO2e",
    )


def water(ledger: Ledger) -> Bars:
    """
    Water by year.

    Parameters
    ----------
    ledger : Ledger
        The record.

    Returns
    -------
    Bars
        With whiskers from P10 to P90.
    """
    low, mid, high = spread(ledger.water_m3)
    factor, unit = scale_of(float(np.nanmax(high)) if high.size else 0.0, "m3")
    return Bars(
        "Water by year",
        "Make-up water of the cooling plant, P50.",
        _years(ledger),
        ("water",),
        (numbers(mid / factor),),
        unit,
        "Water",
        numbers(low / factor),
        numbers(high / factor),
        "P10 to P90",
    )


def _water_or_none(ledger: Ledger) -> Block:
    if np.nanmax(ledger.water_m3, initial=0.0) > 0.0:
        return Figure(water(ledger))
    return Prose(("Water: the cooling plant of this scenario uses none in any year.",))


def jobs(ledger: Ledger) -> Bars:
    """
    Jobs by year and group.

    Parameters
    ----------
    ledger : Ledger
        The record.

    Returns
    -------
    Bars
        Full-time equivalents.
    """
    return _bars(
        "Jobs by year",
        "Full-time equivalents in the plants, on the building site and in operation.",
        ledger,
        ledger.job_group,
        mean(ledger.jobs_fte),
        "FTE",
        "Jobs",
        "",
    )


def _years(ledger: Ledger) -> tuple[str, ...]:
    return tuple(str(int(year)) for year in ledger.year)


def _bars(
    title: str,
    description: str,
    ledger: Ledger,
    series: tuple[str, ...],
    by_year: NDArray[np.float64],
    unit: str,
    quantity: str,
    suffix: str,
) -> Bars:
    factor, name = scale_of(float(np.nanmax(by_year)) if by_year.size else 0.0, unit)
    return Bars(
        title,
        description,
        _years(ledger),
        series,
        tuple(numbers(by_year[:, k] / factor) for k in range(len(series))),
        name + suffix,
        quantity,
    )
