"""
Staff and shifts at least cost for a wanted rate.

References
----------
G. B. Dantzig, "A comment on Edie's traffic delays at toll booths", Operations
Research 2(3), 1954, doi:10.1287/opre.2.3.339 (staffing as set covering).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import Bounds, LinearConstraint, milp

from wattport.errors import Finding, WattportError
from wattport.make.planning.proof import Status, gap_frac


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
