"""
A fleet of identical replicas that serves a trace, request by request.

References
----------
G.-I. Yu et al., "Orca: A Distributed Serving System for Transformer-Based
Generative Models", OSDI 2022: scheduling at the level of iterations.
W. Kwon et al., "Efficient Memory Management for Large Language Model Serving
with PagedAttention", SOSP 2023, doi:10.1145/3600006.3613165: memory of keys and values;
eviction of the latest request, and its recomputation.
A. Agrawal et al., "Taming Throughput-Latency Tradeoff in LLM Inference with
Sarathi-Serve", OSDI 2024: prompts in chunks beside decoding, under a budget of tokens.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import FloatArray, IntArray
from wattport.serving import engine_kernel as kernel
from wattport.serving.fleet import Fleet, Replica, Scaling, check_fleet
from wattport.serving.request import Trace
from wattport.serving.served import Served, eur_per_million_tokens

__all__ = [
    "Fleet", "Played", "Replica", "Scaling", "Served", "end_of", "eur_per_million_tokens", "gather",
    "play", "requests_of", "simulate",
]  # fmt: skip


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
    iterations. ``chunk_tokens = 0``: prefill goes first and holds up decoding. Otherwise an
    iteration decodes a token of each running request and fills prompts, cut where need be,
    with what is left of the budget.

    ``is_reserving``: a request is admitted when a slot and memory for all its tokens, those
    to come included, are free, so nothing is ever evicted. Otherwise memory is taken as tokens
    come; when it does not hold the next iteration, the latest admitted request goes back to the
    head of the queue and is computed anew, with what it had generated. The oldest is never
    evicted, so all requests end. Held to a step-by-step twin in the tests.

    Examples
    --------
    >>> from wattport.serving.request import Trace
    >>> trace = Trace(np.array([0.0, 0.0]), np.array([100, 200]), np.array([10, 1]))
    >>> replica = Replica(0.02, 1e-4, 0.0, 0.01, 1e-4, 0.0, 1000, 8, 1, (100.0,) * 9, 300.0)
    >>> served = simulate(Fleet(replica, 1), trace)
    >>> served.ttft_s.round(4)
    array([0.02, 0.05])
    >>> served.n_tokens, float(served.tpot_s[0].round(6))
    (11, 0.023433)
    """
    requests = requests_of(fleet, trace.arrival_s, trace.n_input, trace.n_output)
    stop_s = end_of(trace) if horizon_s is None else horizon_s
    played = play(fleet, requests, step_s, stop_s)
    return gather(trace, requests, [played], step_s, is_cut=horizon_s is None)


def end_of(trace: Trace) -> float:
    """Horizon if none is asked for: an hour after the last arrival."""
    return 3600.0 + (float(trace.arrival_s[-1]) if trace.arrival_s.size else 0.0)


@dataclass(frozen=True)
class Played:
    """What the kernel leaves, beside what it writes into the requests."""

    replicas: NDArray[np.void]  # of `REPLICA`
    energy_j: FloatArray
    busy_s: FloatArray
    most_replicas: int


def gather(
    trace: Trace, requests: NDArray[np.void], plays: list[Played], step_s: float, *, is_cut: bool
) -> Served:
    """Sum up what fleets did; ``is_cut``: empty steps after the last end are left out."""
    status = requests["status"]
    n_steps = plays[0].energy_j.size
    if is_cut and not np.isin(status, (kernel.RUNNING, kernel.WAITING)).any():
        last_s = float(trace.arrival_s[-1]) if trace.arrival_s.size else 0.0
        ends_s = max(last_s, float(np.nanmax(requests["finish_s"], initial=0.0)))
        n_steps = max(1, math.ceil(ends_s / step_s))
    replicas = np.concatenate([played.replicas for played in plays])
    return Served(
        trace=trace,
        first_s=requests["first_s"].copy(),
        finish_s=requests["finish_s"].copy(),
        status=status.copy(),
        replica=requests["where"].copy(),
        step_s=step_s,
        energy_j=np.sum([played.energy_j[:n_steps] for played in plays], axis=0),
        busy_s=np.sum([played.busy_s[:n_steps] for played in plays], axis=0),
        n_tokens=int(replicas["tokens"].sum()),
        peak_kv_tokens=int(replicas["peak_kv"].max()),
        most_replicas=sum(played.most_replicas for played in plays),
        prefill_j=float(replicas["prefill_j"].sum()),
        decode_j=float(replicas["decode_j"].sum()),
        n_prompt_tokens=int(replicas["prompt_tokens"].sum()),
        n_evictions=int(replicas["evictions"].sum()),
    )


def requests_of(
    fleet: Fleet, arrival_s: FloatArray, n_input: IntArray, n_output: IntArray
) -> NDArray[np.void]:
    """Requests as the kernel plays them; the share of a prompt found in memory is rounded down."""
    requests = np.zeros(arrival_s.size, dtype=kernel.REQUEST)
    requests["arrival_s"], requests["n_in"], requests["n_out"] = arrival_s, n_input, n_output
    # The last token of a prompt is always computed: the first of the answer comes from it.
    hit = np.floor(fleet.replica.prefix_hit_frac * n_input).astype(np.int64)
    requests["n_cached"] = np.minimum(hit, n_input - 1)
    requests["n_fill"] = requests["n_in"] - requests["n_cached"]
    requests["first_s"], requests["finish_s"] = np.nan, np.nan
    requests["status"], requests["where"], requests["link"] = kernel.WAITING, -1, kernel.NONE
    return requests


def play(fleet: Fleet, requests: NDArray[np.void], step_s: float, horizon_s: float) -> Played:
    """Run the kernel; the requests are changed in place."""
    check_fleet(fleet, step_s)
    replicas = np.zeros(fleet.n_replicas, dtype=kernel.REPLICA)
    replicas["next_s"] = math.inf
    replicas["state"] = kernel.ON
    replicas["filled"], replicas["part"] = kernel.NONE, kernel.NONE
    if fleet.scaling is not None:
        replicas["state"][fleet.scaling.min_replicas :] = kernel.OFF
    n_steps = max(1, math.ceil(horizon_s / step_s))
    energy_j, busy_s = np.zeros(n_steps), np.zeros(n_steps)
    most = kernel.serve(
        requests, _rules(fleet, horizon_s, step_s), replicas,
        np.array(fleet.replica.decode_w), energy_j, busy_s,
    )  # fmt: skip
    return Played(replicas, energy_j, busy_s, int(most))


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
