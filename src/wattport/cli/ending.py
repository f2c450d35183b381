"""
How a command ends: the one table from what was raised to what is said, and to the exit code.

Nobody sees a traceback. What is the user's to mend is said in words; what is ours goes to a file
for the report of it.
"""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence

from wattport.cli import answer
from wattport.cli.exit_code import ExitCode
from wattport.errors import Finding, WattportError, format_findings

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def told(fault: BaseException, *, as_json: bool) -> int:
    """
    Say what ended a command.

    Parameters
    ----------
    fault : BaseException
        What was raised.
    as_json : bool
        Refusals are the answer, on standard output.

    Returns
    -------
    int
        The exit code.
    """
    match fault:
        case KeyboardInterrupt():
            return ExitCode.INTERRUPTED
        case WattportError():
            return refuse(fault, as_json=as_json)
        case MemoryError():
            _say("out of memory: nothing was written. Play fewer draws: --draws 200.")
            return ExitCode.BAD_INPUT
        case OSError() if fault.errno in _FULL:
            where = fault.filename or tempfile.gettempdir()
            _say(f"{os.strerror(fault.errno or 0).lower()}: make room at {where}.")
            return ExitCode.BAD_INPUT
        case OSError() if _lost_folder() is not None:
            _say(f"{_lost_folder()}.")
            return ExitCode.BAD_INPUT
        case _:
            _say(_our_fault(fault))
            return ExitCode.OUR_FAULT


def refuse(refusal: WattportError, *, as_json: bool) -> int:
    """Say what was refused, on stderr or as JSON; gives the exit code."""
    if as_json:
        print(answer.text(answer.refused(refusal)))
    else:
        print(format_findings(refusal.findings), file=sys.stderr)
    return refusal.exit_code


def refuse_surroundings(words: Sequence[str]) -> None:
    """Refuse what no command can work with: no folder to stand in, a name that is no text."""
    gone = _lost_folder()
    if gone is not None:
        raise WattportError(Finding("USE002", gone))
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            shown = os.fsencode(word).decode("utf-8", "backslashreplace")
            raise WattportError(
                Finding("USE002", "the name is not UTF-8", path=shown, remedy="rename the file")
            ) from None


def _lost_folder() -> str | None:
    """Say that the working directory is gone; None while it is there."""
    try:
        os.getcwd()
    except OSError:
        return "the working directory has been deleted: change to one that exists"
    return None


def _say(message: str) -> None:
    """Say one sentence on stderr."""
    print(f"wattport: {message}", file=sys.stderr)


def _our_fault(fault: BaseException) -> str:
    """One line about a fault of ours; the traceback goes to a file for the report of it."""
    story = " ".join(str(fault).split()) or "no message"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="wattport-fault-", suffix=".txt", delete=False, encoding="utf-8",
            errors="backslashreplace",
        ) as log:  # fmt: skip
            traceback.print_exception(fault, file=log)
        where = f"the traceback in {log.name}"
    except OSError:  # no room, or no folder for it: the line must do
        at = traceback.extract_tb(fault.__traceback__)[-1:]
        where = "that it happened in " + "".join(f"{one.filename}:{one.lineno}" for one in at)
    return (
        f"internal error, a fault of Wattport and not of your input "
        f"({type(fault).__name__}: {story[:200]}). Please report it with the command you ran "
        f"and {where}"
    )
