"""What is said about an exchange: faults with their place in the file, and what is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from wattport.errors import Finding, WattportError
from wattport.schedule.plan import Plan
from wattport.schedule.plan_check import PlanCode, faults

_SHOWN = 4  # things named of many that share a loss
_MANY = 100  # faults told one by one
_KEPT = 10_000  # faults kept, of which the first in the file are told
_MOST_DAYS = 5_000_000  # single days that differ from a week, all calendars together
_FIRST_YEAR, _LAST_YEAR = 1900, 2199  # over which calendars can be laid out
MOST_BASES = 8  # calendars a calendar inherits from, each from the next


class ExchangeCode(StrEnum):
    """Stable codes of the findings about files of other tools."""

    UNREADABLE = "XCH001"
    NOT_THIS_FORMAT = "XCH002"
    ENCODING = "XCH003"
    TRUNCATED = "XCH004"
    FIELD_COUNT = "XCH005"
    STRAY_LINE = "XCH006"
    MISSING_TABLE = "XCH007"
    BAD_DATE = "XCH008"
    BAD_NUMBER = "XCH009"
    DANGLING = "XCH010"
    UNKNOWN_WORD = "XCH011"
    BAD_CALENDAR = "XCH012"
    WHICH_PROJECT = "XCH013"
    BAD_MARKUP = "XCH014"
    TWICE = "XCH015"
    MORE = "XCH016"
    NOT_CARRIED = "XCH020"
    CARRIED_OTHERWISE = "XCH021"


@dataclass(frozen=True)
class StatedDates:
    """Dates the other tool had worked out for an activity; None where the file has none."""

    early_start: datetime | None = None
    early_finish: datetime | None = None
    late_start: datetime | None = None
    late_finish: datetime | None = None
    total_float_hours: float | None = None


@dataclass(frozen=True)
class ReadPlan:
    """A plan as read, what of the file it does not carry, and the dates the file states."""

    plan: Plan
    not_carried: tuple[Finding, ...]
    stated: Mapping[str, StatedDates]


@dataclass
class Notes:
    """Faults and losses, gathered while a file is read or written."""

    file: str
    errors: list[Finding] = field(default_factory=list)
    n_errors: int = 0
    _n_days: int = 0
    _losses: dict[tuple[ExchangeCode, str, str], list[str]] = field(default_factory=dict)
    _lines: dict[str, int] = field(default_factory=dict)

    def fault(
        self, code: ExchangeCode, message: str, *, line: int = 0, path: str = "",
        value: object = None, allowed: str = "", remedy: str = "", excerpt: str = "",
    ) -> None:  # fmt: skip
        """Note what makes the file unusable."""
        column = 1 if line else 0
        self.n_errors += 1
        if self.n_errors > _KEPT:
            return
        self.errors.append(
            Finding(code, message, path, value, allowed, remedy, self.file, line, column, excerpt)
        )

    def loses(self, what: str, example: str = "", *, remedy: str = "") -> None:
        """Note what is not carried; many of one kind become one finding."""
        key = (ExchangeCode.NOT_CARRIED, what, remedy)
        self._losses.setdefault(key, []).append(example)

    def changes(self, what: str, example: str = "", *, remedy: str = "") -> None:
        """Note what is carried, but as something else."""
        key = (ExchangeCode.CARRIED_OTHERWISE, what, remedy)
        self._losses.setdefault(key, []).append(example)

    def writes_out(self, n_days: int, line: int, name: str) -> None:
        """
        Count days that differ from a week: a few words of a file can mean a century of them.

        Raises
        ------
        WattportError
            When there are more than any calendar needs.
        """
        self._n_days += n_days
        if self._n_days > _MOST_DAYS:
            self.fault(
                ExchangeCode.BAD_CALENDAR, f"up to calendar {name!r}, more than {_MOST_DAYS} "
                "single days differ from their week", line=line, allowed=f"{_MOST_DAYS} days",
                remedy="shorten the exceptions of its calendars",
            )  # fmt: skip
            self.refuse()

    def inherits(self, n_bases: int, line: int, name: str) -> None:
        """Note a calendar that inherits further than calendars do."""
        if n_bases > MOST_BASES:
            self.fault(
                ExchangeCode.BAD_CALENDAR, f"calendar {name!r} inherits from more than "
                f"{MOST_BASES} others, one from the next", line=line,
                allowed=f"{MOST_BASES} others", remedy="base it on a calendar of its own",
            )  # fmt: skip

    def twice(self, numbered: Iterable[tuple[str, int]], path: str) -> None:
        """Note as faults that a number, given with its line, stands twice or is missing."""
        seen: set[str] = set()
        for number, line in numbered:
            if not number or number in seen:
                self.fault(
                    ExchangeCode.TWICE, f"the number {number!r} stands twice or is missing",
                    line=line, path=path, value=number, allowed="each number once",
                    remedy="save the project from its planning tool again",
                )  # fmt: skip
            seen.add(number)

    def in_time(self, moment: datetime, path: str) -> datetime | None:
        """A date that can be reckoned with; None where it is, noted, no date of any programme."""
        if _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            return moment
        self.loses(f"dates before {_FIRST_YEAR} or after {_LAST_YEAR}", path)
        return None

    def stands(self, path: str, line: int) -> None:
        """Remember the line of a thing, for faults found later."""
        self._lines.setdefault(path, line)

    @property
    def losses(self) -> tuple[Finding, ...]:
        """What is not carried, as warnings; of very many kinds the first."""
        told = [
            Finding(
                code, f"{what}{_counted(examples)}", remedy=remedy, file=self.file,
                severity="warning",
            )
            for (code, what, remedy), examples in list(self._losses.items())[:_MANY]
        ]  # fmt: skip
        if len(self._losses) > _MANY:
            message = f"{len(self._losses) - _MANY} more kinds of losses are not shown"
            told.append(Finding(ExchangeCode.MORE, message, file=self.file, severity="warning"))
        return tuple(told)

    def refuse(self) -> None:
        """
        Raise what was found, if anything was.

        Raises
        ------
        WattportError
            With all faults in the order of the file.
        """
        if not self.errors:
            return
        found = sorted(self.errors, key=lambda finding: finding.line)
        if self.n_errors > _MANY:
            rest = Finding(
                ExchangeCode.MORE, f"{self.n_errors - _MANY} more faults are not shown",
                file=self.file, remedy="mend these first",
            )  # fmt: skip
            found = [*found[:_MANY], rest]
        raise WattportError(found)

    def judged(self, plan: Plan) -> Plan:
        """Give a plan back if it can be dated, else refuse it with the places in the file."""
        has_faults = bool(self.errors)
        for finding in faults(plan):
            if has_faults and finding.code == PlanCode.UNKNOWN_REFERENCE:
                continue  # an echo of what was told where it stands
            line = self._lines.get(finding.path, 0)
            column = 1 if line else 0
            self.errors.append(replace(finding, file=self.file, line=line, column=column))
            self.n_errors += 1
        self.refuse()
        return plan


def _counted(examples: list[str]) -> str:
    named = list(dict.fromkeys(example for example in examples if example))
    if not named:
        return "" if len(examples) == 1 else f" ({len(examples)} times)"
    shown = ", ".join(named[:_SHOWN])
    more = len(named) - _SHOWN
    return f": {shown}" + (f" and {more} more" if more > 0 else "")


_T = TypeVar("_T")


def unique_names(
    things: Iterable[_T], name_of: Callable[[_T], str], on_change: Callable[[str], None]
) -> list[str]:
    """
    Give each thing a name of its own, the later of two alike with a number behind it.

    Examples
    --------
    >>> unique_names(["a", "b", "a"], str, lambda name: None)
    ['a', 'b', 'a (2)']
    """
    taken: set[str] = set()
    last: dict[str, int] = {}  # number given to each name, so that the next one is found at once
    names = []
    for thing in things:
        name = wanted = name_of(thing)
        while name in taken:
            last[wanted] = last.get(wanted, 1) + 1
            name = f"{wanted} ({last[wanted]})"
        if name != wanted:
            on_change(wanted)
        taken.add(name)
        names.append(name)
    return names
