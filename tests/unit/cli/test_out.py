"""What holds of ``--out`` holds at every command that has it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from wattport.cli import main

SCHEDULE = Path(__file__).parents[2] / "golden" / "schedules" / "two_halls.xer"
INPUTS = {
    "factory.yaml": """
name: one machine
plants: [{name: plant, stations: [{name: first, n_bays: 1, n_buffer: 0}]}]
products:
  - name: part
    need_units_per_year: 5000
    operations: [{name: a, station: first, cycle_h: 1, cycle_shape: exponential}]
measure: {n_weeks: 10}
""",
    "jobs.csv": "submit_s,run_s,n_nodes\n0,600,2\n20,900,1\n",
    "requests.csv": "TIMESTAMP,ContextTokens,GeneratedTokens\n0.0,100,20\n0.5,50,10\n",
}
COMMANDS = {
    "make": ("make", "factory.yaml", "--draws", "2"),
    "run jobs": ("run", "jobs.csv", "--design", "small_20mw", "--seed", "3"),
    "run requests": ("run", "requests.csv", "--replicas", "1"),
    "risk": ("risk", str(SCHEDULE), "--draws", "10"),
    "play": ("play", "small_20mw", "--draws", "1", "--until", "design", "--quiet"),
}
each_command = pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in INPUTS.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(words: Sequence[str], out: str) -> int:
    with pytest.raises(SystemExit) as left:
        main([*words, "--out", out])
    return int(left.value.code or 0)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*") if path.is_file()
    }  # fmt: skip


@each_command
def test_the_same_call_gives_the_same_bytes_wherever_it_writes(
    words: Sequence[str], here: Path
) -> None:
    assert call(words, "a") == 0
    assert call(words, "b") == 0
    first = files(here / "a")
    assert first == files(here / "b")
    assert call(words, "a") == 0, "its own result is replaced"
    assert first == files(here / "a")
    manifest = json.loads(first.pop("manifest.json"))
    assert manifest["result_of"] == f"wattport {words[0]}"
    assert manifest["files"].keys() == first.keys()
    assert not [path.name for path in here.iterdir() if path.name.startswith(".")]


@each_command
@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        ('{"name": "web app", "icons": []}', "OUT002"),
        ('{"result_of": "wattport sell", "files": {}}', "OUT005"),
    ],
)
def test_what_is_not_its_own_is_refused_before_the_work(
    manifest: str, code: str, words: Sequence[str], here: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for stage in ("wattport.pipeline.stages", "wattport.factory", "wattport.schedule.risk"):
        monkeypatch.setitem(sys.modules, stage, None)  # importing it is an error now
    (here / "out").mkdir()
    (here / "out" / "manifest.json").write_text(manifest)
    (here / "out" / "index.html").write_text("mine")
    before = files(here)
    assert call(words, "out") == 2
    assert f"error[{code}] out:" in capsys.readouterr().err
    assert files(here) == before
