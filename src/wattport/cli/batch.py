"""``wattport run``: a file of jobs on a machine, by itself."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattport.cli import answer
from wattport.cli.folder import MANIFEST, written_whole
from wattport.errors import Finding, WattportError, format_findings

if TYPE_CHECKING:
    from wattport.run.batch import BatchResult, JobFile, Machine

REPLAY = "replay"


def run(
    path: Path,
    design: str | None,
    overrides: Sequence[str],
    *,
    policy: str,
    n_nodes: int | None,
    step: str,
    cap_mw: float | None,
    has_failures: bool | None,
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
        A scenario; a processor of an SWF file is then a GPU, and jobs take whole nodes.
    overrides : sequence of str
        ``path=value`` settings on top of the scenario.
    policy : str
        A `wattport.run.batch.Policy`, or ``replay`` for the real start times.
    n_nodes : int, optional
        Of the plain machine; left out: what the file says, or the largest job wants.
    step : str
        Of the power series, with its unit: ``15s``.
    cap_mw : float, optional
        Limit of IT power under policy ``power``. [MW]
    has_failures : bool, optional
        Left out: on a design they are on, on a plain machine off.
    seed : int
        Of the failures.
    out : Path, optional
        Folder for the tables.

    Returns
    -------
    dict
        The answer of ``wattport run --json``.
    """
    step_s = _seconds(step)
    if (policy == "power") != (cap_mw is not None):
        raise _usage("--cap-mw", "a cap and the policy `power` belong together",
                     "give both, or neither")  # fmt: skip
    from wattport.run.batch import read_jobs

    file = read_jobs(path)
    machine, file = _machine(file, design, overrides, n_nodes, policy)
    result = _result(file, machine, policy, cap_mw, has_failures, design is not None, seed)
    told = {
        "jobs_file": str(path), "design": design, "policy": policy, "step_s": step_s,
        "skipped": file.n_skipped, "notes": answer.findings(file.notes), **result.summary(),
    }  # fmt: skip
    if out is None:
        return told | {"power": _power(result, step_s, None)}
    with written_whole(out) as part:
        _write_jobs(result, part)
        told |= {"power": _power(result, step_s, part), "out": str(out)}
        (part / MANIFEST).write_text(answer.text(told) + "\n", encoding="utf-8")
    return told


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
        f"90 % {told['wait_p90_s']:.0f} s",
        "Bounded slowdown": f"mean {told['bounded_slowdown_mean']:.2f}",
        "GPU-hours": f"sold {told['sold_gpu_h']:.0f}, idle {told['idle_gpu_h']:.0f}, "
        f"failed {told['failed_gpu_h']:.0f}, maintenance {told['maintenance_gpu_h']:.0f}",
        "Goodput": f"{told['goodput_frac']:.2%} of what was sold; "
        f"{told['n_interruptions']} interruptions",
        "IT power": f"mean {power['mean_mw']:.4g} MW, {power['min_mw']:.4g} to "
        f"{power['max_mw']:.4g} MW, {power['energy_mwh']:.6g} MWh",
    }
    width = max(map(len, lines))
    for name, line in lines.items():
        print(f"{name:<{width}}  {line}")
    if "out" in told:
        print(f"Tables: {told['out']}")


def _machine(
    file: JobFile, design: str | None, overrides: Sequence[str], n_nodes: int | None, policy: str
) -> tuple[Machine, JobFile]:
    """Give the machine, and the jobs in its nodes."""
    import dataclasses

    from wattport.run.batch import machine_of, peak_nodes, uniform_machine, whole_nodes

    if design is None:
        if overrides:
            raise _usage("--set", "there is no scenario to change", "name one with --design")
        largest = peak_nodes(file.jobs) if policy == REPLAY else int(file.jobs.n_nodes.max())
        n = (
            n_nodes
            if n_nodes is not None
            else max(file.n_nodes, largest if policy == REPLAY else 0)
        )
        return uniform_machine(n or largest), file
    if n_nodes is not None:
        raise _usage("--nodes", "the design says how many nodes there are", "leave one out")
    from wattport.design import size
    from wattport.spec import load

    spec = load(design, *overrides).draw(1, seed=0)
    machine = machine_of(size(spec), float(spec.workload.idle_power_frac[0]))
    if file.is_in_processors:
        file = dataclasses.replace(file, jobs=whole_nodes(file.jobs, machine.n_gpus_per_node))
    return machine, file


def _result(
    file: JobFile, machine: Machine, policy: str, cap_mw: float | None,
    has_failures: bool | None, is_campus: bool, seed: int,
) -> BatchResult:  # fmt: skip
    import numpy as np

    from wattport.run.batch import NO_FAILURES, Failures, Policy, Steps, replay, simulate

    if policy == REPLAY:
        return replay(file.jobs, machine)
    is_failing = is_campus if has_failures is None else has_failures
    cap = None if cap_mw is None else Steps(np.zeros(1), np.full(1, cap_mw))
    return simulate(
        file.jobs, machine, Policy(policy), cap_mw=cap, seed=seed,
        failures=Failures() if is_failing else NO_FAILURES,
    )  # fmt: skip


def _power(result: BatchResult, step_s: float, folder: Path | None) -> dict[str, Any]:
    """Sum the power series up, writing it block by block."""
    import numpy as np

    from wattport.run.batch import power_blocks, power_changes, write_table

    changes = power_changes(result.log, result.jobs, result.machine, result.until_ms)
    energy = np.zeros(result.machine.n_halls, np.int64)
    low, high = np.inf, -np.inf
    if folder is not None:
        (folder / "power").mkdir()
    for number, block in enumerate(power_blocks(changes, step_s)):
        energy += block.energy_w_ms.sum(axis=0)
        power_mw = block.power_mw
        total = power_mw.sum(axis=1)
        low, high = min(low, float(total.min())), max(high, float(total.max()))
        if folder is not None:
            n_steps, n_halls = power_mw.shape
            write_table(folder / "power" / f"part-{number:05d}.parquet", {
                "time_s": np.repeat(block.begin_ms / 1000.0, n_halls),
                "hall": np.tile(np.arange(n_halls), n_steps),
                "it_mw": power_mw.reshape(-1),
            })  # fmt: skip
    hours = max(result.until_ms, 1) / 3.6e6
    hall_mwh = energy / 3.6e12
    return {
        "energy_mwh": float(hall_mwh.sum()), "mean_mw": float(hall_mwh.sum() / hours),
        "min_mw": low if np.isfinite(low) else 0.0, "max_mw": high if np.isfinite(high) else 0.0,
        "mean_mw_by_hall": [float(value / hours) for value in hall_mwh],
    }  # fmt: skip


def _write_jobs(result: BatchResult, folder: Path) -> None:
    from wattport.run.batch import write_table

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


def _seconds(step: str) -> float:
    from wattport.units import UnitError, parse

    try:
        seconds = parse(step, "s")
    except UnitError as error:
        raise _usage(f"--step {step}", str(error), "write a number and a unit: 15s, 5min, 1h") \
            from None  # fmt: skip
    if not 0.001 <= seconds < float("inf"):
        raise _usage(f"--step {step}", "a step is at least a millisecond", "write 1s, or 15s")
    return seconds


def _usage(word: str, message: str, remedy: str) -> WattportError:
    return WattportError(Finding("USE001", message, path=word, remedy=remedy))
