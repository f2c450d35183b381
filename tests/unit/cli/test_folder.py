"""The output folder is the old one or the new one, whatever happens."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from wattport.cli import folder as folder_module
from wattport.cli.folder import written_whole
from wattport.errors import WattportError


def write(out: Path, text: str) -> None:
    with written_whole(out) as part:
        (part / "manifest.json").write_text(text)
        (part / "tables").mkdir()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_new_folder_and_its_parents(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "out", "new")
    assert names(tmp_path / "a" / "b") == ["out"]
    assert (tmp_path / "a" / "b" / "out" / "manifest.json").read_text() == "new"


def test_folder_is_as_open_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    write(tmp_path / "out", "new")
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_earlier_output_is_replaced_as_a_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "old")
    (out / "stale").write_text("left over")
    write(out, "new")
    assert names(tmp_path) == ["out"]
    assert names(out) == ["manifest.json", "tables"]
    assert (out / "manifest.json").read_text() == "new"


def test_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(tmp_path / "out", "new")
    assert names(tmp_path) == ["out"]


def test_link_keeps_pointing(tmp_path: Path) -> None:
    write(tmp_path / "real", "old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "manifest.json").read_text() == "new"


@pytest.mark.parametrize("error", [ValueError("ours"), KeyboardInterrupt(), MemoryError()])
def test_failure_leaves_the_old_output(tmp_path: Path, error: BaseException) -> None:
    out = tmp_path / "out"
    write(out, "old")

    def fail() -> None:
        with written_whole(out) as part:
            (part / "manifest.json").write_text("half")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert names(tmp_path) == ["out"]
    assert (out / "manifest.json").read_text() == "old"


def test_failed_rename_puts_the_old_output_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write(out, "old")
    rename = Path.rename

    def stuck(self: Path, target: Path) -> Path:
        if self.suffix == ".part":
            raise OSError(28, "no space")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stuck)
    with pytest.raises(WattportError, match="no space left"):
        write(out, "new")
    assert names(tmp_path) == ["out"]
    assert (out / "manifest.json").read_text() == "old"


def test_interrupt_waits_for_the_two_renames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write(out, "old")
    take = folder_module._take_the_place

    def interrupted(part: Path, target: Path) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        take(part, target)

    monkeypatch.setattr(folder_module, "_take_the_place", interrupted)
    write(out, "new")
    assert names(tmp_path) == ["out"]
    assert (out / "manifest.json").read_text() == "new"


def refused(out: Path) -> WattportError:
    with pytest.raises(WattportError) as refusal, written_whole(out):
        pytest.fail("the block must not begin")
    assert refusal.value.exit_code == 2
    assert refusal.value.findings[0].remedy
    return refusal.value


def test_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a letter")
    assert refused(tmp_path / "out").findings[0].code == "OUT002"
    assert (tmp_path / "out").read_text() == "a letter"


def test_folder_of_other_things(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("years")
    assert refused(tmp_path / "out").findings[0].code == "OUT002"
    assert names(tmp_path / "out") == ["thesis.tex"]


def test_folder_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert refused(tmp_path / "file" / "out").findings[0].code == "OUT003"


@pytest.mark.parametrize("out", [".", "..", "/"])
def test_folder_one_stands_in(out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "manifest.json").write_text("an output one has entered")
    monkeypatch.chdir(tmp_path)
    assert refused(Path(out).absolute().resolve()).findings[0].code == "OUT001"
    assert refused(Path(out)).findings[0].code == "OUT001"


def test_name_too_long(tmp_path: Path) -> None:
    assert refused(tmp_path / ("x" * 300)).findings[0].code == "OUT003"
