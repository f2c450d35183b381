"""Reads a cluster's load as tasks and their samples of CPU use (the OpenDC trace format)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wattport import user_file
from wattport.arrays import FloatArray, IntArray
from wattport.errors import Code, Finding, SpecError
from wattport.records.table_file import AS_IT_IS, UnreadableTableError, reading

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TASK_COLUMNS = ("id", "submission_time", "cpu_capacity")
SAMPLE_COLUMNS = ("id", "duration", "cpu_usage")
_ROWS = f"read_parquet(?, {AS_IT_IS})"


@dataclass(frozen=True)
class HostTrace:
    """Tasks that ran, in the order of their samples."""

    start_s: FloatArray  # (task,) from the first task
    n_samples: IntArray  # (task,)
    usage_frac: FloatArray  # (sample,)
    step_s: float
    n_tasks_without_samples: int  # shorter than one sample: counted, not drawn


def read_host_trace(tasks: Path, fragments: Path) -> HostTrace:
    """
    Read tasks and their fragments from two Parquet files.

    Parameters
    ----------
    tasks : Path
        Columns `id`, `submission_time` (a timestamp: when the task started) and `cpu_capacity`
        [MHz of the whole host]. Others are ignored.
    fragments : Path
        Columns `id`, `duration` [ms, the same in all rows] and `cpu_usage` [MHz]; the rows of
        a task stand together, in order of time.

    Returns
    -------
    HostTrace
        Use over capacity, cut to 0 and 1.

    Raises
    ------
    SpecError
        A file or a column is missing, a sample belongs to no task, the rows of a task stand
        apart, or samples differ in length.

    References
    ----------
    OpenDC trace format (atlarge-research/opendc, documentation of the task and fragment files).
    """
    # Text is hashed to 64 bits where it is read: that makes a week ten times quicker.
    (task,) = _fetch(
        tasks,
        TASK_COLUMNS,
        f"SELECT hash(id::VARCHAR) AS task, epoch_ms(submission_time::TIMESTAMP) / 1000.0 AS start,"
        f" cpu_capacity::DOUBLE AS capacity FROM {_ROWS} ORDER BY task",
    )
    sample, length = _fetch(
        fragments,
        SAMPLE_COLUMNS,
        f"SELECT hash(id::VARCHAR) AS task, cpu_usage::DOUBLE AS usage FROM {_ROWS}",
        f"SELECT min(duration) / 1000.0 AS low, max(duration) / 1000.0 AS high FROM {_ROWS}",
    )
    if sample["task"].size == 0 or task["task"].size == 0:
        raise _refusal(Code.EMPTY, "there are no samples of any task", fragments, "")
    step_s = float(length["low"][0])
    if not 0.0 < step_s == float(length["high"][0]):
        remedy = "resample them to one `duration`"
        raise _refusal(Code.CONTRADICTION, "samples differ in length", fragments, remedy)
    at, n_samples = _owners(task["task"], sample["task"], fragments)
    usage = sample["usage"] / np.repeat(task["capacity"][at], n_samples)
    return HostTrace(
        start_s=task["start"][at] - task["start"].min(),
        n_samples=n_samples,
        usage_frac=np.clip(np.nan_to_num(usage), 0.0, 1.0),
        step_s=step_s,
        n_tasks_without_samples=int(task["task"].size - at.size),
    )


def _owners(
    tasks: NDArray[np.generic], owner: NDArray[np.generic], path: Path
) -> tuple[IntArray, IntArray]:
    """Row and number of samples of each task that has some, in the order of the samples."""
    first = np.concatenate([[0], np.flatnonzero(owner[1:] != owner[:-1]) + 1])
    named = owner[first]
    at = np.minimum(np.searchsorted(tasks, named), tasks.size - 1)
    if np.any(tasks[at] != named):
        message = "a sample belongs to a task that is not in the task file"
        raise _refusal(Code.UNKNOWN_REFERENCE, message, path, "give both files of one trace")
    if np.unique(named).size != named.size:
        remedy = "sort the rows by `id`, each task's in order of time"
        raise _refusal(Code.TWICE, "the samples of a task stand apart", path, remedy)
    n_samples = np.diff(np.concatenate([first, [owner.size]]))
    return at.astype(np.int64), n_samples.astype(np.int64)


def read_measured_w(path: Path) -> FloatArray:
    """
    Read the measured power of a cluster from a Parquet file.

    Parameters
    ----------
    path : Path
        Columns `timestamp` and `power_draw` [W].

    Returns
    -------
    ndarray, shape (time,)
        In order of time. [W]

    Raises
    ------
    SpecError
        The file or a column is missing.
    """
    (rows,) = _fetch(
        path,
        ("timestamp", "power_draw"),
        f"SELECT power_draw::DOUBLE AS power FROM {_ROWS} ORDER BY timestamp",
    )
    return np.asarray(rows["power"], np.float64)


def _fetch(
    path: Path, columns: tuple[str, ...], *queries: str
) -> list[dict[str, NDArray[np.generic]]]:
    """What each query gives from a Parquet file that must have these columns."""
    try:
        user_file.beginning(path, user_file.JOBS, 1)
    except user_file.UnfitError as unfit:
        raise SpecError(unfit.finding(Code.FILE_NOT_FOUND)) from None
    try:
        with reading(path) as (link, file):
            _require(link, file, path, columns)
            found = [link.execute(query, [file]).fetchnumpy() for query in queries]
    except UnreadableTableError as failure:
        raise _refusal(Code.UNREADABLE, f"not a Parquet file: {failure}", path, "") from None
    return [{name: np.asarray(column) for name, column in rows.items()} for rows in found]


def _require(link: DuckDBPyConnection, file: str, path: Path, columns: tuple[str, ...]) -> None:
    rows = link.execute(f"DESCRIBE SELECT * FROM {_ROWS}", [file]).fetchall()
    found = [str(row[0]) for row in rows]
    missing = [name for name in columns if name not in found]
    if missing:
        raise SpecError(
            Finding(
                Code.MISSING_KEY,
                f"column {', '.join(missing)} is missing",
                file=str(path),
                allowed=", ".join(columns),
                remedy=f"the file has {', '.join(found)}",
            )
        )


def _refusal(code: Code, message: str, path: Path, remedy: str) -> SpecError:
    return SpecError(Finding(code, message, file=str(path), remedy=remedy))
