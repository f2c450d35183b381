"""``wattport run``: a file of jobs from the shell."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from wattport.batch import Policy
from wattport.cli import main
from wattport.cli.app import BatchPolicy

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


def queried(sql: str) -> float:
    with duckdb.connect() as link:
        return link.execute(sql).fetchall()[0][0]


def test_policies_of_the_shell_are_those_of_the_room() -> None:
    shell = {policy.value for policy in BatchPolicy}
    assert shell == {policy.value for policy in Policy} | {"replay"}


def test_who_can_wait_runs_when_energy_is_cheap(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "jobs.csv"
    rows = "".join(f"{1800 * k},7200,300,172800\n" for k in range(40))
    path.write_text("submit_s,run_s,n_nodes,most_delay_s\n" + rows)
    paid = {}
    for policy in ("easy", "price"):
        words = ("run", str(path), "--design", "small_20mw", "--begin", "2030-03-01")
        assert leave(*words, "--policy", policy, "--no-failures", "--json") == 0
        told = json.loads(capsys.readouterr().out)
        per_mwh = told["campus"]["market_cost_eur"] / told["campus"]["grid_mwh"]
        paid[policy] = (per_mwh, told["wait_mean_s"])
    assert paid["price"][0] < paid["easy"][0]
    assert paid["price"][1] > paid["easy"][1]


def test_a_plain_machine(jobs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("run", str(jobs)) == 0
    shown = capsys.readouterr()
    assert "29 done; 1 lines skipped" in shown.out
    assert "JOB005" in shown.err


def test_a_plain_machine_has_a_report_without_a_grid(
    jobs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave("run", str(jobs), "--out", str(tmp_path / "out"), "--json") == 0
    assert json.loads(capsys.readouterr().out)["campus"] is None
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "On a machine by itself" in page
    assert "Energy from grid to chip" not in page


def test_the_step_changes_no_energy(jobs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for step in ("1s", "15s", "1h"):
        words = ("run", str(jobs), "--design", "small_20mw", "--begin", "2030-07-01")
        assert leave(*words, "--step", step, "--json") == 0
        told.append(json.loads(capsys.readouterr().out)["campus"])
    for name in ("grid_mwh", "loss_mwh", "cooling_mwh", "energy_cost_eur", "carbon_t"):
        assert told[0][name] == pytest.approx(told[1][name], rel=1e-10)
        assert told[0][name] == pytest.approx(told[2][name], rel=1e-10)


def test_the_same_run_gives_the_same_report(jobs: Path, tmp_path: Path) -> None:
    pages = []
    for name in ("one", "two"):
        out = tmp_path / name / "out"
        assert leave("run", str(jobs), "--design", "small_20mw", "--out", str(out), "--json") == 0
        pages.append((out / "report.html").read_bytes())
    assert pages[0] == pages[1]


def test_failures_come_as_often_as_the_scenario_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "jobs.csv"
    columns = "submit_s,run_s,n_nodes,cycle_s,checkpoint_s,restart_s"
    path.write_text(f"{columns}\n0,1000000,1500,3600,5,60\n")
    hits = []
    for per_year in ("0", "0.1", "1.0"):
        setting = f"workload.training.failures_per_gpu_year={per_year}"
        words = ("--design", "small_20mw", "--set", setting, "--step", "1h", "--json")
        assert leave("run", str(path), *words) == 0
        hits.append(json.loads(capsys.readouterr().out)["n_interruptions"])
    assert hits[0] == 0
    assert hits[1] < hits[2]


def test_power_of_another_machine_is_doubted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "jobs.csv"
    path.write_text("submit_s,run_s,n_nodes,node_w\n0,60,1,600\n0,60,1,9000\n")
    assert leave("run", str(path), "--design", "small_20mw", "--json") == 0
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert [(note["code"], note["value"]) for note in notes] == [("JOB012", 1)]
    assert leave("run", str(path)) == 0  # a plain machine has no idle power
    assert "JOB012" not in capsys.readouterr().err


def test_a_run_of_centuries_has_no_campus(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "jobs.csv"
    path.write_text("submit_s,run_s,n_nodes\n0,7000000000,1\n")
    assert leave("run", str(path)) == 2
    assert "81019 days" in capsys.readouterr().err
    assert leave("run", str(path), "--step", "24h") == 0
    capsys.readouterr()
    words = ("--design", "small_20mw", "--no-failures", "--step", "24h")
    assert leave("run", str(path), *words) == 2
    assert "222 years" in capsys.readouterr().err


def test_a_table_of_something_else_is_refused_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("hour,eur\n0,50\n")
    assert leave("run", str(path), "--json") == 2
    finding = json.loads(capsys.readouterr().out)["findings"][0]
    assert (finding["code"], finding["line"]) == ("JOB004", 1)
    assert "ContextTokens" in finding["remedy"]


def test_a_design_with_tables(
    jobs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    words = ("run", str(jobs), "--design", "small_20mw", "--step", "30s", "--out", str(out))
    assert leave(*words, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["jobs"]["done"] == 29
    assert 0.0 < told["power"]["min_mw"] <= told["power"]["max_mw"] <= 20.0
    # The last step may be shorter than 30 s.
    assert queried(f"SELECT sum(it_mw) * 30 / 3600 FROM '{out}/power/*.parquet'") == pytest.approx(
        told["power"]["energy_mwh"], abs=20.0 * 30 / 3600
    )
    assert queried(f"SELECT count(*) FROM '{out}/jobs.parquet'") == 29
    campus = told["campus"]
    grid_mwh = queried(f"SELECT sum(grid_mw) * 30 / 3600 FROM '{out}/campus/*.parquet'")
    assert grid_mwh == pytest.approx(campus["grid_mwh"], abs=24.0 * 30 / 3600)
    gap = "max(abs(grid_mw - it_mw - cooling_mw - loss_mw))"
    assert queried(f"SELECT {gap} FROM '{out}/campus/*.parquet'") < 1e-9
    parts = campus["loss_mwh"] + campus["cooling_mwh"] + campus["auxiliary_mwh"]
    assert told["power"]["energy_mwh"] + parts == pytest.approx(campus["grid_mwh"], rel=1e-9)
    assert 1.0 < campus["pue"] < 1.3
    page = (out / "report.html").read_text("utf-8")
    assert "Energy from grid to chip" in page
    assert "Wait before the first start" in page
    assert leave(*words) == 0  # an earlier output is replaced


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--step", "15"], "USE001"),
        (["--step", "0s"], "USE001"),
        (["--policy", "power"], "USE001"),
        (["--cap-mw", "3"], "USE001"),
        (["--set", "campus.it_mw=3"], "USE001"),
        (["--begin", "2030-07-01"], "USE001"),
        (["--policy", "price"], "USE001"),
        (["--policy", "price", "--design", "small_20mw"], "USE001"),
        (["--design", "small_20mw", "--begin", "July"], "USE001"),
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


def test_a_replay_without_starts_and_a_machine_without_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "jobs.csv"
    path.write_text("submit_s,run_s,n_nodes\n0,60,2\n")
    assert leave("run", str(path), "--policy", "replay") == 2
    assert "JOB009" in capsys.readouterr().err
    for nodes in ("1000000001", str(10**30)):
        assert leave("run", str(path), "--nodes", nodes) == 2
        assert "remedy: give at most 1e+09" in capsys.readouterr().err
