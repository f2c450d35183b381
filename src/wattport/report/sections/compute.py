"""What the machines do: GPU-hours by use, trainings through failures, tokens and waiting."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray
from wattport.records import Case, Ledger, Operation
from wattport.report.charts import Bars
from wattport.report.drawing import Table
from wattport.report.draws import mean, numbers, spread
from wattport.report.numerals import number
from wattport.report.page import Block, Figure, Line, Listing, Section, Series
from wattport.spec import Spec

_MILLION, _BILLION, _QUADRILLION, _MS_PER_S = 1e6, 1e9, 1e15, 1e3
_HOURS_PER_YEAR = 8760.0  # 29 February is not played
_DIGITS = 2  # the times are those of data sheets and fitted efficiencies
_HEADER = ("", "P10", "P50", "P90")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TABLE_STEP_H = 6


def section(case: Case) -> Section | None:
    """
    The compute of the campus.

    Parameters
    ----------
    case : Case
        Played to any stage.

    Returns
    -------
    Section or None
        None when the case stopped before it ran.
    """
    operation = case.operation
    if operation is None or operation.training_gpu_hours is None:
        return None
    blocks: list[Block] = [
        Figure(gpu_hours(operation)),
        trainings(case.spec, operation),
        answers(case.spec, operation, case.ledger),
        week(operation),
    ]
    if operation.hall_it_mwh is not None:
        blocks.append(halls(operation))
    lede = (
        "Trainings and replicas are simulated, with failures and the hours of the day; how much "
        f"of both is wanted is assumed. Figures show {operation.full_year}."
    )
    return Section("compute", "What the machines do", lede, tuple(blocks))


def gpu_hours(operation: Operation) -> Bars:
    """
    GPU-hours of each year by what they are used for.

    Parameters
    ----------
    operation : Operation
        The record.

    Returns
    -------
    Bars
        Means over the draws, so that the parts add up to what stands in ready halls.
    """
    layers = {
        "training": operation.training_gpu_hours,
        "inference": operation.inference_gpu_hours,
        "idle": operation.idle_gpu_hours,
        "in repair": operation.failed_gpu_hours,
    }
    return Bars(
        "GPU-hours by use",
        "Training holds its GPUs while it restarts too; inference counts replicas that are on. "
        "Idle are spares, what is not sold yet and what no one asks for at night.",
        tuple(str(int(year)) for year in operation.year),
        tuple(layers),
        tuple(numbers(mean(hours) / _BILLION) for hours in layers.values()),
        "bn GPU-hours",
        "GPU-hours",
    )


def trainings(spec: Spec, operation: Operation) -> Listing:
    """
    Trainings through their failures in the full year.

    Parameters
    ----------
    spec : Spec
        Says how many there are.
    operation : Operation
        The record.

    Returns
    -------
    Listing
        P10, P50, P90 over the draws.
    """
    k = _full(operation)
    rows = (
        _row("Failures of one job a day", operation.stops_per_day),
        _row("Time computing (%)", operation.training_up_frac[:, k], 100.0),
        _row("Effective training time (%)", operation.training_goodput_frac[:, k], 100.0),
        _row("Effective model FLOPS utilisation (%)", operation.training_mfu_frac[:, k], 100.0),
    )
    return Listing(
        Table(_HEADER, rows),
        "Trainings",
        f"{spec.workload.training.n_jobs} jobs of equal size in lockstep. Effective is what makes "
        "lasting progress: restarts, checkpoints and work lost are taken off.",
        style="cards trio",
    )


def answers(spec: Spec, operation: Operation, ledger: Ledger | None) -> Listing:
    """
    What inference gives in the full year, how long people wait, and what a token takes.

    Parameters
    ----------
    spec : Spec
        Names model and promise.
    operation : Operation
        The record.
    ledger : Ledger or None
        Holds the cost of a token; None when the case stopped before the accounts.

    Returns
    -------
    Listing
        P10, P50, P90 over the draws.
    """
    k, work = _full(operation), spec.workload.inference
    rows = [
        _row(
            "Tokens generated a year (quadrillion)", operation.n_output_tokens[:, k],
            1 / _QUADRILLION,
        ),
        _row("Tokens read a year (quadrillion)", operation.n_prompt_tokens[:, k], 1 / _QUADRILLION),
        _row("Tokens/s, mean (million)", operation.output_tokens_per_s[:, k], 1 / _MILLION),
        _row(
            "Tokens/s, busiest hour (million)", operation.peak_output_tokens_per_s[:, k],
            1 / _MILLION,
        ),
        _row("Time to first token, median (ms)", operation.ttft_p50_s[:, k], _MS_PER_S),
        _row("Time to first token, 95 % (ms)", operation.ttft_p95_s[:, k], _MS_PER_S),
        _row("Time per further token, median (ms)", operation.tpot_p50_s[:, k], _MS_PER_S),
        _row("Time per further token, 95 % (ms)", operation.tpot_p95_s[:, k], _MS_PER_S),
        _row("Requests turned away (%)", operation.requests_lost_frac[:, k], 100.0),
        _row("IT energy (J per token)", operation.it_j_per_token[:, k]),
        _row("Grid energy (J per token)", operation.grid_j_per_token[:, k]),
    ]  # fmt: skip
    if ledger is not None and ledger.token_cost_eur_per_million is not None:
        rows.append(_row("Cost (EUR per million tokens)", ledger.token_cost_eur_per_million))
    return Listing(
        Table(_HEADER, tuple(rows)),
        "Inference",
        f"{work.model} on {work.n_gpus_per_replica} GPUs a replica stands for all models; prompts "
        f"of {work.n_prompt_tokens} and answers of {work.n_output_tokens} tokens on average. Times "
        "are those of the servers alone, without network and pre-processing; energy and cost are "
        "per token generated.",
        style="cards trio",
    )


def week(operation: Operation) -> Series:
    """
    Tokens generated through the week of the full year.

    Parameters
    ----------
    operation : Operation
        The record.

    Returns
    -------
    Series
        P50 with its band; the table says how long the first token takes.
    """
    kinds = [0] * 5 + [1] * 2
    p10, p50, p90 = (
        np.concatenate([days[kind] for kind in kinds]) / _MILLION
        for days in operation.day_output_tokens_per_s
    )
    late = np.concatenate([operation.day_ttft_p95_s[kind] for kind in kinds]) * _MS_PER_S
    rows = tuple(
        (
            f"{_DAYS[hour // 24]} {hour % 24:02d}:00",
            *(number(float(curve[hour])) for curve in (p10, p50, p90, late)),
        )
        for hour in range(0, p50.size, _TABLE_STEP_H)
    )
    return Series(
        "Tokens through the week",
        f"Mean weekday and weekend day of {operation.full_year} (UTC); band from P10 to P90 over "
        "the draws. Replicas are switched on as requests come.",
        np.arange(p50.size, dtype=np.float64),
        "hour_of_week",
        [Line("Tokens generated", p50, p10, p90)],
        "million/s",
        Table(
            ("Hour", "P10 (million/s)", "P50 (million/s)", "P90 (million/s)",
             "Time to first token, 95 % (ms)"),
            rows,
        ),
    )  # fmt: skip


def halls(operation: Operation) -> Listing:
    """
    IT power of each hall in the full year.

    Parameters
    ----------
    operation : Operation
        The record.

    Returns
    -------
    Listing
        Halls in a row that draw the same share a line.
    """
    _, energy_mwh, _ = spread(operation.hall_it_mwh)
    _, peak_mw, _ = spread(operation.hall_peak_it_mw)
    rows: list[tuple[int, int, str, str]] = []
    for h, (energy, peak) in enumerate(zip(energy_mwh, peak_mw, strict=True), start=1):
        if not peak > 0.0:
            continue
        shown = (number(float(energy) / _HOURS_PER_YEAR), number(float(peak)))
        if rows and rows[-1][1] == h - 1 and rows[-1][2:] == shown:
            rows[-1] = (rows[-1][0], h, *shown)
        else:
            rows.append((h, h, *shown))
    named = tuple(
        (str(first) if first == last else f"{first}\u2013{last}", *shown)
        for first, last, *shown in rows
    )
    return Listing(
        Table(("Halls", "Mean (MW)", "Busiest hour (MW)"), named),
        "IT power by hall (P50)",
        f"In {operation.full_year}; halls that not even half of the draws have are left out.",
        style="numbers",
    )


def _full(operation: Operation) -> int:
    return int(np.flatnonzero(operation.year == operation.full_year)[0])


def _row(name: str, values: FloatArray, times: float = 1.0) -> tuple[str, ...]:
    return (name, *(number(float(q) * times, _DIGITS) for q in spread(values)))
