"""``wattport run`` on a file of jobs: who waits, what gets lost, what the campus draws."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattport.calendar.epoch import DAYS_PER_YEAR
from wattport.cli import answer, surroundings
from wattport.cli.surroundings import Scenario, amount, usage, watts
from wattport.errors import Finding, format_findings
from wattport.output import MANIFEST, new_folder

if TYPE_CHECKING:
    from wattport.batch import BatchResult, Failures, JobFile, Machine, Steps
    from wattport.energy.campus_totals import CampusTotals
    from wattport.energy.thinned import Thinned

REPLAY = "replay"
MOST_NODES = 1_000_000_000


@dataclass(frozen=True)
class Wanted:
    """Options of ``wattport run`` that are about jobs."""

    policy: str | None = None  # a `wattport.batch.Policy`, or ``replay``; else ``easy``
    n_nodes: int | None = None  # of a plain machine; else what the file says, or its largest job
    cap_mw: float | None = None  # limit of IT power under policy ``power``
    has_failures: bool | None = None  # else on a design they are on, on a plain machine off


def run(
    path: Path,
    design: str | None,
    overrides: Sequence[str],
    wanted: Wanted,
    *,
    step: str,
    begin: str | None,
    seed: int,
    out: Path | None,
) -> dict[str, Any]:
    """
    Run jobs on the machine of a design, or on a plain one, and say what came of it.

    Parameters
    ----------
    path : Path
        SWF, CSV or Parquet.
    design : str, optional
        A scenario; a processor of an SWF file is then a GPU, and jobs take whole nodes. The
        power of the jobs is followed out to the grid.
    overrides : sequence of str
        ``path=value`` settings on top of the scenario.
    wanted : Wanted
        Who runs first, and on what.
    step : str
        Of the power series, with its unit: ``15s``.
    begin : str, optional
        Date at which the file's time is zero: weather, prices and carbon are those from then on.
        Left out: the file's own date, else 2026-01-01.
    seed : int
        Of the failures.
    out : Path, optional
        Folder for the report and the tables.

    Returns
    -------
    dict
        The answer of ``wattport run --json``.
    """
    step_s = surroundings.seconds(step)
    policy = wanted.policy or "easy"
    if (policy == "power") != (wanted.cap_mw is not None):
        raise usage("--cap-mw", "a cap and the policy `power` belong together",
                    "give both, or neither")  # fmt: skip
    surroundings.refuse_without_design(design, overrides, begin)
    from wattport.batch import read_jobs

    file = read_jobs(path)
    of = None if design is None else surroundings.scenario(design, overrides)
    at = surroundings.begin(begin, file.jobs.origin_s)
    machine, file = _machine(file, of, wanted.n_nodes, policy)
    market = None if policy != "price" else _market(file, of, at)
    is_failing = of is not None if wanted.has_failures is None else wanted.has_failures
    failures = _failures(of) if is_failing else None
    result = _result(file, machine, policy, wanted.cap_mw, market, failures, seed)
    surroundings.refuse_steps(step_s, result.until_ms / 1000.0)
    notes = [*file.notes, *_doubts(path, file, machine)]
    told = {
        "kind": "jobs", "jobs_file": str(path), "design": design, "policy": policy,
        "step_s": step_s, "begin": None if of is None else at.isoformat(),
        "skipped": file.n_skipped, "notes": answer.findings(notes), **result.summary(),
        **_training(result, of),
    }  # fmt: skip
    if out is None:
        totals, seen = _followed(of, at, result, step_s, None)
        return told | _power(seen) | _campus(totals, of)
    with new_folder(out, "wattport run") as part:
        _write_jobs(result, part)
        totals, seen = _followed(of, at, result, step_s, part)
        told |= _power(seen) | _campus(totals, of)
        (part / MANIFEST).write_text(answer.text(told) + "\n", encoding="utf-8")
        _report(told, result, totals, seen, part / "report.html")
    return told | {"out": str(out)}


def _followed(
    of: Scenario | None, at: datetime, result: BatchResult, step_s: float, folder: Path | None
) -> tuple[CampusTotals | None, Thinned]:
    """Follow power as far as there is something around the machine."""
    if of is None:
        return None, surroundings.alone(result, step_s, folder)
    campus = surroundings.around(of, at, result.until_ms / 1000.0)
    pause_frac = float(of.spec.workload.training.pause_power_frac[0])
    return surroundings.on_campus(campus, result, step_s, pause_frac, folder)


def show(told: dict[str, Any]) -> None:
    """Print an answer for a person; what was set aside goes to stderr."""
    notes = [Finding(**{**note, "remedy": note["remedy"]}) for note in told["notes"]]
    if notes:
        print(format_findings(notes), file=sys.stderr)
    counts = ", ".join(f"{n} {what}" for what, n in told["jobs"].items() if n)
    power = told["power"]
    lines = {
        "Jobs": f"{counts}; {told['skipped']} lines skipped",
        "Machine": f"{told['n_gpus']} GPUs or processors, {told['simulated_s'] / 86400:.2f} days",
        "Utilisation": f"{told['utilisation_frac']:.1%}",
        "Wait": f"mean {told['wait_mean_s']:.0f} s, median {told['wait_median_s']:.0f} s, "
        f"90 % {told['wait_p90_s']:.0f} s, 99 % {told['by_class'][0]['wait_p99_s']:.0f} s",
        "Bounded slowdown": f"mean {told['bounded_slowdown_mean']:.2f}",
        "GPU-hours": f"sold {told['sold_gpu_h']:,.0f}, idle {told['idle_gpu_h']:,.0f}, "
        f"failed {told['failed_gpu_h']:,.0f}, maintenance {told['maintenance_gpu_h']:,.0f}",
        "Goodput": f"{told['goodput_frac']:.2%} of what was sold; "
        f"{told['n_interruptions']} interruptions",
        "Training": f"effective time {told['effective_training_frac']:.2%} since each start, "
        f"MFU {told['mfu_frac']:.1%} of the time sold",
        "IT power": f"mean {watts(power['mean_mw'])}, {watts(power['min_mw'])} to "
        f"{watts(power['max_mw'])}, {amount(power['energy_mwh'], 'MWh')}",
    }  # fmt: skip
    if told["campus"] is not None:
        lines |= campus_lines(told["campus"], told["step_s"])
    width = max(map(len, lines))
    for name, line in lines.items():
        print(f"{name:<{width}}  {line}")
    for name in ("by_class", "by_user"):
        if len(told[name]) > 1:
            print("\n" + "\n".join(_classes(told[name], name.removeprefix("by_"))))
    if "out" in told:
        print(f"\nReport: {Path(told['out']) / 'report.html'}")


def campus_lines(campus: dict[str, Any], step_s: float) -> dict[str, str]:
    """Say what the grid sees, for a terminal."""
    losses = ", ".join(
        f"{name} {mwh / campus['grid_mwh']:.2%}"
        for name, mwh in campus["loss_mwh_by_stage"].items()
    )
    if "slice_it_mw" in campus:
        limit = f"in a slice made for {watts(campus['slice_it_mw'])} of IT"
    else:
        verdict = "within" if campus["is_within_connection"] else "BEYOND"
        limit = f"{verdict} the connection of {watts(campus['connection_mw'])}"
    return {
        "Grid power": f"mean {watts(campus['mean_grid_mw'])}, "
        f"peak {watts(campus['peak_grid_mw'])}, {limit}",
        "Steepest": f"+{watts(campus['steepest_rise_mw_per_step'])} and "
        f"-{watts(campus['steepest_fall_mw_per_step'])} from one {step_s:g} s step to the next; "
        f"+{watts(campus['steepest_rise_mw_per_min'])} and "
        f"-{watts(campus['steepest_fall_mw_per_min'])} from one minute to the next",
        "PUE": f"{campus['pue']:.4f}; the energy balance closes to "
        f"{campus['energy_balance_error_frac']:.0e}",
        "Losses": f"{losses} of the grid's energy; inside IT, rack power supplies "
        f"{campus['rack_supply_loss_mwh'] / campus['grid_mwh']:.2%}",
        "Cooling": f"{campus['cooling_mwh'] / campus['grid_mwh']:.2%}, "
        f"water {amount(campus['water_m3'], 'm3')}",
        "Energy": f"{amount(campus['grid_mwh'], 'MWh')}, "
        f"{amount(campus['energy_cost_eur'], 'EUR')}, {amount(campus['carbon_t'], 't')} CO2",
    }  # fmt: skip


def _classes(rows: Sequence[dict[str, Any]], title: str) -> list[str]:
    width = max(12, *(len(row["name"]) for row in rows))
    lines = [f"{title:<{width}} {'jobs':>7} {'sold GPU-h':>12} {'goodput':>8} {'wait 50 %':>11} "
             f"{'90 %':>9} {'99 %':>9} {'slowdown':>9}"]  # fmt: skip
    lines += [
        f"{row['name']:<{width}} {row['n_jobs']:>7} {row['sold_gpu_h']:>12,.0f} "
        f"{row['goodput_frac']:>8.2%} {row['wait_p50_s']:>9.0f} s {row['wait_p90_s']:>7.0f} s "
        f"{row['wait_p99_s']:>7.0f} s {row['bounded_slowdown_mean']:>9.2f}"
        for row in rows
    ]
    return lines


def _machine(
    file: JobFile, of: Scenario | None, n_nodes: int | None, policy: str
) -> tuple[Machine, JobFile]:
    """Give the machine, and the jobs in its nodes."""
    from wattport.batch import machine_of, peak_nodes, uniform_machine, whole_nodes

    if of is None:
        if n_nodes is None:
            peak = peak_nodes(file.jobs) if policy == REPLAY else 0
            n_nodes = max(file.n_nodes, peak) or int(file.jobs.n_nodes.max())
        if n_nodes > MOST_NODES:
            raise usage(
                f"--nodes {n_nodes}", "no machine has as many nodes",
                f"give at most {MOST_NODES:.0e}, or correct MaxProcs in the file",
            )  # fmt: skip
        return uniform_machine(n_nodes), file
    if n_nodes is not None:
        raise usage("--nodes", "the design says how many nodes there are", "leave one out")
    machine = machine_of(of.design, float(of.spec.workload.idle_power_frac[0]))
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


def _failures(of: Scenario | None) -> Failures:
    """As often as the scenario says, with the causes and repairs of Llama 3."""
    from wattport.batch import Failures

    if of is None:
        return Failures()
    per_year = float(of.spec.workload.training.failures_per_gpu_year[0])
    return Failures(per_gpu_day=per_year / DAYS_PER_YEAR)


def _market(file: JobFile, of: Scenario | None, at: datetime) -> Steps:
    """Hourly prices as far as a job may wait for them."""
    jobs = file.jobs
    if of is None:
        raise usage("--policy price", "a plain machine has no market",
                    "name a scenario with --design")  # fmt: skip
    if not jobs.most_delay_ms.any():
        raise usage("--policy price", "no job of the file may wait for a cheaper hour",
                    "add a column most_delay_s")  # fmt: skip
    from wattport.batch import Steps

    until_ms = int((jobs.submit_ms + jobs.most_delay_ms + jobs.run_ms).max())
    hours = surroundings.around(of, at, until_ms / 1000.0).hours
    at_s = hours.begin_s
    at_s[0] = 0.0
    return Steps(at_s, hours.price_eur_per_mwh)


def _result(
    file: JobFile, machine: Machine, policy: str, cap_mw: float | None, market: Steps | None,
    failures: Failures | None, seed: int,
) -> BatchResult:  # fmt: skip
    import numpy as np

    from wattport.batch import NO_FAILURES, Policy, Steps, replay, simulate

    if policy == REPLAY:
        return replay(file.jobs, machine)
    cap = None if cap_mw is None else Steps(np.zeros(1), np.full(1, cap_mw))
    return simulate(
        file.jobs, machine, Policy(policy), cap_mw=cap, seed=seed, price_eur_per_mwh=market,
        failures=failures or NO_FAILURES,
    )  # fmt: skip


def _training(result: BatchResult, of: Scenario | None) -> dict[str, Any]:
    """Goodput, effective time, MFU, and all of it by class of job and by user."""
    from wattport.batch.by_class import COMPUTING_MFU_FRAC, by_size, by_user

    classes = by_size(result)
    mfu_frac = COMPUTING_MFU_FRAC
    if of is not None:
        mfu_frac = float(of.spec.workload.training.mfu_frac[0])
    return {
        "effective_training_frac": classes[0].effective_training_frac,
        "mfu_computing_frac": mfu_frac,
        "mfu_frac": mfu_frac * result.goodput_frac,
        "by_class": [dataclasses.asdict(row) for row in classes],
        "by_user": [dataclasses.asdict(row) for row in by_user(result)],
        "interruptions_by_cause": _causes(result),
    }


def _causes(result: BatchResult) -> dict[str, int]:
    from wattport.batch import Failures

    hits = result.n_interruptions_by_kind
    kinds = Failures().kinds
    if len(hits) != len(kinds):
        return {}
    return {kind.name: n for kind, n in zip(kinds, hits, strict=True)}


def _power(seen: Thinned) -> dict[str, Any]:
    """IT power in figures."""
    mean = seen.hall_mean_mw
    return {"power": {
        "energy_mwh": seen.it_mwh, "mean_mw": float(mean.sum()), "min_mw": seen.it_low_mw,
        "max_mw": seen.it_high_mw, "mean_mw_by_hall": mean.tolist(),
        "min_mw_by_hall": seen.hall_low_mw.tolist(),
        "max_mw_by_hall": seen.hall_high_mw.tolist(),
    }}  # fmt: skip


def _campus(totals: CampusTotals | None, of: Scenario | None) -> dict[str, Any]:
    """Give what the grid sees, beside the limits of the scenario."""
    if totals is None or of is None:
        return {"campus": None}
    connection_mw = float(of.spec.grid.connection_mw[0])
    return {"campus": totals.summary() | {
        "connection_mw": connection_mw,
        "is_within_connection": totals.peak_grid_mw <= connection_mw,
        "ramp_limit_mw_per_min": float(of.spec.grid.ramp_limit_mw_per_min[0]),
        "supply_max_c": float(of.spec.campus.cooling.facility_supply_max_c[0]),
    }}  # fmt: skip


def _report(
    told: dict[str, Any], result: BatchResult, totals: CampusTotals | None, seen: Thinned,
    path: Path,
) -> None:  # fmt: skip
    from wattport.report import write
    from wattport.report.pages.jobs import jobs_page

    write(jobs_page(told, result, totals, seen), path)


def _write_jobs(result: BatchResult, folder: Path) -> None:
    from wattport.batch import write_table

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
