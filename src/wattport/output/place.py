"""Places that results may be written to: what is refused before a long play begins."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from wattport.output.refusal import reason, refused


def folder_place(out: Path) -> Path:
    """
    Find where a folder shall be.

    A link to a folder keeps pointing: the folder it leads to is judged, and replaced, as if it had
    been named itself.

    Returns
    -------
    Path
        Absolute and without links.

    Raises
    ------
    WattportError
        When no folder can be put there.
    """
    _refuse_name(out)
    try:
        if out.is_symlink() and not out.exists():
            raise refused("OUT002", out, "a link stands there that leads nowhere",
                          "remove the link, or name another folder")  # fmt: skip
        target = Path(os.path.realpath(out))
        _refuse_where_we_stand(target, out)
        if not target.exists():
            return target
        if not target.is_dir():
            raise refused("OUT002", out, "a file stands there", "name a folder")
        if target.is_mount():
            raise refused("OUT003", out, "a disk is mounted there, which cannot be replaced",
                          f"name a folder in it, such as {out / 'results'}")  # fmt: skip
    except (OSError, ValueError) as error:
        raise refused("OUT003", out, reason(error), "choose a readable place") from error
    return target


def file_place(path: Path, *, may_replace: bool) -> Path:
    """
    Find where a file shall be.

    Nothing is written through a link, nor is a link replaced: what it leads to was not named.

    Returns
    -------
    Path
        As given.

    Raises
    ------
    WattportError
        When no file can be put there.
    """
    _refuse_name(path)
    try:
        if not path.parent.is_dir():
            raise refused("OUT003", path, "there is no such folder", "make the folder first")
        found = path.lstat()
    except FileNotFoundError:
        return path
    except (OSError, ValueError) as error:
        raise refused("OUT003", path, reason(error), "choose a place you may write to") from error
    if stat.S_ISLNK(found.st_mode):
        raise refused("OUT002", path, "a link stands there", "name the file that it leads to")
    if not stat.S_ISREG(found.st_mode):
        raise refused("OUT002", path, "something that is no file stands there", "name a file")
    if not may_replace:
        raise refused("OUT002", path, "exists already", "move it away or choose another name; "
                      "`init` and `export` replace it with --force")  # fmt: skip
    return path


def _refuse_name(path: Path) -> None:
    """Refuse a name that is no text: the tables could not be written, nor the name be shown."""
    try:
        str(path).encode()
        if not path.is_absolute():
            os.getcwd().encode()
    except UnicodeError:
        raise refused("OUT003", path, "the name, or one above it, is not UTF-8",
                      "rename it, or choose another place") from None  # fmt: skip
    except OSError as error:
        raise refused("OUT003", path, f"the working directory: {reason(error)}",
                      "change to a folder that exists") from error  # fmt: skip


def _refuse_where_we_stand(target: Path, out: Path) -> None:
    try:
        here = Path.cwd()
    except OSError:  # it was deleted: we stand nowhere
        return
    if target == here or target in here.parents:
        raise refused(
            "OUT001", out, "this folder, or one around it, cannot be replaced",
            "name a folder of its own, such as results",
        )  # fmt: skip
