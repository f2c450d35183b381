"""Waits, slowdown and goodput of a run by class of job and by user."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import BoolArray, FloatArray
from wattport.batch.outcome import BOUND_MS, BatchResult
from wattport.batch.state_kernel import DONE, KIND_JOB

# A node, a rack, a scalable unit, a hall's worth and what spans halls, in GPUs.
SIZE_EDGES = (1, 9, 73, 577, 4_609)
MOST_USERS = 10

# Dense training in BF16 on 16,384 H100 while it computes: 41 % (Llama 3, arXiv:2407.21783,
# table 4; 43 % on 8,192, 38 % with long sequences).
COMPUTING_MFU_FRAC = 0.41


@dataclass(frozen=True)
class JobClass:
    """What became of some of the jobs; times are NaN where none of them started or ended."""

    name: str
    n_jobs: int
    n_done: int
    sold_gpu_h: float
    goodput_frac: float  # lasting progress over the GPU time held
    effective_training_frac: float  # lasting progress over GPU time since the first start
    wait_mean_s: float
    wait_p50_s: float
    wait_p90_s: float
    wait_p99_s: float
    bounded_slowdown_mean: float
    bounded_slowdown_p90: float
    n_interruptions: int
    n_preemptions: int


def by_size(result: BatchResult) -> tuple[JobClass, ...]:
    """
    Figures of the jobs by the GPUs (or processors) they ask for, and of all of them.

    Parameters
    ----------
    result : BatchResult
        Of a simulation or a replay.

    Returns
    -------
    tuple of JobClass
        All jobs first, then each class that has any, the smallest first.

    Examples
    --------
    >>> from wattport.batch import make_jobs, simulate, uniform_machine
    >>> jobs = make_jobs([0, 0, 0], [100, 100, 100], [4, 4, 12])
    >>> for row in by_size(simulate(jobs, uniform_machine(12))):
    ...     print(row.name, row.n_jobs, row.wait_p90_s)
    all jobs 3 80.0
    1 to 8 2 0.0
    9 to 72 1 100.0
    """
    gpus = result.jobs.n_nodes * result.machine.n_gpus_per_node
    size = np.searchsorted(np.array(SIZE_EDGES), gpus, side="right") - 1
    rows = [_of("all jobs", result, np.ones(gpus.size, np.bool_))]
    rows += [_of(_size_name(int(k)), result, size == k) for k in np.unique(size)]
    return tuple(rows)


def by_user(result: BatchResult, most: int = MOST_USERS) -> tuple[JobClass, ...]:
    """
    Figures of the users who held most GPU time; none where the file names no users.

    Parameters
    ----------
    result : BatchResult
        Of a simulation or a replay.
    most : int
        Users listed by themselves; the others are one row. [>= 1]

    Returns
    -------
    tuple of JobClass
        Largest first, ties by the user's number.

    Examples
    --------
    >>> from wattport.batch import make_jobs, simulate, uniform_machine
    >>> jobs = make_jobs([0, 0, 0], [10, 20, 40], [1, 1, 1], user=[5, 7, 7])
    >>> [(row.name, row.n_jobs) for row in by_user(simulate(jobs, uniform_machine(3)))]
    [('user 7', 2), ('user 5', 1)]
    """
    user, place = np.unique(result.jobs.user, return_inverse=True)
    if user.size < 2:
        return ()
    held = np.bincount(place, _held_node_ms(result), user.size)
    order = np.lexsort((user, -held))
    rows = [_of(f"user {user[k]}", result, place == k) for k in order[:most]]
    if order.size > most:
        is_other = np.isin(place, order[most:])
        rows.append(_of(f"{order.size - most} other users", result, is_other))
    return tuple(rows)


def _held_node_ms(result: BatchResult) -> NDArray[np.int64]:
    """Node time that each job held, whatever came of it."""
    return np.asarray(
        result.useful_node_ms + result.lost_node_ms + result.saving_node_ms + result.restart_node_ms
    )


def _of(name: str, result: BatchResult, which: BoolArray) -> JobClass:
    wait_s = ((result.first_ms - result.jobs.submit_ms) / 1000.0)[which & (result.first_ms >= 0)]
    is_done = which & (result.state == DONE)
    run_ms = np.maximum(result.jobs.run_ms[is_done], BOUND_MS)
    slowdown = np.maximum((result.end_ms - result.jobs.submit_ms)[is_done] / run_ms, 1.0)
    held = float(_held_node_ms(result)[which].sum())
    useful = float(result.useful_node_ms[which].sum())
    over_ms = np.where(result.state == DONE, result.end_ms, result.until_ms)
    since = np.where(result.first_ms >= 0, (over_ms - result.first_ms) * result.jobs.n_nodes, 0)
    alive = float(since[which].sum())
    return JobClass(
        name=name,
        n_jobs=int(which.sum()),
        n_done=int(is_done.sum()),
        sold_gpu_h=held * result.machine.n_gpus_per_node / 3.6e6,
        goodput_frac=useful / held if held else float("nan"),
        effective_training_frac=useful / alive if alive else float("nan"),
        wait_mean_s=float(wait_s.mean()) if wait_s.size else float("nan"),
        wait_p50_s=_quantile(wait_s, 0.5),
        wait_p90_s=_quantile(wait_s, 0.9),
        wait_p99_s=_quantile(wait_s, 0.99),
        bounded_slowdown_mean=float(slowdown.mean()) if slowdown.size else float("nan"),
        bounded_slowdown_p90=_quantile(slowdown, 0.9),
        n_interruptions=int(result.n_interruptions[which].sum()),
        n_preemptions=int(result.n_preemptions[which].sum()),
    )


def _quantile(values: FloatArray, level: float) -> float:
    return float(np.quantile(values, level)) if values.size else float("nan")


# Least wait of each class, and what the class is called.
WAIT_CLASSES = (
    (0.0, "none"), (1.0, "< 1 min"), (60.0, "< 10 min"), (600.0, "< 1 h"), (3_600.0, "< 6 h"),
    (21_600.0, "< 1 d"), (86_400.0, "longer"),
)  # fmt: skip


def wait_counts(result: BatchResult) -> tuple[tuple[str, ...], tuple[str, ...], FloatArray]:
    """
    Count jobs by how long they waited and by their size.

    Parameters
    ----------
    result : BatchResult
        Of a simulation or a replay.

    Returns
    -------
    waits : tuple of str
        Names of the classes of wait, the shortest first.
    sizes : tuple of str
        Names of the classes of size that have a job.
    count : ndarray, shape (size, wait)
        Jobs that started.

    Examples
    --------
    >>> from wattport.batch import make_jobs, simulate, uniform_machine
    >>> jobs = make_jobs([0, 0, 0], [100, 100, 100], [4, 4, 12])
    >>> waits, sizes, count = wait_counts(simulate(jobs, uniform_machine(12)))
    >>> sizes, count[:, :3].tolist()
    (('1 to 8', '9 to 72'), [[2.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    """
    started = result.first_ms >= 0
    wait_s = (result.first_ms - result.jobs.submit_ms)[started] / 1000.0
    edges = np.array([least for least, _ in WAIT_CLASSES])
    place = np.searchsorted(edges, wait_s, side="right") - 1
    gpus = (result.jobs.n_nodes * result.machine.n_gpus_per_node)[started]
    size = np.searchsorted(np.array(SIZE_EDGES), gpus, side="right") - 1
    used = np.unique(size)
    count = np.zeros((len(SIZE_EDGES), edges.size))
    np.add.at(count, (size, place), 1.0)
    names = tuple(_size_name(int(k)) for k in used)
    return tuple(name for _, name in WAIT_CLASSES), names, count[used]


def use_over_time(result: BatchResult, edge_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Share of nodes that jobs hold, and that are out of order, exact in each stretch of time.

    Parameters
    ----------
    result : BatchResult
        Of a simulation or a replay.
    edge_s : ndarray, shape (point + 1,)
        Rising, from 0 to the end. [s]

    Returns
    -------
    held_frac, absent_frac : ndarray, shape (point,)
        [0 to 1]

    Examples
    --------
    >>> from wattport.batch import make_jobs, simulate, uniform_machine
    >>> result = simulate(make_jobs([0], [30], [2]), uniform_machine(4))
    >>> use_over_time(result, np.array([0.0, 15.0, 30.0]))[0]
    array([0.5, 0.5])
    """
    log = result.log
    shares = []
    for rows in (log.kind == KIND_JOB, log.kind != KIND_JOB):
        at_s = np.concatenate([log.begin_ms[rows], log.end_ms[rows]]) / 1000.0
        n = np.concatenate([log.n_nodes[rows], -log.n_nodes[rows]]).astype(np.float64)
        order = np.argsort(at_s, kind="stable")
        at_s, n = at_s[order], n[order]
        # Node-seconds up to a moment: the sum of n (t - at) over what has happened by then.
        passed = np.searchsorted(at_s, edge_s, side="right")
        sums = np.concatenate([[0.0], np.cumsum(n)])
        moments = np.concatenate([[0.0], np.cumsum(n * at_s)])
        integral = sums[passed] * edge_s - moments[passed]
        shares.append(np.diff(integral) / np.diff(edge_s) / result.machine.n_nodes)
    held, absent = (np.maximum(share, 0.0) for share in shares)
    return np.asarray(held), np.asarray(absent)


def _size_name(k: int) -> str:
    low = SIZE_EDGES[k]
    if k + 1 == len(SIZE_EDGES):
        return f"more than {low - 1:,}".replace(",", " ")
    return f"{low:,} to {SIZE_EDGES[k + 1] - 1:,}".replace(",", " ")
