"""
Every number of the shipped files at each end of its range: refused, infeasible or played.

All are read; a sample, spread evenly, is played.
"""

from __future__ import annotations

import pytest

from attack.assault import Attack
from attack.edges import SCENARIOS, edges, factories, plays
from attack.judge import faults
from wattport.errors import SpecError
from wattport.spec import load

_PARTS = 8
_EVERY = {"small_20mw": 25, "dunkerque": 75}


@pytest.mark.parametrize("part", range(_PARTS))
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_number_at_its_end_is_read_or_refused_in_words(name: str, part: int) -> None:
    found = edges(name)
    assert len(found) > 500
    for edge in found[part::_PARTS]:
        try:
            load(name, edge)
        except SpecError as refusal:
            told = [f for f in refusal.findings if f.severity == "error"]
            assert told, edge
            assert all(f.message and f.remedy for f in told), edge


def _sample() -> list[Attack]:
    scenarios = [attack for name, step in _EVERY.items() for attack in plays(name)[7::step]]
    return [*scenarios, *factories()[20:1000:249]]


@pytest.mark.parametrize("attack", _sample(), ids=lambda attack: " ".join(attack.words[1:4]))
def test_a_plan_with_a_number_at_its_end_is_answered_in_words(attack: Attack) -> None:
    assert not faults(attack)
