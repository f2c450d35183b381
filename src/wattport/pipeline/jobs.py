"""A file of jobs, run on the campus of a scenario or on a machine by itself."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from wattport.batch import (
    NO_FAILURES,
    BatchResult,
    Failures,
    JobFile,
    Machine,
    Policy,
    Steps,
    machine_of,
    peak_nodes,
    read_jobs,
    replay,
    simulate,
    uniform_machine,
    whole_nodes,
    write_table,
)
from wattport.batch.answer import ItPower, JobsAnswer, JobsRun, TrainingFigures
from wattport.batch.by_class import COMPUTING_MFU_FRAC, by_size, by_user
from wattport.calendar.epoch import DAYS_PER_YEAR
from wattport.energy.campus_totals import CampusLimits, CampusTotals
from wattport.energy.thinned import Thinned
from wattport.errors import Finding, usage_error
from wattport.pipeline.on_campus import (
    Site,
    alone,
    around,
    begin_at,
    on_campus,
    refuse_steps,
    site_of,
)
from wattport.spec import Spec

REPLAY = "replay"
MOST_NODES = 1_000_000_000


@dataclass(frozen=True)
class JobOptions:
    """How a file of jobs is run."""

    policy: str = "easy"  # a `wattport.batch.Policy`, or ``replay``
    n_nodes: int | None = None  # of a plain machine; else what the file says, or its largest job
    cap_mw: float | None = None  # limit of IT power under policy ``power``
    has_failures: bool | None = None  # else on a campus they are on, on a plain machine off
    step_s: float = 15.0  # of the power series
    begin: datetime | None = None  # UTC moment of time zero; else the file's, else 2026-01-01
    seed: int = 7  # of the failures


def run_jobs(
    path: Path | str,
    design: Spec | None = None,
    options: JobOptions | None = None,
    tables: Path | None = None,
) -> JobsRun:
    r"""
    Run jobs on the campus of a scenario, or on a plain machine, and follow their power.

    Parameters
    ----------
    path : Path or str
        SWF (also .gz), CSV or Parquet.
    design : Spec, optional
        A scenario as loaded, at its central values. A processor of an SWF file is then a GPU,
        and jobs take whole nodes; power is followed out to the grid.
    options : JobOptions, optional
        Policy, machine, step and seed.
    tables : Path, optional
        An existing folder for the tables of jobs, events and power.

    Returns
    -------
    JobsRun
        Figures, and the result behind them.

    Raises
    ------
    WattportError
        With all that is wrong with the file or the options.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = Path(folder) / "two.csv"
    ...     _ = log.write_text("submit_s,run_s,n_nodes\n0,3600,4\n0,3600,4\n")
    ...     run = run_jobs(log, options=JobOptions(n_nodes=4, policy="fcfs"))
    >>> run.answer.jobs.wait_mean_s, run.answer.jobs.utilisation_frac
    (1800.0, 1.0)
    """
    options = options or JobOptions()
    if (options.policy == "power") != (options.cap_mw is not None):
        raise usage_error(
            "--cap-mw", "a cap and the policy `power` belong together", "give both, or neither"
        )
    path = Path(path)
    file = read_jobs(path)
    site = site_of(design)
    at = begin_at(options.begin, file.jobs.origin_s)
    machine, file = _machine(file, site, options)
    result = _result(file, machine, options, site, at)
    refuse_steps(options.step_s, result.until_ms / 1000.0)
    if tables is not None:
        _write_jobs(result, tables)
    totals, seen = _followed(site, at, result, options.step_s, tables)
    by_class = by_size(result)
    answer = JobsAnswer(
        jobs_file=path,
        design=None if design is None else design.name,
        policy=options.policy,
        step_s=options.step_s,
        begin=None if site is None else at,
        n_skipped=file.n_skipped,
        notes=(*file.notes, *_doubts(path, file, machine)),
        jobs=result.figures(),
        training=_training(result, by_class[0].effective_training_frac, site),
        by_class=by_class,
        by_user=by_user(result),
        interruptions_by_cause=_causes(result),
        power=ItPower.of(seen),
        campus=None if totals is None else totals.figures(),
        limits=_limits(totals, site),
    )
    return JobsRun(answer, result, seen, totals)


def _followed(
    site: Site | None, at: datetime, result: BatchResult, step_s: float, folder: Path | None
) -> tuple[CampusTotals | None, Thinned]:
    """Follow power as far as there is something around the machine."""
    if site is None:
        return None, alone(result, step_s, folder)
    campus = around(site, at, result.until_ms / 1000.0)
    pause_frac = float(site.spec.workload.training.pause_power_frac[0])
    return on_campus(campus, result, step_s, pause_frac, folder)


def _machine(file: JobFile, site: Site | None, options: JobOptions) -> tuple[Machine, JobFile]:
    """Give the machine, and the jobs in its nodes."""
    n_nodes = options.n_nodes
    if site is None:
        if n_nodes is None:
            peak = peak_nodes(file.jobs) if options.policy == REPLAY else 0
            n_nodes = max(file.n_nodes, peak) or int(file.jobs.n_nodes.max())
        if n_nodes > MOST_NODES:
            raise usage_error(
                f"--nodes {n_nodes}", "no machine has as many nodes",
                f"give at most {MOST_NODES:.0e}, or correct MaxProcs in the file",
            )  # fmt: skip
        return uniform_machine(n_nodes), file
    if n_nodes is not None:
        raise usage_error("--nodes", "the design says how many nodes there are", "leave one out")
    machine = machine_of(site.design, float(site.spec.workload.idle_power_frac[0]))
    if file.is_in_processors:
        file = dataclasses.replace(file, jobs=whole_nodes(file.jobs, machine.n_gpus_per_node))
    return machine, file


def _doubts(path: Path, file: JobFile, machine: Machine) -> list[Finding]:
    """Say where the file is of another machine than the one it runs on."""
    n = int((file.jobs.node_w < machine.idle_w.min()).sum())
    if not n:
        return []
    return [Finding(
        "JOB012", f"{n} jobs say that a busy node draws less than the "
        f"{machine.idle_w.min():.0f} W of an idle one of this machine", value=n, file=str(path),
        remedy="leave the column node_w out, and busy nodes draw what this machine's do",
        severity="warning",
    )]  # fmt: skip


def _failures(site: Site | None, has_failures: bool | None) -> Failures:
    """As often as the scenario says, with the causes and repairs of Llama 3; none if not wanted."""
    if not (site is not None if has_failures is None else has_failures):
        return NO_FAILURES
    if site is None:
        return Failures()
    per_year = float(site.spec.workload.training.failures_per_gpu_year[0])
    return Failures(per_gpu_day=per_year / DAYS_PER_YEAR)


def _market(file: JobFile, site: Site | None, at: datetime) -> Steps:
    """Hourly prices as far as a job may wait for them."""
    jobs = file.jobs
    if site is None:
        raise usage_error("--policy price", "a plain machine has no market",
                          "name a scenario with --design")  # fmt: skip
    if not jobs.most_delay_ms.any():
        raise usage_error("--policy price", "no job of the file may wait for a cheaper hour",
                          "add a column most_delay_s")  # fmt: skip
    until_ms = int((jobs.submit_ms + jobs.most_delay_ms + jobs.run_ms).max())
    hours = around(site, at, until_ms / 1000.0).hours
    at_s = hours.begin_s
    at_s[0] = 0.0
    return Steps(at_s, hours.price_eur_per_mwh)


def _result(
    file: JobFile, machine: Machine, options: JobOptions, site: Site | None, at: datetime
) -> BatchResult:
    """Simulate the jobs under the policy, or replay them as they ran."""
    market = None if options.policy != "price" else _market(file, site, at)
    if options.policy == REPLAY:
        return replay(file.jobs, machine)
    cap = None if options.cap_mw is None else Steps(np.zeros(1), np.full(1, options.cap_mw))
    return simulate(
        file.jobs, machine, Policy(options.policy), cap_mw=cap, seed=options.seed,
        price_eur_per_mwh=market, failures=_failures(site, options.has_failures),
    )  # fmt: skip


def _training(result: BatchResult, effective_frac: float, site: Site | None) -> TrainingFigures:
    """Effective time and MFU: the scenario's, or as published for dense BF16 training."""
    mfu_frac = COMPUTING_MFU_FRAC
    if site is not None:
        mfu_frac = float(site.spec.workload.training.mfu_frac[0])
    return TrainingFigures(effective_frac, mfu_frac, mfu_frac * result.goodput_frac)


def _causes(result: BatchResult) -> dict[str, int]:
    """Stops of jobs by cause; none where causes were not simulated."""
    hits = result.n_interruptions_by_kind
    kinds = Failures().kinds
    if len(hits) != len(kinds):
        return {}
    return {kind.name: int(n) for kind, n in zip(kinds, hits, strict=True)}


def _limits(totals: CampusTotals | None, site: Site | None) -> CampusLimits | None:
    """Give what the scenario allows the campus."""
    if totals is None or site is None:
        return None
    grid = site.spec.grid
    connection_mw = float(grid.connection_mw[0])
    return CampusLimits(
        connection_mw=connection_mw,
        is_within_connection=totals.peak_grid_mw <= connection_mw,
        ramp_limit_mw_per_min=float(grid.ramp_limit_mw_per_min[0]),
        supply_max_c=float(site.spec.campus.cooling.facility_supply_max_c[0]),
    )


def _write_jobs(result: BatchResult, folder: Path) -> None:
    """Write a row for each job, and one for each event."""
    write_table(folder / "jobs.parquet", {
        "job_id": result.jobs.job_id, "n_nodes": result.jobs.n_nodes,
        "submit_s": result.jobs.submit_ms / 1000.0, "start_s": result.first_ms / 1000.0,
        "end_s": result.end_ms / 1000.0, "queued_s": result.queued_ms / 1000.0,
        "state": result.state, "n_starts": result.n_starts,
        "n_interruptions": result.n_interruptions, "n_preemptions": result.n_preemptions,
    })  # fmt: skip
    log = result.log
    write_table(folder / "log.parquet", {
        "kind": log.kind, "job": log.job, "begin_s": log.begin_ms / 1000.0,
        "end_s": log.end_ms / 1000.0, "hall": log.hall, "n_nodes": log.n_nodes,
        "reason": log.reason,
    })  # fmt: skip
