"""What must hold of any fleet and any requests."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wattport.serving import engine_kernel as kernel
from wattport.serving.engine import Fleet, Replica, Scaling, Served, simulate
from wattport.serving.request import Trace
from wattport.serving.split import Split, simulate_split

MAX_BATCH = 4
WATTS = (100.0, 160.0, 200.0, 230.0, 250.0)


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    n = draw(st.integers(0, 60))
    seed = draw(st.integers(0, 2**32 - 1))
    stream = np.random.default_rng(seed)
    spread = draw(st.sampled_from([0.0, 0.01, 0.3, 3.0]))
    return Trace(
        np.cumsum(spread * stream.exponential(size=n) * stream.integers(0, 2, n)),
        stream.integers(1, draw(st.integers(2, 500)), n),
        stream.geometric(draw(st.floats(0.01, 1.0)), n),
    )


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    n_replicas = draw(st.integers(1, 5))
    scaling = None
    if draw(st.booleans()):
        least, load = draw(st.integers(1, n_replicas)), draw(st.floats(0.2, 6.0))
        scaling = Scaling(least, load, 2.0, draw(st.floats(0.0, 9.0)))
    replica = Replica(
        draw(st.floats(1e-3, 0.1)), draw(st.sampled_from([0.0, 1e-3])),
        draw(st.sampled_from([0.0, 1e-5])), draw(st.floats(1e-3, 0.1)), 1e-4,
        draw(st.sampled_from([0.0, 1e-7])), draw(st.integers(5, 2000)), MAX_BATCH, 1, WATTS, 300.0,
        draw(st.integers(1, 1000)), draw(st.sampled_from([0, 5, 16, 300])), draw(st.booleans()),
        draw(st.sampled_from([0.0, 0.4, 1.0])),
    )  # fmt: skip
    return Fleet(replica, n_replicas, draw(st.booleans()), draw(st.integers(0, 50)), scaling)


def check(fleet: Fleet, trace: Trace, served: Served, horizon_s: float) -> None:
    done, running = served.is_completed, served.status == kernel.RUNNING
    assert np.isin(served.status, range(5)).all()
    assert np.isfinite(served.finish_s[done]).all()
    assert (served.first_s[done] > trace.arrival_s[done]).all()
    assert (served.finish_s[done] >= served.first_s[done]).all()
    assert (served.finish_s[done] <= horizon_s).all()
    whole = int(trace.n_output[done].sum())
    assert whole <= served.n_tokens <= whole + int(trace.n_output[running].sum())
    assert served.prefill_j + served.decode_j <= served.energy_j.sum() * (1 + 1e-9)
    assert served.n_evictions == 0 or not fleet.replica.is_reserving
    need = trace.n_input + trace.n_output
    assert ((served.status == kernel.TOO_LONG) <= (need > fleet.replica.kv_tokens)).all()
    assert served.peak_kv_tokens <= fleet.replica.kv_tokens
    assert served.busy_s.sum() <= horizon_s * fleet.n_replicas * (1 + 1e-9)
    least = 1 if fleet.scaling else fleet.n_replicas
    energy_j = served.energy_j.sum()
    assert energy_j <= horizon_s * fleet.n_replicas * 300.0 * (1 + 1e-9)
    assert energy_j >= WATTS[0] * horizon_s * least * (1 - 1e-9)


@settings(deadline=None, max_examples=600)
@given(fleets(), traces(), st.floats(0.05, 30.0))
def test_each_request_is_completed_dropped_or_waiting(
    fleet: Fleet, trace: Trace, horizon_s: float
) -> None:
    check(fleet, trace, simulate(fleet, trace, step_s=1.0, horizon_s=horizon_s), horizon_s)


@settings(deadline=None, max_examples=600)
@given(fleets(), traces())
def test_given_time_all_tokens_asked_for_are_generated(fleet: Fleet, trace: Trace) -> None:
    horizon_s = 1e4
    served = simulate(fleet, trace, step_s=100.0, horizon_s=horizon_s)
    check(fleet, trace, served, horizon_s)
    assert not np.isin(served.status, (kernel.RUNNING, kernel.WAITING)).any()
    assert served.n_tokens == trace.n_output[served.is_completed].sum()


@settings(deadline=None, max_examples=400)
@given(fleets(), fleets(), traces(), st.sampled_from([0.0, 1e5]))
def test_a_split_fleet_loses_no_request_and_no_token(
    prefill: Fleet, decode: Fleet, trace: Trace, kv_bytes: float
) -> None:
    split = Split(prefill, decode, kv_bytes, 0.01, 0.001)
    served = simulate_split(split, trace, step_s=100.0, horizon_s=1e4)
    done = served.is_completed
    assert np.isin(served.status[~done], (kernel.TOO_LONG, kernel.QUEUE_FULL)).all()
    assert (served.finish_s[done] >= served.first_s[done]).all()
    # One dropped by a full decoder already has its first token.
    n_begun = np.count_nonzero(np.isfinite(served.first_s) & ~done)
    assert served.n_tokens == trace.n_output[done].sum() + n_begun
