"""Milestones, what decides them, and what a plan of central values says of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from wattport.calendar.epoch import day_of
from wattport.programme.activity_network import lay_out
from wattport.programme.cause import Charge
from wattport.programme.construct import construct
from wattport.programme.cruciality import cruciality
from wattport.programme.draws import foresee, module_gates, pose
from wattport.programme.milestone import deciding_hall, first_day, milestone_days
from wattport.programme.mitigation import Kind, mitigations
from wattport.records import Design, Production, Programme, quantile
from wattport.spec import Spec

Halls = Callable[..., Design]
Modules = Callable[..., Production]
N_DRAWS = 60


@pytest.fixture(scope="module")
def played(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> tuple[Spec, Design, Production, Programme]:
    spec = dunkerque.draw(N_DRAWS, seed=7)
    design = halls(spec)
    production = modules(design)
    return spec, design, production, construct(spec, design, production)


def test_milestones_pass_over_halls_that_are_not_there() -> None:
    ready = np.array([[5.0, np.nan, 9.0, 7.0], [np.nan] * 4])
    tranche = np.array([[0, 0, 1, 1], [0, 0, 1, 1]])
    hall = deciding_hall(ready, tranche, 3)
    assert hall.tolist() == [[0, 0, 2, -1, 2], [-1] * 5]
    np.testing.assert_array_equal(
        milestone_days(ready, hall), [[5.0, 5.0, 9.0, np.nan, 9.0], [np.nan] * 5]
    )
    np.testing.assert_array_equal(first_day(ready), [5.0, np.nan])


def test_milestones_are_the_dates_of_their_halls(
    played: tuple[Spec, Design, Production, Programme],
) -> None:
    spec, _, _, programme = played
    assert programme.milestone[0] == "first compute"
    assert len(programme.milestone) == len(spec.grid.tranches) + 2
    np.testing.assert_array_equal(programme.milestone_day[:, 0], programme.first_compute_day)
    np.testing.assert_array_equal(programme.milestone_day[:, -1], programme.full_campus_day)
    np.testing.assert_array_equal(
        np.nanmax(programme.milestone_day[:, 1:-1], axis=1), programme.full_campus_day
    )


def test_causes_gain_what_their_column_says(
    played: tuple[Spec, Design, Production, Programme],
) -> None:
    *_, programme = played
    assert programme.driver[:5] == programme.cause
    assert set(programme.driver_kind[:5]) == {"cause"}
    after = programme.first_compute_day[:, None] - programme.cause_delay_days
    np.testing.assert_allclose(programme.mitigated_p50_day[:5, 0], quantile(after, 0.5))
    np.testing.assert_allclose(
        programme.mitigation_p90_days[:5, 0],
        quantile(programme.first_compute_day, 0.9) - quantile(after, 0.9),
    )


def test_every_risk_and_the_inputs_that_matter_are_dealt_with(
    played: tuple[Spec, Design, Production, Programme],
) -> None:
    spec, design, production, programme = played
    risks = [n for n, k in zip(programme.driver, programme.driver_kind, strict=True) if k == "risk"]
    assert risks == [risk.name for risk in spec.programme.risks]
    future = foresee(spec, design, production)
    found = mitigations(future, spec, production, programme.milestone_day)
    inputs = [m for m in found if m.kind is Kind.INPUT]
    assert 1 <= len(inputs) <= 6
    # The grid decides most halls on paper: its slip must be among them.
    assert any(m.name.startswith("grid.tranches") for m in inputs)
    for mitigation in found:
        if mitigation.kind is Kind.RISK:
            mended = mitigation.future.durations
            assert (mended.stretch_frac <= future.durations.stretch_frac).all()
            assert (mended.stretch_frac[..., risks.index(mitigation.name)] == 0.0).all()


def test_an_input_is_never_made_worse_and_ends_at_its_low_end(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    late = dunkerque.programme.hv_transformer_lead_weeks
    programme = dunkerque.programme.model_copy(
        update={
            "hv_transformer_lead_weeks": replace(late, low=300.0, value=400.0, high=900.0),
            "hv_transformer_cv_frac": 0.0,
            "hv_transformer_spacing_weeks": 0.0,
        }
    )
    spec = dunkerque.model_copy(update={"programme": programme}).draw(N_DRAWS, seed=2)
    design = halls(spec)
    production = modules(design)
    built = construct(spec, design, production)
    future = foresee(spec, design, production)
    found = mitigations(future, spec, production, built.milestone_day)
    mended = next(m for m in found if m.name == "programme.hv_transformer_lead_weeks")
    expected = day_of(spec.programme.hv_transformer_order) + 7.0 * 300.0
    np.testing.assert_allclose(mended.future.gates.long_lead_day, expected)
    row = built.driver.index(mended.name)
    assert built.driver_cause[row] == "supplier"
    assert built.mitigation_p90_days[row, 0] > 365.0


def test_module_gates_worked_out_before_give_the_same_problem(
    played: tuple[Spec, Design, Production, Programme],
) -> None:
    spec, design, production, _ = played
    future = foresee(spec, design, production)
    fresh, again = pose(future), pose(future, module_gates(future))
    np.testing.assert_array_equal(fresh[0].release_work, again[0].release_work)
    np.testing.assert_array_equal(fresh[1], again[1])


def test_the_central_schedule_by_hand(dunkerque: Spec, halls: Halls, modules: Modules) -> None:
    # As in test_construct: the tranche of 31 December 2028 decides, 10 weeks and 3 days after
    # 15 January 2029. Risks and spread are left out of it though the draws have them.
    loaded = dunkerque.model_copy(
        update={
            "programme": dunkerque.programme.model_copy(update={"hv_transformer_lead_weeks": 60.0})
        }
    )
    spec = loaded.draw(N_DRAWS, seed=3)
    design = halls(spec)
    programme = construct(spec, design, modules(design))
    central = day_of(date(2029, 1, 15)) + 10 * 7 + 3
    assert programme.milestone_central_day[0] == central
    gap = float(quantile(programme.first_compute_day, 0.5)) - central
    assert programme.central_gap_days[0] == pytest.approx(gap)
    assert programme.central_gap_days[-1] > 0.0


def test_one_future_without_spread_is_its_own_central_schedule(
    dunkerque: Spec, halls: Halls, modules: Modules
) -> None:
    programme = dunkerque.programme.model_copy(
        update={"hall_cv_frac": 0.0, "hv_transformer_cv_frac": 0.0, "risks": ()}
    )
    spec = dunkerque.model_copy(update={"programme": programme}).draw(1)
    design = halls(spec)
    built = construct(spec, design, modules(design))
    np.testing.assert_allclose(built.central_gap_days, 0.0, atol=1e-9)
    assert np.isnan(built.task_cruciality_frac).all()


def test_cruciality_tells_a_long_task_from_one_that_varies(dunkerque: Spec) -> None:
    network = lay_out(dunkerque.programme, 1)
    n_task = network.n_site + network.n_template
    days = np.full((5, n_task), 10.0)
    days[:, 4] = [1.0, 5.0, 2.0, 4.0, 3.0]
    ready = 100.0 + days[:, 4]
    is_driving = np.ones((5, 1, n_task), dtype=bool)
    is_driving[0, 0, 5] = False
    cause_days = np.zeros((5, 1, 5))
    cause_days[:, 0, 2] = -days[:, 4]
    cause_days[:, 0, 3] = days[:, 4]
    found = cruciality(
        Charge(cause_days, is_driving), days, network, np.zeros((5, 1), dtype=np.int64),
        ready[:, None],
    )  # fmt: skip
    assert found.task_criticality_frac[0, [0, 4, 5]].tolist() == [1.0, 1.0, 0.8]
    assert found.task_cruciality_frac[0, [0, 5]].tolist() == [0.0, 0.0]
    assert found.task_cruciality_frac[0, 4] == pytest.approx(1.0)
    assert found.cause_criticality_frac[0].tolist() == [0.0, 0.0, 0.0, 1.0, 0.0]
    assert found.cause_cruciality_frac[0, 3] == pytest.approx(1.0)


def test_crews_at_work_never_outnumber_the_crews(
    played: tuple[Spec, Design, Production, Programme],
) -> None:
    *_, programme = played
    assert (programme.n_crews_busy >= 0.0).all()
    assert (programme.n_crews_busy <= programme.n_crews + 1e-9).all()
    assert programme.n_crews_busy.max() > 1.0
