"""How it runs: power and PUE hour by hour, where the energy goes, what the grid sees."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from wattport.records import Case, Design, Operation
from wattport.report.charts import Duration, Heatmap, Link, Sankey
from wattport.report.drawing import Table
from wattport.report.draws import mean, middle, numbers, spread
from wattport.report.numerals import number, per_cent, whole
from wattport.report.page import Block, Figure, Line, Listing, Section, Series
from wattport.spec import Spec

SUPPLIES = "rack power supplies: loss"
_GWH = 1e3
_NEGLIGIBLE_FRAC = 1e-6  # a chiller that ran for a second is no flow worth a label
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def section(case: Case) -> Section | None:
    """
    The campus in operation.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    Section or None
        None when the case stopped before it ran.
    """
    operation = case.operation
    if operation is None:
        return None
    year = operation.full_year
    blocks: list[Block] = []
    if operation.shape_mw is not None:
        blocks += [Figure(power_map(operation)), Figure(pue_map(operation))]
    if operation.node and case.design is not None:
        blocks.append(Figure(energy(case.design, operation)))
    if operation.duration_mw is not None and np.isfinite(operation.duration_mw).any():
        blocks.append(Figure(duration(case.spec, operation)))
    if operation.week_mw is not None:
        blocks.append(week(operation))
    blocks.append(by_year(operation))
    lede = f"Charts show {year}, the first year with the whole campus in most draws."
    return Section("operation", "How it runs", lede, tuple(blocks))


def power_map(operation: Operation) -> Heatmap:
    """
    Grid power by hour and month.

    Parameters
    ----------
    operation : Operation
        The record.

    Returns
    -------
    Heatmap
        Of the full year.
    """
    return Heatmap(
        "Grid power by hour and month",
        f"Mean over the days of the month and the draws, {operation.full_year}.",
        tuple(numbers(row) for row in operation.shape_mw),
        "MW",
        "Grid power",
    )


def pue_map(operation: Operation) -> Heatmap:
    """
    PUE by hour and month.

    Parameters
    ----------
    operation : Operation
        The record.

    Returns
    -------
    Heatmap
        Of the full year.
    """
    return Heatmap(
        "PUE by hour and month",
        f"Energy from the grid over energy to IT (EN 50600-4-2), {operation.full_year}. "
        "Warm hours cost more cooling.",
        tuple(numbers(row) for row in operation.shape_pue),
        "",
        "PUE",
        4,
    )


def energy(design: Design, operation: Operation) -> Sankey:
    """
    Energy of the full year from the grid to the chips.

    Parameters
    ----------
    design : Design
        Says which stages carry the cooling too.
    operation : Operation
        The record.

    Returns
    -------
    Sankey
        Means over the draws, so that the flows close.
    """
    column = int(np.flatnonzero(operation.year == operation.full_year)[0])
    by_node = mean(operation.node_mwh[:, column, :]) / _GWH
    shared = tuple(stage.name for stage in design.chain if stage.carries != "it")
    own = tuple(stage.name for stage in design.chain if stage.carries == "it")
    ends_in = dict(zip(operation.node, numbers(by_node), strict=True))
    lost = float(mean(operation.rack_supply_loss_mwh[:, column])) / _GWH
    return Sankey(
        "Energy from grid to chip",
        f"Where the energy of {operation.full_year} goes. Mean over the draws. IT is metered at "
        "the racks' input (EN 50600-4-2): the loss in their power supplies is a part of it.",
        (*chain_links(ends_in, shared, own), *inside_it(ends_in["IT"], lost)),
        "GWh",
    )


def inside_it(it: float, lost: float) -> tuple[Link, ...]:
    """
    Flows behind the racks' input.

    Parameters
    ----------
    it, lost : float
        Energy of IT, and of it what the racks' power supplies lose.

    Returns
    -------
    tuple of Link
        Flows of nothing are left out.

    Examples
    --------
    >>> [(flow.target, flow.value) for flow in inside_it(100.0, 5.0)]
    [('chips, memory, network, fans', 95.0), ('rack power supplies: loss', 5.0)]
    """
    links = (Link("IT", "chips, memory, network, fans", it - lost), Link("IT", SUPPLIES, lost))
    return tuple(link for link in links if link.value > 0.0)


def chain_links(
    ends_in: dict[str, float], shared: tuple[str, ...], own: tuple[str, ...]
) -> tuple[Link, ...]:
    """
    Flows of a chain, from what ends in each of its nodes.

    Parameters
    ----------
    ends_in : dict
        Energy that ends in each node: losses of the stages, cooling, auxiliaries, IT.
    shared, own : tuple of str
        Stages that carry everything, then those that carry IT alone; in chain order.

    Returns
    -------
    tuple of Link
        The trunk first at each node; nodes with next to none are left out.

    Examples
    --------
    >>> flows = chain_links({"UPS": 3.0, "fans": 2.0, "IT": 95.0}, (), ("UPS",))
    >>> [(flow.source, flow.target, flow.value) for flow in flows]
    [('grid', 'UPS', 98.0), ('grid', 'fans', 2.0), ('UPS', 'IT', 95.0), ('UPS', 'UPS: loss', 3.0)]
    """
    stages = [name for name in (*shared, *own) if name in ends_in]
    others = [name for name in ends_in if name not in stages and name != "IT"]
    trunk = ["grid", *stages, "IT"]
    branch = stages[len([name for name in shared if name in ends_in]) - 1] if shared else "grid"
    left = sum(ends_in.values())
    least = _NEGLIGIBLE_FRAC * left
    links: list[Link] = []
    for name, following in pairwise(trunk):
        lost = ends_in.get(name, 0.0)
        aside = [(other, ends_in[other]) for other in others] if name == branch else []
        left -= lost + sum(value for _, value in aside)
        ends = [(following, left), (f"{name}: loss", lost), *aside]
        links += [Link(name, target, value) for target, value in ends if value > least]
    return tuple(links)


def duration(spec: Spec, operation: Operation) -> Duration:
    """
    Load duration curve against the connection.

    Parameters
    ----------
    spec : Spec
        Holds the connection.
    operation : Operation
        The record.

    Returns
    -------
    Duration
        Of the full year.
    """
    p10, p50, p90 = spread(operation.duration_mw)
    return Duration(
        "Load duration curve",
        f"For which share of {operation.full_year} the campus draws at least so much. The "
        "connection varies between draws as the campus does; its P50 is shown.",
        numbers(operation.duration_frac),
        numbers(p10),
        numbers(p50),
        numbers(p90),
        middle(spec.grid.connection_mw),
        "grid connection (P50)",
        "MW",
    )


def week(operation: Operation) -> Series:
    """
    Grid power over the hours of a week.

    Parameters
    ----------
    operation : Operation
        The record.

    Returns
    -------
    Series
        P50 with its band.
    """
    p10, p50, p90 = operation.week_mw
    rows = tuple(
        (
            f"{_DAYS[hour // 24]} {hour % 24:02d}:00",
            *(number(float(curve[hour])) for curve in (p10, p50, p90)),
        )
        for hour in range(0, p50.size, 6)
    )
    return Series(
        "Grid power through the week",
        f"Hours of the week in {operation.full_year} (UTC); band from P10 to P90 over weeks and "
        "draws. Drag to zoom in, double-click to zoom out.",
        np.arange(p50.size, dtype=np.float64),
        "hour_of_week",
        [Line("Grid power", p50, p10, p90)],
        "MW",
        Table(("Hour", "P10 (MW)", "P50 (MW)", "P90 (MW)"), rows),
    )


def by_year(operation: Operation) -> Listing:
    """
    Yearly figures.

    Parameters
    ----------
    operation : Operation
        The record.

    Returns
    -------
    Listing
        P50 of each year.
    """
    grid, it, peak, pue, wue, erf, chillers, curtailed = (
        spread(values)[1]
        for values in (
            operation.grid_mwh,
            operation.it_mwh,
            operation.peak_grid_mw,
            operation.pue,
            operation.wue_l_per_kwh,
            operation.erf_frac,
            operation.chiller_hours,
            operation.curtailed_mwh,
        )
    )
    rows = tuple(
        (
            str(int(year)),
            number(float(grid[y]) / _GWH),
            number(float(it[y]) / _GWH),
            number(float(peak[y])),
            number(float(pue[y])),
            number(float(wue[y])),
            per_cent(float(erf[y])),
            whole(float(chillers[y])),
            number(float(curtailed[y]) / _GWH),
        )
        for y, year in enumerate(operation.year)
    )
    header = (
        "Year",
        "Grid (GWh)",
        "IT (GWh)",
        "Peak (MW)",
        "PUE",
        "WUE (l/kWh)",
        "Heat reused",
        "Chiller hours",
        "IT held back (GWh)",
    )
    return Listing(Table(header, rows), "Year by year (P50)", style="years")
