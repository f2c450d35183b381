"""What is said when a place cannot be written to."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wattport.errors import Finding, WattportError

# What a full or failing disk says to a write, without naming a file.
OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})


def refused(code: str, place: str | Path, message: str, remedy: str) -> WattportError:
    """Refuse a place, by the name it was given."""
    return WattportError(Finding(code, message, path=str(place), remedy=remedy))


def reason(error: OSError | ValueError) -> str:
    """
    Say in the system's words what went wrong.

    Examples
    --------
    >>> reason(OSError(28, ""))
    'no space left on device'
    """
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number).lower() if number else str(error)


@contextmanager
def refusing_faults_of_the_disk(place: str | Path, *written: Path) -> Iterator[None]:
    """Say that writing to ``place`` stopped; faults that have nothing to do with it pass."""
    try:
        yield
    except OSError as error:
        names = [str(name) for name in (error.filename, error.filename2) if name is not None]
        ours = tuple(map(str, written))
        if not any(name.startswith(ours) for name in names) and (
            names or error.errno not in OF_THE_DISK
        ):
            raise
        raise refused(
            "OUT004", place, f"writing stopped: {reason(error)}",
            "make room or choose another place; what was there before is untouched",
        ) from error  # fmt: skip
