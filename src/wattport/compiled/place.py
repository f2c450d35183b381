"""
Where machine code is kept: a folder that can be written and that nobody else can fill.

To load a cache is to run it, so files of another user are never loaded.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from wattport.compiled.source import PACKAGE

_KEPT = 3  # former versions of one file: branches that a person goes back and forth between


@cache
def place() -> Path | None:
    """
    Find the folder of all machine code; None where no folder will do, and nothing is kept.

    The first of these that can be written: what ``NUMBA_CACHE_DIR`` names, the package itself,
    the user's folder of caches, a folder of the user among the temporary ones.

    Returns
    -------
    Path or None
        The same in the whole life of the process.
    """
    return next((folder for folder, is_private in _places() if _serves(folder, is_private)), None)


def read(path: Path) -> bytes | None:
    """
    Read a file if it is ours, or of whoever owns the package: who could change that, may run.

    Parameters
    ----------
    path : Path
        Below `place`.

    Returns
    -------
    bytes or None
        None where there is no such file that may be trusted.
    """
    trusted = {_user(), os.stat(PACKAGE).st_uid}
    with suppress(OSError), open(path, "rb", opener=_opened) as stream:
        if os.fstat(stream.fileno()).st_uid in trusted:
            return stream.read()
    return None


def write(path: Path, raw: bytes) -> None:
    """
    Write a file whole or not at all; a full disk costs no more than the next compiling.

    Parameters
    ----------
    path : Path
        In a folder below `place`, made if it is not there. Its older versions are thinned then.
    raw : bytes
        The content.
    """
    with suppress(OSError):
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            _thin(path.parent)
        handle, part = tempfile.mkstemp(prefix=path.name, suffix=".part", dir=path.parent)
        try:
            with open(handle, "wb") as stream:
                stream.write(raw)
            os.replace(part, path)
        finally:
            Path(part).unlink(missing_ok=True)


def _places() -> Iterator[tuple[Path, bool]]:
    """Folders to try, and whether others may write where they lie."""
    if named := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(named) / "wattport", False
    yield Path(PACKAGE) / "__pycache__" / "kernels", False
    with suppress(RuntimeError):  # no home at all
        cached = Path(os.environ.get("XDG_CACHE_HOME", ""))
        yield (cached if cached.is_absolute() else Path.home() / ".cache") / "wattport", True
    yield Path(tempfile.gettempdir()) / f"wattport-{_user()}", True


def _serves(folder: Path, is_private: bool) -> bool:
    """Whether files can be written there, and by nobody else."""
    try:
        folder.mkdir(mode=0o700 if is_private else 0o777, parents=True, exist_ok=True)
        found = folder.lstat()
        if is_private and not (
            stat.S_ISDIR(found.st_mode) and found.st_uid == _user() and not found.st_mode & 0o022
        ):
            return False
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _thin(new: Path) -> None:
    """Remove all but the newest of the older versions of one file."""
    module, _, _ = new.name.rpartition("-")
    others = [folder for folder in new.parent.glob(f"{module}-*") if folder != new]
    others.sort(key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in others[_KEPT:]:
        shutil.rmtree(folder, ignore_errors=True)


def _opened(path: str, flags: int) -> int:
    """Open a file, but none that a link leads to."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))


def _user() -> int:
    """Return the user's number; where there is none, the one that files are said to have."""
    return os.geteuid() if hasattr(os, "geteuid") else 0
