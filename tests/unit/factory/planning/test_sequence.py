"""Job shops against exhaustion, the search's own makespan against an independent count."""

from __future__ import annotations

import pytest
from plan_checks import faults_of_shop, least_makespan
from random_plans import random_jobs

from wattport.errors import WattportError
from wattport.factory.planning.sequence import plan_shop, shop_bound


@pytest.mark.parametrize("seed", range(60))
def test_as_short_as_exhaustion_finds(seed: int) -> None:
    jobs = random_jobs(seed)
    plan = plan_shop(jobs, n_steps=3000, seed=seed)
    assert faults_of_shop(jobs, plan) == []
    assert plan.lower_bound <= plan.makespan == least_makespan(jobs)
    assert plan.makespan <= plan.rule_makespan


@pytest.mark.parametrize("seed", range(20))
def test_every_larger_schedule_is_feasible(seed: int) -> None:
    jobs = random_jobs(seed, n_jobs=9, n_operations=8, n_machines=5)
    plan = plan_shop(jobs, n_steps=1500, seed=seed)
    assert faults_of_shop(jobs, plan) == []
    assert shop_bound(jobs) <= plan.makespan <= plan.rule_makespan


def test_same_schedule_for_the_same_seed() -> None:
    jobs = random_jobs(5, n_jobs=8, n_operations=8, n_machines=4)
    assert plan_shop(jobs, n_steps=800, seed=3) == plan_shop(jobs, n_steps=800, seed=3)


def test_bound_of_one_machine_with_heads_and_tails() -> None:
    # Machine 0 gets both at 2 and 3, works 4 + 4, and 5 at least follows.
    jobs = [[[(1, 2)], [(0, 4)], [(2, 5)]], [[(3, 3)], [(0, 4)], [(4, 5)]]]
    assert shop_bound(jobs) == 2 + 8 + 5


def test_a_machine_named_twice_is_taken_at_either_time() -> None:
    jobs = [[[(0, 9), (0, 2)]], [[(0, 3)]]]
    assert plan_shop(jobs, n_steps=100).makespan == 5


@pytest.mark.parametrize(
    ("jobs", "word"),
    [([[[]]], "no machine"), ([[[(0, -1)]]], "whole numbers"), ([], "nothing"), ([[]], "nothing")],
)
def test_refuses(jobs: list[list[list[tuple[int, int]]]], word: str) -> None:
    with pytest.raises(WattportError, match=word):
        plan_shop(jobs)
