"""
The schedule of a plan with its resources shared out, beside that of links alone.

Planners call it levelled. A few rules of priority and a few hundred orders near the best of
them are placed one by one; the shortest schedule is kept, and its order is the rule by
which resources are shared in every future.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray
from wattport.calendar.work_calendar import BEYOND_MIN
from wattport.errors import Finding
from wattport.schedule.cpm import critical_path
from wattport.schedule.cpm_network import CpmProblem, compiled, day_of_minute, widened
from wattport.schedule.level_kernel import Sharing, room, share_out
from wattport.schedule.plan import Plan
from wattport.schedule.sharing import Uses, in_shifts_of_people, ordered, sharing, uses

PAST_THE_CALENDARS = BEYOND_MIN / 10.0
_N_ORDERS = 200  # tried beside the rules
_SPREAD = 0.15  # of keys, in shares of their own range


@dataclass(frozen=True)
class Levelled:
    """A plan with its resources shared out; days since 2026-01-01, NaN where only spanned."""

    start_day: FloatArray  # (activity,) the actual one where begun
    resume_day: FloatArray  # (activity,) start of what remains
    finish_day: FloatArray  # (activity,)
    end_day: float
    capped: tuple[Finding, ...]  # needs that are more than there is


@dataclass(frozen=True)
class LevelProblem:
    """A plan as arrays, with the order in which its resources are shared."""

    problem: CpmProblem
    needs: Uses
    sharing: Sharing


def level(plan: Plan) -> Levelled:
    """
    Share the resources of a plan out.

    Parameters
    ----------
    plan : Plan
        With resources whose levels change over time, calendars, links of all kinds, progress.

    Returns
    -------
    Levelled
        At no moment is more used of a resource than there is.

    Raises
    ------
    WattportError
        When the plan cannot be dated.

    Notes
    -----
    An activity runs from its first moment of work to its last without being split, and holds
    its resources throughout. A date that must be met yields to a resource that is not there.

    Examples
    --------
    >>> from datetime import datetime
    >>> from wattport.schedule.plan import ALWAYS, Assignment, Level, Resource, activity
    >>> from wattport.calendar.work_calendar import office_calendar
    >>> plan = Plan("P", datetime(2026, 1, 5, 8), "Standard", (office_calendar(),),
    ...     (activity("A", 40.0), activity("B", 24.0)),
    ...     resources=(Resource("crane", "Crane", levels=(Level(ALWAYS, 1.0),)),),
    ...     assignments=(Assignment("A", "crane", 1.0), Assignment("B", "crane", 1.0)))
    >>> critical_path(plan).end_day, level(plan).end_day
    (8.708333333333334, 13.708333333333334)
    """
    shared = in_shifts_of_people(plan)
    return dated(level_problem(shared, compiled(shared)), plan)


def level_problem(plan: Plan, problem: CpmProblem) -> LevelProblem:
    """
    Find the order in which resources are shared.

    Parameters
    ----------
    plan : Plan
        Of `wattport.schedule.sharing.in_shifts_of_people`.
    problem : CpmProblem
        Its arrays; replaced by ones that reach further where need be.

    Returns
    -------
    LevelProblem
        Its schedule is the shortest of those tried.
    """
    while True:
        needs = uses(plan, problem)
        shared = sharing(problem, needs)
        made = LevelProblem(problem, needs, _best_order(plan, problem, shared))
        if not needs.units or _finishes(made.problem, made.sharing).max() < PAST_THE_CALENDARS:
            return made
        problem = widened(plan, problem)


def _best_order(plan: Plan, problem: CpmProblem, shared: Sharing) -> Sharing:
    """The order of the shortest schedule among rules and orders near the best of them."""
    if not shared.units.size:
        return shared
    dates = critical_path(plan)
    worked = problem.worked
    late_start, late_finish = dates.late_start_day[worked], dates.late_finish_day[worked]
    early = dates.resume_day[worked]
    rules = [late_finish, late_start, early, late_start + early, late_finish - early]
    best_key, best = min(
        ((key, _length(problem, ordered(shared, problem, key))) for key in rules),
        key=lambda found: found[1],
    )
    spread = _SPREAD * max(float(np.ptp(best_key)), 1.0)
    random = np.random.default_rng(np.random.SeedSequence(0, spawn_key=(plan.n_activities,)))
    for _ in range(_N_ORDERS):
        key = best_key + random.uniform(-spread, spread, best_key.size)
        length = _length(problem, ordered(shared, problem, key))
        if length < best:
            best_key, best = key, length
    chosen = ordered(shared, problem, best_key)
    return ordered(chosen, problem, _resumes(problem, chosen))


def _placed(problem: CpmProblem, shared: Sharing) -> tuple[FloatArray, FloatArray, FloatArray]:
    n = problem.worked.size
    start, finish, resume = np.empty(n), np.empty(n), np.empty(n)
    share_out(
        problem.remaining_min, problem.network, problem.table, shared, room(shared),
        start, finish, resume, np.empty(n, dtype=np.int64),
    )  # fmt: skip
    return start, resume, finish


def _finishes(problem: CpmProblem, shared: Sharing) -> FloatArray:
    return _placed(problem, shared)[2]


def _resumes(problem: CpmProblem, shared: Sharing) -> FloatArray:
    return _placed(problem, shared)[1]


def _length(problem: CpmProblem, shared: Sharing) -> tuple[float, float]:
    """End of the schedule; of two that end alike the one whose activities end earlier."""
    finish = _finishes(problem, shared)
    return float(finish.max()), float(finish.sum())


def dated(made: LevelProblem, plan: Plan) -> Levelled:
    """
    Date a plan in the order found.

    Parameters
    ----------
    made : LevelProblem
        Of `level_problem`.
    plan : Plan
        The plan it was made of.

    Returns
    -------
    Levelled
        One entry for each activity of the plan.
    """
    columns = []
    for minutes in _placed(made.problem, made.sharing):
        column = np.full(plan.n_activities, np.nan)
        column[made.problem.worked] = day_of_minute(minutes)
        columns.append(column)
    start, resume, finish = columns
    return Levelled(start, resume, finish, float(np.nanmax(finish)), made.needs.capped)
