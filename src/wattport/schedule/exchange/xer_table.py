"""
The outer form of an XER file: lines of tables, separated by tabs.

A line begins with what it is: ERMHDR the header, %T a table, %F its columns,
%R a row, %E the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from wattport.schedule.exchange.notes import ExchangeCode, Notes

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}(:\d{2})?)?")
_EXCERPT = 160


@dataclass(frozen=True, slots=True)
class Row:
    """One row; a column that is not there, or was cut from its end, reads as empty."""

    fields: list[str]
    place: dict[str, int]  # of each column, shared by the rows of a table
    line: int
    table: str

    def __getitem__(self, column: str) -> str:
        """Value of a column, without blanks around it."""
        return self.text(column).strip()

    def text(self, column: str) -> str:
        """Value of a column as it stands."""
        at = self.place.get(column, len(self.fields))
        return self.fields[at] if at < len(self.fields) else ""

    def items(self) -> Iterator[tuple[str, str]]:
        """Give columns with their values."""
        return ((name, self.fields[at]) for name, at in self.place.items() if at < len(self.fields))

    def moment(self, column: str, notes: Notes) -> datetime | None:
        """Date in a column; None where it is empty or, noted as a fault, no date."""
        text = self[column]
        if not text:
            return None
        try:
            if not _DATE.fullmatch(text):
                raise ValueError(text)
            return notes.in_time(datetime.fromisoformat(text), f"{self.table}.{column}")
        except ValueError:
            notes.fault(
                ExchangeCode.BAD_DATE, f"{text!r} is not a date", line=self.line,
                path=f"{self.table}.{column}", value=text, allowed="2028-12-31 17:00",
                remedy="export with dates of the form year-month-day hour:minute",
            )  # fmt: skip
            return None

    def number(self, column: str, notes: Notes, default: float = 0.0) -> float:
        """Number in a column; the default where it is empty or, noted as a fault, no number."""
        text = self[column]
        if not text:
            return default
        try:
            value = float(text.replace(",", ".") if text.count(",") == 1 else text)
        except ValueError:
            value = float("nan")
        if abs(value) < 1e12:
            return value
        notes.fault(
            ExchangeCode.BAD_NUMBER, f"{text!r} is not a number", line=self.line,
            path=f"{self.table}.{column}", value=text, remedy="export the file again",
        )  # fmt: skip
        return default


def decoded(raw: bytes, encoding: str | None, notes: Notes) -> str:
    """
    Text of a file that does not say its code page.

    Parameters
    ----------
    raw : bytes
        The file.
    encoding : str or None
        What the user says it is.
    notes : Notes
        Takes the fault if nothing fits.

    Returns
    -------
    str
        In the named encoding; without one UTF-8 if that fits, else cp1252.
    """
    for name in (encoding,) if encoding else ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode(name)
        except (LookupError, UnicodeEncodeError):  # no codec, none for text, or no name
            notes.fault(
                ExchangeCode.ENCODING, f"there is no encoding {name!r}", value=name,
                remedy="name one such as cp1251, gbk or utf-8",
            )  # fmt: skip
            return ""
        except UnicodeError as error:
            at = getattr(error, "start", 0)
            continue
        if "\0" not in text:
            return text
        at = raw.find(b"\0")
    line_start = raw.rfind(b"\n", 0, at) + 1
    notes.fault(
        ExchangeCode.ENCODING,
        f"byte 0x{raw[at]:02x} does not belong to text in {encoding or 'UTF-8 or cp1252'}",
        line=raw.count(b"\n", 0, at) + 1, allowed="UTF-8, cp1252, or the encoding you name",
        remedy="name the code page of the machine that wrote it: --encoding cp1251",
        excerpt=raw[line_start : line_start + _EXCERPT].split(b"\n")[0].decode("latin-1"),
    )  # fmt: skip
    return ""


def tables(text: str, notes: Notes) -> dict[str, list[Row]]:
    """
    Rows of each table.

    Parameters
    ----------
    text : str
        The whole file.
    notes : Notes
        Takes faults of its form.

    Returns
    -------
    dict
        Rows by the table's name; a table without rows has an empty list.
    """
    lines = text.split("\n")
    if not lines[0].startswith("ERMHDR"):
        notes.fault(
            ExchangeCode.NOT_THIS_FORMAT, "the first line does not begin with ERMHDR", line=1,
            allowed="a Primavera XER or a Microsoft Project XML file", excerpt=lines[0][:_EXCERPT],
            remedy="export the schedule as XER from Primavera P6, or as XML from Project",
        )  # fmt: skip
        return {}
    found: dict[str, list[Row]] = {}
    table, columns, is_ended = "", [""], False
    place: dict[str, int] = {}
    for number, line in enumerate(lines[1:], start=2):
        line = line.rstrip("\r")
        mark, _, rest = line.partition("\t")
        if mark == "%R":
            fields = rest.split("\t")
            if len(fields) > len(columns) and any(fields[len(columns) :]):
                notes.fault(
                    ExchangeCode.FIELD_COUNT, f"the row has {len(fields)} fields", line=number,
                    path=table, allowed=f"{len(columns)}, as its table has columns",
                    remedy="take tabs out of names and notes, and export again",
                    excerpt=line[:_EXCERPT],
                )  # fmt: skip
            elif table:
                # Tools and mail programs cut empty fields from the end of a row.
                found[table].append(Row(fields[: len(columns)], place, number, table))
        elif mark == "%T":
            table, columns, place = rest.strip(), [], {}
            found.setdefault(table, [])
        elif mark == "%F":
            columns = rest.split("\t")
            place = {name: at for at, name in enumerate(columns)}
            if len(place) < len(columns):
                twice = next(name for name in columns if columns.count(name) > 1)
                notes.fault(
                    ExchangeCode.TWICE, f"the column {twice!r} stands twice", line=number,
                    path=table, value=twice, remedy="export the file again",
                )  # fmt: skip
        elif mark == "%E":
            is_ended = True
            n_behind = sum(bool(rest.strip()) for rest in lines[number:])
            if n_behind:
                notes.loses(f"{n_behind} lines behind the end of the file, which %E marks")
            break
        elif line.strip() and mark != "%Z":
            notes.fault(
                ExchangeCode.STRAY_LINE, "the line is no row of a table", line=number, path=table,
                allowed="%T, %F, %R or %E at its start", excerpt=line[:_EXCERPT],
                remedy="take line breaks out of names and notes, and export again",
            )  # fmt: skip
    if not is_ended:
        notes.fault(
            ExchangeCode.TRUNCATED, "the file ends without %E: a part of it is missing",
            line=len(lines), path=table, remedy="copy or export the file again",
        )  # fmt: skip
    return found
