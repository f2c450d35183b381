"""Ctrl-C and SIGTERM held back while something is done that must not stop half way."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

STOPPING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


@contextmanager
def held_back() -> Iterator[None]:
    """
    Hold signals that stop a process back until the block is done, then let them act.

    Only the main thread may do so; elsewhere Python's own handlers never run, and the block is
    as safe as it is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {}
    try:
        for number in STOPPING:
            handler = signal.getsignal(number)
            if handler in (signal.SIG_IGN, None):  # whoever started us wants it so
                continue
            before[number] = handler
            signal.signal(number, lambda number, _frame: came.append(number))
        yield
    finally:
        # Ctrl-C last: what it raises here must find the others restored.
        for number, handler in reversed(before.items()):
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])
