"""XML as a tree that remembers its lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat

from wattport.schedule.exchange.notes import ExchangeCode, Notes
from wattport.user_file import SCHEDULE

_DURATION = re.compile(
    r"(-?)P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?"
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?")


_NO_CHILD: dict[str, Element] = {}


@dataclass(slots=True)
class Element:
    """An element: its name without namespace, where it stands, its text and its children."""

    tag: str
    line: int
    text: str = ""
    # Most elements are leaves, of which a file may hold millions: they own no containers.
    children: Sequence[Element] = ()
    first: dict[str, Element] = field(default_factory=lambda: _NO_CHILD)  # of each name

    def add(self, child: Element) -> None:
        """Put a child behind the others."""
        if isinstance(self.children, list):
            self.children.append(child)
            self.first.setdefault(child.tag, child)
        else:
            self.children, self.first = [child], {child.tag: child}

    def all(self, tag: str) -> list[Element]:
        """Children of a name."""
        return [child for child in self.children if child.tag == tag]

    def under(self, group: str, tag: str) -> list[Element]:
        """Grandchildren of a name, in the groups of another."""
        return [item for child in self.all(group) for item in child.all(tag)]

    def value(self, tag: str, default: str = "") -> str:
        """Text of the first child of a name, without blanks around it."""
        return self.raw(tag, default).strip()

    def raw(self, tag: str, default: str = "") -> str:
        """Text of the first child of a name as it stands."""
        child = self.first.get(tag)
        return default if child is None else child.text

    def line_of(self, tag: str) -> int:
        """Line of the first child of a name, else its own."""
        return self.first.get(tag, self).line

    def is_true(self, tag: str, default: bool = False) -> bool:
        """Whether a child says 1 or true."""
        return self.value(tag, "1" if default else "0") in ("1", "true")

    def moment(self, tag: str, notes: Notes) -> datetime | None:
        """Date of a child; None where it is empty, NA or, noted as a fault, no date."""
        text = self.value(tag)
        if not text or text == "NA":
            return None
        try:
            if not _DATE.fullmatch(text):
                raise ValueError(text)
            moment = datetime.fromisoformat(text).replace(microsecond=0)
            return notes.in_time(moment, f"{self.tag}.{tag}")
        except ValueError:
            notes.fault(
                ExchangeCode.BAD_DATE, f"{text!r} is not a date", line=self.line_of(tag),
                path=f"{self.tag}.{tag}", value=text, allowed="2028-12-31T17:00:00",
                remedy="correct the date, or save the project as XML again",
            )  # fmt: skip
            return None

    def number(self, tag: str, notes: Notes, default: float = 0.0) -> float:
        """Number of a child; the default where it is empty or, noted as a fault, no number."""
        text = self.value(tag)
        if not text:
            return default
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if abs(value) < 1e15:
            return value
        notes.fault(
            ExchangeCode.BAD_NUMBER, f"{text!r} is not a number", line=self.line_of(tag),
            path=f"{self.tag}.{tag}", value=text, remedy="save the project as XML again",
        )  # fmt: skip
        return default

    def hours(self, tag: str, notes: Notes) -> float:
        """Duration of a child such as PT8H0M0S; 0 where it is empty or, noted, no duration."""
        text = self.value(tag)
        if not text:
            return 0.0
        found = _DURATION.fullmatch(text)
        if found is None or text.endswith(("P", "T")):
            notes.fault(
                ExchangeCode.BAD_NUMBER, f"{text!r} is not a duration", line=self.line_of(tag),
                path=f"{self.tag}.{tag}", value=text, allowed="PT8H30M0S",
                remedy="save the project as XML again",
            )  # fmt: skip
            return 0.0
        sign, days, hours, minutes, seconds = found.groups(default="0")
        total = (int(days) * 24 + int(hours)) * 3600 + int(minutes) * 60 + float(seconds)
        return (-total if sign == "-" else total) / 3600.0


def parsed(raw: bytes, notes: Notes) -> Element | None:
    """
    Parse a document.

    Parameters
    ----------
    raw : bytes
        The file; its first bytes say its encoding.
    notes : Notes
        Takes the fault if it is not well formed, or larger or deeper than a schedule can be.

    Returns
    -------
    Element or None
        The root; None after a fault.
    """
    tree = _Tree()
    try:
        tree.parser.Parse(raw, True)
    except _Refused as refused:
        message, remedy = refused.args
        notes.fault(
            ExchangeCode.BAD_MARKUP, message, line=tree.parser.CurrentLineNumber, remedy=remedy
        )
        return None
    except (expat.ExpatError, ValueError, LookupError) as error:
        _tell(error, raw, max(tree.parser.CurrentLineNumber, 1), notes)
        return None
    return next(iter(tree.top.children))


class _Refused(Exception):  # noqa: N818 (control flow within this module only)
    """What is well formed and yet not accepted: message and remedy."""


class _Tree:
    """Builds elements from what the parser meets, each letter copied once."""

    def __init__(self) -> None:
        self.top = Element("", 0)
        self.open = [self.top]
        self.texts: list[list[str]] = [[]]  # pieces of text of each open element
        self.n_elements = 0
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        # Asked of the parser, not of the bytes: it knows every encoding the file may be in.
        parser.StartDoctypeDeclHandler = self.refuse_doctype

    def refuse_doctype(self, *_parts: object) -> None:
        # Document types define entities, with which a small file can fill all memory.
        raise _Refused("a document type is not accepted", "remove the line with DOCTYPE")

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self.n_elements += 1
        if self.n_elements > SCHEDULE.most_items:
            raise _Refused(f"the file has more than {SCHEDULE.most_items} elements",
                           SCHEDULE.remedy)  # fmt: skip
        if len(self.open) > SCHEDULE.most_deep:
            raise _Refused(f"elements stand more than {SCHEDULE.most_deep} deep in each other",
                           "save the project as XML again")  # fmt: skip
        element = Element(name.rpartition(":")[2], self.parser.CurrentLineNumber)
        self.open[-1].add(element)
        self.open.append(element)
        self.texts.append([])

    def end(self, _name: str) -> None:
        self.open.pop().text = "".join(self.texts.pop())

    def text(self, data: str) -> None:
        self.texts[-1].append(data)


def _tell(error: Exception, raw: bytes, line: int, notes: Notes) -> None:
    """Say what is not XML, and where."""
    code = getattr(error, "code", None)
    message = expat.ErrorString(code) if code is not None else str(error)
    is_cut = message in ("no element found", "unclosed token")
    lines = raw.split(b"\n")
    line = min(line, len(lines))
    notes.fault(
        ExchangeCode.TRUNCATED if is_cut else ExchangeCode.BAD_MARKUP,
        "the file ends in the middle" if is_cut else f"the file is not XML: {message}",
        line=line, remedy="copy or save the file again",
        excerpt=lines[line - 1][:120].decode("utf-8", "replace"),
    )  # fmt: skip
