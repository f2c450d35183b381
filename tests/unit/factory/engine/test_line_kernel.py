"""The compiled engine against its twin, and rules a person can check by hand."""

from __future__ import annotations

import numpy as np
import pytest
from line_twin import Twin
from random_factory import random_factory
from random_shop import random_shop

from wattport.factory.engine.line_records import BayState, Network, Outcome, Service
from wattport.factory.engine.simulate import (
    empty_lines,
    empty_stations,
    make_network,
    set_service,
    simulate,
)
from wattport.production.findings import describe_stuck


def fixed_line(hours: list[float], buffers: list[int], n_units: int, **extra: object) -> Network:
    stations = empty_stations(1, len(hours))
    for s, value in enumerate(hours):
        set_service(stations, s, Service.DETERMINISTIC, value, 0.0)
    stations["n_buffer"][0, 1:] = buffers
    return make_network(stations, empty_lines(1, 1, n_units))._replace(**extra)  # type: ignore[arg-type]


def assert_times_of_the_twin(network: Network) -> None:
    result = simulate(network, n_threads=1)
    for draw in range(len(network.draw_ids)):
        twin = Twin(network, draw).run()
        np.testing.assert_array_equal(result.released_h[draw], twin.released)
        np.testing.assert_array_equal(result.done_h[draw], twin.done)
        np.testing.assert_array_equal(result.scrapped_h[draw], twin.scrapped)
        np.testing.assert_array_equal(result.n_tests[draw], twin.n_tests)
        assert result.parts["n_stock"][draw].tolist() == list(twin.stock)


@pytest.mark.parametrize("seed", range(120))
def test_same_times_as_the_twin(seed: int) -> None:
    assert_times_of_the_twin(random_factory(seed, n_draws=2))


@pytest.mark.parametrize("seed", range(200))
def test_shared_stations_have_the_times_of_the_twin(seed: int) -> None:
    assert_times_of_the_twin(random_shop(seed, n_draws=2))


@pytest.mark.parametrize("seed", range(60))
def test_a_few_units_have_the_times_of_the_twin(seed: int) -> None:
    # Short enough to be played by the engine in plain Python, as `make mutate` does.
    assert_times_of_the_twin(random_factory(seed, n_units=7))
    assert_times_of_the_twin(random_shop(seed, n_units=7))


def test_result_does_not_depend_on_threads_or_on_other_draws() -> None:
    network = random_factory(5, n_draws=13)
    one, three = simulate(network, n_threads=1), simulate(network, n_threads=3)
    for name in one._fields:
        np.testing.assert_array_equal(getattr(one, name), getattr(three, name), err_msg=name)
    order = np.arange(13)[::-1]
    turned = network._replace(
        draw_ids=network.draw_ids[order].copy(),
        ready_h=network.ready_h[order].copy(),
        stations=network.stations[order].copy(),
    )
    np.testing.assert_array_equal(simulate(turned).done_h, one.done_h[order])


def test_blocking_after_service() -> None:
    # 1 h, then 3 h, no buffer: the first machine stands blocked 2 h of every 3.
    result = simulate(fixed_line([1.0, 3.0], [0], 4))
    assert result.done_h[0, 0].tolist() == [4.0, 7.0, 10.0, 13.0]
    assert result.released_h[0, 0].tolist() == [0.0, 1.0, 4.0, 7.0]
    assert result.state_h[0, 0].tolist() == [3.0, 4.0, 6.0, 0.0, 0.0]


def test_kits_hold_back_the_release() -> None:
    ready = np.array([[[0.0, 10.0, 10.0]]])
    result = simulate(fixed_line([1.0], [], 3, ready_h=ready))
    assert result.released_h[0, 0].tolist() == [0.0, 10.0, 11.0]
    assert result.asked_h[0, 0].tolist() == [0.0, 1.0, 11.0]


def test_kit_that_never_comes_is_named() -> None:
    ready = np.array([[[0.0, np.inf]]])
    result = simulate(fixed_line([1.0], [], 2, ready_h=ready))
    assert result.outcome[0] == Outcome.NO_KIT
    assert np.isnan(result.done_h[0, 0, 1])


def test_deadlock_shows_parts_and_stations() -> None:
    # Every part fails the test at station 1 and goes back to a full station 0.
    network = fixed_line([1.0, 1.0], [0], 5)
    network.stations["fail_station"][:, 1] = 0
    network.stations["fail_frac"][:, 1] = 1.0
    result = simulate(network)
    assert result.outcome[0] == Outcome.DEADLOCK
    bays = result.bays[0]
    assert bays["station"].tolist() == [0, 1]
    assert bays["target"].tolist() == [1, 0]
    assert bays["unit"].tolist() == [1, 0]
    text = describe_stuck(("weld", "paint"), network, result, 0)
    assert text == "unit 2 in weld waits for paint; unit 1 in paint waits for weld"


def test_states_add_up_to_the_time_of_all_bays() -> None:
    network = random_factory(11)
    result = simulate(network)
    always = network.stations["calendar"][0] < 0
    assert always.any()
    for s in np.flatnonzero(always):
        line = network.stations["line"][0, s]
        last = np.nanmax([result.done_h[0, line], result.scrapped_h[0, line]])
        if result.outcome[0] != Outcome.FINISHED:
            last = result.end_h[0]
        span = last - network.lines["from_h"][0, line]
        assert result.state_h[0, s].sum() == pytest.approx(span * network.stations["n_bays"][0, s])


def test_states_of_the_records_match_the_enumeration() -> None:
    from wattport.factory.engine import bay_kernel

    for state in BayState:
        assert getattr(bay_kernel, state.name) == state


def test_a_ring_is_named_while_other_lines_go_on() -> None:
    # The parts of the first line block each other; the second one works to the end.
    stations = empty_stations(1, 3)
    for s in range(3):
        set_service(stations, s, Service.DETERMINISTIC, 1.0, 0.0)
    stations["next_station"] = [[1, -1, -1]]
    stations["line"] = [[0, 0, 1]]
    stations["fail_station"][:, 1], stations["fail_frac"][:, 1] = 0, 1.0
    lines = empty_lines(1, 2, 1000)
    lines["first_station"] = [[0, 2]]
    for until_h, outcome in ((1.5, Outcome.UNTIL), (50.0, Outcome.DEADLOCK)):
        result = simulate(make_network(stations, lines)._replace(until_h=until_h))
        assert result.outcome[0] == outcome
    assert np.isfinite(result.done_h[0, 1]).sum() == 50
