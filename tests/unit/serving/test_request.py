from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from wattport.errors import Finding, WattportError
from wattport.serving.request import Trace, diurnal_rate_per_s, generate, read_trace

HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens\n"
GOOD = "2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:15:50.9951690,396,109\n"


def refusal(tmp_path: Path, text: str | bytes) -> Finding:
    path = tmp_path / "trace.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(WattportError) as refused:
        read_trace(path)
    (finding,) = refused.value.findings
    assert finding.code == "SRV001"
    assert finding.file == str(path)
    assert finding.remedy
    return finding


def test_a_trace_in_the_azure_form_is_read(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    path.write_text("\ufeff" + HEADER + GOOD + "\n", "utf-8")
    trace = read_trace(path)
    assert trace.arrival_s == pytest.approx([0.0, 4.314579], abs=1e-6)
    assert trace.n_input.tolist() == [374, 396]
    assert trace.n_output.tolist() == [44, 109]


def test_columns_are_found_by_name_and_seconds_are_times(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    path.write_text("user,GeneratedTokens,TIMESTAMP,ContextTokens\nx,5,10.5,7\ny,6,12,8\n")
    trace = read_trace(path)
    assert trace.arrival_s.tolist() == [0.0, 1.5]
    assert trace.n_input.tolist() == [7, 8]


def test_a_gzipped_trace_is_read_and_a_quoted_one(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv.gz"
    path.write_bytes(gzip.compress((HEADER + GOOD).encode()))
    assert read_trace(path).n_input.tolist() == [374, 396]
    quoted = tmp_path / "quoted.csv"
    quoted.write_text('"TIMESTAMP","ContextTokens","GeneratedTokens"\n"3.5","12"," 4 "\n')
    assert read_trace(quoted).n_output.tolist() == [4]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("TIMESTAMP,ContextTokens\n1,2\n", 1, "GeneratedTokens"),
        ("", 1, "missing column"),
        (HEADER, 1, "no request"),
        (HEADER + GOOD + "2023-11-16 18:15:51,-3,5\n", 4, "ContextTokens is '-3'"),
        (HEADER + GOOD + "2023-11-16 18:15:51,3,0\n", 4, "GeneratedTokens is '0'"),
        (HEADER + GOOD + "2023-11-16 18:15:51,3,many\n", 4, "GeneratedTokens is 'many'"),
        (HEADER + GOOD + "2023-11-16 18:15:51,3,1.5\n", 4, "GeneratedTokens is '1.5'"),
        (HEADER + GOOD + "2023-11-16 18:15:40,3,5\n", 4, "goes back by 10.9952 s"),
        (HEADER + GOOD + "yesterday,3,5\n", 4, "TIMESTAMP is 'yesterday'"),
        (HEADER + "12.5,3,5\nnan,3,5\n", 3, "TIMESTAMP is 'nan'"),
        (HEADER + GOOD + "2023-11-16 18:15:51,3\n", 4, "2 fields, 3 are needed"),
        (HEADER + GOOD + "2023-11-16 18:15:51,1,234,5\n", 4, "4 fields, the header has 3"),
        (HEADER.strip() + ",ContextTokens\n2023-11-16 18:15:51,3,5,7\n", 1, "stands twice"),
        (b"\xff\xfe\x00T", 0, "not UTF-8"),
        (gzip.compress((HEADER + GOOD).encode(), mtime=0)[:-12], 0, "cut short"),
        (b"\x1f\x8bnonsense", 0, "damaged"),
    ],
)  # fmt: skip
def test_a_bad_trace_is_one_finding_at_its_line(
    tmp_path: Path, text: str | bytes, line: int, says: str
) -> None:
    finding = refusal(tmp_path, text)
    assert finding.line == line
    assert says in finding.message


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(WattportError, match="cannot be read: no such file"):
        read_trace(tmp_path / "none.csv")


def test_generated_requests_have_the_rate_and_the_burstiness_asked_for() -> None:
    lengths = Trace(np.zeros(3), np.array([10, 20, 30]), np.array([1, 2, 3]))
    for burstiness in (1.0, 4.0):
        trace = generate(np.full(10, 50.0), 100.0, lengths, seed=3, burstiness=burstiness)
        gaps = np.diff(trace.arrival_s)
        assert trace.arrival_s.size == pytest.approx(50_000, rel=0.03)
        assert gaps.var() / gaps.mean() ** 2 == pytest.approx(burstiness, rel=0.08)
        assert (trace.n_input == 10 * trace.n_output).all()
    again = generate(np.full(10, 50.0), 100.0, lengths, seed=3, burstiness=4.0)
    assert (again.arrival_s == trace.arrival_s).all()


def test_a_weekend_is_quiet() -> None:
    rate = diurnal_rate_per_s(10.0, 0.4, 14.0, 7, weekend_frac=0.5, first_weekday=0)
    days = rate.reshape(7, 24).mean(axis=1)
    assert days == pytest.approx([10.0] * 5 + [5.0] * 2)
