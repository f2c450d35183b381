"""Estimates with their intervals, against what is needed and what is possible at most."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.axes import Box, bottom_axis, key
from wattport.report.drawing import WIDE_PX, Table, drawing
from wattport.report.numerals import number
from wattport.report.scale import Scale, nice_ticks
from wattport.report.svg import SMALL_PX, line, path, rect, text, tip_area
from wattport.report.typeface import shorten, text_width

_BAR_PX = 12.0


@dataclass(frozen=True)
class IntervalRow:
    """One estimate; need and most are NaN where there is none."""

    name: str
    mean: float
    low: float
    high: float
    need: float = math.nan
    most: float = math.nan


@dataclass(frozen=True)
class Intervals:
    r"""
    One bar per estimate from zero to its mean, a whisker for its interval.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    row : tuple of IntervalRow
        From the top; finite means.
    unit : str
        Unit of the values.
    quantity : str
        What the horizontal axis measures.

    Examples
    --------
    >>> rows = (IntervalRow("modules", 237.0, 234.0, 240.0, 240.0, 259.0),)
    >>> Intervals("Rate", "", rows, "1/year", "good units").table().rows
    (('modules', '237', '234 to 240', '240', '259'),)
    """

    title: str
    description: str
    row: tuple[IntervalRow, ...]
    unit: str
    quantity: str

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        entries = [("blue", "mean"), ("ink", "95 % interval")]
        if self._has("need"):
            entries.append(("orange", "needed (triangle)"))
        if self._has("most"):
            entries.append(("red", "upper bound (dashed)"))
        legend, legend_px = key(entries, width_px, 0.0)
        is_narrow = width_px < 560
        row_px = 44.0 if is_narrow else 28.0
        left = 6.0 if is_narrow else 300.0
        right = width_px - text_width("\u22121 000.0", SMALL_PX) - 16
        top = legend_px + 8
        box = Box(left, top, right, top + row_px * len(self.row))
        ends = [v for row in self.row for v in (row.mean, row.low, row.high, row.need, row.most)]
        known = [v for v in ends if math.isfinite(v)]
        wanted = max(3, int(box.width) // 90)
        ticks = nice_ticks(min(0.0, *known), max(0.0, *known), wanted)
        across = Scale(ticks[0].value, ticks[-1].value, box.left, box.right)
        parts = [*legend, *bottom_axis(box, across, ticks, f"{self.quantity} ({self.unit})")]
        zero = across(0.0)
        parts.append(line(zero, box.top, zero, box.bottom, "ink", width_px=1.2))
        for index, row in enumerate(self.row):
            parts += self._row(row, across, top + index * row_px, row_px, width_px)
        return drawing(self.title, self.description, width_px, box.bottom + 40, parts)

    def table(self) -> Table:
        """List the numbers."""
        more = [name for name, field in _MARKS if self._has(field)]
        rows = []
        for row in self.row:
            marks = [number(getattr(row, field)) for _, field in _MARKS if self._has(field)]
            rows.append((row.name, _digits(row.mean), _range(row), *marks))
        return Table(("", f"Mean ({self.unit})", "95 % interval", *more), tuple(rows))

    def _has(self, field: str) -> bool:
        return any(math.isfinite(getattr(row, field)) for row in self.row)

    def _row(
        self, row: IntervalRow, across: Scale, top: float, row_px: float, width_px: float
    ) -> list[Markup]:
        is_narrow = across.at_low_px < 100
        bar_y = top + row_px - _BAR_PX - 8
        word_y = top + 14 if is_narrow else bar_y + 10
        room = width_px if is_narrow else across.at_low_px - 10
        start, end = sorted((across(0.0), across(row.mean)))
        parts = [
            text(0, word_y, shorten(row.name, room, SMALL_PX), size_px=SMALL_PX, has_halo=True),
            rect(start, bar_y, max(1.0, end - start), _BAR_PX, "blue"),
        ]
        last = across(max(row.mean, 0.0))
        middle = bar_y + _BAR_PX / 2
        if math.isfinite(row.low) and row.high > row.low:
            low, high = across(row.low), across(row.high)
            parts.append(line(low, middle, high, middle, "ink", width_px=1.4))
            parts += [line(x, middle - 4, x, middle + 4, "ink", width_px=1.4) for x in (low, high)]
            last = max(last, high)
        if math.isfinite(row.need):
            x = across(row.need)
            head = [(x - 5, bar_y - 6), (x + 5, bar_y - 6), (x, bar_y + 1)]
            parts.append(path(head, fill="orange"))
            last = max(last, x + 5)
        if math.isfinite(row.most):
            x = across(row.most)
            parts.append(line(x, bar_y - 5, x, bar_y + _BAR_PX + 5, "red", width_px=2, dash="4 2"))
            last = max(last, x)
        parts.append(text(last + 6, bar_y + 10, _digits(row.mean), size_px=SMALL_PX, has_halo=True))
        parts.append(tip_area(0, top, across.at_high_px, row_px, self._tip(row)))
        return parts

    def _tip(self, row: IntervalRow) -> str:
        lines = [row.name, f"{_digits(row.mean)} {self.unit}, 95 % interval {_range(row)}"]
        lines += [
            f"{name.lower()}: {number(getattr(row, field))} {self.unit}"
            for name, field in _MARKS
            if math.isfinite(getattr(row, field))
        ]
        return "\n".join(lines)


_MARKS = (("Needed", "need"), ("Upper bound", "most"))


def _range(row: IntervalRow) -> str:
    if not math.isfinite(row.low):
        return "one draw"
    return f"{_digits(row.low)} to {_digits(row.high)}"


def _digits(value: float) -> str:
    """Two digits, three from a hundred on: no interval here warrants more."""
    return number(value, 3 if abs(value) >= 100.0 else 2)
