"""
Findings and the exceptions that carry them.

Validation never stops at the first fault: each one becomes a `Finding`, and
all of them travel in one `WattportError`. This module needs nothing but the
standard library, so that ``wattport --help`` starts at once.

What a finding says may come from a hostile file. It is cut, and freed of what a
terminal would obey, where findings are written and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from wattport.legible import one_line, shortened

MANY = 100  # findings of one kind told one by one
_MOST_LETTERS = 2000  # of one field of a finding; a name of a megabyte tells nobody anything


class Code(StrEnum):
    """
    Stable codes of the findings about a spec.

    A code is never renumbered or reused, so that scripts and search engines
    can rely on it. `EXPLANATIONS` tells what each one means.
    """

    FILE_NOT_FOUND = "SPEC001"
    IS_A_FOLDER = "SPEC002"
    UNREADABLE = "SPEC003"
    TOO_LARGE = "SPEC004"
    NOT_UTF8 = "SPEC005"
    EMPTY = "SPEC006"
    SYNTAX = "SPEC007"
    TAB = "SPEC008"
    ROOT_NOT_MAPPING = "SPEC009"
    DUPLICATE_KEY = "SPEC010"
    ALIASES = "SPEC011"
    UNKNOWN_KEY = "SPEC012"
    MISSING_KEY = "SPEC013"
    TAG_OR_KEY = "SPEC014"
    SEVERAL_DOCUMENTS = "SPEC015"
    TOO_DEEP = "SPEC016"
    NOT_A_NUMBER = "SPEC020"
    NOT_FINITE = "SPEC021"
    OUT_OF_RANGE = "SPEC022"
    UNKNOWN_UNIT = "SPEC023"
    WRONG_DIMENSION = "SPEC024"
    DIGIT_GROUPS = "SPEC025"
    NO_UNIT = "SPEC026"
    NOT_WHOLE = "SPEC027"
    NO_VALUE = "SPEC028"
    LOW_ABOVE_HIGH = "SPEC030"
    VALUE_OUTSIDE = "SPEC031"
    UNKNOWN_SHAPE = "SPEC032"
    SHAPE_NEEDS = "SPEC033"
    CHOICES = "SPEC034"
    TAIL = "SPEC035"
    UNKNOWN_GROUP = "SPEC036"
    NOT_UNCERTAIN = "SPEC037"
    UNKNOWN_STATUS = "SPEC040"
    SOURCE_NOT_TEXT = "SPEC041"
    BAD_DATE = "SPEC050"
    NOT_A_CHOICE = "SPEC051"
    WRONG_KIND = "SPEC052"
    NOT_ALLOWED = "SPEC053"
    OVERRIDE_FORM = "SPEC060"
    OVERRIDE_PATH = "SPEC061"
    SHARES_NOT_ONE = "SPEC100"
    NOT_ASCENDING = "SPEC101"
    CIRCULAR = "SPEC102"
    UNKNOWN_REFERENCE = "SPEC103"
    CONTRADICTION = "SPEC104"
    UNLIKELY = "SPEC105"
    TWICE = "SPEC106"
    MORE = "SPEC107"
    TOO_MUCH = "SPEC108"


EXPLANATIONS: dict[Code, str] = {
    Code.FILE_NOT_FOUND: "No such file, and no shipped scenario of that name.",
    Code.IS_A_FOLDER: "A folder was given where one YAML file is needed.",
    Code.UNREADABLE: "The file exists but cannot be read.",
    Code.TOO_LARGE: "The file is larger than a scenario can be; it was not read.",
    Code.NOT_UTF8: "The bytes are not UTF-8 text, or hold control characters.",
    Code.EMPTY: "The file holds no scenario: nothing, or comments only.",
    Code.SYNTAX: "The text is not YAML; reading stopped there.",
    Code.TAB: "A tab stands where YAML wants spaces.",
    Code.ROOT_NOT_MAPPING: "The top level must be sections, `site:`, `grid:` and so on.",
    Code.DUPLICATE_KEY: "One mapping has the same key twice.",
    Code.ALIASES: "Aliases (`*name`) refer to nothing, to themselves or multiply too far.",
    Code.UNKNOWN_KEY: "The section has no such key.",
    Code.MISSING_KEY: "A key without a default is missing.",
    Code.TAG_OR_KEY: "A tag (`!x`) or a key that is not text.",
    Code.SEVERAL_DOCUMENTS: "The file holds more than one YAML document.",
    Code.TOO_DEEP: "The nesting is deeper than any scenario needs.",
    Code.NOT_A_NUMBER: "A number is needed here.",
    Code.NOT_FINITE: "Infinity and not-a-number are not values.",
    Code.OUT_OF_RANGE: "The number lies outside its limits.",
    Code.UNKNOWN_UNIT: "The unit is not in the table.",
    Code.WRONG_DIMENSION: "The unit measures something else.",
    Code.DIGIT_GROUPS: "Thousand separators and decimal commas are ambiguous.",
    Code.NO_UNIT: "A number in quotes needs its unit.",
    Code.NOT_WHOLE: "A whole number is needed here.",
    Code.NO_VALUE: "The key is there but has no value.",
    Code.LOW_ABOVE_HIGH: "`low` is not below `high`.",
    Code.VALUE_OUTSIDE: "`value` does not lie between `low` and `high`.",
    Code.UNKNOWN_SHAPE: "There is no such shape of uncertainty.",
    Code.SHAPE_NEEDS: "The shape of uncertainty lacks a key, or has one too many.",
    Code.CHOICES: "`choices` and `weights` do not describe a discrete distribution.",
    Code.TAIL: "The tail of the distribution crosses the limit of the number.",
    Code.UNKNOWN_GROUP: "The group of correlated numbers is not declared.",
    Code.NOT_UNCERTAIN: "This number must be certain.",
    Code.UNKNOWN_STATUS: "There is no such status of a source.",
    Code.SOURCE_NOT_TEXT: "`source`, `status` and `note` are text.",
    Code.BAD_DATE: "Not a calendar date of the form 2028-12-31.",
    Code.NOT_A_CHOICE: "Not one of the values that exist.",
    Code.WRONG_KIND: "Another kind of value is needed: text, list, mapping or true/false.",
    Code.NOT_ALLOWED: "The value breaks a rule of its section.",
    Code.OVERRIDE_FORM: "An override is written path=value.",
    Code.OVERRIDE_PATH: "The path of the override leads nowhere.",
    Code.SHARES_NOT_ONE: "Shares of a whole must sum to 1.",
    Code.NOT_ASCENDING: "A dated list must ascend.",
    Code.CIRCULAR: "Things wait for each other in a circle.",
    Code.UNKNOWN_REFERENCE: "A name refers to nothing in the spec.",
    Code.CONTRADICTION: "Two values contradict each other.",
    Code.UNLIKELY: "Possible, but probably not meant.",
    Code.TWICE: "A name that must be unique stands twice.",
    Code.MORE: "More faults than are told at once.",
    Code.TOO_MUCH: "More of something than a plan of this kind can have.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One fault, with all a person needs to mend it.

    Lines and columns count from 1; ``excerpt`` is the source line.
    """

    code: str
    message: str
    path: str = ""
    value: object = None
    allowed: str = ""
    remedy: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    excerpt: str = ""
    severity: str = "error"

    def as_dict(self) -> dict[str, object]:
        """
        Give the finding as plain JSON values.

        Examples
        --------
        >>> Finding(code="SPEC022", message="too low", value=-1.0).as_dict()["value"]
        -1.0
        """
        plain = {name: _plain(getattr(self, name)) for name in self.__slots__}
        return {name: shortened(value, _MOST_LETTERS) if isinstance(value, str) else value
                for name, value in plain.items()}  # fmt: skip


class WattportError(Exception):
    """Anything Wattport refuses, with its findings and an exit code."""

    exit_code = 2

    def __init__(self, findings: Iterable[Finding] | Finding) -> None:
        self.findings = (findings,) if isinstance(findings, Finding) else tuple(findings)
        super().__init__(format_findings(self.findings))

    def __reduce__(self) -> tuple[type[WattportError], tuple[tuple[Finding, ...]]]:
        """Keep the findings when a worker process sends the error back."""
        return type(self), (self.findings,)


def usage_error(option: str, message: str, remedy: str) -> WattportError:
    """
    Make the refusal of an option.

    Examples
    --------
    >>> usage_error("--step 0s", "a step is longer than nothing", "write 15s").findings[0].code
    'USE001'
    """
    return WattportError(Finding("USE001", message, path=option, remedy=remedy))


class SpecError(WattportError):
    """The spec cannot be used as written."""

    exit_code = 2


class InfeasibleError(WattportError):
    """The spec is sound, but no design can satisfy it."""

    exit_code = 3


def summarised(findings: Iterable[Finding]) -> Iterator[Finding]:
    """
    Tell many findings of one kind as the first of them and how many more there are.

    Parameters
    ----------
    findings : iterable of Finding
        In the order they are to be read.

    Yields
    ------
    Finding
        At most `MANY` of one code and file; at the end what was left out, counted.

    Examples
    --------
    >>> told = list(summarised(Finding("SPEC012", "unknown key", file="a") for _ in range(1000)))
    >>> len(told), told[-1].message
    (101, '900 more of this kind are not shown')
    """
    counts: dict[tuple[str, str, str], int] = {}
    first_left_out: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        kind = (finding.code, finding.severity, finding.file)
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] <= MANY:
            yield finding
        else:
            first_left_out.setdefault(kind, finding)
    for kind, finding in first_left_out.items():
        yield replace(
            finding, message=f"{counts[kind] - MANY} more of this kind are not shown", path="",
            value=None, allowed="", excerpt="", remedy="mend those shown first",
        )  # fmt: skip


def format_findings(findings: Iterable[Finding], width: int = 100) -> str:
    """
    Write findings as one block of plain text, with nothing in it that could steer a terminal.

    Parameters
    ----------
    findings : iterable of Finding
        In the order they are to be read.
    width : int
        Source lines longer than this are cut around the caret.

    Examples
    --------
    >>> print(format_findings([Finding("SPEC012", "unknown key", "grid.volt", file="a.yaml",
    ...     line=2, column=3, excerpt="  volt: 4", remedy="did you mean `voltage_kv`?")]))
    error[SPEC012] grid.volt: unknown key
      --> a.yaml:2:3
      2 |   volt: 4
        |   ^
      remedy: did you mean `voltage_kv`?
    """
    return "\n\n".join(_block(finding, width) for finding in summarised(findings))


def _block(finding: Finding, width: int) -> str:
    where = f"{_shown(finding.path)}: " if finding.path else ""
    lines = [f"{finding.severity}[{finding.code}] {where}{_shown(finding.message)}"]
    if finding.file:
        position = f":{finding.line}:{finding.column}" if finding.line else ""
        lines.append(f"  --> {_shown(finding.file)}{position}")
    if finding.excerpt and finding.line:
        lines += _caret(finding, width)
    if finding.allowed:
        lines.append(f"  allowed: {_shown(finding.allowed)}")
    if finding.remedy:
        lines.append(f"  remedy: {_shown(finding.remedy)}")
    return "\n".join(lines)


def _shown(words: str) -> str:
    return one_line(shortened(words, _MOST_LETTERS))


def _caret(finding: Finding, width: int) -> list[str]:
    start = max(0, finding.column - 1 - width * 2 // 3) if len(finding.excerpt) > width else 0
    # Letter for letter, so that nothing of a broken file moves the caret.
    text = one_line(finding.excerpt[start : start + width])
    number = str(finding.line)
    pad = " " * len(number)
    caret = " " * max(0, finding.column - 1 - start) + "^"
    return [f"  {number} | {text}", f"  {pad} | {caret}"]


def _plain(value: object) -> object:
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    if value is None or isinstance(value, str | int | bool):
        return str(value) if isinstance(value, StrEnum) else value
    return str(value)
