"""
Proof of a resource-constrained schedule with CP-SAT, always from a schedule in hand.

OR-Tools is an extra (``wattport[schedule]``): without it schedules and bounds are still found,
only fewer of them are proved.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wattport.arrays import IntArray
from wattport.errors import Code, Finding, WattportError
from wattport.schedule.rcpsp import ResourceSchedule, Status
from wattport.schedule.rcpsp_project import ResourceProject


def prove(
    project: ResourceProject, plan: ResourceSchedule, effort: float, seed: int
) -> ResourceSchedule:
    """
    Shorten a schedule or prove it optimal, as far as an effort goes.

    CP-SAT never starts cold: the schedule is its hint and its first upper bound, and the bound
    found before is its first lower bound. Effort is counted in deterministic time on one
    worker, so that the answer is the same on every machine.

    Parameters
    ----------
    project : ResourceProject
        The project.
    plan : ResourceSchedule
        From `solve_rcpsp`, of the same project.
    effort : float
        CP-SAT's deterministic time, about seconds of a core. [> 0]
    seed : int
        Of CP-SAT.

    Returns
    -------
    ResourceSchedule
        Never longer than the plan, with a bound never lower.

    Raises
    ------
    WattportError
        If OR-Tools is not installed.

    References
    ----------
    L. Perron, F. Didier, S. Gay, "The CP-SAT-LP solver", CP 2023,
    doi:10.4230/LIPIcs.CP.2023.3.

    Examples
    --------
    A schedule that is proved already comes back as it is:

    >>> from wattport.schedule.rcpsp import solve_rcpsp
    >>> from wattport.equations.precedence import link
    >>> project = ResourceProject(np.array([3, 2]), link((0, 1)), np.ones((2, 1)), np.array([1]))
    >>> plan = solve_rcpsp(project, n_schedules=1, seed=1)
    >>> prove(project, plan, effort=1.0, seed=1) is plan
    True
    """
    if plan.status is Status.OPTIMAL:
        return plan
    cp_model = _cp_model()
    model, starts, makespan = _posed(cp_model, project, plan)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = effort
    outcome = solver.solve(model)
    bound = max(plan.bound, round(solver.best_objective_bound))
    if outcome not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return ResourceSchedule(plan.start, plan.makespan, bound, plan.n_schedules)
    start: IntArray = np.array([solver.value(s) for s in starts], dtype=np.int64)
    return ResourceSchedule(start, int(solver.value(makespan)), bound, plan.n_schedules)


def _cp_model() -> Any:
    try:
        from ortools.sat.python import cp_model
    except ImportError as error:
        raise WattportError(
            Finding(
                Code.NOT_ALLOWED,
                "proving a schedule needs OR-Tools, which is not installed",
                remedy="pip install 'wattport[schedule]'",
            )
        ) from error
    return cp_model


def _posed(
    cp_model: Any, project: ResourceProject, plan: ResourceSchedule
) -> tuple[Any, list[Any], Any]:
    """State the model, with the plan as hint and both bounds."""
    model = cp_model.CpModel()
    duration, links = project.duration.tolist(), project.links
    starts = [model.new_int_var(0, plan.makespan - d, f"start {j}") for j, d in enumerate(duration)]
    makespan = model.new_int_var(plan.bound, plan.makespan, "makespan")
    ends = zip(links.predecessor.tolist(), links.successor.tolist(), strict=True)
    for (before, after), offset in zip(ends, project.offsets().tolist(), strict=True):
        model.add(starts[after] >= starts[before] + offset)
    intervals = [
        model.new_fixed_size_interval_var(s, d, f"activity {j}")
        for j, (s, d) in enumerate(zip(starts, duration, strict=True))
    ]
    for r, capacity in enumerate(project.capacity.tolist()):
        users = np.flatnonzero((project.demand[:, r] > 0) & (project.duration > 0)).tolist()
        model.add_cumulative(
            [intervals[j] for j in users], project.demand[users, r].tolist(), capacity
        )
    for j, first in enumerate(plan.start.tolist()):
        model.add(makespan >= starts[j] + duration[j])
        model.add_hint(starts[j], first)
    model.add_hint(makespan, plan.makespan)
    model.minimize(makespan)
    return model, starts, makespan
