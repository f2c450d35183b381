"""Load duration curve: for which share of the year the load is at least so high."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.axes import Box, bottom_axis, key, label_room, left_axis
from wattport.report.drawing import WIDE_PX, Table, drawing
from wattport.report.numerals import number, per_cent
from wattport.report.scale import Scale, nice_ticks
from wattport.report.svg import line, path, tip_area


@dataclass(frozen=True)
class Duration:
    """
    Sorted load with its spread over the draws.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    exceeded_frac : tuple of float
        Share of hours, rising from 0 to 1.
    p10, p50, p90 : tuple of float
        Load exceeded for that share, in the unit given; finite.
    limit : float
        Dashed line, such as the connection; NaN for none.
    limit_name : str
        What it is.
    unit : str
        Unit of the load.

    Examples
    --------
    >>> curve = (300.0, 200.0)
    >>> Duration("Load", "", (0.0, 1.0), curve, curve, curve, 400.0, "Grid", "MW").table().rows[0]
    ('0', '300', '300', '300')
    """

    title: str
    description: str
    exceeded_frac: tuple[float, ...]
    p10: tuple[float, ...]
    p50: tuple[float, ...]
    p90: tuple[float, ...]
    limit: float
    limit_name: str
    unit: str

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        has_limit = self.limit == self.limit
        entries = [("blue", "Grid power: P50, band P10 to P90")]
        if has_limit:
            entries.append(("orange", f"{self.limit_name}: {number(self.limit)} {self.unit}"))
        legend, legend_px = key(entries, width_px, 0.0)
        ticks = nice_ticks(0.0, max(*self.p90, self.limit if has_limit else 0.0), 5)
        box = Box(label_room(ticks), legend_px + 34, width_px - 14, legend_px + 280)
        up = Scale(0.0, ticks[-1].value, box.bottom, box.top)
        across = Scale(0.0, 1.0, box.left, box.right)
        shares = [
            type(tick)(tick.value / 100, tick.text)
            for tick in nice_ticks(0.0, 100.0, max(4, width_px // 100))
        ]
        middle, low, high = (
            [(across(x), up(y)) for x, y in zip(self.exceeded_frac, curve, strict=True)]
            for curve in (self.p50, self.p10, self.p90)
        )
        parts = [
            *legend,
            *left_axis(box, up, ticks, f"Grid power ({self.unit})"),
            *bottom_axis(box, across, shares, "share of the hours of the year (%)"),
            path(low + high[::-1], fill="blue", opacity="0.2"),
            path(middle, stroke="blue", width_px=2.2),
        ]
        if has_limit:
            y = up(self.limit)
            parts.append(line(box.left, y, box.right, y, "orange", width_px=2, dash="6 3"))
        parts += self._tips(box, across)
        return drawing(self.title, self.description, width_px, box.bottom + 40, parts)

    def table(self) -> Table:
        """List about ten points."""
        stride = max(1, (len(self.exceeded_frac) - 1) // 10)
        rows = tuple(
            (
                per_cent(self.exceeded_frac[k], 3) if self.exceeded_frac[k] else "0",
                number(self.p10[k]),
                number(self.p50[k]),
                number(self.p90[k]),
            )
            for k in range(0, len(self.exceeded_frac), stride)
        )
        unit = f" ({self.unit})"
        return Table(("Exceeded in", "P10" + unit, "P50" + unit, "P90" + unit), rows)

    def _tips(self, box: Box, across: Scale) -> list[Markup]:
        strips = []
        stride = max(1, len(self.exceeded_frac) // 50)
        for k in range(0, len(self.exceeded_frac), stride):
            left = across(self.exceeded_frac[k])
            right = across(self.exceeded_frac[min(k + stride, len(self.exceeded_frac) - 1)])
            tip = (
                f"exceeded in {per_cent(self.exceeded_frac[k])} of hours\n"
                f"P50: {number(self.p50[k])} {self.unit}\n"
                f"P10 to P90: {number(self.p10[k])} to {number(self.p90[k])} {self.unit}"
            )
            strips.append(tip_area(left, box.top, right - left, box.height, tip))
        return strips
