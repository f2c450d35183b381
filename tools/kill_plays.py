"""
Strike real plays with signals, ten of each: the old result or the new one stays, never neither.

``python tools/kill_plays.py [STRIKES]``, some minutes; exits with 1 if a promise is broken. The
moments are spread over the length of a play as this machine plays it, so they differ from run to
run; what is held to is the same at any moment. `tests/attack` strikes the writer alone at fixed
lines.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

CODES = {signal.SIGKILL: -9, signal.SIGINT: 130, signal.SIGTERM: 143}
# Python's own handler, which a job in the background starts without.
PROGRAM = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from wattport.cli import main; main()"
)


def start(out: Path, seed: int) -> subprocess.Popen[str]:
    """Start a small play; another seed gives another result."""
    words = ["play", "small_20mw", "--draws", "5", "--seed", str(seed), "--out", str(out)]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*") if path.is_file()
    }  # fmt: skip


def played(out: Path, seed: int) -> dict[str, bytes]:
    """Play to the end."""
    said = start(out, seed).communicate()[1]
    if not out.is_dir():
        sys.exit(f"the play itself failed: {said}")
    return bytes_of(out)


def strikes(scratch: Path, n_strikes: int) -> Iterator[tuple[str, list[str]]]:
    """Strike plays one by one; tell each strike with what it broke."""
    out = scratch / "out"
    results = {"new": played(scratch / "reference", 8), "old": played(out, 7)}
    begin = time.perf_counter()
    played(scratch / "reference", 8)
    length_s = time.perf_counter() - begin
    for number, code in CODES.items():
        for k in range(n_strikes):
            at_s = length_s * (k + 0.5) / n_strikes
            before = set(os.listdir(scratch))  # a killed play leaves its part to the next one
            process = start(out, 8)
            time.sleep(at_s)
            process.send_signal(number)
            said = process.communicate()[1]
            found = bytes_of(out)
            stands = next((name for name, result in results.items() if found == result), "neither")
            left = set(os.listdir(scratch)) - before
            # A play that was quicker than the last time has ended before the strike.
            wrong = [] if process.returncode in (code, 0) else [f"exit code {process.returncode}"]
            wrong += ["neither the old result nor the new one"] if stands == "neither" else []
            wrong += [f"a traceback: {said}"] if "Traceback" in said else []
            wrong += [f"left behind: {left}"] if left and number != signal.SIGKILL else []
            name = signal.Signals(number).name
            yield f"{name} after {at_s:4.1f} s: {process.returncode}, {stands}", wrong
            if found != results["old"]:
                played(out, 7)
    played(out, 7)
    left = [name for name in os.listdir(scratch) if name not in ("out", "reference")]
    yield "the next play clears up", [f"left behind: {left}"] if left else []


def main() -> None:
    """Strike, and exit with 1 if a promise is broken."""
    n_strikes = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    is_broken = False
    with tempfile.TemporaryDirectory() as scratch:
        for strike, wrong in strikes(Path(scratch), n_strikes):
            print(f"{strike}{': BROKEN: ' if wrong else ''}{'; '.join(wrong)}", flush=True)
            is_broken |= bool(wrong)
    sys.exit(is_broken)


if __name__ == "__main__":
    main()
