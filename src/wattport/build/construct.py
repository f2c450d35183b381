"""From drawn spec, design and production to the dates of the site programme."""

from __future__ import annotations

import numpy as np

from wattport.build.cause import cause_delay, charge, driven_share, first_day, last_day
from wattport.build.future import Future, foresee, pose
from wattport.build.gates import tranche_day, tranche_power_mw
from wattport.build.months import month_starts, power_open, power_ready, workers
from wattport.build.network import CAUSES
from wattport.build.reasons import reasons
from wattport.build.schedule import schedule
from wattport.records import Design, Production, Programme
from wattport.records.record import FloatArray
from wattport.spec import Spec


def construct(spec: Spec, design: Design, production: Production) -> Programme:
    """
    Build the campus in every draw and say what drove its dates.

    Draw k of the plants, of the grid and of the site meet in one schedule: its
    activities wait for their predecessors, for a free crew, for modules that
    have left the plant, for HV transformers and for an open tranche.

    Parameters
    ----------
    spec : Spec
        Drawn.
    design : Design
        Halls, power, modules and tranches, same draws.
    production : Production
        Completion day of every module, same draws.

    Returns
    -------
    Programme
        Dates, megawatts by month, causes and workers; a plan that cannot work has
        NaN dates and a reason.

    Notes
    -----
    See `docs/models/build.md`. Each draw is scheduled on its own, so it does not
    depend on which others are computed beside it.
    """
    n_draws = spec.n_draws
    future = foresee(spec, design, production)
    network = future.network
    problem, release_cause = pose(future)
    planned = schedule(problem)
    charged = charge(future, planned, release_cause)

    finish_day = planned.hall_finish_day(network)
    ready_day = finish_day.max(axis=2)
    is_ready = ~np.isnan(ready_day)
    first, last = first_day(ready_day), last_day(ready_day)
    exists = is_ready.any(axis=1)
    hall_mw = np.where(design.has_hall, design.hall_it_mw, np.nan)
    opening = tranche_day(spec.grid, n_draws)
    power = tranche_power_mw(spec.grid, n_draws)
    month_day = month_starts(max(0.0, float(opening.max()), float(np.nan_to_num(last).max())))
    every = np.arange(n_draws)
    hall_cause = charged.hall_cause
    first_cause = hall_cause[every, np.where(is_ready, ready_day, np.inf).argmin(axis=1)]
    last_cause = hall_cause[every, np.where(is_ready, ready_day, -np.inf).argmax(axis=1)]
    return Programme(
        activity=tuple(a.name for a in spec.programme.hall_activities),
        activity_cause=tuple(a.cause.value for a in spec.programme.hall_activities),
        site_activity=tuple(a.name for a in spec.programme.site_activities),
        cause=CAUSES,
        month_day=month_day,
        site_finish_day=planned.finish_day[:, : network.n_site],
        start_day=planned.hall_start_day(network),
        finish_day=finish_day,
        modules_day=_modules_day(future, production),
        gate_day=np.where(design.has_hall, future.gates.grid_day, np.nan),
        ready_day=ready_day,
        hall_mw=hall_mw,
        first_compute_day=first,
        full_campus_day=last,
        online_it_mw=power_ready(ready_day, hall_mw, month_day),
        tranche_mw=power_open(opening, power, month_day),
        criticality_frac=charged.is_driving.sum(axis=(0, 1)) / max(int(is_ready.sum()), 1),
        first_cause_frac=driven_share(first_cause, exists),
        last_cause_frac=driven_share(last_cause, exists),
        hall_cause_frac=driven_share(hall_cause, is_ready),
        cause_delay_days=cause_delay(future, spec, production, first),
        workers=workers(future, planned, hall_mw, month_day),
        reasons=reasons(spec, design, production, future, ready_day),
    )


def _modules_day(future: Future, production: Production) -> FloatArray:
    """Day each hall's last module has left; NaN for a hall without modules."""
    day = np.full(future.is_built.shape, -np.inf)
    done = production.module_done_day
    draw, module = np.nonzero((production.module_hall >= 0) & ~np.isnan(done))
    hall = production.module_hall[draw, module]
    np.maximum.at(day, (draw, hall), done[draw, module])
    return np.where(np.isinf(day), np.nan, day)
