"""A path is a path: never a pattern, an address, a column, or a piece of a query."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import numpy as np
import pytest

from wattport.batch import make_jobs, read_jobs, write_jobs
from wattport.energy.host_trace import read_measured_w
from wattport.errors import WattportError
from wattport.records.table_file import UnreadableTableError, reading, writing
from wattport.serving.request import read_trace

NAMES = (
    "jobs[1]", "jobs*", "jobs?", "**", "[a-z]", "[!x]", "[[]", "a]b", "a[", "{a,b}", "it's", 'a"b',
    "read_csv('x')", "x'); DROP TABLE y; --", "a b", "é", "a\nb", "a\\b", "-", "~", "$HOME",
    "a%20b", "a#b", "s3:", "http:", "year=2030", "n_nodes=7", ":memory:", "\U0001f600",
)  # fmt: skip
DECOYS = ("jobs1", "jobsx", "a", "b", "x", "[")
FOLDERS = ("plain", "n_nodes=7", "f[1]", "f*", "http:", "it's")


def tables(folder: Path, suffix: str, n_nodes: dict[str, int]) -> None:
    """One job a file; its number of nodes tells which file was read."""
    folder.mkdir(exist_ok=True)
    plain = folder / "in_between"
    form = "parquet" if suffix == ".parquet" else "csv"
    with writing(folder) as link:
        for name, n in n_nodes.items():
            query = f"SELECT 0 AS submit_s, 1 AS run_s, {n:d} AS n_nodes"
            link.execute(f"COPY ({query}) TO ? (FORMAT {form}, USE_TMP_FILE false)", [str(plain)])
            plain.rename(folder / f"{name}{suffix}")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_jobs_of_the_named_file_are_read(tmp_path: Path, suffix: str) -> None:
    named = {name: number for number, name in enumerate(NAMES, start=1)}
    tables(tmp_path, suffix, dict.fromkeys(DECOYS, 1000) | named)
    for name, number in named.items():
        assert read_jobs(tmp_path / f"{name}{suffix}").jobs.n_nodes.tolist() == [number], name


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("folder", FOLDERS)
def test_the_jobs_of_the_named_folder_are_read(tmp_path: Path, folder: str, suffix: str) -> None:
    for place in ("f1", "fx", "plain"):
        tables(tmp_path / place, suffix, {"jobs": 1000, "jobs[1]": 1000})
    tables(tmp_path / folder, suffix, {"jobs": 1, "jobs[1]": 2})
    assert read_jobs(tmp_path / folder / f"jobs{suffix}").jobs.n_nodes.tolist() == [1]
    assert read_jobs(tmp_path / folder / f"jobs[1]{suffix}").jobs.n_nodes.tolist() == [2]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_what_no_pattern_can_say_is_refused_in_words(tmp_path: Path, suffix: str) -> None:
    tables(tmp_path, suffix, {"a\\b*": 1, "a": 2, "b": 3})
    with pytest.raises(WattportError, match="a backslash and one of"):
        read_jobs(tmp_path / f"a\\b*{suffix}")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_pattern_that_is_no_file_finds_nothing(tmp_path: Path, suffix: str) -> None:
    tables(tmp_path, suffix, {"jobs1": 3})
    for name in ("jobs*", "jobs?", "jobs[1]", "*"):
        with pytest.raises(WattportError, match="no such file"):
            read_jobs(tmp_path / f"{name}{suffix}")


ADDRESSES = ("s3://bucket/a.csv", "http://127.0.0.1:9/a.csv", "https://127.0.0.1:9/a.parquet")


@pytest.mark.parametrize("name", ADDRESSES)
def test_addresses_are_no_files(name: str) -> None:
    with pytest.raises(WattportError):
        read_jobs(Path(name))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_name_that_is_no_text_is_refused_in_words(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"plain{suffix}"
    tables(tmp_path, suffix, {"plain": 1})
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9" + suffix.encode()))
    try:
        path.rename(odd)
    except OSError:
        pytest.skip("the file system takes UTF-8 names only")
    with pytest.raises(WattportError, match="not UTF-8: rename it"):
        read_jobs(odd)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_under_a_name_is_read_under_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "jobs1.parquet").write_bytes(b"another's")
    jobs = make_jobs(np.array([0.0]), np.array([60.0]), np.array([5.0]))
    path = tmp_path / f"{name}.parquet"
    for _ in range(2):  # the second time over the first
        write_jobs(path, jobs)
    assert read_jobs(path).jobs.n_nodes.tolist() == [5]
    assert sorted(os.listdir(tmp_path)) == sorted(["jobs1.parquet", path.name])


@pytest.mark.parametrize("name", NAMES)
def test_other_readers_take_the_named_file_too(tmp_path: Path, name: str) -> None:
    trace = "TIMESTAMP,ContextTokens,GeneratedTokens\n0.0,{},1\n"
    for decoy in DECOYS:
        (tmp_path / f"{decoy}.csv").write_text(trace.format(9), "utf-8")
    (tmp_path / f"{name}.csv").write_text(trace.format(7), "utf-8")
    assert read_trace(tmp_path / f"{name}.csv").n_input.tolist() == [7]

    plain = tmp_path / "plain.parquet"
    duckdb.sql("SELECT 1 AS timestamp, 250.0 AS power_draw").write_parquet(str(plain))
    (tmp_path / f"{name}.parquet").write_bytes(plain.read_bytes())
    assert read_measured_w(tmp_path / f"{name}.parquet").tolist() == [250.0]


QUERIES = (
    "SELECT * FROM read_text('{other}')",
    "SELECT * FROM read_csv('{other}')",
    "SELECT * FROM glob('{folder}/*')",
    "COPY (SELECT 1) TO '{folder}/evil.csv'",
    "ATTACH '{folder}/evil.db'",
    "EXPORT DATABASE '{folder}/evil'",
    "SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
    "SELECT * FROM here_in_python",
)


@pytest.mark.parametrize("query", QUERIES)
def test_even_a_query_from_outside_reaches_nothing_else(tmp_path: Path, query: str) -> None:
    """No such query exists; were one ever let in, it would find the doors shut."""
    tables(tmp_path, ".csv", {"jobs": 1})
    here_in_python = {"a": np.arange(3)}
    assert here_in_python
    other = tmp_path / "other.csv"
    other.write_text("a\n1\n", "utf-8")

    def asked() -> None:
        with reading(tmp_path / "jobs.csv") as (link, _):
            link.execute(query.format(other=other, folder=tmp_path))

    with pytest.raises(UnreadableTableError):
        asked()
    assert sorted(os.listdir(tmp_path)) == ["jobs.csv", "other.csv"]


def test_times_with_a_zone_need_no_extension_from_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "jobs.parquet"
    duckdb.sql(
        "SELECT '2024-01-01 00:00:00+02'::TIMESTAMPTZ AS submit_time, 60.0 AS run_s, 1 AS n_nodes"
    ).write_parquet(str(path))
    assert read_jobs(path).jobs.origin_s == 1_704_060_000


def test_ctrl_c_stays_ctrl_c(tmp_path: Path) -> None:
    """DuckDB catches it and says that a query was interrupted."""
    tables(tmp_path, ".csv", {"jobs": 1})

    def stopped() -> None:
        with reading(tmp_path / "jobs.csv"):
            raise RuntimeError("Query interrupted")

    with pytest.raises(KeyboardInterrupt):
        stopped()
