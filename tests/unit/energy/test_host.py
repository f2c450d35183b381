"""Hosts: the compiled table against its plain twin, the fit, and traces people get wrong."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from wattport.energy.host import (
    HostPower,
    calibrate_host,
    cluster_power_w,
    host_load,
    mean_absolute_error_frac,
)
from wattport.energy.host_trace import read_host_trace, read_measured_w
from wattport.errors import SpecError


def hosts_twin(start_step, n_samples, usage_frac, n_times):
    """Hosts running and their summed utilisation, one sample at a time."""
    running, usage_sum = np.zeros(n_times), np.zeros(n_times)
    sample = 0
    for start, n in zip(start_step, n_samples, strict=True):
        begin = int(start)
        for k in range(n):
            for t, share in ((begin + k, 1.0 - (start - begin)), (begin + k + 1, start - begin)):
                if t < n_times:
                    running[t] += share
                    usage_sum[t] += share * usage_frac[sample]
            sample += 1
    return running, usage_sum


@pytest.fixture
def tasks():
    rng = np.random.default_rng(np.random.SeedSequence(5))
    n_samples = rng.integers(1, 40, 60)
    start_s = np.round(rng.uniform(0.0, 1500.0, 60))
    usage = np.where(rng.random(n_samples.sum()) < 0.2, 1.0, rng.random(n_samples.sum()))
    usage[:5] = 0.0
    return start_s, n_samples, usage


def test_kernel_is_its_plain_twin(tasks):
    start_s, n_samples, usage = tasks
    load = host_load(start_s, n_samples, usage, 30.0, 70)
    running, usage_sum = hosts_twin(start_s / 30.0, n_samples, usage, 70)
    np.testing.assert_allclose(load.running.sum(axis=1), running, atol=1e-12)
    np.testing.assert_allclose(load.running @ load.usage_frac, usage_sum, atol=1e-12)


def test_levels_are_fine_enough_for_a_steep_law(tasks):
    start_s, n_samples, usage = tasks
    host = HostPower(30.0, 180.0, 0.3)
    load = host_load(np.zeros(60), n_samples, usage, 30.0, 40)
    exact = np.zeros(40)
    first = np.concatenate([[0], np.cumsum(n_samples)])
    for task in range(60):
        sample = usage[first[task] : first[task + 1]]
        exact[: sample.size] += host.power_w(sample) - host.idle_w
    found = cluster_power_w(host, load, 100)
    np.testing.assert_allclose(found, exact + 3000.0, rtol=2e-3)
    assert start_s.size == 60


def test_the_fit_finds_a_law_in_noise(tasks):
    start_s, n_samples, usage = tasks
    load = host_load(start_s, n_samples, usage, 30.0, 70)
    true = HostPower(35.0, 170.0, 0.4)
    noise = 1.0 + 0.01 * np.random.default_rng(np.random.SeedSequence(1)).standard_normal(70)
    found = calibrate_host(load, cluster_power_w(true, load, 60) * noise, 60)
    assert found.idle_w == pytest.approx(35.0, rel=0.03)
    assert found.full_w == pytest.approx(170.0, rel=0.05)
    predicted = cluster_power_w(found, load.between(10, 20), 60)
    assert mean_absolute_error_frac(
        predicted, cluster_power_w(true, load, 60)[10:20]
    ) == pytest.approx(0.0, abs=0.01)
    assert len(load.between(10, 20)) == 10


def write(path, rows):
    duckdb.sql(f"COPY (SELECT * FROM (VALUES {rows[1]}) AS t({rows[0]})) TO '{path}'")


TASKS = (
    "id, submission_time, cpu_capacity",
    "('a', TIMESTAMP '2022-10-06 22:00:00', 100.0), ('b', TIMESTAMP '2022-10-06 22:00:45', 200.0),"
    "('short', TIMESTAMP '2022-10-06 22:01:00', 200.0)",
)
SAMPLES = (
    "id, duration, cpu_usage",
    "('b', 30000, 100.0), ('b', 30000, 300.0), ('a', 30000, 25.0)",
)


def test_a_trace_is_read_with_what_was_left_out_counted(tmp_path):
    tasks, samples = tmp_path / "tasks.parquet", tmp_path / "fragments.parquet"
    write(tasks, TASKS)
    write(samples, SAMPLES)
    trace = read_host_trace(tasks, samples)
    assert trace.start_s.tolist() == [45.0, 0.0]
    assert trace.n_samples.tolist() == [2, 1]
    assert trace.usage_frac.tolist() == [0.5, 1.0, 0.25]
    assert (trace.step_s, trace.n_tasks_without_samples) == (30.0, 1)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (("id, duration", "('a', 30000)"), "column cpu_usage is missing"),
        ((SAMPLES[0], "('a', 30000, 1.0), ('a', 60000, 1.0)"), "differ in length"),
        ((SAMPLES[0], "('c', 30000, 1.0)"), "not in the task file"),
        ((SAMPLES[0], "('a', 30000, 1.0), ('b', 30000, 1.0), ('a', 30000, 1.0)"), "stand apart"),
    ],
)
def test_a_wrong_trace_is_refused_with_a_reason(tmp_path, rows, words):
    tasks, samples = tmp_path / "tasks.parquet", tmp_path / "fragments.parquet"
    write(tasks, TASKS)
    write(samples, rows)
    with pytest.raises(SpecError, match=words):
        read_host_trace(tasks, samples)


def test_empty_missing_and_foreign_files_are_refused(tmp_path):
    tasks, samples = tmp_path / "tasks.parquet", tmp_path / "fragments.parquet"
    write(tasks, TASKS)
    with pytest.raises(SpecError, match="no such file"):
        read_host_trace(tasks, samples)
    samples.write_text("id,duration,cpu_usage\n", encoding="utf-8")
    with pytest.raises(SpecError, match="not a Parquet file"):
        read_host_trace(tasks, samples)
    duckdb.sql(
        "COPY (SELECT 'a' AS id, 30000 AS duration, 1.0 AS cpu_usage WHERE false) TO"
        f" '{samples}' (FORMAT parquet)"
    )
    with pytest.raises(SpecError, match="no samples"):
        read_host_trace(tasks, samples)


def test_measured_power_comes_in_order_of_time(tmp_path):
    path = tmp_path / "power.parquet"
    write(path, ("timestamp, power_draw", "(60, 2.0), (30, 1.0)"))
    assert read_measured_w(path).tolist() == [1.0, 2.0]
