"""
Power of a server that generates tokens, as a random process of time.

At a fixed maximum batch the measured power of an inference server is stationary
after its first second: a narrow floor of decoding with bursts of prefill above it. So
one distribution and one autocorrelation say all, and both move smoothly with
the logarithm of the batch; a batch that was never measured lies between its
neighbours.

References
----------
J.-W. Chung et al., "The ML.ENERGY Benchmark: Toward Automated Inference Energy
Measurement and Optimization", NeurIPS 2025 Datasets and Benchmarks: the traces.
M. C. Cario, B. L. Nelson, "Autoregressive to anything: time-series input
processes for simulation", Oper. Res. Lett. 19(2), 1996,
doi:10.1016/0167-6377(96)00017-X: the process.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import factorial

import numpy as np
from scipy.signal import fftconvolve
from scipy.special import ndtr, ndtri

from wattport.arrays import FloatArray
from wattport.errors import Finding, WattportError

SAMPLE_S = 0.1
N_LAGS = 12
_N_LEVELS = 64
LEVELS_FRAC = (np.arange(_N_LEVELS) + 0.5) / _N_LEVELS
_MEMORY_WIDTH = 1.2  # of ln(batch): memory is measured with too much noise to follow closely
_EDGE_TREND = 0.5  # share of the last slope that is trusted beyond the last batch measured
_N_HERMITE = 11
_N_FILTER = 256


@dataclass(frozen=True)
class TokenPower:
    """Power of one model on one server, at the batches that were measured."""

    batch: FloatArray  # ascending, shape (batch,)
    level_w: FloatArray  # power at `LEVELS_FRAC`, shape (batch, level)
    memory_frac: FloatArray  # autocorrelation at 1..N_LAGS samples of 0.1 s, shape (batch, lag)


def autocorrelation_frac(power_w: FloatArray, n_lags: int) -> FloatArray:
    """
    Autocorrelation of a series at lags 1 to ``n_lags`` samples.

    Examples
    --------
    >>> autocorrelation_frac(np.array([1.0, -1.0, 1.0, -1.0]), 2)
    array([-0.75,  0.5 ])
    """
    x = power_w - power_w.mean()
    whole = float(x @ x)
    if whole == 0.0:
        return np.zeros(n_lags)
    return np.array([x[k:] @ x[:-k] for k in range(1, n_lags + 1)]) / whole


def fit_token_power(traces_w: Mapping[int, FloatArray]) -> TokenPower:
    """
    Fit the process to measured traces of one model, one per maximum batch.

    Parameters
    ----------
    traces_w : mapping of int to ndarray
        Power sampled every 0.1 s, by maximum batch; two batches at least. [W]

    Returns
    -------
    TokenPower

    Examples
    --------
    >>> flat = fit_token_power({8: np.full(50, 500.0), 16: np.full(50, 540.0)})
    >>> float(mean_power_w(flat, 8))
    500.0
    """
    if len(traces_w) < 2:
        raise WattportError(
            Finding(
                "SRV010",
                f"{len(traces_w)} batch measured; a law of the batch needs two",
                remedy="add a trace at another maximum batch",
            )
        )
    batches = sorted(traces_w)
    return TokenPower(
        batch=np.array(batches, dtype=np.float64),
        level_w=np.array([np.quantile(traces_w[b], LEVELS_FRAC) for b in batches]),
        memory_frac=np.array([autocorrelation_frac(traces_w[b], N_LAGS) for b in batches]),
    )


@cache
def measured(model: str) -> TokenPower:
    """
    Fitted process of a model that was measured: Llama-3.1 8B, 70B or 405B on H100.

    Parameters
    ----------
    model : str
        ``"Llama-3.1-8B"`` (1 GPU), ``"Llama-3.1-70B"`` (4) or ``"Llama-3.1-405B"`` (8).

    Returns
    -------
    TokenPower
        Power of all its GPUs together; host and network are not in it.

    Examples
    --------
    >>> mean = mean_power_w(measured("Llama-3.1-70B"), 128)
    >>> bool(2100 < mean < 2250)
    True
    """
    with files("wattport.catalog").joinpath("gpu_power.csv").open(encoding="utf-8") as stream:
        table = [row for row in csv.DictReader(stream) if row["model"] == model]
    if not table:
        raise WattportError(
            Finding(
                "SRV011",
                f"no measured power of {model!r}",
                value=model,
                allowed="Llama-3.1-8B, Llama-3.1-70B, Llama-3.1-405B",
                remedy="fit your own traces with fit_token_power",
            )
        )
    names = table[0]
    shares = np.array([float(n[1:-2]) / 1000 for n in names if n.startswith("p")])
    level = np.array([[float(r[n]) for n in names if n.startswith("p")] for r in table])
    memory = np.array([[float(r[n]) for n in names if n.startswith("lag")] for r in table])
    return TokenPower(
        batch=np.array([float(r["batch"]) for r in table]),
        level_w=np.array([np.interp(LEVELS_FRAC, shares, row) for row in level]),
        memory_frac=memory,
    )


def _level_w(power: TokenPower, batch: float) -> FloatArray:
    """Quantiles of power at any batch: straight between neighbours in ln(batch)."""
    known = np.log(power.batch)
    k = int(np.clip(np.searchsorted(known, np.log(batch)) - 1, 0, known.size - 2))
    u = (np.log(batch) - known[k]) / (known[k + 1] - known[k])
    if u < 0.0:
        u *= _EDGE_TREND
    elif u > 1.0:
        u = 1.0 + (u - 1.0) * _EDGE_TREND
    levels: FloatArray = np.sort((1.0 - u) * power.level_w[k] + u * power.level_w[k + 1])
    return np.maximum(levels, 0.0)


def mean_power_w(power: TokenPower, batch: float) -> float:
    """Mean power in W at a maximum batch."""
    return float(_level_w(power, batch).mean())


def peak_power_w(power: TokenPower, batch: float, share_frac: float = 0.95) -> float:
    """Power exceeded in ``1 - share_frac`` of the time at a maximum batch, in W."""
    return float(np.interp(share_frac, LEVELS_FRAC, _level_w(power, batch)))


def decode_power_w(power: TokenPower, max_batch: int, idle_w: float) -> tuple[float, ...]:
    """
    Power at each batch from none to the largest, as a replica of the engine wants it.

    The median of each batch stands for decoding: bursts of prefill are counted apart, with
    `prefill_power_w`. Below the smallest batch measured it rises straight, in ln(batch), from
    half way between idle and that batch: a single request already keeps the memory busy.

    Parameters
    ----------
    power : TokenPower
    max_batch : int
    idle_w : float
        Without any request.

    Returns
    -------
    tuple of float, length max_batch + 1

    Examples
    --------
    >>> watts = decode_power_w(measured("Llama-3.1-70B"), 64, idle_w=400.0)
    >>> len(watts), watts[0], bool(watts[1] < watts[8] < watts[64])
    (65, 400.0, True)
    """
    first = float(power.batch[0])
    medians = [peak_power_w(power, b, 0.5) for b in power.batch]
    known = np.concatenate(([0.0], np.log(power.batch)))
    value = np.concatenate(([0.5 * (idle_w + medians[0])], medians))
    if first <= 1.0:
        known, value = known[1:], value[1:]
    return (idle_w, *np.interp(np.log(np.arange(1, max_batch + 1)), known, value).tolist())


def prefill_power_w(power: TokenPower) -> float:
    """
    Power of prefill: what the bursts reach, the median over batches of the 99th percentile.

    Examples
    --------
    >>> bool(2600 < prefill_power_w(measured("Llama-3.1-70B")) < 2900)
    True
    """
    return float(np.median([peak_power_w(power, b, 0.99) for b in power.batch]))


def _memory_frac(power: TokenPower, batch: float) -> FloatArray:
    weight = np.exp(-0.5 * (np.log(power.batch / batch) / _MEMORY_WIDTH) ** 2)
    memory: FloatArray = weight @ power.memory_frac / weight.sum()
    return memory


def _latent_memory(levels_w: FloatArray, memory_frac: FloatArray) -> FloatArray:
    """Autocorrelation of the normal process whose transform has the wanted one."""
    z = ndtri((np.arange(512) + 0.5) / 512)
    y = np.interp(ndtr(z), LEVELS_FRAC, levels_w)
    hermite = [np.ones_like(z), z]
    for k in range(2, _N_HERMITE + 1):
        hermite.append(z * hermite[-1] - (k - 1) * hermite[-2])
    part = np.array([(y * hermite[k]).mean() ** 2 / factorial(k) for k in range(1, _N_HERMITE + 1)])
    if part.sum() <= 0.0:
        return np.zeros_like(memory_frac)
    latent = np.linspace(-0.98, 0.99, 400)
    seen = sum(p * latent ** (k + 1) for k, p in enumerate(part / part.sum()))
    return np.interp(memory_frac, np.asarray(seen), latent)


def _filter(memory_frac: FloatArray) -> FloatArray:
    """Symmetric filter that gives white noise this memory, or the nearest one that exists."""
    series = np.zeros(_N_FILTER)
    series[0] = 1.0
    series[1 : memory_frac.size + 1] = memory_frac
    series[-memory_frac.size :] = memory_frac[::-1]
    # A transform of estimates need not be an autocorrelation: negative power is cut off.
    spectrum = np.maximum(np.fft.rfft(series).real, 0.0)
    weight = np.fft.fftshift(np.fft.irfft(np.sqrt(spectrum), _N_FILTER))
    normed: FloatArray = weight / np.sqrt((weight**2).sum())
    return normed


def power_trace_w(power: TokenPower, batch: float, n_samples: int, seed: int) -> FloatArray:
    """
    Generate power of a server that runs at a maximum batch, sampled every 0.1 s.

    Parameters
    ----------
    power : TokenPower
    batch : float
        Maximum batch; beyond the measured range half of the last trend is continued. [>= 1]
    n_samples : int
        Samples of 0.1 s. [>= 0]
    seed : int
        Same seed, same trace.

    Returns
    -------
    ndarray, shape (sample,)
        [W, >= 0]

    Notes
    -----
    ``P = Q(Phi(z))``: ``Q`` are the quantiles of power at this batch and ``z`` is
    filtered normal noise whose memory gives ``P`` the wanted one up to 1.2 s (its Hermite
    series inverted), and none beyond. Start-up and drain are not in it: the traces
    hold steady serving.

    Examples
    --------
    >>> trace = power_trace_w(measured("Llama-3.1-8B"), 48, 1000, seed=7)
    >>> bool(abs(trace.mean() / mean_power_w(measured("Llama-3.1-8B"), 48) - 1) < 0.02)
    True
    """
    levels = _level_w(power, batch)
    weight = _filter(_latent_memory(levels, _memory_frac(power, batch)))
    stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(round(batch),)))
    shocks = stream.standard_normal(n_samples + _N_FILTER - 1)
    latent = fftconvolve(shocks, weight, mode="valid")
    trace_w: FloatArray = np.interp(ndtr(latent), LEVELS_FRAC, levels)
    return trace_w
