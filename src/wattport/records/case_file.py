"""
The files of a case that came from somewhere else.

A case may have been mailed by anybody. So nothing is read that is no plain file inside its folder
or is larger than a case can be, and nothing is believed that the records do not declare.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from wattport.errors import Finding, WattportError

MOST_FINDINGS = 100  # beyond, more of the same tell nothing


class CaseCode(StrEnum):
    """Stable codes of the findings about a saved case."""

    NO_CASE = "CASE001"  # no such folder, or no case in it
    MISSING = "CASE002"  # a file of the case
    NOT_PLAIN = "CASE003"  # a link out of the folder, a pipe, a device
    TOO_LARGE = "CASE004"  # larger than any case, or than its files can hold
    UNREADABLE = "CASE005"  # no JSON, no Parquet, cut short
    VERSION = "CASE006"  # written by another version
    STRANGER = "CASE007"  # a name that no record declares
    LACKING = "CASE008"  # a value that its record needs
    KIND = "CASE009"  # a value of another kind than declared
    SIZES = "CASE010"  # shapes, rows and labels contradict each other
    CHANGED = "CASE011"  # the content is not what the manifest tells
    IMPLAUSIBLE = "CASE012"  # numbers that no campus has


class Faults:
    """What is wrong with one case; told at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._found: list[Finding] = []

    def add(self, code: str, message: str, file: str, path: str = "", **more: Any) -> None:
        """Note one fault of a file, named from the folder on."""
        if len(self._found) < MOST_FINDINGS:
            self._found.append(
                Finding(code, message, path=path, file=str(self.folder / file), **more)
            )

    def refuse(self) -> None:
        """
        Raise if there is anything to tell.

        Raises
        ------
        WattportError
            With all findings so far.
        """
        if self._found:
            raise WattportError(self._found)


def plain_file(found: Faults, name: str, most_bytes: int) -> Path | None:
    """
    Find a file of the case that may be read.

    Parameters
    ----------
    found : Faults
        Of the folder; receives what is wrong.
    name : str
        One that the program knows, never one that the case tells.
    most_bytes : int
        Larger files are refused unread.

    Returns
    -------
    Path or None
        None where there is no such file.
    """
    path = found.folder / name
    try:
        real = Path(os.path.realpath(path, strict=True))
        if not real.is_relative_to(os.path.realpath(found.folder)):
            found.add(CaseCode.NOT_PLAIN, "leads out of the folder of the case", name,
                      remedy="a case holds all of its files: ask for it again")  # fmt: skip
        elif not real.is_file():
            found.add(CaseCode.NOT_PLAIN, "is no plain file", name,
                      remedy="a case holds plain files only: ask for it again")  # fmt: skip
        elif (n_bytes := real.stat().st_size) > most_bytes:
            found.add(CaseCode.TOO_LARGE, f"has {n_bytes} bytes; it was not read", name,
                      value=n_bytes, allowed=f"at most {most_bytes} bytes")  # fmt: skip
        else:
            return real
    except FileNotFoundError:
        found.add(CaseCode.MISSING, "is missing", name, remedy="play the spec again")
    except OSError as error:
        found.add(CaseCode.UNREADABLE, f"cannot be read: {os.strerror(error.errno or 0)}", name)
    return None


def read_json(found: Faults, name: str, most_bytes: int) -> dict[str, Any]:
    """
    Read an object of JSON.

    Parameters
    ----------
    found, name, most_bytes
        As for `plain_file`.

    Returns
    -------
    dict
        Of whatever it holds; empty where something is wrong.
    """
    path = plain_file(found, name, most_bytes)
    if path is None:
        return {}
    try:
        told = json.loads(path.read_bytes())
    except json.JSONDecodeError as error:
        found.add(CaseCode.UNREADABLE, f"is no JSON: {error.msg}", name, line=error.lineno,
                  column=error.colno)  # fmt: skip
    except RecursionError:
        found.add(CaseCode.UNREADABLE, "is nested deeper than any case", name)
    except (ValueError, OSError) as error:
        found.add(CaseCode.UNREADABLE, f"cannot be read: {error}", name)
    else:
        if isinstance(told, dict):
            return told
        found.add(CaseCode.KIND, "is no object of JSON", name)
    return {}


def compare_with_list(found: Faults, listed: object, names: Mapping[str, Path]) -> None:
    """
    Hold files against the list of hashes in the manifest, if it has one.

    Parameters
    ----------
    found : Faults
        Receives each file that was changed.
    listed : object
        Under ``files`` in the manifest: SHA-256 by name.
    names : mapping of str to Path
        The files that are going to be read.
    """
    if not isinstance(listed, dict):
        return
    for name, path in names.items():
        if hashlib.sha256(path.read_bytes()).hexdigest() != listed.get(name):
            found.add(CaseCode.CHANGED, "was changed since it was written", name,
                      remedy="play the spec again")  # fmt: skip
