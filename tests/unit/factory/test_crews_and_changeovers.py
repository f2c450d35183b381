"""People with several skills and setups by what was before, on floors a person can follow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from factory_lines import line

from wattport.calendar.epoch import HOURS_PER_YEAR
from wattport.factory import simulate_factory
from wattport.factory.bound import rate_bound
from wattport.factory.layout import lay_out
from wattport.factory.play import play
from wattport.spec import check_factory, load_factory

File = dict[str, Any]


def two_desks(n_wirer: int, n_fitter: int, also: list[str]) -> File:
    """Two products of one hour each, one for wirers, one for fitters."""
    given = line([1.0, 1.0], [0])
    plant, product = given["plants"][0], given["products"][0]
    plant["stations"][1]["n_buffer"] = 0
    plant["skills"] = [
        {"name": "wirer", "n_people": n_wirer},
        {"name": "fitter", "n_people": n_fitter, "also": also},
    ]
    steps = product["operations"]
    for step, skill in zip(steps, ("wirer", "fitter"), strict=True):
        step |= {"cycle_shape": "lognormal", "crew": [{"skill": skill, "n_people": 1}]}
    given["products"] = [
        {"name": step["name"], "operations": [step], "need_units_per_year": 1.0} for step in steps
    ]
    return given


def test_people_of_a_further_skill_step_in() -> None:
    given = two_desks(0, 1, ["wirer"])
    given["orders"] = [
        {"product": "op m1", "n_units": 2, "due": "2026-01-02"},
        {"product": "op m2", "n_units": 2, "due": "2026-01-03"},
    ]
    lines = play(lay_out(load_factory(given).draw(1))).lines
    # One person for both desks, the first of two equal ones first: one part an hour.
    assert np.sort(lines.done_h[0][np.isfinite(lines.done_h[0])]).tolist() == [1.0, 2.0, 3.0, 4.0]


def test_the_people_of_the_skill_are_asked_first() -> None:
    given = two_desks(1, 1, ["wirer"])
    given["orders"] = [
        {"product": "op m1", "n_units": 3, "due": "2026-01-02"},
        {"product": "op m2", "n_units": 3, "due": "2026-01-03"},
    ]
    lines = play(lay_out(load_factory(given).draw(1))).lines
    assert lines.done_h[0, 0, :3].tolist() == lines.done_h[0, 1, :3].tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("wirers", "fitters", "also", "rate"),
    [(1, 1, [], 2.0), (0, 1, ["wirer"], 1.0), (1, 2, ["wirer"], 2.0), (0, 2, ["wirer"], 2.0)],
)
def test_the_bound_counts_who_steps_in(
    wirers: int, fitters: int, also: list[str], rate: float
) -> None:
    factory = load_factory(two_desks(wirers, fitters, also)).draw(1)
    bound = rate_bound(factory, lay_out(factory).hours)
    assert bound.sold_rate_per_year == pytest.approx(rate * HOURS_PER_YEAR)


def test_a_line_gains_from_people_with_both_skills() -> None:
    rates = []
    for also in ([], ["wirer"]):
        given = line([1.0, 1.0], [6])
        plant, product = given["plants"][0], given["products"][0]
        plant["skills"] = [
            {"name": "wirer", "n_people": 1},
            {"name": "fitter", "n_people": 2, "also": also},
        ]
        for station in plant["stations"]:
            station["n_bays"] = 2
        for step, skill in zip(product["operations"], ("wirer", "fitter"), strict=True):
            step["crew"] = [{"skill": skill, "n_people": 1}]
        given["measure"] = {"n_weeks": 60.0}
        answer = simulate_factory(load_factory(given), draws=4).products[0]
        rates.append(answer.rate_per_year.mean / HOURS_PER_YEAR)
        assert answer.bound_per_year == pytest.approx((1.5 if also else 1.0) * HOURS_PER_YEAR)
    assert rates[0] == pytest.approx(1.0, abs=0.03)
    assert 1.3 < rates[1] < 1.5


def coloured(changeovers: list[dict[str, Any]]) -> list[float]:
    """Give the times at which white, white, black, white parts leave one spray booth."""
    given = line([1.0], [])
    station, product = given["plants"][0]["stations"][0], given["products"][0]
    station["n_buffer"] = 0
    station["changeovers"] = changeovers
    step = product["operations"][0] | {"cycle_shape": "lognormal", "setup_h": 0.25}
    given["products"] = [
        {"name": name, "operations": [{**step, "family": name}]} for name in ("white", "black")
    ]
    dues = [("white", 2, "2026-01-02"), ("black", 1, "2026-01-03"), ("white", 1, "2026-01-04")]
    given["orders"] = [{"product": name, "n_units": n, "due": due} for name, n, due in dues]
    done = play(lay_out(load_factory(given).draw(1))).lines.done_h[0]
    return [float(hour) for hour in np.sort(done[np.isfinite(done)])]


def test_a_setup_depends_on_what_was_before() -> None:
    assert coloured([]) == [1.25, 2.25, 3.5, 4.75]
    clean = {"from_family": "black", "to_family": "white", "setup_h": 2.0}
    free = {"from_family": "white", "to_family": "black", "setup_h": 0.0}
    assert coloured([clean, free]) == [1.25, 2.25, 3.25, 6.25]


def test_wrong_skills_and_changeovers_are_named() -> None:
    given = two_desks(1, 1, ["wire"])
    given["plants"][0]["stations"][0]["changeovers"] = [
        {"from_family": "op m1", "to_family": "blue", "setup_h": 1.0},
        {"from_family": "op m1", "to_family": "op m1", "setup_h": 1.0},
    ]
    found = {f.path: f for f in check_factory(given)}
    assert "plants[0].skills[1].also[0]" in found
    assert "wirer" in found["plants[0].skills[1].also[0]"].remedy
    assert "blue" in found["plants[0].stations[0].changeovers[0].to_family"].message
    assert "plants[0].stations[0].changeovers[1].to_family" in found


def test_one_person_does_not_count_for_two_skills_at_once() -> None:
    given = two_desks(0, 1, ["wirer"])
    given["products"][0]["operations"][0]["crew"] = [
        {"skill": "wirer", "n_people": 1}, {"skill": "fitter", "n_people": 1}
    ]  # fmt: skip
    (finding,) = check_factory(given)
    assert finding.path == "products[0].operations[0].crew"
    assert "2 people at once" in finding.message
