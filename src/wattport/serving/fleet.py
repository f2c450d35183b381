"""What serves: replicas of a model, their rules, and how many of them."""

from __future__ import annotations

from dataclasses import dataclass

from wattport.errors import Finding, WattportError


@dataclass(frozen=True)
class Replica:
    """
    One server that holds the model: how long an iteration takes, and its limits.

    A decode iteration of ``n`` sequences that hold ``L`` tokens lasts ``decode_base_s +
    decode_sequence_s n + decode_context_s L``; a prefill of ``T`` tokens in prompts of length
    ``p`` lasts ``prefill_base_s + prefill_token_s T + prefill_square_s sum(p**2)``. In an
    iteration that does both, the terms add up and only the base of decoding is paid.
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
    chunk_tokens: int = 0  # of an iteration, decoded ones among them; 0: prefill holds up decoding
    is_reserving: bool = True  # memory for the whole answer at admission; else evict and recompute
    prefix_hit_frac: float = 0.0  # of each prompt, found in memory


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


def check_fleet(fleet: Fleet, step_s: float) -> None:
    """Refuse a fleet that cannot be, with every fault at once (``SRV020``)."""
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
    if replica.chunk_tokens and replica.chunk_tokens <= replica.max_batch:
        wrong.append(f"chunk_tokens must be 0 or above max_batch = {replica.max_batch}")
    if not 0.0 <= replica.prefix_hit_frac <= 1.0:
        wrong.append("prefix_hit_frac must lie in 0 to 1")
    if scaling is not None and not 1 <= scaling.min_replicas <= fleet.n_replicas:
        wrong.append(f"min_replicas must lie in 1 to {fleet.n_replicas}")
    if scaling is not None and (scaling.load_per_replica <= 0 or scaling.check_s <= 0):
        wrong.append("load_per_replica and check_s must be positive")
    if wrong:
        raise WattportError([Finding("SRV020", text, remedy="mend the fleet") for text in wrong])
