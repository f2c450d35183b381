"""Trainings and replicas as the years see them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from wattport.batch import Failures, training_profile, uniform_machine
from wattport.batch.failure import FailureKind, effective_training_frac
from wattport.calendar.hours import calendar
from wattport.design import size
from wattport.energy import tables
from wattport.equations.random_stream import seed_stream
from wattport.operation.compute import compute_of
from wattport.operation.compute_kernel import (
    N_LOADS,
    activity_frac,
    serve_hour,
    training_busy_frac,
    wanted_requests_frac,
    week_starts,
)
from wattport.operation.replica import Serving, even_loads, mixed_quantile_s
from wattport.operation.training_kernel import FAILURES, KEPT, LOST, RESTARTING, SAVING, train
from wattport.operation.workload import Fleets, balance_demand, fleet_activity_frac, request_shape
from wattport.serving.aggregate import LEVELS_FRAC, aggregate, serving_curve
from wattport.serving.engine import Fleet, Replica
from wattport.serving.request import Trace
from wattport.serving.silicon import table
from wattport.spec import load
from wattport.spec.campus.workload import Accelerator, LanguageModel

HOURS = 8760


def play_job(n_hours, between_h, restart_h, rollback, cycle_h, checkpoint_h, seed=1):
    busy, sums = np.zeros(n_hours), np.zeros(5)
    state = seed_stream(seed, 2, 3, 4)
    train(state, between_h, restart_h, rollback, cycle_h, checkpoint_h, busy, sums)
    return busy, sums


@pytest.mark.parametrize(
    ("between_h", "restart_h", "cycle_h", "checkpoint_h"),
    [(3.09, 0.0833, 0.226, 0.00833), (0.5, 0.05, 0.1667, 0.0014), (0.3, 0.1667, 0.5, 0.01)],
)
def test_lockstep_training_has_daly_s_efficiency(between_h, restart_h, cycle_h, checkpoint_h):
    _, sums = play_job(400_000, between_h, restart_h, 1.0, cycle_h, checkpoint_h)
    expected = effective_training_frac(cycle_h, checkpoint_h, restart_h, between_h)
    assert sums[KEPT] / 400_000 == pytest.approx(float(expected), rel=0.01)


def test_the_job_agrees_with_the_event_simulator():
    """One training on 16,384 GPUs with spares, against `wattport.batch`."""
    days, rate = 364, Failures().per_gpu_day
    plain = Failures(kinds=(FailureKind("any", 1.0, 0.0),))
    profile = training_profile(
        uniform_machine(2_048, n_gpus_per_node=8), 1, days=float(days), share_frac=1.0,
        failures=plain,
    )  # fmt: skip
    between_h = 24.0 / (16_384 * rate)
    cycle_h = np.floor(np.sqrt(2.0 * 30.0 * between_h * 3600.0)) / 3600.0
    n_hours = 10 * 24 * days
    busy, sums = play_job(n_hours, between_h, 300.0 / 3600.0, 1.0, cycle_h, 30.0 / 3600.0)
    assert sums[RESTARTING] / n_hours == pytest.approx(profile.dip_frac, rel=0.05)
    assert sums[KEPT] / n_hours == pytest.approx(profile.goodput_frac, abs=0.005)
    assert (busy.sum() + sums[SAVING]) / n_hours == pytest.approx(1 - profile.dip_frac, abs=0.002)


def test_hours_are_all_accounted_for():
    busy, sums = play_job(5_000, 0.8, 0.1, 0.4, 0.25, 0.01)
    assert busy.sum() == pytest.approx(sums[KEPT] + sums[LOST], rel=1e-9)
    assert busy.sum() + sums[SAVING] + sums[RESTARTING] == pytest.approx(5_000, rel=1e-9)
    assert busy.min() >= 0.0
    assert busy.max() <= 1.0 + 1e-9
    assert sums[FAILURES] == pytest.approx(5_000 / 0.8, rel=0.05)


def test_without_failures_only_checkpoints_cost():
    busy, sums = play_job(1_000, np.inf, 0.1, 1.0, 0.9, 0.1)
    assert sums[[LOST, RESTARTING, FAILURES]].tolist() == [0.0, 0.0, 0.0]
    assert busy.mean() == pytest.approx(0.9, abs=1e-3)


def test_replicas_that_keep_the_state_lose_no_work():
    _, sums = play_job(2_000, 0.5, 0.05, 0.0, 0.25, 0.01)
    assert sums[LOST] == 0.0
    assert sums[KEPT] + sums[SAVING] + sums[RESTARTING] == pytest.approx(2_000, rel=1e-9)


def straight(n_draws, most=1.0, headroom=0.15, least=0.1):
    one = np.ones(n_draws)
    rise = np.tile(np.linspace(0, 1, N_LOADS), (n_draws, 1))
    return Fleets(most * one, headroom * one, least * one, one, rise)


def test_demand_gives_the_wanted_utilisation_where_it_can():
    rng = np.random.default_rng(3)
    n = 200
    utilisation, training = rng.uniform(0.3, 0.85, n), rng.uniform(0.0, 1.0, n)
    shape = (rng.uniform(0.0, 0.4, n), rng.uniform(0.0, 0.3, n), rng.uniform(0.0, 0.1, n))
    demand = balance_demand(
        utilisation, np.full(n, 0.25), training, rng.uniform(0.95, 1.0, n), straight(n), shape
    )
    np.testing.assert_allclose(demand.expected_frac, utilisation, atol=1e-6)
    one = np.ones(1)
    shape = (0.25 * one, 0.1 * one, 0.05 * one)
    full = balance_demand(one, 0.25 * one, 0.5 * one, 0.9 * one, straight(1, most=0.95), shape)
    assert full.training_level_frac[0] == 0.95
    assert full.expected_frac[0] < 1.0


def test_an_hour_equals_its_vector_form():
    rng = np.random.default_rng(5)
    n = 40
    rise = np.sort(rng.uniform(0, 1, (n, N_LOADS)), axis=1)
    rise[:, 0] = 0.0
    fleets = Fleets(
        np.ones(n), rng.uniform(0, 0.5, n), rng.uniform(0, 0.3, n), rng.uniform(0.1, 1, n), rise
    )
    wanted = rng.uniform(0.0, 1.3, (n, 5))
    whole = fleet_activity_frac(fleets, wanted)
    for d in range(n):
        work = SimpleNamespace(
            headroom_frac=fleets.headroom_frac[d], least_on_frac=fleets.least_on_frac[d],
            promised_load_frac=fleets.promised_load_frac[d], power_frac=rise[d],
        )  # fmt: skip
        one = [serve_hour.py_func(work, w)[3] for w in wanted[d]]
        np.testing.assert_allclose(whole[d], one, rtol=1e-12)


def test_played_activity_has_the_mean_that_was_solved(central):
    spec, design, _ = central
    compute = compute_of(spec, design)
    work, pool = compute.table[0], compute.pool_busy_frac[0]
    days = tables.day_table(calendar(2031, HOURS))
    means, day = [], np.zeros(24)
    for d in range(20):
        starts = week_starts(int(work["n_jobs"]), 53, pool.shape[1], 7, d, 2031)
        wanted = wanted_requests_frac(work, days, 7, d, 2031)
        for first in range(0, HOURS, 24):
            training_busy_frac(pool, starts, 3, first, day)
            means += [
                activity_frac(work, day[h], serve_hour(work, wanted[first + h])[3])
                for h in range(0, 24, 3)
            ]
    idle, wanted_frac = spec.workload.idle_power_frac[0], spec.workload.utilisation_frac[0]
    # What was wanted of machines that never stop, less what trainings that stop do not draw.
    stopped = (1.0 - pool[3].mean()) * (1.0 - work["pause_power_frac"])
    stopped *= work["training_frac"] * work["training_level_frac"]
    assert idle + (1 - idle) * (np.mean(means) + stopped) == pytest.approx(wanted_frac, abs=1e-3)


def test_requests_peak_when_they_should_and_rest_at_weekends():
    hours = np.arange(24)
    weekday = request_shape(hours, False, 0.25, 0.12, 14.0)
    assert weekday.argmax() == 14
    assert weekday.argmin() == 2
    np.testing.assert_allclose(request_shape(hours, True, 0.25, 0.12, 14.0), 0.88 * weekday)


def test_every_model_and_generation_of_the_spec_can_be_played():
    assert {model.value for model in LanguageModel} <= set(table("llm_models"))
    assert {system.value for system in Accelerator} <= set(table("accelerators"))


def test_a_promise_sets_the_load():
    late = np.linspace(1.0, 2.0, N_LOADS)[:, None] * np.ones(LEVELS_FRAC.size)
    grid = np.linspace(0.0, 1.0, N_LOADS)
    replica = Serving(grid, grid, 1.0, late, 0.01 * late, 1.0, 1.0)
    ttft, tpot = np.array([1.5, 9.0, 9.0, 0.5]), np.array([1.0, 0.0125, 1.0, 1.0])
    np.testing.assert_allclose(replica.promised_load_frac(ttft, tpot), [0.5, 0.25, 1.0, 0.0])


def test_a_year_of_hours_agrees_with_the_serving_simulator_s_own():
    """Energy and waiting of steady replicas, against `serve.aggregate` on the same hours."""
    watts = tuple(100.0 + 10.0 * n for n in range(9))
    fleet = Fleet(Replica(0.02, 1e-4, 0.0, 0.01, 1e-4, 0.0, 4000, 8, 1, watts, 300.0), 4)
    lengths = Trace(np.zeros(2), np.array([100, 200]), np.array([20, 40]))
    curve = serving_curve(fleet, lengths, seed=1, n_requests=2000)
    replica = even_loads(curve, 1, 150.0)
    hours = np.arange(168)
    wanted = 0.7 * request_shape(hours % 24, hours >= 120, 0.3, 0.2, 14.0)
    played = aggregate(curve, wanted * curve.capacity_per_s * 4, 3600.0, 4)
    work = SimpleNamespace(
        headroom_frac=0.0, least_on_frac=1.0, promised_load_frac=1.0, power_frac=replica.power_frac
    )
    answers = np.array([serve_hour.py_func(work, w) for w in wanted])
    span_w = curve.power_w[-1] - curve.power_w[0]
    power_w = 4.0 * (curve.power_w[0] + answers[:, 3] * span_w)
    np.testing.assert_allclose(power_w, played.power_w, rtol=0.01)
    loads = np.bincount(
        np.rint(answers[:, 2] * (N_LOADS - 1)).astype(int), weights=wanted, minlength=N_LOADS
    )
    for prob in (0.5, 0.95):
        for level, mixed in ((replica.ttft_s, played.ttft_s), (replica.tpot_s, played.tpot_s)):
            expected = np.interp(prob, LEVELS_FRAC, mixed)
            reached = mixed_quantile_s(level, loads[None], prob)[0]
            assert reached == pytest.approx(expected, rel=0.03)


def test_a_small_campus_hardly_ever_stops():
    spec = load("small_20mw").draw(2, 7)
    compute = compute_of(spec, size(spec))
    np.testing.assert_allclose(compute.demand.expected_frac, 0.8, atol=1e-6)
    assert compute.kept_frac.min() > 0.98
