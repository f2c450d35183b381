"""
Staff and shifts at least cost for a wanted rate, and the order of release against due dates.

References
----------
G. B. Dantzig, "A comment on Edie's traffic delays at toll booths", Operations
Research 2(3), 1954, doi:10.1287/opre.2.3.339 (staffing as set covering).
M. L. Pinedo, "Scheduling: theory, algorithms, and systems", Springer, 5th ed.
2016, chapters 3 and 14 (total weighted tardiness, apparent tardiness cost).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp

from wattport.errors import Finding, WattportError
from wattport.make.planning.proof import Status, gap_frac, status_of
from wattport.make.planning.release_kernel import search
from wattport.records.record import FloatArray, IntArray

_KICKED_UNITS = 6000  # kicks times units: a second or two


@dataclass(frozen=True)
class ShiftPattern:
    """One shift a plant may run, and what it costs more than the day."""

    name: str
    hours_per_year: float  # paid hours of one person
    premium_frac: float = 0.0  # on the wage
    fixed_eur_per_year: float = 0.0  # of running it at all: foremen, guards, heat


@dataclass(frozen=True)
class StaffPlan:
    """People by pattern and skill."""

    n_staff: tuple[tuple[int, ...], ...]  # (pattern, skill)
    cost_eur_per_year: float
    bound_eur_per_year: float
    status: Status
    gap_frac: float


def staff_shifts(
    labour_h_per_unit: Sequence[float],
    rate_per_year: float,
    patterns: Sequence[ShiftPattern],
    wage_eur_per_h: Sequence[float],
    most_staff: ArrayLike = 10_000,
) -> StaffPlan:
    """
    People of each skill on each shift, at least cost for a wanted rate.

    Parameters
    ----------
    labour_h_per_unit : sequence of float, length skill
        Paid hours of each skill in one unit. [h, >= 0]
    rate_per_year : float
        Wanted. [1/year, > 0]
    patterns : sequence of ShiftPattern
        Shifts that may be run.
    wage_eur_per_h : sequence of float, length skill
        Cost of one paid hour by day. [EUR/h]
    most_staff : array_like, shape (pattern, skill)
        Places there are; broadcast. [>= 0]

    Returns
    -------
    StaffPlan
        Whole people; ``status`` infeasible, with nobody, if the places are too few.

    Notes
    -----
    Least ``sum wage (1 + premium) hours n + sum fixed y`` where the hours of each
    skill cover ``rate x labour`` and nobody works a shift that is not run; an
    integer programme solved by HiGHS with its bound.

    Examples
    --------
    >>> plan = staff_shifts([700.0], 240.0, [ShiftPattern("day", 1607.0)], [45.0])
    >>> plan.n_staff, plan.status.value
    (((105,),), 'proved')
    """
    n_patterns, n_skills = len(patterns), len(labour_h_per_unit)
    if not n_patterns or not n_skills or len(wage_eur_per_h) != n_skills:
        raise WattportError(
            Finding("PLAN030", "needs a pattern, and a wage for each skill", path="staff",
                    remedy="give the same number of wages and of labour hours")
        )  # fmt: skip
    hours = np.array([p.hours_per_year for p in patterns])
    need = np.asarray(labour_h_per_unit, np.float64) * rate_per_year
    paid = np.array([p.hours_per_year * (1.0 + p.premium_frac) for p in patterns])
    most = np.broadcast_to(np.asarray(most_staff, np.float64), (n_patterns, n_skills))
    per_person = (paid[:, None] * np.asarray(wage_eur_per_h)).ravel()
    cost = np.concatenate([per_person, [p.fixed_eur_per_year for p in patterns]])
    n = n_patterns * n_skills
    cover = np.zeros((n_skills, cost.size))
    for k in range(n_skills):
        cover[k, k:n:n_skills] = hours
    runs = np.eye(n, cost.size)
    runs[np.arange(n), n + np.repeat(np.arange(n_patterns), n_skills)] = -most.ravel()
    upper = np.concatenate([most.ravel(), np.ones(n_patterns)])
    found = milp(
        cost,
        constraints=[
            LinearConstraint(cover, lb=need - 1e-6),
            LinearConstraint(runs, ub=np.zeros(n)),
        ],
        integrality=np.ones(cost.size),
        bounds=Bounds(0.0, upper),
        options={"mip_rel_gap": 1e-6, "node_limit": 20_000},
    )
    if found.x is None:
        nobody = tuple((0,) * n_skills for _ in patterns)
        return StaffPlan(nobody, np.inf, np.inf, Status.INFEASIBLE, 0.0)
    whole = np.round(found.x)
    value = float(cost @ whole)
    bound = min(float(found.mip_dual_bound), value)
    is_proved = value - bound <= 1e-6 * max(value, 1.0)
    return StaffPlan(
        n_staff=tuple(
            tuple(int(x) for x in row) for row in whole[:n].reshape(n_patterns, n_skills)
        ),
        cost_eur_per_year=value,
        bound_eur_per_year=bound,
        status=Status.PROVED if is_proved else Status.FEASIBLE,
        gap_frac=gap_frac(value, bound),
    )


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
    ready_day: ArrayLike, due_day: ArrayLike, weight: ArrayLike, takt_days: float,
    line_days: float = 0.0, seed: int = 0,
) -> ReleasePlan:  # fmt: skip
    """
    Release the units of a line so that little is late, one a takt.

    Parameters
    ----------
    ready_day, due_day : array_like, shape (unit,)
        Kit complete; unit wanted. [day]
    weight : array_like, shape (unit,)
        Cost of one day late. [>= 0]
    takt_days : float
        Between two releases. [day, > 0]
    line_days : float
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
    when units are released as they become ready; assigning units to these
    moments at least cost bounds the tardiness, and is exact where the dates can
    be kept - as when all units are ready.

    Examples
    --------
    >>> plan = release_units([0.0, 0.0, 0.0], [3.0, 1.0, 2.0], [1.0, 1.0, 5.0], takt_days=1.0,
    ...                      line_days=1.0)
    >>> plan.priority, plan.tardiness, plan.status.value
    (array([2, 0, 1]), 0.0, 'proved')
    """
    ready, due, weights = (np.asarray(x, np.float64) for x in (ready_day, due_day, weight))
    slack = np.ascontiguousarray(due - line_days)
    slots = _starts(np.sort(ready), takt_days)
    late = np.maximum(np.maximum(slots, ready[:, None]) - slack[:, None], 0.0)
    unit, slot = linear_sum_assignment(weights[:, None] * late)
    bound = float((weights[:, None] * late)[unit, slot].sum())
    rule = _by_rule(ready, slack, weights, takt_days)
    rule_late = _tardiness(rule, ready, slack, weights, takt_days)
    best, least = rule, rule_late
    n_kicks = _KICKED_UNITS // max(len(ready), 1)
    for first in (rule, np.argsort(slot, kind="stable")):
        order = first.astype(np.int64)
        late_now = search(order, ready, slack, weights, takt_days, n_kicks, seed)
        if late_now < least:
            best, least = order, late_now
    priority = np.empty(len(best), np.int64)
    priority[best] = np.arange(len(best))
    return ReleasePlan(
        priority=priority,
        release_day=_starts(ready[best], takt_days)[priority],
        tardiness=least,
        rule_tardiness=rule_late,
        lower_bound=min(bound, least),
        status=status_of(least, bound),
        gap_frac=gap_frac(least, bound),
    )


def _starts(ready: FloatArray, takt: float) -> FloatArray:
    """Releases in the given order, each when its unit is ready and the takt is over."""
    beat = takt * np.arange(len(ready))
    return np.asarray(np.maximum.accumulate(ready - beat) + beat, np.float64)


def _tardiness(
    order: IntArray, ready: FloatArray, slack: FloatArray, weight: FloatArray, takt: float
) -> float:
    late = np.maximum(_starts(ready[order], takt) - slack[order], 0.0)
    return float((weight[order] * late).sum())


def _by_rule(ready: FloatArray, slack: FloatArray, weight: FloatArray, takt: float) -> IntArray:
    """Apparent tardiness cost: weight, fading with the slack over two takts."""
    waiting = np.ones(len(ready), bool)
    order, now = np.empty(len(ready), np.int64), -np.inf
    for k in range(len(ready)):
        now = max(now + takt, float(ready[waiting].min()))
        index = weight * np.exp(-np.maximum(slack - now, 0.0) / (2.0 * takt))
        index[~waiting | (ready > now)] = -1.0
        best = np.flatnonzero(index == index.max())
        order[k] = best[np.argmin(slack[best])]
        waiting[order[k]] = False
    return order
