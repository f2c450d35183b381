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
from wattport.spec import Spec
from wattport.spec.campus.finance import CapexBasis

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
            Figure(facility_by_trade(ledger, case.spec)),
            facility_lines(ledger),
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


def facility_by_trade(ledger: Ledger, spec: Spec) -> Bars:
    """
    Facility per megawatt by trade, beside what is published for AI campuses.

    Parameters
    ----------
    ledger : Ledger
        The record.
    spec : Spec
        Drawn; has the published figure with its range.

    Returns
    -------
    Bars
        Means that add up; whiskers from P10 to P90.
    """
    trades = [float(v) for v in mean(ledger.facility_trade_meur_per_mw)]
    published = spec.finance.facility_capex_meur_per_mw
    ends = [
        tuple(float(q) for q in spread(v))
        for v in (ledger.facility_trade_meur_per_mw.sum(axis=1), published)
    ]
    said, nothing = float(mean(published)), float("nan")
    gap = ends[0][1] / ends[1][1] - 1.0
    is_bill = spec.finance.capex_basis == CapexBasis.BILL
    return Bars(
        "The facility by trade, and what is published",
        (
            f"At P50 the bill of materials is {per_cent(abs(gap))} "
            f"{'above' if gap > 0 else 'below'} the published figure, which often holds standby "
            "generators, utilities' works or tenants' fit-out that are not in the bill."
            if is_bill
            else "One published figure per MW, split by trade: what is built does not move it."
        ),
        ("This campus", "Published"),
        (*ledger.facility_trade, "published"),
        (*((value, nothing) for value in trades), (nothing, said)),
        "MEUR/MW",
        "Facility per MW of IT",
        (ends[0][0], ends[1][0]),
        (ends[0][2], ends[1][2]),
        "P10 to P90",
    )


def facility_lines(ledger: Ledger) -> Listing:
    """
    The facility line by line, in money of the price year.

    Parameters
    ----------
    ledger : Ledger
        The record.

    Returns
    -------
    Listing
        P10, P50 and P90 of each line, and its share of the mean.
    """
    means = mean(ledger.facility_line_eur)
    whole = max(float(means.sum()), 1e-9)
    rows = tuple(
        (line, *(quantity(float(q), "EUR") for q in spread(ledger.facility_line_eur[:, k])),
         per_cent(float(means[k]) / whole))
        for k, line in enumerate(ledger.facility_line)
        if means[k] != 0.0
    )  # fmt: skip
    header = ("Line", "P10", "P50", "P90", "Share of the mean")
    return Listing(Table(header, rows), "The facility line by line", style="cards")


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
        rows.append(("Cost of a useful GPU-hour", *cost))
        for name, values in (
            ("Cost of a GPU-hour sold", ledger.gpu_hour_sold_cost_eur),
            ("Cost of a GPU-hour held", ledger.gpu_hour_held_cost_eur),
        ):
            rows.append((name, *(f"{number(float(q))}\u202fEUR" for q in spread(values))))
    if ledger.funded_rack_frac is not None and np.isfinite(ledger.funded_rack_frac).any():
        funded = tuple(per_cent(float(q)) for q in spread(ledger.funded_rack_frac))
        rows.append(("Racks the announced sum would buy after the facility", *funded))
    return Listing(Table(("", "P10", "P50", "P90"), tuple(rows)), "Key figures", style="cards trio")
