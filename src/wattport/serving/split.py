"""
Prefill and decoding on servers of their own, with keys and values sent from one to the other.

Prefill does not hold up decoding then, and each side can be sized for its own limit; the price
is the way over the interconnect.

References
----------
Y. Zhong et al., "DistServe: Disaggregating Prefill and Decoding for Goodput-optimized
Large Language Model Serving", OSDI 2024.
P. Patel et al., "Splitwise: Efficient Generative LLM Inference Using Phase
Splitting", ISCA 2024, doi:10.1109/ISCA59077.2024.00019.
D. V. Lindley, "The theory of queues with a single server", 1952: waiting at a link.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import FloatArray, IntArray
from wattport.errors import Finding, WattportError
from wattport.serving import engine_kernel as kernel
from wattport.serving.engine import Fleet, Played, Served, end_of, gather, play, requests_of
from wattport.serving.request import Trace
from wattport.serving.silicon import column


@dataclass(frozen=True)
class Split:
    """A fleet that prefills, one that decodes, and the links between them."""

    prefill: Fleet
    decode: Fleet
    kv_bytes_per_token: float
    link_gb_per_s: float  # out of one prefill replica, which sends one prompt after the other
    link_latency_s: float = 0.0


def kv_bytes_per_token(model: str, value_bytes: float) -> float:
    """
    Keys and values of one token of a model of ``llm_models.csv``.

    Parameters
    ----------
    model : str
    value_bytes : float
        Per number: 2 at 16 bit, 1 at 8 bit.

    Examples
    --------
    >>> kv_bytes_per_token("Llama-3.1-70B", 2.0)  # 80 layers, 8 heads of 128, keys and values
    327680.0
    """
    values = column("llm_models", np.array([model]), "kv_values_per_token")
    return float(values[0]) * value_bytes


def transfer_s(
    ready_s: FloatArray, sender: IntArray, wire_s: FloatArray, latency_s: float
) -> FloatArray:
    """
    Arrival of what is sent over one link per sender, first ready, first sent.

    Parameters
    ----------
    ready_s : ndarray, shape (item,)
        When each can be sent.
    sender : ndarray of int, shape (item,)
    wire_s : ndarray, shape (item,)
        How long each takes the link. [>= 0]
    latency_s : float
        Added to each, without taking the link. [>= 0]

    Returns
    -------
    ndarray, shape (item,)

    Notes
    -----
    ``sent_i = max(ready_i, sent_(i-1)) + wire_i``, unrolled: with ``W`` the running sum of
    ``wire``, ``sent_i = W_i + max over j <= i of (ready_j - W_(j-1))``.

    Examples
    --------
    >>> transfer_s(np.array([0.0, 1.0, 1.0]), np.array([0, 0, 1]), np.full(3, 2.0), 0.5)
    array([2.5, 4.5, 3.5])
    """
    arrives_s = np.zeros(ready_s.size)
    for one in np.unique(sender):
        mine = np.flatnonzero(sender == one)
        mine = mine[np.argsort(ready_s[mine], kind="stable")]
        sent_s = np.cumsum(wire_s[mine])
        begins_s = np.maximum.accumulate(ready_s[mine] - (sent_s - wire_s[mine]))
        arrives_s[mine] = begins_s + sent_s + latency_s
    return arrives_s


def simulate_split(
    split: Split, trace: Trace, *, step_s: float = 60.0, horizon_s: float | None = None
) -> Served:
    """
    Serve a trace with separate servers for prefill and for decoding, exact between events.

    Parameters
    ----------
    split : Split
    trace : Trace
    step_s, horizon_s : float
        As of `engine.simulate`.

    Returns
    -------
    Served
        Decoding replicas are numbered after those of prefill. The time per token contains the
        way over the link, as the first token is given by prefill.

    Notes
    -----
    Prefill never waits for decoding: prompts whose decoder is full wait there, and what they
    take of memory while under way is not counted. An evicted request is computed anew where it
    decodes.

    Examples
    --------
    >>> from wattport.serving.engine import Replica
    >>> replica = Replica(0.02, 0.0, 0.0, 0.01, 1e-4, 0.0, 1000, 8, 1, (100.0,) * 9, 300.0)
    >>> one = Fleet(replica, 1)
    >>> split = Split(one, one, kv_bytes_per_token=1e6, link_gb_per_s=10.0)
    >>> served = simulate_split(split, Trace(np.zeros(1), np.array([100]), np.array([11])))
    >>> float(served.ttft_s[0].round(6)), float(served.tpot_s[0].round(6))  # 10 ms on the link
    (0.02, 0.021)
    """
    if split.kv_bytes_per_token < 0 or split.link_gb_per_s <= 0 or split.link_latency_s < 0:
        message = "a link has a rate above 0, and bytes and latency of 0 or more"
        raise WattportError(Finding("SRV021", message, remedy="mend the split fleet"))
    stop_s = end_of(trace) if horizon_s is None else horizon_s
    n_first = np.minimum(trace.n_output, 1)
    whole = requests_of(split.prefill, trace.arrival_s, trace.n_input, n_first)
    is_short = trace.n_input + trace.n_output <= split.decode.replica.kv_tokens
    whole["status"][~is_short] = kernel.TOO_LONG
    begun = whole[is_short]
    filled = play(split.prefill, begun, step_s, stop_s)
    whole[is_short] = begun
    decoded = _decode(split, trace, whole, step_s, stop_s)
    return gather(trace, whole, [filled, decoded], step_s, is_cut=horizon_s is None)


def _decode(
    split: Split, trace: Trace, whole: NDArray[np.void], step_s: float, stop_s: float
) -> Played:
    """Decode what prefill has begun; results go into the requests."""
    moving = np.flatnonzero((whole["status"] == kernel.COMPLETED) & (trace.n_output > 1))
    s_per_token = split.kv_bytes_per_token / (split.link_gb_per_s * 1e9)
    wire_s = trace.n_input[moving].astype(np.float64) * s_per_token
    ready_s, sender = whole["first_s"][moving], whole["where"][moving]
    arrives_s = transfer_s(ready_s, sender, wire_s, split.link_latency_s)
    order = np.argsort(arrives_s, kind="stable")
    moving = moving[order]
    moved = requests_of(
        split.decode, arrives_s[order], trace.n_input[moving], trace.n_output[moving]
    )
    moved["n_fill"], moved["made"] = 0, 1
    played = play(split.decode, moved, step_s, stop_s)
    whole["finish_s"][moving] = moved["finish_s"]
    # With its first token out, a request that still travels or waits is under way.
    waits = moved["status"] == kernel.WAITING
    whole["status"][moving] = np.where(waits, kernel.RUNNING, moved["status"])
    known = moved["where"] >= 0
    whole["where"][moving[known]] = split.prefill.n_replicas + moved["where"][known]
    return played
