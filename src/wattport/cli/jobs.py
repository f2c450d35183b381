"""``wattport run`` on a file of jobs: who waits, what gets lost, what the campus draws."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattport.cli import on_campus
from wattport.cli.on_campus import amount, campus_lines, limit_words, watts
from wattport.errors import format_findings
from wattport.output import new_folder

if TYPE_CHECKING:
    from wattport.batch.answer import JobsAnswer
    from wattport.batch.by_class import JobClass


def run(
    path: Path, design: str | None, overrides: Sequence[str], options: dict[str, Any],
    *, step: str, begin: str | None, out: Path | None,
) -> JobsAnswer:  # fmt: skip
    """
    Run jobs on the campus of a scenario, or on a plain machine, and write the folder asked for.

    Parameters
    ----------
    path : Path
        SWF, CSV or Parquet.
    design : str or None
        A scenario.
    overrides : sequence of str
        ``path=value`` settings on top of it.
    options : dict
        Fields of `wattport.pipeline.jobs.JobOptions`; None where not given.
    step, begin : str
        As written.
    out : Path or None
        Folder for the report and the tables.
    """
    given = {name: value for name, value in options.items() if value is not None}
    given |= {"step_s": on_campus.step_s(step), "begin": on_campus.moment(begin)}
    spec = on_campus.scenario(design, overrides, begin)
    from wattport.pipeline.jobs import JobOptions, run_jobs

    wanted = JobOptions(**given)
    if out is None:
        return run_jobs(path, spec, wanted).answer
    with new_folder(out, "wattport run") as part:
        found = run_jobs(path, spec, wanted, part)
        from wattport.report.pages.jobs import jobs_page

        on_campus.write_answer(part, found.answer, jobs_page(found))
    return found.answer


def show(found: JobsAnswer) -> None:
    """Print an answer for a person; what was set aside goes to stderr."""
    if found.notes:
        print(format_findings(found.notes), file=sys.stderr)
    jobs, training, power = found.jobs, found.training, found.power
    counts = ", ".join(f"{n} {what}" for what, n in jobs.jobs.items() if n)
    lines = {
        "Jobs": f"{counts}; {found.n_skipped} lines skipped",
        "Machine": f"{jobs.n_gpus} GPUs or processors, {jobs.simulated_s / 86400:.2f} days",
        "Utilisation": f"{jobs.utilisation_frac:.1%}",
        "Wait": f"mean {jobs.wait_mean_s:.0f} s, median {jobs.wait_median_s:.0f} s, "
        f"90 % {jobs.wait_p90_s:.0f} s, 99 % {found.by_class[0].wait_p99_s:.0f} s",
        "Bounded slowdown": f"mean {jobs.bounded_slowdown_mean:.2f}",
        "GPU-hours": f"sold {jobs.sold_gpu_h:,.0f}, idle {jobs.idle_gpu_h:,.0f}, "
        f"failed {jobs.failed_gpu_h:,.0f}, maintenance {jobs.maintenance_gpu_h:,.0f}",
        "Goodput": f"{jobs.goodput_frac:.2%} of what was sold; "
        f"{jobs.n_interruptions} interruptions",
        "Training": f"effective time {training.effective_training_frac:.2%} since each start, "
        f"MFU {training.mfu_frac:.1%} of the time sold",
        "IT power": f"mean {watts(power.mean_mw)}, {watts(power.min_mw)} to "
        f"{watts(power.max_mw)}, {amount(power.energy_mwh, 'MWh')}",
    }  # fmt: skip
    if found.campus is not None and found.limits is not None:
        lines |= campus_lines(found.campus, limit_words(found.limits), found.step_s)
    on_campus.show(lines)
    for title, rows in (("class", found.by_class), ("user", found.by_user)):
        if len(rows) > 1:
            print("\n" + "\n".join(_classes(rows, title)))


def _classes(rows: Sequence[JobClass], title: str) -> list[str]:
    """Write classes of jobs as a table."""
    width = max(12, *(len(row.name) for row in rows))
    lines = [f"{title:<{width}} {'jobs':>7} {'sold GPU-h':>12} {'goodput':>8} {'wait 50 %':>11} "
             f"{'90 %':>9} {'99 %':>9} {'slowdown':>9}"]  # fmt: skip
    lines += [
        f"{row.name:<{width}} {row.n_jobs:>7} {row.sold_gpu_h:>12,.0f} "
        f"{row.goodput_frac:>8.2%} {row.wait_p50_s:>9.0f} s {row.wait_p90_s:>7.0f} s "
        f"{row.wait_p99_s:>7.0f} s {row.bounded_slowdown_mean:>9.2f}"
        for row in rows
    ]
    return lines
