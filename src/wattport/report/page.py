"""
The page: sections of figures, series and tables in one HTML file that asks nothing of a network.

The content security policy in the page's head allows only the two scripts shipped here, by their
hashes, and no address at all. So a hostile name in a spec cannot run, and nothing can be fetched,
even if an escape were missed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from wattport.report.drawing import NARROW_PX, Chart, Table, identity
from wattport.report.packed import pack
from wattport.report.palette import variables


@dataclass(frozen=True)
class Figure:
    """A chart, drawn for a wide and for a narrow page, with its numbers."""

    chart: Chart
    kind: str = "figure"

    @property
    def wide(self) -> Markup:
        """For a desktop and for print."""
        return self.chart.svg()

    @property
    def narrow(self) -> Markup:
        """For a phone."""
        return self.chart.svg(NARROW_PX)

    @property
    def table(self) -> Table:
        """The numbers."""
        return self.chart.table()


@dataclass(frozen=True)
class Line:
    """One line of an interactive series; with `low` and `high`, a band around it."""

    name: str
    middle: Any  # ndarray, shape (n,)
    low: Any = None
    high: Any = None


@dataclass(frozen=True)
class Series:
    """
    Lines a reader can zoom into.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    x : ndarray, shape (n,)
        Day numbers, hours of a week from Monday 00:00 UTC, or hours since a start.
    axis : str
        ``day``, ``hour_of_week`` or ``hour``.
    lines : sequence of Line
        Same length as `x`.
    unit : str
        Unit of the values.
    table : Table
        The numbers for those who do not see the canvas.
    """

    title: str
    description: str
    x: Any
    axis: str
    lines: Sequence[Line]
    unit: str
    table: Table
    kind: str = "series"

    @property
    def name(self) -> str:
        """Element id."""
        return identity(self.title, self.description)

    @property
    def data(self) -> Markup:
        """JSON that the page's script reads; ``<`` cannot close the element it stands in."""
        lines = [
            {
                "name": line.name,
                "middle": pack(line.middle).as_json(),
                "low": None if line.low is None else pack(line.low).as_json(),
                "high": None if line.high is None else pack(line.high).as_json(),
            }
            for line in self.lines
        ]
        # Positions are few or regular and must be exact, hence text.
        x = [round(float(value), 4) for value in self.x]
        content = {"axis": self.axis, "unit": self.unit, "x": x, "lines": lines}
        text = json.dumps(content, separators=(",", ":"), allow_nan=False)
        return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))


@dataclass(frozen=True)
class Listing:
    """
    A table that is read for itself.

    `tone` colours rows, `is_filterable` adds a search field, `is_folded` shows the title alone
    until a reader opens it.
    """

    table: Table
    title: str = ""
    description: str = ""
    tone: tuple[str, ...] = ()
    is_filterable: bool = False
    is_folded: bool = False
    style: str = ""
    kind: str = "listing"


@dataclass(frozen=True)
class Prose:
    """Paragraphs."""

    paragraphs: tuple[str, ...]
    style: str = ""
    kind: str = "prose"


Block = Figure | Series | Listing | Prose


@dataclass(frozen=True)
class Section:
    """One part of the report."""

    key: str  # anchor
    title: str
    lede: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Page:
    """The whole report."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]  # name and value under the title
    warnings: tuple[str, ...]
    sections: tuple[Section, ...]
    footer: str = field(default="")


def html(page: Page) -> str:
    """
    Write a page.

    Parameters
    ----------
    page : Page
        Its sections in order.

    Returns
    -------
    str
        A complete HTML document; equal pages give equal text.

    Examples
    --------
    >>> text = html(Page("A <b>", "", (), (), ()))
    >>> "A &lt;b&gt;" in text and "<b>" not in text
    True
    """
    scripts = [_shipped("vendor/uplot/uPlot.iife.min.js"), _shipped("templates/report.js")]
    style = "\n".join(
        (
            f":root{{color-scheme:light dark;{variables(0)}}}",
            f"@media screen and (prefers-color-scheme:dark){{:root{{{variables(1)}}}}}",
            _shipped("vendor/uplot/uPlot.min.css"),
            _shipped("templates/report.css"),
        )
    )
    environment = Environment(
        loader=FunctionLoader(lambda name: _shipped(f"templates/{name}")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(
        page=page,
        style=Markup(style),
        scripts=[Markup(script) for script in scripts],
        script_hashes=" ".join(f"'{_hash(script)}'" for script in scripts),
    )


def _shipped(name: str) -> str:
    return files("wattport.report").joinpath(name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")
