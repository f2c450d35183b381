"""The page of a trace of requests: how fast they were answered, with what power, at what price."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray
from wattport.report.drawing import Table
from wattport.report.numerals import THIN_SPACE, number, per_cent, quantity, whole
from wattport.report.page import Line, Listing, Page, Section, Series
from wattport.report.pages.jobs import FOOTER, quantity_of_time
from wattport.report.pages.power import energy_chain, power_over_time
from wattport.serving.answer import Deployment, RequestsAnswer, RequestsRun
from wattport.serving.engine import Served

_ROWS = 24  # of the table under a series


def requests_page(run: RequestsRun) -> Page:
    """
    Lay out the report of a served trace.

    Parameters
    ----------
    run : RequestsRun
        Of `wattport.serve_requests`.

    Returns
    -------
    Page
        For `wattport.report.write`.
    """
    fleet, service = run.answer.deployment, run.answer.service
    told, served, totals, seen = run.answer, run.served, run.totals, run.seen
    where = "on GPUs by themselves"
    if told.begin is not None:
        where = f"on the campus {told.design}, from {told.begin:%Y-%m-%d %H:%M} UTC"
    facts = (
        ("Requests", whole(service.n_requests)),
        ("Replicas", whole(fleet.n_replicas)),
        ("GPUs", f"{whole(fleet.n_gpus)} {fleet.gpu}"),
        ("Span", quantity_of_time(service.served_s)),
    )
    sections = (
        Section("answer", "What came of it", "", (headline(told),)),
        Section(
            "latency", "How fast it answers",
            f"{per_cent(service.within_slo_frac, 4)} of all requests were answered within "
            f"{quantity_of_time(service.ttft_slo_s)} to the first token and "
            f"{number(1e3 * service.tpot_slo_s)}{THIN_SPACE}ms for each further one.",
            (percentiles(told), load(served, seen.edge_s, int(fleet.n_replicas))),
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
        title=f"Serving of {told.requests_file.name}",
        subtitle=f"{fleet.model}, {fleet.gpus_per_replica} GPUs a replica, {where}",
        facts=facts,
        warnings=caveats(fleet),
        sections=sections,
        footer=FOOTER,
    )


def caveats(fleet: Deployment) -> tuple[str, ...]:
    """
    What the figures rest on that was not measured.

    Parameters
    ----------
    fleet : Deployment
        What serves.
    """
    said = [
        "Times come from data sheets and fitted efficiencies; for a deployment that was never "
        "measured the median error of the time to first token is about a fifth."
    ]
    if fleet.power_measured_on != fleet.model:
        said.append(
            f"Power by batch is that of {fleet.power_measured_on}, the nearest in size that was "
            "measured."
        )
    if fleet.gpu != "h100_sxm":
        said.append(
            "Power by batch was measured on H100; for other GPUs its share of the way from idle "
            "to the limit is kept, an assumption."
        )
    return tuple(said)


def headline(told: RequestsAnswer) -> Listing:
    """
    The figures of a served trace, each with what it means.

    Parameters
    ----------
    told : RequestsAnswer
        Figures of the run.

    Returns
    -------
    Listing
    """
    fleet, service, token = told.deployment, told.service, told.token
    rows = [
        ("Completed", whole(service.n_completed), f"of {whole(service.n_requests)} requests"),
        ("Replicas", whole(fleet.n_replicas), replicas(fleet, service.most_replicas)),
        (
            "Tokens per second", number(service.tokens_per_s, 4),
            f"generated; {number(service.tokens_per_s / fleet.n_gpus)} for each GPU",
        ),
        (
            "Within the promise", per_cent(service.within_slo_frac, 4),
            f"of all requests; {number(service.goodput_per_s)} a second (goodput)",
        ),
        (
            "Energy a token", f"{number(token.it_j_per_token)}{THIN_SPACE}J",
            f"at the racks' input; {number(token.gpu_j_per_token)} J at the GPUs",
        ),
        (
            "IT power", quantity(told.power.mean_mw, "MW"),
            f"mean; at most {quantity(told.power.max_mw, 'MW')} in a step",
        ),
    ]  # fmt: skip
    campus, at_grid = told.campus, told.at_grid
    if campus is not None and at_grid is not None:
        rows += [
            (
                "At the grid", f"{number(at_grid.grid_j_per_token)}{THIN_SPACE}J",
                f"for each token; PUE {number(campus.pue, 4)} (EN 50600-4-2)",
            ),
            (
                "Energy of a million tokens",
                f"{number(at_grid.energy_eur_per_million_tokens)}{THIN_SPACE}EUR",
                "hourly market prices of the scenario, network and excise",
            ),
            (
                "GPUs for a million tokens",
                f"{number(at_grid.gpu_eur_per_million_tokens)}{THIN_SPACE}EUR",
                "the scenario's price of a GPU-hour, for all GPUs all the time",
            ),
            (
                "Carbon", f"{number(1e3 * campus.carbon_t)}{THIN_SPACE}kg",
                "location-based, hour by hour",
            ),
        ]  # fmt: skip
    return Listing(Table(("Figure", "Value", "What it is"), tuple(rows)))


def replicas(fleet: Deployment, most: int) -> str:
    """
    How the number of replicas came about, and how many of them worked.

    Parameters
    ----------
    fleet : Deployment
        What serves.
    most : int
        Replicas on at once.
    """
    if not fleet.is_autoscaled:
        return fleet.sizing
    return f"{fleet.sizing}; they follow the load, {whole(most)} on at most"


def percentiles(told: RequestsAnswer) -> Listing:
    """
    Latency that a share of the completed requests stays below.

    Parameters
    ----------
    told : RequestsAnswer
        Figures of the run.
    """
    service = told.service
    rows = tuple(
        (
            f"{level[1:]}{THIN_SPACE}%",
            quantity_of_time(service.ttft_s[level]),
            f"{number(1e3 * service.tpot_s[level])}{THIN_SPACE}ms",
        )
        for level in service.ttft_s
    )
    promise = (
        "promised",
        quantity_of_time(service.ttft_slo_s),
        f"{number(1e3 * service.tpot_slo_s)}{THIN_SPACE}ms",
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
