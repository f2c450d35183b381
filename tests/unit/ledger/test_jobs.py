"""People at work over several years, by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from wattport.ledger import settle
from wattport.records import Case, Ledger

DAYS = {2027: 365.0, 2028: 366.0, 2029: 365.0}
OPENS = 368.0  # 4 January 2027


def people(ledger: Ledger, group: str) -> dict[int, float]:
    column = ledger.jobs_fte[0, :, ledger.job_group.index(group)].tolist()
    return dict(zip(ledger.year.tolist(), column, strict=True))


def worked_until(small: Case, enclosures: float, modules: float) -> Ledger:
    """The campus whose plants finish their last unit on given days."""
    made = dataclasses.replace(small.production, last_unit_day=np.array([[enclosures, modules]]))
    return settle(small.spec, small.design, made, small.programme, small.operation)


def test_plants_employ_from_their_opening_to_their_last_unit(small: Case) -> None:
    # Enclosures: 12 people until 19 June 2028; modules: 24 people until 24 July 2029.
    found = people(worked_until(small, 900.0, 1300.0), "plants")
    expected = dict.fromkeys(found, 0.0) | {
        2027: 36.0 * (730.0 - OPENS) / DAYS[2027],
        2028: 12.0 * (900.0 - 730.0) / DAYS[2028] + 24.0,
        2029: 24.0 * (1300.0 - 1096.0) / DAYS[2029],
    }
    assert found == pytest.approx(expected)


def test_a_plant_that_never_makes_its_last_unit_counts_nobody(small: Case) -> None:
    found = people(worked_until(small, 900.0, np.nan), "plants")
    assert found[2028] == pytest.approx(12.0 * 170.0 / 366.0)
    assert found[2029] == 0.0


def test_the_busiest_year_is_a_year_and_permanent_jobs_are_those_of_a_full_one(
    small: Case,
) -> None:
    """Plants and operation are never added from two different years."""
    ledger = worked_until(small, 900.0, 1300.0)
    standing = [people(ledger, group) for group in ("plants", "operation", "contractors on site")]
    by_year = {year: sum(group[year] for group in standing) for year in standing[0]}
    assert ledger.busiest_jobs_fte[0] == pytest.approx(max(by_year.values()))
    # Until 24 July 2029 the module plant works beside the first hall; in 2030 it is closed.
    assert ledger.permanent_jobs_fte[0] == pytest.approx(people(ledger, "operation")[2030])
    later = worked_until(small, 900.0, 4000.0)
    assert later.permanent_jobs_fte[0] == pytest.approx(24.0 + people(later, "operation")[2030])
