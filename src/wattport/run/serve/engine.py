"""
A fleet of identical replicas that serves a trace, request by request.

References
----------
G.-I. Yu et al., "Orca: A Distributed Serving System for Transformer-Based
Generative Models", OSDI 2022: scheduling at the level of iterations.
W. Kwon et al., "Efficient Memory Management for Large Language Model Serving
with PagedAttention", SOSP 2023, doi:10.1145/3600006.3613165: memory of keys and values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wattport.errors import Finding, WattportError
from wattport.records.record import FloatArray, IntArray
from wattport.run.serve import engine_kernel as kernel
from wattport.run.serve.request import Trace

JOULE_PER_KWH = 3.6e6


@dataclass(frozen=True)
class Replica:
    """
    One server that holds the model: how long an iteration takes, and its limits.

    A decode iteration of ``n`` sequences that hold ``L`` tokens lasts ``decode_base_s +
    decode_sequence_s n + decode_context_s L``; a prefill of ``T`` tokens in prompts of length
    ``p`` lasts ``prefill_base_s + prefill_token_s T + prefill_square_s sum(p**2)``.
    """

    decode_base_s: float
    decode_sequence_s: float
    decode_context_s: float
    prefill_base_s: float
    prefill_token_s: float
    prefill_square_s: float
    kv_tokens: int  # tokens whose keys and values its memory holds
    max_batch: int
    n_gpus: int
    decode_w: tuple[float, ...]  # power at batch 0 (idle), 1, ... max_batch
    prefill_w: float
    prefill_tokens: int = 8192  # in one prefill iteration; a longer prompt goes alone


@dataclass(frozen=True)
class Scaling:
    """Replicas follow the number of requests in flight."""

    min_replicas: int
    load_per_replica: float  # requests in flight that one replica should carry
    check_s: float = 30.0
    start_s: float = 120.0  # to load the weights


@dataclass(frozen=True)
class Fleet:
    """Replicas behind one router; all are on, unless they scale."""

    replica: Replica
    n_replicas: int
    is_least_loaded: bool = True  # else each request goes to the next in turn
    max_queue: int = 1_000_000  # waiting at one replica; beyond it a request is dropped
    scaling: Scaling | None = None


@dataclass(frozen=True)
class Served:
    """What became of each request, and what the fleet drew."""

    trace: Trace
    first_s: FloatArray  # time of the first token, NaN if there was none
    finish_s: FloatArray  # time of the last token, NaN if not completed
    status: IntArray  # COMPLETED, RUNNING, WAITING, TOO_LONG, QUEUE_FULL
    replica: IntArray  # -1 if never routed
    step_s: float
    energy_j: FloatArray  # of all replicas, per step
    busy_s: FloatArray  # replica-seconds of prefill or decode, per step
    n_tokens: int  # generated, of unfinished requests too
    peak_kv_tokens: int
    most_replicas: int

    @property
    def is_completed(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether each request was answered to its last token."""
        return np.asarray(self.status == kernel.COMPLETED)

    @property
    def ttft_s(self) -> FloatArray:
        """Time to first token of the completed requests."""
        done = self.is_completed
        return self.first_s[done] - self.trace.arrival_s[done]

    @property
    def tpot_s(self) -> FloatArray:
        """Mean time per further token of the completed requests of two tokens or more."""
        done = self.is_completed & (self.trace.n_output > 1)
        return (self.finish_s - self.first_s)[done] / (self.trace.n_output[done] - 1)

    @property
    def span_s(self) -> float:
        """Time that the steps cover."""
        return self.energy_j.size * self.step_s

    @property
    def power_w(self) -> FloatArray:
        """Exact mean power of each step."""
        return self.energy_j / self.step_s

    @property
    def j_per_token(self) -> float:
        """Energy of the fleet over the tokens it generated."""
        return float(self.energy_j.sum()) / max(self.n_tokens, 1)

    @property
    def tokens_per_s(self) -> float:
        """Tokens generated over the time covered."""
        return self.n_tokens / self.span_s

    def within_slo_frac(self, ttft_s: float, tpot_s: float) -> float:
        """Share of all requests that were completed and met both limits."""
        done = self.is_completed
        late = self.first_s[done] - self.trace.arrival_s[done] > ttft_s
        n_further = np.maximum(self.trace.n_output[done] - 1, 1)
        slow = (self.finish_s - self.first_s)[done] / n_further > tpot_s
        return float(np.count_nonzero(~late & ~slow)) / max(self.status.size, 1)


def simulate(
    fleet: Fleet, trace: Trace, *, step_s: float = 60.0, horizon_s: float | None = None
) -> Served:
    """
    Serve a trace, exact between events.

    Parameters
    ----------
    fleet : Fleet
    trace : Trace
    step_s : float
        Step of the output; energy and busy time of a step are exact integrals. [> 0]
    horizon_s : float, optional
        Where to stop; else an hour after the last arrival, cut after the last completion.

    Returns
    -------
    Served

    Notes
    -----
    Each replica fills its batch first come, first served at the boundaries between
    iterations. Prefill goes first and holds up decoding. A request is admitted when a slot
    and memory for all its tokens, those to come included, are free, so nothing is ever
    evicted; a prompt is not cut into chunks. Held to a step-by-step twin in the tests.

    Examples
    --------
    >>> from wattport.run.serve.request import Trace
    >>> trace = Trace(np.array([0.0, 0.0]), np.array([100, 200]), np.array([10, 1]))
    >>> replica = Replica(0.02, 1e-4, 0.0, 0.01, 1e-4, 0.0, 1000, 8, 1, (100.0,) * 9, 300.0)
    >>> served = simulate(Fleet(replica, 1), trace)
    >>> served.ttft_s.round(4)
    array([0.02, 0.05])
    >>> served.n_tokens, float(served.tpot_s[0].round(6))
    (11, 0.023433)
    """
    _check(fleet, step_s)
    last_s = float(trace.arrival_s[-1]) if trace.arrival_s.size else 0.0
    stop_s = last_s + 3600.0 if horizon_s is None else horizon_s
    rules = _rules(fleet, stop_s, step_s)
    replicas = np.zeros(fleet.n_replicas, dtype=kernel.REPLICA)
    replicas["next_s"] = math.inf
    replicas["state"] = kernel.ON
    if fleet.scaling is not None:
        replicas["state"][fleet.scaling.min_replicas :] = kernel.OFF
    n = trace.arrival_s.size
    n_steps = max(1, math.ceil(stop_s / step_s))
    first_s, finish_s = np.full(n, np.nan), np.full(n, np.nan)
    status, where = np.full(n, kernel.WAITING), np.full(n, -1)
    energy_j, busy_s = np.zeros(n_steps), np.zeros(n_steps)
    most = kernel.serve(
        trace.arrival_s, trace.n_input, trace.n_output, rules, replicas,
        np.array(fleet.replica.decode_w), first_s, finish_s, status, where, energy_j, busy_s,
    )  # fmt: skip
    if horizon_s is None and np.isin(status, (kernel.RUNNING, kernel.WAITING)).sum() == 0:
        ends_s = max(last_s, float(np.nanmax(finish_s, initial=0.0)))
        n_steps = max(1, math.ceil(ends_s / step_s))
    return Served(
        trace=trace,
        first_s=first_s,
        finish_s=finish_s,
        status=status,
        replica=where,
        step_s=step_s,
        energy_j=energy_j[:n_steps],
        busy_s=busy_s[:n_steps],
        n_tokens=int(replicas["tokens"].sum()),
        peak_kv_tokens=int(replicas["peak_kv"].max()),
        most_replicas=int(most),
    )


def eur_per_million_tokens(
    served: Served, price_eur_per_mwh: float, fleet_eur_per_h: float = 0.0
) -> float:
    """
    Cost of a million generated tokens: energy, and the hire or ownership of the fleet.

    Parameters
    ----------
    served : Served
    price_eur_per_mwh : float
        Price of energy at the servers (multiply by PUE for the campus).
    fleet_eur_per_h : float
        All other cost of the whole fleet. [>= 0]

    Examples
    --------
    >>> from wattport.run.serve.request import Trace
    >>> trace = Trace(np.array([0.0]), np.array([10]), np.array([1000]))
    >>> replica = Replica(0.036, 0.0, 0.0, 0.036, 0.0, 0.0, 2000, 1, 1, (1000.0, 1000.0), 1000.0)
    >>> served = simulate(Fleet(replica, 1), trace, step_s=36.0)
    >>> round(eur_per_million_tokens(served, price_eur_per_mwh=100.0), 6)
    1.0
    """
    energy_eur = float(served.energy_j.sum()) / JOULE_PER_KWH / 1000.0 * price_eur_per_mwh
    other_eur = served.span_s / 3600.0 * fleet_eur_per_h
    return (energy_eur + other_eur) / max(served.n_tokens, 1) * 1e6


def _rules(fleet: Fleet, horizon_s: float, step_s: float) -> np.void:
    rules = np.zeros(1, dtype=kernel.RULES)
    replica, scaling = fleet.replica, fleet.scaling
    for name in kernel.RULES.names or ():
        if hasattr(replica, name):
            rules[name] = getattr(replica, name)
        elif scaling is not None and hasattr(scaling, name):
            rules[name] = getattr(scaling, name)
    if scaling is None:
        rules["min_replicas"], rules["check_s"] = fleet.n_replicas, math.inf
    rules["routing"] = kernel.LEAST_LOADED if fleet.is_least_loaded else kernel.ROUND_ROBIN
    rules["max_queue"], rules["horizon_s"], rules["step_s"] = fleet.max_queue, horizon_s, step_s
    whole: np.void = rules[0]
    return whole


def _check(fleet: Fleet, step_s: float) -> None:
    replica, scaling = fleet.replica, fleet.scaling
    times = (
        replica.decode_sequence_s, replica.decode_context_s,
        replica.prefill_token_s, replica.prefill_square_s,
    )  # fmt: skip
    wrong = []
    if replica.decode_base_s <= 0 or replica.prefill_base_s <= 0 or min(times) < 0:
        wrong.append("an iteration must take time: bases above 0, the other terms 0 or more")
    if len(replica.decode_w) != replica.max_batch + 1:
        wrong.append(f"decode_w needs max_batch + 1 = {replica.max_batch + 1} values")
    if min(replica.max_batch, replica.kv_tokens, fleet.n_replicas) < 1 or step_s <= 0:
        wrong.append("max_batch, kv_tokens, n_replicas and step_s must be positive")
    if scaling is not None and not 1 <= scaling.min_replicas <= fleet.n_replicas:
        wrong.append(f"min_replicas must lie in 1 to {fleet.n_replicas}")
    if scaling is not None and (scaling.load_per_replica <= 0 or scaling.check_s <= 0):
        wrong.append("load_per_replica and check_s must be positive")
    if wrong:
        raise WattportError([Finding("SRV020", text, remedy="mend the fleet") for text in wrong])
