"""Quantities that grow over the calendar: a fan from P10 to P90 among dated limits."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.axes import Box, bottom_axis, key, label_room, left_axis
from wattport.report.drawing import WIDE_PX, Table, drawing
from wattport.report.numerals import month_name, number
from wattport.report.palette import SERIES
from wattport.report.scale import Scale, calendar_ticks, nice_ticks
from wattport.report.svg import join, path, tag, tip_area


@dataclass(frozen=True)
class Curve:
    """One quantity over the calendar; with `low` and `high`, a fan around `middle`."""

    name: str
    middle: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    is_step: bool = False


@dataclass(frozen=True)
class Fan:
    """
    Curves over months, the first in front.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    day : tuple of float
        Month starts. [days since 2026-01-01T00:00Z]
    curves : tuple of Curve
        Values at each day; NaN leaves a gap.
    unit : str
        Unit of the values.
    quantity : str
        What the vertical axis measures.
    low_name, high_name : str
        What the lower and the upper edge of a band are; of megawatts, the late side is low.

    Examples
    --------
    >>> fan = Fan("On line", "", (0.0, 31.0), (Curve("IT", (0.0, 50.0)),), "MW", "IT power")
    >>> fan.svg().startswith("<svg")
    True
    """

    title: str
    description: str
    day: tuple[float, ...]
    curves: tuple[Curve, ...]
    unit: str
    quantity: str
    low_name: str = "P10"
    high_name: str = "P90"

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        entries = [(SERIES[k], self._key_text(curve)) for k, curve in enumerate(self.curves)]
        legend, legend_px = key(entries, width_px, 0.0)
        ticks = nice_ticks(0.0, max(_largest(curve) for curve in self.curves), 5)
        height_px = 360.0 if width_px >= 560 else 300.0
        box = Box(label_room(ticks), legend_px + 34, width_px - 14, legend_px + height_px - 34)
        across = Scale(self.day[0], self.day[-1], box.left, box.right)
        up = Scale(ticks[0].value, ticks[-1].value, box.bottom, box.top)
        months = calendar_ticks(self.day[0], self.day[-1], max(3, width_px // 80))
        parts = [
            *legend,
            *left_axis(box, up, ticks, f"{self.quantity} ({self.unit})"),
            *bottom_axis(box, across, months),
        ]
        for index in reversed(range(len(self.curves))):
            parts += _draw(self.day, self.curves[index], SERIES[index], across, up, index > 0)
        parts += self._tips(box, across)
        return drawing(self.title, self.description, width_px, legend_px + height_px, parts)

    def table(self) -> Table:
        """List the numbers of every month in which one changes."""
        header = ["Month"]
        for curve in self.curves:
            fan = [f"{curve.name} {side}" for side in (self.low_name, "P50", self.high_name)]
            header += fan if curve.low else [curve.name]
        rows: list[tuple[str, ...]] = []
        before: list[str] = []
        for index, day in enumerate(self.day):
            numbers = [
                number(values[index])
                for curve in self.curves
                for values in (curve.low, curve.middle, curve.high)
                if values
            ]
            if numbers != before:
                rows.append((month_name(day), *numbers))
            before = numbers
        units = tuple(f"{name} ({self.unit})" for name in header[1:])
        return Table((header[0], *units), tuple(rows))

    def _tips(self, box: Box, across: Scale) -> list[Markup]:
        strips = []
        for index, day in enumerate(self.day):
            left = across((self.day[max(0, index - 1)] + day) / 2)
            right = across((day + self.day[min(len(self.day) - 1, index + 1)]) / 2)
            lines = [month_name(day)]
            for curve in self.curves:
                middle = f"{curve.name}: {number(curve.middle[index])} {self.unit}"
                if curve.low:
                    low, high = number(curve.low[index]), number(curve.high[index])
                    middle += f" ({self.low_name} {low}, {self.high_name} {high})"
                lines.append(middle)
            strips.append(tip_area(left, box.top, right - left, box.height, "\n".join(lines)))
        return [tag("g", join(strips))]

    def _key_text(self, curve: Curve) -> str:
        if not curve.low:
            return curve.name
        return f"{curve.name}: P50, band {self.low_name} to {self.high_name}"


def _largest(curve: Curve) -> float:
    return max((v for v in curve.high or curve.middle if math.isfinite(v)), default=1.0)


def _draw(
    day: tuple[float, ...], curve: Curve, colour: str, across: Scale, up: Scale, is_dashed: bool
) -> list[Markup]:
    parts = []
    if curve.low:
        for run in _runs(day, curve.low, curve.high):
            lower = _trace([(d, a) for d, a, _ in run], curve.is_step, across, up)
            upper = _trace([(d, b) for d, _, b in run], curve.is_step, across, up)
            parts.append(path(lower + upper[::-1], fill=colour, opacity="0.22"))
    for run in _runs(day, curve.middle, curve.middle):
        points = _trace([(d, a) for d, a, _ in run], curve.is_step, across, up)
        dash = "6 3" if is_dashed else None
        parts.append(path(points, stroke=colour, width_px=2.2, dash=dash))
    return parts


def _runs(
    day: tuple[float, ...], a: tuple[float, ...], b: tuple[float, ...]
) -> list[list[tuple[float, float, float]]]:
    runs: list[list[tuple[float, float, float]]] = [[]]
    for point in zip(day, a, b, strict=True):
        if all(math.isfinite(value) for value in point):
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def _trace(
    points: list[tuple[float, float]], is_step: bool, across: Scale, up: Scale
) -> list[tuple[float, float]]:
    traced: list[tuple[float, float]] = []
    for day, value in points:
        if is_step and traced:
            traced.append((across(day), traced[-1][1]))
        traced.append((across(day), up(value)))
    return traced
