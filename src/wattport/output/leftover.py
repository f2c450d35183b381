"""
Parts: what is being written, under a hidden name beside its place, and what killed runs leave.

A part is locked by the run that writes it. The system drops the lock when the run ends, however
it ends; so a part that can be locked is a leftover, wherever and whenever it was written. Where a
file system knows no locks, nothing can be told, and nothing is removed.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wattport.output.manifest import UNFINISHED, facts, remove

try:
    import fcntl
except ImportError:  # not a POSIX system: no locks
    fcntl = None  # type: ignore[assignment]

_PART, _FORMER = ".part", ".former"


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """
    Lock a file or a folder against other runs as long as the block lasts.

    Yields
    ------
    bool
        False where the file system has no locks.

    Raises
    ------
    BlockingIOError
        When another run holds it, or has removed it.
    """
    handle = None
    try:
        handle = _lock(path)
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def new_part(target: Path, create: Callable[[Path], object]) -> Path:
    """Create a file or folder under a free hidden name beside ``target``."""
    while True:
        part = target.with_name(f".{target.name}-{secrets.token_hex(4)}{_PART}")
        with suppress(FileExistsError):
            create(part)
            return part


def former_of(part: Path) -> Path:
    """Where a folder waits while its follower takes its place in two steps."""
    return part.with_suffix(_FORMER)


def clear(target: Path) -> None:
    """
    Deal with what killed runs left beside a place.

    A former result whose place is empty is put back. Other parts are removed, as far as they are
    ours: nothing of a run that is alive, and nothing that nobody can tell to be ours.
    """
    name = re.compile(rf"\.{re.escape(target.name)}-[a-z0-9_]+({_PART}|{_FORMER})")
    try:
        found = sorted(path for path in target.parent.iterdir() if name.fullmatch(path.name))
    except OSError:
        return
    for path in found:
        with suppress(OSError), held(path) as is_held:
            if not is_held:
                continue
            if path.suffix == _PART:
                discard(path)
            elif os.path.lexists(target):
                remove(path)
            elif facts(path) is not None:  # else it is no result, hence none that we moved there
                path.rename(target)


def discard(part: Path) -> None:
    """Remove a part: all of an unfinished one, only what is listed of a finished one."""
    with suppress(OSError):
        if not stat.S_ISDIR(part.lstat().st_mode):
            part.unlink()
        elif (part / UNFINISHED).is_file():
            # The mark goes last, so that a removal cut short is ended by the next run.
            for path in part.iterdir():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                elif path.name != UNFINISHED:
                    path.unlink()
            (part / UNFINISHED).unlink()
            part.rmdir()
        else:
            remove(part)


def _lock(path: Path) -> int | None:
    """Descriptor of what has been locked; None where there are no locks."""
    if fcntl is None:
        return None
    # A link is not followed, a pipe is not waited for.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    handle = None
    try:
        handle = os.open(path, flags)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(handle), os.lstat(path)):
            raise FileNotFoundError
    except OSError as error:
        if handle is not None:
            os.close(handle)
        if isinstance(error, BlockingIOError | FileNotFoundError):
            raise BlockingIOError(errno.EWOULDBLOCK, "another run holds it", str(path)) from error
        return None
    return handle
