"""Power of a run over time, and where its energy goes: shared by pages of jobs and requests."""

from __future__ import annotations

import numpy as np

from wattport.energy.campus_totals import CampusFigures, CampusLimits, CampusTotals
from wattport.energy.thinned import Thinned
from wattport.report.charts import Bars, Sankey
from wattport.report.drawing import Table
from wattport.report.draws import numbers
from wattport.report.numerals import THIN_SPACE, number, per_cent, quantity
from wattport.report.page import Block, Figure, Line, Listing, Series
from wattport.report.sections.operation import SUPPLIES, chain_links, inside_it

_ROWS = 24  # of the table under a series


def power_over_time(seen: Thinned, has_campus: bool) -> Series:
    """
    Grid, IT, cooling and losses over the run.

    Parameters
    ----------
    seen : Thinned
        Of the run.
    has_campus : bool
        Whether there is a grid around the machine.

    Returns
    -------
    Series
        The band holds the least and largest step of each stretch.
    """
    factor, unit = (1.0, "MW") if float(seen.high_mw.max()) >= 1.0 else (1e3, "kW")
    names = {"IT": "it"}
    if has_campus:
        names = {"Grid": "grid", "IT": "it", "Cooling, auxiliaries": "cooling", "Losses": "losses"}
    columns = {name: factor * seen.mean_mw(row) for name, row in names.items()}
    ends = (factor * seen.low_mw, factor * seen.high_mw)
    first, *others = [Line(name, row) for name, row in columns.items()]
    lines = [Line(first.name, first.middle, *ends), *others]
    hour = seen.hour
    picked = np.linspace(0, hour.size - 1, min(hour.size, _ROWS)).round().astype(int)
    rows = tuple(
        (number(float(hour[k])), *(number(float(row[k]), 4) for row in columns.values()))
        for k in picked
    )
    header = ("Hours since the start", *(f"{name} ({unit})" for name in columns))
    return Series(
        "Power over time",
        "Drag to zoom in, double-click to zoom out.",
        hour,
        "hour",
        lines,
        unit,
        Table(header, rows),
    )


def energy_chain(totals: CampusTotals) -> list[Block]:
    """
    Where the energy from the grid went, drawn and listed.

    Parameters
    ----------
    totals : CampusTotals
        Of the run.

    Returns
    -------
    list of Block
        Flows, and a row for each stage with its loss over what passes.
    """
    factor, unit = (1.0, "MWh") if totals.grid_mwh >= 1.0 else (1e3, "kWh")
    ends_in = {name: factor * mwh for name, mwh in totals.node_mwh.items()}
    chain = totals.campus.design.chain
    shared = tuple(stage.name for stage in chain if stage.carries != "it")
    own = tuple(stage.name for stage in chain if stage.carries == "it")
    grid, lost = factor * totals.grid_mwh, factor * totals.supply_loss_mwh
    flows = Sankey(
        "Energy from grid to chip",
        "Where the energy of the run went. IT is metered at the racks' input (EN 50600-4-2): the "
        "loss in the racks' power supplies is a part of it.",
        (*chain_links(ends_in, shared, own), *inside_it(ends_in["IT"], lost)),
        unit,
    )
    rows = [
        (name, number(energy, 4), per_cent(energy / grid, 3))
        for name, energy in ends_in.items()
        if energy > 0.0
    ]
    rows.append((f"IT, of which {SUPPLIES}", number(lost, 4), per_cent(lost / grid, 3)))
    rows.append(("Grid", number(grid, 4), per_cent(1.0)))
    return [
        Figure(flows),
        Listing(
            Table(("Ends in", f"Energy ({unit})", "Share of grid"), tuple(rows)),
            "Loss chain",
            style="years",
        ),
    ]


def by_hall(seen: Thinned) -> Bars:
    """
    IT power of each hall.

    Parameters
    ----------
    seen : Thinned
        Of the run.

    Returns
    -------
    Bars
        Means, with the least and largest step.
    """
    return Bars(
        "IT power by hall",
        "Mean over the run; the whisker spans the least and the largest step.",
        tuple(str(hall + 1) for hall in range(seen.n_halls)),
        ("mean",),
        (numbers(seen.hall_mean_mw),),
        "MW",
        "IT power",
        numbers(seen.hall_low_mw),
        numbers(seen.hall_high_mw),
        "least to largest step",
    )


def campus_rows(
    campus: CampusFigures, limits: CampusLimits, step_s: float
) -> list[tuple[str, str, str]]:
    """
    Rows of the headline about the grid.

    Parameters
    ----------
    campus : CampusFigures
        What the grid saw.
    limits : CampusLimits
        What the scenario allows.
    step_s : float
        Of the output. [s]
    """
    limit = number(limits.connection_mw)
    verdict = "within" if limits.is_within_connection else "beyond"
    rise, fall = campus.steepest_rise_mw_per_step, campus.steepest_fall_mw_per_step
    return [
        (
            "Peak grid power",
            quantity(campus.peak_grid_mw, "MW", 4),
            f"between events, no step smooths it; {verdict} the connection of {limit} MW",
        ),
        (
            "Steepest rise",
            f"{number(rise)}{THIN_SPACE}MW",
            f"of grid power from one {step_s:g} s step to the next; the steepest fall is "
            f"{number(fall)} MW",
        ),
        (
            "Steepest minute",
            f"{number(campus.steepest_rise_mw_per_min)}{THIN_SPACE}MW",
            "rise of the mean from one minute to the next, without storage that would smooth it; "
            f"the grid allows {number(limits.ramp_limit_mw_per_min)} MW/min",
        ),
        (
            "PUE",
            number(campus.pue, 4),
            "energy from the grid over energy at the racks' input (EN 50600-4-2)",
        ),
        (
            "Energy from the grid",
            quantity(campus.grid_mwh, "MWh", 4),
            "IT, losses and cooling add up to it, to "
            f"{campus.energy_balance_error_frac:.0e} of the largest power",
        ),
        (
            "Cost of energy",
            quantity(campus.energy_cost_eur, "EUR"),
            "hourly market prices of the scenario, network and excise",
        ),
        (
            "Carbon",
            quantity(campus.carbon_t, "t"),
            "location-based, hour by hour",
        ),
    ]
