"""Crews at work month by month, against the crews there are."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.axes import Box, bottom_axis, key
from wattport.report.drawing import WIDE_PX, Table, drawing
from wattport.report.numerals import month_name, number, whole
from wattport.report.scale import Scale, calendar_ticks
from wattport.report.svg import BODY_PX, SMALL_PX, line, path, text, tip_area
from wattport.report.typeface import shorten

_STRIP_PX = 52.0
_HEAD_PX = 20.0
_TABLE_STRIDE = 3


@dataclass(frozen=True)
class CrewMonths:
    """
    One kind of crew, or another resource: how many there are and work in each month.

    Where the number changes, `level` holds it month by month and `n_crews` the most there are.
    `unshared` is what the plan would need at once if nothing had to be shared.
    """

    name: str
    n_crews: float
    p50_busy: tuple[float, ...]
    p90_busy: tuple[float, ...]
    level: tuple[float, ...] = ()
    unshared: tuple[float, ...] = ()


@dataclass(frozen=True)
class CrewUse:
    """
    One strip of monthly bars for each kind of crew, all on one calendar.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    day : tuple of float
        Month starts, at least two. [days since 2026-01-01T00:00Z]
    crew : tuple of CrewMonths
        From the top.

    Examples
    --------
    >>> crew = CrewMonths("shell", 4.0, (1.0, 2.0), (2.0, 4.0))
    >>> CrewUse("Crews", "", (0.0, 31.0), (crew,)).table().header
    ('Month', 'shell (of 4) P50', 'shell (of 4) P90')
    """

    title: str
    description: str
    day: tuple[float, ...]
    crew: tuple[CrewMonths, ...]
    noun: tuple[str, str] = ("crew", "crews")  # one, and several

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        entries = [("blue", "at work, P50"), ("sky", "P90")]
        entries.append(("ink", f"{self.noun[1]} there are (dashed)"))
        if any(crew.unshared for crew in self.crew):
            entries.append(("red", "needed by links alone (line)"))
        legend, legend_px = key(entries, width_px, 0.0)
        month_px = self.day[-1] - self.day[-2]
        top = legend_px + 6
        bottom = top + (_HEAD_PX + _STRIP_PX) * len(self.crew)
        box = Box(26.0, top, width_px - 14.0, bottom)
        across = Scale(self.day[0], self.day[-1] + month_px, box.left, box.right)
        months = calendar_ticks(across.low, across.high, max(3, width_px // 80))
        parts = [*legend, *bottom_axis(box, across, months)]
        for index, crew in enumerate(self.crew):
            parts += self._strip(crew, across, box, top + index * (_HEAD_PX + _STRIP_PX))
        parts += self._tips(across, box)
        return drawing(self.title, self.description, width_px, bottom + 24, parts)

    def table(self) -> Table:
        """List every third month."""
        names = [f"{crew.name} (of {whole(crew.n_crews)})" for crew in self.crew]
        header = ("Month", *(f"{name} {side}" for name in names for side in ("P50", "P90")))
        rows = tuple(
            (
                month_name(self.day[k]),
                *(number(v[k], 2) for crew in self.crew for v in (crew.p50_busy, crew.p90_busy)),
            )
            for k in range(0, len(self.day), _TABLE_STRIDE)
        )
        return Table(header, rows)

    def _strip(self, crew: CrewMonths, across: Scale, box: Box, top: float) -> list[Markup]:
        floor = top + _HEAD_PX + _STRIP_PX
        most = max(crew.n_crews, *crew.p90_busy, *crew.unshared, 1.0)
        up = Scale(0.0, most * 1.08, floor, top + _HEAD_PX)
        limit = up(crew.n_crews)
        count = whole(crew.n_crews)
        kind = self.noun[0] if crew.n_crews == 1 else self.noun[1]
        name = shorten(f"{crew.name}: {count} {kind}", box.width, BODY_PX)
        parts = [
            text(box.left, top + 15, name, size_px=SMALL_PX, is_bold=True, has_halo=True),
            text(box.left - 6, limit + 4, count, anchor="end", size_px=SMALL_PX, colour="soft"),
            text(box.left - 6, floor, "0", anchor="end", size_px=SMALL_PX, colour="soft"),
        ]
        edges = [across(day) for day in self.day] + [box.right]
        # One outline each: a bar for each month, with its own words, would be ten times as long.
        for colour, busy in (("sky", crew.p90_busy), ("blue", crew.p50_busy)):
            if any(busy):
                outline = _steps(edges, [up(value) for value in busy])
                outline = [(edges[0], floor), *outline, (edges[-1], floor)]
                parts.append(path(outline, fill=colour))
        if crew.unshared:
            steps = _steps(edges, [up(value) for value in crew.unshared])
            parts.append(path(steps, stroke="red", width_px=1.4))
        levels = [up(value) for value in crew.level] or [limit] * len(self.day)
        parts.append(path(_steps(edges, levels), stroke="ink", width_px=1.4, dash="5 3"))
        parts.append(line(box.left, floor, box.right, floor, "soft"))
        return parts

    def _tips(self, across: Scale, box: Box) -> list[Markup]:
        """What is at work in each month, all strips at once."""
        edges = [across(day) for day in self.day] + [box.right]
        areas = []
        for k, day in enumerate(self.day):
            lines = [
                f"{crew.name}: {number(crew.p50_busy[k], 2)}, {number(crew.p90_busy[k], 2)} of "
                + number(crew.level[k] if crew.level else crew.n_crews, 2)
                for crew in self.crew
                if crew.p90_busy[k] > 0.0
            ]
            if lines:
                words = "\n".join([f"{month_name(day)}: P50, P90 at work", *lines])
                width, height = edges[k + 1] - edges[k], box.bottom - box.top
                areas.append(tip_area(edges[k], box.top, width, height, words))
        return areas


def _steps(edges: list[float], heights: list[float]) -> list[tuple[float, float]]:
    """Corners of a line that is level between edges; equal neighbours are one step."""
    corners: list[tuple[float, float]] = []
    for k, height in enumerate(heights):
        if corners and corners[-1][1] == height:
            corners[-1] = (edges[k + 1], height)
        else:
            corners += [(edges[k], height), (edges[k + 1], height)]
    return corners
