"""
Deployments of language models, and their measured latency.

A row of a measurement table is one benchmark: a deployment (model, accelerator, software,
precision, parallelism), a shape of work (prompt and answer length) and a number of
requests in flight.

References
----------
NVIDIA, aiconfigurator-core 0.12.0 (Apache-2.0): the form of the table, whose rows come
from InferenceMAX and from its authors' own measurements.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wattport.arrays import FloatArray
from wattport.calendar.epoch import EPOCH
from wattport.errors import Finding, WattportError

NEEDED = (
    "id", "silicon_data_source", "backend", "backend_version", "model_path", "system", "precision",
    "mode", "isl", "osl", "gemm_quant_mode", "batch_size", "tp_size", "attention_dp_size",
    "moe_tp_size", "moe_ep_size", "silicon_ttft_ms", "silicon_tpot_ms",
)  # fmt: skip
# Part of the path of a model, and the model whose architecture it has.
_FAMILY = {
    "DeepSeek": "DeepSeek-V3",
    "Llama-3.1-8B": "Llama-3.1-8B",
    "Llama-3.1-70B": "Llama-3.1-70B",
    "Llama-3.1-405B": "Llama-3.1-405B",
    "Qwen3-32B": "Qwen3-32B",
    "Qwen3-235B": "Qwen3-235B-A22B",
    "Qwen3.5-397B": "Qwen3.5-397B-A17B",
    "Kimi-K2": "Kimi-K2.5",
    "GLM-5": "GLM-5",
    "MiniMax-M2": "MiniMax-M2.5",
    "gpt-oss-120b": "gpt-oss-120b",
}
_WEIGHT_BYTES = {"fp8": 1.0, "fp8_block": 1.0, "nvfp4": 0.5, "int4_wo": 0.5}


@dataclass(frozen=True)
class Benchmarks:
    """Columns of measured deployments; all of shape (row,)."""

    model: NDArray[np.str_]
    system: NDArray[np.str_]
    backend: NDArray[np.str_]
    is_weight_only: NDArray[np.bool_]  # 4-bit weights, arithmetic in 16
    weight_bytes: FloatArray  # per parameter
    n_gpus: FloatArray
    is_data_parallel: NDArray[np.bool_]  # attention replicated, one batch per GPU
    is_expert_parallel: NDArray[np.bool_]
    n_input: FloatArray
    n_output: FloatArray
    n_in_flight: FloatArray
    version_frac: FloatArray  # rank of the software among the versions of its kind
    measured_day: FloatArray  # age of software that has no other mark
    ttft_s: FloatArray
    tpot_s: FloatArray

    def take(self, chosen: NDArray[np.bool_]) -> Benchmarks:
        """Give the chosen rows."""
        return Benchmarks(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})

    def deployment(self) -> list[str]:
        """Text that names the deployment of each row: all but the work and the load."""
        columns = (
            self.model, self.system, self.backend, self.is_weight_only, self.weight_bytes,
            self.n_gpus, self.is_data_parallel, self.is_expert_parallel,
        )  # fmt: skip
        return ["|".join(map(str, row)) for row in zip(*columns, strict=True)]


@cache
def table(name: str) -> dict[str, dict[str, str]]:
    """Rows of a shipped table (``llm_models`` or ``accelerators``) by their first column."""
    with files("wattport.catalog").joinpath(f"{name}.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {next(iter(row.values())): row for row in rows}


def column(name: str, keys: NDArray[np.str_], field: str) -> FloatArray:
    """Look a number up in a shipped table for each key."""
    rows = table(name)
    strangers = sorted(set(map(str, keys)) - set(rows))
    if strangers:
        raise WattportError(
            Finding(
                "SRV041",
                f"{name} has no {strangers[0]!r}",
                value=strangers[0],
                allowed=", ".join(rows),
                remedy="choose one of these",
            )
        )
    return np.array([float(rows[str(key)][field]) for key in keys])


def read_silicon(path: Path | str) -> Benchmarks:
    """
    Read measured latency of aggregated deployments (prefill and decode on the same GPUs).

    Rows of disaggregated deployments are left out: the table does not say how many workers
    most of them had. So are rows of models that have no entry in ``llm_models.csv``.

    Parameters
    ----------
    path : path
        CSV with the columns of aiconfigurator's silicon table.

    Returns
    -------
    Benchmarks
    """
    path = Path(path)
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            raise WattportError(
                Finding(
                    "SRV040",
                    f"missing column {', '.join(missing)}",
                    file=str(path),
                    line=1,
                    column=1,
                    remedy="give a silicon table of aiconfigurator",
                )
            )
        rows = [row for row in reader if row["mode"] == "agg" and _family(row["model_path"])]
    gpus = [_parallelism(row) for row in rows]
    weight_bytes = [
        2.0 if row["precision"] == "bf16" else _WEIGHT_BYTES.get(row["gemm_quant_mode"], 2.0)
        for row in rows
    ]
    backend = np.array([row["backend"] for row in rows])

    def numbers(name: str) -> FloatArray:
        return np.array([float(row[name]) for row in rows])

    return Benchmarks(
        model=np.array([_family(row["model_path"]) for row in rows]),
        system=np.array([row["system"] for row in rows]),
        backend=backend,
        is_weight_only=np.array([row["gemm_quant_mode"] == "int4_wo" for row in rows]),
        weight_bytes=np.array(weight_bytes),
        n_gpus=np.array([g for g, _, _ in gpus]),
        is_data_parallel=np.array([d for _, d, _ in gpus]),
        is_expert_parallel=np.array([e for _, _, e in gpus]),
        n_input=numbers("isl"),
        n_output=numbers("osl"),
        n_in_flight=np.array([_in_flight(row) for row in rows]),
        version_frac=_version_frac(backend, [row["backend_version"] for row in rows]),
        measured_day=_day(rows),
        ttft_s=numbers("silicon_ttft_ms") * 1e-3,
        tpot_s=numbers("silicon_tpot_ms") * 1e-3,
    )


def _family(path: str) -> str:
    return next((model for part, model in _FAMILY.items() if part in path), "")


def _parallelism(row: dict[str, str]) -> tuple[float, bool, bool]:
    """
    GPUs of a deployment, and whether attention and experts are spread over them.

    The table multiplies some of its sizes: with experts spread, tensor parallelism or the
    copies of attention are written as their product with the experts' own.
    """
    tensor, copies, wide, experts = (
        float(row[name] or 1) or 1.0
        for name in ("tp_size", "attention_dp_size", "moe_tp_size", "moe_ep_size")
    )
    n_gpus = tensor
    if copies > 1 and not (tensor == copies and experts == tensor * copies):
        n_gpus = max(wide, experts)
    elif row["attention_dp_size"] and copies == 1 and wide == experts > 1:
        n_gpus = wide
    return n_gpus, copies > 1, experts > 1


def _in_flight(row: dict[str, str]) -> float:
    named = re.search(r"silicon_concurrency=([\d.]+)", row["silicon_data_source"])
    if named is None:
        named = re.search(r"_c(\d+)_", row["id"])
    return float(named[1]) if named else float(row["batch_size"])


def _version_frac(backend: NDArray[np.str_], texts: list[str]) -> FloatArray:
    def number(text: str) -> float:
        parts = re.search(r"(\d+)\.(\d+)\.(\d+)(?:rc(\d+))?", text)
        if parts is None:
            return np.nan
        major, minor, patch, candidate = (float(part or 0) for part in parts.groups())
        return major * 100 + minor + patch * 0.1 + candidate * 0.01

    value = np.array([number(text) for text in texts])
    rank = np.full(value.size, 0.5)
    for kind in np.unique(backend):
        mine = (backend == kind) & np.isfinite(value)
        ordered = np.sort(value[mine])
        low, high = (np.searchsorted(ordered, value[mine], side=s) for s in ("left", "right"))
        rank[mine] = 0.5 * (low + high) / max(ordered.size, 1)
    return rank


def _day(rows: list[dict[str, str]]) -> FloatArray:
    day = np.full(len(rows), np.nan)
    version = np.array([row["backend"] + row["backend_version"] for row in rows])
    for k, row in enumerate(rows):
        named = re.search(r"measured=(\d{4}-\d{2}-\d{2})", row["silicon_data_source"])
        if named:
            day[k] = (dt.date.fromisoformat(named[1]) - EPOCH).days
    middle = float(np.nanmedian(day)) if np.isfinite(day).any() else 0.0
    filled = day.copy()
    for kind in np.unique(version[np.isnan(day)]):
        known = day[(version == kind) & np.isfinite(day)]
        filled[(version == kind) & np.isnan(day)] = np.median(known) if known.size else middle
    return filled
