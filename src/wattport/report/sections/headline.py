"""What was announced, what comes out, and the answer in five sentences."""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import NDArray

from wattport.records import Case, Driver, Headline
from wattport.report.drawing import Table
from wattport.report.draws import middle, spread
from wattport.report.labels import input_name
from wattport.report.numerals import (
    ABSENT,
    THIN_SPACE,
    as_stated,
    month_name,
    number,
    per_cent,
    quarter_name,
    unit_name,
    whole,
)
from wattport.report.page import Listing, Prose, Section

_COUNTED = ("GPUs", "units", "FTE")


def headlines(case: Case) -> tuple[Headline, ...]:
    """
    The rows of the headline table, shorter when the case stopped early.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    tuple of Headline
        The ledger's, or what the stages played so far can say.
    """
    if case.ledger is not None:
        return case.ledger.headlines
    said = case.spec.announced
    year = "" if said.first_production_year is None else str(said.first_production_year)
    rows = []
    if case.design is not None:
        ends = _ends(said.grid_mw_low, said.grid_mw_high)
        status = _status(case, "announced.grid_mw_low")
        rows.append(
            _row("Grid connection", "MW", case.spec.grid.connection_mw, ends, status=status)
        )
        rows.append(_row("IT nameplate", "MW", case.design.it_mw, _ends(said.it_mw, said.it_mw)))
        rows.append(_row("Power modules", "units", case.design.n_modules))
    if case.production is not None:
        first = case.production.first_unit_day[:, -1]
        rows.append(_row("First power module", "date", first, said=year))
    if case.programme is not None:
        rows.append(_row("First compute", "date", case.programme.first_compute_day, said=year))
        rows.append(_row("Whole campus ready", "date", case.programme.full_campus_day))
    return tuple(rows)


def _ends(low: Any, high: Any) -> tuple[float, float] | None:
    return None if low is None or high is None else (middle(low), middle(high))


def _status(case: Case, path: str) -> str:
    return next((str(row.status) for row in case.spec.provenance if row.path == path), "")


def _row(
    metric: str,
    unit: str,
    values: NDArray[Any],
    ends: tuple[float, float] | None = None,
    said: str = "",
    status: str = "",
) -> Headline:
    p10, p50, p90 = (float(q) for q in spread(values))
    low, high = ends or (None, None)
    words = said if ends is None else "as stated"
    return Headline(metric, unit, words, low, high, p10, p50, p90, "", "", status)


def figure(value: float, unit: str) -> str:
    """
    A headline's number as text.

    Parameters
    ----------
    value : float
        In its unit; a day number where the unit is ``date``.
    unit : str
        Unit of the row.

    Returns
    -------
    str
        With unit.

    Examples
    --------
    >>> figure(1170.0, "date"), figure(1.0962, "1")
    ('Mar 2029', '1.10')
    """
    text, name = figure_parts(value, unit)
    return f"{text}{THIN_SPACE}{name}" if name and name != "GPUs" else text


def figure_parts(value: float, unit: str) -> tuple[str, str]:
    """
    A headline's number and its unit, apart.

    Parameters
    ----------
    value : float
        In its unit; a day number where the unit is ``date``.
    unit : str
        Unit of the row.

    Returns
    -------
    tuple of str
        The unit is empty for dates, ratios and missing values.

    Examples
    --------
    >>> figure_parts(662.4, "units")
    ('662', 'units')
    """
    if unit == "date":
        return month_name(value), ""
    if math.isnan(value):
        return ABSENT, ""
    if unit in _COUNTED and abs(value) < 1000:
        # Counts are whole, but a quantile of thousands does not know its last digits.
        return whole(value), unit
    return number(value), unit_name(unit)


def announced(row: Headline) -> str:
    """
    What was said in public, marked where it was not said but inferred.

    Parameters
    ----------
    row : Headline
        One row.

    Returns
    -------
    str
        Text for the column *announced*.

    Examples
    --------
    >>> announced(Headline("GPUs", "GPUs", "", None, None, 1.0, 2.0, 3.0, "", ""))
    'no figure'
    """
    said, mark = announced_parts(row)
    if not said:
        return "no figure"
    unit = "" if row.unit in ("date", "1") else f"{THIN_SPACE}{unit_name(row.unit)}"
    return f"{said}{unit} ({mark}, not announced)" if mark else f"{said}{unit}"


def announced_parts(row: Headline) -> tuple[str, str]:
    """
    What was said in public, and its status where that is not *announced*.

    Parameters
    ----------
    row : Headline
        One row.

    Returns
    -------
    tuple of str
        Both empty where nothing was said.
    """
    if not row.announced:
        return "", ""
    said = row.announced
    if row.announced_low is not None and row.announced_high is not None:
        ends = dict.fromkeys((as_stated(row.announced_low), as_stated(row.announced_high)))
        said = " to ".join(ends)
    return said, "" if row.status in ("", "announced") else row.status


def section(case: Case) -> Section | None:
    """
    The headline table and the digest.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    Section or None
        None when no stage has been played.
    """
    rows = headlines(case)
    if not rows:
        return None
    table = Table(
        ("", "Announced", "P10", "P50", "P90", "Why they differ"),
        tuple(
            (
                _metric(row),
                _said(row),
                *(figure_parts(value, row.unit)[0] for value in (row.p10, row.p50, row.p90)),
                row.why,
            )
            for row in rows
        ),
    )
    lede = (
        "P50 is as likely to be exceeded as not; P90 is the late or costly side. "
        f"All {whole(case.manifest.n_draws)} draws are complete futures: a slow plant and a late "
        "grid meet in the same one."
        if case.manifest.n_draws > 1
        else "One draw at the central values: the three columns are equal."
    )
    blocks = (
        Prose(digest(case), "digest"),
        Listing(table, style="headline cards numbers"),
    )
    return Section("headline", "Announced and computed", lede, blocks)


def _metric(row: Headline) -> str:
    unit = figure_parts(row.p50, row.unit)[1]
    return f"{row.metric} ({unit})" if unit and unit != row.metric else row.metric


def _said(row: Headline) -> str:
    said, mark = announced_parts(row)
    return f"{said} ({mark}, not announced)" if mark else said or "no figure"


def digest(case: Case) -> tuple[str, ...]:
    """
    The answer in a few sentences, each made of recorded numbers.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    tuple of str
        Sentences; one for each stage that was played.
    """
    by_metric = {row.metric: row for row in headlines(case)}
    sentences = [_on_time(by_metric, "First compute", "The first hall computes")]
    sentences.append(_size(by_metric))
    sentences.append(_money(by_metric))
    sentences.append(_running(by_metric))
    sentences.append(_lever(case))
    text = " ".join(sentence for sentence in sentences if sentence)
    return (text,) if text else ()


def _on_time(rows: dict[str, Headline], metric: str, subject: str) -> str:
    row = rows.get(metric)
    if row is None:
        return ""
    said = f"; the announcement says {row.announced}" if row.announced else ""
    if row.p10 == row.p90:
        return f"{subject} {_by(row.p50)}{said}."
    if not math.isfinite(row.p90):
        return f"{subject} {_by(row.p50)} (P50), and {_by(row.p90)} in one future of ten{said}."
    return (
        f"{subject} in {quarter_name(row.p50)} (P50), between {quarter_name(row.p10)} and "
        f"{quarter_name(row.p90)} in eight futures of ten{said}."
    )


def _size(rows: dict[str, Headline]) -> str:
    power, full, modules = (
        rows.get(name) for name in ("IT nameplate", "Whole campus ready", "Power modules")
    )
    if power is None or full is None or modules is None:
        return ""
    return (
        f"The whole campus, {figure(power.p50, 'MW')} of IT fed through "
        f"{whole(modules.p50)} power modules, is ready {_by(full.p50)} at P50"
        f"{'' if full.p10 == full.p90 else f' and {_by(full.p90)} at P90'}."
    )


def _by(day: float) -> str:
    return f"in {quarter_name(day)}" if math.isfinite(day) else "never"


def _money(rows: dict[str, Headline]) -> str:
    facility = rows.get("Facility")
    full = next((row for name, row in rows.items() if name.startswith("Full stack")), None)
    if facility is None or full is None:
        return ""
    said = f", against {announced(facility)} announced" if facility.announced else ""
    return (
        f"The facility costs {figure(facility.p50, facility.unit)}; with racks and plants the sum "
        f"is {figure(full.p50, full.unit)}{said}."
    )


def _running(rows: dict[str, Headline]) -> str:
    pue, energy, jobs = (
        rows.get(name)
        for name in (
            "Annual PUE, full campus",
            "Grid energy, full campus",
            "Jobs, plants and operation",
        )
    )
    if pue is None or energy is None or jobs is None:
        return ""
    return (
        f"Running in full it draws {figure(energy.p50, energy.unit)} at a PUE of "
        f"{figure(pue.p50, '1')}; operation and the plants at their busiest employ "
        f"{whole(jobs.p50)} people."
    )


def _lever(case: Case) -> str:
    drivers: tuple[Driver, ...] = case.ledger.drivers if case.ledger is not None else ()
    first = next((d for d in drivers if d.result == "first_compute_day"), None)
    if first is None:
        return ""
    pedigree = {"guess": "a guess", "inferred": "inferred", "user": "set by the user"}
    return (
        f"What moves first compute most is “{input_name(case.spec, first.path)}”, "
        f"{pedigree.get(first.status, first.status)}: alone it explains "
        f"{per_cent(first.variance_frac)} of the spread."
    )
