"""``wattport export``: the site programme of a scenario as a file of a planning tool."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from wattport.cli import answer
from wattport.errors import Finding, InfeasibleError, WattportError, format_findings
from wattport.output import new_file
from wattport.spec import Spec

_SUFFIXES = (".xer", ".xml")


def run(
    source: str, overrides: Sequence[str], *, to: Path, draws: int, seed: int, is_forced: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """
    Play a scenario as far as its site and write its most typical future as a schedule.

    Raises
    ------
    WattportError
        When the scenario is not sound, or the file cannot be written.
    """
    if to.suffix.lower() not in _SUFFIXES:
        raise _unknown_form(to)
    from wattport.spec import load

    spec = load(source, *overrides)
    if spec.findings and not as_json:
        print(format_findings(spec.findings), file=sys.stderr)
    with new_file(to, may_replace=is_forced) as part:
        name, n_activities, draw, findings = _write(spec, to, part, draws, seed)
    if as_json:
        told = {
            "scenario": name, "file": str(to), "draws": draws, "seed": seed, "draw": draw,
            "activities": n_activities, "not_carried": answer.findings(findings),
        }  # fmt: skip
        print(answer.text(told))
        return
    if findings:
        print(format_findings(findings), file=sys.stderr)
    print(
        f"{to}: {n_activities} activities of the most typical of {draws} futures "
        f"(number {draw}). wattport risk {to} plays what may come of it."
    )


def _write(
    spec: Spec, to: Path, part: Path, draws: int, seed: int
) -> tuple[str, int, int, tuple[Finding, ...]]:
    """Write to ``part`` what shall be ``to``; give the plan's name and size, and what is lost."""
    from wattport import pipeline
    from wattport.programme.as_plan import programme_plan
    from wattport.programme.median_draw import typical_draw
    from wattport.schedule.exchange import mspdi_bytes, xer_bytes

    case = pipeline.play(spec, draws=draws, seed=seed, until="build")
    if case.design is None or case.production is None or case.programme is None:
        raise InfeasibleError(
            Finding(reason.code, reason.message, path=reason.stage, remedy=reason.remedy)
            for reason in case.reasons
            if reason.is_fatal
        )
    draw = typical_draw(case.programme)
    plan = programme_plan(case.spec, case.design, case.production, draw)
    form = xer_bytes if to.suffix.lower() == ".xer" else mspdi_bytes
    raw, not_carried = form(plan, str(to))
    part.write_bytes(raw)
    return plan.name, plan.n_activities, draw, not_carried


def _unknown_form(to: Path) -> WattportError:
    return WattportError(
        Finding(
            "USE001", f"{str(to)!r} names no form that can be written", path="--to",
            value=str(to), allowed=".xer for Primavera P6, .xml for Microsoft Project",
            remedy="such as --to programme.xer",
        )
    )  # fmt: skip
