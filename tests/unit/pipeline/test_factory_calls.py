"""The public calls about a factory: by name, by file, by content and as loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from small_works import WORKS

import wattport
from wattport.errors import SpecError, WattportError
from wattport.pipeline.factory import scenario_factory


def test_a_factory_is_simulated_alike_however_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "works.yaml"
    path.write_text(yaml.safe_dump(WORKS), "utf-8")
    answers = [
        wattport.simulate_factory(source, draws=3)
        for source in (path, str(path), WORKS, wattport.load_factory(WORKS))
    ]
    assert all(answer == answers[0] for answer in answers)


def test_overrides_are_settings_on_top_of_a_source() -> None:
    two = "plants[0].n_shifts=2"
    by_name = wattport.simulate_factory(WORKS, two, draws=2)
    assert by_name == wattport.simulate_factory(wattport.load_factory(WORKS, two), draws=2)
    assert by_name != wattport.simulate_factory(WORKS, draws=2)


def test_a_factory_is_planned_alike_however_it_is_given() -> None:
    plan = wattport.plan_factory(WORKS, 150.0, draws=2)
    assert plan == wattport.plan_factory(wattport.load_factory(WORKS), 150.0, draws=2)


def test_what_is_no_factory_and_no_plant_is_refused() -> None:
    with pytest.raises(SpecError):
        wattport.simulate_factory({"name": "nothing"})
    with pytest.raises(WattportError, match="no such plant"):
        scenario_factory("small_20mw", plant="bakery")


def test_a_scenario_has_as_many_futures_as_it_was_written_with() -> None:
    factory = scenario_factory("small_20mw", plant="enclosures", draws=2)
    assert wattport.simulate_factory(factory, draws=2).n_draws == 2
    with pytest.raises(ValueError, match="given draws"):
        scenario_factory("dunkerque", plant="modules", draws=2).draw(3, 7)
