"""What a batch simulation says: the log of who held what, and what became of the jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from wattport.arrays import BoolArray, FloatArray, IntArray
from wattport.batch.job import JobTable
from wattport.batch.machine import Machine
from wattport.batch.state_kernel import (
    ABANDONED,
    BEGIN,
    DONE,
    END,
    FAILED_T,
    FUTURE,
    HALL,
    IDLE_T,
    JOB,
    KIND,
    KIND_JOB,
    MAINTAINED_T,
    NODES,
    NOW,
    REASON,
    RESTART,
    RUNNING,
    SOLD_T,
    WAITING,
)

if TYPE_CHECKING:
    from wattport.batch.state_kernel import State


# Slowdown of a job that runs for a moment says nothing: runs count as ten seconds at least
# (Feitelson and Rudolph, JSSPP 1998).
BOUND_MS = 10_000
REJECTED = 5
_NAMES = {
    DONE: "done", RUNNING: "running", WAITING: "waiting", ABANDONED: "abandoned",
    FUTURE: "not yet submitted", REJECTED: "larger than the machine",
}  # fmt: skip


@dataclass(frozen=True)
class BatchLog:
    """Who held nodes from when to when: a row for each attempt of a job in each hall, and more."""

    kind: IntArray  # 0: a job, 1: under repair, 2: in maintenance
    job: IntArray  # index into the table; -1: none
    begin_ms: IntArray
    end_ms: IntArray
    hall: IntArray
    n_nodes: IntArray
    restart_ms: IntArray  # restoring at the begin of the attempt
    reason: IntArray  # 0: done, 1: failure, 2: preempted, 3: the end, 4: grown

    @classmethod
    def of_rows(cls, rows: IntArray, index: IntArray) -> BatchLog:
        """Copy rows of the clock's log, naming jobs as the table does."""
        return cls(
            kind=rows[:, KIND].copy(), job=index[rows[:, JOB]], begin_ms=rows[:, BEGIN].copy(),
            end_ms=rows[:, END].copy(), hall=rows[:, HALL].copy(), n_nodes=rows[:, NODES].copy(),
            restart_ms=rows[:, RESTART].copy(), reason=rows[:, REASON].copy(),
        )  # fmt: skip

    @classmethod
    def joined(cls, parts: Sequence[BatchLog]) -> BatchLog:
        """Put pieces of a log together."""
        if len(parts) == 1:
            return parts[0]
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))


@dataclass(frozen=True)
class JobsFigures:
    """What became of the jobs and of the machine's GPU-hours."""

    n_jobs: int
    jobs: dict[str, int]  # how many ended in which state
    n_gpus: int
    simulated_s: float
    utilisation_frac: float  # of GPU time that jobs held
    wait_mean_s: float  # before the first start
    wait_median_s: float
    wait_p90_s: float
    bounded_slowdown_mean: float
    sold_gpu_h: float
    idle_gpu_h: float
    failed_gpu_h: float  # under repair
    maintenance_gpu_h: float
    useful_gpu_h: float  # of those sold: progress that lasts
    lost_gpu_h: float  # done again
    checkpoint_gpu_h: float
    restart_gpu_h: float
    goodput_frac: float  # useful over sold
    n_interruptions: int  # stops of jobs by failures
    n_preemptions: int
    n_growths: int


@dataclass(frozen=True)
class BatchResult:
    """
    What became of every job, and of every node-millisecond of the machine.

    ``sold + idle + failed + maintained = capacity x time``, exactly, and what the jobs held is
    ``useful + lost + saving + restart``, exactly.
    """

    jobs: JobTable
    machine: Machine
    log: BatchLog
    state: IntArray  # (job,)
    first_ms: IntArray  # (job,) first start; -1: never
    end_ms: IntArray  # (job,) completion; -1: not completed
    queued_ms: IntArray  # (job,) all time in the queue
    n_starts: IntArray  # (job,)
    n_interruptions: IntArray  # (job,)
    n_preemptions: IntArray  # (job,)
    n_growths: IntArray  # (job,) went on with more nodes
    useful_node_ms: IntArray  # (job,)
    lost_node_ms: IntArray  # (job,) done again after a stop
    saving_node_ms: IntArray  # (job,) checkpoints
    restart_node_ms: IntArray  # (job,)
    until_ms: int
    sold_node_ms: int
    idle_node_ms: int
    failed_node_ms: int
    maintained_node_ms: int
    n_interruptions_by_kind: tuple[int, ...]

    @classmethod
    def of_state(
        cls, jobs: JobTable, machine: Machine, fits: BoolArray, state: State, log: BatchLog
    ) -> BatchResult:  # fmt: skip
        """Read the final state of the clock."""

        def spread(name: str, otherwise: int = 0) -> IntArray:
            full = np.full(jobs.n_jobs, otherwise, np.int64)
            full[fits] = state.job[name]
            return full

        return cls(
            jobs=jobs, machine=machine, log=log, state=spread("state", REJECTED),
            first_ms=spread("first_ms", -1), end_ms=spread("end_ms", -1),
            queued_ms=spread("queued_ms"), n_starts=spread("n_starts"),
            n_interruptions=spread("n_interruptions"), n_preemptions=spread("n_preemptions"),
            n_growths=spread("n_growths"),
            useful_node_ms=spread("useful_t"), lost_node_ms=spread("lost_t"),
            saving_node_ms=spread("saving_t"), restart_node_ms=spread("restart_t"),
            until_ms=int(state.scalar[NOW]), sold_node_ms=int(state.tally[SOLD_T]),
            idle_node_ms=int(state.tally[IDLE_T]), failed_node_ms=int(state.tally[FAILED_T]),
            maintained_node_ms=int(state.tally[MAINTAINED_T]),
            n_interruptions_by_kind=tuple(int(hits) for hits in state.kind_hits),
        )  # fmt: skip

    @property
    def counts(self) -> dict[str, int]:
        """How many jobs ended how."""
        return {name: int((self.state == code).sum()) for code, name in _NAMES.items()}

    @property
    def utilisation_frac(self) -> float:
        """Share of the machine's time that jobs held."""
        return self.sold_node_ms / max(self.machine.n_nodes * self.until_ms, 1)

    @property
    def goodput_frac(self) -> float:
        """Share of the time held that made lasting progress."""
        return float(self.useful_node_ms.sum()) / max(self.sold_node_ms, 1)

    @property
    def wait_s(self) -> FloatArray:
        """Time from submission to first start, of the jobs that started. [s]."""
        has_begun = self.first_ms >= 0
        return np.asarray((self.first_ms - self.jobs.submit_ms)[has_begun] / 1000.0)

    @property
    def bounded_slowdown(self) -> FloatArray:
        """Response over run time, at least 1 and runs at least 10 s, of the jobs done."""
        is_done = self.state == DONE
        response = (self.end_ms - self.jobs.submit_ms)[is_done]
        run = np.maximum(self.jobs.run_ms[is_done], BOUND_MS)
        return np.asarray(np.maximum(response / run, 1.0))

    @property
    def effective_training_frac(self) -> FloatArray:
        """Lasting progress over all time since the first start, queues included; shape (job,)."""
        over = np.where(self.state == DONE, self.end_ms, self.until_ms)
        since = np.where(self.first_ms >= 0, (over - self.first_ms) * self.jobs.n_nodes, 0)
        return np.where(since > 0, self.useful_node_ms / np.maximum(since, 1), np.nan)

    @property
    def sold_gpu_h(self) -> float:
        """GPU-hours that jobs held."""
        return self.sold_node_ms * self.machine.n_gpus_per_node / 3.6e6

    def figures(self) -> JobsFigures:
        """Tell what a person asks for: counts, waits, and where the GPU-hours went."""
        gpu_h = self.machine.n_gpus_per_node / 3.6e6
        wait, slowdown = self.wait_s, self.bounded_slowdown
        empty = np.zeros(1)
        return JobsFigures(
            n_jobs=self.jobs.n_jobs,
            jobs=self.counts,
            n_gpus=self.machine.n_gpus,
            simulated_s=self.until_ms / 1000.0,
            utilisation_frac=self.utilisation_frac,
            wait_mean_s=float((wait if wait.size else empty).mean()),
            wait_median_s=float(np.median(wait if wait.size else empty)),
            wait_p90_s=float(np.quantile(wait if wait.size else empty, 0.9)),
            bounded_slowdown_mean=float((slowdown if slowdown.size else empty).mean()),
            sold_gpu_h=self.sold_gpu_h,
            idle_gpu_h=self.idle_node_ms * gpu_h,
            failed_gpu_h=self.failed_node_ms * gpu_h,
            maintenance_gpu_h=self.maintained_node_ms * gpu_h,
            useful_gpu_h=float(self.useful_node_ms.sum() * gpu_h),
            lost_gpu_h=float(self.lost_node_ms.sum() * gpu_h),
            checkpoint_gpu_h=float(self.saving_node_ms.sum() * gpu_h),
            restart_gpu_h=float(self.restart_node_ms.sum() * gpu_h),
            goodput_frac=self.goodput_frac,
            n_interruptions=int(self.n_interruptions.sum()),
            n_preemptions=int(self.n_preemptions.sum()),
            n_growths=int(self.n_growths.sum()),
        )


def held_node_ms(log: BatchLog, n_jobs: int) -> IntArray:
    """
    Node-milliseconds that each job held, from the log.

    Returns
    -------
    ndarray of int64, shape (job,)
    """
    rows = log.kind == KIND_JOB
    held = np.zeros(n_jobs, np.int64)
    np.add.at(held, log.job[rows], (log.n_nodes * (log.end_ms - log.begin_ms))[rows])
    return held
