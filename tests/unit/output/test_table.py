"""A table that the disk does not take is told like any other file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from wattport.errors import WattportError
from wattport.output import copy_table, new_folder


@pytest.mark.parametrize("form", ["FORMAT parquet", "FORMAT csv"])
def test_table_beyond_the_room_there_is(form: str, tmp_path: Path) -> None:
    """In a process of its own, whose files may not grow beyond 64 kB."""
    program = (
        "import duckdb, resource\n"
        "from wattport.errors import WattportError\n"
        "from wattport.output import copy_table, new_folder\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))\n"
        "rows = 'SELECT random() AS a FROM range(1000000)'\n"
        "try:\n"
        f"    with new_folder({str(tmp_path / 'out')!r}, 'wattport play') as part:\n"
        f"        copy_table(duckdb.connect(), rows, part / 'a', {form!r})\n"
        "except WattportError as refusal:\n"
        "    print(refusal.findings[0].code, refusal.findings[0].message)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "OUT004 writing stopped: file too large\n"
    assert done.stderr == ""
    assert os.listdir(tmp_path) == []


def test_folder_that_goes_away_while_we_write(tmp_path: Path) -> None:
    def play() -> None:
        with duckdb.connect() as connection, new_folder(tmp_path / "out", "wattport play") as part:
            (part / ".unfinished").unlink()
            part.rmdir()
            copy_table(connection, "SELECT 1 AS a", part / "a", "FORMAT parquet")

    with pytest.raises(WattportError, match="OUT004"):
        play()
    assert os.listdir(tmp_path) == []


def test_name_with_an_apostrophe(tmp_path: Path) -> None:
    path = tmp_path / "engineer's table"
    with duckdb.connect() as connection:
        copy_table(connection, "SELECT 7 AS a", path, "FORMAT parquet")
        relation = connection.execute("SELECT a FROM read_parquet(?)", [str(path)])
        assert relation.fetchall() == [(7,)]
