"""Broken factory files: each fault is found before or during the run, named, with its remedy."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from wattport.errors import SpecError, format_findings
from wattport.factory import simulate_factory
from wattport.spec import check_factory, load_factory
from wattport.spec.factory.factory_rules import FACTORY_RULES
from wattport.spec.reading.document import read
from wattport.spec.reading.override import parse_path

FOLDER = Path(__file__).parent / "broken_factories"


def written(name: str) -> Any:
    listed = read((FOLDER / name).read_text("utf-8"), name)
    assert not listed.findings
    return listed.data


CASES = written("cases.yaml")
REFUSED = [pytest.param(c, id=c["name"].replace(" ", "-")) for c in CASES if "expect" in c]
STUCK = [pytest.param(c, id=c["name"].replace(" ", "-")) for c in CASES if "fails" in c]


def broken(case: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = copy.deepcopy(written("sound.yaml"))
    for dotted, value in case["set"].items():
        path = parse_path(dotted) or (dotted,)
        holder: Any = data
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = value
    return data


def test_the_factory_that_is_broken_is_sound() -> None:
    assert check_factory(written("sound.yaml")) == ()
    answer = simulate_factory(load_factory(written("sound.yaml")), draws=2)
    assert not any(reason.is_fatal for reason in answer.reasons)


@pytest.mark.parametrize("case", REFUSED)
def test_a_broken_factory_is_refused_with_path_and_remedy(case: dict[str, Any]) -> None:
    given = broken(case)
    findings = check_factory(given)
    found = Counter(f"{f.code} {f.path}" for f in findings if f.severity == "error")
    assert found == Counter(case["expect"]), format_findings(findings)
    assert all(f.remedy and f.message for f in findings)
    told = "\n".join(f"{f.message} {f.remedy}" for f in findings)
    assert all(words in told for words in case["says"]), told
    with pytest.raises(SpecError):
        load_factory(given)


@pytest.mark.parametrize("case", STUCK)
def test_a_factory_that_stands_still_names_parts_and_stations(case: dict[str, Any]) -> None:
    answer = simulate_factory(load_factory(broken(case)), draws=2)
    fatal = [reason for reason in answer.reasons if reason.is_fatal]
    assert [reason.code for reason in fatal] == [case["fails"]]
    assert all(words in fatal[0].message for words in case["says"]), fatal[0].message


def test_every_rule_is_broken_by_a_case() -> None:
    """A rule that no case breaks may never have worked."""
    codes = {code.split()[0] for case in CASES for code in case.get("expect", ())}
    assert {rule.code for rule in FACTORY_RULES} <= codes
