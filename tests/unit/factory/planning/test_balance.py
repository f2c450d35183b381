"""Line balancing against exhaustion, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from plan_checks import faults_of_balance, fewest_stations
from random_plans import random_tasks

from wattport.errors import WattportError
from wattport.factory.planning.balance import Tasks, balance_line, shortest_cycle
from wattport.factory.planning.optimality import Status

# Jackson 1956, eleven tasks: the textbook line.
JACKSON = Tasks(
    (6, 2, 5, 7, 1, 2, 3, 6, 5, 5, 4),
    (
        *((0, 1), (0, 2), (0, 3), (0, 4), (1, 5), (2, 6), (3, 6), (4, 6)),
        *((5, 7), (6, 8), (7, 9), (8, 10), (9, 10)),
    ),
)


@pytest.mark.parametrize("seed", range(150))
def test_as_few_stations_as_exhaustion_finds(seed: int) -> None:
    tasks, cycle = random_tasks(seed)
    line = balance_line(tasks, cycle)
    assert faults_of_balance(tasks, line) == []
    assert line.status is Status.PROVED
    assert line.n_stations == line.lower_bound == fewest_stations(tasks, cycle)


def test_tasks_beyond_one_machine_word() -> None:
    rng = np.random.default_rng(3)
    time = tuple(int(t) for t in rng.integers(20, 60, 150))
    tasks = Tasks(time, tuple((t, t + 7) for t in range(143)))
    line = balance_line(tasks, 200, n_steps=3_000_000)
    assert faults_of_balance(tasks, line) == []
    assert line.lower_bound <= line.n_stations <= line.lower_bound + 1


def test_little_effort_still_gives_a_line_and_an_honest_bound() -> None:
    tasks, cycle = random_tasks(11, n_most=30)
    line = balance_line(tasks, cycle, n_steps=0)
    assert faults_of_balance(tasks, line) == []
    assert line.lower_bound <= line.n_stations
    assert (line.status is Status.PROVED) == (line.lower_bound == line.n_stations)


def test_same_line_twice() -> None:
    assert balance_line(JACKSON, 10) == balance_line(JACKSON, 10)


@pytest.mark.parametrize(("n_stations", "cycle"), [(8, 7), (6, 9), (5, 10), (4, 12), (3, 16)])
def test_shortest_cycle_of_jackson(n_stations: int, cycle: int) -> None:
    line = shortest_cycle(JACKSON, n_stations)
    assert (line.cycle, line.status) == (cycle, Status.PROVED)
    assert fewest_stations(JACKSON, cycle) <= n_stations
    assert fewest_stations(JACKSON, cycle - 1) > n_stations or cycle - 1 < max(JACKSON.time)
    assert faults_of_balance(JACKSON, balance_line(JACKSON, cycle)) == []


@pytest.mark.parametrize(
    ("tasks", "cycle", "word"),
    [
        (Tasks((3, 4), ((0, 1), (1, 0))), 10, "circle"),
        (Tasks((3, 40)), 10, "task 1 takes 40"),
        (Tasks((3, 4), ((0, 2),)), 10, "does not exist"),
        (Tasks((3, -4)), 10, "whole numbers"),
        (Tasks(()), 10, "whole numbers"),
        (Tasks((3, 4), skill=(1,)), 10, "one skill"),
    ],
)
def test_refuses(tasks: Tasks, cycle: int, word: str) -> None:
    with pytest.raises(WattportError, match=word):
        balance_line(tasks, cycle)


def test_too_few_stations_at_any_cycle() -> None:
    with pytest.raises(WattportError, match="2 stations are needed"):
        shortest_cycle(Tasks((1, 1), apart=((0, 1),)), 1)
