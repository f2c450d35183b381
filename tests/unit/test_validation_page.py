"""The page of validated figures depends on what was recorded, not on who recorded it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[2] / "tools" / "validation_page.py"


def row(engine: str, quantity: str, reached: float, kind: str = "validation") -> str:
    return json.dumps(
        {"kind": kind, "engine": engine, "quantity": quantity, "source": "a|b", "reached": reached}
        | {"allowed": 0.01, "unit": "frac", "note": "", "test": "t"}
    )


def write(tmp_path: Path, files: dict[str, list[str]]) -> str:
    rows = tmp_path / "rows"
    rows.mkdir(parents=True)
    for name, lines in files.items():
        (rows / name).write_text("\n".join(lines) + "\n")
    page, table = tmp_path / "page.md", tmp_path / "table.csv"
    subprocess.run([sys.executable, TOOL, rows, page, table], check=True, timeout=60)
    return page.read_text() + table.read_text()


def test_page_is_the_same_for_any_number_of_workers(tmp_path: Path) -> None:
    a, b, c = row("run", "PUE", 0.004), row("make", "output", -0.001), row("make", "area", 3e-17)
    one = write(tmp_path / "one", {"gw.jsonl": [a, b, c]})
    two = write(tmp_path / "two", {"gw0.jsonl": [c, a], "gw1.jsonl": [b]})
    assert one == two
    assert one.index("## make") < one.index("## run")
    assert "| area | a\\|b | < 1e-12 | 0.01 | frac |" in one
    assert "\nvalidation,make,area,a|b,0.0,0.01,frac,\n" in one


def test_consistency_checks_stand_apart_with_their_own_count(tmp_path: Path) -> None:
    """What a figure was set from is no evidence: it is not counted among what validates."""
    rows = [
        row("run", "PUE", 0.004), row("run", "price", 0.02), row("make", "output", -0.001),
        row("make", "our own dossier", 0.0, "consistency"),
        row("build", "a balance", 0.0, "consistency"),
    ]  # fmt: skip
    page = write(tmp_path, {"gw.jsonl": rows})
    held, apart = page.split("# Consistency checks\n")
    assert "\n3 figures, 1 of them missed and marked so." in held
    assert "\n2 checks.\n" in apart
    assert "our own dossier" not in held
    assert apart.index("## Consistency of build") < apart.index("## Consistency of make")
    assert "\nconsistency,build,a balance," in apart


def test_a_page_without_consistency_checks_has_no_section_of_them(tmp_path: Path) -> None:
    page = write(tmp_path, {"gw.jsonl": [row("run", "PUE", 0.004)]})
    assert "Consistency" not in page


def test_no_rows_no_page(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, TOOL, tmp_path, tmp_path / "page.md", tmp_path / "table.csv"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "no rows" in done.stderr
    assert not (tmp_path / "page.md").exists()
