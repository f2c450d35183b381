"""
How many replicas a demand needs, and how much demand replicas bear, at a promised latency.

References
----------
Y. Zhong et al., "DistServe", OSDI 2024: goodput, the largest rate of requests that still
meets the promise.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from wattport.errors import Finding, WattportError
from wattport.serving.engine import Fleet, Served, simulate
from wattport.serving.replica_kernel import TOO_LONG
from wattport.serving.request import Trace, generate

_LONGEST_S = 3.6e6
_N_DOUBLINGS = 32  # down to a millisecond


@dataclass(frozen=True)
class Promise:
    """Service-level objective: a share of all requests within both limits."""

    ttft_s: float
    tpot_s: float
    share_frac: float = 0.99

    def is_kept(self, served: Served) -> bool:
        """Whether a run kept it; dropped or unfinished requests count as missed."""
        if served.status.size == 0:
            return True
        return served.within_slo_frac(self.ttft_s, self.tpot_s) >= self.share_frac


@dataclass(frozen=True)
class Capacity:
    """Least number of replicas, or why there is none."""

    n_replicas: int  # 0 if no number suffices
    served: Served  # with that number, or with the most tried
    reason: str  # empty if it is found


def least_replicas(fleet: Fleet, trace: Trace, promise: Promise, *, most: int = 4096) -> Capacity:
    """
    Fewest replicas that serve a trace within a promise.

    Parameters
    ----------
    fleet : Fleet
        Its number of replicas is not looked at; without scaling.
    trace : Trace
        The demand.
    promise : Promise
    most : int
        Replicas at most. [>= 1]

    Returns
    -------
    Capacity

    Notes
    -----
    Doubling, then bisection on the simulator: the answer keeps the promise and one replica
    less does not. More replicas never serve worse but for chance, so a smaller number that
    happens to suffice may be passed over.

    Examples
    --------
    >>> from wattport.serving.engine import Replica
    >>> watts = tuple(100.0 + 10.0 * n for n in range(9))
    >>> replica = Replica(0.02, 1e-4, 0.0, 0.01, 1e-4, 0.0, 4000, 8, 1, watts, 300.0)
    >>> lengths = Trace(np.zeros(2), np.array([100, 200]), np.array([20, 40]))
    >>> trace = generate(np.full(10, 20.0), 60.0, lengths, seed=1)
    >>> found = least_replicas(Fleet(replica, 1), trace, Promise(0.2, 0.03))
    >>> found.n_replicas, found.served.within_slo_frac(0.2, 0.03) >= 0.99
    (3, True)
    >>> least_replicas(Fleet(replica, 1), trace, Promise(0.2, 0.01), most=64).reason
    'with 64 the promise is kept for 0.0 % of the requests, 99.0 % are wanted'
    """
    if fleet.scaling is not None or most < 1:
        message = "the least number of replicas is sought for a fixed fleet of 1 or more"
        raise WattportError(Finding("SRV032", message, remedy="set scaling to None, most above 0"))
    most = max(1, min(most, trace.arrival_s.size))  # more replicas than requests are never busy
    return least_number(lambda n: simulate(replace(fleet, n_replicas=n), trace), promise, most=most)


def least_number(play: Callable[[int], Served], promise: Promise, *, most: int) -> Capacity:
    """
    Fewest of anything that serves within a promise, such as of decoders in a split fleet.

    Parameters
    ----------
    play : callable
        What becomes of the requests with so many.
    promise : Promise
    most : int
        [>= 1]

    Returns
    -------
    Capacity

    Examples
    --------
    >>> from wattport.serving.engine import Replica
    >>> from wattport.serving.split import Split, simulate_split
    >>> watts = tuple(100.0 + 10.0 * n for n in range(9))
    >>> one = Fleet(Replica(0.02, 1e-4, 0.0, 0.01, 1e-4, 0.0, 4000, 8, 1, watts, 300.0), 1)
    >>> lengths = Trace(np.zeros(2), np.array([100, 200]), np.array([20, 40]))
    >>> trace = generate(np.full(10, 20.0), 60.0, lengths, seed=1)
    >>> def with_decoders(n):
    ...     return simulate_split(Split(one, replace(one, n_replicas=n), 1e5, 50.0), trace)
    >>> least_number(with_decoders, Promise(0.2, 0.03), most=64).n_replicas
    3
    """
    low, high = 0, 1
    served = play(high)
    while not promise.is_kept(served) and high < most:
        low, high = high, min(2 * high, most)
        served = play(high)
    if not promise.is_kept(served):
        reason = _reason(served, promise, most)
        return Capacity(0, served, reason)
    while high - low > 1:
        middle = (low + high) // 2
        tried = play(middle)
        if promise.is_kept(tried):
            high, served = middle, tried
        else:
            low = middle
    return Capacity(high, served, "")


def _reason(served: Served, promise: Promise, most: int) -> str:
    kept_frac = served.within_slo_frac(promise.ttft_s, promise.tpot_s)
    reason = (
        f"with {most} the promise is kept for {100 * kept_frac:.1f} % of the requests, "
        f"{100 * promise.share_frac:.1f} % are wanted"
    )
    long_frac = float(np.mean(served.status == TOO_LONG))
    if long_frac > 0.0:
        reason += f"; {100 * long_frac:.1f} % do not fit into the memory of a replica"
    return reason


def goodput_per_s(
    play: Callable[[Trace], Served],
    lengths: Trace,
    promise: Promise,
    seed: int,
    *,
    n_requests: int = 5000,
    tolerance_frac: float = 0.01,
) -> float:
    """
    Largest steady rate of requests that is served within a promise.

    Parameters
    ----------
    play : callable
        Serves a trace: a fleet, or servers for prefill and decoding apart.
    lengths : Trace
        Requests whose tokens are typical.
    promise : Promise
    seed : int
    n_requests : int
        That are played at each rate tried. [>= 100]
    tolerance_frac : float
        To which the rate is found. [> 0]

    Returns
    -------
    float
        Requests per second; 0 if the promise is missed even when they are spread over a thousand
        hours, infinite if it is kept even when they come within a millisecond: play more.

    Notes
    -----
    The same Poisson arrivals are played faster or slower, so that the answer rises with what
    the servers can do and not by chance.

    Examples
    --------
    >>> from wattport.serving.engine import Replica
    >>> watts = tuple(100.0 + 10.0 * n for n in range(9))
    >>> replica = Replica(0.02, 1e-4, 0.0, 0.01, 1e-4, 0.0, 4000, 8, 1, watts, 300.0)
    >>> lengths = Trace(np.zeros(2), np.array([100, 200]), np.array([20, 40]))
    >>> promise = Promise(0.2, 0.03)
    >>> one, four = (
    ...     goodput_per_s(lambda t, n=n: simulate(Fleet(replica, n), t), lengths, promise, seed=1)
    ...     for n in (1, 4))
    >>> bool(3.0 < one < 6.0), bool(4.0 < four / one < 7.0)  # sharing smooths bursts
    (True, True)
    """
    slow = generate(np.full(1, float(n_requests)), 1.0, lengths, seed)
    count = slow.arrival_s.size

    def is_kept(rate_per_s: float) -> bool:
        arrival_s = slow.arrival_s * (n_requests / rate_per_s)
        return promise.is_kept(play(replace(slow, arrival_s=arrival_s)))

    rates = count / _LONGEST_S * 2.0 ** np.arange(_N_DOUBLINGS)
    missed = next((k for k, rate in enumerate(rates) if not is_kept(rate)), None)
    if missed is None:
        return math.inf
    if missed == 0:
        return 0.0
    low, high = float(rates[missed - 1]), float(rates[missed])
    while high - low > tolerance_frac * low:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if is_kept(middle) else (low, middle)
    return low
