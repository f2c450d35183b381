"""Workloads made up from published statistics, for machines whose own are not known."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray
from wattport.batch.failure import (
    S_PER_DAY,
    Failures,
    checkpoint_cycle_s,
    mean_time_to_interrupt_h,
)
from wattport.batch.job import JobTable, Scope, make_jobs
from wattport.batch.machine import Machine, uniform_machine

# Lublin and Feitelson (2003), tables of the paper's model of batch jobs.
SERIAL_FRAC, POWER_OF_TWO_FRAC = 0.244, 0.576
SIZE_LOW, SIZE_BELOW_MAX, SIZE_FIRST_FRAC = 0.8, 2.5, 0.86
RUN_SHAPE_1, RUN_SCALE_1, RUN_SHAPE_2, RUN_SCALE_2 = 4.2, 0.94, 312.0, 0.03
RUN_SLOPE, RUN_BASE = -0.0054, 0.78
# Share of a day's arrivals by hour of local time, lowest at night, highest before noon and after:
# a guess in the shape that the paper draws.
HOURLY = np.array(
    [0.5, 0.4, 0.35, 0.3, 0.3, 0.35, 0.45, 0.7, 1.1, 1.5, 1.7, 1.7,
     1.5, 1.6, 1.7, 1.7, 1.6, 1.4, 1.1, 1.0, 0.9, 0.8, 0.7, 0.6]
)  # fmt: skip

# Frontier's node: CPU 90 to 280 W, four GPUs 88 to 560 W each, and 74.26 + 4 x 20 + 30 W of
# memory, network cards and drives (Brewer et al., "A digital twin framework for liquid-cooled
# supercomputers", SC 2024, arXiv:2410.05133).
FRONTIER_NODES, FRONTIER_RACKS = 9_472, 74
_CPU_IDLE_W, _CPU_MAX_W, _GPU_IDLE_W, _GPU_MAX_W = 90.0, 280.0, 88.0, 560.0
_REST_W = 74.26 + 4.0 * 20.0 + 30.0
FRONTIER_IDLE_W = _CPU_IDLE_W + 4.0 * _GPU_IDLE_W + _REST_W
FRONTIER_MAX_W = _CPU_MAX_W + 4.0 * _GPU_MAX_W + _REST_W


def batch_workload(n_jobs: int, n_nodes: int, load_frac: float, seed: int) -> JobTable:
    """
    Make rigid batch jobs after Lublin and Feitelson.

    A quarter of the jobs are serial, most others a power of two; the logarithm of the run time
    is a mixture of two gamma distributions, and large jobs belong more often to the long one.

    Parameters
    ----------
    n_jobs : int
        How many. [>= 1]
    n_nodes : int
        Of the machine; no job is larger. [>= 2]
    load_frac : float
        Node-seconds asked for over those there are, until the last arrival. [> 0]
    seed : int
        Of the numbers.

    Returns
    -------
    JobTable
        In order of arrival; requests are the runs.

    Notes
    -----
    Sizes: ``2**u``, with ``u`` uniform from 0.8 to ``log2(n) - 2.5`` in 86 % and from there to
    ``log2(n)`` in 14 % of cases, rounded to a power of two in 57.6 %. Runs: ``exp(gamma)`` with
    (4.2, 0.94) or (312, 0.03), the first with probability ``0.78 - 0.0054 size``. Arrivals are
    Poisson with a daily rhythm, scaled to the load, which is simpler than the paper's.

    References
    ----------
    U. Lublin, D. Feitelson, "The workload on parallel supercomputers", J. Parallel Distrib.
    Comput. 63(11), 2003, doi:10.1016/S0743-7315(03)00108-4.

    Examples
    --------
    >>> jobs = batch_workload(4000, 256, 0.8, seed=1)
    >>> bool(abs((jobs.n_nodes == 1).mean() - 0.244) < 0.02)
    True
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(41,)))
    high = np.log2(n_nodes)
    middle = max(high - SIZE_BELOW_MAX, SIZE_LOW)
    is_first = rng.random(n_jobs) < SIZE_FIRST_FRAC
    low = min(SIZE_LOW, high)
    exponent = np.where(
        is_first, rng.uniform(low, middle, n_jobs), rng.uniform(middle, high, n_jobs)
    )
    kind = rng.random(n_jobs)
    is_power = kind < SERIAL_FRAC + POWER_OF_TWO_FRAC
    size = np.rint(2.0 ** np.where(is_power, np.rint(exponent), exponent))
    size = np.where(kind < SERIAL_FRAC, 1.0, np.clip(size, 1, n_nodes))
    is_short = rng.random(n_jobs) < np.clip(RUN_BASE + RUN_SLOPE * size, 0.0, 1.0)
    run = np.exp(
        np.where(
            is_short,
            rng.gamma(RUN_SHAPE_1, RUN_SCALE_1, n_jobs),
            rng.gamma(RUN_SHAPE_2, RUN_SCALE_2, n_jobs),
        )
    )
    run = np.maximum(np.rint(run), 1.0)
    span_s = float((size * run).sum()) / (load_frac * n_nodes)
    return make_jobs(_daily_arrivals(rng, n_jobs, span_s), run, size)


def _daily_arrivals(rng: np.random.Generator, n_jobs: int, span_s: float) -> FloatArray:
    """Arrivals with a daily rhythm: uniform ranks read off the cumulated rate. [s]."""
    hours = np.arange(int(np.ceil(span_s / 3600.0)) + 1)
    done = np.concatenate([[0.0], np.cumsum(HOURLY[hours[:-1] % 24])])
    ranks = np.sort(rng.random(n_jobs)) * np.interp(span_s / 3600.0, hours, done)
    return np.asarray(np.rint(np.interp(ranks, done, hours) * 3600.0))


def frontier_machine() -> Machine:
    """
    Build Frontier as published: 9,472 nodes in 74 racks, power at the node's input.

    Examples
    --------
    >>> round(FRONTIER_IDLE_W, 2), round(FRONTIER_MAX_W, 2), frontier_machine().n_gpus
    (626.26, 2704.26, 37888)
    """
    return uniform_machine(
        FRONTIER_NODES, n_racks=FRONTIER_RACKS, idle_w=FRONTIER_IDLE_W, active_w=FRONTIER_MAX_W,
        n_gpus_per_node=4,
    )  # fmt: skip


def frontier_workload(n_jobs: int, seed: int) -> JobTable:
    """
    Make a random day of Frontier: sizes, times and activities at random.

    Parameters
    ----------
    n_jobs : int
        How many; 100 fill about a day.
    seed : int
        Of the numbers.

    Returns
    -------
    JobTable
        Arrivals 900 s apart on average, 1 to 3,000 nodes, runs around four hours, CPU and GPU
        activity anywhere between idle and full. Stand-ins for the random workload of the twin's
        own simulator, which draws its jobs in this manner.

    Examples
    --------
    >>> jobs = frontier_workload(100, seed=1)
    >>> int(jobs.n_nodes.max()) <= 3000
    True
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(42,)))
    run = np.clip(rng.normal(4.0, 2.0, n_jobs), 0.1, 12.0) * 3600.0
    cpu, gpu = rng.random(n_jobs), rng.random(n_jobs)
    node_w = (
        _REST_W
        + _CPU_IDLE_W + cpu * (_CPU_MAX_W - _CPU_IDLE_W)
        + 4.0 * (_GPU_IDLE_W + gpu * (_GPU_MAX_W - _GPU_IDLE_W))
    )  # fmt: skip
    return make_jobs(
        np.rint(np.cumsum(rng.exponential(900.0, n_jobs))),
        np.rint(run),
        rng.integers(1, 3001, n_jobs),
        node_w=node_w,
    )


def training_workload(
    machine: Machine,
    n_jobs: int,
    run_s: float,
    *,
    share_frac: float = 0.98,
    checkpoint_s: float = 30.0,
    restart_s: float = 300.0,
    failures: Failures | None = None,
) -> JobTable:
    """
    Make equal training jobs that start together, checkpoint as often as pays, and restart.

    Parameters
    ----------
    machine : Machine
        Shared out to the jobs.
    n_jobs : int
        How many. [>= 1]
    run_s : float
        Computing that each has to do. [s]
    share_frac : float
        Of the machine for all of them; the rest stands by for failed nodes. [0 to 1]
    checkpoint_s, restart_s : float
        Stop for a checkpoint; from a failure until work goes on. Guesses: half a minute to storage,
        five minutes to detect, place and restore. [s]
    failures : Failures, optional
        Set the time between checkpoints by Young's rule; left out: Llama 3's.

    Returns
    -------
    JobTable
        Close together where there is room in one hall.

    Examples
    --------
    >>> from wattport.batch.machine import uniform_machine
    >>> jobs = training_workload(uniform_machine(2048, n_gpus_per_node=8), 1, 54 * 86_400.0,
    ...     share_frac=1.0)
    >>> jobs.n_nodes, jobs.cycle_ms // 1000
    (array([2048]), array([817]))
    """
    rates = Failures() if failures is None else failures
    n_nodes = max(int(machine.n_nodes * share_frac) // n_jobs, 1)
    mean_s = 3600.0 * mean_time_to_interrupt_h(
        n_nodes * machine.n_gpus_per_node, max(rates.per_gpu_day, 1e-12)
    )
    cycle_s = np.floor(checkpoint_cycle_s(checkpoint_s, mean_s))
    return make_jobs(
        np.zeros(n_jobs), np.full(n_jobs, run_s), np.full(n_jobs, n_nodes),
        scope=Scope.HALL, cycle_s=cycle_s, checkpoint_s=checkpoint_s, restart_s=restart_s,
        priority=1,
    )  # fmt: skip


def campus_workload(
    machine: Machine, days: float, seed: int, *, training_frac: float = 0.7, n_training: int = 4
) -> JobTable:
    """
    Make days of a campus: a few lockstep trainings, and many smaller jobs beside them.

    Parameters
    ----------
    machine : Machine
        The campus.
    days : float
        Time to fill. [day]
    seed : int
        Of the smaller jobs.
    training_frac : float
        Share of the nodes that trainings hold. [0 to 1]
    n_training : int
        Number of trainings. [>= 1]

    Returns
    -------
    JobTable
        The trainings first. Smaller jobs ask for 1.05 times the rest, at most a 16th of it each,
        after the distributions of `batch_workload`.

    Examples
    --------
    >>> from wattport.batch.machine import uniform_machine
    >>> jobs = campus_workload(uniform_machine(1000, n_gpus_per_node=4), 1.0, seed=1)
    >>> jobs.n_nodes[:4]
    array([175, 175, 175, 175])
    """
    span_s = days * S_PER_DAY
    trainings = training_workload(machine, n_training, span_s, share_frac=training_frac)
    rest = max(machine.n_nodes - int(trainings.n_nodes.sum()), 2)
    largest = max(rest // 16, 2)
    sample = batch_workload(2000, largest, 1.0, seed)
    mean = float((sample.n_nodes * sample.run_ms).sum()) / 1000.0 / sample.n_jobs
    n_small = max(int(1.05 * rest * span_s / mean), 1)
    small = batch_workload(n_small, largest, 1.0, seed)
    arrival = small.submit_ms / max(int(small.submit_ms.max()), 1) * span_s
    return make_jobs(
        np.concatenate([trainings.submit_ms / 1000.0, np.rint(arrival)]),
        np.concatenate([trainings.run_ms, small.run_ms]) / 1000.0,
        np.concatenate([trainings.n_nodes, small.n_nodes]),
        priority=np.concatenate([trainings.priority, small.priority]),
        scope=np.concatenate([trainings.scope, np.full(small.n_jobs, Scope.ROW)]),
        cycle_s=np.concatenate([trainings.cycle_ms, small.cycle_ms]) / 1000.0,
        checkpoint_s=np.concatenate([trainings.checkpoint_ms, small.checkpoint_ms]) / 1000.0,
        restart_s=np.concatenate([trainings.restart_ms, small.restart_ms]) / 1000.0,
    )
