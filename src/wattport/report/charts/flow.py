"""Plant flow: stations in line order, with bays, cycle and how hard each one works."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.axes import key
from wattport.report.charts.stations import STATES
from wattport.report.drawing import WIDE_PX, Table, drawing, identity, pattern
from wattport.report.numerals import per_cent
from wattport.report.svg import BODY_PX, SMALL_PX, line, path, rect, text
from wattport.report.typeface import shorten, wrap

BOX_PX = 124.0
BOX_TALL_PX = 84.0
GAP_PX = 24.0
LINE_PX = 14.0


@dataclass(frozen=True)
class FlowStep:
    """One station."""

    plant: str
    name: str
    detail: str  # as printed: "5 bays, 23 h"
    share_frac: tuple[float, ...]  # of its bay-time, in the order of `STATES`
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
    >>> step = FlowStep("modules", "FAT", "7 bays", (0.8, 0.0, 0.0, 0.0, 0.2))
    >>> Flow("Line", "", (step,)).table().rows[0][4]
    'starved'
    """

    title: str
    description: str
    step: tuple[FlowStep, ...]

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        per_row = max(1, int((width_px + GAP_PX) // (BOX_PX + GAP_PX)))
        wide = (width_px - GAP_PX * (per_row - 1)) / per_row - 1
        ids = {name: identity(self.title, str(width_px), name) for name, _, _ in STATES}
        fills = [pattern(ids[name], kind, colour) for name, colour, kind in STATES]
        entries = [(f"url(#{ids[name]})", name) for name, _, _ in STATES]
        parts, legend_px = key(entries, width_px, 0.0)
        y = legend_px + 6
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
                parts += self._box(step, x, y, wide, ids)
                if index + 1 < len(steps):
                    parts += _arrow(x, y, wide, column + 1 == per_row)
            y += BOX_TALL_PX + 20
        return drawing(self.title, self.description, width_px, y, parts, fills)

    def table(self) -> Table:
        """List the stations."""
        rows = tuple(
            (
                step.plant,
                step.name + (" (limits the plant)" if step.is_bottleneck else ""),
                step.detail,
                per_cent(step.share_frac[0]),
                _main_wait(step)[0],
            )
            for step in self.step
        )
        header = ("Plant", "Station", "Bays and hours", "Working", "Waits mostly")
        return Table(header, rows)

    def _box(
        self, step: FlowStep, x: float, y: float, wide: float, ids: dict[str, str]
    ) -> list[Markup]:
        outline = "red" if step.is_bottleneck else "grey"
        lines = wrap(step.name, wide - 14, SMALL_PX, True)[:2]
        shares = [
            (name, share)
            for (name, _, _), share in zip(STATES, step.share_frac, strict=True)
            if math.isfinite(share)
        ]
        says = "\n".join(
            [step.name, step.detail, *(f"{name}: {per_cent(share)}" for name, share in shares)]
        )
        if step.is_bottleneck:
            says += "\nlimits the plant"
        parts = [rect(x, y, wide, BOX_TALL_PX, "panel", tip=says, outline=outline, radius_px=4)]
        at = x + 1
        for name, share in shares:
            long = (wide - 2) * share
            if long >= 0.5:
                parts.append(rect(at, y + BOX_TALL_PX - 10, long, 9, f"url(#{ids[name]})"))
            at += long
        for k, words in enumerate(lines):
            parts.append(text(x + 7, y + 17 + k * LINE_PX, words, size_px=SMALL_PX, is_bold=True))
        words = "the limit" if step.is_bottleneck else " ".join(_main_wait(step)).strip()
        below = [*wrap(step.detail, wide - 14, SMALL_PX)[: 3 - len(lines)], words]
        start = y + 17 + len(lines) * LINE_PX
        return parts + [
            text(x + 7, start + k * LINE_PX, shorten(words, wide - 14, SMALL_PX), size_px=SMALL_PX,
                 colour="soft")
            for k, words in enumerate(below)
        ]  # fmt: skip


def _main_wait(step: FlowStep) -> tuple[str, str]:
    """State other than working in which the station is most, and its share."""
    waits = [
        (share, name)
        for (name, _, _), share in zip(STATES[1:], step.share_frac[1:], strict=True)
        if math.isfinite(share) and share > 0.0
    ]
    if not waits:
        return "", ""
    share, name = max(waits)
    return name, per_cent(share)


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
