"""Exact lines against closed forms and against what more buffer must do."""

from __future__ import annotations

import pytest

from wattport.equations.markov_line import exponential_line_throughput, two_machine_line_throughput
from wattport.equations.queueing import line_throughput_bound


@pytest.mark.parametrize("n_buffer", range(6))
def test_two_equal_stations(n_buffer: int) -> None:
    expected = (n_buffer + 2) / (n_buffer + 3)
    assert exponential_line_throughput([1.0, 1.0], [n_buffer]) == pytest.approx(expected, abs=1e-12)


def test_three_equal_stations_without_buffer() -> None:
    assert exponential_line_throughput([1.0] * 3, [0, 0]) == pytest.approx(22 / 39, abs=1e-12)


def test_one_station_and_a_dead_one() -> None:
    assert exponential_line_throughput([3.0], []) == pytest.approx(3.0)
    assert exponential_line_throughput([3.0, 0.0], [1]) == 0.0


def test_wrong_number_of_buffers() -> None:
    with pytest.raises(ValueError, match="n_buffers"):
        exponential_line_throughput([1.0, 1.0], [])


def test_the_reversed_line_is_as_fast() -> None:
    forward = exponential_line_throughput([1.0, 1.4, 0.8], [1, 3])
    assert exponential_line_throughput([0.8, 1.4, 1.0], [3, 1]) == pytest.approx(forward, rel=1e-10)


def test_more_buffer_or_speed_never_slows_a_line() -> None:
    base = exponential_line_throughput([1.0, 1.2, 0.9, 1.1], [1, 0, 2])
    for station in range(3):
        buffers = [1, 0, 2]
        buffers[station] += 1
        assert exponential_line_throughput([1.0, 1.2, 0.9, 1.1], buffers) >= base
    for station in range(4):
        rates = [1.0, 1.2, 0.9, 1.1]
        rates[station] *= 1.1
        faster = exponential_line_throughput(rates, [1, 0, 2])
        assert base <= faster <= line_throughput_bound(rates)


def test_two_machines_never_failing_and_their_symmetry() -> None:
    rate, _ = two_machine_line_throughput((1.0, 1.0), (1e-9, 1e-9), 4)
    assert rate == pytest.approx(1.0, abs=1e-6)
    there, stock = two_machine_line_throughput((0.14, 0.1), (0.02, 0.01), 10)
    back, holes = two_machine_line_throughput((0.1, 0.14), (0.01, 0.02), 10)
    assert there == pytest.approx(back, abs=1e-12)
    assert stock + holes == pytest.approx(10.0, abs=1e-9)
