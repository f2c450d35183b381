"""``wattport run``: a file of jobs from the shell."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from wattport.cli import main
from wattport.cli.app import BatchPolicy
from wattport.run.batch import Policy

SWF = "; MaxProcs: 8\n" + "".join(
    f"{job} {job * 10} 5 {60 + job} {1 + job % 8} -1 -1 -1 -1 -1 1 -1 -1 -1 -1 -1 -1 -1\n"
    for job in range(1, 30)
)


@pytest.fixture
def jobs(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.swf"
    path.write_text(SWF + "30 5 -1 -1 4" + " -1" * 13 + "\n")
    return path


def leave(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    return int(left.value.code or 0)


def test_policies_of_the_shell_are_those_of_the_room() -> None:
    shell = {policy.value for policy in BatchPolicy}
    # Prices come from a scenario's market, which the shell has no word for.
    assert shell == {policy.value for policy in Policy} - {"price"} | {"replay"}


def test_a_plain_machine(jobs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("run", str(jobs)) == 0
    shown = capsys.readouterr()
    assert "29 done; 1 lines skipped" in shown.out
    assert "JOB005" in shown.err


def test_a_design_with_tables(
    jobs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    words = ("run", str(jobs), "--design", "small_20mw", "--step", "30s", "--out", str(out))
    assert leave(*words, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["jobs"]["done"] == 29
    assert 0.0 < told["power"]["min_mw"] <= told["power"]["max_mw"] <= 20.0
    mwh = duckdb.execute(f"SELECT sum(it_mw) * 30 / 3600 FROM '{out}/power/*.parquet'").fetchone()[
        0
    ]
    # The last step may be shorter than 30 s.
    assert mwh == pytest.approx(told["power"]["energy_mwh"], abs=20.0 * 30 / 3600)
    rows = duckdb.execute(f"SELECT count(*), min(end_s) FROM '{out}/jobs.parquet'").fetchone()
    assert rows[0] == 29
    assert leave(*words) == 0  # an earlier output is replaced


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--step", "15"], "USE001"),
        (["--step", "0s"], "USE001"),
        (["--policy", "power"], "USE001"),
        (["--cap-mw", "3"], "USE001"),
        (["--set", "campus.it_mw=3"], "USE001"),
        (["--design", "small_20mw", "--nodes", "3"], "USE001"),
        (["--policy", "replay", "--nodes", "3"], "JOB010"),
    ],
)
def test_usage_is_refused_with_a_remedy(
    words: list[str], code: str, jobs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave("run", str(jobs), *words) == 2
    shown = capsys.readouterr()
    assert code in shown.err
    assert "remedy" in shown.err
    assert shown.out == ""


def test_a_broken_file_is_refused_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broken.swf"
    path.write_text(SWF + "31 nonsense\n" + SWF)
    assert leave("run", str(path), "--json") == 2
    told = json.loads(capsys.readouterr().out)
    assert told["findings"][0]["line"] == 31
