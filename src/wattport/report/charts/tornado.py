"""Which input moves the result most, and whether that input is known or guessed."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.axes import Box, bottom_axis, key
from wattport.report.drawing import WIDE_PX, Table, drawing, identity, pattern
from wattport.report.numerals import month_name, number, per_cent
from wattport.report.palette import STATUS_COLOUR, STATUS_PATTERN
from wattport.report.scale import Scale, Tick, calendar_ticks, nice_ticks
from wattport.report.svg import SMALL_PX, line, rect, text
from wattport.report.typeface import shorten, text_width


@dataclass(frozen=True)
class Swing:
    """The result at the low and at the high end of one input."""

    name: str
    at_low: float
    at_high: float
    status: str
    explained_frac: float
    source: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class Tornado:
    """
    Swings around the central result, the widest on top.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    swing : tuple of Swing
        In the order to be drawn; finite.
    centre : float
        The central result.
    unit : str
        Unit of the result; ``date`` when it is a day number.
    quantity : str
        What the horizontal axis measures.

    Examples
    --------
    >>> swing = (Swing("grid delay", 1000.0, 1200.0, "guess", 0.4),)
    >>> Tornado("First compute", "", swing, 1100.0, "date", "").table().rows[0][2:4]
    ('Sep 2028', 'Apr 2029')
    """

    title: str
    description: str
    swing: tuple[Swing, ...]
    centre: float
    unit: str
    quantity: str

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        ids = {s: identity(self.title, str(width_px), s) for s in self._statuses()}
        fills = [
            pattern(ids[s], STATUS_PATTERN.get(s, "solid"), STATUS_COLOUR.get(s, "grey"))
            for s in ids
        ]
        legend, legend_px = key([(f"url(#{ids[s]})", s) for s in ids], width_px, 0.0)
        is_narrow = width_px < 560
        row_px = 42.0 if is_narrow else 26.0
        left = 12.0 if is_narrow else 300.0
        status_px = max(text_width(s, SMALL_PX) for s in ids) + 12
        right = width_px - (12.0 if is_narrow else status_px + 4)
        box = Box(left, legend_px + 10, right, legend_px + 10 + row_px * len(self.swing))
        low, high, ticks = self._axis(box)
        across = Scale(low, high, box.left, box.right)
        parts = [*legend, *bottom_axis(box, across, ticks, self._axis_title())]
        for index, swing in enumerate(self.swing):
            top = box.top + index * row_px
            fill = f"url(#{ids[swing.status]})"
            parts += self._row(swing, box, across, top, row_px, width_px, fill)
            x = across(self.centre)
            parts.append(line(x, top + row_px - 23, x, top + row_px - 2, "ink", width_px=1.6))
        bottom = box.bottom + (40 if self._axis_title() else 24)
        return drawing(self.title, self.description, width_px, bottom, parts, fills)

    def table(self) -> Table:
        """List the swings."""
        rows = tuple(
            (
                swing.name,
                swing.status,
                self._says(swing.at_low),
                self._says(swing.at_high),
                per_cent(swing.explained_frac),
                swing.source,
            )
            for swing in self.swing
        )
        return Table(
            ("Input", "Status", "Input low", "Input high", "Variance explained", "Source"), rows
        )

    def _statuses(self) -> list[str]:
        found = {swing.status for swing in self.swing}
        return [s for s in STATUS_COLOUR if s in found] + sorted(found - set(STATUS_COLOUR))

    def _axis_title(self) -> str:
        return "" if self.unit == "date" else f"{self.quantity} ({self.unit})"

    def _says(self, value: float) -> str:
        return month_name(value) if self.unit == "date" else f"{number(value)} {self.unit}"

    def _axis(self, box: Box) -> tuple[float, float, list[Tick]]:
        ends = [v for swing in self.swing for v in (swing.at_low, swing.at_high)]
        low, high = min(*ends, self.centre), max(*ends, self.centre)
        if self.unit == "date":
            low, high = low - 20, high + 20
            return low, high, calendar_ticks(low, high, max(3, int(box.width) // 56))
        ticks = nice_ticks(low, high, max(3, int(box.width) // 90))
        return ticks[0].value, ticks[-1].value, ticks

    def _row(
        self,
        swing: Swing,
        box: Box,
        across: Scale,
        top: float,
        row_px: float,
        width_px: int,
        fill: str,
    ) -> list[Markup]:
        is_narrow = box.left < 100
        bar_y = top + row_px - 20
        word_y = top + 14 if is_narrow else bar_y + 11
        room = width_px - 90.0 if is_narrow else box.left - 12
        name = shorten(swing.name, room, SMALL_PX)
        parts = [
            text(0, word_y, name, size_px=SMALL_PX, has_halo=True),
            text(
                width_px,
                word_y,
                swing.status,
                anchor="end",
                size_px=SMALL_PX,
                colour="soft",
                has_halo=True,
            ),
        ]
        start, end = sorted((across(swing.at_low), across(swing.at_high)))
        tip = "\n".join(
            (
                f"{swing.name} ({swing.status})",
                *((swing.meaning,) if swing.meaning else ()),
                f"input low: {self._says(swing.at_low)}",
                f"input high: {self._says(swing.at_high)}",
                f"explains {per_cent(swing.explained_frac)} of the variance alone",
            )
        )
        bar_px = max(2.0, end - start)
        parts.append(rect(start, bar_y, bar_px, 15, fill, tip=tip, radius_px=1))
        return parts
