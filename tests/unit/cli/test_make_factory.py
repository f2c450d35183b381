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
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest.pop("files").keys() == {
        "answer.txt", "gains.csv", "report.html", "stations.csv"
    }  # fmt: skip
    assert manifest == {"result_of": "wattport make"} | told
    assert (out / "stations.csv").read_text("utf-8").startswith("plant,station,n_bays")
    assert "Throughput against need" in (out / "report.html").read_text("utf-8")
    assert leave(*words) == 0  # the same place again


def test_a_plan_for_a_rate_in_words_json_tables_and_page(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "plan"
    words = ("make", str(mine), "--draws", "3", "--rate", "600/month", "--out", str(out))
    assert leave(*words) == 0
    said = capsys.readouterr().out
    for word in ("plan for 7200 a year", "gap", "rate against each lever", "bottleneck"):
        assert word in said
    told = json.loads((out / "manifest.json").read_text("utf-8"))
    assert told["plan"]["rate_per_year"]["low"] >= 7200.0
    assert told["products"][0]["need_per_year"] == pytest.approx(7200.0)
    assert told["release"] is None  # nothing is ordered
    header = (out / "curves.csv").read_text("utf-8").splitlines()[0]
    assert header.startswith("kind,lever,value,is_plan,rate_per_year_mean")
    assert (out / "plan.csv").exists()
    assert (out / "staff.csv").exists()
    assert "Rate against each lever" in (out / "report.html").read_text("utf-8")


def test_costs_are_set_from_outside_and_a_limit_in_the_way_is_named(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("make", str(mine), "--draws", "2", "--rate", "6000")
    assert leave(*words, "--set", "costs.bay_eur_per_year=1e6", "--json") == 0
    assert json.loads(capsys.readouterr().out)["plan"]["bays_eur_per_year"] >= 2e6
    assert leave(*words, "--set", "costs.bay_eur_per_yaer=1") == 2
    assert "did you mean" in capsys.readouterr().err
    few = ("--set", "plants[0].n_bays_most=2")
    assert leave("make", str(mine), "--draws", "2", "--rate", "30000", *few) == 3
    refusal = capsys.readouterr().err
    assert "PLAN041" in refusal
    assert "n_bays_most of plant (2)" in refusal
    assert leave("make", str(mine), "--rate", "soon") == 2
    assert "write it as 300/year" in capsys.readouterr().err


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


def test_a_plant_of_a_scenario_is_questioned_like_a_factory(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert leave("make", "small_20mw", "--plant", "enclosures", "--draws", "2", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema_version"] == 1
    assert [row["product"] for row in told["products"]] == ["enclosure"]
    assert told["delivery"]["last_p50"]
