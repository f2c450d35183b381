"""The bound by CP-SAT: it proves, betters, and says what to install."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from plan_checks import faults_of_balance, faults_of_shop, fewest_stations, least_makespan
from random_plans import random_jobs, random_tasks

from wattport.errors import WattportError
from wattport.factory.planning.balance import balance_line
from wattport.factory.planning.optimality import Status
from wattport.factory.planning.sequence import plan_shop
from wattport.factory.planning.solver import prove_line, prove_shop


@pytest.mark.parametrize("seed", range(6))
def test_proves_a_shop(seed: int) -> None:
    pytest.importorskip("ortools")
    jobs = random_jobs(seed)
    plan = prove_shop(jobs, plan_shop(jobs, n_steps=0, seed=seed), effort=2.0)
    assert faults_of_shop(jobs, plan) == []
    assert plan.status is Status.PROVED
    assert plan.makespan == least_makespan(jobs)


@pytest.mark.parametrize("seed", [0, 3, 4, 5, 12])
def test_betters_a_line_with_a_station_for_each_task(seed: int) -> None:
    pytest.importorskip("ortools")
    tasks, cycle = random_tasks(seed)
    n = len(tasks.time)
    waiting, order = set(range(n)), []
    while waiting:
        free = {t for t in waiting if not any(b in waiting for b, a in tasks.precedence if a == t)}
        order.append(min(free))
        waiting.remove(order[-1])
    one_each = tuple(order.index(task) for task in range(n))
    poor = replace(balance_line(tasks, cycle), station=one_each, n_stations=n, lower_bound=1)
    assert faults_of_balance(tasks, poor) == []
    line = prove_line(tasks, poor, effort=5.0)
    assert faults_of_balance(tasks, line) == []
    assert line.n_stations == fewest_stations(tasks, cycle)
    assert line.status is Status.PROVED


def test_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    jobs = random_jobs(1)
    with pytest.raises(WattportError, match=r"wattport\[schedule\]"):
        prove_shop(jobs, plan_shop(jobs, n_steps=0))
