"""A folder of results: the old one or the new one, complete, never a mixture and never neither."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from wattport.output.exchange import swapped
from wattport.output.held import held_back
from wattport.output.leftover import clear, discard, former_of, held, new_part
from wattport.output.manifest import UNFINISHED, not_ours, remove, seal, to_disk
from wattport.output.place import folder_place
from wattport.output.refusal import reason, refused, refusing_faults_of_the_disk


@contextmanager
def new_folder(out: str | Path, result_of: str) -> Iterator[Path]:
    """
    Give a folder to write to, which becomes ``out`` if the block succeeds.

    What stands at ``out`` is replaced only if it is empty, or the unchanged result of the same
    command: its manifest lists all it holds. That is looked at twice, at once, so that no long
    play ends at a closed door, and at the end.

    Parameters
    ----------
    out : str or Path
        Where the result shall be.
    result_of : str
        The command, ``wattport play``.

    Yields
    ------
    Path
        A folder beside ``out`` with nothing of the caller's in it, removed if the block raises.
        If the block writes a ``manifest.json``, the list of files is added to it.

    Raises
    ------
    WattportError
        When ``out`` is not a place that may be replaced or written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as scratch:
    ...     with new_folder(f"{scratch}/results", "wattport play") as part:
    ...         _ = (part / "answer.txt").write_text("42")
    ...     sorted(path.name for path in Path(scratch, "results").iterdir())
    ['answer.txt', 'manifest.json']
    """
    shown = Path(out)
    target = folder_place(shown)
    clear(target)
    _refuse_what_is_not_ours(target, result_of, shown)
    part, made = None, _missing(target.parent)
    with ExitStack() as held_part:
        try:
            with held_back():
                part = _new_part(target, shown, held_part)
            with refusing_faults_of_the_disk(shown, part, target):
                yield part
                seal(part, result_of)
                with held_back():
                    _take_the_place(part, target, result_of, shown)
        finally:
            with held_back():
                if part is not None:
                    discard(part)
                _remove_empty(made)


def refuse_folder(out: str | Path, result_of: str) -> None:
    """
    Refuse a folder that `new_folder` would refuse, before the work for it begins.

    Parameters
    ----------
    out, result_of
        As in `new_folder`.

    Raises
    ------
    WattportError
        When ``out`` is not a place that may be replaced.
    """
    shown = Path(out)
    _refuse_what_is_not_ours(folder_place(shown), result_of, shown)


def _new_part(target: Path, shown: Path, held_part: ExitStack) -> Path:
    """A locked and marked folder, so that nobody takes it for a leftover, and everybody will."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        while True:
            part = new_part(target, os.mkdir)
            with suppress(BlockingIOError):  # another run took it for a leftover already
                held_part.enter_context(held(part))
                (part / UNFINISHED).touch()
                return part
    except OSError as error:
        raise refused("OUT003", shown, reason(error), "choose a writable place") from error


def _missing(folder: Path) -> list[Path]:
    """Give the folders that must be made for this one to be there, the innermost first."""
    lineage = (folder, *folder.parents)
    return [place for place in lineage if not os.path.lexists(place)]


def _remove_empty(folders: list[Path]) -> None:
    """Take back folders that were made for a result that never came."""
    for folder in folders:
        with suppress(OSError):  # it holds something, or was never made
            folder.rmdir()


def _refuse_what_is_not_ours(folder: Path, result_of: str, shown: Path) -> None:
    if not os.path.lexists(folder):
        return
    try:
        found = not_ours(folder, result_of)
    except OSError as error:
        raise refused("OUT003", shown, reason(error), "choose a readable place") from error
    if found is not None:
        raise refused(
            found.code, shown, found.message,
            "nothing was touched: move away what is yours, or name a new or empty folder",
        )  # fmt: skip


def _take_the_place(part: Path, target: Path, result_of: str, shown: Path) -> None:
    """Let ``part`` become ``target``, and remove what stood there."""
    if not os.path.lexists(target):
        part.rename(target)
        to_disk(target.parent)
        return
    _refuse_what_is_not_ours(target, result_of, shown)
    with ExitStack() as held_former:
        with suppress(BlockingIOError):  # then another run is about to replace it as well
            held_former.enter_context(held(target))
        former = _exchange(part, target)
        to_disk(target.parent)
        try:
            # What came between the look and the exchange cannot come any more.
            _refuse_what_is_not_ours(former, result_of, shown)
        except BaseException:
            _exchange_back(part, target, former)
            raise
        remove(former)


def _exchange(part: Path, target: Path) -> Path:
    """Put ``part`` where ``target`` is; gives where that is now."""
    if swapped(part, target):
        return part
    former = former_of(part)
    target.rename(former)
    try:
        part.rename(target)
    except OSError:
        former.rename(target)
        raise
    return former


def _exchange_back(part: Path, target: Path, former: Path) -> None:
    if former == part:
        swapped(part, target)
    else:
        target.rename(part)
        former.rename(target)
