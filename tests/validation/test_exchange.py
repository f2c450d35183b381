"""Files written here are read back by MPXJ; dates are held against other people's."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wattport.calendar.work_calendar import WorkCalendar, office_calendar, round_the_clock
from wattport.design import size
from wattport.equations.precedence import LinkKind
from wattport.errors import WattportError
from wattport.production import manufacture
from wattport.programme.as_plan import programme_plan
from wattport.schedule.cpm import critical_path
from wattport.schedule.cpm_network import moment_of_day
from wattport.schedule.exchange import mspdi_bytes, read_plan, xer_bytes
from wattport.schedule.plan import (
    ActivityKind,
    Assignment,
    Constraint,
    ConstraintKind,
    LagCalendar,
    Level,
    Plan,
    PlanLink,
    Resource,
    WbsNode,
    activity,
)
from wattport.schedule.risk import analyse
from wattport.schedule.risk_register import RiskRegister
from wattport.spec import load

MONDAY = datetime(2026, 1, 5, 8)
HOLIDAYS = ((date(2026, 1, 14), ()), (date(2026, 4, 6), ()))
TWO_SHIFTS = WorkCalendar(
    "Two shifts", (((360, 840), (840, 1320)),) * 5 + (((360, 840),), ()),
    ((date(2026, 4, 4), ((480, 720),)), (date(2026, 5, 1), ())), 8.0,
)  # fmt: skip
SHORT = {
    LinkKind.FINISH_TO_START: "FS",
    LinkKind.START_TO_START: "SS",
    LinkKind.FINISH_TO_FINISH: "FF",
    LinkKind.START_TO_FINISH: "SF",
}
MPXJ = "MPXJ 16, an independent reader and scheduler (github.com/joniles/mpxj)"


def network(
    seed: int, *, kinds: tuple[int, ...], lags: tuple[float, ...], lag_calendar: LagCalendar
) -> Plan:
    """Forty activities on three calendars, with a breakdown, a crew and progress."""
    random = np.random.default_rng(seed)
    calendars = (
        replace(office_calendar(), exceptions=HOLIDAYS), TWO_SHIFTS,
        replace(round_the_clock(), hours_per_day=8.0),
    )  # fmt: skip
    shapes = [ActivityKind.TASK] * 9 + [ActivityKind.FINISH_MILESTONE]
    activities = []
    for i in range(40):
        kind = shapes[random.integers(10)]
        hours = float(random.integers(1, 120)) if kind == ActivityKind.TASK else 0.0
        # Not for milestones: MPXJ then puts them on the date even before their predecessors.
        bound = Constraint(
            ConstraintKind.START_NO_EARLIER, MONDAY + timedelta(days=int(random.integers(60)))
        )
        one = activity(
            f"A{i:03d}", hours, calendars[random.integers(3)].name, name=f"Work {i} & more",
            kind=kind, constraints=(bound,) if hours and random.random() < 0.1 else (),
        )  # fmt: skip
        activities.append(
            replace(one, wbs=i * 3 // 40, planned_start=MONDAY, planned_finish=MONDAY)
        )
    links = [
        PlanLink(f"A{i:03d}", f"A{j:03d}", LinkKind(int(random.choice(kinds))),
                 float(random.choice(lags)), lag_calendar)
        for j in range(1, 40)
        for i in sorted(set(random.integers(max(0, j - 8), j, 2).tolist()))
    ]  # fmt: skip
    return Plan(
        name="Random", start=MONDAY, calendar="Standard", calendars=calendars,
        activities=tuple(activities), links=tuple(links),
        wbs=(WbsNode("S", "Site"), WbsNode("1", "Hall 1", 0), WbsNode("2", "Hall 2", 0)),
        resources=(Resource("CREW", "The crew", levels=(Level(MONDAY, 3.0),)),),
        assignments=(Assignment("A003", "CREW", 1.0, 8.0), Assignment("A004", "CREW", 0.5, 4.0)),
        data_date=MONDAY,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("java") is None:
        pytest.skip("no Java on this machine: MPXJ cannot run")
    for package in ("mpxj", "jpype"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"the package {package} of the extra `test` is not installed")
    return tmp_path_factory.mktemp("exchange")


def with_mpxj(jobs: list[dict[str, str]]) -> list[dict]:  # type: ignore[type-arg]
    reader = Path(__file__).parents[1] / "oracles" / "mpxj_reader.py"
    done = subprocess.run(
        [sys.executable, str(reader)], input=json.dumps(jobs), capture_output=True, text=True,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def differences(plan: Plan, found: dict) -> list[str]:  # type: ignore[type-arg]
    """Where what MPXJ read differs from the plan and its dates."""
    dates, wrong = critical_path(plan), []
    for i, a in enumerate(plan.activities):
        task = found["tasks"][a.id]
        ours = {
            "name": a.name, "hours": a.duration_hours, "remaining_hours": a.remaining_hours,
            "calendar": a.calendar, "parent": plan.wbs[a.wbs or 0].name,
        }  # fmt: skip
        wrong += [f"{a.id} {key}" for key, value in ours.items() if task[key] != value]
        for key, when in (
            ("start", dates.start(i)), ("finish", dates.finish(i)),
            ("early_start", dates.start(i)), ("early_finish", dates.finish(i)),
            ("late_finish", moment_of_day(float(dates.late_finish_day[i]))),
            ("constraint_date", a.constraints[0].moment if a.constraints else None),
        ):  # fmt: skip
            if moment(task[key]) != when:
                wrong.append(f"{a.id} {key} {task[key]} {when}")
    links = sorted(
        [one.predecessor, one.successor, SHORT[one.kind], one.lag_hours] for one in plan.links
    )
    wrong += [] if links == [row[:4] for row in found["links"]] else ["links"]
    for calendar in plan.calendars:
        days = [str(day) for day, _ in calendar.exceptions]
        if found["calendars"][calendar.name]["exceptions"] != days:
            wrong.append(f"calendar {calendar.name}")
    uses = sorted(id for id, task in found["tasks"].items() if task["resources"] == ["The crew"])
    return wrong + ([] if uses == ["A003", "A004"] else ["resources"])


def test_written_files_are_read_by_mpxj_with_the_same_dates_and_links(
    folder: Path, validation: Any
) -> None:
    plans = [
        network(seed, kinds=(0, 0, 0, 1, 2, 3), lags=(0.0, 0.0, 8.0, -4.0, 24.0), lag_calendar=lag)
        for seed, lag in enumerate((LagCalendar.SUCCESSOR, LagCalendar.ELAPSED))
    ]
    jobs = []
    for number, plan in enumerate(plans):
        for suffix, write in ((".xer", xer_bytes), (".xml", mspdi_bytes)):
            path = folder / f"{number}{suffix}"
            raw, not_carried = write(plan)
            assert not_carried == ()
            path.write_bytes(raw)
            jobs.append({"path": str(path)})
    found = with_mpxj(jobs)
    for offset, name in ((0, "XER"), (1, "MSPDI")):
        wrong = [
            w for i, plan in enumerate(plans) for w in differences(plan, found[2 * i + offset])
        ]
        validation(
            engine="build", quantity=f"{name} files written, read by MPXJ: fields that differ",
            source=MPXJ, reached=len(wrong), allowed=0, unit="fields",
            note="names, durations, dates, links, lags, calendars, constraints and use of crews of "
            "80 activities" + (f"; {wrong[:3]}" if wrong else ""),
        )  # fmt: skip


def test_costs_and_the_exported_programme_are_read_by_mpxj(folder: Path, validation: Any) -> None:
    spec = load("small_20mw").draw(1, seed=7)
    design = size(spec)
    plan = programme_plan(spec, design, manufacture(spec, design))
    priced = replace(
        plan, currency="EUR",
        resources=tuple(
            replace(r, cost_per_hour=50.0 + i) for i, r in enumerate(plan.resources)
        ),
        activities=tuple(
            replace(a, fixed_cost=1250.5 * (i % 3)) for i, a in enumerate(plan.activities)
        ),
    )  # fmt: skip
    jobs = []
    for suffix, write in ((".xer", xer_bytes), (".xml", mspdi_bytes)):
        path = folder / f"programme{suffix}"
        path.write_bytes(write(priced)[0])
        jobs.append({"path": str(path)})
    dates, wrong = critical_path(priced), []
    for job, found in zip(jobs, with_mpxj(jobs), strict=True):
        form = job["path"][-3:]
        for i, a in enumerate(priced.activities):
            task = found["tasks"][a.id]
            same = (moment(task["start"]), moment(task["finish"]), task["fixed_cost"])
            if same != (dates.start(i), dates.finish(i), a.fixed_cost):
                wrong.append(f"{form} {a.id} {same} {dates.start(i)} {dates.finish(i)}")
        wrong += [
            f"{form} {r.id} {found['rates'].get(r.name)}" for r in priced.resources
            if found["rates"].get(r.name) != [r.cost_per_hour, "h"]
        ]  # fmt: skip
        wrong += [] if found["currency"] == "EUR" else [f"{form} {found['currency']}"]
        wrong += [] if len(found["links"]) == len(priced.links) else [f"{form} links"]
    validation(
        engine="build", quantity="exported site programme, read by MPXJ: fields that differ",
        source=MPXJ, reached=len(wrong), allowed=0, unit="fields",
        note="dates, fixed costs, rates, currency and links of the 20 MW scenario in XER and MSPDI"
        + (f"; {wrong[:6]}" if wrong else ""),
    )  # fmt: skip


def test_early_dates_are_those_of_mpxjs_own_scheduler(folder: Path, validation: Any) -> None:
    lags = (LagCalendar.SUCCESSOR, LagCalendar.PREDECESSOR, LagCalendar.ELAPSED)
    plans = [
        network(seed, kinds=(0, 0, 0, 1), lags=(0.0, 0.0, 8.0, 24.0), lag_calendar=lags[seed % 3])
        for seed in range(9)
    ]
    for number, plan in enumerate(plans):
        (folder / f"cpm{number}.xer").write_bytes(xer_bytes(plan)[0])
    jobs = [
        {"path": str(folder / f"cpm{number}.xer"), "start": MONDAY.isoformat()}
        for number in range(len(plans))
    ]
    off = 0
    for plan, found in zip(plans, with_mpxj(jobs), strict=True):
        dates = critical_path(plan)
        for i, a in enumerate(plan.activities):
            task = found["tasks"][a.id]
            theirs = moment(task["early_start"]), moment(task["early_finish"])
            off += theirs != (dates.start(i), dates.finish(i))
    validation(
        engine="build", quantity="early dates on three calendars: activities that differ",
        source=MPXJ, reached=off, allowed=0, unit="activities of 360",
        note="finish-to-start and start-to-start links with lags on the successor's, the "
        "predecessor's and the elapsed calendar, start-no-earlier dates, milestones",
    )  # fmt: skip


@pytest.mark.reference_data
def test_the_sample_files_are_read(reference_data: Path, consistency: Any) -> None:
    formats = reference_data / "factory" / "formats"
    xer = read_plan(formats / "mpxj_SuccessorCalendar.xer")
    assert [a.name for a in xer.plan.activities] == ["Test"]
    assert len(xer.plan.calendars[0].exceptions) == 14
    mspdi = read_plan(formats / "mpxj_resource-misc-project2010-mspdi.xml")
    assert [r.name for r in mspdi.plan.resources] == ["Resource 1", "Resource 2"]
    assert {f.message.split(":")[0] for f in mspdi.not_carried} >= {
        "resource Notes", "resource CostPerUse",
    }  # fmt: skip
    with pytest.raises(WattportError, match="Primavera's own XML"):
        read_plan(formats / "mpxj_SuccessorCalendar_pmxml.xml")
    lost = sum(
        read_plan_again(write(read.plan)[0])
        != replace(read.plan, data_date=again_date(write, read))
        for read in (xer, mspdi)
        for write in (xer_bytes, mspdi_bytes)
    )
    consistency(
        engine="build", quantity="sample files read, written and read again: plans that differ",
        source="junit data of MPXJ (github.com/joniles/mpxj @ 764fe84f)", reached=lost, allowed=0,
        unit="of 4", note="one of P6 with 14 holidays, one of Project without tasks",
    )  # fmt: skip


def again_date(write, read):  # type: ignore[no-untyped-def]
    """A P6 project always has a data date: its start where the other file had none."""
    return read.plan.data_date or (read.plan.start if write is xer_bytes else None)


def read_plan_again(raw: bytes) -> Plan:
    from wattport.schedule.exchange import read_mspdi, read_xer

    return (read_xer if raw.startswith(b"ERMHDR") else read_mspdi)(raw).plan


def test_merge_bias_of_two_equal_paths(validation: Any) -> None:
    clock = round_the_clock()
    milestone = activity("M", 0.0, clock.name, kind=ActivityKind.FINISH_MILESTONE)
    plan = Plan(
        name="Two paths", start=MONDAY, calendar=clock.name, calendars=(clock,),
        activities=(*(activity(id, 240.0, clock.name) for id in "AB"), milestone),
        links=(PlanLink("A", "M"), PlanLink("B", "M")),
    )  # fmt: skip
    register = RiskRegister(uncertainty=(0.5, 1.0, 1.5), ranges=(), risks=())
    reached = analyse(plan, register, draws=20_000).milestones[1].merge_bias_days
    # For two symmetric triangulars of width w the mean of the larger lies 7 w / 60 above theirs.
    validation(
        engine="build", quantity="merge bias of two equal triangular paths, 10 +- 5 days",
        source="order statistics: E max = mean + 7/60 of the width", reached=reached - 70.0 / 60.0,
        allowed=0.03, unit="d", note="20,000 draws: standard error 0.012 d",
    )  # fmt: skip
