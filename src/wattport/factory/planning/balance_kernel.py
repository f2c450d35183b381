"""Compiled search for the fewest stations of a line: branch, bound and remember."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import IntArray, WordArray
from wattport.factory.engine.compiled import allocating
from wattport.factory.planning.loads_kernel import has, make_loads, station_loads

_ONE = np.uint64(1)


class Pool(NamedTuple):
    """Partial lines found so far, a heap for each number of stations."""

    done: WordArray  # (node, word)
    level: IntArray  # (node,) stations used; -1: another order needs fewer
    parent: IntArray  # (node,)
    key: NDArray[np.float64]  # (node,) the least is looked at first
    left: IntArray  # (node,)
    right: IntArray  # (node,)
    rank: IntArray  # (node,)
    slots: IntArray  # (slot,) nodes by their set


@allocating
def _merge(pool: Any, a: Any, b: Any, path: Any) -> Any:
    """Merge two leftist heaps; iterative, since the path is short."""
    n = 0
    while a >= 0 and b >= 0:
        if pool.key[b] < pool.key[a]:
            a, b = b, a
        path[n] = a
        n += 1
        a = pool.right[a]
    root = a if a >= 0 else b
    for i in range(n - 1, -1, -1):
        node = path[i]
        pool.right[node] = root
        left = pool.left[node]
        if left < 0 or pool.rank[left] < pool.rank[root]:
            pool.left[node], pool.right[node] = root, left
        right = pool.right[node]
        pool.rank[node] = 1 if right < 0 else pool.rank[right] + 1
        root = node
    return root


@allocating
def _slot(pool: Any, bits: Any) -> Any:
    """Slot of a set: where it stands, or the free one where it belongs."""
    mixed = np.uint64(0x9E3779B97F4A7C15)
    for w in range(bits.size):
        mixed = (mixed ^ bits[w]) * np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(31)
    mask = pool.slots.size - 1
    at = np.int64(mixed & np.uint64(mask))
    while pool.slots[at] >= 0:
        node = pool.slots[at]
        is_same = True
        for w in range(bits.size):
            if pool.done[node, w] != bits[w]:
                is_same = False
                break
        if is_same:
            return at
        at = (at + 1) & mask
    return at


@allocating
def _look(line: Any, done: Any, upper: Any, level: Any, rest: Any, must: Any) -> Any:
    """Time and number of the tasks placed; fill in the weights left and what must stand now."""
    placed, n_done = 0, 0
    rest[:] = 0
    must[:] = np.uint64(0)
    for task in range(line.time.size):
        if has(done, task):
            placed += line.time[task]
            n_done += 1
        else:
            rest += line.weight[:, task]
        # The new station is number `level + 1` of at most `upper - 1`.
        if upper - line.tail[task] <= level + 1:
            must[task >> 6] |= _ONE << np.uint64(task & 63)
    return placed, n_done


@allocating
def _after(line: Any, load: Any, rest: Any) -> Any:
    """Tasks in a load, and stations needed after it at least."""
    n_new, left = 0, 0
    for b in range(line.room.size):
        weight, n_new = rest[b], 0
        for task in range(line.time.size):
            if has(load, task):
                weight -= line.weight[b, task]
                n_new += 1
        left = max(left, -(-weight // line.room[b]))
    return n_new, left


@allocating
def _keep(pool: Any, bits: Any, level: Any, parent: Any, key: Any, n_used: Any) -> Any:
    """Keep a partial line: 1; 0 if its set is known as good; -1 if there is no room."""
    at = _slot(pool, bits)
    known = pool.slots[at]
    if known >= 0:
        if pool.level[known] <= level:
            return 0
        pool.level[known] = -1
    if n_used == pool.level.size:
        return -1
    pool.done[n_used] = bits
    pool.level[n_used], pool.parent[n_used], pool.key[n_used] = level, parent, key
    pool.slots[at] = n_used
    return 1


@allocating
def _make_pool(n_nodes: Any, n_words: Any) -> Any:
    """Room for partial lines; the first is the empty one."""
    pool = Pool(
        np.zeros((n_nodes, n_words), np.uint64),
        np.zeros(n_nodes, np.int64),
        np.full(n_nodes, -1, np.int64),
        np.zeros(n_nodes),
        np.full(n_nodes, -1, np.int64),
        np.full(n_nodes, -1, np.int64),
        np.ones(n_nodes, np.int64),
        np.full(1 << int(np.ceil(np.log2(2.0 * n_nodes))), -1, np.int64),
    )
    pool.slots[_slot(pool, pool.done[0])] = 0
    return pool


@allocating
def search(
    line: Any, best: Any, lower: Any, n_nodes: Any, most: Any, n_kept: Any, budget: Any
) -> Any:
    """
    Look for a line with fewer stations; all of them in turn, best first within each.

    Parameters
    ----------
    line : Line
        The line.
    best : ndarray of int, shape (task,)
        A balance to improve, changed in place.
    lower : int
        Stop when it is reached.
    n_nodes, most, n_kept, budget : int
        Partial lines kept, loads of one station seen, loads of one station kept, steps.

    Returns
    -------
    is_proved : bool
        The search was complete, or the lower bound was reached.
    steps : int
        Steps made.
    """
    n_tasks, n_words = line.needs.shape
    upper = best.max() + 1
    pool = _make_pool(n_nodes, n_words)
    loads = make_loads(n_tasks, n_words, most)
    path = np.zeros(128, np.int64)
    roots, sizes = np.full(upper + 1, -1, np.int64), np.zeros(upper + 1, np.int64)
    roots[0], sizes[0] = 0, 1
    n_used, total = 1, line.time.sum()
    must, child = np.zeros(n_words, np.uint64), np.zeros(n_words, np.uint64)
    rest = np.zeros(line.room.size, np.int64)
    is_complete = True
    level = -1
    while upper > lower and sizes[: upper - 1].sum() > 0:
        level = level + 1 if level + 1 < upper - 1 else 0
        node = roots[level]
        if node < 0:
            continue
        roots[level] = _merge(pool, pool.left[node], pool.right[node], path)
        sizes[level] -= 1
        if pool.level[node] < 0:
            continue
        done = pool.done[node]
        placed, n_done = _look(line, done, upper, level, rest, must)
        idle = level * line.cycle - placed
        slack = (upper - 1) * line.cycle - total - idle
        if slack < 0:
            continue
        count = station_loads(line, done, must, slack, most, loads, budget)
        if count < 0:
            is_complete, count = False, -1 - count
        order = np.arange(count)
        if count > n_kept:
            is_complete = False
            order = np.argsort(loads.idle[:count], kind="mergesort")[:n_kept]
        for i in order:
            n_new, left = _after(line, loads.tasks[i], rest)
            for w in range(n_words):
                child[w] = done[w] | loads.tasks[i, w]
            if n_done + n_new == n_tasks:
                upper = level + 1
                _write(line, pool, node, loads.tasks[i], level, best)
                break
            if level + 1 + left >= upper:
                continue
            lost = (idle + loads.idle[i]) / (level + 1.0)
            key = lost * n_tasks / total - 0.02 * (n_done + n_new)
            kept = _keep(pool, child, level + 1, node, key, n_used)
            if kept < 0:
                is_complete = False
            elif kept > 0:
                roots[level + 1] = _merge(pool, roots[level + 1], n_used, path)
                sizes[level + 1] += 1
                n_used += 1
        if loads.steps[0] > budget:
            return upper <= lower, loads.steps[0]
    return is_complete or upper <= lower, loads.steps[0]


@allocating
def _write(line: Any, pool: Any, node: Any, last: Any, level: Any, best: Any) -> None:
    """Write the stations of a complete line, from its last load back to the first."""
    before = last
    for task in range(best.size):
        if has(before, task):
            best[task] = level
    while pool.parent[node] >= 0:
        parent = pool.parent[node]
        level -= 1
        for task in range(best.size):
            if has(pool.done[node], task) and not has(pool.done[parent], task):
                best[task] = level
        node = parent
