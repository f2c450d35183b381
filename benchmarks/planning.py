"""
Time the planner on the published instances, on one core.

Run ``python benchmarks/planning.py [line] [shop] [flexible] [proof] [plant]``, by default all
but the proof; the instances are read from the folder named by WATTPORT_REFERENCE_DATA.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "oracles"))

from instances import flexible_shop, job_shop, otto_lines, scholl_lines
from plan_checks import faults_of_balance, faults_of_shop

from wattport.factory.planning.balance import balance_line
from wattport.factory.planning.factory_plan import plan_factory
from wattport.factory.planning.sequence import plan_shop
from wattport.factory.planning.solver import prove_shop
from wattport.spec import load_factory

Result = TypeVar("Result")
FOLDER = Path(os.environ.get("WATTPORT_REFERENCE_DATA", ".")) / "factory"
SHOPS = {"ft06": 55, "ft10": 930, "la16": 945}
FLEXIBLE = {"mk01": 40, "mk02": 26, "mk04": 60, "mk06": 57, "mk10": 193}
PROVED = ["ft06", "la16", "ft10", "mk01", "mk04"]


def cpu_s(work: Callable[[], Result]) -> tuple[Result, float]:
    """Result and processor time of a call."""
    begun = time.process_time()
    result = work()
    return result, time.process_time() - begun


def read(name: str) -> list[list[list[tuple[int, int]]]]:
    """Read a shop by its name."""
    if name.startswith("mk"):
        return flexible_shop(FOLDER / "fjsp" / f"{name}.txt")
    return job_shop(FOLDER / "jobshop" / f"{name}.txt")


def lines() -> None:
    """Balance every line of the folder."""
    total = 0.0
    here = scholl_lines(FOLDER / "salbp") + otto_lines(FOLDER / "salbp")
    for name, tasks, cycle, optimum in here:
        line, spent = cpu_s(lambda tasks=tasks, cycle=cycle: balance_line(tasks, cycle))
        assert not faults_of_balance(tasks, line)
        total += spent
        if spent > 0.2 or line.n_stations != optimum:
            print(f"{name} cycle {cycle}: {line.n_stations} of {optimum}, {line.status}, "
                  f"{spent:.2f} s")  # fmt: skip
    print(f"{len(here)} lines: {total:.1f} s")


def shops(names: dict[str, int]) -> None:
    """Search every shop with the default effort."""
    for name, least in names.items():
        jobs = read(name)
        plan, spent = cpu_s(lambda jobs=jobs: plan_shop(jobs))
        assert not faults_of_shop(jobs, plan)
        print(f"{name}: {plan.makespan} (known {least}), rule {plan.rule_makespan}, bound "
              f"{plan.lower_bound}, {plan.n_steps} moves, {spent:.1f} s")  # fmt: skip


def proofs() -> None:
    """Let CP-SAT prove what the search found."""
    for name in PROVED:
        jobs = read(name)
        plan = plan_shop(jobs, n_steps=200_000)
        proved, spent = cpu_s(lambda jobs=jobs, plan=plan: prove_shop(jobs, plan))
        print(f"{name}: {proved.makespan}, bound {proved.lower_bound}, {proved.status}, "
              f"{spent:.1f} s")  # fmt: skip


def plants() -> None:
    """Plan the two plants of Dunkerque for three rates."""
    factory = load_factory("factory_modules")
    for rate in (150.0, 240.0, 300.0):
        plan, spent = cpu_s(lambda rate=rate: plan_factory(factory, rate))
        print(f"{rate:g} a year: EUR {plan.cost_eur_per_year / 1e6:.2f} M, gap "
              f"{plan.gap_frac:.3f}, {spent:.1f} s")  # fmt: skip


def main() -> None:
    """Print the figures."""
    wanted = sys.argv[1:] or ["line", "shop", "flexible", "plant"]
    for _, tasks, cycle, _ in scholl_lines(FOLDER / "salbp")[:3]:  # compiles
        balance_line(tasks, cycle)
    plan_shop([[[(0, 3)], [(1, 2)]], [[(1, 4)], [(0, 3)]]])
    for word in wanted:
        print(f"-- {word}")
        if word == "line":
            lines()
        elif word in ("shop", "flexible"):
            shops(SHOPS if word == "shop" else FLEXIBLE)
        elif word == "proof":
            proofs()
        else:
            plants()


if __name__ == "__main__":
    main()
