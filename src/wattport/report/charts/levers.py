"""A rate against each lever of a plan: small panels on one scale of the rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.axes import NARROW_LIMIT_PX, Box, bottom_axis, key, label_room
from wattport.report.drawing import WIDE_PX, Table, drawing
from wattport.report.numerals import number
from wattport.report.scale import Scale, Tick, nice_ticks
from wattport.report.svg import SMALL_PX, line, path, rect, text, tip_area
from wattport.report.typeface import shorten

_PANELS, _PANELS_NARROW = 4, 2  # in a row
_TALL_PX = 168.0
_GAP_PX = 14.0


@dataclass(frozen=True)
class LeverPoint:
    """One value of a lever."""

    value: float
    mean: float
    low: float
    high: float
    cost: float
    is_plan: bool
    note: str = ""


@dataclass(frozen=True)
class Lever:
    """One lever moved, all else as planned."""

    name: str
    point: tuple[LeverPoint, ...]  # values rising
    is_frac: bool = False


@dataclass(frozen=True)
class Levers:
    """
    One panel per lever: the rate with its interval, the plan as a square.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    lever : tuple of Lever
        In reading order.
    wanted : float
        Rate of the plan's question, a dashed line.
    unit, cost_unit : str
        Of rates and of costs.

    Examples
    --------
    >>> at = LeverPoint(3.0, 304.0, 300.0, 308.0, 17.6, True)
    >>> Levers("Curves", "", (Lever("bays", (at,)),), 300.0, "1/year", "M EUR").table().rows
    (('bays', '3 (plan)', '304', '300 to 308', '17.6'),)
    """

    title: str
    description: str
    lever: tuple[Lever, ...]
    wanted: float
    unit: str
    cost_unit: str

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        entries = [("blue", "simulated, 95 % interval"), ("ink", "the plan (square)"),
                   ("orange", "wanted (dashed)")]  # fmt: skip
        if any(point.note for lever in self.lever for point in lever.point):
            entries.append(("red", "! stands still in some draws"))
        legend, top = key(entries, width_px, 0.0)
        per_row = _PANELS_NARROW if width_px < NARROW_LIMIT_PX else _PANELS
        wide = (width_px - _GAP_PX * (per_row - 1)) / per_row
        parts = list(legend)
        for index, lever in enumerate(self.lever):
            row, column = divmod(index, per_row)
            parts += self._panel(
                lever, column * (wide + _GAP_PX), top + 6 + row * (_TALL_PX + _GAP_PX), wide
            )
        n_rows = -(-len(self.lever) // per_row)
        height = top + 6 + n_rows * (_TALL_PX + _GAP_PX)
        return drawing(self.title, self.description, width_px, height, parts)

    def table(self) -> Table:
        """List all points."""
        rows = tuple(
            (
                lever.name,
                _value(lever, point) + (" (plan)" if point.is_plan else "")
                + (f" ({point.note})" if point.note else ""),
                number(point.mean),
                f"{number(point.low)} to {number(point.high)}" if math.isfinite(point.low) else "",
                number(point.cost),
            )
            for lever in self.lever
            for point in lever.point
        )  # fmt: skip
        header = ("Lever", "Value", f"Rate ({self.unit})", "95 % interval",
                  f"Cost ({self.cost_unit} a year)")  # fmt: skip
        return Table(header, rows)

    def _panel(self, lever: Lever, x: float, y: float, wide: float) -> list[Markup]:
        points = [point for other in self.lever for point in other.point]
        ends = [v for p in points for v in (p.mean, p.low, p.high) if math.isfinite(v)]
        ticks = nice_ticks(0.0, max(*ends, self.wanted), 3)  # no rate is below zero
        box = Box(x + label_room(ticks), y + 24, x + wide - 8, y + _TALL_PX - 24)
        up = Scale(ticks[0].value, ticks[-1].value, box.bottom, box.top)
        values = [point.value for point in lever.point]
        margin = 0.06 * (values[-1] - values[0]) or 1.0
        across = Scale(values[0] - margin, values[-1] + margin, box.left, box.right)
        name = shorten(lever.name, wide - 4, SMALL_PX, True)
        parts = [text(x, y + 13, name, size_px=SMALL_PX, is_bold=True)]
        for tick in ticks:
            level = up(tick.value)
            parts.append(line(box.left, level, box.right, level, "rule"))
            parts.append(text(box.left - 6, level + 4, tick.text, anchor="end", size_px=SMALL_PX,
                              colour="soft"))  # fmt: skip
        marks = [Tick(point.value, _value(lever, point)) for point in lever.point]
        parts += bottom_axis(box, across, marks, has_grid=False)
        wanted = up(self.wanted)
        parts.append(line(box.left, wanted, box.right, wanted, "orange", width_px=1.4, dash="5 3"))
        at = [(across(point.value), up(point.mean)) for point in lever.point]
        if len(at) > 1:
            parts.append(path(at, stroke="blue", width_px=1.6))
        for point, (centre, level) in zip(lever.point, at, strict=True):
            parts += self._mark(lever, point, centre, level, up)
        return parts

    def _mark(self, lever: Lever, point: LeverPoint, x: float, y: float, up: Scale) -> list[Markup]:
        parts = []
        if math.isfinite(point.low):
            parts.append(line(x, up(point.low), x, up(point.high), "blue", width_px=1.6))
        half = 4.5 if point.is_plan else 2.5
        parts.append(
            rect(x - half, y - half, 2 * half, 2 * half, "ink" if point.is_plan else "blue")
        )
        says = [f"{lever.name}: {_value(lever, point)}" + (" (plan)" if point.is_plan else "")]
        says.append(
            f"{number(point.mean)} {self.unit}, {number(point.cost)} {self.cost_unit} a year"
        )
        if point.note:
            says.append(point.note)
            parts.append(text(x + 5, y - 5, "!", size_px=SMALL_PX, colour="red", is_bold=True))
        parts.append(tip_area(x - 10, y - 14, 20, 28, "\n".join(says)))
        return parts


def _value(lever: Lever, point: LeverPoint) -> str:
    return f"{100 * point.value:.0f} %" if lever.is_frac else f"{point.value:g}"
