"""
What a table of jobs may be before DuckDB is asked to read it.

DuckDB unpacks without a bound, and takes time with the square of a number's digits and of a
line's columns; a Parquet file of a few kilobytes can hold billions of rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wattport import user_file
from wattport.errors import Finding, WattportError

_MOST_LINE_BYTES = 65_536
_MOST_COLUMNS = 1000
_SHORT_BYTES = 1024  # shorter lines need no look
_SEPARATOR = re.compile(rb"[,;\t|]")
_LONG_NUMBER = re.compile(rb"[0-9]{400}")


def refuse_unfit_file(path: Path, *, is_text: bool) -> None:
    """
    Refuse what is no plain file, or larger than a log of jobs, packed or not.

    Parameters
    ----------
    path : Path
        CSV, also gzipped, or Parquet.
    is_text : bool
        Whether it is CSV, whose lines are looked at.

    Raises
    ------
    WattportError
        With the limit.
    """
    n_bytes = n_lines = 0
    try:
        with user_file.chunks(path, user_file.JOBS) as pieces:
            for block in _whole_lines(pieces):
                n_bytes += len(block)
                n_lines += block.count(b"\n")
                for line in _long_lines(block) if is_text else ():
                    _refuse_line(path, line)
    except user_file.UnfitError as unfit:
        raise unfit.refusal("JOB002") from None
    if not n_bytes:
        raise _refusal(path, "the file is empty", "give a whole file", "")
    if is_text:
        refuse_rows(path, n_lines)


def refuse_rows(path: Path, n_rows: int, n_columns: int = 1) -> None:
    """
    Refuse more rows or columns than a log of jobs has.

    Raises
    ------
    WattportError
        With the limit.
    """
    most = user_file.JOBS.most_items
    if n_rows > most:
        raise _refusal(path, f"the table has more than {most / 1e6:g} million rows",
                       user_file.JOBS.remedy, f"{most / 1e6:g} million rows")  # fmt: skip
    if n_columns > _MOST_COLUMNS:
        raise _refusal(path, f"the table has {n_columns} columns", "keep those that are needed",
                       f"{_MOST_COLUMNS} columns")  # fmt: skip


def count_rows(connection: Any, rows: str, name: str) -> int:
    """
    Count rows, no further than needed to refuse them.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Open.
    rows : str
        ``FROM read_csv(?, ...)`` or ``FROM read_parquet(?, ...)``.
    name : str
        The parameter.
    """
    most = user_file.JOBS.most_items + 1
    query = f"SELECT count(*) FROM (SELECT 1 {rows} LIMIT {most})"
    return int((connection.execute(query, [name]).fetchone() or (0,))[0])


def _whole_lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Bytes in blocks that end with a line, unless a line is too long for any block."""
    tail = b""
    for piece in pieces:
        block = tail + piece.replace(b"\r", b"\n")
        end = block.rfind(b"\n") + 1
        if not end and len(block) > _MOST_LINE_BYTES:
            end = len(block)
        yield block[:end]
        tail = block[end:]
    yield tail


def _long_lines(block: bytes) -> Iterator[bytes]:
    """Lines that are not short, found by steps that leap over those that are."""
    at = 0
    while at < len(block):
        end = block.rfind(b"\n", at, at + _SHORT_BYTES)
        if end < 0:
            end = block.find(b"\n", at)
            end = len(block) if end < 0 else end
            yield block[at:end]
        at = end + 1


def _refuse_line(path: Path, line: bytes) -> None:
    if len(line) > _MOST_LINE_BYTES:
        raise _refusal(path, "a line is longer than any job's", "look for a quote that is not "
                       "closed", f"{_MOST_LINE_BYTES // 1024} kB")  # fmt: skip
    if _LONG_NUMBER.search(line):
        raise _refusal(path, "a number has hundreds of digits", "mend the number", "")
    refuse_rows(path, 0, 1 + len(_SEPARATOR.findall(line)))


def _refusal(path: Path, message: str, remedy: str, allowed: str) -> WattportError:
    return WattportError(Finding("JOB002", message, remedy=remedy, allowed=allowed, file=str(path)))
