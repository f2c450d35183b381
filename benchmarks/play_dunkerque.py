"""
Time and memory of a whole play, as a person meets it.

    python benchmarks/play_dunkerque.py [--draws 200 1000] [--scenario dunkerque]

Each play is a process of its own, so that imports count and peak memory is its own. One play of
a few draws goes before, so that the kernels are compiled: a warm install is what is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGETS = {200: (15.0, 1.5), 1000: (45.0, None)}  # draws: (wall s, peak GB) on two cores


def play(scenario: str, draws: int, out: Path) -> tuple[float, float, float, dict[str, object]]:
    """Play once; wall and CPU seconds, peak memory in GB, and what the command answered."""
    words = ["play", scenario, "--draws", str(draws), "--out", str(out), "--json", "--quiet"]
    begin = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "wattport", *words], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        told = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.perf_counter() - begin
    if process.returncode not in (0, 3):
        sys.exit(f"the play of {scenario} ended with {process.returncode}")
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e9, json.loads(told)


def main() -> None:
    """Play and print one line to each number of draws."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--scenario", default="dunkerque")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, {sys.platform}")
    print("  draws   wall s    cpu s  peak GB  report kB   wanted")
    with tempfile.TemporaryDirectory() as scratch:
        play(asked.scenario, 2, Path(scratch) / "warm")
        for draws in asked.draws:
            out = Path(scratch) / str(draws)
            wall_s, cpu_s, peak_gb, told = play(asked.scenario, draws, out)
            report_kb = (out / "report.html").stat().st_size / 1e3
            wall, peak = TARGETS.get(draws, (None, None))
            wanted = [f"{wall:.0f} s"] if wall else []
            wanted += [f"{peak} GB"] if peak else []
            print(
                f"{draws:>7} {wall_s:>8.1f} {cpu_s:>8.1f} {peak_gb:>8.2f} {report_kb:>10.0f}   "
                + ", ".join(wanted)
            )
            print("        by stage:", told["stage_s"])  # type: ignore[index]


if __name__ == "__main__":
    main()
