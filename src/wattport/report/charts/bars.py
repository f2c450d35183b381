"""Stacked bars by year or by case, with a whisker for the spread of the total."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.axes import Box, bottom_axis, key, label_room, left_axis
from wattport.report.drawing import WIDE_PX, Table, drawing
from wattport.report.numerals import number
from wattport.report.palette import SERIES
from wattport.report.scale import Scale, Tick, nice_ticks
from wattport.report.svg import SMALL_PX, line, rect, text
from wattport.report.typeface import text_width


@dataclass(frozen=True)
class Bars:
    """
    Stacks of series over labels.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    label : tuple of str
        One per bar.
    series : tuple of str
        One per layer, from the bottom.
    value : tuple of tuple of float
        ``value[series][label]``; a missing one (NaN) is left out.
    unit : str
        Unit of the values.
    quantity : str
        What the vertical axis measures.
    low, high : tuple of float
        P10 and P90 of each bar's total, or a published range; empty for none.
    spread_name : str
        What the whisker means.

    Examples
    --------
    >>> Bars("Capex", "", ("2028",), ("Facility",), ((3.0,),), "bn EUR", "Capex").table().rows
    (('2028', '3.00'),)
    """

    title: str
    description: str
    label: tuple[str, ...]
    series: tuple[str, ...]
    value: tuple[tuple[float, ...], ...]
    unit: str
    quantity: str
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    spread_name: str = "P10 to P90 of the total"

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        entries = [(SERIES[k % len(SERIES)], name) for k, name in enumerate(self.series)]
        if any(high > low for low, high in zip(self.low, self.high, strict=True)):
            entries.append(("ink", self.spread_name))
        legend, legend_px = key(entries, width_px, 0.0) if len(entries) > 1 else ([], 0.0)
        top, bottom = self._range()
        ticks = nice_ticks(bottom, top, 5)
        height_px = 320.0 if width_px >= 560 else 280.0
        box = Box(label_room(ticks), legend_px + 34, width_px - 14, legend_px + height_px - 26)
        up = Scale(ticks[0].value, ticks[-1].value, box.bottom, box.top)
        pitch = box.width / len(self.label)
        across = Scale(0.0, len(self.label), box.left, box.right)
        marks = [Tick(k + 0.5, name) for k, name in enumerate(self.label)]
        parts = [
            *legend,
            *left_axis(box, up, ticks, f"{self.quantity} ({self.unit})"),
            *bottom_axis(box, across, marks, has_grid=False),
        ]
        for index in range(len(self.label)):
            bar_px = min(64.0, pitch * 0.68)
            left = box.left + pitch * (index + 0.5) - bar_px / 2
            parts += self._bar(index, left, bar_px, up)
            parts += self._total(index, left + bar_px / 2, pitch, up)
        return drawing(self.title, self.description, width_px, legend_px + height_px, parts)

    def table(self) -> Table:
        """List the numbers."""
        spread = (f"Low ({self.spread_name})", "High") if self.high else ()
        rows = []
        for index, name in enumerate(self.label):
            ends = (number(self.low[index]), number(self.high[index])) if self.high else ()
            rows.append((name, *(number(layer[index]) for layer in self.value), *ends))
        names = tuple(f"{name} ({self.unit})" for name in self.series)
        return Table(("", *names, *spread), tuple(rows))

    def _range(self) -> tuple[float, float]:
        tops, bottoms = [0.0], [0.0]
        for index in range(len(self.label)):
            column = [layer[index] for layer in self.value if math.isfinite(layer[index])]
            tops.append(sum(v for v in column if v > 0))
            bottoms.append(sum(v for v in column if v < 0))
        tops += [v for v in self.high if math.isfinite(v)]
        bottoms += [v for v in self.low if math.isfinite(v)]
        return max(tops), min(bottoms)

    def _tip(self, index: int) -> str:
        lines = [self.label[index]]
        for name, layer in zip(self.series, self.value, strict=True):
            if math.isfinite(layer[index]) and layer[index] != 0:
                lines.append(f"{name}: {number(layer[index])} {self.unit}")
        if self.high and math.isfinite(self.high[index]):
            ends = f"{number(self.low[index])} to {number(self.high[index])} {self.unit}"
            lines.append(f"{self.spread_name}: {ends}")
        return "\n".join(lines)

    def _bar(self, index: int, left: float, bar_px: float, up: Scale) -> list[Markup]:
        parts = []
        above, below = 0.0, 0.0
        for k, layer in enumerate(self.value):
            value = layer[index]
            if not math.isfinite(value) or value == 0:
                continue
            start = above if value > 0 else below
            y0, y1 = sorted((up(start), up(start + value)))
            colour = SERIES[k % len(SERIES)]
            parts.append(rect(left, y0, bar_px, y1 - y0, colour, tip=self._tip(index)))
            above, below = above + max(value, 0.0), below + min(value, 0.0)
        return parts

    def _total(self, index: int, centre: float, pitch: float, up: Scale) -> list[Markup]:
        if not self.high or not math.isfinite(self.high[index] + self.low[index]):
            return []
        if self.high[index] == self.low[index]:
            return []  # one draw: there is no spread to show
        high, low = up(self.high[index]), up(self.low[index])
        parts = [line(centre, high, centre, low, "ink", width_px=1.4)]
        parts += [line(centre - 4, y, centre + 4, y, "ink", width_px=1.4) for y in (high, low)]
        label = f"{number(self.low[index], 2)}\u2013{number(self.high[index], 2)}"
        if text_width(label, SMALL_PX) < pitch - 6:
            parts.append(
                text(centre, high - 6, label, anchor="middle", size_px=SMALL_PX, has_halo=True)
            )
        return parts
