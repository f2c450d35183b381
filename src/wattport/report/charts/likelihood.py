"""How likely a date is met: the S-curve of a finish, as it is and with risks dealt with."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.axes import Box, bottom_axis, key, label_room, left_axis
from wattport.report.drawing import WIDE_PX, Table, drawing
from wattport.report.numerals import THIN_SPACE, day_name, whole
from wattport.report.palette import SERIES
from wattport.report.scale import Scale, Tick, date_ticks
from wattport.report.svg import SMALL_PX, line, path, text, tip_area
from wattport.report.typeface import text_width

_SHARES = tuple(share / 100.0 for share in range(0, 101, 5))


@dataclass(frozen=True)
class Mark:
    """A date somebody planned or wants."""

    name: str
    day: float


@dataclass(frozen=True)
class Likelihood:
    r"""
    Share of futures that are done by a date.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    curve : tuple of (str, tuple of float)
        Name, and the dates by which 0, 5 ... 100 % of the futures are done: 21 of them.
    mark : tuple of Mark
        Vertical lines.

    Examples
    --------
    >>> days = tuple(100.0 + k for k in range(21))
    >>> Likelihood("Finish", "", (("as planned", days),)).table().rows[10]
    ('50\u202f%', '21 Apr 2026')
    """

    title: str
    description: str
    curve: tuple[tuple[str, tuple[float, ...]], ...]
    mark: tuple[Mark, ...] = ()

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        entries = [(SERIES[k], name) for k, (name, _) in enumerate(self.curve)]
        legend, legend_px = key(entries, width_px, 0.0)
        ticks = [Tick(share, f"{whole(100 * share)}{THIN_SPACE}%") for share in _SHARES[::5]]
        top = legend_px + 44 + 15.0 * len(self.mark)
        box = Box(label_room(ticks), top, width_px - 14, top + 250.0)
        days = [day for _, dates in self.curve for day in dates]
        days += [mark.day for mark in self.mark]
        margin = 0.02 * (max(days) - min(days)) + 0.5
        across = Scale(min(days) - margin, max(days) + margin, box.left, box.right)
        up = Scale(0.0, 1.0, box.bottom, box.top)
        marks = date_ticks(across.low, across.high, max(3, int(box.width) // 80))
        parts = [*legend, *left_axis(box, up, ticks, "futures done by the date")]
        parts += bottom_axis(box, across, marks)
        parts += self._marks(box, across, legend_px + 18)
        for k, (_, dates) in reversed(list(enumerate(self.curve))):
            points = [(across(day), up(s)) for day, s in zip(dates, _SHARES, strict=True)]
            dash = None if k == 0 else "6 3"
            parts.append(path(points, stroke=SERIES[k], width_px=2.4, dash=dash))
        parts += self._tips(box, up)
        return drawing(self.title, self.description, width_px, box.bottom + 24, parts)

    def table(self) -> Table:
        """List the dates."""
        rows = tuple(
            (f"{whole(100 * share)}{THIN_SPACE}%", *(day_name(dates[k]) for _, dates in self.curve))
            for k, share in enumerate(_SHARES)
        )
        return Table(("Done by", *(name for name, _ in self.curve)), rows)

    def _marks(self, box: Box, across: Scale, top: float) -> list[Markup]:
        parts = []
        for row, mark in enumerate(self.mark):
            x, y = across(mark.day), top + 15.0 * row
            words = f"{mark.name}: {day_name(mark.day)}"
            half = text_width(words, SMALL_PX) / 2
            place = min(max(x, half + 1), box.right + 12 - half)
            parts.append(line(x, y + 4, x, box.bottom, "red", dash="4 3"))
            parts.append(
                text(place, y, words, anchor="middle", size_px=SMALL_PX, colour="red",
                     has_halo=True)
            )  # fmt: skip
        return parts

    def _tips(self, box: Box, up: Scale) -> list[Markup]:
        strips = []
        for k, share in enumerate(_SHARES):
            lines = [f"{whole(100 * share)}{THIN_SPACE}% of the futures are done by"]
            lines += [f"{day_name(dates[k])} ({name})" for name, dates in self.curve]
            high, low = up(min(1.0, share + 0.025)), up(max(0.0, share - 0.025))
            strips.append(tip_area(box.left, high, box.width, low - high, "\n".join(lines)))
        return strips
