"""From a file of some planning tool to a plan, whatever the format."""

from __future__ import annotations

import os
from pathlib import Path

from wattport.build.exchange.mspdi import read_mspdi
from wattport.build.exchange.notes import ExchangeCode, ReadPlan
from wattport.build.exchange.xer import read_xer
from wattport.errors import Finding, WattportError

MAX_BYTES = 512 * 1024 * 1024


def read_plan(
    path: str | Path, *, encoding: str | None = None, project: str | None = None
) -> ReadPlan:
    """
    Read a schedule from a Primavera XER or a Microsoft Project XML file.

    The content tells the format, not the name of the file.

    Parameters
    ----------
    path : str or Path
        The file.
    encoding : str, optional
        Code page of an XER file; left out: UTF-8 or else cp1252.
    project : str, optional
        Short name of the project to read where an XER file has several.

    Returns
    -------
    ReadPlan
        The plan, what of the file it does not carry, and the dates the file states.

    Raises
    ------
    WattportError
        With all faults of the file.
    """
    name = os.fspath(path)
    raw = _bytes(Path(path), name)
    start = raw[:400].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<") or raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return read_mspdi(raw, name)
    return read_xer(raw, name, encoding=encoding, project=project)


def _bytes(path: Path, name: str) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise _refused(name, "is not a regular file", "give a file")
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            raw = stream.read(MAX_BYTES) if size < MAX_BYTES else b""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refused(
            name, f"cannot be read: {reason.lower()}", "check the path and its permissions"
        ) from None
    if not size:
        raise _refused(name, "is empty", "export the schedule again")
    if not raw:
        raise _refused(name, f"is {size / 1e6:.0f} MB, and was not read", "export one project")
    return raw


def _refused(name: str, message: str, remedy: str) -> WattportError:
    finding = Finding(ExchangeCode.UNREADABLE, f"{name!r} {message}", file=name, remedy=remedy)
    return WattportError(finding)
