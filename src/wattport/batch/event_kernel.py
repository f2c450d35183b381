"""The clock of the batch simulation: arrivals, ends, failures, repairs, maintenance, caps."""

from typing import NamedTuple

import numpy as np

from wattport.arrays import FloatArray, IntArray, Records
from wattport.batch.dispatch_kernel import dispatch
from wattport.batch.pool_kernel import holder_of, move_free
from wattport.batch.queue_kernel import NEVER
from wattport.batch.state_kernel import (
    ABANDONED,
    BUSY,
    CAP_W,
    DONE,
    ENDED_DONE,
    ENDED_FAILURE,
    ENDED_HORIZON,
    FAILED,
    FAILED_T,
    FREE,
    IDLE_T,
    IS_DISTURBED,
    KIND_MAINTAINED,
    MAINTAINED,
    MAINTAINED_T,
    N_ARRIVED,
    N_CAP_CHANGES,
    N_FLEET_CHANGES,
    N_ROWS,
    N_RUNNING,
    N_WAITING,
    NEXT_FAILURE,
    NOBODY,
    NOW,
    SOLD_T,
    WAITING,
    WANTED_MAINTAINED,
    ZERO,
    State,
    begin_repair,
    end_repair,
    enqueue,
    log_row,
    stop,
)
from wattport.compiled import kernel
from wattport.equations.random_stream import next_exponential, next_uniform


class Surroundings(NamedTuple):
    """What the machine meets, whatever its jobs do."""

    fleet_at_ms: IntArray  # changes of the number of nodes wanted for maintenance
    fleet_change: IntArray
    cap_at_ms: IntArray  # changes of the power cap
    cap_w: IntArray  # above idle
    failures_per_ms: float  # of the whole machine
    kind_until_frac: FloatArray  # (kind,) cumulated shares
    kind_repair_ms: FloatArray  # (kind,) mean time to repair; 0: the node stays in order
    most_interruptions: int  # of one job, before it is given up


@kernel
def advance(
    jobs: Records,
    state: State,
    around: Surroundings,
    until_ms: int,
    fill: int,
    is_preempting: bool,
    half_life_ms: float,
) -> bool:
    """
    Run the clock until the end, or until the log is full.

    Parameters
    ----------
    jobs, state, around
        The simulation; `state` is changed in place and goes on from where it stopped.
    until_ms : int
        End of the simulation, or `NEVER`: when no job can do anything more. [ms]
    fill, is_preempting, half_life_ms
        As `dispatch` takes them.

    Returns
    -------
    bool
        The end is reached; otherwise the caller empties the log and calls again.
    """
    s = state.scalar
    n_nodes = state.pool.rack[-1].end_node
    room = n_nodes + 4 * state.hall_maintained.size + 8
    n_jobs = jobs.size
    while state.rows.shape[0] - s[N_ROWS] >= room:
        at = _next_event(jobs, state, around, until_ms)
        if at >= until_ms:
            if until_ms < NEVER:
                _elapse(state, until_ms)
            _close(jobs, state)
            return True
        _elapse(state, at)
        while s[N_RUNNING] > 0 and state.key[0] == at:
            item = state.item[0]
            if item >= n_jobs:
                end_repair(state, item, n_jobs, True)
            else:
                stop(jobs, state, item, ENDED_DONE)
                state.job[item].state, state.job[item].end_ms = DONE, at
        if s[NEXT_FAILURE] == at:
            _fail(jobs, state, around)
        while s[N_CAP_CHANGES] < around.cap_at_ms.size:
            if around.cap_at_ms[s[N_CAP_CHANGES]] > at:
                break
            s[CAP_W] = around.cap_w[s[N_CAP_CHANGES]]
            s[N_CAP_CHANGES] += 1
        while s[N_FLEET_CHANGES] < around.fleet_at_ms.size:
            if around.fleet_at_ms[s[N_FLEET_CHANGES]] > at:
                break
            s[WANTED_MAINTAINED] += around.fleet_change[s[N_FLEET_CHANGES]]
            s[N_FLEET_CHANGES] += 1
        while s[N_ARRIVED] < n_jobs and jobs[state.by_release[s[N_ARRIVED]]].release_ms <= at:
            enqueue(jobs, state, state.by_release[s[N_ARRIVED]])
            s[N_ARRIVED] += 1
        _maintain(state)
        dispatch(jobs, state, fill, is_preempting, half_life_ms)
    return False


@kernel
def _next_event(jobs: Records, state: State, around: Surroundings, until_ms: int) -> int:
    """Next moment at which anything happens; `NEVER` when nothing of interest can."""
    s = state.scalar
    at = NEVER
    if s[N_ARRIVED] < jobs.size:
        at = min(at, jobs[state.by_release[s[N_ARRIVED]]].release_ms)
    if s[N_RUNNING] > 0:
        at = min(at, state.key[0])
    if until_ms == NEVER and s[BUSY] == 0 and s[N_WAITING] == 0 and at == NEVER:
        return int(NEVER)
    is_live = s[BUSY] > 0 or s[N_ARRIVED] < jobs.size or s[N_WAITING] > 0
    if until_ms == NEVER and not is_live:
        return int(NEVER)
    if s[N_CAP_CHANGES] < around.cap_at_ms.size:
        at = min(at, around.cap_at_ms[s[N_CAP_CHANGES]])
    if s[N_FLEET_CHANGES] < around.fleet_at_ms.size:
        at = min(at, around.fleet_at_ms[s[N_FLEET_CHANGES]])
    # Failures alone bring no waiting job nearer to its start.
    if at < NEVER or until_ms < NEVER:
        at = min(at, s[NEXT_FAILURE])
    return int(max(at, s[NOW]))


@kernel
def _elapse(state: State, at: int) -> None:
    """Let time pass, counting each state of the nodes by itself."""
    s = state.scalar
    passed = at - s[NOW]
    state.tally[SOLD_T] += s[BUSY] * passed
    state.tally[IDLE_T] += s[FREE] * passed
    state.tally[FAILED_T] += s[FAILED] * passed
    state.tally[MAINTAINED_T] += s[MAINTAINED] * passed
    s[NOW] = at


@kernel
def _fail(jobs: Records, state: State, around: Surroundings) -> None:
    """Let a failure strike a node picked at random, and settle when the next one comes."""
    s = state.scalar
    pool = state.pool
    n_jobs = jobs.size
    wait = next_exponential(state.random) / around.failures_per_ms
    s[NEXT_FAILURE] = s[NOW] + max(1, int(min(wait, 1e17)))
    node = int(next_uniform(state.random) * pool.rack[-1].end_node)
    kind = int(np.searchsorted(around.kind_until_frac, next_uniform(state.random)))
    kind = min(kind, around.kind_until_frac.size - 1)
    repair = next_exponential(state.random) * around.kind_repair_ms[kind]
    rack = int(np.searchsorted(pool.rack["end_node"], node, side="right"))
    begin = pool.rack[rack - 1].end_node if rack > 0 else 0
    job = holder_of(pool, rack, node - begin, state.item, s[N_RUNNING])
    if job == -2 or (job == -1 and around.kind_repair_ms[kind] <= 0.0):
        return
    state.kind_all[kind] += 1
    if job >= 0:
        state.kind_hits[kind] += 1
        stop(jobs, state, job, ENDED_FAILURE)
        state.job[job].n_interruptions += 1
        if state.job[job].n_interruptions >= around.most_interruptions:
            state.job[job].state = ABANDONED
        else:
            enqueue(jobs, state, job)
    if around.kind_repair_ms[kind] > 0.0:
        begin_repair(state, rack, n_jobs, max(1, int(min(repair, 1e17))))


@kernel
def _maintain(state: State) -> None:
    """Take free nodes into maintenance, or return them, to reach the wanted number."""
    s = state.scalar
    pool = state.pool
    move = min(s[WANTED_MAINTAINED] - s[MAINTAINED], s[FREE])
    if move == 0:
        return
    s[IS_DISTURBED] = 1
    for rack in range(pool.rack.size):
        n = min(move, pool.rack[rack].free) if move > 0 else max(move, -pool.rack[rack].maintained)
        if n == 0:
            continue
        hall = pool.rack[rack].hall
        _log_maintained(state, hall)
        move_free(pool, rack, -n)
        pool.rack[rack].maintained += n
        state.hall_maintained[hall] += n
        s[FREE] -= n
        s[MAINTAINED] += n
        move -= n
        if move == 0:
            return


@kernel
def _log_maintained(state: State, hall: int) -> None:
    """Close the present stretch of a hall's maintenance."""
    now = state.scalar[NOW]
    begin, n = state.hall_since_ms[hall], state.hall_maintained[hall]
    if n > 0 and begin < now:
        log_row(state, KIND_MAINTAINED, NOBODY, begin, hall, n, ZERO, ENDED_DONE)
    state.hall_since_ms[hall] = now


@kernel
def _close(jobs: Records, state: State) -> None:
    """Log what is still under way at the end; jobs that run stay running."""
    s = state.scalar
    n_jobs = jobs.size
    while s[N_RUNNING] > 0:
        item = state.item[0]
        if item >= n_jobs:
            end_repair(state, item, n_jobs, False)
        else:
            stop(jobs, state, item, ENDED_HORIZON)
    for hall in range(state.hall_maintained.size):
        _log_maintained(state, hall)
    for job in range(n_jobs):
        if state.job[job].state == WAITING:
            state.job[job].queued_ms += s[NOW] - state.job[job].since_ms
