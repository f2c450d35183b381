"""Jobs at the times at which they really ran."""

from __future__ import annotations

import numpy as np

from wattport.batch.job import JobTable
from wattport.batch.machine import Machine
from wattport.batch.outcome import BatchLog, BatchResult
from wattport.batch.replay_kernel import lay_out
from wattport.batch.scheduler import fresh_pool
from wattport.batch.state_kernel import DONE, FUTURE
from wattport.errors import Finding, WattportError


def peak_nodes(jobs: JobTable) -> int:
    """
    Nodes held at the fullest moment of a trace; a job that ends makes room for one that begins.

    Examples
    --------
    >>> from wattport.batch.job import make_jobs
    >>> peak_nodes(make_jobs([0, 0, 0], [5, 5, 5], [2, 3, 4], start_s=[0, 4, 5]))
    7
    """
    known = jobs.take(jobs.start_ms >= 0)
    at = np.concatenate([known.start_ms + known.run_ms, known.start_ms])
    change = np.concatenate([-known.n_nodes, known.n_nodes])
    is_start = np.repeat([0, 1], known.n_jobs)
    # A job of no length holds nothing.
    has_length = np.tile(known.run_ms > 0, 2)
    order = np.lexsort((is_start, at))
    order = order[has_length[order]]
    return int(np.cumsum(change[order]).max(initial=0))


def replay(jobs: JobTable, machine: Machine) -> BatchResult:
    """
    Lay jobs into the machine at their real start times.

    Parameters
    ----------
    jobs : JobTable
        With ``start_ms``; jobs without one count as not yet submitted.
    machine : Machine
        With room for the fullest moment.

    Returns
    -------
    BatchResult
        As from `scheduler.simulate`, without failures, from the first submission to the last end.

    Raises
    ------
    WattportError
        When no start is known, or the trace holds more nodes at once than the machine has.

    Examples
    --------
    >>> from wattport.batch.job import make_jobs
    >>> from wattport.batch.machine import uniform_machine
    >>> jobs = make_jobs([0, 0], [10, 10], [2, 2], start_s=[5, 10])
    >>> replay(jobs, uniform_machine(4)).sold_node_ms
    40000
    """
    is_known = jobs.start_ms >= 0
    peak = peak_nodes(jobs)
    if not is_known.any():
        raise WattportError(
            Finding("JOB009", "no job has a start time to replay",
                    remedy="give start times, or choose a policy that schedules")
        )  # fmt: skip
    if peak > machine.n_nodes:
        raise WattportError(
            Finding("JOB010", f"the trace holds {peak} nodes at once, the machine has "
                    f"{machine.n_nodes}", value=machine.n_nodes, allowed=f">= {peak}",
                    remedy=f"give the machine at least {peak} nodes")
        )  # fmt: skip
    end_ms = jobs.start_ms + jobs.run_ms
    job = np.flatnonzero(is_known & (jobs.run_ms > 0))
    # At one moment ends come first.
    at = np.concatenate([end_ms[job], jobs.start_ms[job]])
    event = np.concatenate([-1 - job, job])[np.lexsort((np.repeat([0, 1], job.size), at))]
    room = np.minimum(jobs.n_nodes[job], machine.n_halls).sum()
    rows = np.zeros((int(room), 3), np.int64)
    n_rows = lay_out(fresh_pool(machine, jobs.n_jobs), event, jobs.n_nodes, jobs.scope, rows)
    who = rows[:n_rows, 0]
    zero, nothing = np.zeros(n_rows, np.int64), np.zeros(jobs.n_jobs, np.int64)
    log = BatchLog(
        kind=zero, job=who, begin_ms=jobs.start_ms[who], end_ms=end_ms[who], hall=rows[:n_rows, 1],
        n_nodes=rows[:n_rows, 2], restart_ms=zero, reason=zero,
    )  # fmt: skip
    held = np.where(is_known, jobs.n_nodes * jobs.run_ms, 0)
    until_ms = int(end_ms[is_known].max())
    return BatchResult(
        jobs=jobs, machine=machine, log=log, state=np.where(is_known, DONE, FUTURE),
        first_ms=jobs.start_ms, end_ms=np.where(is_known, end_ms, -1),
        queued_ms=np.where(is_known, np.maximum(jobs.start_ms - jobs.submit_ms, 0), 0),
        n_starts=is_known.astype(np.int64), n_interruptions=nothing, n_preemptions=nothing,
        n_growths=nothing,
        useful_node_ms=held, lost_node_ms=nothing, saving_node_ms=nothing,
        restart_node_ms=nothing, until_ms=until_ms, sold_node_ms=int(held.sum()),
        idle_node_ms=machine.n_nodes * until_ms - int(held.sum()), failed_node_ms=0,
        maintained_node_ms=0, n_interruptions_by_kind=(),
    )  # fmt: skip
