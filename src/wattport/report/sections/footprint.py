"""Carbon, water and jobs by year."""

from __future__ import annotations

import numpy as np

from wattport.records import Case, Ledger
from wattport.report.charts import Bars
from wattport.report.draws import numbers, spread
from wattport.report.numerals import scale_of
from wattport.report.page import Block, Figure, Prose, Section
from wattport.report.yearly import stacks, years


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
    return stacks(
        "Emissions by year",
        "Electricity is location-based; embodied emissions fall in the year of the purchase.",
        ledger,
        ledger.carbon_scope,
        ledger.carbon_t,
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
        years(ledger),
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
    return stacks(
        "Jobs by year",
        "Full-time equivalents in the plants, on the building site and in operation.",
        ledger,
        ledger.job_group,
        ledger.jobs_fte,
        "FTE",
        "Jobs",
    )
