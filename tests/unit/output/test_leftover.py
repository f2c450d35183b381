"""What killed runs leave is dealt with by the next run; what is not ours is left alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wattport.output import leftover, new_folder

PLAY = "wattport play"


def write(out: Path, text: str = "new") -> None:
    with new_folder(out, PLAY) as part:
        (part / "manifest.json").write_text(json.dumps({"told": text}))
        (part / "tables").mkdir()
        (part / "tables" / "a.csv").write_text(text)


def told(out: Path) -> str:
    return str(json.loads((out / "manifest.json").read_text())["told"])


def killed_at(out: Path, line: str) -> None:
    """Begin to write in another process, which is killed by the given line of Python."""
    program = (
        "import os, signal\nfrom pathlib import Path\nfrom wattport.output import new_folder\n"
        "def die(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
        f"with new_folder({str(out)!r}, {PLAY!r}) as part:\n"
        "    (part / 'half').write_text('half')\n"
        f"    {line}\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)
    assert done.returncode == -9


def test_part_of_a_killed_run_is_removed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "old")
    killed_at(out, "die()")
    assert told(out) == "old"
    assert len(os.listdir(tmp_path)) == 2
    write(out)
    assert os.listdir(tmp_path) == ["out"]


def test_part_that_was_finished_is_removed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "old")
    killed_at(out, "import wattport.output.folder as it; it._exchange = die")
    assert told(out) == "old"
    write(out)
    assert os.listdir(tmp_path) == ["out"]


def test_old_result_that_was_exchanged_but_not_removed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "old")
    killed_at(out, "import wattport.output.folder as it; it.remove = die")
    assert (out / "half").is_file()
    assert len(os.listdir(tmp_path)) == 2
    write(out)
    assert os.listdir(tmp_path) == ["out"]


def test_former_result_is_put_back_where_its_place_is_empty(tmp_path: Path) -> None:
    """Killed between the two renames of a system that knows no exchange."""
    out = tmp_path / "out"
    write(out, "old")
    out.rename(tmp_path / ".out-0123abcd.former")
    with new_folder(out, PLAY) as part:
        assert told(out) == "old"
        (part / "manifest.json").write_text('{"told": "new"}')
    assert told(out) == "new"
    assert os.listdir(tmp_path) == ["out"]


def test_former_result_that_is_put_back_stays_if_the_play_fails(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(tmp_path / ".out-0123abcd.former", "old")
    with pytest.raises(ZeroDivisionError), new_folder(out, PLAY):
        raise ZeroDivisionError
    assert told(out) == "old"
    assert os.listdir(tmp_path) == ["out"]


def test_former_result_is_removed_where_its_follower_stands(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(tmp_path / ".out-0123abcd.former", "old")
    write(out)
    assert os.listdir(tmp_path) == ["out"]


def test_former_result_with_a_note_in_it_is_kept(tmp_path: Path) -> None:
    write(tmp_path / ".out-0123abcd.former", "old")
    (tmp_path / ".out-0123abcd.former" / "notes.txt").write_text("an idea")
    (tmp_path / "out").mkdir()
    write(tmp_path / "out")
    assert (tmp_path / ".out-0123abcd.former" / "notes.txt").read_text() == "an idea"


@pytest.mark.parametrize(
    "name",
    [
        ".out-0123abcd.part",  # of nobody: no mark, no list
        ".out-2-0123abcd.part",  # of the neighbour out-2
        ".out.part",
        "out-0123abcd.part",
        ".out-0123abcd.part.bak",
        ".out-0123abcd.former",  # no manifest: no result
        ".OUT-0123abcd.part",
    ],
)
def test_folders_that_only_look_like_ours(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "thesis.tex").write_text("years")
    write(tmp_path / "out")
    assert (tmp_path / name / "thesis.tex").read_text() == "years"


def test_link_with_the_name_of_a_part_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "real")
    (tmp_path / ".out-0123abcd.part").symlink_to(tmp_path / "real")
    (tmp_path / ".out-0123abce.former").symlink_to(tmp_path / "real")
    write(tmp_path / "out")
    assert told(tmp_path / "real") == "new"
    assert (tmp_path / ".out-0123abcd.part").is_symlink()


def test_part_of_a_living_run_is_left_alone_by_another_process(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with new_folder(out, PLAY) as part:
        (part / "slow").write_text("half")
        program = (
            "from wattport.output import new_folder\n"
            f"with new_folder({str(out)!r}, {PLAY!r}) as part: (part / 'a').write_text('quick')"
        )
        subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
        assert (part / "slow").read_text() == "half"
        assert (out / "a").read_text() == "quick"
    assert (out / "slow").read_text() == "half"
    assert os.listdir(tmp_path) == ["out"]


def test_where_nothing_can_be_locked_nothing_is_taken_for_a_leftover(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    killed_at(out, "die()")
    monkeypatch.setattr(leftover, "fcntl", None)
    write(out)
    assert told(out) == "new"
    assert len(os.listdir(tmp_path)) == 2
