"""Code is loaded from nobody else's files, and old code does not pile up."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wattport.compiled.place import _serves, read, write


def test_written_whole_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "run.hour_kernel-1" / "fan.bin"
    assert read(path) is None
    write(path, b"code")
    write(path, b"newer code")
    assert read(path) == b"newer code"
    assert [file.name for file in path.parent.iterdir()] == ["fan.bin"]


def test_of_the_older_versions_of_a_file_the_newest_three_stay(tmp_path: Path) -> None:
    for age in range(7):
        folder = tmp_path / f"run.hour_kernel-{age}"
        write(folder / "fan.bin", b"code")
        os.utime(folder, (1e9 - age, 1e9 - age))
    write(tmp_path / "run.heat_kernel-a" / "fan.bin", b"code")
    write(tmp_path / "run.hour_kernel-new" / "fan.bin", b"code")
    kept = {folder.name for folder in tmp_path.iterdir()}
    assert {"run.hour_kernel-new", "run.heat_kernel-a"} <= kept
    assert len(kept) == 5


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_bytes(b"code")
    (tmp_path / "fan.bin").symlink_to(tmp_path / "theirs")
    assert read(tmp_path / "fan.bin") is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_file_of_another_user_is_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "fan.bin"
    path.write_bytes(b"code")
    assert read(path) == b"code"
    os.chown(path, 65533, 65533)
    assert read(path) is None


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_private_folder_that_others_can_write_does_not_serve(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "wattport"
    assert _serves(folder, True)
    folder.chmod(mode)
    assert not _serves(folder, True)


def test_a_private_folder_is_no_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(0o700)
    (tmp_path / "wattport").symlink_to(tmp_path / "real")
    assert not _serves(tmp_path / "wattport", True)


def test_a_full_or_locked_folder_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    write(tmp_path / "file" / "version" / "fan.bin", b"code")  # no exception
    assert read(tmp_path / "file" / "version" / "fan.bin") is None
