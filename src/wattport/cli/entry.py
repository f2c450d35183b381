"""
The process from its start to its exit code.

Nobody sees a traceback: what is the user's to mend is said in words with exit
code 2 or 3, what is ours is written to a file and said in one line (101).
"""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections.abc import Sequence

from wattport.cli.exit_code import ExitCode
from wattport.cli.streams import legible


def main(arguments: Sequence[str] | None = None) -> None:
    """
    Run the command line and leave with its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after the program's name; left out: those of the process.

    Raises
    ------
    SystemExit
        Always, with an `ExitCode`.

    Examples
    --------
    >>> main(["--version"])
    Traceback (most recent call last):
    SystemExit: 0
    """
    with legible():
        _run(arguments)


def _run(arguments: Sequence[str] | None) -> None:
    try:
        # Imported here, so that an interrupt while modules load is answered in words too.
        from wattport.cli.app import app

        app(args=arguments, prog_name="wattport")
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    except MemoryError:
        _say("out of memory: nothing was written. Play fewer draws: --draws 200.")
        sys.exit(ExitCode.BAD_INPUT)
    except Exception as fault:
        _say(_our_fault(fault))
        sys.exit(ExitCode.OUR_FAULT)


def _our_fault(fault: Exception) -> str:
    """One line about a fault of ours; the traceback goes to a file for the report of it."""
    story = " ".join(str(fault).split()) or "no message"
    with tempfile.NamedTemporaryFile(
        "w", prefix="wattport-fault-", suffix=".txt", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exception(fault, file=log)
    return (
        f"internal error, a fault of Wattport and not of your input "
        f"({type(fault).__name__}: {story[:200]}). Please report it with the command you ran "
        f"and the traceback in {log.name}"
    )


def _say(message: str) -> None:
    print(f"wattport: {message}", file=sys.stderr)
