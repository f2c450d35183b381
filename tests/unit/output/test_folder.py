"""The output folder is the old one or the new one, and nothing that is not ours is touched."""

from __future__ import annotations

import errno
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from wattport.errors import WattportError
from wattport.output import folder as folder_module
from wattport.output import new_folder

PLAY, MAKE = "wattport play", "wattport make"


def write(out: Path, text: str, result_of: str = PLAY) -> None:
    with new_folder(out, result_of) as part:
        (part / "manifest.json").write_text(json.dumps({"told": text}))
        (part / "tables").mkdir()
        (part / "tables" / "a.csv").write_text(text)


def tree(folder: Path) -> dict[str, str | None]:
    """Everything below a folder: text of files, where links lead, None for folders."""
    return {
        path.relative_to(folder).as_posix(): os.readlink(path) if path.is_symlink()
        else path.read_text() if path.is_file() else None
        for path in folder.rglob("*")
    }  # fmt: skip


def told(out: Path) -> str:
    return str(json.loads((out / "manifest.json").read_text())["told"])


def refused(out: Path, result_of: str = PLAY) -> WattportError:
    with pytest.raises(WattportError) as refusal, new_folder(out, result_of):
        pytest.fail("the block must not begin")
    assert refusal.value.exit_code == 2
    assert refusal.value.findings[0].remedy
    return refusal.value


# --- what is ours ----------------------------------------------------------------------------


def test_new_folder_and_its_parents(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "out", "new")
    assert os.listdir(tmp_path / "a" / "b") == ["out"]
    assert told(tmp_path / "a" / "b" / "out") == "new"


def test_manifest_says_whose_result_it_is_and_lists_all_of_it(tmp_path: Path) -> None:
    write(tmp_path / "out", "new")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["result_of"] == PLAY
    assert manifest["told"] == "new"
    assert list(manifest["files"]) == ["tables/a.csv"]
    # Of printf new | sha256sum.
    assert manifest["files"]["tables/a.csv"] == (
        "11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437"
    )


def test_folder_is_as_open_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    write(tmp_path / "out", "new")
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_earlier_result_is_replaced_as_a_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with new_folder(out, PLAY) as part:
        (part / "stale.txt").write_text("old")
    write(out, "new")
    assert os.listdir(tmp_path) == ["out"]
    assert sorted(os.listdir(out)) == ["manifest.json", "tables"]
    assert told(out) == "new"


def test_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(tmp_path / "out", "new")
    assert os.listdir(tmp_path) == ["out"]


def test_result_from_which_files_were_removed_is_still_ours(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "old")
    (out / "tables" / "a.csv").unlink()
    write(out, "new")
    assert told(out) == "new"


def test_link_to_a_folder_keeps_pointing(tmp_path: Path) -> None:
    write(tmp_path / "real", "old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert told(tmp_path / "real") == "new"


# --- what is not ours ------------------------------------------------------------------------


def web_app(out: Path) -> None:
    out.mkdir()
    (out / "manifest.json").write_text('{"name": "app", "version": "1.0.0"}')
    (out / ".git").mkdir()
    (out / ".git" / "HEAD").write_text("ref: refs/heads/main")


def notes_beside(out: Path) -> None:
    write(out, "old")
    (out / "notes.txt").write_text("years of thought")


def notes_below(out: Path) -> None:
    write(out, "old")
    (out / "tables" / "notes.txt").write_text("years of thought")


def hidden_notes(out: Path) -> None:
    write(out, "old")
    (out / ".notes").mkdir()


def written_into(out: Path) -> None:
    write(out, "old")
    (out / "tables" / "a.csv").write_text("odd")  # as long as before


def link_among_the_files(out: Path) -> None:
    write(out, "old")
    (out / "tables" / "a.csv").rename(out.parent / "moved.csv")
    (out / "tables" / "a.csv").symlink_to(out.parent / "moved.csv")


def link_for_a_folder(out: Path) -> None:
    write(out, "old")
    (out / "tables").rename(out.parent / "moved")
    (out / "tables").symlink_to(out.parent / "moved")


def link_for_the_manifest(out: Path) -> None:
    write(out, "old")
    (out / "manifest.json").rename(out.parent / "moved.json")
    (out / "manifest.json").symlink_to(out.parent / "moved.json")


def no_manifest(out: Path) -> None:
    out.mkdir()
    (out / "thesis.tex").write_text("years")


def broken_manifest(out: Path) -> None:
    write(out, "old")
    (out / "manifest.json").write_text('{"result_of": "wattport play", "files"')


def deep_manifest(out: Path) -> None:
    write(out, "old")
    (out / "manifest.json").write_text("[" * 100_000)


@pytest.mark.parametrize("files", ["[]", '{"tables/a.csv": 7}', "null", '"all"'])
def test_list_that_is_none(files: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "old")
    (out / "manifest.json").write_text(f'{{"result_of": "wattport play", "files": {files}}}')
    before = tree(tmp_path)
    assert refused(out).findings[0].code == "OUT002"
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("state", "named"),
    [
        (web_app, "manifest.json lists no files of Wattport's"),
        (notes_beside, "'notes.txt'"),
        (notes_below, "'tables/notes.txt'"),
        (hidden_notes, "'.notes'"),
        (written_into, "'tables/a.csv' was changed"),
        (link_among_the_files, "'tables/a.csv'"),
        (link_for_a_folder, "'tables'"),
        (link_for_the_manifest, "manifest.json"),
        (no_manifest, "'thesis.tex'"),
        (broken_manifest, "manifest.json"),
        (deep_manifest, "manifest.json"),
    ],
)
def test_what_we_did_not_write_is_named_and_untouched(
    state: Callable[[Path], None], named: str, tmp_path: Path
) -> None:
    state(tmp_path / "out")
    before = tree(tmp_path)
    refusal = refused(tmp_path / "out")
    assert refusal.findings[0].code == "OUT002"
    assert named in refusal.findings[0].message
    assert tree(tmp_path) == before


def test_result_of_another_command(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "played")
    refusal = refused(out, MAKE)
    assert refusal.findings[0].code == "OUT005"
    assert "`wattport play`" in refusal.findings[0].message
    assert told(out) == "played"


@pytest.mark.parametrize(
    "manifest",
    [
        {"version": "0.1.0", "spec_hash": "be7b", "seed": 7, "n_draws": 5, "stage_s": {}},
        {"version": "0.1.0", "command": "risk", "plan": "x"},
    ],
)
def test_result_of_a_version_that_kept_no_list(manifest: dict[str, object], tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "manifest.json").write_text(json.dumps(manifest))
    before = tree(tmp_path)
    assert "a result of Wattport 0.1.0, which kept no list" in refused(out).findings[0].message
    assert tree(tmp_path) == before


def test_list_that_leads_outside_removes_nothing_there(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years")
    out = tmp_path / "out"
    write(out, "old")
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["files"] |= {"../thesis.tex": "0", str(tmp_path / "thesis.tex"): "0"}
    (out / "manifest.json").write_text(json.dumps(manifest))
    write(out, "new")
    assert (tmp_path / "thesis.tex").read_text() == "years"
    assert sorted(os.listdir(tmp_path)) == ["out", "thesis.tex"]


def test_note_written_while_we_play(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "old")

    def play() -> None:
        with new_folder(out, PLAY) as part:
            (part / "big").write_text("new")
            (out / "notes.txt").write_text("an idea")

    with pytest.raises(WattportError, match=r"'notes\.txt'"):
        play()
    assert told(out) == "old"
    assert (out / "notes.txt").read_text() == "an idea"
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("has_exchange", [True, False])
def test_note_written_in_the_last_moment(
    has_exchange: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the second look and the exchange: the exchange is taken back."""
    out = tmp_path / "out"
    write(out, "old")
    exchange = folder_module.swapped

    def late(one: Path, other: Path) -> bool:
        if told(out) == "old":
            (out / "notes.txt").write_text("an idea")
        return has_exchange and exchange(one, other)

    monkeypatch.setattr(folder_module, "swapped", late)
    with pytest.raises(WattportError, match=r"'notes\.txt'"):
        write(out, "new")
    assert told(out) == "old"
    assert (out / "notes.txt").read_text() == "an idea"
    assert os.listdir(tmp_path) == ["out"]


def test_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a letter")
    assert refused(tmp_path / "out").findings[0].code == "OUT002"
    assert (tmp_path / "out").read_text() == "a letter"


def test_link_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to(tmp_path / "gone")
    assert refused(tmp_path / "out").findings[0].code == "OUT002"
    assert not (tmp_path / "gone").exists()


# --- places that cannot be written -----------------------------------------------------------


def test_folder_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert refused(tmp_path / "file" / "out").findings[0].code == "OUT003"


@pytest.mark.parametrize("out", [".", "..", "/"])
def test_folder_one_stands_in(out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "out", "an output one has entered")
    monkeypatch.chdir(tmp_path / "out")
    assert refused(Path(out).absolute().resolve()).findings[0].code == "OUT001"
    assert refused(Path(out)).findings[0].code == "OUT001"


def test_name_too_long(tmp_path: Path) -> None:
    assert refused(tmp_path / ("x" * 300)).findings[0].code == "OUT003"


def test_name_that_is_no_text(tmp_path: Path) -> None:
    assert "not UTF-8" in refused(tmp_path / "caf\udce9").findings[0].message
    assert os.listdir(tmp_path) == []


def test_link_that_leads_to_itself(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to(tmp_path / "out")
    assert refused(tmp_path / "out").findings[0].code in {"OUT002", "OUT003"}


def test_working_directory_that_was_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert "working directory" in refused(Path("out")).findings[0].message
    write(tmp_path / "out", "an absolute name needs no working directory")
    assert os.listdir(tmp_path) == ["out"]


def test_mounted_disk() -> None:
    mounts = [Path(line.split()[1]) for line in Path("/proc/mounts").read_text().splitlines()]
    inner = [path for path in mounts if path != Path("/") and path.is_dir()]
    assert refused(inner[0]).findings[0].code == "OUT003"


# --- faults on the way -----------------------------------------------------------------------


@pytest.mark.parametrize("error", [ValueError("ours"), KeyboardInterrupt(), MemoryError()])
def test_failure_leaves_the_old_result(tmp_path: Path, error: BaseException) -> None:
    out = tmp_path / "out"
    write(out, "old")

    def fail() -> None:
        with new_folder(out, PLAY) as part:
            (part / "manifest.json").write_text("half")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert os.listdir(tmp_path) == ["out"]
    assert told(out) == "old"


@pytest.mark.parametrize(
    "number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS]
)
def test_disk_that_takes_no_more(number: int, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "old")
    with pytest.raises(WattportError) as refusal, new_folder(out, PLAY):
        raise OSError(number, "as a write says it")
    assert refusal.value.findings[0].code == "OUT004"
    assert os.strerror(number).lower() in refusal.value.findings[0].message
    assert os.listdir(tmp_path) == ["out"]
    assert told(out) == "old"


def test_fault_of_the_play_is_not_taken_for_one_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), new_folder(tmp_path / "out", PLAY):
        Path("no weather file of that name").read_text()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("has_exchange", [True, False])
def test_failed_rename_puts_the_old_result_back(
    has_exchange: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write(out, "old")
    rename = Path.rename

    def stuck(self: Path, target: Path) -> Path:
        if self.suffix == ".part":
            raise OSError(errno.ENOSPC, "no space")
        return rename(self, target)

    def no_exchange(*_names: Path) -> bool:
        if has_exchange:
            raise OSError(errno.ENOSPC, "no space")
        return False

    monkeypatch.setattr(Path, "rename", stuck)
    monkeypatch.setattr(folder_module, "swapped", no_exchange)
    with pytest.raises(WattportError, match="no space left"):
        write(out, "new")
    assert os.listdir(tmp_path) == ["out"]
    assert told(out) == "old"


def test_two_renames_where_the_system_knows_no_exchange(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_module, "swapped", lambda *_names: False)
    write(tmp_path / "out", "old")
    write(tmp_path / "out", "new")
    assert told(tmp_path / "out") == "new"
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_waits_for_the_exchange_and_acts_then(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write(out, "old")
    take = folder_module._take_the_place

    def interrupted(*words: object) -> None:
        os.kill(os.getpid(), number)
        take(*words)  # type: ignore[arg-type]

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A shell in the background leaves it ignored.
    before_int = signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr(folder_module, "_take_the_place", interrupted)
    try:
        with pytest.raises(KeyboardInterrupt):
            write(out, "new")
    finally:
        assert signal.signal(signal.SIGTERM, before) is signal.default_int_handler
        assert signal.signal(signal.SIGINT, before_int) is signal.default_int_handler
    assert os.listdir(tmp_path) == ["out"]
    assert told(out) == "new"


def test_two_runs_for_one_place(tmp_path: Path) -> None:
    """Neither takes the other's part for a leftover; the last one to end is what stays."""
    out = tmp_path / "out"
    with new_folder(out, PLAY) as one:
        (one / "manifest.json").write_text('{"told": "one"}')
        with new_folder(out, PLAY) as two:
            (two / "manifest.json").write_text('{"told": "two"}')
            assert one.is_dir()
        assert told(out) == "two"
    assert told(out) == "one"
    assert os.listdir(tmp_path) == ["out"]
