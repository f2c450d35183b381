"""The page of a risk analysis: when a schedule really ends, why, and at what cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wattport.errors import Finding
from wattport.records import quantile
from wattport.report.charts import (
    CrewMonths,
    CrewUse,
    Gain,
    Gains,
    Gantt,
    GanttRow,
    Likelihood,
    Mark,
    Scatter,
)
from wattport.report.drawing import Table
from wattport.report.draws import numbers
from wattport.report.numerals import MINUS, THIN_SPACE, day_name, number, per_cent, scale_of, whole
from wattport.report.page import Block, Figure, Listing, Page, Prose, Section
from wattport.schedule.analysis import ScheduleAnalysis
from wattport.schedule.dcma import DcmaCheck
from wattport.schedule.risk_result import CauseRisk, CostRisk, MilestoneRisk, RiskResult

_SHOWN_ROWS = 40  # of the Gantt
_SHOWN_ACTIVITIES = 12
_SHOWN_CAUSES = 12
_SHOWN_DOTS = 400
_SHOWN_OFFENDERS = 6
_SHARES = tuple(share / 100.0 for share in range(0, 101, 5))


def page(analysis: ScheduleAnalysis, version: str) -> Page:
    """
    Lay the page of a risk analysis out.

    Parameters
    ----------
    analysis : ScheduleAnalysis
        Of `wattport.analyse_schedule`.
    version : str
        Of the program.

    Returns
    -------
    Page
        Ready for `wattport.report.write`.
    """
    result = analysis.result
    sections = [_dates(result), _causes(result), _activities(result)]
    if result.resources:
        sections.append(_resources(result))
    if result.cost is not None:
        sections.append(_cost(result, result.cost))
    sections.append(_quality(analysis.checks, (*result.notes, *analysis.not_carried)))
    return Page(
        title=result.plan or "Schedule",
        subtitle="Risk analysis of the schedule",
        facts=(
            ("Futures", whole(result.draws)),
            ("Seed", str(result.seed)),
            ("Resources", "shared out" if result.is_levelled else "not shared out"),
            ("Version", version),
        ),
        warnings=(),
        sections=tuple(sections),
        footer="Made by Wattport. This file holds all it shows and asks nothing of a network. "
        "Dates are local times of the plan.",
    )


def _dates(result: RiskResult) -> Section:
    end = result.milestones[0]
    curves = [("as it is", _quantiles(result.end_day))]
    if _is_dealt_with(result):
        curves.append(("with risks dealt with", _quantiles(result.mitigated_end_day)))
    marks = [Mark("by links alone", end.planned_day)]
    if abs(end.levelled_day - end.planned_day) > 1.0 / 24.0:
        marks.append(Mark("with resources shared", end.levelled_day))
    chart = Likelihood(
        "When the plan ends",
        "Share of futures that are done by each date. Where a planned date stands low on the "
        "curve, the plan promises what few futures keep.",
        tuple(curves),
        tuple(marks),
    )
    levelled = (
        f", and on {day_name(end.levelled_day)} once resources are shared out"
        if result.is_levelled
        else ""
    )
    lede = (
        f"By its links the plan ends on {day_name(end.planned_day)}{levelled}. "
        f"{_share(end.on_time_frac)} of the futures meet {'the former' if levelled else 'that'}; "
        f"half end by {day_name(end.p50_day)}, four in five by {day_name(end.p80_day)}."
    )
    blocks: tuple[Block, ...] = (_milestones(result), Figure(chart), _merge_bias(result))
    return Section("dates", "When it is done", lede, blocks)


def _is_dealt_with(result: RiskResult) -> bool:
    return bool((result.mitigated_end_day != result.end_day).any())


def _quantiles(days: np.ndarray) -> tuple[float, ...]:
    return numbers([float(quantile(days, share)) for share in _SHARES])


def _milestones(result: RiskResult) -> Listing:
    levelled = ("Levelled",) if result.is_levelled else ()
    header = ("Milestone", "Planned", *levelled, "Met", "P10", "P50", "P80", "P90")
    rows = tuple(
        (
            m.name,
            _day(m.planned_day),
            *((_day(m.levelled_day),) if result.is_levelled else ()),
            _share(m.on_time_frac),
            *(_day(day) for day in (m.p10_day, m.p50_day, m.p80_day, m.p90_day)),
        )
        for m in result.milestones
    )
    return Listing(
        Table(header, rows),
        "Milestones",
        "Planned: by links and calendars alone, as most tools show it. "
        + ("Levelled: with no resource used beyond its level. " if result.is_levelled else "")
        + "Met: share of futures that keep the planned date. P80: met in four futures of five.",
        tone=tuple(_tone(m) for m in result.milestones),
        style="cards trio",
    )


def _tone(milestone: MilestoneRisk) -> str:
    if milestone.on_time_frac >= 0.8:
        return "good"
    return "some" if milestone.on_time_frac >= 0.5 else "bad"


def _merge_bias(result: RiskResult) -> Listing:
    has_after = _is_dealt_with(result)
    rows = tuple(
        (
            m.name,
            _day(m.mean_day - m.merge_bias_days),
            _day(m.mean_day),
            _days(m.merge_bias_days),
            *((_day(m.mitigated_p80_day),) if has_after else ()),
        )
        for m in result.milestones
    )
    after = ("P80 with risks dealt with",) if has_after else ()
    header = ("Milestone", "At mean durations", "Mean of futures", "Merge bias", *after)
    return Listing(
        Table(header, rows),
        "Means, and what merging paths cost",
        "A plan at mean durations ends before the mean of its futures, since the later of several "
        "paths counts" + (" and crews are waited for." if result.is_levelled else "."),
        style="cards trio",
    )


def _causes(result: RiskResult) -> Section:
    end = result.milestones[0]
    gains = [gain for cause in result.causes for gain in _gain(cause, end)]
    gains.sort(key=lambda gain: -max(gain.p50_days, gain.p90_days))
    blocks: list[Block] = []
    shown = tuple(gain for gain in gains if max(gain.p50_days, gain.p90_days) >= 0.05)
    if shown:
        chart = Gains(
            "Days the end would come earlier",
            "The same futures with one thing taken away, or dealt with as planned. Days do not add "
            "up: behind each wait another one may stand.",
            shown[:_SHOWN_CAUSES],
            end.p50_day,
            end.p90_day,
            has_days=True,
        )
        blocks.append(Figure(chart))
    rows = tuple(
        (
            cause.name, _share(cause.happens_frac), _share(cause.criticality_frac),
            _signed(cause.cruciality), _days(cause.mean_days), _days(cause.p80_days),
            _days(cause.mitigation_p80_days) if cause.has_mitigation else "\u2013",
        )
        for cause in result.causes
    )  # fmt: skip
    header = (
        "Cause", "Happens", "Critical", "Cruciality", "Mean", "P80", "Dealt with: P80",
    )  # fmt: skip
    blocks.append(
        Listing(
            Table(header, rows),
            "Causes",
            "Critical: share of futures in which it happens and touches the longest path. "
            f"Cruciality: correlation of its factor with the end, from {MINUS}1 to 1.",
            style="cards trio",
        )
    )
    lede = "What makes the end late, in days, and what dealing with a risk brings."
    return Section("causes", "Why it is late", lede, tuple(blocks))


def _gain(cause: CauseRisk, end: MilestoneRisk) -> list[Gain]:
    """A bar for the cause, and one for what is planned against it."""
    is_risk = cause.happens_frac < 1.0 or cause.has_mitigation or cause.criticality_frac < 1.0
    found = [
        Gain(
            f"without: {cause.name}", "risk" if is_risk else "ranges", cause.p50_days,
            cause.p90_days, end.p50_day - cause.p50_days, end.p90_day - cause.p90_days,
        )
    ]  # fmt: skip
    if cause.has_mitigation:
        p50, p90 = cause.mitigation_p50_days, cause.mitigation_p90_days
        found.append(
            Gain(f"dealt with: {cause.name}", "dealt with", p50, p90, end.p50_day - p50,
                 end.p90_day - p90)
        )  # fmt: skip
    return found


def _activities(result: RiskResult) -> Section:
    ranked = sorted(result.activities, key=lambda a: (-a.criticality_frac, -abs(a.cruciality)))
    shown = sorted(ranked[:_SHOWN_ROWS], key=lambda a: (a.start_p50_day, a.p50_day))
    left_out = len(result.activities) - len(shown)
    names = [a.name for a in shown]
    gantt = Gantt(
        "Activities",
        "Bars from the P50 start to the P50 finish, whiskers to P90."
        + (f" The {len(shown)} most often critical; {left_out} more are in the table of the "
           "results." if left_out else ""),
        tuple(
            GanttRow(
                a.name if names.count(a.name) == 1 else a.id,
                a.start_p50_day, a.p50_day, a.p90_day, a.criticality_frac,
                f"planned {day_name(a.planned_finish_day)}"
                + (f", levelled {day_name(a.levelled_finish_day)}" if result.is_levelled else ""),
            )
            for a in shown
        ),
        measure="critical",
        has_days=True,
    )  # fmt: skip
    crucial = sorted(result.activities, key=lambda a: (-a.sensitivity, -a.criticality_frac))
    rows = tuple(
        (f"{a.name} ({a.id})", _share(a.criticality_frac), _signed(a.cruciality),
         _signed(a.sensitivity))
        for a in crucial[:_SHOWN_ACTIVITIES]
    )  # fmt: skip
    table = Listing(
        Table(("Activity", "Critical", "Cruciality", "Sensitivity"), rows),
        "Which activities matter",
        "Critical: share of futures in which it lies on the longest path"
        + (", over links or a resource it waits for" if result.is_levelled else "")
        + ". Cruciality: correlation of its duration with the end. Sensitivity: criticality times "
        "the spread of its duration over that of the end.",
        style="cards trio",
    )
    lede = "Where each activity stands in the futures, and how often it holds the end."
    return Section("activities", "Which activities hold it", lede, (Figure(gantt), table))


def _resources(result: RiskResult) -> Section:
    chart = CrewUse(
        "Resources at work",
        "Mean units at work in each month, against those there are. The red line is what the "
        "links alone would ask for: where it passes the dashed one, the plan cannot be kept.",
        numbers(result.resources[0].month_day),
        tuple(
            CrewMonths(
                one.name or one.id, float(one.level.max()), numbers(one.p50), numbers(one.p90),
                numbers(one.level), numbers(one.planned),
            )
            for one in result.resources
        ),
        noun=("unit", "units"),
    )  # fmt: skip
    end = result.milestones[0]
    moved = _days(end.levelled_day - end.planned_day)
    lede = (
        f"Sharing resources out moves the planned end by {moved}, from "
        f"{day_name(end.planned_day)} to {day_name(end.levelled_day)}; every future keeps the "
        "same levels."
    )
    return Section("resources", "What it needs", lede, (Figure(chart),))


def _cost(result: RiskResult, cost: CostRisk) -> Section:
    factor, unit = scale_of(max(cost.p90, cost.budget), "EUR")
    unit = unit.replace("EUR", cost.currency).strip()

    def money(value: float) -> str:
        return f"{number(value / factor)}{THIN_SPACE}{unit}".strip()

    late = 1.0 - cost.on_date_frac
    dear = 1.0 - cost.within_budget_frac
    outside = late + dear - (1.0 - cost.both_frac)
    stride = max(1, -(-result.draws // _SHOWN_DOTS))
    chart = Scatter(
        "Date and budget together",
        f"One dot for each of {whole(len(cost.cost[::stride]))} futures. Green: by "
        f"{day_name(cost.date_day)} and within {money(cost.budget)}.",
        numbers(result.end_day[::stride]),
        numbers(cost.cost[::stride]),
        cost.date_day,
        cost.budget,
        (cost.both_frac, late - outside, dear - outside, outside),
        cost.currency,
    )
    rows = (
        ("Planned", money(cost.planned)),
        ("Budget", money(cost.budget)),
        *((name, money(value)) for name, value in (
            ("P10", cost.p10), ("P50", cost.p50), ("P80", cost.p80), ("P90", cost.p90))),
        ("P80 with risks dealt with, and that paid for", money(cost.mitigated_p80)),
        ("Within the budget", _share(cost.within_budget_frac)),
        (f"By {day_name(cost.date_day)}", _share(cost.on_date_frac)),
        ("Both", _share(cost.both_frac)),
    )  # fmt: skip
    table = Listing(Table(("Cost at completion", ""), rows), "Cost", "")
    lede = (
        f"{_share(cost.both_frac)} of the futures keep both the date and the budget; "
        f"{money(cost.p80)} suffices in four of five."
    )
    return Section("cost", "What it costs", lede, (Figure(chart), table))


def _quality(checks: Sequence[DcmaCheck], findings: Sequence[Finding]) -> Section:
    rows = tuple(
        (
            f"{check.number} {check.title}",
            _value(check, check.value),
            f"{'at most' if check.is_upper else 'at least'} {_value(check, check.limit)}",
            "not judged" if not check.is_judged else "pass" if check.is_passed else "fail",
            "" if check.is_passed else _some(check.offenders),
        )
        for check in checks
    )
    tone = tuple(
        "" if not check.is_judged else "good" if check.is_passed else "bad" for check in checks
    )
    table = Listing(
        Table(("Check", "Value", "Limit", "Result", "Where"), rows),
        "Fourteen checks of the plan",
        "DCMA-EA PAM 200.1. A network that cannot pass delays on has a P80 no better than its "
        "links.",
        tone=tone,
        style="cards duo",
    )
    blocks: list[Block] = [table]
    if findings:
        lost = tuple((f.message, str(f.remedy or "\u2013")) for f in findings)
        blocks.append(
            Listing(
                Table(("What", "Remedy"), lost),
                "What could not be carried over",
                "The analysis does not know of it, or takes it as something else.",
                is_filterable=len(lost) > 20,
            )
        )
    else:
        blocks.append(Prose(("All of the file that bears on dates was carried over.",)))
    lede = "How far the answer can be trusted: the quality of the network, and what was lost."
    return Section("quality", "What it rests on", lede, tuple(blocks))


def _value(check: DcmaCheck, value: float) -> str:
    # Checks 12 to 14 are indices, the others shares.
    return f"{value:.2f}" if check.number >= 12 else per_cent(value)


def _some(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN_OFFENDERS
    return ", ".join(names[:_SHOWN_OFFENDERS]) + (f" and {more} more" if more > 0 else "")


def _day(day: float) -> str:
    # A narrow column must not break a date.
    return day_name(day).replace(" ", "\u00a0")


def _days(days: float) -> str:
    rounded = f"{abs(days):.0f}" if abs(days) >= 10.0 else f"{abs(days):.1f}"
    return (MINUS if days < 0 and float(rounded) > 0 else "") + f"{rounded}{THIN_SPACE}d"


def _share(share_frac: float) -> str:
    return f"{whole(100 * share_frac)}{THIN_SPACE}%"


def _signed(value: float) -> str:
    rounded = f"{abs(value):.2f}"
    return MINUS + rounded if value < 0 and float(rounded) > 0 else rounded
