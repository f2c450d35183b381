"""The short answer on a terminal."""

from __future__ import annotations

import sys

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from wattport.legible import one_line
from wattport.records import Case
from wattport.report.numerals import MINUS, THIN_SPACE
from wattport.report.sections.headline import announced_parts, figure_parts, headlines

_HEADER = ("", "announced", "P10", "P50", "P90", "")
_NUMBERS = (2, 3, 4)


def summary_rows(case: Case) -> tuple[tuple[str, ...], ...]:
    """
    Headline rows in letters that every terminal has.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    tuple of tuple of str
        Metric, announced, P10, P50, P90, unit.
    """
    rows = []
    for row in headlines(case):
        said, mark = announced_parts(row)
        parts = [figure_parts(value, row.unit) for value in (row.p10, row.p50, row.p90)]
        unit = next((name for _, name in parts if name), "")
        cells = (
            row.metric,
            (f"{said} ({mark})" if mark else said) or "-",
            *(text for text, _ in parts),
            "" if unit == row.metric else unit,
        )
        rows.append(tuple(_plain(cell) for cell in cells))
    return tuple(rows)


def summary(case: Case) -> str:
    """
    Dates, megawatts, money, PUE and jobs beside what was announced.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    str
        On a terminal a table of its width, in bold unless ``NO_COLOR`` is set; else plain text.
    """
    if not sys.stdout.isatty():
        return summary_text(case)
    console = Console(highlight=False)
    with console.capture() as captured:
        console.print(_table(summary_rows(case)))
    return captured.get()


def _table(rows: tuple[tuple[str, ...], ...]) -> RichTable:
    table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index, name in enumerate(_HEADER):
        table.add_column(
            name,
            justify="right" if index in _NUMBERS else "left",
            style="bold" if index == 3 else "",
            overflow="fold",
        )
    for row in rows:
        # Text, not markup: a name such as "[red]" in a spec is printed as it stands.
        table.add_row(*(Text(cell) for cell in row))
    return table


def summary_text(case: Case) -> str:
    """
    The same table as plain text, columns aligned by spaces.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    str
        Lines without trailing spaces; empty when nothing was played.
    """
    rows = summary_rows(case)
    if not rows:
        return ""
    grid = [_HEADER, *rows]
    widths = [max(len(row[k]) for row in grid) for k in range(len(_HEADER))]
    lines = []
    for row in grid:
        cells = [
            cell.rjust(width) if k in _NUMBERS else cell.ljust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def _plain(words: str) -> str:
    # Narrow spaces and true minus signs are missing from some terminals and encodings.
    plain = words.replace(THIN_SPACE, " ").replace(MINUS, "-").replace("\u2013", "-")
    return one_line(plain)
