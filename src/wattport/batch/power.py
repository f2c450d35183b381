"""IT power from who held which nodes: exact energy in every step, however long the step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattport.batch.job import JobTable
from wattport.batch.machine import Machine
from wattport.batch.outcome import BatchLog
from wattport.batch.state_kernel import KIND_JOB

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

# While a job restores or saves its GPUs wait. Share of what computing draws above idle: a guess.
PAUSE_POWER_FRAC = 0.2


@dataclass(frozen=True)
class PowerBlock:
    """Energy of some consecutive steps by hall, exact in watt-milliseconds."""

    begin_ms: IntArray  # (step,)
    length_ms: IntArray  # (step,) the last one of all may be shorter
    energy_w_ms: IntArray  # (step, hall)

    @property
    def power_mw(self) -> FloatArray:
        """Mean power of each step; shape (step, hall)."""
        return np.asarray(self.energy_w_ms / self.length_ms[:, None] / 1e6)


@dataclass(frozen=True)
class PowerChanges:
    """Power of the machine as jumps in time, in whole watts."""

    at_ms: IntArray  # (change,) ascending
    hall: IntArray  # (change,)
    change_w: IntArray  # (change,)
    idle_w: IntArray  # (hall,) before the first
    until_ms: int


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


def power_blocks(
    changes: PowerChanges, step_s: float, steps_per_block: int = 86_400
) -> Iterator[PowerBlock]:
    """
    Resample power at any step without bias, block by block.

    Each step holds the exact integral of power over it, so the energy of any stretch is the same
    whatever the step, and memory is that of one block.

    Parameters
    ----------
    changes : PowerChanges
        From `power_changes`.
    step_s : float
        Length of a step. [s, >= 0.001]
    steps_per_block : int
        Steps handed on at once.

    Yields
    ------
    PowerBlock
        In order of time, without gaps, to the end.

    Examples
    --------
    A job of 1 kW holds the one node from 0.5 to 2.25 s.

    >>> changes = PowerChanges(np.array([500, 2250]), np.array([0, 0]), np.array([1000, -1000]),
    ...     np.array([0]), 3000)
    >>> [block.power_mw[:, 0].round(6).tolist() for block in power_blocks(changes, 1.0)]
    [[0.0005, 0.001, 0.00025]]
    """
    step = round(step_s * 1000)
    if step < 1:
        raise ValueError(f"a step is at least a millisecond, not {step_s} s")
    level = changes.idle_w.copy()
    n_steps = -(-changes.until_ms // step)
    for first in range(0, n_steps, steps_per_block):
        n = min(steps_per_block, n_steps - first)
        begin = (first + np.arange(n)) * step
        end = np.minimum(begin + step, changes.until_ms)
        from_i, to_i = np.searchsorted(changes.at_ms, [begin[0], begin[0] + n * step])
        at, hall = changes.at_ms[from_i:to_i], changes.hall[from_i:to_i]
        change = changes.change_w[from_i:to_i]
        i = (at - begin[0]) // step
        jump = np.zeros((n + 1, level.size), np.int64)
        np.add.at(jump, (i + 1, hall), change)
        before = level + np.cumsum(jump, axis=0)  # at the begin of each step, and after the last
        energy = before[:n] * (end - begin)[:, None]
        np.add.at(energy, (i, hall), change * np.maximum(end[i] - at, 0))
        level = before[n]
        yield PowerBlock(begin, end - begin, energy)
