"""YAML 1.2 rules, against what PyYAML does by default."""

from __future__ import annotations

import math
from typing import Any

import pytest
import yaml

from wattport.spec.reading.document import MAX_VALUES, read, resolve


@pytest.mark.parametrize(
    ("text", "here", "by_default"),
    [
        ("NO", "NO", False),
        ("no", "no", False),
        ("yes", "yes", True),
        ("on", "on", True),
        ("off", "off", False),
        ("1e9", 1e9, "1e9"),
        ("1e-3", 1e-3, "1e-3"),
        ("12:30", "12:30", 750),
        ("1:30:00", "1:30:00", 5400),
        ("010", 10, 8),
        ("0o10", 8, "0o10"),
        ("1_700", "1_700", 1700),
        ("0b11", "0b11", 3),
        ("=", "=", None),
    ],
)
def test_values_follow_yaml_1_2_where_pyyaml_does_not(
    text: str, here: Any, by_default: Any
) -> None:
    assert read(f"a: {text}", "f").data == {"a": here}
    if by_default is not None:
        assert yaml.safe_load(f"a: {text}") == {"a": by_default}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True), ("False", False), ("tRue", "tRue"), ("null", None), ("~", None),
        ("-7", -7), ("+7", 7), ("0x1F", 31), ("-0x1F", "-0x1F"), ("1.", 1.0), (".5", 0.5),
        ("-.5e-2", -0.005), (".", "."), ("1e", "1e"), ("2028-12-31", "2028-12-31"),
        ("99999999999999999999", 1e20), (".inf", math.inf), ("-.INF", -math.inf),
    ],
)  # fmt: skip
def test_the_core_schema(text: str, value: Any) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


def test_quoted_text_stays_text() -> None:
    document = read("a: \"12\"\nb: 'true'\nc: !!str 010\nd: |\n  7\n", "f")
    assert document.data == {"a": "12", "b": "true", "c": "010", "d": "7\n"}


def test_dates_are_left_to_date_fields() -> None:
    assert read("a: 2028-12-31", "f").data == {"a": "2028-12-31"}


def test_every_value_knows_its_line_and_column() -> None:
    document = read("site:\n  name: a\nlist:\n  - x\n  - {k: 12}\n", "f.yaml")
    assert (document.marks["site", "name"].line, document.marks["site", "name"].column) == (2, 9)
    assert (document.keys["site", "name"].line, document.keys["site", "name"].column) == (2, 3)
    assert (document.marks["list", 1, "k"].line, document.marks["list", 1, "k"].column) == (5, 9)
    assert document.marks["list", 1, "k"].excerpt == "  - {k: 12}"


def test_columns_count_characters_not_bytes() -> None:
    mark = read("é: {ü: 1}", "f").marks["é", "ü"]
    assert mark.column == 8


def test_the_position_of_a_missing_key_is_that_of_its_section() -> None:
    document = read("site:\n  name: a\n", "f")
    assert document.nearest(("site", "elevation_m")).line == 1


def test_aliases_are_copies() -> None:
    document = read("a: &x {k: [1]}\nb: *x\n", "f")
    assert document.data == {"a": {"k": [1]}, "b": {"k": [1]}}
    assert document.data["a"]["k"] is not document.data["b"]["k"]
    assert document.nearest(("b", "k", 0)).line == 2


def test_reading_goes_on_after_a_duplicate_key() -> None:
    document = read("a: {b: 1}\na: {b: 2}\nc: 3\n", "f")
    assert document.data == {"a": {"b": 1}, "c": 3}
    assert document.marks["a", "b"].line == document.keys["a", "b"].line == 1
    assert [finding.line for finding in document.findings] == [2]
    assert "line 1" in document.findings[0].message


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    lines = ["a: &a0 [" + "1, " * 100 + "]"]
    lines += [f"b{i}: &a{i + 1} [" + f"*a{i}, " * 100 + "]" for i in range(3)]
    document = read("\n".join(lines), "f")
    assert not document.is_complete
    assert str(MAX_VALUES) in document.findings[0].message
