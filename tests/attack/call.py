"""The command line inside this process, with its streams caught."""

from __future__ import annotations

import contextlib
import io
import re
import traceback
from dataclasses import dataclass
from pathlib import Path

from wattport import open_case
from wattport.cli import main
from wattport.errors import WattportError

_LOG = re.compile(r"traceback in (\S+\.txt)")
OPEN_CASE = "open_case"


@dataclass(frozen=True)
class Answer:
    """What a command left behind in its streams and for the shell."""

    code: int
    out: str
    err: str

    @property
    def story(self) -> str:
        """The traceback behind an internal error, for the report of a fault."""
        log = _LOG.search(self.err)
        if log is None or not Path(log[1]).is_file():
            return ""
        text = Path(log[1]).read_text("utf-8", "replace")
        Path(log[1]).unlink()
        return text


def call(*words: str) -> Answer:
    """
    Run a command as the shell would.

    ``open_case FOLDER``, which is no command, opens a saved case in Python.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = _opened(words[1]) if words[:1] == (OPEN_CASE,) else _left(words)
    texts = []
    for stream in (out, err):
        stream.flush()
        raw: io.BytesIO = stream.buffer  # type: ignore[assignment]
        texts.append(raw.getvalue().decode("utf-8", "replace"))
    return Answer(code, *texts)


def _left(words: tuple[str, ...]) -> int:
    try:
        main(words)
    except SystemExit as left:
        return int(left.code or 0)
    raise AssertionError("the command did not leave")


def _opened(folder: str) -> int:
    """Any error but one in words is a fault, as it would be in the shell."""
    try:
        open_case(folder)
    except WattportError as error:
        print(error)
        return error.exit_code
    except Exception:
        traceback.print_exc()
        return 101
    return 0
