"""
Widths of text, without a browser.

A chart is laid out before anyone knows which font will draw it. The advance widths below are
those of Helvetica, which Arial, Liberation Sans and Arimo match by design; `SLACK` covers the
slightly wider faces that phones and desktops fall back to.

References
----------
Adobe Systems, *Font Metrics for PDF Core 14 Fonts*, file ``Helvetica.afm`` (advance widths).
"""

from __future__ import annotations

from functools import lru_cache

FAMILY = "'Helvetica Neue',Helvetica,Arial,'Liberation Sans',Arimo,Roboto,sans-serif"
SLACK = 1.06
BOLD = 1.08
ELLIPSIS = "…"

_BY_WIDTH = {
    0: "\u00ad\u200b",
    191: "'",
    200: "\u2009\u202f",
    222: "ijl\u2018\u2019",
    260: "|",
    278: " !,./:;I[\\]ft\u00a0\u0131ìíîï·",
    360: "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079",
    333: "()-`r“”°",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "ckvxyszJçýÿš",
    556: "#$?0123456789_abdeghnopquL–€£àáâãäåèéêëñòóôõöøùúûü",
    584: "+<=>~×−±÷≤≥",
    611: "FTZß",
    667: "&ABEKPSVXYÀÁÂÃÄÅÈÉÊË",
    722: "CDHNRUwÇÑÙÚÛÜ",
    778: "GOQÒÓÔÕÖØ",
    833: "Mm",
    889: "%æ",
    944: "W",
    1000: "…—→←↑↓œŒÆ",
    1015: "@",
}
_WIDTH = {letter: width for width, letters in _BY_WIDTH.items() for letter in letters}
# A character without an entry may be a wide one (CJK, emoji): better to reserve too much.
_UNKNOWN = 1000


@lru_cache(maxsize=8192)
def text_width(text: str, size_px: float, is_bold: bool = False) -> float:
    """
    Width a line of text will take, on the wide side.

    Parameters
    ----------
    text : str
        One line.
    size_px : float
        Font size. [px, > 0]
    is_bold : bool
        Whether the line is set in bold.

    Returns
    -------
    float
        Advance width including `SLACK`. [px]

    Examples
    --------
    >>> round(text_width("1 700 MW", 12.0), 1)
    58.0
    >>> text_width("W", 12.0) > text_width("i", 12.0)
    True
    """
    thousandths = sum(_WIDTH.get(letter, _UNKNOWN) for letter in text)
    return thousandths / 1000 * size_px * SLACK * (BOLD if is_bold else 1.0)


def shorten(text: str, room_px: float, size_px: float, is_bold: bool = False) -> str:
    """
    Text cut with an ellipsis so that it fits its room.

    Parameters
    ----------
    text : str
        One line.
    room_px : float
        Width available. [px]
    size_px : float
        Font size. [px]
    is_bold : bool
        Whether the line is set in bold.

    Returns
    -------
    str
        `text` itself when it fits.

    Examples
    --------
    >>> shorten("Hall 12", 100.0, 12.0)
    'Hall 12'
    >>> shorten("Power module integration", 80.0, 12.0)
    'Power mod…'
    """
    if text_width(text, size_px, is_bold) <= room_px:
        return text
    for end in range(len(text) - 1, 0, -1):
        cut = text[:end].rstrip() + ELLIPSIS
        if text_width(cut, size_px, is_bold) <= room_px:
            return cut
    return ELLIPSIS


def wrap(text: str, room_px: float, size_px: float, is_bold: bool = False) -> list[str]:
    """
    Text broken at spaces into lines that fit their room.

    Parameters
    ----------
    text : str
        A label or a sentence.
    room_px : float
        Width available. [px]
    size_px : float
        Font size. [px]
    is_bold : bool
        Whether it is set in bold.

    Returns
    -------
    list of str
        At least one line; a word longer than the room is shortened.

    Examples
    --------
    >>> wrap("Low-voltage board wiring", 80.0, 12.0)
    ['Low-voltage', 'board wiring']
    """
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, size_px, is_bold) <= room_px:
            lines[-1] = joined
        else:
            lines.append(word)
    return [shorten(line, room_px, size_px, is_bold) for line in lines] or [""]
