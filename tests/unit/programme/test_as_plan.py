"""The site programme as a plan has the dates of the schedule and travels whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from wattport.design import size
from wattport.production import manufacture
from wattport.programme.as_plan import programme_plan
from wattport.programme.dates import schedule
from wattport.programme.draws import Future, foresee, pose
from wattport.schedule.cpm import critical_path
from wattport.schedule.exchange import mspdi_bytes, read_mspdi, read_xer, xer_bytes
from wattport.schedule.plan import Plan
from wattport.spec import load

N_DRAWS = 3


@pytest.fixture(scope="module")
def played() -> tuple[Future, tuple[Plan, ...]]:
    spec = load("small_20mw").draw(N_DRAWS, seed=7)
    design = size(spec)
    production = manufacture(spec, design)
    plans = tuple(programme_plan(spec, design, production, draw) for draw in range(N_DRAWS))
    return foresee(spec, design, production), plans


@pytest.mark.parametrize("draw", range(N_DRAWS))
def test_the_critical_path_of_the_plan_is_the_schedule(
    played: tuple[Future, tuple[Plan, ...]], draw: int
) -> None:
    future, plans = played
    made = schedule(pose(future)[0])
    is_built = np.isfinite(made.finish_day[draw])
    dates = critical_path(plans[draw])
    # A working day is a shift of eight hours there, and the whole day here.
    assert np.abs(dates.start_day - made.start_day[draw][is_built]).max() < 0.7
    assert np.abs(dates.finish_day - made.finish_day[draw][is_built]).max() < 0.7


def test_it_travels_whole(played: tuple[Future, tuple[Plan, ...]]) -> None:
    plan = played[1][0]
    raw, not_carried = xer_bytes(plan)
    assert not_carried == ()
    assert read_xer(raw).plan == plan
    assert read_mspdi(mspdi_bytes(plan)[0]).plan == plan


def test_crews_are_resources_and_what_awaits_them_is_linked(
    played: tuple[Future, tuple[Plan, ...]],
) -> None:
    plan = played[1][0]
    programme = played[0].programme
    assert [r.id for r in plan.resources] == [crew.name for crew in programme.crews]
    assert {use.resource for use in plan.assignments} <= {r.id for r in plan.resources}
    without = critical_path(
        replace(
            plan, links=tuple(one for one in plan.links if one.predecessor[:2] == one.successor[:2])
        )
    )
    assert without.end_day <= critical_path(plan).end_day
