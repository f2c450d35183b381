"""
Time to first token and time per further token of a deployment.

Prefill is bound by arithmetic, decoding by reading weights and keys and values from memory;
what software adds on top is not in any data sheet. So the physics gives the terms, a
ridge regression their mean effect, and kernel regression what is left of it.

References
----------
S. Williams, A. Waterman, D. Patterson, "Roofline", CACM 52(4), 2009,
doi:10.1145/1498765.1498785.
R. Pope et al., "Efficiently Scaling Transformer Inference", MLSys 2023.
C. E. Rasmussen, C. K. I. Williams, "Gaussian Processes for Machine Learning", MIT Press
2006, chapters 2 and 4 (Matern kernel with nu = 3/2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray
from wattport.serving.engine import Replica
from wattport.serving.silicon import Benchmarks, column

# Non-negative relative least squares over 3,564 aggregated benchmarks of up to 8 GPUs of
# aiconfigurator-core 0.12.0 (trtllm, vllm and sglang together): median error of the time
# per token 18 %. The reciprocals are efficiencies: 68 % of bandwidth for weights, 61 % for
# keys and values, 49 % of arithmetic for prefill.
LAYER_S = 4.9e-5
LAYER_LINK_S = 4.5e-5  # more than one GPU: collectives after each layer
WEIGHTS_OVER_BANDWIDTH = 1.46
KV_OVER_BANDWIDTH = 1.65
PREFILL_OVER_PEAK = 2.03

_RANGE = 10.0  # of the kernel, in standard deviations of a feature
_NOISE = 0.005
_RIDGE = 1e-2
_HUBER = 2.0
_N_REWEIGHT = 3
# These say more than their spread does: age and kind of the software, load, links.
_STRETCH = {
    "day": 8.0, "version": 3.0, "trtllm": 3.0, "sglang": 3.0, "trtllm_blackwell": 2.0,
    "in_flight": 2.0, "kv_fit": 2.0, "rack_scale": 2.0,
}  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """Roofline times of each benchmark, at full bandwidth and peak arithmetic."""

    weights_s: FloatArray  # read the weights that a batch touches
    kv_s: FloatArray  # read keys and values of all in flight, half of the answer written
    arithmetic_s: FloatArray  # one token for all in flight
    prefill_s: FloatArray  # one prompt
    kv_gb: FloatArray  # per GPU
    free_gb: FloatArray  # memory per GPU that the weights leave, 2 GB at least
    weights_gb: FloatArray  # per GPU
    peak_tflops: FloatArray


def roofline(rows: Benchmarks) -> Terms:
    """
    Lower bounds from data sheets and the architecture of the model.

    Parameters
    ----------
    rows : Benchmarks

    Returns
    -------
    Terms

    Notes
    -----
    A batch of ``n`` touches ``1 - (1 - k/E)**n`` of the experts of a mixture. Latent attention
    is not split by tensor parallelism: each GPU reads all of it, unless attention is copied.
    """

    def model(field: str) -> FloatArray:
        return column("llm_models", rows.model, field)

    def system(field: str) -> FloatArray:
        return column("accelerators", rows.system, field)

    total, active = model("total_gparam"), model("active_gparam")
    share = model("n_active_experts") / model("n_experts")
    is_mixture = model("n_experts") > 1
    touched = np.where(is_mixture, 1.0 - (1.0 - share) ** rows.n_in_flight, 1.0)
    more = np.where(is_mixture, (touched - share) / np.maximum(1.0 - share, 1e-12), 0.0)
    read_gb = rows.weight_bytes * (active + (total - active) * np.clip(more, 0.0, 1.0))
    peak = np.where(
        (rows.weight_bytes == 2.0) | rows.is_weight_only,
        system("bf16_tflops"),
        np.where(rows.weight_bytes == 1.0, system("fp8_tflops"), system("fp4_tflops")),
    )
    kv_bytes = np.where(rows.weight_bytes == 2.0, 2.0, 1.0) * model("kv_values_per_token")
    kv_gb = rows.n_in_flight * (rows.n_input + rows.n_output / 2) * kv_bytes * 1e-9
    is_whole = (model("is_latent") > 0) & ~rows.is_data_parallel
    spread = np.where(is_whole, 1.0, rows.n_gpus)
    bandwidth = system("bandwidth_tb_per_s") * 1e3
    weights_gb = total * rows.weight_bytes / rows.n_gpus
    return Terms(
        weights_s=read_gb / rows.n_gpus / bandwidth,
        kv_s=kv_gb / spread / bandwidth,
        arithmetic_s=2e-3 * active * rows.n_in_flight / rows.n_gpus / peak,
        prefill_s=2e-3 * active * rows.n_input / rows.n_gpus / peak,
        kv_gb=kv_gb / spread,
        free_gb=np.maximum(0.9 * system("memory_gb") - weights_gb, 2.0),
        weights_gb=weights_gb,
        peak_tflops=peak,
    )


def _features(rows: Benchmarks) -> dict[str, FloatArray]:
    """Logarithms of times, sizes and loads, and what kind of software and machine it is."""
    t = roofline(rows)

    def model(field: str) -> FloatArray:
        return column("llm_models", rows.model, field)

    def system(field: str) -> FloatArray:
        return column("accelerators", rows.system, field)

    step_s = t.weights_s + t.kv_s + t.arithmetic_s
    filling = rows.n_in_flight * t.prefill_s / (rows.n_output * step_s)
    hopper, trtllm = system("is_hopper"), (rows.backend == "trtllm") * 1.0
    logs = {
        "weights": t.weights_s,
        "kv": t.kv_s + 1e-7,
        "arithmetic": t.arithmetic_s,
        "prefill": t.prefill_s,
        "step": step_s,
        "filling": filling,
        "load": 1.0 + filling,
        "all_prefill": rows.n_in_flight * t.prefill_s,
        "kv_fit": t.kv_gb / t.free_gb,
        "in_flight": rows.n_in_flight,
        "gpus": rows.n_gpus,
        "in_flight_per_gpu": rows.n_in_flight / rows.n_gpus,
        "input": rows.n_input,
        "output": rows.n_output,
        "layers": model("n_layers"),
        "weight_bytes": rows.weight_bytes,
        "active": model("active_gparam"),
        "total": model("total_gparam"),
        "kv_values": model("kv_values_per_token"),
        "bandwidth": system("bandwidth_tb_per_s"),
        "peak": t.peak_tflops,
        "experts": model("n_experts"),
    }
    plain = {
        "data_parallel": rows.is_data_parallel * 1.0,
        "expert_parallel": rows.is_expert_parallel * 1.0,
        "latent": model("is_latent"),
        "mixture": (model("n_experts") > 1) * 1.0,
        "trtllm": trtllm,
        "sglang": (rows.backend == "sglang") * 1.0,
        "rack_scale": system("is_rack_scale"),
        "hopper": hopper,
        "trtllm_blackwell": trtllm * (1.0 - hopper),
        "weights_gb": t.weights_gb,
        "day": rows.measured_day,
        "version": rows.version_frac,
    }
    return {name: np.log(value) for name, value in logs.items()} | plain


@dataclass(frozen=True)
class Latency:
    """Fitted model; TTFT first, TPOT second where there are two."""

    middle: FloatArray  # of each feature
    scale: FloatArray
    stretch: FloatArray
    known: FloatArray  # stretched features of the rows fitted, shape (row, feature)
    ridge: FloatArray  # shape (2, feature + 1)
    weight: FloatArray  # of each row in the kernel sum, shape (2, row)


def fit_latency(rows: Benchmarks) -> Latency:
    """
    Fit the model to measured deployments.

    Parameters
    ----------
    rows : Benchmarks
        With measured ``ttft_s`` and ``tpot_s``; some hundreds to some thousands.

    Returns
    -------
    Latency

    Notes
    -----
    The logarithm of a time is a ridge regression on the features plus kernel regression of
    its residual; rows that neither explains are weighted down (Huber). Range, noise and
    stretches were chosen on other halves of the table than the one the tests hold out.
    """
    features = _features(rows)
    x = np.stack(list(features.values()), axis=1)
    middle, spread = x.mean(axis=0), x.std(axis=0)
    scale = np.where(spread > 1e-9, spread, 1.0)
    stretch = np.array([_STRETCH.get(name, 1.0) for name in features])
    z = (x - middle) / scale
    full = np.concatenate([np.ones((z.shape[0], 1)), z], axis=1)
    penalty = _RIDGE * z.shape[0] * np.eye(full.shape[1])
    penalty[0, 0] = 0.0
    kernel = _kernel(z * stretch, z * stretch)
    ridge, weight = [], []
    for seconds in (rows.ttft_s, rows.tpot_s):
        y = np.log(seconds)
        ridge.append(np.linalg.solve(full.T @ full + penalty, full.T @ y))
        weight.append(_robust(kernel, y - full @ ridge[-1]))
    return Latency(middle, scale, stretch, z * stretch, np.array(ridge), np.array(weight))


def _robust(kernel: FloatArray, residual: FloatArray) -> FloatArray:
    trust: FloatArray = np.ones_like(residual)
    weight: FloatArray = np.zeros(residual.size)
    for _ in range(_N_REWEIGHT):
        weight = np.asarray(np.linalg.solve(kernel + np.diag(_NOISE / trust), residual), float)
        off = np.abs(residual - kernel @ weight)
        usual = 1.5 * float(np.median(off)) + 1e-6
        trust = np.asarray(1.0 / np.maximum(1.0, off / (_HUBER * usual)))
    return weight


def _kernel(a: FloatArray, b: FloatArray) -> FloatArray:
    square = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1) - 2.0 * a @ b.T
    r = np.sqrt(3.0 * np.maximum(square, 0.0)) / _RANGE
    matern: FloatArray = (1.0 + r) * np.exp(-r)
    return matern


def predict(model: Latency, rows: Benchmarks) -> tuple[FloatArray, FloatArray]:
    """
    Predict time to first token and time per further token.

    Parameters
    ----------
    model : Latency
    rows : Benchmarks
        Whose measured times are not looked at.

    Returns
    -------
    ttft_s, tpot_s : ndarray, shape (row,)
    """
    z = (np.stack(list(_features(rows).values()), axis=1) - model.middle) / model.scale
    kernel = _kernel(z * model.stretch, model.known)
    logs = model.ridge[:, :1] + model.ridge[:, 1:] @ z.T + model.weight @ kernel.T
    return np.exp(logs[0]), np.exp(logs[1])


def tokens_per_s_per_gpu(rows: Benchmarks, ttft_s: FloatArray, tpot_s: FloatArray) -> FloatArray:
    """Output tokens per second and GPU with a fixed number of requests always in flight."""
    request_s = ttft_s + (rows.n_output - 1.0) * tpot_s
    return rows.n_in_flight * rows.n_output / request_s / rows.n_gpus


def replica_of(
    model: str,
    system: str,
    n_gpus: int,
    *,
    weight_bytes: float = 1.0,
    max_batch: int = 128,
    decode_w: tuple[float, ...],
    prefill_w: float,
) -> Replica:
    """
    Build the replica of a model on a server from data sheets and fitted efficiencies.

    Parameters
    ----------
    model, system : str
        Keys of ``llm_models.csv`` and ``accelerators.csv``.
    n_gpus : int
        That share one copy of the model.
    weight_bytes : float
        Per parameter. [0.5, 1 or 2]
    max_batch : int
    decode_w : tuple of float
        Power at batch 0 to ``max_batch``, such as from `token_power.decode_power_w`.
    prefill_w : float

    Returns
    -------
    Replica

    Examples
    --------
    >>> watts = (700.0,) * 129
    >>> replica = replica_of("Llama-3.1-70B", "h100_sxm", 4, decode_w=watts, prefill_w=2800.0)
    >>> round(1e3 * replica.decode_base_s, 1), replica.kv_tokens > 1_000_000
    (15.2, True)
    """
    one = np.ones(1)
    rows = Benchmarks(
        np.array([model]), np.array([system]), np.array(["vllm"]), np.array([False]),
        one * weight_bytes, one * n_gpus, np.array([False]), np.array([False]), one, one * 0,
        one * max_batch, one, one, one, one,
    )  # fmt: skip
    terms = roofline(rows)
    layers = float(column("llm_models", rows.model, "n_layers")[0])
    kernel_s = layers * (LAYER_S + (LAYER_LINK_S if n_gpus > 1 else 0.0))
    kv_tokens = int(float(terms.free_gb[0]) * max_batch / float(terms.kv_gb[0]))
    return Replica(
        decode_base_s=kernel_s + WEIGHTS_OVER_BANDWIDTH * float(terms.weights_s[0]),
        decode_sequence_s=PREFILL_OVER_PEAK * float(terms.arithmetic_s[0]) / max_batch,
        decode_context_s=KV_OVER_BANDWIDTH * float(terms.kv_s[0]) / max_batch,
        prefill_base_s=kernel_s,
        prefill_token_s=PREFILL_OVER_PEAK * float(terms.prefill_s[0]),
        prefill_square_s=0.0,
        kv_tokens=kv_tokens,
        max_batch=max_batch,
        n_gpus=n_gpus,
        decode_w=decode_w,
        prefill_w=prefill_w,
    )
