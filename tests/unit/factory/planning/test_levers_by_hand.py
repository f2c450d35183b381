"""Levers of a factory and what a plan makes of them, by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from small_works import one_station

from wattport.factory.planning.descent import is_enough
from wattport.factory.planning.levers import least_of, levers_of
from wattport.factory.planning.rate_curve import _moves
from wattport.pipeline.factory import scenario_factory
from wattport.spec import load_factory


def two_crews() -> dict[str, Any]:
    """A crew of two makes a part, and one of them packs it."""
    given = one_station()
    pack = {"name": "pack", "station": "bench", "cycle_h": 1,
            "crew": [{"skill": "fitter", "n_people": 1}]}  # fmt: skip
    given["products"][0]["operations"].append(pack)
    return given


def test_the_largest_crew_must_be_there() -> None:
    assert least_of(load_factory(two_crews())).n_first == (2,)


def test_people_of_a_curve_are_those_of_all_shifts() -> None:
    loaded = load_factory(two_crews())
    levers = replace(levers_of(loaded), n_shifts=(3,), n_first=(4,), n_later=(3,))
    rows = {moved: value for kind, _, value, moved in _moves(levers, (3,), loaded)
            if kind == "staff"}  # fmt: skip
    assert rows[levers] == 4.0 + 2 * 3.0


@dataclass
class Judged:
    sure_per_year: float


class Evaluator:
    """Few futures say that a change gains five; all of them, what is asked to be sure."""

    def __init__(self, sure_per_year: float) -> None:
        self.sure_per_year = sure_per_year

    def gain(self, levers: str, than: str) -> float:
        return 5.0

    def evaluate(self, levers: str) -> Judged:
        return Judged(98.0 if levers == "than" else self.sure_per_year)


@pytest.mark.parametrize(("sure_per_year", "enough"), [(101.0, True), (99.0, False)])
def test_a_few_futures_are_a_hint_and_no_proof(sure_per_year: float, enough: bool) -> None:
    judge = Evaluator(sure_per_year)
    assert is_enough("moved", "than", 100.0, judge) is enough  # type: ignore[arg-type]
    # What few futures find too little is not played in all.
    assert not is_enough("moved", "than", 110.0, Evaluator(200.0))  # type: ignore[arg-type]


def test_a_bay_costs_its_share_of_the_plant_as_an_annuity() -> None:
    """5 MEUR over the plant's bays, repaid in fifteen equal payments at 8 %."""
    factory = scenario_factory("small_20mw", draws=1)
    plant = factory.plants[1]
    n_bays = sum(station.n_bays for station in plant.stations)
    payment = 1.0 / sum(1.08**-year for year in range(1, 16))
    for station in plant.stations:
        assert float(station.bay_eur_per_year) == pytest.approx(5e6 / n_bays * payment)
