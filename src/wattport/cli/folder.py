"""
The output folder: the old one or the new one, complete, never a mixture.

Everything is written to a hidden sibling and takes the final name at the end.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wattport.errors import Finding, WattportError

MANIFEST = "manifest.json"


@contextmanager
def written_whole(out: Path) -> Iterator[Path]:
    """
    Give a folder to write to, which becomes ``out`` if the block succeeds.

    Parameters
    ----------
    out : Path
        Where the output shall be. An earlier output there is replaced; its place
        is checked at once, so that no long play ends at a closed door.

    Yields
    ------
    Path
        An empty folder beside ``out``, removed again if the block raises.

    Raises
    ------
    WattportError
        When ``out`` is not a place that may be replaced or written.
    """
    # A link keeps pointing: the folder it leads to is replaced, not the link.
    target = Path(os.path.realpath(out))
    _refuse_what_is_not_ours(target, str(out))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{target.name}-", suffix=".part", dir=target.parent))
    except OSError as error:
        raise _refusal("OUT003", str(out), _reason(error), "choose a writable place with --out") \
            from error  # fmt: skip
    try:
        yield part
        # mkdtemp keeps others out, which is right for the part and wrong for the whole.
        part.chmod(0o777 & ~_umask())
        with _uninterrupted():
            _take_the_place(part, target)
    except OSError as error:
        raise _refusal(
            "OUT004", str(out), f"writing stopped: {_reason(error)}",
            "make room or choose another place with --out; what was there before is untouched",
        ) from error  # fmt: skip
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _refuse_what_is_not_ours(target: Path, shown: str) -> None:
    here = Path.cwd()
    if target == here or target in here.parents:
        raise _refusal(
            "OUT001", shown, "this folder, or one around it, cannot be replaced",
            "name a folder of its own, such as --out results",
        )  # fmt: skip
    try:
        if not target.exists():
            return
        is_ours = target.is_dir() and ((target / MANIFEST).is_file() or not any(target.iterdir()))
    except OSError as error:
        raise _refusal("OUT003", shown, _reason(error), "choose a readable place with --out") \
            from error  # fmt: skip
    if not target.is_dir():
        raise _refusal("OUT002", shown, "a file stands there", "name a folder with --out")
    if not is_ours:
        raise _refusal(
            "OUT002", shown, f"the folder holds other things: it has no {MANIFEST}",
            "name a new or empty folder, or an earlier output, with --out",
        )  # fmt: skip


def _take_the_place(part: Path, target: Path) -> None:
    """Rename ``part`` to ``target``, putting back what stood there if that fails."""
    if not target.exists():
        part.rename(target)
        return
    former = part.with_suffix(".former")
    target.rename(former)
    try:
        part.rename(target)
    except OSError:
        former.rename(target)
        raise
    shutil.rmtree(former, ignore_errors=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back for the two renames, between which there is no output at all."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _reason(error: OSError) -> str:
    with suppress(TypeError):
        return os.strerror(error.errno or 0).lower() if error.errno else str(error)
    return str(error)


def _refusal(code: str, out: str, message: str, remedy: str) -> WattportError:
    return WattportError(Finding(code, message, path=f"--out {out}", remedy=remedy))
