"""Bays and people by hours against closed forms and against every smaller factory."""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import product as combinations
from typing import Any

import numpy as np
import pytest
from small_works import WORKS, one_station

from wattport.factory.bound import mix_of, rate_bound
from wattport.factory.hours import hours_of
from wattport.factory.planning.hours_bound import Programme, programme
from wattport.factory.planning.levers import (
    Levers,
    at_full_pace,
    least_of,
    levers_of,
    prices_of,
    with_levers,
)
from wattport.spec import load_factory
from wattport.spec.factory.factory import Factory


def asked(given: dict[str, Any], n_shifts: int = 1) -> tuple[Factory, Programme]:
    loaded = load_factory(given)
    central = loaded.draw(1, 7)
    share = mix_of(central)
    base = at_full_pace(loaded, share, 100.0)
    levers = replace(levers_of(base), n_shifts=(n_shifts,))
    drawn = with_levers(base, levers).draw(1, 7)
    return base, programme(drawn, levers, share, prices_of(central))


def test_one_station_needs_its_hours() -> None:
    # 2,000 h a year of 8 h each: 250 units on a bay with a crew of two.
    _, question = asked(one_station())
    worked_h = float(hours_of(load_factory(one_station()).draw(1, 7)).worked_h_per_year[0])
    for rate in (100.0, 249.0, 260.0, 740.0):
        n_bays = int(np.ceil(rate * 8.0 / worked_h))
        n_people = max(2, int(np.ceil(2.0 * rate * 8.0 / worked_h)))
        found = question.least_cost(rate)
        assert found is not None
        assert found.levers.n_bays == (n_bays,)
        assert found.levers.n_first == (n_people,)
        cost = 10_000.0 * n_bays + 50_000.0 * n_people
        assert found.bound_eur_per_year == pytest.approx(cost, rel=2e-3)


def test_failing_bays_need_more_of_them() -> None:
    _, question = asked(one_station(mtbf_h=10.0, mttr_h=10.0))
    found = question.least_cost(240.0)
    assert found is not None
    assert found.levers.n_bays == (2,)


@pytest.mark.parametrize("rate", [90.0, 150.0])
@pytest.mark.parametrize("also", [[], ["tester"]])
def test_no_smaller_factory_makes_the_rate_by_the_bound_of_the_simulator(
    also: list[str], rate: float
) -> None:
    given = copy.deepcopy(WORKS)
    given["plants"][0]["skills"][0]["also"] = also
    base, question = asked(given)
    found = question.least_cost(rate)
    assert found is not None
    prices = prices_of(base.draw(1, 7))
    least = least_of(base)
    best = np.inf
    for bays in combinations(range(1, 4), range(1, 6), range(1, 3)):
        for first in combinations(range(least.n_first[0], 9), range(0 if also else 1, 4)):
            levers = replace(question.levers, n_bays=bays, n_first=first)
            cost = prices.staff_eur(levers) + prices.bays_eur(levers)
            if cost >= best:
                continue
            drawn = with_levers(base, levers).draw(1, 7)
            if rate_bound(drawn, hours_of(drawn)).sold_rate_per_year >= rate - 1e-6:
                best = cost
    reached = prices.staff_eur(found.levers) + prices.bays_eur(found.levers)
    assert reached == pytest.approx(best, rel=1e-3)
    assert found.bound_eur_per_year <= best + 1e-6


def test_more_shifts_never_need_more_bays_and_a_higher_rate_never_costs_less() -> None:
    before = 0.0
    for rate in (60.0, 120.0, 180.0, 400.0):
        day = asked(WORKS, 1)[1].least_cost(rate)
        night = asked(WORKS, 2)[1].least_cost(rate)
        assert day is not None
        assert night is not None
        assert sum(night.levers.n_bays) <= sum(day.levers.n_bays)
        assert day.bound_eur_per_year >= before
        before = day.bound_eur_per_year


def test_of_a_skill_come_later_none_or_a_crew() -> None:
    found = asked(one_station(), 2)[1].least_cost(700.0)
    assert found is not None
    assert found.levers.n_later[0] != 1


def test_limits_hold_and_bound_the_rate() -> None:
    given = one_station()
    given["plants"][0]["n_bays_most"] = 2
    question = asked(given)[1]
    assert question.least_cost(700.0) is None
    worked_h = float(hours_of(load_factory(given).draw(1, 7)).worked_h_per_year[0])
    assert question.highest_rate() == pytest.approx(2.0 * worked_h / 8.0, rel=1e-3)
    assert asked(one_station())[1].highest_rate() == np.inf


def test_levers_written_are_levers_read() -> None:
    for counts in (False, True):
        given = copy.deepcopy(WORKS) | {"counts_part_in_service": counts}
        loaded = load_factory(given)
        levers = Levers((2,), (2, 3, 1), (0, 4, 1), (7, 2), (3, 1), (0, 0))
        assert levers_of(with_levers(loaded, levers)) == levers
