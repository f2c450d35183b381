"""Every number of every file has its limits: in the table, in the schema and at the door."""

from __future__ import annotations

import copy
import json
import math
import re
import runpy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from wattport.errors import Code
from wattport.schedule.risk_register import RiskRegister
from wattport.spec import check, check_factory, json_schema, load, load_factory, scenario_names
from wattport.spec.campus.spec import Spec
from wattport.spec.factory.factory import Factory
from wattport.spec.limits import Limit, limits
from wattport.spec.loading import scenario_text
from wattport.spec.reading.document import read
from wattport.spec.reading.section import Section, numbers, path_text

REPO = Path(__file__).parents[3]
FILES = {Spec: ("dunkerque", check), Factory: ("factory_modules", check_factory)}


@pytest.mark.parametrize("model", [Spec, Factory, RiskRegister])
def test_every_number_has_limits_and_says_why(model: type[Section]) -> None:
    rows = limits(model)
    assert len({row.path for row in rows}) == len(rows)
    bare = [row.path for row in rows if row.least is None or row.most is None or not row.why]
    assert not bare
    assert all(row.least < row.most for row in rows)
    finite = [end for row in rows for end in (row.least, row.most) if not isinstance(end, date)]
    assert all(math.isfinite(end) for end in finite)


@pytest.mark.parametrize("name", [*scenario_names(), "factory_modules"])
def test_the_table_misses_no_number_of_a_shipped_file(name: str) -> None:
    model = Factory if name.startswith("factory") else Spec
    spec = load_factory(name) if model is Factory else load(name)
    known = {row.path for row in limits(model)}
    found = {re.sub(r"\[\d+\]", "[]", path_text(path)) for path, _ in numbers(spec)}
    assert len(found) > 40
    assert found <= known


def test_the_page_is_the_table() -> None:
    tool = REPO / "tools" / "limits_page.py"
    assert (REPO / "docs" / "limits.md").read_text("utf-8") == runpy.run_path(str(tool))["page"]()


def test_the_schema_knows_both_limits_of_every_number() -> None:
    kinds = {k: v for k, v in json_schema()["$defs"].items() if k.startswith(("number", "integer"))}
    assert len(kinds) > 60
    for kind in kinds.values():
        ends = re.findall(r'"(minimum|maximum)":', json.dumps(kind))
        assert {"minimum", "maximum"} <= set(ends)


def put(data: Any, path: str, value: Any) -> None:
    """Set a value, opening what is not there; the first item stands for a list."""
    steps = [*re.findall(r"\w+|\[\]|\*", path)]
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        key: Any = 0 if step == "[]" else "supply" if step == "*" else step
        is_list = isinstance(data, list)
        inner: Any = [] if following == "[]" else {}
        present = data[key] if (len(data) > 0 if is_list else key in data) else inner
        if following is None:
            present = value
        elif isinstance(present, str):
            present = {"activity": present}  # a predecessor by its bare name
        elif not isinstance(present, type(inner)):
            present = inner
        if is_list and not data:
            data.append(present)
        data[key] = present
        data = present


def beyond(row: Limit, side: int) -> Any:
    """A hair outside the limits."""
    end: Any = (row.least, row.most)[side]
    if isinstance(end, date):
        return (end + timedelta(days=1 if side else -1)).isoformat()
    is_count = row.path.split(".")[-1].startswith("n_") and end == int(end)
    hair = 1 if is_count else 1e-9 * max(abs(end), 1e-3)
    return end + hair if side else end - hair


def whole_or_not(end: Any) -> Any:
    return end.isoformat() if isinstance(end, date) else end


@pytest.mark.parametrize("model", FILES)
@pytest.mark.parametrize("side", [0, 1])
def test_the_door_is_as_wide_as_the_table_and_no_wider(model: type[Section], side: int) -> None:
    name, examine = FILES[model]
    plain = read(scenario_text(name), name).data
    rows = limits(model)
    at, outside = copy.deepcopy(plain), copy.deepcopy(plain)
    for row in rows:
        put(at, row.path, whole_or_not((row.least, row.most)[side]))
        put(outside, row.path, beyond(row, side))
    told = {row_of(f.path) for f in examine(at) if f.code == Code.OUT_OF_RANGE}
    assert not told & {row.path for row in rows}
    refused = {
        row_of(f.path) for f in examine(outside)
        if f.code in (Code.OUT_OF_RANGE, Code.NOT_WHOLE)
    }  # fmt: skip
    assert {row.path for row in rows} <= refused


def row_of(path: str) -> str:
    """Path of the row that a finding is about."""
    return re.sub(r"\[\d+\]", "[]", path).replace("groups.supply", "groups.*")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e308, 2**63, 2**200, "1e400 MW"])
def test_no_number_is_beyond_all_measure(value: object) -> None:
    data = read(scenario_text("dunkerque"), "dunkerque").data
    for row in limits(Spec):
        put(data, row.path, value)
    told = {row_of(f.path) for f in check(data)}
    assert {row.path for row in limits(Spec)} <= told


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("{value: 500, low: 0, high: 520.1}", Code.OUT_OF_RANGE),
        ("{value: 500, low: 400, high: 519, shape: normal}", Code.TAIL),
        ("{value: 300, low: 100, high: 500, shape: lognormal}", Code.TAIL),
        ("{value: 500, choices: [500, 521]}", Code.OUT_OF_RANGE),
        ("{value: 519, low: 400, high: 520}", None),
    ],
)
def test_ranges_and_tails_keep_to_the_limits(written: str, code: Code | None) -> None:
    path = "programme.hv_transformer_lead_weeks"
    found = [f for f in check("dunkerque", f"{path}={written}") if f.path.startswith(path)]
    assert [f.code for f in found] == ([] if code is None else [code])
    assert all("0 to 520 week" in f.allowed and f.line for f in found)
