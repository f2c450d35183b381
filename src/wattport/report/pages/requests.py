"""The page of a trace of requests: how fast they were answered, with what power, at what price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from wattport.arrays import FloatArray
from wattport.energy.campus_totals import CampusTotals
from wattport.energy.thinned import Thinned
from wattport.report.drawing import Table
from wattport.report.numerals import THIN_SPACE, number, per_cent, quantity, whole
from wattport.report.page import Line, Listing, Page, Section, Series
from wattport.report.pages.jobs import FOOTER, file_name, quantity_of_time
from wattport.report.pages.power import energy_chain, power_over_time
from wattport.serving.engine import Served

Told = Mapping[str, Any]

_ROWS = 24  # of the table under a series


def requests_page(
    told: Told, served: Served, totals: CampusTotals | None, seen: Thinned
) -> Page:  # fmt: skip
    """
    Lay out the report of a served trace.

    Parameters
    ----------
    told : mapping
        The answer of ``wattport run``, whose figures stand at the top.
    served : Served
        What became of the requests.
    totals : CampusTotals or None
        What the grid saw of the fleet's slice of a campus.
    seen : Thinned
        Power over time.

    Returns
    -------
    Page
        For `wattport.report.write`.
    """
    where = "on GPUs by themselves"
    if told["begin"] is not None:
        where = f"on the campus {told['design']}, from {told['begin'].replace('T', ' ')} UTC"
    facts = (
        ("Requests", whole(told["n_requests"])),
        ("Replicas", whole(told["n_replicas"])),
        ("GPUs", f"{whole(told['n_gpus'])} {told['gpu']}"),
        ("Span", quantity_of_time(told["served_s"])),
    )
    sections = (
        Section("answer", "What came of it", "", (headline(told),)),
        Section(
            "latency", "How fast it answers",
            f"{per_cent(told['within_slo_frac'], 4)} of all requests were answered within "
            f"{quantity_of_time(told['ttft_slo_s'])} to the first token and "
            f"{number(1e3 * told['tpot_slo_s'])}{THIN_SPACE}ms for each further one.",
            (percentiles(told), load(served, seen.edge_s, int(told["n_replicas"]))),
        ),
        Section(
            "power", "What it draws",
            "Grid power is that of the fleet's own slice of the campus."
            if totals is not None
            else "",
            (
                power_over_time(seen, totals is not None),
                *(() if totals is None else energy_chain(totals)),
            ),
        ),
    )  # fmt: skip
    return Page(
        title=f"Serving of {file_name(told['requests_file'])}",
        subtitle=f"{told['model']}, {told['gpus_per_replica']} GPUs a replica, {where}",
        facts=facts,
        warnings=caveats(told),
        sections=sections,
        footer=FOOTER,
    )


def caveats(told: Told) -> tuple[str, ...]:
    """
    What the figures rest on that was not measured.

    Parameters
    ----------
    told : mapping
        The answer of ``wattport run``.
    """
    said = [
        "Times come from data sheets and fitted efficiencies; for a deployment that was never "
        "measured the median error of the time to first token is about a fifth."
    ]
    if told["power_measured_on"] != told["model"]:
        said.append(
            f"Power by batch is that of {told['power_measured_on']}, the nearest in size that was "
            "measured."
        )
    if told["gpu"] != "h100_sxm":
        said.append(
            "Power by batch was measured on H100; for other GPUs its share of the way from idle "
            "to the limit is kept, an assumption."
        )
    return tuple(said)


def headline(told: Told) -> Listing:
    """
    The figures of a served trace, each with what it means.

    Parameters
    ----------
    told : mapping
        The answer of ``wattport run``.

    Returns
    -------
    Listing
    """
    rows = [
        ("Completed", whole(told["n_completed"]), f"of {whole(told['n_requests'])} requests"),
        ("Replicas", whole(told["n_replicas"]), replicas(told)),
        (
            "Tokens per second", number(told["tokens_per_s"], 4),
            f"generated; {number(told['tokens_per_s'] / told['n_gpus'])} for each GPU",
        ),
        (
            "Within the promise", per_cent(told["within_slo_frac"], 4),
            f"of all requests; {number(told['goodput_per_s'])} a second (goodput)",
        ),
        (
            "Energy a token", f"{number(told['it_j_per_token'])}{THIN_SPACE}J",
            f"at the racks' input; {number(told['gpu_j_per_token'])} J at the GPUs",
        ),
        (
            "IT power", quantity(told["power"]["mean_mw"], "MW"),
            f"mean; at most {quantity(told['power']['max_mw'], 'MW')} in a step",
        ),
    ]  # fmt: skip
    campus = told["campus"]
    if campus is not None:
        rows += [
            (
                "At the grid", f"{number(told['grid_j_per_token'])}{THIN_SPACE}J",
                f"for each token; PUE {number(campus['pue'], 4)} (EN 50600-4-2)",
            ),
            (
                "Energy of a million tokens",
                f"{number(told['energy_eur_per_million_tokens'])}{THIN_SPACE}EUR",
                "hourly market prices of the scenario, network and excise",
            ),
            (
                "GPUs for a million tokens",
                f"{number(told['gpu_eur_per_million_tokens'])}{THIN_SPACE}EUR",
                "the scenario's price of a GPU-hour, for all GPUs all the time",
            ),
            (
                "Carbon", f"{number(1e3 * campus['carbon_t'])}{THIN_SPACE}kg",
                "location-based, hour by hour",
            ),
        ]  # fmt: skip
    return Listing(Table(("Figure", "Value", "What it is"), tuple(rows)))


def replicas(told: Told) -> str:
    """
    How the number of replicas came about, and how many of them worked.

    Parameters
    ----------
    told : mapping
        The answer of ``wattport run``.
    """
    if not told["is_autoscaled"]:
        return str(told["sizing"])
    return f"{told['sizing']}; they follow the load, {whole(told['most_replicas'])} on at most"


def percentiles(told: Told) -> Listing:
    """
    Latency that a share of the completed requests stays below.

    Parameters
    ----------
    told : mapping
        The answer of ``wattport run``.
    """
    rows = tuple(
        (
            f"{level[1:]}{THIN_SPACE}%",
            quantity_of_time(told["ttft_s"][level]),
            f"{number(1e3 * told['tpot_s'][level])}{THIN_SPACE}ms",
        )
        for level in told["ttft_s"]
    )
    promise = (
        "promised",
        quantity_of_time(told["ttft_slo_s"]),
        f"{number(1e3 * told['tpot_slo_s'])}{THIN_SPACE}ms",
    )
    header = ("Share of requests", "Time to first token", "Time per further token")
    return Listing(Table(header, (*rows, promise)), "Latency")


def load(served: Served, edge_s: FloatArray, n_replicas: int) -> Series:
    """
    How busy the fleet is, over time.

    Parameters
    ----------
    served : Served
        With busy time by fine step.
    edge_s : ndarray, shape (point + 1,)
        Of the stretches to show. [s]
    n_replicas : int
        Of the fleet.

    Returns
    -------
    Series
    """
    at_s = served.step_s * np.arange(served.busy_s.size + 1)
    passed_s = np.concatenate([[0.0], np.cumsum(served.busy_s)])
    width_s = np.diff(edge_s)
    busy = 100.0 * np.diff(np.interp(edge_s, at_s, passed_s)) / width_s / n_replicas
    hour = 0.5 * (edge_s[1:] + edge_s[:-1]) / 3600.0
    picked = np.linspace(0, hour.size - 1, min(hour.size, _ROWS)).round().astype(int)
    rows = tuple((number(float(hour[k])), number(float(busy[k]))) for k in picked)
    return Series(
        "Use of the fleet",
        "Share of its time that a replica prefills or decodes. Drag to zoom in, double-click to "
        "zoom out.",
        hour,
        "hour",
        [Line("Busy", busy)],
        "%",
        Table(("Hours since the start", "Busy (%)"), rows),
    )
