"""A fleet that serves language models, from its GPUs to the racks' input and out to the grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray
from wattport.catalog import Gpu, Psu, Rack, find, keys
from wattport.energy.campus import STEPS_PER_BLOCK, Campus, CampusBlock, follow
from wattport.energy.rack import rack_power
from wattport.errors import Finding, WattportError
from wattport.serving.engine import Fleet
from wattport.serving.latency import replica_of
from wattport.serving.silicon import table
from wattport.serving.token_power import decode_power_w, measured, prefill_power_w

# Power by batch was measured on H100 for these, one, four and eight GPUs a replica; for others
# the one with the nearest number of parameters stands.
MEASURED_GPUS = {"Llama-3.1-8B": 1, "Llama-3.1-70B": 4, "Llama-3.1-405B": 8}
MEASURED_ON = "h100_sxm"
# Accelerators whose power the catalogue lists under another name, or only near it.
GPU_OF = {
    "h200_sxm": "h100_sxm", "b200_sxm": "gb200", "b300_sxm": "gb300", "vr_nvl72": "vr_max_q",
}  # fmt: skip
MEMORY_FOR_MODEL_FRAC = 0.9  # the rest is the software's, as in `serve.latency`


@dataclass(frozen=True)
class RackLine:
    """
    Power at a rack's input, per GPU, on a straight line over the power of its GPUs.

    Processors, switches, fans and supplies are idle with the GPUs and full with them. Between,
    their power follows: a line, so that no figure depends on the step.
    """

    gpu: Gpu
    base_w: float
    slope: float
    nameplate_w: float  # at the input, per GPU


def rack_line(gpu: Gpu, supply: str = "titanium") -> RackLine:
    """
    Line from the power of a GPU to its share of the rack's input.

    Parameters
    ----------
    gpu : Gpu
        One without a rack in the catalogue stands for itself alone.
    supply : str
        Key of the rack's power supplies.

    Returns
    -------
    RackLine

    Examples
    --------
    >>> line = rack_line(find(Gpu, "gb300"))
    >>> round(line.base_w + line.slope * line.gpu.max_w), round(line.nameplate_w)
    (1972, 1972)
    """
    if not gpu.rack:
        return RackLine(gpu, 0.0, 1.0, gpu.max_w)
    rack = find(Rack, gpu.rack)
    power = rack_power(rack, gpu, find(Psu, supply), [0.0, 1.0])
    idle_w, full_w = power.input_w / rack.n_gpus
    slope = float((full_w - idle_w) / (gpu.max_w - gpu.idle_w))
    return RackLine(gpu, float(idle_w - slope * gpu.idle_w), slope, float(full_w))


def gpu_of(accelerator: str, racks: tuple[str, ...] = ()) -> Gpu:
    """
    Power figures of an accelerator, as it stands in one of these racks where there is a choice.

    Examples
    --------
    >>> gpu_of("vr_nvl72", ("vr_nvl72_max_p",)).key, gpu_of("h200_sxm").key
    ('vr_max_p', 'h100_sxm')
    """
    for key in keys(Gpu):
        gpu = find(Gpu, key)
        if gpu.rack and gpu.rack in racks and gpu.rack.startswith(accelerator):
            return gpu
    return find(Gpu, GPU_OF.get(accelerator, accelerator))


def measured_model(model: str) -> str:
    """
    Model whose power by batch stands for this one: the nearest in parameters.

    Examples
    --------
    >>> measured_model("DeepSeek-V3"), measured_model("Qwen3-32B")
    ('Llama-3.1-405B', 'Llama-3.1-70B')
    """
    models = table("llm_models")
    _refuse_unknown("--model", model, tuple(models))
    size = np.log(float(models[model]["total_gparam"]))
    return min(
        MEASURED_GPUS, key=lambda name: abs(np.log(float(models[name]["total_gparam"])) - size)
    )


def serving_fleet(
    model: str,
    accelerator: str,
    gpu: Gpu,
    *,
    n_replicas: int,
    n_gpus: int | None = None,
    max_batch: int = 256,
) -> Fleet:
    """
    Make the fleet of a model on an accelerator, with times and power.

    Parameters
    ----------
    model : str
        Key of ``llm_models.csv``.
    accelerator : str
        Key of ``accelerators.csv``, for the times.
    gpu : Gpu
        The same, for the power.
    n_replicas : int
        [>= 1]
    n_gpus : int, optional
        That share a copy; left out: the fewest of 1, 2, 4 ... whose memory holds the weights (a
        byte a parameter) and half as much again, and not fewer than were measured.
    max_batch : int
        Requests decoded at once.

    Returns
    -------
    Fleet

    Notes
    -----
    ``P = P_idle + (P_measured - P_idle,H100) (P_max - P_idle) / (P_max - P_idle)_H100`` for each
    GPU: the measured share of the way from idle to the limit, by batch, is kept. That is an
    assumption for any GPU but H100.

    Examples
    --------
    >>> fleet = serving_fleet("Llama-3.1-70B", "gb300", gpu_of("gb300"), n_replicas=2)
    >>> fleet.replica.n_gpus, fleet.replica.decode_w[0]
    (4, 660.0)
    """
    near = measured_model(model)
    refuse_gpu(accelerator)
    n = _gpus_of_replica(model, accelerator, n_gpus)
    h100 = find(Gpu, MEASURED_ON)
    seen, n_seen = measured(near), MEASURED_GPUS[near]
    reach = (gpu.max_w - gpu.idle_w) / (h100.max_w - h100.idle_w)

    def scaled(watts: float) -> float:
        return n * (gpu.idle_w + (watts / n_seen - h100.idle_w) * reach)

    decode_w = decode_power_w(seen, max_batch, idle_w=n_seen * h100.idle_w)
    replica = replica_of(
        model, accelerator, n, max_batch=max_batch,
        decode_w=tuple(scaled(w) for w in decode_w), prefill_w=scaled(prefill_power_w(seen)),
    )  # fmt: skip
    return Fleet(replica, n_replicas)


def _gpus_of_replica(model: str, accelerator: str, asked: int | None) -> int:
    """GPUs that share a copy of the model, as asked if it fits into them."""
    size = float(table("llm_models")[model]["total_gparam"])  # gigabytes, a byte a parameter
    memory_gb = MEMORY_FOR_MODEL_FRAC * float(table("accelerators")[accelerator]["memory_gb"])
    least = 1 << max(0, int(np.ceil(np.log2(1.5 * size / memory_gb))))
    n = max(MEASURED_GPUS[measured_model(model)], least) if asked is None else asked
    if size > n * memory_gb:
        raise WattportError(Finding(
            "SRV042", f"{model} does not fit into {n} x {accelerator}",
            path="--gpus-per-replica", value=n, remedy=f"give {least} or more",
        ))  # fmt: skip
    return n


def refuse_gpu(accelerator: str) -> None:
    """Refuse an accelerator whose times nothing is known of."""
    _refuse_unknown("--gpu", accelerator, tuple(table("accelerators")))


def _refuse_unknown(option: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise WattportError(Finding(
            "SRV041", f"there is no {name!r}", path=option, value=name, allowed=", ".join(known),
            remedy="choose one of those allowed",
        ))  # fmt: skip


def fleet_blocks(
    campus: Campus, it_mw: FloatArray, fine_s: float, steps_per_fine: int
) -> Iterator[CampusBlock]:
    """
    Follow a fleet's power out to the grid, block by block.

    Parameters
    ----------
    campus : Campus
        The slice that the fleet stands in.
    it_mw : ndarray, shape (fine,)
        At the racks' input, mean of each fine step. [MW]
    fine_s : float
        Of the fine steps. [s]
    steps_per_fine : int
        Fine steps in one step of the output.

    Yields
    ------
    CampusBlock
        The slice is one hall.
    """
    per_block = STEPS_PER_BLOCK * steps_per_fine
    for first in range(0, it_mw.size, per_block):
        power = it_mw[first : first + per_block]
        edge_s = np.asarray(fine_s * (first + np.arange(power.size + 1)), np.float64)
        spell = follow(campus, edge_s, power)
        steps = spell.balance.every(fine_s * steps_per_fine)
        begin_ms = np.rint(steps.edge_s[:-1] * 1000.0).astype(np.int64)
        length_ms = np.rint(np.diff(steps.edge_s) * 1000.0).astype(np.int64)
        yield CampusBlock(begin_ms, length_ms, steps.it_mw[:, None], steps, spell)
