"""Attacks of one number each: every number of a shipped file, set to an end of its range."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from attack.assault import Attack, Words
from attack.forms import SMALL
from wattport.spec import factory_names, load, load_factory
from wattport.spec.limits import End, limits
from wattport.spec.reading.section import Section, path_text
from wattport.spec.reading.uncertain import Uncertain

SCENARIOS = (SMALL, "dunkerque")
RATES = ("0.001", "1", "999999")  # --rate takes what lies between 0 and a million a year
_DRAWS = "3"


def edges(name: str) -> tuple[str, ...]:
    """
    Give the overrides of a shipped file that set one number or date to an end of its range.

    Each number that the file holds is there, those left at their defaults too.
    """
    file = load_factory(name) if name in factory_names() else load(name)
    ends = {row.path: (row.least, row.most) for row in limits(type(file))}
    return tuple(
        f"{path_text(path)}={_written(end)}"
        for path in _leaves(file, ())
        for end in ends[_row(path_text(path))]
    )


def plays(name: str) -> tuple[Attack, ...]:
    """Give the plays of a scenario, each with one number at an end."""
    return tuple(
        _attack("play", name, "--set", edge, "-q", "--draws", _DRAWS, "--out", "new")
        for edge in edges(name)
    )


def factories() -> tuple[Attack, ...]:
    """Give the simulations and plans of shipped factories, each with one number at an end."""
    found = []
    for name in factory_names():
        for edge in edges(name):
            found.append(_attack("make", name, "--set", edge, "--draws", _DRAWS))
            found.append(_attack("make", name, "--set", edge, "--rate", "40", "--draws", _DRAWS))
        found += [_attack("make", name, "--rate", rate, "--draws", _DRAWS) for rate in RATES]
    return tuple(found)


def _attack(*words: str) -> Attack:
    given: Words = (*words, "--json")
    return Attack(0, "edge", ("one number at an end of its range",), {}, given)


def _leaves(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Walk to every number and date."""
    if isinstance(value, Section):
        for name in type(value).model_fields:
            yield from _leaves(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, int | float | date | Uncertain) and not isinstance(value, bool):
        yield path


def _row(path: str) -> str:
    """Path of the row of limits that holds for a number."""
    return re.sub(r"groups\.\w+", "groups.*", re.sub(r"\[\d+\]", "[]", path))


def _written(end: End) -> str:
    if end is None or isinstance(end, date):
        return "" if end is None else end.isoformat()
    return str(int(end)) if end == int(end) else repr(end)
