"""One-line diagram: from the grid down to the halls, with counts and ratings."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.drawing import WIDE_PX, Table, drawing
from wattport.report.palette import COLOURS
from wattport.report.svg import SMALL_PX, line, path, rect, tag, text
from wattport.report.typeface import wrap

ROW_PX = 92.0
LINE_PX = 15.0


@dataclass(frozen=True)
class Feeder:
    """One level of the network: how many units, of what rating, drawn as which symbol."""

    name: str
    count: str  # as printed: "9", "8 to 11"
    n_drawn: int  # symbols drawn, at most four
    rating: str
    symbol: str  # grid, transformer, module, hall
    busbar: str = ""  # bus under the level, such as "33 kV"


@dataclass(frozen=True)
class OneLine:
    """
    Levels from the grid (top) to the halls.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    level : tuple of Feeder
        From the top.

    Examples
    --------
    >>> grid = Feeder("Grid", "1", 1, "400 kV, 1 700 MW", "grid", "400 kV")
    >>> OneLine("One-line", "", (grid,)).table().rows[0][0]
    'Grid'
    """

    title: str
    description: str
    level: tuple[Feeder, ...]

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        is_narrow = width_px < 560
        draw_px = 150.0 if is_narrow else 420.0
        words_x = draw_px + (14.0 if is_narrow else 30.0)
        parts: list[Markup] = []
        for index, level in enumerate(self.level):
            top = 4.0 + index * ROW_PX
            columns = _columns(level, draw_px)
            for x in columns:
                is_last = index == len(self.level) - 1
                parts += _stems(x, top, index > 0, not is_last)
                parts += _SYMBOL[level.symbol](x, top)
            if level.n_drawn > len(columns):
                parts.append(text(draw_px - 12, top + 42, "\u2026", anchor="middle", is_bold=True))
            if level.busbar:
                y = top + ROW_PX - 12
                parts.append(line(10, y, draw_px - 4, y, "ink", width_px=3.5))
                parts.append(text(words_x, y + 4, level.busbar, size_px=SMALL_PX, colour="soft"))
            parts += self._words(level, words_x, top, width_px - words_x)
        height = ROW_PX * len(self.level) + 4
        return drawing(self.title, self.description, width_px, height, parts)

    def table(self) -> Table:
        """List the levels."""
        rows = tuple((lv.name, lv.count, lv.rating, lv.busbar) for lv in self.level)
        return Table(("Level", "Count", "Rating", "Busbar below"), rows)

    def _words(self, level: Feeder, x: float, top: float, room: float) -> list[Markup]:
        head = wrap(f"{level.count} \u00d7 {level.name}", room, 12.0, True)[:2]
        body = wrap(level.rating, room, SMALL_PX)[: 4 - len(head)]
        parts = [
            text(x, top + 20 + k * LINE_PX, words, is_bold=True) for k, words in enumerate(head)
        ]
        start = top + 20 + len(head) * LINE_PX
        return parts + [
            text(x, start + k * LINE_PX, words, size_px=SMALL_PX, colour="soft")
            for k, words in enumerate(body)
        ]


def _columns(level: Feeder, draw_px: float) -> list[float]:
    shown = min(level.n_drawn, 2 if draw_px < 200 else 4)
    if level.n_drawn == 1:
        return [draw_px / 2]
    usable = draw_px - 44.0
    return [22.0 + usable * (k + 0.5) / shown for k in range(shown)]


def _stems(x: float, top: float, has_above: bool, has_below: bool) -> list[Markup]:
    stems = []
    if has_above:
        stems.append(line(x, top - 12, x, top + 18, "ink", width_px=1.5))
    if has_below:
        stems.append(line(x, top + 58, x, top + ROW_PX - 12, "ink", width_px=1.5))
    return stems


def _circle(x: float, y: float, radius: float) -> Markup:
    return tag(
        "circle",
        cx=x,
        cy=y,
        r=radius,
        class_="f-paper s-blue",
        fill=COLOURS["paper"][0],
        fill_opacity="0.6",
        stroke=COLOURS["blue"][0],
        stroke_width=2.0,
    )


def _grid(x: float, top: float) -> list[Markup]:
    box = rect(x - 20, top + 18, 40, 40, "panel", outline="ink")
    hatch = [line(x - 20 + k, top + 58, x - 20 + k + 10, top + 18, "soft") for k in (0, 10, 20, 30)]
    return [box, *hatch]


def _transformer(x: float, top: float) -> list[Markup]:
    return [_circle(x, top + 30, 12), _circle(x, top + 46, 12)]


def _module(x: float, top: float) -> list[Markup]:
    box = rect(x - 19, top + 18, 38, 40, "panel", outline="green", radius_px=3)
    slash = line(x - 19, top + 58, x + 19, top + 18, "green", width_px=1.5)
    wave = path(
        [(x - 13, top + 28), (x - 9, top + 25), (x - 5, top + 30), (x - 1, top + 27)],
        stroke="green",
        width_px=1.5,
    )
    direct = line(x + 2, top + 50, x + 13, top + 50, "green", width_px=1.8)
    return [box, slash, wave, direct]


def _hall(x: float, top: float) -> list[Markup]:
    box = rect(x - 20, top + 18, 40, 34, "panel", outline="orange", radius_px=2)
    racks = [rect(x - 15 + 8 * k, top + 24, 5, 22, "orange", opacity="0.75") for k in range(4)]
    return [box, *racks]


_SYMBOL = {"grid": _grid, "transformer": _transformer, "module": _module, "hall": _hall}
