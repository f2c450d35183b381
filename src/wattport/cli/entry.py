"""The process from its start to its exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from wattport.cli.exit_code import STOPPED, ExitCode
from wattport.cli.outlet import outlets
from wattport.cli.stopping import Stop, stoppable
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
    words = sys.argv[1:] if arguments is None else list(arguments)
    with stoppable(is_process=arguments is None) as stop, outlets() as output, legible():
        try:
            code = _run(words, stop)
        except KeyboardInterrupt:  # between two lines of ours
            code = ExitCode.INTERRUPTED
        stop.is_over = True
        if stop.code is not None:
            code = stop.code
        if code in STOPPED:
            _say(STOPPED[ExitCode(code)])
        sys.stdout.flush()
        reason = output.lost()
        if reason is not None:
            _say(f"the answer could not be written to standard output: {reason}")
            code = code or ExitCode.BAD_INPUT
    stop.exit_code = stop.code or code
    sys.exit(stop.exit_code)


def _run(words: Sequence[str], stop: Stop) -> int:
    """Run a command; gives the exit code."""
    try:
        # Imported here, so that an interrupt while modules load is answered in words too.
        from wattport.cli.app import app
        from wattport.cli.ending import refuse_surroundings

        refuse_surroundings(words)
        app(args=words, prog_name="wattport")
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else ExitCode.FINE
    except BaseException as fault:
        if stop.code is not None:
            # Whatever a signal has been made into on its way up, it is the signal that counts.
            return stop.code
        from wattport.cli.ending import told

        return told(fault, as_json="--json" in words)
    return ExitCode.FINE


def _say(message: str) -> None:
    print(f"wattport: {message}", file=sys.stderr)
