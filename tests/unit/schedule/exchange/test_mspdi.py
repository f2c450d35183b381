"""Microsoft Project XML: what is read, what is refused and where, what is listed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

import pytest
from schedule_plans import MONDAY, chain

from wattport.equations.precedence import LinkKind
from wattport.errors import WattportError
from wattport.schedule.exchange import mspdi_bytes, read_mspdi, read_plan
from wattport.schedule.plan import (
    ActivityKind,
    Constraint,
    ConstraintKind,
    LagCalendar,
    Level,
    PlanLink,
    Resource,
    WbsNode,
)


def text_of(*durations: float) -> str:
    return mspdi_bytes(chain(*durations))[0].decode()


def refusal(raw: bytes) -> list[tuple[str, int, str]]:
    with pytest.raises(WattportError) as caught:
        read_mspdi(raw, "plan.xml")
    assert all(f.file == "plan.xml" and f.remedy for f in caught.value.findings)
    return [(str(f.code), f.line, f.message) for f in caught.value.findings]


def changed(pattern: str, new: str, *, text: str | None = None) -> bytes:
    old = text or text_of(8.0, 8.0)
    assert re.search(pattern, old)
    return re.sub(pattern, new, old, count=1).encode()


@pytest.mark.parametrize(
    ("pattern", "new", "code", "words"),
    [
        ("<StartDate>.*?<", "<StartDate>05/01/2026<", "XCH008", "'05/01/2026' is not a date"),
        ("<Duration>.*?<", "<Duration>8 hours<", "XCH009", "'8 hours' is not a duration"),
        ("<LinkLag>0<", "<LinkLag>x<", "XCH009", "'x' is not a number"),
        ("<PredecessorUID>1<", "<PredecessorUID>99<", "XCH010", "no task with the number '99'"),
        ("<CalendarUID>-1<", "<CalendarUID>99<", "XCH010", "no calendar with the number '99'"),
        ("<ConstraintType>0<", "<ConstraintType>9<", "XCH011", "no constraint '9'"),
        ("<Type>1</Type>\n<CrossProject>", "<Type>7</Type>\n<CrossProject>", "XCH011", "kind of"),
        ("<UID>2</UID>\n<ID>2<", "<UID>1</UID>\n<ID>2<", "XCH015", "stands twice"),
        ("(?s:(<Calendar>.*?</Calendar>))", r"\1\1", "XCH015", "stands twice"),
        ("<UID>1</UID>\n<ID>1<", "<UID></UID>\n<ID>1<", "XCH015", "is missing"),
        ("<FromTime>08:00:00<", "<FromTime>8 o'clock<", "XCH008", "no time of the day"),
        ("<ToTime>12:00:00<", "<ToTime>07:00:00<", "PLAN005", "does not end after it begins"),
        ("</Project>", "", "XCH004", "ends in the middle"),
        ("<Tasks>", "<Tusks>", "XCH014", "mismatched tag"),
        ("<Project xmlns", "<Prospect xmlns", "XCH014", "not XML"),
        ("<Project ", "<!DOCTYPE x><Project ", "XCH014", "document type"),
    ],
)  # fmt: skip
def test_faults_are_told_with_their_line(pattern: str, new: str, code: str, words: str) -> None:
    found = refusal(changed(pattern, new))
    assert any(c == code and words in message and line for c, line, message in found), found


def test_a_calendar_whose_base_is_missing_is_told() -> None:
    sound = text_of(8.0)
    raw = changed("<BaseCalendarUID>-1<", "<BaseCalendarUID>99<", text=sound)
    assert read_mspdi(raw).plan == read_mspdi(sound.encode()).plan
    assert "inherits from none of the file" in read_mspdi(raw).not_carried[0].message
    none = changed("<BaseCalendarUID>-1<", "<BaseCalendarUID>0<", text=sound)
    assert read_mspdi(none).not_carried == ()  # as newer versions write a calendar without a base


def test_a_circle_is_named() -> None:
    link = "<PredecessorLink><PredecessorUID>2</PredecessorUID></PredecessorLink>"
    raw = changed("(<ExtendedAttribute>\n<FieldID>188743731</FieldID>\n<Value>A)", link + r"\1")
    assert refusal(raw)[0][2] == "activities wait for each other in a circle: A > B > A"


def test_primaveras_own_xml_is_refused_with_the_way_out() -> None:
    raw = b'<?xml version="1.0"?><APIBusinessObjects></APIBusinessObjects>'
    with pytest.raises(WattportError, match="Primavera's own XML") as caught:
        read_mspdi(raw, "p6.xml")
    assert caught.value.findings[0].remedy == "export the project as XER from Primavera"


def test_summaries_become_the_work_breakdown() -> None:
    plan = replace(
        chain(8.0, 8.0, 8.0),
        wbs=(WbsNode("S", "Site"), WbsNode("1", "Hall", 0), WbsNode("2", "Yard")),
    )
    a, b, c = plan.activities
    plan = replace(plan, activities=(a, replace(b, wbs=1), replace(c, wbs=2)))
    assert read_mspdi(mspdi_bytes(plan)[0]).plan == plan
    unordered = replace(plan, activities=(replace(a, wbs=2), replace(b, wbs=0), c))
    raw, told = mspdi_bytes(unordered)
    assert [f.message for f in told] == [
        "activities, nodes and links are put in the order of the outline"
    ]
    assert [a.id for a in read_mspdi(raw).plan.activities] == ["C", "B", "A"]


def test_two_constraints_fit_when_one_is_a_latest_finish() -> None:
    early = Constraint(ConstraintKind.START_NO_EARLIER, MONDAY)
    late = Constraint(ConstraintKind.FINISH_NO_LATER, datetime(2026, 2, 1))
    plan = chain(8.0)
    both = replace(plan, activities=(replace(plan.activities[0], constraints=(early, late)),))
    raw, told = mspdi_bytes(both)
    assert not told
    assert read_mspdi(raw).plan == both
    swapped = replace(plan, activities=(replace(plan.activities[0], constraints=(late, early)),))
    assert "second constraints" in mspdi_bytes(swapped)[1][0].message


def test_what_project_cannot_hold_is_listed_when_written() -> None:
    plan = chain(8.0, 8.0)
    first = replace(
        plan.activities[0],
        kind=ActivityKind.HAMMOCK,
        constraints=(Constraint(ConstraintKind.START_ON, MONDAY),),
        physical_frac=0.125,
    )
    plan = replace(
        plan,
        activities=(first, plan.activities[1]),
        links=(PlanLink("A", "B", lag_hours=4.0, lag_calendar=LagCalendar.PROJECT),),
        deadline=datetime(2027, 1, 1),
        is_logic_retained=False,
    )
    told = " ".join(f.message for f in mspdi_bytes(plan)[1])
    for words in ("must finish by", "progress override", "hammock", "yield to links", "per cents",
                  "lags on the project calendar"):  # fmt: skip
        assert words in told


def test_what_the_plan_cannot_hold_is_listed_when_read() -> None:
    task = "(<PercentComplete>)"
    extra = "<Notes>look</Notes><Manual>1</Manual><Milestone>1</Milestone>"
    found = read_mspdi(changed(task, extra + r"\1")).not_carried
    assert [f.message for f in found] == ["task Notes: A"]


def test_elapsed_durations_and_percent_lags_are_converted() -> None:
    text = text_of(10.0, 8.0).replace("<DurationFormat>5<", "<DurationFormat>6<", 2)
    text = text.replace(
        "<LinkLag>0</LinkLag>\n<LagFormat>5<", "<LinkLag>50</LinkLag><LagFormat>19<"
    )
    read = read_mspdi(text.encode())
    assert read.plan.activities[0].calendar == "24 hours"
    assert read.plan.links[0].lag_hours == 5.0
    assert len(read.not_carried) == 2


def test_recurring_exceptions_and_work_weeks_are_written_out() -> None:
    period = (
        "<TimePeriod><FromDate>2026-01-01T00:00:00</FromDate>"
        "<ToDate>2028-12-31T23:59:00</ToDate></TimePeriod>"
    )
    christmas = (
        f"<Exceptions><Exception>{period}<Type>2</Type><Month>11</Month><MonthDay>25</MonthDay>"
        f"<DayWorking>0</DayWorking></Exception><Exception>{period}<Type>3</Type></Exception>"
        "</Exceptions><WorkWeeks><WorkWeek><TimePeriod><FromDate>2026-03-02T00:00:00</FromDate>"
        "<ToDate>2026-03-08T00:00:00</ToDate></TimePeriod><WeekDays><WeekDay><DayType>2</DayType>"
        "<DayWorking>0</DayWorking></WeekDay></WeekDays></WorkWeek></WorkWeeks>"
    )
    read = read_mspdi(changed("(</WeekDays>)", r"\1" + christmas))
    days = [day for day, shifts in read.plan.calendars[0].exceptions if not shifts]
    assert days == [date(2026, 3, 2), *(date(year, 12, 25) for year in (2026, 2027, 2028))]
    assert len(read.not_carried) == 3


def test_links_of_all_kinds_and_lags_by_the_clock() -> None:
    plan = chain(8.0, 8.0)
    for kind in LinkKind:
        one = PlanLink("A", "B", kind, -2.5, LagCalendar.ELAPSED)
        assert read_mspdi(mspdi_bytes(replace(plan, links=(one,)))[0]).plan.links == (one,)


def test_levels_with_gaps_are_kept() -> None:
    levels = (
        Level(MONDAY, 2.0),
        Level(datetime(2026, 2, 1), 0.0),
        Level(datetime(2026, 3, 1), 1.0),
    )
    plan = replace(chain(8.0), resources=(Resource("R", "Crew", levels=levels),))
    text = mspdi_bytes(plan)[0].decode()
    assert read_mspdi(text.encode()).plan.resources == plan.resources
    gap = re.sub(r"<AvailabilityPeriod>\n<AvailableFrom>2026-02.*?</AvailabilityPeriod>\n", "",
                 text, flags=re.DOTALL)  # fmt: skip
    assert gap != text
    assert read_mspdi(gap.encode()).plan.resources == plan.resources


def test_the_door_knows_formats_by_content(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "plan.xer"
    path.write_bytes(mspdi_bytes(chain(8.0))[0])
    assert read_plan(path).plan == chain(8.0)
    path.write_bytes(text_of(8.0).replace("UTF-8", "UTF-16", 1).encode("utf-16"))
    assert read_plan(path).plan == chain(8.0)
    path.write_bytes(b"")
    for wrong, words in ((path, "is empty"), (tmp_path, "is a folder"),
                         (tmp_path / "no", "no such file")):  # fmt: skip
        with pytest.raises(WattportError, match=words):
            read_plan(wrong)
