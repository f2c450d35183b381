"""The page of a run of jobs: what they waited for, what they drew, what got lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from wattport.arrays import FloatArray
from wattport.batch import BatchResult
from wattport.batch.answer import JobsAnswer, JobsRun
from wattport.batch.by_class import JobClass, use_over_time, wait_counts
from wattport.batch.outcome import JobsFigures
from wattport.energy.campus_totals import CampusTotals
from wattport.energy.thinned import Thinned
from wattport.report.charts import Bars, Link, Sankey
from wattport.report.drawing import Table
from wattport.report.draws import numbers
from wattport.report.numerals import THIN_SPACE, number, per_cent, whole
from wattport.report.page import Block, Figure, Line, Listing, Page, Section, Series
from wattport.report.pages.power import by_hall, campus_rows, energy_chain, power_over_time

FOOTER = "Made by Wattport. This file holds all it shows and asks nothing of a network."


def jobs_page(run: JobsRun) -> Page:
    """
    Lay out the report of a run of jobs.

    Parameters
    ----------
    run : JobsRun
        Of `wattport.run_jobs`.

    Returns
    -------
    Page
        For `wattport.report.write`.
    """
    told, result, totals, seen = run.answer, run.result, run.totals, run.seen
    sections = [
        Section("answer", "What came of it", "", (headline(told),)),
        _power(told, totals, seen),
        _queue(told, result),
        _use(told, result, seen),
    ]
    facts = (
        ("Jobs", whole(told.jobs.n_jobs)),
        ("Policy", str(told.policy)),
        ("GPUs", whole(told.jobs.n_gpus)),
        ("Span", quantity_of_time(float(told.jobs.simulated_s))),
        ("Step", f"{told.step_s:g}{THIN_SPACE}s"),
    )
    return Page(
        title=f"Run of {told.jobs_file.name}",
        subtitle="On a machine by itself"
        if told.begin is None
        else f"On the campus {told.design}, from {told.begin:%Y-%m-%d %H:%M} UTC",
        facts=facts,
        warnings=tuple(note.message for note in told.notes),
        sections=tuple(sections),
        footer=FOOTER,
    )


def quantity_of_time(seconds: float) -> str:
    """
    A duration in the unit that a person would choose.

    Examples
    --------
    >>> quantity_of_time(7200.0).replace(THIN_SPACE, " "), quantity_of_time(float("nan"))
    ('2.00 h', '–')
    """
    if seconds != seconds:
        return "\u2013"
    for unit, length, least in (("d", 86_400.0, 2.0), ("h", 3_600.0, 1.0), ("min", 60.0, 2.0)):
        if seconds >= least * length:
            return f"{number(seconds / length)}{THIN_SPACE}{unit}"
    if 0.0 < seconds < 1.0:
        return f"{number(1e3 * seconds)}{THIN_SPACE}ms"
    return f"{number(seconds)}{THIN_SPACE}s" if seconds else f"0{THIN_SPACE}s"


def headline(told: JobsAnswer) -> Listing:
    """
    The figures of a run, each with what it means.

    Parameters
    ----------
    told : JobsAnswer
        Figures of the run.

    Returns
    -------
    Listing
    """
    jobs, training = told.jobs, told.training
    rows = [
        ("Utilisation", per_cent(jobs.utilisation_frac, 3), "share of GPU time that jobs held"),
        (
            "GPU-hours sold",
            whole(jobs.sold_gpu_h),
            f"{per_cent(jobs.goodput_frac, 4)} of them made lasting progress (goodput)",
        ),
        (
            "Effective training time",
            per_cent(training.effective_training_frac, 3),
            "lasting progress over all GPU time since each job's first start, queues included",
        ),
        (
            "MFU of the time sold",
            per_cent(training.mfu_frac, 3),
            f"goodput times {per_cent(training.mfu_computing_frac)} while computing, "
            + (
                "as published for dense BF16 training on 16,384 H100"
                if told.design is None
                else "as the scenario says"
            )
            + "; the file does not tell",
        ),
        (
            "Wait",
            quantity_of_time(jobs.wait_median_s),
            f"median; 90 % wait at most {quantity_of_time(jobs.wait_p90_s)}",
        ),
        ("Interruptions", whole(jobs.n_interruptions), "stops of jobs by failures"),
    ]
    if told.campus is not None and told.limits is not None:
        rows += campus_rows(told.campus, told.limits, told.step_s)
    return Listing(Table(("Figure", "Value", "What it is"), tuple(rows)))


def _power(told: JobsAnswer, totals: CampusTotals | None, seen: Thinned) -> Section:
    blocks: list[Block] = [power_over_time(seen, totals is not None)]
    if seen.n_halls > 1:
        blocks.append(Figure(by_hall(seen)))
    if totals is not None:
        blocks += energy_chain(totals)
    lede = (
        f"Means of {quantity_of_time(float(seen.seconds[0]))}; the band holds every step of "
        f"{told.step_s:g} s."
    )
    return Section("power", "What it draws", lede, tuple(blocks))


def _queue(told: JobsAnswer, result: BatchResult) -> Section:
    blocks: list[Block] = [Figure(waits(result)), classes(told.by_class, "By size of job")]
    if told.by_user:
        blocks.append(classes(told.by_user, "By user"))
    started = int((result.first_ms >= 0).sum())
    lede = f"{whole(started)} of {whole(told.jobs.n_jobs)} jobs started."
    return Section("queue", "Who waits", lede, tuple(blocks))


def waits(result: BatchResult) -> Bars:
    """
    How long jobs wait before their first start.

    Parameters
    ----------
    result : BatchResult
        Of the run.

    Returns
    -------
    Bars
        Shares of the jobs that started, by size of job.
    """
    labels, classes_of, counts = wait_counts(result)
    total = max(int(counts.sum()), 1)
    return Bars(
        "Wait before the first start",
        "Share of the jobs that started, by how long they waited; layers are sizes in GPUs.",
        labels,
        classes_of,
        tuple(numbers(100.0 * row / total) for row in counts),
        "%",
        "Share of jobs",
    )


def classes(rows: Sequence[JobClass], title: str) -> Listing:
    """
    Waits, slowdown and goodput by class.

    Parameters
    ----------
    rows : sequence of JobClass
        By size, or by user.
    title : str
        What the classes are.
    """
    header = (
        "GPUs of the job" if "size" in title else "User", "Jobs", "GPU-hours sold", "Goodput",
        "Effective time", "Wait P50", "Wait P90", "Wait P99", "Slowdown", "Stops",
    )  # fmt: skip
    table = tuple(
        (
            str(row.name), whole(row.n_jobs), whole(row.sold_gpu_h),
            per_cent(row.goodput_frac, 3), per_cent(row.effective_training_frac, 3),
            quantity_of_time(row.wait_p50_s), quantity_of_time(row.wait_p90_s),
            quantity_of_time(row.wait_p99_s), number(row.bounded_slowdown_mean),
            whole(row.n_interruptions),
        )
        for row in rows
    )  # fmt: skip
    description = "Slowdown is the mean of response over run time, runs counting as 10 s at least."
    return Listing(Table(header, table), title, description, style="years")


def _use(told: JobsAnswer, result: BatchResult, seen: Thinned) -> Section:
    blocks: list[Block] = [utilisation(result, seen.edge_s), Figure(gpu_hours(told.jobs))]
    causes = told.interruptions_by_cause
    if any(causes.values()):
        blocks.append(interruptions(causes))
    lede = "Every GPU-hour of the machine is sold, idle, failed or in maintenance."
    return Section("use", "Where the GPU-hours go", lede, tuple(blocks))


def utilisation(result: BatchResult, edge_s: FloatArray) -> Series:
    """
    Share of the machine's nodes that jobs hold, over time.

    Parameters
    ----------
    result : BatchResult
        Of the run.
    edge_s : ndarray, shape (point + 1,)
        Of the stretches to show. [s]

    Returns
    -------
    Series
    """
    held, absent = use_over_time(result, edge_s)
    hour = 0.5 * (edge_s[1:] + edge_s[:-1]) / 3600.0
    picked = np.linspace(0, hour.size - 1, min(hour.size, 24)).round().astype(int)
    rows = tuple(
        (number(float(hour[k])), per_cent(float(held[k]), 3), per_cent(float(absent[k])))
        for k in picked
    )
    lines = [Line("Held by jobs", 100.0 * held)]
    if absent.any():
        lines.append(Line("Repair and maintenance", 100.0 * absent))
    return Series(
        "Use of the machine",
        "Share of all nodes. Drag to zoom in, double-click to zoom out.",
        hour,
        "hour",
        lines,
        "%",
        Table(("Hours since the start", "Held by jobs", "Repair, maintenance"), rows),
    )


def gpu_hours(jobs: JobsFigures) -> Sankey:
    """
    Where the GPU-hours of the machine went.

    Parameters
    ----------
    jobs : JobsFigures
        Of the run.
    """
    links = [
        ("capacity", "sold", jobs.sold_gpu_h),
        ("capacity", "idle", jobs.idle_gpu_h),
        ("capacity", "under repair", jobs.failed_gpu_h),
        ("capacity", "maintenance", jobs.maintenance_gpu_h),
        ("sold", "lasting progress", jobs.useful_gpu_h),
        ("sold", "lost and done again", jobs.lost_gpu_h),
        ("sold", "checkpoints", jobs.checkpoint_gpu_h),
        ("sold", "restarts", jobs.restart_gpu_h),
    ]
    return Sankey(
        "GPU-hours by state",
        "What was sold splits into progress that lasts and what failures and checkpoints cost.",
        tuple(Link(*link) for link in links if link[2] > 0.0),
        "GPU-h",
    )


def interruptions(causes: Mapping[str, int]) -> Listing:
    """
    What stopped jobs.

    Parameters
    ----------
    causes : mapping of str to int
        Under ``interruptions_by_cause`` in the answer.
    """
    total = sum(causes.values())
    rows = tuple(
        (name, whole(n), per_cent(n / total))
        for name, n in sorted(causes.items(), key=lambda cause: -cause[1])
    )
    return Listing(
        Table(("Cause", "Interruptions", "Share"), rows),
        "Interruptions by cause",
        "Stops of jobs, drawn with the shares published for Llama 3 (arXiv:2407.21783, table 5). "
        "Failures of idle nodes stop no job and are not listed.",
    )
