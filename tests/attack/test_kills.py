"""A hundred strikes of each signal on the writer: the old result or the new one, never neither."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

N_STRIKES = 100
WRITER = Path(__file__).with_name("killed_writer.py")


def strike(scratch: Path, number: int, way: str) -> tuple[dict[str, Any], str]:
    done = subprocess.run(
        [sys.executable, str(WRITER), str(scratch), str(int(number)), str(N_STRIKES), way],
        capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert found["n_lines"] > N_STRIKES
    assert found["next"] == {"next of 1": N_STRIKES}, "the next run clears up, and writes"
    return found, done.stderr


@pytest.mark.parametrize("way", ["exchange", "renames", "empty"])
def test_killed_writer_leaves_the_old_result_or_the_new_one(way: str, tmp_path: Path) -> None:
    found, _ = strike(tmp_path, signal.SIGKILL, way)
    assert sum(found["at_once"].values()) == N_STRIKES
    # Only where the system knows no exchange is there a moment without a result; the next run
    # puts the old one back.
    allowed = {"exchange": {"old", "new"}, "renames": {"old", "new", "none"},
               "empty": {"none", "new"}}[way]  # fmt: skip
    assert found["at_once"].keys() <= allowed
    assert len(found["at_once"]) > 1, "strikes before and after the exchange"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_stopped_writer_cleans_up_and_says_so(number: int, code: int, tmp_path: Path) -> None:
    found, said = strike(tmp_path, number, "exchange")
    assert found["ends"] == {str(code): N_STRIKES}
    assert found["at_once"].keys() == {"old", "new"}
    assert found["left"] == {"0": N_STRIKES}
    assert len(said.splitlines()) == N_STRIKES, "one line each"
    assert len(set(said.splitlines())) == 1
