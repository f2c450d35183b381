"""A copy of the package that a test may change, and fresh processes that use it."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

import wattport

SOURCE = Path(wattport.__file__).parent


def copied(folder: Path) -> Path:
    """Copy the package without anything compiled; return the copy."""
    return Path(
        shutil.copytree(SOURCE, folder / "wattport", ignore=shutil.ignore_patterns("__pycache__"))
    )


def started(
    package: Path, program: str, *, as_root: bool = True, **environment: str
) -> subprocess.Popen[str]:
    """Start a program in a fresh process that imports the copy."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    at = {"PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/",
        env=kept | at | environment, preexec_fn=None if as_root else _bound_by_modes,
    )  # fmt: skip


def _bound_by_modes() -> None:
    """Let the modes of files bind root as they bind anyone; nobody else can undo them."""
    if os.geteuid() == 0:
        drop_from_bounding_set, may_write_everywhere = 24, 1
        if ctypes.CDLL(None).prctl(drop_from_bounding_set, may_write_everywhere, 0, 0, 0) != 0:
            raise OSError("root cannot lay its rights down here")


def finished(process: subprocess.Popen[str]) -> list[str]:
    """Words that a program printed; the test fails with its story where it failed."""
    told, story = process.communicate(timeout=120)
    assert process.returncode == 0, story
    return told.split()


def run(package: Path, program: str, *, as_root: bool = True, **environment: str) -> list[str]:
    """Run a program in a fresh process that imports the copy; give the words it printed."""
    return finished(started(package, program, as_root=as_root, **environment))
