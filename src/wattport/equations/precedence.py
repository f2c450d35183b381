"""
Critical path method on activity networks with four kinds of link.

An activity has a duration; a link holds its successor's start or finish back
until its predecessor's start or finish plus a lag. All functions broadcast
over leading axes, so that one call dates every draw.

References
----------
J. E. Kelley, "Critical-path planning and scheduling: mathematical basis",
Operations Research 9(3), 1961, doi:10.1287/opre.9.3.296.
S. E. Elmaghraby, J. Kamburowski, "The analysis of activity networks under
generalized precedence relations", Management Science 38(9), 1992,
doi:10.1287/mnsc.38.9.1245.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray, IntArray


class LinkKind(IntEnum):
    """Which end of the predecessor holds back which end of the successor."""

    FINISH_TO_START = 0
    START_TO_START = 1
    FINISH_TO_FINISH = 2
    START_TO_FINISH = 3


@dataclass(frozen=True)
class Links:
    """
    Links of a network, one entry each.

    Activities are numbered from 0. ``lag_days`` may be negative (a lead), and differ by draw.
    """

    predecessor: IntArray  # (link,)
    successor: IntArray  # (link,)
    kind: IntArray  # (link,) values of LinkKind
    lag_days: FloatArray  # (..., link)

    @property
    def n_links(self) -> int:
        """Number of links."""
        return int(self.predecessor.size)


def link(
    *pairs: tuple[int, int] | tuple[int, int, LinkKind] | tuple[int, int, LinkKind, float],
) -> Links:
    """
    Make links from tuples, for networks small enough to be written by hand.

    Parameters
    ----------
    *pairs : tuple
        ``(predecessor, successor[, kind[, lag_days]])``; finish-to-start without
        lag when left out.

    Returns
    -------
    Links
        In the order given.

    Examples
    --------
    >>> link((0, 1), (0, 2, LinkKind.START_TO_START, 3.0)).lag_days
    array([0., 3.])
    """
    rows = [(*pair, *(LinkKind.FINISH_TO_START, 0.0)[len(pair) - 2 :]) for pair in pairs]
    return Links(
        predecessor=np.array([row[0] for row in rows], dtype=np.int64),
        successor=np.array([row[1] for row in rows], dtype=np.int64),
        kind=np.array([int(row[2]) for row in rows], dtype=np.int64),
        lag_days=np.array([row[3] for row in rows], dtype=np.float64),
    )


def find_cycle(n_activities: int, links: Links) -> tuple[int, ...]:
    """
    Find activities that wait for each other in a circle.

    A network with a circle has no dates at all, so the circle must be named
    before any date is computed.

    Parameters
    ----------
    n_activities : int
        Number of activities.
    links : Links
        Of any kind: a circle of start-to-start links is one too.

    Returns
    -------
    tuple of int
        The activities of one circle, each the predecessor of the next and the
        last of the first; empty where there is none.

    Examples
    --------
    >>> find_cycle(3, link((0, 1), (1, 2), (2, 1)))
    (1, 2)
    >>> find_cycle(3, link((0, 1), (1, 2)))
    ()
    """
    waiting_for, left = _peel(n_activities, links)
    if not left:
        return ()
    # Each activity left waits for another one left: walking back must close a circle.
    path = [min(left)]
    place = {path[0]: 0}
    while True:
        before = min(p for p in waiting_for[path[-1]] if p in left)
        if before in place:
            circle = path[place[before] :][::-1]
            first = circle.index(min(circle))
            return tuple(circle[first:] + circle[:first])
        place[before] = len(path)
        path.append(before)


def _peel(n_activities: int, links: Links) -> tuple[list[list[int]], set[int]]:
    """Predecessors of each activity, and the activities that peeling cannot reach."""
    waiting_for: list[list[int]] = [[] for _ in range(n_activities)]
    awaited_by: list[list[int]] = [[] for _ in range(n_activities)]
    for before, after in zip(links.predecessor.tolist(), links.successor.tolist(), strict=True):
        waiting_for[after].append(before)
        awaited_by[before].append(after)
    n_before = [len(before) for before in waiting_for]
    left = set(range(n_activities))
    free = [a for a in left if n_before[a] == 0]
    while free:
        current = free.pop()
        left.discard(current)
        for after in awaited_by[current]:
            n_before[after] -= 1
            if n_before[after] == 0:
                free.append(after)
    return waiting_for, left


def topological_order(n_activities: int, links: Links) -> IntArray:
    """
    Order activities so that each comes after all its predecessors.

    Among the activities that may come next, the lowest number does, so that
    the order of the input is kept as far as it can be.

    Parameters
    ----------
    n_activities : int
        Number of activities.
    links : Links
        Without circles (see `find_cycle`).

    Returns
    -------
    ndarray of int, shape (activity,)
        Activity numbers in order.

    Raises
    ------
    ValueError
        If activities wait for each other in a circle.

    Examples
    --------
    >>> topological_order(4, link((3, 0), (0, 1))).tolist()
    [2, 3, 0, 1]
    """
    n_before = np.bincount(links.successor, minlength=n_activities)
    after: list[list[int]] = [[] for _ in range(n_activities)]
    for i in range(links.n_links):
        after[links.predecessor[i]].append(int(links.successor[i]))
    free = sorted(np.flatnonzero(n_before == 0).tolist(), reverse=True)
    order: list[int] = []
    while free:
        current = free.pop()
        order.append(current)
        for follower in after[current]:
            n_before[follower] -= 1
            if n_before[follower] == 0:
                free.append(follower)
                free.sort(reverse=True)
    if len(order) < n_activities:
        raise ValueError(f"activities wait in a circle: {find_cycle(n_activities, links)}")
    return np.array(order, dtype=np.int64)


def early_dates(
    duration_days: ArrayLike, links: Links, release_day: ArrayLike = 0.0
) -> tuple[FloatArray, FloatArray]:
    """
    Earliest start and finish of each activity (forward pass).

    Parameters
    ----------
    duration_days : array_like, shape (..., activity)
        Durations. [working days, >= 0]
    links : Links
        Without circles.
    release_day : array_like, broadcastable to (..., activity)
        Day before which the activity cannot start.

    Returns
    -------
    start_day, finish_day : ndarray, shape (..., activity)
        On the same axis as the release.

    Notes
    -----
    In topological order, ``ES[j] = max(release[j], over links i -> j)`` of
    ``EF[i] + lag`` (FS), ``ES[i] + lag`` (SS), ``EF[i] + lag - d[j]`` (FF),
    ``ES[i] + lag - d[j]`` (SF); ``EF = ES + d``. Activities are not split.

    Examples
    --------
    >>> start, finish = early_dates([3.0, 2.0, 4.0], link((0, 1), (0, 2), (1, 2)))
    >>> finish.tolist()
    [3.0, 5.0, 9.0]
    """
    duration = np.asarray(duration_days, dtype=np.float64)
    release = np.asarray(release_day, dtype=np.float64)
    start = np.array(np.broadcast_to(release, np.broadcast_shapes(duration.shape, release.shape)))
    finish = start + duration
    into = _by_end(links.successor, duration.shape[-1])
    for j in topological_order(duration.shape[-1], links):
        for i in into[j]:
            kind = links.kind[i]
            before = finish if kind in _FROM_FINISH else start
            bound = before[..., links.predecessor[i]] + links.lag_days[..., i]
            if kind in _TO_FINISH:
                bound = bound - duration[..., j]
            start[..., j] = np.maximum(start[..., j], bound)
        finish[..., j] = start[..., j] + duration[..., j]
    return start, finish


def late_dates(
    duration_days: ArrayLike, links: Links, deadline_day: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """
    Latest start and finish that still meet a deadline (backward pass).

    Parameters
    ----------
    duration_days : array_like, shape (..., activity)
        Durations. [working days, >= 0]
    links : Links
        Without circles.
    deadline_day : array_like, broadcastable to (..., activity)
        Day by which each activity must be finished; with a trailing axis of
        length 1 where it is the same for all.

    Returns
    -------
    start_day, finish_day : ndarray, shape (..., activity)
        On the same axis as the deadline.

    Notes
    -----
    The mirror image of `early_dates`: for links i -> j the predecessor's
    finish is held to ``LS[j] - lag`` (FS) or ``LF[j] - lag`` (FF), its start
    to ``LS[j] - lag`` (SS) or ``LF[j] - lag`` (SF).

    Examples
    --------
    >>> start, _ = late_dates([3.0, 2.0, 4.0], link((0, 1), (0, 2), (1, 2)), 9.0)
    >>> start.tolist()
    [0.0, 3.0, 5.0]
    """
    duration = np.asarray(duration_days, dtype=np.float64)
    deadline = np.asarray(deadline_day, dtype=np.float64)
    shape = np.broadcast_shapes(duration.shape, deadline.shape)
    finish = np.array(np.broadcast_to(deadline, shape))
    start = finish - duration
    out_of = _by_end(links.predecessor, duration.shape[-1])
    for i in topological_order(duration.shape[-1], links)[::-1]:
        for k in out_of[i]:
            kind = links.kind[k]
            after = finish if kind in _TO_FINISH else start
            bound = after[..., links.successor[k]] - links.lag_days[..., k]
            if kind not in _FROM_FINISH:
                bound = bound + duration[..., i]
            finish[..., i] = np.minimum(finish[..., i], bound)
        start[..., i] = finish[..., i] - duration[..., i]
    return start, finish


def total_float(early_start_day: ArrayLike, late_start_day: ArrayLike) -> FloatArray:
    """
    Delay an activity can take without delaying the end.

    Parameters
    ----------
    early_start_day, late_start_day : array_like, shape (..., activity)
        From `early_dates` and `late_dates`.

    Returns
    -------
    ndarray, shape (..., activity)
        Zero on the critical path when the deadline is the early finish.

    Examples
    --------
    >>> total_float([0.0, 3.0], [0.0, 5.0]).tolist()
    [0.0, 2.0]
    """
    late = np.asarray(late_start_day, dtype=np.float64)
    return np.asarray(late - np.asarray(early_start_day), dtype=np.float64)


def free_float(
    early_start_day: ArrayLike, early_finish_day: ArrayLike, links: Links, end_day: ArrayLike
) -> FloatArray:
    """
    Delay an activity can take without delaying any successor.

    Parameters
    ----------
    early_start_day, early_finish_day : array_like, shape (..., activity)
        From `early_dates`.
    links : Links
        As given to `early_dates`.
    end_day : array_like, broadcastable to (..., activity)
        End of the whole, which bounds activities without a successor.

    Returns
    -------
    ndarray, shape (..., activity)
        Never more than the total float.

    Examples
    --------
    >>> links = link((0, 2), (1, 2))
    >>> start, finish = early_dates([3.0, 1.0, 4.0], links)
    >>> free_float(start, finish, links, 7.0).tolist()
    [0.0, 2.0, 0.0]
    """
    start = np.asarray(early_start_day, dtype=np.float64)
    finish = np.asarray(early_finish_day, dtype=np.float64)
    slack = np.array(np.broadcast_to(end_day, finish.shape), dtype=np.float64) - finish
    for k in range(links.n_links):
        i, j, kind = links.predecessor[k], links.successor[k], links.kind[k]
        before = (finish if kind in _FROM_FINISH else start)[..., i]
        after = (finish if kind in _TO_FINISH else start)[..., j]
        slack[..., i] = np.minimum(slack[..., i], after - before - links.lag_days[..., k])
    return slack


_FROM_FINISH = frozenset({int(LinkKind.FINISH_TO_START), int(LinkKind.FINISH_TO_FINISH)})
_TO_FINISH = frozenset({int(LinkKind.FINISH_TO_FINISH), int(LinkKind.START_TO_FINISH)})


def _by_end(ends: Sequence[int] | IntArray, n_activities: int) -> list[list[int]]:
    """Links at each activity, by their predecessor or their successor."""
    groups: list[list[int]] = [[] for _ in range(n_activities)]
    for i, end in enumerate(ends):
        groups[int(end)].append(i)
    return groups
