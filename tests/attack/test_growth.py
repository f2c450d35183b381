"""
Time in proportion to size: files so large that the square of it would be minutes.

No clock is read: what grows too fast is noticed by a suite that does not end.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from wattport.batch.swf import read_swf
from wattport.calendar.work_calendar import WorkCalendar, office_calendar
from wattport.equations.precedence import find_cycle, link
from wattport.errors import MANY, Code, Finding, WattportError, format_findings, summarised
from wattport.schedule.cpm_network import compiled
from wattport.schedule.exchange import notes
from wattport.schedule.exchange.mspdi import read_mspdi
from wattport.schedule.exchange.mspdi_write import outlined
from wattport.schedule.exchange.notes import unique_names
from wattport.schedule.exchange.xer import read_xer
from wattport.schedule.plan import Constraint, ConstraintKind, Plan, WbsNode, activity
from wattport.schedule.risk_register import read_register
from wattport.serving.request import read_trace
from wattport.spec import check, check_factory
from wattport.spec.reading.document import MAX_DEPTH, read
from wattport.spec.reading.rule import caught_in_circles, circle_of

WEEK = "".join(f"(0||{d}()((0||0(s|08:00|f|16:00)())))" for d in range(1, 8))
CALENDAR = f"(0||CalendarData()((0||DaysOfWeek()({WEEK}))(0||Exceptions()())))"
PROJECT = (
    "PROJECT", "proj_id proj_short_name clndr_id plan_start_date",
    [(1, "P", 1, "2026-01-05 08:00")],
)  # fmt: skip


def xer(*tables: tuple[str, str, list[tuple[object, ...]]]) -> bytes:
    given = {name for name, _, _ in tables}
    usual = [
        PROJECT,
        ("CALENDAR", "clndr_id clndr_name clndr_data", [(1, "Standard", CALENDAR)]),
        ("PROJWBS", "wbs_id proj_id proj_node_flag wbs_short_name", [(1, 1, "Y", "P")]),
        ("TASK", "task_id proj_id wbs_id clndr_id task_type task_code target_drtn_hr_cnt",
         [(1, 1, 1, 1, "TT_Task", "A", 8)]),
    ]  # fmt: skip
    lines = ["ERMHDR\t8.2"]
    for name, columns, rows in [*(t for t in usual if t[0] not in given), *tables]:
        lines += [f"%T\t{name}", "\t".join(["%F", *columns.split()])]
        lines += ["\t".join(["%R", *map(str, row)]) for row in rows]
    return "\n".join([*lines, "%E", ""]).encode()


def mspdi(calendars: str = "", tasks: str = "") -> bytes:
    return (
        "<Project><Name>P</Name><StartDate>2026-01-05T08:00:00</StartDate>"
        "<CalendarUID>1</CalendarUID><Calendars><Calendar><UID>1</UID><Name>Standard</Name>"
        f"</Calendar>{calendars}</Calendars><Tasks>{tasks}</Tasks></Project>"
    ).encode()


def refused(raw: bytes) -> tuple[Finding, ...]:
    reader = read_mspdi if raw.startswith(b"<") else read_xer
    with pytest.raises(WattportError) as error:
        reader(raw, "f")
    return error.value.findings


# --- schedules -------------------------------------------------------------------------------


def test_a_work_breakdown_is_read_once_whatever_its_order() -> None:
    n = 30_000
    rows: list[tuple[object, ...]] = [(1, 1, "Y", "P", "")]
    rows += [(i, 1, "N", f"w{i}", i // 2) for i in range(n, 1, -1)]  # children before parents
    plan = read_xer(
        xer(("PROJWBS", "wbs_id proj_id proj_node_flag wbs_short_name parent_wbs_id", rows)), "f"
    ).plan
    assert len(plan.wbs) == n - 1
    assert all(node.parent is None or node.parent < i for i, node in enumerate(plan.wbs))
    assert outlined(plan).n_activities == 1


def test_the_first_row_that_can_goes_first() -> None:
    rows: list[tuple[object, ...]] = [
        (1, 1, "Y", "P", ""), (4, 1, "N", "d", 3), (3, 1, "N", "c", 1), (2, 1, "N", "b", 1),
        (5, 1, "N", "e", 4),
    ]  # fmt: skip
    table = ("PROJWBS", "wbs_id proj_id proj_node_flag wbs_short_name parent_wbs_id", rows)
    assert [node.code for node in read_xer(xer(table), "f").plan.wbs] == ["c", "d", "b", "e"]


def test_a_breakdown_deeper_than_any_is_refused() -> None:
    rows: list[tuple[object, ...]] = [(1, 1, "Y", "P", "")]
    rows += [(i, 1, "N", f"w{i}", i - 1) for i in range(2, 20_000)]
    table = ("PROJWBS", "wbs_id proj_id proj_node_flag wbs_short_name parent_wbs_id", rows)
    assert "levels deep" in refused(xer(table))[0].message
    tasks = "".join(
        f"<Task><UID>{i}</UID><Name>t</Name><OutlineLevel>{i}</OutlineLevel></Task>"
        for i in range(1, 10_000)
    )
    assert "levels deep" in refused(mspdi(tasks=tasks))[0].message


def test_an_outline_is_put_in_order_once() -> None:
    n = 30_000
    nodes = tuple(WbsNode(f"w{i}", "w", None if i < 2 else i // 2) for i in range(n))
    plan = Plan("P", datetime(2026, 1, 5), "Standard", (office_calendar(),), (), wbs=nodes)
    ordered = outlined(plan).wbs
    assert len(ordered) == n
    assert [node.code for node in ordered[:4]] == ["w0", "w1", "w2", "w4"]


def test_names_that_stand_very_often_get_their_numbers() -> None:
    told: list[str] = []
    names = unique_names(["a"] * 200_000, str, told.append)
    assert names[-1] == "a (200000)"
    assert len(set(names)) == len(names) == len(told) + 1
    assert unique_names(["a", "a (2)", "a", "a"], str, told.append) == [
        "a", "a (2)", "a (3)", "a (4)"
    ]  # fmt: skip


def test_calendars_that_inherit_from_each_other_for_ever_are_refused() -> None:
    rows = [(i, f"c{i}", i - 1 if i > 1 else "", CALENDAR) for i in range(1, 500)]
    found = refused(xer(("CALENDAR", "clndr_id clndr_name base_clndr_id clndr_data", [*rows])))
    assert "inherits from more than" in found[0].message
    own = "<WeekDays><WeekDay><DayType>1</DayType><DayWorking>0</DayWorking></WeekDay></WeekDays>"
    chain = "".join(
        f"<Calendar><UID>{i}</UID><Name>c</Name><BaseCalendarUID>{i - 1}</BaseCalendarUID>{own}"
        "</Calendar>" for i in range(2, 2000)
    )  # fmt: skip
    assert "inherits from more than" in refused(mspdi(chain))[0].message


def test_centuries_of_exceptions_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "_MOST_DAYS", 200_000)
    century = (
        "<Exception><TimePeriod><FromDate>1950-01-01T00:00:00</FromDate>"
        "<ToDate>2050-01-01T00:00:00</ToDate></TimePeriod><Type>1</Type></Exception>"
    )
    calendar = (
        "<Calendar><UID>2</UID><Name>c</Name><Exceptions>" + century * 10_000
        + "</Exceptions></Calendar>"
    )  # fmt: skip
    assert "single days" in refused(mspdi(calendar))[-1].message


def test_tasks_by_the_clock_do_not_look_at_all_calendars_each() -> None:
    calendars = "".join(
        f"<Calendar><UID>{i}</UID><Name>c{i}</Name></Calendar>" for i in range(2, 1000)
    )
    tasks = "".join(
        f"<Task><UID>{i}</UID><Name>t</Name><DurationFormat>8</DurationFormat></Task>"
        for i in range(1, 10_000)
    )
    plan = read_mspdi(mspdi(calendars, tasks), "f").plan
    assert {activity.calendar for activity in plan.activities} == {"24 hours"}


def test_a_long_circle_is_named() -> None:
    n = 100_000
    circle = find_cycle(n, link(*((i, (i + 1) % n) for i in range(n))))
    assert circle == tuple(range(n))


def busy_plan(n_calendars: int, n_shifts: int) -> Plan:
    """Work in 2140 on one of many calendars."""
    shifts = tuple((20 * i, 20 * i + 10) for i in range(n_shifts))
    calendars = tuple(WorkCalendar(f"busy {i}", (shifts,) * 7) for i in range(n_calendars))
    late = Constraint(ConstraintKind.START_NO_EARLIER, datetime(2140, 1, 1))
    work = activity("A", 8.0, calendar="busy 0", constraints=(late,))
    return Plan("P", datetime(2026, 1, 5), "busy 0", calendars, (work,))


def test_centuries_of_shifts_are_refused_before_they_are_laid_out() -> None:
    with pytest.raises(WattportError, match="million days and shifts"):
        compiled(busy_plan(100, 48))
    table = compiled(busy_plan(100, 48), (date(2026, 1, 1), date(2026, 2, 1))).table
    assert table.begin.size > 100_000
    with pytest.raises(WattportError, match="more than 48 shifts"):
        compiled(busy_plan(1, 49))


def test_very_many_faults_are_counted_and_the_first_are_told() -> None:
    bad = [(i, 1, 1, 1, "TT_Task", f"A{i}", "x") for i in range(20_000)]
    columns = "task_id proj_id wbs_id clndr_id task_type task_code target_drtn_hr_cnt"
    found = refused(xer(("TASK", columns, [*bad])))
    assert len(found) == 101
    assert found[-1].message == "19900 more faults are not shown"
    assert [f.line for f in found[:3]] == [found[0].line + i for i in range(3)]


def test_very_many_kinds_of_losses_are_counted() -> None:
    strange = [(f"T{i}", "a", [(1,)]) for i in range(2000)]
    losses = read_xer(xer(*strange), "f").not_carried
    assert len(losses) == 101
    assert losses[-1].message == "1900 more kinds of losses are not shown"


# --- findings --------------------------------------------------------------------------------


def test_a_hundred_thousand_findings_of_one_kind_are_summarised() -> None:
    found = [Finding("SPEC012", f"unknown key {i}", f"a.b{i}", file="a") for i in range(100_000)]
    found.append(Finding("SPEC013", "a key is missing", file="a"))
    told = list(summarised(found))
    assert len(told) == MANY + 2
    assert told[MANY].code == "SPEC013"
    assert told[-1].message == "99900 more of this kind are not shown"
    assert len(format_findings(found)) < 20_000


def test_no_field_of_a_finding_fills_the_screen() -> None:
    megabyte = "x" * 1_000_000
    one = Finding("A", megabyte, megabyte, megabyte, megabyte, megabyte, megabyte, 1, 1, megabyte)
    assert len(format_findings([one])) < 20_000
    assert all(len(str(value)) < 3000 for value in one.as_dict().values())


# --- YAML ------------------------------------------------------------------------------------


def test_aliases_of_aliases_have_a_depth() -> None:
    lines = ["a0: &a0 []", *(f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 600))]
    document = read("\n".join(lines), "f")
    assert [finding.code for finding in document.findings] == [Code.TOO_DEEP]
    assert document.findings[0].line == MAX_DEPTH
    flat = ["a0: &a0 []", *(f"a{i}: &a{i} [*a0]" for i in range(1, 600))]
    assert not read("\n".join(flat), "f").findings
    deep = f"{'[' * (MAX_DEPTH - 3)}1{']' * (MAX_DEPTH - 3)}"
    assert not read(f"a: &a {deep}\nb: [*a]", "f").findings
    assert read(f"a: &a {deep}\nb: [[[*a]]]", "f").findings[0].code == Code.TOO_DEEP


def test_aliases_multiply_no_text_without_bound() -> None:
    document = read(f"a: &a {'x' * 1_000_000}\nb: [{'*a, ' * 10_000}]", "f")
    assert [finding.code for finding in document.findings] == [Code.ALIASES]
    document = read(f"a: &a {{{'x' * 900}: 1}}\nb: [{'*a, ' * 100_000}]", "f")
    assert [finding.code for finding in document.findings] == [Code.ALIASES]


def test_very_many_unknown_keys_are_not_all_looked_up(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("name: a\n" + "".join(f"conection_{i}: 1\n" for i in range(20_000)))
    found = check(file)
    assert sum(finding.code == Code.UNKNOWN_KEY for finding in found) <= 1000
    assert any("were not looked at" in finding.message for finding in found)


@pytest.mark.parametrize("text", ["0x" + "f" * 100_000, "0o" + "7" * 100_000, "9" * 100_000])
def test_numbers_of_very_many_digits_are_no_numbers(text: str, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(f"name: a\nsite: {{latitude_deg: {text}}}\n")
    assert any(finding.path == "site.latitude_deg" for finding in check(file))


def factory(n: int) -> Iterator[str]:
    yield "name: f\nplants:\n  - name: P\n    skills:\n"
    for i in range(n):
        yield f"      - {{name: k{i}, n_people: 1, also: [k{(i + 1) % n}]}}\n"
    yield "    stations:\n"
    for i in range(n):
        yield f"      - {{name: s{i}, n_bays: 1, n_buffer: 1}}\n"
    yield "products:\n  - name: a\n    operations:\n"
    for i in range(n):
        crew = f"[{{skill: k{i}, n_people: 1}}, {{skill: k{(i + 5) % n}, n_people: 1}}]"
        yield f"      - {{name: o{i}, station: s{i}, cycle_h: 1, crew: {crew}}}\n"


def test_a_factory_of_hundreds_of_everything_is_checked(tmp_path: Path) -> None:
    # Once each operation asked who can do it in time with the square of the skills.
    file = tmp_path / "f.yaml"
    file.write_text("".join(factory(600)))
    assert not check_factory(file)
    file.write_text("".join(factory(600)).replace("station: s", "station: x"))
    found = check_factory(file)
    assert [finding.code for finding in found].count(Code.MORE) == 1
    assert len(found) == MANY + 1


def test_a_long_line_of_products_that_wait_for_each_other() -> None:
    n = 50_000
    line = {f"p{i}": [f"p{i + 1}"] for i in range(n)}
    assert not caught_in_circles(line)
    caught = caught_in_circles(line | {f"p{n}": ["p0"]})
    assert len(circle_of(caught)) == len(caught) == n + 1


def test_a_register_of_very_many_risks_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "r.yaml"
    risk = "  - {name: a, probability_frac: 0.1, factor: [1, 1, 1], activities: [A]}\n"
    file.write_text("risks:\n" + risk * 5000)
    with pytest.raises(WattportError, match="at most 500"):
        read_register(file)


# --- logs ------------------------------------------------------------------------------------


def test_blanks_of_a_header_are_passed_over_once(tmp_path: Path) -> None:
    file = tmp_path / "a.swf"
    job = "1 0 -1 10 4 -1 -1 4 20 -1 1 5 -1 -1 -1 -1 -1 -1\n"
    file.write_text(f"; Note: x{' ' * 1_000_000}x\n; MaxProcs: {'9' * 5000}\n{job}")
    assert read_swf(file).jobs.n_jobs == 1


def test_a_count_of_thousands_of_digits_is_told(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    head = "TIMESTAMP,ContextTokens,GeneratedTokens\n"
    file.write_text(f"{head}0.0,{'9' * 5000},1\n")
    with pytest.raises(WattportError, match="a whole number of 1 or more is needed"):
        read_trace(file)
    file.write_text(f"{head}0.0,{'9' * 200_000},1\n")
    with pytest.raises(WattportError, match="not a line of fields"):
        read_trace(file)


def test_durations_of_thousands_of_digits_are_told() -> None:
    task = f"<Task><UID>1</UID><Name>t</Name><Duration>PT{'9' * 5000}H</Duration></Task>"
    assert "is not a duration" in refused(mspdi(tasks=task))[0].message


@pytest.mark.parametrize("year", ["0001", "1899", "2200", "9999"])
def test_dates_beyond_any_calendar_are_set_aside(year: str) -> None:
    date_ = f"{year}-12-31T23:59:59"
    ends = "".join(f"<{tag}>{date_}</{tag}>" for tag in ("Deadline", "ActualFinish", "EarlyStart"))
    task = f"<Task><UID>1</UID><Name>t</Name><Duration>PT8H0M0S</Duration>{ends}</Task>"
    period = (
        f"<AvailabilityPeriod><AvailableTo>{date_}</AvailableTo></AvailabilityPeriod>"
        "<AvailabilityPeriod><AvailableFrom>2026-01-01</AvailableFrom></AvailabilityPeriod>"
    )
    crew = f"<Resource><UID>1</UID><AvailabilityPeriods>{period}</AvailabilityPeriods></Resource>"
    raw = mspdi(tasks=task).replace(b"</Project>", f"<Resources>{crew}</Resources>".encode())
    found = read_mspdi(raw + b"</Project>", "f")
    assert found.plan.activities[0].actual_finish is None
    assert any("dates before 1900 or after 2199" in loss.message for loss in found.not_carried)
    row = [(1, 1, 1, 1, "TT_Task", "A", 8, f"{year}-12-31 23:59")]
    columns = "task_id proj_id wbs_id clndr_id task_type task_code target_drtn_hr_cnt act_end_date"
    found = read_xer(xer(("TASK", columns, [*row])), "f")
    assert found.plan.activities[0].actual_finish is None
    assert any("dates before 1900 or after 2199" in loss.message for loss in found.not_carried)
