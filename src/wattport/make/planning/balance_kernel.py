"""
Compiled search for the fewest stations of a line: branch, bound and remember.

Sets of tasks are rows of 64-bit words. Tasks are numbered so that every task
follows those it needs; a station load is then found exactly once by taking its
tasks in ascending order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wattport.make.compiled import allocating, merged

WordArray = NDArray[np.uint64]
IntArray = NDArray[np.int64]
_ONE = np.uint64(1)


class Line(NamedTuple):
    """One line to balance, in the search's own numbering."""

    time: IntArray  # (task,)
    cycle: int
    needs: WordArray  # (task, word) tasks that must stand before
    apart: WordArray  # (task, word) tasks that may not share a station
    skill: WordArray  # (task,) one bit
    n_skills: int  # most skills in one station
    follows: WordArray  # (task, word) all tasks after
    tail: IntArray  # (task,) stations from the task's own to the last, at least
    weight: IntArray  # (bound, task)
    room: IntArray  # (bound,) most weight in one station
    is_free: bool  # neither tasks kept apart nor skills: exchange of tasks is allowed


class Loads(NamedTuple):
    """Where the loads of one station are written."""

    tasks: WordArray  # (load, word)
    idle: IntArray  # (load,)
    open: IntArray  # (task,) tasks not yet placed
    after: IntArray  # (task + 1,) time of the open tasks from each on
    chosen: IntArray  # (task,) place in `open` of each task of the load
    load: WordArray  # (word,)
    skills: WordArray  # (task + 1,)
    steps: IntArray  # (1,) all steps made


@merged
def has(bits: Any, task: Any) -> Any:
    """Whether a set holds a task."""
    return (bits[task >> 6] >> np.uint64(task & 63)) & _ONE != np.uint64(0)


@merged
def _popcount(x: Any) -> Any:
    n = 0
    while x != np.uint64(0):
        x &= x - _ONE
        n += 1
    return n


@merged
def _fits(line: Any, done: Any, loads: Any, task: Any, depth: Any, left: Any) -> Any:
    if line.time[task] > left:
        return False
    for w in range(done.size):
        if line.needs[task, w] & ~(done[w] | loads.load[w]) != np.uint64(0):
            return False
        if line.apart[task, w] & loads.load[w] != np.uint64(0):
            return False
    return _popcount(loads.skills[depth] | line.skill[task]) <= line.n_skills


@allocating
def _is_improvable(line: Any, done: Any, loads: Any, n_open: Any, depth: Any, left: Any) -> Any:
    """Whether a task of the load may be exchanged for a longer one with no fewer followers."""
    for c in range(n_open):
        better = loads.open[c]
        if has(loads.load, better) or line.time[better] > line.cycle:
            continue
        is_open = True
        for w in range(done.size):
            if line.needs[better, w] & ~(done[w] | loads.load[w]) != np.uint64(0):
                is_open = False
        if not is_open:
            continue
        for d in range(depth):
            task = loads.open[loads.chosen[d]]
            gain = line.time[better] - line.time[task]
            if gain < 0 or gain > left:
                continue
            is_subset, is_same = True, True
            for w in range(done.size):
                if line.follows[task, w] & ~line.follows[better, w] != np.uint64(0):
                    is_subset = False
                if line.follows[task, w] != line.follows[better, w]:
                    is_same = False
            if is_subset and not (is_same and gain == 0 and better > task):
                return True
    return False


@allocating
def station_loads(
    line: Any, done: Any, must: Any, slack: Any, most: Any, loads: Any, budget: Any
) -> Any:
    """
    Write all full loads of the next station.

    A load is full if no further task fits. Left out are loads that leave more
    than ``slack`` idle, miss a task of ``must``, or are no better than another
    by an exchange of tasks.

    Returns
    -------
    int
        Number of loads; -1 - number if ``most`` or the budget of steps ended the search.
    """
    n_tasks = line.time.size
    n_open = 0
    for task in range(n_tasks):
        if not has(done, task):
            loads.open[n_open] = task
            n_open += 1
    loads.after[n_open] = 0
    for c in range(n_open - 1, -1, -1):
        loads.after[c] = loads.after[c + 1] + line.time[loads.open[c]]
    loads.load[:] = np.uint64(0)
    loads.skills[0] = np.uint64(0)
    depth, start, left, count = 0, 0, line.cycle, 0
    is_fresh = True
    while True:
        loads.steps[0] += 1
        found = -1
        if left - loads.after[start] <= slack:
            for c in range(start, n_open):
                if _fits(line, done, loads, loads.open[c], depth, left):
                    found = c
                    break
        if found >= 0:
            task = loads.open[found]
            loads.chosen[depth] = found
            loads.load[task >> 6] |= _ONE << np.uint64(task & 63)
            loads.skills[depth + 1] = loads.skills[depth] | line.skill[task]
            left -= line.time[task]
            depth, start, is_fresh = depth + 1, found + 1, True
            continue
        if is_fresh and depth > 0 and left <= slack:
            is_full = True
            for c in range(n_open):
                task = loads.open[c]
                if not has(loads.load, task) and _fits(line, done, loads, task, depth, left):
                    is_full = False
                    break
            for w in range(done.size):
                if must[w] & ~(done[w] | loads.load[w]) != np.uint64(0):
                    is_full = False
            if is_full and line.is_free:
                is_full = not _is_improvable(line, done, loads, n_open, depth, left)
            if is_full:
                if count == most:
                    return -1 - count
                loads.tasks[count] = loads.load
                loads.idle[count] = left
                count += 1
        if loads.steps[0] > budget:
            return -1 - count
        if depth == 0:
            return count
        depth -= 1
        task = loads.open[loads.chosen[depth]]
        loads.load[task >> 6] &= ~(_ONE << np.uint64(task & 63))
        left += line.time[task]
        start, is_fresh = loads.chosen[depth] + 1, False


@allocating
def make_loads(n_tasks: Any, n_words: Any, most: Any) -> Any:
    """Room for the loads of one station."""
    return Loads(
        np.zeros((most, n_words), np.uint64),
        np.zeros(most, np.int64),
        np.zeros(n_tasks, np.int64),
        np.zeros(n_tasks + 1, np.int64),
        np.zeros(n_tasks, np.int64),
        np.zeros(n_words, np.uint64),
        np.zeros(n_tasks + 1, np.uint64),
        np.zeros(1, np.int64),
    )


@allocating
def fill_stations(line: Any, value: Any, most: Any, budget: Any) -> Any:
    """
    Fill one station after the other with the load of most value (Hoffmann's heuristic).

    Parameters
    ----------
    line : Line
        The line.
    value : ndarray, shape (task,)
        Worth of placing a task now.
    most, budget : int
        Loads and steps looked at for one station.

    Returns
    -------
    ndarray of int, shape (task,)
        Station of each task.
    """
    n_tasks, n_words = line.needs.shape
    loads = make_loads(n_tasks, n_words, most)
    done, must = np.zeros(n_words, np.uint64), np.zeros(n_words, np.uint64)
    station = np.full(n_tasks, -1, np.int64)
    n_done, s = 0, 0
    while n_done < n_tasks:
        count = station_loads(line, done, must, line.cycle, most, loads, loads.steps[0] + budget)
        count = count if count >= 0 else -1 - count
        best, best_value = 0, -np.inf
        for i in range(count):
            worth = 0.0
            for task in range(n_tasks):
                if has(loads.tasks[i], task):
                    worth += value[task]
            if worth > best_value:
                best, best_value = i, worth
        for task in range(n_tasks):
            if has(loads.tasks[best], task):
                station[task] = s
                n_done += 1
        done |= loads.tasks[best]
        s += 1
    return station


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
    n_bounds = line.room.size
    upper = best.max() + 1
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
    loads = make_loads(n_tasks, n_words, most)
    path = np.zeros(128, np.int64)
    roots, sizes = np.full(upper + 1, -1, np.int64), np.zeros(upper + 1, np.int64)
    roots[0], sizes[0] = 0, 1
    pool.slots[_slot(pool, pool.done[0])] = 0
    n_used, total = 1, line.time.sum()
    must, child = np.zeros(n_words, np.uint64), np.zeros(n_words, np.uint64)
    rest = np.zeros(n_bounds, np.int64)
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
        placed, n_done = 0, 0
        rest[:] = 0
        must[:] = np.uint64(0)
        for task in range(n_tasks):
            if has(done, task):
                placed += line.time[task]
                n_done += 1
            else:
                rest += line.weight[:, task]
            # The new station is number `level + 1` of at most `upper - 1`.
            if upper - line.tail[task] <= level + 1:
                must[task >> 6] |= _ONE << np.uint64(task & 63)
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
            left = 0
            n_new = 0
            for b in range(n_bounds):
                weight = rest[b]
                for task in range(n_tasks):
                    if has(loads.tasks[i], task):
                        weight -= line.weight[b, task]
                        n_new += b == 0
                left = max(left, -(-weight // line.room[b]))
            for w in range(n_words):
                child[w] = done[w] | loads.tasks[i, w]
            if n_done + n_new == n_tasks:
                upper = level + 1
                _write(line, pool, node, loads.tasks[i], level, best)
                break
            if level + 1 + left >= upper:
                continue
            at = _slot(pool, child)
            known = pool.slots[at]
            if known >= 0:
                if pool.level[known] <= level + 1:
                    continue
                pool.level[known] = -1
            if n_used == n_nodes:
                is_complete = False
                continue
            pool.done[n_used] = child
            pool.level[n_used], pool.parent[n_used] = level + 1, node
            lost = (idle + loads.idle[i]) / (level + 1.0)
            pool.key[n_used] = lost * n_tasks / total - 0.02 * (n_done + n_new)
            pool.slots[at] = n_used
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
