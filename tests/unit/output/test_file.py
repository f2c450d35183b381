"""A single file is whole or not there, and never over something that is not ours."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from wattport.errors import WattportError
from wattport.output import exchange, is_stamped, new_file, stamped
from wattport.output import file as file_module


def write(path: Path, text: str, *, may_replace: bool = False) -> None:
    with new_file(path, may_replace=may_replace) as part:
        part.write_text(text)


def refused(path: Path, *, may_replace: bool = False) -> str:
    with pytest.raises(WattportError) as refusal, new_file(path, may_replace=may_replace):
        pytest.fail("the block must not begin")
    assert refusal.value.findings[0].remedy
    return refusal.value.findings[0].code


def test_new_file_is_as_open_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("")
    write(tmp_path / "a.txt", "whole")
    assert (tmp_path / "a.txt").read_text() == "whole"
    assert (tmp_path / "a.txt").stat().st_mode == (tmp_path / "other").stat().st_mode
    assert sorted(os.listdir(tmp_path)) == ["a.txt", "other"]


def test_file_that_exists_is_replaced_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    assert refused(path) == "OUT002"
    assert path.read_text() == "old"
    write(path, "new", may_replace=True)
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("may_replace", [True, False])
@pytest.mark.parametrize("leads_to", ["letter", "nowhere", "folder", "link"])
def test_nothing_is_written_through_a_link(
    leads_to: str, may_replace: bool, tmp_path: Path
) -> None:
    (tmp_path / "letter").write_text("dear")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(leads_to)
    assert refused(tmp_path / "link", may_replace=may_replace) == "OUT002"
    assert os.readlink(tmp_path / "link") == leads_to
    assert (tmp_path / "letter").read_text() == "dear"
    assert sorted(os.listdir(tmp_path)) == ["folder", "letter", "link"]


def test_what_is_no_file_stays(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        assert refused(tmp_path / name, may_replace=True) == "OUT002"
    assert refused(Path("/dev/null"), may_replace=True) == "OUT002"


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    assert refused(tmp_path / "none" / "a.txt") == "OUT003"
    assert refused(tmp_path / ("x" * 300)) == "OUT003"
    assert refused(tmp_path / "caf\udce9.xer") == "OUT003"
    (tmp_path / "letter").write_text("dear")
    assert refused(tmp_path / "letter" / "a.txt") == "OUT003"


@pytest.mark.parametrize("has_exchange", [True, False])
def test_file_that_comes_to_exist_meanwhile_stays(
    has_exchange: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has_exchange:
        monkeypatch.setattr(exchange, "_renameat2", lambda *_words: False)
    path = tmp_path / "a.txt"

    def late() -> None:
        with new_file(path) as part:
            part.write_text("new")
            path.write_text("theirs")

    with pytest.raises(WattportError, match="meanwhile"):
        late()
    assert path.read_text() == "theirs"
    assert os.listdir(tmp_path) == ["a.txt"]
    path.unlink()
    write(path, "new")
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError(), MemoryError()])
def test_failure_leaves_the_old_file(error: BaseException, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write(path, "old")

    def fail() -> None:
        with new_file(path, may_replace=True) as part:
            part.write_text("half")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_disk_that_is_full(tmp_path: Path) -> None:
    with pytest.raises(WattportError) as refusal, new_file(tmp_path / "a.txt"):
        raise OSError(errno.ENOSPC, "as a write says it")
    assert refusal.value.findings[0].code == "OUT004"
    assert os.listdir(tmp_path) == []


def test_part_of_a_killed_run_is_removed_and_one_of_a_living_run_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    (tmp_path / ".a.txt-0123abcd.part").write_text("half")
    with new_file(path, may_replace=True) as living:
        living.write_text("one")
        write(path, "two")
        assert sorted(os.listdir(tmp_path)) == sorted([living.name, "a.txt"])
    assert path.read_text() == "one"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_part_that_another_run_took_for_a_leftover_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment between making a part and locking it."""
    new_part = file_module.new_part
    made: list[Path] = []

    def unlucky(target: Path, create: object) -> Path:
        part = new_part(target, create)  # type: ignore[arg-type]
        made.append(part)
        if len(made) == 1:
            part.unlink()
        return part

    monkeypatch.setattr(file_module, "new_part", unlucky)
    write(tmp_path / "a.txt", "whole")
    assert len(made) == 2
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("text", ["<!doctype html>\n<p>é</p>\n", "", "no line end"])
def test_page_is_known_again_until_anything_is_changed(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(stamped(text), encoding="utf-8")
    assert is_stamped(path)
    raw = path.read_bytes()
    for changed in (b" " + raw, raw + b" ", raw[:-2], raw.replace(b"above", b"below"), b""):
        path.write_bytes(changed)
        assert not is_stamped(path)
    assert not is_stamped(tmp_path / "none")
