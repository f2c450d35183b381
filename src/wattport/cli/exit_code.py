"""What a command leaves to the shell: the one table of exit codes."""

import signal
from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell learns."""

    FINE = 0
    GATE_FAILED = 1  # only with --gate
    BAD_INPUT = 2  # or a place that cannot be written to
    INFEASIBLE = 3
    OUR_FAULT = 101
    HUNG_UP = 129  # the terminal was closed
    INTERRUPTED = 130
    TERMINATED = 143


# 128 and the signal's number, as a shell says it.
STOPPED_BY = {
    getattr(signal, name): code
    for name, code in (
        ("SIGINT", ExitCode.INTERRUPTED),
        ("SIGTERM", ExitCode.TERMINATED),
        ("SIGHUP", ExitCode.HUNG_UP),
    )
    if hasattr(signal, name)
}

STOPPED = {
    ExitCode.INTERRUPTED: "interrupted",
    ExitCode.TERMINATED: "terminated",
    ExitCode.HUNG_UP: "the terminal was closed",
}
