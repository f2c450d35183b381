"""Primavera files: what is read, what is refused and where, what is listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from schedule_plans import MONDAY, chain, random_plan

from wattport.errors import WattportError
from wattport.schedule.exchange import read_xer, xer_bytes
from wattport.schedule.exchange.xer_calendar import parse_calendar
from wattport.schedule.plan import LagCalendar, Level, PlanLink, Resource


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """A sound file, by its lines."""
    plan = random_plan(1, 6, kinds=(0,), lag_calendar=LagCalendar.PREDECESSOR)
    return xer_bytes(plan)[0].decode("cp1252").split("\n")


def changed(lines: list[str], table: str, column: str, value: str, row: int = 0) -> bytes:
    """The file with one field changed."""
    at = lines.index(f"%T\t{table}")
    place = lines[at + 1].split("\t").index(column)
    fields = lines[at + 2 + row].split("\t")
    fields[place] = value
    new = [*lines[: at + 2 + row], "\t".join(fields), *lines[at + 3 + row :]]
    return "\n".join(new).encode("utf-8")


def refusal(raw: bytes, **options: str) -> list[tuple[str, int, str]]:
    with pytest.raises(WattportError) as caught:
        read_xer(raw, "plan.xer", **options)
    assert caught.value.exit_code == 2
    assert all(f.file == "plan.xer" and f.remedy for f in caught.value.findings)
    return [(str(f.code), f.line, f.message) for f in caught.value.findings]


@pytest.mark.parametrize(
    ("table", "column", "value", "code", "words"),
    [
        ("TASK", "target_start_date", "31.12.2028", "XCH008", "'31.12.2028' is not a date"),
        ("TASK", "act_start_date", "2028-02-30 08:00", "XCH008", "is not a date"),
        ("TASK", "target_drtn_hr_cnt", "three", "XCH009", "'three' is not a number"),
        ("TASK", "target_drtn_hr_cnt", "nan", "XCH009", "'nan' is not a number"),
        ("TASK", "remain_drtn_hr_cnt", "-8", "PLAN006", "remaining_hours is -8"),
        ("TASK", "clndr_id", "77", "XCH010", "no calendar with the number '77'"),
        ("TASK", "wbs_id", "77", "XCH010", "no node of the work breakdown"),
        ("TASK", "task_type", "TT_Dance", "XCH011", "'TT_Dance' is unknown"),
        ("TASK", "task_code", "A001", "PLAN001", "'A001' stands 2 times"),
        ("TASK", "task_name", "A\tB\tC", "XCH005", "the row has"),
        ("TASKPRED", "pred_task_id", "9999", "XCH010", "no activity with the number '9999'"),
        ("TASKPRED", "pred_type", "PR_XX", "XCH011", "'PR_XX' is unknown"),
        ("CALENDAR", "clndr_data", "(0||CalendarData()((0||DaysOfWeek()(", "XCH012", "ends in"),
        ("CALENDAR", "clndr_data", "(0||CalendarData()())", "PLAN004", "no working time"),
        ("PROJECT", "plan_start_date", "soon", "XCH008", "'soon' is not a date"),
    ],
)  # fmt: skip
def test_faults_are_told_with_their_line(
    lines: list[str], table: str, column: str, value: str, code: str, words: str
) -> None:
    found = refusal(changed(lines, table, column, value))
    assert any(c == code and words in message for c, _, message in found), found
    lines_of_table = range(lines.index(f"%T\t{table}") + 1, len(lines) + 1)
    assert all(line in lines_of_table for c, line, _ in found if c == code)


@pytest.mark.parametrize("table", ["PROJECT", "CALENDAR", "PROJWBS", "TASK"])
def test_a_number_that_stands_twice_is_refused(lines: list[str], table: str) -> None:
    at = lines.index(f"%T\t{table}") + 2
    found = refusal("\n".join([*lines[: at + 1], *lines[at:]]).encode("cp1252"))
    assert any(c == "XCH015" and line == at + 2 for c, line, _ in found), found


def test_a_column_that_stands_twice_is_refused(lines: list[str]) -> None:
    at = lines.index("%T\tTASK") + 1
    twice = [*lines[:at], f"{lines[at]}\ttask_code", *lines[at + 1 :]]
    assert ("XCH015", at + 1, "the column 'task_code' stands twice") in refusal(
        "\n".join(twice).encode("cp1252")
    )


def test_what_stands_behind_the_end_is_told(lines: list[str]) -> None:
    once = "\n".join(lines).encode("cp1252")
    twice = read_xer(once + b"\r\n\n" + once)
    assert twice.plan == read_xer(once).plan
    assert "lines behind the end" in twice.not_carried[0].message


@pytest.mark.parametrize(
    ("table", "column", "says"),
    [
        ("PROJWBS", "parent_wbs_id", "nodes of the work breakdown whose parent is missing"),
        ("CALENDAR", "base_clndr_id", "inherits from none of the file"),
        ("RSRCRATE", "rsrc_id", "rates of resources that are not there"),
        ("PROJCOST", "task_id", "expenses of activities that are not there"),
    ],
)
def test_what_belongs_to_nothing_is_told(table: str, column: str, says: str) -> None:
    text = (Path(__file__).parents[3] / "attack" / "seeds" / "substation.xer").read_text("utf-8")
    raw = changed(text.split("\n"), table, column, "4711", row=1 if table == "PROJWBS" else 0)
    before = {loss.message for loss in read_xer(text.encode()).not_carried}
    told = [loss.message for loss in read_xer(raw).not_carried if loss.message not in before]
    assert any(says in message for message in told), told


def test_all_faults_are_told_at_once(lines: list[str]) -> None:
    raw = changed(lines, "TASK", "target_start_date", "x").decode("cp1252").split("\n")
    raw = changed(raw, "TASK", "clndr_id", "77", row=2).decode("cp1252").split("\n")
    found = refusal(changed(raw, "TASKPRED", "lag_hr_cnt", "long"))
    assert [code for code, _, _ in found] == ["XCH008", "XCH010", "XCH009"]


def test_a_circle_is_named_with_a_line(lines: list[str]) -> None:
    plan = chain(8.0, 8.0)
    raw = xer_bytes(plan)[0].decode().split("\n")
    at = raw.index("%T\tTASKPRED")
    raw.insert(at + 3, "%R\t900\t100\t101\t1\t1\tPR_FS\t0")
    (code, line, message), = refusal("\n".join(raw).encode())  # fmt: skip
    assert (code, message) == ("PLAN003", "activities wait for each other in a circle: A > B > A")
    assert raw[line - 1].startswith("%R")


def test_truncated_files_are_refused(lines: list[str]) -> None:
    whole = "\n".join(lines).encode("cp1252")
    assert refusal(whole[: len(whole) * 2 // 3])[-1][0] in ("XCH004", "XCH007")
    assert refusal(b"")[0][0] == "XCH002"
    assert refusal(b"PK\x03\x04rest")[0][0] == "XCH002"


def test_missing_tables_are_named(lines: list[str]) -> None:
    at = lines.index("%T\tPROJWBS")
    end = next(i for i in range(at + 1, len(lines)) if lines[i].startswith("%T"))
    found = refusal("\n".join([*lines[:at], *lines[end:]]).encode("cp1252"))
    assert ("XCH007", 0, "the table PROJWBS is missing") in found


def test_stray_lines_are_refused(lines: list[str]) -> None:
    at = lines.index("%T\tTASK") + 3
    found = refusal("\n".join([*lines[:at], "second half", *lines[at:]]).encode())
    assert found == [("XCH006", at + 1, "the line is no row of a table")]


def test_rows_without_their_empty_end_are_read(lines: list[str]) -> None:
    cut = "\r\n".join(line.rstrip("\t") for line in lines)
    assert read_xer(cut.encode()).plan == read_xer("\n".join(lines).encode()).plan


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings_are_told_apart(encoding: str) -> None:
    plan = replace(chain(8.0), name="Dünkirchen – Été")
    text = xer_bytes(plan)[0].decode("cp1252")
    assert read_xer(text.encode(encoding)).plan.name == plan.name


def test_other_code_pages_must_be_named() -> None:
    plan = replace(chain(8.0), name="Plan")
    raw = xer_bytes(plan)[0].replace(b"Plan", "Строитель".encode("cp1251") + b"\x81")
    assert refusal(raw)[0][0] == "XCH003"
    raw = raw.replace(b"\x81", b"")
    assert read_xer(raw, encoding="cp1251").plan.name == "Строитель"
    assert refusal(raw, encoding="klingon")[0][2] == "there is no encoding 'klingon'"


def test_letters_beyond_cp1252_are_written_as_utf8() -> None:
    for name in ("Дом", "Ã©"):
        plan = replace(chain(8.0), name=name)
        assert read_xer(xer_bytes(plan)[0]).plan.name == name


def test_of_several_projects_one_must_be_named(lines: list[str]) -> None:
    at = lines.index("%T\tPROJECT") + 2
    second = lines[at].split("\t")
    second[1:3] = ["2", "Other"]
    raw = "\n".join([*lines[: at + 1], "\t".join(second), *lines[at + 1 :]]).encode()
    assert refusal(raw)[0][0] == "XCH013"
    read = read_xer(raw, project="Random")
    assert read.plan.name == "Random"
    assert [f.message for f in read.not_carried] == ["other projects of the file: Other"]


def test_what_has_no_place_is_listed(lines: list[str]) -> None:
    raw = "\n".join(lines).replace(
        "%T\tTASKPRED", "%T\tUDFVALUE\n%F\tudf_type_id\n%R\t1\n%R\t2\n%T\tTASKPRED"
    )
    raw = raw.replace("%F\ttask_id", "%F\texpect_end_date\ttask_id")
    at = raw.split("\n").index("%T\tTASK") + 2
    rows = raw.split("\n")
    while rows[at].startswith("%R"):
        rows[at] = rows[at].replace("%R\t", "%R\t2026-05-01 17:00\t", 1)
        at += 1
    found = [f.message for f in read_xer("\n".join(rows).encode()).not_carried]
    assert found == [
        "column TASK.expect_end_date: 2026-05-01 17:00",
        "table UDFVALUE with 2 rows",
    ]
    assert all(f.severity == "warning" for f in read_xer("\n".join(rows).encode()).not_carried)


def test_what_p6_cannot_hold_is_listed_when_written() -> None:
    plan = chain(8.0, 8.0, 8.0)
    lags = (LagCalendar.ELAPSED, LagCalendar.PREDECESSOR)
    plan = replace(
        plan,
        name="two\tparts",
        links=tuple(
            replace(one, lag_hours=4.0, lag_calendar=lag)
            for one, lag in zip(plan.links, lags, strict=True)
        ),
    )
    told = [f.message for f in xer_bytes(plan)[1]]
    assert told == [
        "tabs and line breaks in texts become blanks (2 times)",
        "no data date: the start of the project stands for it",
        "lags on the elapsed calendar are counted on the predecessor one: A > B",
        "activities without planned dates are planned on their early dates: A, B, C",
    ] or set(told) >= {"no data date: the start of the project stands for it"}
    assert any("lags on the" in message for message in told)


def test_links_to_other_projects_are_listed() -> None:
    raw = xer_bytes(chain(8.0, 8.0))[0].decode().split("\n")
    at = raw.index("%T\tTASKPRED")
    raw.insert(at + 3, "%R\t900\t101\t5555\t1\t2\tPR_FS\t0")
    read = read_xer("\n".join(raw).encode())
    assert read.plan.links == (PlanLink("A", "B", lag_calendar=LagCalendar.SUCCESSOR),)
    assert "links from other projects: B" in [f.message for f in read.not_carried]


def test_calendars_that_inherit_are_written_out(lines: list[str]) -> None:
    raw = changed(lines, "CALENDAR", "base_clndr_id", "101").decode("cp1252")
    read = read_xer(raw.encode())
    assert any(day == date(2026, 5, 1) for day, _ in read.plan.calendars[0].exceptions)
    assert any("inherits" in f.message for f in read.not_carried)


def test_levels_over_time_are_kept() -> None:
    levels = (Level(MONDAY, 2.0), Level(datetime(2026, 6, 1), 4.5))
    plan = replace(chain(8.0), resources=(Resource("CREW", "Crew", levels=levels),))
    assert read_xer(xer_bytes(plan)[0]).plan.resources == plan.resources


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello", "brackets"),
        ("(0||Other()())", "CalendarData"),
        ("(0||CalendarData()((0||DaysOfWeek()((0||9()())))))", "no day '9'"),
        ("(0||CalendarData()((0||DaysOfWeek()((0||1()((0||0(s|25:00|f|26:00)())))))))", "no time"),
        ("(0||CalendarData()((0||Exceptions()((0||0(d|x)())))))", "no number of a day"),
        ("(0||CalendarData()((0||Exceptions()((0||0(d|99999999)())))))", "no number of a day"),
        ("(0||a()(" * 500, "brackets"),
    ],
)
def test_broken_calendars_are_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_calendar(text)
