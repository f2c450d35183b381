"""Jobs as a table of arrays: what each asks for, does and is worth."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wattport.arrays import BoolArray, FloatArray, IntArray
from wattport.errors import Finding, WattportError

MS_PER_S = 1000
# A job that holds a million nodes for a century still counts in 64 bits.
MOST_NODE_MS = 2**62
MOST_MS = 2**52
MOST_ORIGIN_S = 7_258_118_400  # the year 2200


class Scope(IntEnum):
    """How close together a job wants its nodes, if there is room; else the next wider."""

    ANY = 0
    HALL = 1
    ROW = 2
    RACK = 3


@dataclass(frozen=True)
class JobTable:
    """
    Jobs, one to an index, in the order of their file.

    Made by `make_jobs`, which fills and checks it. Times count from ``origin_s`` in whole
    milliseconds: sums of them are exact, whatever their order.
    """

    job_id: IntArray  # as the file names it
    submit_ms: IntArray
    run_ms: IntArray  # computing on all its nodes, without stops and checkpoints
    request_ms: IntArray  # what the user asks for and the planner knows; >= run, >= 1
    n_nodes: IntArray
    least_nodes: IntArray  # an elastic job starts on as few, and takes as much longer
    user: IntArray
    priority: IntArray  # higher goes first
    is_preemptible: BoolArray
    scope: IntArray  # a `Scope`
    cycle_ms: IntArray  # computing between two checkpoints; 0: none, a stop loses all
    checkpoint_ms: IntArray  # the job stands still while it saves
    restart_ms: IntArray  # detection, scheduling and restore after each stop
    most_delay_ms: IntArray  # the owner lets it wait so long for a cheap hour
    node_w: FloatArray  # of a node while it computes; NaN: the machine's active power
    start_ms: IntArray  # when it really began; -1: not known
    origin_s: int = 0  # Unix time of zero; 0: not known

    @property
    def n_jobs(self) -> int:
        """Number of jobs."""
        return int(self.n_nodes.size)

    def take(self, which: ArrayLike) -> JobTable:
        """
        Pick jobs by index or mask.

        Examples
        --------
        >>> make_jobs([0, 5], [10, 10], [1, 2]).take([1]).n_nodes
        array([2])
        """
        index = np.asarray(which)
        picked = {
            item.name: getattr(self, item.name)[index]
            for item in fields(self)
            if item.name != "origin_s"
        }
        return JobTable(**picked, origin_s=self.origin_s)


def make_jobs(
    submit_s: ArrayLike,
    run_s: ArrayLike,
    n_nodes: ArrayLike,
    *,
    request_s: ArrayLike | None = None,
    least_nodes: ArrayLike | None = None,
    job_id: ArrayLike | None = None,
    user: ArrayLike = 0,
    priority: ArrayLike = 0,
    is_preemptible: ArrayLike = False,
    scope: ArrayLike = Scope.ANY,
    cycle_s: ArrayLike = 0.0,
    checkpoint_s: ArrayLike = 0.0,
    restart_s: ArrayLike = 0.0,
    most_delay_s: ArrayLike = 0.0,
    node_w: ArrayLike = np.nan,
    start_s: ArrayLike | None = None,
    origin_s: int = 0,
) -> JobTable:
    """
    Make a table of jobs, filled and checked.

    A planner that trusts a request shorter than the run would break its own promises, so such a
    request counts as the run: the job did run as long.

    Parameters
    ----------
    submit_s, run_s : array_like, shape (job,)
        Arrival, and time of computing. [s, >= 0, to the millisecond]
    n_nodes : array_like of int, shape (job,)
        Nodes it holds together, all or none. [>= 1]
    request_s : array_like, optional
        Time asked for; left out: the run. [s]
    least_nodes : array_like of int, optional
        Fewest an elastic job runs on; left out: all it wants.
    job_id, user, priority, is_preemptible, scope : array_like, optional
        As in `JobTable`.
    cycle_s, checkpoint_s, restart_s : array_like, optional
        Computing between checkpoints (0: none), time of one, time lost at each restart. [s]
    most_delay_s : array_like, optional
        Longest wait for a cheap hour. [s]
    node_w : array_like, optional
        Power of a busy node; NaN: the machine's active power. [W]
    start_s : array_like, optional
        Real start, for a replay; -1 where unknown. [s]
    origin_s : int
        Unix time of zero. [s, up to the year 2200]

    Returns
    -------
    JobTable
        Frozen.

    Raises
    ------
    WattportError
        With every kind of value that cannot be, and its first job.

    Examples
    --------
    >>> jobs = make_jobs([0.0, 30.0], [60.0, 0.5], [4, 1], request_s=[90.0, 0.1])
    >>> jobs.request_ms
    array([90000,   500])
    """
    nodes = np.atleast_1d(np.asarray(n_nodes))
    n = nodes.size

    def whole(values: ArrayLike, factor: int = 1) -> IntArray:
        numbers = np.asarray(values, np.float64) * factor
        return np.broadcast_to(np.rint(numbers), (n,)).astype(np.int64)

    def finite(name: str, values: ArrayLike) -> list[Finding]:
        numbers = np.broadcast_to(np.asarray(values, np.float64), (n,))
        return _refusals(name, numbers, np.isfinite(numbers) & (np.abs(numbers) < MOST_MS))

    asked = run_s if request_s is None else request_s
    start = -np.ones(n) if start_s is None else np.asarray(start_s, np.float64)
    least = nodes if least_nodes is None else least_nodes
    given = {
        "submit_s": submit_s, "run_s": run_s, "n_nodes": nodes, "request_s": asked,
        "least_nodes": least, "cycle_s": cycle_s, "checkpoint_s": checkpoint_s,
        "restart_s": restart_s, "most_delay_s": most_delay_s, "start_s": start,
        "priority": priority, "user": user, "scope": scope,
        "job_id": 0 if job_id is None else job_id,
    }  # fmt: skip
    found = [finding for name, values in given.items() for finding in finite(name, values)]
    if not 0 <= origin_s <= MOST_ORIGIN_S:
        found.append(Finding(
            "JOB001", "the first job stands at no date of a computer", path="Unix time of zero",
            value=origin_s, allowed=f"0 (1970) to {MOST_ORIGIN_S} (2200), in seconds",
            remedy="write times in seconds",
        ))  # fmt: skip
    if found:
        raise WattportError(found)
    run_ms = whole(run_s, MS_PER_S)
    table = JobTable(
        job_id=np.arange(1, n + 1) if job_id is None else whole(job_id),
        submit_ms=whole(submit_s, MS_PER_S),
        run_ms=run_ms,
        # A plan needs room even for a job that ends at once.
        request_ms=np.maximum(np.maximum(whole(asked, MS_PER_S), run_ms), 1),
        n_nodes=whole(nodes),
        least_nodes=whole(least),
        user=whole(user),
        priority=whole(priority),
        is_preemptible=np.broadcast_to(np.asarray(is_preemptible, np.bool_), (n,)).copy(),
        scope=whole(scope),
        cycle_ms=whole(cycle_s, MS_PER_S),
        checkpoint_ms=whole(checkpoint_s, MS_PER_S),
        restart_ms=whole(restart_s, MS_PER_S),
        most_delay_ms=whole(most_delay_s, MS_PER_S),
        node_w=np.broadcast_to(np.asarray(node_w, np.float64), (n,)).copy(),
        start_ms=np.where(start < 0.0, -1, whole(start, MS_PER_S)),
        origin_s=origin_s,
    )
    _check(table)
    return table


def _check(table: JobTable) -> None:
    """Raise once, with every kind of value that cannot be."""
    rules = {
        "submit_s": (table.submit_ms, table.submit_ms >= 0),
        "run_s": (table.run_ms, table.run_ms >= 0),
        "n_nodes": (table.n_nodes, table.n_nodes >= 1),
        "least_nodes": (
            table.least_nodes, (table.least_nodes >= 1) & (table.least_nodes <= table.n_nodes),
        ),
        "cycle_s": (table.cycle_ms, table.cycle_ms >= 0),
        "checkpoint_s": (table.checkpoint_ms, table.checkpoint_ms >= 0),
        "restart_s": (table.restart_ms, table.restart_ms >= 0),
        "most_delay_s": (table.most_delay_ms, table.most_delay_ms >= 0),
        "scope": (table.scope, np.isin(table.scope, list(Scope))),
        "node_w": (table.node_w, ~(table.node_w < 0.0) & ~np.isinf(table.node_w)),
    }  # fmt: skip
    found = [
        finding
        for name, (values, is_right) in rules.items()
        for finding in _refusals(name, values, is_right)
    ]
    held = table.n_nodes.astype(np.float64) * table.request_ms
    found += _refusals("n_nodes x request_s", held, held < MOST_NODE_MS)
    if found:
        raise WattportError(found)


def _refusals(name: str, values: NDArray[np.generic], is_right: BoolArray) -> list[Finding]:
    wrong = np.flatnonzero(~is_right)
    if wrong.size == 0:
        return []
    first = int(wrong[0])
    return [
        Finding(
            "JOB001",
            f"{wrong.size} of {values.size} jobs have a value that cannot be",
            path=f"job {first + 1}: {name}",
            value=values[first].item(),
            allowed="finite, not negative, and at least one node",
            remedy="correct the job or leave it out",
        )
    ]
