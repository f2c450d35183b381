"""Findings, sources, validation and manifest: what a critical reader asks for."""

from __future__ import annotations

from wattport.records import Case, Evidence, Reason, Validated
from wattport.report.drawing import Table
from wattport.report.numerals import THIN_SPACE, as_stated, number, unit_name, whole
from wattport.report.page import Block, Listing, Prose, Section


def findings(case: Case) -> Section | None:
    """
    Gates that failed, reasons of the stages, and warnings about the spec.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    Section or None
        None when there is nothing to say.
    """
    rows: list[tuple[str, ...]] = []
    tone: list[str] = []
    for reason in _reasons(case):
        share = f"{whole(100 * reason.draw_frac)}{THIN_SPACE}% of draws"
        rows.append((f"{reason.code} {reason.stage}", reason.message, share, reason.remedy))
        tone.append("bad" if reason.is_fatal else "some")
    for finding in case.spec.findings:
        where = f"{finding.path}: " if finding.path else ""
        rows.append((f"{finding.code} spec", where + finding.message, "", finding.remedy))
        tone.append("some")
    if not rows:
        return None
    table = Table(("Finding", "What", "Holds in", "What to change"), tuple(rows))
    return Section(
        "findings",
        "Findings",
        "A plan that cannot work is a result with a reason.",
        (Listing(table, tone=tuple(tone), style="cards"),),
    )


def _reasons(case: Case) -> list[Reason]:
    stages = (case.design, case.production, case.programme, case.operation, case.ledger)
    reasons = [reason for stage in stages if stage is not None for reason in stage.reasons]
    gates = case.ledger.gates if case.ledger is not None else ()
    return sorted([*gates, *reasons], key=lambda reason: not reason.is_fatal)


def sources(case: Case) -> Section | None:
    """
    Every number of the scenario with its source and status.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    Section or None
        None when the spec carries no provenance.
    """
    origin = case.spec.provenance
    if not origin:
        return None
    rows = tuple(
        (
            row.path,
            _value(row.value, row.low, row.high, row.unit),
            str(row.status),
            " \u2013 ".join(part for part in (row.source, row.note) if part),
        )
        for row in origin
    )
    counts: dict[str, int] = {}
    for row in origin:
        counts[str(row.status)] = counts.get(str(row.status), 0) + 1
    tally = ", ".join(f"{whole(n)} {status}" for status, n in sorted(counts.items()))
    return Section(
        "sources",
        "Where each number comes from",
        f"{whole(len(origin))} numbers: {tally}.",
        (
            Listing(
                Table(("Number", "Value", "Status", "Source"), rows),
                "All numbers",
                tone=tuple(str(row.status) for row in origin),
                is_filterable=True,
                is_folded=True,
                style="sources cards",
            ),
        ),
    )


def _value(value: float, low: float | None, high: float | None, unit: str) -> str:
    text = as_stated(value)
    if low is not None and high is not None and low != high:
        text += f" ({as_stated(low)} to {as_stated(high)})"
    return f"{text} {unit_name(unit)}".rstrip()


def validation(case: Case) -> Section | None:
    """
    Published figures the engines are held to, and apart from them the checks of consistency.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    Section or None
        None when the case carries no such rows.
    """
    if not case.validation:
        return None
    held = tuple(row for row in case.validation if row.kind == Evidence.VALIDATION)
    apart = tuple(row for row in case.validation if row.kind == Evidence.CONSISTENCY)
    met, missed = (tuple(row for row in held if _is_met(row) == is_met) for is_met in (True, False))
    blocks = _by_engine(met, "Held")
    if missed:
        blocks.insert(0, _listing(missed, "Missed", is_folded=False))
    told = (
        f"Each row is a test: {whole(len(met))} comparisons are within what is allowed, "
        f"{whole(len(missed))} are not. What is not listed is not claimed."
    )
    if apart:
        blocks += _by_engine(apart, "Consistent")
        told += (
            f" Apart from them, {whole(len(apart))} checks of consistency compare the code with "
            "itself or with what its numbers were set from: they validate nothing."
        )
    return Section("validation", "What the engines are held to", told, tuple(blocks))


def _is_met(row: Validated) -> bool:
    return abs(row.reached) <= row.allowed


def _by_engine(rows: tuple[Validated, ...], title: str) -> list[Block]:
    return [
        _listing(tuple(row for row in rows if row.engine == engine), f"{title}: {engine}")
        for engine in sorted({row.engine for row in rows})
    ]


def _listing(rows: tuple[Validated, ...], title: str, *, is_folded: bool = True) -> Listing:
    is_bad = [not _is_met(row) for row in rows]
    tone = tuple("bad" if bad else "" for bad in is_bad) if any(is_bad) else ()
    return Listing(_compared(rows), title, tone=tone, is_folded=is_folded, style="cards")


def _compared(rows: tuple[Validated, ...]) -> Table:
    return Table(
        ("What is compared", "Error reached", "Allowed", "Source", "Note"),
        tuple(
            (
                row.quantity,
                f"{number(row.reached, 2)} {unit_name(row.unit)}".rstrip(),
                f"{number(row.allowed, 2)} {unit_name(row.unit)}".rstrip(),
                row.source,
                row.note,
            )
            for row in rows
        ),
    )


def manifest(case: Case) -> Section:
    """
    What is needed to make the case again.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    Section
        Always present.
    """
    made = case.manifest
    rows = [
        ("Wattport", made.version),
        ("Scenario", case.spec.name),
        ("Spec hash (SHA-256)", made.spec_hash),
        ("Seed", str(made.seed)),
        ("Draws", str(made.n_draws)),
        ("Python", made.python),
    ]
    rows += sorted(made.packages.items())
    # Timings stay in the manifest on disk: here they would make equal cases give unequal reports.
    return Section(
        "manifest",
        "How to make this report again",
        "",
        (
            Prose(("The same spec, seed and version give the same numbers on any machine.",)),
            Listing(Table(("", ""), tuple(rows)), style="manifest cards"),
        ),
    )
