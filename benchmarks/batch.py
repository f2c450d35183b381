"""
Speed of the batch simulation: processor seconds on one core, after warm-up.

Five models: a random day of Frontier at 15 s, a day of a 1 GW campus with failures at 1 s, the
same on the campus of a scenario, out to the grid, EASY on 10,000 jobs of an SWF file, and EASY on
Kestrel's 161,266 jobs. The last two need the reference data (WATTPORT_REFERENCE_DATA) and are left
out without it.

Run: ``python benchmarks/batch.py [--json]``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from wattport.batch import (
    Failures,
    Policy,
    batch_workload,
    campus_workload,
    frontier_machine,
    frontier_workload,
    machine_of,
    peak_nodes,
    power_blocks,
    power_changes,
    read_jobs,
    simulate,
    uniform_machine,
)
from wattport.batch.job import JobTable
from wattport.batch.machine import Machine
from wattport.design import size
from wattport.energy.campus import campus_blocks
from wattport.energy.campus_totals import CampusTotals
from wattport.operation.site_hours import campus_around, site_hours
from wattport.spec import load

DAY_S = 86_400.0


def timed(work: Callable[[], Any], n_runs: int = 3) -> tuple[float, Any]:
    """Best processor time of some runs, so that a shared machine counts least."""
    best, result = float("inf"), None
    for _ in range(n_runs):
        begin = time.process_time()
        result = work()
        best = min(best, time.process_time() - begin)
    return best, result


def scheduled(name: str, path: Path, limit_s: float) -> dict[str, Any]:
    """EASY on a trace, reading it apart."""
    jobs = read_jobs(path).jobs
    n_nodes = 256 if path.suffix == ".swf" else peak_nodes(jobs)
    seconds, result = timed(lambda: simulate(jobs, uniform_machine(n_nodes), Policy.EASY))
    return {
        "model": name, "processor_s": seconds, "limit_s": limit_s, "n_jobs": jobs.n_jobs,
        "us_per_job": 1e6 * seconds / jobs.n_jobs, "wait_mean_s": float(result.wait_s.mean()),
    }  # fmt: skip


def day_of(
    name: str, workload: Callable[[], JobTable], machine: Machine, failures: Failures,
    step_s: float, limit_s: float,
) -> dict[str, Any]:  # fmt: skip
    """Workload, schedule and power of a day, all of it timed."""

    def play() -> tuple[Any, int, float]:
        jobs = workload()
        result = simulate(jobs, machine, failures=failures, until_s=DAY_S)
        changes = power_changes(result.log, jobs, machine, result.until_ms)
        n_steps, energy = 0, 0
        for block in power_blocks(changes, step_s, 3600):
            n_steps += block.begin_ms.size
            energy += int(block.energy_w_ms.sum())
        return result, n_steps, energy / 3.6e12 / 24.0

    seconds, (result, n_steps, mean_mw) = timed(play)
    return {
        "model": name, "processor_s": seconds, "limit_s": limit_s, "n_nodes": machine.n_nodes,
        "n_jobs": result.jobs.n_jobs, "n_steps": n_steps, "mean_mw": mean_mw,
        "utilisation_frac": result.utilisation_frac, "peak_memory_mb": peak_memory_mb(),
    }  # fmt: skip


def joined_day(name: str, step_s: float, limit_s: float) -> dict[str, Any]:
    """Workload, schedule, losses, cooling, money and carbon of a day, all of it timed."""
    spec = load("dunkerque").draw(1, 7)
    design = size(spec)
    machine = machine_of(design, float(spec.workload.idle_power_frac[0]))

    def play() -> tuple[Any, CampusTotals, int]:
        jobs = campus_workload(machine, 1.0, 1)
        result = simulate(jobs, machine, failures=Failures(), until_s=DAY_S)
        changes = power_changes(result.log, jobs, machine, result.until_ms)
        hours = site_hours(spec, design, datetime(2030, 7, 1), DAY_S)
        totals, n_steps = CampusTotals(campus_around(spec, design, hours)), 0
        for block in campus_blocks(totals.campus, changes, step_s):
            totals.add(block)
            n_steps += block.begin_ms.size
        return result, totals, n_steps

    seconds, (result, totals, n_steps) = timed(play)
    return {
        "model": name, "processor_s": seconds, "limit_s": limit_s, "n_nodes": machine.n_nodes,
        "n_jobs": result.jobs.n_jobs, "n_steps": n_steps, "mean_mw": totals.grid_mwh / 24.0,
        "pue": totals.pue, "peak_memory_mb": peak_memory_mb(),
    }  # fmt: skip


def peak_memory_mb() -> float:
    """Largest memory of the process so far, Python and all libraries included."""
    unit = 1024.0 if sys.platform != "darwin" else 1024.0**2
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Speed of the batch simulation.")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    simulate(batch_workload(10, 8, 0.5, 1), uniform_machine(8))  # compile
    frontier = frontier_machine()
    # 1 GW of nodes of four GPUs, 10.6 kW each with their share of a 190 kW rack.
    campus = uniform_machine(
        94_500, n_racks=5_250, n_rows=656, n_halls=42, idle_w=2_640.0, active_w=10_560.0,
        n_gpus_per_node=4,
    )  # fmt: skip
    none = Failures(per_gpu_day=0.0)
    rows = [
        day_of("Frontier, 24 h, random workload, 15 s", lambda: frontier_workload(100, 1),
               frontier, none, 15.0, 0.19),
        day_of("1 GW campus, 24 h, failures, 1 s", lambda: campus_workload(campus, 1.0, 1),
               campus, Failures(), 1.0, 20.0),
        joined_day("1.5 GW campus to the grid, 24 h, 1 s", 1.0, 20.0),
    ]  # fmt: skip
    folder = os.environ.get("WATTPORT_REFERENCE_DATA", "")
    if folder:
        traces = Path(folder) / "traces"
        rows += [
            scheduled("EASY, 10,000 jobs of lublin_256", traces / "lublin_256.swf", 0.1),
            scheduled("EASY, Kestrel's 161,266 jobs",
                      traces / "kestrel_ground_truth_jobs.parquet", 5.0),
        ]  # fmt: skip
    if given.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print(", ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{v}" for k, v in row.items()))


if __name__ == "__main__":
    main()
