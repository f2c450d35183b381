"""Broken specs: each gives its findings with path and remedy, all at once, and nothing else."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from wattport.errors import EXPLANATIONS, Code, SpecError, format_findings
from wattport.spec import check, load
from wattport.spec.checks import COMMON_RULES, RULES
from wattport.spec.loading import scenario_text
from wattport.spec.reading.document import read
from wattport.spec.reading.override import parse_path
from wattport.user_file import SCENARIO

CASES = Path(__file__).parent / "broken_specs"


def cases(name: str) -> list[Any]:
    listed = read((CASES / name).read_text("utf-8"), name)
    assert not listed.findings
    return [pytest.param(case, id=case["name"].replace(" ", "-")) for case in listed.data]


class Raw(str):
    """Text to be written into the YAML as it is."""


def render(value: Any, depth: int = 0) -> str:
    """Write plain data as block YAML, with `Raw` leaves verbatim."""
    pad = "  " * depth
    if isinstance(value, dict) and value:
        return "".join(f"\n{pad}{key}: {render(item, depth + 1)}" for key, item in value.items())
    if isinstance(value, list) and value:
        return "".join(f"\n{pad}- {render(item, depth + 1).lstrip()}" for item in value)
    return value if isinstance(value, Raw) else json.dumps(value, ensure_ascii=False)


def broken(case: dict[str, Any]) -> str:
    data = read(scenario_text("dunkerque"), "dunkerque").data
    for dotted, raw in case.get("set", {}).items():
        holder, last = holder_of(data, dotted)
        holder[last] = Raw(raw_text(raw))
    for dotted in case.get("drop", ()):
        holder, last = holder_of(data, dotted)
        del holder[last]
    return render(data)


def raw_text(raw: Any) -> str:
    if isinstance(raw, float) and (raw != raw or raw in (float("inf"), -float("inf"))):
        return ".nan" if raw != raw else ".inf"
    return raw if isinstance(raw, str) else json.dumps(raw)


def holder_of(data: Any, dotted: str) -> tuple[Any, str | int]:
    path = parse_path(dotted) or tuple(dotted.split("."))
    for step in path[:-1]:
        data = data[step]
    return data, path[-1]


@pytest.mark.parametrize("case", cases("values.yaml"))
def test_a_broken_value_is_told_with_path_and_remedy(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(broken(case), "utf-8")
    findings = check(file)
    errors = Counter(f"{f.code} {f.path}" for f in findings if f.severity == "error")
    warnings = Counter(f"{f.code} {f.path}" for f in findings if f.severity == "warning")
    assert errors == Counter(case.get("expect", ())), format_findings(findings)
    assert warnings == Counter(case.get("warn", ())), format_findings(findings)
    assert all(f.remedy and f.message and f.file == str(file) and f.line for f in findings)
    assert case.get("says", "") in "\n".join(f"{f.remedy} {f.allowed}" for f in findings)
    if errors:
        with pytest.raises(SpecError) as caught:
            load(file)
        assert caught.value.exit_code == 2
        assert "Traceback" not in str(caught.value)
    else:
        assert load(file).findings == findings


@pytest.mark.parametrize("case", cases("texts.yaml"))
def test_a_broken_text_is_told_with_its_place(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(case["text"], "utf-8")
    findings = check(file)
    assert [f"{f.code} {f.line}:{f.column}" for f in findings] == case["expect"]
    assert all(f.remedy and f.file for f in findings)


def bomb() -> str:
    """Nine levels of ten aliases each: a billion values from half a kilobyte."""
    lines = ["a0: &a0 [" + ", ".join(["x"] * 10) + "]"]
    for level in range(1, 10):
        aliases = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{aliases}]")
    return "\n".join(lines)


BYTES = [
    pytest.param("name: Réseau".encode("latin-1"), "SPEC005 1:8", id="latin-1"),
    pytest.param(b"name: a\nsite: caf\xe9\n", "SPEC005 2:10", id="latin-1-second-line"),
    pytest.param("name: a".encode("utf-16"), "SPEC005 0:0", id="utf-16"),
    pytest.param(b"\x7fELF\x02\x01\x01\x00\x00", "SPEC005 1:1", id="binary"),
    pytest.param(b"PK\x03\x04\x14\x00\xff\xfe", "SPEC005 0:0", id="zip"),
    pytest.param(b"name: \x00", "SPEC005 1:7", id="zero-byte"),
    pytest.param(bomb().encode(), "SPEC011 6:", id="alias-bomb"),
    pytest.param(b"a: " + b"[" * 100_000, "SPEC016 1:", id="brackets-without-end"),
    pytest.param(b"a: " + b"{a: " * 50_000, "SPEC016 1:", id="braces-without-end"),
    pytest.param(b"- " * 100_000, "SPEC016 1:", id="dashes-without-end"),
    pytest.param(b"a: [" + b"1, " * 300_000 + b"]", "SPEC011 1:", id="list-without-measure"),
]


@pytest.mark.parametrize(("raw", "expected"), BYTES)
def test_broken_bytes_are_told(raw: bytes, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_bytes(raw)
    (finding,) = check(file)
    assert f"{finding.code} {finding.line}:{finding.column}".startswith(expected)
    assert finding.remedy


def test_a_huge_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    file = tmp_path / "huge.yaml"
    with file.open("wb") as stream:
        stream.truncate(200_000_000)  # sparse: takes no room
    (finding,) = check(file)
    assert finding.code == Code.TOO_LARGE
    assert "200 MB" in finding.message
    assert SCENARIO.most_bytes < 200_000_000


def test_a_folder_a_pipe_and_a_missing_file_are_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "campus.yaml").write_text("name: a")
    assert [f.code for f in check(tmp_path)] == [Code.IS_A_FOLDER]
    assert [f.code for f in check(tmp_path / "pipe.yaml")] == [Code.UNREADABLE]
    (missing,) = check(tmp_path / "campu.yaml")
    assert missing.code == Code.FILE_NOT_FOUND
    assert "campus.yaml" in missing.remedy


def test_a_misspelt_scenario_gets_the_nearest_name() -> None:
    (finding,) = check("dunkirk")
    assert (finding.code, finding.remedy) == (Code.FILE_NOT_FOUND, "did you mean `dunkerque`?")
    assert [f.code for f in check("")] == [Code.IS_A_FOLDER]
    assert [f.code for f in check("a\0b")] == [Code.UNREADABLE]
    assert [f.code for f in check("x" * 5000)] == [Code.UNREADABLE]


def test_every_rule_is_triggered_by_a_case(tmp_path: Path) -> None:
    """A rule that no case breaks may never have worked."""
    told = set()
    for param in cases("values.yaml"):
        case = param.values[0]
        codes = [line.split()[0] for line in (*case.get("expect", ()), *case.get("warn", ()))]
        if not any(Code(code) in {rule.code for rule in (*COMMON_RULES, *RULES)} for code in codes):
            continue
        file = tmp_path / "broken.yaml"
        file.write_text(broken(case), "utf-8")
        told |= {(f.code, f.path.split("[")[0].split(".")[-1]) for f in check(file)}
    assert len(told) >= 20
    assert {rule.code for rule in (*COMMON_RULES, *RULES)} <= {Code(code) for code, _ in told}


def test_there_are_at_least_sixty_cases() -> None:
    assert len(cases("values.yaml")) + len(cases("texts.yaml")) + len(BYTES) >= 120


def test_every_code_is_explained() -> None:
    assert set(EXPLANATIONS) == set(Code)
