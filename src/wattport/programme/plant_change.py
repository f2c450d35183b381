"""What changes in the plants would do to the dates of the site."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wattport.arrays import FloatArray
from wattport.programme.dates import schedule
from wattport.programme.draws import Future, foresee, pose
from wattport.programme.milestone import FIRST, FULL, deciding_hall, milestone_days
from wattport.programme.racks import order_racks
from wattport.records import Design, Production, Programme
from wattport.records.record import first_draws
from wattport.spec import Spec


def with_plant_changes(
    programme: Programme, spec: Spec, design: Design, production: Production
) -> Programme:
    """
    Add to a programme what relief in the plants and other decisions would bring to it.

    The plants were played again with one thing changed. Here the site is
    scheduled again with the modules of those plants, everything else of the
    draw as it was, so that a station is judged by days of first compute.

    Parameters
    ----------
    programme : Programme
        From `wattport.programme.construct`.
    spec : Spec
        Drawn.
    design : Design
        Same draws.
    production : Production
        Same draws, with the dates of the modules under each change.

    Returns
    -------
    Programme
        As it was where no change was tried.
    """
    if not production.relief or production.relief_module_done_day is None:
        return programme
    relieved = changed_days(spec, design, production, production.relief_module_done_day)
    decided = changed_days(spec, design, production, production.what_if_module_done_day)
    n_trials = relieved.shape[0]
    gained = programme.milestone_day[:n_trials, None] - relieved
    return replace(
        programme,
        relief=production.relief,
        relief_first_compute_days=_mean(gained[:, :, FIRST]),
        relief_full_campus_days=_mean(gained[:, :, FULL]),
        what_if=production.what_if,
        what_if_milestone_day=decided,
    )


def changed_days(
    spec: Spec, design: Design, production: Production, module_done_day: FloatArray
) -> FloatArray:
    """
    Day of each milestone with the modules of changed plants.

    Parameters
    ----------
    spec, design, production : Spec, Design, Production
        Of all draws, the plants unchanged.
    module_done_day : ndarray, shape (first draws, change, module)
        When modules leave under each change. [day]

    Returns
    -------
    ndarray, shape (first draws, change, milestone)
        [day]
    """
    n_draws, n_changes = module_done_day.shape[:2]
    few, made = spec.slice(0, n_draws), first_draws(production, n_draws)
    future = order_racks(foresee(few, first_draws(design, n_draws), made), few, made)
    n_tranches = len(spec.grid.tranches)
    as_is = _milestones(future, n_tranches)
    days = np.empty((n_draws, n_changes, as_is.shape[1]))
    for change in range(n_changes):
        modules = np.ascontiguousarray(module_done_day[:, change])
        if np.array_equal(modules, future.gates.module_day, equal_nan=True):
            days[:, change] = as_is
        else:
            gates = replace(future.gates, module_day=modules)
            days[:, change] = _milestones(replace(future, gates=gates), n_tranches)
    return days


def _milestones(future: Future, n_tranches: int) -> FloatArray:
    ready = schedule(pose(future)[0]).hall_finish_day(future.network).max(axis=2)
    return milestone_days(ready, deciding_hall(ready, future.tranche, n_tranches))


def _mean(gained_days: FloatArray) -> FloatArray:
    """Mean over the draws that have the milestone; NaN where none has."""
    known = np.isfinite(gained_days)
    total = np.where(known, gained_days, 0.0).sum(axis=0)
    count = known.sum(axis=0)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan), dtype=np.float64)
