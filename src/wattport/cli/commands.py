"""What each command does: call the rooms below, show their answer, choose the exit code."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import typer

from wattport.cli import answer
from wattport.cli.ending import refuse
from wattport.cli.exit_code import ExitCode
from wattport.cli.progress import Progress
from wattport.cli.streams import steerable
from wattport.errors import WattportError, format_findings, usage_error
from wattport.output import new_file, new_folder, refuse_folder

# The standard error of a P90 of a normal figure is 1.71 / sqrt(n) of its spread: 1.2 % here.
MOST_DRAWS = 20_000


def play(
    source: str,
    overrides: Sequence[str],
    *,
    draws: int,
    seed: int,
    until: str,
    out: Path | None,
    is_gated: bool,
    as_json: bool,
    is_quiet: bool,
) -> None:
    """
    Play a scenario and write its output folder.

    Raises
    ------
    typer.Exit
        With an `ExitCode` other than 0.
    """
    with _refusing(as_json):
        _refuse_draws(draws)
        if is_gated and until != "account":
            raise usage_error("--gate", "gates are judged on the whole case", "leave --until out")
        from wattport.spec import load

        spec = load(source, *overrides)
        if spec.findings and not is_quiet:
            print(format_findings(spec.findings), file=sys.stderr)
        folder = out if out is not None else Path(f"wattport-{_file_name(spec.name)}")
        with new_folder(folder, "wattport play") as part, Progress(is_quiet=is_quiet) as progress:
            # The stages load only once everything the user wrote is known to be sound.
            progress("load", 0.0)
            from wattport import pipeline
            from wattport.records.storage import write_case
            from wattport.report import render
            from wattport.report.terminal import summary

            case = pipeline.play(spec, draws=draws, seed=seed, until=until, on_progress=progress)
            progress("save", 1.0)
            write_case(case, part)
            progress("report", 1.0)
            render(case, part / "report.html")
    if as_json:
        print(answer.text(answer.played(case, folder)))
    else:
        # In bold on a terminal; it ends with a line of its own: an empty one before the last.
        print(summary(case), file=steerable(sys.stdout))
        print(f"Report: {folder / 'report.html'}")
        if told := answer.what_cannot_work(case):
            print(told, file=sys.stderr)
    if not case.is_feasible:
        raise typer.Exit(ExitCode.INFEASIBLE)
    if is_gated and case.ledger is not None and case.ledger.gates:
        raise typer.Exit(ExitCode.GATE_FAILED)


def make(
    source: str,
    overrides: Sequence[str],
    *,
    rate: str | None,
    plant: str,
    draws: int,
    seed: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """
    Simulate a factory file or one plant of a scenario; for a wanted rate, plan it first.

    Raises
    ------
    typer.Exit
        With `ExitCode.INFEASIBLE` where the factory stands still or the rate is out of reach.
    """
    with _refusing(as_json):
        _refuse_draws(draws)
        _refuse_place(out, "wattport make")
        from wattport.cli import factory as room
        from wattport.cli.rate import rate_per_year
        from wattport.spec import is_factory, load_factory

        wanted = None if rate is None else rate_per_year(rate)
        if is_factory(source):
            factory = load_factory(source, *overrides)
        else:
            from wattport.pipeline.factory import scenario_factory

            factory = scenario_factory(source, *overrides, plant=plant, draws=draws, seed=seed)
        is_fatal = room.run(
            factory, rate_per_year=wanted, draws=draws, seed=seed, out=out, as_json=as_json
        )
    if is_fatal:
        raise typer.Exit(ExitCode.INFEASIBLE)


def init(path: Path, *, is_forced: bool, as_json: bool) -> None:
    """Write the commented scenario to a new file."""
    with _refusing(as_json):
        from wattport.spec import template

        with new_file(path, may_replace=is_forced) as part:
            part.write_text(template(), encoding="utf-8", newline="\n")
    if as_json:
        print(answer.text({"written": path}))
    else:
        print(f"Wrote {path}. Check it with: wattport check {path}")


def check(source: str, overrides: Sequence[str], *, as_json: bool) -> None:
    """List all findings; they are the answer, hence on stdout."""
    from wattport.spec import check as examine
    from wattport.spec import check_factory, is_factory

    if is_factory(source):
        examine = check_factory
    found = examine(source, *overrides)
    n_errors = sum(finding.severity == "error" for finding in found)
    if as_json:
        print(answer.text({"n_errors": n_errors, "findings": answer.findings(found)}))
    elif found:
        print(format_findings(found))
        print(f"\n{n_errors} errors, {len(found) - n_errors} warnings")
    else:
        print(f"{source}: nothing to find")
    if n_errors:
        raise typer.Exit(ExitCode.BAD_INPUT)


def schema(*, of_factory: bool) -> None:
    """Print the JSON Schema of a scenario, or of a factory file."""
    from wattport.spec import factory_schema, json_schema

    print(answer.text(factory_schema() if of_factory else json_schema()))


def sources(source: str, overrides: Sequence[str], *, as_json: bool) -> None:
    """List every number with its origin, one to a line."""
    with _refusing(as_json):
        from wattport.spec import load

        spec = load(source, *overrides)
    if as_json:
        print(answer.text(answer.sources(spec)))
        return
    width = max((len(row.path) for row in spec.provenance), default=0)
    for row in spec.provenance:
        spread = "" if row.low is None else f"{row.low:.6g} .. {row.high:.6g}"
        print(
            f"{row.path:<{width}}  {row.value:>12.8g} {row.unit:<16} {spread:<20} "
            f"{row.status.value:<9}  {row.source}"
        )


def run(
    path: Path, design: str | None, overrides: Sequence[str], *, step: str, begin: str | None,
    seed: int, out: Path | None, of_jobs: dict[str, Any], of_requests: dict[str, Any],
    as_json: bool,
) -> None:  # fmt: skip
    """
    Run a file of jobs, or serve a trace of requests: its columns tell which it is.

    Parameters
    ----------
    path, design, overrides, step, begin, seed, out
        As `wattport.cli.jobs.run` and `wattport.cli.requests.run` say.
    of_jobs, of_requests : dict
        Options that mean something for one of the two only; None where not given.
    as_json : bool
        For scripts.
    """
    with _refusing(as_json):
        _refuse_place(out, "wattport run")
        from wattport.cli import jobs, on_campus, requests

        words: dict[str, Any] = {"step": step, "begin": begin, "out": out}
        if requests.is_requests(path):
            _refuse_strangers(of_jobs, "a trace of requests", "a file of jobs")
            served = requests.run(path, design, overrides, of_requests, **words)
            tell, show = partial(answer.ran, served), partial(requests.show, served)
        else:
            _refuse_strangers(of_requests, "a file of jobs", "a trace of requests")
            ran = jobs.run(path, design, overrides, of_jobs | {"seed": seed}, **words)
            tell, show = partial(answer.ran, ran), partial(jobs.show, ran)
    if as_json:
        print(answer.text(tell() if out is None else tell() | {"out": str(out)}))
    else:
        show()
        on_campus.show_report(out)


_OPTIONS = {
    "policy": "--policy", "n_nodes": "--nodes", "cap_mw": "--cap-mw", "has_failures": "--failures",
    "model": "--model", "gpu": "--gpu", "n_gpus": "--gpus-per-replica", "n_replicas": "--replicas",
    "load_per_replica": "--autoscale", "ttft_slo": "--ttft-slo", "tpot_slo": "--tpot-slo",
}  # fmt: skip


def _refuse_strangers(options: dict[str, Any], given: str, wanted: str) -> None:
    named = [name for name, value in options.items() if value is not None]
    if named:
        raise usage_error(
            _OPTIONS[named[0]], f"means nothing for {given}", f"leave it out, or give {wanted}"
        )


def risk(
    schedule: Path, *, risks: Path | None, uncertainty: str | None, draws: int, seed: int,
    encoding: str | None, project: str | None, has_sharing: bool, out: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Play the risks of a schedule of any planning tool."""
    with _refusing(as_json):
        _refuse_draws(draws)
        _refuse_place(out, "wattport risk")
        from wattport.cli import risk as room

        room.run(
            schedule, risks=risks, uncertainty=uncertainty, draws=draws, seed=seed,
            encoding=encoding, project=project, has_sharing=has_sharing, out=out,
            as_json=as_json,
        )  # fmt: skip


def export(
    source: str, overrides: Sequence[str], *, to: Path, draws: int, seed: int, is_forced: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Write the site programme of a scenario for a planning tool."""
    with _refusing(as_json):
        _refuse_draws(draws)
        from wattport.cli import export as room

        room.run(
            source, overrides, to=to, draws=draws, seed=seed, is_forced=is_forced, as_json=as_json
        )


@contextmanager
def _refusing(as_json: bool) -> Iterator[None]:
    """Say what was refused, on stderr or as JSON, and leave with its exit code."""
    try:
        yield
    except WattportError as refusal:
        raise typer.Exit(refuse(refusal, as_json=as_json)) from None


def _refuse_place(out: Path | None, result_of: str) -> None:
    if out is not None:
        refuse_folder(out, result_of)


def _refuse_draws(draws: int) -> None:
    if draws < 1:
        raise usage_error(
            f"--draws {draws}", "there must be at least one draw",
            "use 1 for the central values, 200 for a first look, 1000 for a report",
        )  # fmt: skip
    if draws > MOST_DRAWS:
        raise usage_error(
            f"--draws {draws}", f"more than {MOST_DRAWS} draws are not played",
            "1000 tell enough: a P90 is then known to a twentieth of the spread, "
            f"and {MOST_DRAWS} narrow that to a hundredth",
        )  # fmt: skip


def _file_name(name: str) -> str:
    """A scenario's name without anything that means something in a path."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "case"
