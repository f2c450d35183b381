"""How stations spend their bay-time: working, blocked, starved or down."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.axes import Box, bottom_axis, key
from wattport.report.drawing import WIDE_PX, Table, drawing, identity, pattern
from wattport.report.numerals import per_cent
from wattport.report.scale import Scale, nice_ticks
from wattport.report.svg import BODY_PX, SMALL_PX, rect, text
from wattport.report.typeface import shorten

STATES = (
    ("working", "blue", "solid"),
    ("blocked", "purple", "hatch"),
    ("starved", "yellow", "sparse"),
    ("down", "red", "dots"),
)


@dataclass(frozen=True)
class StationUse:
    """One station's shares of its bay-time; what is left over is idle."""

    plant: str
    name: str
    working_frac: float
    blocked_frac: float
    starved_frac: float
    down_frac: float
    is_bottleneck: bool = False


@dataclass(frozen=True)
class Stations:
    r"""
    One bar per station, grouped by plant.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    station : tuple of StationUse
        In line order, plants one after the other.

    Examples
    --------
    >>> use = StationUse("modules", "FAT", 0.8, 0.1, 0.08, 0.02, True)
    >>> Stations("Use", "", (use,)).table().rows[0][2]
    '80\u202f%'
    """

    title: str
    description: str
    station: tuple[StationUse, ...]

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        ids = {name: identity(self.title, str(width_px), name) for name, _, _ in STATES}
        fills = [pattern(ids[name], kind, colour) for name, colour, kind in STATES]
        legend, legend_px = key([(f"url(#{ids[n]})", n) for n, _, _ in STATES], width_px, 0.0)
        is_narrow = width_px < 560
        row_px = 38.0 if is_narrow else 24.0
        left = 4.0 if is_narrow else 230.0
        y = legend_px + 8
        across = Scale(0.0, 1.0, left, width_px - 14.0)
        bars: list[Markup] = []
        plant = ""
        for use in self.station:
            if use.plant != plant:
                plant = use.plant
                heading = shorten(plant, width_px, BODY_PX, is_bold=True)
                bars.append(text(0, y + 15, heading, is_bold=True))
                y += 22
            bars += self._row(use, across, y, row_px, ids)
            y += row_px
        box = Box(left, legend_px + 8, width_px - 14.0, y + 2)
        ticks = nice_ticks(0.0, 100.0, 4)
        shares = [type(tick)(tick.value / 100, tick.text) for tick in ticks]
        parts = [*legend, *bottom_axis(box, across, shares, "share of bay-time (%)"), *bars]
        return drawing(self.title, self.description, width_px, y + 42, parts, fills)

    def table(self) -> Table:
        """List the shares."""
        rows = tuple(
            (
                use.plant,
                use.name + (" (bottleneck)" if use.is_bottleneck else ""),
                *(per_cent(share) for share in _shares(use)),
            )
            for use in self.station
        )
        return Table(("Plant", "Station", *(name.capitalize() for name, _, _ in STATES)), rows)

    def _row(
        self, use: StationUse, across: Scale, top: float, row_px: float, ids: dict[str, str]
    ) -> list[Markup]:
        is_narrow = across.at_low_px < 100
        name = use.name + (" \u2013 bottleneck" if use.is_bottleneck else "")
        room = across.at_high_px if is_narrow else across.at_low_px - 8
        bar_y = top + row_px - 19
        word_y = top + 14 if is_narrow else bar_y + 11
        words = shorten(name, room, SMALL_PX, use.is_bottleneck)
        parts = [text(0, word_y, words, size_px=SMALL_PX, is_bold=use.is_bottleneck)]
        tip = "\n".join(
            [use.name]
            + [
                f"{state}: {per_cent(share)}"
                for (state, _, _), share in zip(STATES, _shares(use), strict=True)
            ]
        )
        so_far = 0.0
        for (state, _, _), share in zip(STATES, _shares(use), strict=True):
            start, end = across(so_far), across(so_far + share)
            if end > start:
                parts.append(rect(start, bar_y, end - start, 14, f"url(#{ids[state]})", tip=tip))
            so_far += share
        return parts


def _shares(use: StationUse) -> tuple[float, float, float, float]:
    return use.working_frac, use.blocked_frac, use.starved_frac, use.down_frac
