"""``wattport run`` on a trace of requests: how long people wait, what a token takes and costs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattport import user_file
from wattport.cli import on_campus
from wattport.cli.on_campus import amount, campus_lines, watts
from wattport.errors import usage_error
from wattport.output import new_folder

if TYPE_CHECKING:
    from wattport.serving.answer import RequestsAnswer

_HEADER_BYTES = 65_536
# Names that tell a trace of requests from a table of jobs, without case and underscores.
_TELLING = {"contexttokens", "generatedtokens"}


def is_requests(path: Path) -> bool:
    """
    Tell a trace of requests by its header: a CSV file with counts of tokens.

    Parameters
    ----------
    path : Path
        Any file; one that cannot be read is left to the reader of jobs to refuse.
    """
    if not path.name.lower().endswith((".csv", ".csv.gz")):
        return False
    try:
        start = user_file.beginning(path, user_file.REQUESTS, _HEADER_BYTES)
    except user_file.UnfitError:
        return False
    header = start.decode("utf-8-sig", "replace").splitlines()[:1]
    names = {re.sub(r"[^a-z]", "", name.lower()) for line in header for name in line.split(",")}
    return bool(names & _TELLING)


def run(
    path: Path, design: str | None, overrides: Sequence[str], options: dict[str, Any],
    *, step: str, begin: str | None, out: Path | None,
) -> RequestsAnswer:  # fmt: skip
    """
    Serve a trace of requests, and write the folder asked for.

    Parameters
    ----------
    path : Path
        CSV with ``TIMESTAMP``, ``ContextTokens``, ``GeneratedTokens``.
    design : str or None
        A scenario; the fleet stands in a slice of its campus.
    overrides : sequence of str
        ``path=value`` settings on top of it.
    options : dict
        Fields of `wattport.pipeline.requests.RequestOptions`, promises as written; None where
        not given.
    step, begin : str
        As written.
    out : Path or None
        Folder for the report and the tables.
    """
    given = {name: value for name, value in options.items() if value is not None}
    for option, name in (("--ttft-slo", "ttft_slo"), ("--tpot-slo", "tpot_slo")):
        if name in given:
            given[f"{name}_s"] = _promise(option, given.pop(name))
    given |= {"step_s": on_campus.step_s(step), "begin": on_campus.moment(begin)}
    spec = on_campus.scenario(design, overrides, begin)
    from wattport.pipeline.requests import RequestOptions, serve_requests

    wanted = RequestOptions(**given)
    if out is None:
        return serve_requests(path, spec, wanted).answer
    with new_folder(out, "wattport run") as part:
        found = serve_requests(path, spec, wanted, part)
        from wattport.report.pages.requests import requests_page

        on_campus.write_answer(part, found.answer, requests_page(found))
    return found.answer


def show(found: RequestsAnswer) -> None:
    """Print an answer for a person."""
    fleet, service, power, token = found.deployment, found.service, found.power, found.token
    lines = {
        "Requests": f"{service.n_completed} of {service.n_requests} completed in "
        f"{service.served_s / 3600.0:.2f} h, {service.requests_per_s:.4g} per second",
        "Fleet": f"{fleet.n_replicas} {'replica' if fleet.n_replicas == 1 else 'replicas'} of "
        f"{fleet.model} on {fleet.gpus_per_replica} {fleet.gpu} each ({fleet.sizing})",
        "Throughput": f"{service.tokens_per_s:,.0f} tokens/s, "
        f"{service.tokens_per_s / fleet.n_gpus:.4g} per GPU",
        "TTFT": ", ".join(f"{name[1:]} % {value:.3g} s" for name, value in service.ttft_s.items()),
        "TPOT": ", ".join(
            f"{name[1:]} % {1e3 * value:.3g} ms" for name, value in service.tpot_s.items()
        ),
        "Promise": f"{service.within_slo_frac:.2%} within {service.ttft_slo_s:g} s and "
        f"{1e3 * service.tpot_slo_s:g} ms a token",
        "IT power": f"mean {watts(power.mean_mw)}, {watts(power.min_mw)} to "
        f"{watts(power.max_mw)}, {amount(power.energy_mwh, 'MWh')}",
        "Energy a token": f"{token.gpu_j_per_token:.4g} J at the GPUs, "
        f"{token.it_j_per_token:.4g} J at the racks",
    }
    if found.campus is not None and found.at_grid is not None:
        grid = found.at_grid
        lines["Energy a token"] += f", {grid.grid_j_per_token:.4g} J at the grid"
        lines["A million tokens"] = (
            f"{grid.energy_eur_per_million_tokens:.4g} EUR of energy, "
            f"{grid.gpu_eur_per_million_tokens:.4g} EUR of GPUs at the market's price"
        )
        limit = f"in a slice made for {watts(grid.slice_it_mw)} of IT"
        lines |= campus_lines(found.campus, limit, found.step_s)
    on_campus.show(lines)


def _promise(option: str, words: str) -> float:
    """Read a promised time."""
    found = on_campus.seconds(option, words, "2s, 0.08s")
    if not 0.0 < found < float("inf"):
        raise usage_error(
            f"{option} {words}", "a promise is longer than nothing", "write 2s, or 0.08s"
        )
    return found
