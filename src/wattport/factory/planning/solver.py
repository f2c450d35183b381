"""
Bounds by CP-SAT, starting from a plan that was found before.

The solver is never asked cold: it gets the plan as a hint and as an upper
limit, and its work is the proof. One thread and deterministic time keep the
result the same everywhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray, IntArray
from wattport.errors import Finding, WattportError
from wattport.factory.planning.balance import LineBalance, Tasks
from wattport.factory.planning.optimality import gap_frac, status_of
from wattport.factory.planning.release import ReleasePlan, starts_of
from wattport.factory.planning.sequence import Jobs, ShopPlan

_PER_DAY = 100  # steps of the solver's clock
_WEIGHT_STEPS = 1000.0


def prove_shop(jobs: Jobs, plan: ShopPlan, effort: float = 20.0) -> ShopPlan:
    """
    Bound, and if possible better, the schedule of a job shop.

    Parameters
    ----------
    jobs : sequence
        As for `wattport.factory.planning.sequence.plan_shop`.
    plan : ShopPlan
        Found before; the hint.
    effort : float
        Deterministic time of the solver, a few seconds on the clock each. [> 0]

    Returns
    -------
    ShopPlan
        With the better bound, and a shorter schedule if one was found.

    Raises
    ------
    WattportError
        If OR-Tools is not installed.
    """
    cp_model = _cp_model()
    model = cp_model.CpModel()
    span = model.new_int_var(plan.lower_bound, plan.makespan, "")
    on: dict[int, list[Any]] = {}
    starts: list[list[Any]] = []
    choices: list[list[list[tuple[int, Any]]]] = []
    for job, machines, begun in zip(jobs, plan.machine, plan.start, strict=True):
        starts.append([])
        choices.append([])
        end: Any = 0
        for operation, hinted, at in zip(job, machines, begun, strict=True):
            start = model.new_int_var(0, plan.makespan, "")
            model.add_hint(start, at)
            model.add(start >= end)
            end = model.new_int_var(0, plan.makespan, "")
            options = []
            is_hinted = False  # two options may name one machine
            for machine, time in operation:
                here = model.new_bool_var("")
                model.add_hint(here, machine == hinted and not is_hinted)
                is_hinted = is_hinted or machine == hinted
                interval = model.new_optional_interval_var(start, time, end, here, "")
                on.setdefault(machine, []).append(interval)
                options.append((machine, here))
            model.add_exactly_one(here for _, here in options)
            starts[-1].append(start)
            choices[-1].append(options)
        model.add(span >= end)
    for intervals in on.values():
        model.add_no_overlap(intervals)
    model.minimize(span)
    solver, is_found = _solve(cp_model, model, effort)
    bound = max(plan.lower_bound, round(solver.best_objective_bound))
    if is_found and solver.value(span) < plan.makespan:
        plan = replace(
            plan,
            makespan=solver.value(span),
            start=tuple(tuple(solver.value(s) for s in row) for row in starts),
            machine=tuple(
                tuple(next(m for m, here in op if solver.value(here)) for op in row)
                for row in choices
            ),
        )
    return replace(
        plan,
        lower_bound=min(bound, plan.makespan),
        status=status_of(plan.makespan, bound),
        gap_frac=gap_frac(plan.makespan, bound),
    )


def prove_line(tasks: Tasks, balance: LineBalance, effort: float = 20.0) -> LineBalance:
    """
    Bound, and if possible better, the balance of a line for its cycle.

    Parameters
    ----------
    tasks : Tasks
        Of the line.
    balance : LineBalance
        Of `wattport.factory.planning.balance.balance_line`; the hint.
    effort : float
        Deterministic time of the solver. [> 0]

    Returns
    -------
    LineBalance
        With the better bound, and fewer stations if they were found.

    Raises
    ------
    WattportError
        If OR-Tools is not installed.
    """
    cp_model = _cp_model()
    model = cp_model.CpModel()
    n_stations, n_tasks = balance.n_stations, len(tasks.time)
    place = [[model.new_bool_var("") for _ in range(n_stations)] for _ in range(n_tasks)]
    number = []
    last = model.new_int_var(balance.lower_bound - 1, n_stations - 1, "")
    for task, row in enumerate(place):
        model.add_exactly_one(row)
        number.append(sum(s * here for s, here in enumerate(row)))
        model.add(number[task] <= last)
        for s, here in enumerate(row):
            model.add_hint(here, balance.station[task] == s)
    for s in range(n_stations):
        used = sum(tasks.time[task] * place[task][s] for task in range(n_tasks))
        model.add(used <= balance.cycle)
        for a, b in tasks.apart:
            model.add_at_most_one([place[a][s], place[b][s]])
        _limit_skills(model, tasks, [row[s] for row in place])
    for first, second in tasks.precedence:
        model.add(number[first] <= number[second])
    model.minimize(last)
    solver, is_found = _solve(cp_model, model, effort)
    bound = max(balance.lower_bound, round(solver.best_objective_bound) + 1)
    if is_found and solver.value(last) + 1 < n_stations:
        station = tuple(next(s for s, h in enumerate(row) if solver.value(h)) for row in place)
        balance = replace(balance, station=station, n_stations=max(station) + 1)
    return replace(
        balance,
        lower_bound=min(bound, balance.n_stations),
        status=status_of(balance.n_stations, bound),
        gap_frac=gap_frac(balance.n_stations, bound),
    )


def prove_release(
    ready_day: ArrayLike, due_day: ArrayLike, weight: ArrayLike, takt_days: ArrayLike,
    line_days: ArrayLike, plan: ReleasePlan, effort: float = 20.0,
) -> ReleasePlan:  # fmt: skip
    """
    Bound, and if possible better, the order of release of a line.

    Parameters
    ----------
    ready_day, due_day, weight, takt_days, line_days : array_like
        As for `wattport.factory.planning.release.release_units`; an infinite due
        day: never late.
    plan : ReleasePlan
        Found before; the hint.
    effort : float
        Deterministic time of the solver. [> 0]

    Returns
    -------
    ReleasePlan
        With the better bound, and another order where it is less late.

    Raises
    ------
    WattportError
        If OR-Tools is not installed.

    Notes
    -----
    Whole steps of a hundredth of a day, takts and readiness rounded down, due
    days up and weights down to thousandths of the largest, so that the bound holds
    for the days as they are. Units that are alike keep their places.
    """
    cp_model = _cp_model()
    ready, due, weights, takt, line = (
        np.broadcast_to(np.asarray(x, np.float64), np.shape(due_day))
        for x in (ready_day, due_day, weight, takt_days, line_days)
    )
    # No other order is later than all takts after the last ready day.
    last_day = float(ready.max() + takt.sum())
    slack = np.minimum(due - line, last_day)
    unit = float(max(weights.max(initial=0.0), 1e-12)) / _WEIGHT_STEPS
    model, starts = _release_model(cp_model, ready, slack, weights / unit, takt, plan)
    solver, is_found = _solve(cp_model, model, effort)
    bound = max(plan.lower_bound, solver.best_objective_bound * unit / _PER_DAY)
    if is_found:
        order = np.argsort([solver.value(start) for start in starts], kind="stable")
        plan = _if_less_late(plan, order, ready, slack, weights, takt)
    return replace(
        plan,
        lower_bound=min(bound, plan.tardiness),
        status=status_of(plan.tardiness, bound),
        gap_frac=gap_frac(plan.tardiness, bound),
    )


def _release_model(
    cp_model: Any, ready: FloatArray, slack: FloatArray, weight: FloatArray, takt: FloatArray,
    plan: ReleasePlan,
) -> tuple[Any, list[Any]]:  # fmt: skip
    """Rounded to whole steps such that no order becomes later than it is."""
    first = float(ready.min())
    begin = np.floor((ready - first) * _PER_DAY).astype(int)
    hold = np.maximum(np.floor(takt * _PER_DAY), 1).astype(int)
    wanted = np.ceil((slack - first) * _PER_DAY).astype(int)
    hints = np.floor((plan.release_day - first) * _PER_DAY).astype(int)
    end = int(begin.max() + hold.sum()) + 1
    model = cp_model.CpModel()
    starts, late = [], []
    for k in range(len(ready)):
        start = model.new_int_var(int(begin[k]), end, "")
        model.add_hint(start, int(hints[k]))
        starts.append(start)
        if weight[k] >= 1.0 and wanted[k] < end:
            steps = model.new_int_var(0, end + abs(int(wanted[k])), "")
            model.add(steps >= start - int(wanted[k]))
            late.append(int(weight[k]) * steps)
    model.add_no_overlap(
        model.new_fixed_size_interval_var(start, int(hold[k]), "") for k, start in enumerate(starts)
    )
    alike: dict[tuple[float, ...], int] = {}
    for k in np.argsort(plan.priority):
        kind = (float(ready[k]), float(slack[k]), float(weight[k]), float(takt[k]))
        if kind in alike:
            model.add(starts[alike[kind]] <= starts[k])
        alike[kind] = int(k)
    model.minimize(sum(late))
    return model, starts


def _if_less_late(
    plan: ReleasePlan, order: IntArray, ready: FloatArray, slack: FloatArray, weight: FloatArray,
    takt: FloatArray,
) -> ReleasePlan:  # fmt: skip
    at = starts_of(ready[order], takt[order])
    late = np.maximum(at - slack[order], 0.0)
    tardiness = float((weight[order] * late).sum())
    if tardiness >= plan.tardiness:
        return plan
    priority = np.empty(len(order), np.int64)
    priority[order] = np.arange(len(order))
    return replace(plan, priority=priority, release_day=at[priority], tardiness=tardiness)


def _limit_skills(model: Any, tasks: Tasks, here: list[Any]) -> None:
    skills = sorted(set(tasks.skill))
    if len(skills) <= tasks.n_skills_per_station:
        return
    present = {skill: model.new_bool_var("") for skill in skills}
    for task, skill in enumerate(tasks.skill):
        model.add_implication(here[task], present[skill])
    model.add(sum(present.values()) <= tasks.n_skills_per_station)


def _solve(cp_model: Any, model: Any, effort: float) -> tuple[Any, bool]:
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = effort
    solver.parameters.num_workers = 1
    # Without the linear relaxation: it bounds disjunctions badly and costs most of the time.
    solver.parameters.linearization_level = 0
    solver.parameters.random_seed = 0
    outcome = solver.solve(model)
    return solver, outcome in (cp_model.OPTIMAL, cp_model.FEASIBLE)


def _cp_model() -> Any:
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        raise WattportError(
            Finding(
                "PLAN020",
                "the bound needs OR-Tools, which is not installed",
                path="solver",
                remedy="pip install 'wattport[schedule]', or plan without the proof",
            )
        ) from None
    return cp_model
