"""Energy from node to node: a trunk along the top, what it loses below."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.drawing import WIDE_PX, Table, drawing
from wattport.report.numerals import number, per_cent
from wattport.report.palette import COLOURS
from wattport.report.svg import SMALL_PX, pixels, rect, tag, text
from wattport.report.typeface import shorten, wrap

NODE_PX = 12.0
TRUNK_PX = 170.0
LABEL_LINES = 2
TRUNK_GAP_PX = 26.0
LINE_PX = 14.0


@dataclass(frozen=True)
class Link:
    """A flow between two nodes."""

    source: str
    target: str
    value: float


@dataclass(frozen=True)
class Sankey:
    r"""
    Flows that never run in a circle.

    The first target of a node carries the trunk on; the others branch off downwards. On a narrow
    screen the same numbers are drawn as bars, one under the other.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    link : tuple of Link
        In the order the energy flows; values are positive and finite.
    unit : str
        Unit of the values.

    Examples
    --------
    >>> flow = (Link("Grid", "IT", 90.0), Link("Grid", "losses", 10.0))
    >>> Sankey("Energy", "", flow, "GWh").table().rows[1]
    ('Grid', 'losses', '10.00', '10\u202f%')
    """

    title: str
    description: str
    link: tuple[Link, ...]
    unit: str

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        return self._bars(width_px) if width_px < 560 else self._ribbons(width_px)

    def table(self) -> Table:
        """List the flows with their share of what enters."""
        total = self._entering()
        rows = tuple(
            (flow.source, flow.target, number(flow.value, 4), per_cent(flow.value / total))
            for flow in self.link
        )
        return Table(("From", "To", self.unit, "Share of what enters"), rows)

    def _entering(self) -> float:
        targets = {flow.target for flow in self.link}
        return sum(flow.value for flow in self.link if flow.source not in targets)

    def _values(self) -> dict[str, float]:
        into: dict[str, float] = {}
        out: dict[str, float] = {}
        for flow in self.link:
            out[flow.source] = out.get(flow.source, 0.0) + flow.value
            into[flow.target] = into.get(flow.target, 0.0) + flow.value
        names = dict.fromkeys(name for flow in self.link for name in (flow.source, flow.target))
        return {name: max(into.get(name, 0.0), out.get(name, 0.0)) for name in names}

    def _layers(self) -> list[list[str]]:
        depth: dict[str, int] = {}
        for flow in self.link:
            depth.setdefault(flow.source, 0)
            depth[flow.target] = max(depth.get(flow.target, 0), depth[flow.source] + 1)
        layers: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
        for name, level in depth.items():
            layers[level].append(name)
        return layers

    def _amount(self, value: float) -> str:
        # A fourth digit shows what the trunk loses from node to node.
        return f"{number(value, 4 if value >= 1000 else 3)} {self.unit}"

    def _says(self, name: str, value: float) -> str:
        return f"{name}\n{self._amount(value)}, {per_cent(value / self._entering())}"

    def _colour(self, name: str) -> str:
        goes_on = {flow.source for flow in self.link}
        if name in goes_on:
            return "blue"
        last = next(flow.source for flow in self.link if flow.target == name)
        first_target = next(flow.target for flow in self.link if flow.source == last)
        return "green" if first_target == name else "orange"

    def _bars(self, width_px: int) -> Markup:
        values = self._values()
        full = max(values.values())
        parts = []
        y = 0.0
        for name in (name for layer in self._layers() for name in layer):
            words = self._amount(values[name])
            room = width_px - 110.0
            parts.append(text(0, y + 12, shorten(name, room, SMALL_PX), size_px=SMALL_PX))
            parts.append(text(width_px, y + 12, words, anchor="end", size_px=SMALL_PX))
            bar_px = max(1.0, values[name] / full * width_px)
            tip = self._says(name, values[name])
            parts.append(rect(0, y + 17, bar_px, 9, self._colour(name), tip=tip, radius_px=2))
            y += 34
        return drawing(self.title, self.description, width_px, y, parts)

    def _ribbons(self, width_px: int) -> Markup:
        values, layers = self._values(), self._layers()
        scale = TRUNK_PX / max(values.values())
        pitch = (width_px - NODE_PX - 92.0) / max(1, len(layers) - 1)
        room = pitch - 14
        tops = max(len(wrap(layer[0], room, SMALL_PX)) for layer in layers) + 1
        top = tops * LINE_PX + 8
        place: dict[str, tuple[float, float]] = {}
        for level, layer in enumerate(layers):
            y = top
            for name in layer:
                place[name] = (level * pitch, y)
                n_lines = len(wrap(name, room, SMALL_PX)[:LABEL_LINES]) + 1
                gap = TRUNK_GAP_PX if name == layer[0] else n_lines * LINE_PX + 12
                y += values[name] * scale + gap
        bottom = max(y + values[name] * scale for name, (_, y) in place.items())
        parts = self._flows(place, scale)
        for layer in layers:
            for index, name in enumerate(layer):
                parts += self._node(name, values[name], place[name], scale, room, index == 0)
        return drawing(
            self.title, self.description, width_px, bottom + (LABEL_LINES + 1) * LINE_PX + 6, parts
        )

    def _flows(self, place: dict[str, tuple[float, float]], scale: float) -> list[Markup]:
        leaving = {name: y for name, (_, y) in place.items()}
        arriving = dict(leaving)
        parts = []
        for flow in self.link:
            thick = flow.value * scale
            x0, x1 = place[flow.source][0] + NODE_PX, place[flow.target][0]
            y0, y1 = leaving[flow.source], arriving[flow.target]
            leaving[flow.source] += thick
            arriving[flow.target] += thick
            middle = pixels((x0 + x1) / 2)
            run = (
                f"M{pixels(x0)} {pixels(y0)}C{middle} {pixels(y0)} {middle} {pixels(y1)} "
                f"{pixels(x1)} {pixels(y1)}V{pixels(y1 + thick)}C{middle} {pixels(y1 + thick)} "
                f"{middle} {pixels(y0 + thick)} {pixels(x0)} {pixels(y0 + thick)}Z"
            )
            colour = self._colour(flow.target)
            tip = self._says(f"{flow.source} to {flow.target}", flow.value)
            parts.append(
                tag(
                    "path",
                    d=run,
                    class_=f"f-{colour}",
                    fill=COLOURS[colour][0],
                    fill_opacity="0.35",
                    data_tip=tip,
                )
            )
        return parts

    def _node(
        self,
        name: str,
        value: float,
        place: tuple[float, float],
        scale: float,
        room: float,
        is_trunk: bool,
    ) -> list[Markup]:
        x, y = place
        tall = max(1.0, value * scale)
        parts = [rect(x, y, NODE_PX, tall, self._colour(name), tip=self._says(name, value))]
        words = self._amount(value)
        if is_trunk:
            lines = [*wrap(name, room, SMALL_PX), words]
            start = y - 6 - LINE_PX * (len(lines) - 1)
            left = x
        else:
            # Under the node: the next stage's loss flows past on its right.
            lines = [*wrap(name, room, SMALL_PX)[:LABEL_LINES], words]
            start = y + tall + LINE_PX
            left = x
        for k, words_k in enumerate(lines):
            colour = "soft" if k == len(lines) - 1 else "ink"
            parts.append(
                text(
                    left,
                    start + k * LINE_PX,
                    words_k,
                    size_px=SMALL_PX,
                    colour=colour,
                    has_halo=True,
                )
            )
        return parts
