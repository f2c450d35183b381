"""Modules in the order the halls need them: the day each was needed, the day each was made."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.axes import Box, bottom_axis, key, label_room, left_axis
from wattport.report.drawing import WIDE_PX, Table, drawing
from wattport.report.numerals import month_name, whole
from wattport.report.scale import Scale, calendar_ticks, nice_ticks
from wattport.report.svg import path, tip_area

_POINTS = 60
_TIPS = 24
_TABLE_ROWS = 16


@dataclass(frozen=True)
class Deliveries:
    """
    Dates of units, one line up for each unit.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    need_day : tuple of float
        Day each unit is needed, P50; NaN where no draw has the unit.
    p10_day, p50_day, p90_day : tuple of float
        Day each unit is done. [days since 2026-01-01T00:00Z]
    unit_name : str
        What is counted.

    Examples
    --------
    >>> done = (300.0, 310.0)
    >>> Deliveries("Modules", "", (305.0, 306.0), done, done, done, "modules").table().rows[0]
    ('1', 'Nov 2026', 'Oct 2026', 'Oct 2026', 'Oct 2026')
    """

    title: str
    description: str
    need_day: tuple[float, ...]
    p10_day: tuple[float, ...]
    p50_day: tuple[float, ...]
    p90_day: tuple[float, ...]
    unit_name: str

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        entries = [("blue", "done: P50, band P10 to P90"), ("orange", "needed on site (P50)")]
        legend, legend_px = key(entries, width_px, 0.0)
        ticks = nice_ticks(0.0, float(len(self.p50_day)), 5)
        box = Box(label_room(ticks), legend_px + 34, width_px - 14, legend_px + 300)
        columns = (self.need_day, self.p10_day, self.p50_day, self.p90_day)
        days = [d for column in columns for d in column if math.isfinite(d)] or [0.0]
        across = Scale(min(days) - 15, max(days) + 15, box.left, box.right)
        up = Scale(0.0, ticks[-1].value, box.bottom, box.top)
        months = calendar_ticks(across.low, across.high, max(3, width_px // 80))
        picked = self._picked(_POINTS)

        def points(days: tuple[float, ...]) -> list[tuple[float, float]]:
            return [(across(days[k]), up(k + 1)) for k in picked if math.isfinite(days[k])]

        early, late = points(self.p10_day), points(self.p90_day)
        parts = [
            *legend,
            *left_axis(box, up, ticks, f"Number of {self.unit_name}"),
            *bottom_axis(box, across, months),
        ]
        if early and late:
            parts.append(path(early + late[::-1], fill="blue", opacity="0.22"))
        if points(self.p50_day):
            parts.append(path(points(self.p50_day), stroke="blue", width_px=2.2))
        if points(self.need_day):
            parts.append(path(points(self.need_day), stroke="orange", dash="6 3"))
        told = self._picked(_TIPS)
        pairs = zip(told, [*told[1:], told[-1]], strict=True)
        for this, following in pairs:
            top = up(following + 1)
            tall = max(1.0, up(this + 1) - top)
            parts.append(tip_area(box.left, top, box.width, tall, self._tip(this)))
        return drawing(self.title, self.description, width_px, box.bottom + 24, parts)

    def table(self) -> Table:
        """List some of the units, the last one included."""
        columns = (self.need_day, self.p10_day, self.p50_day, self.p90_day)
        rows = tuple(
            (whole(k + 1), *(month_name(column[k]) for column in columns))
            for k in self._picked(_TABLE_ROWS)
        )
        return Table(("Unit", "Needed (P50)", "Done P10", "Done P50", "Done P90"), rows)

    def _picked(self, wanted: int) -> list[int]:
        last = len(self.p50_day) - 1
        stride = max(1, last // wanted)
        return [*range(0, last, stride), last]

    def _tip(self, unit: int) -> str:
        return (
            f"{self.unit_name}, number {whole(unit + 1)}\n"
            f"needed {month_name(self.need_day[unit])}\n"
            f"done {month_name(self.p50_day[unit])} (P50), "
            f"{month_name(self.p10_day[unit])} to {month_name(self.p90_day[unit])}"
        )
