"""
Line balancing: tasks to stations, the fewest stations for a cycle or the least cycle.

References
----------
A. Scholl, C. Becker, "State-of-the-art exact and heuristic solution procedures
for simple assembly line balancing", European Journal of Operational Research
168(3), 2006, doi:10.1016/j.ejor.2004.07.022.
E. C. Sewell, S. H. Jacobson, "A branch, bound, and remember algorithm for the
simple assembly line balancing problem", INFORMS Journal on Computing 24(3),
2012, doi:10.1287/ijoc.1110.0462.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import IntArray
from wattport.errors import Finding, WattportError
from wattport.factory.planning.balance_kernel import search
from wattport.factory.planning.loads_kernel import Line, fill_stations
from wattport.factory.planning.optimality import Status, gap_frac, status_of

_MOST_LOADS = 200_000
_N_KEPT = 40  # loads kept of each partial line in the first, incomplete search


@dataclass(frozen=True)
class Tasks:
    """
    Work to spread over the stations of a line.

    Times are whole numbers in any unit, so that a balance is exact.
    """

    time: tuple[int, ...]
    precedence: tuple[tuple[int, int], ...] = ()  # (before, after), counted from 0
    apart: tuple[tuple[int, int], ...] = ()  # may not share a station
    skill: tuple[int, ...] = ()  # of each task; empty: all the same
    n_skills_per_station: int = 64  # most skills in one station


@dataclass(frozen=True)
class LineBalance:
    """Stations of a line."""

    station: tuple[int, ...]  # of each task
    n_stations: int
    cycle: int  # wanted, or found when it was sought
    lower_bound: int  # of what was sought: stations, or cycle
    status: Status
    gap_frac: float
    n_steps: int  # of the search, a measure of the effort that no clock disturbs


def balance_line(tasks: Tasks, cycle: int, n_steps: int = 200_000_000) -> LineBalance:
    """
    Fewest stations that do all tasks within the cycle.

    Parameters
    ----------
    tasks : Tasks
        Work, precedence, tasks kept apart, skills.
    cycle : int
        Time of one station for one unit. [unit of the task times]
    n_steps : int
        Effort before the search ends without proof; about 10 million a second.

    Returns
    -------
    LineBalance
        With the proof, or the bound and the gap.

    Raises
    ------
    WattportError
        If the tasks need each other in a circle, or one is longer than the cycle.

    Notes
    -----
    Bounds by dual feasible functions (among them LM1, LM2 and LM3 of the
    literature) and by the tasks' earliest and latest stations; Hoffmann's
    heuristic from both ends; then branch, bound and remember from both ends,
    first over the fullest loads, then over all.

    Examples
    --------
    >>> line = balance_line(Tasks((6, 2, 5, 7, 1), ((0, 1), (1, 2), (0, 3), (3, 4))), cycle=8)
    >>> line.n_stations, line.status.value
    (3, 'proved')
    """
    _refuse_bad_tasks(tasks, cycle)
    forward, backward = _View(tasks, cycle, False), _View(tasks, cycle, True)
    lower = _lower_bound(forward)
    best = np.empty(len(tasks.time), np.int64)
    best[forward.order] = np.arange(len(best))  # a station for each task, to begin with
    for view in (forward, backward):
        for value in _values(view):
            if best.max() + 1 > lower:
                best = _better(best, view.seen(fill_stations(view.line, value, 1000, 20000)))
    spent = 0
    efforts = [(view, _N_KEPT, n_steps // 16) for view in (forward, backward)]
    # Twice from each end, because either may be far easier and none tells beforehand.
    efforts += [(view, _MOST_LOADS, n_steps // part) for part in (8, 4) for view in
                (forward, backward)]  # fmt: skip
    for view, n_kept, most_steps in efforts:
        if best.max() + 1 <= lower:
            break
        found, is_proved, steps = view.search(best, lower, n_kept, most_steps)
        best, spent = _better(best, found), spent + steps
        lower = int(best.max()) + 1 if is_proved else lower
    n_stations = int(best.max()) + 1
    return LineBalance(
        station=tuple(int(s) for s in best),
        n_stations=n_stations,
        cycle=cycle,
        lower_bound=lower,
        status=status_of(n_stations, lower),
        gap_frac=gap_frac(n_stations, lower),
        n_steps=spent,
    )


def shortest_cycle(tasks: Tasks, n_stations: int, n_steps: int = 200_000_000) -> LineBalance:
    """
    Least cycle at which a given number of stations does all tasks.

    Parameters
    ----------
    tasks : Tasks
        Work, precedence, tasks kept apart, skills.
    n_stations : int
        Stations at hand. [>= 1]
    n_steps : int
        Effort for each cycle tried.

    Returns
    -------
    LineBalance
        ``cycle`` found; ``lower_bound`` and ``gap_frac`` are those of the cycle.

    Raises
    ------
    WattportError
        If the stations are too few at any cycle, because of tasks kept apart or skills.

    Notes
    -----
    Bisection over `balance_line`: a longer cycle never needs more stations. A
    cycle that was neither reached nor refused raises the result, not the bound.

    Examples
    --------
    >>> shortest_cycle(Tasks((6, 2, 5, 7, 1)), 3).cycle
    7
    """
    total = sum(tasks.time)
    best = balance_line(tasks, total, n_steps)
    if best.n_stations > n_stations:
        raise _refusal(
            "PLAN004", f"{best.n_stations} stations are needed at any cycle, {n_stations} given",
            "give more stations, or allow more tasks or skills to share one",
        )  # fmt: skip
    bound = max(max(tasks.time), -(-total // n_stations))
    low, high, spent = bound, total, 0
    while low < high:
        cycle = (low + high) // 2
        tried = balance_line(tasks, cycle, n_steps)
        spent += tried.n_steps
        if tried.n_stations <= n_stations:
            best, high = tried, cycle
            continue
        if tried.lower_bound > n_stations:
            bound = max(bound, cycle + 1)
        low = cycle + 1
    return LineBalance(
        station=best.station,
        n_stations=n_stations,
        cycle=high,
        lower_bound=min(bound, high),
        status=status_of(high, bound),
        gap_frac=gap_frac(high, bound),
        n_steps=spent,
    )


def _refuse_bad_tasks(tasks: Tasks, cycle: int) -> None:
    n_tasks = len(tasks.time)
    if not n_tasks or min(tasks.time) < 0 or any(int(t) != t for t in tasks.time):
        raise _refusal(
            "PLAN001", "task times must be whole numbers from 0 on, at least one",
            "count them in minutes or seconds",
        )  # fmt: skip
    longest = int(np.argmax(tasks.time))
    if tasks.time[longest] > cycle:
        raise _refusal(
            "PLAN002", f"task {longest} takes {tasks.time[longest]}, the cycle is {cycle}",
            "divide the task, work on parallel lines, or want a lower rate",
        )  # fmt: skip
    pairs = tasks.precedence + tasks.apart
    if any(not 0 <= task < n_tasks for pair in pairs for task in pair):
        raise _refusal("PLAN005", "a pair names a task that does not exist", "count from 0")
    if len(tasks.skill) not in (0, n_tasks) or any(not 0 <= k < 64 for k in tasks.skill):
        raise _refusal("PLAN005", "one skill of 0 to 63 for each task, or none", "number them so")
    _topological(n_tasks, tasks.precedence, tasks.time)


def _refusal(code: str, message: str, remedy: str) -> WattportError:
    return WattportError(Finding(code, message, path="line", remedy=remedy))


def _topological(n_tasks: int, pairs: Sequence[tuple[int, int]], worth: Sequence[int]) -> list[int]:
    """Tasks in an order that respects precedence, those of most worth first."""
    n_before = [0] * n_tasks
    after: list[list[int]] = [[] for _ in range(n_tasks)]
    for first, second in set(pairs):
        n_before[second] += 1
        after[first].append(second)
    ready = [task for task in range(n_tasks) if not n_before[task]]
    order = []
    while ready:
        task = max(ready, key=lambda t: (worth[t], -t))
        ready.remove(task)
        order.append(task)
        for following in after[task]:
            n_before[following] -= 1
            if not n_before[following]:
                ready.append(following)
    if len(order) < n_tasks:
        circle = ", ".join(str(t) for t in range(n_tasks) if n_before[t])
        raise _refusal(
            "PLAN003", f"tasks wait for each other in a circle; among them {circle}",
            "take one of the precedences out",
        )  # fmt: skip
    return order


class _View:
    """One line seen from its start or from its end, in the numbering of the search."""

    def __init__(self, tasks: Tasks, cycle: int, is_backward: bool) -> None:
        n_tasks, n_words = len(tasks.time), (len(tasks.time) + 63) // 64
        pairs = [pair[::-1] if is_backward else pair for pair in tasks.precedence]
        self.is_backward = is_backward
        self.order = np.array(_topological(n_tasks, pairs, tasks.time))
        place = np.empty(n_tasks, np.int64)
        place[self.order] = np.arange(n_tasks)
        before = np.zeros((n_tasks, n_tasks), bool)
        for first, second in pairs:
            before[place[second], place[first]] = True
        for task in range(n_tasks):  # in topological order, hence complete at once
            before[task] |= before[before[task]].any(axis=0)
        apart = np.zeros((n_tasks, n_tasks), bool)
        for a, b in tasks.apart:
            apart[place[a], place[b]] = apart[place[b], place[a]] = True
        skill = np.zeros(n_tasks, np.uint64)
        if tasks.skill:
            skill = np.uint64(1) << np.array(tasks.skill, np.uint64)[self.order]
        time = np.array(tasks.time, np.int64)[self.order]
        weight, room = _weights(time, cycle)
        self.head = _ends(before, weight, room)
        self.line = Line(
            time=time,
            cycle=cycle,
            needs=_words(before, n_words),
            apart=_words(apart, n_words),
            skill=skill,
            n_skills=tasks.n_skills_per_station,
            follows=_words(before.T, n_words),
            tail=_ends(before.T, weight, room),
            weight=weight,
            room=room,
            is_free=not tasks.apart and not tasks.skill,
        )
        self.n_followers = before.sum(axis=0)
        self.follower_time = before.T @ time

    def seen(self, station: IntArray) -> IntArray:
        """Stations in the user's numbering and direction."""
        plain = np.empty_like(station)
        plain[self.order] = station.max() - station if self.is_backward else station
        return plain

    def search(
        self, best: IntArray, lower: int, n_kept: int, n_steps: int
    ) -> tuple[IntArray, bool, int]:
        """Look for fewer stations than ``best``; whether that is settled, and the steps."""
        mine = best[self.order]
        mine = mine.max() - mine if self.is_backward else mine.copy()
        n_nodes = int(np.clip(n_steps // 20, 1 << 12, 1 << 20))
        is_proved, steps = search(self.line, mine, lower, n_nodes, _MOST_LOADS, n_kept, n_steps)
        return self.seen(mine), bool(is_proved), int(steps)


def _better(a: IntArray, b: IntArray) -> IntArray:
    return b if b.max() < a.max() else a


def _values(view: _View) -> list[NDArray[np.float64]]:
    """Worths of a task for Hoffmann's heuristic: its time, its followers' time, their number."""
    time = view.line.time.astype(np.float64)
    return [
        time + by_work * view.follower_time / len(time) + by_number * view.n_followers - 0.01
        for by_work in (0.0, 0.05, 0.2, 1.0)
        for by_number in (0.0, 0.01 * view.line.cycle)
    ]


def _words(rows: NDArray[np.bool_], n_words: int) -> NDArray[np.uint64]:
    padded = np.zeros((len(rows), n_words * 64), bool)
    padded[:, : rows.shape[1]] = rows
    words: NDArray[np.uint64] = np.packbits(padded, axis=1, bitorder="little").view(np.uint64)
    return words


def _ends(before: NDArray[np.bool_], weight: IntArray, room: IntArray) -> IntArray:
    """Stations, at least, of each task together with all that must stand on one side of it."""
    filled = weight @ (before.T | np.eye(len(before), dtype=bool))
    n_stations = (-(-filled // room[:, None])).max(axis=0)
    return np.asarray(np.maximum(n_stations, 1), np.int64)


def _weights(time: IntArray, cycle: int) -> tuple[IntArray, IntArray]:
    """
    Weights of the tasks whose sum in one station never exceeds its room.

    The time itself; halves and thirds; and for each k the count of times that
    fill more than i / (k + 1) of a cycle (Fekete and Schepers 2001).
    """
    rows, rooms = [time, _thresholds(time, cycle, 2)], [cycle, 2]
    thirds = np.select(
        [3 * time > 2 * cycle, 3 * time == 2 * cycle, 3 * time > cycle, 3 * time == cycle],
        [6, 4, 3, 2],
        0,
    )
    rows.append(thirds)
    rooms.append(6)
    for k in range(2, 13):
        whole = (k + 1) * time % cycle == 0
        rows.append(np.where(whole, k * time, ((k + 1) * time // cycle) * cycle))
        rooms.append(k * cycle)
    weight, room = np.array(rows, np.int64), np.array(rooms, np.int64)
    strongest = np.argsort(-weight[3:].sum(axis=1) / room[3:], kind="stable")[:3] + 3
    kept = np.concatenate([[0, 1, 2], np.sort(strongest)])
    return np.ascontiguousarray(weight[kept]), np.ascontiguousarray(room[kept])


def _thresholds(time: IntArray, cycle: int, n: int) -> IntArray:
    return np.where(n * time > cycle, n, np.where(n * time == cycle, 1, 0)).astype(np.int64)


def _lower_bound(view: _View) -> int:
    """Fewest stations by weight, and by the earliest and latest station of each task."""
    line = view.line
    lower = int((-(-line.weight.sum(axis=1) // line.room)).max())
    # A task stands at `head` or later and leaves `tail` stations from its own on.
    return max(lower, int((view.head + line.tail).max()) - 1, 1)
