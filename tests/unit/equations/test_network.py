"""Critical path method against a slow reading of its definition."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattport.equations.precedence import (
    LinkKind,
    Links,
    early_dates,
    find_cycle,
    free_float,
    late_dates,
    link,
    topological_order,
    total_float,
)

FS, SS, FF, SF = LinkKind


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[float], Links]:
    """Random acyclic networks; whole numbers, so that dates compare exactly."""
    n = draw(st.integers(1, 9))
    duration = draw(st.lists(st.integers(0, 9).map(float), min_size=n, max_size=n))
    renumber = draw(st.permutations(range(n)))
    pairs = [p for p in itertools.combinations(range(n), 2) if draw(st.booleans())]
    rows = [
        (renumber[i], renumber[j], draw(st.sampled_from(LinkKind)), float(draw(st.integers(-3, 5))))
        for i, j in pairs
    ]
    return duration, link(*rows)


def slow_early(duration: list[float], links: Links) -> list[float]:
    """Earliest starts by relaxing every constraint until none moves (Bellman-Ford)."""
    start = [0.0] * len(duration)
    rows = list(zip(links.predecessor, links.successor, links.kind, links.lag_days, strict=True))
    for _ in range(len(duration) + 1):
        for i, j, kind, lag in rows:
            bound = start[i] + lag
            if kind in (FS, FF):
                bound += duration[i]
            if kind in (FF, SF):
                bound -= duration[j]
            start[j] = max(start[j], bound)
    return start


def slow_late(duration: list[float], links: Links, end: float) -> list[float]:
    """Latest starts, by relaxing from the end."""
    start = [end - d for d in duration]
    rows = list(zip(links.predecessor, links.successor, links.kind, links.lag_days, strict=True))
    for _ in range(len(duration) + 1):
        for i, j, kind, lag in rows:
            bound = start[j] - lag
            if kind in (FS, FF):
                bound -= duration[i]
            if kind in (FF, SF):
                bound += duration[j]
            start[i] = min(start[i], bound)
    return start


@settings(max_examples=150, deadline=None)
@given(networks())
def test_dates_match_the_definition(network: tuple[list[float], Links]) -> None:
    duration, links = network
    start, finish = early_dates(duration, links)
    assert start.tolist() == slow_early(duration, links)
    assert finish.tolist() == [s + d for s, d in zip(start, duration, strict=True)]
    end = float(finish.max())
    late_start, late_finish = late_dates(duration, links, end)
    assert late_start.tolist() == slow_late(duration, links, end)
    assert (late_finish - late_start).tolist() == duration


@settings(max_examples=100, deadline=None)
@given(networks())
def test_delaying_within_free_float_moves_nothing_else(network: tuple[list[float], Links]) -> None:
    duration, links = network
    start, finish = early_dates(duration, links)
    end = float(finish.max())
    slack = free_float(start, finish, links, end)
    total = total_float(start, late_dates(duration, links, end)[0])
    assert (slack >= 0.0).all()
    assert (slack <= total).all()
    assert (total.min(initial=0.0)) == 0.0
    for j in range(len(duration)):
        release = np.where(np.arange(len(duration)) == j, start[j] + slack[j], 0.0)
        moved, _ = early_dates(duration, links, release)
        others = np.arange(len(duration)) != j
        assert (moved[others] == start[others]).all()


def test_each_kind_of_link_by_hand() -> None:
    duration = [4.0, 3.0]
    for kind, expected in ((FS, 5.0), (SS, 1.0), (FF, 2.0), (SF, 0.0)):
        start, _ = early_dates(duration, link((0, 1, kind, 1.0)))
        assert start.tolist() == [0.0, expected]


def test_draws_broadcast() -> None:
    links = link((0, 1), (1, 2))
    duration = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    _, finish = early_dates(duration, links, release_day=np.array([[0.0], [10.0]]))
    assert finish[:, 2].tolist() == [6.0, 25.0]


def test_a_circle_is_named() -> None:
    links = link((0, 1), (1, 2), (2, 3), (3, 1), (3, 4))
    assert find_cycle(5, links) == (1, 2, 3)
    assert find_cycle(2, link((0, 0))) == (0,)
    with pytest.raises(ValueError, match=r"\(1, 2, 3\)"):
        topological_order(5, links)


def test_order_keeps_numbers_where_it_can() -> None:
    assert topological_order(4, link((1, 0))).tolist() == [1, 0, 2, 3]
    assert topological_order(3, link()).tolist() == [0, 1, 2]
