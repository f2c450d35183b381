"""The page of a risk analysis holds what was found, whoever named the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from wattport.calendar.work_calendar import office_calendar
from wattport.errors import Finding
from wattport.report import write
from wattport.report.page import Figure, Page, html
from wattport.report.pages.schedule import page
from wattport.schedule.analysis import ScheduleAnalysis
from wattport.schedule.dcma import dcma_checks
from wattport.schedule.plan import (
    ALWAYS,
    ActivityKind,
    Assignment,
    Level,
    Plan,
    PlanLink,
    Resource,
    activity,
)
from wattport.schedule.risk import analyse
from wattport.schedule.risk_register import DriverRisk, Mitigated, RiskRegister

HOSTILE = "<script>alert('x')</script>"
CALM = Mitigated(probability_frac=0.1, factor=(1.0, 1.0, 1.2))
REGISTER = RiskRegister(
    uncertainty=(0.9, 1.0, 1.4),
    risks=(
        DriverRisk(
            name=HOSTILE, probability_frac=0.5, factor=(1.1, 1.2, 1.5), activities=("A",),
            cost=(10.0, 20.0, 30.0), mitigated=CALM, mitigation_cost=5.0,
        ),
    ),
    overhead_per_day=1000.0,
)  # fmt: skip


def plan(**more) -> Plan:  # type: ignore[no-untyped-def]
    end = activity("M", 0.0, name="Handover", kind=ActivityKind.FINISH_MILESTONE)
    return Plan(
        HOSTILE, datetime(2026, 1, 5, 8), "Standard", (office_calendar(),),
        (activity("A", 80.0, name=HOSTILE), activity("B", 60.0), end),
        (PlanLink("A", "M"), PlanLink("B", "M")), **more,
    )  # fmt: skip


def loaded() -> Plan:
    crane = Resource("crane", HOSTILE, levels=(Level(ALWAYS, 1.0),), cost_per_hour=50.0)
    uses = (Assignment("A", "crane", 1.0, 80.0), Assignment("B", "crane", 1.0, 60.0))
    return plan(resources=(crane,), assignments=uses, currency="EUR")


def paged(one: Plan, register: RiskRegister, draws: int = 60) -> Page:
    lost = (Finding("XCH020", f"notes: {HOSTILE}", severity="warning"),)
    return page(
        ScheduleAnalysis(analyse(one, register, draws=draws), tuple(dcma_checks(one)), tuple(lost)),
        "1",
    )


def test_a_plan_with_resources_and_costs_has_all_sections(tmp_path: Path) -> None:
    made = paged(loaded(), REGISTER)
    keys = [section.key for section in made.sections]
    assert keys == ["dates", "causes", "activities", "resources", "cost", "quality"]
    text = html(made)
    assert HOSTILE not in text
    assert "P80 with risks dealt with" in text
    assert write(made, tmp_path / "report.html").read_text("utf-8").startswith(text)
    assert html(paged(loaded(), REGISTER)) == text


@pytest.mark.parametrize("draws", [1, 2, 60])
def test_a_plan_without_them_leaves_their_sections_out(draws: int) -> None:
    made = paged(plan(), RiskRegister(), draws)
    assert [section.key for section in made.sections] == [
        "dates",
        "causes",
        "activities",
        "quality",
    ]
    for section in made.sections:
        for block in section.blocks:
            if isinstance(block, Figure):
                assert block.table.rows
                assert block.wide
                assert block.narrow


def test_shares_of_the_corners_are_all_of_the_futures() -> None:
    result = analyse(loaded(), REGISTER, draws=200)
    cost = result.cost
    assert cost is not None
    assert cost.p10 <= cost.p50 <= cost.p80 <= cost.p90
    assert cost.both_frac <= min(cost.on_date_frac, cost.within_budget_frac)
    # 140 hours at 50, and 20.33 days of office from 5 to 28 January at 1,000.
    assert cost.planned == pytest.approx(
        140 * 50.0 + 1000.0 * (result.levelled_end_day - 4 - 1 / 3)
    )
    wide = analyse(loaded(), REGISTER.model_copy(update={"budget": 1e9}), draws=200).cost
    assert wide is not None
    assert wide.within_budget_frac == 1.0
    assert wide.both_frac == wide.on_date_frac
    dated = analyse(replace(loaded(), deadline=datetime(2030, 1, 1)), REGISTER, draws=50).cost
    assert dated is not None
    assert dated.on_date_frac == 1.0
