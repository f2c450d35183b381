"""Files that are small on the disk and huge once read, or simply huge: told with the limit."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from wattport import user_file
from wattport.batch import read_jobs
from wattport.cli.requests import is_requests
from wattport.environment.weather import read_epw
from wattport.errors import Code, Finding, WattportError
from wattport.schedule.exchange import read_plan
from wattport.schedule.exchange.notes import ExchangeCode
from wattport.schedule.risk_register import read_register
from wattport.serving.request import read_trace
from wattport.spec import load, load_factory
from wattport.user_file import JOBS, MOST_RATIO, SCENARIO, UnfitError, Why

JOB = "1 0 -1 10 4 -1 -1 4 20 -1 1 5 -1 -1 -1 -1 -1 -1\n"
CSV = "submit_s,run_s,n_nodes\n"
TRACE = "TIMESTAMP,ContextTokens,GeneratedTokens\n"

DOORS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "scenario": (load, "a.yaml", Code.UNREADABLE),
    "factory": (load_factory, "f.yaml", Code.UNREADABLE),
    "risks": (read_register, "r.yaml", Code.UNREADABLE),
    "schedule": (read_plan, "s.xer", ExchangeCode.UNREADABLE),
    "weather": (read_epw, "w.epw", "EPW001"),
    "swf": (read_jobs, "j.swf", "JOB002"),
    "csv": (read_jobs, "j.csv", "JOB002"),
    "parquet": (read_jobs, "j.parquet", "JOB002"),
    "trace": (read_trace, "t.csv", "SRV001"),
}
PACKED_DOORS = ("swf", "csv", "trace")


def refused(door: str, path: Path) -> Finding:
    with pytest.raises(WattportError) as error:
        DOORS[door][0](path)
    (finding,) = error.value.findings
    assert finding.file == str(path)
    assert finding.message
    assert finding.remedy
    assert error.value.exit_code == 2
    return finding


def noughts(n_bytes: int) -> bytes:
    """Gzip of very many lines with a nought, made without holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b"0\n" * 500_000
    parts = [packer.compress(block) for _ in range(n_bytes // len(block))]
    return b"".join([*parts, packer.flush()])


# --- packed ----------------------------------------------------------------------------------


@pytest.mark.parametrize("door", PACKED_DOORS)
def test_a_gzip_bomb_is_refused_by_its_ratio(door: str, tmp_path: Path) -> None:
    path = tmp_path / (DOORS[door][1] + ".gz")
    path.write_bytes(noughts(200_000_000))
    finding = refused(door, path)
    assert str(MOST_RATIO) in finding.message


@pytest.mark.parametrize("door", PACKED_DOORS)
def test_a_gzip_bomb_of_a_decent_ratio_is_refused_by_its_size(
    door: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("JOBS", "REQUESTS"):
        monkeypatch.setattr(user_file, name, replace(getattr(user_file, name), most_bytes=100_000))
    path = tmp_path / (DOORS[door][1] + ".gz")
    path.write_bytes(gzip.compress((JOB * 10_000).encode()))
    finding = refused(door, path)
    assert "unpacks to more than is read" in finding.message
    assert "0 MB for a" in finding.allowed


@pytest.mark.parametrize("door", [d for d in DOORS if d not in (*PACKED_DOORS, "parquet")])
def test_gzip_is_named_where_it_is_not_taken(door: str, tmp_path: Path) -> None:
    path = tmp_path / DOORS[door][1]
    path.write_bytes(gzip.compress(b"name: a\n"))
    assert "packed with gzip" in refused(door, path).message


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("form", "start"),
    [("zip", b"PK\x03\x04"), ("zstd", b"\x28\xb5\x2f\xfd"), ("xz", b"\xfd7zXZ\0"),
     ("bzip2", b"BZh91AY&SY"), ("7-Zip", b"7z\xbc\xaf\x27\x1c")],
)  # fmt: skip
def test_other_packing_is_named(door: str, form: str, start: bytes, tmp_path: Path) -> None:
    path = tmp_path / DOORS[door][1]
    path.write_bytes(start + bytes(100))
    finding = refused(door, path)
    assert f"packed with {form}" in finding.message
    assert "unpack" in finding.remedy


def test_what_gzip_allows_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    text = JOB.encode() * 100_000
    half = len(text) // 2
    two = gzip.compress(text[:half]) + gzip.compress(text[half:])
    for raw in (gzip.compress(text), two, two + bytes(512), gzip.compress(b"") + two):
        path.write_bytes(raw)
        assert user_file.read(path, JOBS) == text
    for raw in (two[:-1], two[:-9], gzip.compress(text)[:5000], two + b"x", b"\x1f\x8b"):
        path.write_bytes(raw)
        with pytest.raises(UnfitError, match="cut short or damaged"):
            user_file.read(path, JOBS)


def test_telling_requests_from_jobs_unpacks_no_bomb(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(noughts(200_000_000))
    assert not is_requests(path)
    path.write_bytes(gzip.compress(TRACE.encode()))
    assert is_requests(path)


# --- large -----------------------------------------------------------------------------------


@pytest.mark.parametrize("door", DOORS)
def test_a_file_larger_than_its_kind_is_not_read(door: str, tmp_path: Path) -> None:
    path = tmp_path / DOORS[door][1]
    with path.open("wb") as stream:
        stream.truncate(3_000_000_000)  # sparse: takes no room
    finding = refused(door, path)
    assert "is 3000 MB, and was not read" in finding.message
    assert " MB for a" in finding.allowed


def test_a_file_that_hides_its_size_is_counted_as_it_comes() -> None:
    hidden = Path("/proc/self/maps")
    if not hidden.is_file():
        pytest.skip("no /proc here")
    assert hidden.stat().st_size == 0
    assert user_file.read(hidden, SCENARIO)
    with pytest.raises(UnfitError, match="goes on and on") as error:
        user_file.read(hidden, replace(SCENARIO, most_bytes=10))
    assert error.value.why is Why.TOO_LARGE


@pytest.mark.parametrize("door", ["swf", "csv", "trace"])
def test_lines_are_counted(door: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JOBS", "REQUESTS"):
        monkeypatch.setattr(user_file, name, replace(getattr(user_file, name), most_items=1000))
    path = tmp_path / DOORS[door][1]
    path.write_text({"swf": JOB, "csv": CSV + "0,1,1\n", "trace": TRACE + "0,1,1\n"}[door])
    DOORS[door][0](path)
    path.write_text(path.read_text() + "\n" * 1000)
    finding = refused(door, path)
    assert "million" in finding.allowed


# --- tables ----------------------------------------------------------------------------------


def test_a_parquet_bomb_is_refused_by_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import duckdb

    path = tmp_path / "j.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 1.0 AS submit_s, 1.0 AS run_s, 1 AS n_nodes FROM range(11_000_000)) "
            f"TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
        )
    assert path.stat().st_size < 100_000
    assert "more than 10 million rows" in refused("parquet", path).message


@pytest.mark.parametrize("door", ["csv", "parquet"])
def test_a_table_of_thousands_of_columns_is_refused(door: str, tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / DOORS[door][1]
    columns = ", ".join(f"{i} AS c{i}" for i in range(1001))
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {columns}) TO '{path}' (FORMAT {door})")
    assert "1001 columns" in refused(door, path).message


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (("1," * 30_000 + "1\n") * 100, "30001 columns"),
        (f"1,2,{'9' * 60_000}\n" * 100, "hundreds of digits"),
        (f'1,2,"{"x" * 70_000}"\n', "longer than any job's"),
        ("1,2,3\r" * 100 + "," * 2000, "2001 columns"),
        ("x" * 3_000_000, "longer than any job's"),
    ],
)
def test_what_duckdb_takes_minutes_for_is_refused(rows: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "j.csv"
    path.write_text(CSV + "0,1,1\n" + rows)
    assert says in refused("csv", path).message


def test_long_lines_anywhere_in_a_file_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "j.csv"
    short = "0,1,1\n" * 175_000  # a piece of the file is a megabyte
    for at in (1_048_576 - 1000, 1_048_576 - 1, 1_048_576, 2_000_000):
        text = CSV + short[: at - at % 6] + "0,1," + "," * 1500 + "\n" + short
        path.write_text(text)
        assert "columns" in refused("csv", path).message
    path.write_text(CSV + short)
    assert read_jobs(path).jobs.n_jobs == 175_000
