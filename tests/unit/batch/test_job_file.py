"""Tables of jobs: names, timestamps, gaps, and tables that are something else."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from wattport.batch import make_jobs, read_jobs
from wattport.errors import WattportError


def table(path: Path, select: str) -> Path:
    form = "csv" if path.suffix == ".csv" else "parquet"
    duckdb.execute(f"COPY ({select}) TO '{path}' (FORMAT {form})")
    return path


def refusal(path: Path):
    with pytest.raises(WattportError) as refused:
        read_jobs(path)
    finding = refused.value.findings[0]
    assert finding.remedy
    return finding


@pytest.mark.parametrize("name", ["jobs.csv", "jobs.parquet"])
def test_the_documented_columns(name: str, tmp_path: Path) -> None:
    select = "SELECT 0 AS submit_s, 2.5 AS run_s, 4 AS n_nodes, 10 AS cycle_s, 'x' AS owner"
    file = read_jobs(table(tmp_path / name, select))
    assert (file.jobs.run_ms[0], file.jobs.cycle_ms[0], file.jobs.n_nodes[0]) == (2500, 10_000, 4)
    assert [note.code for note in file.notes] == ["JOB008"]
    assert "owner" in file.notes[0].message


def test_timestamps_count_from_the_first_submission(tmp_path: Path) -> None:
    select = (
        "SELECT TIMESTAMP '2024-09-01 00:00:01.5' AS submit, TIMESTAMP '2024-09-01 00:01:00' AS "
        "start, TIMESTAMP '2024-09-01 01:01:00' AS \"end\", 3 AS nodes"
    )
    jobs = read_jobs(table(tmp_path / "t.parquet", select)).jobs
    assert jobs.origin_s == 1_725_148_801
    assert (jobs.submit_ms[0], jobs.start_ms[0], jobs.run_ms[0]) == (500, 59_000, 3_600_000)


def test_rows_without_a_needed_value_are_skipped_and_counted(tmp_path: Path) -> None:
    select = (
        "SELECT * FROM (VALUES (0, 5, 1), (1, NULL, 1), (2, 5, NULL)) t(submit_s, run_s, n_nodes)"
    )
    file = read_jobs(table(tmp_path / "t.parquet", select))
    assert (file.jobs.n_jobs, file.n_skipped) == (1, 2)


def test_gaps_in_other_columns_take_the_default(tmp_path: Path) -> None:
    select = (
        "SELECT * FROM (VALUES (0, 5, 2, 9, 700), (1, 6, 3, NULL, NULL)) "
        "t(submit_s, run_s, n_nodes, request_s, node_w)"
    )
    jobs = read_jobs(table(tmp_path / "t.parquet", select)).jobs
    assert jobs.request_ms.tolist() == [9000, 6000]
    assert jobs.node_w[0] == 700.0
    assert np.isnan(jobs.node_w[1])


def test_other_columns_are_refused_with_the_nearest(tmp_path: Path) -> None:
    finding = refusal(
        table(tmp_path / "t.parquet", "SELECT 1 AS submit_sec, 2 AS run_sec, 3 AS cpus")
    )
    assert finding.code == "JOB004"
    assert "rename `submit_sec` to `submit_s`" in finding.remedy
    assert "cpus" in finding.message


@pytest.mark.parametrize("name", ["t.csv", "t.parquet", "t.csv.gz"])
def test_what_is_no_table(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"\x1f\x8b\x00PAR1 nothing")
    assert refusal(path).code in {"JOB002", "JOB004"}
    assert refusal(tmp_path / f"none-{name}").code == "JOB002"


def test_text_where_a_number_belongs(tmp_path: Path) -> None:
    select = "SELECT 0 AS submit_s, 'soon' AS run_s, 1 AS n_nodes"
    assert refusal(table(tmp_path / "t.parquet", select)).code == "JOB002"


def test_no_rows(tmp_path: Path) -> None:
    select = "SELECT 0 AS submit_s, 1 AS run_s, 1 AS n_nodes WHERE false"
    assert refusal(table(tmp_path / "t.parquet", select)).code == "JOB006"


@pytest.mark.parametrize(
    ("name", "value"),
    [("submit_s", -1.0), ("run_s", -5.0), ("n_nodes", 0), ("run_s", np.nan), ("run_s", np.inf),
     ("n_nodes", 1e15)],
)  # fmt: skip
def test_values_that_cannot_be(name: str, value: float) -> None:
    given = {"submit_s": [0.0, 0.0], "run_s": [1e6, 1e6], "n_nodes": [1.0, 1.0]}
    given[name] = [given[name][0], value]
    with pytest.raises(WattportError) as refused:
        make_jobs(**given)
    assert any("job 2" in finding.path for finding in refused.value.findings)


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_a_run_between_start_and_end_needs_both(tmp_path: Path) -> None:
    select = (
        "SELECT * FROM (VALUES (0, 1, 9, 1), (1, NULL, 9, 1), (2, 3, NULL, 1)) "
        't(submit, start, "end", nodes)'
    )
    file = read_jobs(table(tmp_path / "t.parquet", select))
    assert (file.jobs.n_jobs, file.n_skipped) == (1, 2)
    assert file.jobs.run_ms.tolist() == [8000]
    unknown = 'SELECT 0 AS submit, -1 AS start, 9 AS "end", 1 AS nodes'
    assert refusal(table(tmp_path / "u.parquet", unknown)).path == "job 1: run_s"


@pytest.mark.parametrize("name", ["t.csv", "t.swf"])
def test_a_number_that_stands_twice_is_told(name: str, tmp_path: Path) -> None:
    rest = " -1 9 1" + " -1" * 13
    text = {
        "t.csv": "job_id,submit_s,run_s,n_nodes\n7,0,9,1\n7,5,9,1\n8,6,9,1\n",
        "t.swf": f"7 0{rest}\n7 5{rest}\n-1 6{rest}\n-1 7{rest}\n",
    }[name]
    notes = read_jobs(written(tmp_path / name, text)).notes
    assert [(note.code, note.value) for note in notes] == [("JOB013", 1)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ms.csv", "submit_s,run_s,n_nodes\n1725148801000,9,1\n"),
        ("inf.csv", "submit_s,run_s,n_nodes\ninf,9,1\n"),
        ("late.swf", "; UnixStartTime: 1700000000000\n1 0 -1 9 1" + " -1" * 13 + "\n"),
        ("far.csv", "submit_s,run_s,n_nodes,scope\n0,9,1,7\n"),
        ("id.csv", "submit_s,run_s,n_nodes,job_id\n0,9,1,1e300\n"),
    ],
)
def test_times_places_and_numbers_that_no_machine_has(name: str, text: str, tmp_path: Path) -> None:
    assert refusal(written(tmp_path / name, text)).code == "JOB001"
