"""Setting without a break against setting each module the day it comes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wattport.programme.module_kernel import setting_release


def finish_when_set_as_they_come(arrivals: list[float], n_parallel: int, days: float) -> float:
    """Each module goes to the place that is free first."""
    free = [-np.inf] * n_parallel
    for arrival in sorted(arrivals):
        free.sort()
        free[0] = max(free[0], arrival) + days
    return max(free)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 60).map(float), min_size=1, max_size=14),
    st.integers(1, 5),
    st.integers(0, 8).map(float),
)
def test_no_day_is_lost_by_waiting(arrivals: list[float], n_parallel: int, days: float) -> None:
    release, binding = setting_release(
        np.zeros((1, len(arrivals)), dtype=np.int64),
        np.array([arrivals]),
        n_parallel,
        np.array([[days]]),
    )
    rounds = -(-len(arrivals) // n_parallel)
    expected = finish_when_set_as_they_come(arrivals, n_parallel, days)
    assert release[0, 0] + rounds * days == expected
    assert 0 <= binding[0, 0] < len(arrivals)
    # In rounds with the short one first, each module is there when its round begins.
    first = len(arrivals) - (rounds - 1) * n_parallel
    for rank, arrival in enumerate(sorted(arrivals)):
        turn = 0 if rank < first else 1 + (rank - first) // n_parallel
        assert release[0, 0] + turn * days >= arrival


def test_halls_and_draws_are_kept_apart() -> None:
    release, binding = setting_release(
        np.array([[0, 0, 1, -1], [1, -1, -1, 0]]),
        np.array([[5.0, 9.0, 2.0, 1.0], [7.0, 1.0, np.nan, np.nan]]),
        1,
        np.array([[2.0, 2.0], [2.0, 2.0]]),
    )
    assert release.tolist() == [[7.0, 2.0], [-np.inf, 7.0]]
    assert binding.tolist() == [[1, 2], [-1, 0]]
