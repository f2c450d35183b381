"""What the light commands answer, and where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wattport.cli import answer, main
from wattport.cli.commands import _file_name
from wattport.cli.progress import Progress


def leave(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    return int(left.value.code or 0)


def test_init_writes_a_scenario_that_passes_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "my.yaml"
    assert leave("init", str(mine)) == 0
    assert leave("check", str(mine)) == 0
    assert capsys.readouterr().err == ""
    assert "#" in mine.read_text("utf-8")


@pytest.mark.parametrize("kind", ["file", "folder", "nowhere"])
def test_init_replaces_nothing(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "my.yaml"
    if kind == "file":
        mine.write_text("mine")
    elif kind == "folder":
        mine.mkdir()
    else:
        mine = tmp_path / "missing" / "my.yaml"
    assert leave("init", str(mine)) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "remedy:" in shown.err
    if kind == "file":
        assert mine.read_text() == "mine"


def test_init_replaces_a_file_when_asked(tmp_path: Path) -> None:
    mine = tmp_path / "my.yaml"
    mine.write_text("mine")
    assert leave("init", str(mine), "--force") == 0
    assert leave("check", str(mine)) == 0


def test_check_lists_every_finding_on_stdout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "my.yaml"
    mine.write_text("name: mine\ngrid:\n  conection_mw: 12\n  voltage_kv: -4\n")
    assert leave("check", str(mine)) == 2
    shown = capsys.readouterr()
    assert "SPEC012" in shown.out
    assert "SPEC022" in shown.out
    assert shown.err == ""


def test_check_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "my.yaml"
    mine.write_text("name: mine\ngrid: {voltage_kv: .nan}\n")
    assert leave("check", str(mine), "--json") == 2
    told = json.loads(capsys.readouterr().out)
    assert told["n_errors"] == len(told["findings"]) > 1
    assert all(finding["code"].startswith("SPEC") for finding in told["findings"])


def test_schema_is_a_json_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("schema") == 0
    scenario = json.loads(capsys.readouterr().out)
    assert scenario["$schema"].startswith("https://json-schema.org/")
    assert leave("schema", "--factory") == 0
    factory = json.loads(capsys.readouterr().out)
    assert "products" in factory["properties"]
    assert "products" not in scenario["properties"]


def test_sources_lists_every_number_with_its_origin(capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("sources", "dunkerque", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) > 100
    assert all(row["source"] and row["status"] for row in rows)
    assert leave("sources", "dunkerque") == 0
    assert len(capsys.readouterr().out.splitlines()) == len(rows)


def test_sources_follow_an_override(capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("sources", "dunkerque", "--set", "grid.connection_mw=1.2 GW", "--json") == 0
    rows = {row["path"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["grid.connection_mw"]["value"] == 1200.0
    assert rows["grid.connection_mw"]["status"] == "user"


@pytest.mark.parametrize("command", ["play", "sources"])
@pytest.mark.parametrize("words", [(), ("--json",)])
def test_refusal_of_a_spec(
    command: str, words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: [\n")
    out = ("--out", str(tmp_path / "out")) if command == "play" else ()
    assert leave(command, str(broken), *out, *words) == 2
    shown = capsys.readouterr()
    if words:
        assert json.loads(shown.out)["findings"][0]["code"] == "SPEC007"
        assert shown.err == ""
    else:
        assert "SPEC007" in shown.err
        assert shown.out == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.yaml"]


@pytest.mark.parametrize("draws", ["0", "-3", "20001", "100000000000000000000"])
def test_draws_have_bounds_and_a_reason(
    draws: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave("play", "dunkerque", "--draws", draws, "--out", str(tmp_path / "out")) == 2
    assert "remedy:" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_gate_needs_the_whole_case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--gate", "--until", "build", "--out", str(tmp_path / "out"))
    assert leave("play", "dunkerque", *words) == 2
    assert "--until" in capsys.readouterr().err


def test_answers_are_json_for_every_parser() -> None:
    told = answer.text({"a": float("inf"), "b": (1, 2.5), "c": Path("x"), "d": {"e": None}})
    assert json.loads(told) == {"a": None, "b": [1, 2.5], "c": "x", "d": {"e": None}}


def test_scenario_names_do_not_leave_the_folder() -> None:
    assert _file_name("../../etc/passwd") == "etc-passwd"
    assert _file_name("…") == "case"
    assert _file_name("small_20mw") == "small_20mw"


def test_progress_in_a_log_is_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(is_quiet=False) as progress:
        progress("design", 0.0)
        progress("make", 0.2)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert [line.split()[0] for line in shown.err.splitlines()] == ["design", "make"]
    assert "\x1b" not in shown.err


def test_progress_of_a_failed_step_is_not_called_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail() -> None:
        with Progress(is_quiet=False) as progress:
            progress("design", 0.0)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert capsys.readouterr().err == ""


def test_quiet_progress_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(is_quiet=True) as progress:
        progress("design", 0.0)
    assert capsys.readouterr().err == ""
