"""The replica behind the years of inference: what it sustains, draws and makes people wait."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from wattport.arrays import FloatArray
from wattport.operation.compute_kernel import N_LOADS
from wattport.serving import silicon
from wattport.serving.aggregate import LEVELS_FRAC, LOADS_FRAC, ServingCurve, serving_curve
from wattport.serving.engine import Fleet
from wattport.serving.fleet_power import MEASURED_GPUS, measured_model
from wattport.serving.latency import replica_of
from wattport.serving.request import Trace
from wattport.serving.token_power import decode_power_w, measured, prefill_power_w
from wattport.spec import Spec

# Logarithm of the tokens of a request: standard deviation in the Azure conversations of 2023
# (19,366 requests, prompts of 1 to 14,050 tokens). Prompt and answer hardly depend on each other
# there: correlation of the logarithms 0.09.
PROMPT_SPREAD, OUTPUT_SPREAD = 0.985, 0.859
LONGEST_OVER_MEAN = 12.2
# Squared coefficient of variation of the intervals between those requests.
BURSTINESS = 1.2
PROMISED_LEVEL = 0.99  # the share of requests that a promise is kept for
# Of the servers on which power by batch was measured: a tenth of 700 W.
_IDLE_GPU_W = 70.0
_N_LENGTHS, _N_REPLICAS, _N_REQUESTS, _SEED = 20_000, 16, 8_000, 1
_N_TIMES = 257


@dataclass(frozen=True)
class Serving:
    """One replica at each of `N_LOADS` loads, from none to the most it sustains."""

    load_frac: FloatArray  # (load,) over the largest
    power_frac: FloatArray  # (load,) power above idle, over that at the largest load
    requests_per_gpu_s: float  # at the largest load
    ttft_s: FloatArray  # (load, level) at `LEVELS_FRAC`
    tpot_s: FloatArray  # (load, level)
    n_prompt_tokens: float  # mean of a request
    n_output_tokens: float
    weights_over_memory_frac: float = 0.0  # of the GPUs that share the model

    def promised_load_frac(self, ttft_slo_s: FloatArray, tpot_slo_s: FloatArray) -> FloatArray:
        """
        Largest load at which 99 of 100 requests meet both promises.

        Parameters
        ----------
        ttft_slo_s, tpot_slo_s : ndarray, shape (draw,)
            Promised time to the first token, and per further token. [s]

        Returns
        -------
        ndarray, shape (draw,)
            Over the largest load; 0 where even an idle replica is too slow.
        """
        limits = []
        for seconds, slo in ((self.ttft_s, ttft_slo_s), (self.tpot_s, tpot_slo_s)):
            late = np.array([np.interp(PROMISED_LEVEL, LEVELS_FRAC, row) for row in seconds])
            # Simulated tails wiggle; a heavier load is never quicker.
            limit = np.interp(slo, np.maximum.accumulate(late), self.load_frac, left=0.0)
            limits.append(np.where(slo >= late.max(), 1.0, limit))
        return np.asarray(np.minimum(*limits))


def serving(spec: Spec) -> Serving:
    """
    Play the replica of a spec, request by request, from idle to the most it sustains.

    Parameters
    ----------
    spec : Spec
        With `workload.inference`.

    Returns
    -------
    Serving

    Notes
    -----
    Times come from data sheets and fitted efficiencies (`serve.latency.replica_of`, weights in
    one byte), power from the measured traces of the model nearest in
    parameters (`serving.fleet_power.measured_model`), whose shape stands for this one.
    """
    work = spec.workload.inference
    lengths = request_lengths(work.n_prompt_tokens, work.n_output_tokens)
    near = measured_model(work.model.value)
    power = measured(near)
    idle_w = _IDLE_GPU_W * MEASURED_GPUS[near]
    replica = replica_of(
        work.model.value, work.accelerator.value, work.n_gpus_per_replica,
        max_batch=work.n_batch_max,
        decode_w=decode_power_w(power, work.n_batch_max, idle_w=idle_w),
        prefill_w=prefill_power_w(power),
    )  # fmt: skip
    curve = serving_curve(
        Fleet(replica, _N_REPLICAS), lengths, _SEED, n_requests=_N_REQUESTS, burstiness=BURSTINESS
    )
    memory_gb = float(silicon.table("accelerators")[work.accelerator.value]["memory_gb"])
    weights_gb = float(silicon.table("llm_models")[work.model.value]["total_gparam"])
    return replace(
        even_loads(curve, work.n_gpus_per_replica, float(lengths.n_input.mean())),
        weights_over_memory_frac=weights_gb / (memory_gb * work.n_gpus_per_replica),
    )


def request_lengths(n_prompt_tokens: float, n_output_tokens: float) -> Trace:
    """
    Lengths of requests with the wanted means, spread as in the Azure conversations.

    Parameters
    ----------
    n_prompt_tokens, n_output_tokens : float
        Mean tokens. [>= 1]

    Returns
    -------
    Trace
        Log-normal numbers, cut at 12.2 times the mean, as no longer prompt was seen.

    Examples
    --------
    >>> lengths = request_lengths(1155, 211)
    >>> abs(lengths.n_input.mean() / 1155 - 1) < 0.01, abs(lengths.n_output.mean() / 211 - 1) < 0.01
    (np.True_, np.True_)
    """
    stream = np.random.default_rng(np.random.SeedSequence(_SEED, spawn_key=(0x6C656E,)))
    tokens = []
    for mean, spread in ((n_prompt_tokens, PROMPT_SPREAD), (n_output_tokens, OUTPUT_SPREAD)):
        shape = np.minimum(np.exp(spread * stream.standard_normal(_N_LENGTHS)), 1e6)
        for _ in range(4):  # the cut takes some of the mean away
            shape = np.minimum(shape / shape.mean(), LONGEST_OVER_MEAN)
        tokens.append(np.maximum(np.rint(mean * shape), 1.0).astype(np.int64))
    return Trace(np.zeros(_N_LENGTHS), tokens[0], tokens[1])


def even_loads(curve: ServingCurve, n_gpus: int, n_prompt_tokens: float) -> Serving:
    """
    Put a curve of the load on an even grid, as shares.

    Parameters
    ----------
    curve : ServingCurve
        Of one replica.
    n_gpus : int
        That share it.
    n_prompt_tokens : float
        Mean of a request.

    Returns
    -------
    Serving
    """
    grid = np.linspace(0.0, 1.0, N_LOADS)
    known = curve.load_per_s / curve.load_per_s[-1]

    def ease(load: FloatArray) -> FloatArray:
        """Waits are straight in it, as in a queue: 1 / (1 - load over capacity)."""
        return np.asarray(1.0 / (1.0 - LOADS_FRAC[-1] * load))

    def on_grid(values: FloatArray) -> FloatArray:
        at, given = ease(grid), ease(known)
        return np.column_stack([np.interp(at, given, column) for column in values.T])

    rise_w = np.interp(grid, known, curve.power_w) - curve.power_w[0]
    return Serving(
        load_frac=grid,
        power_frac=rise_w / rise_w[-1],
        requests_per_gpu_s=curve.capacity_per_s / n_gpus,
        ttft_s=on_grid(curve.ttft_s),
        tpot_s=on_grid(curve.tpot_s),
        n_prompt_tokens=n_prompt_tokens,
        n_output_tokens=curve.tokens_per_request,
    )


def mixed_quantile_s(
    level_s: FloatArray, request_hours: FloatArray, prob_frac: float
) -> FloatArray:
    """
    Quantile over all requests of a year, which met different loads.

    Parameters
    ----------
    level_s : ndarray, shape (load, level)
        Time at `LEVELS_FRAC`, by load. [s]
    request_hours : ndarray, shape (..., load)
        Requests by the load they met.
    prob_frac : float
        [0 to 1]

    Returns
    -------
    ndarray, shape (...)
        NaN where there was no request. [s]

    Notes
    -----
    The distribution of a mixture is the weighted mean of distributions, tabled at 257 times.

    Examples
    --------
    >>> level = np.vstack([np.full(200, 1.0), np.linspace(1.0, 3.0, 200)])
    >>> times = mixed_quantile_s(level, np.array([[1.0, 0.0], [0.0, 5.0], [0.0, 0.0]]), 0.5)
    >>> times.round(2).tolist()
    [1.0, 2.0, nan]
    """
    low, high = max(float(level_s.min()), 1e-6), float(level_s.max())
    time = np.geomspace(low, high * (1.0 + 1e-9), _N_TIMES) if high > low else np.full(2, low)
    below = np.array([np.interp(time, row, LEVELS_FRAC, left=0.0, right=1.0) for row in level_s])
    weight = request_hours.sum(axis=-1)
    has_any = weight > 0.0
    share = request_hours[has_any] / weight[has_any, None]
    result = np.full(weight.shape, np.nan)
    # Not a product with BLAS: the bits of a row must not depend on how many there are.
    mixed = np.einsum("rl,lt->rt", share, below)
    result[has_any] = [np.interp(prob_frac, row, time) for row in mixed]
    return result
