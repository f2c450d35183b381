"""Compiled bound on any order of release: over how many of each kind of unit have gone."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattport.factory.engine.compiled import allocating


@allocating
def cheapest(
    ready: Any, slack: Any, first: Any, count: Any, weight: Any, takt: Any, order: Any
) -> Any:
    """
    Bound the weighted tardiness of all units, and write the kinds in a good order.

    Parameters
    ----------
    ready, slack : ndarray, shape (unit,)
        Kind by kind, each ascending in its kind.
    first, count : ndarray, shape (kind,)
        Where a kind begins, and its units.
    weight, takt : ndarray, shape (kind,)
        Of each unit of a kind.
    order : ndarray, shape (unit,)
        Kind of each release; written.

    Returns
    -------
    float
        No order has less. Exact where no release ever waits for its unit.

    Notes
    -----
    States are counts of released units; each takes the least free time and the
    least cost of all ways to it, as if one way had both.
    """
    n_kinds = count.size
    stride = np.ones(n_kinds + 1, np.int64)
    for kind in range(n_kinds):
        stride[kind + 1] = stride[kind] * (count[kind] + 1)
    n_states = stride[n_kinds]
    free = np.full(n_states, np.inf)
    cost = np.full(n_states, np.inf)
    last = np.zeros(n_states, np.int8)
    free[0], cost[0] = -np.inf, 0.0
    for state in range(n_states):
        for kind in range(n_kinds):
            gone = state // stride[kind] % (count[kind] + 1)
            if gone == count[kind]:
                continue
            unit = first[kind] + gone
            start = max(free[state], ready[unit])
            after = state + stride[kind]
            here = cost[state] + weight[kind] * max(start - slack[unit], 0.0)
            free[after] = min(free[after], start + takt[kind])
            if here < cost[after]:
                cost[after], last[after] = here, kind
    state = n_states - 1
    for place in range(order.size - 1, -1, -1):
        order[place] = last[state]
        state -= stride[order[place]]
    return cost[n_states - 1]
