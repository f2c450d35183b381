"""
The one SVG renderer: charts are text, made by pure functions.

Everything a chart draws goes through `tag`, which escapes what is not already markup and refuses
a coordinate that is not a number. So a hostile label cannot leave its element, and a NaN fails in
the test rather than vanishing on the page.
"""

from __future__ import annotations

import math

from markupsafe import Markup, escape

from wattport.report.palette import COLOURS

BODY_PX = 12.0
SMALL_PX = 11.0


def pixels(value: float) -> str:
    """
    A coordinate with at most one decimal.

    Parameters
    ----------
    value : float
        Coordinate. [px, finite]

    Returns
    -------
    str
        Text for an SVG attribute.

    Raises
    ------
    ValueError
        When the coordinate is not finite: a chart must decide what a missing value looks like.

    Examples
    --------
    >>> pixels(12.04), pixels(3.96)
    ('12', '4')
    """
    if not math.isfinite(value):
        raise ValueError(
            f"a chart has a coordinate {value}: missing values need a look of their own"
        )
    text = f"{value:.1f}"
    text = text[:-2] if text.endswith(".0") else text
    return "0" if text == "-0" else text


def tag(name: str, *inside: str, **attributes: str | float | None) -> Markup:
    """
    An SVG element.

    Parameters
    ----------
    name : str
        Element name.
    *inside : str
        Content; what is not `Markup` is escaped.
    **attributes : str or float or None
        Underscores become hyphens, a trailing one is dropped (``class_``); None is left out.

    Returns
    -------
    Markup
        The element.

    Examples
    --------
    >>> tag("rect", x=1.0, class_="f-blue", data_tip='"<b>"')
    Markup('<rect x="1" class="f-blue" data-tip="&#34;&lt;b&gt;&#34;"/>')
    """
    parts = [name]
    for key, value in attributes.items():
        if value is not None:
            text = value if isinstance(value, str) else pixels(value)
            parts.append(f'{key.rstrip("_").replace("_", "-")}="{escape(text)}"')
    opening = " ".join(parts)
    if not inside:
        return Markup(f"<{opening}/>")
    content = "".join(escape(part) for part in inside)
    return Markup(f"<{opening}>{content}</{name}>")


def join(parts: list[Markup]) -> Markup:
    """
    Elements one after the other.

    Parameters
    ----------
    parts : list of Markup
        Elements in painting order.

    Returns
    -------
    Markup
        All of them.

    Examples
    --------
    >>> join([tag("g"), tag("g")])
    Markup('<g/><g/>')
    """
    return Markup("").join(parts)


def text(
    x_px: float,
    y_px: float,
    words: str,
    *,
    anchor: str = "start",
    size_px: float = BODY_PX,
    colour: str = "ink",
    is_bold: bool = False,
    has_halo: bool = False,
) -> Markup:
    """
    A line of text.

    Parameters
    ----------
    x_px, y_px : float
        Anchor and baseline. [px]
    words : str
        Plain text.
    anchor : str
        ``start``, ``middle`` or ``end``.
    size_px : float
        Font size. [px]
    colour : str
        Name in the palette.
    is_bold : bool
        Set in bold.
    has_halo : bool
        Outline in the colour of the paper, for text that lies on a drawing.

    Returns
    -------
    Markup
        A ``text`` element.

    Examples
    --------
    >>> "font-size" in text(0, 0, "MW")
    True
    """
    return tag(
        "text",
        words,
        x=x_px,
        y=y_px,
        class_=f"f-{colour} halo" if has_halo else f"f-{colour}",
        fill=COLOURS[colour][0],
        text_anchor=None if anchor == "start" else anchor,
        font_size=size_px,
        font_weight="bold" if is_bold else None,
    )


def rect(
    x_px: float,
    y_px: float,
    width_px: float,
    height_px: float,
    colour: str,
    *,
    tip: str | None = None,
    outline: str | None = None,
    opacity: str | None = None,
    radius_px: float | None = None,
) -> Markup:
    """
    A filled rectangle, which may carry a hover text.

    Parameters
    ----------
    x_px, y_px, width_px, height_px : float
        Box. [px; a negative extent from rounding is drawn as none]
    colour : str
        Name in the palette, or ``#rrggbb``.
    tip : str, optional
        Text on hover and focus; lines split at newlines.
    outline : str, optional
        Name in the palette of the border.
    opacity : str, optional
        Fill opacity.
    radius_px : float, optional
        Rounded corners.

    Returns
    -------
    Markup
        A ``rect`` element.

    Examples
    --------
    >>> rect(0, 0, 10, 5, "blue").count("f-blue")
    1
    """
    classes, fill = _fill(colour)
    if outline:
        classes = f"{classes or ''} s-{outline}".strip()
    return tag(
        "rect",
        x=x_px,
        y=y_px,
        width=max(0.0, width_px),
        height=max(0.0, height_px),
        class_=classes,
        fill=fill,
        stroke=COLOURS[outline][0] if outline else None,
        fill_opacity=opacity,
        rx=radius_px,
        data_tip=tip,
    )


def line(
    x1_px: float,
    y1_px: float,
    x2_px: float,
    y2_px: float,
    colour: str = "rule",
    *,
    width_px: float = 1.0,
    dash: str | None = None,
) -> Markup:
    """
    A straight line.

    Parameters
    ----------
    x1_px, y1_px, x2_px, y2_px : float
        Ends. [px]
    colour : str
        Name in the palette.
    width_px : float
        Stroke width. [px]
    dash : str, optional
        Dash pattern.

    Returns
    -------
    Markup
        A ``line`` element.

    Examples
    --------
    >>> line(0, 0, 1, 1).startswith("<line")
    True
    """
    return tag(
        "line",
        x1=x1_px,
        y1=y1_px,
        x2=x2_px,
        y2=y2_px,
        class_=f"s-{colour}",
        stroke=COLOURS[colour][0],
        stroke_width=width_px,
        stroke_dasharray=dash,
    )


def path(
    points: list[tuple[float, float]],
    *,
    stroke: str | None = None,
    fill: str | None = None,
    width_px: float = 2.0,
    opacity: str | None = None,
    dash: str | None = None,
) -> Markup:
    """
    A run of straight pieces, open when stroked, closed when filled.

    Parameters
    ----------
    points : list of (float, float)
        Corners. [px]
    stroke, fill : str, optional
        Names in the palette.
    width_px : float
        Stroke width. [px]
    opacity : str, optional
        Fill opacity.
    dash : str, optional
        Dash pattern of the stroke.

    Returns
    -------
    Markup
        A ``path`` element.

    Examples
    --------
    >>> path([(0, 0), (5, 5)], stroke="blue").count("M0 0L5 5")
    1
    """
    run = "M" + "L".join(f"{pixels(x)} {pixels(y)}" for x, y in points)
    names = [f"f-{fill}" if fill else None, f"s-{stroke}" if stroke else None]
    return tag(
        "path",
        d=run + ("Z" if fill else ""),
        class_=" ".join(name for name in names if name),
        fill=COLOURS[fill][0] if fill else "none",
        stroke=COLOURS[stroke][0] if stroke else None,
        stroke_width=width_px if stroke else None,
        fill_opacity=opacity,
        stroke_dasharray=dash,
        stroke_linejoin="round" if stroke else None,
    )


def tip_area(x_px: float, y_px: float, width_px: float, height_px: float, tip: str) -> Markup:
    """
    An invisible box that answers to the pointer and the keyboard.

    Parameters
    ----------
    x_px, y_px, width_px, height_px : float
        Box. [px]
    tip : str
        What it says.

    Returns
    -------
    Markup
        A ``rect`` that paints nothing.

    Examples
    --------
    >>> "transparent" in tip_area(0, 0, 5, 5, "12 MW")
    True
    """
    return tag(
        "rect", x=x_px, y=y_px, width=width_px, height=height_px, fill="transparent", data_tip=tip
    )


def _fill(colour: str) -> tuple[str | None, str]:
    if colour.startswith("#") or colour.startswith("url("):
        return None, colour
    return f"f-{colour}", COLOURS[colour][0]
