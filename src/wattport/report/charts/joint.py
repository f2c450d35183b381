"""How likely a date and a sum hold together: one cell for each pair."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.drawing import WIDE_PX, Table, drawing
from wattport.report.numerals import THIN_SPACE, whole
from wattport.report.palette import ink_on, ramp
from wattport.report.svg import SMALL_PX, line, rect, tag, text
from wattport.report.typeface import shorten, text_width

_ROW_PX = 30.0


@dataclass(frozen=True)
class Edge:
    """One date or sum; `note` marks one that somebody named in public or wants."""

    name: str
    note: str = ""


@dataclass(frozen=True)
class Joint:
    r"""
    Share of draws within each pair of a date (across) and a sum (up).

    Parameters
    ----------
    title, description : str
        What a reader should see.
    date, sum : tuple of Edge
        Rising.
    share_frac : tuple of tuple of float
        ``share_frac[date][sum]``.
    date_name, sum_name : str
        What the axes are.

    Examples
    --------
    >>> joint = Joint("Both", "", (Edge("2029"),), (Edge("9"),), ((0.4,),), "ready by", "within")
    >>> joint.table().rows
    (('9', '40\u202f%'),)
    """

    title: str
    description: str
    date: tuple[Edge, ...]
    sum: tuple[Edge, ...]
    share_frac: tuple[tuple[float, ...], ...]
    date_name: str
    sum_name: str

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        is_narrow = width_px < 560
        left = 104.0 if is_narrow else 170.0
        cell_px = (width_px - left - 2) / max(1, len(self.date))
        parts = [text(0, 14, self.sum_name, size_px=SMALL_PX, colour="soft")]
        top = 24.0
        for row, edge in enumerate(reversed(self.sum)):
            y = top + row * _ROW_PX
            s = len(self.sum) - 1 - row
            parts += _row_name(edge, y, left - 8)
            for d in range(len(self.date)):
                parts += self._cell(d, s, left + d * cell_px, y, cell_px)
        bottom = top + _ROW_PX * len(self.sum)
        stride = 1 if cell_px > text_width("Sep 2028", SMALL_PX) + 8 else 2
        for d, edge in enumerate(self.date):
            if d % stride and not edge.note:
                continue
            parts += self._column_name(edge, left + (d + 0.5) * cell_px, bottom, width_px)
        parts.append(
            text(width_px - 2, bottom + 48, self.date_name, anchor="end", size_px=SMALL_PX,
                 colour="soft")
        )  # fmt: skip
        return drawing(self.title, self.description, width_px, bottom + 56, parts)

    def table(self) -> Table:
        """List the shares."""
        rows = tuple(
            (_words(edge), *(_share(column[s]) for column in self.share_frac))
            for s, edge in enumerate(self.sum)
        )
        return Table((self.sum_name, *(_words(edge) for edge in self.date)), rows)

    def _cell(self, d: int, s: int, x: float, y: float, cell_px: float) -> list[Markup]:
        share = self.share_frac[d][s]
        colour = ramp(share)
        tip = (
            f"{self.date_name} {_words(self.date[d])}\n{self.sum_name} {_words(self.sum[s])}\n"
            f"{_share(share)} of the draws do both"
        )
        is_marked = bool(self.date[d].note or self.sum[s].note)
        words = whole(100 * share) if cell_px < 44 else _share(share)
        number = tag(
            "text", words, x=x + cell_px / 2, y=y + _ROW_PX / 2 + 4, text_anchor="middle",
            font_size=SMALL_PX, fill=ink_on(colour), pointer_events="none",
            font_weight="bold" if is_marked else None,
        )  # fmt: skip
        return [rect(x, y, cell_px - 1.5, _ROW_PX - 1.5, colour, tip=tip), number]

    def _column_name(
        self, edge: Edge, centre: float, bottom: float, width_px: float
    ) -> list[Markup]:
        parts = [line(centre, bottom, centre, bottom + 4, "soft")]
        for row, words in enumerate((edge.name, edge.note)):
            half = text_width(words, SMALL_PX, bool(edge.note)) / 2
            x = min(centre, width_px - half - 1)
            parts.append(
                text(x, bottom + 17 + 14 * row, words, anchor="middle", size_px=SMALL_PX,
                     is_bold=bool(edge.note))
            )  # fmt: skip
        return parts


def _row_name(edge: Edge, y: float, right: float) -> list[Markup]:
    is_bold = bool(edge.note)
    name = text(right, y + (13 if is_bold else 19), edge.name, anchor="end", size_px=SMALL_PX,
                is_bold=is_bold)  # fmt: skip
    if not edge.note:
        return [name]
    note = shorten(edge.note, right, SMALL_PX)
    return [name, text(right, y + 25, note, anchor="end", size_px=SMALL_PX)]


def _words(edge: Edge) -> str:
    return f"{edge.name} ({edge.note})" if edge.note else edge.name


def _share(share_frac: float) -> str:
    return f"{whole(100 * share_frac)}{THIN_SPACE}%"
