"""What must hold for any training and any fleet."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattport.energy import tables
from wattport.equations.random_stream import seed_stream
from wattport.operation.compute import COMPUTE
from wattport.operation.compute_kernel import N_LOADS, activity_frac, book_compute, serve_hour
from wattport.operation.training_kernel import KEPT, LOST, RESTARTING, SAVING, train
from wattport.operation.workload import Fleets, balance_demand

SHARE = st.floats(0.0, 1.0)
HOURS = 400


@given(
    seed=st.integers(0, 2**31),
    between_h=st.one_of(st.floats(0.02, 50.0), st.just(np.inf)),
    restart_h=st.floats(0.0, 0.5),
    rollback=SHARE,
    cycle_h=st.floats(0.02, 3.0),
    checkpoint_h=st.floats(0.0, 0.1),
)
@settings(max_examples=400, deadline=None)
def test_every_hour_of_a_training_is_counted_once(
    seed, between_h, restart_h, rollback, cycle_h, checkpoint_h
):
    busy, sums = np.zeros(HOURS), np.zeros(5)
    state = seed_stream(seed, 1, 2, 3)
    train(state, between_h, restart_h, rollback, cycle_h, checkpoint_h, busy, sums)
    assert busy.sum() == pytest.approx(sums[KEPT] + sums[LOST], rel=1e-9, abs=1e-9)
    assert busy.sum() + sums[SAVING] + sums[RESTARTING] == pytest.approx(HOURS, rel=1e-9)
    assert (sums >= 0.0).all()
    assert busy.min() >= 0.0
    assert busy.max() <= 1.0 + 1e-9


WORK = st.fixed_dictionaries(
    {
        "idle_power_frac": SHARE, "training_frac": SHARE, "level": SHARE,
        "pause_power_frac": SHARE, "spare": st.floats(0.0, 0.9), "failed_frac": st.floats(0, 0.5),
        "headroom_frac": st.floats(0.0, 2.0), "least_on_frac": SHARE,
        "promised_load_frac": SHARE, "requests_per_gpu_s": st.floats(0.0, 100.0),
    }
)  # fmt: skip


def record(values):
    work = np.zeros(1, dtype=COMPUTE)
    for name in set(values) - {"level", "spare"}:
        work[name] = values[name]
    work["most_sold_frac"] = 1.0 - max(values["spare"], values["failed_frac"])
    work["training_level_frac"] = values["level"] * work["most_sold_frac"]
    work["power_frac"] = np.linspace(0.0, 1.0, N_LOADS) ** 0.5
    return work[0]


@given(
    values=WORK, busy=SHARE, served=SHARE, wanted=st.floats(0.0, 3.0), fill=SHARE,
    n_gpus=st.floats(1.0, 1e6),
)  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_gpu_hours_and_requests_are_counted_once(values, busy, served, wanted, fill, n_gpus):
    work = record(values)
    total, loads = np.zeros(1, dtype=tables.TOTAL), np.zeros(N_LOADS)
    answer = serve_hour(work, wanted)
    capacity = (n_gpus, n_gpus * fill, 0.002)
    requests = book_compute(work, capacity, busy, served, wanted, answer, total[0], loads)
    kinds = ("training", "inference", "idle", "failed")
    parts = np.array([total[0][f"{kind}_gpu_hours"] for kind in kinds])
    assert parts.sum() == pytest.approx(n_gpus, rel=1e-12)
    assert parts.min() >= -1e-9 * n_gpus
    fleet = n_gpus * fill * (1.0 - work["training_frac"]) * work["most_sold_frac"]
    asked = 3600.0 * fleet * work["requests_per_gpu_s"] * wanted
    assert total[0]["n_requests"] + total[0]["n_requests_lost"] == pytest.approx(asked, rel=1e-9)
    assert loads.sum() == requests == total[0]["n_requests"]


@given(values=WORK, busy=SHARE, wanted=st.floats(0.0, 3.0), more=st.floats(0.0, 1.0))
@settings(max_examples=300, deadline=None)
def test_an_hour_never_draws_more_than_nameplate_nor_less_for_more_requests(
    values, busy, wanted, more
):
    work = record(values | {"promised_load_frac": 1.0})
    few, many = serve_hour(work, wanted), serve_hour(work, wanted + more)
    assert 0.0 <= activity_frac(work, busy, few[3]) <= 1.0 + 1e-12
    # A load that grows slower than its power would: switching on another replica never saves.
    assert many[0] >= few[0]
    assert many[3] >= few[3] - 1e-9 or many[1] < few[1]


@given(
    utilisation=SHARE, idle=st.floats(0.0, 0.9), training=SHARE, busy=st.floats(0.3, 1.0),
    most=st.floats(0.5, 1.0), swing=SHARE, drop=SHARE, noise=st.floats(0.0, 0.3),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_demand_is_met_or_all_is_sold(utilisation, idle, training, busy, most, swing, drop, noise):
    one = np.ones(1)
    rise = np.linspace(0.0, 1.0, N_LOADS)[None, :]
    fleets = Fleets(most * one, 0.15 * one, 0.0 * one, one, rise)
    shape = (swing * one, drop * one, noise * one)
    demand = balance_demand(
        utilisation * one, idle * one, training * one, busy * one, fleets, shape
    )
    wanted = max(utilisation, idle)
    reached = demand.expected_frac[0]
    assert idle - 1e-9 <= reached <= wanted + 1e-6
    assert demand.training_level_frac[0] <= most
    if reached < wanted - 1e-6 and training > 0.0:
        assert demand.training_level_frac[0] == most
