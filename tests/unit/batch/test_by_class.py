"""Waits, slowdown and use by class of job, held to counting one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattport.batch import BatchResult, Failures, make_jobs, simulate, uniform_machine
from wattport.batch.by_class import (
    SIZE_EDGES,
    WAIT_CLASSES,
    by_size,
    by_user,
    use_over_time,
    wait_counts,
)
from wattport.batch.failure import FailureKind


def some_result(seed: int, n: int = 60, n_gpus_per_node: int = 4) -> BatchResult:
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    jobs = make_jobs(
        rng.integers(0, 2_000, n), rng.integers(1, 900, n), rng.integers(1, 41, n),
        user=rng.integers(0, 15, n), cycle_s=100.0, checkpoint_s=2.0, restart_s=5.0,
    )  # fmt: skip
    machine = uniform_machine(40, n_gpus_per_node=n_gpus_per_node)
    failures = Failures(per_gpu_day=1.0, kinds=(FailureKind("any", 1.0, 0.05),))
    return simulate(jobs, machine, failures=failures, seed=seed, until_s=20_000.0)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**16))
def test_classes_add_up_to_all_jobs(seed: int) -> None:
    result = some_result(seed)
    everyone, *classes = by_size(result)
    users = by_user(result)
    assert everyone.sold_gpu_h == pytest.approx(result.sold_gpu_h)
    assert everyone.goodput_frac == pytest.approx(result.goodput_frac)
    assert everyone.wait_p90_s == pytest.approx(float(np.quantile(result.wait_s, 0.9)))
    for rows in (classes, users):
        for name in ("n_jobs", "n_done", "sold_gpu_h", "n_interruptions", "n_preemptions"):
            total = sum(getattr(row, name) for row in rows)
            assert total == pytest.approx(getattr(everyone, name))
    assert [row.sold_gpu_h for row in users[:-1]] == sorted(
        (row.sold_gpu_h for row in users[:-1]), reverse=True
    )


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**16), n_points=st.integers(1, 30))
def test_use_over_time_is_what_was_sold(seed: int, n_points: int) -> None:
    result = some_result(seed)
    until_s = result.until_ms / 1000.0
    edge_s = np.linspace(0.0, until_s, n_points + 1)
    held, absent = use_over_time(result, edge_s)
    node_s = result.machine.n_nodes * np.diff(edge_s)
    assert held @ node_s == pytest.approx(result.sold_node_ms / 1000.0, rel=1e-9)
    gone_ms = result.failed_node_ms + result.maintained_node_ms
    assert absent @ node_s == pytest.approx(gone_ms / 1000.0, rel=1e-9, abs=1e-6)
    assert np.all(held + absent <= 1.0 + 1e-9)


def test_waits_are_counted_once() -> None:
    result = some_result(3)
    names, sizes, count = wait_counts(result)
    assert count.sum() == (result.first_ms >= 0).sum()
    gpus = result.jobs.n_nodes * 4
    waits = (result.first_ms - result.jobs.submit_ms) / 1000.0
    for size, row in zip(sizes, count, strict=True):
        low = int(size.split()[0])
        high = next((edge for edge in SIZE_EDGES if edge > low), 10**9)
        for k, (least, name) in enumerate(WAIT_CLASSES):
            most = WAIT_CLASSES[k + 1][0] if k + 1 < len(WAIT_CLASSES) else np.inf
            is_here = (gpus >= low) & (gpus < high) & (waits >= least) & (waits < most)
            assert row[k] == is_here.sum(), (size, name)
    assert names[0] == "none"


def test_one_user_is_no_table() -> None:
    jobs = make_jobs([0, 0], [10, 10], [1, 1], user=[3, 3])
    assert by_user(simulate(jobs, uniform_machine(2))) == ()


def test_jobs_that_never_start_have_no_wait() -> None:
    result = simulate(make_jobs([0], [10], [9]), uniform_machine(2))
    everyone = by_size(result)[0]
    assert everyone.n_done == 0
    assert np.isnan(everyone.wait_p50_s)
    assert np.isnan(everyone.goodput_frac)
