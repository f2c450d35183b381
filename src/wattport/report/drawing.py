"""A chart as a whole: its contract, its frame with title and description, its patterns."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup

from wattport.report.palette import style
from wattport.report.svg import line, pixels, rect, tag
from wattport.report.typeface import FAMILY

WIDE_PX = 880
NARROW_PX = 344
PATTERN_PX = 6


@dataclass(frozen=True)
class Table:
    """What a chart shows, as text, for those who cannot or would rather not look at it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Chart(Protocol):
    """A frozen value that can draw itself at a width and say its numbers."""

    @property
    def title(self) -> str:
        """What the chart shows."""

    @property
    def description(self) -> str:
        """What a reader should see in it."""

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""

    def table(self) -> Table:
        """List the numbers."""


def pattern(identity: str, kind: str, colour: str) -> Markup:
    """
    A fill that can be told from others without its colour.

    Parameters
    ----------
    identity : str
        Element id, unique in the page.
    kind : str
        ``solid``, ``hatch``, ``sparse``, ``level`` or ``dots``.
    colour : str
        Name in the palette.

    Returns
    -------
    Markup
        A ``pattern`` element for ``defs``.

    Examples
    --------
    >>> pattern("a", "hatch", "red").startswith("<pattern")
    True
    """
    size = PATTERN_PX
    marks = [rect(0, 0, size, size, colour)]
    if kind == "hatch":
        marks += [
            line(-1, 1, 1, -1, "paper", width_px=1.6),
            line(0, size, size, 0, "paper", width_px=1.6),
            line(size - 1, size + 1, size + 1, size - 1, "paper", width_px=1.6),
        ]
    elif kind == "sparse":
        marks.append(line(size / 2, 0, size / 2, size, "paper", width_px=1.4))
    elif kind == "level":
        marks.append(line(0, size / 2, size, size / 2, "paper", width_px=1.6))
    elif kind == "dots":
        marks.append(rect(2, 2, 2, 2, "paper"))
    return tag(
        "pattern", *marks, id=identity, width=size, height=size, patternUnits="userSpaceOnUse"
    )


def identity(*parts: str) -> str:
    """
    An element id that is the same for the same content, hence reproducible.

    Parameters
    ----------
    *parts : str
        What makes the element unique in its page.

    Returns
    -------
    str
        Letters and digits.

    Examples
    --------
    >>> identity("Gantt", "880") == identity("Gantt", "880")
    True
    """
    return "wp" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:10]


def drawing(
    title: str,
    description: str,
    width_px: float,
    height_px: float,
    parts: list[Markup],
    definitions: list[Markup] | None = None,
) -> Markup:
    """
    The whole SVG with its title, description and style.

    Parameters
    ----------
    title, description : str
        Read aloud by screen readers.
    width_px, height_px : float
        Size of the view box. [px]
    parts : list of Markup
        Elements in painting order.
    definitions : list of Markup, optional
        Patterns that the elements refer to.

    Returns
    -------
    Markup
        A complete ``svg`` element that looks the same in any page.

    Examples
    --------
    >>> drawing("T", "D", 100, 50, []).count("role=")
    1
    """
    name = identity(title, description, pixels(width_px))
    body = [
        tag("title", title, id=name + "t"),
        tag("desc", description, id=name + "d"),
        tag("style", Markup(style()) + Markup(_HALO)),
    ]
    if definitions:
        body.append(tag("defs", *definitions))
    return tag(
        "svg",
        *body,
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        class_="wp",
        role="img",
        viewBox=f"0 0 {pixels(width_px)} {pixels(height_px)}",
        width=width_px,
        height=height_px,
        font_family=FAMILY,
        aria_labelledby=f"{name}t {name}d",
    )


_HALO = (
    ".wp .halo{paint-order:stroke;stroke:var(--wp-paper);stroke-width:3px;stroke-linejoin:round}"
)
