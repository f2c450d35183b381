"""
Write docs/validation.md, and the table shipped with the package, from what the tests recorded.

    python tools/validation_page.py ROWS_FOLDER PAGE TABLE

`make docs` runs the tests that record a figure and then this. Both files depend
on the rows alone, not on their order nor on the number of workers. The table
lets every report show how well the version that made it was validated.
"""

from __future__ import annotations

import csv
import json
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

COLUMNS = ("kind", "engine", "quantity", "source", "reached", "allowed", "unit", "note")
KINDS = ("validation", "consistency")  # the last stands apart: it is no evidence from outside
OPENING = """\
# Validation

Each engine is held to published numbers. This page is written by `make docs` from the tests
themselves: every row is a figure that a test reached on its last run, beside the deviation that
it allows. A deviation is what was computed less what was published, in the unit of the row;
`frac` is relative to the published figure. What is not on this page is not validated.
"""
APART = """\
# Consistency checks

These rows are no validation: they agree by construction, or with ourselves. A number that was set
from the figure it is compared with, a curve at the points it was fitted to, the scenario's own
dossier, a balance that must close, a second way of our own to the same result, a published range
as wide as what is allowed. They find a change that nobody meant; they do not show that a model
is right.
"""


def read_rows(folder: Path) -> list[dict[str, Any]]:
    """Collect the rows of all workers; of a test that ran twice, the last."""
    by_key: dict[tuple[int, str, str, str], dict[str, Any]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            order = KINDS.index(row["kind"])
            by_key[order, row["engine"], row["quantity"], row["source"]] = row
    return [by_key[key] for key in sorted(by_key)]


def page(rows: list[dict[str, Any]]) -> str:
    """Lay the rows out, one table to an engine; consistency checks apart from validation."""
    held = [row for row in rows if row["kind"] == "validation"]
    apart = [row for row in rows if row["kind"] == "consistency"]
    missed = sum(abs(row["reached"]) > row["allowed"] for row in held)
    parts = [OPENING, f"{len(held)} figures, {missed} of them missed and marked so.\n"]
    parts += tables(held, "")
    if apart:
        parts += [APART, f"{len(apart)} checks.\n", *tables(apart, "Consistency of ")]
    return "\n".join(parts)


def tables(rows: list[dict[str, Any]], title: str) -> list[str]:
    """Give one table to an engine, with its heading."""
    parts = []
    for engine, group in groupby(rows, key=lambda row: row["engine"]):
        parts.append(f"## {title}{engine}\n")
        lines = [
            "| quantity | source | reached | allowed | unit | note |",
            "|---|---|---:|---:|---|---|",
        ]
        lines += [
            "| " + " | ".join(
                _cell(text)
                for text in (
                    row["quantity"], row["source"], number(row["reached"]),
                    number(row["allowed"]), row["unit"], row["note"],
                )
            ) + " |"
            for row in group
        ]  # fmt: skip
        parts.append("\n".join(lines) + "\n")
    return parts


def number(value: float) -> str:
    """
    Write a deviation with two digits; rounding noise, which differs by machine, as such.

    Examples
    --------
    >>> number(0.01234), number(-3.0), number(4e-16), number(0.0)
    ('0.012', '-3', '< 1e-12', '0')
    """
    if 0.0 < abs(value) < 1e-12:
        return "< 1e-12"
    return f"{value:.2g}" if abs(value) < 100 else f"{value:.0f}"


def write_table(rows: list[dict[str, Any]], path: Path) -> None:
    """Write the rows as CSV, with the digits of the page."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            rounded = {key: _shipped(row[key]) for key in ("reached", "allowed")}
            writer.writerow([(row | rounded)[column] for column in COLUMNS])


def _shipped(value: float) -> float:
    """Two digits, rounding noise as nought: the file must not differ by machine."""
    return 0.0 if abs(value) < 1e-12 else float(f"{value:.2g}")


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def main() -> None:
    """Write both files, or refuse when there is nothing to write it from."""
    if len(sys.argv) != 4:
        sys.exit(f"usage: {sys.argv[0]} ROWS_FOLDER PAGE TABLE")
    rows = read_rows(Path(sys.argv[1]))
    if not rows:
        sys.exit("no rows were recorded: nothing to write")
    Path(sys.argv[2]).write_text(page(rows), encoding="utf-8")
    write_table(rows, Path(sys.argv[3]))
    apart = sum(row["kind"] == "consistency" for row in rows)
    print(f"{sys.argv[2]}: {len(rows) - apart} figures, {apart} consistency checks")


if __name__ == "__main__":
    main()
