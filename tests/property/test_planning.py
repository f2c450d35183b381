"""What must hold for any plan: it can be done, and it is never worse for having more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_checks import faults_of_balance, faults_of_shop
from random_plans import random_jobs, random_tasks

from wattport.factory.planning.balance import Tasks, balance_line, shortest_cycle
from wattport.factory.planning.factory_plan import plan_factory
from wattport.factory.planning.optimality import Status
from wattport.factory.planning.release import release_units
from wattport.factory.planning.sequence import plan_shop
from wattport.spec import load_factory

DICE = st.integers(min_value=0, max_value=2**31)


@given(seed=DICE)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_longer_cycles_and_fewer_rules_need_no_more_stations(seed: int) -> None:
    tasks, cycle = random_tasks(seed, n_most=24)
    line = balance_line(tasks, cycle, n_steps=2_000_000)
    assert faults_of_balance(tasks, line) == []
    assert balance_line(tasks, cycle + 3, n_steps=2_000_000).lower_bound <= line.n_stations
    free = replace(tasks, precedence=(), apart=(), skill=())
    assert balance_line(free, cycle, n_steps=2_000_000).lower_bound <= line.n_stations


@given(seed=DICE)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_line_read_backwards_needs_as_many_stations(seed: int) -> None:
    tasks, cycle = random_tasks(seed, n_most=14)
    backwards = replace(tasks, precedence=tuple((b, a) for a, b in tasks.precedence))
    assert balance_line(tasks, cycle).n_stations == balance_line(backwards, cycle).n_stations


@given(seed=DICE, n_stations=st.integers(min_value=1, max_value=6))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_cycle_and_stations_answer_each_other(seed: int, n_stations: int) -> None:
    whole, _ = random_tasks(seed, n_most=10)
    tasks = Tasks(whole.time, whole.precedence)
    line = shortest_cycle(tasks, n_stations)
    assert balance_line(tasks, line.cycle).n_stations <= n_stations
    if line.cycle > max(tasks.time):
        assert balance_line(tasks, line.cycle - 1).n_stations > n_stations


@given(seed=DICE)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_schedules_are_feasible_and_never_longer_than_the_rule(seed: int) -> None:
    jobs = random_jobs(seed, n_jobs=6, n_operations=6, n_machines=4)
    plan = plan_shop(jobs, n_steps=400, seed=seed % 1000)
    assert faults_of_shop(jobs, plan) == []
    assert plan.lower_bound <= plan.makespan <= plan.rule_makespan


@given(seed=DICE)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_release_is_an_order_and_keeps_its_bound(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 20))
    ready, due = rng.uniform(0, 20, n), rng.uniform(0, 30, n)
    plan = release_units(ready, due, rng.uniform(0, 5, n), 1.0)
    assert sorted(plan.priority) == list(range(n))
    assert plan.lower_bound <= plan.tardiness <= plan.rule_tardiness


def random_bench(rng: np.random.Generator) -> dict[str, Any]:
    """A line of one to three stations with crews, spread, rework and failures by the dice."""
    names = [f"s{k}" for k in range(int(rng.integers(1, 4)))]
    skills = [f"k{k}" for k in range(int(rng.integers(1, 3)))]
    stations = [
        {"name": name, "n_bays": 1, "n_buffer": int(rng.integers(0, 4)), "mtbf_h": 60.0,
         "mttr_h": float(rng.uniform(0.5, 6.0))}
        for name in names
    ]  # fmt: skip
    operations = [
        {"name": name, "station": name, "cycle_h": float(rng.uniform(2.0, 20.0)),
         "cycle_cv_frac": float(rng.uniform(0.0, 0.4)),
         "first_pass_yield_frac": float(rng.uniform(0.8, 1.0)),
         "crew": [{"skill": str(rng.choice(skills)), "n_people": int(rng.integers(1, 4))}]}
        for name in names
    ]  # fmt: skip
    plant = {
        "name": "bench", "shift_h": 8.0, "days_per_week": 5, "weeks_per_year": 47.0,
        "skills": [{"name": name, "n_people": 3} for name in skills], "stations": stations,
    }  # fmt: skip
    return {"name": "bench", "plants": [plant],
            "products": [{"name": "part", "operations": operations}]}  # fmt: skip


@given(seed=DICE)
@settings(max_examples=6, deadline=None, derandomize=True)
def test_a_plan_makes_its_rate_above_its_bound_and_more_never_costs_less(seed: int) -> None:
    rng = np.random.default_rng(seed)
    factory = load_factory(random_bench(rng))
    rate = float(rng.uniform(40.0, 400.0))
    plan = plan_factory(factory, rate, draws=4)
    assert plan.rate_per_year.low >= rate
    assert plan.bound_eur_per_year <= plan.cost_eur_per_year + 1e-6
    assert plan.gap_frac == 0.0 or plan.status is Status.FEASIBLE
    assert (
        plan_factory(factory, 1.3 * rate, draws=4).bound_eur_per_year
        >= plan.bound_eur_per_year * 0.99
    )
