"""
Two names exchanged in one step, and a name taken only if it is free.

Linux does both since 3.15 (``renameat2``), which Python does not offer. Where the system or the
file system cannot, the callers have a slower way that is safe too.
"""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

_AT_FDCWD = -100  # paths are relative to the working directory
_NOREPLACE = 1
_EXCHANGE = 2
# No such call, a file system that knows no such flag, a sandbox that forbids what it does not know.
_CANNOT = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM})


def swapped(one: Path, other: Path) -> bool:
    """
    Exchange two names that both exist.

    Returns
    -------
    bool
        False where the system cannot: nothing has been done then.
    """
    return _renameat2(one, other, _EXCHANGE)


def move_to_free_name(part: Path, path: Path) -> None:
    """
    Give a file its name unless something has that name already.

    Raises
    ------
    FileExistsError
        When something has; it is left as it is.
    """
    if not _renameat2(part, path, _NOREPLACE):
        os.link(part, path)
        part.unlink()


def _renameat2(one: Path, other: Path, flag: int) -> bool:
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):  # another system, or an old C library
        return False
    if call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), ctypes.c_uint(flag)) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))
