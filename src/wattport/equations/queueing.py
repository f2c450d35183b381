"""
Queues in steady state: Poisson models exactly, general ones approximately.

They are the first estimate of a plant and the yardstick of its simulation: a
station whose simulated wait is far from these formulas is either starved,
blocked, or wrongly described.

References
----------
A. K. Erlang, "Solution of some problems in the theory of probabilities of
significance in automatic telephone exchanges", Elektroteknikeren 13, 1917.
J. F. C. Kingman, "The single server queue in heavy traffic", Math. Proc.
Cambridge Philos. Soc. 57(4), 1961, doi:10.1017/S0305004100036094.
A. O. Allen, "Probability, Statistics, and Queueing Theory with Computer
Science Applications", 2nd ed., Academic Press 1990, section 5.
M. Reiser, S. S. Lavenberg, "Mean-value analysis of closed multichain queuing
networks", J. ACM 27(2), 1980, doi:10.1145/322186.322195.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray


def erlang_b(offered_erlang: ArrayLike, n_servers: int) -> FloatArray:
    """
    Share of customers turned away when nobody can wait (M/M/c/c).

    Parameters
    ----------
    offered_erlang : array_like
        Arrival rate times mean service time. [>= 0]
    n_servers : int
        Parallel servers. [>= 1]

    Returns
    -------
    ndarray
        Loss probability, same shape. [0..1]

    Notes
    -----
    ``B(0) = 1; B(c) = a B(c-1) / (c + a B(c-1))``, stable for any size.

    Examples
    --------
    >>> round(float(erlang_b(2.0, 3)), 6)
    0.210526
    """
    offered = np.asarray(offered_erlang, dtype=np.float64)
    loss = np.ones_like(offered)
    for server in range(1, n_servers + 1):
        loss = offered * loss / (server + offered * loss)
    return loss


def erlang_c(offered_erlang: ArrayLike, n_servers: int) -> FloatArray:
    """
    Probability that a customer of an M/M/c queue must wait.

    Parameters
    ----------
    offered_erlang : array_like
        Arrival rate times mean service time. [>= 0]
    n_servers : int
        Parallel servers. [>= 1]

    Returns
    -------
    ndarray
        1 where the queue has no steady state, ``offered >= n_servers``. [0..1]

    Notes
    -----
    ``C = B / (1 - rho (1 - B))`` with Erlang's B and ``rho = a / c``.

    Examples
    --------
    >>> round(9 * float(erlang_c(2.0, 3)), 9)
    4.0
    """
    offered = np.asarray(offered_erlang, dtype=np.float64)
    loss = erlang_b(offered, n_servers)
    use = offered / n_servers
    with np.errstate(divide="ignore", invalid="ignore"):
        wait = loss / (1.0 - use * (1.0 - loss))
    return np.where(use < 1.0, wait, 1.0)


def mmc_queue_length(offered_erlang: ArrayLike, n_servers: int) -> FloatArray:
    """
    Mean number waiting in an M/M/c queue, those in service left out.

    Parameters
    ----------
    offered_erlang : array_like
        Arrival rate times mean service time. [>= 0]
    n_servers : int
        Parallel servers; 1 gives M/M/1. [>= 1]

    Returns
    -------
    ndarray
        Infinite where there is no steady state. [>= 0]

    Notes
    -----
    ``Lq = C rho / (1 - rho)``.

    Examples
    --------
    >>> [round(float(x), 9) for x in (9 * mmc_queue_length(2.0, 3), mmc_queue_length(0.9, 1))]
    [8.0, 8.1]
    """
    offered = np.asarray(offered_erlang, dtype=np.float64)
    use = offered / n_servers
    with np.errstate(divide="ignore", invalid="ignore"):
        length = erlang_c(offered, n_servers) * use / (1.0 - use)
    return np.where(use < 1.0, length, np.inf)


def mmc_wait_h(arrival_per_h: ArrayLike, service_h: ArrayLike, n_servers: int) -> FloatArray:
    """
    Mean wait before service in an M/M/c queue.

    Parameters
    ----------
    arrival_per_h : array_like
        Poisson arrival rate. [1/h, > 0]
    service_h : array_like
        Mean of the exponential service time. [h, > 0]
    n_servers : int
        Parallel servers. [>= 1]

    Returns
    -------
    ndarray
        Infinite where there is no steady state. [h]

    Notes
    -----
    Little's law on the queue: ``Wq = Lq / lambda``.

    Examples
    --------
    >>> round(float(mmc_wait_h(0.9, 1.0, 1)), 9)
    9.0
    """
    arrival = np.asarray(arrival_per_h, dtype=np.float64)
    service = np.asarray(service_h, dtype=np.float64)
    return mmc_queue_length(arrival * service, n_servers) / arrival


def ggc_wait_h(
    arrival_per_h: ArrayLike,
    service_h: ArrayLike,
    arrival_cv: ArrayLike,
    service_cv: ArrayLike,
    n_servers: int = 1,
) -> FloatArray:
    """
    Approximate the mean wait of a general queue with c servers (Allen-Cunneen).

    Variability enters only through the two coefficients of variation; with one
    server it is Kingman's heavy-traffic formula, with both at 1 it is M/M/c.

    Parameters
    ----------
    arrival_per_h : array_like
        Arrival rate. [1/h, > 0]
    service_h : array_like
        Mean service time. [h, > 0]
    arrival_cv, service_cv : array_like
        Coefficients of variation of the gaps and of the service. [>= 0]
    n_servers : int
        Parallel servers. [>= 1]

    Returns
    -------
    ndarray
        Infinite where there is no steady state. [h]

    Notes
    -----
    ``Wq = Wq(M/M/c) (ca^2 + cs^2) / 2``. Exact for M/G/1; within some 10 per
    cent for use above 0.7 and coefficients below about 1.5.

    Examples
    --------
    An M/D/1 queue waits half as long as an M/M/1 queue:

    >>> round(float(ggc_wait_h(0.9, 1.0, 1.0, 0.0)), 9)
    4.5
    """
    spread = np.asarray(arrival_cv, np.float64) ** 2 + np.asarray(service_cv, np.float64) ** 2
    return mmc_wait_h(arrival_per_h, service_h, n_servers) * (spread / 2.0)


def gg1_wait_bound_h(
    arrival_per_h: ArrayLike, service_h: ArrayLike, arrival_cv: ArrayLike, service_cv: ArrayLike
) -> FloatArray:
    """
    Upper bound of the mean wait of any single-server queue (Kingman 1962).

    Parameters
    ----------
    arrival_per_h, service_h, arrival_cv, service_cv : array_like
        As in `ggc_wait_h`.

    Returns
    -------
    ndarray
        Infinite where there is no steady state. [h]

    Notes
    -----
    ``Wq <= lambda (sigma_a^2 + sigma_s^2) / (2 (1 - rho))`` for independent
    gaps and services in the order of arrival.

    References
    ----------
    J. F. C. Kingman, "Some inequalities for the queue GI/G/1", Biometrika
    49(3/4), 1962, doi:10.1093/biomet/49.3-4.315.

    Examples
    --------
    >>> bool(gg1_wait_bound_h(0.9, 1.0, 1.0, 1.0) >= mmc_wait_h(0.9, 1.0, 1))
    True
    """
    arrival = np.asarray(arrival_per_h, dtype=np.float64)
    service = np.asarray(service_h, dtype=np.float64)
    use = arrival * service
    variance = (np.asarray(arrival_cv) / arrival) ** 2 + (np.asarray(service_cv) * service) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        bound = arrival * variance / (2.0 * (1.0 - use))
    return np.where(use < 1.0, bound, np.inf)


def conwip_throughput(rates_per_h: Sequence[float], n_wip: int) -> float:
    """
    Throughput of an exponential line with a constant number of units in it.

    Parameters
    ----------
    rates_per_h : sequence of float
        Service rate of each single-server station. [1/h, > 0]
    n_wip : int
        Units in the line; one enters as one leaves. [>= 1]

    Returns
    -------
    float
        Units leaving the line. [1/h]

    Notes
    -----
    Exact mean-value analysis (Reiser and Lavenberg 1980). Balanced lines obey
    ``mu w / (w + m - 1)``. Buffers are unlimited.

    Examples
    --------
    >>> [round(conwip_throughput([1.0] * 4, w), 4) for w in (4, 8, 12)]
    [0.5714, 0.7273, 0.8]
    """
    service_h = 1.0 / np.asarray(rates_per_h, dtype=np.float64)
    length = np.zeros_like(service_h)
    throughput = 0.0
    for n_units in range(1, n_wip + 1):
        sojourn_h = service_h * (1.0 + length)
        throughput = float(n_units / sojourn_h.sum())
        length = throughput * sojourn_h
    return throughput


def line_throughput_bound(rates_per_h: ArrayLike, n_servers: ArrayLike = 1) -> float:
    """
    Largest rate any line of these stations can reach: that of its bottleneck.

    Parameters
    ----------
    rates_per_h : array_like, shape (station,)
        Rate of one server of each station. [1/h]
    n_servers : array_like, shape (station,)
        Parallel servers.

    Returns
    -------
    float
        Upper bound, reached with unlimited buffers and input. [1/h]

    Examples
    --------
    >>> line_throughput_bound([2.0, 3.0], [2, 1])
    3.0
    """
    return float(np.min(np.asarray(rates_per_h, np.float64) * np.asarray(n_servers)))
