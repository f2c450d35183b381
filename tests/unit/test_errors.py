from __future__ import annotations

import json
import pickle

import pytest

from wattport.errors import (
    EXPLANATIONS,
    Code,
    Finding,
    InfeasibleError,
    SpecError,
    WattportError,
    format_findings,
)

FINDING = Finding(
    Code.OUT_OF_RANGE, "-1 is outside the limits", "grid.voltage_kv", -1.0, "above 0, in kV",
    "write a number within the limits", "a.yaml", 12, 15, "  voltage_kv: -1",
)  # fmt: skip


def test_codes_are_unique_and_explained() -> None:
    assert len({str(code) for code in Code}) == len(Code)
    assert set(EXPLANATIONS) == set(Code)
    assert all(text.endswith(".") for text in EXPLANATIONS.values())


def test_the_caret_points_at_the_column() -> None:
    lines = format_findings([FINDING]).splitlines()
    assert lines[0] == "error[SPEC022] grid.voltage_kv: -1 is outside the limits"
    assert lines[1] == "  --> a.yaml:12:15"
    source, caret = lines[2], lines[3]
    assert source[caret.index("^")] == "-"


def test_a_long_line_is_cut_around_the_caret() -> None:
    excerpt = "x: [" + "1, " * 500 + "bad" + ", 1" * 500 + "]"
    finding = Finding("SPEC020", "m", file="a", line=1, column=excerpt.index("bad") + 1,
                      excerpt=excerpt)  # fmt: skip
    _, _, source, caret = format_findings([finding], width=80).splitlines()
    assert len(source) < 100
    assert source[caret.index("^") :].startswith("bad")


def test_an_excerpt_cannot_steer_the_terminal() -> None:
    finding = Finding("SPEC005", "m", file="a", line=1, column=3, excerpt="\x1b[2J\tx")
    assert "\x1b" not in format_findings([finding])


def test_json_holds_every_field_and_only_json_values() -> None:
    odd = Finding("SPEC021", "m", value=float("nan"))
    listed = json.loads(json.dumps([FINDING.as_dict(), odd.as_dict()]))
    assert listed[0]["line"] == 12
    assert listed[0]["value"] == -1.0
    assert listed[1]["value"] == "nan"
    assert json.dumps(Finding("SPEC052", "m", value={1, 2}).as_dict())


@pytest.mark.parametrize(("kind", "exit_code"), [(SpecError, 2), (InfeasibleError, 3)])
def test_errors_survive_the_way_back_from_a_worker(
    kind: type[WattportError], exit_code: int
) -> None:
    error = pickle.loads(pickle.dumps(kind(FINDING)))
    assert error.findings == (FINDING,)
    assert error.exit_code == exit_code
    assert "SPEC022" in str(error)
