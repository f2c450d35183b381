"""Failures of a large training machine, and what they cost the jobs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray

S_PER_DAY = 86_400.0
LLAMA3_INTERRUPTIONS = 419
LLAMA3_DAYS = 54
LLAMA3_GPUS = 16_384


@dataclass(frozen=True)
class FailureKind:
    """One cause of interruptions."""

    name: str
    share_frac: float
    mean_repair_h: float  # 0: only the job stops, the node stays in order


# Shares as table 5 of the Llama 3 report prints them. They sum to 0.948: 148 faulty GPUs are
# 35.3 % of 419, not the printed 30.1 %; the last line takes what is missing. Times to repair are
# guesses: a reset and a test, a day for a part, an hour for a host.
LLAMA3_KINDS = (
    FailureKind("GPU", 0.301, 24.0),
    FailureKind("HBM", 0.172, 24.0),
    FailureKind("software", 0.129, 0.0),
    FailureKind("network", 0.084, 4.0),
    FailureKind("host maintenance", 0.076, 1.0),
    FailureKind("other", 0.238, 8.0),
)


@dataclass(frozen=True)
class Failures:
    """How often things fail, and how they are repaired."""

    per_gpu_day: float = LLAMA3_INTERRUPTIONS / (LLAMA3_DAYS * LLAMA3_GPUS)
    kinds: tuple[FailureKind, ...] = LLAMA3_KINDS
    most_interruptions: int = 1_000_000  # of one job, before it is given up


NO_FAILURES = Failures(per_gpu_day=0.0)


def mean_time_to_interrupt_h(n_gpus: ArrayLike, per_gpu_day: ArrayLike) -> FloatArray:
    """
    Mean time between interruptions of a job that needs all its GPUs.

    Parameters
    ----------
    n_gpus : array_like
        GPUs of the job. [>= 1]
    per_gpu_day : array_like
        Failures that stop the job, per GPU and day. [1/day, > 0]

    Returns
    -------
    ndarray
        ``24 / (n r)``. [h]

    References
    ----------
    Llama team, "The Llama 3 herd of models", arXiv:2407.21783 (2024), section 3.3.4.

    Examples
    --------
    >>> round(float(mean_time_to_interrupt_h(16_384, Failures().per_gpu_day)), 2)
    3.09
    """
    rate = np.asarray(n_gpus, np.float64) * np.asarray(per_gpu_day, np.float64)
    return np.asarray(24.0 / rate)


def checkpoint_cycle_s(checkpoint_s: ArrayLike, between_failures_s: ArrayLike) -> FloatArray:
    """
    Computing time between checkpoints that loses least.

    Rare checkpoints lose much work at a failure, frequent ones cost time always.

    Parameters
    ----------
    checkpoint_s : array_like
        Time for which a checkpoint stops the job. [s, > 0, well below the next]
    between_failures_s : array_like
        Mean time between interruptions of the job. [s]

    Returns
    -------
    ndarray
        ``sqrt(2 C M)``, the first-order optimum, for ``C << M``. [s]

    References
    ----------
    J. W. Young, "A first order approximation to the optimum checkpoint interval",
    Commun. ACM 17(9), 1974, doi:10.1145/361147.361115.

    Examples
    --------
    >>> round(float(checkpoint_cycle_s(30.0, 11_000.0)))
    812
    """
    product = np.asarray(checkpoint_s, np.float64) * np.asarray(between_failures_s, np.float64)
    return np.asarray(np.sqrt(2.0 * product))


def effective_training_frac(
    cycle_s: ArrayLike, checkpoint_s: ArrayLike, restart_s: ArrayLike, between_failures_s: ArrayLike
) -> FloatArray:
    """
    Share of a job's time that makes lasting progress, under exponential failures.

    Parameters
    ----------
    cycle_s, checkpoint_s : array_like
        Computing between checkpoints; time of one. [s, > 0; >= 0]
    restart_s : array_like
        Lost at each restart before work resumes; may itself be interrupted. [s]
    between_failures_s : array_like
        Mean time between interruptions while the job holds its nodes. [s]

    Returns
    -------
    ndarray
        ``cycle / E``, with the mean time of one saved cycle
        ``E = M exp(R / M) (exp((cycle + C) / M) - 1)``.

    Notes
    -----
    Daly's exact form for restarts from the last checkpoint; the job waits for no nodes.

    References
    ----------
    J. T. Daly, "A higher order estimate of the optimum checkpoint interval for restart dumps",
    Future Gener. Comput. Syst. 22(3), 2006, doi:10.1016/j.future.2004.11.016.

    Examples
    --------
    >>> round(float(effective_training_frac(812.0, 30.0, 300.0, 11_136.0)), 3)
    0.904
    """
    cycle = np.asarray(cycle_s, np.float64)
    mean = np.asarray(between_failures_s, np.float64)
    restart = np.exp(np.asarray(restart_s, np.float64) / mean)
    one = mean * restart * np.expm1((cycle + np.asarray(checkpoint_s, np.float64)) / mean)
    return np.asarray(cycle / one)


def model_flops_utilisation_frac(
    tokens_per_s: ArrayLike, n_parameters: ArrayLike, n_gpus: ArrayLike, peak_tflop_per_s: ArrayLike
) -> FloatArray:
    """
    Model FLOPS utilisation (MFU) of a dense transformer in training.

    Parameters
    ----------
    tokens_per_s : array_like
        Of the whole job. [1/s]
    n_parameters : array_like
        Of the model, each used for every token.
    n_gpus : array_like
        GPUs of the job.
    peak_tflop_per_s : array_like
        Dense peak of one GPU at the precision trained in. [TFLOP/s]

    Returns
    -------
    ndarray
        ``6 N tokens / (n peak)``: forward and backward pass, attention left out.

    References
    ----------
    A. Chowdhery et al., "PaLM", arXiv:2204.02311 (2022), appendix B.

    Examples
    --------
    >>> round(float(model_flops_utilisation_frac(2.7e6, 405e9, 16_384, 989.0)), 3)
    0.405
    """
    work = 6.0 * np.asarray(n_parameters, np.float64) * np.asarray(tokens_per_s, np.float64)
    peak = np.asarray(n_gpus, np.float64) * np.asarray(peak_tflop_per_s, np.float64) * 1e12
    return np.asarray(work / peak)
