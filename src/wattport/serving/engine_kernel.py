"""
The fleet: a router and its replicas, from event to event.

Between two arrivals each replica passes its own boundaries; an arrival reaches a replica at the
first boundary after it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wattport.arrays import FloatArray
from wattport.compiled import kernel
from wattport.serving.iteration_kernel import RULES, spend
from wattport.serving.replica_kernel import (
    BATCH,
    COMPLETED,
    NONE,
    QUEUE_FULL,
    REPLICA,
    REQUEST,
    RUNNING,
    TOO_LONG,
    WAITING,
    commit,
    cut,
    decide,
    enqueue,
    shorten,
)

__all__ = [
    "BATCH", "COMPLETED", "DRAINING", "LEAST_LOADED", "NONE", "OFF", "ON", "QUEUE_FULL", "REPLICA",
    "REQUEST", "ROUND_ROBIN", "RULES", "RUNNING", "TOO_LONG", "WAITING", "serve",
]  # fmt: skip

ROUND_ROBIN, LEAST_LOADED = 0, 1
OFF, ON, DRAINING = 0, 1, 2


@kernel
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
        mine = replicas[r].n_slots + replicas[r].n_queue
        load += mine
        if replicas[r].state == ON:
            n_on += 1
        elif replicas[r].state == DRAINING and mine == 0:
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


@kernel
def choose(rules: Any, replicas: Any, now_s: float, last: int) -> int:
    """Replica for a request: the next in turn, or the least loaded from there on."""
    best, least = -1, 0
    for j in range(1, replicas.size + 1):
        r = last + j
        if r >= replicas.size:
            r -= replicas.size
        if replicas[r].state != ON or replicas[r].ready_s > now_s:
            continue
        load = replicas[r].n_slots + replicas[r].n_queue
        if best < 0 or load < least:
            best, least = r, load
            if rules.routing == ROUND_ROBIN or load == 0:
                break
    return best


@kernel
def receive(rules: Any, replica: Any, requests: Any, batch: Any, i: int, now_s: float) -> None:
    """Queue a request at its replica, which may be idle or in the middle of a stretch."""
    if replica.n_queue >= rules.max_queue:
        requests[i].status = QUEUE_FULL
        return
    enqueue(replica, requests, i)
    if replica.next_s == math.inf:
        replica.clock_s = now_s
        decide(rules, replica, requests, batch)
    else:
        shorten(rules, replica, requests, now_s)


@kernel
def serve(
    requests: Any,
    rules: Any,
    replicas: Any,
    power_w: FloatArray,
    energy_j: FloatArray,
    busy_s: FloatArray,
) -> int:
    """
    Play all requests up to the horizon; results are written into the arrays given.

    Parameters
    ----------
    requests : ndarray of `REQUEST`, shape (request,)
        By ascending arrival; tokens 1 or more. Gives back times, status and replica.
    rules : record of `RULES`
    replicas : ndarray of `REPLICA`, shape (replica,)
        Zeroed but for ``state``, ``ready_s``, ``next_s``, ``filled`` and ``part``.
    power_w : ndarray, shape (max_batch + 1,)
        Power of a replica that decodes a batch; entry 0 is its idle power.
    energy_j, busy_s : ndarray, shape (step,)

    Returns
    -------
    int
        Largest number of replicas switched on at once.
    """
    batch = np.zeros((replicas.size, rules.max_batch), dtype=BATCH)
    last = -1
    most: int = 0
    check_s: float = rules.check_s
    i = 0
    while True:
        now_s = requests[i].arrival_s if i < requests.size else rules.horizon_s
        now_s = min(now_s, rules.horizon_s, check_s)
        for r in range(replicas.size):
            while replicas[r].next_s <= now_s:
                commit(rules, replicas[r], requests, batch[r], power_w, energy_j, busy_s)
                decide(rules, replicas[r], requests, batch[r])
        if now_s >= rules.horizon_s:
            break
        if now_s == check_s:
            scale(rules, replicas, now_s, power_w, energy_j, busy_s)
            check_s += rules.check_s
            most = max(most, np.sum(replicas["state"] != OFF))
            continue
        if requests[i].n_in + requests[i].n_out > rules.kv_tokens:
            requests[i].status = TOO_LONG
        else:
            last = choose(rules, replicas, now_s, last)
            requests[i].where = last
            receive(rules, replicas[last], requests, batch[last], i, now_s)
        i += 1
    for r in range(replicas.size):
        cut(rules, replicas[r], power_w, energy_j, busy_s)
        if replicas[r].state != OFF:
            spend(energy_j, busy_s, rules, replicas[r].on_s, rules.horizon_s, power_w[0], False)
    most = max(most, np.sum(replicas["state"] != OFF))
    return most
