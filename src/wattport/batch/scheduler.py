"""Batch and training jobs on a machine: who runs when and where, through failures and repairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from wattport.arrays import FloatArray, IntArray, Records
from wattport.batch.dispatch_kernel import FILL_CONSERVATIVE, FILL_EASY, FILL_NONE
from wattport.batch.event_kernel import Surroundings, advance
from wattport.batch.failure import NO_FAILURES, S_PER_DAY, Failures
from wattport.batch.job import MOST_NODE_MS, MS_PER_S, JobTable
from wattport.batch.machine import Machine
from wattport.batch.outcome import BatchLog, BatchResult
from wattport.batch.pool_kernel import PART, RACK, Pool
from wattport.batch.queue_kernel import NEVER
from wattport.batch.state_kernel import (
    CAP_W,
    FREE,
    FUTURE,
    HAS_ELASTIC,
    IS_DISTURBED,
    IS_PLANNED,
    JOB_STATE,
    JOB_VIEW,
    N_COLUMNS,
    N_ROWS,
    N_SCALARS,
    NEXT_FAILURE,
    State,
)
from wattport.equations.random_stream import next_exponential, seed_stream
from wattport.errors import Finding, WattportError

_STREAM = 40  # of all random streams, the one of batch failures
_SPARE_ROWS = 65_536


class Policy(StrEnum):
    """In which order jobs start, and which may run past one that does not fit."""

    FCFS = "fcfs"  # first come, first served: nobody passes
    EASY = "easy"  # ... but who does not delay the first in the queue may pass
    CONSERVATIVE = "conservative"  # ... but who delays nobody before it may pass
    SJF = "sjf"  # shortest request first: nobody passes
    FAIR_SHARE = "fair_share"  # the user who had least goes first, with EASY's passing
    POWER = "power"  # EASY below a cap on power
    PRICE = "price"  # EASY; who can wait waits for cheap hours


_FILL = {
    Policy.FCFS: FILL_NONE,
    Policy.SJF: FILL_NONE,
    Policy.CONSERVATIVE: FILL_CONSERVATIVE,
}


@dataclass(frozen=True)
class Steps:
    """A quantity over time: ``value[i]`` holds from ``at_s[i]``; the first from the beginning."""

    at_s: FloatArray
    value: FloatArray


@dataclass(frozen=True)
class Maintenance:
    """Nodes taken out for a planned time, as soon as jobs leave them."""

    begin_s: float
    end_s: float
    n_nodes: int


def simulate(
    jobs: JobTable,
    machine: Machine,
    policy: Policy = Policy.EASY,
    *,
    failures: Failures = NO_FAILURES,
    maintenance: Sequence[Maintenance] = (),
    cap_mw: Steps | None = None,
    price_eur_per_mwh: Steps | None = None,
    half_life_s: float = 7.0 * S_PER_DAY,
    is_preempting: bool = False,
    until_s: float | None = None,
    seed: int = 7,
) -> BatchResult:
    """
    Run jobs on a machine under a policy, with failures, repairs and maintenance.

    Event-driven and exact: time jumps from one event to the next, in whole milliseconds. At one
    moment ends come first, then failures, then arrivals, then starts.

    Parameters
    ----------
    jobs : JobTable
        What wants to run. A job larger than the machine is rejected and counted.
    machine : Machine
        Where.
    policy : Policy
        Who goes first. Priority goes before any other order.
    failures : Failures
        Rates and repairs; they strike idle nodes too.
    maintenance : sequence of Maintenance
        Planned outages: nodes are drained, never taken from a job.
    cap_mw : Steps, optional
        Limit of IT power, for `Policy.POWER`: it holds starts back and stops nobody.
    price_eur_per_mwh : Steps, optional
        For `Policy.PRICE`: a job that may wait enters the queue when its run is cheapest.
    half_life_s : float
        In which past use loses half its weight, for `Policy.FAIR_SHARE`. [s]
    is_preempting : bool
        A job of higher priority at the head of the queue stops preemptible ones; they go on
        later from their last checkpoint.
    until_s : float, optional
        End of the simulation; left out: when the last job has ended. [s]
    seed : int
        Of the failures.

    Returns
    -------
    BatchResult
        What became of each job, the log of who held what, and the balances.

    References
    ----------
    D. Lifka, "The ANL/IBM SP scheduling system", JSSPP 1995, doi:10.1007/3-540-60153-8_35 (EASY).
    A. Mu'alem, D. Feitelson, IEEE Trans. Parallel Distrib. Syst. 12(6), 2001,
    doi:10.1109/71.932708 (EASY and conservative backfill compared).

    Examples
    --------
    A long job that fits beside no reservation waits; a short one passes.

    >>> from wattport.batch.job import make_jobs
    >>> from wattport.batch.machine import uniform_machine
    >>> jobs = make_jobs([0, 1, 2, 3], [10, 10, 20, 5], [2, 4, 2, 2])
    >>> simulate(jobs, uniform_machine(4), Policy.FCFS).first_ms // 1000
    array([ 0, 10, 20, 20])
    >>> simulate(jobs, uniform_machine(4), Policy.EASY).first_ms // 1000
    array([ 0, 10, 20,  3])
    """
    least = jobs.n_nodes if policy is Policy.CONSERVATIVE else jobs.least_nodes
    fits = least <= machine.n_nodes
    _refuse_ages(jobs, machine, until_s)
    price = price_eur_per_mwh if policy is Policy.PRICE else None
    view = _view(jobs if fits.all() else jobs.take(fits), machine, policy, price)
    fill = _FILL.get(policy, FILL_EASY)
    around = _surroundings(
        machine, failures, maintenance, cap_mw if policy is Policy.POWER else None
    )
    state = _fresh_state(view, machine, fill, failures, seed)
    until_ms = int(NEVER) if until_s is None else round(until_s * MS_PER_S)
    half_life_ms = half_life_s * MS_PER_S
    index = np.append(np.flatnonzero(fits), -1)
    parts, is_over = [], False
    while not is_over:
        # The log comes in pieces: its buffer stays small however long the simulation is.
        is_over = advance(view, state, around, until_ms, fill, is_preempting, half_life_ms)
        parts.append(BatchLog.of_rows(state.rows[: state.scalar[N_ROWS]], index))
        state.scalar[N_ROWS] = 0
    return BatchResult.of_state(jobs, machine, fits, state, BatchLog.joined(parts))


def _refuse_ages(jobs: JobTable, machine: Machine, until_s: float | None) -> None:
    """Refuse what would take longer than whole milliseconds can be counted."""
    held = jobs.n_nodes.astype(np.float64) * jobs.request_ms
    longest = float((jobs.submit_ms + jobs.request_ms).max(initial=0))
    # Twice the work and the longest job bound any schedule that lets nobody wait in vain.
    most = machine.n_nodes * longest + 2.0 * float(held.sum())
    if until_s is not None:
        most = machine.n_nodes * until_s * MS_PER_S
    if most >= MOST_NODE_MS:
        raise WattportError(
            Finding("JOB011", "the jobs would hold the machine for longer than can be counted",
                    value=most, allowed=f"< {MOST_NODE_MS} node-milliseconds",
                    remedy="run a part of the jobs, or end the simulation earlier")
        )  # fmt: skip


def cheapest_start_ms(jobs: JobTable, price: Steps) -> IntArray:
    """
    Begin of the cheapest run within what each job may wait.

    The cheapest start is now, at the latest moment, or where the run's begin or end meets a
    change of price, since the cost is straight in between.

    Parameters
    ----------
    jobs : JobTable
        With ``most_delay_ms``.
    price : Steps
        Price of power.

    Returns
    -------
    ndarray of int64, shape (job,)
        Earliest of the cheapest starts. [ms]

    Examples
    --------
    >>> from wattport.batch.job import make_jobs
    >>> price = Steps(np.array([0.0, 100.0, 200.0]), np.array([80.0, 20.0, 60.0]))
    >>> cheapest_start_ms(make_jobs([0], [50], [1], most_delay_s=500), price)
    array([100000])
    """
    at_ms = np.rint(price.at_s * MS_PER_S)
    value = price.value
    paid = np.concatenate([[0.0], np.cumsum(value[:-1] * np.diff(at_ms))])

    def cost(time_ms: FloatArray) -> FloatArray:
        i = np.clip(np.searchsorted(at_ms, time_ms, side="right") - 1, 0, None)
        return np.asarray(paid[i] + value[i] * (time_ms - at_ms[i]))

    start_ms = jobs.submit_ms.copy()
    for job in np.flatnonzero(jobs.most_delay_ms > 0):
        run, low = jobs.request_ms[job], jobs.submit_ms[job]
        high = low + jobs.most_delay_ms[job]
        tries = np.unique(np.concatenate([[low, high], at_ms, at_ms - run]))
        tries = tries[(tries >= low) & (tries <= high)]
        start_ms[job] = tries[np.argmin(np.round(cost(tries + run) - cost(tries), 6))]
    return start_ms


def _view(jobs: JobTable, machine: Machine, policy: Policy, price: Steps | None) -> Records:
    """Jobs as the clock reads them, with their places in the queue."""
    n = jobs.n_jobs
    release = jobs.submit_ms if price is None else cheapest_start_ms(jobs, price)
    group = np.zeros(n, np.int64)
    if policy is Policy.FAIR_SHARE and n:
        # Within a share only: priority then orders the jobs of one user.
        group = np.unique(jobs.user, return_inverse=True)[1].astype(np.int64)
    length = jobs.request_ms if policy is Policy.SJF else np.zeros(n, np.int64)
    by_rank = np.lexsort((np.arange(n), jobs.submit_ms, length, -jobs.priority, group))
    rank = np.empty(n, np.int64)
    rank[by_rank] = np.arange(n)
    nodes = machine.hall_n_nodes
    idle_w = float((machine.idle_w * nodes).sum() / nodes.sum())
    active_w = float((machine.active_w * nodes).sum() / nodes.sum())
    node_w = np.where(np.isnan(jobs.node_w), active_w, jobs.node_w)
    view = np.zeros(n, JOB_VIEW)
    for name in ("n_nodes", "least_nodes", "run_ms", "priority", "is_preemptible", "scope",
                 "cycle_ms", "checkpoint_ms", "restart_ms"):  # fmt: skip
        view[name] = getattr(jobs, name)
    view["release_ms"] = release
    view["beyond_ms"] = jobs.request_ms - jobs.run_ms
    view["extra_w"] = np.rint(np.maximum(node_w - idle_w, 0.0))
    view["group"], view["rank"] = group, rank
    return view


def _surroundings(
    machine: Machine, failures: Failures, maintenance: Sequence[Maintenance], cap_mw: Steps | None
) -> Surroundings:
    """Tabulate what the machine meets, in order of time."""
    at = np.array([[m.begin_s, m.end_s] for m in maintenance], np.float64).reshape(-1)
    change = np.array([[m.n_nodes, -m.n_nodes] for m in maintenance], np.int64).reshape(-1)
    order = np.argsort(at, kind="stable")
    idle_w = float((machine.idle_w * machine.hall_n_nodes).sum())
    cap = Steps(np.empty(0), np.empty(0)) if cap_mw is None else cap_mw
    shares = np.array([kind.share_frac for kind in failures.kinds], np.float64)
    per_day = failures.per_gpu_day * machine.n_gpus
    return Surroundings(
        fleet_at_ms=np.rint(at[order] * MS_PER_S).astype(np.int64),
        fleet_change=change[order],
        cap_at_ms=np.rint(cap.at_s * MS_PER_S).astype(np.int64),
        cap_w=np.rint(cap.value * 1e6 - idle_w).astype(np.int64),
        failures_per_ms=per_day / (S_PER_DAY * MS_PER_S),
        kind_until_frac=np.cumsum(shares) / shares.sum(),
        kind_repair_ms=np.array([k.mean_repair_h * 3.6e6 for k in failures.kinds], np.float64),
        most_interruptions=failures.most_interruptions,
    )


def _fresh_state(
    jobs: Records, machine: Machine, fill: int, failures: Failures, seed: int
) -> State:
    """Everything as it is before the first event."""
    n, nodes = jobs.size, machine.n_nodes
    has_failures = failures.per_gpu_day > 0.0
    slots = nodes if has_failures else 1
    items = n + slots
    ends = min(items, nodes) + 2  # each entry holds a node
    leaves = 1 << max(n - 1, 1).bit_length()
    n_groups = int(jobs["group"].max()) + 1 if n else 1
    steps = 2 * items + 8 if fill == FILL_CONSERVATIVE else 1
    random = seed_stream(seed, _STREAM, 0, 0)
    scalar = _zeros(N_SCALARS)
    scalar[FREE], scalar[IS_DISTURBED], scalar[IS_PLANNED] = nodes, 1, fill == FILL_CONSERVATIVE
    scalar[HAS_ELASTIC] = (jobs["least_nodes"] < jobs["n_nodes"]).any() and not scalar[IS_PLANNED]
    scalar[CAP_W] = scalar[NEXT_FAILURE] = NEVER
    if has_failures:
        per_ms = failures.per_gpu_day * machine.n_gpus / (S_PER_DAY * MS_PER_S)
        scalar[NEXT_FAILURE] = max(1, round(next_exponential(random) / per_ms))
    state = np.zeros(n, JOB_STATE)
    state["state"], state["left"] = FUTURE, jobs["run_ms"] * jobs["n_nodes"]
    for name in ("first_ms", "end_ms", "reserved_ms"):
        state[name] = -1
    by_rank = np.argsort(jobs["rank"])
    group_begin = np.searchsorted(jobs["group"][by_rank], np.arange(n_groups + 1))
    n_rows = nodes + 4 * machine.n_halls + 8 + _SPARE_ROWS
    return State(
        scalar=scalar, tally=_zeros(4), random=random, job=state, by_rank=by_rank,
        by_release=np.lexsort((jobs["rank"], jobs["release_ms"])).astype(np.int64),
        least_n=np.full(2 * leaves, NEVER), least_ms=np.full(2 * leaves, NEVER),
        key=_zeros(ends), item=_zeros(ends), place=np.full(items, -1, np.int64),
        plan_ms=_zeros(ends), plan_item=_zeros(ends), held=_zeros(items), begin_ms=_zeros(items),
        estimate_ms=_zeros(items), slot_rack=_zeros(slots),
        slot_next=np.append(np.arange(1, slots), -1).astype(np.int64),
        group_waiting=_zeros(n_groups), group_usage=np.zeros(n_groups), group_begin=group_begin,
        step_ms=_zeros(steps), step_free=_zeros(steps), hall_maintained=_zeros(machine.n_halls),
        hall_since_ms=_zeros(machine.n_halls), kind_hits=_zeros(len(failures.kinds)),
        kind_all=_zeros(len(failures.kinds)), pool=fresh_pool(machine, n),
        rows=np.zeros((n_rows, N_COLUMNS), np.int64),
    )  # fmt: skip


def _zeros(size: int) -> IntArray:
    return np.zeros(size, np.int64)


def fresh_pool(machine: Machine, n_jobs: int) -> Pool:
    """Give the pool of a machine, all nodes free."""
    n_rows = int(machine.rack_row[-1]) + 1
    rack = np.zeros(machine.rack_n_nodes.size, RACK)
    rack["row"], rack["hall"] = machine.rack_row, machine.rack_hall
    rack["free"], rack["end_node"] = machine.rack_n_nodes, np.cumsum(machine.rack_n_nodes)
    part = np.zeros(machine.n_nodes, PART)
    part["next"] = np.append(np.arange(1, part.size), -1)
    return Pool(
        rack=rack,
        row_begin=np.searchsorted(machine.rack_row, np.arange(n_rows + 1)),
        hall_begin=np.searchsorted(machine.rack_hall, np.arange(machine.n_halls + 1)),
        row_free=np.rint(np.bincount(machine.rack_row, machine.rack_n_nodes)).astype(np.int64),
        hall_free=machine.hall_n_nodes,
        part=part,
        first_part=np.full(n_jobs, -1, np.int64),
        spare_part=_zeros(1),
    )
