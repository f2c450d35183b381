"""
Compiled loads of one station, and the heuristic that fills station after station.

Sets of tasks are rows of 64-bit words. Tasks are numbered so that every task
follows those it needs; a station load is then found exactly once by taking its
tasks in ascending order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from wattport.arrays import IntArray, WordArray
from wattport.factory.engine.compiled import allocating, merged

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
