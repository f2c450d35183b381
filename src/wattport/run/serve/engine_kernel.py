"""
Replicas that serve requests with continuous batching, from event to event.

Between two events nothing about a batch changes but the length of its contexts, so all
decode iterations up to the next completion or arrival are taken in one closed form:
``k (a + b n + c (L + n (k - 1) / 2))`` for ``n`` sequences that hold ``L`` tokens.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wattport.records.record import FloatArray, IntArray

COMPLETED, RUNNING, WAITING, TOO_LONG, QUEUE_FULL = 0, 1, 2, 3, 4
ROUND_ROBIN, LEAST_LOADED = 0, 1
OFF, ON, DRAINING = 0, 1, 2

# One compiled step needs all of it; a record keeps the calls readable.
RULES = np.dtype(
    [
        ("decode_base_s", "f8"),
        ("decode_sequence_s", "f8"),
        ("decode_context_s", "f8"),
        ("prefill_base_s", "f8"),
        ("prefill_token_s", "f8"),
        ("prefill_square_s", "f8"),
        ("max_batch", "i8"),
        ("kv_tokens", "i8"),
        ("prefill_tokens", "i8"),
        ("max_queue", "i8"),
        ("routing", "i8"),
        ("min_replicas", "i8"),
        ("load_per_replica", "f8"),
        ("check_s", "f8"),
        ("start_s", "f8"),
        ("prefill_w", "f8"),
        ("horizon_s", "f8"),
        ("step_s", "f8"),
    ]
)
REPLICA = np.dtype(
    [
        ("clock_s", "f8"),  # last boundary between iterations that was passed
        ("next_s", "f8"),  # boundary at which the next decision falls
        ("on_s", "f8"),
        ("ready_s", "f8"),
        ("stretch", "i8"),  # decode iterations from clock_s to next_s; 0 while filling
        ("n", "i8"),
        ("context", "i8"),
        ("step", "i8"),  # decode iterations since the start
        ("kv", "i8"),
        ("head", "i8"),
        ("tail", "i8"),
        ("n_queue", "i8"),
        ("state", "i8"),
        ("peak_kv", "i8"),
        ("tokens", "i8"),
    ]
)


@njit(cache=True, nogil=True)
def spend(
    energy_j: FloatArray,
    busy_s: FloatArray,
    rules: Any,
    begin_s: float,
    end_s: float,
    power_w: float,
    is_busy: bool,
) -> None:
    """Spread power over the steps it lasts, so that any step carries its exact mean."""
    end_s = min(end_s, rules.horizon_s)
    k = int(begin_s / rules.step_s)
    while begin_s < end_s and k < energy_j.size:
        until = min(end_s, (k + 1) * rules.step_s)
        if until > begin_s:
            energy_j[k] += power_w * (until - begin_s)
            if is_busy:
                busy_s[k] += until - begin_s
            begin_s = until
        k += 1


@njit(cache=True, nogil=True)
def decode_s(rules: Any, n: int, context: int, k: int) -> float:
    """Duration of ``k`` decode iterations of an unchanged batch."""
    grown = context + 0.5 * n * (k - 1)
    one_s = rules.decode_base_s + rules.decode_sequence_s * n + rules.decode_context_s * grown
    lasts_s: float = k * one_s
    return lasts_s


@njit(cache=True, nogil=True)
def iterations_until(rules: Any, n: int, context: int, span_s: float) -> int:
    """Fewest decode iterations that last ``span_s`` or longer, one at least."""
    bend = 0.5 * rules.decode_context_s * n
    slope = rules.decode_base_s + rules.decode_sequence_s * n + rules.decode_context_s * context
    slope -= bend
    if bend > 0.0:
        root = (math.sqrt(slope * slope + 4.0 * bend * span_s) - slope) / (2.0 * bend)
    else:
        root = span_s / slope
    k: int = max(1, math.ceil(root))
    while k > 1 and decode_s(rules, n, context, k - 1) >= span_s:
        k -= 1
    while decode_s(rules, n, context, k) < span_s:
        k += 1
    return k


@njit(cache=True, nogil=True)
def push(keys: IntArray, items: IntArray, n: int, key: int, item: int) -> None:
    """Add to a binary heap of ``n`` entries, smallest key first."""
    i = n
    while i > 0 and keys[(i - 1) // 2] > key:
        keys[i] = keys[(i - 1) // 2]
        items[i] = items[(i - 1) // 2]
        i = (i - 1) // 2
    keys[i] = key
    items[i] = item


@njit(cache=True, nogil=True)
def pop(keys: IntArray, items: IntArray, n: int) -> int:
    """Take the first entry out of a binary heap of ``n`` entries."""
    first = items[0]
    key, item = keys[n - 1], items[n - 1]
    i = 0
    while 2 * i + 1 < n - 1:
        child = 2 * i + 1
        if child + 1 < n - 1 and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[i] = keys[child]
        items[i] = items[child]
        i = child
    keys[i] = key
    items[i] = item
    return int(first)


@njit(cache=True, nogil=True)
def fits(rules: Any, replica: Any, n_in: int, n_out: int) -> bool:
    """Whether one more request finds a slot and memory for all its tokens."""
    is_room: bool = replica.n < rules.max_batch and replica.kv + n_in + n_out <= rules.kv_tokens
    return is_room


@njit(cache=True, nogil=True)
def prefill(
    rules: Any,
    replica: Any,
    keys: IntArray,
    items: IntArray,
    link: IntArray,
    n_in: IntArray,
    n_out: IntArray,
    first_s: FloatArray,
    finish_s: FloatArray,
    status: IntArray,
) -> float:
    """Admit what fits from the queue and return how long its prefill takes, 0 for none."""
    tokens, squares, passing, admitted = 0, 0.0, 0, -1
    while replica.n_queue > 0:
        i = replica.head
        if not fits(rules, replica, n_in[i], n_out[i]):
            break
        if tokens > 0 and tokens + n_in[i] > rules.prefill_tokens:
            break
        replica.head = link[i]
        replica.n_queue -= 1
        link[i] = admitted
        admitted = i
        tokens += n_in[i]
        squares += float(n_in[i]) * float(n_in[i])
        replica.kv += n_in[i] + n_out[i]
        if n_out[i] > 1:
            push(keys, items, replica.n, replica.step + n_out[i] - 1, i)
            replica.n += 1
            replica.context += n_in[i] + 1
        else:
            passing += n_in[i] + n_out[i]
    if admitted < 0:
        return 0.0
    replica.peak_kv = max(replica.peak_kv, replica.kv)
    replica.kv -= passing
    lasts: float = (
        rules.prefill_base_s + rules.prefill_token_s * tokens + rules.prefill_square_s * squares
    )
    while admitted >= 0:
        i = admitted
        admitted = link[i]
        status[i] = RUNNING
        first_s[i] = replica.clock_s + lasts
        if first_s[i] <= rules.horizon_s:
            replica.tokens += 1
        if n_out[i] == 1:
            finish_s[i] = first_s[i]
            if first_s[i] <= rules.horizon_s:
                status[i] = COMPLETED
    return lasts


@njit(cache=True, nogil=True)
def decide(
    rules: Any,
    replica: Any,
    keys: IntArray,
    items: IntArray,
    link: IntArray,
    n_in: IntArray,
    n_out: IntArray,
    first_s: FloatArray,
    finish_s: FloatArray,
    status: IntArray,
    power_w: FloatArray,
    energy_j: FloatArray,
    busy_s: FloatArray,
) -> None:
    """At a boundary: let the finished go, fill what waits, or decode on."""
    while replica.n > 0 and keys[0] <= replica.step:
        i = pop(keys, items, replica.n)
        replica.n -= 1
        replica.kv -= n_in[i] + n_out[i]
        replica.context -= n_in[i] + n_out[i]
        finish_s[i] = replica.clock_s
        status[i] = COMPLETED
    lasts = prefill(rules, replica, keys, items, link, n_in, n_out, first_s, finish_s, status)
    if lasts > 0.0:
        extra_w = rules.prefill_w - power_w[0]
        spend(energy_j, busy_s, rules, replica.clock_s, replica.clock_s + lasts, extra_w, True)
        replica.clock_s += lasts
        replica.stretch = 0
        replica.next_s = replica.clock_s
    elif replica.n > 0:
        replica.stretch = keys[0] - replica.step
        replica.next_s = replica.clock_s + decode_s(
            rules, replica.n, replica.context, replica.stretch
        )
    else:
        replica.stretch = 0
        replica.next_s = math.inf


@njit(cache=True, nogil=True)
def commit(
    rules: Any, replica: Any, power_w: FloatArray, energy_j: FloatArray, busy_s: FloatArray
) -> None:
    """Pass the decode iterations up to the next boundary."""
    k = replica.stretch
    if k > 0:
        extra_w = power_w[replica.n] - power_w[0]
        spend(energy_j, busy_s, rules, replica.clock_s, replica.next_s, extra_w, True)
        replica.step += k
        replica.context += replica.n * k
        replica.tokens += replica.n * k
        replica.clock_s = replica.next_s
        replica.stretch = 0


@njit(cache=True, nogil=True)
def scale(
    rules: Any,
    replicas: Any,
    now_s: float,
    power_w: FloatArray,
    energy_j: FloatArray,
    busy_s: FloatArray,
) -> None:
    """Start or drain replicas so that each carries the wanted number of requests."""
    load = 0
    n_on = 0
    for r in range(replicas.size):
        load += replicas[r].n + replicas[r].n_queue
        if replicas[r].state == ON:
            n_on += 1
        elif (
            replicas[r].state == DRAINING
            and replicas[r].n + replicas[r].n_queue == 0
            and replicas[r].clock_s <= now_s  # a request of one token may still be in prefill
        ):
            replicas[r].state = OFF
            spend(energy_j, busy_s, rules, replicas[r].on_s, now_s, power_w[0], False)
    wanted = math.ceil(load / rules.load_per_replica)
    wanted = min(max(wanted, rules.min_replicas), replicas.size)
    for target in (DRAINING, OFF):  # what drains is warm: it comes back at once
        for r in range(replicas.size):
            if n_on < wanted and replicas[r].state == target:
                if target == OFF:
                    replicas[r].on_s = now_s
                    replicas[r].ready_s = now_s + rules.start_s
                replicas[r].state = ON
                n_on += 1
    for r in range(replicas.size - 1, -1, -1):
        if n_on > wanted and replicas[r].state == ON:
            replicas[r].state = DRAINING
            n_on -= 1


@njit(cache=True, nogil=True)
def choose(rules: Any, replicas: Any, now_s: float, last: int) -> int:
    """Replica for a request: the next in turn, or the least loaded from there on."""
    best, least = -1, 0
    for j in range(1, replicas.size + 1):
        r = last + j
        if r >= replicas.size:
            r -= replicas.size
        if replicas[r].state != ON or replicas[r].ready_s > now_s:
            continue
        load = replicas[r].n + replicas[r].n_queue
        if best < 0 or load < least:
            best, least = r, load
            if rules.routing == ROUND_ROBIN or load == 0:
                break
    return best


@njit(cache=True, nogil=True)
def serve(
    arrival_s: FloatArray,
    n_in: IntArray,
    n_out: IntArray,
    rules: Any,
    replicas: NDArray[np.void],
    power_w: FloatArray,
    first_s: FloatArray,
    finish_s: FloatArray,
    status: IntArray,
    where: IntArray,
    energy_j: FloatArray,
    busy_s: FloatArray,
) -> int:
    """
    Play all requests up to the horizon; results are written into the last six arrays.

    Parameters
    ----------
    arrival_s, n_in, n_out : ndarray, shape (request,)
        Ascending arrivals and tokens, each 1 or more.
    rules : record of `RULES`
    replicas : ndarray of `REPLICA`, shape (replica,)
        Zeroed but for ``state``, ``ready_s`` and ``next_s``; changed in place.
    power_w : ndarray, shape (max_batch + 1,)
        Power of a replica that decodes a batch; entry 0 is its idle power.
    first_s, finish_s, status, where : ndarray, shape (request,)
        First token, last token, what became of it, its replica.
    energy_j, busy_s : ndarray, shape (step,)

    Returns
    -------
    int
        Largest number of replicas switched on at once.
    """
    n_replicas = replicas.size
    keys = np.zeros((n_replicas, rules.max_batch), dtype=np.int64)
    items = np.zeros((n_replicas, rules.max_batch), dtype=np.int64)
    link = np.full(arrival_s.size, -1, dtype=np.int64)
    last = -1
    most: int = 0
    check_s: float = rules.check_s
    i = 0
    while True:
        now_s = arrival_s[i] if i < arrival_s.size else rules.horizon_s
        now_s = min(now_s, rules.horizon_s, check_s)
        for r in range(n_replicas):
            while replicas[r].next_s <= now_s:
                commit(rules, replicas[r], power_w, energy_j, busy_s)
                decide(
                    rules, replicas[r], keys[r], items[r], link, n_in, n_out, first_s,
                    finish_s, status, power_w, energy_j, busy_s,
                )  # fmt: skip
        if now_s >= rules.horizon_s:
            break
        if now_s == check_s:
            scale(rules, replicas, now_s, power_w, energy_j, busy_s)
            check_s += rules.check_s
            most = max(most, np.sum(replicas["state"] != OFF))
            continue
        if n_in[i] + n_out[i] > rules.kv_tokens:
            status[i] = TOO_LONG
            i += 1
            continue
        last = choose(rules, replicas, now_s, last)
        replica = replicas[last]
        where[i] = last
        if replica.n_queue >= rules.max_queue:
            status[i] = QUEUE_FULL
            i += 1
            continue
        if replica.n_queue == 0:
            replica.head = i
        else:
            link[replica.tail] = i
        replica.tail = i
        replica.n_queue += 1
        if replica.next_s == math.inf:
            replica.clock_s = now_s
            decide(
                rules, replica, keys[last], items[last], link, n_in, n_out, first_s,
                finish_s, status, power_w, energy_j, busy_s,
            )  # fmt: skip
        elif replica.stretch > 0 and fits(rules, replica, n_in[replica.head], n_out[replica.head]):
            k = iterations_until(rules, replica.n, replica.context, now_s - replica.clock_s)
            if k < replica.stretch:
                replica.stretch = k
                replica.next_s = replica.clock_s + decode_s(rules, replica.n, replica.context, k)
        i += 1
    close(rules, replicas, power_w, energy_j, busy_s)
    most = max(most, np.sum(replicas["state"] != OFF))
    return most


@njit(cache=True, nogil=True)
def close(
    rules: Any, replicas: Any, power_w: FloatArray, energy_j: FloatArray, busy_s: FloatArray
) -> None:
    """Count what is under way when the horizon cuts it off."""
    for r in range(replicas.size):
        replica = replicas[r]
        if replica.stretch > 0:
            extra_w = power_w[replica.n] - power_w[0]
            spend(energy_j, busy_s, rules, replica.clock_s, rules.horizon_s, extra_w, True)
            k = iterations_until(
                rules, replica.n, replica.context, rules.horizon_s - replica.clock_s
            )
            if decode_s(rules, replica.n, replica.context, k) > rules.horizon_s - replica.clock_s:
                k -= 1
            replica.tokens += replica.n * k
        if replica.state != OFF:
            spend(energy_j, busy_s, rules, replica.on_s, rules.horizon_s, power_w[0], False)
