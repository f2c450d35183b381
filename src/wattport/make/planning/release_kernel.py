"""Compiled local search for the order of release: exchange and insertion."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattport.make.compiled import allocating


@allocating
def _cost(order: Any, ready: Any, slack: Any, weight: Any, takt: Any, first: Any, now: Any) -> Any:
    """Weighted tardiness of all units from place `first` on, the last release being `now`."""
    total = 0.0
    for k in range(first, order.size):
        unit = order[k]
        now = max(now + takt, ready[unit])
        total += weight[unit] * max(now - slack[unit], 0.0)
    return total


@allocating
def exchange(order: Any, ready: Any, slack: Any, weight: Any, takt: Any, n_passes: Any) -> None:
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
            now = max(now + takt, ready[order[i]])
        if not has_gained:
            return
