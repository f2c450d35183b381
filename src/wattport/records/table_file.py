"""
Tables in files, through DuckDB, which sees those files and nothing else.

To DuckDB a name is more than a name: ``jobs[1].csv`` is a pattern that finds ``jobs1.csv``, a
folder ``year=2030`` is a column, what begins with ``s3://`` is fetched, and what it cannot do it
loads an extension for. Here a path is a path: whole, with all that means something in a pattern
set in brackets, and the only one that may be opened.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Ends the arguments of `read_parquet` and `read_csv`: names of folders are no columns.
AS_IT_IS = "hive_partitioning = false"


class UnreadableTableError(Exception):
    """What stands in the way of reading, in one line."""


@contextmanager
def reading(*paths: Path) -> Iterator[tuple[Any, ...]]:
    r"""
    Open DuckDB for the reading of one file, or of some.

    Parameters
    ----------
    *paths : Path
        Files that exist; whatever their names are.

    Yields
    ------
    connection : duckdb.DuckDBPyConnection
        One that can open these files only.
    *names : str
        To hand to ``read_parquet(?, ...)`` or ``read_csv(?, ...)`` with `AS_IT_IS`.

    Raises
    ------
    UnreadableTableError
        For whatever DuckDB says, in its words.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "jobs[1].csv")
    ...     _ = path.write_text("n_nodes\n3\n")
    ...     _ = Path(folder, "jobs1.csv").write_text("n_nodes\n4\n")
    ...     with reading(path) as (link, name):
    ...         link.execute(f"FROM read_csv(?, {AS_IT_IS})", [name]).fetchall()
    [(3,)]
    """
    import duckdb

    whole = [os.path.realpath(path) for path in paths]
    names = [_literal(path) for path in whole]
    try:
        with _alone("allowed_paths", [*whole, *names]) as connection:
            yield connection, *names
    except duckdb.Error as error:
        raise UnreadableTableError(_first_line(error)) from error


@contextmanager
def writing(folder: Path) -> Iterator[DuckDBPyConnection]:
    """
    Open DuckDB for the writing of tables into one folder.

    Parameters
    ----------
    folder : Path
        One that exists.

    Yields
    ------
    duckdb.DuckDBPyConnection
        One that can open files below this folder only.
    """
    with _alone("allowed_directories", [os.path.realpath(folder) + os.sep]) as connection:
        yield connection


@contextmanager
def _alone(setting: str, allowed: Sequence[str]) -> Iterator[DuckDBPyConnection]:
    """A DuckDB without network, extensions, spilling to disk, or other files than these."""
    import duckdb

    with duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "temp_directory": "",  # what does not fit is refused, not put on the disk
            "memory_limit": "2GB",
        }
    ) as connection:
        connection.execute(f"SET {setting} = ?", [list(allowed)])
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        try:
            yield connection
        except RuntimeError as error:
            # Ctrl-C, which DuckDB takes for itself.
            if "interrupted" in str(error).lower():
                raise KeyboardInterrupt from None
            raise


def _literal(path: str) -> str:
    """Write a path as the pattern that finds it and nothing else."""
    name = "".join(f"[{c}]" if c in "*?[" else c for c in path)
    try:
        name.encode()
    except UnicodeEncodeError:
        raise UnreadableTableError("its path is not UTF-8: rename it") from None
    if name != path and os.sep != "\\" and "\\" in path:
        # In a pattern, and only there, DuckDB takes a backslash for a separator.
        raise UnreadableTableError("its path holds a backslash and one of * ? [: rename it")
    return name


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0]
