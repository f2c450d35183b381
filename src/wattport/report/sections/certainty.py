"""How sure the dates are: quantiles, what leans on them, and what would bring days back."""

from __future__ import annotations

import math

import numpy as np

from wattport.calendar.epoch import day_of
from wattport.records import Case, Ledger, Programme, quantile
from wattport.report.charts import CrewMonths, CrewUse, Edge, Gain, Gains, Joint
from wattport.report.drawing import Table
from wattport.report.draws import middle, numbers
from wattport.report.labels import input_name
from wattport.report.numerals import MINUS, THIN_SPACE, month_name, number, scale_of, whole
from wattport.report.page import Block, Figure, Listing, Section
from wattport.spec import Spec

_SHOWN_TASKS = 9
_SHOWN_GAINS = 10
_LEAST_DAYS = 1.0  # a bar of less than a day says nothing
_MILESTONES = ((0, "first compute"), (-1, "the full campus"))


def section(case: Case) -> Section | None:
    """
    What the dates risk.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    Section or None
        None when the case stopped before the site was built.
    """
    programme = case.programme
    if programme is None or not programme.milestone:
        return None
    blocks: list[Block] = [milestones(case.spec, programme)]
    if programme.n_draws > 1:
        found = (gains(case.spec, programme, place, name) for place, name in _MILESTONES)
        blocks += [Figure(chart) for chart in found if chart.gain]
        blocks += [crucial_tasks(programme), crucial_causes(programme)]
    if programme.crew:
        blocks.append(Figure(crews(programme)))
    if case.ledger is not None and _has_joint(case.ledger):
        blocks.append(Figure(joint(case.spec, case.ledger)))
    lede = (
        "Each date is a range. What makes it wide, what would bring days back, and how likely "
        "date and budget hold together."
    )
    return Section("certainty", "How sure the dates are", lede, tuple(blocks))


def milestones(spec: Spec, programme: Programme) -> Listing:
    """
    Quantiles of each milestone, beside one schedule at central values.

    Parameters
    ----------
    spec : Spec
        For the dates of the tranches.
    programme : Programme
        The record.

    Returns
    -------
    Listing
        One row per milestone.
    """
    quantiles = [quantile(programme.milestone_day, q) for q in (0.1, 0.5, 0.8, 0.9)]
    planned = ("", *(month_name(day_of(t.date)) for t in spec.grid.tranches), "")
    rows = tuple(
        (
            f"{name} (grid planned {date})" if date else name,
            *(_month(float(q[m])) for q in quantiles),
            _month(float(programme.milestone_central_day[m])),
            _days(float(programme.central_gap_days[m])),
        )
        for m, (name, date) in enumerate(zip(programme.milestone, planned, strict=True))
    )
    header = ("Milestone", "P10", "P50", "P80", "P90", "At central values", "P50 later by")
    return Listing(
        Table(header, rows),
        "Milestones",
        "The last columns set P50 against the schedule a plan of single values would show: every "
        "number at its central value, no risk. It leaves out that the later of several paths "
        "counts, that ranges lean to the late side, and that risks happen. Halls of a tranche "
        "count the draws that have them.",
        style="cards trio",
    )


def gains(spec: Spec, programme: Programme, place: int, name: str) -> Gains:
    """
    Days a milestone gains with one driver dealt with.

    Parameters
    ----------
    spec : Spec
        For the names of inputs.
    programme : Programme
        The record.
    place : int
        On the milestone axis.
    name : str
        What to call the milestone.

    Returns
    -------
    Gains
        Those that gain a day or more at P50 or P90, most first.
    """
    p50, p90 = programme.mitigation_p50_days[:, place], programme.mitigation_p90_days[:, place]
    most = np.nan_to_num(np.maximum(p50, p90), nan=0.0, posinf=0.0, neginf=0.0)
    is_shown = (most >= _LEAST_DAYS) & np.isfinite(p50) & np.isfinite(p90)
    order = [d for d in np.argsort(-most, kind="stable") if is_shown[d]][:_SHOWN_GAINS]
    return Gains(
        f"What would bring {name} forward",
        "Days gained in the same futures with one thing dealt with: a cause taken out as a whole, "
        "a risk that does not happen, an input no worse than the low end of its range. Gains do "
        "not add up: behind each wait another one may stand.",
        tuple(
            Gain(
                _driver_name(spec, programme, d),
                programme.driver_cause[d],
                float(p50[d]),
                float(p90[d]),
                float(programme.mitigated_p50_day[d, place]),
                float(programme.mitigated_p90_day[d, place]),
            )
            for d in order
        ),
        middle(programme.milestone_day[:, place]),
        float(quantile(programme.milestone_day[:, place], 0.9)),
    )


def _driver_name(spec: Spec, programme: Programme, d: int) -> str:
    kind, name = programme.driver_kind[d], programme.driver[d]
    return input_name(spec, name) if kind == "input" else f"{kind}: {name}"


def crucial_tasks(programme: Programme) -> Listing:
    """
    Activities by how strongly they move first compute and the full campus.

    Parameters
    ----------
    programme : Programme
        The record.

    Returns
    -------
    Listing
        The most crucial ones.
    """
    return _crucial(
        tuple(
            f"{name} ({cause})"
            for name, cause in zip(programme.task, programme.task_cause, strict=True)
        ),
        programme.task_criticality_frac,
        programme.task_cruciality_frac,
        "Activity",
        "Which activities matter",
        "In brackets the cause its time is charged to. Critical: share of draws in which the "
        "activity drives the date. Cruciality: that share "
        "times the rank correlation of its duration with the date, from \u22121 to 1; an activity "
        "that is always critical but always as long decides nothing.",
    )


def crucial_causes(programme: Programme) -> Listing:
    """
    Causes by how strongly they move first compute and the full campus.

    Parameters
    ----------
    programme : Programme
        The record.

    Returns
    -------
    Listing
        All of them, strongest first.
    """
    return _crucial(
        programme.cause,
        programme.cause_criticality_frac,
        programme.cause_cruciality_frac,
        "Cause",
        "Which causes matter",
        "Critical: share of draws in which days of the driving chain are charged to the cause. "
        "Cruciality: that share times the rank correlation of those days with the date.",
    )


def _crucial(
    names: tuple[str, ...],
    share: np.ndarray,
    strength: np.ndarray,
    kind: str,
    title: str,
    description: str,
) -> Listing:
    ends = [place for place, _ in _MILESTONES]
    weight = np.nan_to_num(np.abs(strength[ends])).max(axis=0)
    often = share[ends].max(axis=0)
    # Where no draw differs from another, what is critical still says something.
    order = [k for k in np.lexsort((-often, -weight)) if often[k] > 0.0][:_SHOWN_TASKS]
    rows = tuple(
        (
            names[k],
            *(
                words
                for place in ends
                for words in (_share(share[place, k]), _signed(strength[place, k]))
            ),
        )
        for k in order
    )
    header = (
        kind,
        "First compute: critical",
        "First compute: cruciality",
        "Full campus: critical",
        "Full campus: cruciality",
    )
    return Listing(Table(header, rows), title, description, style="cards trio duo")


def crews(programme: Programme) -> CrewUse:
    """
    Crews at work against crews there are.

    Parameters
    ----------
    programme : Programme
        The record.

    Returns
    -------
    CrewUse
        P50 and P90 of each month, from the first to the last with work.
    """
    p50, p90 = (quantile(programme.n_crews_busy, q) for q in (0.5, 0.9))
    is_busy = np.flatnonzero(p90.sum(axis=1) > 0)
    first = max(0, int(is_busy[0]) - 1) if is_busy.size else 0
    last = int(is_busy[-1]) + 2 if is_busy.size else 2
    kept = slice(first, max(first + 2, last))
    return CrewUse(
        "Crews at work",
        "Mean over each month of the crews at work. Each month is a quantile of its own; where "
        "the bars reach the dashed line, work waits for a crew.",
        numbers(programme.month_day[kept]),
        tuple(
            CrewMonths(
                name, float(programme.n_crews[c]), numbers(p50[kept, c]), numbers(p90[kept, c])
            )
            for c, name in enumerate(programme.crew)
        ),
    )


def joint(spec: Spec, ledger: Ledger) -> Joint:
    """
    Share of draws that keep a date and a sum.

    Parameters
    ----------
    spec : Spec
        For the date that is wanted.
    ledger : Ledger
        The record.

    Returns
    -------
    Joint
        Announced sums and the wanted date marked.
    """
    wanted = spec.programme.wanted_first_compute
    wanted_day = math.nan if wanted is None else day_of(wanted)
    factor, unit = scale_of(float(ledger.joint_sum_eur[-1]), "EUR")
    low, high = ledger.announced_low_eur, ledger.announced_high_eur
    notes = {low: "announced, low", high: "announced, high"}
    if low == high:
        notes = {low: "announced"}
    return Joint(
        "Date and budget together",
        "Share of draws with first compute by the date and facility capex (without racks and "
        "plants) within the sum. Bold: the wanted date and the announced sums.",
        tuple(
            Edge(month_name(float(day)), "wanted" if day == wanted_day else "")
            for day in ledger.joint_date_day
        ),
        tuple(
            Edge(f"{number(float(eur) / factor)} {unit}", notes.get(float(eur), ""))
            for eur in ledger.joint_sum_eur
        ),
        tuple(numbers(row) for row in ledger.joint_frac),
        "first compute by",
        "facility capex within",
    )


def _has_joint(ledger: Ledger) -> bool:
    return ledger.joint_frac is not None and ledger.joint_frac.size > 0


def _month(day: float) -> str:
    # A narrow column must not break a date.
    return month_name(day).replace(" ", "\u00a0")


def _days(days: float) -> str:
    return f"{whole(days)}{THIN_SPACE}d" if math.isfinite(days) else "\u2013"


def _share(share_frac: float) -> str:
    return f"{whole(100 * share_frac)}{THIN_SPACE}%"


def _signed(value: float) -> str:
    if not math.isfinite(value):
        return "\u2013"
    rounded = f"{abs(value):.2f}"
    return MINUS + rounded if value < 0 and float(rounded) > 0 else rounded
