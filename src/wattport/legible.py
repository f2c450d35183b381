"""
Words of others, made safe to show: on a terminal, in JSON, in a cell of a spreadsheet.

A name in a file can hold escape sequences that steer a terminal, marks that turn the reading
order round, letters of no width, line breaks that forge a line of ours, or a formula. Everything
that is shown passes here at the last step, so that no caller needs to think of it.

References
----------
Unicode Technical Report 36, *Unicode Security Considerations*; ECMA-48, *Control Functions*;
OWASP, *CSV Injection*.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

STAND_IN = "\N{REPLACEMENT CHARACTER}"
_ELLIPSIS = "…"

# Controls C0 and C1, halves of surrogate pairs, separators of lines and paragraphs, everything of
# class "format" (bidirectional overrides, joiners, tags), and letters that fonts draw as nothing.
_HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff"
    "\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_IN_A_PAGE = re.compile(f"[{_HIDDEN}]")
_IN_A_LINE = re.compile(f"[\t\n{_HIDDEN}]")
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_BLANKS = "\t\n\v\f\r\x85\u2028\u2029"

# What spreadsheets take for a formula at the start of a cell, in the East Asian widths too.
_FORMULA = re.compile("[\t\n ]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\n]")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def one_line(text: str, most: int = 0) -> str:
    r"""
    Text as one line, letter for letter, with nothing in it that cannot be seen.

    Parameters
    ----------
    text : str
        From anywhere.
    most : int
        Letters after which it is cut, told by an ellipsis; 0 cuts nothing.

    Examples
    --------
    >>> one_line("hall\t1\x1b[2J"), one_line("transformer", 6)
    ('hall 1�[2J', 'trans…')
    """
    if most and len(text) > most:
        text = text[: most - 1] + _ELLIPSIS
    if text.isprintable():
        return text
    return _IN_A_LINE.sub(lambda found: " " if found[0] in _BLANKS else STAND_IN, text)


def shortened(text: str, most: int) -> str:
    """
    Text of a sensible length: what stands around a huge word is what tells something.

    Examples
    --------
    >>> shortened("9" * 1000 + " is not a number", 50)
    '999999999999999999999999999999999… is not a number'
    """
    if len(text) <= most:
        return text
    head = most * 2 // 3
    return f"{text[:head]}{_ELLIPSIS}{text[len(text) - (most - head - 1) :]}"


def steers(text: str) -> bool:
    r"""
    Whether text holds what no name needs: controls, and marks that turn the reading order.

    Letters of no width are not meant: Persian and emoji need some.

    Examples
    --------
    >>> steers("hall\x1b[2J"), steers("hall 1\n")
    (True, False)
    """
    return not text.isprintable() and _STEERING.search(text) is not None


def page(text: str) -> str:
    r"""
    Lines of ours with words of others in them: line breaks and tabs stay.

    Examples
    --------
    >>> page("a\x9b31m\n\tb\u202e")
    'a�31m\n\tb�'
    """
    return _IN_A_PAGE.sub(STAND_IN, text)


def json_escaped(text: str) -> str:
    r"""
    JSON in which letters that a terminal would obey, or not show, are escaped.

    JSON itself asks for that below U+0020 only.

    Parameters
    ----------
    text : str
        Valid JSON.

    Examples
    --------
    >>> json_escaped('{"name": "a\x9b31m\u202e"}')
    '{"name": "a\\u009b31m\\u202e"}'
    """
    return _IN_A_PAGE.sub(lambda found: _escape(found[0]), text)


def csv_text(header: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    r"""
    A table as CSV that no spreadsheet takes for formulas.

    Text that a spreadsheet would work out is led by an apostrophe; numbers stay numbers.

    Parameters
    ----------
    header : sequence of str
        Columns, in order.
    rows : iterable of mapping
        From column to number, text or None.

    Examples
    --------
    >>> csv_text(["name", "days"], [{"name": "=1+1", "days": -3.2}, {"name": "a,b", "days": None}])
    'name,days\n\'=1+1,-3.2\n"a,b",\n'
    """
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow([_cell(name) for name in header])
    for row in rows:
        table.writerow([_cell(row[name]) for name in header])
    return stream.getvalue()


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.replace("\r", " ")  # which ends a row for some readers, quoted or not
    is_formula = _FORMULA.match(text) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


def _escape(letter: str) -> str:
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
