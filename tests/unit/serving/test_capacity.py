from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from wattport.errors import WattportError
from wattport.serving.capacity import Promise, goodput_per_s, least_replicas
from wattport.serving.engine import Fleet, Replica, Scaling, Served, simulate
from wattport.serving.request import Trace, generate

WATTS = tuple(100.0 + 10.0 * n for n in range(9))
REPLICA = Replica(0.02, 1e-4, 0.0, 0.01, 1e-4, 0.0, 4000, 8, 1, WATTS, 300.0)
LENGTHS = Trace(np.zeros(3), np.array([100, 200, 50]), np.array([20, 40, 1]))


@pytest.mark.parametrize("rate_per_s", [3.0, 25.0, 90.0])
def test_the_answer_keeps_the_promise_and_one_less_does_not(rate_per_s: float) -> None:
    trace = generate(np.full(5, rate_per_s), 60.0, LENGTHS, seed=3)
    promise = Promise(0.3, 0.03, 0.95)
    found = least_replicas(Fleet(REPLICA, 7), trace, promise)
    assert promise.is_kept(found.served)
    assert found.served.most_replicas == found.n_replicas
    if found.n_replicas > 1:
        less = simulate(Fleet(REPLICA, found.n_replicas - 1), trace)
        assert not promise.is_kept(less)


def test_a_promise_that_cannot_be_kept_is_an_answer_with_a_reason() -> None:
    trace = generate(np.full(1, 5.0), 60.0, LENGTHS, seed=3)
    found = least_replicas(Fleet(REPLICA, 1), trace, Promise(0.001, 0.03))
    assert found.n_replicas == 0
    assert "0.0 % of the requests" in found.reason
    assert "memory" not in found.reason
    small = Fleet(replace(REPLICA, kv_tokens=200), 1)
    assert "do not fit" in least_replicas(small, trace, Promise(1.0, 1.0), most=8).reason
    with pytest.raises(WattportError, match="fixed fleet"):
        least_replicas(Fleet(REPLICA, 4, scaling=Scaling(1, 2.0)), trace, Promise(1.0, 1.0))


def test_no_demand_needs_one_replica() -> None:
    none = Trace(np.zeros(0), np.zeros(0, int), np.zeros(0, int))
    assert least_replicas(Fleet(REPLICA, 1), none, Promise(1.0, 1.0)).n_replicas == 1


def test_goodput_is_the_edge_of_the_promise() -> None:
    promise = Promise(0.3, 0.03, 0.95)

    def play(trace: Trace) -> Served:
        return simulate(Fleet(REPLICA, 3), trace)

    most = goodput_per_s(play, LENGTHS, promise, seed=2, n_requests=2000)
    steady = generate(np.full(1, 2000.0), 1.0, LENGTHS, seed=2)
    for share, is_kept in ((0.95, True), (1.05, False)):
        arrival_s = steady.arrival_s * 2000.0 / (most * share)
        served = play(replace(steady, arrival_s=arrival_s))
        assert promise.is_kept(served) is is_kept
    # Under the promise, what is offered is what is sold.
    calm = play(replace(steady, arrival_s=steady.arrival_s * 4000.0 / most))
    assert calm.goodput_per_s(0.3, 0.03) == pytest.approx(0.5 * most, rel=0.1)
    assert goodput_per_s(play, LENGTHS, Promise(1e-4, 0.03), seed=2, n_requests=200) == 0.0
    assert goodput_per_s(play, LENGTHS, Promise(1e9, 1e9), seed=2, n_requests=200) == math.inf


def test_what_meets_the_promise_is_counted_request_by_request() -> None:
    # One at a time, 1 s to the first token and 1 s for each further: the second waits 3 s.
    replica = Replica(1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 100, 1, 1, (10.0, 20.0), 40.0)
    trace = Trace(np.zeros(3), np.array([5, 5, 200]), np.array([3, 3, 3]))
    served = simulate(Fleet(replica, 1), trace, step_s=1.0)
    assert served.meets_slo(1.0, 1.0).tolist() == [True, False, False]
    assert served.meets_slo(4.0, 1.0).tolist() == [True, True, False]
    assert not served.meets_slo(4.0, 0.9).any()
    assert served.goodput_per_s(1.0, 1.0) == pytest.approx(1 / 6)
    assert (served.prefill_j, served.decode_j, served.idle_j) == (80.0, 80.0, 0.0)
    assert served.prefill_j_per_token == 8.0
    assert served.decode_j_per_token == pytest.approx(80.0 / 6)
