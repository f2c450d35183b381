"""Scales and ticks: from values to pixels, at round numbers and month starts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from wattport.report.numerals import EPOCH, MINUS, MONTHS, THIN_SPACE, moment


@dataclass(frozen=True)
class Scale:
    """
    A straight map from values to pixels.

    Parameters
    ----------
    low, high : float
        Values at the two ends; they differ.
    at_low_px, at_high_px : float
        Where the ends lie. [px]

    Examples
    --------
    >>> Scale(0.0, 10.0, 100.0, 200.0)(5.0)
    150.0
    """

    low: float
    high: float
    at_low_px: float
    at_high_px: float

    def __call__(self, value: float) -> float:
        """Pixel of a value; one outside the ends is held at the nearer end."""
        share = (value - self.low) / (self.high - self.low)
        share = min(1.0, max(0.0, share))
        return self.at_low_px + share * (self.at_high_px - self.at_low_px)


@dataclass(frozen=True)
class Tick:
    """One mark of an axis: its value and its text."""

    value: float
    text: str


def nice_step(span: float, wanted: int) -> float:
    """
    Round distance between ticks: 1, 2, 2.5 or 5 times a power of ten.

    Parameters
    ----------
    span : float
        Length of the axis in its own unit. [> 0]
    wanted : int
        About how many steps. [> 0]

    Returns
    -------
    float
        The smallest round step that gives no more than `wanted` steps.

    Examples
    --------
    >>> nice_step(1700.0, 5), nice_step(0.9, 4)
    (500.0, 0.25)
    """
    rough = span / max(1, wanted)
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1.0, 2.0, 2.5, 5.0, 10.0):
        if factor * power >= rough * (1 - 1e-9):
            return factor * power
    return 10.0 * power


def nice_ticks(low: float, high: float, wanted: int = 5) -> list[Tick]:
    r"""
    Ticks at round values that cover a range.

    Parameters
    ----------
    low, high : float
        The range; ends that are equal, or too near for a float to step between, are widened.
    wanted : int
        About how many steps.

    Returns
    -------
    list of Tick
        The first at or below `low`, the last at or above `high`.

    Examples
    --------
    >>> [tick.text for tick in nice_ticks(0.0, 1700.0, 4)]
    ['0', '500', '1\u202f000', '1\u202f500', '2\u202f000']
    """
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        high = low + (abs(low) or 1.0)
    step = nice_step(high - low, wanted)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    exponent = math.floor(math.log10(step) + 1e-9)
    decimals = max(0, -exponent)
    if not math.isclose(round(step, decimals), step, rel_tol=1e-6):
        decimals += 1  # steps of 2.5 times a power of ten
    return [Tick(k * step, _plain(k * step, decimals)) for k in range(first, last + 1)]


def _plain(value: float, decimals: int) -> str:
    text = f"{abs(value):,.{decimals}f}".replace(",", THIN_SPACE)
    return (MINUS if value < 0 and float(f"{value:.{decimals}f}") != 0 else "") + text


def calendar_ticks(low_day: float, high_day: float, wanted: int = 8) -> list[Tick]:
    """
    Ticks at the first days of months, quarters or years.

    Parameters
    ----------
    low_day, high_day : float
        The range. [days since 2026-01-01T00:00Z]
    wanted : int
        At most about this many ticks.

    Returns
    -------
    list of Tick
        All inside the range; January carries the year alone.

    Examples
    --------
    >>> [tick.text for tick in calendar_ticks(0.0, 730.0, 5)]
    ['2026', 'Jul', '2027', 'Jul', '2028']
    """
    months = (high_day - low_day) / 30.44
    step = next((s for s in (1, 2, 3, 6, 12, 24, 60, 120) if months / s <= wanted), 240)
    start = moment(low_day)
    index = start.year * 12 + start.month - 1
    index += -index % step
    ticks: list[Tick] = []
    while True:
        day = _first_day(index // 12, index % 12 + 1)
        if day > high_day + 1e-9:
            return ticks
        if day >= low_day - 1e-9:
            text = str(index // 12) if index % 12 == 0 else MONTHS[index % 12]
            ticks.append(Tick(day, text))
        index += step


def date_ticks(low_day: float, high_day: float, wanted: int = 8) -> list[Tick]:
    """
    Ticks at round dates of any span: days and weeks where months would be too few.

    Parameters
    ----------
    low_day, high_day : float
        The range. [days since 2026-01-01T00:00Z]
    wanted : int
        At most about this many ticks.

    Returns
    -------
    list of Tick
        All inside the range.

    Examples
    --------
    >>> [tick.text for tick in date_ticks(3.0, 24.0, 4)]
    ['5 Jan', '12 Jan', '19 Jan']
    """
    span = high_day - low_day
    if span > 30.0 * wanted or span > 120.0:
        return calendar_ticks(low_day, high_day, wanted)
    step = next((s for s in (1, 2, 7, 14, 28) if span / s <= wanted), 28)
    monday = 4.0  # 5 January 2026
    first = math.ceil((low_day - monday) / step)
    last = math.floor((high_day - monday) / step)
    days = [monday + k * step for k in range(first, last + 1)]
    return [Tick(day, f"{moment(day).day} {MONTHS[moment(day).month - 1]}") for day in days]


def _first_day(year: int, month: int) -> float:
    return (datetime(year, month, 1, tzinfo=UTC) - EPOCH).total_seconds() / 86_400
