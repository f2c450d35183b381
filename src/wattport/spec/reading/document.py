"""
YAML 1.2 text to plain values, with the position of each.

PyYAML's C scanner gives events at full speed, but its resolver follows YAML
1.1, where ``NO`` is false, ``1e9`` is text, ``12:30`` is 750 and ``010`` is 8.
The values are therefore resolved here, by the core schema of YAML 1.2.2
(section 10.3.2). Working on events rather than on finished objects also keeps
positions, sees duplicate keys, and lets aliases be counted before they grow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from wattport.errors import Code, Finding
from wattport.spec.reading.section import Path, path_text
from wattport.user_file import SCENARIO

MAX_DEPTH, MAX_VALUES = SCENARIO.most_deep, SCENARIO.most_items

_TEXT_OF_A_VALUE = 64  # letters

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]{1,15}")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INF = re.compile(r"[-+]?\.(inf|Inf|INF)")
_NAN = frozenset({".nan", ".NaN", ".NAN"})

_TEXT_TAG = "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True)
class Mark:
    """A position in a text, counted from 1, and the line itself."""

    file: str
    line: int
    column: int
    excerpt: str


@dataclass(slots=True)
class Document:
    """Plain values of a YAML text, where each stood, and what was wrong with it."""

    data: Any = None
    marks: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    is_complete: bool = True

    def located(self, finding: Finding, path: Path, *, at_key: bool = False) -> Finding:
        """Add path and position to a finding; the nearest known ancestor's, if need be."""
        mark = self.nearest(path, at_key=at_key)
        return replace(
            finding, path=path_text(path), file=mark.file, line=mark.line,
            column=mark.column, excerpt=mark.excerpt,
        )  # fmt: skip

    def nearest(self, path: Path, *, at_key: bool = False) -> Mark:
        """Position of a path, or of the nearest ancestor that has one."""
        if at_key and path in self.keys:
            return self.keys[path]
        for length in range(len(path), -1, -1):
            known = self.marks.get(path[:length])
            if known is not None:
                # A missing key is shown at its section's name, not at its first entry.
                return known if length == len(path) else self.keys.get(path[:length], known)
        return Mark("", 0, 0, "")


def resolve(text: str) -> Any:
    """
    Value of a plain (unquoted) scalar by the core schema of YAML 1.2.

    Examples
    --------
    >>> [resolve(text) for text in ("NO", "1e9", "12:30", "010", "0o10", "~")]
    ['NO', 1000000000.0, '12:30', 10, 8, None]
    """
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        # Beyond 18 digits a count makes no sense, and int() itself refuses huge text.
        return int(text) if len(text) <= 18 else float(text)
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEX.fullmatch(text):
        return int(text[2:], 16)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _INF.fullmatch(text):
        return float(text.replace(".", ""))
    return float("nan") if text in _NAN else text


def read(text: str, file: str) -> Document:
    """
    Read YAML text.

    Parameters
    ----------
    text : str
        One document.
    file : str
        Name shown in findings.

    Returns
    -------
    Document
        With ``is_complete`` false where reading had to stop at a fault.
    """
    return _Builder(text, file).run()


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been seen."""

    value: dict[str, Any] | list[Any]
    path: Path
    anchor: str | None
    first: int
    n_levels: int = 1
    key: str | None = None
    is_skipped: bool = False


class _Stop(Exception):  # noqa: N818 (control flow within this module only)
    """Reading cannot go on."""


class _Builder:
    """Builds the document from the events of one text."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.lines = text.splitlines() or [""]
        self.doc = Document()
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int, int]] = {}  # value, values in it, levels in it
        self.pending: set[str] = set()
        self.n_values = 0
        self.n_documents = 0

    def run(self) -> Document:
        self.doc.marks[()] = self.mark(None)
        try:
            for event in yaml.parse(self.text, Loader=yaml.CSafeLoader):
                self.take(event)
        except yaml.MarkedYAMLError as error:
            self.syntax(error)
        except yaml.reader.ReaderError as error:
            self.control_character(error.position)
        except UnicodeEncodeError as error:  # half a letter, from the command line
            self.control_character(error.start)
        except _Stop:
            self.doc.is_complete = False
        return self.doc

    def mark(self, at: Any) -> Mark:
        line, column = (at.line, at.column) if at is not None else (0, 0)
        if line >= len(self.lines):  # the end of the file is shown behind its last line
            line, column = len(self.lines) - 1, len(self.lines[-1])
        return Mark(self.file, line + 1, column + 1, self.lines[line])

    def report(self, code: Code, message: str, at: Mark, path: Path, **more: Any) -> None:
        self.doc.findings.append(
            Finding(
                code,
                message,
                path_text(path),
                file=at.file,
                line=at.line,
                column=at.column,
                excerpt=at.excerpt,
                **more,
            )
        )

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self.scalar(event)
        elif isinstance(event, yaml.MappingStartEvent):
            self.open(event, {})
        elif isinstance(event, yaml.SequenceStartEvent):
            self.open(event, [])
        elif isinstance(event, yaml.CollectionEndEvent):
            self.close()
        elif isinstance(event, yaml.AliasEvent):
            self.alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.n_documents += 1
            if self.n_documents > 1:
                self.report(
                    Code.SEVERAL_DOCUMENTS, "a second document starts here",
                    self.mark(event.start_mark), (), allowed="one document in a file",
                    remedy="remove the `---`, or keep the documents in two files",
                )  # fmt: skip
                raise _Stop

    def scalar(self, event: Any) -> None:
        mark = self.mark(event.start_mark)
        if self.wants_key():
            self.key(event.value, mark, is_plain=event.implicit[0])
            return
        path = self.path()
        is_plain = event.implicit[0] and event.tag in (None, "")
        if event.tag not in (None, "", "!", _TEXT_TAG) and not is_plain:
            self.tag(event.tag, mark, path)
        value = resolve(event.value) if is_plain else event.value
        size = _size(event.value)
        self.count(size, mark, path)
        self.put(value, mark, path)
        self.name(event.anchor, value, size, 0)

    def key(self, text: str, mark: Mark, *, is_plain: bool) -> None:
        top = self.stack[-1]
        path = (*top.path, text)
        self.count(_size(text) - 1, mark, path)
        top.key = text
        top.is_skipped = text in top.value
        if top.is_skipped:
            first = self.doc.keys.get(path, mark)
            self.report(
                Code.DUPLICATE_KEY, f"the key stands twice, first in line {first.line}",
                mark, path, allowed="each key once", remedy="remove one of the two",
            )  # fmt: skip
        elif is_plain and text in _NULL:
            self.report(
                Code.TAG_OR_KEY, "a key without a name", mark, path,
                allowed="text", remedy="write the key before the colon",
            )  # fmt: skip
            top.is_skipped = True
        else:
            self.doc.keys[path] = mark

    def open(self, event: Any, value: dict[str, Any] | list[Any]) -> None:
        mark = self.mark(event.start_mark)
        if self.wants_key():
            self.report(
                Code.TAG_OR_KEY, "a list or mapping cannot be a key", mark, self.stack[-1].path,
                allowed="text", remedy="quote the key, or check the brackets and braces",
            )  # fmt: skip
            raise _Stop
        path = self.path()
        if not event.implicit:
            self.tag(event.tag, mark, path)
        self.refuse_depth(len(self.stack) + 1, mark, path)
        self.count(1, mark, path)
        first = self.n_values
        self.put(value, mark, path)
        if event.anchor:
            self.pending.add(event.anchor)
        self.stack.append(_Open(value, path, event.anchor, first))

    def refuse_depth(self, n_levels: int, mark: Mark, path: Path) -> None:
        if n_levels > MAX_DEPTH:
            self.report(
                Code.TOO_DEEP, f"more than {MAX_DEPTH} levels of nesting", mark, path[:4],
                allowed=f"{MAX_DEPTH} levels", remedy="look for brackets that are not closed",
            )  # fmt: skip
            raise _Stop

    def close(self) -> None:
        closed = self.stack.pop()
        self.holds(closed.n_levels)
        if closed.anchor:
            self.pending.discard(closed.anchor)
            size = 1 + self.n_values - closed.first
            self.name(closed.anchor, closed.value, size, closed.n_levels)

    def holds(self, n_levels: int) -> None:
        """Count the levels of what was put into the collection that is open."""
        if self.stack:
            self.stack[-1].n_levels = max(self.stack[-1].n_levels, n_levels + 1)

    def alias(self, event: Any) -> None:
        mark = self.mark(event.start_mark)
        if self.wants_key():
            self.report(
                Code.TAG_OR_KEY, "an alias cannot be a key", mark, self.stack[-1].path,
                allowed="text", remedy="write the key out",
            )  # fmt: skip
            raise _Stop
        path, name = self.path(), event.anchor
        if name not in self.anchors:
            why = "contains itself" if name in self.pending else "refers to no anchor above it"
            self.report(
                Code.ALIASES, f"the alias *{name} {why}", mark, path,
                allowed="an alias of an anchor that is complete above it",
                remedy=f"define &{name} first, or quote the text if `*` is meant",
            )  # fmt: skip
            raise _Stop
        value, size, n_levels = self.anchors[name]
        # Aliases of aliases nest without a bracket of their own.
        self.refuse_depth(len(self.stack) + n_levels, mark, path)
        self.count(size, mark, path)
        self.put(_copied(value), mark, path)
        self.holds(n_levels)

    def tag(self, tag: str, mark: Mark, path: Path) -> None:
        self.report(
            Code.TAG_OR_KEY, f"the tag {tag!r} is not used here", mark, path,
            allowed="plain YAML without tags", remedy="remove the tag",
        )  # fmt: skip

    def count(self, n: int, mark: Mark, path: Path) -> None:
        self.n_values += n
        if self.n_values > MAX_VALUES:
            self.report(
                Code.ALIASES, f"more than {MAX_VALUES} values once aliases are written out",
                mark, path[:4], allowed=f"{MAX_VALUES} values",
                remedy="this is no scenario: remove the nested aliases",
            )  # fmt: skip
            raise _Stop

    def wants_key(self) -> bool:
        top = self.stack[-1] if self.stack else None
        return top is not None and isinstance(top.value, dict) and top.key is None

    def path(self) -> Path:
        if not self.stack:
            return ()
        top = self.stack[-1]
        if isinstance(top.value, list):
            return (*top.path, len(top.value))
        # What stands below a repeated key must not take the places of what is kept.
        return (*top.path, f"{top.key} (again)" if top.is_skipped else str(top.key))

    def put(self, value: Any, mark: Mark, path: Path) -> None:
        if not self.stack:
            self.doc.data = value
            self.doc.marks[()] = mark
            return
        top = self.stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is not None:
            if not top.is_skipped:
                top.value[top.key] = value
            top.key = None
        if not top.is_skipped:
            self.doc.marks[path] = mark

    def name(self, anchor: str | None, value: Any, size: int, n_levels: int) -> None:
        if anchor:
            self.anchors[anchor] = (value, size, n_levels)

    def syntax(self, error: yaml.MarkedYAMLError) -> None:
        self.doc.is_complete = False
        at = error.problem_mark
        if at is None or (at.line >= len(self.lines) and error.context_mark is not None):
            at = error.context_mark  # what was opened says more than the end of the file
        mark = self.mark(at)
        problem = error.problem or "not YAML"
        line = mark.excerpt
        if "\t" in line[: mark.column] and "start any token" in problem:
            self.report(
                Code.TAB, "a tab cannot indent YAML", mark, (),
                allowed="spaces", remedy="replace the tab with spaces",
            )  # fmt: skip
            return
        context = f" ({error.context})" if error.context else ""
        self.report(
            Code.SYNTAX, f"not YAML: {problem}{context}", mark, (),
            allowed="YAML 1.2", remedy=_syntax_remedy(problem, line),
        )  # fmt: skip

    def control_character(self, position: object) -> None:
        self.doc.is_complete = False
        position = position if isinstance(position, int) else 0
        before = self.text[:position]
        line, column = before.count("\n"), position - (before.rfind("\n") + 1)
        excerpt = self.lines[line] if line < len(self.lines) else ""
        self.report(
            Code.NOT_UTF8, "a control character that YAML does not allow",
            Mark(self.file, line + 1, column + 1, excerpt), (),
            allowed="printable text", remedy="remove the character, or save the file as UTF-8 text",
        )  # fmt: skip


def _size(text: str) -> int:
    """Values a text counts for: aliases multiply a long one as they multiply a list."""
    return 1 + len(text) // _TEXT_OF_A_VALUE


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _syntax_remedy(problem: str, line: str) -> str:
    if any(word in problem for word in ("end of stream", "scalar", "']'", "'}'")):
        return "look for a quote, bracket or brace that is not closed"
    if "mapping values are not allowed" in problem:
        return "quote text that holds a colon, and check the indentation"
    if "'%'" in line or "%" in line or "`" in line or "@" in line:
        return "quote text that starts with % @ or `"
    return "check indentation, and that each key is followed by a colon and a space"
