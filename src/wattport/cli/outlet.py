"""
Standard output and error that never stop a command half way.

Who reads us may have gone (``| head -1``), the disk behind a redirection may be full, the stream
may never have been open. None of it changes what a command found out, hence neither its exit
code; an answer that did not arrive is said at the end.
"""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

_CLOSED = -1  # no descriptor: writing fails as to one that is closed


class Outlet(io.RawIOBase):
    """
    A descriptor that notes the first fault and takes everything after it to nowhere.

    Parameters
    ----------
    descriptor : int
        Open, or -1.

    Attributes
    ----------
    fault : OSError or None
        Why writing has stopped.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.fault: OSError | None = None

    def writable(self) -> bool:
        """Say yes, whatever happens."""
        return True

    def fileno(self) -> int:
        """Give the descriptor."""
        if self._descriptor == _CLOSED:
            raise io.UnsupportedOperation("the stream is closed")
        return self._descriptor

    def isatty(self) -> bool:
        """Tell whether a person may be watching."""
        return self._descriptor != _CLOSED and os.isatty(self._descriptor)

    def write(self, data: Any) -> int:
        """Write what the descriptor takes, or all to nowhere."""
        while self.fault is None:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:  # a pipe shared with someone who does not wait
                select.select([], [self._descriptor], [])
            except OSError as error:
                self.fault = error
        return memoryview(data).nbytes

    def lost(self) -> str | None:
        """Say why what was written did not arrive; None if it did, or its reader had enough."""
        if self.fault is None or self.fault.errno == errno.EPIPE:
            return None
        return os.strerror(self.fault.errno or errno.EIO).lower()


@contextmanager
def outlets() -> Iterator[Outlet]:
    """
    Put outlets in the place of the process's standard streams while the block lasts.

    Streams that a caller has put there are his.

    Yields
    ------
    Outlet
        Of standard output.
    """
    before = sys.stdout, sys.stderr
    output, error = Outlet(_shielded(sys.__stdout__, 1)), Outlet(_shielded(sys.__stderr__, 2))
    if sys.stdout is sys.__stdout__:
        sys.stdout = _text(output, before[0], is_by_line=output.isatty())
    if sys.stderr is sys.__stderr__:
        sys.stderr = _text(error, before[1], is_by_line=True)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without the letter é is no fault
    try:
        yield output
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdout, sys.stderr = before


def _text(outlet: Outlet, before: TextIO | None, *, is_by_line: bool) -> TextIO:
    return io.TextIOWrapper(
        io.BufferedWriter(outlet), encoding=getattr(before, "encoding", "utf-8"),
        line_buffering=is_by_line,
    )  # fmt: skip


def _shielded(stream: TextIO | None, number: int) -> int:
    """Descriptor of a standard stream; one that is closed is kept from files of ours."""
    if stream is not None:
        return stream.fileno()
    try:
        os.fstat(number)
    except OSError:
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)
    return _CLOSED
