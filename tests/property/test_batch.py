"""What must hold for any jobs on any machine: none lost, none run twice, every node-ms counted."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattport.batch import (
    BatchResult,
    Failures,
    Maintenance,
    Policy,
    make_jobs,
    power_blocks,
    power_changes,
    read_jobs,
    read_swf,
    simulate,
    uniform_machine,
    write_jobs,
    write_swf,
)
from wattport.batch.failure import FailureKind
from wattport.batch.outcome import held_node_ms

DICE = st.integers(min_value=0, max_value=2**31)
# Each example is a block of workloads: 75 blocks of 40 make 3,000 of them.
WORKLOADS_PER_EXAMPLE = 40
STATE = {"waiting": 0, "running": 1, "done": 2, "abandoned": 3, "future": 4, "rejected": 5}


def any_jobs(rng: np.random.Generator, n_nodes: int):
    """Jobs of every sort, some too large, some that never compute."""
    n = int(rng.integers(1, 30))
    nodes = rng.integers(1, n_nodes + 2, n)
    is_elastic = rng.random(n) < 0.3
    run = rng.choice([0.0, 0.001, 1.0, 7.5, 60.0, 900.0], n) * rng.integers(1, 5, n)
    return make_jobs(
        rng.choice([0.0, 5.0, 60.0, 600.0], n) * rng.random(n),
        run, nodes,
        request_s=run * rng.choice([0.5, 1.0, 3.0], n),
        least_nodes=np.where(is_elastic, np.maximum(nodes // 2, 1), nodes),
        user=rng.integers(0, 4, n), priority=rng.integers(0, 3, n),
        is_preemptible=rng.random(n) < 0.5, scope=rng.integers(0, 4, n),
        cycle_s=rng.choice([0.0, 0.5, 20.0], n), checkpoint_s=rng.choice([0.0, 0.25, 3.0], n),
        restart_s=rng.choice([0.0, 1.0, 10.0], n), node_w=rng.choice([np.nan, 900.0, 1234.5], n),
    )  # fmt: skip


def any_run(seed: int) -> BatchResult:
    """Give a workload, a machine, failures and maintenance, all at random."""
    rng = np.random.default_rng(seed)
    n_halls = int(rng.integers(1, 4))
    n_racks = n_halls * int(rng.integers(1, 4))
    machine = uniform_machine(
        n_racks * int(rng.integers(1, 5)), n_racks=n_racks, n_rows=n_halls, n_halls=n_halls,
        idle_w=100.0, active_w=1000.0, n_gpus_per_node=int(rng.integers(1, 9)),
    )  # fmt: skip
    kinds = (FailureKind("part", 0.5, 0.05), FailureKind("software", 0.5, 0.0))
    per_day = float(rng.choice([0.0, 2.0, 200.0])) / machine.n_gpus_per_node
    begin = float(rng.integers(0, 300))
    outage = Maintenance(begin, begin + float(rng.integers(1, 900)), int(rng.integers(1, 5)))
    return simulate(
        any_jobs(rng, machine.n_nodes), machine, rng.choice(list(Policy)),
        failures=Failures(per_day, kinds, int(rng.integers(1, 40))),
        maintenance=[outage] if rng.random() < 0.4 else [],
        is_preempting=bool(rng.random() < 0.5), seed=seed,
        until_s=float(rng.choice([50.0, 2000.0])) if rng.random() < 0.5 else None,
    )  # fmt: skip


def check(result: BatchResult) -> None:
    jobs, machine, log = result.jobs, result.machine, result.log
    # Every node-millisecond is of one sort, in the clock's count and in the log.
    counted = (
        result.sold_node_ms + result.idle_node_ms
        + result.failed_node_ms + result.maintained_node_ms
    )  # fmt: skip
    assert counted == machine.n_nodes * result.until_ms
    assert result.idle_node_ms >= 0
    held = log.n_nodes * (log.end_ms - log.begin_ms)
    assert (held >= 0).all()
    sorts = [int(held[log.kind == kind].sum()) for kind in (0, 1, 2)]
    assert sorts == [result.sold_node_ms, result.failed_node_ms, result.maintained_node_ms]
    # What each job held is useful, lost, saving or restart.
    split = (
        result.useful_node_ms + result.lost_node_ms
        + result.saving_node_ms + result.restart_node_ms
    )  # fmt: skip
    assert (held_node_ms(log, jobs.n_jobs) == split).all()
    for part in (result.useful_node_ms, result.lost_node_ms, result.saving_node_ms):
        assert (part >= 0).all()
    # No job is lost, and none is done twice or beyond its work.
    assert sum(result.counts.values()) == jobs.n_jobs
    is_done = result.state == STATE["done"]
    work = jobs.n_nodes * jobs.run_ms
    assert (result.useful_node_ms[is_done] == work[is_done]).all()
    assert (result.useful_node_ms <= work).all()
    attempts = {(int(log.job[i]), int(log.begin_ms[i]), int(log.end_ms[i]), int(log.reason[i]))
                for i in np.flatnonzero(log.kind == 0)}  # fmt: skip
    finished = [job for job, _, _, reason in attempts if reason == 0]
    assert sorted(finished) == np.flatnonzero(is_done).tolist()
    assert (result.first_ms[is_done] >= jobs.submit_ms[is_done]).all()
    for job in range(jobs.n_jobs):
        spans = sorted((begin, end) for j, begin, end, _ in attempts if j == job)
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
        stops = result.n_interruptions[job] + result.n_preemptions[job] + result.n_growths[job]
        last = result.state[job] in (STATE["done"], STATE["running"])
        assert result.n_starts[job] == stops + last
    # No hall is ever overfull.
    for hall in range(machine.n_halls):
        here = log.hall == hall
        at = np.concatenate([log.end_ms[here], log.begin_ms[here]])
        change = np.concatenate([-log.n_nodes[here], log.n_nodes[here]])
        keep = np.tile(log.end_ms[here] > log.begin_ms[here], 2)
        order = np.lexsort((np.repeat([0, 1], here.sum()), at))
        most = np.cumsum(change[order][keep[order]]).max(initial=0)
        assert most <= machine.hall_n_nodes[hall]


@given(seed=DICE)
@settings(max_examples=75, deadline=None, derandomize=True)
def test_nothing_is_lost_or_counted_twice_under_any_failures(seed: int) -> None:
    for number in range(WORKLOADS_PER_EXAMPLE):
        check(any_run(seed + number))


@given(seed=DICE, steps=st.tuples(st.floats(0.001, 0.2), st.floats(0.2, 5000.0)))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_energy_is_the_same_at_every_step_and_in_the_log(
    seed: int, steps: tuple[float, float]
) -> None:
    result = any_run(seed)
    log, machine = result.log, result.machine
    changes = power_changes(log, result.jobs, machine, result.until_ms, pause_power_frac=1.0)
    idle = machine.idle_w[log.hall]
    told = result.jobs.node_w[np.maximum(log.job, 0)]
    busy = np.where(np.isnan(told), machine.active_w[log.hall], told)
    above = np.rint(np.where(log.kind == 0, busy - idle, -idle) * log.n_nodes).astype(np.int64)
    whole = int((machine.idle_w * machine.hall_n_nodes).sum()) * result.until_ms
    whole += int((above * (log.end_ms - log.begin_ms)).sum())
    coarse = max(steps[1], result.until_ms / 1e6)
    for step_s in (coarse, max(steps[0], result.until_ms / 2e7)):
        blocks = list(power_blocks(changes, step_s, steps_per_block=1000))
        assert sum(int(block.energy_w_ms.sum()) for block in blocks) == whole
        assert sum(int(block.length_ms.sum()) for block in blocks) == result.until_ms


@given(seed=DICE)
@settings(max_examples=20, deadline=None, derandomize=True)
def test_pauses_only_take_power_away(seed: int) -> None:
    result = any_run(seed)

    def energy(pause_power_frac: float) -> int:
        changes = power_changes(
            result.log, result.jobs, result.machine, result.until_ms, pause_power_frac
        )
        # Never below nothing: a pause lies within its attempt.
        level = changes.idle_w.sum() + np.cumsum(changes.change_w)
        is_last = np.append(np.diff(changes.at_ms) > 0, True)[: level.size]
        assert (level[is_last] >= 0).all()
        return sum(int(b.energy_w_ms.sum()) for b in power_blocks(changes, 3600.0))

    assert energy(0.0) <= energy(0.5) <= energy(1.0)


@pytest.mark.parametrize("name", ["jobs.parquet", "jobs.csv"])
def test_tables_come_back_as_written(name: str, tmp_path) -> None:
    for seed in range(10):
        jobs = any_jobs(np.random.default_rng(seed), 8)
        write_jobs(tmp_path / name, jobs)
        again = read_jobs(tmp_path / name).jobs
        for field in (
            "job_id", "submit_ms", "run_ms", "request_ms", "n_nodes", "least_nodes", "user",
            "priority", "is_preemptible", "cycle_ms", "node_w", "start_ms",
        ):  # fmt: skip
            np.testing.assert_array_equal(getattr(again, field), getattr(jobs, field), field)


def test_swf_comes_back_as_written(tmp_path) -> None:
    rng = np.random.default_rng(1)
    jobs = make_jobs(
        rng.integers(0, 99, 50), rng.integers(1, 99, 50), rng.integers(1, 9, 50),
        request_s=rng.integers(99, 200, 50), start_s=rng.integers(99, 200, 50),
    )  # fmt: skip
    for name in ("jobs.swf", "jobs.swf.gz"):
        write_swf(tmp_path / name, jobs, 8)
        file = read_swf(tmp_path / name)
        assert file.n_nodes == 8
        for field in ("job_id", "submit_ms", "run_ms", "request_ms", "n_nodes", "start_ms"):
            np.testing.assert_array_equal(getattr(file.jobs, field), getattr(jobs, field), field)
