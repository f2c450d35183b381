"""Playing the small campus for real, as a person and as a script would."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wattport.cli import main

SMALL = "small_20mw"


def leave(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    return int(left.value.code or 0)


def play(out: Path, *words: str, source: str = SMALL) -> int:
    return leave("play", source, "--draws", "3", "--out", str(out), *words)


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_play_tells_a_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert play(out) == 0
    shown = capsys.readouterr()
    assert str(out / "report.html") in shown.out.splitlines()[-1]
    assert "P50" in shown.out
    steps = [line.split()[0] for line in shown.err.splitlines() if line.endswith(" s")]
    assert steps == ["load", "design", "make", "build", "run", "account", "save", "report"]
    assert "\x1b" not in shown.out + shown.err
    written = files(out)
    assert {"report.html", "spec.yaml", "manifest.json"} <= written.keys()
    assert any(name.endswith(".parquet") for name in written)
    manifest = json.loads(written["manifest.json"])
    assert manifest["n_draws"] == 3
    assert manifest["seed"] == 7
    assert manifest["version"]
    assert manifest["spec_hash"]
    assert os.listdir(tmp_path) == ["out"]


def test_play_tells_a_script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert play(out, "--json", "--quiet") == 0
    shown = capsys.readouterr()
    told = json.loads(shown.out)
    assert shown.err == ""
    assert told["scenario"] == SMALL
    assert Path(told["report"]).is_file()
    assert {"metric", "unit", "p10", "p50", "p90"} <= told["headlines"][0].keys()
    assert told["manifest"]["seed"] == 7
    assert list(told["stage_s"]) == ["design", "make", "build", "run", "account"]


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    assert play(tmp_path / "a", "--quiet") == 0
    assert play(tmp_path / "b", "--quiet") == 0
    a, b = files(tmp_path / "a"), files(tmp_path / "b")
    assert "manifest.json" in a
    assert a == b


def test_resolved_spec_plays_again(tmp_path: Path) -> None:
    assert play(tmp_path / "a", "--quiet", "--set", "campus.it_mw=10") == 0
    again = str(tmp_path / "a" / "spec.yaml")
    assert play(tmp_path / "b", "--quiet", source=again) == 0
    a, b = files(tmp_path / "a"), files(tmp_path / "b")
    tables = [name for name in a if name.endswith(".parquet")]
    assert tables
    assert all(a[name] == b[name] for name in tables)


@pytest.mark.parametrize("stage", ["design", "build"])
def test_play_until_a_stage(stage: str, tmp_path: Path) -> None:
    assert play(tmp_path / "out", "--until", stage, "--quiet") == 0
    written = files(tmp_path / "out")
    assert "report.html" in written
    assert not any("ledger" in name for name in written)


def test_gate_fails_a_date_that_cannot_be_met(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--quiet", "--json", "--set", "programme.wanted_first_compute=2027-04-01")
    assert play(tmp_path / "out", *words) == 0
    assert json.loads(capsys.readouterr().out)["gates"]
    assert play(tmp_path / "out", *words, "--gate") == 1
    assert (tmp_path / "out" / "report.html").is_file()


def test_refused_spec_leaves_an_earlier_output(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert play(out, "--quiet") == 0
    before = files(out)
    assert play(out, "--set", "grid.connection_mw=-1") == 2
    assert files(out) == before
    assert os.listdir(tmp_path) == ["out"]


def test_refused_place_is_refused_before_anything_is_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter").write_text("dear")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "thing").write_text("")
    for place in ("letter", "folder", "letter/out"):
        assert play(tmp_path / place) == 2
        shown = capsys.readouterr()
        assert "remedy:" in shown.err
        assert "design" not in shown.err
    assert (tmp_path / "letter").read_text() == "dear"


def start(out: Path, **options: object) -> subprocess.Popen[str]:
    """Start a long play whose Ctrl-C works, even where the caller's does not."""
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from wattport.cli import main\n"
        f"main(['play', 'dunkerque', '--draws', '1000', '--out', {str(out)!r}])"
    )
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, **options
    )


def test_interrupt_leaves_an_earlier_output_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert play(out, "--quiet") == 0
    before = files(out)
    process = start(out, stderr=subprocess.PIPE)
    assert process.stderr is not None
    process.stderr.readline()  # a step is done: the play is under way
    process.send_signal(signal.SIGINT)
    shown = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in shown[1]
    assert shown[0] == ""
    assert files(out) == before
    assert os.listdir(tmp_path) == ["out"]


def test_terminal_gets_a_moving_line_and_no_colour_where_unwanted(tmp_path: Path) -> None:
    keeper, terminal = pty.openpty()
    environment = os.environ | {"NO_COLOR": "1", "TERM": "xterm-256color"}
    words = ["play", SMALL, "--draws", "1", "--until", "design", "--out", str(tmp_path / "out")]
    done = subprocess.Popen(
        [sys.executable, "-m", "wattport", *words],
        stdout=subprocess.PIPE,
        stderr=terminal,
        env=environment,
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            piece = os.read(keeper, 4096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(keeper)
    out = done.communicate(timeout=120)[0]
    assert done.returncode == 0
    assert b"\x1b[3" not in shown.replace(b"\x1b[2K", b""), "a colour on the terminal"
    assert b"design" in shown
    assert b"\x1b" not in out
