"""XML as a tree that remembers its lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat

from wattport.build.exchange.notes import ExchangeCode, Notes

_MOST_DEEP = 64
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?")


@dataclass
class Element:
    """An element: its name without namespace, where it stands, its text and its children."""

    tag: str
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)
    first: dict[str, Element] = field(default_factory=dict)  # the first child of each name

    def add(self, child: Element) -> None:
        """Put a child behind the others."""
        self.children.append(child)
        self.first.setdefault(child.tag, child)

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
            return datetime.fromisoformat(text).replace(microsecond=0)
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
        The file; its first line says its encoding.
    notes : Notes
        Takes the fault if it is not well formed.

    Returns
    -------
    Element or None
        The root; None after a fault.
    """
    # Document types define entities, with which a small file can fill all memory.
    if b"<!DOCTYPE" in raw[:4096] or b"<!ENTITY" in raw:
        notes.fault(
            ExchangeCode.BAD_MARKUP, "a document type is not accepted", line=1,
            remedy="remove the line with DOCTYPE",
        )  # fmt: skip
        return None
    parser = expat.ParserCreate()
    top = Element("", 0)
    open_elements = [top]

    def start(name: str, _attributes: dict[str, str]) -> None:
        element = Element(name.rpartition(":")[2], parser.CurrentLineNumber)
        if len(open_elements) > _MOST_DEEP:
            raise ValueError("elements are nested too deep")
        open_elements[-1].add(element)
        open_elements.append(element)

    def end(_name: str) -> None:
        open_elements.pop()

    def text(data: str) -> None:
        open_elements[-1].text += data

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        code = getattr(error, "code", None)
        message = expat.ErrorString(code) if code is not None else str(error)
        is_cut = message in ("no element found", "unclosed token")
        lines = raw.split(b"\n")
        line = min(max(parser.CurrentLineNumber, 1), len(lines))
        notes.fault(
            ExchangeCode.TRUNCATED if is_cut else ExchangeCode.BAD_MARKUP,
            "the file ends in the middle" if is_cut else f"the file is not XML: {message}",
            line=line, remedy="copy or save the file again",
            excerpt=lines[line - 1][:120].decode("utf-8", "replace"),
        )  # fmt: skip
        return None
    return top.children[0]
