"""Days charged to causes, and days gained without them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from wattport.calendar.epoch import day_of
from wattport.programme.activity_network import CAUSES
from wattport.programme.cause import charge
from wattport.programme.construct import construct
from wattport.programme.dates import schedule
from wattport.programme.draws import CIVIL, CREW, GRID, PLANT, SUPPLIER, foresee, pose
from wattport.records import Design, Production
from wattport.spec import Spec


@pytest.mark.parametrize("pace_days", [0.5, 4.0])
def test_every_day_since_the_planned_start_is_charged_once(
    dunkerque: Spec,
    halls: Callable[..., Design],
    modules: Callable[..., Production],
    pace_days: float,
) -> None:
    spec = dunkerque.draw(30, seed=4)
    design = halls(spec)
    future = foresee(spec, design, modules(design, every_days=pace_days))
    problem, release_cause = pose(future)
    planned = schedule(problem)
    charged = charge(future, planned, release_cause)
    ready = planned.hall_finish_day(future.network).max(axis=2)
    built = future.is_built
    origin = day_of(spec.programme.start)
    expected = ready - origin
    np.testing.assert_allclose(charged.cause_days.sum(axis=2)[built], expected[built], atol=1e-8)
    assert (charged.cause_days[~built] == 0.0).all()
    # Only a notice to proceed before its planned date gives days back.
    assert (
        charged.cause_days.min(axis=(1, 2)) >= np.minimum(future.gates.start_day - 424, 0)
    ).all()


def test_what_drives_most_halls_follows_the_modules(
    dunkerque: Spec, halls: Callable[..., Design], modules: Callable[..., Production]
) -> None:
    spec = dunkerque.draw(10, seed=4)
    design = halls(spec)
    slow = construct(spec, design, modules(design, every_days=4.0))
    assert slow.last_cause_frac[PLANT] == 1.0
    quick = construct(spec, design, modules(design, every_days=0.5))
    assert quick.last_cause_frac[PLANT] == 0.0


def test_each_cause_is_taken_out_alone(
    dunkerque: Spec, halls: Callable[..., Design], modules: Callable[..., Production]
) -> None:
    assert tuple(CAUSES[i] for i in (GRID, PLANT, SUPPLIER, CIVIL, CREW)) == (
        "grid", "plant", "supplier", "civil", "crew",
    )  # fmt: skip
    # Late permits: nothing but civil works can gain, once the gates are long open.
    programme = dunkerque.programme.model_copy(update={"start_delay_weeks": 400.0, "risks": ()})
    spec = dunkerque.model_copy(update={"programme": programme}).draw(5, seed=4)
    design = halls(spec)
    production = modules(design)
    gained = construct(spec, design, production).cause_delay_days
    assert (gained[:, CIVIL] > 1000.0).all()
    assert (gained[:, [GRID, PLANT, SUPPLIER]] == 0.0).all()


def test_a_campus_too_small_for_a_hall_is_a_result(
    dunkerque: Spec, halls: Callable[..., Design], modules: Callable[..., Production]
) -> None:
    spec = dunkerque.draw(2, seed=4)
    design = halls(spec)
    none = {
        name: np.zeros_like(getattr(design, name))
        for name in ("hall_it_mw", "hall_grid_mw", "hall_n_modules")
    }
    empty = Design(**{**design.__dict__, **none, "hall_tranche": design.hall_tranche * 0 - 1})
    programme = construct(spec, empty, modules(empty))
    assert np.isnan(programme.ready_day).all()
    assert [r.code for r in programme.reasons if r.is_fatal] == ["BLD003"]
