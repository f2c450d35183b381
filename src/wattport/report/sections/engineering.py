"""The design on paper: one-line diagram, checks with their margins, bill of materials."""

from __future__ import annotations

import numpy as np

from wattport.records import BillItem, Case, Check, Design, RackSupply
from wattport.report.charts import Feeder, OneLine
from wattport.report.drawing import Table
from wattport.report.draws import middle, spread
from wattport.report.numerals import (
    THIN_SPACE,
    as_stated,
    number,
    per_cent,
    unit_name,
    whole,
)
from wattport.report.page import Block, Figure, Listing, Section
from wattport.spec import Spec


def section(case: Case) -> Section | None:
    """
    The design.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    Section or None
        None when nothing was played.
    """
    design = case.design
    if design is None:
        return None
    checks = (*design.checks, *(case.operation.checks if case.operation is not None else ()))
    blocks: list[Block] = [Figure(one_line(case.spec, design))]
    if checks:
        blocks.append(check_list(checks))
    if design.supply is not None:
        blocks.append(supplies(design.supply))
    if design.bill:
        blocks.append(bill(design.bill))
    failed = sum(not check.is_passed for check in checks)
    lede = (
        f"{len(checks) - failed} of {len(checks)} engineering checks hold in every draw."
        if checks
        else ""
    )
    return Section("design", "How it is wired", lede, tuple(blocks))


def one_line(spec: Spec, design: Design) -> OneLine:
    """
    From the grid to the halls.

    Parameters
    ----------
    spec : Spec
        Voltages and ratings.
    design : Design
        Counts.

    Returns
    -------
    OneLine
        Five levels.
    """
    modules = spec.campus.modules
    voltage = f"{as_stated(middle(spec.grid.voltage_kv))}{THIN_SPACE}kV"
    n_halls = design.has_hall.sum(axis=1)
    per_module = middle(modules.n_transformers)
    return OneLine(
        "One-line diagram",
        "Counts are P50 over the draws, with P10 and P90 where they differ. Not every unit is "
        "drawn.",
        (
            Feeder(
                "grid connection",
                "1",
                1,
                f"{voltage}, {number(middle(spec.grid.connection_mw))}{THIN_SPACE}MW (P50)",
                "grid",
                f"{voltage} busbar",
            ),
            Feeder(
                "HV/MV transformer",
                _count(design.n_hv_transformers),
                _drawn(design.n_hv_transformers),
                _rating(design.bill, "HV/MV transformer", spec.campus.substation.transformer),
                "transformer",
                "MV busbar",
            ),
            Feeder(
                "MV/LV transformer",
                "" if per_module != 1 else _count(design.n_modules),
                _drawn(design.n_modules),
                _rating(design.bill, "MV/LV transformer", modules.transformer)
                + (f"; {whole(per_module)} in each module" if per_module != 1 else ""),
                "transformer",
            ),
            Feeder(
                "power module (UPS)",
                _count(design.n_modules),
                _drawn(design.n_modules),
                f"{as_stated(middle(modules.rating_mw))}{THIN_SPACE}MW critical, "
                f"{modules.topology.value} redundancy",
                "module",
                "LV busbar",
            ),
            Feeder(
                "hall",
                _count(n_halls),
                _drawn(n_halls),
                f"{as_stated(middle(spec.campus.hall_it_mw))}{THIN_SPACE}MW of IT each",
                "hall",
            ),
        ),
    )


def _count(values: np.ndarray) -> str:
    low, mid, high = (whole(float(q)) for q in spread(values))
    return mid if low == high else f"{mid} ({low} to {high})"


def _drawn(values: np.ndarray) -> int:
    return max(1, round(middle(values)))


def _rating(items: tuple[BillItem, ...], name: str, key: str) -> str:
    # The bill writes ratings as a person does; the key is only what the spec calls them.
    found = next((item for item in items if item.item == name), None)
    return found.rating if found is not None else key.replace("_", " ")


def check_list(checks: tuple[Check, ...]) -> Listing:
    """
    Engineering checks with their margins.

    Parameters
    ----------
    checks : tuple of Check
        From design and operation.

    Returns
    -------
    Listing
        One row per check, marked where it fails.
    """
    rows, tone = [], []
    for check in checks:
        worst = spread(check.margin_frac)[0]
        unit = unit_name(check.unit)
        sign = "\u2264" if check.is_upper else "\u2265"
        rows.append(
            (
                f"{check.code} {check.title}",
                _with_unit(number(middle(check.value)), unit),
                _with_unit(f"{sign}{THIN_SPACE}{number(middle(check.limit))}", unit),
                _per_cent(float(worst)),
                _per_cent(check.pass_frac),
                check.source,
                "" if check.is_passed else check.remedy,
            )
        )
        tone.append("good" if check.is_passed else "bad" if check.pass_frac < 0.5 else "some")
    header = (
        "Check",
        "Value (P50)",
        "Limit",
        "Margin (P10)",
        "Holds in",
        "Limit from",
        "What to change",
    )
    return Listing(Table(header, tuple(rows)), "Checks", "", tuple(tone), style="checks cards")


def _with_unit(words: str, unit: str) -> str:
    return f"{words}{THIN_SPACE}{unit}" if unit else words


def _per_cent(share_frac: float) -> str:
    if not np.isfinite(share_frac):
        return number(share_frac)
    return f"{whole(100 * share_frac)}{THIN_SPACE}%"


def supplies(supply: RackSupply) -> Listing:
    """
    Loss in the racks' power supplies by load, inside IT.

    Parameters
    ----------
    supply : RackSupply
        Of the design.

    Returns
    -------
    Listing
        One row per load.
    """
    rows = tuple(
        (per_cent(load_frac), per_cent(loss_frac))
        for load_frac, loss_frac in zip(supply.it_load_frac, supply.loss_over_it_frac, strict=True)
    )
    return Listing(
        Table(("IT power over nameplate", "Of which lost in power supplies"), rows),
        "Inside IT: " + supply.name,
        "IT is metered at the racks' input (EN 50600-4-2): a better supply lowers IT power, not "
        f"PUE. Source: {supply.source}",
    )


def bill(items: tuple[BillItem, ...]) -> Listing:
    """
    Bill of materials.

    Parameters
    ----------
    items : tuple of BillItem
        Of the whole campus.

    Returns
    -------
    Listing
        Counts with their spread.
    """
    rows = tuple(
        (item.item, item.rating, *(whole(float(q)) for q in spread(item.n_units)), item.source)
        for item in items
    )
    header = ("Item", "Rating", "P10", "P50", "P90", "Source")
    return Listing(Table(header, rows), "Bill of materials", style="cards")
