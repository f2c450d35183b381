"""Which waiting jobs start now, and which running ones grow: the scheduling policies."""

import numpy as np

from wattport.arrays import Records
from wattport.batch.profile_kernel import profile_first, profile_forget, profile_take
from wattport.batch.queue_kernel import NEVER, tree_next, tree_put
from wattport.batch.state_kernel import (
    CAP_W,
    ENDED_GROWN,
    ENDED_PREEMPTED,
    FREE,
    HAS_ELASTIC,
    IS_DISTURBED,
    MAINTAINED,
    N_COMING,
    N_RUNNING,
    N_STEPS,
    N_WAITING,
    NOBODY,
    NOW,
    POWER_W,
    WANTED_MAINTAINED,
    State,
    enqueue,
    estimate_of,
    saves_of,
    start,
    stop,
    wall_of,
)
from wattport.compiled import kernel

FILL_NONE, FILL_EASY, FILL_CONSERVATIVE = 0, 1, 2


@kernel
def dispatch(
    jobs: Records, state: State, fill: int, is_preempting: bool, half_life_ms: float
) -> None:
    """
    Start every job that the policy lets start at this moment.

    Parameters
    ----------
    jobs, state
        The simulation; `state` is changed in place.
    fill : int
        What may run past a job that does not fit: nothing, what does not delay it (EASY), what
        delays nobody (conservative).
    is_preempting : bool
        A job of higher priority at the head stops preemptible ones.
    half_life_ms : float
        In which a group's past use loses half its weight. [ms]
    """
    s = state.scalar
    if s[N_WAITING] > 0:
        if fill == FILL_CONSERVATIVE:
            _conservative(jobs, state)
            return
        head = _start_heads(jobs, state, is_preempting, half_life_ms)
        if head >= 0 and fill == FILL_EASY and s[FREE] > 0 and s[N_WAITING] > 1:
            _easy(jobs, state, head, half_life_ms)
    # Nodes that nobody waits for let a job grow that began on fewer than it wants.
    while s[HAS_ELASTIC] and s[N_WAITING] == 0 and s[FREE] > 0:
        job = _who_gains(jobs, state)
        if job < 0:
            return
        n = _size_in_reach(jobs, state, job)
        stop(jobs, state, job, ENDED_GROWN)
        state.job[job].n_growths += 1
        enqueue(jobs, state, job)
        start(jobs, state, job, n)


@kernel
def _size_in_reach(jobs: Records, state: State, job: int) -> int:
    """Nodes on which a running job could go on: its own and free ones, as far as power allows."""
    s = state.scalar
    n = min(jobs[job].n_nodes, state.held[job] + s[FREE])
    if jobs[job].extra_w > 0:
        n = min(n, state.held[job] + max(s[CAP_W] - s[POWER_W], 0) // jobs[job].extra_w)
    return int(n)


@kernel
def _who_gains(jobs: Records, state: State) -> int:
    """
    First in the queue's order of the running jobs that more nodes would end earlier; -1: none.

    To grow, a job stops, loses what it computed since its last checkpoint and restarts.
    """
    s = state.scalar
    best = -1
    for i in range(s[N_RUNNING]):
        job = state.item[i]
        if job >= jobs.size or state.held[job] >= jobs[job].n_nodes:
            continue
        if best >= 0 and jobs[job].rank > jobs[best].rank:
            continue
        restart = jobs[job].restart_ms if state.job[job].n_starts > 1 else 0
        work_ms = max(s[NOW] - state.begin_ms[job] - restart, 0)
        safe = saves_of(jobs, job, work_ms) * jobs[job].cycle_ms * state.held[job]
        n = _size_in_reach(jobs, state, job)
        wall = wall_of(jobs, job, state.job[job].left - safe, n, True)
        if n > state.held[job] and s[NOW] + wall < state.key[i]:
            best = job
    return best


@kernel
def _group_at_turn(state: State, passed: np.ndarray) -> int:
    """Group with waiting jobs that has used least, the first of equals; -1: none."""
    best = -1
    for group in range(state.group_waiting.size):
        if state.group_waiting[group] == 0 or passed[group] == 1:
            continue
        if best < 0 or state.group_usage[group] < state.group_usage[best]:
            best = group
    return best


@kernel
def _head_of(jobs: Records, state: State, group: int) -> int:
    """First waiting job of a group that has one."""
    rank = tree_next(state.least_n, state.least_ms, state.group_begin[group], NEVER - 1, 0, NEVER)
    return int(state.by_rank[rank])


@kernel
def _charge(jobs: Records, state: State, job: int, half_life_ms: float) -> None:
    """
    Count a start against its group.

    Past use halves with each half-life; instead of halving everybody's, what comes later weighs
    more: the order of groups, which alone matters, is the same.
    """
    if state.group_usage.size > 1:
        wall = estimate_of(jobs, state, job) * float(jobs[job].n_nodes)
        state.group_usage[jobs[job].group] += wall * 2.0 ** (state.scalar[NOW] / half_life_ms)


@kernel
def _has_power(jobs: Records, state: State, job: int, n: int) -> bool:
    """Tell whether a start keeps the power below the cap of the moment."""
    s = state.scalar
    return bool(s[POWER_W] + n * jobs[job].extra_w <= s[CAP_W])


@kernel
def _start_heads(jobs: Records, state: State, is_preempting: bool, half_life_ms: float) -> int:
    """Start jobs in order of the queue; the first that cannot, or -1 when none is left."""
    s = state.scalar
    none_passed = np.zeros(state.group_waiting.size, np.int64)
    while s[N_WAITING] > 0:
        head = _head_of(jobs, state, _group_at_turn(state, none_passed))
        n = min(jobs[head].n_nodes, s[FREE])
        if n < jobs[head].n_nodes and is_preempting:
            _make_room(jobs, state, head)
            n = min(jobs[head].n_nodes, s[FREE])
        if n < jobs[head].least_nodes or not _has_power(jobs, state, head, n):
            return int(head)
        _charge(jobs, state, head, half_life_ms)
        start(jobs, state, head, n)
    return -1


@kernel
def _make_room(jobs: Records, state: State, head: int) -> None:
    """Stop jobs of lower priority, the lowest and latest first, if that lets the head start."""
    s = state.scalar
    n_jobs = jobs.size
    can = s[FREE]
    for i in range(s[N_RUNNING]):
        job = state.item[i]
        if job < n_jobs and jobs[job].is_preemptible and jobs[job].priority < jobs[head].priority:
            can += state.held[job]
    # Nodes that maintenance waits for are not the head's.
    owed = s[WANTED_MAINTAINED] - s[MAINTAINED]
    if can - owed < jobs[head].least_nodes:
        return
    while s[FREE] - owed < jobs[head].least_nodes:
        victim = NOBODY
        for i in range(s[N_RUNNING]):
            job = state.item[i]
            if job >= n_jobs or not jobs[job].is_preemptible:
                continue
            if jobs[job].priority >= jobs[head].priority:
                continue
            if victim < 0 or _goes_first(jobs, state, job, victim):
                victim = job
        stop(jobs, state, victim, ENDED_PREEMPTED)
        state.job[victim].n_preemptions += 1
        enqueue(jobs, state, victim)


@kernel
def _goes_first(jobs: Records, state: State, a: int, b: int) -> bool:
    """Order of victims: lowest priority, then latest begun, then the last of the table."""
    if jobs[a].priority != jobs[b].priority:
        return bool(jobs[a].priority < jobs[b].priority)
    if state.begin_ms[a] != state.begin_ms[b]:
        return bool(state.begin_ms[a] > state.begin_ms[b])
    return a > b


@kernel
def _reserve(jobs: Records, state: State, head: int) -> tuple[int, int, int]:
    """Earliest moment for the head by the estimated ends, and what it leaves of nodes and power."""
    s = state.scalar
    begin_ms, i = s[NOW], 0
    spare = s[FREE] - jobs[head].n_nodes
    spare_w = s[CAP_W] - s[POWER_W] - jobs[head].n_nodes * jobs[head].extra_w
    while (spare < 0 or spare_w < 0) and i < s[N_COMING]:
        begin_ms = state.plan_ms[i]
        while i < s[N_COMING] and state.plan_ms[i] == begin_ms:
            item = state.plan_item[i]
            spare += state.held[item]
            if item < jobs.size:
                spare_w += state.held[item] * jobs[item].extra_w
            i += 1
    if spare < 0 or spare_w < 0:
        # Too much is out of order, or the cap too low for it: nobody can delay it.
        return int(NEVER), int(s[FREE]), int(NEVER)
    return int(begin_ms), int(spare), int(spare_w)


@kernel
def _easy(jobs: Records, state: State, head: int, half_life_ms: float) -> None:
    """Start what fits beside the reservation of the head, in order of the queue."""
    s = state.scalar
    begin_ms, spare, spare_w = _reserve(jobs, state, head)
    slack = begin_ms - s[NOW]
    passed = np.zeros(state.group_waiting.size, np.int64)
    for _ in range(state.group_waiting.size):
        group = _group_at_turn(state, passed)
        if group < 0:
            return
        passed[group] = 1
        rank, end = state.group_begin[group], state.group_begin[group + 1]
        while s[FREE] > 0:
            rank = tree_next(state.least_n, state.least_ms, rank, s[FREE], spare, slack)
            if rank < 0 or rank >= end:
                break
            job = state.by_rank[rank]
            rank += 1
            n = jobs[job].n_nodes
            if job == head or not _has_power(jobs, state, job, n):
                continue
            if estimate_of(jobs, state, job) > slack:
                if n * jobs[job].extra_w > spare_w:
                    continue
                spare -= n
                spare_w -= n * jobs[job].extra_w
            _charge(jobs, state, job, half_life_ms)
            start(jobs, state, job, n)


@kernel
def _conservative(jobs: Records, state: State) -> None:
    """Give every waiting job its place in the plan, and start those whose place is now."""
    s = state.scalar
    now = s[NOW]
    at, free = state.step_ms, state.step_free
    is_afresh = s[IS_DISTURBED] == 1
    if is_afresh:
        at[0], free[0] = now, s[FREE]
        s[N_STEPS] = 1
        coming = s[FREE]
        for i in range(s[N_COMING]):
            coming += state.held[state.plan_item[i]]
        free[0] = coming
        for i in range(s[N_COMING]):
            n = state.held[state.plan_item[i]]
            s[N_STEPS] = profile_take(at, free, s[N_STEPS], now, state.plan_ms[i], n)
        s[IS_DISTURBED] = 0
    else:
        s[N_STEPS] = profile_forget(at, free, s[N_STEPS], now)
    # Only what has no place yet, or whose place is now, needs a look; afresh, everything does.
    due_ms = NEVER - 1 if is_afresh else now
    rank = 0
    while True:
        rank = tree_next(state.least_n, state.least_ms, rank, NEVER - 1, -1, due_ms)
        if rank < 0:
            return
        job = state.by_rank[rank]
        wall = estimate_of(jobs, state, job)
        n = jobs[job].n_nodes
        if is_afresh or state.job[job].reserved_ms < 0:
            begin = profile_first(at, free, s[N_STEPS], n, wall)
            state.job[job].reserved_ms = begin
            # Without a place it waits for the next disturbance, which brings the nodes back.
            tree_put(state.least_n, state.least_ms, rank, n, begin if begin >= 0 else NEVER - 1)
            if begin >= 0:
                s[N_STEPS] = profile_take(at, free, s[N_STEPS], begin, begin + wall, n)
        rank += 1
        if state.job[job].reserved_ms == now:
            if n <= s[FREE] and _has_power(jobs, state, job, n):
                start(jobs, state, job, n)
            else:
                s[IS_DISTURBED] = 1  # it misses its place: the next event plans anew
