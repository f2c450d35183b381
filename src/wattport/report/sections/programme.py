"""When: megawatts on line, halls on the calendar, and what each date waited for."""

from __future__ import annotations

import math

import numpy as np

from wattport.calendar.epoch import day_of
from wattport.records import Case, Design, Programme
from wattport.report.charts import Curve, Fan, Gantt, GanttRow
from wattport.report.drawing import Table
from wattport.report.draws import mean, middle, numbers, spread
from wattport.report.numerals import THIN_SPACE, day_name, number, per_cent, whole
from wattport.report.page import Figure, Listing, Section
from wattport.spec import Spec

_SURE_FRAC = 0.995
_SHOWN_FRAC = 0.05  # a hall that fewer draws build has no date worth showing


def section(case: Case) -> Section | None:
    """
    The site programme.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    Section or None
        None when the case stopped before it was built.
    """
    programme = case.programme
    if programme is None:
        return None
    blocks = [Figure(online(programme)), Figure(halls(case.spec, programme, case.design))]
    if programme.activity:
        blocks.append(Figure(first_hall(case.spec, programme)))
    lede = (
        "A hall is ready when its modules have come, its grid tranche is open and every test is "
        "passed; whichever comes last decides."
    )
    kept = [deadlines(programme)] if programme.deadline else []
    is_ordered = case.spec.programme.rack_buffer_days is not None
    if is_ordered and programme.rack_carrying_meur is not None:
        kept.append(racks(programme))
    return Section("programme", "When it runs", lede, (*blocks, *kept, causes(programme)))


def online(programme: Programme) -> Fan:
    """
    Megawatts on line month by month, among the grid tranches.

    Parameters
    ----------
    programme : Programme
        The record.

    Returns
    -------
    Fan
        Of megawatts, the late side (P90) is the low one.
    """
    low, mid, high = spread(programme.online_it_mw)
    day, changes = _until_settled(programme, (low, mid, high))
    band = (numbers(low[changes]), numbers(high[changes])) if np.any(high > low) else ((), ())
    it = Curve("IT ready", numbers(mid[changes]), *band, is_step=True)
    grid = spread(programme.tranche_mw)[1][changes]
    return Fan(
        "Megawatts on line",
        "IT power ready for service at the start of each month, with the grid power that is open.",
        numbers(day),
        (it, Curve("grid power open (P50)", numbers(grid), is_step=True)),
        "MW",
        "Power",
        "P90 (late)",
        "P10 (early)",
    )


def _until_settled(
    programme: Programme, curves: tuple[np.ndarray, ...]
) -> tuple[np.ndarray, slice]:
    # The record runs on for years after the last hall; half a year of plateau is enough to see.
    moving = [np.flatnonzero(np.diff(curve) != 0) for curve in curves]
    last = max((int(change[-1]) + 1 for change in moving if change.size), default=1)
    first = min((int(change[0]) for change in moving if change.size), default=0)
    kept = slice(max(0, first - 6), min(programme.month_day.size, last + 7))
    return programme.month_day[kept], kept


def halls(spec: Spec, programme: Programme, design: Design | None) -> Gantt:
    """
    Halls on the calendar, with the cause that decides most often.

    Parameters
    ----------
    spec : Spec
        For the dates of the tranches.
    programme : Programme
        The record.
    design : Design or None
        For the share of draws that build a hall.

    Returns
    -------
    Gantt
        One row per hall that enough draws build.
    """
    start = spread(programme.start_day[:, :, 0])[1]
    _, ready, late = spread(programme.ready_day)
    power = spread(np.where(programme.hall_mw > 0, programme.hall_mw, np.nan))[1]
    built = mean(design.has_hall) if design is not None else np.ones(ready.size)
    cause = programme.cause[int(np.argmax(programme.last_cause_frac))] if programme.cause else ""
    share = (
        programme.hall_cause_frac[:, programme.cause.index(cause)]
        if cause
        else np.full(ready.size, np.nan)
    )
    rows = tuple(
        GanttRow(
            f"Hall {h + 1}" if built[h] > _SURE_FRAC else f"Hall {h + 1} ({_share(built[h])})",
            float(start[h]),
            float(ready[h]),
            float(late[h]),
            float(share[h]),
            _note(float(power[h]), float(built[h])),
        )
        for h in range(ready.size)
        if built[h] >= _SHOWN_FRAC
    )
    return Gantt(
        "Halls, from first works to ready for service",
        "Bars end at P50, whiskers at P90; an arrow means that P90 is never reached. Dashed lines "
        "are the planned dates of the grid tranches. A share in brackets: only so many of the "
        "draws build the hall, and its dates are theirs.",
        rows,
        _tranches(spec),
        f"draws in which “{cause}” decides the date" if cause else "",
    )


def _note(power_mw: float, built_frac: float) -> str:
    size = f"{number(power_mw)}{THIN_SPACE}MW of IT"
    return size if built_frac > _SURE_FRAC else f"{size}; built in {per_cent(built_frac)} of draws"


def _tranches(spec: Spec) -> tuple[tuple[float, str], ...]:
    marks = []
    for tranche in spec.grid.tranches:
        power = spec.grid.connection_mw if tranche.power_mw is None else tranche.power_mw
        marks.append((day_of(tranche.date), f"{number(middle(power))}{THIN_SPACE}MW"))
    return tuple(marks)


def first_hall(spec: Spec, programme: Programme) -> Gantt:
    """
    Activities of the first hall, with the share of halls and draws in which each was critical.

    Parameters
    ----------
    spec : Spec
        Tells whether modules travel.
    programme : Programme
        The record.

    Returns
    -------
    Gantt
        One row per phase and activity, and one for the last module on the road.
    """
    start = spread(programme.start_day[:, 0, :])[1]
    _, finish, late = spread(programme.finish_day[:, 0, :])
    rows = tuple(
        GanttRow(
            name,
            float(start[k]),
            float(finish[k]),
            float(late[k]),
            float(programme.criticality_frac[k]),
            f"charged to {programme.activity_cause[k]}" if programme.activity_cause else "",
        )
        for k, name in enumerate(programme.activity)
    )
    return Gantt(
        "Inside the first hall",
        "Phases and activities of hall 1; a diamond is a milestone. The share counts all halls "
        "and draws in which the activity drove readiness.",
        (*_phases(programme), *_on_the_road(spec, programme), *rows),
        measure="critical",
    )


def _phases(programme: Programme) -> list[GanttRow]:
    if not programme.hammock:
        return []
    start = spread(programme.hammock_start_day[:, 0])[1]
    _, finish, late = spread(programme.hammock_finish_day[:, 0])
    return [
        GanttRow(f"Phase: {name}", float(start[k]), float(finish[k]), float(late[k]))
        for k, name in enumerate(programme.hammock)
    ]


def _on_the_road(spec: Spec, programme: Programme) -> list[GanttRow]:
    if spec.programme.module_transport is None or programme.modules_on_site_day is None:
        return []
    start = spread(programme.modules_day[:, 0])[1]
    _, there, late = spread(programme.modules_on_site_day[:, 0])
    return [GanttRow("last module on the road", float(start), float(there), float(late))]


def deadlines(programme: Programme) -> Listing:
    """
    Dates to be kept, and by how much they are.

    Parameters
    ----------
    programme : Programme
        The record; it has deadlines.

    Returns
    -------
    Listing
        One row per deadline.
    """
    late, mid, early = spread(programme.deadline_float_days)
    kept = mean(np.where(np.isnan(programme.deadline_float_days), np.nan,
                         programme.deadline_float_days >= 0.0))  # fmt: skip
    rows = tuple(
        (
            name[0].upper() + name[1:],
            day_name(float(programme.deadline_day[k])),
            _share(float(kept[k])),
            *(_days(float(spare[k])) for spare in (early, mid, late)),
        )
        for k, name in enumerate(programme.deadline)
    )
    header = ("What", "By", "Kept", "Days to spare, P10", "Days to spare, P50",
              "Days to spare, P90 (late)")  # fmt: skip
    return Listing(
        Table(header, rows),
        "Dates to be kept",
        "The share of draws that keep each date, and the days to spare; a minus sign means "
        "late. These dates move nothing.",
        style="cards",
    )


def racks(programme: Programme) -> Listing:
    """
    Racks that were ordered for the plan and wait for the hall.

    Parameters
    ----------
    programme : Programme
        The record.

    Returns
    -------
    Listing
        Days in store of the first hall's racks, and the cost of all capital that waits.
    """
    first, cost = spread(programme.rack_store_days[:, 0]), spread(programme.rack_carrying_meur)
    rows = (
        ("Racks of hall 1 wait in store", *(_days(float(days)) for days in first)),
        (
            "Capital that waits, all halls",
            *(f"{number(float(c) / 1000.0)}{THIN_SPACE}bn EUR" for c in cost),
        ),
    )
    return Listing(
        Table(("What", "P10", "P50", "P90"), rows),
        "Racks bought for the plan",
        "Racks are ordered for the planned day of each hall and never ordered again when the "
        "plan slips, so this is what a firm order costs at the discount rate.",
        style="cards",
    )


def _days(days: float) -> str:
    return f"{whole(days)}{THIN_SPACE}d" if math.isfinite(days) else "\u2013"


def causes(programme: Programme) -> Listing:
    """
    What first compute and the full campus waited for.

    Parameters
    ----------
    programme : Programme
        The record.

    Returns
    -------
    Listing
        One row per cause.
    """
    delays = spread(programme.cause_delay_days)
    rows = tuple(
        (
            cause,
            _share(float(programme.first_cause_frac[k])),
            _share(float(programme.last_cause_frac[k])),
            *(f"{whole(float(delay[k]))}{THIN_SPACE}d" for delay in delays),
        )
        for k, cause in enumerate(programme.cause)
    )
    header = (
        "Cause",
        "Decides first compute",
        "Decides the full campus",
        "Days gained without it, P10",
        "Days gained, P50",
        "Days gained, P90",
    )
    return Listing(
        Table(header, rows),
        "What the dates wait for",
        "The share of draws in which a cause is the last to clear, and how much earlier first "
        "compute would come if it were absent.",
        style="cards",
    )


def _share(share_frac: float) -> str:
    return f"{whole(100 * share_frac)}{THIN_SPACE}%" if math.isfinite(share_frac) else "\u2013"
