"""IT power from who held which nodes: exact energy in every step, however long the step."""

from __future__ import annotations

import numpy as np

from wattport.arrays import IntArray
from wattport.batch.job import JobTable
from wattport.batch.machine import Machine
from wattport.batch.outcome import BatchLog
from wattport.batch.state_kernel import KIND_JOB
from wattport.energy.changes import PowerChanges

# While a job restores or saves its GPUs wait. Share of what computing draws above idle: a guess.
PAUSE_POWER_FRAC = 0.2


def power_changes(
    log: BatchLog,
    jobs: JobTable,
    machine: Machine,
    until_ms: int,
    pause_power_frac: float = PAUSE_POWER_FRAC,
) -> PowerChanges:
    """
    Tell when the power of which hall jumps, and by how much.

    Idle nodes draw idle power, busy ones what their job says, nodes under repair or maintenance
    nothing. A job's power follows its phases: restoring, computing, saving.

    Parameters
    ----------
    log : BatchLog
        Who held nodes.
    jobs : JobTable
        What they draw.
    machine : Machine
        Idle and active power.
    until_ms : int
        End of the simulation. [ms]
    pause_power_frac : float
        Power while a job restores or saves, as a share of computing above idle. [0 to 1]

    Returns
    -------
    PowerChanges
        Sorted by time.
    """
    is_job = log.kind == KIND_JOB
    idle = machine.idle_w[log.hall]
    node_w = jobs.node_w[np.where(is_job, log.job, 0)] if jobs.n_jobs else idle
    busy = np.where(np.isnan(node_w), machine.active_w[log.hall], node_w)
    above = np.where(is_job, busy - idle, -idle)
    watts = np.rint(above * log.n_nodes).astype(np.int64)
    pause_begin, pause_end, row = _pauses(log, jobs)
    pause_w = np.rint((pause_power_frac - 1.0) * np.maximum(watts[row], 0)).astype(np.int64)
    hall = log.hall[row]
    at = np.concatenate([log.begin_ms, log.end_ms, pause_begin, pause_end])
    where = np.concatenate([log.hall, log.hall, hall, hall])
    change = np.concatenate([watts, -watts, pause_w, -pause_w])
    order = np.argsort(at, kind="stable")
    whole = np.rint(machine.idle_w * machine.hall_n_nodes).astype(np.int64)
    return PowerChanges(at[order], where[order], change[order], whole, until_ms)


def _pauses(log: BatchLog, jobs: JobTable) -> tuple[IntArray, IntArray, IntArray]:
    """Begin, end and row of the log of every restore and checkpoint."""
    job = np.maximum(log.job, 0)
    row = np.flatnonzero((log.kind == KIND_JOB) & (log.end_ms > log.begin_ms))
    has_restart = row[log.restart_ms[row] > 0]
    begins = [log.begin_ms[has_restart]]
    ends = [np.minimum(begins[0] + log.restart_ms[has_restart], log.end_ms[has_restart])]
    rows = [has_restart]
    saves = row[(jobs.cycle_ms[job[row]] > 0) & (jobs.checkpoint_ms[job[row]] > 0)]
    if saves.size:
        cycle, save = jobs.cycle_ms[job[saves]], jobs.checkpoint_ms[job[saves]]
        computing = log.begin_ms[saves] + log.restart_ms[saves]
        span = log.end_ms[saves] - computing
        # A checkpoint begins after each cycle that ends before the attempt does.
        n = np.maximum((span + save - 1) // (cycle + save), 0)
        k = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
        begin = np.repeat(computing + cycle, n) + k * np.repeat(cycle + save, n)
        begins.append(begin)
        ends.append(np.minimum(begin + np.repeat(save, n), np.repeat(log.end_ms[saves], n)))
        rows.append(np.repeat(saves, n))
    return np.concatenate(begins), np.concatenate(ends), np.concatenate(rows)
