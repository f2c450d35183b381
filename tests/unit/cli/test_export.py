"""The exported programme is a schedule that any tool, and `wattport risk`, can read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wattport.cli import main
from wattport.schedule.cpm import critical_path
from wattport.schedule.exchange import read_plan


def call(*words: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return int(left.value.code or 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("export")
    for suffix in (".xer", ".xml"):
        assert call("export", "small_20mw", "--draws", 5, "--to", where / f"p{suffix}") == 0
    return where


def test_both_forms_hold_the_same_dates(folder: Path) -> None:
    p6, project = (read_plan(folder / f"p{suffix}").plan for suffix in (".xer", ".xml"))
    ends = []
    for plan in (p6, project):
        dates = critical_path(plan)
        ends.append({
            a.id: float(dates.finish_day[i])
            for i, a in enumerate(plan.activities) if not a.is_span and a.duration_hours > 0.0
        })  # fmt: skip
        assert plan.resources
        assert plan.assignments
    shared = ends[0].keys() & ends[1].keys()
    assert len(shared) > 10
    assert all(ends[0][id] == pytest.approx(ends[1][id]) for id in shared)


def test_what_is_exported_can_be_analysed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "risk"
    assert call("risk", folder / "p.xer", "--draws", 30, "--out", out) == 0
    found = json.loads((out / "risk.json").read_text("utf-8"))
    assert found["is_levelled"]
    assert found["not_carried"] == []
    assert (out / "report.html").read_text("utf-8").startswith("<!doctype html>")
    assert "Report:" in capsys.readouterr().out


def test_the_same_call_gives_the_same_bytes(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = tmp_path / "again.xer"
    assert call("export", "small_20mw", "--draws", 5, "--to", again, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["activities"] == len(read_plan(again).plan.activities)
    assert again.read_bytes() == (folder / "p.xer").read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["again.xer"]


@pytest.mark.parametrize(("name", "code"), [("p.mpp", "USE001"), ("none/p.xer", "OUT003")])
def test_what_cannot_be_written_is_refused_in_words(
    name: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("export", "small_20mw", "--draws", 1, "--to", tmp_path / name) == 2
    assert capsys.readouterr().err.startswith(f"error[{code}]")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_exists_is_replaced_only_when_asked(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine.xer"
    mine.write_text("edited by hand")
    words = ("export", "small_20mw", "--draws", 5, "--to", mine)
    assert call(*words) == 2
    assert "error[OUT002]" in capsys.readouterr().err
    assert mine.read_text() == "edited by hand"
    assert call(*words, "--force") == 0
    assert mine.read_bytes() == (folder / "p.xer").read_bytes()
    (tmp_path / "link.xer").symlink_to(mine)
    assert call(*words[:-1], tmp_path / "link.xer", "--force") == 2
    assert (tmp_path / "link.xer").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.xer", "mine.xer"]


def test_a_plan_that_cannot_work_is_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "none.xer"
    settings = ("--set", "grid.connection_mw=11", "--set", "grid.tranches[0].power_mw=11")
    assert call("export", "small_20mw", *settings, "--to", to) == 3
    assert "DES101" in capsys.readouterr().err
    assert not to.exists()
