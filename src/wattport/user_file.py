"""
The one way a user's file is opened, and the one table of how much is read.

Whatever a file is, it may be hostile: a pipe that never ends, a device, a few kilobytes that
unpack to terabytes, an export a hundred times larger than any memory. So a file is opened
without waiting, must be a regular one, and is read once, up to the limit of its kind.

References
----------
RFC 1952, *GZIP file format*: members may follow each other, with zeros behind the last.
"""

from __future__ import annotations

import os
import re
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from wattport.errors import Finding, WattportError


@dataclass(frozen=True, slots=True)
class Kind:
    """How much of one kind of file is read; beyond it the file is refused, and not read."""

    name: str
    most_bytes: int  # on disk, and once it is unpacked
    remedy: str  # for one that is larger
    most_items: int  # values of YAML, elements of XML, lines or rows of a table
    most_deep: int = 1  # nesting
    may_be_gzip: bool = False


SCENARIO = Kind(
    "a scenario", 5_000_000, "a scenario is some 50 kB: check that this is the right file",
    most_items=200_000, most_deep=40,
)  # fmt: skip
RISKS = Kind(
    "a register of risks", 5_000_000, "check that this is the right file",
    most_items=200_000, most_deep=40,
)  # fmt: skip
# Of the largest programmes: 100,000 activities, each with some forty elements and its links.
SCHEDULE = Kind(
    "a schedule", 200_000_000, "export one project, without baselines and spread resources",
    most_items=5_000_000, most_deep=64,
)  # fmt: skip
WEATHER = Kind("a weather file", 10_000_000, "give one year by the hour", most_items=100_000)
# The longest logs of the Parallel Workloads Archive hold some four million jobs.
JOBS = Kind(
    "a file of jobs", 500_000_000, "cut it into months", most_items=10_000_000, may_be_gzip=True
)
REQUESTS = Kind(
    "a trace of requests", 500_000_000, "cut it into days", most_items=10_000_000, may_be_gzip=True
)

# For DuckDB, which reads tables by itself. What does not fit is refused, not put on the disk.
DUCKDB: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "2GB",
    "max_temp_directory_size": "0KB",
}

MOST_RATIO = 250  # of unpacked to packed; logs reach a tenth of it
_RATIO_FROM_BYTES = 20_000_000  # smaller ones do no harm
_CHUNK_BYTES = 1 << 20
_PACKED = re.compile(
    rb"(?P<gzip>\x1f\x8b)|(?P<zip>PK\x03\x04)|(?P<bzip2>BZh[1-9]1AY&SY)|(?P<xz>\xfd7zXZ\0)"
    rb"|(?P<zstd>\x28\xb5\x2f\xfd)|(?P<sevenzip>7z\xbc\xaf\x27\x1c)"
)


class Why(Enum):
    """Why a file is not read."""

    MISSING = auto()
    FOLDER = auto()
    UNREADABLE = auto()
    TOO_LARGE = auto()
    PACKED = auto()


class UnfitError(Exception):
    """A file that is not read, in words; each reader gives it a code of its own."""

    def __init__(self, why: Why, path: str, message: str, remedy: str, allowed: str = "") -> None:
        super().__init__(message)
        self.why, self.path, self.message = why, path, f"{path!r} {message}"
        self.remedy, self.allowed = remedy, allowed

    def finding(self, code: str) -> Finding:
        """Give what is wrong as a finding."""
        return Finding(
            code, self.message, value=self.path, allowed=self.allowed, remedy=self.remedy,
            file=self.path,
        )  # fmt: skip

    def refusal(self, code: str) -> WattportError:
        """Give what is wrong as the error to raise."""
        return WattportError(self.finding(code))


@contextmanager
def chunks(path: str | Path, kind: Kind) -> Iterator[Iterator[bytes]]:
    """
    Give the bytes of a file piece by piece, unpacked, as far as its kind allows.

    Parameters
    ----------
    path, kind
        As for `read`.

    Yields
    ------
    iterator of bytes
        Pieces of a megabyte at most.

    Raises
    ------
    UnfitError
        As for `read`, also while the pieces are taken.
    """
    name = os.fspath(path)
    try:
        # Looked at before and after it is opened: opening alone does something to a device, and
        # what stood there may be another thing by then.
        _refuse_kind(name, os.stat(path).st_mode)
        # Not waiting matters for pipes, and for what only looks like a file below /proc.
        wait = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | wait)
    except (FileNotFoundError, NotADirectoryError):
        raise UnfitError(
            Why.MISSING, name, "cannot be read: no such file", "check the path"
        ) from None
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from None
    try:
        found = os.fstat(handle)
        _refuse_kind(name, found.st_mode)
        if found.st_size > kind.most_bytes:
            raise _too_large(name, kind, f"is {found.st_size / 1e6:.0f} MB, and was not read")
        yield _unpacked(_read(handle, name, kind), name, kind, found.st_size)
    finally:
        os.close(handle)


def read(path: str | Path, kind: Kind) -> bytes:
    """
    Read a whole file, unpacked where its kind may be gzipped.

    Parameters
    ----------
    path : str or Path
        From the user.
    kind : Kind
        Row of the table above.

    Returns
    -------
    bytes
        At most ``kind.most_bytes``.

    Raises
    ------
    UnfitError
        When it is no regular file, cannot be read, or holds more than its kind can.

    Examples
    --------
    >>> read("no such file", SCENARIO)
    Traceback (most recent call last):
    wattport.user_file.UnfitError: cannot be read: no such file
    """
    with chunks(path, kind) as pieces:
        return b"".join(pieces)


def beginning(path: str | Path, kind: Kind, n_bytes: int) -> bytes:
    """
    Read the beginning of a file, unpacked; at most one chunk of a megabyte.

    Parameters
    ----------
    path, kind
        As for `read`.
    n_bytes : int
        Wanted.

    Raises
    ------
    UnfitError
        As for `read`.
    """
    with chunks(path, kind) as pieces:
        return next(pieces, b"")[:n_bytes]


def refuse_lines(raw: bytes, path: str | Path, kind: Kind) -> None:
    """
    Refuse a file of more lines than its kind has; even empty ones take room once they are split.

    Parameters
    ----------
    raw : bytes
        As read.
    path, kind
        As for `read`.

    Raises
    ------
    UnfitError
        With the limit.
    """
    n_lines = raw.count(b"\n")
    if n_lines > kind.most_items:
        raise UnfitError(
            Why.TOO_LARGE, os.fspath(path), f"has {n_lines / 1e6:.1f} million lines", kind.remedy,
            f"{kind.most_items / 1e6:g} million for {kind.name}",
        )  # fmt: skip


def _refuse_kind(name: str, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise UnfitError(Why.FOLDER, name, "is a folder, not a file", "give a file")
    if not stat.S_ISREG(mode):
        raise UnfitError(Why.UNREADABLE, name, "is not a regular file", "give a file")


def _read(handle: int, name: str, kind: Kind) -> Iterator[bytes]:
    """Bytes as they stand; a file that grows, or hides its size, is counted as it comes."""
    n_bytes = 0
    while True:
        try:
            chunk = os.read(handle, _CHUNK_BYTES)
        except OSError as error:
            raise _unreadable(name, error) from None
        if not chunk:
            return
        n_bytes += len(chunk)
        if n_bytes > kind.most_bytes:
            raise _too_large(name, kind, "goes on and on, and was not read to its end")
        yield chunk


def _unpacked(pieces: Iterator[bytes], name: str, kind: Kind, size: int) -> Iterator[bytes]:
    """Bytes as they stand, or unpacked where they are packed in the one way that is taken."""
    first = next(pieces, b"")
    packed = _PACKED.match(first)
    if packed is None:
        yield first
        yield from pieces
    elif packed.lastgroup == "gzip" and kind.may_be_gzip:
        yield from _gunzipped(first, pieces, name, kind, size)
    else:
        form = str(packed.lastgroup).replace("sevenzip", "7-Zip")
        raise UnfitError(
            Why.PACKED, name, f"is packed with {form}", "unpack it first",
            "plain, or packed with gzip" if kind.may_be_gzip else "a plain file",
        )  # fmt: skip


def _gunzipped(
    first: bytes, pieces: Iterator[bytes], name: str, kind: Kind, size: int
) -> Iterator[bytes]:
    """Unpack member after member, never more than a chunk at once."""
    most = max(_RATIO_FROM_BYTES, MOST_RATIO * size)
    n_bytes, data, member = 0, first, zlib.decompressobj(31)
    while True:
        if not data:
            data = next(pieces, b"")
            if not data:
                break
        if member.eof:
            data = data.lstrip(b"\0")
            if not data:
                continue
            member = zlib.decompressobj(31)
        try:
            plain = member.decompress(data, _CHUNK_BYTES)
        except zlib.error:
            raise _damaged(name) from None
        data = member.unused_data if member.eof else member.unconsumed_tail
        n_bytes += len(plain)
        if n_bytes > kind.most_bytes:
            raise _too_large(name, kind, "unpacks to more than is read")
        if n_bytes > most:
            raise UnfitError(
                Why.TOO_LARGE, name, f"unpacks to more than {MOST_RATIO} times its size",
                "give it as plain text, if it is what it seems", f"{MOST_RATIO} times",
            )  # fmt: skip
        if plain:
            yield plain
    if not member.eof:
        raise _damaged(name)


def _damaged(name: str) -> UnfitError:
    return UnfitError(
        Why.PACKED, name, "is a gzip archive that is cut short or damaged",
        "fetch the file again, or give the part you have as plain text",
    )  # fmt: skip


def _too_large(name: str, kind: Kind, message: str) -> UnfitError:
    return UnfitError(
        Why.TOO_LARGE, name, message, kind.remedy, f"{kind.most_bytes / 1e6:.0f} MB for {kind.name}"
    )


def _unreadable(name: str, error: OSError | ValueError) -> UnfitError:
    reason = getattr(error, "strerror", None) or str(error)
    return UnfitError(
        Why.UNREADABLE, name, f"cannot be read: {reason.lower()}",
        "check the path and its permissions",
    )  # fmt: skip
