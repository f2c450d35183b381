"""
The commands and their words.

Only the words live here, so that ``wattport --help`` answers at once: numpy,
pydantic and the stages are imported by a command when it runs.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import wattport


class Until(StrEnum):
    """Stages of the pipeline, in order; kept equal to `wattport.pipeline.Stage` by a test."""

    DESIGN = "design"
    MAKE = "make"
    BUILD = "build"
    RUN = "run"
    ACCOUNT = "account"


class BatchPolicy(StrEnum):
    """Who runs first; kept equal to `wattport.batch.Policy`, and replay, by a test."""

    FCFS = "fcfs"
    EASY = "easy"
    CONSERVATIVE = "conservative"
    SJF = "sjf"
    FAIR_SHARE = "fair_share"
    POWER = "power"
    PRICE = "price"
    REPLAY = "replay"


app = typer.Typer(
    name="wattport",
    help="Play a gigawatt-scale AI campus and the plants that make its electrical modules: "
    "one YAML in, one report out.",
    epilog="Exit codes: 0 fine; 1 a gate failed (only with --gate); 2 bad usage or spec; "
    "3 infeasible; 101 a fault of Wattport; 130 interrupted; 143 terminated.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)

SourceArgument = Annotated[
    str, typer.Argument(metavar="SOURCE", help="A scenario file, or a shipped one: dunkerque.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change one number; may be repeated."),
]
ForceOption = Annotated[
    bool, typer.Option("--force", "-f", help="Replace the file if it is there.")
]
# What a signed word of 64 bits holds: seeds go into compiled loops.
_MOST_SEED = 2**63 - 1
SeedOption = Annotated[
    int, typer.Option(min=0, max=_MOST_SEED, help="Start of all random streams.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for scripts.")]


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"wattport {wattport.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    is_version_wanted: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Take the options that stand before a command."""


@app.command()
def play(
    source: SourceArgument,
    draws: Annotated[
        int, typer.Option(help="Futures played together; 1 plays the central values.")
    ] = 200,
    seed: SeedOption = 7,
    overrides: SetOption = None,
    until: Annotated[
        Until, typer.Option(help="Last stage to play.", show_default=False)
    ] = Until.ACCOUNT,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder for the results. [default: wattport-NAME]"),
    ] = None,
    is_gated: Annotated[
        bool, typer.Option("--gate", help="Exit with 1 if a limit or a wanted date is missed.")
    ] = False,
    as_json: JsonOption = False,
    is_quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")] = False,
) -> None:
    """Play a scenario and write its report."""
    from wattport.cli import commands

    commands.play(
        source,
        overrides or [],
        draws=draws,
        seed=seed,
        until=until,
        out=out,
        is_gated=is_gated,
        as_json=as_json,
        is_quiet=is_quiet,
    )


@app.command()
def make(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A factory file, or a shipped one: factory_modules; or a scenario.",
        ),
    ],
    rate: Annotated[
        str | None,
        typer.Option(metavar="RATE", help="Wanted output: 300/year, 25/month, 6/week."),
    ] = None,
    plant: Annotated[
        str, typer.Option(help="Plant of a scenario: modules or enclosures.")
    ] = "modules",
    draws: Annotated[int, typer.Option(help="Futures simulated.")] = 64,
    seed: SeedOption = 7,
    overrides: SetOption = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for the answer and its page.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Simulate a factory file, or a plant of a scenario; with --rate plan it first."""
    from wattport.cli import commands

    commands.make(
        source,
        overrides or [],
        rate=rate,
        plant=plant,
        draws=draws,
        seed=seed,
        out=out,
        as_json=as_json,
    )


@app.command()
def init(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    is_forced: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write a commented scenario to start from."""
    from wattport.cli import commands

    commands.init(path, is_forced=is_forced, as_json=as_json)


@app.command()
def check(source: SourceArgument, overrides: SetOption = None, as_json: JsonOption = False) -> None:
    """List what is wrong in a scenario."""
    from wattport.cli import commands

    commands.check(source, overrides or [], as_json=as_json)


@app.command()
def schema(
    of_factory: Annotated[
        bool, typer.Option("--factory", help="Of a factory file, instead of a scenario.")
    ] = False,
) -> None:
    """Print the JSON Schema, for editors."""
    from wattport.cli import commands

    commands.schema(of_factory=of_factory)


@app.command()
def sources(
    source: SourceArgument, overrides: SetOption = None, as_json: JsonOption = False
) -> None:
    """List every number with its source."""
    from wattport.cli import commands

    commands.sources(source, overrides or [], as_json=as_json)


@app.command()
def run(
    table: Annotated[
        Path,
        typer.Argument(
            metavar="TABLE",
            help="Jobs: an SWF (also .gz), CSV or Parquet file. Or requests to a language model: "
            "a CSV with TIMESTAMP, ContextTokens and GeneratedTokens.",
        ),
    ],
    design: Annotated[
        str | None,
        typer.Option(metavar="SOURCE", help="Scenario whose campus runs them; else none."),
    ] = None,
    step: Annotated[str, typer.Option(help="Step of the power series, with its unit.")] = "15s",
    begin: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="UTC date of time zero, for weather and prices. [default: the file's]",
        ),
    ] = None,
    overrides: SetOption = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for the report and its tables.")
    ] = None,
    as_json: JsonOption = False,
    seed: SeedOption = 7,
    policy: Annotated[
        BatchPolicy | None, typer.Option(help="Jobs: who runs first. [default: easy]")
    ] = None,
    nodes: Annotated[
        int | None,
        typer.Option(min=1, help="Jobs: nodes of a plain machine. [default: the file's]"),
    ] = None,
    cap_mw: Annotated[
        float | None,
        typer.Option(min=0.0, help="Jobs: limit of IT power, with --policy power. [MW]"),
    ] = None,
    failures: Annotated[
        bool | None,
        typer.Option("--failures/--no-failures", help="Jobs. [default: on with --design]"),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Requests: the model. [default: the scenario's, else Llama-3.1-70B]"),
    ] = None,
    gpu: Annotated[
        str | None,
        typer.Option(help="Requests: GPU generation. [default: the scenario's, else h100_sxm]"),
    ] = None,
    gpus_per_replica: Annotated[
        int | None, typer.Option(min=1, help="Requests: GPUs that share one copy of the model.")
    ] = None,
    replicas: Annotated[
        int | None,
        typer.Option(min=1, help="Requests: copies. [default: the fewest that keep the promise]"),
    ] = None,
    autoscale: Annotated[
        float | None,
        typer.Option(
            min=0.001, metavar="N", help="Requests: replicas follow the load, N in flight on each."
        ),
    ] = None,
    ttft_slo: Annotated[
        str | None,
        typer.Option(
            help="Requests: promised time to first token. [default: the scenario's, else 2s]"
        ),
    ] = None,
    tpot_slo: Annotated[
        str | None,
        typer.Option(
            help="Requests: promised time per token. [default: the scenario's, else 0.08s]"
        ),
    ] = None,
) -> None:
    """Run jobs, or serve requests: waits, goodput or latency, and power out to the grid."""
    from wattport.cli import commands

    commands.run(
        table,
        design,
        overrides or [],
        step=step,
        begin=begin,
        seed=seed,
        out=out,
        of_jobs={
            "policy": policy, "n_nodes": nodes, "cap_mw": cap_mw, "has_failures": failures,
        },
        of_requests={
            "model": model, "gpu": gpu, "n_gpus": gpus_per_replica, "n_replicas": replicas,
            "load_per_replica": autoscale, "ttft_slo": ttft_slo, "tpot_slo": tpot_slo,
        },
        as_json=as_json,
    )  # fmt: skip


@app.command()
def risk(
    schedule: Annotated[
        Path,
        typer.Argument(metavar="SCHEDULE", help="A Primavera XER or Microsoft Project XML file."),
    ],
    draws: Annotated[int, typer.Option(help="Futures played.")] = 1000,
    seed: SeedOption = 7,
    uncertainty: Annotated[
        str | None,
        typer.Option(
            metavar="LOW,MODE,HIGH",
            help="Factors on every remaining duration. [default: 0.9,1.0,1.2]",
        ),
    ] = None,
    risks: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Risks and ranges, as YAML.")
    ] = None,
    project: Annotated[
        str | None, typer.Option(help="Which project of an XER file with several.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Code page of an XER file. [default: utf-8 or cp1252]")
    ] = None,
    ignore_resources: Annotated[
        bool, typer.Option(help="Take the links as they stand: share no resource out.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for the report and its tables.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Find out when a schedule of any planning tool really ends, and why."""
    from wattport.cli import commands

    commands.risk(
        schedule,
        risks=risks,
        uncertainty=uncertainty,
        draws=draws,
        seed=seed,
        encoding=encoding,
        project=project,
        has_sharing=not ignore_resources,
        out=out,
        as_json=as_json,
    )


@app.command()
def export(
    source: SourceArgument,
    to: Annotated[
        Path,
        typer.Option(metavar="FILE", help=".xer for Primavera P6, .xml for Microsoft Project."),
    ],
    draws: Annotated[
        int, typer.Option(help="Futures played, of which the most typical is written.")
    ] = 200,
    seed: SeedOption = 7,
    overrides: SetOption = None,
    is_forced: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write the site programme as a schedule that planning tools open."""
    from wattport.cli import commands

    commands.export(
        source,
        overrides or [],
        to=to,
        draws=draws,
        seed=seed,
        is_forced=is_forced,
        as_json=as_json,
    )
