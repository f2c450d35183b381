"""From drawn spec, design and production to the dates of the site programme."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wattport.arrays import FloatArray
from wattport.calendar.epoch import day_of
from wattport.programme.activity_network import CAUSES
from wattport.programme.calendar import finish_of_work, month_starts
from wattport.programme.cause import charge, driven_share
from wattport.programme.central import central_future
from wattport.programme.cruciality import cruciality
from wattport.programme.dates import Schedule, schedule
from wattport.programme.deadlines import (
    deadline_float_days,
    deadline_name,
    deadlines,
    hammock_days,
)
from wattport.programme.draws import Future, foresee, module_arrival, module_gates, pose
from wattport.programme.findings import reasons
from wattport.programme.gates import tranche_day, tranche_power_mw
from wattport.programme.milestone import (
    FIRST,
    FULL,
    deciding_hall,
    milestone_days,
    milestone_names,
)
from wattport.programme.mitigation import days_gained, mitigated_days, mitigations
from wattport.programme.months import crews_busy, power_open, power_ready, workers
from wattport.programme.racks import order_racks, rack_carrying_meur, rack_store_days
from wattport.records import Design, Production, Programme, quantile
from wattport.spec import Spec
from wattport.spec.campus.programme import Activity


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
    See `docs/models/programme.md`. Each draw is scheduled on its own, so it does not
    depend on which others are computed beside it.
    """
    n_draws, n_tranches = spec.n_draws, len(spec.grid.tranches)
    future = order_racks(foresee(spec, design, production), spec, production)
    network = future.network
    module_gate = module_gates(future)
    problem, release_cause = pose(future, module_gate)
    planned = schedule(problem)
    charged = charge(future, planned, release_cause)

    finish_day = planned.hall_finish_day(network)
    ready_day = finish_day.max(axis=2)
    is_ready = ~np.isnan(ready_day)
    decides = deciding_hall(ready_day, future.tranche, n_tranches)
    milestone_day = milestone_days(ready_day, decides)
    crucial = cruciality(charged, problem.duration_days, network, decides, milestone_day)
    found = mitigations(future, spec, production, milestone_day)
    after_day = mitigated_days(future, found, module_gate, n_tranches)
    central_day = _central_day(future, spec, n_tranches)

    last = milestone_day[:, FULL]
    exists = is_ready.any(axis=1)
    hall_mw = np.where(design.has_hall, design.hall_it_mw, np.nan)
    opening = tranche_day(spec.grid, n_draws)
    power = tranche_power_mw(spec.grid, n_draws)
    month_day = month_starts(max(0.0, float(opening.max()), float(np.nan_to_num(last).max())))
    n_crews_busy, at_work_mw = crews_busy(future, planned, hall_mw, month_day)
    every = np.arange(n_draws)
    first_cause = charged.hall_cause[every, decides[:, FIRST]]
    last_cause = charged.hall_cause[every, decides[:, FULL]]
    made = Programme(
        activity=tuple(a.name for a in spec.programme.hall_activities),
        activity_cause=tuple(a.cause.value for a in spec.programme.hall_activities),
        site_activity=tuple(a.name for a in spec.programme.site_activities),
        cause=CAUSES,
        month_day=month_day,
        site_finish_day=planned.site_finish_day(network),
        start_day=planned.hall_start_day(network),
        finish_day=finish_day,
        modules_day=_last_module(future, production.module_done_day),
        modules_on_site_day=_last_module(
            future, finish_of_work(module_arrival(future), future.time)
        ),
        gate_day=np.where(design.has_hall, future.gates.grid_day, np.nan),
        ready_day=ready_day,
        hall_mw=hall_mw,
        milestone=milestone_names(n_tranches),
        milestone_day=milestone_day,
        milestone_central_day=central_day,
        central_gap_days=quantile(milestone_day, 0.5) - central_day,
        first_compute_day=milestone_day[:, FIRST],
        full_campus_day=last,
        online_it_mw=power_ready(ready_day, hall_mw, month_day),
        tranche_mw=power_open(opening, power, month_day),
        criticality_frac=charged.is_driving[..., network.n_site_tasks :].sum(axis=(0, 1))
        / max(int(is_ready.sum()), 1),
        task=tuple(a.name for a in _tasks(spec)),
        task_cause=tuple(a.cause.value for a in _tasks(spec)),
        task_criticality_frac=crucial.task_criticality_frac,
        task_cruciality_frac=crucial.task_cruciality_frac,
        cause_criticality_frac=crucial.cause_criticality_frac,
        cause_cruciality_frac=crucial.cause_cruciality_frac,
        first_cause_frac=driven_share(first_cause, exists),
        last_cause_frac=driven_share(last_cause, exists),
        hall_cause_frac=driven_share(charged.hall_cause, is_ready),
        cause_delay_days=milestone_day[:, FIRST, None] - after_day[:, : len(CAUSES), FIRST],
        driver=tuple(m.name for m in found),
        driver_kind=tuple(m.kind.value for m in found),
        driver_cause=tuple(m.cause for m in found),
        mitigated_p50_day=quantile(after_day, 0.5),
        mitigated_p90_day=quantile(after_day, 0.9),
        mitigation_p50_days=days_gained(milestone_day, after_day, 0.5),
        mitigation_p90_days=days_gained(milestone_day, after_day, 0.9),
        crew=tuple(crew.name for crew in spec.programme.crews),
        n_crews=future.n_crews[0].astype(np.float64),
        n_crews_busy=n_crews_busy,
        workers=workers(future, n_crews_busy, at_work_mw),
        reasons=reasons(spec, design, production, future, ready_day),
    )
    return _with_promises(made, spec, design, future, planned)


def _with_promises(
    made: Programme, spec: Spec, design: Design, future: Future, planned: Schedule
) -> Programme:
    """Add what was to be kept: dates, phases, racks for the planned day."""
    programme, network = spec.programme, future.network
    hammock_start_day, hammock_finish_day = hammock_days(programme, network, planned)
    store_days = rack_store_days(future, planned)
    return replace(
        made,
        deadline=tuple(deadline_name(one) for one in deadlines(programme)),
        deadline_day=np.array([day_of(one.date) for one in deadlines(programme)]),
        deadline_float_days=deadline_float_days(programme, network, planned),
        hammock=tuple(hammock.name for hammock in programme.hammocks),
        hammock_start_day=hammock_start_day,
        hammock_finish_day=hammock_finish_day,
        rack_store_days=store_days,
        rack_carrying_meur=rack_carrying_meur(spec, design, store_days),
    )


def _tasks(spec: Spec) -> tuple[Activity, ...]:
    return (*spec.programme.site_activities, *spec.programme.hall_activities)


def _central_day(future: Future, spec: Spec, n_tranches: int) -> FloatArray:
    """Milestones of the one schedule at central values; shape (milestone,)."""
    central = central_future(future, spec)
    ready = schedule(pose(central)[0]).hall_finish_day(central.network).max(axis=2)
    decides = deciding_hall(ready, central.tranche, n_tranches)
    return np.asarray(milestone_days(ready, decides)[0], dtype=np.float64)


def _last_module(future: Future, module_day: FloatArray) -> FloatArray:
    """Day of each hall's last module; NaN for a hall without modules."""
    day = np.full(future.is_built.shape, -np.inf)
    draw, module = np.nonzero((future.module_hall >= 0) & ~np.isnan(module_day))
    np.maximum.at(day, (draw, future.module_hall[draw, module]), module_day[draw, module])
    return np.where(np.isinf(day), np.nan, day)
