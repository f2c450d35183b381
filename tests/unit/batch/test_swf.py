"""SWF as its users expect it, and everything that can be wrong with a file."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from wattport.batch import read_jobs, read_swf, simulate, uniform_machine
from wattport.errors import WattportError

HEAD = "; Version: 2.2\n; MaxProcs: 64\n; UnixStartTime: 1700000000\n; Note: café ; and more\n\n"


def line(job=1, submit=0, wait=-1, run=10, used=4, wanted=-1, request=-1, status=1, user=-1) -> str:
    fields = [job, submit, wait, run, used, -1, -1, wanted, request, -1, status, user, *[-1] * 6]
    return " ".join(map(str, fields)) + "\n"


def written(tmp_path: Path, text: str, name: str = "jobs.swf") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode("latin-1"))
    return path


def refusal(path: Path):
    with pytest.raises(WattportError) as refused:
        read_jobs(path)
    assert len(refused.value.findings) == 1
    finding = refused.value.findings[0]
    assert finding.remedy
    return finding


def test_header_comments_and_empty_lines(tmp_path: Path) -> None:
    file = read_swf(written(tmp_path, HEAD + line() + "; in between\n" + line(2, 5) + "\n"))
    assert file.jobs.n_jobs == 2
    assert (file.n_nodes, file.jobs.origin_s, file.n_skipped) == (64, 1_700_000_000, 0)


def test_max_nodes_stands_in_for_max_procs(tmp_path: Path) -> None:
    assert read_swf(written(tmp_path, "; MaxNodes: 12 nodes\n" + line())).n_nodes == 12


def test_what_is_not_known_falls_back_as_the_format_says(tmp_path: Path) -> None:
    text = line(wanted=8, request=60) + line(2) + line(3, used=-1, wanted=2) + line(4, request=3)
    jobs = read_swf(written(tmp_path, text)).jobs
    assert jobs.n_nodes.tolist() == [8, 4, 2, 4]
    # A request shorter than the run cannot be kept: the run counts.
    assert jobs.request_ms.tolist() == [60_000, 10_000, 10_000, 10_000]


def test_waits_give_real_starts(tmp_path: Path) -> None:
    jobs = read_swf(written(tmp_path, line(submit=5, wait=7) + line(2))).jobs
    assert jobs.start_ms.tolist() == [12_000, -1]


def test_what_is_no_job_is_skipped_and_counted(tmp_path: Path) -> None:
    text = (
        line() + line(2, run=-1, status=5) + line(3, used=-1) + line(4, submit=-1)
        + line(5, status=2) + line(5, status=3)
    )  # fmt: skip
    file = read_swf(written(tmp_path, text))
    assert file.jobs.n_jobs == 1
    assert file.n_skipped == 5
    assert [note.severity for note in file.notes] == ["warning"] * 4


def test_order_and_overlaps_do_not_matter(tmp_path: Path) -> None:
    text = line(1, 50, run=100) + line(2, 0, run=100) + line(3, 50, run=0) + line(4, 10, run=5)
    file = read_swf(written(tmp_path, text))
    assert [note.code for note in file.notes] == ["JOB007"]
    result = simulate(file.jobs, uniform_machine(4))
    assert (result.first_ms // 1000).tolist() == [105, 0, 205, 100]


def test_jobs_of_no_length_and_of_years(tmp_path: Path) -> None:
    century = 100 * 365 * 86_400
    file = read_swf(written(tmp_path, line(run=0) + line(2, run=century) + line(3, run=0)))
    result = simulate(file.jobs, uniform_machine(4))
    assert result.counts["done"] == 3
    assert result.end_ms.tolist() == [0, century * 1000, century * 1000]


def test_a_larger_job_than_the_machine_stops_nobody(tmp_path: Path) -> None:
    file = read_swf(written(tmp_path, line(used=1000) + line(2)))
    assert simulate(file.jobs, uniform_machine(4)).counts["done"] == 1


def test_gzip_is_seen_whatever_the_name(tmp_path: Path) -> None:
    path = tmp_path / "trace.swf"
    path.write_bytes(gzip.compress((HEAD + line()).encode("latin-1")))
    assert read_jobs(path).jobs.n_jobs == 1


def test_a_gzip_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "trace.swf.gz"
    path.write_bytes(gzip.compress(line().encode() * 200)[:-9])
    assert refusal(path).code == "JOB002"


def test_a_last_line_cut_short_is_skipped_and_counted(tmp_path: Path) -> None:
    file = read_swf(written(tmp_path, line() + "2 5 -1 10"))
    assert (file.jobs.n_jobs, file.n_skipped) == (1, 1)


def test_a_last_line_without_line_end_is_a_line(tmp_path: Path) -> None:
    assert read_swf(written(tmp_path, line() + line(2).rstrip())).jobs.n_jobs == 2


def test_windows_line_ends(tmp_path: Path) -> None:
    text = (HEAD + line() + line(2)).replace("\n", "\r\n")
    assert read_swf(written(tmp_path, text)).jobs.n_jobs == 2


@pytest.mark.parametrize(
    "broken",
    ["2 5 -1 10\n", line(2).replace("10", "ten"), line(2).replace("10", "nan"),
     line(2).replace("10", "1e999"), line(2, run=10**17), "\x00\x01\x02\n", "<html>404</html>\n"],
)  # fmt: skip
def test_a_line_that_is_no_job_line_is_named(broken: str, tmp_path: Path) -> None:
    finding = refusal(written(tmp_path, HEAD + line() + broken + line(3)))
    assert (finding.code, finding.line) == ("JOB003", HEAD.count("\n") + 2)


@pytest.mark.parametrize("text", ["", "; only comments\n", "\n\n", line(run=-1)])
def test_a_file_without_jobs(text: str, tmp_path: Path) -> None:
    assert refusal(written(tmp_path, text)).code == "JOB006"


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.swf").code == "JOB002"
    assert refusal(tmp_path).code == "JOB002"


def test_ten_thousand_lines_keep_their_numbers(tmp_path: Path) -> None:
    text = "".join(line(i, i, run=i % 7) for i in range(1, 10_001))
    jobs = read_swf(written(tmp_path, text)).jobs
    np.testing.assert_array_equal(jobs.submit_ms, 1000 * np.arange(1, 10_001))


@pytest.mark.parametrize("name", ["UnixStartTime", "MaxProcs", "MaxNodes"])
@pytest.mark.parametrize("value", ["1e17", "1" * 16, "1,024", "soon", ""])
def test_a_header_that_is_no_number_is_told(name: str, value: str, tmp_path: Path) -> None:
    path = tmp_path / "log.swf"
    path.write_text(f"; {name}: {value}\n1 0 -1 9 1" + " -1" * 13 + "\n")
    file = read_swf(path)
    assert [note.code for note in file.notes] == ["JOB014"]
    assert name in file.notes[0].message
    assert (file.n_nodes, file.jobs.origin_s) == (0, 0)


@pytest.mark.parametrize("value", ["-1", "128", "338 Power3 nodes"])
def test_a_header_that_is_a_number_is_not_told(value: str, tmp_path: Path) -> None:
    path = tmp_path / "log.swf"
    path.write_text(f"; MaxNodes: {value}\n1 0 -1 9 1" + " -1" * 13 + "\n")
    file = read_swf(path)
    assert not file.notes
    assert file.n_nodes == max(int(value.split()[0]), 0)
