"""What the page says of how sure the dates are."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from wattport.records import Case, Programme, quantile
from wattport.report.numerals import month_name
from wattport.report.page import Figure, Listing
from wattport.report.sections.certainty import (
    crucial_tasks,
    gains,
    joint,
    milestones,
    section,
)


@pytest.fixture
def programme(case: Case) -> Programme:
    assert case.programme is not None
    return case.programme


def test_each_milestone_stands_beside_its_central_date(case: Case, programme: Programme) -> None:
    rows = milestones(case.spec, programme).table.rows
    assert [row[0].split(" (")[0] for row in rows] == list(programme.milestone)
    said = [word.replace("\u00a0", " ") for word in rows[0][1:6]]
    days = [float(quantile(programme.milestone_day[:, 0], q)) for q in (0.1, 0.5, 0.8, 0.9)]
    assert said == [month_name(day) for day in (*days, 900.0)]
    assert rows[0][6] == "30\u202fd"
    assert rows[-1][6] == "\u2013"


def test_gains_come_in_order_and_only_where_there_is_one(case: Case, programme: Programme) -> None:
    lost = programme.mitigation_p50_days.copy(), programme.mitigation_p90_days.copy()
    for days in lost:
        days[2] = -3.0
        days[4] = np.nan
    changed = dataclasses.replace(
        programme, mitigation_p50_days=lost[0], mitigation_p90_days=lost[1]
    )
    shown = gains(case.spec, changed, 0, "first compute").gain
    most = [max(gain.p50_days, gain.p90_days) for gain in shown]
    assert most == sorted(most, reverse=True)
    assert len(shown) == len(programme.driver) - 2
    assert {"cause: grid", "risk: wet winter"} <= {gain.name for gain in shown}
    assert not any(gain.name in ("cause: supplier", "cause: crew") for gain in shown)


def test_tasks_that_are_never_critical_are_left_out(programme: Programme) -> None:
    share = programme.task_criticality_frac.copy()
    share[:, 1] = 0.0
    strength = np.zeros_like(share)
    rows = crucial_tasks(
        dataclasses.replace(programme, task_criticality_frac=share, task_cruciality_frac=strength)
    ).table.rows
    assert len(rows) == len(programme.task) - 1
    assert not any(row[0].startswith(programme.task[1]) for row in rows)


def test_the_wanted_date_and_announced_sums_are_marked(case: Case) -> None:
    assert case.ledger is not None
    chart = joint(case.spec, case.ledger)
    assert [edge.note for edge in chart.date] == ["", "wanted", ""]
    assert [edge.note for edge in chart.sum] == ["", "", "announced, low", "announced, high"]
    assert chart.table().rows[2][2] == "30\u202f%"


def test_a_single_draw_shows_dates_and_crews_but_no_ranking(case: Case) -> None:
    assert case.programme is not None
    one = dataclasses.replace(
        case.programme,
        ready_day=case.programme.ready_day[:1],
        milestone_day=case.programme.milestone_day[:1],
        n_crews_busy=case.programme.n_crews_busy[:1],
    )
    found = section(dataclasses.replace(case, programme=one, ledger=None))
    assert found is not None
    kinds = [
        type(block.chart).__name__ if isinstance(block, Figure) else "Listing"
        for block in found.blocks
        if isinstance(block, (Figure, Listing))
    ]
    assert kinds == ["Listing", "CrewUse"]
