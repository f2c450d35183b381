"""
Years of serving: the request-level fleet, summarised as a curve of its load.

A year holds a hundred million requests, but each hour of it differs from another of the
same load by chance only. So the fleet is played once at a dozen loads, and an hour takes
from that curve what it needs. What does not fit into an hour waits for the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from wattport.arrays import FloatArray
from wattport.errors import Finding, WattportError
from wattport.serving.engine import Fleet, Served, simulate
from wattport.serving.request import Trace, generate
from wattport.serving.split import Split, simulate_split

LEVELS_FRAC = (np.arange(200) + 0.5) / 200.0
LOADS_FRAC = np.array(
    [0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.18, 0.25, 0.35, 0.45, 0.55, 0.65, 0.74,
     0.81, 0.86, 0.9, 0.93]
)  # fmt: skip
_LARGEST_POOL = 64  # a router over more replicas is no better: the curve per replica is flat
_WARM_UP_FRAC = 0.1
_BUSY_FRAC = 0.8  # above it waits are long and take long to settle
_MORE_WHEN_BUSY = 4
_N_CELLS = 500


@dataclass(frozen=True)
class ServingCurve:
    """What a replica does at each load; all arrays ascend with load."""

    load_per_s: FloatArray  # requests per second and replica, shape (load,)
    capacity_per_s: float  # what one replica can sustain
    ttft_s: FloatArray  # at `LEVELS_FRAC`, shape (load, level)
    tpot_s: FloatArray  # at `LEVELS_FRAC`, shape (load, level)
    busy_frac: FloatArray  # shape (load,)
    power_w: FloatArray  # of one replica, shape (load,)
    tokens_per_request: float


@dataclass(frozen=True)
class Aggregate:
    """A fleet over many steps."""

    busy_frac: FloatArray  # time that replicas prefill or decode, shape (step,)
    power_w: FloatArray  # of the fleet, shape (step,)
    tokens_per_s: FloatArray  # generated, shape (step,)
    backlog: FloatArray  # requests that wait for a later step, at its end, shape (step,)
    ttft_s: FloatArray  # of all requests, at `LEVELS_FRAC`
    tpot_s: FloatArray  # of all requests, at `LEVELS_FRAC`

    def j_per_token(self) -> float:
        """Energy of the fleet over the tokens it generated."""
        return float(self.power_w.sum() / max(float(self.tokens_per_s.sum()), 1e-300))


def serving_curve(
    fleet: Fleet | Split,
    lengths: Trace,
    seed: int,
    *,
    n_requests: int = 40_000,
    burstiness: float = 1.0,
    run_length: int = 1,
) -> ServingCurve:
    """
    Play a fleet at steady loads, from none to near saturation.

    Parameters
    ----------
    fleet : Fleet or Split
        Without scaling. Of a split fleet the curve is per replica of either kind.
    lengths : Trace
        Requests whose tokens are typical.
    seed : int
    n_requests : int
        Per load, in the pool of replicas that is played; four times as many above 0.8 of
        capacity. [>= 1000]
    burstiness : float
        Squared coefficient of variation of the intervals between arrivals. [>= 1]
    run_length : int
        Requests in a row that keep the order they have in ``lengths``. With one to three
        replicas, trains of long prompts make the tail, and a real trace has them. [>= 1]

    Returns
    -------
    ServingCurve

    Notes
    -----
    Capacity is the rate at which requests that all arrive at once are worked off, the emptying
    at the end left out. The first tenth of each run only fills the replicas and is left out.
    """
    pool = _pool(fleet)
    capacity = _capacity_per_s(pool, generate(np.full(1, float(n_requests)), 1.0, lengths, seed))
    rows = []
    for load_frac in LOADS_FRAC[1:]:
        rate_per_s = capacity * load_frac * pool.n_replicas
        n_played = n_requests * (_MORE_WHEN_BUSY if load_frac > _BUSY_FRAC else 1)
        span_s = n_played / rate_per_s
        trace = generate(
            np.full(1, rate_per_s), span_s, lengths, seed,
            burstiness=burstiness, run_length=run_length,
        )  # fmt: skip
        rows.append(_at_load(pool, trace, span_s))
    ttft, tpot, busy, power = (np.array(column) for column in zip(*rows, strict=True))
    # Without load there is no distribution: that of the least load stands for it.
    return ServingCurve(
        load_per_s=capacity * LOADS_FRAC,
        capacity_per_s=float(capacity * LOADS_FRAC[-1]),
        ttft_s=np.vstack([ttft[:1], ttft]),
        tpot_s=np.vstack([tpot[:1], tpot]),
        busy_frac=np.concatenate(([0.0], busy)),
        power_w=np.concatenate(([pool.idle_w], power)),
        tokens_per_request=float(lengths.n_output.mean()),
    )


@dataclass(frozen=True)
class _Pool:
    """As many replicas as are played for a curve."""

    play: Callable[..., Served]  # of a trace, with step_s and horizon_s
    n_replicas: int
    idle_w: float  # of one replica


def _pool(fleet: Fleet | Split) -> _Pool:
    """Replicas without a limit to their queues; a split fleet keeps its proportion."""
    parts = [fleet] if isinstance(fleet, Fleet) else [fleet.prefill, fleet.decode]
    if any(part.scaling is not None for part in parts):
        raise WattportError(
            Finding("SRV030", "a curve needs a fixed fleet", remedy="set scaling to None")
        )
    endless = [replace(part, max_queue=10**9) for part in parts]
    if isinstance(fleet, Split):
        split = replace(fleet, prefill=endless[0], decode=endless[1])
        n = sum(part.n_replicas for part in parts)
        idle_w = sum(part.n_replicas * part.replica.decode_w[0] for part in parts)
        return _Pool(partial(simulate_split, split), n, idle_w / n)
    n = min(fleet.n_replicas, _LARGEST_POOL)
    return _Pool(partial(simulate, replace(endless[0], n_replicas=n)), n, fleet.replica.decode_w[0])


def _capacity_per_s(pool: _Pool, flood: Trace) -> float:
    """Rate at which requests that all come at once are worked off, per replica."""
    at_once = Trace(np.zeros_like(flood.arrival_s), flood.n_input, flood.n_output)
    rushed = pool.play(at_once, step_s=1e5, horizon_s=1e7)
    done_s = np.sort(rushed.finish_s[rushed.is_completed])
    if done_s.size < 10:
        raise WattportError(
            Finding("SRV031", "hardly a request fits into the memory", remedy="raise kv_tokens")
        )
    early, late = done_s.size // 10, done_s.size * 8 // 10
    return float((late - early) / max(done_s[late] - done_s[early], 1e-9) / pool.n_replicas)


def _at_load(
    pool: _Pool, trace: Trace, span_s: float
) -> tuple[FloatArray, FloatArray, float, float]:
    n_steps = 20
    served = pool.play(trace, step_s=span_s / n_steps, horizon_s=span_s)
    first = int(n_steps * _WARM_UP_FRAC)
    ttft_s, tpot_s = _after(served, span_s * _WARM_UP_FRAC)
    return (
        np.quantile(ttft_s, LEVELS_FRAC),
        np.quantile(tpot_s, LEVELS_FRAC),
        float(served.busy_s[first:].mean() / served.step_s / pool.n_replicas),
        float(served.power_w[first:].mean() / pool.n_replicas),
    )


def _after(served: Served, begin_s: float) -> tuple[FloatArray, FloatArray]:
    """TTFT and TPOT of the requests that came after a time."""
    trace = served.trace
    came = served.is_completed & (trace.arrival_s >= begin_s)
    many = came & (trace.n_output > 1)
    if not many.any():
        many = served.is_completed
    ttft_s = (served.first_s - trace.arrival_s)[came if came.any() else many]
    tpot_s = (served.finish_s - served.first_s)[many] / np.maximum(trace.n_output[many] - 1, 1)
    return ttft_s, tpot_s


def aggregate(
    curve: ServingCurve, rate_per_s: FloatArray, step_s: float, n_replicas: int
) -> Aggregate:
    """
    Serve arrivals that are known by their rate only.

    Parameters
    ----------
    curve : ServingCurve
        From `serving_curve`, of this fleet.
    rate_per_s : ndarray, shape (step,)
        Mean arrivals of the whole fleet. [1/s, >= 0]
    step_s : float
        Longer than a request takes; hours, for years. [> 0]
    n_replicas : int

    Returns
    -------
    Aggregate

    Notes
    -----
    What exceeds the capacity waits as a fluid: ``B = S - min(0, min S)`` with ``S`` the running
    sum of arrivals less capacity (Lindley). Its wait is added to the time to first token.

    Examples
    --------
    >>> from wattport.serving.engine import Replica
    >>> watts = tuple(100.0 + 10.0 * n for n in range(9))
    >>> fleet = Fleet(Replica(0.02, 1e-4, 0.0, 0.01, 1e-4, 0.0, 4000, 8, 1, watts, 300.0), 4)
    >>> lengths = Trace(np.zeros(2), np.array([100, 200]), np.array([20, 40]))
    >>> curve = serving_curve(fleet, lengths, seed=1, n_requests=1000)
    >>> year = aggregate(curve, np.array([0.0, 1.0, 2.0]), 3600.0, 4)
    >>> [float(x) for x in year.tokens_per_s.round(6)], float(year.power_w[0])
    ([0.0, 30.0, 60.0], 400.0)
    """
    limit = curve.capacity_per_s * n_replicas
    arrivals = np.asarray(rate_per_s, dtype=np.float64) * step_s
    walk = np.cumsum(arrivals - limit * step_s)
    backlog = walk - np.minimum(np.minimum.accumulate(walk), 0.0)
    before = np.concatenate(([0.0], backlog[:-1]))
    served = arrivals + before - backlog
    load = np.minimum(served / step_s / n_replicas, curve.load_per_s[-1])
    wait_s = 0.5 * (before + backlog) / limit
    return Aggregate(
        busy_frac=np.interp(load, curve.load_per_s, curve.busy_frac),
        power_w=np.interp(load, curve.load_per_s, curve.power_w) * n_replicas,
        tokens_per_s=served / step_s * curve.tokens_per_request,
        backlog=backlog,
        ttft_s=_mixture(curve.load_per_s, curve.ttft_s, load, arrivals, wait_s),
        tpot_s=_mixture(curve.load_per_s, curve.tpot_s, load, arrivals, np.zeros_like(load)),
    )


def _mixture(
    known: FloatArray, level_s: FloatArray, load: FloatArray, weight: FloatArray, add_s: FloatArray
) -> FloatArray:
    """Quantiles over all requests, where each step brings those of its load."""
    if weight.sum() <= 0.0:
        return np.full(LEVELS_FRAC.size, np.nan)
    # Thousands of hours have a few hundred loads between them, to a part in 500.
    cell = np.round(load / known[-1] * _N_CELLS).astype(np.int64)
    late = add_s > 0.0
    at_ease = np.bincount(cell[~late], weights=weight[~late], minlength=_N_CELLS + 1)
    used = np.flatnonzero(at_ease > 0.0)
    load = np.concatenate((used / _N_CELLS * known[-1], load[late]))
    weight = np.concatenate((at_ease[used], weight[late]))
    add_s = np.concatenate((np.zeros(used.size), add_s[late]))
    k = np.clip(np.searchsorted(known, load, side="right") - 1, 0, known.size - 2)
    # Waits go as 1 / (1 - load over capacity): straight in that, not in the load.
    ease = 1.0 / (1.0 - LOADS_FRAC[-1] * known / known[-1])
    at = 1.0 / (1.0 - LOADS_FRAC[-1] * load / known[-1])
    u = ((at - ease[k]) / (ease[k + 1] - ease[k]))[:, None]
    value = ((1.0 - u) * level_s[k] + u * level_s[k + 1] + add_s[:, None]).ravel()
    order = np.argsort(value, kind="stable")
    passed = np.cumsum(np.repeat(weight, LEVELS_FRAC.size)[order])
    mixed: FloatArray = np.interp(
        LEVELS_FRAC, (passed - 0.5 * np.repeat(weight, LEVELS_FRAC.size)[order]) / passed[-1],
        value[order],
    )  # fmt: skip
    return mixed


def inference_profile(
    curve: ServingCurve, rate_per_s: FloatArray, n_replicas: int
) -> tuple[FloatArray, FloatArray]:
    """
    Hourly utilisation and power of a fleet, as shares, for the years of `operate`.

    Parameters
    ----------
    curve : ServingCurve
    rate_per_s : ndarray, shape (hour,)
        Mean arrivals of the whole fleet in each hour. [1/s]
    n_replicas : int

    Returns
    -------
    utilisation_frac : ndarray, shape (hour,)
        Work done over the most the fleet can sustain. [0..1]
    power_frac : ndarray, shape (hour,)
        Power over that of the fleet at the most it can sustain. [0..1]

    Examples
    --------
    >>> one = np.ones((2, LEVELS_FRAC.size))
    >>> curve = ServingCurve(np.array([0.0, 2.0]), 2.0, one, one, np.array([0.0, 1.0]),
    ...     np.array([250.0, 1000.0]), 10.0)
    >>> utilisation, power = inference_profile(curve, np.array([0.0, 10.0, 20.0]), 10)
    >>> utilisation, power
    (array([0. , 0.5, 1. ]), array([0.25 , 0.625, 1.   ]))
    """
    hours = aggregate(curve, rate_per_s, 3600.0, n_replicas)
    done = hours.tokens_per_s / curve.tokens_per_request
    return done / (curve.capacity_per_s * n_replicas), hours.power_w / (
        curve.power_w[-1] * n_replicas
    )
