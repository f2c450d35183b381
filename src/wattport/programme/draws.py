"""Everything that decides the dates of each draw, and the schedule problem it makes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import BoolArray, FloatArray, IntArray, per_draw
from wattport.calendar.epoch import day_of
from wattport.calendar.site_time_kernel import WorkingTime
from wattport.catalog import Transformer, find
from wattport.programme.activity_network import CAUSES, Network, Served, lay_out
from wattport.programme.calendar import work_of_day, working_time
from wattport.programme.dates import Problem
from wattport.programme.deadlines import constrained
from wattport.programme.duration import (
    SEEDS,
    Durations,
    draw_durations,
    hall_job_durations,
    spread_cv_frac,
)
from wattport.programme.gates import (
    admitting_tranche,
    rack_day,
    tranche_day,
    tranche_power_mw,
    transformer_day,
    transformers_needed,
)
from wattport.programme.module_kernel import on_site, setting_release
from wattport.programme.variation_kernel import lot_factors
from wattport.programme.weather_windows import draw_weather
from wattport.programme.weather_windows_kernel import Weather
from wattport.records import Design, Production
from wattport.spec import Spec
from wattport.spec.campus.programme import Cause, ConstraintKind, Each, Programme

GRID, PLANT, SUPPLIER, CIVIL, CREW = (
    CAUSES.index(cause.value)
    for cause in (Cause.GRID, Cause.PLANT, Cause.SUPPLIER, Cause.CIVIL, Cause.CREW)
)


@dataclass(frozen=True)
class Gates:
    """Calendar days before which something cannot be had."""

    start_day: FloatArray  # (draw,) notice to proceed
    grid_day: FloatArray  # (draw, hall) the hall's tranche opens; inf: none admits it
    energise_lead_days: FloatArray  # (draw,) working days after it
    long_lead_day: FloatArray  # (draw, lot) HV transformers on site
    rack_day: FloatArray  # (draw, hall) racks can be had
    rack_market_day: FloatArray  # (draw, hall) racks on the market, ordered or not
    module_day: FloatArray  # (draw, module) module leaves the plant; NaN: never made


@dataclass(frozen=True)
class Future:
    """The site's side of every draw: what must be done, with what, and not before when."""

    programme: Programme
    network: Network
    gates: Gates
    durations: Durations
    tranche: IntArray  # (draw, hall) that admits it; -1: none
    hall_lot: IntArray  # (draw, hall) lot of HV transformers that completes its supply
    n_lots: IntArray  # (draw,)
    lot_factor: FloatArray  # (draw, lot) of the lead time
    module_hall: IntArray  # (draw, module)
    is_supplier_late: BoolArray  # (draw, module) bought parts kept it longer than the plants did
    hall_n_modules: IntArray  # (draw, hall)
    is_built: BoolArray  # (draw, hall)
    is_admitted_late: BoolArray  # (draw, hall) admitted later than the design has it
    stagger_days: FloatArray  # (draw,)
    n_crews: IntArray  # (draw, crew)
    time: WorkingTime
    weather: Weather


def foresee(spec: Spec, design: Design, production: Production) -> Future:
    """
    Join site, grid and plants draw by draw.

    Parameters
    ----------
    spec : Spec
        Drawn.
    design : Design
        Halls, their power and their tranche.
    production : Production
        When each module leaves the plants.

    Returns
    -------
    Future
        A hall is built in a draw when the design has it, a tranche admits it and all
        its modules are made.
    """
    programme, n_draws, n_halls = spec.programme, spec.n_draws, design.hall_it_mw.shape[1]
    tranche, is_later = _tranche(spec, design)
    opening = np.concatenate((tranche_day(spec.grid, n_draws), np.full((n_draws, 1), np.inf)), 1)
    needs_modules = any(a.is_module_gated for a in programme.hall_activities)
    is_complete = modules_made(production, n_halls) >= design.hall_n_modules
    waits = [
        np.nan_to_num(days)
        for days in (
            production.module_kit_wait_days,
            production.module_enclosure_wait_days + production.module_line_days,
        )
    ]
    n_lots, hall_lot = _lots(spec, design)
    time = working_time(programme)
    lot_factor = lot_factors(
        spec.seed % SEEDS,
        spec.draw_ids,
        spread_cv_frac(spec, programme.hv_transformer_cv_frac),
        int(n_lots.max()),
    )
    served = Served(int(n_lots.max()), len(spec.grid.tranches), hall_lot, tranche)
    market = rack_day(spec.campus.rack_generations, design.generation, design.hall_generation)
    gates = Gates(
        start_day=day_of(programme.start) + 7.0 * per_draw(programme.start_delay_weeks, n_draws),
        grid_day=np.take_along_axis(opening, tranche, axis=1),
        energise_lead_days=per_draw(programme.energise_lead_days, n_draws),
        long_lead_day=transformer_day(programme, lot_factor, n_lots),
        rack_day=market,
        rack_market_day=market,
        module_day=production.module_done_day,
    )
    return Future(
        programme=programme,
        network=lay_out(programme, n_halls, served),
        gates=gates,
        durations=draw_durations(spec, n_halls),
        tranche=tranche,
        hall_lot=hall_lot,
        n_lots=n_lots,
        lot_factor=lot_factor,
        module_hall=production.module_hall,
        is_supplier_late=waits[0] > waits[1],
        hall_n_modules=design.hall_n_modules,
        is_built=design.has_hall & (tranche >= 0) & (is_complete | (not needs_modules)),
        is_admitted_late=is_later,
        stagger_days=np.ascontiguousarray(per_draw(programme.hall_stagger_days, n_draws)),
        n_crews=np.tile(
            np.array([crew.n_crews for crew in programme.crews], dtype=np.int64), (n_draws, 1)
        ),
        time=time,
        weather=draw_weather(spec, time),
    )


def modules_made(production: Production, n_halls: int) -> IntArray:
    """
    Modules of each hall that the plants finish at all.

    Parameters
    ----------
    production : Production
        Modules with their halls; NaN where never made.
    n_halls : int
        Size of the hall axis.

    Returns
    -------
    ndarray of int, shape (draw, hall)
        Counts.
    """
    hall = np.where(np.isnan(production.module_done_day), -1, production.module_hall)
    offset = np.arange(hall.shape[0])[:, None] * (n_halls + 1)
    counts = np.bincount((offset + hall + 1).ravel(), minlength=hall.shape[0] * (n_halls + 1))
    return counts.reshape(hall.shape[0], n_halls + 1)[:, 1:]


def pose(future: Future, module_gate: tuple[Gate, ...] | None = None) -> tuple[Problem, IntArray]:
    """
    Turn a future into a schedule problem.

    Parameters
    ----------
    future : Future
        As foreseen, or with a cause taken out of it.
    module_gate : tuple of Gate, optional
        From `module_gates` of a future with the same modules; left out: worked out here.

    Returns
    -------
    Problem
        Durations and releases on the work axis.
    ndarray of int, shape (draw, job)
        Cause that the wait for each job's release is charged to.
    """
    network = future.network
    start = work_of_day(future.gates.start_day, future.time)
    release = np.tile(start[:, None], (1, network.n_jobs))
    cause = np.full(release.shape, CIVIL, dtype=np.int64)
    waits = module_gates(future) if module_gate is None else module_gate
    for gated, work, reason in (*_dated_gates(future), *waits):
        is_later = gated & (work > release)
        cause = np.where(is_later, reason, cause)
        release = np.where(is_later, work, release)
    problem = Problem(
        network=network,
        duration_days=_job_days(future),
        release_work=release,
        stagger_days=future.stagger_days,
        n_crews=future.n_crews,
        time=future.time,
        weather=future.weather,
    )
    return problem, cause


# Gated jobs (job,), the work before which they cannot start, and the cause that is charged;
# both broadcast to (draw, job).
Gate = tuple[BoolArray, FloatArray, IntArray | int]


def _dated_gates(future: Future) -> list[Gate]:
    """Gates that open on a date of their own: grid, HV transformers, racks."""
    network, gates = future.network, future.gates
    # Halls that are not built may have no date; no job of theirs asks for one.
    grid = work_of_day(np.where(future.is_built, gates.grid_day, 0.0), future.time)
    racks = work_of_day(np.where(future.is_built, gates.rack_day, 0.0), future.time)
    energising = grid + gates.energise_lead_days[:, None]
    long_lead = work_of_day(gates.long_lead_day, future.time)
    held: list[Gate] = [
        (
            constrained(one, future.programme, network),
            work_of_day([[day_of(one.date)]], future.time),
            _cause_of(one.activity, future.programme),
        )
        for one in future.programme.constraints
        if one.kind is ConstraintKind.START_NO_EARLIER
    ]
    return [
        *held,
        (network.is_grid_gated, _energising_of_job(energising, future), GRID),
        (
            network.is_long_lead_gated,
            np.take_along_axis(long_lead, _lot_of_job(future), axis=1),
            SUPPLIER,
        ),
        (network.is_rack_gated, _per_job(racks, network), SUPPLIER),
    ]


def _cause_of(name: str, programme: Programme) -> int:
    activities = (*programme.site_activities, *programme.hall_activities)
    return CAUSES.index(next(a.cause.value for a in activities if a.name == name))


def _energising_of_job(energising: FloatArray, future: Future) -> FloatArray:
    """A hall's own; of what is done for a tranche, its first hall's; else the first hall's."""
    network = future.network
    by_job = _per_job(energising, network)
    for job in range(network.n_site):
        if future.programme.site_activities[network.task[job]].each is Each.TRANCHE:
            is_mine = future.is_built & (future.tranche == network.member[job])
            by_job[:, job] = np.where(is_mine, energising, np.inf).min(axis=1)
    # A tranche without halls has nothing to wait for.
    return np.where(np.isinf(by_job), -np.inf, by_job)


def _lot_of_job(future: Future) -> IntArray:
    """Lot that each job waits for: its own, the hall's, or else the last of the draw."""
    network = future.network
    by_job = np.concatenate(
        (
            np.repeat(future.n_lots[:, None] - 1, network.n_site, axis=1),
            np.repeat(future.hall_lot, network.n_template, axis=1),
        ),
        axis=1,
    )
    for job in range(network.n_site):
        if future.programme.site_activities[network.task[job]].each is Each.TRANSFORMER_LOT:
            by_job[:, job] = network.member[job]
    return by_job


def _job_days(future: Future) -> FloatArray:
    """Durations of all jobs; NaN for halls and lots that the draw does not have."""
    network = future.network
    halls = hall_job_durations(
        future.durations, future.programme, future.hall_n_modules, future.is_built
    )
    site = future.durations.site_days[:, network.task[: network.n_site]]
    for job in range(network.n_site):
        if future.programme.site_activities[network.task[job]].each is Each.TRANSFORMER_LOT:
            site[:, job] = np.where(network.member[job] < future.n_lots, site[:, job], np.nan)
    return np.concatenate((site, halls), axis=1)


def module_gates(future: Future) -> tuple[Gate, ...]:
    """
    Gates of the activities that wait for modules, charged to what delayed the binding one.

    Parameters
    ----------
    future : Future
        Modules, and the pace at which each hall sets them.

    Returns
    -------
    tuple of Gate
        One for each such activity.
    """
    network = future.network
    arrival = module_arrival(future)
    found: list[Gate] = []
    for number, activity in enumerate(future.programme.hall_activities):
        if not activity.is_module_gated:
            continue
        # An activity that is not done module by module wants them all at once.
        n_parallel = activity.n_parallel if activity.is_per_module else max(arrival.shape[1], 1)
        setting, binding = setting_release(
            future.module_hall, arrival, n_parallel, future.durations.hall_days[..., number]
        )
        # A last column answers for halls that no module binds, which has number -1.
        is_late = np.pad(future.is_supplier_late, ((0, 0), (0, 1)))
        is_supplier = np.take_along_axis(is_late, binding, axis=1)
        reason = _per_job(np.where(is_supplier, SUPPLIER, PLANT), network).astype(np.int64)
        gated = np.zeros(network.n_jobs, dtype=np.bool_)
        gated[network.job(0, number) :: network.n_template] = True
        found.append((gated, _per_job(setting, network), reason))
    return tuple(found)


def module_arrival(future: Future) -> FloatArray:
    """Work at which each module is on site, shape (draw, module); NaN: never made."""
    ready = work_of_day(future.gates.module_day, future.time)
    transport = future.programme.module_transport
    if transport is None:
        return ready
    days = np.ascontiguousarray(per_draw(transport.duration_days, ready.shape[0]))
    return on_site(ready, transport.n_per_day, days)


def _per_job(by_hall: FloatArray | IntArray, network: Network) -> FloatArray:
    """Spread a number per hall over the hall's jobs; the site's go with the first hall."""
    site = np.repeat(by_hall[:, :1], network.n_site, axis=1).astype(np.float64)
    return np.concatenate((site, np.repeat(by_hall, network.n_template, axis=1)), axis=1)


def _tranche(spec: Spec, design: Design) -> tuple[IntArray, BoolArray]:
    """Tranche of each hall, the later of the design's and what the power carries."""
    carried = admitting_tranche(design.hall_grid_mw, tranche_power_mw(spec.grid, spec.n_draws))
    is_later = design.has_hall & (design.hall_tranche >= 0)
    is_later &= (carried < 0) | (carried > design.hall_tranche)
    is_open = (carried >= 0) & (design.hall_tranche >= 0)
    return np.where(is_open, np.maximum(carried, design.hall_tranche), -1), is_later


def _lots(spec: Spec, design: Design) -> tuple[IntArray, IntArray]:
    """Lots of HV transformers of each draw, and the one that completes each hall's supply."""
    substation, per_lot = spec.campus.substation, spec.programme.n_hv_transformers_per_lot
    if per_lot is None:
        return np.ones(spec.n_draws, np.int64), np.zeros(design.has_hall.shape, np.int64)
    rating_mva = find(Transformer, substation.transformer).rating_mva
    unit_mw = rating_mva * substation.loading_limit_frac * spec.grid.power_factor_min_frac
    # Spares come last: until then halls run without one.
    n_carrying = design.n_hv_transformers - substation.n_spare
    needed = transformers_needed(design.hall_grid_mw, n_carrying, per_draw(unit_mw, spec.n_draws))
    n_lots = np.maximum(-(-design.n_hv_transformers // per_lot), 1)
    return n_lots, np.minimum((needed - 1) // per_lot, n_lots[:, None] - 1)
