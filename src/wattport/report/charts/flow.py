"""Plant flow: stations in line order, with bays, cycle and how hard each one works."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.drawing import WIDE_PX, Table, drawing
from wattport.report.numerals import per_cent
from wattport.report.svg import BODY_PX, SMALL_PX, line, path, rect, text
from wattport.report.typeface import shorten, wrap

BOX_PX = 124.0
BOX_TALL_PX = 66.0
GAP_PX = 24.0
LINE_PX = 14.0


@dataclass(frozen=True)
class FlowStep:
    """One station."""

    plant: str
    name: str
    detail: str  # as printed: "5 bays, 23 h"
    working_frac: float
    is_bottleneck: bool = False


@dataclass(frozen=True)
class Flow:
    """
    Stations as boxes, wrapped into rows, each plant under its own heading.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    step : tuple of FlowStep
        In line order, the feeding plant first.

    Examples
    --------
    >>> Flow("Line", "", (FlowStep("modules", "FAT", "7 bays", 0.8),)).table().rows[0][1]
    'FAT'
    """

    title: str
    description: str
    step: tuple[FlowStep, ...]

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        per_row = max(1, int((width_px + GAP_PX) // (BOX_PX + GAP_PX)))
        wide = (width_px - GAP_PX * (per_row - 1)) / per_row - 1
        parts: list[Markup] = []
        y = 0.0
        for plant in dict.fromkeys(step.plant for step in self.step):
            steps = [step for step in self.step if step.plant == plant]
            heading = shorten(plant, width_px, BODY_PX, is_bold=True)
            parts.append(text(0, y + 15, heading, is_bold=True))
            y += 26
            for index, step in enumerate(steps):
                column = index % per_row
                x = 0.5 + column * (wide + GAP_PX)
                if column == 0 and index:
                    y += BOX_TALL_PX + 20
                parts += self._box(step, x, y, wide)
                if index + 1 < len(steps):
                    parts += _arrow(x, y, wide, column + 1 == per_row)
            y += BOX_TALL_PX + 20
        return drawing(self.title, self.description, width_px, y, parts)

    def table(self) -> Table:
        """List the stations."""
        rows = tuple(
            (
                step.plant,
                step.name + (" (bottleneck)" if step.is_bottleneck else ""),
                step.detail,
                per_cent(step.working_frac),
            )
            for step in self.step
        )
        return Table(("Plant", "Station", "Bays and cycle", "Working"), rows)

    def _box(self, step: FlowStep, x: float, y: float, wide: float) -> list[Markup]:
        outline = "red" if step.is_bottleneck else "grey"
        lines = wrap(step.name, wide - 14, SMALL_PX, True)[:2]
        says = f"{step.name}\n{step.detail}\nworking {per_cent(step.working_frac)} of bay-time"
        if step.is_bottleneck:
            says += "\nbottleneck of the plant"
        parts = [rect(x, y, wide, BOX_TALL_PX, "panel", tip=says, outline=outline, radius_px=4)]
        if math.isfinite(step.working_frac):
            bar_y = y + BOX_TALL_PX - 5
            colour = "red" if step.is_bottleneck else "blue"
            parts.append(rect(x + 1, bar_y, (wide - 2) * step.working_frac, 4, colour))
        for k, words in enumerate(lines):
            parts.append(text(x + 7, y + 17 + k * LINE_PX, words, size_px=SMALL_PX, is_bold=True))
        detail = wrap(step.detail, wide - 14, SMALL_PX)[: 3 - len(lines)]
        start = y + 17 + len(lines) * LINE_PX
        return parts + [
            text(x + 7, start + k * LINE_PX, words, size_px=SMALL_PX, colour="soft")
            for k, words in enumerate(detail)
        ]


def _arrow(x: float, y: float, wide: float, is_row_end: bool) -> list[Markup]:
    if is_row_end:
        # Down to the next row, which starts at the left again.
        turn = y + BOX_TALL_PX + 10
        middle = x + wide / 2
        run = [(middle, y + BOX_TALL_PX), (middle, turn), (16.0, turn), (16.0, turn + 6)]
        head = [(12.0, turn + 5), (20.0, turn + 5), (16.0, turn + 10)]
        return [path(run, stroke="grey", width_px=1.5), path(head, fill="grey")]
    start, end, level = x + wide, x + wide + GAP_PX, y + BOX_TALL_PX / 2
    return [
        line(start + 2, level, end - 7, level, "grey", width_px=1.5),
        path([(end - 9, level - 4), (end - 9, level + 4), (end - 2, level)], fill="grey"),
    ]
