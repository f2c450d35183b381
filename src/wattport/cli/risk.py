"""``wattport risk``: the risk analysis of a schedule of any planning tool."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattport import __version__
from wattport.cli import answer
from wattport.errors import Finding, WattportError, format_findings
from wattport.legible import csv_text, one_line
from wattport.output import MANIFEST, new_folder

if TYPE_CHECKING:
    from wattport.schedule.analysis import ScheduleAnalysis
    from wattport.schedule.dcma import DcmaCheck
    from wattport.schedule.risk_register import RiskRegister
    from wattport.schedule.risk_result import (
        ActivityRisk,
        CostRisk,
        MilestoneRisk,
        RiskResult,
    )

_SHOWN = 12  # activities and offenders named in the terminal
_TEXT_MOST = 36


def run(
    schedule: Path, *, risks: Path | None, uncertainty: str | None, draws: int, seed: int,
    encoding: str | None, project: str | None, has_sharing: bool, out: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """
    Read a schedule, play its risks and say what was found.

    Raises
    ------
    WattportError
        With all that is wrong with the files or the words of the command.
    """
    from wattport.report import write
    from wattport.report.pages.schedule import page
    from wattport.schedule.analysis import analyse_schedule

    analysis = analyse_schedule(
        schedule, _register(risks, uncertainty), draws=draws, seed=seed,
        has_sharing=has_sharing, encoding=encoding, project=project,
    )  # fmt: skip
    for notes in (analysis.not_carried, analysis.result.notes):
        if notes and not as_json:
            print(format_findings(notes), end="\n\n", file=sys.stderr)
    found = _answer(analysis)
    if out is not None:
        with new_folder(out, "wattport risk") as part:
            _write(part, found)
            write(page(analysis, __version__), part / "report.html")
    if as_json:
        print(answer.text(found))
    else:
        print(_page(analysis.result, analysis.checks))
        if out is not None:
            print(f"Report: {out / 'report.html'}")


def _register(risks: Path | None, uncertainty: str | None) -> RiskRegister:
    from wattport.schedule.risk_register import RiskRegister, factor_fault, read_register

    register = RiskRegister.model_validate({}) if risks is None else read_register(risks)
    if uncertainty is None:
        return register
    try:
        low, mode, high = (float(word) for word in uncertainty.split(","))
    except ValueError:
        raise WattportError(
            Finding(
                "USE001",
                f"{uncertainty!r} is not three numbers",
                path="--uncertainty",
                allowed="lowest,likeliest,highest factor on durations",
                remedy="such as 0.9,1,1.2",
            )
        ) from None
    fault = factor_fault((low, mode, high))
    if fault is not None:
        raise WattportError(dataclasses.replace(fault, path="--uncertainty"))
    return register.model_copy(update={"uncertainty": (low, mode, high)})


def _moment(day: float) -> str:
    from wattport.schedule.cpm_network import moment_of_day

    return _minute(moment_of_day(day)) if day == day else ""


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _answer(analysis: ScheduleAnalysis) -> dict[str, Any]:
    """The whole answer as plain values; dates are local times of the plan."""
    result = analysis.result
    return {
        "schema_version": answer.SCHEMA_VERSION,
        "plan": result.plan,
        "draws": result.draws,
        "seed": result.seed,
        "is_levelled": result.is_levelled,
        "milestones": [_dated(row) for row in result.milestones],
        "causes": [dataclasses.asdict(cause) for cause in result.causes],
        "activities": [_dated(activity) for activity in result.activities],
        "cost": None if result.cost is None else _dated(result.cost),
        "resources": [
            {"id": one.id, "month": _moment(float(day))[:7]}
            | {name: float(getattr(one, name)[k])
               for name in ("level", "planned", "levelled", "p50", "p90")}
            for one in result.resources for k, day in enumerate(one.month_day)
        ],
        "checks": [{**dataclasses.asdict(c), "is_passed": c.is_passed} for c in analysis.checks],
        "not_carried": answer.findings((*analysis.not_carried, *result.notes)),
    }  # fmt: skip


def _dated(row: MilestoneRisk | ActivityRisk | CostRisk) -> dict[str, Any]:
    """A row as plain values; days become dates, and what has a value for each draw is left out."""
    values = {name: value for name, value in vars(row).items() if not hasattr(value, "shape")}
    dates = {
        name.removesuffix("_day"): _moment(values.pop(name))
        for name in list(values)
        if name.endswith("_day")
    }
    return {**values, **dates}


def _write(folder: Path, found: dict[str, Any]) -> None:
    """One table for each kind of row, and all of it as JSON."""
    (folder / "risk.json").write_text(answer.text(found) + "\n", "utf-8")
    for name in ("milestones", "causes", "activities", "checks", "resources"):
        rows = found[name]
        if not rows:
            continue
        plain = [{key: " ".join(value) if isinstance(value, tuple) else value
                  for key, value in row.items()} for row in rows]  # fmt: skip
        (folder / f"{name}.csv").write_text(csv_text(list(rows[0]), plain), "utf-8", newline="\n")
    manifest = {"version": __version__, "command": "risk"}
    manifest |= {key: found[key] for key in ("plan", "draws", "seed")}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


def _page(result: RiskResult, checks: Sequence[DcmaCheck]) -> str:
    """What a person reads in the terminal."""
    lines = [f"{_shown(result.plan)}: {result.draws} futures", ""]
    lines += _table(
        ("milestone", "planned", "levelled", "on time", "P10", "P50", "P80", "P90", "merge bias d",
         "P80 mitigated"),
        [(_shown(m.name), _moment(m.planned_day)[:10], _moment(m.levelled_day)[:10],
          f"{m.on_time_frac:.0%}",
          *(_moment(day)[:10] for day in (m.p10_day, m.p50_day, m.p80_day, m.p90_day)),
          f"{m.merge_bias_days:.1f}", _moment(m.mitigated_p80_day)[:10])
         for m in result.milestones],
    )  # fmt: skip
    if result.cost is not None:
        lines += ["", *_costs(result.cost)]
    lines += ["", *_table(
        ("cause", "happens", "critical", "cruciality", "mean d", "P80 d", "mitigation d"),
        [(_shown(c.name), f"{c.happens_frac:.0%}", f"{c.criticality_frac:.0%}",
          f"{c.cruciality:.2f}", f"{c.mean_days:.1f}", f"{c.p80_days:.1f}",
          f"{c.mitigation_p80_days:.1f}" if c.has_mitigation else "-")
         for c in result.causes],
    )]  # fmt: skip
    top = sorted(result.activities, key=lambda a: (-a.criticality_frac, -a.cruciality))[:_SHOWN]
    lines += ["", *_table(
        ("activity", "name", "critical", "cruciality", "sensitivity"),
        [(_shown(a.id), _shown(a.name), f"{a.criticality_frac:.0%}", f"{a.cruciality:.2f}",
          f"{a.sensitivity:.2f}") for a in top],
    )]  # fmt: skip
    lines += ["", *_table(
        ("DCMA", "value", "limit", "", ""),
        [(f"{c.number:2} {c.title}", f"{c.value:.2f}",
          f"{'<=' if c.is_upper else '>='} {c.limit:.2f}",
          "not judged" if not c.is_judged else "pass" if c.is_passed else "FAIL",
          "" if c.is_passed else _shown(", ".join(c.offenders[:4])))
         for c in checks],
    )]  # fmt: skip
    return "\n".join(lines)


def _costs(cost: CostRisk) -> list[str]:
    shares = (
        f"{cost.within_budget_frac:.0%} of futures within the budget, {cost.on_date_frac:.0%} by "
        f"{_moment(cost.date_day)[:10]}, {cost.both_frac:.0%} both"
    )
    sums = (cost.planned, cost.budget, cost.p10, cost.p50, cost.p80, cost.p90)
    head = (f"cost {_shown(cost.currency)}".strip(), "planned", "budget", "P10", "P50", "P80",
            "P90")  # fmt: skip
    return [*_table(head, [("at completion", *(f"{value:,.0f}" for value in sums))]), shares]


def _shown(text: str) -> str:
    """Text of a file as a cell of a table: no line break of its moves what stands beside it."""
    return one_line(text, _TEXT_MOST)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    ]
