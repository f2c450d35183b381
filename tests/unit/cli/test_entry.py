"""Exit codes, and that nobody sees a traceback."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import wattport
from wattport.cli import commands, main
from wattport.cli.app import Until
from wattport.errors import Finding, InfeasibleError


def leave(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    return int(left.value.code or 0)


def raising(error: BaseException) -> Callable[..., None]:
    def command(*_words: object, **_options: object) -> None:
        raise error

    return command


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("--version") == 0
    assert capsys.readouterr().out == f"wattport {wattport.__version__}\n"
    assert leave("--help") == 0
    shown = capsys.readouterr()
    for command in ("play", "init", "check", "schema", "sources", "Exit codes"):
        assert command in shown.out
    assert shown.err == ""


@pytest.mark.parametrize(
    "words",
    [
        ("replay",),
        ("play",),
        ("play", "dunkerque", "--draws", "many"),
        ("play", "dunkerque", "--seed", "-1"),
        ("play", "dunkerque", "--until", "lunch"),
        ("play", "dunkerque", "--nonsense"),
        ("check",),
        ("init",),
    ],
)
def test_bad_usage_is_2(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert leave(*words) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    assert "Usage: wattport" in shown.err


def test_our_fault_is_one_line_and_a_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(commands, "schema", raising(ZeroDivisionError("by\nnought")))
    assert leave("schema") == 101
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert "ZeroDivisionError: by nought" in shown.err
    log = Path(re.search(r"(\S+wattport-fault-\S+\.txt)", shown.err)[1])  # type: ignore[index]
    assert log.parent == tmp_path
    assert "Traceback" in log.read_text()


def test_lack_of_memory_is_said_with_a_remedy(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "schema", raising(MemoryError()))
    assert leave("schema") == 2
    assert "fewer draws" in capsys.readouterr().err


def test_interrupt_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "schema", raising(KeyboardInterrupt()))
    assert leave("schema") == 130


def test_infeasible_is_3(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    error = InfeasibleError(Finding("DES001", "no hall fits", remedy="a larger connection"))
    monkeypatch.setattr("wattport.spec.load", raising(error))
    assert leave("sources", "dunkerque") == 3
    assert "remedy: a larger connection" in capsys.readouterr().err


def test_stages_of_the_command_are_those_of_the_pipeline() -> None:
    from wattport.pipeline.stages import Stage

    assert [stage.value for stage in Until] == [stage.value for stage in Stage]


def test_a_reader_that_stops_early_is_no_fault() -> None:
    done = subprocess.run(
        f'"{sys.executable}" -m wattport sources dunkerque | head -n 1; exit ${{PIPESTATUS[0]}}',
        shell=True, executable="/bin/bash", capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
