"""
One replica: its queue, its batch and its memory, from boundary to boundary.

At a boundary between iterations the finished leave, the latest are evicted if memory does not
hold the next iteration, the queue is let in, and the next step is laid down: either a fill, with
or without the batch decoding beside it, or as many decode iterations as pass undisturbed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wattport.arrays import FloatArray
from wattport.compiled import kernel
from wattport.serving.iteration_kernel import decode_s, fill_s, iterations_until, spend

COMPLETED, RUNNING, WAITING, TOO_LONG, QUEUE_FULL = 0, 1, 2, 3, 4
NONE = -1

REQUEST = np.dtype(
    [
        ("arrival_s", "f8"),
        ("first_s", "f8"),
        ("finish_s", "f8"),
        ("n_in", "i8"),
        ("n_out", "i8"),
        ("n_cached", "i8"),  # of the prompt, found in memory at each admission
        ("n_fill", "i8"),  # tokens to compute before the next one can be generated
        ("made", "i8"),  # tokens generated, while it is not in the batch
        ("status", "i8"),
        ("where", "i8"),
        ("link", "i8"),  # next in the queue or in the fill
        ("turn", "i8"),  # of its admission
    ]
)
BATCH = np.dtype([("due", "i8"), ("item", "i8")])  # a heap by the step of the last token
REPLICA = np.dtype(
    [
        ("clock_s", "f8"),  # last boundary between iterations that was passed
        ("next_s", "f8"),  # boundary at which the next decision falls; infinite when idle
        ("fill_s", "f8"),  # what prefill takes of the step under way
        ("on_s", "f8"),
        ("ready_s", "f8"),
        ("prefill_j", "f8"),
        ("decode_j", "f8"),
        ("stretch", "i8"),  # decode iterations of the step under way
        ("step", "i8"),  # decode iterations since the start
        ("n", "i8"),  # decoding
        ("n_slots", "i8"),  # decoding or being filled
        ("context", "i8"),  # tokens that the decoding ones hold
        ("kv", "i8"),  # memory held or reserved
        ("filled", "i8"),  # head of those whose fill ends with the step under way
        ("part", "i8"),  # the one whose fill goes on after it
        ("part_left", "i8"),
        ("head", "i8"),
        ("tail", "i8"),
        ("n_queue", "i8"),
        ("state", "i8"),
        ("turn", "i8"),
        ("peak_kv", "i8"),
        ("tokens", "i8"),
        ("prompt_tokens", "i8"),  # computed, again those of evicted requests
        ("evictions", "i8"),
    ]
)


@kernel
def push(batch: Any, n: int, due: int, item: int) -> None:
    """Add to a binary heap of ``n`` entries, smallest step first."""
    i = n
    while i > 0 and batch[(i - 1) // 2].due > due:
        batch[i].due = batch[(i - 1) // 2].due
        batch[i].item = batch[(i - 1) // 2].item
        i = (i - 1) // 2
    batch[i].due = due
    batch[i].item = item


@kernel
def sink(batch: Any, n: int, due: int, item: int) -> None:
    """Put an entry in place of the first of a binary heap of ``n`` entries."""
    i = 0
    while 2 * i + 1 < n:
        child = 2 * i + 1
        if child + 1 < n and batch[child + 1].due < batch[child].due:
            child += 1
        if batch[child].due >= due:
            break
        batch[i].due = batch[child].due
        batch[i].item = batch[child].item
        i = child
    batch[i].due = due
    batch[i].item = item


@kernel
def enqueue(replica: Any, requests: Any, i: int) -> None:
    """Put a request at the end of the queue."""
    if replica.n_queue == 0:
        replica.head = i
    else:
        requests[replica.tail].link = i
    replica.tail = i
    replica.n_queue += 1


@kernel
def put_first(replica: Any, requests: Any, i: int) -> None:
    """Put an evicted request at the head of the queue; what it held is to be computed again."""
    if replica.n_queue == 0:
        replica.tail = i
    requests[i].link = replica.head
    replica.head = i
    replica.n_queue += 1
    replica.n_slots -= 1
    replica.evictions += 1
    requests[i].n_fill = requests[i].n_in - requests[i].n_cached + requests[i].made


@kernel
def takes(rules: Any, requests: Any, i: int) -> int:
    """Memory that a request takes at its admission."""
    request = requests[i]
    if rules.is_reserving:
        whole: int = request.n_in + request.n_out
        return whole
    begun: int = request.n_in + request.made + (1 if request.n_fill > 0 else 0)
    return begun


@kernel
def fits(rules: Any, replica: Any, requests: Any, i: int) -> bool:
    """Whether one more request finds a slot and memory; without reserves, for an iteration too."""
    if replica.n_slots >= rules.max_batch:
        return False
    need = replica.kv + takes(rules, requests, i)
    if not rules.is_reserving and replica.n_slots > 0:
        need += replica.n_slots + 1
    is_room: bool = need <= rules.kv_tokens
    return is_room


@kernel
def join(replica: Any, requests: Any, batch: Any, i: int) -> None:
    """Let a request whose prompt is in memory decode, or go if it has all its tokens."""
    request = requests[i]
    if request.made == request.n_out:
        request.finish_s = replica.clock_s
        request.status = COMPLETED
        replica.n_slots -= 1
        replica.kv -= request.n_in + request.n_out
        return
    push(batch, replica.n, replica.step + request.n_out - request.made, i)
    replica.n += 1
    replica.context += request.n_in + request.made


@kernel
def let_go(replica: Any, requests: Any, batch: Any) -> None:
    """End the requests that have all their tokens."""
    while replica.n > 0 and batch[0].due <= replica.step:
        request = requests[batch[0].item]
        replica.n -= 1
        replica.n_slots -= 1
        sink(batch, replica.n, batch[replica.n].due, batch[replica.n].item)
        replica.kv -= request.n_in + request.n_out
        replica.context -= request.n_in + request.n_out
        request.finish_s = replica.clock_s
        request.status = COMPLETED


@kernel
def evict(replica: Any, requests: Any, batch: Any) -> None:
    """Send the latest admitted request back to the head of the queue."""
    if replica.part != NONE:
        request = requests[replica.part]
        replica.kv -= request.n_in + request.made + 1
        put_first(replica, requests, replica.part)
        replica.part = NONE
        return
    k = 0
    for j in range(1, replica.n):
        if requests[batch[j].item].turn > requests[batch[k].item].turn:
            k = j
    i = batch[k].item
    request = requests[i]
    request.made = request.n_out - (batch[k].due - replica.step)
    held = request.n_in + request.made
    replica.kv -= held
    replica.context -= held
    replica.n -= 1
    if k < replica.n:
        due, item = batch[replica.n].due, batch[replica.n].item
        while k > 0:  # what stands above it moves down; the last entry then starts at the top
            batch[k].due = batch[(k - 1) // 2].due
            batch[k].item = batch[(k - 1) // 2].item
            k = (k - 1) // 2
        sink(batch, replica.n, due, item)
    put_first(replica, requests, i)


@kernel
def fill(rules: Any, replica: Any, requests: Any, i: int, left: int, budget: int) -> int:
    """Lay down the fill of a request within the budget of tokens; give what it takes of it."""
    request = requests[i]
    tokens = min(left, budget)
    before = request.n_in + request.made - left
    replica.fill_s += fill_s(rules, tokens, before)
    replica.prompt_tokens += tokens
    if tokens == left:
        replica.part = NONE
        request.link = replica.filled
        replica.filled = i
    else:
        replica.part = i
        replica.part_left = left - tokens
    return tokens


@kernel
def admit(rules: Any, replica: Any, requests: Any, batch: Any) -> bool:
    """Lay down the fill of the next step; say whether there is one."""
    is_chunked = rules.chunk_tokens > 0
    # A prompt longer than all tokens of a fill goes alone, unless it is cut into chunks.
    budget = rules.chunk_tokens - replica.n if is_chunked else rules.prefill_tokens
    tokens = 0
    if replica.part != NONE:
        tokens = fill(rules, replica, requests, replica.part, replica.part_left, budget)
    while replica.n_queue > 0:
        i = replica.head
        request = requests[i]
        left = request.n_fill
        is_full = tokens >= budget if is_chunked else tokens > 0 and tokens + left > budget
        if is_full or not fits(rules, replica, requests, i):
            break
        replica.head = request.link
        replica.n_queue -= 1
        replica.n_slots += 1
        replica.kv += takes(rules, requests, i)
        replica.turn += 1
        request.turn = replica.turn
        request.status = RUNNING
        if left == 0:
            join(replica, requests, batch, i)
        else:
            room = budget - tokens if is_chunked else left
            tokens += fill(rules, replica, requests, i, left, room)
    replica.peak_kv = max(replica.peak_kv, replica.kv)
    return tokens > 0


@kernel
def decide(rules: Any, replica: Any, requests: Any, batch: Any) -> None:
    """At a boundary: let go, evict, admit, and lay down the next step."""
    let_go(replica, requests, batch)
    is_evicting = False
    while not rules.is_reserving and replica.n > 0 and replica.kv + replica.n > rules.kv_tokens:
        evict(replica, requests, batch)
        is_evicting = True
    replica.stretch = 0
    replica.fill_s = 0.0
    is_filling = False
    if not is_evicting and (replica.n_queue > 0 or replica.part != NONE):
        is_filling = admit(rules, replica, requests, batch)
    if is_filling and (rules.chunk_tokens == 0 or replica.n == 0):
        replica.fill_s += rules.prefill_base_s
        replica.next_s = replica.clock_s + replica.fill_s
    elif replica.n > 0:
        replica.stretch = 1
        if not is_filling:
            replica.stretch = batch[0].due - replica.step
            if not rules.is_reserving:
                room = (rules.kv_tokens - replica.kv) // replica.n
                replica.stretch = min(replica.stretch, room)
        decoding_s = decode_s(rules, replica.n, replica.context, replica.stretch)
        replica.next_s = replica.clock_s + replica.fill_s + decoding_s
    else:
        replica.next_s = math.inf


@kernel
def pay(
    rules: Any,
    replica: Any,
    until_s: float,
    power_w: FloatArray,
    energy_j: FloatArray,
    busy_s: FloatArray,
) -> None:
    """Book the energy of the step under way up to a time: first its fill, then its decoding."""
    begin_s = replica.clock_s
    if replica.fill_s > 0.0:
        end_s = min(begin_s + replica.fill_s, until_s)
        spend(energy_j, busy_s, rules, begin_s, end_s, rules.prefill_w - power_w[0], True)
        replica.prefill_j += rules.prefill_w * (end_s - begin_s)
        begin_s = end_s
    if replica.stretch > 0 and begin_s < until_s:
        one_w = power_w[replica.n]
        spend(energy_j, busy_s, rules, begin_s, until_s, one_w - power_w[0], True)
        replica.decode_j += one_w * (until_s - begin_s)


@kernel
def commit(
    rules: Any,
    replica: Any,
    requests: Any,
    batch: Any,
    power_w: FloatArray,
    energy_j: FloatArray,
    busy_s: FloatArray,
) -> None:
    """Pass the step under way: its decode iterations, and the first tokens of its fill."""
    pay(rules, replica, replica.next_s, power_w, energy_j, busy_s)
    grown = replica.n * replica.stretch
    replica.clock_s = replica.next_s
    replica.step += replica.stretch
    replica.context += grown
    replica.tokens += grown
    if not rules.is_reserving:
        replica.kv += grown
        replica.peak_kv = max(replica.peak_kv, replica.kv)
    i = replica.filled
    replica.filled = NONE
    while i != NONE:
        request = requests[i]
        after = request.link
        if request.made == 0:
            request.first_s = replica.clock_s
        request.made += 1
        replica.tokens += 1
        join(replica, requests, batch, i)
        i = after


@kernel
def shorten(rules: Any, replica: Any, requests: Any, now_s: float) -> None:
    """End a stretch of decoding at the first boundary from now on, if the queue could move."""
    if replica.stretch > 1 and fits(rules, replica, requests, replica.head):
        k = iterations_until(rules, replica.n, replica.context, now_s - replica.clock_s)
        if k < replica.stretch:
            replica.stretch = k
            replica.next_s = replica.clock_s + decode_s(rules, replica.n, replica.context, k)


@kernel
def cut(
    rules: Any, replica: Any, power_w: FloatArray, energy_j: FloatArray, busy_s: FloatArray
) -> None:
    """Count what is under way when the horizon cuts it off."""
    if replica.next_s == math.inf:
        return
    pay(rules, replica, rules.horizon_s, power_w, energy_j, busy_s)
    if replica.fill_s == 0.0 and replica.stretch > 0:
        span_s = rules.horizon_s - replica.clock_s
        k = iterations_until(rules, replica.n, replica.context, span_s)
        if decode_s(rules, replica.n, replica.context, k) > span_s:
            k -= 1
        replica.tokens += replica.n * k
        if not rules.is_reserving:
            replica.peak_kv = max(replica.peak_kv, replica.kv + replica.n * k)
