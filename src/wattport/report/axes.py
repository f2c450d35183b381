"""Axes, grids and keys: the parts that several charts share."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from wattport.report.scale import Scale, Tick
from wattport.report.svg import BODY_PX, SMALL_PX, line, rect, text
from wattport.report.typeface import shorten, text_width

NARROW_LIMIT_PX = 560
TICK_GAP_PX = 10.0


@dataclass(frozen=True)
class Box:
    """Edges of the plot area inside a chart, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Extent to the right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Extent downwards."""
        return self.bottom - self.top


def label_room(ticks: list[Tick]) -> float:
    """
    Room the labels of a left axis need.

    Parameters
    ----------
    ticks : list of Tick
        Ticks of the axis.

    Returns
    -------
    float
        Width with a gap to the plot. [px]

    Examples
    --------
    >>> label_room([Tick(0.0, "0")]) > 0
    True
    """
    return max(text_width(tick.text, SMALL_PX) for tick in ticks) + 8


def left_axis(box: Box, scale: Scale, ticks: list[Tick], title: str) -> list[Markup]:
    """
    Horizontal grid lines with labels, the unit written level above them.

    Parameters
    ----------
    box : Box
        Plot area; the title stands above its top.
    scale : Scale
        Values to vertical pixels.
    ticks : list of Tick
        Marks.
    title : str
        Quantity and unit.

    Returns
    -------
    list of Markup
        Elements in painting order.

    Examples
    --------
    >>> ticks = [Tick(0.0, "0"), Tick(1.0, "1")]
    >>> len(left_axis(Box(30, 20, 90, 80), Scale(0, 1, 80, 20), ticks, "MW"))
    5
    """
    parts = []
    for tick in ticks:
        y = scale(tick.value)
        colour = "soft" if tick.value == 0 else "rule"
        parts.append(line(box.left, y, box.right, y, colour))
        parts.append(
            text(box.left - 6, y + 4, tick.text, anchor="end", size_px=SMALL_PX, colour="soft")
        )
    parts.append(text(0, box.top - 10, title, size_px=SMALL_PX, colour="soft"))
    return parts


def bottom_axis(
    box: Box, scale: Scale, ticks: list[Tick], title: str = "", *, has_grid: bool = True
) -> list[Markup]:
    """
    Labels under the plot, thinned so that none touches the next.

    Parameters
    ----------
    box : Box
        Plot area.
    scale : Scale
        Values to horizontal pixels.
    ticks : list of Tick
        Marks in rising order.
    title : str
        Quantity and unit, under the labels; dates need none.
    has_grid : bool
        Draw a line up through the plot at each mark.

    Returns
    -------
    list of Markup
        Elements in painting order.

    Examples
    --------
    >>> ticks = [Tick(0.0, "2028"), Tick(1.0, "2029")]
    >>> len(bottom_axis(Box(30, 20, 190, 80), Scale(0, 1, 30, 190), ticks))
    4
    """
    parts = []
    for tick in thinned(scale, ticks):
        x = scale(tick.value)
        if has_grid:
            parts.append(line(x, box.top, x, box.bottom))
        half = text_width(tick.text, SMALL_PX) / 2
        place = min(max(x, half + 1), box.right + _margin(box) - half)
        parts.append(
            text(
                place, box.bottom + 16, tick.text, anchor="middle", size_px=SMALL_PX, colour="soft"
            )
        )
    if title:
        parts.append(
            text(box.right, box.bottom + 32, title, anchor="end", size_px=SMALL_PX, colour="soft")
        )
    return parts


def _margin(box: Box) -> float:
    # Charts leave at least this free to the right of the plot.
    return 12.0 if box.width > 0 else 0.0


def thinned(scale: Scale, ticks: list[Tick]) -> list[Tick]:
    """
    Every tick, or every second, third ... so that labels do not touch.

    Parameters
    ----------
    scale : Scale
        Values to horizontal pixels.
    ticks : list of Tick
        Marks in rising order.

    Returns
    -------
    list of Tick
        The ones to draw.

    Examples
    --------
    >>> ticks = [Tick(float(k), "2028") for k in range(5)]
    >>> [int(tick.value) for tick in thinned(Scale(0, 4, 0, 60), ticks)]
    [0, 3]
    """
    for stride in range(1, len(ticks) + 1):
        kept = ticks[::stride]
        ends = [(scale(t.value), text_width(t.text, SMALL_PX) / 2) for t in kept]
        pairs = pairwise(ends)
        if all(b - a >= half_a + half_b + TICK_GAP_PX for (a, half_a), (b, half_b) in pairs):
            return kept
    return ticks[:1]


def key(
    entries: list[tuple[str, str]], width_px: float, top_px: float
) -> tuple[list[Markup], float]:
    """
    A key of colours, wrapped into as many rows as it needs.

    Parameters
    ----------
    entries : list of (str, str)
        Fill (palette name or ``url(#...)``) and label.
    width_px : float
        Room. [px]
    top_px : float
        Where the first row starts. [px]

    Returns
    -------
    tuple of list of Markup and float
        Elements, and the height they take. [px]

    Examples
    --------
    >>> parts, height = key([("blue", "Facility"), ("orange", "IT")], 300.0, 0.0)
    >>> len(parts), height
    (4, 18.0)
    """
    parts: list[Markup] = []
    x, y = 0.0, top_px
    for fill, words in entries:
        label = shorten(words, width_px - 16, BODY_PX)
        need = 16 + text_width(label, BODY_PX) + 14
        if x and x + need - 14 > width_px:
            x, y = 0.0, y + 18
        parts.append(rect(x, y + 2, 11, 11, fill, radius_px=2))
        parts.append(text(x + 16, y + 12, label))
        x += need
    return parts, y - top_px + 18
