"""
A writer that is struck by a signal at one line of Python after another.

Between two lines lies at most one call of the system, and those that rename are done or not done;
so the lines are all the moments that matter, and unlike moments of a clock they are the same each
time. Run as a script, for it forks: ``killed_writer.py SCRATCH SIGNAL N_STRIKES WAY``.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import wattport.cli.app
import wattport.cli.ending
from wattport import output
from wattport.cli import main
from wattport.output import folder as folder_module
from wattport.output import new_folder
from wattport.output.manifest import facts, not_ours

RESULT_OF = "wattport play"
ROOM = str(Path(output.__file__).parent)


def write(out: Path, text: str) -> None:
    """Write a tiny case."""
    with new_folder(out, RESULT_OF) as part:
        (part / "manifest.json").write_text(json.dumps({"told": text}))
        (part / "tables").mkdir()
        (part / "tables" / "a.csv").write_text(text)
        (part / "report.html").write_text(text)


def counting(strike: Callable[[int], None]) -> Callable[[FrameType, str, Any], Any]:
    """Give a trace function that calls ``strike`` with the number of each line of the room."""
    n_lines = 0

    def line(_frame: FrameType, event: str, _value: Any) -> Any:
        nonlocal n_lines
        if event == "line":
            n_lines += 1
            strike(n_lines)
        return line

    def call(frame: FrameType, _event: str, _value: Any) -> Any:
        # A generator is entered more than once; `line` counts on.
        return line if frame.f_code.co_filename.startswith(ROOM) else None

    return call


def n_lines_of(out: Path) -> int:
    """Lines of the room that run when an old result is replaced."""
    last = 0

    def note(number: int) -> None:
        nonlocal last
        last = number

    sys.settrace(counting(note))
    write(out, "new")
    sys.settrace(None)
    return last


def struck(out: Path, number: int, at: int) -> int:
    """Write in a child that is struck at a line; gives how it ended, as ``wait`` says it."""

    def strike(line: int) -> None:
        if line == at:
            os.kill(os.getpid(), number)

    def command(**_words: object) -> None:
        sys.settrace(counting(strike))
        write(out, "new")
        sys.settrace(None)

    child = os.fork()
    if child == 0:
        wattport.cli.app.app = command  # type: ignore[assignment]
        try:
            main([])
        except SystemExit as left:
            os._exit(int(left.code or 0))
        os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def seen(out: Path) -> str:
    """What stands at a place: ``old``, ``new``, ``none``, or ``mixture``."""
    if not out.exists():
        return "none"
    told = facts(out)
    if told is None or not_ours(out, RESULT_OF) is not None or len(told["files"]) != 2:
        return "mixture"
    texts = {(out / name).read_text() for name in told["files"]}
    return str(told["told"]) if texts == {told["told"]} else "mixture"


def strike_all(scratch: Path, number: int, n_strikes: int, way: str) -> dict[str, Any]:
    """Strike writers at lines spread over all there are; tell what was seen, counted."""
    out = scratch / "out"
    if way == "renames":
        folder_module.swapped = lambda _one, _other: False
    write(out, "old")
    n_lines = n_lines_of(out)
    ends: Counter[str] = Counter()
    at_once: Counter[str] = Counter()
    left: Counter[str] = Counter()
    next_run: Counter[str] = Counter()
    for k in range(n_strikes):
        if way == "empty":
            for path in sorted(out.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            out.rmdir()
        else:
            write(out, "old")
        ends[str(struck(out, number, 1 + k * n_lines // n_strikes))] += 1
        at_once[seen(out)] += 1
        left[str(len([name for name in os.listdir(scratch) if name != "out"]))] += 1
        write(out, "next")
        next_run[f"{seen(out)} of {len(os.listdir(scratch))}"] += 1
    return {"n_lines": n_lines, "ends": ends, "at_once": at_once, "left": left, "next": next_run}


def run(words: Sequence[str]) -> None:
    """Strike as the command line says, and tell what came of it as JSON."""
    scratch, number, n_strikes, way = words
    print(json.dumps(strike_all(Path(scratch), int(number), int(n_strikes), way)))


if __name__ == "__main__":
    os.fsync = lambda _handle: None  # a signal takes nothing from what the system has been given
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
    run(sys.argv[1:])
