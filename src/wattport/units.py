"""
Units: a small table of our own, and what a name's last tokens say.

Inside Wattport every number is a plain float whose unit stands at the end of
its name. Text with a unit (``"1.7 GW"``) exists only in YAML and is turned
into the unit of its key at the door. General unit libraries reject half of
the spellings of this field (``Mvar``, ``gCO2/kWh``, ``MEUR``) and cost half a
second at start-up; see ``docs/decisions``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache

from wattport.calendar.epoch import day_of

HOURS_PER_YEAR = 8766.0  # mean Julian year; used only where text gives years and the name hours

_PREFIX = {"": 1.0, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}

# symbol: (size in the base unit of its dimension, dimension, allowed prefixes).
# Active, apparent and reactive power are kept apart on purpose: a rating in
# MVA is not a load in MW.
_BASE: tuple[tuple[str, float, dict[str, int], str], ...] = (
    ("W", 1.0, {"W": 1}, " m k M G T"),
    ("Wh", 3600.0, {"W": 1, "s": 1}, " k M G T"),
    ("J", 1.0, {"W": 1, "s": 1}, " k M G T"),
    ("VA", 1.0, {"VA": 1}, " k M G"),
    ("var", 1.0, {"var": 1}, " k M G"),
    ("V", 1.0, {"V": 1}, " m k"),
    ("A", 1.0, {"A": 1}, " m k"),
    ("ohm", 1.0, {"V": 1, "A": -1}, " m k"),
    ("Hz", 1.0, {"Hz": 1}, " k"),
    ("Pa", 1.0, {"Pa": 1}, " k M"),
    ("bar", 1e5, {"Pa": 1}, " m"),
    ("g", 1e-3, {"kg": 1}, " k"),
    ("t", 1e3, {"kg": 1}, " k M"),
    ("gCO2", 1e-3, {"kg": 1}, " k"),
    ("tCO2", 1e3, {"kg": 1}, " k M"),
    ("m", 1.0, {"m": 1}, " m k"),
    ("l", 1e-3, {"m": 3}, " "),
    ("L", 1e-3, {"m": 3}, " "),
    ("s", 1.0, {"s": 1}, " m"),
    ("EUR", 1.0, {"EUR": 1}, " k M"),
    ("USD", 1.0, {"USD": 1}, " k M"),
)

_DAY_S = 86400.0
_YEAR_S = HOURS_PER_YEAR * 3600.0

_PLAIN: dict[str, tuple[float, dict[str, int]]] = {
    "min": (60.0, {"s": 1}),
    "h": (3600.0, {"s": 1}),
    "d": (_DAY_S, {"s": 1}),
    "week": (7 * _DAY_S, {"s": 1}),
    "month": (_YEAR_S / 12, {"s": 1}),
    "y": (_YEAR_S, {"s": 1}),
    "ha": (1e4, {"m": 2}),
    "m2": (1.0, {"m": 2}),
    "m3": (1.0, {"m": 3}),
    "K": (1.0, {"K": 1}),
    "degC": (1.0, {"degC": 1}),
    "deg": (1.0, {"deg": 1}),
    "FTE": (1.0, {"FTE": 1}),
    "frac": (1.0, {}),
    "pu": (1.0, {"pu": 1}),
    "1": (1.0, {}),
    "%": (0.01, {}),
    "bn": (1e9, {}),
    "million": (1e6, {}),
    "BEUR": (1e9, {"EUR": 1}),
    "BUSD": (1e9, {"USD": 1}),
}

_ALIASES = {
    "hour": "h", "hours": "h", "hr": "h", "minute": "min", "minutes": "min",
    "second": "s", "seconds": "s", "sec": "s",
    "day": "d", "days": "d", "weeks": "week", "w": "week", "months": "month",
    "year": "y", "years": "y", "a": "y", "yr": "y",
    "°C": "degC", "C": "degC", "℃": "degC", "°": "deg", "kelvin": "K",
    "€": "EUR", "$": "USD", "k€": "kEUR", "M€": "MEUR", "Ω": "ohm",
    "MVAr": "Mvar", "MVAR": "Mvar", "kVAr": "kvar", "kVAR": "kvar", "VAr": "var", "VAR": "var",
    "m²": "m2", "m³": "m3", "m^2": "m2", "m^3": "m3", "tonne": "t", "tonnes": "t",
    "percent": "%", "p.u.": "pu", "billion": "bn", "mn": "million",
    "liter": "l", "litre": "l", "liters": "l", "litres": "l",
}  # fmt: skip

# Last token of a name -> unit. `day` is a point in time (days since EPOCH), `d` a duration.
SUFFIXES: dict[str, str] = {
    "w": "W", "kw": "kW", "mw": "MW", "gw": "GW",
    "wh": "Wh", "kwh": "kWh", "mwh": "MWh", "gwh": "GWh", "twh": "TWh", "j": "J", "kj": "kJ",
    "mj": "MJ", "gj": "GJ", "va": "VA", "kva": "kVA", "mva": "MVA",
    "var": "var", "kvar": "kvar", "mvar": "Mvar", "v": "V", "kv": "kV", "a": "A", "ka": "kA",
    "ohm": "ohm", "mohm": "mohm", "hz": "Hz", "pa": "Pa", "kpa": "kPa", "bar": "bar",
    "g": "g", "kg": "kg", "t": "t", "kt": "kt", "mt": "Mt", "m": "m", "mm": "mm", "km": "km",
    "m2": "m2", "m3": "m3", "ha": "ha", "l": "l", "s": "s", "ms": "ms", "min": "min", "h": "h",
    "hours": "h", "d": "d", "days": "d", "week": "week", "weeks": "week", "months": "month",
    "month": "month", "y": "y", "years": "y",
    "k": "K", "c": "degC", "deg": "deg", "eur": "EUR", "keur": "kEUR", "meur": "MEUR",
    "beur": "BEUR", "usd": "USD", "kusd": "kUSD", "musd": "MUSD", "busd": "BUSD",
    "fte": "FTE", "frac": "frac", "pu": "pu", "day": "day",
}  # fmt: skip

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[ ,_'’\u00a0\u202f]\d{3})+(?!\d)")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Unit:
    """Size in base units and dimension of a unit, such as that of ``EUR/MWh``."""

    size: float
    dimension: tuple[tuple[str, int], ...]


class Fault(StrEnum):
    """What is wrong with a text that should be a number with a unit."""

    NOT_A_NUMBER = "not_a_number"
    NO_UNIT = "no_unit"
    UNKNOWN_UNIT = "unknown_unit"
    WRONG_DIMENSION = "wrong_dimension"
    DIGIT_GROUPS = "digit_groups"
    BAD_DATE = "bad_date"


class UnitError(ValueError):
    """Text that cannot be read as a number with the unit wanted."""

    def __init__(self, fault: Fault, message: str, allowed: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.fault = fault
        self.allowed = allowed
        self.remedy = remedy


def unit_of(name: str) -> str | None:
    """
    Read the unit from the last tokens of a name.

    Parameters
    ----------
    name : str
        A field or column, such as ``price_eur_per_mwh``.

    Returns
    -------
    str or None
        ``"EUR/MWh"``; ``"1"`` for counts (``n_halls``) and for counted things
        per something (``workers_per_mw`` gives ``"1/MW"``); None where the
        name ends in no known unit.

    Examples
    --------
    >>> unit_of("price_eur_per_mwh"), unit_of("it_mw"), unit_of("n_halls"), unit_of("title")
    ('EUR/MWh', 'MW', '1', None)
    """
    tokens = name.split("_")
    if "per" in tokens[1:-1]:
        first = tokens.index("per", 1)
        top = SUFFIXES.get(tokens[first - 1], "1")
        below = [_DIVISORS.get(token, "") for token in tokens[first + 1 :] if token != "per"]
        return "/".join([top, *(unit for unit in below if unit)])
    if tokens[-1] == "frac":
        return "frac"
    if tokens[0] == "n" and len(tokens) > 1:
        return "1"
    return SUFFIXES.get(tokens[-1]) if len(tokens) > 1 else None


# "per year" divides by a duration, while a name that ends in "_year" is a calendar year.
_DIVISORS = SUFFIXES | {"year": "y", "day": "d", "hour": "h"}


def parse(text: str, unit: str) -> float:
    """
    Turn text with a unit into a number in the unit wanted.

    Parameters
    ----------
    text : str
        A number, optional spaces, a unit: ``"1.7 GW"``. Where the unit wanted
        is ``day`` a calendar date.
    unit : str
        As given by `unit_of`.

    Returns
    -------
    float
        The number in ``unit``.

    Raises
    ------
    UnitError
        With the fault, accepted units and remedy.

    Examples
    --------
    >>> parse("1.7 GW", "MW"), parse("5 %", "frac"), parse("0.9 bn EUR", "MEUR")
    (1700.0, 0.05, 900.0)
    """
    text = text.strip()
    if unit == "day":
        return day_of(_date(text))
    _refuse_groups(text)
    match = _NUMBER.match(text)
    if match is None:
        raise UnitError(
            Fault.NOT_A_NUMBER, f"{text!r} is not a number", _accepted(unit), _example(unit)
        )
    number, symbol = float(match.group()), text[match.end() :].strip()
    if not symbol:
        remedy = (
            f"remove the quotes: {match.group()}" if unit == "1" else
            f"remove the quotes, or add the unit: \"{match.group()} {unit}\""
        )  # fmt: skip
        raise UnitError(Fault.NO_UNIT, f"{text!r} is text without a unit", _accepted(unit), remedy)
    given, wanted = read_unit(symbol), read_unit(unit)
    if given.dimension != wanted.dimension:
        raise UnitError(
            Fault.WRONG_DIMENSION,
            f"{symbol!r} does not measure what this key holds, which is in {unit}",
            _accepted(unit),
            _example(unit),
        )
    return _scaled(number, given.size, wanted.size)


def _scaled(number: float, given: float, wanted: float) -> float:
    # Dividing by a whole number instead of multiplying by its inverse keeps
    # "5 %" at 0.05 and "67.1 EUR/MWh" free of rounding dust.
    if given >= wanted:
        ratio = given / wanted
        return number * (float(round(ratio)) if abs(ratio - round(ratio)) < 1e-9 * ratio else ratio)
    ratio = wanted / given
    return number / (float(round(ratio)) if abs(ratio - round(ratio)) < 1e-9 * ratio else ratio)


@cache
def read_unit(symbol: str) -> Unit:
    """
    Read a unit symbol: a product of the table's units, divided by others.

    Examples
    --------
    >>> read_unit("MEUR/MW/y") == read_unit("MEUR/(MW.y)") == read_unit("MEUR per MW year")
    True
    """
    size, dimension, sign = 1.0, dict[str, int](), 1
    for token in _tokens(symbol):
        if token == "/":
            sign = -1
            continue
        factor, dims = _atom(token, symbol)
        size *= factor**sign
        for name, power in dims.items():
            dimension[name] = dimension.get(name, 0) + sign * power
    return Unit(size, tuple(sorted((n, p) for n, p in dimension.items() if p)))


def _tokens(symbol: str) -> Iterator[str]:
    # Everything after the first division divides: EUR/MW/y and EUR/(MW.y) are one.
    text = symbol if symbol in _ALIASES else symbol.replace(" per ", "/")
    yield from re.findall(r"/|p\.u\.|[^\s/*·.()]+", text)


def _atom(token: str, whole: str) -> tuple[float, dict[str, int]]:
    name = _ALIASES.get(token, token)
    table = _table()
    if name in table:
        return table[name]
    folded = {known.lower(): known for known in reversed([*table, *_ALIASES])}
    close = folded.get(token.lower()) or next(
        (folded[k] for k in get_close_matches(token.lower(), folded, 1, 0.6)), ""
    )
    remedy = f"did you mean `{whole.replace(token, close)}`?" if close else "see docs/spec.md"
    raise UnitError(Fault.UNKNOWN_UNIT, f"unknown unit {token!r}", remedy=remedy)


@cache
def _table() -> dict[str, tuple[float, dict[str, int]]]:
    table = {
        prefix.strip() + symbol: (_PREFIX[prefix.strip()] * size, dims)
        for symbol, size, dims, prefixes in _BASE
        for prefix in ["", *prefixes.split()]
    }
    return table | _PLAIN


def accepted_units(unit: str) -> tuple[str, ...]:
    """
    List spellings of the table that measure the same as ``unit``.

    Examples
    --------
    >>> accepted_units("MVA")
    ('VA', 'kVA', 'MVA', 'GVA')
    """
    if unit == "day":
        return ("2028-12-31",)
    wanted = read_unit(unit).dimension
    if not wanted:
        return ("%", "frac")
    single = tuple(
        name for name, (_, dims) in _table().items() if tuple(sorted(dims.items())) == wanted
    )
    if unit not in single:
        single = (unit, *single)
    return single


def _accepted(unit: str) -> str:
    return "a bare number" if unit == "1" else ", ".join(accepted_units(unit))


def _example(unit: str) -> str:
    if unit == "1":
        return "write a bare number, such as 3"
    return f'write a bare number in {unit}, or text such as "12 {unit}"'


def _refuse_groups(text: str) -> None:
    grouped = _GROUPED.match(text)
    comma = _DECIMAL_COMMA.match(text)
    if grouped is None and comma is None:
        return
    found = (grouped or comma).group()  # type: ignore[union-attr]
    plain = re.sub(r"[^\d+-]", "", found)
    remedy = f"write {plain}" if grouped else f"write {found.replace(',', '.')}"
    raise UnitError(
        Fault.DIGIT_GROUPS,
        f"{found!r}: a comma, space, apostrophe or underscore between digits is ambiguous",
        "digits with a decimal point",
        remedy,
    )


def _date(text: str) -> dt.date:
    try:
        if _DATE.fullmatch(text):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise UnitError(
        Fault.BAD_DATE, f"{text!r} is not a calendar date", "year-month-day", "write 2028-12-31"
    )
