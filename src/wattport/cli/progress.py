"""Progress on stderr: a line for each finished step, and on a terminal the one under way."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from wattport.cli.streams import steerable

if TYPE_CHECKING:
    from rich.status import Status


class Progress:
    """
    Tell how far a play is.

    Call it with the name of each step as it begins. Colour and movement appear
    on an interactive terminal only; a log gets plain lines.

    Parameters
    ----------
    is_quiet : bool
        Say nothing.
    """

    def __init__(self, *, is_quiet: bool) -> None:
        self._is_quiet = is_quiet
        self._step = ""
        self._begin_s = 0.0
        self._status: Status | None = None

    def __enter__(self) -> Progress:
        """Start the moving line where there is a terminal."""
        if not self._is_quiet and sys.stderr.isatty():
            from rich.console import Console

            console = Console(file=steerable(sys.stderr), highlight=False)
            if console.is_interactive:
                self._status = console.status("loading", spinner="line")
                self._status.start()
        return self

    def __call__(self, step: str, fraction: float) -> None:
        """Begin a step; ``fraction`` of all steps lie behind it, 0 to 1."""
        self._finish()
        self._step, self._begin_s = step, time.perf_counter()
        if self._status is not None:
            self._status.update(f"{step:<8} {fraction:4.0%}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the terminal as it was, however the play ended."""
        if kind is None:
            self._finish()
        if self._status is not None:
            self._status.stop()

    def _finish(self) -> None:
        if self._step and not self._is_quiet:
            line = f"{self._step:<8} {time.perf_counter() - self._begin_s:6.1f} s"
            if self._status is not None:
                self._status.console.print(line)
            else:
                print(line, file=sys.stderr, flush=True)
        self._step = ""
