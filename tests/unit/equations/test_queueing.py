"""Closed forms of queues, and relations between them."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.equations.queueing import (
    conwip_throughput,
    erlang_b,
    erlang_c,
    gg1_wait_bound_h,
    ggc_wait_h,
    line_throughput_bound,
    mmc_queue_length,
    mmc_wait_h,
)


def test_three_servers_at_two_thirds() -> None:
    assert erlang_c(2.0, 3) == pytest.approx(4.0 / 9.0, rel=1e-12)
    assert mmc_queue_length(2.0, 3) == pytest.approx(8.0 / 9.0, rel=1e-12)
    assert mmc_wait_h(2.0, 1.0, 3) == pytest.approx(4.0 / 9.0, rel=1e-12)


def test_one_server_at_nine_tenths() -> None:
    assert mmc_queue_length(0.9, 1) == pytest.approx(8.1, rel=1e-12)


def test_no_steady_state_is_infinite_not_negative() -> None:
    assert np.isinf(mmc_queue_length([3.0, 4.0], 3)).all()
    assert erlang_c([3.0, 4.0], 3).tolist() == [1.0, 1.0]
    assert np.isinf(gg1_wait_bound_h(1.0, 1.0, 1.0, 1.0))


def test_no_load_no_wait() -> None:
    assert erlang_b(0.0, 4) == 0.0
    assert erlang_c(0.0, 4) == 0.0


def test_large_systems_do_not_overflow() -> None:
    assert 0.0 < erlang_c(950.0, 1000) < 1.0


def test_general_queue_meets_its_exact_cases() -> None:
    use = np.array([0.3, 0.7, 0.95])
    np.testing.assert_allclose(ggc_wait_h(use, 1.0, 1.0, 1.0), mmc_wait_h(use, 1.0, 1))
    np.testing.assert_allclose(ggc_wait_h(use, 1.0, 1.0, 0.0), use / (2.0 * (1.0 - use)))
    assert (gg1_wait_bound_h(use, 1.0, 1.0, 1.0) >= mmc_wait_h(use, 1.0, 1)).all()


@pytest.mark.parametrize("n_wip", [1, 4, 8, 12])
def test_conwip_balanced_closed_form(n_wip: int) -> None:
    assert conwip_throughput([2.0] * 4, n_wip) == pytest.approx(2.0 * n_wip / (n_wip + 3))


def test_conwip_tends_to_the_bottleneck() -> None:
    rates = [1.0, 0.5, 2.0]
    assert conwip_throughput(rates, 200) == pytest.approx(line_throughput_bound(rates), rel=1e-9)
