"""
Standard output and error that nothing of a user's file can steer.

Every word of Wattport, of the command line's parser and of any library passes here, so that no
caller needs to think of it. Who moves the cursor on purpose asks for the stream below.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from wattport.legible import page


class LegibleStream:
    """A text stream that writes stand-ins for what a terminal would obey."""

    def __init__(self, below: TextIO) -> None:
        self.below = below

    def write(self, text: str) -> int:
        """Write text, freed of what steers."""
        self.below.write(page(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write text piece by piece."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        """Be the stream below in all else."""
        return getattr(self.below, name)


@contextmanager
def legible() -> Iterator[None]:
    """Make standard output and error legible for a while."""
    before = sys.stdout, sys.stderr
    for stream in before:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without the letter é is no fault
    sys.stdout, sys.stderr = (
        cast("TextIO", LegibleStream(stream) if stream else stream)  # a closed one is None
        for stream in before
    )
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def steerable(stream: TextIO) -> TextIO:
    """Give the stream itself, for what moves the cursor and shows nothing of a file."""
    return stream.below if isinstance(stream, LegibleStream) else stream
