"""What holds for any plan: what is written is read again, and dates keep all links."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wattport.calendar.work_calendar import WorkCalendar, minute_of
from wattport.equations.precedence import LinkKind
from wattport.errors import WattportError
from wattport.schedule.cpm import critical_path
from wattport.schedule.exchange import mspdi_bytes, read_mspdi, read_xer, xer_bytes
from wattport.schedule.exchange.mspdi_write import outlined
from wattport.schedule.exchange.xer_calendar import calendar_text, parse_calendar
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
from wattport.schedule.plan_check import faults

MONDAY = datetime(2026, 1, 5, 8)
names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=12)
plain = st.text("abcdefABC123 -_é&<>\"'%", min_size=1, max_size=10).map(str.strip).filter(bool)
moments = st.integers(0, 60 * 24 * 400).map(lambda minute: MONDAY + timedelta(minutes=minute))
hours = st.one_of(st.integers(0, 400).map(float), st.integers(0, 30_000).map(lambda m: m / 60.0))


@st.composite
def shifts(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    edges = edges[: len(edges) // 2 * 2]
    return tuple((15 * a, 15 * b) for a, b in zip(edges[::2], edges[1::2], strict=True))


@st.composite
def calendars(draw: st.DrawFn, name: str) -> WorkCalendar:
    week = (((480, 720), (780, 1020)), *(draw(shifts()) for _ in range(6)))
    days = draw(st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 6, 1)), shifts(), max_size=4))
    return WorkCalendar(name, week, tuple(sorted(days.items())), draw(st.sampled_from([8.0, 7.5])))


@st.composite
def activities(draw: st.DrawFn, id: str, names_of: list[str], n_nodes: int, text) -> PlanActivity:
    kind = draw(st.sampled_from([ActivityKind.TASK] * 6 + list(ActivityKind)[1:4]))
    duration = 0.0 if kind != ActivityKind.TASK else draw(hours)
    kinds = draw(st.lists(st.sampled_from(list(ConstraintKind)), max_size=2))
    free = ConstraintKind.AS_LATE_AS_POSSIBLE
    constraints = tuple(Constraint(k, None if k == free else draw(moments)) for k in kinds)
    state = draw(st.sampled_from(["open", "open", "begun", "done"]))
    planned = draw(moments) if draw(st.integers(0, 9)) else None
    start = MONDAY - timedelta(hours=draw(st.integers(1, 500)))
    return PlanActivity(
        id=id,
        name=draw(text),
        calendar=draw(st.sampled_from(names_of)),
        duration_hours=duration,
        kind=kind,
        wbs=draw(st.sampled_from([None, *range(n_nodes)])),
        constraints=constraints,
        planned_start=planned,
        planned_finish=planned,
        actual_start=None if state == "open" else start,
        actual_finish=MONDAY if state == "done" else None,
        remaining_hours=duration if state == "open" else 0.0 if state == "done" else duration / 2,
        physical_frac=draw(st.integers(0, 100)) / 100.0,
        fixed_cost=draw(st.sampled_from([0.0, 0.0, 1250.0, 0.25])),
    )


@st.composite
def plans(draw: st.DrawFn, text=names) -> Plan:
    """Plans of all kinds, among them ones a format cannot carry whole."""
    calendar_names = draw(st.lists(plain, min_size=1, max_size=3, unique=True))
    ids = draw(st.lists(plain, min_size=1, max_size=8, unique=True))
    n_nodes = draw(st.integers(0, 3))
    nodes = tuple(
        WbsNode(draw(st.text("ABC123", min_size=1, max_size=4)), draw(text),
                draw(st.sampled_from([None, *range(i)])))
        for i in range(n_nodes)
    )  # fmt: skip
    links = tuple(
        PlanLink(ids[a], ids[b], draw(st.sampled_from(list(LinkKind))),
                 draw(st.sampled_from([0.0, 0.0, 8.0, -4.0, 0.5])),
                 draw(st.sampled_from([LagCalendar.SUCCESSOR] * 5 + list(LagCalendar))))
        for b in range(1, len(ids))
        for a in draw(st.sets(st.integers(0, b - 1), max_size=2))
    )  # fmt: skip
    people = draw(st.lists(plain, max_size=2, unique=True))
    resources = tuple(
        Resource(
            id, draw(text), draw(st.sampled_from(list(ResourceKind))),
            tuple(Level(m, draw(st.integers(0, 9)) / 2)
                  for m in sorted(draw(st.sets(moments, max_size=2)))),
            draw(st.sampled_from([None, *calendar_names])),
            draw(st.sampled_from([0.0, 62.5])),
        )
        for id in people
    )  # fmt: skip
    uses = tuple(
        Assignment(draw(st.sampled_from(ids)), draw(st.sampled_from(people)), 0.5, 8.0, 4.0)
        for _ in range(draw(st.integers(0, 2)) if people else 0)
    )
    return Plan(
        name=draw(text),
        start=MONDAY,
        calendar=calendar_names[0],
        calendars=tuple(draw(calendars(name)) for name in calendar_names),
        activities=tuple(draw(activities(id, calendar_names, n_nodes, text)) for id in ids),
        links=links,
        wbs=nodes,
        resources=resources,
        assignments=uses,
        data_date=draw(st.sampled_from([None, MONDAY, MONDAY + timedelta(days=9)])),
        deadline=draw(st.sampled_from([None, None, MONDAY + timedelta(days=99)])),
        is_logic_retained=draw(st.booleans()),
        currency=draw(st.sampled_from(["", "EUR", "USD"])),
    )


steady = settings(
    max_examples=40, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


@given(plan=plans())
@steady
def test_what_xer_carries_is_read_again_and_all_else_is_listed(plan: Plan) -> None:
    raw, not_carried = xer_bytes(plan)
    again = read_xer(raw)
    if not not_carried:
        assert again.plan == plan
        assert again.not_carried == ()
    else:
        # What came through once comes through again.
        assert read_xer(xer_bytes(again.plan)[0]).plan == again.plan


@given(plan=plans())
@steady
def test_what_mspdi_carries_is_read_again_and_all_else_is_listed(plan: Plan) -> None:
    raw, not_carried = mspdi_bytes(plan)
    again = read_mspdi(raw)
    if not not_carried:
        assert again.plan == plan
        assert again.not_carried == ()
    else:
        # What came through once comes through again.
        assert read_mspdi(mspdi_bytes(again.plan)[0]).plan == again.plan


def for_xer(plan: Plan) -> Plan:
    """Replace what a P6 project has no place for."""
    return replace(
        plan,
        data_date=plan.data_date or MONDAY,
        activities=tuple(
            replace(a, planned_start=a.planned_start or MONDAY,
                    planned_finish=a.planned_finish or MONDAY)
            for a in plan.activities
        ),
        links=tuple(replace(one, lag_calendar=LagCalendar.PREDECESSOR) for one in plan.links),
    )  # fmt: skip


def for_mspdi(plan: Plan) -> Plan:
    """Replace what Microsoft Project has no place for."""
    kinds = {ActivityKind.TASK: ActivityKind.TASK}
    weaker = {
        ConstraintKind.START_ON: ConstraintKind.MUST_START,
        ConstraintKind.FINISH_ON: ConstraintKind.MUST_FINISH,
    }
    elapsed = (LagCalendar.SUCCESSOR, LagCalendar.ELAPSED)
    return outlined(
        replace(
            plan,
            deadline=None,
            is_logic_retained=True,
            calendars=tuple(replace(c, hours_per_day=7.5) for c in plan.calendars),
            resources=tuple(
                replace(r, kind=ResourceKind.LABOUR) if r.kind == ResourceKind.EQUIPMENT else r
                for r in plan.resources
            ),
            activities=tuple(
                replace(
                    a,
                    kind=kinds.get(a.kind, ActivityKind.FINISH_MILESTONE),
                    constraints=tuple(
                        replace(c, kind=weaker.get(c.kind, c.kind)) for c in a.constraints[:1]
                    ),
                )
                for a in plan.activities
            ),
            links=tuple(
                replace(one, lag_calendar=elapsed[one.lag_calendar == LagCalendar.ELAPSED])
                for one in plan.links
            ),
        )
    )


@given(plan=plans(plain).map(for_xer))
@steady
def test_writing_and_reading_xer_is_the_identity(plan: Plan) -> None:
    raw, not_carried = xer_bytes(plan)
    again = read_xer(raw)
    assert not_carried == again.not_carried == ()
    assert again.plan == plan


@given(plan=plans(plain).map(for_mspdi))
@steady
def test_writing_and_reading_mspdi_is_the_identity(plan: Plan) -> None:
    raw, not_carried = mspdi_bytes(plan)
    again = read_mspdi(raw)
    assert not_carried == again.not_carried == ()
    assert again.plan == plan


@given(plan=plans())
@steady
def test_the_order_of_an_outline_changes_no_date(plan: Plan) -> None:
    ordered = outlined(plan)
    here, there = critical_path(plan), critical_path(ordered)
    place = [[a.id for a in ordered.activities].index(a.id) for a in plan.activities]
    np.testing.assert_array_equal(here.finish_day, there.finish_day[place])
    assert faults(ordered) == ()


@given(plan=plans())
@steady
def test_early_dates_keep_plain_links_and_floats_are_ordered(plan: Plan) -> None:
    dates = critical_path(plan)
    number = {a.id: i for i, a in enumerate(plan.activities)}
    for one in plan.links:
        i, j = number[one.predecessor], number[one.successor]
        after, before = plan.activities[j], plan.activities[i]
        kinds = {c.kind for c in after.constraints}
        is_free = not kinds & {ConstraintKind.MUST_START, ConstraintKind.MUST_FINISH}
        if (
            is_free
            and not (after.is_started or before.is_span or after.is_span)
            and (one.kind == LinkKind.FINISH_TO_START and one.lag_hours == 0.0)
        ):
            assert dates.start_day[j] >= dates.finish_day[i] - 1e-9
    total, free = dates.total_float_hours, dates.free_float_hours
    known = ~np.isnan(total)
    assert (free[known] <= np.maximum(total[known], 0.0) + 1e-6).all()
    assert (dates.finish_day[known] >= dates.resume_day[known]).all()
    for i, a in enumerate(plan.activities):
        if a.actual_finish is not None and not a.is_span:
            assert dates.finish_day[i] * 1440.0 == minute_of(a.actual_finish)


@given(week=st.tuples(*[shifts()] * 7), days=st.dictionaries(st.dates(), shifts(), max_size=5))
@steady
def test_calendars_survive_their_text(week: tuple, days: dict) -> None:  # type: ignore[type-arg]
    exceptions = tuple(sorted((d, s) for d, s in days.items() if d.year >= 1900))
    assert parse_calendar(calendar_text(week, exceptions)) == (week, exceptions)


@given(raw=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)),
       cut=st.integers(0, 3000))  # fmt: skip
@steady
def test_broken_files_are_refused_in_words(raw: bytes, cut: int) -> None:
    plan = Plan("P", MONDAY, "S", (WorkCalendar("S", (((480, 960),),) * 7),),
                (PlanActivity("A", "A", "S", 8.0, remaining_hours=8.0),))  # fmt: skip
    for write, read in ((xer_bytes, read_xer), (mspdi_bytes, read_mspdi)):
        whole = write(plan)[0]
        for broken in (raw, whole[:cut], whole[:cut] + raw + whole[cut:]):
            try:
                read(broken)
            except WattportError as refusal:
                assert all(finding.message for finding in refusal.findings)  # noqa: PT017
