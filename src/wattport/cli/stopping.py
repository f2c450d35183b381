"""
Ctrl-C, SIGTERM and a closed terminal: one way to stop, whatever the code below makes of it.

Each raises KeyboardInterrupt, so that parts are removed on the way out. What arrives at the top
need not be one any more: compiled code wraps it in a SystemError, the database says that a query
was interrupted, a finaliser drops it. So it is not the exception that tells why we stop, but the
signal, which is noted when it comes.

A compiler at work may not come back to Python for a minute. A signal that Python has not answered
after a few seconds, or a second one, ends the process as it is; the next run clears up.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from wattport.cli.exit_code import STOPPED, STOPPED_BY, ExitCode

_AGAIN_S = 0.05
_PATIENCE_S = 5.0


class Stop:
    """
    The signal that stops this process, if one has come.

    Attributes
    ----------
    code : ExitCode or None
        Of the first signal.
    is_over : bool
        Set when the work is done: from then on a signal is noted and interrupts nothing.
    exit_code : int or None
        Set when all is said: from then on the process may end at any moment.
    """

    def __init__(self) -> None:
        self.code: ExitCode | None = None
        self.is_over = False
        self.exit_code: int | None = None
        self._is_answered = threading.Event()

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """Note a signal, and interrupt what is under way."""
        self._is_answered.set()
        if self.exit_code is not None:
            os._exit(STOPPED_BY.get(number, self.exit_code))
        if self.code is None:
            self.code = STOPPED_BY.get(number)
        if not self.is_over:
            raise KeyboardInterrupt

    def again(self, dropped: Any) -> None:
        """Interrupt once more, a moment later, where a finaliser has dropped the interrupt."""
        if issubclass(dropped.exc_type, KeyboardInterrupt) and self.code is not None:
            if hasattr(signal, "setitimer"):
                signal.setitimer(signal.ITIMER_REAL, _AGAIN_S)
        else:
            sys.__unraisablehook__(dropped)

    def watch(self) -> None:
        """Start a thread that ends the process if Python does not answer a signal."""
        reads, writes = os.pipe()
        os.set_blocking(writes, False)
        # The system's own handler writes there at once, whatever the main thread is doing.
        signal.set_wakeup_fd(writes, warn_on_full_buffer=False)

        def wait() -> None:
            is_first = True
            while True:
                code = STOPPED_BY.get(os.read(reads, 1)[0])
                if code is None:
                    continue
                if is_first and self._is_answered.wait(_PATIENCE_S):
                    is_first = False
                    continue
                if not is_first:  # whoever asks again has waited once
                    time.sleep(_PATIENCE_S)
                with suppress(OSError):
                    os.write(2, f"wattport: {STOPPED[code]}\n".encode())
                os._exit(code)

        threading.Thread(target=wait, name="wattport-stop", daemon=True).start()

    def leave(self) -> None:
        """
        End the process at once.

        To take an interpreter with compilers in it apart lasts half a second, in which Python
        answers no signal any more.
        """
        if self.exit_code is not None:
            for stream in (sys.stdout, sys.stderr):
                with suppress(OSError, ValueError, AttributeError):
                    stream.flush()
            os._exit(self.exit_code)


@contextmanager
def stoppable(*, is_process: bool) -> Iterator[Stop]:
    """
    Stop in one way while the block lasts.

    Parameters
    ----------
    is_process : bool
        The process is ours and ends after the block: signals stay in our hands until then.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    numbers = [*STOPPED_BY, *([signal.SIGALRM] if hasattr(signal, "SIGALRM") else [])]
    # What is ignored stays ignored: so `nohup` and a shell's background jobs want it.
    before = {
        number: handler for number in numbers
        if (handler := signal.getsignal(number)) not in (signal.SIG_IGN, None)
    }  # fmt: skip
    hook = sys.unraisablehook
    if is_process:
        atexit.register(stop.leave)  # the first to be registered is the last to be called
        stop.watch()
    try:
        sys.unraisablehook = stop.again
        for number in before:
            signal.signal(number, stop)
        yield stop
    finally:
        stop.is_over = True
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0.0)
        sys.unraisablehook = hook
        if not is_process:
            for number, handler in before.items():
                signal.signal(number, handler)
