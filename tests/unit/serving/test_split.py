from __future__ import annotations

from dataclasses import replace

import engine_twin
import numpy as np
import pytest

from wattport.errors import WattportError
from wattport.serving import engine_kernel as kernel
from wattport.serving.engine import Fleet, Replica, simulate
from wattport.serving.request import Trace
from wattport.serving.split import Split, simulate_split

# Powers of two throughout: sums are exact, and both engines must agree to the last bit.
EXACT = Replica(
    2.0**-5, 2.0**-10, 2.0**-17, 2.0**-6, 2.0**-13, 2.0**-26, 600, 4, 1,
    (100.0, 130.0, 142.0, 152.0, 160.0), 352.0, prefill_tokens=300,
)  # fmt: skip
BYTES, LATENCY_S = 2.0**17, 2.0**-8
GB_PER_S = 2.0**26 / 1e9  # 2 ms a token


def some_trace(seed: int, n: int, mean_s: float) -> Trace:
    stream = np.random.default_rng(seed)
    arrival_s = np.round(np.cumsum(stream.exponential(mean_s, n)) * 2**12) / 2**12
    return Trace(arrival_s, stream.integers(1, 250, n), stream.geometric(0.03, n))


def plain(split: Split, trace: Trace, horizon: float) -> tuple[dict, dict, float, int]:
    """Prefill, send and decode by the step-by-step twin."""
    short = trace.n_input + trace.n_output <= split.decode.replica.kv_tokens
    number = np.flatnonzero(short)
    alone = Trace(trace.arrival_s[short], trace.n_input[short], np.ones(number.size, int))
    filled = engine_twin.play(split.prefill, alone, horizon)
    served = simulate(split.prefill, alone, step_s=8.0, horizon_s=horizon)  # only who sends
    first = {int(number[i]): t for i, t in filled.last.items()}
    free, arrives = dict.fromkeys(range(split.prefill.n_replicas), 0.0), []
    for i, ready in sorted(filled.last.items(), key=lambda item: (item[1], item[0])):
        if trace.n_output[number[i]] > 1:
            sender = int(served.replica[i])
            free[sender] = max(ready, free[sender]) + alone.n_input[i] * BYTES / 2.0**26
            arrives.append((free[sender] + LATENCY_S, int(number[i])))
    arrives.sort()
    order = np.array([i for _, i in arrives], dtype=int)
    times = np.array([t for t, _ in arrives])
    moved = Trace(times, trace.n_input[order], trace.n_output[order])
    decoded = engine_twin.play(split.decode, moved, horizon, {i: 1 for i in range(order.size)})
    last = {int(order[i]): t for i, t in decoded.last.items()}
    last |= {i: t for i, t in first.items() if trace.n_output[i] == 1}
    energy = filled.energy + decoded.energy
    return first, last, energy, filled.tokens + decoded.tokens


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("is_reserving", [True, False])
def test_a_split_fleet_is_the_plain_twin_to_the_last_bit(seed: int, is_reserving: bool) -> None:
    decoder = replace(EXACT, is_reserving=is_reserving, chunk_tokens=32 * (seed % 2))
    split = Split(Fleet(EXACT, 1 + seed % 2), Fleet(decoder, 1 + seed % 3), BYTES, GB_PER_S)
    split = replace(split, link_latency_s=LATENCY_S)
    trace = some_trace(seed, 120, (0.05, 0.3)[seed % 2])
    horizon = float(trace.arrival_s[-1]) * (0.75 if seed % 4 == 0 else 64.0)
    served = simulate_split(split, trace, step_s=8.0, horizon_s=horizon)
    first, last, energy, n_tokens = plain(split, trace, horizon)
    assert set(np.flatnonzero(served.is_completed)) == set(last)
    assert all(served.first_s[i] == t for i, t in first.items())
    assert all(served.finish_s[i] == t for i, t in last.items())
    assert served.energy_j.sum() == energy
    assert served.n_tokens == n_tokens


def test_given_time_a_split_fleet_loses_nothing() -> None:
    trace = some_trace(9, 400, 0.02)
    decoder = replace(EXACT, is_reserving=False)
    served = simulate_split(Split(Fleet(EXACT, 2), Fleet(decoder, 3), BYTES, GB_PER_S), trace)
    assert served.n_evictions > 0
    assert served.is_completed.all()
    assert served.n_tokens == trace.n_output.sum()
    assert served.replica.max() == 4
    assert served.most_replicas == 5


def test_a_slow_link_shows_in_the_time_per_token_only() -> None:
    trace = some_trace(4, 100, 0.5)
    one = Fleet(EXACT, 2)
    quick, slow = (
        simulate_split(Split(one, one, BYTES, rate), trace) for rate in (1e3, GB_PER_S / 4)
    )
    assert (quick.ttft_s == slow.ttft_s).all()
    assert slow.tpot_s.mean() > 1.1 * quick.tpot_s.mean()


def test_what_no_decoder_holds_is_not_begun() -> None:
    trace = Trace(np.zeros(2), np.array([500, 50]), np.array([400, 2]))
    served = simulate_split(Split(Fleet(EXACT, 1), Fleet(EXACT, 1), BYTES, GB_PER_S), trace)
    assert served.status.tolist() == [kernel.TOO_LONG, kernel.COMPLETED]
    assert np.isnan(served.first_s[0])
    with pytest.raises(WattportError, match="a link has a rate"):
        simulate_split(Split(Fleet(EXACT, 1), Fleet(EXACT, 1), BYTES, 0.0), trace)
