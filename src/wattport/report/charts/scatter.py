"""Date and cost of every future, and the share inside both a date and a sum."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.axes import Box, bottom_axis, label_room, left_axis
from wattport.report.drawing import WIDE_PX, Table, drawing
from wattport.report.numerals import THIN_SPACE, day_name, number, scale_of, whole
from wattport.report.palette import COLOURS
from wattport.report.scale import Scale, date_ticks, nice_ticks
from wattport.report.svg import SMALL_PX, line, pixels, rect, tag, text

_DOT_PX = 2.0


@dataclass(frozen=True)
class Scatter:
    """
    One dot for each future, on a plane cut by a date and a sum.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    day, cost : tuple of float
        Of each future; a few hundred are enough to see the cloud.
    date_day, budget : float
        The date and the sum that are wanted.
    share_frac : tuple of float
        Of all futures: inside both, late only, dear only, outside both.
    unit : str
        Currency.

    Examples
    --------
    >>> Scatter("Both", "", (10.0, 20.0), (1.0, 2.0), 15.0, 1.5, (0.5, 0.0, 0.0, 0.5),
    ...     "EUR").table().rows[0][0]
    'inside both'
    """

    title: str
    description: str
    day: tuple[float, ...]
    cost: tuple[float, ...]
    date_day: float
    budget: float
    share_frac: tuple[float, float, float, float]
    unit: str

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        factor, unit = scale_of(max(*self.cost, self.budget), "EUR")
        unit = unit.replace("EUR", self.unit).strip()
        costs = [cost / factor for cost in self.cost]
        budget = self.budget / factor
        ticks = nice_ticks(min(*costs, budget), max(*costs, budget), 5)
        box = Box(label_room(ticks), 34.0, width_px - 14.0, 334.0)
        up = Scale(ticks[0].value, ticks[-1].value, box.bottom, box.top)
        low, high = min(*self.day, self.date_day), max(*self.day, self.date_day)
        margin = 0.03 * (high - low) + 0.5
        across = Scale(low - margin, high + margin, box.left, box.right)
        marks = date_ticks(across.low, across.high, max(3, int(box.width) // 80))
        x, y = across(self.date_day), up(budget)
        parts = [rect(box.left, y, x - box.left, box.bottom - y, "green", opacity="0.12")]
        parts += left_axis(box, up, ticks, f"cost at completion ({unit})")
        parts += bottom_axis(box, across, marks, "end of the plan")
        dots = "".join(
            f"M{pixels(across(day) - _DOT_PX)} {pixels(up(cost))}h{pixels(2 * _DOT_PX)}"
            for day, cost in zip(self.day, costs, strict=True)
        )
        parts.append(
            tag("path", d=dots, class_="s-blue", stroke=COLOURS["blue"][0], fill="none",
                stroke_width=2 * _DOT_PX, stroke_opacity="0.45")
        )  # fmt: skip
        parts.append(line(x, box.top, x, box.bottom, "ink", width_px=1.4, dash="5 3"))
        parts.append(line(box.left, y, box.right, y, "ink", width_px=1.4, dash="5 3"))
        parts += self._words(box)
        return drawing(self.title, self.description, width_px, box.bottom + 40, parts)

    def _words(self, box: Box) -> list[Markup]:
        """The four shares, each in its corner."""
        inside, late, dear, outside = (
            f"{whole(100 * share)}{THIN_SPACE}%" for share in self.share_frac
        )
        corners = (
            (box.left + 6, box.bottom - 8, f"{inside} inside both", "start"),
            (box.right - 4, box.bottom - 8, f"{late} late only", "end"),
            (box.left + 6, box.top + 16, f"{dear} dear only", "start"),
            (box.right - 4, box.top + 16, f"{outside} late and dear", "end"),
        )
        return [
            text(x, y, words, anchor=anchor, size_px=SMALL_PX, is_bold=True, has_halo=True)
            for x, y, words, anchor in corners
        ]

    def table(self) -> Table:
        """List the shares."""
        date, sum = day_name(self.date_day), f"{number(self.budget, 4)} {self.unit}"
        names = ("inside both", "late only", "dear only", "late and dear")
        rows = tuple(
            (name, f"{whole(100 * share)}{THIN_SPACE}%")
            for name, share in zip(names, self.share_frac, strict=True)
        )
        return Table((f"By {date}, within {sum}", "Share of futures"), rows)
