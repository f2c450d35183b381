"""
Jobs as a CSV or Parquet table, and the door for any file of jobs.

Columns carry the names of `make_jobs`: ``submit_s``, ``run_s`` and ``n_nodes`` are needed. Times
may be timestamps too: ``submit``, ``start``, ``end``; a run may be given by start and end.
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattport.batch.job import JobTable, make_jobs
from wattport.batch.swf import JobFile, read_swf, repeated
from wattport.batch.table_limits import count_rows, refuse_rows, refuse_unfit_file
from wattport.errors import Finding, WattportError
from wattport.output import copy_table, new_file
from wattport.records.table_file import AS_IT_IS, UnreadableTableError, reading, writing

# Names that traces use, and ours.
ALIASES = {
    "submit": "submit_s", "submit_time": "submit_s", "start": "start_s", "start_time": "start_s",
    "end": "end_s", "end_time": "end_s", "nodes": "n_nodes", "num_nodes": "n_nodes",
    "avg_power_per_node": "node_w",
}  # fmt: skip
KNOWN = (
    "job_id", "submit_s", "run_s", "n_nodes", "request_s", "least_nodes", "user", "priority",
    "is_preemptible", "scope", "cycle_s", "checkpoint_s", "restart_s", "most_delay_s", "node_w",
    "start_s", "end_s",
)  # fmt: skip
_DEFAULTS = {"node_w": np.nan, "start_s": -1.0}
_LIKE = {"request_s": "run_s", "least_nodes": "n_nodes"}
_TIMES = ("submit_s", "start_s", "end_s")
_WRITTEN = {
    "submit_s": "submit_ms", "run_s": "run_ms", "request_s": "request_ms", "cycle_s": "cycle_ms",
    "checkpoint_s": "checkpoint_ms", "restart_s": "restart_ms", "most_delay_s": "most_delay_ms",
}  # fmt: skip


def read_jobs(path: Path) -> JobFile:
    """
    Read jobs from an SWF, CSV or Parquet file, told apart by the name.

    Parameters
    ----------
    path : Path
        ``.csv`` (also gzipped), ``.parquet``; anything else is read as SWF.

    Returns
    -------
    JobFile
        Jobs, and what was set aside.

    Raises
    ------
    WattportError
        With what is wrong and what to do.
    """
    name = path.name.lower()
    if name.endswith((".csv", ".csv.gz")):
        return _read_table(path, "read_csv")
    if name.endswith((".parquet", ".pq")):
        return _read_table(path, "read_parquet")
    return read_swf(path)


def write_jobs(path: Path, jobs: JobTable) -> None:
    """
    Write jobs as Parquet, or as CSV when the name ends in ``.csv``.

    Parameters
    ----------
    path : Path
        The file, replaced if there is one.
    jobs : JobTable
        What to write; `read_jobs` gives it back.
    """
    columns: dict[str, NDArray[Any]] = {
        name: getattr(jobs, name)
        for name in ("job_id", "n_nodes", "least_nodes", "user", "priority", "is_preemptible",
                     "scope", "node_w")
    }  # fmt: skip
    columns |= {name: getattr(jobs, ours) / 1000.0 for name, ours in _WRITTEN.items()}
    columns["start_s"] = np.where(jobs.start_ms < 0, -1.0, jobs.start_ms / 1000.0)
    form = "csv" if path.suffix == ".csv" else "parquet"
    with new_file(path, may_replace=True) as part:
        write_table(part, columns, form)


def write_table(path: Path, columns: dict[str, NDArray[Any]], form: str = "parquet") -> None:
    """
    Write arrays as one table.

    Parameters
    ----------
    path : Path
        The file, in a folder or a file that takes its place only when all is written.
    columns : dict of ndarray, shape (row,)
        By name, in order.
    form : str
        ``parquet`` or ``csv``.
    """
    with writing(path.parent) as connection:
        connection.register("written", {k: np.ascontiguousarray(v) for k, v in columns.items()})
        copy_table(connection, "SELECT * FROM written", path, f"FORMAT {form}")


def _read_table(path: Path, reader: str) -> JobFile:
    refuse_unfit_file(path, is_text=reader == "read_csv")
    rows = f"FROM {reader}(?, {AS_IT_IS})"
    try:
        with reading(path) as (connection, file):
            kinds = connection.execute(f"DESCRIBE SELECT * {rows}", [file]).fetchall()
            n_rows = count_rows(connection, rows, file)
            refuse_rows(path, n_rows, len(kinds))
            found = {name: (column, kind) for column, kind, *_ in kinds
                     if (name := ALIASES.get(column.lower(), column.lower())) in KNOWN}  # fmt: skip
            _refuse_columns(path, set(found), [row[0] for row in kinds])
            picked = ", ".join(_expression(name, *found[name]) for name in found)
            run = {"run_s"} if "run_s" in found else {"start_s", "end_s"}
            needed = " AND ".join(
                f'"{found[name][0]}" IS NOT NULL' for name in found
                if name in {"submit_s", "n_nodes", "end_s"} | run
            )  # fmt: skip
            table = connection.execute(
                f"SELECT {picked} {rows} WHERE {needed}", [file]
            ).fetchnumpy()
    except UnreadableTableError as error:
        raise _refusal("JOB002", f"the table cannot be read: {error}", path,
                       "give a whole CSV file with a header, or a Parquet file") \
            from error  # fmt: skip
    used = {column for column, _ in found.values()}
    return _job_file(path, table, n_rows, {row[0] for row in kinds} - used)


def _expression(name: str, column: str, kind: str) -> str:
    """Give SQL that makes a number of a column: a timestamp counts as Unix seconds."""
    quoted = '"' + column.replace('"', '""') + '"'
    if name in _TIMES and kind.startswith(("TIMESTAMP", "DATE")):
        return f"epoch_us({quoted}::TIMESTAMP) / 1e6 AS {name}"
    # A cast that fails is an error of the file, told with its value.
    return f"CAST({quoted} AS DOUBLE) AS {name}"


def _job_file(path: Path, table: dict[str, Any], n_rows: int, others: set[str]) -> JobFile:
    columns = {
        name: np.ma.filled(np.ma.asarray(values, np.float64), np.nan)
        for name, values in table.items()
    }
    submit = columns["submit_s"]
    notes = []
    if submit.size < n_rows:
        n = n_rows - submit.size
        notes.append(_note(path, "JOB005", f"{n} skipped: rows without a needed value", n))
    if others:
        listed = ", ".join(sorted(others))
        notes.append(_note(path, "JOB008", f"columns not used: {listed}", len(others)))
    if submit.size == 0:
        raise _refusal("JOB006", "there is no job in the file", path, "give a file with jobs")
    if "job_id" in columns:
        notes += repeated(path, columns["job_id"])
    if "run_s" not in columns:
        # A start of -1 is none, hence neither is a run.
        start = np.where(columns["start_s"] < 0.0, np.nan, columns["start_s"])
        columns["run_s"] = columns["end_s"] - start
    # Unix times are counted from the first submission, others from their own zero.
    origin_s = int(submit.min() // 1) if 1e8 < submit.min() < np.inf else 0
    for name in _TIMES:
        if name in columns and origin_s:
            is_known = columns[name] >= 0.0
            columns[name] = np.where(is_known, columns[name] - origin_s, -1.0)
    columns.pop("end_s", None)
    required = {name: columns.pop(name) for name in ("submit_s", "run_s", "n_nodes")}
    given: dict[str, Any] = {}
    for name, values in columns.items():
        default = required.get(_LIKE.get(name, ""), np.float64(_DEFAULTS.get(name, 0.0)))
        given[name] = np.where(np.isnan(values), default, values)
    jobs = make_jobs(**required, **given, origin_s=origin_s)
    return JobFile(jobs, tuple(notes))


def _refuse_columns(path: Path, found: set[str], columns: list[str]) -> None:
    missing = [name for name in ("submit_s", "n_nodes") if name not in found]
    if "run_s" not in found and not {"start_s", "end_s"} <= found:
        missing.append("run_s")
    if not missing:
        return
    close = {
        name: near[0] for name in missing if (near := get_close_matches(name, columns, 1, 0.4))
    }
    hint = "; ".join(f"rename `{theirs}` to `{ours}`" for ours, theirs in close.items())
    raise WattportError(
        Finding(
            "JOB004", f"the table lacks {', '.join(missing)}; it has {', '.join(columns)}",
            value=", ".join(columns), allowed=", ".join(KNOWN), file=str(path),
            line=0 if path.suffix in {".parquet", ".pq"} else 1,
            remedy=hint or "name the columns as listed; a trace of requests has TIMESTAMP, "
            "ContextTokens and GeneratedTokens",
        )
    )  # fmt: skip


def _note(path: Path, code: str, message: str, n: int) -> Finding:
    return Finding(code, message, value=n, file=str(path), severity="warning")


def _refusal(code: str, message: str, path: Path, remedy: str) -> WattportError:
    return WattportError(Finding(code, message, remedy=remedy, file=str(path)))
