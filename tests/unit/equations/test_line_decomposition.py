"""Decomposition of lines of unreliable machines, where the exact answer is known."""

from __future__ import annotations

import pytest

from wattport.equations.line_decomposition import unreliable_line_throughput
from wattport.equations.markov_line import two_machine_line_throughput

NEVER = 1e-9  # failures per cycle of a machine that works as good as always


@pytest.mark.parametrize("n_buffer", [2, 5, 20])
def test_two_machines_are_exact(n_buffer: int) -> None:
    repair, failure = (0.1, 0.3), (0.02, 0.05)
    exact, _ = two_machine_line_throughput(repair, failure, n_buffer)
    assert unreliable_line_throughput(repair, failure, [n_buffer]) == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize(
    "perfect_repair", [0.05, 0.9]
)  # of a machine that never fails it means nothing
@pytest.mark.parametrize("n_buffer", [3, 8])
def test_a_perfect_machine_at_either_end_changes_nothing(
    perfect_repair: float, n_buffer: int
) -> None:
    repair, failure = [0.1, 0.3], [0.02, 0.05]
    exact, _ = two_machine_line_throughput((0.1, 0.3), (0.02, 0.05), n_buffer)
    ahead = unreliable_line_throughput([perfect_repair, *repair], [NEVER, *failure], [4, n_buffer])
    behind = unreliable_line_throughput([*repair, perfect_repair], [*failure, NEVER], [n_buffer, 4])
    assert ahead == pytest.approx(exact, abs=1e-6)
    assert behind == pytest.approx(exact, abs=1e-6)


def test_the_reversed_line_is_as_fast() -> None:
    repair, failure, buffers = [0.1, 0.2, 0.3, 0.15], [0.01, 0.04, 0.05, 0.02], [3, 8, 5]
    there = unreliable_line_throughput(repair, failure, buffers)
    back = unreliable_line_throughput(repair[::-1], failure[::-1], buffers[::-1])
    assert there == pytest.approx(back, abs=1e-7)


def test_large_buffers_leave_the_pace_to_the_weakest_machine() -> None:
    repair, failure = [0.5, 0.2, 0.4], [0.01, 0.05, 0.02]
    rate = unreliable_line_throughput(repair, failure, [200, 200])
    assert rate == pytest.approx(0.2 / 0.25, rel=1e-4)
