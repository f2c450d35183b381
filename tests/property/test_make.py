"""What must hold in any factory: nothing is lost, no place is overfull, nothing leaves early."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from random_factory import random_factory
from random_shop import random_shop

from wattport.factory.engine.line_records import Service
from wattport.factory.engine.simulate import (
    empty_lines,
    empty_stations,
    make_network,
    set_service,
    simulate,
)

DICE = st.integers(min_value=0, max_value=2**31)


@given(seed=DICE, is_shared=st.booleans())
@settings(max_examples=120, deadline=None, derandomize=True)
def test_parts_in_are_out_scrapped_or_inside_at_every_instant(seed: int, is_shared: bool) -> None:
    network = random_shop(seed) if is_shared else random_factory(seed)
    result = simulate(network, n_threads=1)
    n_moves = int(result.n_moves[0])
    assert n_moves <= network.n_log
    moves = result.moves[0, :n_moves]
    assert (np.diff(moves["time_h"]) >= 0.0).all()
    place: dict[int, int] = {}
    inside: Counter[int] = Counter()
    n_in = n_out = n_scrap = 0
    stations = network.stations[0]
    room = stations["n_bays"] * np.maximum(stations["n_batch"], 1) + stations["n_buffer"]
    for row, move in enumerate(moves):
        unit, origin, target = int(move["unit"]), int(move["origin"]), int(move["target"])
        assert place.get(unit, -1) == origin  # it leaves from where it was
        place[unit] = target
        n_in += origin == -1
        n_out += target == -1
        n_scrap += target == -2
        inside[origin] -= origin >= 0
        inside[target] += target >= 0
        assert n_in == n_out + n_scrap + sum(inside.values())
        # Moves of one instant may pass through each other: places are judged when it is over.
        is_last = row + 1 == n_moves or moves["time_h"][row + 1] > move["time_h"]
        if is_last:
            assert all(0 <= inside[s] <= room[s] for s in range(len(stations)))
    assert np.isfinite(result.done_h).sum() == n_out
    assert np.isfinite(result.scrapped_h).sum() == n_scrap


@given(seed=DICE)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_nothing_is_released_before_its_kit_or_its_feeder(seed: int) -> None:
    network = random_factory(seed)
    result = simulate(network, n_threads=1)
    released = result.released_h[0]
    has = np.isfinite(released)
    assert (released[has] >= network.ready_h[0][has]).all()
    if network.feed[1, 0]:
        fed = np.sort(result.done_h[0, 0])
        assert (released[1][has[1]] >= fed[: int(has[1].sum())]).all()
    done = np.isfinite(result.done_h[0])
    assert (result.done_h[0][done] > released[done]).all()


@given(seed=DICE)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_stocks_are_what_came_less_what_was_used(seed: int) -> None:
    network = random_shop(seed)
    result = simulate(network, n_threads=1)
    n_released = np.isfinite(result.released_h[0]).sum(axis=1)
    parts = network.parts[0]
    came = result.parts["n_delivered"][0] * parts["n_lot"]
    left = parts["n_stock"] + came - n_released @ network.uses
    assert (result.parts["n_stock"][0] == left).all()
    assert (left >= 0).all()
    released = result.released_h[0]
    has = np.isfinite(released)
    assert (released[has] >= network.ready_h[0][has]).all()
    for line, feeder in zip(*np.nonzero(network.feed), strict=True):
        count = int(network.feed[line, feeder])
        fed = np.sort(result.done_h[0, feeder])[count - 1 :: count]
        begun = np.sort(released[line][has[line]])
        assert (begun >= fed[: len(begun)]).all()


@given(seed=DICE, station=st.integers(0, 3), is_bay=st.booleans())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_more_places_never_delay_a_tandem_line(seed: int, station: int, is_bay: bool) -> None:
    # Fixed times keep the order of parts, the condition under which the theorem holds.
    rng = np.random.default_rng(seed)
    stations = empty_stations(1, 4)
    for s in range(4):
        set_service(stations, s, Service.DETERMINISTIC, float(rng.uniform(1.0, 4.0)), 0.0)
    stations["n_buffer"][0, 1:] = rng.integers(0, 3, size=3)
    stations["n_bays"][0] = rng.integers(1, 3, size=4)
    before = simulate(make_network(stations, empty_lines(1, 1, 60))).done_h[0, 0]
    stations["n_bays" if is_bay else "n_buffer"][0, station] += 1
    after = simulate(make_network(stations, empty_lines(1, 1, 60))).done_h[0, 0]
    assert (after <= before + 1e-9).all()
