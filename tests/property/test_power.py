"""What must hold for any power, however it is cut into steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from wattport.catalog import Gpu, Supercomputer, find, keys
from wattport.design import size
from wattport.energy.balance import campus_balance, step_means
from wattport.energy.gpu import LEAST_CLOCK_FRAC, cap_gpu
from wattport.energy.host import HostPower, cluster_power_w, host_load
from wattport.energy.hpl import HplRun, busy_s, crossover_frac, hpl_power_w
from wattport.energy.machine_power import machine_power, node_power_w
from wattport.spec import load

FRAC = st.floats(0.0, 1.0)


@pytest.fixture(scope="module")
def design():
    return size(load("small_20mw").draw(1, 7))


@settings(max_examples=60, deadline=None)
@given(
    length_s=arrays(float, st.integers(1, 40), elements=st.floats(0.05, 4000.0)),
    seed=st.integers(0, 2**32 - 1),
    step_s=st.sampled_from([1.0, 15.0, 300.0, 3600.0]),
)
def test_the_balance_and_every_integral_survive_any_step(design, length_s, seed, step_s):
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    edge = np.concatenate([[0.0], np.cumsum(length_s)])
    it = 20.0 * rng.random(length_s.size)
    balance = campus_balance(design, edge, it, 0.1 * it + 0.2, rng.uniform(-3.0, 3.0, it.size))
    stepped = balance.every(step_s)
    assert balance.error_frac < 1e-12
    assert stepped.error_frac < 1e-9
    width, stepped_width = np.diff(balance.edge_s), np.diff(stepped.edge_s)
    for before, after in (
        (balance.grid_mw, stepped.grid_mw),
        (balance.it_mw, stepped.it_mw),
        (balance.storage_mw, stepped.storage_mw),
        (balance.cooling_mw, stepped.cooling_mw),
        *zip(balance.loss_mw, stepped.loss_mw, strict=True),
    ):
        scale = 1e-12 * np.abs(before) @ width + 1e-9
        assert abs(after @ stepped_width - before @ width) <= scale * 10.0


@settings(max_examples=60, deadline=None)
@given(
    power=arrays(float, st.integers(1, 50), elements=st.floats(0.0, 1e9)),
    step_s=st.floats(0.7, 200.0),
)
def test_means_stay_between_the_extremes(power, step_s):
    edge = 3.0 * np.arange(power.size + 1)
    means = step_means(edge, power, step_s)
    slack = 1e-6 * max(1.0, float(power.max()))
    assert means.min() >= power.min() - slack
    assert means.max() <= power.max() + slack


@settings(max_examples=60, deadline=None)
@given(mean=st.floats(0.67, 1.0), duration_s=st.floats(10.0, 1e5))
def test_an_hpl_run_has_the_mean_it_was_asked_for(mean, duration_s):
    run = HplRun(0.0, duration_s, 1.0, 3.0, crossover_frac(mean))
    assert float(busy_s(run, duration_s)) / duration_s == pytest.approx(mean, abs=1e-9)
    power = hpl_power_w(run, np.linspace(0.0, duration_s, 50))
    assert np.all(np.diff(power) <= 1e-9)


@settings(max_examples=100, deadline=None)
@given(
    key=st.sampled_from(keys(Gpu)),
    load_frac=FRAC,
    compute_frac=FRAC,
    caps=st.tuples(st.floats(50.0, 4000.0), st.floats(50.0, 4000.0)),
)
def test_a_lower_cap_never_gives_more_power_or_speed(key, load_frac, compute_frac, caps):
    gpu = find(Gpu, key)
    low, high = (cap_gpu(gpu, load_frac, cap, compute_frac) for cap in sorted(caps))
    assert low.power_w <= high.power_w + 1e-9
    assert low.speed_frac <= high.speed_frac + 1e-12
    is_met = high.clock_frac > LEAST_CLOCK_FRAC
    assert not is_met or high.power_w <= max(max(caps), gpu.idle_w) + 1e-9


@settings(max_examples=60, deadline=None)
@given(cpu=FRAC, gpu=FRAC)
def test_a_machine_draws_between_idle_and_peak(cpu, gpu):
    frontier = find(Supercomputer, "frontier")
    power = machine_power(frontier, node_power_w(frontier, cpu, gpu))
    assert 7.3e6 < float(power.total_w) < 28.3e6
    assert 0.92 < float(power.efficiency_frac) < 0.94


@settings(max_examples=60, deadline=None)
@given(
    tasks=st.lists(
        st.tuples(st.floats(0.0, 500.0), st.lists(FRAC, min_size=1, max_size=12)),
        min_size=1,
        max_size=12,
    )
)
def test_a_cluster_draws_between_idle_and_full_and_counts_every_host(tasks):
    samples = np.concatenate([usage for _, usage in tasks])
    loaded = host_load([s for s, _ in tasks], [len(u) for _, u in tasks], samples, 30.0, 40)
    assert loaded.running.sum() == pytest.approx(samples.size)
    assert (loaded.running @ loaded.usage_frac).sum() == pytest.approx(samples.sum())
    power = cluster_power_w(HostPower(30.0, 180.0, 0.4), loaded, 50)
    assert power.min() >= 1500.0 - 1e-9
    assert power.max() <= 1500.0 + 150.0 * len(tasks) + 1e-9
