"""
Reading Primavera XER files.

References
----------
Oracle, "Primavera P6 EPPM XER Import/Export Data Map Guide (Project)": the
tables, their columns and their words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from heapq import heappop, heappush
from typing import TypeVar

from wattport.calendar.work_calendar import Shifts, WorkCalendar
from wattport.equations.precedence import LinkKind
from wattport.schedule.exchange.notes import (
    MOST_BASES,
    ExchangeCode,
    Notes,
    ReadPlan,
    StatedDates,
    unique_names,
)
from wattport.schedule.exchange.xer_calendar import parse_calendar
from wattport.schedule.exchange.xer_table import Row, decoded, tables
from wattport.schedule.exchange.xer_words import (
    CONSTRAINT_OF,
    FOLLOWS,
    IGNORED,
    KIND_OF,
    LAG_OF,
    LINK_OF,
    NO_CURRENCY,
    READ,
    RESOURCE_OF,
    USUAL,
)
from wattport.schedule.plan import (
    ActivityKind,
    Assignment,
    Constraint,
    ConstraintKind,
    LagCalendar,
    Level,
    Plan,
    PlanActivity,
    PlanLink,
    Resource,
    ResourceKind,
    WbsNode,
)

_T = TypeVar("_T")
# Tables whose rows are referred to by a number of their own.
_NUMBERED = {
    "PROJECT": "proj_id", "CALENDAR": "clndr_id", "PROJWBS": "wbs_id", "TASK": "task_id",
    "RSRC": "rsrc_id",
}  # fmt: skip
_EMPTY = frozenset({"", "0", "0.0", "0.00", "0.000000", "N"})


def read_xer(
    raw: bytes, name: str = "", *, encoding: str | None = None, project: str | None = None
) -> ReadPlan:
    """
    Read a Primavera XER file.

    Parameters
    ----------
    raw : bytes
        The file.
    name : str
        Its name, for findings.
    encoding : str, optional
        Its code page; left out: UTF-8 if that fits, else cp1252.
    project : str, optional
        Short name of the project to read where the file has several.

    Returns
    -------
    ReadPlan
        Planned dates are the target dates of the file, P6's own stand-in for a baseline.

    Raises
    ------
    WattportError
        With all faults, each with its line.
    """
    notes = Notes(name)
    text = decoded(raw, encoding, notes)
    notes.refuse()
    found = tables(text, notes)
    if not found:
        notes.refuse()
    for table, column in _NUMBERED.items():
        notes.twice(((row[column], row.line) for row in found.get(table, [])), f"{table}.{column}")
    reader = _Reader(found, notes)
    head = reader.project(project)
    if head is None:
        notes.refuse()
        raise AssertionError
    plan, stated = reader.plan(head)
    sound = notes.judged(plan)
    _list_losses(found, head["proj_id"], notes)
    return ReadPlan(sound, notes.losses, stated)


@dataclass
class _Reader:
    found: dict[str, list[Row]]
    notes: Notes

    def project(self, wanted: str | None) -> Row | None:
        """The one project to read."""
        rows = self.found.get("PROJECT", [])
        for table in ("PROJECT", "PROJWBS", "CALENDAR", "TASK"):
            if table not in self.found:
                self.notes.fault(
                    ExchangeCode.MISSING_TABLE, f"the table {table} is missing", path=table,
                    remedy="export the whole project as XER",
                )  # fmt: skip
        names = [row["proj_short_name"] for row in rows]
        chosen = [row for row in rows if row["proj_short_name"] == wanted]
        if wanted is None:
            # External projects, only named by links, are not marked for export.
            chosen = rows if len(rows) == 1 else [row for row in rows if row["export_flag"] == "Y"]
        if len(chosen) == 1:
            for row in rows:
                if row is not chosen[0]:
                    self.notes.loses("other projects of the file", row["proj_short_name"])
            return chosen[0]
        if rows:
            self.notes.fault(
                ExchangeCode.WHICH_PROJECT, f"the file has {len(rows)} projects"
                + (f", none or several of them {wanted!r}" if wanted is not None else ""),
                line=rows[0].line, path="PROJECT", allowed=", ".join(names[:20]),
                remedy="name one with --project",
            )  # fmt: skip
        elif "PROJECT" in self.found:
            self.notes.fault(
                ExchangeCode.MISSING_TABLE, "the file has no project", path="PROJECT",
                remedy="export the whole project as XER",
            )  # fmt: skip
        return None

    def rows(self, table: str, project: str) -> list[Row]:
        """Rows of a table that belong to the project."""
        return [row for row in self.found.get(table, []) if row["proj_id"] == project]

    def plan(self, head: Row) -> tuple[Plan, dict[str, StatedDates]]:
        """The plan of a project."""
        notes, project = self.notes, head["proj_id"]
        calendars, calendar_name = self.calendars()
        default = calendar_name.get(head["clndr_id"])
        if default is None:
            default = calendars[0].name if calendars else ""
            notes.changes("the project names no calendar: its first one is the default", default)
        wbs, wbs_index = self.wbs(project)
        activities, ids, stated = self.activities(project, calendar_name, wbs_index)
        resources, resource_id = self.resources(calendar_name)
        uses = self.assignments(project, ids, resource_id)
        self.compare_rates(project, {r.id: r.cost_per_hour for r in resources}, resource_id)
        start = head.moment("plan_start_date", notes) or head.moment("last_recalc_date", notes)
        if start is None:
            notes.fault(
                ExchangeCode.BAD_DATE, "the project has no start", line=head.line,
                path="PROJECT.plan_start_date", remedy="give it a planned start and export again",
            )  # fmt: skip
            notes.refuse()
            raise AssertionError
        lag_calendar, is_retained = self.options(project)
        plan = Plan(
            name=head.text("proj_short_name"),
            start=start,
            calendar=default,
            calendars=calendars,
            activities=activities,
            links=self.links(project, ids, lag_calendar),
            wbs=wbs,
            resources=resources,
            assignments=uses,
            data_date=head.moment("last_recalc_date", notes),
            deadline=head.moment("plan_end_date", notes),
            is_logic_retained=is_retained,
            currency=self.currency(),
        )
        return plan, stated

    def calendars(self) -> tuple[tuple[WorkCalendar, ...], dict[str, str]]:
        """All calendars, and the name of each by its number in the file."""
        notes, rows = self.notes, self.found.get("CALENDAR", [])
        names = unique_names(
            rows, lambda row: row.text("clndr_name"),
            lambda name: notes.changes("a calendar's name stood twice and got a number", name),
        )  # fmt: skip
        name_of = {row["clndr_id"]: name for row, name in zip(rows, names, strict=True)}
        parsed = {row["clndr_id"]: self.calendar(row) for row in rows}
        parent = {row["clndr_id"]: row["base_clndr_id"] for row in rows}
        calendars = []
        for row, name in zip(rows, names, strict=True):
            notes.stands(f"calendar {name}", row.line)
            week, exceptions = parsed[row["clndr_id"]]
            bases = _bases(row["clndr_id"], parent)
            if parent.get((row["clndr_id"], *bases)[-1], "") not in ("", *parent):
                notes.changes("a calendar that inherits from none of the file stands alone", name)
            notes.inherits(len(bases), row.line, name)
            for base in bases:
                base_week, base_exceptions = parsed[base]
                notes.writes_out(len(base_exceptions) + len(exceptions), row.line, name)
                exceptions = tuple(sorted({**dict(base_exceptions), **dict(exceptions)}.items()))
                week = week if any(week) or (exceptions and row["clndr_data"]) else base_week
                notes.changes("a calendar that inherits is written out", name)
            hours = row.number("day_hr_cnt", notes, 8.0)
            calendars.append(WorkCalendar(name, week, exceptions, hours))
        return tuple(calendars), name_of

    def calendar(self, row: Row) -> tuple[tuple[Shifts, ...], tuple[tuple[date, Shifts], ...]]:
        """Week and exceptions of a calendar."""
        if not row["clndr_data"]:
            return ((),) * 7, ()
        try:
            return parse_calendar(row["clndr_data"])
        except ValueError as error:
            self.notes.fault(
                ExchangeCode.BAD_CALENDAR, f"calendar {row['clndr_name']!r}: {error}",
                line=row.line, path="CALENDAR.clndr_data", remedy="export the calendar again",
                excerpt=row["clndr_data"][:100],
            )  # fmt: skip
            return ((),) * 7, ()

    def wbs(self, project: str) -> tuple[tuple[WbsNode, ...], dict[str, int | None]]:
        """Nodes below the project's own, and the index of each by its number in the file."""
        rows = self.rows("PROJWBS", project)
        known = {row["wbs_id"] for row in rows}
        roots = [r for r in rows if r["proj_node_flag"] == "Y" or r["parent_wbs_id"] not in known]
        for row in roots:
            if row["proj_node_flag"] != "Y" and row["parent_wbs_id"]:
                self.notes.loses(
                    "nodes of the work breakdown whose parent is missing", row.text("wbs_name")
                )
        index: dict[str, int | None] = {row["wbs_id"]: None for row in roots}
        below: dict[str, list[int]] = {}  # places of the rows below each node
        for place, row in enumerate(rows):
            if row["wbs_id"] not in index:
                below.setdefault(row["parent_wbs_id"], []).append(place)
        nodes: list[WbsNode] = []
        # Parents may stand after their children: of the rows that can go, the first one does.
        ready = sorted(place for root in index for place in below.pop(root, []))
        while ready:
            row = rows[heappop(ready)]
            parent = index[row["parent_wbs_id"]]
            index[row["wbs_id"]] = len(nodes)
            nodes.append(WbsNode(row.text("wbs_short_name"), row.text("wbs_name"), parent))
            for place in below.pop(row["wbs_id"], []):
                heappush(ready, place)
        for place in (place for places in below.values() for place in places):
            self.notes.fault(
                ExchangeCode.DANGLING, "nodes of the work breakdown contain each other",
                line=rows[place].line, path="PROJWBS.parent_wbs_id", remedy="export again",
            )  # fmt: skip
        return tuple(nodes), index

    def activities(
        self, project: str, calendars: dict[str, str], wbs: dict[str, int | None]
    ) -> tuple[tuple[PlanActivity, ...], dict[str, str], dict[str, StatedDates]]:
        """Activities, their ids by their numbers in the file, and the dates the file states."""
        rows, fixed = self.rows("TASK", project), self.fixed_costs(project)
        ids: dict[str, str] = {}
        stated: dict[str, StatedDates] = {}
        activities = []
        for row in rows:
            name = row.text("task_code") or row["task_id"]
            ids[row["task_id"]] = name
            self.notes.stands(f"activity {name}", row.line)
            one = self.activity(row, name, calendars, wbs)
            activities.append(replace(one, fixed_cost=fixed.get(row["task_id"], 0.0)))
            stated[name] = self.stated(row)
        return tuple(activities), ids, stated

    def activity(
        self, row: Row, name: str, calendars: dict[str, str], wbs: dict[str, int | None]
    ) -> PlanActivity:
        """One activity."""
        notes = self.notes
        kind = self.word(row, "task_type", KIND_OF, ActivityKind.TASK)
        if row["task_type"] == "TT_Rsrc":
            notes.changes("activities on their resources' calendars keep to their own", name)
        start, finish = row.moment("act_start_date", notes), row.moment("act_end_date", notes)
        if finish is not None and start is None:
            notes.changes("activities with an actual finish only start then, too", name)
            start = finish
        return PlanActivity(
            id=name,
            name=row.text("task_name"),
            calendar=self.known(row, "clndr_id", calendars, "calendar", ""),
            duration_hours=row.number("target_drtn_hr_cnt", notes),
            kind=kind,
            wbs=self.known(row, "wbs_id", wbs, "node of the work breakdown", None),
            constraints=self.constraints(row, name),
            planned_start=row.moment("target_start_date", notes),
            planned_finish=row.moment("target_end_date", notes),
            actual_start=start,
            actual_finish=finish,
            remaining_hours=row.number("remain_drtn_hr_cnt", notes),
            physical_frac=row.number("phys_complete_pct", notes) / 100.0,
        )

    def constraints(self, row: Row, name: str) -> tuple[Constraint, ...]:
        """At most two constraints of an activity."""
        found = []
        for suffix in ("", "2"):
            word = row[f"cstr_type{suffix}"]
            if not word:
                continue
            kind = self.word(row, f"cstr_type{suffix}", CONSTRAINT_OF, None)
            moment = row.moment(f"cstr_date{suffix}", self.notes)
            if kind == ConstraintKind.AS_LATE_AS_POSSIBLE:
                found.append(Constraint(kind))
            elif kind is not None and moment is not None:
                found.append(Constraint(kind, moment))
            elif kind is not None and not row[f"cstr_date{suffix}"]:
                self.notes.loses("constraints without a date", name)
        return tuple(found)

    def stated(self, row: Row) -> StatedDates:
        """Dates P6 worked out."""
        has_float = bool(row["total_float_hr_cnt"])
        return StatedDates(
            early_start=row.moment("early_start_date", self.notes),
            early_finish=row.moment("early_end_date", self.notes),
            late_start=row.moment("late_start_date", self.notes),
            late_finish=row.moment("late_end_date", self.notes),
            total_float_hours=row.number("total_float_hr_cnt", self.notes) if has_float else None,
        )

    def options(self, project: str) -> tuple[LagCalendar, bool]:
        """Calendar of lags, and whether work out of sequence waits."""
        rows = self.rows("SCHEDOPTIONS", project)
        if not rows:
            return LagCalendar.PREDECESSOR, True
        column = "sched_calendar_on_relationship_lag"
        lag = LagCalendar.PREDECESSOR
        if rows[0][column]:
            lag = self.word(rows[0], column, LAG_OF, LagCalendar.PREDECESSOR)
        is_override = rows[0]["sched_progress_override"] == "Y"
        if rows[0]["sched_retained_logic"] == "N" and not is_override:
            self.notes.changes("out-of-sequence work by actual dates is taken as retained logic")
        return lag, not is_override

    def links(
        self, project: str, ids: dict[str, str], lag_calendar: LagCalendar
    ) -> tuple[PlanLink, ...]:
        """Links within the project."""
        links = []
        for row in self.rows("TASKPRED", project):
            if row["pred_proj_id"] not in ("", project):
                self.notes.loses("links from other projects", ids.get(row["task_id"], ""))
                continue
            one = PlanLink(
                predecessor=self.known(row, "pred_task_id", ids, "activity", ""),
                successor=self.known(row, "task_id", ids, "activity", ""),
                kind=self.word(row, "pred_type", LINK_OF, LinkKind.FINISH_TO_START),
                lag_hours=row.number("lag_hr_cnt", self.notes),
                lag_calendar=lag_calendar,
            )
            self.notes.stands(f"link {one.predecessor} > {one.successor}", row.line)
            links.append(one)
        for row in self.found.get("TASKPRED", []):
            if row["pred_proj_id"] == project and row["proj_id"] != project:
                self.notes.loses("links to other projects", ids.get(row["pred_task_id"], ""))
        return tuple(links)

    def resources(self, calendars: dict[str, str]) -> tuple[tuple[Resource, ...], dict[str, str]]:
        """Resources with their levels, and the id of each by its number in the file."""
        notes, rows = self.notes, self.found.get("RSRC", [])
        names = unique_names(
            rows, lambda row: row.text("rsrc_short_name") or row["rsrc_id"],
            lambda name: notes.changes("a resource's id stood twice and got a number", name),
        )  # fmt: skip
        levels: dict[str, list[Level]] = {}
        rates: dict[str, list[float]] = {}
        known = {row["rsrc_id"] for row in rows}
        for row in self.found.get("RSRCRATE", []):
            if row["rsrc_id"] not in known:
                notes.loses("rates of resources that are not there", row["rsrc_id"])
            since = row.moment("start_date", notes)
            if since is not None:
                rates.setdefault(row["rsrc_id"], []).append(row.number("cost_per_qty", notes))
            if since is not None and row["max_qty_per_hr"]:
                level = Level(since, row.number("max_qty_per_hr", notes))
                levels.setdefault(row["rsrc_id"], []).append(level)
        resources = []
        for row, name in zip(rows, names, strict=True):
            kind = self.word(row, "rsrc_type", RESOURCE_OF, ResourceKind.LABOUR)
            calendar = self.known(row, "clndr_id", calendars, "calendar", None)
            steps = tuple(sorted(levels.get(row["rsrc_id"], []), key=lambda step: step.start))
            prices = rates.get(row["rsrc_id"], [0.0])
            if len(set(prices)) > 1:
                notes.changes("of rates that change over time the first counts throughout", name)
            resources.append(
                Resource(name, row.text("rsrc_name"), kind, steps, calendar, prices[0])
            )
            notes.stands(f"resource {name}", row.line)
        return tuple(resources), {r["rsrc_id"]: n for r, n in zip(rows, names, strict=True)}

    def assignments(
        self, project: str, ids: dict[str, str], resources: dict[str, str]
    ) -> tuple[Assignment, ...]:
        """Use of resources."""
        notes, uses = self.notes, []
        for row in self.rows("TASKRSRC", project):
            if not row["rsrc_id"]:
                notes.loses("assignments of a role without a resource", ids.get(row["task_id"], ""))
                continue
            remaining, actual = row.number("remain_qty", notes), row.number("act_reg_qty", notes)
            if (
                row["target_qty"]
                and abs(row.number("target_qty", notes) - remaining - actual) > 1e-6
            ):
                notes.loses("budgeted work that differs from actual and remaining",
                            ids.get(row["task_id"], ""))  # fmt: skip
            use = Assignment(
                activity=self.known(row, "task_id", ids, "activity", ""),
                resource=self.known(row, "rsrc_id", resources, "resource", ""),
                units=row.number("target_qty_per_hr", notes),
                remaining_hours=remaining,
                actual_hours=actual,
            )
            notes.stands(f"assignment {use.activity}/{use.resource}", row.line)
            uses.append(use)
        return tuple(uses)

    def currency(self) -> str:
        """Short name of the currency all others are converted to."""
        rows = self.found.get("CURRTYPE", [])
        base = [row for row in rows if row.number("base_exch_rate", self.notes) == 1.0]
        name = (base or rows)[0].text("curr_short_name") if rows else ""
        return "" if name == NO_CURRENCY else name

    def fixed_costs(self, project: str) -> dict[str, float]:
        """Expenses of each activity, spent and to come, by its number in the file."""
        tasks = {row["task_id"] for row in self.rows("TASK", project)}
        costs: dict[str, float] = {}
        for row in self.rows("PROJCOST", project):
            total = row.number("act_cost", self.notes) + row.number("remain_cost", self.notes)
            if row["task_id"] not in tasks:
                self.notes.loses("expenses of activities that are not there", row["task_id"])
            costs[row["task_id"]] = costs.get(row["task_id"], 0.0) + total
        return costs

    def compare_rates(
        self, project: str, rate_of: Mapping[str, float], resources: Mapping[str, str]
    ) -> None:
        """Tell which uses cost something else than their resource does."""
        for row in self.rows("TASKRSRC", project):
            name = resources.get(row["rsrc_id"], "")
            rate = row.number("cost_per_qty", self.notes)
            if row["cost_per_qty"] and name and rate != rate_of[name]:
                self.notes.changes("uses at a rate of their own are paid at the resource's", name)

    def known(self, row: Row, column: str, things: Mapping[str, _T], kind: str, default: _T) -> _T:
        """What a number of the file stands for; a fault if it stands for nothing."""
        number = row[column]
        if number in things:
            return things[number]
        if number or default is not None:
            self.notes.fault(
                ExchangeCode.DANGLING, f"there is no {kind} with the number {number!r}",
                line=row.line, path=f"{row.table}.{column}", value=number,
                remedy="export the whole project again",
            )  # fmt: skip
        return default

    def word(self, row: Row, column: str, words: Mapping[str, _T], default: _T) -> _T:
        """What a word of the format means; a fault if nothing."""
        if row[column] in words:
            return words[row[column]]
        self.notes.fault(
            ExchangeCode.UNKNOWN_WORD, f"{row[column]!r} is unknown", line=row.line,
            path=f"{row.table}.{column}", value=row[column], allowed=", ".join(words),
            remedy="export the file again from Primavera",
        )  # fmt: skip
        return default


def _bases(calendar: str, parent: Mapping[str, str]) -> list[str]:
    """Calendars a calendar inherits from, the nearest first, and one more than may be."""
    chain: list[str] = []
    current = parent.get(calendar, "")
    while current in parent and current not in (calendar, *chain) and len(chain) <= MOST_BASES:
        chain.append(current)
        current = parent[current]
    return chain


def _list_losses(found: dict[str, list[Row]], project: str, notes: Notes) -> None:
    """List tables and columns that hold something the plan has no place for."""
    for table, rows in found.items():
        if table in READ:
            taken = {*READ[table].split(), *FOLLOWS[table].split()}
            for row in rows:
                if row["proj_id"] in ("", project):
                    _list_columns(row, taken, notes)
        elif rows and table not in IGNORED:
            notes.loses(f"table {table} with {len(rows)} rows")


def _list_columns(row: Row, taken: set[str], notes: Notes) -> None:
    for column, value in row.items():
        if column in taken or value.strip() in _EMPTY:
            continue
        full = f"{row.table}.{column}"
        if USUAL.get(full) != value.strip():
            notes.loses(f"column {full}", value.strip()[:40])
