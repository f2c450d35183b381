from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wattport.errors import WattportError
from wattport.run.serve import engine_kernel as kernel
from wattport.run.serve.engine import Fleet, Replica, Scaling, eur_per_million_tokens, simulate
from wattport.run.serve.request import Trace, generate

_SPEC = importlib.util.spec_from_file_location(
    "engine_twin", Path(__file__).with_name("engine_twin.py")
)
assert _SPEC is not None
assert _SPEC.loader is not None
engine_twin = importlib.util.module_from_spec(_SPEC)
sys.modules["engine_twin"] = engine_twin  # a dataclass looks its module up
_SPEC.loader.exec_module(engine_twin)

WATTS = tuple(100.0 + 30.0 * np.sqrt(n) for n in range(5))
SMALL = Replica(0.02, 1e-3, 1e-5, 0.01, 1e-4, 1e-8, 600, 4, 1, WATTS, 350.0, prefill_tokens=300)


def some_trace(seed: int, n: int, mean_s: float) -> Trace:
    stream = np.random.default_rng(seed)
    arrival_s = np.cumsum(stream.exponential(mean_s, n))
    return Trace(arrival_s, stream.integers(1, 250, n), stream.geometric(0.03, n))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("is_least_loaded", [False, True])
def test_the_kernel_agrees_with_the_plain_twin(seed: int, is_least_loaded: bool) -> None:
    fleet = Fleet(SMALL, 1 + seed % 3, is_least_loaded, max_queue=3 if seed % 2 else 1000)
    trace = some_trace(seed, 150, (0.05, 0.2, 0.6)[seed % 3])
    horizon = float(trace.arrival_s[-1]) * (0.7 if seed % 4 == 0 else 50.0)
    served = simulate(fleet, trace, step_s=7.0, horizon_s=horizon)
    first, last, dropped, energy, peak, n_tokens = engine_twin.play(fleet, trace, horizon)
    done = {i for i, t in last.items() if t <= horizon}
    assert set(np.flatnonzero(served.is_completed)) == done
    assert dropped == set(np.flatnonzero(served.status >= kernel.TOO_LONG))
    for i in done:
        assert served.first_s[i] == pytest.approx(first[i], abs=1e-9)
        assert served.finish_s[i] == pytest.approx(last[i], abs=1e-9)
    assert served.peak_kv_tokens == peak
    assert served.n_tokens == n_tokens
    assert served.energy_j.sum() == pytest.approx(energy, rel=1e-9)


def test_the_step_of_the_output_does_not_change_the_sum() -> None:
    trace = some_trace(3, 400, 0.2)
    runs = [simulate(Fleet(SMALL, 2), trace, step_s=s, horizon_s=300.0) for s in (0.7, 10.0, 300.0)]
    energy = [run.energy_j.sum() for run in runs]
    # 300 / 0.7 is not whole: the last step reaches beyond the horizon and stays empty there.
    assert energy == pytest.approx([energy[0]] * 3, rel=1e-12)
    assert [run.busy_s.sum() for run in runs] == pytest.approx([runs[0].busy_s.sum()] * 3)


def test_what_does_not_fit_is_dropped_with_its_reason() -> None:
    trace = Trace(np.array([0.0, 0.0, 0.0, 0.0]), np.array([900, 500, 100, 100]), np.full(4, 50))
    served = simulate(Fleet(SMALL, 1, max_queue=1), trace)
    assert served.status.tolist() == [kernel.TOO_LONG, kernel.COMPLETED, kernel.COMPLETED, 4]


def test_replicas_follow_the_load_and_idle_ones_cost_nothing() -> None:
    lengths = Trace(np.zeros(1), np.array([100]), np.array([40]))
    rate = np.concatenate((np.full(6, 0.2), np.full(6, 8.0), np.full(6, 0.2)))
    trace = generate(rate, 300.0, lengths, seed=5)
    fixed = simulate(Fleet(SMALL, 10), trace)
    scaled = simulate(Fleet(SMALL, 10, scaling=Scaling(1, 2.0, 15.0, 30.0)), trace)
    assert scaled.is_completed.all()
    assert 3 < scaled.most_replicas <= 10
    assert scaled.energy_j.sum() < 0.8 * fixed.energy_j.sum()
    assert np.quantile(scaled.ttft_s, 0.99) >= np.quantile(fixed.ttft_s, 0.99)
    quiet = slice(1, 28)  # only the first replica is on
    assert scaled.power_w[quiet].mean() < 0.3 * fixed.power_w[quiet].mean()


def test_scaling_by_hand() -> None:
    # Iterations of 1 s; six requests at 0 s, one at 100 s; checks every 10 s, 5 s to start.
    replica = Replica(1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 10_000, 2, 1, (10.0, 20.0, 30.0), 30.0)
    fleet = Fleet(replica, 3, scaling=Scaling(1, 2.0, check_s=10.0, start_s=5.0))
    arrivals = np.array([0.0] * 6 + [16.0, 100.0])
    trace = Trace(arrivals, np.full(8, 5), np.full(8, 30))
    served = simulate(fleet, trace, step_s=10.0, horizon_s=200.0)
    # At 10 s six are in flight: two more replicas start and are ready at 15 s. The request of
    # 16 s goes to the first of them; long after, only one replica is left for the last.
    assert served.replica.tolist() == [0] * 6 + [1, 0]
    assert served.most_replicas == 3
    assert served.first_s[6] == 17.0
    assert served.finish_s[6] == 46.0
    # 0 to 10 s: one replica, filling or with two. 10 to 20 s: three idle (30 W), the first with
    # two (20 W more), the second filling for 1 s (20 W more) and with one for 3 s (10 W more).
    assert served.power_w[:2].tolist() == [30.0, 30.0 + 20.0 + 0.1 * 20.0 + 0.3 * 10.0]
    assert served.power_w[-1] == 10.0


def test_figures_of_one_request_by_hand() -> None:
    replica = Replica(0.1, 0.0, 0.0, 0.5, 0.0, 0.0, 100, 1, 1, (100.0, 200.0), 400.0)
    served = simulate(
        Fleet(replica, 1), Trace(np.zeros(1), np.array([10]), np.array([6])), step_s=1.0
    )
    assert served.ttft_s == pytest.approx([0.5])
    assert served.tpot_s == pytest.approx([0.1])
    assert served.energy_j.sum() == pytest.approx(0.5 * 400 + 0.5 * 200)
    assert served.j_per_token == pytest.approx(50.0)
    assert served.tokens_per_s == pytest.approx(6.0)
    assert eur_per_million_tokens(served, 72.0, 0.0) == pytest.approx(50e6 / 3.6e9 * 72.0)
    assert eur_per_million_tokens(served, 0.0, 36.0) == pytest.approx(0.01 / 6 * 1e6)
    assert served.within_slo_frac(0.6, 0.11) == 1.0
    assert served.within_slo_frac(0.4, 0.11) == 0.0


def test_no_requests_draw_idle_power() -> None:
    none = Trace(np.zeros(0), np.zeros(0, int), np.zeros(0, int))
    served = simulate(Fleet(SMALL, 3), none, horizon_s=120.0)
    assert served.power_w.tolist() == pytest.approx([300.0, 300.0])


def test_a_fleet_that_cannot_be_is_refused_with_every_fault() -> None:
    wrong = replace(SMALL, decode_base_s=0.0, decode_w=(1.0,))
    with pytest.raises(WattportError) as refused:
        simulate(Fleet(wrong, 0, scaling=Scaling(2, 0.0)), some_trace(0, 3, 1.0))
    assert len(refused.value.findings) == 5
    assert all(f.code == "SRV020" and f.remedy for f in refused.value.findings)
