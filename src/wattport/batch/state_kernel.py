"""
State of the batch simulation, and what starting and stopping a job does to it.

All state is per job, per rack or per hall. Times are whole milliseconds, and what is counted are
whole node-milliseconds, so that every balance closes exactly.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import FloatArray, IntArray, Records
from wattport.batch.heap_kernel import heap_push, heap_remove
from wattport.batch.pool_kernel import Pool, allocate, move_free, release
from wattport.batch.queue_kernel import NEVER, tree_put
from wattport.compiled import kernel

# Scalars of the simulation, by their place in `State.scalar`.
NOW, FREE, BUSY, FAILED, MAINTAINED = 0, 1, 2, 3, 4
N_ARRIVED, N_WAITING, N_RUNNING, N_COMING = 5, 6, 7, 8
NEXT_FAILURE, N_FLEET_CHANGES, N_CAP_CHANGES, CAP_W, POWER_W = 9, 10, 11, 12, 13
WANTED_MAINTAINED, N_ROWS, N_STEPS, IS_DISTURBED, SPARE_SLOT, IS_PLANNED = (
    14, 15, 16, 17, 18, 19,
)  # fmt: skip
HAS_ELASTIC = 20
N_SCALARS = 21

# Node-milliseconds, by their place in `State.tally`.
SOLD_T, IDLE_T, FAILED_T, MAINTAINED_T = 0, 1, 2, 3

# What becomes of a job.
WAITING, RUNNING, DONE, ABANDONED, FUTURE = 0, 1, 2, 3, 4

# Columns of a row of the log, kinds of row, and why a job's row ended.
KIND, JOB, BEGIN, END, HALL, NODES, RESTART, REASON = 0, 1, 2, 3, 4, 5, 6, 7
N_COLUMNS = 8
# Integers of numpy: for each literal of Python's that a kernel passes on, numba would compile the
# kernels below it once more, which triples the wait for the first run.
_NUMBER: Any = np.arange(5)
NOBODY, ZERO = _NUMBER[0] - 1, _NUMBER[0]
KIND_JOB, KIND_FAILED, KIND_MAINTAINED = _NUMBER[:3]
ENDED_DONE, ENDED_FAILURE, ENDED_PREEMPTED, ENDED_HORIZON, ENDED_GROWN = _NUMBER


# What is known of a job beforehand. `beyond_ms`: request less run, what the planner allows too
# much; `cycle_ms`: computing between checkpoints, 0 for none; `extra_w`: of a node above idle;
# `rank`: place in the queue, in which the jobs of a group are next to each other.
JOB_VIEW = np.dtype(
    [
        (name, np.int64)
        for name in (
            "release_ms", "n_nodes", "least_nodes", "run_ms", "beyond_ms", "priority",
            "is_preemptible", "scope", "cycle_ms", "checkpoint_ms", "restart_ms", "extra_w",
            "group", "rank",
        )
    ],
    align=True,
)  # fmt: skip
# What happens to it. `left`: node-ms of work still to do; `since_ms`: in the queue since;
# `reserved_ms`: its place in the plan, -1 for none; `*_t`: node-ms.
JOB_STATE = np.dtype(
    [
        (name, np.int64)
        for name in (
            "state", "left", "first_ms", "end_ms", "since_ms", "queued_ms", "reserved_ms",
            "n_starts", "n_interruptions", "n_preemptions", "n_growths", "useful_t", "lost_t",
            "saving_t", "restart_t",
        )
    ],
    align=True,
)  # fmt: skip


class State(NamedTuple):
    """Everything that changes. An item is a job, or a slot for a repair, numbered behind them."""

    scalar: IntArray
    tally: IntArray
    random: NDArray[np.uint64]
    job: Records  # (job,) of `JOB_STATE`
    by_rank: IntArray  # (job,) jobs in order of the queue
    by_release: IntArray  # (job,) jobs in order of arrival
    least_n: IntArray  # the queue
    least_ms: IntArray
    key: IntArray  # the heap of ends
    item: IntArray
    place: IntArray
    plan_ms: IntArray  # running jobs and repairs by their estimated end
    plan_item: IntArray
    held: IntArray  # (item,) nodes
    begin_ms: IntArray  # (item,) of the present attempt or repair
    estimate_ms: IntArray  # (item,) estimated end
    slot_rack: IntArray  # (slot,) rack under repair
    slot_next: IntArray  # (slot,) chain of unused slots
    group_waiting: IntArray  # (group,)
    group_usage: FloatArray
    group_begin: IntArray  # (group + 1,) first rank
    step_ms: IntArray  # the plan of conservative backfill
    step_free: IntArray
    hall_maintained: IntArray
    hall_since_ms: IntArray
    kind_hits: IntArray  # (kind,) failures that stopped a job
    kind_all: IntArray  # (kind,) failures of hardware, and of software that met a job
    pool: Pool
    rows: IntArray  # (rows, N_COLUMNS) the log, emptied by the caller


@kernel
def wall_of(jobs: Records, job: int, left: int, n: int, is_restart: bool) -> int:
    """Wall time that a job needs on ``n`` nodes for the work left. [ms]."""
    compute = (left + n - 1) // n
    cycle = jobs[job].cycle_ms
    n_saves = (compute - 1) // cycle if cycle > 0 and compute > 0 else 0
    begin = jobs[job].restart_ms if is_restart else 0
    return int(begin + compute + n_saves * jobs[job].checkpoint_ms)


@kernel
def estimate_of(jobs: Records, state: State, job: int) -> int:
    """Wall time that the planner expects of a job on all its nodes. [ms]."""
    wall = wall_of(jobs, job, state.job[job].left, jobs[job].n_nodes, state.job[job].n_starts > 0)
    return int(wall + jobs[job].beyond_ms)


@kernel
def saves_of(jobs: Records, job: int, work_ms: int) -> int:
    """Checkpoints that an attempt has finished after so much time at work."""
    cycle = jobs[job].cycle_ms
    return int(work_ms // (cycle + jobs[job].checkpoint_ms)) if cycle > 0 else 0


@kernel
def plan_insert(state: State, item: int, at_ms: int) -> None:
    """Enter a running job or a repair among the estimated ends."""
    size = state.scalar[N_COMING]
    state.estimate_ms[item] = at_ms
    i = np.searchsorted(state.plan_ms[:size], at_ms, side="right")
    for k in range(size, i, -1):
        state.plan_ms[k], state.plan_item[k] = state.plan_ms[k - 1], state.plan_item[k - 1]
    state.plan_ms[i], state.plan_item[i] = at_ms, item
    state.scalar[N_COMING] = size + 1


@kernel
def plan_remove(state: State, item: int) -> None:
    """Strike a running job or a repair off the estimated ends."""
    size = state.scalar[N_COMING]
    i = np.searchsorted(state.plan_ms[:size], state.estimate_ms[item], side="left")
    while state.plan_item[i] != item:
        i += 1
    for k in range(i, size - 1):
        state.plan_ms[k], state.plan_item[k] = state.plan_ms[k + 1], state.plan_item[k + 1]
    state.scalar[N_COMING] = size - 1


@kernel
def enqueue(jobs: Records, state: State, job: int) -> None:
    """Let a job wait from now on."""
    state.job[job].state = WAITING
    state.job[job].since_ms = state.scalar[NOW]
    state.job[job].reserved_ms = -1
    state.scalar[N_WAITING] += 1
    state.group_waiting[jobs[job].group] += 1
    # Under conservative backfill the queue is searched for what is due, and a new job is.
    wall = 0 if state.scalar[IS_PLANNED] else estimate_of(jobs, state, job)
    tree_put(state.least_n, state.least_ms, jobs[job].rank, jobs[job].n_nodes, wall)


@kernel
def start(jobs: Records, state: State, job: int, n: int) -> None:
    """Start a waiting job on ``n`` free nodes."""
    s, now = state.scalar, state.scalar[NOW]
    wall = wall_of(jobs, job, state.job[job].left, n, state.job[job].n_starts > 0)
    tree_put(state.least_n, state.least_ms, jobs[job].rank, NEVER, NEVER)
    s[N_WAITING] -= 1
    state.group_waiting[jobs[job].group] -= 1
    state.job[job].queued_ms += now - state.job[job].since_ms
    if state.job[job].first_ms < 0:
        state.job[job].first_ms = now
    state.job[job].state = RUNNING
    state.begin_ms[job] = now
    state.held[job] = n
    allocate(state.pool, job, n, jobs[job].scope)
    s[FREE] -= n
    s[BUSY] += n
    s[POWER_W] += n * jobs[job].extra_w
    # An entry before the job counts itself started: the first attempt restores nothing.
    state.job[job].n_starts += 1
    plan_insert(state, job, now + wall + jobs[job].beyond_ms)
    s[N_RUNNING] = heap_push(state.key, state.item, state.place, s[N_RUNNING], job, now + wall)


@kernel
def _book(jobs: Records, state: State, job: int, reason: int) -> None:
    """Split what an attempt held into useful, lost, saving and restart; keep what is safe."""
    n = state.held[job]
    held_ms = state.scalar[NOW] - state.begin_ms[job]
    restart = jobs[job].restart_ms if state.job[job].n_starts > 1 else 0
    restart = min(restart, held_ms)
    work_ms = held_ms - restart
    state.job[job].restart_t += restart * n
    cycle, save = jobs[job].cycle_ms, jobs[job].checkpoint_ms
    if reason == ENDED_DONE:
        compute = (state.job[job].left + n - 1) // n
        state.job[job].saving_t += (work_ms - compute) * n
        state.job[job].useful_t += state.job[job].left
        # A smaller gang may share out the last millisecond unevenly.
        state.job[job].lost_t += compute * n - state.job[job].left
        state.job[job].left = 0
        return
    n_saves = saves_of(jobs, job, work_ms)
    rest = work_ms - n_saves * (cycle + save)
    unsaved = min(rest, cycle) if cycle > 0 else rest
    state.job[job].saving_t += (work_ms - n_saves * cycle - unsaved) * n
    state.job[job].useful_t += n_saves * cycle * n
    state.job[job].left -= n_saves * cycle * n
    if reason == ENDED_HORIZON:
        state.job[job].useful_t += unsaved * n
        state.job[job].left -= unsaved * n
    else:
        state.job[job].lost_t += unsaved * n


@kernel
def log_row(
    state: State, kind: int, job: int, begin: int, hall: int, n: int, restart: int, reason: int
) -> None:
    """Write what ends now into the log."""
    i = state.scalar[N_ROWS]
    row = state.rows[i]
    row[KIND], row[JOB], row[BEGIN], row[END] = kind, job, begin, state.scalar[NOW]
    row[HALL], row[NODES], row[RESTART], row[REASON] = hall, n, restart, reason
    state.scalar[N_ROWS] = i + 1


@kernel
def _log_job(jobs: Records, state: State, job: int, reason: int) -> None:
    """One row for each hall in which the job ran; its parts lie in order of halls."""
    pool = state.pool
    restart = jobs[job].restart_ms if state.job[job].n_starts > 1 else 0
    part = pool.first_part[job]
    hall, n = NOBODY, ZERO
    while part >= 0:
        here = pool.rack[pool.part[part].rack].hall
        if here != hall and n > 0:
            log_row(state, KIND_JOB, job, state.begin_ms[job], hall, n, restart, reason)
            n = ZERO
        hall = here
        n += pool.part[part].n
        part = pool.part[part].next
    log_row(state, KIND_JOB, job, state.begin_ms[job], hall, n, restart, reason)


@kernel
def stop(jobs: Records, state: State, job: int, reason: int) -> None:
    """End an attempt of a running job and free its nodes; the caller says what becomes of it."""
    s = state.scalar
    n = state.held[job]
    _book(jobs, state, job, reason)
    _log_job(jobs, state, job, reason)
    if state.place[job] >= 0:
        s[N_RUNNING] = heap_remove(state.key, state.item, state.place, s[N_RUNNING], job)
    if state.estimate_ms[job] != s[NOW]:
        s[IS_DISTURBED] = 1
    plan_remove(state, job)
    release(state.pool, job)
    state.held[job] = 0
    s[FREE] += n
    s[BUSY] -= n
    s[POWER_W] -= n * jobs[job].extra_w


@kernel
def begin_repair(state: State, rack: int, n_jobs: int, repair_ms: int) -> None:
    """Take a free node of a rack out of order until it is repaired."""
    s = state.scalar
    slot = s[SPARE_SLOT]
    s[SPARE_SLOT] = state.slot_next[slot]
    item = n_jobs + slot
    state.slot_rack[slot] = rack
    state.begin_ms[item] = s[NOW]
    state.held[item] = 1
    move_free(state.pool, rack, -1)
    state.pool.rack[rack].failed += 1
    s[FREE] -= 1
    s[FAILED] += 1
    s[IS_DISTURBED] = 1
    plan_insert(state, item, s[NOW] + repair_ms)
    end = s[NOW] + repair_ms
    s[N_RUNNING] = heap_push(state.key, state.item, state.place, s[N_RUNNING], item, end)


@kernel
def end_repair(state: State, item: int, n_jobs: int, is_over: bool) -> None:
    """Log a repair; when it is over, return its node."""
    s = state.scalar
    slot = item - n_jobs
    rack = state.slot_rack[slot]
    hall = state.pool.rack[rack].hall
    reason = ENDED_DONE if is_over else ENDED_HORIZON
    log_row(state, KIND_FAILED, NOBODY, state.begin_ms[item], hall, -NOBODY, ZERO, reason)
    s[N_RUNNING] = heap_remove(state.key, state.item, state.place, s[N_RUNNING], item)
    plan_remove(state, item)
    move_free(state.pool, rack, 1)
    state.pool.rack[rack].failed -= 1
    state.slot_next[slot] = s[SPARE_SLOT]
    s[SPARE_SLOT] = slot
    s[FREE] += 1
    s[FAILED] -= 1
    s[IS_DISTURBED] = 1
