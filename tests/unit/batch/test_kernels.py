"""The small kernels against the plainest form of what they do."""

from __future__ import annotations

import numpy as np

from wattport.batch import (
    make_jobs,
    peak_nodes,
    power_blocks,
    power_changes,
    replay,
    uniform_machine,
)
from wattport.batch.heap_kernel import heap_push, heap_remove
from wattport.batch.profile_kernel import profile_first, profile_forget, profile_take
from wattport.batch.queue_kernel import NEVER, tree_next, tree_put


def test_heap_keeps_its_least_on_top_whatever_is_taken_out() -> None:
    rng = np.random.default_rng(5)
    key, item, place = np.zeros(50, np.int64), np.zeros(50, np.int64), np.full(50, -1)
    size, inside = 0, {}
    for _ in range(3000):
        if inside and (len(inside) == 50 or rng.random() < 0.5):
            old = int(rng.choice(list(inside)))
            size = heap_remove(key, item, place, size, old)
            del inside[old]
        else:
            new = int(rng.choice([i for i in range(50) if i not in inside]))
            inside[new] = int(rng.integers(0, 9))
            size = heap_push(key, item, place, size, new, inside[new])
        assert size == len(inside)
        if inside:
            assert (key[0], item[0]) == min((at, who) for who, at in inside.items())
        assert all(item[place[who]] == who for who in inside)


def test_queue_finds_the_first_job_that_fits() -> None:
    rng = np.random.default_rng(6)
    least_n, least_ms = np.full(64, NEVER), np.full(64, NEVER)
    nodes, walls = np.full(32, NEVER), np.full(32, NEVER)
    for _ in range(2000):
        rank = int(rng.integers(0, 32))
        nodes[rank], walls[rank] = (NEVER, NEVER) if rng.random() < 0.5 else rng.integers(1, 9, 2)
        tree_put(least_n, least_ms, rank, nodes[rank], walls[rank])
        begin, free, spare, slack = (int(x) for x in rng.integers(0, 9, 4))
        fits = (nodes <= free) & ((walls <= slack) | (nodes <= spare))
        fits[:begin] = False
        expected = int(np.flatnonzero(fits)[0]) if fits.any() else -1
        assert tree_next(least_n, least_ms, begin, free, spare, slack) == expected


def test_plan_gives_the_earliest_room() -> None:
    rng = np.random.default_rng(7)
    at, free = np.zeros(400, np.int64), np.zeros(400, np.int64)
    free[0], size = 8, 1
    plain = np.full(3000, 8)
    now = 0
    for _ in range(120):
        now += int(rng.integers(0, 3))
        size = profile_forget(at, free, size, now)
        n, wall = int(rng.integers(1, 9)), int(rng.integers(1, 15))
        begin = profile_first(at, free, size, n, wall)
        t = now
        while (plain[t : t + wall] < n).any():
            t += 1
        assert begin == t
        size = profile_take(at, free, size, begin, begin + wall, n)
        plain[t : t + wall] -= n
    assert (plain >= 0).all()


def test_power_of_phases() -> None:
    machine = uniform_machine(2, idle_w=100.0, active_w=1100.0)
    jobs = make_jobs([0], [25], [2], start_s=[2], cycle_s=10, checkpoint_s=5)
    result = replay(jobs, machine)
    changes = power_changes(result.log, jobs, machine, result.until_ms, pause_power_frac=0.25)
    (block,) = power_blocks(changes, 1.0)
    power_w = np.rint(block.power_mw[:, 0] * 1e6)
    # Idle, ten seconds of work, five of saving, and the rest.
    assert power_w.tolist() == [200] * 2 + [2200] * 10 + [700] * 5 + [2200] * 10


def test_a_job_in_several_racks_of_a_hall_is_one_row_with_all_its_nodes() -> None:
    machine = uniform_machine(6, n_racks=3, n_rows=1, n_halls=1)
    log = replay(make_jobs([0], [10], [5], start_s=[0]), machine).log
    assert log.n_nodes[log.job == 0].tolist() == [5]


def test_replay_lays_jobs_into_halls_and_counts_the_peak() -> None:
    machine = uniform_machine(6, n_racks=3, n_rows=3, n_halls=3)
    jobs = make_jobs([0, 0, 0, 0], [10, 10, 10, 0], [4, 2, 6, 9], start_s=[0, 5, 15, 3])
    assert peak_nodes(jobs) == 6
    log = replay(jobs, machine).log
    for hall in range(3):
        here = log.hall == hall
        assert (log.n_nodes[here] <= 2).all()
    assert log.n_nodes[log.job == 0].sum() == 4
