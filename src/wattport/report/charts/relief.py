"""What a tenth of relief at one place after another brings to a plant: bars with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.axes import NARROW_LIMIT_PX, Box, bottom_axis, key
from wattport.report.drawing import WIDE_PX, Table, drawing, identity, pattern
from wattport.report.numerals import MINUS, THIN_SPACE, number, whole
from wattport.report.scale import Scale, nice_ticks
from wattport.report.svg import BODY_PX, SMALL_PX, line, rect, text
from wattport.report.typeface import shorten, text_width

_LOOK = {"station": ("blue", "solid"), "staff": ("orange", "hatch"), "supplier": ("green", "dots")}
_BAR_PX = 12.0
_LABEL_PX = 210.0
_CUT_FRAC = 0.05


@dataclass(frozen=True)
class Relief:
    """One place, relieved by a tenth, and what that brings."""

    plant: str
    name: str
    kind: str  # "station", "staff" or "supplier"
    gain_units_per_year: float
    low_units_per_year: float  # ends of the 95 % interval
    high_units_per_year: float
    last_module_days: float  # positive is earlier
    first_compute_days: float  # NaN: not scheduled
    full_campus_days: float


@dataclass(frozen=True)
class Reliefs:
    r"""
    A bar for each place, grouped by plant, the days of the last module beside it.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    relief : tuple of Relief
        In the order to be drawn, plants one after the other; finite gains.

    Examples
    --------
    >>> relief = Relief("modules", "FAT", "station", 5.6, 1.7, 9.5, 22.0, 0.0, 1.0)
    >>> Reliefs("Relief", "", (relief,)).table().rows[0][3:5]
    ('5.6 (1.7 to 9.5)', '22\u202fd')
    """

    title: str
    description: str
    relief: tuple[Relief, ...]

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        kinds = list(dict.fromkeys(relief.kind for relief in self.relief))
        ids = {kind: identity(self.title, str(width_px), kind) for kind in kinds}
        fills = [pattern(ids[kind], _LOOK[kind][1], _LOOK[kind][0]) for kind in kinds]
        entries = [(f"url(#{ids[kind]})", _SAYS[kind]) for kind in kinds]
        legend, legend_px = key([*entries, ("ink", "95 % interval (line)")], width_px, 0.0)
        is_narrow = width_px < NARROW_LIMIT_PX
        row_px = 38.0 if is_narrow else 22.0
        left = 4.0 if is_narrow else _LABEL_PX
        right = width_px - text_width("last module", SMALL_PX) - 20
        ends = [v for r in self.relief for v in (r.low_units_per_year, r.high_units_per_year, 0.0)]
        most = max(0.1, *ends)
        # An interval that only just reaches below nothing is cut off at the axis.
        least = min(ends) if min(ends) < -_CUT_FRAC * most else 0.0
        ticks = nice_ticks(least, most, max(3, int(right - left) // 90))
        across = Scale(ticks[0].value, ticks[-1].value, left, right)
        y = legend_px + 8
        top = y + 24
        rows = [
            text(width_px, y + 15, "last module", anchor="end", size_px=SMALL_PX, colour="soft")
        ]
        plant = ""
        for relief in self.relief:
            if relief.plant != plant:
                plant = relief.plant
                heading = shorten(plant, right, BODY_PX, is_bold=True)
                rows.append(text(0, y + 15, heading, is_bold=True))
                y += 24
            rows += _row(relief, across, y, row_px, width_px, f"url(#{ids[relief.kind]})")
            y += row_px
        box = Box(left, top, right, y + 2)
        title = "units a year gained by the plant"
        parts = [*legend, *bottom_axis(box, across, ticks, title), *rows]
        zero = across(0.0)
        parts.append(line(zero, top, zero, y + 2, "ink", width_px=1.2))
        return drawing(self.title, self.description, width_px, y + 42, parts, fills)

    def table(self) -> Table:
        """List the gains in units and in days."""
        header = (
            "Plant",
            "A tenth of relief at",
            "Kind",
            "Units a year (95 %)",
            "Last module earlier",
            "First compute earlier",
            "Full campus earlier",
        )
        rows = tuple(
            (
                relief.plant,
                relief.name,
                relief.kind,
                f"{_units(relief.gain_units_per_year)} ({_units(relief.low_units_per_year)} to "
                f"{_units(relief.high_units_per_year)})",
                _days(relief.last_module_days),
                _days(relief.first_compute_days),
                _days(relief.full_campus_days),
            )
            for relief in self.relief
        )
        return Table(header, rows)


_SAYS = {
    "station": "station: a tenth faster",
    "staff": "staff: a tenth more people",
    "supplier": "supplier: a tenth sooner",
}


def _row(
    relief: Relief, across: Scale, top: float, row_px: float, width_px: float, fill: str
) -> list[Markup]:
    is_narrow = across.at_low_px < 100
    bar_y = top + row_px - _BAR_PX - 5
    word_y = top + 13 if is_narrow else bar_y + 10
    room = across.at_high_px if is_narrow else across.at_low_px - 10
    zero, end = across(0.0), across(relief.gain_units_per_year)
    low, high = across(relief.low_units_per_year), across(relief.high_units_per_year)
    middle = bar_y + _BAR_PX / 2
    tip = (
        f"{relief.name} ({relief.kind})\n{_units(relief.gain_units_per_year)} units a year, "
        f"{_units(relief.low_units_per_year)} to {_units(relief.high_units_per_year)}\n"
        f"last module {_days(relief.last_module_days)} earlier, first compute "
        f"{_days(relief.first_compute_days)}, full campus {_days(relief.full_campus_days)}"
    )
    start, long = min(zero, end), max(1.0, abs(end - zero))
    return [
        text(
            10 if is_narrow else 0,
            word_y,
            shorten(relief.name, room, SMALL_PX),
            size_px=SMALL_PX,
            has_halo=True,
        ),
        rect(start, bar_y, long, _BAR_PX, fill, tip=tip),
        line(low, middle, high, middle, "ink", width_px=1.2),
        text(width_px, bar_y + 10, _days(relief.last_module_days), anchor="end", size_px=SMALL_PX),
    ]


def _units(value: float) -> str:
    rounded = round(value, 1) + 0.0
    if abs(rounded) >= 100 or rounded == 0.0:
        return whole(rounded)
    return f"{MINUS if rounded < 0 else ''}{abs(rounded):.1f}"


def _days(days: float) -> str:
    return f"{whole(days)}{THIN_SPACE}d" if math.isfinite(days) else number(days)
