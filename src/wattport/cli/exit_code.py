"""What a command leaves to the shell."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell learns."""

    FINE = 0
    GATE_FAILED = 1  # only with --gate
    BAD_INPUT = 2
    INFEASIBLE = 3
    OUR_FAULT = 101
    INTERRUPTED = 130
