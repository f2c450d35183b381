"""
The Standard Workload Format of the Parallel Workloads Archive, read and written.

References
----------
S. Chapin et al., "Benchmarks and standards for the evaluation of parallel job schedulers",
JSSPP 1999, doi:10.1007/3-540-47954-6_4; format version 2.2.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from wattport import user_file
from wattport.arrays import FloatArray
from wattport.batch.job import JobTable, make_jobs
from wattport.errors import Finding, WattportError
from wattport.legible import shortened
from wattport.output import new_file

N_FIELDS = 18
_ID, _SUBMIT, _WAIT, _RUN, _USED = 0, 1, 2, 3, 4
_WANTED, _REQUEST, _STATUS, _USER = 7, 8, 10, 11
_PARTIAL = (2, 3, 4)  # one line for each piece of a job that has a line for the whole too
_MOST = 2.0**42  # seconds, or processors: beyond, milliseconds no longer count exactly
_HEADER = re.compile(r";\s*(\w+)\s*:(.*)")
_WHOLE = re.compile(r"-?\d{1,15}(?!\d)")
_HEADER_NUMBERS = ("UnixStartTime", "MaxProcs", "MaxNodes")
_MOST_SHOWN = 40


@dataclass(frozen=True)
class JobFile:
    """Jobs read from a file, with what was set aside and why."""

    jobs: JobTable
    notes: tuple[Finding, ...]  # warnings: skipped lines and surprises, counted
    n_nodes: int = 0  # of the machine, as the file says; 0: it does not
    is_in_processors: bool = False  # its nodes are processors, hence GPUs on a campus

    @property
    def n_skipped(self) -> int:
        """Lines that are no job."""
        return sum(int(str(note.value)) for note in self.notes if note.code == "JOB005")


def read_swf(path: Path) -> JobFile:
    """
    Read a workload in Standard Workload Format, plain or gzipped.

    As is usual with the format: -1 is "not known"; nodes are the processors asked for, or else
    the ones used; the request is the time asked for, or else the run. Lines without a run time
    or processors, and pieces of jobs (status 2 to 4), are skipped and counted. Order does not
    matter.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    JobFile
        A processor is a node. ``n_nodes`` is the header's ``MaxProcs``, else ``MaxNodes``.

    Raises
    ------
    WattportError
        When the file cannot be read, with the line that is no job line.
    """
    text = _text(path)
    header = {m[1]: m[2].strip() for line in text.split("\n") if (m := _HEADER.match(line))}
    rows, notes = _rows(text, path)
    nodes = np.where(rows[:, _WANTED] > 0, rows[:, _WANTED], rows[:, _USED])
    run = rows[:, _RUN]
    is_piece = np.isin(rows[:, _STATUS], _PARTIAL)
    reasons = {
        "pieces of jobs that have a line for the whole": is_piece,
        "lines without a run time": ~is_piece & (run < 0),
        "lines without processors": ~is_piece & (run >= 0) & (nodes <= 0),
        "lines without a submit time": ~is_piece & (run >= 0) & (nodes > 0)
        & (rows[:, _SUBMIT] < 0),
    }  # fmt: skip
    notes += [_skipped(path, what, int(which.sum())) for what, which in reasons.items()
              if which.any()]  # fmt: skip
    is_job = ~np.any(list(reasons.values()), axis=0)
    rows, nodes, run = rows[is_job], nodes[is_job], run[is_job]
    if rows.shape[0] == 0:
        raise _refusal("JOB006", "there is no job in the file", path, 0, "",
                       "give a file with jobs that ran")  # fmt: skip
    notes += repeated(path, rows[:, _ID])
    submit = rows[:, _SUBMIT]
    if (np.diff(submit) < 0).any():
        n_back = int((np.diff(submit) < 0).sum())
        notes.append(_note(path, "JOB007", f"{n_back} jobs are not in order of time", n_back))
    jobs = make_jobs(
        submit, run, nodes,
        request_s=np.where(rows[:, _REQUEST] >= 0, rows[:, _REQUEST], run),
        job_id=rows[:, _ID], user=rows[:, _USER],
        start_s=np.where(rows[:, _WAIT] >= 0, submit + rows[:, _WAIT], -1.0),
        origin_s=_header_number(header, "UnixStartTime"),  # -1: not known
    )  # fmt: skip
    notes += [
        _note(path, "JOB014", f"the header's {name} is no number that can be used: "
              f"{shortened(header[name], _MOST_SHOWN)!r}; it counts as not known", 1)
        for name in _HEADER_NUMBERS if name in header and _unusable(header[name])
    ]  # fmt: skip
    n_nodes = _header_number(header, "MaxProcs") or _header_number(header, "MaxNodes")
    return JobFile(jobs, tuple(notes), n_nodes, is_in_processors=True)


def repeated(path: Path, numbers: FloatArray) -> list[Finding]:
    """
    Tell of jobs whose number stands before: maybe one job, here counted twice.

    Parameters
    ----------
    path : Path
        The file, for the finding.
    numbers : ndarray, shape (job,)
        As the file names its jobs; below zero, or NaN, it does not.

    Examples
    --------
    >>> [note.value for note in repeated(Path("jobs.swf"), np.array([7.0, 8.0, 7.0, -1.0, -1.0]))]
    [1]
    """
    named = numbers[numbers >= 0.0]
    n = int(named.size - np.unique(named).size)
    if not n:
        return []
    message = f"{n} jobs have the number of another one, and count as jobs of their own"
    return [_note(path, "JOB013", message, n)]


def whole_nodes(jobs: JobTable, n_gpus_per_node: int) -> JobTable:
    """
    Turn processors into nodes: a job takes whole ones.

    Examples
    --------
    >>> whole_nodes(make_jobs([0, 0], [9, 9], [4, 5]), 4).n_nodes
    array([1, 2])
    """
    return replace(
        jobs,
        n_nodes=-(-jobs.n_nodes // n_gpus_per_node),
        least_nodes=-(-jobs.least_nodes // n_gpus_per_node),
    )


def write_swf(path: Path, jobs: JobTable, n_nodes: int) -> None:
    """
    Write jobs in Standard Workload Format; gzipped when the name ends in ``.gz``.

    Parameters
    ----------
    path : Path
        The file, replaced if there is one.
    jobs : JobTable
        Times are rounded to seconds, as the format wants them.
    n_nodes : int
        Of the machine, for the header.
    """
    seconds = {
        name: np.rint(getattr(jobs, name) / 1000.0).astype(np.int64)
        for name in ("submit_ms", "run_ms", "request_ms", "start_ms")
    }
    rows = np.full((jobs.n_jobs, N_FIELDS), -1, np.int64)
    rows[:, _ID], rows[:, _SUBMIT], rows[:, _RUN] = (
        jobs.job_id, seconds["submit_ms"], seconds["run_ms"],
    )  # fmt: skip
    has_start = jobs.start_ms >= 0
    rows[:, _WAIT] = np.where(has_start, seconds["start_ms"] - seconds["submit_ms"], -1)
    rows[:, _USED] = rows[:, _WANTED] = jobs.n_nodes
    rows[:, _REQUEST], rows[:, _STATUS], rows[:, _USER] = seconds["request_ms"], 1, jobs.user
    head = [
        "; Version: 2.2", f"; MaxJobs: {jobs.n_jobs}", f"; MaxRecords: {jobs.n_jobs}",
        f"; UnixStartTime: {jobs.origin_s}", f"; MaxNodes: {n_nodes}", f"; MaxProcs: {n_nodes}",
    ]  # fmt: skip
    body = io.StringIO()
    np.savetxt(body, rows, fmt="%d")
    data = ("\n".join(head) + "\n" + body.getvalue()).encode()
    # mtime 0: the same jobs give the same bytes.
    with new_file(path, may_replace=True) as part:
        part.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)


def _text(path: Path) -> str:
    try:
        data = user_file.read(path, user_file.JOBS)
        user_file.refuse_lines(data, path, user_file.JOBS)
    except user_file.UnfitError as unfit:
        raise unfit.refusal("JOB002") from None
    return data.removeprefix(codecs.BOM_UTF8).decode(
        "latin-1"
    )  # comments may hold any bytes; numbers are ASCII


def _rows(text: str, path: Path) -> tuple[FloatArray, list[Finding]]:
    """Numbers of all job lines, shape (line, field); a last line cut short is set aside."""
    notes: list[Finding] = []
    lines = text.split("\n")
    is_cut = not text.endswith("\n") and 0 < len(lines[-1].split(";")[0].split()) < N_FIELDS
    if is_cut:
        notes.append(_skipped(path, "last line, cut short", 1))
        lines.pop()
    if not any(line.split(";")[0].strip() for line in lines):
        return np.empty((0, N_FIELDS)), notes
    try:
        rows = np.loadtxt(lines, comments=";", ndmin=2, usecols=range(N_FIELDS))
        if (np.abs(rows) < _MOST).all():  # false for what is not a number
            return rows, notes
    except ValueError:
        pass
    raise _bad_line(lines, path)


def _bad_line(lines: list[str], path: Path) -> WattportError:
    """Find the first line that is no job line; only a refused file pays for the search."""
    for number, line in enumerate(lines, 1):
        fields = line.split(";")[0].split()
        if not fields:
            continue
        if len(fields) < N_FIELDS:
            message = f"a job line has {N_FIELDS} fields, this one has {len(fields)}"
            return _refusal("JOB003", message, path, number, line,
                            "complete it with -1 for what is not known, or delete it")  # fmt: skip
        for field in fields[:N_FIELDS]:
            try:
                is_number = abs(float(field)) < _MOST
            except ValueError:
                is_number = False
            if not is_number:
                return _refusal("JOB003", f"{field!r} is no number that can be", path, number, line,
                                "write a number, or -1 for what is not known")  # fmt: skip
    return _refusal("JOB003", "the file is no workload", path, 0, "", "give an SWF file")


def _header_number(header: dict[str, str], name: str) -> int:
    """Give a number of the header; 0 where it is not known."""
    text = header.get(name, "")
    return 0 if _unusable(text) else max(_whole(text), 0)


def _unusable(text: str) -> bool:
    """Whether something else than a whole number of usable size stands there; -1 is not known."""
    return _WHOLE.fullmatch(text.split()[0] if text.split() else "") is None


def _whole(text: str) -> int:
    """Give the whole number at the start of a text; 0 where there is none."""
    found = _WHOLE.match(text)
    return int(found[0]) if found else 0


def _skipped(path: Path, what: str, n: int) -> Finding:
    return _note(path, "JOB005", f"{n} skipped: {what}", n)


def _note(path: Path, code: str, message: str, n: int) -> Finding:
    return Finding(code, message, value=n, file=str(path), severity="warning")


def _refusal(
    code: str, message: str, path: Path, line: int, excerpt: str, remedy: str
) -> WattportError:
    return WattportError(
        Finding(code, message, remedy=remedy, file=str(path), line=line,
                column=1 if line else 0, excerpt=excerpt.rstrip("\r"))
    )  # fmt: skip
