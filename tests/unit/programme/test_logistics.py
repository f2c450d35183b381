"""Modules on the road and racks in store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from wattport.programme import construct
from wattport.programme.as_plan import programme_plan
from wattport.programme.central import planned_future
from wattport.programme.dates import schedule
from wattport.programme.draws import foresee, pose
from wattport.programme.module_kernel import on_site
from wattport.programme.racks import order_racks, rack_carrying_meur
from wattport.records import Design, Production
from wattport.schedule.cpm import critical_path
from wattport.spec import Spec
from wattport.spec.campus.programme import ModuleTransport

Halls = Callable[..., Design]
Modules = Callable[..., Production]


def with_programme(spec: Spec, **update: object) -> Spec:
    programme = spec.programme.model_copy(update=update)
    return spec.model_copy(update={"programme": programme})


def test_transport_by_hand() -> None:
    ready = np.array([[5.0, 1.0, 1.0, np.nan, 1.5]])
    # Two a day: the ones ready at 1 set out at once, the next a day later, the last when ready.
    assert on_site(ready, 2, np.array([3.0]))[0, [1, 2, 4, 0]].tolist() == [4.0, 4.0, 5.0, 8.0]
    assert on_site(ready, 1, np.array([0.0]))[0, [1, 2, 4, 0]].tolist() == [1.0, 2.0, 3.0, 5.0]
    assert np.isnan(on_site(ready, 1, np.array([0.0]))[0, 3])


@settings(deadline=None, max_examples=50)
@given(
    arrays(np.float64, (2, 30), elements=st.floats(0.0, 20.0)),
    st.integers(1, 5),
    st.floats(0.0, 9.0),
)
def test_no_more_set_out_than_may_and_none_is_early(
    ready: np.ndarray, n_per_day: int, days: float
) -> None:
    arrival = on_site(ready, n_per_day, np.full(2, days))
    assert (arrival >= ready + days - 1e-9).all()
    left = np.sort(arrival - days, axis=1)
    assert (left[:, n_per_day:] - left[:, :-n_per_day] >= 1.0 - 1e-9).all()
    more = on_site(ready, n_per_day + 1, np.full(2, days))
    assert (more <= arrival + 1e-9).all()


def test_a_hall_waits_for_its_modules_on_the_road(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    spec = dunkerque.draw(5, seed=2)
    design = halls(spec)
    late = modules(design, first_day=3000.0)
    road = ModuleTransport(duration_days=40.0, n_per_day=2)
    slow = with_programme(dunkerque, module_transport=road).draw(5, seed=2)
    at_once, carried = (construct(case, design, late) for case in (spec, slow))
    np.testing.assert_array_equal(at_once.modules_day, carried.modules_day)
    there = design.has_hall
    gap = carried.modules_on_site_day - carried.modules_day
    assert (gap[there] >= 8 * 7.0 - 2.0).all()  # forty working days, from a Saturday on
    assert (carried.ready_day - at_once.ready_day)[there].min() > 40.0
    np.testing.assert_allclose(
        at_once.modules_on_site_day[there], at_once.modules_day[there], atol=2.0
    )


def test_racks_come_for_the_planned_day_and_wait_for_a_late_hall(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    ordered = with_programme(dunkerque, rack_buffer_days=21.0)
    spec, loose = ordered.draw(60, seed=5), dunkerque.draw(60, seed=5)
    design = halls(spec)
    production = modules(design)
    made, free = (construct(case, design, production) for case in (spec, loose))
    there = design.has_hall
    store = made.rack_store_days[there]
    assert (store >= -1e-9).all()
    assert (store == 0.0).any()
    assert (store > 100.0).any()
    assert (made.ready_day - free.ready_day)[there].min() > -30.0  # list schedules may gain a bit
    assert (free.rack_store_days[there] == 0.0).all()
    # A hall that must wait for its racks is one that was early against the plan.
    future = foresee(spec, design, production)
    plan = planned_future(future, spec, production)
    place = made.activity.index("rack fit-out")
    planned = schedule(pose(plan)[0]).hall_start_day(plan.network)[..., place]
    delivered = np.maximum(planned - 21.0, future.gates.rack_day)
    started = made.start_day[..., place]
    np.testing.assert_allclose(made.rack_store_days[there], (started - delivered)[there])
    assert (started >= delivered - 1e-9)[there].all()


def test_the_order_of_racks_does_not_look_at_other_draws(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    spec = with_programme(dunkerque, rack_buffer_days=10.0).draw(8, seed=5)
    design = halls(spec)
    production = modules(design)
    whole = order_racks(foresee(spec, design, production), spec, production)
    few = spec.slice(2, 3)
    part = {
        name: value[2:3]
        for name, value in vars(design).items()
        if isinstance(value, np.ndarray) and value.shape[:1] == (8,)
    }
    made = replace(
        production,
        **{
            name: value[2:3]
            for name, value in vars(production).items()
            if isinstance(value, np.ndarray) and value.shape[:1] == (8,)
        },
    )
    alone = order_racks(foresee(few, replace(design, **part), made), few, made)
    np.testing.assert_array_equal(whole.gates.rack_day[2:3], alone.gates.rack_day)


def test_capital_that_waits_by_hand(dunkerque: Spec, halls: Halls) -> None:
    spec = dunkerque.draw(1)
    design = halls(spec)
    priced = replace(design, rack_price_musd=np.array([[4.0 * 1.16]]))
    store = np.zeros(design.has_hall.shape)
    store[0, 0] = 73.05
    # 230 racks of 4 MEUR at 8 % for a fifth of a year.
    assert rack_carrying_meur(spec, priced, store)[0] == pytest.approx(230 * 4.0 * 0.08 * 0.2)
    assert rack_carrying_meur(spec, design, store).tolist() == [0.0]


def test_what_is_dealt_with_brings_its_racks_earlier(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    spec = with_programme(dunkerque, rack_buffer_days=0.0).draw(40, seed=5)
    loose = dunkerque.draw(40, seed=5)
    design = halls(spec)
    production = modules(design)
    firm, free = (construct(case, design, production) for case in (spec, loose))
    # Modules are early here: without the plants' delays nothing changes, racks included.
    assert (firm.cause_delay_days[:, 1] == 0.0).all()
    supplier = firm.cause.index("supplier")
    gained = [made.cause_delay_days[:, supplier].mean() for made in (firm, free)]
    assert gained[0] == pytest.approx(gained[1], rel=0.5)
    assert gained[0] > 20.0


def test_modules_on_the_road_are_in_the_plan(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    road = ModuleTransport(duration_days=3.0, n_per_day=2)
    spec = with_programme(dunkerque, module_transport=road).draw(2, seed=4)
    design = halls(spec)
    late = modules(design, first_day=2500.0)
    future = foresee(spec, design, late)
    made = schedule(pose(future)[0])
    plan = programme_plan(spec, design, late, 1)
    dates = critical_path(plan)
    number = {one.id: i for i, one in enumerate(plan.activities)}
    is_built = np.isfinite(made.finish_day[1])
    n_jobs = int(is_built.sum())
    assert np.abs(dates.start_day[:n_jobs] - made.start_day[1][is_built]).max() < 0.7
    built = construct(spec, design, late)
    for hall in np.flatnonzero(future.is_built[1]):
        arrived = dates.finish_day[number[f"H{hall + 1}~modules on the road"]]
        assert abs(arrived - built.modules_on_site_day[1, hall]) < 0.7
