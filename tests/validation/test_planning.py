"""The planner against published optima: assembly lines, job shops, flexible job shops."""

from __future__ import annotations

import pytest
from instances import flexible_shop, job_shop, otto_lines, scholl_lines
from plan_checks import faults_of_balance, faults_of_shop

from wattport.factory.planning.balance import balance_line
from wattport.factory.planning.optimality import Status
from wattport.factory.planning.sequence import plan_shop
from wattport.factory.planning.solver import prove_shop

pytestmark = pytest.mark.reference_data

SCHOLL = "A. Scholl, data of assembly line balancing problems, TU Darmstadt 1993"
OTTO = "A. Otto, C. Otto, A. Scholl, EJOR 228(1), 2013, doi:10.1016/j.ejor.2012.12.029"
FISHER = "H. Fisher, G. L. Thompson 1963; optimum of ft10: J. Carlier, E. Pinson 1989"
LAWRENCE = "S. Lawrence, Carnegie Mellon University 1984"
BRANDIMARTE = "P. Brandimarte, Annals of OR 41, 1993, doi:10.1007/BF02023073"

# Steps that reach the figure with some to spare; the moves, not the clock, are the measure.
JOB_SHOPS = [
    ("ft06", 55, 2_000, FISHER),
    ("ft10", 930, 200_000, FISHER),
    ("la16", 945, 50_000, LAWRENCE),
]
# Known optimum (mk06 and mk10: least published), what is asked, steps.
FLEXIBLE_SHOPS = [
    ("mk01", 40, 40, 10_000),
    ("mk02", 26, 27, 10_000),
    ("mk04", 60, 62, 10_000),
    ("mk06", 57, 60, 20_000),
    ("mk10", 193, 207, 20_000),
]


def test_scholl_lines_are_proved(reference_data, validation) -> None:
    n_missed, n_proved, lines = 0, 0, scholl_lines(reference_data / "factory" / "salbp")
    for _, tasks, cycle, optimum in lines:
        line = balance_line(tasks, cycle)
        assert faults_of_balance(tasks, line) == []
        n_missed += line.n_stations != optimum
        n_proved += line.status is Status.PROVED
    assert len(lines) >= 50
    validation(
        engine="make", quantity=f"line balance, {len(lines)} cycles of Scholl: optima missed",
        source=SCHOLL, reached=n_missed, allowed=0, unit="lines",
        note=f"{n_proved} of {len(lines)} proved by the planner itself",
    )  # fmt: skip


def test_otto_lines_are_proved(reference_data, validation) -> None:
    n_missed, n_known, lines = 0, 0, otto_lines(reference_data / "factory" / "salbp")
    for _, tasks, cycle, optimum in lines:
        line = balance_line(tasks, cycle)
        assert faults_of_balance(tasks, line) == []
        assert line.status is Status.PROVED
        n_known += optimum is not None
        n_missed += optimum is not None and line.n_stations != optimum
    validation(
        engine="make", quantity=f"line balance, {n_known} lines of Otto: optima missed",
        source=OTTO, reached=n_missed, allowed=0, unit="lines",
        note=f"{len(lines)} lines of 20 to 100 tasks, all proved by the planner itself",
    )  # fmt: skip


@pytest.mark.parametrize(("name", "optimum", "n_steps", "source"), JOB_SHOPS)
def test_job_shop(reference_data, validation, name, optimum, n_steps, source) -> None:
    jobs = job_shop(reference_data / "factory" / "jobshop" / f"{name}.txt")
    plan = plan_shop(jobs, n_steps=n_steps)
    assert faults_of_shop(jobs, plan) == []
    assert plan.lower_bound <= optimum
    validation(
        engine="make", quantity=f"job shop {name}, makespan above the optimum {optimum}",
        source=source, reached=plan.makespan - optimum, allowed=0, unit="time units",
        note=f"{plan.n_steps} moves from a rule's {plan.rule_makespan}; "
        f"bound {plan.lower_bound} without a solver",
    )  # fmt: skip


@pytest.mark.parametrize(("name", "least", "asked", "n_steps"), FLEXIBLE_SHOPS)
def test_flexible_job_shop(reference_data, validation, name, least, asked, n_steps) -> None:
    jobs = flexible_shop(reference_data / "factory" / "fjsp" / f"{name}.txt")
    plan = plan_shop(jobs, n_steps=n_steps)
    assert faults_of_shop(jobs, plan) == []
    assert plan.lower_bound <= least
    validation(
        engine="make", quantity=f"flexible job shop {name}, makespan above the least known {least}",
        source=BRANDIMARTE, reached=plan.makespan - least, allowed=asked - least,
        unit="time units", note=f"{plan.n_steps} moves from a rule's {plan.rule_makespan}",
    )  # fmt: skip


@pytest.mark.parametrize(("folder", "name"), [("jobshop", "ft06"), ("fjsp", "mk01")])
def test_solver_proves_what_the_search_found(reference_data, folder, name) -> None:
    pytest.importorskip("ortools")
    read = job_shop if folder == "jobshop" else flexible_shop
    jobs = read(reference_data / "factory" / folder / f"{name}.txt")
    plan = plan_shop(jobs, n_steps=3_000)
    proved = prove_shop(jobs, plan, effort=5.0)
    assert proved.status is Status.PROVED
    assert proved.makespan == plan.makespan == proved.lower_bound
