"""How busy trainings are, hour by hour: what the years of a campus may take from a simulation."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from wattport.arrays import FloatArray
from wattport.batch.failure import S_PER_DAY, Failures
from wattport.batch.job import JobTable
from wattport.batch.machine import Machine
from wattport.batch.outcome import BatchLog
from wattport.batch.power import power_changes
from wattport.batch.scheduler import simulate
from wattport.batch.synthetic import training_workload
from wattport.energy.changes import power_blocks

_HOUR_S, _WEEK_H = 3600.0, 168
# In the hourly profile a node counts one watt while it computes; large machines stay exact.
_UNIT_W = 1.0


@dataclass(frozen=True)
class TrainingProfile:
    """
    Statistics of trainings through failures.

    Work lost is done again at full power and is no standstill.
    """

    dip_frac: float  # share of time a training stands still: restoring, or waiting for nodes
    stop_h: float  # mean length of a stop; NaN: there was none
    stops_per_day: float  # of one training
    goodput_frac: float  # lasting progress over the time nodes are held
    activity_frac: FloatArray  # (hour,) computing nodes over the nodes of all trainings

    @property
    def week_frac(self) -> FloatArray:
        """Mean activity by hour of the week, over its mean; shape (168,)."""
        whole = self.activity_frac[: self.activity_frac.size // _WEEK_H * _WEEK_H]
        by_hour = whole.reshape(-1, _WEEK_H).mean(axis=0)
        return np.asarray(by_hour / by_hour.mean())


def training_profile(
    machine: Machine,
    n_jobs: int = 4,
    *,
    days: float = 364.0,
    share_frac: float = 0.98,
    checkpoint_s: float = 30.0,
    restart_s: float = 300.0,
    failures: Failures | None = None,
    seed: int = 7,
) -> TrainingProfile:
    """
    Simulate equal trainings that never end, and say how often and how long they stand still.

    Parameters
    ----------
    machine : Machine
        Shared out to the trainings.
    n_jobs : int
        How many run at once. [>= 1]
    days : float
        Simulated time; whole weeks make `week_frac` even. [day, >= 7]
    share_frac, checkpoint_s, restart_s, failures
        As in `synthetic.training_workload`; failures are Llama 3's if left out.
    seed : int
        Of the failures.

    Returns
    -------
    TrainingProfile
        The first start is no stop.

    Examples
    --------
    >>> from wattport.batch.machine import uniform_machine
    >>> profile = training_profile(uniform_machine(2112, n_gpus_per_node=8), 1, days=56.0,
    ...     share_frac=0.97)
    >>> 7.0 < profile.stops_per_day < 9.0, 0.02 < profile.dip_frac < 0.04
    (True, True)
    """
    rates = Failures() if failures is None else failures
    jobs = training_workload(
        machine, n_jobs, 2.0 * days * S_PER_DAY, share_frac=share_frac,
        checkpoint_s=checkpoint_s, restart_s=restart_s, failures=rates,
    )  # fmt: skip
    result = simulate(jobs, machine, failures=rates, until_s=days * S_PER_DAY, seed=seed)
    stop_ms = _stops_ms(result.log, result.until_ms)
    total_ms = float(n_jobs * result.until_ms)
    return TrainingProfile(
        dip_frac=float(stop_ms.sum()) / total_ms,
        stop_h=float(stop_ms.mean()) / 3.6e6 if stop_ms.size else float("nan"),
        stops_per_day=stop_ms.size / (n_jobs * days),
        goodput_frac=result.goodput_frac,
        activity_frac=_activity(result.log, jobs, machine, result.until_ms),
    )


def _stops_ms(log: BatchLog, until_ms: int) -> FloatArray:
    """Length of each stop: the wait for nodes and the restore after it. [ms]."""
    rows = np.flatnonzero(log.kind == 0)
    # One row of each attempt: an attempt has one in each hall.
    attempts = np.unique(
        np.column_stack(
            [log.job[rows], log.begin_ms[rows], log.end_ms[rows], log.restart_ms[rows]]
        ),
        axis=0,
    )
    stops = []
    for job in np.unique(attempts[:, 0]):
        _, begin, end, restart = attempts[attempts[:, 0] == job].T
        restored = np.minimum(begin + restart, end)
        stops.append(restored[1:] - end[:-1])
        if end[-1] < until_ms:  # it waits still
            stops.append(np.array([until_ms - end[-1]]))
    return np.concatenate(stops).astype(np.float64) if stops else np.empty(0)


def _activity(log: BatchLog, jobs: JobTable, machine: Machine, until_ms: int) -> FloatArray:
    """Computing nodes over wanted nodes, by hour; shape (hour,)."""
    zero = np.zeros(machine.n_halls)
    unit = replace(machine, idle_w=zero, active_w=zero + _UNIT_W)
    counted = replace(jobs, node_w=np.full(jobs.n_jobs, _UNIT_W), checkpoint_ms=0 * jobs.cycle_ms)
    changes = power_changes(log, counted, unit, until_ms, pause_power_frac=0.0)
    blocks = [block.power_mw.sum(axis=1) for block in power_blocks(changes, _HOUR_S)]
    return np.concatenate(blocks) * 1e6 / float(jobs.n_nodes.sum())
