"""Loading: sources, overrides, provenance, dump and hash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wattport.errors import SpecError
from wattport.spec import (
    Spec,
    Status,
    Uncertain,
    check,
    dump,
    factory_names,
    factory_schema,
    json_schema,
    load,
    scenario_names,
    spec_hash,
    template,
)
from wattport.spec.loading import scenario_text
from wattport.spec.reading.document import read
from wattport.spec.reading.provenance import (
    DEFAULT_SOURCE,
    OVERRIDE_SOURCE,
    USER_SOURCE,
    Provenance,
)


@pytest.fixture(scope="module")
def spec() -> Spec:
    return load("dunkerque")


def rows(spec: Spec) -> dict[str, Provenance]:
    return {row.path: row for row in spec.provenance}


@pytest.mark.parametrize("name", scenario_names())
def test_shipped_scenarios_load_without_a_finding(name: str) -> None:
    assert check(name) == ()


@pytest.mark.parametrize("name", scenario_names())
def test_every_number_of_a_shipped_scenario_has_source_and_status(name: str) -> None:
    bare = [
        row.path
        for row in load(name).provenance
        if row.source in ("", USER_SOURCE) or row.status is Status.USER
    ]
    assert not bare


def test_a_scenario_a_file_a_mapping_are_one(spec: Spec, tmp_path: Path) -> None:
    file = tmp_path / "my.yaml"
    file.write_text(scenario_text("dunkerque"), "utf-8")
    data = read(scenario_text("dunkerque"), "x").data
    assert spec_hash(load(file)) == spec_hash(load(str(file))) == spec_hash(spec)
    assert spec_hash(load(data)) == spec_hash(spec)


def test_a_mapping_is_left_as_it_was() -> None:
    data = read(scenario_text("dunkerque"), "x").data
    load(data, "grid.connection_mw=1800")
    assert data == read(scenario_text("dunkerque"), "x").data


def test_a_mapping_may_hold_python_values(spec: Spec) -> None:
    import datetime as dt

    import numpy as np

    data = read(scenario_text("dunkerque"), "x").data
    data["programme"]["start"] = dt.date(2027, 3, 2)
    data["grid"]["voltage_kv"] = np.float64(380.0)
    data["campus"]["rack_generations"] = tuple(data["campus"]["rack_generations"])
    assert load(data).programme.start == dt.date(2027, 3, 2)
    assert load(data).grid.voltage_kv == 380.0


def test_bytes_marks_and_crlf_are_no_matter(tmp_path: Path, spec: Spec) -> None:
    file = tmp_path / "my.yaml"
    text = scenario_text("dunkerque").replace("\n", "\r\n")
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert spec_hash(load(file)) == spec_hash(spec)


def test_text_with_units_gives_the_same_spec(spec: Spec) -> None:
    same = load("dunkerque", 'grid.voltage_kv="400000 V"', "plants.modules.shift_h=420 min")
    assert spec_hash(same) == spec_hash(spec)


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("plants.modules.shifts=2", "plants.modules.shifts", 2),
        ('grid.connection_mw="1.2 GW"', "grid.connection_mw", 1200.0),
        ("grid.connection_mw=1.2 GW", "grid.connection_mw", 1200.0),
        ("grid.tranches[0].power_mw=200", "grid.tranches[0].power_mw", 200.0),
        ("campus.gpu_rack_frac=80 %", "campus.gpu_rack_frac", 0.8),
        ("grid.connection_mw={value: 9, low: 8, high: 10}", "grid.connection_mw",
         Uncertain(9.0, 8.0, 10.0)),
        ("uncertainty.groups.supply=0.1", "uncertainty.groups.supply", 0.1),
        ("programme.wanted_first_compute=2029-01-01", "", None),
        ("site.weather.epw=null", "", None),
    ],
)  # fmt: skip
def test_overrides(override: str, path: str, value: Any) -> None:
    small = ("grid.tranches=[{date: 2028-01-01, delay_weeks: 0}]", "campus.hall_it_mw=5")
    first = () if "tranches" in override else small
    spec = load("dunkerque", *first, override)
    at: Any = spec
    for step in path.replace("[", ".").replace("]", "").split("."):
        if path:
            at = (
                at[int(step)]
                if step.isdigit()
                else at[step]
                if isinstance(at, dict)
                else getattr(at, step)
            )
    assert not path or at == value


@pytest.mark.parametrize(
    ("override", "code"),
    [
        ("grid.connection_mw", "SPEC060"),
        ("=5", "SPEC060"),
        ("grid..x=5", "SPEC060"),
        ("grid.connection_mw=", "SPEC060"),
        ("grid.connection_mw=[1", "SPEC060"),
        ("grid.tranches[99].power_mw=5", "SPEC061"),
        ("grid.voltage_kv.value.x=5", "SPEC061"),
        ("grid.x[0]=5", "SPEC061"),
        ("grid.conection_mw=5", "SPEC012"),
        ("gird.connection_mw=5", "SPEC012"),
        ("plants.modules.shifts=2.5", "SPEC027"),
    ],
)
def test_broken_overrides_are_told_with_their_own_text(override: str, code: str) -> None:
    findings = check("dunkerque", override)
    assert code in [finding.code for finding in findings]
    told = next(finding for finding in findings if finding.code == code)
    assert (told.file, told.excerpt) == ("--set", override)
    assert told.remedy


def test_sources_are_inherited_and_overruled(spec: Spec) -> None:
    known = rows(spec)
    own = known["grid.voltage_kv"]
    assert (own.status, own.unit, own.file) == (Status.PUBLISHED, "kV", "dunkerque.yaml")
    assert "voltage_kv" in scenario_text("dunkerque").splitlines()[own.line - 1]
    assert known["finance.facility_split.shell_frac"].status is Status.PUBLISHED
    assert known["grid.ramp_limit_mw_per_min"].status is Status.GUESS
    uncertain = known["grid.connection_mw"]
    assert (uncertain.value, uncertain.low, uncertain.high) == (1700.0, 700.0, 2400.0)
    assert uncertain.shape == "triangular"


def test_an_override_answers_for_itself() -> None:
    known = rows(load("dunkerque", "plants.modules.shifts=2", "grid.connection_mw.high=2500"))
    shifts, connection = known["plants.modules.shifts"], known["grid.connection_mw"]
    assert (shifts.status, shifts.source, shifts.file) == (Status.USER, OVERRIDE_SOURCE, "--set")
    assert (connection.status, connection.high) == (Status.USER, 2500.0)


def test_numbers_without_source_are_the_users(tmp_path: Path) -> None:
    text = "\n".join(
        line for line in scenario_text("dunkerque").splitlines()
        if not line.startswith(("source:", "status:"))
    )  # fmt: skip
    file = tmp_path / "my.yaml"
    file.write_text(text, "utf-8")
    row = rows(load(file))["campus.design_pue"]
    assert (row.source, row.status) == (USER_SOURCE, Status.USER)


def test_defaults_are_listed_as_guesses() -> None:
    data = read(scenario_text("dunkerque"), "x").data
    del data["campus"]["modules"]["n_transformers"]
    row = rows(load(data))["campus.modules.n_transformers"]
    assert (row.source, row.status, row.line) == (DEFAULT_SOURCE, Status.GUESS, 0)


@pytest.mark.parametrize("name", scenario_names())
def test_a_dump_loads_back_to_the_same_spec_and_sources(name: str, tmp_path: Path) -> None:
    loaded = load(name)
    file = tmp_path / "spec.yaml"
    file.write_text(dump(loaded.draw(3, 1)), "utf-8")
    again = load(file)
    assert spec_hash(again) == spec_hash(loaded)
    assert again == loaded or spec_hash(again) == spec_hash(loaded)
    for one, two in zip(loaded.provenance, again.provenance, strict=True):
        assert (one.path, one.value, one.low, one.high, one.shape, one.unit) == (
            two.path, two.value, two.low, two.high, two.shape, two.unit
        )  # fmt: skip
        assert (one.source, one.status, one.note) == (two.source, two.status, two.note)


def test_the_hash_sees_values_and_not_words(spec: Spec) -> None:
    noted = load("dunkerque", 'grid.voltage_kv={value: 400, note: "as told"}')
    assert spec_hash(noted) == spec_hash(spec)
    assert spec_hash(load("dunkerque", "grid.voltage_kv=401")) != spec_hash(spec)
    assert spec_hash(load("dunkerque", "uncertainty.groups.money=0.51")) != spec_hash(spec)
    assert spec_hash(spec.draw(4, 1)) == spec_hash(spec)


def test_the_template_passes_every_check(tmp_path: Path) -> None:
    file = tmp_path / "my.yaml"
    file.write_text(template(), "utf-8")
    assert check(file) == ()


def test_an_error_lists_all_findings() -> None:
    with pytest.raises(SpecError) as caught:
        load("dunkerque", "grid.zz=1", "site.yy=2")
    assert len(caught.value.findings) == 2
    assert str(caught.value).count("error[SPEC012]") == 2


def test_a_spec_is_frozen(spec: Spec) -> None:
    with pytest.raises(ValueError, match="frozen"):
        spec.grid.voltage_kv = 3.0  # type: ignore[assignment, misc]


# A validator of the few JSON Schema keywords used, enough to hold the schema to the scenarios.


def accepts(schema: dict[str, Any], value: Any, root: dict[str, Any]) -> bool:
    if "$ref" in schema:
        return accepts(root["$defs"][schema["$ref"].rsplit("/", 1)[1]], value, root)
    if "anyOf" in schema and not any(accepts(part, value, root) for part in schema["anyOf"]):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if not is_kind(schema.get("type"), value):
        return False
    if isinstance(value, dict):
        return accepts_mapping(schema, value, root)
    if isinstance(value, list):
        prefix = schema.get("prefixItems", [])
        rest = schema.get("items", {})
        parts = [*prefix, *[rest] * (len(value) - len(prefix))]
        return all(accepts(p, v, root) for p, v in zip(parts, value, strict=False))
    if isinstance(value, int | float) and not isinstance(value, bool):
        least, most = schema.get("minimum", value), schema.get("maximum", value)
        return least <= value <= most and value > schema.get("exclusiveMinimum", value - 1)
    return True


def is_kind(kind: str | None, value: Any) -> bool:
    kinds = {
        "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
        "integer": int, "number": int | float,
    }  # fmt: skip
    if kind is None:
        return True
    return isinstance(value, kinds[kind]) and (kind == "boolean" or not isinstance(value, bool))


def accepts_mapping(schema: dict[str, Any], value: dict[str, Any], root: dict[str, Any]) -> bool:
    known = schema.get("properties", {})
    more = schema.get("additionalProperties", True)
    if not set(schema.get("required", ())) <= value.keys():
        return False
    for key, item in value.items():
        part = known.get(key, more)
        if part is False or (isinstance(part, dict) and not accepts(part, item, root)):
            return False
    return True


@pytest.mark.parametrize("name", scenario_names())
def test_the_schema_accepts_the_scenarios_section_by_section(name: str) -> None:
    schema = json_schema()
    data = read(scenario_text(name), name).data
    for key, item in data.items():
        assert accepts(schema["properties"][key], item, schema), key
    assert accepts(schema, data, schema)


@pytest.mark.parametrize("name", factory_names())
def test_the_schema_accepts_the_factories_and_knows_their_keys(name: str) -> None:
    schema = factory_schema()
    data = read(scenario_text(name), name).data
    assert accepts(schema, data, schema)
    data["plants"][0]["stations"][0]["n_bay"] = 1
    assert not accepts(schema, data, schema)


@pytest.mark.parametrize(
    ("section", "change"),
    [
        ("grid", {"conection_mw": 3}),
        ("grid", {"connection_mw": -3}),
        ("grid", {"connection_mw": {"low": 3, "high": 4}}),
        ("grid", {"connection_mw": {"value": 3, "status": "told"}}),
        ("campus", {"capacity_basis": "both"}),
    ],
)
def test_the_schema_refuses_what_the_door_refuses(section: str, change: dict[str, Any]) -> None:
    schema = json_schema()
    data = read(scenario_text("dunkerque"), "x").data
    data[section] |= change
    assert not accepts(schema, data, schema)
    assert check(data)


def test_the_schema_gives_hover_help_with_units() -> None:
    fields = json_schema()["$defs"]["Grid"]["properties"]
    assert "[MW]" in fields["connection_mw"]["description"]
    assert "source" in fields
