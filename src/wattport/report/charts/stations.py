"""How stations spend their bay-time, quarter by quarter: working, down, short of crew, waiting."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.axes import NARROW_LIMIT_PX, Box, bottom_axis, key
from wattport.report.drawing import WIDE_PX, Table, drawing, identity, pattern
from wattport.report.numerals import month_name, per_cent
from wattport.report.scale import Scale, calendar_ticks
from wattport.report.svg import BODY_PX, SMALL_PX, line, pixels, rect, tag, text, tip_area
from wattport.report.typeface import shorten

# State, colour and pattern, from the bottom of a strip; what is left over is "off".
STATES = (
    ("working", "blue", "solid"),
    ("down", "red", "dots"),
    ("unstaffed", "orange", "level"),
    ("blocked", "purple", "hatch"),
    ("starved", "yellow", "sparse"),
)
_STRIP_PX = 26.0
_LABEL_PX = 230.0
_TABLE_STRIDE = 4  # quarters


@dataclass(frozen=True)
class StationUse:
    """One station's shares of its bay-time, in the order of `STATES`."""

    plant: str
    name: str
    share_frac: tuple[float, ...]  # from the opening to the last unit
    quarter_frac: tuple[tuple[float, ...], ...]  # by state, then by quarter, off time included
    is_bottleneck: bool = False


@dataclass(frozen=True)
class Stations:
    r"""
    One strip per station, a column for each quarter, grouped by plant.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    day : tuple of float
        Starts of the quarters and the end of the last one. [days since 2026-01-01T00:00Z]
    station : tuple of StationUse
        In line order, plants one after the other.

    Examples
    --------
    >>> shares = (0.8, 0.02, 0.0, 0.1, 0.08)
    >>> use = StationUse("modules", "FAT", shares, tuple((s,) for s in shares), True)
    >>> Stations("Use", "", (0.0, 90.0), (use,)).table().rows[0][2]
    '80\u202f%'
    """

    title: str
    description: str
    day: tuple[float, ...]
    station: tuple[StationUse, ...]

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        ids = {name: identity(self.title, str(width_px), name) for name, _, _ in STATES}
        fills = [pattern(ids[name], kind, colour) for name, colour, kind in STATES]
        entries = [(f"url(#{ids[name]})", name) for name, _, _ in STATES]
        legend, legend_px = key([*entries, ("panel", "off: not open, or done")], width_px, 0.0)
        is_narrow = width_px < NARROW_LIMIT_PX
        row_px = _STRIP_PX + (24.0 if is_narrow else 8.0)
        left = 4.0 if is_narrow else _LABEL_PX
        across = Scale(self.day[0], self.day[-1], left, width_px - 14.0)
        y = legend_px + 8
        rows: list[Markup] = []
        plant = ""
        for use in self.station:
            if use.plant != plant:
                plant = use.plant
                heading = shorten(plant, width_px, BODY_PX, is_bold=True)
                rows.append(text(0, y + 15, heading, is_bold=True))
                y += 24
            rows += self._row(use, across, y, row_px, ids)
            y += row_px
        box = Box(left, legend_px + 32, width_px - 14.0, y + 2)
        years = calendar_ticks(
            self.day[0], self.day[-1], max(3, int(across.at_high_px - left) // 50)
        )
        parts = [*legend, *rows, *bottom_axis(box, across, years, has_grid=False)]
        return drawing(self.title, self.description, width_px, y + 26, parts, fills)

    def table(self) -> Table:
        """List the shares of the whole time, and the working share of every fourth quarter."""
        told = range(0, len(self.day) - 1, _TABLE_STRIDE)
        rows = tuple(
            (
                use.plant,
                use.name + (" (limits the plant)" if use.is_bottleneck else ""),
                *(per_cent(share) for share in use.share_frac),
                *(per_cent(use.quarter_frac[0][q]) for q in told),
            )
            for use in self.station
        )
        states = (name.capitalize() for name, _, _ in STATES)
        quarters = (f"Working, quarter from {month_name(self.day[q])}" for q in told)
        return Table(("Plant", "Station", *states, *quarters), rows)

    def _row(
        self, use: StationUse, across: Scale, top: float, row_px: float, ids: dict[str, str]
    ) -> list[Markup]:
        is_narrow = across.at_low_px < 100
        name = use.name + (" \u2013 the limit" if use.is_bottleneck else "")
        room = across.at_high_px if is_narrow else across.at_low_px - 10
        floor = top + row_px - 6
        word_y = top + 12 if is_narrow else floor - _STRIP_PX / 2 + 4
        words = shorten(name, room, SMALL_PX, use.is_bottleneck)
        wide = across.at_high_px - across.at_low_px
        parts = [
            text(0, word_y, words, size_px=SMALL_PX, is_bold=use.is_bottleneck),
            rect(across.at_low_px, floor - _STRIP_PX, wide, _STRIP_PX, "panel"),
        ]
        levels = _stacked(use.quarter_frac)
        # From the tallest to the lowest: each covers what lies behind it.
        for (state, _, _), tops in reversed(list(zip(STATES, levels, strict=True))):
            parts += _steps(self.day, tops, across, floor, f"url(#{ids[state]})")
        parts.append(line(across.at_low_px, floor, across.at_high_px, floor, "soft"))
        tip = "\n".join(
            [f"{use.name}, from the opening to the last unit"]
            + [
                f"{state}: {per_cent(share)}"
                for (state, _, _), share in zip(STATES, use.share_frac, strict=True)
            ]
        )
        parts.append(tip_area(across.at_low_px, floor - _STRIP_PX, wide, _STRIP_PX, tip))
        return parts


def _stacked(quarter_frac: tuple[tuple[float, ...], ...]) -> list[list[float]]:
    """Upper edge of each state, on top of those below it; a quarter without hours has none."""
    edges: list[list[float]] = []
    so_far = [0.0] * len(quarter_frac[0])
    for shares in quarter_frac:
        so_far = [
            base + (share if math.isfinite(share) else 0.0)
            for base, share in zip(so_far, shares, strict=True)
        ]
        edges.append(so_far)
    return edges


def _steps(
    day: tuple[float, ...], tops: list[float], across: Scale, floor: float, fill: str
) -> list[Markup]:
    """A filled outline in level and upright pieces: a few bytes for each quarter."""
    if not any(tops):
        return []
    run = f"M{pixels(round(across(day[0])))} {pixels(floor)}"
    level = 0.0
    for end, value in zip(day[1:], tops, strict=True):
        if value != level:
            run += f"V{pixels(floor - value * _STRIP_PX)}"
            level = value
        run += f"H{pixels(round(across(end)))}"
    return [tag("path", d=f"{run}V{pixels(floor)}Z", fill=fill)]
