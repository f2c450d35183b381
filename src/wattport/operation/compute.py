"""The compute of a case: trainings and replicas, ready for the hours of the years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import FloatArray
from wattport.calendar.epoch import HOURS_PER_YEAR
from wattport.energy.tables import Table
from wattport.operation.compute_kernel import N_LOADS
from wattport.operation.replica import Serving, serving
from wattport.operation.training_kernel import KEPT, POOL_HOURS, SIZE_FRAC, training_pools
from wattport.operation.workload import Demand, Fleets, balance_demand
from wattport.records import Design
from wattport.spec import Spec

COMPUTE = np.dtype(
    [
        (name, np.float64)
        for name in (
            "idle_power_frac", "training_frac", "training_level_frac", "pause_power_frac",
            "most_sold_frac", "failed_frac", "n_jobs", "whole_n_gpus", "inference_scale_frac",
            "diurnal_amplitude_frac", "weekend_drop_frac", "peak_hour_utc", "noise_frac",
            "noise_h", "headroom_frac", "least_on_frac", "promised_load_frac",
            "requests_per_gpu_s",
        )
    ]
    + [("power_frac", np.float64, (N_LOADS,))]
)  # fmt: skip


@dataclass(frozen=True)
class Compute:
    """What the years read of the compute."""

    table: Table  # (draw,) of COMPUTE
    pool_busy_frac: NDArray[np.float32]  # (draw, size, hour) of `training_kernel.training_pools`
    pool_sums: FloatArray  # (draw, size, 5)
    demand: Demand
    serving: Serving

    @property
    def kept_frac(self) -> FloatArray:
        """Lasting work over the time a job of the whole campus computes; shape (draw,)."""
        busy_h = self.pool_busy_frac[:, -1].astype(np.float64).sum(axis=1)
        return np.asarray(self.pool_sums[:, -1, KEPT] / np.maximum(busy_h, 1e-12))


def failed_frac(spec: Spec) -> FloatArray:
    """
    Share of GPUs out of order at any time, after Little's law.

    Parameters
    ----------
    spec : Spec
        Drawn.

    Returns
    -------
    ndarray, shape (draw,)
        Failures per GPU and hour, times the GPUs each takes out, times the hours it takes.
    """
    work = spec.workload.training
    per_h = work.failures_per_gpu_year / HOURS_PER_YEAR
    return np.minimum(per_h * work.n_gpus_per_failure * work.repair_h, 1.0)


def compute_of(spec: Spec, design: Design) -> Compute:
    """
    Play the training job and the replica of a case, and solve what is asked of them.

    Parameters
    ----------
    spec : Spec
        Drawn.
    design : Design
        Its GPUs set the size of the jobs.

    Returns
    -------
    Compute
        Of every draw: its own job, with its own failure rate, restart and checkpoints.
    """
    work, n_draws = spec.workload, design.n_draws
    failed = failed_frac(spec)
    most = 1.0 - np.maximum(work.training.spare_frac, failed)
    sound = 1.0 - work.training.spare_frac  # what could be sold if no machine failed
    whole = np.asarray(design.hall_n_gpus.sum(axis=1), np.float64)
    pool, sums = _train(spec, whole * work.training_frac * most)
    replica = serving(spec)
    fleets = _fleets(spec, replica, most)
    asked = work.inference
    demand = balance_demand(
        work.utilisation_frac, work.idle_power_frac, work.training_frac,
        np.ones(n_draws), _fleets(spec, replica, sound),
        (asked.diurnal_amplitude_frac, asked.weekend_drop_frac, asked.noise_frac),
    )  # fmt: skip
    table = np.zeros(n_draws, dtype=COMPUTE)
    table["failed_frac"], table["whole_n_gpus"] = failed, whole
    table["n_jobs"] = work.training.n_jobs
    table["requests_per_gpu_s"] = replica.requests_per_gpu_s * fleets.promised_load_frac
    for source, names in (
        (work, ("idle_power_frac", "training_frac")),
        (work.training, ("pause_power_frac",)),
        (asked, ("diurnal_amplitude_frac", "weekend_drop_frac", "peak_hour_utc", "noise_frac",
                 "noise_h", "headroom_frac", "least_on_frac")),
        (fleets, ("most_sold_frac", "promised_load_frac", "power_frac")),
        (demand, ("inference_scale_frac",)),
    ):  # fmt: skip
        for name in names:
            table[name] = getattr(source, name)
    # What is sold is the market's; machines that fail take from it and never add to it.
    table["training_level_frac"] = np.minimum(demand.training_level_frac, most)
    return Compute(table, pool, sums, demand, replica)


def _fleets(spec: Spec, replica: Serving, most_sold_frac: FloatArray) -> Fleets:
    work = spec.workload.inference
    promised = replica.promised_load_frac(work.ttft_slo_s, work.tpot_slo_s)
    at_promise = np.interp(promised, replica.load_frac, replica.power_frac)
    return Fleets(
        most_sold_frac=most_sold_frac,
        headroom_frac=work.headroom_frac,
        least_on_frac=work.least_on_frac,
        promised_load_frac=promised,
        power_frac=replica.power_frac / np.maximum(at_promise, 1e-12)[:, None],
    )


def _train(spec: Spec, n_gpus: FloatArray) -> tuple[NDArray[np.float32], FloatArray]:
    """Hours and sums of each draw's job; `n_gpus` train in all of them together."""
    work, n_draws = spec.workload.training, n_gpus.size
    pool = np.zeros((n_draws, len(SIZE_FRAC), POOL_HOURS), dtype=np.float32)
    sums = np.zeros((n_draws, len(SIZE_FRAC), 5))
    training_pools(
        spec.seed, np.asarray(spec.draw_ids, np.int64),
        n_gpus / work.n_jobs * work.failures_per_gpu_year / HOURS_PER_YEAR,
        work.restart_min / 60.0, work.rollback_frac, work.checkpoint_interval_min / 60.0,
        work.checkpoint_s / 3600.0, pool, sums,
    )  # fmt: skip
    return pool, sums
