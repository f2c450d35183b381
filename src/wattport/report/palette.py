"""
Colours that survive colour-blindness, a dark screen and a printer.

Each colour is a CSS variable with a light and a dark value, so that one SVG serves both; the
light value stands beside it as a fallback where style sheets are stripped. Colour is never the
only cue: series carry labels, statuses carry a word and a pattern.

References
----------
M. Okabe and K. Ito, "Color Universal Design", 2008 (the eight hues; darkened here where the
original is too pale on white). S. van der Walt and N. Smith, *viridis*, 2015, released CC0
(the stops of the perceptual ramp).
"""

from __future__ import annotations

from typing import Final

# name: (light, dark)
COLOURS: Final[dict[str, tuple[str, str]]] = {
    "paper": ("#ffffff", "#14181d"),
    "panel": ("#f5f7f9", "#1d232a"),
    "ink": ("#1a2027", "#e8ecf0"),
    "soft": ("#545e69", "#a9b4bf"),
    "rule": ("#dde2e7", "#343d47"),
    "blue": ("#0072b2", "#4aa8e0"),
    "orange": ("#d98200", "#f0ab3c"),
    "green": ("#00845f", "#2fbf95"),
    "red": ("#c44601", "#f0824a"),
    "purple": ("#a8578a", "#d99ac0"),
    "sky": ("#4ea5d9", "#8fd0f5"),
    "grey": ("#8a949e", "#7d8893"),
    "yellow": ("#b59b00", "#e6d75a"),
    "brown": ("#7a4b2a", "#c49a78"),
}

SERIES: Final = (
    "blue",
    "orange",
    "green",
    "purple",
    "sky",
    "red",
    "yellow",
    "grey",
    "brown",
    "soft",
)

# A number's pedigree, from a statement to no source at all.
STATUS_COLOUR: Final[dict[str, str]] = {
    "announced": "purple",
    "measured": "green",
    "published": "blue",
    "inferred": "orange",
    "guess": "red",
    "user": "grey",
}
STATUS_PATTERN: Final[dict[str, str]] = {
    "announced": "dots",
    "measured": "solid",
    "published": "solid",
    "inferred": "sparse",
    "guess": "hatch",
    "user": "sparse",
}

_RAMP: Final = (
    "#440154",
    "#482878",
    "#3e4a89",
    "#31688e",
    "#26828e",
    "#1f9e89",
    "#35b779",
    "#6ece58",
    "#b5de2b",
    "#fde725",
)


def ramp(share_frac: float) -> str:
    """
    Colour of the perceptual ramp: dark violet at 0, yellow at 1.

    Parameters
    ----------
    share_frac : float
        Place on the ramp; held to 0..1.

    Returns
    -------
    str
        ``#rrggbb``.

    Examples
    --------
    >>> ramp(0.0), ramp(1.0), ramp(0.5)
    ('#440154', '#fde725', '#22908c')
    """
    place = min(1.0, max(0.0, share_frac)) * (len(_RAMP) - 1)
    lower = min(int(place), len(_RAMP) - 2)
    part = place - lower
    low, high = _channels(_RAMP[lower]), _channels(_RAMP[lower + 1])
    mixed = [round(a + part * (b - a)) for a, b in zip(low, high, strict=True)]
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def ink_on(colour: str) -> str:
    """
    Black or white, whichever reads better on a colour.

    Parameters
    ----------
    colour : str
        ``#rrggbb``.

    Returns
    -------
    str
        ``#000000`` or ``#ffffff``, by WCAG relative luminance.

    Examples
    --------
    >>> ink_on("#440154"), ink_on("#fde725")
    ('#ffffff', '#000000')
    """
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in _channels(colour))
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > 0.179 else "#ffffff"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def variables(theme: int) -> str:
    """
    The colours as CSS custom properties.

    Parameters
    ----------
    theme : int
        0 for light, 1 for dark.

    Returns
    -------
    str
        ``--wp-ink:#1a2027;...``.

    Examples
    --------
    >>> variables(0).split(";")[0]
    '--wp-paper:#ffffff'
    """
    return ";".join(f"--wp-{name}:{pair[theme]}" for name, pair in COLOURS.items())


def style() -> str:
    """
    The style sheet each chart carries, so that it looks the same in any page.

    Returns
    -------
    str
        CSS scoped to ``svg.wp``: variables for light, dark and print, and the classes
        ``f-<colour>`` (fill) and ``s-<colour>`` (stroke).

    Examples
    --------
    >>> "prefers-color-scheme:dark" in style()
    True
    """
    fills = "".join(f".wp .f-{n}{{fill:var(--wp-{n})}}" for n in COLOURS)
    strokes = "".join(f".wp .s-{n}{{stroke:var(--wp-{n})}}" for n in COLOURS)
    return (
        f"svg.wp{{{variables(0)}}}"
        f"@media screen and (prefers-color-scheme:dark){{svg.wp{{{variables(1)}}}}}"
        f"{fills}{strokes}"
    )
