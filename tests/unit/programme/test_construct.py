"""The whole room on the shipped scenario and on variants of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest

from wattport.calendar.epoch import day_of
from wattport.programme import construct
from wattport.records import Design, Production, Programme
from wattport.records.record import arrays_by_axes
from wattport.spec import Spec

Halls = Callable[..., Design]
Modules = Callable[..., Production]
BY_DRAW = "draw"


def with_programme(spec: Spec, **update: object) -> Spec:
    """The spec as loaded, with fields of its programme changed."""
    return spec.model_copy(update={"programme": spec.programme.model_copy(update=update)})


def take(record: Design | Production, first: int, last: int) -> Design | Production:
    """A slice of the draws of a record."""
    cut = {
        f.name: getattr(record, f.name)[first:last]
        for f in fields(record)
        if f.metadata.get("dims", ("",))[0] == BY_DRAW and getattr(record, f.name) is not None
    }
    return replace(record, **cut)


@pytest.fixture(scope="module")
def played(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> tuple[Spec, Design, Production, Programme]:
    spec = dunkerque.draw(40, seed=7)
    design = halls(spec)
    production = modules(design)
    return spec, design, production, construct(spec, design, production)


def test_every_array_has_the_shape_its_axes_say(
    played: tuple[Spec, Design, Production, Programme],
) -> None:
    spec, design, _, programme = played
    length = {
        "draw": 40,
        "hall": design.hall_it_mw.shape[1],
        "activity": len(spec.programme.hall_activities),
        "site_activity": len(spec.programme.site_activities),
        "cause": 5,
        "milestone": len(spec.grid.tranches) + 2,
        "task": len(programme.task),
        "driver": len(programme.driver),
        "deadline": len(programme.deadline),
        "hammock": len(programme.hammock),
        "crew": len(spec.programme.crews),
        "month": programme.month_day.size,
    }
    groups = arrays_by_axes(programme)
    assert sum(len(group) for group in groups.values()) == sum(
        "dims" in f.metadata and not f.name.startswith(("relief", "what_if"))
        for f in fields(Programme)
    )
    for dims, group in groups.items():
        for name, values in group.items():
            assert values.shape == tuple(length[dim] for dim in dims), name


def test_halls_of_a_smaller_campus_are_nan(
    played: tuple[Spec, Design, Production, Programme],
) -> None:
    _, design, _, programme = played
    assert (~design.has_hall).any()
    for values in (programme.ready_day, programme.hall_mw, programme.gate_day):
        np.testing.assert_array_equal(np.isnan(values), ~design.has_hall)
    np.testing.assert_array_equal(np.isnan(programme.start_day).any(axis=2), ~design.has_hall)


def test_dates_are_in_order(played: tuple[Spec, Design, Production, Programme]) -> None:
    _, design, _, programme = played
    names = programme.activity
    racks = names.index("rack fit-out")
    energise = names.index("energise")
    there = design.has_hall
    assert (programme.ready_day > programme.gate_day)[there].all()
    assert (programme.ready_day > programme.modules_day)[there].all()
    assert (programme.start_day[..., energise] > programme.gate_day)[there].all()
    assert (programme.ready_day >= programme.finish_day[..., racks])[there].all()
    assert (programme.first_compute_day <= programme.full_campus_day).all()


def test_ready_halls_never_outgrow_the_open_tranche(
    played: tuple[Spec, Design, Production, Programme],
) -> None:
    _, design, _, programme = played
    is_ready = programme.ready_day[:, :, None] <= programme.month_day
    grid_mw = (is_ready * design.hall_grid_mw[:, :, None]).sum(axis=1)
    assert (grid_mw <= programme.tranche_mw + 1e-6).all()
    assert (np.diff(programme.online_it_mw, axis=1) >= 0.0).all()
    np.testing.assert_allclose(programme.online_it_mw[:, -1], design.it_mw)


def test_shares_are_shares(played: tuple[Spec, Design, Production, Programme]) -> None:
    programme = played[-1]
    assert programme.first_cause_frac.sum() == pytest.approx(1.0)
    assert programme.last_cause_frac.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(programme.hall_cause_frac.sum(axis=1), 1.0)
    assert (programme.criticality_frac >= 0.0).all()
    assert (programme.criticality_frac <= 1.0).all()
    # Every path ends with it.
    assert programme.criticality_frac[programme.activity.index("ready for service")] == 1.0


def test_a_slice_of_draws_gives_the_same_bytes(
    played: tuple[Spec, Design, Production, Programme],
) -> None:
    spec, design, production, whole = played
    part = construct(spec.slice(11, 29), take(design, 11, 29), take(production, 11, 29))
    months = min(part.month_day.size, whole.month_day.size)
    for f in fields(Programme):
        dims = f.metadata.get("dims", ())
        if dims[:1] != (BY_DRAW,):
            continue
        expected, reached = getattr(whole, f.name)[11:29], getattr(part, f.name)
        if "month" in dims:  # always the second axis
            expected, reached = expected[:, :months], reached[:, :months]
        np.testing.assert_array_equal(reached, expected, err_msg=f.name)


def test_more_draws_leave_the_first_ones_alone(
    dunkerque: Spec,
    played: tuple[Spec, Design, Production, Programme],
    halls: Halls,
    modules: Modules,
) -> None:
    few = dunkerque.draw(10, seed=7)
    design = halls(few)
    programme = construct(few, design, modules(design))
    width = design.hall_it_mw.shape[1]
    np.testing.assert_array_equal(programme.ready_day, played[-1].ready_day[:10, :width])


def test_one_draw_by_hand(dunkerque: Spec, halls: Halls, modules: Modules) -> None:
    # Central values, no spread, modules early, HV transformers early: the tranche decides.
    # Open on Sunday 31 December 2028; ten working days of substation work: Monday 15 January.
    # Energise 3, L3 10, L4 10, racks 25, ready 5: 53 working days are 10 weeks and 3 days.
    loaded = with_programme(dunkerque, hv_transformer_lead_weeks=60.0, hall_cv_frac=0.0, risks=())
    spec = loaded.draw(1)
    design = halls(spec)
    programme = construct(spec, design, modules(design))
    assert programme.gate_day[0, 0] == day_of(date(2028, 12, 31))
    assert programme.start_day[0, 0, 5] == day_of(date(2029, 1, 15))
    assert programme.first_compute_day[0] == day_of(date(2029, 1, 15)) + 10 * 7 + 3
    assert programme.first_cause_frac.tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]
    assert programme.cause_delay_days[0, 0] > 0.0
    assert (programme.cause_delay_days[0, 1:] == 0.0).all()


def test_late_modules_are_the_plants_fault_or_their_suppliers(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    spec = dunkerque.draw(20, seed=1)
    design = halls(spec)
    late = modules(design, first_day=3000.0)
    plant = construct(spec, design, late)
    assert plant.first_cause_frac[1] == 1.0
    assert (plant.cause_delay_days[:, 1] > 300.0).all()
    waiting = replace(late, module_kit_wait_days=900.0 * late.module_kit_wait_days)
    supplier = construct(spec, design, waiting)
    np.testing.assert_array_equal(supplier.ready_day, plant.ready_day)
    assert supplier.first_cause_frac[2] == 1.0
    assert (supplier.cause_delay_days[:, 2] > 300.0).all()


def test_a_single_crew_makes_halls_queue(dunkerque: Spec, halls: Halls, modules: Modules) -> None:
    crews = tuple(
        crew.model_copy(update={"n_crews": 1}) if crew.name == "shell" else crew
        for crew in dunkerque.programme.crews
    )
    spec = with_programme(dunkerque, crews=crews).draw(10, seed=3)
    design = halls(spec)
    programme = construct(spec, design, modules(design))
    assert programme.last_cause_frac[4] == 1.0
    shell = programme.activity.index("shell")
    for k in range(10):
        start, finish = programme.start_day[k, :, shell], programme.finish_day[k, :, shell]
        order = np.argsort(start)
        assert (start[order][1:] >= finish[order][:-1])[: design.has_hall[k].sum() - 1].all()


def test_a_hall_without_tranche_or_modules_is_never_ready_and_says_so(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    spec = dunkerque.draw(6, seed=5)
    design = halls(spec)
    tranche = design.hall_tranche.copy()
    tranche[0, 0] = -1
    made = modules(design)
    done = made.module_done_day.copy()
    done[1, 30] = np.nan
    programme = construct(
        spec, replace(design, hall_tranche=tranche), replace(made, module_done_day=done)
    )
    assert np.isnan(programme.ready_day[0, 0])
    assert programme.gate_day[0, 0] == np.inf
    assert np.isnan(programme.ready_day[1, 1])
    assert np.isfinite(programme.ready_day[2:, :2]).all()
    share = {reason.code: reason.draw_frac for reason in programme.reasons}
    assert share["BLD001"] == pytest.approx(1 / 6)
    assert share["BLD002"] == pytest.approx(1 / 6)
    assert not any(reason.is_fatal for reason in programme.reasons)


def test_a_campus_without_any_tranche_is_a_result_with_a_reason(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    spec = dunkerque.draw(3, seed=5)
    design = halls(spec)
    none = replace(design, hall_tranche=np.full_like(design.hall_tranche, -1))
    programme = construct(spec, none, modules(design))
    assert np.isnan(programme.first_compute_day).all()
    assert np.isnan(programme.cause_delay_days).all()
    assert (programme.online_it_mw == 0.0).all()
    assert (programme.first_cause_frac == 0.0).all()
    assert {r.code: r.is_fatal for r in programme.reasons}["BLD003"]


def test_a_hall_the_tranche_cannot_carry_waits_for_the_next(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    spec = dunkerque.draw(3, seed=5)
    design = halls(spec)
    eager = replace(design, hall_tranche=np.where(design.has_hall, 0, -1))
    programme = construct(spec, eager, modules(design))
    np.testing.assert_array_equal(
        programme.gate_day, construct(spec, design, modules(design)).gate_day
    )
    assert "BLD004" in {reason.code for reason in programme.reasons}


def test_a_wanted_date_missed_is_told(played: tuple[Spec, Design, Production, Programme]) -> None:
    reason = next(r for r in played[-1].reasons if r.code == "BLD006")
    assert "2028-12-31" in reason.message
    assert reason.draw_frac > 0.9


def test_workers_peak_at_the_published_ratio(
    played: tuple[Spec, Design, Production, Programme],
) -> None:
    spec, _, _, programme = played
    ratio = programme.workers.max(axis=1) / spec.programme.construction_workers_per_mw
    # Some, but not all, of the campus is worked on in the busiest month.
    assert (ratio >= 250.0).all()
    assert (ratio < np.nansum(programme.hall_mw, axis=1) + 1.0).all()
    after = programme.month_day > np.nanmax(programme.full_campus_day)
    assert (programme.workers[:, after] == 0.0).all()
