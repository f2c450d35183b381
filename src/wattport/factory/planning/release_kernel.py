"""Compiled local search for the order of release: exchange, insertion and kicks."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattport.equations.random_stream import next_uniform, seed_stream
from wattport.factory.engine.compiled import allocating

_N_PASSES = 200  # far more than any order took


@allocating
def _cost(order: Any, ready: Any, slack: Any, weight: Any, takt: Any, first: Any, now: Any) -> Any:
    """Weighted tardiness of all units from place `first` on, the line being free from `now`."""
    total = 0.0
    for k in range(first, order.size):
        unit = order[k]
        now = max(now, ready[unit])
        total += weight[unit] * max(now - slack[unit], 0.0)
        now += takt[unit]
    return total


@allocating
def _exchange(order: Any, ready: Any, slack: Any, weight: Any, takt: Any, n_passes: Any) -> None:
    """
    Exchange or move units of an order while that lowers the weighted tardiness.

    Moves reach forty places; the first that gains is taken. Changes `order` in place.
    """
    n = order.size
    for _ in range(n_passes):
        has_gained = False
        now = -np.inf
        for i in range(n):
            here = _cost(order, ready, slack, weight, takt, i, now)
            for j in range(i + 1, min(n, i + 41)):
                order[i], order[j] = order[j], order[i]
                there = _cost(order, ready, slack, weight, takt, i, now)
                if there < here - 1e-9:
                    here, has_gained = there, True
                    continue
                order[i], order[j] = order[j], order[i]
                unit = order[j]
                for k in range(j, i, -1):
                    order[k] = order[k - 1]
                order[i] = unit
                there = _cost(order, ready, slack, weight, takt, i, now)
                if there < here - 1e-9:
                    here, has_gained = there, True
                    continue
                for k in range(i, j):
                    order[k] = order[k + 1]
                order[j] = unit
                unit = order[i]
                for k in range(i, j):
                    order[k] = order[k + 1]
                order[j] = unit
                there = _cost(order, ready, slack, weight, takt, i, now)
                if there < here - 1e-9:
                    here, has_gained = there, True
                    continue
                for k in range(j, i, -1):
                    order[k] = order[k - 1]
                order[i] = unit
            now = max(now, ready[order[i]]) + takt[order[i]]
        if not has_gained:
            return


@allocating
def search(
    order: Any, ready: Any, slack: Any, weight: Any, takt: Any, n_kicks: Any, seed: Any
) -> Any:
    """
    Lower the weighted tardiness of an order; changed in place, its tardiness returned.

    From the best order, a few units change places at random, and exchange and
    insertion follow; what is better stays.
    """
    n = order.size
    stream = seed_stream(seed, n, n_kicks, 0)
    _exchange(order, ready, slack, weight, takt, _N_PASSES)
    least = _cost(order, ready, slack, weight, takt, 0, -np.inf)
    other = order.copy()
    for _ in range(n_kicks):
        if least <= 0.0 or n < 3:
            break
        other[:] = order
        for _ in range(3):
            i = int(next_uniform(stream) * n)
            j = min(n - 1, i + 1 + int(next_uniform(stream) * 10.0))
            other[i], other[j] = other[j], other[i]
        _exchange(other, ready, slack, weight, takt, _N_PASSES)
        now = _cost(other, ready, slack, weight, takt, 0, -np.inf)
        if now <= least:
            least = now
            order[:] = other
    return least
