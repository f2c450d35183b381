"""A table written by DuckDB, whose faults of the disk are those of any other file."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

from wattport.output.refusal import OF_THE_DISK


def copy_table(connection: Any, query: str, path: Path, form: str) -> None:
    """
    Write what a query gives.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where the query means something.
    query : str
        ``SELECT ...``
    path : Path
        The file.
    form : str
        Options of DuckDB's COPY: ``FORMAT parquet``.

    Raises
    ------
    OSError
        When the file cannot be written, with the number of the fault.
    """
    import duckdb

    try:
        connection.execute(f"COPY ({query}) TO ? ({form})", [str(path)])
    except duckdb.IOException as error:
        story = str(error)
        number = next((n for n in OF_THE_DISK if os.strerror(n) in story), errno.EIO)
        raise OSError(number, story, str(path)) from error
