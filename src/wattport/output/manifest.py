"""
The manifest of a result: what made it, and every file of it with its hash.

By it a folder is known as ours, or not. Nothing is ever removed that it does not list, and
nothing that is not, to the byte, what it lists.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
# Lies in a folder from its first moment until its manifest is written.
UNFINISHED = ".unfinished"

_MOST_BYTES = 256 << 20  # of a manifest; a run with a million users writes a tenth of it
_CHUNK_BYTES = 1 << 20


class _Kind(Enum):
    FILE = auto()
    EMPTY_FOLDER = auto()
    OTHER = auto()  # a link, a pipe, a device: nothing that is written here


@dataclass(frozen=True)
class NotOurs:
    """Why a folder may not be replaced."""

    code: str
    message: str


def seal(folder: Path, result_of: str) -> None:
    """
    Write the manifest of a folder that is complete, and everything in it to the disk.

    Parameters
    ----------
    folder : Path
        If it has a ``manifest.json``, its facts are kept.
    result_of : str
        The command, ``wattport play``.
    """
    files = {}
    for name, kind in _entries(folder):
        if kind is _Kind.EMPTY_FOLDER:  # which no list of files could tell
            (folder / name).rmdir()
        elif name not in (MANIFEST, UNFINISHED):
            files[name] = _sha256(folder / name)
            to_disk(folder / name)
    told = {"result_of": result_of, **(facts(folder) or {}), "files": dict(sorted(files.items()))}
    # Paths may hold bytes that are no letters; escaped, they are JSON all the same.
    text = json.dumps(told, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_bytes(text.encode("utf-8", "backslashreplace"))
    to_disk(folder / MANIFEST)
    (folder / UNFINISHED).unlink()
    for root, _, _ in os.walk(folder):
        to_disk(Path(root))


def facts(folder: Path) -> dict[str, Any] | None:
    """Read a manifest; None where there is none that can be read."""
    path = folder / MANIFEST
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > _MOST_BYTES:
            return None
        told = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def not_ours(folder: Path, result_of: str | None) -> NotOurs | None:
    """
    Tell whether a folder may be replaced, or removed.

    Parameters
    ----------
    folder : Path
        One that exists.
    result_of : str or None
        The command that wants its place; None for any of ours.

    Returns
    -------
    NotOurs or None
        None for an empty folder, and for one that holds what its manifest lists and nothing else.

    Raises
    ------
    OSError
        When it cannot be looked into.
    """
    if not any(folder.iterdir()):
        return None
    told = facts(folder)
    files = None if told is None else _listed(told)
    if told is None or files is None:
        return NotOurs("OUT002", _stranger(folder, told))
    made_by = told["result_of"]
    if result_of is not None and made_by != result_of:
        return NotOurs(
            "OUT005", f"the folder holds a result of `{made_by}`, this is one of `{result_of}`"
        )
    others = list(_others(folder, files))
    if others:
        more = f" (and {len(others) - 1} more)" if len(others) > 1 else ""
        return NotOurs("OUT002", f"the folder holds other things: {others[0]}{more}")
    return None


def remove(folder: Path) -> None:
    """
    Remove a folder that is ours, file by file as its manifest lists them.

    What is not ours is left where it is, and so is the folder then.
    """
    with suppress(OSError):
        if not_ours(folder, None) is not None:
            return
        # By what is there, never by what the list says: a list from elsewhere may lead outside.
        for name, kind in list(_entries(folder)):
            if kind is _Kind.FILE and name != MANIFEST:
                (folder / name).unlink(missing_ok=True)
        for root, folders, _ in os.walk(folder, topdown=False):
            for name in folders:
                Path(root, name).rmdir()
        # Last, so that a removal cut short is found and ended by the next run.
        (folder / MANIFEST).unlink(missing_ok=True)
        folder.rmdir()


def to_disk(path: Path) -> None:
    """Wait until a file or a folder is on the disk, where the system can say so."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _entries(folder: Path) -> Iterator[tuple[str, _Kind]]:
    """Names below a folder, deepest first; a folder is told only where it is empty."""

    def complain(error: OSError) -> None:
        raise error

    for root, folders, files in os.walk(folder, topdown=False, onerror=complain):
        below = Path(root).relative_to(folder)
        for name in files:
            is_plain = stat.S_ISREG(Path(root, name).lstat().st_mode)
            yield (below / name).as_posix(), _Kind.FILE if is_plain else _Kind.OTHER
        for name in folders:
            if Path(root, name).is_symlink():
                yield (below / name).as_posix(), _Kind.OTHER
        if not folders and not files and root != str(folder):
            yield below.as_posix(), _Kind.EMPTY_FOLDER


def _listed(told: Mapping[str, Any]) -> dict[str, str] | None:
    """Files that a manifest lists, by hash; None where it is not one of ours."""
    files = told.get("files")
    if not isinstance(told.get("result_of"), str) or not isinstance(files, dict):
        return None
    return files if all(isinstance(value, str) for value in files.values()) else None


def _others(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    """Tell, in words, what a folder holds that its manifest does not list."""
    for name, kind in _entries(folder):
        if name == MANIFEST:
            continue
        if kind is _Kind.EMPTY_FOLDER and any(file.startswith(f"{name}/") for file in files):
            continue  # its files were removed, by hand or by a removal cut short
        if kind is not _Kind.FILE or name not in files:
            yield f"{name!r} was not written by Wattport"
        elif _sha256(folder / name) != files[name]:
            yield f"{name!r} was changed since Wattport wrote it"


def _stranger(folder: Path, told: Mapping[str, Any] | None) -> str:
    if told is None:
        first = min(path.name for path in folder.iterdir())
        return f"the folder holds other things: {first!r}, and no {MANIFEST} of Wattport"
    if isinstance(told.get("version"), str) and ("spec_hash" in told or "command" in told):
        return (
            f"the folder is a result of Wattport {told['version']}, which kept no list of its "
            "files: what is yours in it cannot be told"
        )
    return f"the folder holds other things: its {MANIFEST} lists no files of Wattport's"


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
