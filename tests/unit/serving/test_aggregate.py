from __future__ import annotations

import numpy as np
import pytest

from wattport.errors import WattportError
from wattport.serving.aggregate import LEVELS_FRAC, ServingCurve, aggregate, serving_curve
from wattport.serving.engine import Fleet, Replica, Scaling, simulate
from wattport.serving.request import Trace, generate

WATTS = tuple(400.0 + 60.0 * np.sqrt(n) for n in range(33))
REPLICA = Replica(0.02, 2e-4, 2e-8, 0.01, 5e-5, 0.0, 100_000, 32, 4, WATTS, 1500.0)


def lengths() -> Trace:
    stream = np.random.default_rng(2)
    return Trace(np.zeros(500), stream.integers(50, 2000, 500), stream.integers(20, 400, 500))


@pytest.fixture(scope="module")
def curve() -> ServingCurve:
    return serving_curve(Fleet(REPLICA, 6), lengths(), seed=1, n_requests=15_000)


def test_the_curve_rises_with_load(curve: ServingCurve) -> None:
    assert (np.diff(curve.busy_frac) > -1e-9).all()
    assert (np.diff(curve.power_w) > 0.0).all()
    assert curve.power_w[0] == WATTS[0]
    assert (np.diff(curve.tpot_s[1:, 100]) > -1e-4).all()


def test_a_day_in_steps_agrees_with_its_requests(curve: ServingCurve) -> None:
    most = curve.capacity_per_s * 6
    rate = most * (0.3 + 0.25 * np.sin(np.linspace(0.0, 2.0 * np.pi, 24)))
    trace = generate(rate, 600.0, lengths(), seed=8)
    served = simulate(Fleet(REPLICA, 6), trace)
    steps = aggregate(curve, trace.rate_per_s(600.0), 600.0, 6)
    for share in (0.5, 0.9, 0.99):
        ttft, tpot = (np.interp(share, LEVELS_FRAC, x) for x in (steps.ttft_s, steps.tpot_s))
        assert ttft == pytest.approx(np.quantile(served.ttft_s, share), rel=0.05)
        assert tpot == pytest.approx(np.quantile(served.tpot_s, share), rel=0.05)
    assert steps.power_w.mean() * trace.arrival_s[-1] == pytest.approx(
        served.energy_j.sum(), rel=0.01
    )
    assert steps.j_per_token() == pytest.approx(served.j_per_token, rel=0.02)


def test_what_exceeds_capacity_waits_and_is_served_later(curve: ServingCurve) -> None:
    most = curve.capacity_per_s * 6
    hours = aggregate(curve, np.array([0.5, 1.5, 0.6, 0.2, 0.5]) * most, 3600.0, 6)
    assert hours.backlog / (most * 3600.0) == pytest.approx([0.0, 0.5, 0.1, 0.0, 0.0])
    tokens = hours.tokens_per_s / (most * curve.tokens_per_request)
    assert tokens == pytest.approx([0.5, 1.0, 1.0, 0.3, 0.5])
    assert hours.ttft_s[-1] > 900.0


def test_a_year_without_requests_idles(curve: ServingCurve) -> None:
    year = aggregate(curve, np.zeros(8760), 3600.0, 6)
    assert (year.power_w == 6 * WATTS[0]).all()
    assert np.isnan(year.ttft_s).all()


def test_a_fleet_that_scales_or_holds_nothing_has_no_curve() -> None:
    with pytest.raises(WattportError, match="fixed fleet"):
        serving_curve(Fleet(REPLICA, 6, scaling=Scaling(1, 2.0)), lengths(), seed=1)
    tiny = Replica(0.02, 0.0, 0.0, 0.01, 0.0, 0.0, 10, 1, 1, (1.0, 2.0), 3.0)
    with pytest.raises(WattportError, match="hardly a request"):
        serving_curve(Fleet(tiny, 1), lengths(), seed=1, n_requests=1000)
