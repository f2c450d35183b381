"""What drove each hall's date, and the future in which a cause is absent."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from wattport.arrays import BoolArray, FloatArray, IntArray
from wattport.calendar.epoch import day_of
from wattport.programme.activity_network import CAUSES
from wattport.programme.dates import Schedule
from wattport.programme.dates_kernel import trace_chains
from wattport.programme.draws import CIVIL, CREW, GRID, PLANT, SUPPLIER, Future
from wattport.programme.duration import at_best, cause_share, without_risks
from wattport.records import Production
from wattport.spec import Spec
from wattport.spec.campus.programme import Cause


@dataclass(frozen=True)
class Charge:
    """Days of each hall's driving chain, by cause, and the activities on it."""

    cause_days: FloatArray  # (draw, hall, cause) from the planned start to ready
    is_driving: BoolArray  # (draw, hall, site and hall activity)

    @property
    def hall_cause(self) -> IntArray:
        """Cause with most days on the chain, the first named of equals; (draw, hall)."""
        return np.asarray(self.cause_days.argmax(axis=2), dtype=np.int64)


def charge(future: Future, planned: Schedule, release_cause: IntArray) -> Charge:
    """
    Charge every day between the planned start and a hall's readiness to a cause.

    From the hall's last activity the chain of what fixed each start is walked
    back. The time of an activity goes to its own cause and to those of the
    risks that struck it; the time spent in another hall because its crew was
    awaited, and the stagger between halls, go to the crews; when a gate fixed
    the start, all time before it goes to the gate's cause; when the notice to
    proceed did, the time since the planned start (late permits) goes to civil
    works.

    Parameters
    ----------
    future : Future
        What was scheduled.
    planned : Schedule
        Its schedule.
    release_cause : ndarray of int, shape (draw, job)
        From `pose`.

    Returns
    -------
    Charge
        Days that add up to the ready day less the planned start.
    """
    network = future.network
    cause_days, is_driving = trace_chains(
        planned.last_job(network), planned.start_day, planned.finish_day, planned.driver,
        planned.driver_job, cause_share(future.durations, future.programme), release_cause,
        CREW, network.task, day_of(future.programme.start),
    )  # fmt: skip
    return Charge(cause_days, is_driving)


def without(cause: int, future: Future, spec: Spec, production: Production) -> Future:
    """
    Take a cause out of a future.

    Parameters
    ----------
    cause : int
        Index into `CAUSES`.
    future : Future
        As foreseen.
    spec : Spec
        Drawn.
    production : Production
        Need days and waits of the modules.

    Returns
    -------
    Future
        Without grid: every tranche is open from the start. Without plant: no module
        is later than its need day. Without supplier: no module waited for bought parts,
        HV transformers and racks are there. Without civil: no late permit, and civil
        activities as quick as their range admits. Without crew: as many crews as
        activities, and no stagger. In each case the risks of the cause do not happen.
    """
    gates = future.gates
    at_start = np.broadcast_to(gates.start_day[:, None], gates.grid_day.shape)
    durations = without_risks(future.durations, future.programme, Cause(CAUSES[cause]))
    future = replace(future, durations=durations)
    if cause == GRID:
        no_lead = np.zeros_like(gates.energise_lead_days)
        return replace(future, gates=replace(gates, grid_day=at_start, energise_lead_days=no_lead))
    if cause == PLANT:
        on_time = np.fmin(gates.module_day, production.module_need_day)
        module_day = np.where(np.isnan(gates.module_day), np.nan, on_time)
        return replace(future, gates=replace(gates, module_day=module_day))
    if cause == SUPPLIER:
        module_day = gates.module_day - np.nan_to_num(production.module_kit_wait_days)
        return replace(
            future,
            gates=replace(
                gates,
                module_day=module_day,
                long_lead_day=np.tile(gates.start_day[:, None], gates.long_lead_day.shape[1]),
                rack_day=at_start,
                rack_market_day=at_start,
            ),
        )
    if cause == CIVIL:
        start_day = np.minimum(gates.start_day, day_of(future.programme.start))
        return replace(
            future,
            gates=replace(gates, start_day=start_day),
            durations=at_best(durations, spec, Cause.CIVIL),
        )
    return replace(
        future,
        n_crews=np.full_like(future.n_crews, future.network.n_jobs),
        stagger_days=np.zeros_like(future.stagger_days),
    )


def driven_share(hall_cause: IntArray, counts: BoolArray) -> FloatArray:
    """
    Share of draws in which each cause drove something.

    Parameters
    ----------
    hall_cause : ndarray of int, shape (draw, ...)
        Cause per draw.
    counts : ndarray of bool, shape (draw, ...)
        Draws in which the thing exists.

    Returns
    -------
    ndarray, shape (..., cause)
        Of those draws; zero where there is none.

    Examples
    --------
    >>> driven_share(np.array([0, 0, 3, 1]), np.array([True, True, True, False]))[:4]
    array([0.66666667, 0.        , 0.        , 0.33333333])
    """
    hits = (hall_cause[..., None] == np.arange(len(CAUSES))) & counts[..., None]
    n_counted = np.maximum(counts.sum(axis=0), 1)
    return np.asarray(hits.sum(axis=0) / n_counted[..., None], dtype=np.float64)
