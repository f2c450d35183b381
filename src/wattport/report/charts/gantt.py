"""Halls on the calendar: work to P50, risk to P90, and how often each one is critical."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.axes import Box, bottom_axis, key
from wattport.report.drawing import WIDE_PX, Table, drawing
from wattport.report.numerals import day_name, month_name, number, whole
from wattport.report.scale import Scale, date_ticks
from wattport.report.svg import SMALL_PX, line, path, rect, text, tip_area
from wattport.report.typeface import shorten, text_width

ROW_PX = 20.0


@dataclass(frozen=True)
class GanttRow:
    """One hall or activity; a date that is never reached is infinite or NaN."""

    name: str
    start_day: float
    p50_day: float
    p90_day: float
    criticality_frac: float = float("nan")
    note: str = ""


@dataclass(frozen=True)
class Gantt:
    """
    Rows of bars among dated marks.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    row : tuple of GanttRow
        From the top.
    mark : tuple of (float, str)
        Day and short label of vertical lines, such as grid tranches.
    measure : str
        What the share at the end of each row says; empty for no such column.
    has_days : bool
        Name dates to the day, where the plan does.

    Examples
    --------
    >>> rows = (GanttRow("Hall 1", 400.0, 1000.0, 1100.0, 0.4),)
    >>> Gantt("Halls", "", rows).table().rows[0][2]
    'Sep 2028'
    """

    title: str
    description: str
    row: tuple[GanttRow, ...]
    mark: tuple[tuple[float, str], ...] = ()
    measure: str = ""
    has_days: bool = False

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        entries = [("blue", "start to P50"), ("sky", "P50 to P90")]
        if self.measure:
            entries.append(("red", self.measure))
        legend, legend_px = key(entries, width_px, 0.0)
        names_px = min(
            0.3 * width_px, max((text_width(r.name, SMALL_PX) for r in self.row), default=0.0) + 8
        )
        share_px = text_width("100 %", SMALL_PX) + 40 if self.measure else 12.0
        marks_px = self._marks_px(width_px)
        top = legend_px + marks_px + 8
        box = Box(names_px, top, width_px - share_px, top + ROW_PX * len(self.row))
        low, high = self._range()
        across = Scale(low, high, box.left, box.right)
        ticks = date_ticks(low, high, max(3, int(box.width) // 64))
        parts = [*legend, *bottom_axis(box, across, ticks), *self._marks(box, across, legend_px)]
        for index, row in enumerate(self.row):
            parts += self._row(row, box, across, box.top + index * ROW_PX)
        return drawing(self.title, self.description, width_px, box.bottom + 24, parts)

    def table(self) -> Table:
        """List the dates."""
        rows = []
        for row in self.row:
            dates = tuple(self._date(d) for d in (row.start_day, row.p50_day, row.p90_day))
            share = (_share(row.criticality_frac),) if self.measure else ()
            rows.append((row.name, *dates, *share, row.note))
        measure = (self.measure.capitalize(),) if self.measure else ()
        return Table(("", "Start (P50)", "Ready P50", "Ready P90", *measure, "Note"), tuple(rows))

    def _date(self, day: float) -> str:
        return day_name(day) if self.has_days else month_name(day)

    def _range(self) -> tuple[float, float]:
        days = [d for r in self.row for d in (r.start_day, r.p50_day, r.p90_day)]
        days += [day for day, _ in self.mark]
        finite = [day for day in days if math.isfinite(day)] or [0.0]
        margin = min(15.0, 0.02 * (max(finite) - min(finite)) + 1.0)
        return min(finite) - margin, max(finite) + 2.0 * margin

    def _marks_px(self, width_px: int) -> float:
        return 15.0 * len(self.mark) if self.mark and width_px < 560 else 18.0 * bool(self.mark)

    def _marks(self, box: Box, across: Scale, above_px: float) -> list[Markup]:
        parts = []
        ends = -1.0
        is_stacked = box.top - above_px > 30 and len(self.mark) > 1
        for index, (day, label) in enumerate(self.mark):
            if not math.isfinite(day):
                continue
            x = across(day)
            y = above_px + 13 + (15.0 * index if is_stacked else 0.0)
            parts.append(line(x, y + 3, x, box.bottom, "orange", dash="4 3"))
            width = text_width(label, SMALL_PX)
            left = min(max(0.0, x - width / 2), box.right + 10 - width)
            if is_stacked or left > ends + 6:
                parts.append(text(left, y, label, size_px=SMALL_PX, colour="orange"))
                ends = left + width
        return parts

    def _row(self, row: GanttRow, box: Box, across: Scale, top: float) -> list[Markup]:
        middle = top + ROW_PX / 2
        name = shorten(row.name, box.left - 6, SMALL_PX)
        parts = [text(0, middle + 4, name, size_px=SMALL_PX)]
        start = across(row.start_day) if math.isfinite(row.start_day) else box.left
        done = across(row.p50_day) if math.isfinite(row.p50_day) else box.right
        late = across(row.p90_day) if math.isfinite(row.p90_day) else box.right
        if row.start_day == row.p50_day and not self.has_days:
            diamond = [
                (done - 5, middle),
                (done, middle - 6),
                (done + 5, middle),
                (done, middle + 6),
            ]
            parts.append(path(diamond, fill="blue"))
        else:
            parts.append(rect(start, middle - 5, max(2.0, done - start), 10, "blue", radius_px=2))
        parts.append(rect(done, middle - 2, late - done, 4, "sky"))
        if math.isfinite(row.p90_day):
            parts.append(line(late, middle - 5, late, middle + 5, "sky", width_px=2))
        else:
            arrow = [(late - 6, middle - 5), (late, middle), (late - 6, middle + 5)]
            parts.append(path(arrow, fill="sky"))
        if self.measure and math.isfinite(row.criticality_frac):
            label = _share(row.criticality_frac)
            left = box.right + 8
            parts.append(rect(left, middle - 4, 26 * row.criticality_frac, 8, "red"))
            parts.append(rect(left, middle - 4, 26, 8, "red", opacity="0.15"))
            parts.append(text(left + 30, middle + 4, label, size_px=SMALL_PX))
        parts.append(tip_area(0, top, box.right + 10, ROW_PX, self._tip(row)))
        return parts

    def _tip(self, row: GanttRow) -> str:
        lines = [
            row.name,
            f"start {self._date(row.start_day)} (P50)",
            f"ready {self._date(row.p50_day)} (P50), {self._date(row.p90_day)} (P90)",
        ]
        if self.measure and math.isfinite(row.criticality_frac):
            lines.append(f"{self.measure}: {_share(row.criticality_frac)}")
        return "\n".join([*lines, row.note] if row.note else lines)


def _share(share_frac: float) -> str:
    # A count of draws: tenths of a per cent would be false precision.
    if not math.isfinite(share_frac):
        return number(share_frac)
    return f"{whole(100 * share_frac)}\u202f%"
