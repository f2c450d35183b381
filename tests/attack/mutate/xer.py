"""Primavera XER: tables of rows, separated by tabs."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from attack.mutate.mutant import TEXTS, Claim, RawMutation, odd_number, shuffled
from attack.mutate.raw import COMMON, bom, crlf, cut_must_show, joined_must_show

_NEEDED = ("PROJECT", "PROJWBS", "CALENDAR", "TASK")
_ODD_DATES = (
    "0001-01-01 00:00", "1899-12-31 00:00", "1970-01-01 00:00", "2500-01-01 00:00",
    "9999-12-31 23:59", "2026-04-01", "2026-04-01 08:00:30",
)  # fmt: skip
_NO_DATES = (
    "2026-02-30 08:00", "01.04.2026", "2026-04-01 25:00", "2026-4-1 8:00", "yesterday", "46125",
    "2026-04-01T08:00", "20260401", "0000-00-00 00:00", "2026-04-01 08:00 AM", "99999-01-01 00:00",
)  # fmt: skip
# Columns whose number must be that of a row of another table.
_REFERENCES = (
    ("TASK", "clndr_id"), ("TASK", "wbs_id"), ("TASKPRED", "task_id"), ("TASKPRED", "pred_task_id"),
    ("TASKRSRC", "task_id"), ("TASKRSRC", "rsrc_id"), ("RSRC", "clndr_id"), ("PROJECT", "clndr_id"),
    ("PROJWBS", "parent_wbs_id"), ("RSRCRATE", "rsrc_id"),
)  # fmt: skip
_WORDS = (("TASK", "task_type"), ("TASK", "cstr_type"), ("TASKPRED", "pred_type"),
          ("RSRC", "rsrc_type"))  # fmt: skip


@dataclass
class Table:
    """A table: its name, its columns, its rows."""

    name: str
    columns: list[str]
    rows: list[list[str]]


@dataclass
class Model:
    """An XER file."""

    head: str
    tables: list[Table]
    is_ended: bool = True

    def table(self, name: str) -> Table | None:
        """A table by its name."""
        return next((table for table in self.tables if table.name == name), None)

    def own(self, table: Table) -> list[list[str]]:
        """Rows that are not those of the second project, which only links name."""
        projects = self.table("PROJECT")
        if projects is None or not projects.rows or "proj_id" not in table.columns:
            return table.rows
        number, place = projects.rows[0][0], table.columns.index("proj_id")
        return [row for row in table.rows if row[place] == number]


def parse(data: bytes) -> Model:
    """Tables of a sound file."""
    lines = data.decode().replace("\r\n", "\n").rstrip("\n").split("\n")
    model = Model(lines[0], [])
    for line in lines[1:]:
        mark, _, rest = line.partition("\t")
        if mark == "%T":
            model.tables.append(Table(rest, [], []))
        elif mark == "%F":
            model.tables[-1].columns = rest.split("\t")
        elif mark == "%R":
            fields = rest.split("\t")
            table = model.tables[-1]
            table.rows.append(fields + [""] * (len(table.columns) - len(fields)))
    return model


def write(model: Model) -> bytes:
    """Text of tables."""
    lines = [model.head]
    for table in model.tables:
        lines += [f"%T\t{table.name}", "\t".join(["%F", *table.columns])]
        lines += ["\t".join(["%R", *row]) for row in table.rows]
    return ("\n".join([*lines, "%E"] if model.is_ended else lines) + "\n").encode("utf-8")


def _field(rng: Random, model: Model, *endings: str) -> tuple[Table, list[str], int] | None:
    """A filled field of a column whose name ends in one of some ways."""
    found = [
        (table, row, place)
        for table in model.tables
        for place, column in enumerate(table.columns)
        if column.endswith(endings)
        for row in table.rows
        if place < len(row) and row[place]
    ]
    return rng.choice(found) if found else None


def _set(rng: Random, model: Model, places: tuple[tuple[str, str], ...], value: str) -> bool:
    """Set one filled field out of some columns."""
    found = [
        (row, table.columns.index(column))
        for name, column in places
        if (table := model.table(name)) is not None and column in table.columns
        for row in model.own(table)
        if row[table.columns.index(column)]
    ]
    if not found:
        return False
    row, place = rng.choice(found)
    row[place] = value
    return True


def number_is_odd(rng: Random, model: Model) -> Claim:
    """An amount, a rate or a duration is one that nobody writes."""
    found = _field(rng, model, "_cnt", "_qty", "_pct", "per_hr", "_cost", "per_qty")
    if found is None:
        return Claim.ANY
    _, row, place = found
    row[place], _ = odd_number(rng)
    return Claim.ANY


def duration_is_no_number(rng: Random, model: Model) -> Claim:
    """A duration is no number, not finite or negative."""
    columns = (("TASK", "target_drtn_hr_cnt"), ("TASK", "remain_drtn_hr_cnt"))
    text = rng.choice(("nan", "inf", "-inf", "1e400", "-8", "-1e-3", "abc", "8h", "1,5,5"))
    return Claim.REFUSED if _set(rng, model, columns, text) else Claim.ANY


def date_is_odd(rng: Random, model: Model) -> Claim:
    """A date lies far away."""
    found = _field(rng, model, "_date")
    if found is not None:
        found[1][found[2]] = rng.choice(_ODD_DATES)
    return Claim.ANY


def date_is_none(rng: Random, model: Model) -> Claim:
    """A date is none."""
    columns = (("TASK", "target_start_date"), ("TASK", "act_start_date"), ("TASK", "cstr_date"),
               ("TASK", "early_start_date"), ("PROJECT", "plan_start_date"),
               ("PROJECT", "last_recalc_date"))  # fmt: skip
    return Claim.REFUSED if _set(rng, model, columns, rng.choice(_NO_DATES)) else Claim.ANY


def reference_dangles(rng: Random, model: Model) -> Claim:
    """A number refers to no row."""
    number = rng.choice(("987654", "-1", "x", "1e3"))
    return Claim.TOLD if _set(rng, model, _REFERENCES, number) else Claim.ANY


def reference_moves(rng: Random, model: Model) -> Claim:
    """A number refers to another row, maybe in a circle."""
    found = _field(rng, model, "_id")
    if found is not None:
        table, row, place = found
        row[place] = rng.choice(table.rows)[place]
    return Claim.ANY


def word_is_unknown(rng: Random, model: Model) -> Claim:
    """A word of the format is none."""
    word = rng.choice(("XX_Nothing", "pr_fs", "TT_Task ;", "0", "\u00e9"))
    return Claim.REFUSED if _set(rng, model, _WORDS, word) else Claim.ANY


def row_stands_twice(rng: Random, model: Model) -> Claim:
    """A row with a number of its own stands twice."""
    found = [table for table in model.tables if table.rows and table.name in (*_NEEDED, "RSRC")]
    if not found:
        return Claim.ANY
    table = rng.choice(found)
    table.rows.insert(rng.randrange(len(table.rows) + 1), list(rng.choice(model.own(table))))
    return Claim.TOLD


def row_is_gone(rng: Random, model: Model) -> Claim:
    """A row is missing."""
    table = rng.choice(model.tables)
    if table.rows:
        table.rows.remove(rng.choice(table.rows))
    return Claim.ANY


def activity_is_gone(rng: Random, model: Model) -> Claim:
    """An activity that links name is missing."""
    tasks, links = model.table("TASK"), model.table("TASKPRED")
    if tasks is None or links is None or not links.rows or "pred_task_id" not in links.columns:
        return Claim.ANY
    number = links.rows[rng.randrange(6)][links.columns.index("pred_task_id")]
    tasks.rows = [row for row in tasks.rows if row[tasks.columns.index("task_id")] != number]
    return Claim.REFUSED


def links_make_a_circle(rng: Random, model: Model) -> Claim:
    """A link stands the other way round too."""
    links, tasks = model.table("TASKPRED"), model.table("TASK")
    if links is None or tasks is None:
        return Claim.ANY
    a, b = links.columns.index("task_id"), links.columns.index("pred_task_id")
    kind, number = tasks.columns.index("task_type"), tasks.columns.index("task_id")
    # A span over others waits for nobody.
    spans = {row[number] for row in tasks.rows if row[kind] == "TT_LOE"}
    rows = [row for row in model.own(links) if not spans & {row[a], row[b]}]
    foreign = links.columns.index("pred_proj_id")
    rows = [row for row in rows if row[foreign] == row[links.columns.index("proj_id")]]
    if not rows:
        return Claim.ANY
    back = list(rng.choice(rows))
    back[a], back[b] = back[b], back[a]
    back[0] = "4711"
    links.rows.append(back)
    return Claim.REFUSED


def table_is_gone(rng: Random, model: Model) -> Claim:
    """A whole table is missing."""
    table = rng.choice(model.tables)
    model.tables.remove(table)
    return Claim.REFUSED if table.name in _NEEDED else Claim.ANY


def table_stands_twice(rng: Random, model: Model) -> Claim:
    """A whole table stands twice."""
    table = rng.choice(model.tables)
    model.tables.append(Table(table.name, list(table.columns), [list(row) for row in table.rows]))
    return Claim.TOLD if table.name in _NEEDED else Claim.ANY


def tables_are_in_another_order(rng: Random, model: Model) -> Claim:
    """Tables mean the same in any order."""
    model.tables = shuffled(rng, model.tables)
    return Claim.SAME


def columns_are_in_another_order(rng: Random, model: Model) -> Claim:
    """Columns mean the same in any order."""
    table = rng.choice(model.tables)
    order = shuffled(rng, range(len(table.columns)))
    table.columns = [table.columns[k] for k in order]
    table.rows = [[row[k] for k in order] for row in table.rows]
    return Claim.SAME


def column_is_gone(rng: Random, model: Model) -> Claim:
    """A column is missing."""
    table = rng.choice(model.tables)
    k = rng.randrange(len(table.columns))
    table.columns.pop(k)
    for row in table.rows:
        row.pop(k)
    return Claim.ANY


def column_stands_twice(rng: Random, model: Model) -> Claim:
    """Two columns have the same name and different values."""
    table = rng.choice(model.tables)
    k = rng.randrange(len(table.columns))
    table.columns.append(table.columns[k])
    for row in table.rows:
        row.append("5")
    return Claim.TOLD if table.rows and table.name in _NEEDED else Claim.ANY


def field_too_many(rng: Random, model: Model) -> Claim:
    """A name with a tab in it makes a field too many."""
    table = rng.choice([table for table in model.tables if table.rows])
    rng.choice(table.rows).append("more")
    return Claim.REFUSED


def line_break_in_a_name(rng: Random, model: Model) -> Claim:
    """A name with a line break in it makes a line of nothing."""
    done = _set(rng, model, (("TASK", "task_name"), ("PROJWBS", "wbs_name")), "Slab\nof hall 1")
    return Claim.REFUSED if done else Claim.ANY


def calendar_is_damaged(rng: Random, model: Model) -> Claim:
    """The text of a calendar is cut, or says what cannot be."""
    table = model.table("CALENDAR")
    if table is None or "clndr_data" not in table.columns or not table.rows:
        return Claim.ANY
    row, place = rng.choice(table.rows), table.columns.index("clndr_data")
    text = row[place]
    row[place] = rng.choice((
        text[: rng.randrange(len(text) + 1)], text.replace("08:00", "25:61"),
        "(0||CalendarData()())",
        text.replace("f|12:00", "f|07:00"), text.replace("s|13:00", "s|09:00"), "(" * 3000,
        text.replace("(d|46125)", "(d|99999999)"), text.replace("(d|46125)", "(d|-4)"),
        text.replace("DaysOfWeek", "DaysOfWeeks"), "(0||" * 3000, text + text, text * 30,
    ))  # fmt: skip
    return Claim.ANY


def text_is_odd(rng: Random, model: Model) -> Claim:
    """A name is some that no person writes."""
    found = _field(rng, model, "name", "code", "short_name")
    if found is not None:
        _, row, place = found
        row[place] = rng.choice(TEXTS)
    return Claim.ANY


def end_is_gone(rng: Random, model: Model) -> Claim:
    """The mark of the end is missing, so a part may be."""
    model.is_ended = False
    return Claim.REFUSED


MUTATIONS = (
    number_is_odd, number_is_odd, number_is_odd, duration_is_no_number, date_is_odd, date_is_odd,
    date_is_none, reference_dangles, reference_dangles, reference_moves, reference_moves,
    word_is_unknown, row_stands_twice, row_stands_twice, row_is_gone, row_is_gone,
    activity_is_gone, links_make_a_circle, table_is_gone, table_stands_twice,
    tables_are_in_another_order, columns_are_in_another_order, column_is_gone,
    column_stands_twice, field_too_many, line_break_in_a_name, calendar_is_damaged,
    calendar_is_damaged, text_is_odd, text_is_odd, end_is_gone,
)  # fmt: skip
RAW: tuple[RawMutation, ...] = (*COMMON, bom, crlf, cut_must_show, joined_must_show)
