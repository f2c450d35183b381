"""`wattport make` on a factory file: words, JSON, folder, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wattport.cli import main

LINE = """
name: two machines
plants:
  - name: plant
    stations:
      - {name: first, n_bays: 1, n_buffer: 0}
      - {name: second, n_bays: 1, n_buffer: 2}
products:
  - name: part
    need_units_per_year: 5000
    operations:
      - {name: a, station: first, cycle_h: 1, cycle_shape: exponential}
      - {name: b, station: second, cycle_h: 1, cycle_shape: exponential}
measure: {n_weeks: 30}
"""


def leave(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    return int(left.value.code or 0)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "factory.yaml"
    path.write_text(LINE, "utf-8")
    return path


def test_words_say_rate_need_bound_exact_and_bottleneck(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave("make", str(mine), "--draws", "4") == 0
    shown = capsys.readouterr().out
    for word in ("first", "5000", "upper bound", "exact rate: 7012.80", "bottleneck", "what if"):
        assert word in shown


def test_json_and_folder(mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "answer"
    words = ("make", str(mine), "--draws", "3", "--json", "--out", str(out))
    assert leave(*words) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["products"][0]["need_per_year"] == 5000.0
    assert told["exact"]["rate_per_year"] == pytest.approx(0.8 * 8766.0)
    assert "plan" not in told
    assert json.loads((out / "manifest.json").read_text("utf-8")) == told
    assert (out / "stations.csv").read_text("utf-8").startswith("plant,station,n_bays")
    assert leave(*words) == 0  # the same place again


def test_faults_leave_with_two_and_standstill_with_three(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave("make", str(mine), "--set", "products[0].operations[0].station=frst") == 2
    assert "did you mean `first`?" in capsys.readouterr().err
    assert leave("make", str(mine), "--set", "products[0].operations[0].station=second") == 0
    ring = (
        "--set", "products[0].operations[1].first_pass_yield_frac=0.2",
        "--set", "products[0].operations[1].rework_to=a",
    )  # fmt: skip
    assert leave("make", str(mine), "--draws", "2", *ring) == 3
    assert "waits for" in capsys.readouterr().out


def test_check_knows_factory_files(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("check", str(mine)) == 0
    assert leave("check", "factory_modules") == 0
    assert leave("make", "dunkerque") == 2
    assert "--rate" in capsys.readouterr().err
