"""What it costs: by year, by item, and beside the announced sum."""

from __future__ import annotations

import math

import numpy as np

from wattport.records import Case, Ledger
from wattport.report.charts import Bars
from wattport.report.drawing import Table
from wattport.report.draws import mean, spread
from wattport.report.numerals import number, per_cent, quantity
from wattport.report.page import Figure, Listing, Section
from wattport.report.yearly import stacks

_BN = 1e9


def section(case: Case) -> Section | None:
    """
    Money.

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
        "money",
        "What it costs",
        f"Real money of {case.spec.finance.price_year}. Bars are means over the draws, so that "
        "their parts add up.",
        (
            Figure(three_sums(ledger)),
            Figure(capex_by_year(ledger)),
            Figure(opex_by_year(ledger)),
            key_figures(ledger),
        ),
    )


def three_sums(ledger: Ledger) -> Bars:
    """
    Facility only, full stack and the announced envelope side by side.

    Parameters
    ----------
    ledger : Ledger
        The record.

    Returns
    -------
    Bars
        Whiskers from P10 to P90, and the announced range.
    """
    facility, plants, racks = (
        float(mean(values)) / _BN
        for values in (ledger.facility_capex_eur, ledger.plants_capex_eur, ledger.it_capex_eur)
    )
    low, high = ledger.announced_low_eur / _BN, ledger.announced_high_eur / _BN
    ends = [
        tuple(float(q) / _BN for q in spread(values))
        for values in (ledger.facility_capex_eur, ledger.full_stack_eur)
    ]
    has_announced = math.isfinite(low)
    nothing = float("nan")
    label = ("Facility only", "Full stack", *(("Announced",) if has_announced else ()))
    tail = (nothing,) * has_announced
    return Bars(
        "Three sums that are often confused",
        "The facility without racks; the full stack with the plants and the first fit-out of all "
        "racks; the sum that was announced.",
        label,
        ("facility", "plants", "racks", *(("announced",) if has_announced else ())),
        (
            (facility, facility, *tail),
            (nothing, plants, *tail),
            (nothing, racks, *tail),
            *(((nothing, nothing, low),) if has_announced else ()),
        ),
        "bn EUR",
        "Capex",
        (ends[0][0], ends[1][0], *((low,) if has_announced else ())),
        (ends[0][2], ends[1][2], *((high,) if has_announced else ())),
        "P10 to P90; announced: its range" if has_announced else "P10 to P90",
    )


def capex_by_year(ledger: Ledger) -> Bars:
    """
    Capital expenditure by year and item.

    Parameters
    ----------
    ledger : Ledger
        The record.

    Returns
    -------
    Bars
        Means over the draws.
    """
    return stacks(
        "Capital expenditure by year",
        "When the money is spent. Racks are bought again after each IT life.",
        ledger,
        ledger.capex_item,
        ledger.capex_eur,
        "EUR",
        "Capex",
    )


def opex_by_year(ledger: Ledger) -> Bars:
    """
    Operating expenditure by year and item.

    Parameters
    ----------
    ledger : Ledger
        The record.

    Returns
    -------
    Bars
        Means over the draws.
    """
    return stacks(
        "Operating expenditure by year",
        "What running the campus costs.",
        ledger,
        ledger.opex_item,
        ledger.opex_eur,
        "EUR",
        "Opex",
    )


def key_figures(ledger: Ledger) -> Listing:
    """
    Totals and levelised costs.

    Parameters
    ----------
    ledger : Ledger
        The record.

    Returns
    -------
    Listing
        P10, P50 and P90 of each.
    """
    listed = (
        ("Facility capex", ledger.facility_capex_eur, "EUR"),
        ("Capex of the two plants", ledger.plants_capex_eur, "EUR"),
        ("First fit-out of all racks", ledger.it_capex_eur, "EUR"),
        ("Full stack", ledger.full_stack_eur, "EUR"),
        ("Net present cost (discounted capex and opex)", ledger.net_present_cost_eur, "EUR"),
        ("Net present value (gain positive)", ledger.net_present_value_eur, "EUR"),
        ("Total cost of ownership of a full year", ledger.annual_cost_eur, "EUR"),
        ("Facility and energy per MWh of IT", ledger.it_energy_cost_eur_per_mwh, "EUR/MWh"),
    )
    rows = [
        (name, *(quantity(float(q), unit) for q in spread(values)))
        for name, values, unit in listed
        if values is not None
    ]
    if ledger.gpu_hour_cost_eur is not None:
        cost = tuple(f"{number(float(q))}\u202fEUR" for q in spread(ledger.gpu_hour_cost_eur))
        rows.append(("Cost of a GPU-hour sold", *cost))
    if ledger.funded_rack_frac is not None and np.isfinite(ledger.funded_rack_frac).any():
        funded = tuple(per_cent(float(q)) for q in spread(ledger.funded_rack_frac))
        rows.append(("Racks the announced sum would buy after the facility", *funded))
    return Listing(Table(("", "P10", "P50", "P90"), tuple(rows)), "Key figures", style="cards trio")
