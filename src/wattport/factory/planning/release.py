"""
The order of release against due dates, and its way back into the event engine.

References
----------
M. L. Pinedo, "Scheduling: theory, algorithms, and systems", Springer, 5th ed.
2016, chapters 3 and 14 (total weighted tardiness, apparent tardiness cost).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment

from wattport.arrays import FloatArray, IntArray
from wattport.factory.engine.line_records import Network
from wattport.factory.planning.lattice_kernel import cheapest
from wattport.factory.planning.optimality import Status, gap_frac, status_of
from wattport.factory.planning.release_kernel import search

_MOST_KINDS = 20
_MOST_STATES = 1_500_000  # 25 MB, a fraction of a second
_KICKED_UNITS = 6000  # kicks times units: a second or two


@dataclass(frozen=True)
class ReleasePlan:
    """Order and dates of release of the units of one line."""

    priority: IntArray  # (unit,) 0 is released first
    release_day: FloatArray  # (unit,)
    tardiness: float  # weighted days late, all units
    rule_tardiness: float  # of the dispatch rule alone
    lower_bound: float
    status: Status
    gap_frac: float


def release_units(
    ready_day: ArrayLike, due_day: ArrayLike, weight: ArrayLike, takt_days: ArrayLike,
    line_days: ArrayLike = 0.0, seed: int = 0,
) -> ReleasePlan:  # fmt: skip
    """
    Release the units of a line so that little is late, one a takt.

    Parameters
    ----------
    ready_day, due_day : array_like, shape (unit,)
        Kit complete; unit wanted. [day]
    weight : array_like, shape (unit,)
        Cost of one day late. [>= 0]
    takt_days : array_like, scalar or shape (unit,)
        From the release of a unit to the next one. [day, > 0]
    line_days : array_like, scalar or shape (unit,)
        From release to done. [day, >= 0]
    seed : int
        Of the search's kicks.

    Returns
    -------
    ReleasePlan
        Priorities and dates for the event engine.

    Notes
    -----
    Rule: apparent tardiness cost among the ready units. Then exchange and
    insertion, with kicks. Bound: whatever the order, the k-th release is no earlier than
    when units are released as they become ready, the shortest takts first; assigning
    units to these moments at least cost bounds the tardiness. Where there are few kinds
    of units, dynamic programming over how many of each kind have gone bounds it better.
    Both are exact where no release waits for its unit - as when all are ready.

    Examples
    --------
    >>> plan = release_units([0.0, 0.0, 0.0], [3.0, 1.0, 2.0], [1.0, 1.0, 5.0], takt_days=1.0,
    ...                      line_days=1.0)
    >>> plan.priority, plan.tardiness, plan.status.value
    (array([2, 0, 1]), 0.0, 'proved')
    """
    ready, due, weights = (np.asarray(x, np.float64) for x in (ready_day, due_day, weight))
    takt = np.array(np.broadcast_to(np.asarray(takt_days, np.float64), ready.shape))
    slack = np.ascontiguousarray(due - np.asarray(line_days, np.float64))
    bound, starts = _assigned(ready, slack, weights, takt)
    counted = _counted(ready, slack, weights, takt)
    if counted is not None:
        bound, starts = max(bound, counted[0]), [*starts, counted[1]]
    rule = _by_rule(ready, slack, weights, takt)
    rule_late = _tardiness(rule, ready, slack, weights, takt)
    best, least = rule, rule_late
    n_kicks = _KICKED_UNITS // max(len(ready), 1)
    for first in (rule, *starts):
        order = first.astype(np.int64)
        late_now = search(order, ready, slack, weights, takt, n_kicks, seed)
        if late_now < least:
            best, least = order, late_now
    priority = np.empty(len(best), np.int64)
    priority[best] = np.arange(len(best))
    return ReleasePlan(
        priority=priority,
        release_day=starts_of(ready[best], takt[best])[priority],
        tardiness=least,
        rule_tardiness=rule_late,
        lower_bound=min(bound, least),
        status=status_of(least, bound),
        gap_frac=gap_frac(least, bound),
    )


def _assigned(
    ready: FloatArray, slack: FloatArray, weight: FloatArray, takt: FloatArray
) -> tuple[float, list[IntArray]]:
    """Bound by units assigned to the earliest moments of release, and the order of that."""
    slots = _earliest(np.sort(ready), np.sort(takt))
    late = np.maximum(np.maximum(slots, ready[:, None]) - slack[:, None], 0.0)
    unit, slot = linear_sum_assignment(weight[:, None] * late)
    order = np.argsort(slot, kind="stable").astype(np.int64)
    return float((weight[:, None] * late)[unit, slot].sum()), [order]


def _counted(
    ready: FloatArray, slack: FloatArray, weight: FloatArray, takt: FloatArray
) -> tuple[float, IntArray] | None:
    """
    Bound by dynamic programming over kinds of units, and the order of that.

    Units of one takt and weight are a kind; in it, the k-th release is no
    earlier than the k-th ready day, and the due days may be met in their order.
    """
    _, kind = np.unique(np.stack([takt, weight]), axis=1, return_inverse=True)
    kind = kind.ravel()
    count = np.bincount(kind)
    if len(count) > _MOST_KINDS or float(np.prod(count + 1.0)) > _MOST_STATES:
        return None
    by_ready, by_slack = np.lexsort((ready, kind)), np.lexsort((ready, slack, kind))
    first = np.append(0, np.cumsum(count)[:-1])
    kinds = np.empty(len(ready), np.int64)
    of = by_slack[first]
    bound = cheapest(ready[by_ready], slack[by_slack], first, count, weight[of], takt[of], kinds)
    order = np.empty(len(ready), np.int64)
    order[np.argsort(kinds, kind="stable")] = by_slack
    return float(bound), order


def released(network: Network, line: int, plan: ReleasePlan) -> Network:
    """
    Give a line of the event engine the order and the dates of a release plan.

    Parameters
    ----------
    network : Network
        As many units on the line as the plan has.
    line : int
        Row of the line.
    plan : ReleasePlan
        Of `release_units`.

    Returns
    -------
    Network
        The engine's unit k is now the plan's unit of priority k; it is released
        when its kit is there, on its date at the earliest. In a future where
        kits are late the order stays and the dates slip.
    """
    order = np.argsort(plan.priority)
    ready_h = network.ready_h.copy()
    kits = network.ready_h[:, line, order]
    ready_h[:, line, : len(order)] = np.maximum(kits, 24.0 * plan.release_day[order])
    return network._replace(ready_h=ready_h)


def starts_of(ready: FloatArray, takt: FloatArray) -> FloatArray:
    """
    Releases in the given order, each when its unit is ready and the takt before it is over.

    Parameters
    ----------
    ready, takt : ndarray, shape (unit,)
        In the order of release. [day]

    Examples
    --------
    >>> starts_of(np.array([0.0, 0.0, 5.0]), np.array([1.0, 2.0, 1.0]))
    array([0., 1., 5.])
    """
    beat = np.append(0.0, np.cumsum(takt[:-1]))
    return np.asarray(np.maximum.accumulate(ready - beat) + beat, np.float64)


def _earliest(ready: FloatArray, takt: FloatArray) -> FloatArray:
    """
    No k-th release of any order is earlier, both ascending.

    Of any j + 1 units one is ready no earlier than the j-th of all, and k - j
    takts follow it, no shorter than the shortest ones.
    """
    total = np.append(0.0, np.cumsum(takt))
    n = len(ready)
    return np.array([(ready[: k + 1] + total[k - np.arange(k + 1)]).max() for k in range(n)])


def _tardiness(
    order: IntArray, ready: FloatArray, slack: FloatArray, weight: FloatArray, takt: FloatArray
) -> float:
    late = np.maximum(starts_of(ready[order], takt[order]) - slack[order], 0.0)
    return float((weight[order] * late).sum())


def _by_rule(
    ready: FloatArray, slack: FloatArray, weight: FloatArray, takt: FloatArray
) -> IntArray:
    """Apparent tardiness cost: weight over takt, fading with the slack over two takts."""
    waiting = np.ones(len(ready), bool)
    order, free = np.empty(len(ready), np.int64), -np.inf
    for k in range(len(ready)):
        now = max(free, float(ready[waiting].min()))
        index = weight / takt * np.exp(-np.maximum(slack - now, 0.0) / (2.0 * takt.mean()))
        index[~waiting | (ready > now)] = -1.0
        best = np.flatnonzero(index == index.max())
        order[k] = best[np.argmin(slack[best])]
        waiting[order[k]] = False
        free = now + takt[order[k]]
    return order
