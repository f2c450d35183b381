"""``wattport run`` on a trace of requests: how long people wait, what a token takes and costs."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattport import user_file
from wattport.cli import answer, surroundings
from wattport.cli.batch import campus_lines
from wattport.cli.surroundings import Scenario, amount, usage, watts
from wattport.output import MANIFEST, new_folder

if TYPE_CHECKING:
    from wattport.arrays import FloatArray
    from wattport.energy.campus import Campus
    from wattport.energy.campus_totals import CampusTotals
    from wattport.energy.thinned import Thinned
    from wattport.serving.engine import Fleet, Served
    from wattport.serving.fleet_power import RackLine
    from wattport.serving.request import Trace

PERCENTILES = (50, 90, 95, 99)
MOST_REPLICAS = 4096
# Names that tell a trace of requests from a table of jobs, without case and underscores.
# Losses bend with power, so it is taken in steps so fine; in a long trace in minutes.
_FINE_S, _COARSE_S, _LONG_S = 1.0, 60.0, 1e7
_HEADER_BYTES = 65_536
_TELLING = {"contexttokens", "generatedtokens"}


@dataclass(frozen=True)
class Wanted:
    """Options of ``wattport run`` that are about requests."""

    model: str | None = None
    gpu: str | None = None
    n_gpus: int | None = None
    n_replicas: int | None = None
    load_per_replica: float | None = None
    ttft_slo: str | None = None
    tpot_slo: str | None = None


def is_requests(path: Path) -> bool:
    """
    Tell a trace of requests by its header: a CSV file with counts of tokens.

    Parameters
    ----------
    path : Path
        Any file; one that cannot be read is left to the reader of jobs to refuse.
    """
    if not path.name.lower().endswith((".csv", ".csv.gz")):
        return False
    try:
        start = user_file.beginning(path, user_file.REQUESTS, _HEADER_BYTES)
    except user_file.UnfitError:
        return False
    header = start.decode("utf-8-sig", "replace").splitlines()[:1]
    names = {re.sub(r"[^a-z]", "", name.lower()) for line in header for name in line.split(",")}
    return bool(names & _TELLING)


def run(
    path: Path,
    design: str | None,
    overrides: Sequence[str],
    wanted: Wanted,
    *,
    step: str,
    begin: str | None,
    out: Path | None,
) -> dict[str, Any]:
    """
    Serve a trace of requests, and say how fast, with what energy and at what price.

    Parameters
    ----------
    path : Path
        CSV with ``TIMESTAMP``, ``ContextTokens``, ``GeneratedTokens``.
    design : str, optional
        A scenario; the fleet stands in a slice of its campus.
    overrides : sequence of str
        ``path=value`` settings on top of the scenario.
    wanted : Wanted
        Model, GPU, replicas and promises.
    step : str
        Of the power series, with its unit.
    begin : str, optional
        Date of the first request, for weather and prices. Left out: 2026-01-01.
    out : Path, optional
        Folder for the report and the tables.

    Returns
    -------
    dict
        The answer of ``wattport run --json``.
    """
    step_s = surroundings.seconds(step)
    surroundings.refuse_without_design(design, overrides, begin)
    asked = (_promise("--ttft-slo", wanted.ttft_slo), _promise("--tpot-slo", wanted.tpot_slo))
    from wattport.serving.request import read_trace

    trace = read_trace(path)
    of = None if design is None else surroundings.scenario(design, overrides)
    serving = _serving(wanted, of)
    promise = (asked[0] or serving.ttft_slo_s, asked[1] or serving.tpot_slo_s)
    line = _line(serving.accelerator, of)
    fleet, sizing = _fleet(wanted, serving, line, trace, promise)
    span_s = float(trace.arrival_s[-1])
    n_fine = max(1, math.ceil(step_s / (_FINE_S if span_s < _LONG_S else _COARSE_S) - 1e-9))
    surroundings.refuse_steps(step_s / n_fine, span_s)
    served = _simulate(fleet, trace, step_s / n_fine)
    at = surroundings.begin(begin, 0.0)
    told = {
        "kind": "requests", "requests_file": str(path), "design": design, "step_s": step_s,
        "begin": None if of is None else at.isoformat(), **_deployment(serving, line, fleet),
        "most_replicas": served.most_replicas, "sizing": sizing, **_service(served, *promise),
    }  # fmt: skip
    power = _Power(served, line, fleet, step_s, n_fine)
    campus = None
    if of is not None:
        nameplate_mw = _n_gpus(fleet) * line.nameplate_w / 1e6
        campus = surroundings.around(of, at, served.span_s, nameplate_mw)
    if out is None:
        totals, seen = power.followed(campus, None)
        return told | _energy(power, totals, seen, of)
    with new_folder(out, "wattport run") as part:
        totals, seen = power.followed(campus, part)
        told |= _energy(power, totals, seen, of)
        _write_requests(served, part)
        (part / MANIFEST).write_text(answer.text(told) + "\n", encoding="utf-8")
        from wattport.report import write
        from wattport.report.pages.requests import requests_page

        write(requests_page(told, served, totals, seen), part / "report.html")
    return told | {"out": str(out)}


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
        import numpy as np

        from wattport.energy.campus_totals import CampusTotals
        from wattport.energy.thinned import Thinned
        from wattport.serving.fleet_power import fleet_blocks

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
            if folder is not None:
                surroundings.write_steps(folder, number, block.begin_ms / 1000.0, block.steps)
        return totals, seen


def _n_gpus(fleet: Fleet) -> int:
    return fleet.n_replicas * fleet.replica.n_gpus


def _simulate(fleet: Fleet, trace: Trace, step_s: float) -> Served:
    from wattport.serving.engine import simulate

    return simulate(fleet, trace, step_s=step_s)


@dataclass(frozen=True)
class _Serving:
    """What serves where the command does not say: the scenario's, or a measured deployment."""

    model: str = "Llama-3.1-70B"  # whose power by batch was measured, on these
    accelerator: str = "h100_sxm"
    n_gpus: int | None = None
    max_batch: int = 256
    ttft_slo_s: float = 2.0
    tpot_slo_s: float = 0.08


def _serving(wanted: Wanted, of: Scenario | None) -> _Serving:
    """Give what serves: what was asked for, before the scenario's, before the default."""
    found = _Serving()
    if of is not None:
        work = of.spec.workload.inference
        found = _Serving(
            work.model.value, work.accelerator.value, int(work.n_gpus_per_replica),
            int(work.n_batch_max), float(work.ttft_slo_s[0]), float(work.tpot_slo_s[0]),
        )  # fmt: skip
    if wanted.model is not None or wanted.gpu is not None:
        # Another model or GPU needs another number of them, unless it is said.
        found = replace(found, n_gpus=None)
    return replace(
        found, model=wanted.model or found.model, accelerator=wanted.gpu or found.accelerator,
        n_gpus=wanted.n_gpus or found.n_gpus,
    )  # fmt: skip


def _line(accelerator: str, of: Scenario | None) -> RackLine:
    """Power of the accelerator in its rack, in the campus's racks if they hold it."""
    from wattport.serving.fleet_power import gpu_of, rack_line, refuse_gpu

    refuse_gpu(accelerator)
    if of is None:
        return rack_line(gpu_of(accelerator))
    return rack_line(gpu_of(accelerator, of.design.generation), of.spec.campus.rack_supply)


def _fleet(
    wanted: Wanted, serving: _Serving, line: RackLine, trace: Trace, promise: tuple[float, float]
) -> tuple[Fleet, str]:
    """Fleet asked for, or the least that keeps the promise, and how its size came about."""
    from wattport.serving.capacity import Promise, least_replicas
    from wattport.serving.fleet_power import serving_fleet

    fleet = serving_fleet(
        serving.model, serving.accelerator, line.gpu, n_replicas=wanted.n_replicas or 1,
        n_gpus=serving.n_gpus, max_batch=serving.max_batch,
    )  # fmt: skip
    sizing = "as asked"
    if wanted.n_replicas is None:
        found = least_replicas(fleet, trace, Promise(*promise), most=MOST_REPLICAS)
        if not found.n_replicas:
            raise usage(
                "--replicas", found.reason, "loosen --ttft-slo or --tpot-slo, give more "
                "--gpus-per-replica, or say how many --replicas there are",
            )  # fmt: skip
        fleet = replace(fleet, n_replicas=found.n_replicas)
        sizing = "fewest that keep the promise for 99 % of the requests"
    if wanted.load_per_replica is not None:
        from wattport.serving.engine import Scaling

        fleet = replace(fleet, scaling=Scaling(1, wanted.load_per_replica))
    return fleet, sizing


def _deployment(serving: _Serving, line: RackLine, fleet: Fleet) -> dict[str, Any]:
    """What serves, and what its power rests on."""
    from wattport.serving.fleet_power import measured_model

    return {
        "model": serving.model, "gpu": serving.accelerator, "power_of": line.gpu.key,
        "power_measured_on": measured_model(serving.model), "n_replicas": fleet.n_replicas,
        "gpus_per_replica": fleet.replica.n_gpus, "n_gpus": _n_gpus(fleet),
        "is_autoscaled": fleet.scaling is not None,
    }  # fmt: skip


def _service(served: Served, ttft_slo_s: float, tpot_slo_s: float) -> dict[str, Any]:
    """How many requests, how fast, and how many as promised."""
    import numpy as np

    def percentiles(values: FloatArray) -> dict[str, float]:
        return {
            f"p{level}": float(np.percentile(values, level)) if values.size else float("nan")
            for level in PERCENTILES
        }

    trace = served.trace
    return {
        "n_requests": int(served.status.size), "n_completed": int(served.is_completed.sum()),
        "served_s": served.span_s, "requests_per_s": served.status.size / served.span_s,
        "n_prompt_tokens": int(trace.n_input.sum()), "n_tokens": int(served.n_tokens),
        "tokens_per_s": served.tokens_per_s, "ttft_slo_s": ttft_slo_s, "tpot_slo_s": tpot_slo_s,
        "within_slo_frac": served.within_slo_frac(ttft_slo_s, tpot_slo_s),
        "goodput_per_s": served.goodput_per_s(ttft_slo_s, tpot_slo_s),
        "ttft_s": percentiles(served.ttft_s), "tpot_s": percentiles(served.tpot_s),
    }  # fmt: skip


def _energy(
    power: _Power, totals: CampusTotals | None, seen: Thinned, of: Scenario | None
) -> dict[str, Any]:
    """What a token takes in joules and euros, at the GPU, at the rack and at the grid."""
    served = power.served
    n = max(served.n_tokens, 1)
    told: dict[str, Any] = {
        "power": {
            "energy_mwh": seen.it_mwh, "mean_mw": float(seen.hall_mean_mw.sum()),
            "min_mw": seen.it_low_mw, "max_mw": seen.it_high_mw,
        },
        "gpu_j_per_token": served.j_per_token, "it_j_per_token": seen.it_mwh * 3.6e9 / n,
        "grid_j_per_token": None, "energy_eur_per_million_tokens": None,
        "gpu_eur_per_million_tokens": None, "campus": None,
    }  # fmt: skip
    if totals is None or of is None:
        return told
    finance = of.spec.finance
    gpu_h = _n_gpus(power.fleet) * served.span_s / 3600.0
    hire_eur = gpu_h * float(finance.gpu_hour_price_usd[0] / finance.usd_per_eur[0])
    return told | {
        "grid_j_per_token": totals.grid_mwh * 3.6e9 / n,
        "energy_eur_per_million_tokens": totals.energy_cost_eur / n * 1e6,
        "gpu_eur_per_million_tokens": hire_eur / n * 1e6,
        "campus": totals.summary() | {"slice_it_mw": totals.campus.nameplate_mw},
    }


def _write_requests(served: Served, folder: Path) -> None:
    from wattport.batch import write_table

    trace = served.trace
    write_table(folder / "requests.parquet", {
        "arrival_s": trace.arrival_s, "n_prompt_tokens": trace.n_input,
        "n_output_tokens": trace.n_output, "first_s": served.first_s,
        "finish_s": served.finish_s, "status": served.status, "replica": served.replica,
    })  # fmt: skip


def show(told: dict[str, Any]) -> None:
    """Print an answer for a person."""
    ttft, tpot, power = told["ttft_s"], told["tpot_s"], told["power"]
    lines = {
        "Requests": f"{told['n_completed']} of {told['n_requests']} completed in "
        f"{told['served_s'] / 3600.0:.2f} h, {told['requests_per_s']:.4g} per second",
        "Fleet": f"{told['n_replicas']} {'replica' if told['n_replicas'] == 1 else 'replicas'} of "
        f"{told['model']} on {told['gpus_per_replica']} "
        f"{told['gpu']} each ({told['sizing']})",
        "Throughput": f"{told['tokens_per_s']:,.0f} tokens/s, "
        f"{told['tokens_per_s'] / told['n_gpus']:.4g} per GPU",
        "TTFT": ", ".join(f"{name[1:]} % {value:.3g} s" for name, value in ttft.items()),
        "TPOT": ", ".join(f"{name[1:]} % {1e3 * value:.3g} ms" for name, value in tpot.items()),
        "Promise": f"{told['within_slo_frac']:.2%} within {told['ttft_slo_s']:g} s and "
        f"{1e3 * told['tpot_slo_s']:g} ms a token",
        "IT power": f"mean {watts(power['mean_mw'])}, {watts(power['min_mw'])} to "
        f"{watts(power['max_mw'])}, {amount(power['energy_mwh'], 'MWh')}",
        "Energy a token": f"{told['gpu_j_per_token']:.4g} J at the GPUs, "
        f"{told['it_j_per_token']:.4g} J at the racks",
    }
    if told["campus"] is not None:
        lines["Energy a token"] += f", {told['grid_j_per_token']:.4g} J at the grid"
        lines["A million tokens"] = (
            f"{told['energy_eur_per_million_tokens']:.4g} EUR of energy, "
            f"{told['gpu_eur_per_million_tokens']:.4g} EUR of GPUs at the market's price"
        )
        lines |= campus_lines(told["campus"], told["step_s"])
    width = max(map(len, lines))
    for name, line in lines.items():
        print(f"{name:<{width}}  {line}")
    if "out" in told:
        print(f"\nReport: {Path(told['out']) / 'report.html'}")


def _promise(option: str, word: str | None) -> float | None:
    if word is None:
        return None
    from wattport.units import UnitError, parse

    try:
        seconds = parse(word, "s")
    except UnitError as error:
        raise usage(f"{option} {word}", str(error), "write a number and a unit: 2s, 0.08s") \
            from None  # fmt: skip
    if not 0.0 < seconds < float("inf"):
        raise usage(f"{option} {word}", "a promise is longer than nothing", "write 2s, or 0.08s")
    return seconds
