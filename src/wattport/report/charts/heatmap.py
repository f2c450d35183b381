"""Hour of the day against month of the year, on a perceptual ramp."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.drawing import WIDE_PX, Table, drawing
from wattport.report.numerals import MONTHS, number
from wattport.report.palette import ramp
from wattport.report.svg import SMALL_PX, rect, tag, text
from wattport.report.typeface import text_width

ROW_PX = 20.0
KEY_STEPS = 40


@dataclass(frozen=True)
class Heatmap:
    """
    Twelve rows of twenty-four hours.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    value : tuple of tuple of float
        ``value[month][hour]``; a missing one (NaN) is left blank.
    unit : str
        Unit of the values; empty for a ratio.
    quantity : str
        What the colours measure.
    digits : int
        Significant digits of the numbers.

    Examples
    --------
    >>> grid = tuple(tuple(float(h) for h in range(24)) for _ in range(12))
    >>> len(Heatmap("PUE", "", grid, "", "PUE").table().rows)
    12
    """

    title: str
    description: str
    value: tuple[tuple[float, ...], ...]
    unit: str
    quantity: str
    digits: int = 4

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        finite = [v for row in self.value for v in row if math.isfinite(v)] or [0.0]
        low, high = min(finite), max(finite)
        left = 32.0
        hours = len(self.value[0])
        cell_px = (width_px - left - 8) / hours
        parts = self._key(width_px, low, high)
        top = 40.0
        for month, row in enumerate(self.value):
            y = top + month * ROW_PX
            parts.append(text(0, y + 14, MONTHS[month], size_px=SMALL_PX, colour="soft"))
            for hour, value in enumerate(row):
                if math.isfinite(value):
                    place = (value - low) / (high - low) if high > low else 0.5
                    tip = f"{MONTHS[month]}, {hour:02d}:00 UTC\n{self._says(value)}"
                    x = left + hour * cell_px
                    parts.append(rect(x, y, cell_px + 0.4, ROW_PX + 0.4, ramp(place), tip=tip))
        bottom = top + ROW_PX * len(self.value)
        stride = 3 if cell_px * 3 >= 40 else 6
        for hour in range(0, hours, stride):
            words = f"{hour:02d}:00"
            half = text_width(words, SMALL_PX) / 2
            x = max(left + half, left + (hour + 0.5) * cell_px)
            parts.append(
                text(x, bottom + 16, words, anchor="middle", size_px=SMALL_PX, colour="soft")
            )
        parts.append(
            text(
                width_px - 8,
                bottom + 32,
                "hour (UTC)",
                anchor="end",
                size_px=SMALL_PX,
                colour="soft",
            )
        )
        return drawing(self.title, self.description, width_px, bottom + 38, parts)

    def table(self) -> Table:
        """List every third hour."""
        hours = range(0, len(self.value[0]), 3)
        rows = tuple(
            (MONTHS[month], *(number(row[hour], self.digits) for hour in hours))
            for month, row in enumerate(self.value)
        )
        unit = f" ({self.unit})" if self.unit else ""
        return Table((f"{self.quantity}{unit}", *(f"{hour:02d}:00" for hour in hours)), rows)

    def _says(self, value: float) -> str:
        return f"{self.quantity}: {number(value, self.digits)} {self.unit}".rstrip()

    def _key(self, width_px: int, low: float, high: float) -> list[Markup]:
        title = f"{self.quantity} ({self.unit})" if self.unit else self.quantity
        ends = number(low, self.digits), number(high, self.digits)
        key_px = 140.0
        right = width_px - 8 - text_width(ends[1], SMALL_PX)
        left = right - 6 - key_px
        parts = [text(0, 14, title, size_px=SMALL_PX, colour="soft")]
        step_px = key_px / KEY_STEPS
        bands = [
            rect(left + k * step_px, 5, step_px + 0.4, 11, ramp(k / (KEY_STEPS - 1)))
            for k in range(KEY_STEPS)
        ]
        parts.append(tag("g", *bands))
        parts.append(text(left - 6, 14, ends[0], anchor="end", size_px=SMALL_PX, colour="soft"))
        parts.append(text(right, 14, ends[1], size_px=SMALL_PX, colour="soft"))
        return parts
