"""What the years of compute come to: GPU-hours, goodput, tokens, waiting and joules."""

from __future__ import annotations

from typing import Any

import numpy as np

from wattport.arrays import FloatArray
from wattport.calendar.hours import Calendar
from wattport.energy.tables import Table
from wattport.operation.compute import Compute
from wattport.operation.replica import mixed_quantile_s
from wattport.operation.training_kernel import FAILURES, POOL_HOURS
from wattport.records import Design
from wattport.records.record import quantile
from wattport.spec import Spec

_HOURS_PER_DAY, _S_PER_HOUR, _J_PER_MWH = 24.0, 3600.0, 3.6e9


def compute_fields(
    spec: Spec,
    compute: Compute,
    total: Table,
    request_loads: FloatArray,
    day_requests: FloatArray,
    full_year: Calendar,
) -> dict[str, Any]:
    """
    Turn yearly sums into the fields of the operation record that say what the machines do.

    Parameters
    ----------
    spec : Spec
        Drawn.
    compute : Compute
        As played.
    total : ndarray of TOTAL, shape (draw, year)
        Yearly totals.
    request_loads : ndarray, shape (draw, year, load)
        Requests by the load they met.
    day_requests : ndarray, shape (draw, 2, hour, load)
        The same of the full year on weekdays and weekends.
    full_year : Calendar
        Of the year that is shown.

    Returns
    -------
    dict
        By field of `Operation`; NaN where nothing ran.
    """
    replica = compute.serving
    hours = np.where(total["gpu_hours"] > 0.0, full_year.n_days * _HOURS_PER_DAY, 0.0)
    tokens = total["n_requests"] * replica.n_output_tokens
    up = _ratio(total["training_busy_gpu_hours"], total["training_gpu_hours"])
    goodput = up * compute.kept_frac[:, None]
    it_j = _ratio(total["inference_it_mwh"] * _J_PER_MWH, tokens)
    latency = {
        f"{name}_p{level}_s": mixed_quantile_s(seconds, request_loads, level / 100.0)
        for name, seconds in (("ttft", replica.ttft_s), ("tpot", replica.tpot_s))
        for level in (50, 95)
    }
    days = np.array([(~full_year.is_weekend).sum(), full_year.is_weekend.sum()], np.float64)
    by_hour = day_requests.sum(axis=3) * replica.n_output_tokens
    by_hour /= (days * _S_PER_HOUR)[None, :, None]
    return {
        "training_gpu_hours": total["training_gpu_hours"].copy(),
        "inference_gpu_hours": total["inference_gpu_hours"].copy(),
        "idle_gpu_hours": total["idle_gpu_hours"].copy(),
        "failed_gpu_hours": total["failed_gpu_hours"].copy(),
        "training_up_frac": up,
        "training_goodput_frac": goodput,
        "training_mfu_frac": goodput * spec.workload.training.mfu_frac[:, None],
        "stops_per_day": compute.pool_sums[:, -1, FAILURES] / (POOL_HOURS / _HOURS_PER_DAY),
        "n_prompt_tokens": total["n_requests"] * replica.n_prompt_tokens,
        "n_output_tokens": tokens,
        "output_tokens_per_s": _ratio(tokens, np.asarray(hours * _S_PER_HOUR, np.float64)),
        "peak_output_tokens_per_s": total["peak_requests_per_s"] * replica.n_output_tokens,
        **latency,
        "requests_lost_frac": _ratio(
            total["n_requests_lost"], total["n_requests"] + total["n_requests_lost"]
        ),
        "it_j_per_token": it_j,
        "grid_j_per_token": it_j * _ratio(total["grid_mwh"], total["it_mwh"]),
        "day_output_tokens_per_s": np.stack([quantile(by_hour, q) for q in (0.1, 0.5, 0.9)]),
        "day_ttft_p95_s": mixed_quantile_s(replica.ttft_s, day_requests.sum(axis=0), 0.95),
    }


def paid_fields(
    spec: Spec, design: Design, compute: Compute, total: Table
) -> dict[str, FloatArray]:
    """
    Tell apart the GPU-hours that are held, lost to outages, sold and useful.

    Parameters
    ----------
    spec, design
        Drawn spec, and the share of power that the modules' outages leave.
    compute : Compute
        As played.
    total : ndarray of TOTAL, shape (draw, year)
        Yearly totals.

    Returns
    -------
    dict
        By field of `Operation`. Sold is what computes and has power, water and grid: the campus
        answers for its own failures and stops. Useful is that without what a rollback repeats.
    """
    powered = (
        design.powered_frac * spec.grid.availability_frac * spec.campus.cooling.availability_frac
    )[:, None]
    training, inference = total["training_busy_gpu_hours"], total["inference_gpu_hours"]
    return {
        "outage_gpu_hours": total["gpu_hours_held"] * (1.0 - powered),
        "gpu_hours_sold": (training + inference) * powered,
        "gpu_hours_useful": (training * compute.kept_frac[:, None] + inference) * powered,
    }


def _ratio(over: FloatArray, under: FloatArray) -> FloatArray:
    """Divide, with NaN where there is nothing to divide by."""
    ratio: FloatArray = np.divide(
        over, under, out=np.full(np.shape(under), np.nan), where=under > 0.0
    )
    return ratio
