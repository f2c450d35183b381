"""Writing Primavera XER files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from wattport.errors import Finding
from wattport.schedule.cpm import PlanDates, critical_path
from wattport.schedule.cpm_network import moment_of_day
from wattport.schedule.exchange.notes import Notes
from wattport.schedule.exchange.xer_calendar import calendar_text
from wattport.schedule.exchange.xer_words import (
    NO_CURRENCY,
    WORD_OF_CONSTRAINT,
    WORD_OF_KIND,
    WORD_OF_LAG,
    WORD_OF_LINK,
    WORD_OF_RESOURCE,
)
from wattport.schedule.plan import ALWAYS, LagCalendar, Plan, PlanActivity, Resource

_PROJECT_ID, _ROOT_ID, _OBS_ID, _FIRST_ID = 1, 1, 1, 100
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # lines and fields end with some
Cell = str | int | float | datetime | None


def xer_bytes(plan: Plan, name: str = "") -> tuple[bytes, tuple[Finding, ...]]:
    """
    Write a plan as a Primavera XER file.

    Early and late dates are those of `critical_path`, so that other tools show the same
    dates before they schedule anything themselves.

    Parameters
    ----------
    plan : Plan
        Sound (see `wattport.schedule.plan_check.faults`).
    name : str
        Name of the file, for findings.

    Returns
    -------
    raw : bytes
        In cp1252 if all letters have a place there, else in UTF-8.
    not_carried : tuple of Finding
        What reading the file would not give back. Empty: reading gives the plan itself.

    Raises
    ------
    WattportError
        When the plan cannot be dated.
    """
    notes = Notes(name)
    dates = critical_path(plan)
    lines = [f"ERMHDR\t8.2\t{plan.start:%Y-%m-%d}\tProject\twattport\twattport\twattport\t"
             f"Project Management\t{plan.currency or NO_CURRENCY}"]  # fmt: skip
    for table in (
        _currency(plan), _responsibility(), _project(plan, dates, notes), _calendars(plan, notes),
        _options(plan, notes), _wbs(plan), _resources(plan), _levels(plan),
        _tasks(plan, dates, notes), _links(plan), _assignments(plan), _expenses(plan),
    ):  # fmt: skip
        lines += _table(*table, notes)
    return _encoded("\n".join([*lines, "%E", ""]), notes), notes.losses


Table = tuple[str, str, Iterable[Sequence[Cell]]]


def _table(name: str, columns: str, rows: Iterable[Sequence[Cell]], notes: Notes) -> list[str]:
    fields = columns.split()
    lines = [f"%T\t{name}", "\t".join(["%F", *fields])]
    for row in rows:
        cells = [_cell(value, notes) for value in row]
        assert len(cells) == len(fields), name
        lines.append("\t".join(["%R", *cells]))
    return lines if len(lines) > 2 or name in ("PROJWBS", "TASK", "TASKPRED") else []


def _cell(value: Cell, notes: Notes) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        if value.second or value.microsecond:
            notes.changes("seconds of dates are cut off", value.isoformat(" "))
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    text = str(value)
    kept = _CONTROL.sub(" ", text)
    if kept != text:
        notes.changes("tabs and line breaks in texts become blanks", kept)
    return kept


def _encoded(text: str, notes: Notes) -> bytes:
    try:
        raw = text.encode("cp1252")
    except UnicodeEncodeError as error:
        notes_letter = text[error.start]
        if "\ud800" <= notes_letter <= "\udfff":
            notes.changes("half letters become question marks")
        return text.encode("utf-8", "replace")
    try:
        is_ambiguous = raw.decode("utf-8") != text
    except UnicodeDecodeError:
        is_ambiguous = False
    # Letters that would be read as UTF-8 by chance need a mark that says what they are.
    return text.encode("utf-8-sig") if is_ambiguous else raw


def _currency(plan: Plan) -> Table:
    columns = ("curr_id decimal_digit_cnt curr_symbol decimal_symbol digit_group_symbol "
               "pos_curr_fmt_type neg_curr_fmt_type curr_type curr_short_name group_digit_cnt "
               "base_exch_rate")  # fmt: skip
    name = plan.currency or NO_CURRENCY
    return "CURRTYPE", columns, [(1, 2, name, ".", ",", "#1.1", "(#1.1)", name, name, 3, 1)]


def _responsibility() -> Table:
    return "OBS", "obs_id parent_obs_id seq_num obs_name", [(_OBS_ID, None, 0, "Enterprise")]


def _calendar_ids(plan: Plan) -> dict[str, int]:
    return {calendar.name: _FIRST_ID + i for i, calendar in enumerate(plan.calendars)}


def _task_ids(plan: Plan) -> dict[str, int]:
    return {activity.id: _FIRST_ID + i for i, activity in enumerate(plan.activities)}


def _resource_ids(plan: Plan) -> dict[str, int]:
    return {resource.id: _FIRST_ID + i for i, resource in enumerate(plan.resources)}


def _wbs_id(node: int | None) -> int:
    return _ROOT_ID if node is None else _FIRST_ID + node


def _project(plan: Plan, dates: PlanDates, notes: Notes) -> Table:
    if plan.data_date is None:
        notes.changes("no data date: the start of the project stands for it")
    columns = ("proj_id proj_short_name clndr_id plan_start_date plan_end_date scd_end_date "
               "last_recalc_date project_flag export_flag critical_drtn_hr_cnt "
               "critical_path_type def_complete_pct_type def_duration_type def_task_type "
               "name_sep_char rem_target_link_flag")  # fmt: skip
    row: Sequence[Cell] = (
        _PROJECT_ID, plan.name, _calendar_ids(plan)[plan.calendar], plan.start, plan.deadline,
        _minute(dates.end_day), plan.data_date or plan.start, "Y", "Y", 0, "CT_DrivPath",
        "CP_Drtn", "DT_FixedDrtn", "TT_Task", ".", "Y",
    )  # fmt: skip
    return "PROJECT", columns, [row]


def _calendars(plan: Plan, notes: Notes) -> Table:
    ids = _calendar_ids(plan)
    columns = ("clndr_id default_flag clndr_name proj_id base_clndr_id last_chng_date clndr_type "
               "day_hr_cnt week_hr_cnt month_hr_cnt year_hr_cnt rsrc_private "
               "clndr_data")  # fmt: skip
    rows: list[Sequence[Cell]] = []
    for calendar in plan.calendars:
        week = sum(stop - start for shifts in calendar.week for start, stop in shifts) / 60.0
        rows.append((
            ids[calendar.name], "Y" if calendar.name == plan.calendar else "N", calendar.name,
            None, None, None, "CA_Base", calendar.hours_per_day, round(week, 2),
            round(week * 52 / 12, 2), round(week * 52, 2), "N",
            calendar_text(calendar.week, calendar.exceptions),
        ))  # fmt: skip
    return "CALENDAR", columns, rows


def _lag_calendar(plan: Plan) -> LagCalendar:
    """The calendar most lags are counted in: a P6 project has one for all."""
    used = [one.lag_calendar for one in plan.links if one.lag_hours]
    return max(LagCalendar, key=used.count) if used else LagCalendar.SUCCESSOR


def _options(plan: Plan, notes: Notes) -> Table:
    chosen = _lag_calendar(plan)
    for one in plan.links:
        if one.lag_hours and one.lag_calendar != chosen:
            notes.changes(
                f"lags on the {one.lag_calendar.value} calendar are counted on "
                f"the {chosen.value} one",
                f"{one.predecessor} > {one.successor}",
            )  # fmt: skip
    columns = ("schedoptions_id proj_id sched_retained_logic sched_progress_override "
               "sched_float_type sched_calendar_on_relationship_lag")  # fmt: skip
    is_kept = plan.is_logic_retained
    row = (1, _PROJECT_ID, "Y" if is_kept else "N", "N" if is_kept else "Y", "FT_FF",
           WORD_OF_LAG[chosen])  # fmt: skip
    return "SCHEDOPTIONS", columns, [row]


def _wbs(plan: Plan) -> Table:
    columns = ("wbs_id proj_id obs_id seq_num proj_node_flag sum_data_flag status_code "
               "wbs_short_name wbs_name parent_wbs_id ev_compute_type "
               "ev_etc_compute_type")  # fmt: skip
    end = ("EC_Cmp_pct", "EE_Rem_hr")
    rows: list[Sequence[Cell]] = [
        (_ROOT_ID, _PROJECT_ID, _OBS_ID, 0, "Y", "N", "WS_Open", plan.name, plan.name, None, *end)
    ]
    for i, node in enumerate(plan.wbs):
        rows.append((
            _wbs_id(i), _PROJECT_ID, _OBS_ID, i + 1, "N", "N", "WS_Open", node.code, node.name,
            _wbs_id(node.parent), *end,
        ))  # fmt: skip
    return "PROJWBS", columns, rows


def _resources(plan: Plan) -> Table:
    ids, calendars = _resource_ids(plan), _calendar_ids(plan)
    columns = ("rsrc_id clndr_id rsrc_seq_num rsrc_short_name rsrc_name active_flag "
               "auto_compute_act_flag curr_id rsrc_type def_qty_per_hr cost_qty_type")  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (ids[r.id], None if r.calendar is None else calendars[r.calendar], i, r.id, r.name, "Y",
         "Y", 1, WORD_OF_RESOURCE[r.kind], 1, "QT_Hour")
        for i, r in enumerate(plan.resources)
    ]  # fmt: skip
    return "RSRC", columns, rows


def _levels(plan: Plan) -> Table:
    ids = _resource_ids(plan)
    steps: list[tuple[Resource, Cell, datetime]] = []
    for resource in plan.resources:
        steps += [(resource, level.units, level.start) for level in resource.levels]
        if resource.cost_per_hour and not resource.levels:
            steps.append((resource, None, ALWAYS))
    rows = [
        (_FIRST_ID + i, ids[resource.id], units, resource.cost_per_hour, start)
        for i, (resource, units, start) in enumerate(steps)
    ]
    return "RSRCRATE", "rsrc_rate_id rsrc_id max_qty_per_hr cost_per_qty start_date", rows


def _status(activity: PlanActivity) -> str:
    if activity.is_done:
        return "TK_Complete"
    return "TK_Active" if activity.is_started else "TK_NotStart"


def _minute(day: float) -> datetime | None:
    """Date to the minute, as P6 keeps it."""
    if day != day:
        return None
    return moment_of_day(round(day * 1440.0) / 1440.0)


def _tasks(plan: Plan, dates: PlanDates, notes: Notes) -> Table:
    ids, calendars = _task_ids(plan), _calendar_ids(plan)
    columns = ("task_id proj_id wbs_id clndr_id phys_complete_pct complete_pct_type task_type "
               "duration_type status_code task_code task_name total_float_hr_cnt "
               "free_float_hr_cnt remain_drtn_hr_cnt target_drtn_hr_cnt cstr_date act_start_date "
               "act_end_date late_start_date late_end_date early_start_date early_end_date "
               "restart_date reend_date target_start_date target_end_date rem_late_start_date "
               "rem_late_end_date cstr_type priority_type cstr_date2 cstr_type2 "
               "driving_path_flag")  # fmt: skip
    rows: list[Sequence[Cell]] = []
    for i, a in enumerate(plan.activities):
        first, second = (*a.constraints, None, None)[:2]
        resume, finish = _minute(dates.resume_day[i]), _minute(dates.finish_day[i])
        late = _minute(dates.late_start_day[i]), _minute(dates.late_finish_day[i])
        slack = float(dates.total_float_hours[i]), float(dates.free_float_hours[i])
        if a.planned_start is None or a.planned_finish is None:
            notes.changes("activities without planned dates are planned on their early dates", a.id)
        if a.is_done and a.actual_start is None:
            notes.changes("activities with an actual finish only start then, too", a.id)
        left = (None, None) if a.is_done else (resume, finish)
        rows.append((
            ids[a.id], _PROJECT_ID, _wbs_id(a.wbs), calendars[a.calendar],
            round(a.physical_frac * 100.0, 9), "CP_Drtn", WORD_OF_KIND[a.kind], "DT_FixedDrtn",
            _status(a), a.id, a.name, None if slack[0] != slack[0] else slack[0],
            None if slack[1] != slack[1] else slack[1], a.remaining_hours, a.duration_hours,
            first.moment if first else None, a.actual_start, a.actual_finish, *late,
            resume, finish, *left, a.planned_start or resume, a.planned_finish or finish, *late,
            WORD_OF_CONSTRAINT[first.kind] if first else None, "PT_Normal",
            second.moment if second else None, WORD_OF_CONSTRAINT[second.kind] if second else None,
            "Y" if dates.is_longest_path[i] else "N",
        ))  # fmt: skip
        if not a.id.strip() or a.id != a.id:
            notes.changes("activities without an id get a number")
    return "TASK", columns, rows


def _links(plan: Plan) -> Table:
    ids = _task_ids(plan)
    columns = "task_pred_id task_id pred_task_id proj_id pred_proj_id pred_type lag_hr_cnt"
    rows = [
        (_FIRST_ID + i, ids[one.successor], ids[one.predecessor], _PROJECT_ID, _PROJECT_ID,
         WORD_OF_LINK[one.kind], one.lag_hours)
        for i, one in enumerate(plan.links)
    ]  # fmt: skip
    return "TASKPRED", columns, rows


def _assignments(plan: Plan) -> Table:
    tasks, resources = _task_ids(plan), _resource_ids(plan)
    kinds = {resource.id: WORD_OF_RESOURCE[resource.kind] for resource in plan.resources}
    rate = {resource.id: resource.cost_per_hour for resource in plan.resources}
    columns = ("taskrsrc_id task_id proj_id rsrc_id remain_qty target_qty remain_qty_per_hr "
               "act_reg_qty target_qty_per_hr rsrc_type cost_per_qty target_cost act_reg_cost "
               "remain_cost")  # fmt: skip
    rows = [
        (_FIRST_ID + i, tasks[use.activity], _PROJECT_ID, resources[use.resource],
         use.remaining_hours, use.remaining_hours + use.actual_hours, use.units, use.actual_hours,
         use.units, kinds[use.resource], rate[use.resource],
         rate[use.resource] * (use.remaining_hours + use.actual_hours),
         rate[use.resource] * use.actual_hours, rate[use.resource] * use.remaining_hours)
        for i, use in enumerate(plan.assignments)
    ]  # fmt: skip
    return "TASKRSRC", columns, rows


def _expenses(plan: Plan) -> Table:
    tasks = _task_ids(plan)
    columns = "cost_item_id proj_id task_id cost_name target_cost act_cost remain_cost"
    costly = [a for a in plan.activities if a.fixed_cost]
    rows: list[Sequence[Cell]] = [
        (_FIRST_ID + i, _PROJECT_ID, tasks[a.id], "Fixed cost", a.fixed_cost,
         a.fixed_cost if a.is_done else 0.0, 0.0 if a.is_done else a.fixed_cost)
        for i, a in enumerate(costly)
    ]  # fmt: skip
    return "PROJCOST", columns, rows
