"""Pipes, devices, folders, sockets: refused at every door, and never waited for."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest

from wattport.batch import read_jobs
from wattport.cli import main
from wattport.cli.requests import is_requests
from wattport.environment.weather import read_epw
from wattport.errors import WattportError
from wattport.schedule.exchange import read_plan
from wattport.schedule.risk_register import read_register
from wattport.serving.request import read_trace
from wattport.spec import load, load_factory

DOORS: dict[str, tuple[Callable[[Path], object], str]] = {
    "scenario": (load, ".yaml"),
    "factory": (load_factory, ".yaml"),
    "risks": (read_register, ".yaml"),
    "schedule": (read_plan, ".xml"),
    "weather": (read_epw, ".epw"),
    "swf": (read_jobs, ".swf"),
    "csv": (read_jobs, ".csv"),
    "packed": (read_jobs, ".csv.gz"),
    "parquet": (read_jobs, ".parquet"),
    "trace": (read_trace, ".csv"),
}


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Turn a door that waits for ever into a failure."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError("a door waited for a file that never ends")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(path.parent)  # such a path is a hundred letters at most
        try:
            one.bind(path.name)
        finally:
            os.chdir(here)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def nothing(path: Path) -> None:
    path.symlink_to("/dev/null")


def random(path: Path) -> None:
    path.symlink_to("/dev/urandom")


def log(path: Path) -> None:
    if not os.access("/proc/kmsg", os.R_OK):
        pytest.skip("the log of the kernel cannot be read here")
    path.symlink_to("/proc/kmsg")


def circle(path: Path) -> None:
    path.symlink_to(path.name)


def link_to_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to("pipe")


KINDS = (pipe, folder, listening, endless, nothing, random, log, circle, link_to_pipe)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("door", DOORS)
def test_only_plain_files_pass_a_door(
    door: str, kind: Callable[[Path], None], tmp_path: Path
) -> None:
    read, suffix = DOORS[door]
    path = tmp_path / f"a{suffix}"
    kind(path)
    with pytest.raises(WattportError) as error:
        read(path)
    assert error.value.exit_code == 2
    assert error.value.findings[0].file == str(path)
    assert error.value.findings[0].remedy


@pytest.mark.parametrize("door", DOORS)
def test_a_path_that_cannot_be_is_told(door: str) -> None:
    read, suffix = DOORS[door]
    for name in (f"a\0{suffix}", "x" * 5000 + suffix, f"{__file__}/a{suffix}"):
        with pytest.raises(WattportError):
            read(Path(name))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_telling_requests_from_jobs_waits_for_nothing(
    kind: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    kind(path)
    assert not is_requests(path)


@pytest.mark.parametrize(
    "words", [("check",), ("make",), ("sources",), ("play",), ("risk",), ("run",)]
)
def test_a_command_says_what_stands_there(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a"
    os.mkfifo(path)
    with pytest.raises(SystemExit) as left:
        main([*words, str(path)])
    assert left.value.code == 2
    shown = capsys.readouterr()
    assert "is not a regular file" in shown.out + shown.err
