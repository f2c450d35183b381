"""Whatever ends a command: one sentence, the right exit code, never a traceback."""

from __future__ import annotations

import errno
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from wattport.cli import commands, main
from wattport.cli.outlet import Outlet
from wattport.cli.stopping import Stop, stoppable

WATTPORT = f"{shlex.quote(sys.executable)} -m wattport"


def leave(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    return int(left.value.code or 0)


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of bash, which knows the exit code of each command of a pipe."""
    return subprocess.run(
        ["bash", "-c", line.replace("wattport", WATTPORT, 1)], cwd=folder, capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip


def raising(error: BaseException) -> Callable[..., None]:
    def command(*_words: object, **_options: object) -> None:
        raise error

    return command


@pytest.fixture
def bad(tmp_path: Path) -> str:
    """A scenario with so many faults that the list of them fills any pipe."""
    path = tmp_path / "bad.yaml"
    path.write_text("name: bad\n" + "".join(f"nonsense_{k}: 1\n" for k in range(3000)))
    return path.name


# --- streams ---------------------------------------------------------------------------------


def test_a_reader_that_stops_early_changes_no_exit_code(bad: str, tmp_path: Path) -> None:
    done = shell(f"wattport check {bad} | head -n 1; exit ${{PIPESTATUS[0]}}", tmp_path)
    assert done.returncode == 2
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1


def test_nobody_who_reads_what_goes_wrong(bad: str, tmp_path: Path) -> None:
    done = shell(f"wattport sources {bad} 2>&1 >/dev/null | head -n 1; exit ${{PIPESTATUS[0]}}",
                 tmp_path)  # fmt: skip
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("target", "why"), [("/dev/full", "no space left on device"), ("&-", "bad file descriptor")]
)
@pytest.mark.parametrize("words", ["--help", "check small_20mw"])
def test_an_answer_that_cannot_be_written_is_said(
    words: str, target: str, why: str, tmp_path: Path
) -> None:
    done = shell(f"wattport {words} >{target}", tmp_path)
    assert done.returncode == 2
    assert done.stderr == (f"wattport: the answer could not be written to standard output: {why}\n")


@pytest.mark.parametrize("target", ["/dev/full", "&-"])
def test_errors_that_cannot_be_said_keep_their_exit_code(target: str, tmp_path: Path) -> None:
    assert shell(f"wattport sources none.yaml >&- 2>{target}", tmp_path).returncode == 2
    assert shell(f"wattport --version 2>{target}", tmp_path).returncode == 0


def test_a_closed_stream_is_kept_from_files_of_ours(tmp_path: Path) -> None:
    """Else the first file opened would be standard output, and be written into."""
    done = shell("wattport init my.yaml >&- <&-", tmp_path)
    assert done.returncode == 2
    assert "standard output" in done.stderr
    assert shell("wattport check my.yaml", tmp_path).returncode == 0


def test_outlet_waits_for_a_pipe_that_is_full() -> None:
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writes, b"x" * 4096)
    child = os.fork()
    if child == 0:
        os.close(writes)
        while os.read(reads, 65536):
            pass
        os._exit(0)
    outlet = Outlet(writes)
    assert outlet.write(b"y" * 100) == 100
    assert outlet.lost() is None
    os.close(writes)
    os.close(reads)
    assert os.waitpid(child, 0)[1] == 0


# --- surroundings ----------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["check small_20mw", "init a.yaml", "play small_20mw --json"])
def test_working_directory_that_was_deleted(words: str, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    done = shell(f"cd gone; rmdir ../gone; wattport {words}", tmp_path)
    assert done.returncode == 2
    assert "working directory" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        "check $'caf\\xe9.yaml'",
        "play small_20mw --out $'caf\\xe9'",
        "init $'caf\\xe9.yaml'",
        "run $'caf\\xe9.swf' --json",
        "export small_20mw --to $'caf\\xe9.xer'",
    ],
)
def test_name_that_is_no_text(words: str, tmp_path: Path) -> None:
    done = shell(f"wattport {words}", tmp_path)
    assert done.returncode == 2
    said = done.stdout if "--json" in words else done.stderr
    assert "caf\\xe9" in said.replace("\\\\", "\\")
    assert "not UTF-8" in said
    assert os.listdir(tmp_path) == []


def test_full_disk_anywhere_is_no_fault_of_ours(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = OSError(errno.ENOSPC, "no room", "/cache/kernel.nbc")
    monkeypatch.setattr(commands, "schema", raising(fault))
    assert leave("schema") == 2
    assert capsys.readouterr().err == (
        "wattport: no space left on device: make room at /cache/kernel.nbc.\n"
    )


def test_fault_of_ours_without_room_for_its_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.NamedTemporaryFile", raising(OSError(errno.ENOSPC, "no room")))
    monkeypatch.setattr(commands, "schema", raising(ZeroDivisionError("by nought")))
    assert leave("schema") == 101
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "test_ending.py" in said


# --- disk ------------------------------------------------------------------------------------


def test_disk_that_takes_no_more_leaves_what_was_there(tmp_path: Path) -> None:
    """A limit on the size of files, which the report exceeds, stands in for a full disk."""
    play = "wattport play small_20mw --draws 2 --until design --out out --quiet"
    assert shell(play, tmp_path).returncode == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = shell(f"ulimit -f 40; {play}", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error[OUT004] out: writing stopped: file too large\n")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_init_is_whole_or_not_there(tmp_path: Path) -> None:
    done = shell("ulimit -f 4; wattport init my.yaml", tmp_path)
    assert done.returncode == 2
    assert "error[OUT004]" in done.stderr
    assert os.listdir(tmp_path) == []


# --- signals ---------------------------------------------------------------------------------


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Python's own handler, also where the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.signal(signal.SIGINT, before) is signal.default_int_handler, "was put back"


def signalled(number: int, then: BaseException | None) -> Callable[..., None]:
    """A command that is struck by a signal, of which something else is made on the way up."""

    def command(*_words: object, **_options: object) -> None:
        try:
            os.kill(os.getpid(), number)
        except KeyboardInterrupt as interrupt:
            if then is not None:
                raise then from interrupt

    return command


@pytest.mark.parametrize(
    "then",
    [
        None,  # dropped: the command goes on as if nothing had been
        KeyboardInterrupt(),
        SystemError("CPUDispatcher returned a result with an exception set"),
        RuntimeError("Query interrupted"),
        SystemExit(0),
        ImportError("cannot import name"),
        OSError(errno.EINTR, "interrupted system call"),
    ],
)
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
@pytest.mark.usefixtures("ctrl_c")
def test_a_signal_is_known_whatever_is_made_of_it(
    number: int, code: int, then: BaseException | None, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(commands, "schema", signalled(number, then))
    assert leave("schema") == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1


@pytest.mark.usefixtures("ctrl_c")
def test_an_interrupt_that_a_finaliser_drops_comes_again() -> None:
    class Final:
        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            for _ in range(100):  # the handler runs here, and Python drops what it raises
                pass

    with stoppable(is_process=False) as stop:
        Final()
        with pytest.raises(KeyboardInterrupt):
            signal.pause()
    assert stop.code == 130


def test_what_the_caller_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stoppable(is_process=False):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_signal_after_the_end_interrupts_nothing() -> None:
    stop = Stop()
    stop.is_over = True
    stop(signal.SIGINT, None)
    assert stop.code == 130


def test_a_signal_while_something_does_not_come_back_to_python() -> None:
    """As a compiler at work: here a hash of the hash of the hash, for hours."""
    program = (
        "import hashlib, os, signal, sys, threading\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from wattport.cli import commands, main, stopping\n"
        "stopping._PATIENCE_S = 0.2\n"
        "def schema(**_words):\n"
        "    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "    hashlib.pbkdf2_hmac('sha256', b'', b'', 2**31 - 1)\n"
        "commands.schema = schema\n"
        "sys.argv = ['wattport', 'schema']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 130
    assert done.stderr == "wattport: interrupted\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_the_interpreter_shuts_down(number: int, code: int) -> None:
    program = (
        "import atexit, os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.argv = ['wattport', '--version']\n"
        "from wattport.cli import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        f"    atexit.register(os.kill, os.getpid(), {int(number)})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code
    assert done.stdout.startswith("wattport ")
    assert done.stderr == ""


def test_what_others_do_at_exit_is_done() -> None:
    program = (
        "import atexit, sys\n"
        "sys.argv = ['wattport', 'check', 'none.yaml']\n"
        "from wattport.cli import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    atexit.register(print, 'cleared')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert done.stdout.endswith("cleared\n")
