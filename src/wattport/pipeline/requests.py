"""A trace of requests, served in a slice of a scenario's campus or by a fleet by itself."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from wattport.arrays import FloatArray
from wattport.batch import write_table
from wattport.energy.campus import Campus
from wattport.energy.campus_totals import CampusTotals
from wattport.energy.thinned import Thinned
from wattport.errors import usage_error
from wattport.pipeline.on_campus import Site, around, begin_at, refuse_steps, site_of, write_steps
from wattport.serving.answer import (
    Deployment,
    FleetPower,
    GridTokenFigures,
    RequestsAnswer,
    RequestsRun,
    Service,
    TokenFigures,
)
from wattport.serving.capacity import Promise, least_replicas
from wattport.serving.engine import Fleet, Scaling, Served, simulate
from wattport.serving.fleet_power import (
    RackLine,
    fleet_blocks,
    gpu_of,
    measured_model,
    rack_line,
    refuse_gpu,
    serving_fleet,
)
from wattport.serving.request import Trace, read_trace
from wattport.spec import Spec

PERCENTILES = (50, 90, 95, 99)
MOST_REPLICAS = 4096
# Losses bend with power, so it is taken in steps so fine; in a long trace in minutes.
_FINE_S, _COARSE_S, _LONG_S = 1.0, 60.0, 1e7


@dataclass(frozen=True)
class RequestOptions:
    """How a trace is served; None: the scenario's, else that of a measured deployment."""

    model: str | None = None
    gpu: str | None = None
    n_gpus: int | None = None  # of a replica
    n_replicas: int | None = None  # else the fewest that keep the promise
    load_per_replica: float | None = None  # replicas follow the load, so many in flight on each
    ttft_slo_s: float | None = None
    tpot_slo_s: float | None = None
    step_s: float = 15.0  # of the power series
    begin: datetime | None = None  # UTC moment of the first request; else 2026-01-01


def serve_requests(
    path: Path | str,
    design: Spec | None = None,
    options: RequestOptions | None = None,
    tables: Path | None = None,
) -> RequestsRun:
    r"""
    Serve a trace of requests: how fast, with what energy and at what price.

    Parameters
    ----------
    path : Path or str
        CSV with ``TIMESTAMP``, ``ContextTokens``, ``GeneratedTokens``.
    design : Spec, optional
        A scenario as loaded, at its central values: the fleet stands in a slice of its campus.
    options : RequestOptions, optional
        Model, GPU, replicas, promises, step.
    tables : Path, optional
        An existing folder for the tables of requests and power.

    Returns
    -------
    RequestsRun
        Figures, and the result behind them.

    Raises
    ------
    WattportError
        With all that is wrong with the file or the options.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     trace = Path(folder) / "two.csv"
    ...     _ = trace.write_text(
    ...         "TIMESTAMP,ContextTokens,GeneratedTokens\n"
    ...         "2024-01-01 00:00:00,512,20\n2024-01-01 00:00:09,512,20\n"
    ...     )
    ...     run = serve_requests(trace, options=RequestOptions(n_replicas=1))
    >>> run.answer.service.n_completed, run.answer.service.n_tokens
    (2, 40)
    """
    options = options or RequestOptions()
    path = Path(path)
    trace = read_trace(path)
    site = site_of(design)
    serving = _serving(options, site)
    promise = (
        options.ttft_slo_s or serving.ttft_slo_s, options.tpot_slo_s or serving.tpot_slo_s
    )  # fmt: skip
    line = _line(serving.accelerator, site)
    fleet, sizing = _fleet(options, serving, line, trace, promise)
    span_s, step_s = float(trace.arrival_s[-1]), options.step_s
    n_fine = max(1, math.ceil(step_s / (_FINE_S if span_s < _LONG_S else _COARSE_S) - 1e-9))
    refuse_steps(step_s / n_fine, span_s)
    served = simulate(fleet, trace, step_s=step_s / n_fine)
    at = begin_at(options.begin, 0.0)
    power = _Power(served, line, fleet, step_s, n_fine)
    campus = None
    if site is not None:
        campus = around(site, at, served.span_s, _n_gpus(fleet) * line.nameplate_w / 1e6)
    totals, seen = power.followed(campus, tables)
    if tables is not None:
        _write_requests(served, tables)
    answer = RequestsAnswer(
        requests_file=path,
        design=None if design is None else design.name,
        step_s=step_s,
        begin=None if site is None else at,
        deployment=_deployment(serving, line, fleet, sizing),
        service=_service(served, *promise),
        power=FleetPower(
            seen.it_mwh, float(seen.hall_mean_mw.sum()), seen.it_low_mw, seen.it_high_mw
        ),
        token=TokenFigures(served.j_per_token, seen.it_mwh * 3.6e9 / max(served.n_tokens, 1)),
        at_grid=_at_grid(power, totals, site),
        campus=None if totals is None else totals.figures(),
    )
    return RequestsRun(answer, served, seen, totals)


@dataclass(frozen=True)
class _Power:
    """Power of the fleet at the racks' input, in fine steps."""

    served: Served
    line: RackLine
    fleet: Fleet
    step_s: float
    n_fine: int  # fine steps in one step of the output

    @property
    def it_mw(self) -> FloatArray:
        """Mean of each fine step."""
        base_w = self.line.base_w * _n_gpus(self.fleet)
        return (base_w + self.line.slope * self.served.power_w) / 1e6

    def followed(
        self, campus: Campus | None, folder: Path | None
    ) -> tuple[CampusTotals | None, Thinned]:
        """Follow it out to the grid, writing it block by block."""
        fine_s, it_mw = self.served.step_s, self.it_mw
        if campus is None:
            seen = Thinned(fine_s, it_mw.size * fine_s, 1)
            begin_ms = np.rint(fine_s * 1000.0 * np.arange(it_mw.size)).astype(np.int64)
            seen.add(begin_ms, np.full(it_mw.size, round(fine_s * 1000.0)), it_mw[:, None])
            return None, seen
        totals, seen = CampusTotals(campus), Thinned(self.step_s, it_mw.size * fine_s, 1)
        for number, block in enumerate(fleet_blocks(campus, it_mw, fine_s, self.n_fine)):
            totals.add(block)
            seen.add(block.begin_ms, block.length_ms, block.hall_mw, block.steps)
            write_steps(folder, number, block.begin_ms, block.steps)
        return totals, seen


def _n_gpus(fleet: Fleet) -> int:
    """GPUs of all replicas."""
    return fleet.n_replicas * fleet.replica.n_gpus


@dataclass(frozen=True)
class _Serving:
    """What serves where the options do not say: the scenario's, or a measured deployment."""

    model: str = "Llama-3.1-70B"  # whose power by batch was measured, on these
    accelerator: str = "h100_sxm"
    n_gpus: int | None = None
    max_batch: int = 256
    ttft_slo_s: float = 2.0
    tpot_slo_s: float = 0.08


def _serving(options: RequestOptions, site: Site | None) -> _Serving:
    """Give what serves: what was asked for, before the scenario's, before the default."""
    found = _Serving()
    if site is not None:
        work = site.spec.workload.inference
        found = _Serving(
            work.model.value, work.accelerator.value, int(work.n_gpus_per_replica),
            int(work.n_batch_max), float(work.ttft_slo_s[0]), float(work.tpot_slo_s[0]),
        )  # fmt: skip
    if options.model is not None or options.gpu is not None:
        # Another model or GPU needs another number of them, unless it is said.
        found = replace(found, n_gpus=None)
    return replace(
        found, model=options.model or found.model, accelerator=options.gpu or found.accelerator,
        n_gpus=options.n_gpus or found.n_gpus,
    )  # fmt: skip


def _line(accelerator: str, site: Site | None) -> RackLine:
    """Power of the accelerator in its rack, in the campus's racks if they hold it."""
    refuse_gpu(accelerator)
    if site is None:
        return rack_line(gpu_of(accelerator))
    return rack_line(gpu_of(accelerator, site.design.generation), site.spec.campus.rack_supply)


def _fleet(
    options: RequestOptions, serving: _Serving, line: RackLine, trace: Trace,
    promise: tuple[float, float],
) -> tuple[Fleet, str]:  # fmt: skip
    """Fleet asked for, or the least that keeps the promise, and how its size came about."""
    fleet = serving_fleet(
        serving.model, serving.accelerator, line.gpu, n_replicas=options.n_replicas or 1,
        n_gpus=serving.n_gpus, max_batch=serving.max_batch,
    )  # fmt: skip
    sizing = "as asked"
    if options.n_replicas is None:
        found = least_replicas(fleet, trace, Promise(*promise), most=MOST_REPLICAS)
        if not found.n_replicas:
            raise usage_error(
                "--replicas", found.reason, "loosen --ttft-slo or --tpot-slo, give more "
                "--gpus-per-replica, or say how many --replicas there are",
            )  # fmt: skip
        fleet = replace(fleet, n_replicas=found.n_replicas)
        sizing = "fewest that keep the promise for 99 % of the requests"
    if options.load_per_replica is not None:
        fleet = replace(fleet, scaling=Scaling(1, options.load_per_replica))
    return fleet, sizing


def _deployment(serving: _Serving, line: RackLine, fleet: Fleet, sizing: str) -> Deployment:
    """What serves, and what its power rests on."""
    return Deployment(
        model=serving.model,
        gpu=serving.accelerator,
        power_of=line.gpu.key,
        power_measured_on=measured_model(serving.model),
        n_replicas=fleet.n_replicas,
        gpus_per_replica=fleet.replica.n_gpus,
        n_gpus=_n_gpus(fleet),
        is_autoscaled=fleet.scaling is not None,
        sizing=sizing,
    )


def _service(served: Served, ttft_slo_s: float, tpot_slo_s: float) -> Service:
    """How many requests, how fast, and how many as promised."""

    def percentiles(values: FloatArray) -> dict[str, float]:
        return {
            f"p{level}": float(np.percentile(values, level)) if values.size else float("nan")
            for level in PERCENTILES
        }

    trace = served.trace
    return Service(
        n_requests=int(served.status.size),
        n_completed=int(served.is_completed.sum()),
        served_s=served.span_s,
        requests_per_s=served.status.size / served.span_s,
        n_prompt_tokens=int(trace.n_input.sum()),
        n_tokens=int(served.n_tokens),
        tokens_per_s=served.tokens_per_s,
        most_replicas=served.most_replicas,
        ttft_slo_s=ttft_slo_s,
        tpot_slo_s=tpot_slo_s,
        within_slo_frac=served.within_slo_frac(ttft_slo_s, tpot_slo_s),
        goodput_per_s=served.goodput_per_s(ttft_slo_s, tpot_slo_s),
        ttft_s=percentiles(served.ttft_s),
        tpot_s=percentiles(served.tpot_s),
    )


def _at_grid(
    power: _Power, totals: CampusTotals | None, site: Site | None
) -> GridTokenFigures | None:
    """What a token takes at the grid, and what it costs."""
    if totals is None or site is None:
        return None
    finance, n = site.spec.finance, max(power.served.n_tokens, 1)
    gpu_h = _n_gpus(power.fleet) * power.served.span_s / 3600.0
    hire_eur = gpu_h * float(finance.gpu_hour_price_usd[0] / finance.usd_per_eur[0])
    return GridTokenFigures(
        grid_j_per_token=totals.grid_mwh * 3.6e9 / n,
        energy_eur_per_million_tokens=totals.energy_cost_eur / n * 1e6,
        gpu_eur_per_million_tokens=hire_eur / n * 1e6,
        slice_it_mw=totals.campus.nameplate_mw,
    )


def _write_requests(served: Served, folder: Path) -> None:
    """Write a row for each request."""
    trace = served.trace
    write_table(folder / "requests.parquet", {
        "arrival_s": trace.arrival_s, "n_prompt_tokens": trace.n_input,
        "n_output_tokens": trace.n_output, "first_s": served.first_s,
        "finish_s": served.finish_s, "status": served.status, "replica": served.replica,
    })  # fmt: skip
