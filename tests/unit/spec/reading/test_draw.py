"""Draws: prefix stability, independence, correlation, slices."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy import stats

from wattport.spec import Spec, load, uncertain_inputs
from wattport.spec.reading.draw import draw_numbers
from wattport.spec.reading.quantity import Longitude as Number
from wattport.spec.reading.section import Section

N = 20_000


@pytest.fixture(scope="module")
def spec() -> Spec:
    return load("dunkerque")


class Pair(Section):
    a_mw: Number
    b_mw: Number
    c_mw: Number


def pair(**more: object) -> Pair:
    number = {"value": 5, "low": 2, "high": 9}
    return Pair(**{key: number | more.get(key, {}) for key in ("a_mw", "b_mw", "c_mw")})


def test_every_number_becomes_an_array(spec: Spec) -> None:
    drawn = spec.draw(7, 3)
    assert drawn.grid.connection_mw.shape == (7,)
    assert drawn.grid.voltage_kv.tolist() == [400.0] * 7
    assert drawn.grid.tranches[0].power_mw.dtype == np.float64
    assert isinstance(drawn.plants.modules.shifts, int)
    assert (drawn.n_draws, drawn.seed, drawn.draw_ids.tolist()) == (7, 3, list(range(7)))
    assert drawn.provenance == spec.provenance


def test_one_draw_is_the_central_values(spec: Spec) -> None:
    drawn = spec.draw(1, 99)
    assert drawn.grid.connection_mw.tolist() == [1700.0]
    assert drawn.grid.tranches[1].delay_weeks.tolist() == [0.0]


def test_a_draw_does_not_depend_on_how_many_there_are(spec: Spec) -> None:
    few, many = uncertain_inputs(spec.draw(10, 7)), uncertain_inputs(spec.draw(500, 7))
    assert few.keys() == many.keys()
    for path, values in few.items():
        assert values.tobytes() == many[path][:10].tobytes()


def test_a_draw_does_not_depend_on_other_numbers(spec: Spec) -> None:
    other = load("dunkerque", "site.elevation_m={value: 5, low: 1, high: 9}")
    mine, theirs = uncertain_inputs(spec.draw(50, 7)), uncertain_inputs(other.draw(50, 7))
    assert theirs.keys() - mine.keys() == {"site.elevation_m"}
    for path, values in mine.items():
        assert values.tobytes() == theirs[path].tobytes()


def test_another_seed_gives_other_draws(spec: Spec) -> None:
    one, two = spec.draw(50, 7).grid.connection_mw, spec.draw(50, 8).grid.connection_mw
    assert not np.isclose(one, two).any()


def test_numbers_are_independent_without_a_group() -> None:
    drawn = draw_numbers(pair(), {}, N, 1)
    assert abs(stats.spearmanr(drawn.a_mw, drawn.b_mw).statistic) < 0.03


def test_draws_follow_the_distribution_in_and_out_of_a_group() -> None:
    drawn = draw_numbers(pair(a_mw={"group": "g"}), {"g": 0.7}, N, 1)
    oracle = stats.triang(c=3 / 7, loc=2.0, scale=7.0).cdf
    assert stats.kstest(drawn.a_mw, oracle).statistic < 0.015
    assert stats.kstest(drawn.b_mw, oracle).statistic < 0.015


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6, 0.95, 1.0])
def test_a_group_correlates_by_ranks_as_the_copula_says(rho: float) -> None:
    drawn = draw_numbers(pair(a_mw={"group": "g"}, b_mw={"group": "g"}), {"g": rho}, N, 1)
    expected = 6 / np.pi * np.arcsin(rho / 2)
    assert stats.spearmanr(drawn.a_mw, drawn.b_mw).statistic == pytest.approx(expected, abs=0.025)
    assert abs(stats.spearmanr(drawn.a_mw, drawn.c_mw).statistic) < 0.03


def test_a_minus_moves_against_the_group() -> None:
    drawn = draw_numbers(pair(a_mw={"group": "g"}, b_mw={"group": "-g"}), {"g": 0.8}, N, 1)
    expected = -6 / np.pi * np.arcsin(0.8 / 2)
    assert stats.spearmanr(drawn.a_mw, drawn.b_mw).statistic == pytest.approx(expected, abs=0.025)


def test_a_slice_keeps_values_and_ids(spec: Spec) -> None:
    drawn = spec.draw(20, 7)
    part = drawn.slice(5, 9)
    assert part.draw_ids.tolist() == [5, 6, 7, 8]
    assert (part.n_draws, part.seed) == (4, 7)
    assert part.grid.connection_mw.tobytes() == drawn.grid.connection_mw[5:9].tobytes()
    again = part.slice(1, 3)
    assert again.draw_ids.tolist() == [6, 7]


def test_a_drawn_spec_travels_to_a_worker(spec: Spec) -> None:
    part = spec.draw(20, 7).slice(5, 9)
    back = pickle.loads(pickle.dumps(part))
    assert back.draw_ids.tolist() == [5, 6, 7, 8]
    assert back.grid.connection_mw.tobytes() == part.grid.connection_mw.tobytes()
    assert back.provenance == spec.provenance


def test_a_drawn_spec_is_drawn_anew_from_its_origin(spec: Spec) -> None:
    once, twice = spec.draw(5, 1), spec.draw(9, 2).draw(5, 1)
    assert once.grid.connection_mw.tobytes() == twice.grid.connection_mw.tobytes()


def test_what_needs_draws_says_so(spec: Spec) -> None:
    with pytest.raises(ValueError, match="not drawn"):
        _ = spec.n_draws
    with pytest.raises(ValueError, match="not drawn"):
        uncertain_inputs(spec)
    with pytest.raises(ValueError, match="n >= 1"):
        spec.draw(0, 1)
