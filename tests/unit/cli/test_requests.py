"""``wattport run`` on a trace of requests, from the shell."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import duckdb
import numpy as np
import pytest

from wattport.cli import main
from wattport.cli.requests import is_requests

HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens\n"


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(np.random.SeedSequence(5))
    at_s = np.cumsum(rng.exponential(0.2, 600))
    rows = zip(at_s, rng.integers(20, 2000, 600), rng.integers(2, 300, 600), strict=True)
    path = tmp_path_factory.mktemp("serving") / "requests.csv"
    path.write_text(HEADER + "".join(f"{t:.3f},{a},{b}\n" for t, a, b in rows))
    return path


def leave(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    return int(left.value.code or 0)


@pytest.mark.parametrize(
    ("header", "is_one"),
    [
        (HEADER, True),
        ('"TIMESTAMP","context_tokens","generated tokens"\n', True),
        ("GeneratedTokens\n", True),
        ("submit_s,run_s,n_nodes\n", False),
        ("", False),
    ],
)
def test_the_header_tells_requests_from_jobs(header: str, is_one: bool, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(header + "1,2,3\n")
    assert is_requests(path) is is_one
    packed = tmp_path / "table.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert is_requests(packed) is is_one
    packed.write_bytes(b"\x1f\x8b broken")
    assert not is_requests(packed)
    assert not is_requests(tmp_path / "absent.csv")
    assert not is_requests(tmp_path / "jobs.swf")


def test_gpus_by_themselves(trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("run", str(trace), "--model", "Llama-3.1-8B", "--replicas", "2") == 0
    shown = capsys.readouterr().out
    assert "600 of 600 completed" in shown
    assert "2 replicas of Llama-3.1-8B on 1 h100_sxm each (as asked)" in shown
    assert "grid" not in shown


def test_a_slice_of_a_campus_with_a_report(
    trace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    words = ("--design", "small_20mw", "--gpu", "gb300", "--step", "10s", "--out", str(out))
    assert leave("run", str(trace), *words, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["kind"] == "requests"
    assert told["n_completed"] == told["n_requests"] == 600
    assert told["within_slo_frac"] >= 0.99
    assert told["gpu_j_per_token"] < told["it_j_per_token"] < told["grid_j_per_token"]
    campus = told["campus"]
    parts = campus["loss_mwh"] + campus["cooling_mwh"] + campus["auxiliary_mwh"]
    assert told["power"]["energy_mwh"] + parts == pytest.approx(campus["grid_mwh"], rel=1e-9)
    paid = told["energy_eur_per_million_tokens"] * told["n_tokens"] / 1e6
    assert paid == pytest.approx(campus["energy_cost_eur"], rel=1e-9)
    with duckdb.connect() as link:
        rows = link.execute(f"SELECT count(first_s) FROM '{out}/requests.parquet'").fetchall()
    assert rows == [(600,)]
    page = (out / "report.html").read_text("utf-8")
    assert "Time to first token" in page
    assert "Energy from grid to chip" in page


def test_the_step_changes_no_energy(trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for step in ("1s", "15s", "1h"):
        words = ("--design", "small_20mw", "--replicas", "3", "--step", step, "--json")
        assert leave("run", str(trace), *words) == 0
        told.append(json.loads(capsys.readouterr().out)["campus"])
    for name in ("grid_mwh", "loss_mwh", "energy_cost_eur", "peak_grid_mw"):
        assert told[0][name] == pytest.approx(told[1][name], rel=1e-9)
        assert told[0][name] == pytest.approx(told[2][name], rel=1e-9)


def test_a_fleet_that_follows_the_load_draws_less(
    trace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    energy = []
    for words in ((), ("--autoscale", "50")):
        assert leave("run", str(trace), "--replicas", "8", *words, "--json") == 0
        told = json.loads(capsys.readouterr().out)
        energy.append(told["power"]["energy_mwh"])
    assert told["is_autoscaled"]
    assert energy[1] < 0.7 * energy[0]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--policy", "easy"], "USE001"),
        (["--nodes", "3"], "USE001"),
        (["--no-failures"], "USE001"),
        (["--begin", "2030-01-01"], "USE001"),
        (["--ttft-slo", "2"], "USE001"),
        (["--tpot-slo", "0s"], "USE001"),
        (["--tpot-slo", "1ms"], "USE001"),  # no number of replicas is as quick
        (["--gpu", "abacus"], "SRV041"),
        (["--model", "Eliza"], "SRV041"),
        (["--model", "Kimi-K2.5", "--gpus-per-replica", "1"], "SRV042"),
    ],
)
def test_usage_is_refused_with_a_remedy(
    words: list[str], code: str, trace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave("run", str(trace), *words) == 2
    shown = capsys.readouterr()
    assert code in shown.err
    assert "remedy" in shown.err
    assert shown.out == ""


def test_a_trace_of_a_century_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "requests.csv"
    path.write_text(HEADER + "0,5,5\n7000000000,5,5\n")
    assert leave("run", str(path), "--replicas", "1") == 2
    assert "USE001" in capsys.readouterr().err


def test_words_about_requests_are_refused_for_jobs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "jobs.csv"
    path.write_text("submit_s,run_s,n_nodes\n0,10,1\n")
    assert leave("run", str(path), "--replicas", "3") == 2
    assert "--replicas" in capsys.readouterr().err


def test_a_missing_column_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "requests.csv"
    path.write_text("TIMESTAMP,ContextTokens\n0.0,5\n")
    assert leave("run", str(path), "--json") == 2
    finding = json.loads(capsys.readouterr().out)["findings"][0]
    assert finding["code"] == "SRV001"
    assert (finding["file"], finding["line"]) == (str(path), 1)
    assert "GeneratedTokens" in finding["message"]
    assert finding["remedy"]
