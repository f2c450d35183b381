"""Dates of the site under changed plants, against the whole stage played with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import wattport.spec
from wattport.design import size
from wattport.production import manufacture
from wattport.programme import construct, with_plant_changes
from wattport.programme.plant_change import changed_days
from wattport.records.record import first_draws


@pytest.fixture(scope="module")
def stages():
    spec = wattport.spec.load(
        "small_20mw",
        "plants.modules.opening_delay_weeks={value: 60, low: 30, high: 90}",
        "plants.modules.labour_h_per_unit=2000",
    ).draw(4, seed=2)
    design = size(spec)
    production = manufacture(spec, design)
    return spec, design, production, construct(spec, design, production)


def test_each_decision_is_dated_as_the_whole_stage_would(stages) -> None:
    spec, design, production, programme = stages
    found = with_plant_changes(programme, spec, design, production)
    assert found.what_if == production.what_if
    for c in range(len(found.what_if)):
        other = replace(production, module_done_day=production.what_if_module_done_day[:, c])
        whole = construct(spec, design, other)
        np.testing.assert_array_equal(found.what_if_milestone_day[:, c], whole.milestone_day)


def test_earlier_modules_never_delay_the_site(stages) -> None:
    spec, design, production, programme = stages
    sooner = production.module_done_day[:, None] - np.array([0.0, 40.0, 90.0])[:, None]
    days = changed_days(spec, design, production, sooner)
    np.testing.assert_array_equal(days[:, 0], programme.milestone_day)
    assert (np.diff(days, axis=1) <= 1e-9).all()
    assert (days[:, 2, 0] < days[:, 0, 0] - 1.0).any()


def test_gains_are_means_of_the_first_draws(stages) -> None:
    spec, design, production, programme = stages
    few = replace(production, relief_module_done_day=production.relief_module_done_day[:2])
    found = with_plant_changes(programme, spec, design, few)
    days = changed_days(spec, design, production, few.relief_module_done_day)
    gained = programme.milestone_day[:2, None] - days
    np.testing.assert_allclose(found.relief_first_compute_days, gained[:, :, 0].mean(axis=0))
    np.testing.assert_allclose(found.relief_full_campus_days, gained[:, :, -1].mean(axis=0))
    assert found.relief_first_compute_days.max() > 0.0


def test_without_trials_the_programme_stays(stages) -> None:
    spec, design, production, programme = stages
    untried = replace(production, relief=(), what_if=())
    assert with_plant_changes(programme, spec, design, untried) is programme
    reopened = replace(production, relief_module_done_day=None, what_if_module_done_day=None)
    assert with_plant_changes(programme, spec, design, reopened) is programme


def test_first_draws_cut_every_axis_of_draws(stages) -> None:
    _, _, production, _ = stages
    few = first_draws(production, 2)
    assert few.n_draws == 2
    assert few.output_units.shape[0] == 2
    np.testing.assert_array_equal(few.month_day, production.month_day)
    np.testing.assert_array_equal(few.relief_plant, production.relief_plant)
