"""One case as one HTML file that opens anywhere, off line."""

from __future__ import annotations

import os
from pathlib import Path

from wattport.records import Case
from wattport.report.numerals import whole
from wattport.report.page import Page, html
from wattport.report.sections import (
    certainty,
    compute,
    drivers,
    engineering,
    evidence,
    footprint,
    headline,
    money,
    operation,
    plants,
    programme,
)
from wattport.report.terminal import summary

__all__ = ["Page", "compose", "render", "summary", "write"]

_ORDER = (
    headline.section,
    programme.section,
    certainty.section,
    plants.section,
    money.section,
    operation.section,
    compute.section,
    drivers.section,
    footprint.section,
    engineering.section,
    evidence.findings,
    evidence.sources,
    evidence.validation,
    evidence.manifest,
)


def render(case: Case, path: str | Path) -> Path:
    """
    Write the report of a case.

    Parameters
    ----------
    case : Case
        Played to any stage; sections of stages that were not played are left out.
    path : str or Path
        The file, in an existing folder; one that exists is replaced.

    Returns
    -------
    Path
        Where the report is.
    """
    return write(compose(case), path)


def write(page: Page, path: str | Path) -> Path:
    """
    Write a page: whole or not at all, beside its place and then renamed.

    Parameters
    ----------
    page : Page
        Of a case, or of one stage alone.
    path : str or Path
        The file, in an existing folder; one that exists is replaced.

    Returns
    -------
    Path
        Where the page is.
    """
    target = Path(path)
    text = html(page)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        # Paths may hold halves of letters, which UTF-8 has no place for.
        part.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def compose(case: Case) -> Page:
    """
    The sections a case has, in reading order.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    Page
        Ready for `wattport.report.page.html`.
    """
    made = case.manifest
    found = (section(case) for section in _ORDER)
    return Page(
        title=case.spec.title or case.spec.name,
        subtitle=case.spec.site.name,
        facts=(
            ("Scenario", case.spec.name),
            ("Draws", whole(made.n_draws)),
            ("Seed", str(made.seed)),
            ("Version", made.version),
            ("Spec", made.spec_hash[:12]),
        ),
        warnings=case.spec.warnings,
        sections=tuple(section for section in found if section is not None),
        footer="Made by Wattport. This file holds all it shows and asks nothing of a network.",
    )
