from __future__ import annotations

from dataclasses import replace

import engine_twin
import numpy as np
import pytest

from wattport.errors import WattportError
from wattport.serving import engine_kernel as kernel
from wattport.serving.engine import Fleet, Replica, Scaling, eur_per_million_tokens, simulate
from wattport.serving.request import Trace, generate

WATTS = tuple(100.0 + 30.0 * np.sqrt(n) for n in range(5))
SMALL = Replica(0.02, 1e-3, 1e-5, 0.01, 1e-4, 1e-8, 600, 4, 1, WATTS, 350.0, prefill_tokens=300)


def some_trace(seed: int, n: int, mean_s: float) -> Trace:
    stream = np.random.default_rng(seed)
    arrival_s = np.cumsum(stream.exponential(mean_s, n))
    return Trace(arrival_s, stream.integers(1, 250, n), stream.geometric(0.03, n))


# Times, powers and steps are sums of powers of two: both engines add them without rounding, so
# that they must agree to the last bit.
EXACT = Replica(
    2.0**-5, 2.0**-10, 2.0**-17, 2.0**-6, 2.0**-13, 2.0**-26, 600, 4, 1,
    (100.0, 130.0, 142.0, 152.0, 160.0), 352.0, prefill_tokens=300,
)  # fmt: skip
KINDS = {
    "prefill first": {},
    "chunks": {"chunk_tokens": 96},
    "eviction": {"is_reserving": False},
    "chunks and eviction": {"chunk_tokens": 32, "is_reserving": False},
    "scaling": {"chunk_tokens": 96, "is_reserving": False},
    "prefix": {"prefix_hit_frac": 0.625, "chunk_tokens": 64, "is_reserving": False},
}


def exact_trace(seed: int, n: int, mean_s: float) -> Trace:
    trace = some_trace(seed, n, mean_s)
    return replace(trace, arrival_s=np.round(trace.arrival_s * 2**12) / 2**12)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kind", list(KINDS))
def test_the_kernel_is_the_plain_twin_to_the_last_bit(seed: int, kind: str) -> None:
    replica = replace(EXACT, kv_tokens=(420, 600, 2000)[seed // 2 % 3], **KINDS[kind])
    queue = 3 if seed % 4 == 1 else 1000
    fleet = Fleet(replica, 1 + seed % 3, seed % 2 == 0, max_queue=queue)
    if kind == "scaling":
        scaling = Scaling(1 + seed % 2, (0.5, 3.0, 8.0)[seed % 3], check_s=2.0, start_s=0.75)
        fleet = replace(fleet, n_replicas=5, scaling=scaling)
    trace = exact_trace(seed, 150, (0.05, 0.2, 0.6)[seed % 3])
    horizon = float(trace.arrival_s[-1]) * (0.75 if seed % 4 == 0 else 64.0)
    served = simulate(fleet, trace, step_s=8.0, horizon_s=horizon)
    twin = engine_twin.play(fleet, trace, horizon)
    assert set(np.flatnonzero(served.is_completed)) == set(twin.last)
    assert twin.dropped == set(np.flatnonzero(served.status >= kernel.TOO_LONG))
    assert dict(enumerate(served.first_s)) == pytest.approx(
        {i: twin.first.get(i, np.nan) for i in range(150)}, rel=0, abs=0, nan_ok=True
    )
    assert all(served.finish_s[i] == twin.last[i] for i in twin.last)
    assert served.most_replicas == twin.most_replicas
    assert served.peak_kv_tokens == twin.peak
    assert served.n_tokens == twin.tokens
    assert served.n_evictions == twin.evictions
    assert served.energy_j.sum() == twin.energy
    assert (served.prefill_j, served.decode_j) == (twin.prefill_j, twin.decode_j)
    if horizon > trace.arrival_s[-1]:
        assert served.n_prompt_tokens == twin.filled


def test_memory_pressure_evicts_and_loses_nothing() -> None:
    trace = some_trace(5, 300, 0.05)
    replica = replace(SMALL, is_reserving=False)
    served = simulate(Fleet(replica, 2), trace, horizon_s=1e4)
    kept = simulate(Fleet(SMALL, 2), trace, horizon_s=1e4)
    assert served.n_evictions > 20
    assert served.is_completed.all()
    assert served.n_tokens == kept.n_tokens == trace.n_output.sum()
    assert kept.n_prompt_tokens == trace.n_input.sum() < served.n_prompt_tokens


def test_eviction_by_hand() -> None:
    # Memory of 20; iterations and fills of 1 s. The first is filled by 1 s, the second by 2 s; at
    # 3 s they hold 10 each and the second is evicted, with 8 + 2. The first has its sixth token at
    # 7 s; the second is filled anew until 8 s, which gives its third, and has the sixth at 11 s.
    replica = Replica(1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 20, 4, 1, (1.0,) * 5, 1.0, is_reserving=False)
    trace = Trace(np.zeros(2), np.array([8, 8]), np.array([6, 6]))
    served = simulate(Fleet(replica, 1), trace, step_s=1.0)
    assert served.first_s.tolist() == [1.0, 2.0]
    assert served.finish_s.tolist() == [7.0, 11.0]
    assert served.n_evictions == 1
    assert served.n_prompt_tokens == 8 + 8 + 10


def test_room_for_the_answer_is_kept_by_hand() -> None:
    # Memory of 20, of which a request keeps 8 + 6: the second waits until the first has its sixth
    # token, at 6 s, is filled by 7 s and has its sixth at 12 s.
    replica = Replica(1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 20, 4, 1, (1.0,) * 5, 1.0)
    trace = Trace(np.zeros(2), np.array([8, 8]), np.array([6, 6]))
    served = simulate(Fleet(replica, 1), trace, step_s=1.0)
    assert served.first_s.tolist() == [1.0, 7.0]
    assert served.finish_s.tolist() == [6.0, 12.0]
    assert served.n_evictions == 0


def test_chunks_by_hand() -> None:
    # A budget of 5, iterations of 1 s and 1/4 s a token filled: the first prompt by 2 s; then one
    # token decoded beside 4 of the second prompt filled by 4 s, 4 by 6 s, the last by 7.25 s.
    replica = Replica(1.0, 0.0, 0.0, 1.0, 0.25, 0.0, 99, 4, 1, (1.0,) * 5, 1.0, chunk_tokens=5)
    trace = Trace(np.zeros(2), np.array([4, 9]), np.array([4, 2]))
    served = simulate(Fleet(replica, 1), trace, step_s=1.0)
    assert served.first_s.tolist() == [2.0, 7.25]
    assert served.finish_s.tolist() == [7.25, 8.25]


def test_a_prefix_in_memory_is_not_computed() -> None:
    trace = some_trace(2, 100, 0.5)
    half = simulate(Fleet(replace(SMALL, prefix_hit_frac=0.5), 1), trace, horizon_s=1e4)
    whole = simulate(Fleet(replace(SMALL, prefix_hit_frac=1.0), 1), trace, horizon_s=1e4)
    assert half.n_prompt_tokens == np.ceil(trace.n_input / 2).sum()
    assert whole.n_prompt_tokens == 100
    assert half.ttft_s.mean() > whole.ttft_s.mean()


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
