"""A single file: whole or not at all, and never over something that is not ours."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from wattport.output.exchange import move_to_free_name
from wattport.output.held import held_back
from wattport.output.leftover import clear, discard, held, new_part
from wattport.output.manifest import to_disk
from wattport.output.place import file_place
from wattport.output.refusal import reason, refused, refusing_faults_of_the_disk

_MOST_BYTES = 500_000_000  # of a page of ours; nothing larger is one
_STAMP = "<!-- written by Wattport; sha256 of all above: {} -->\n"


@contextmanager
def new_file(path: str | Path, *, may_replace: bool = False) -> Iterator[Path]:
    """
    Give a file to write to, which becomes ``path`` if the block succeeds.

    Parameters
    ----------
    path : str or Path
        In a folder that exists. Links are refused, and so is anything that is no file.
    may_replace : bool
        Whether a file that stands there is replaced; else it is refused, now and at the end.

    Yields
    ------
    Path
        An empty file beside ``path``, removed if the block raises.

    Raises
    ------
    WattportError
        When ``path`` is not a place that may be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as scratch:
    ...     with new_file(f"{scratch}/a.txt") as part:
    ...         _ = part.write_text("whole")
    ...     Path(scratch, "a.txt").read_text()
    'whole'
    """
    target = file_place(Path(path), may_replace=may_replace)
    clear(target)
    part = None
    with ExitStack() as held_part:
        try:
            with held_back():
                part = _new_part(target, held_part)
            with refusing_faults_of_the_disk(target, part, target):
                yield part
                with held_back():
                    to_disk(part)
                    _take_the_place(part, target, may_replace=may_replace)
                    to_disk(target.parent)
        finally:
            with held_back():
                if part is not None:
                    discard(part)


def stamped(text: str) -> str:
    """
    End an HTML text with a comment by which it is known again, as long as nobody changes it.

    Examples
    --------
    >>> stamped("<!doctype html>").splitlines()[1][:46]
    '<!-- written by Wattport; sha256 of all above:'
    """
    text = text if text.endswith("\n") else f"{text}\n"
    return text + _STAMP.format(hashlib.sha256(text.encode("utf-8", "replace")).hexdigest())


def is_stamped(path: Path) -> bool:
    """Whether a file is, to the byte, a text that was written with `stamped`."""
    try:
        stands = path.stat()
        if not stat.S_ISREG(stands.st_mode) or stands.st_size > _MOST_BYTES:
            return False
        found = path.read_bytes()
    except OSError:
        return False
    length = len(_STAMP.format("0" * 64))
    text, stamp = found[:-length], found[-length:]
    return stamp == _STAMP.format(hashlib.sha256(text).hexdigest()).encode()


def _new_part(target: Path, held_part: ExitStack) -> Path:
    def create(part: Path) -> None:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))

    try:
        while True:
            part = new_part(target, create)
            with suppress(BlockingIOError):  # another run took it for a leftover already
                held_part.enter_context(held(part))
                return part
    except OSError as error:
        raise refused("OUT003", target, reason(error), "choose a place you may write to") from error


def _take_the_place(part: Path, target: Path, *, may_replace: bool) -> None:
    if may_replace:
        part.replace(target)
        return
    try:
        move_to_free_name(part, target)
    except FileExistsError:
        raise refused(
            "OUT002", target, "has come to exist meanwhile", "choose another name"
        ) from None
