"""From a file of some planning tool to a plan, whatever the format."""

from __future__ import annotations

import os
from pathlib import Path

from wattport import user_file
from wattport.errors import Finding, WattportError
from wattport.schedule.exchange.mspdi import read_mspdi
from wattport.schedule.exchange.notes import ExchangeCode, ReadPlan
from wattport.schedule.exchange.xer import read_xer


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
    try:
        raw = user_file.read(path, user_file.SCHEDULE)
    except user_file.UnfitError as unfit:
        raise unfit.refusal(ExchangeCode.UNREADABLE) from None
    if not raw:
        raise WattportError(
            Finding(ExchangeCode.UNREADABLE, f"{name!r} is empty", file=name,
                    remedy="export the schedule again")
        )  # fmt: skip
    start = raw[:400].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<") or raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return read_mspdi(raw, name)
    return read_xer(raw, name, encoding=encoding, project=project)
