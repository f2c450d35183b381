"""Power of hosts from their utilisation, calibrated on a measured day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from wattport.arrays import FloatArray
from wattport.energy.host_kernel import count_running

N_LEVELS = 65
EXPONENT_RANGE = (0.05, 2.0)


@dataclass(frozen=True)
class HostPower:
    """
    Power of one host as a power law of its utilisation.

    Examples
    --------
    >>> HostPower(idle_w=30.0, full_w=180.0, exponent=0.5).power_w([0.0, 0.25, 1.0])
    array([ 30., 105., 180.])
    """

    idle_w: float
    full_w: float
    exponent: float  # below 1: the first cores wake the package and run at the highest clock

    def power_w(self, usage_frac: ArrayLike) -> FloatArray:
        """Return the power at a utilisation, in the shape of the latter."""
        usage = np.asarray(usage_frac, np.float64)
        return np.asarray(self.idle_w + (self.full_w - self.idle_w) * usage**self.exponent)


@dataclass(frozen=True)
class HostLoad:
    """How many hosts run at which utilisation, step by step."""

    step_s: float
    usage_frac: FloatArray  # (level,)
    running: FloatArray  # (time, level)

    def __len__(self) -> int:
        """Give the number of steps."""
        return int(self.running.shape[0])

    def between(self, begin: int, end: int) -> HostLoad:
        """Return the steps from `begin` up to `end`."""
        return HostLoad(self.step_s, self.usage_frac, self.running[begin:end])


def host_load(
    start_s: ArrayLike,
    n_samples: ArrayLike,
    usage_frac: ArrayLike,
    step_s: float,
    n_steps: int,
    n_levels: int = N_LEVELS,
) -> HostLoad:
    """
    Count running hosts by time and utilisation, each task on a host of its own.

    The table is all that power needs, however many tasks there are: its size depends on the
    steps, not on the tasks.

    Parameters
    ----------
    start_s : array_like, shape (task,)
        Start from the first step. [s, >= 0]
    n_samples : array_like, shape (task,)
        Samples of each task.
    usage_frac : array_like, shape (sample,)
        Utilisation of the host, task after task, one sample a step. [0 to 1]
    step_s : float
        Length of a step and of a sample. [s, > 0]
    n_steps : int
        Steps to count; later samples are dropped.
    n_levels : int
        Levels of utilisation. [>= 2]

    Returns
    -------
    HostLoad
        With the number of hosts and the mean of their utilisation exact.

    Examples
    --------
    >>> load = host_load([0.0, 15.0], [2, 1], [1.0, 0.5, 0.0], 30.0, 3)
    >>> load.running.sum(axis=1)
    array([1.5, 1.5, 0. ])
    >>> load.running @ load.usage_frac
    array([1. , 0.5, 0. ])
    """
    first = np.concatenate([[0], np.cumsum(np.asarray(n_samples, np.int64))])
    running = np.zeros((n_steps, n_levels))
    count_running(
        first.astype(np.int64),
        np.asarray(start_s, np.float64) / step_s,
        np.asarray(usage_frac, np.float64),
        running,
    )
    return HostLoad(step_s, np.linspace(0.0, 1.0, n_levels) ** 2, running)


def cluster_power_w(host: HostPower, load: HostLoad, n_hosts: int) -> FloatArray:
    """
    Power of all hosts of a cluster, those without a task idling.

    Parameters
    ----------
    host : HostPower
        Of one host.
    load : HostLoad
        Running hosts.
    n_hosts : int
        Hosts switched on.

    Returns
    -------
    ndarray, shape (time,)
        ``n_hosts P_idle + sum over running hosts of (P - P_idle)``. [W]

    Examples
    --------
    >>> load = host_load([0.0], [2], [1.0, 0.25], 30.0, 3)
    >>> cluster_power_w(HostPower(30.0, 180.0, 0.5), load, 10)
    array([450., 375., 300.])
    """
    rise_w = (host.full_w - host.idle_w) * load.usage_frac**host.exponent
    return np.asarray(n_hosts * host.idle_w + load.running @ rise_w)


def calibrate_host(load: HostLoad, measured_w: ArrayLike, n_hosts: int) -> HostPower:
    """
    Fit the power of a host to the measured power of its cluster.

    For each exponent the idle and full power follow by least squares of the relative error;
    the exponent with the smallest error is then found by bounded search.

    Parameters
    ----------
    load : HostLoad
        Running hosts over the time of calibration.
    measured_w : array_like, shape (time,)
        Power of the whole cluster. [W, > 0]
    n_hosts : int
        Hosts switched on.

    Returns
    -------
    HostPower
        Three numbers; nothing depends on the time of day.

    Notes
    -----
    The power law was chosen among six forms (linear, quadratic, saturating, with and without a
    step at waking) by cross-validation in four blocks of the day of calibration alone.

    References
    ----------
    Fan, Weber, Barroso, "Power provisioning for a warehouse-sized computer", ISCA 2007 (a
    power law in utilisation added to the linear form).

    Examples
    --------
    >>> usage = np.linspace(0.0, 1.0, 50)
    >>> load = host_load([0.0, 0.0], [50, 20], np.concatenate([usage, usage[:20]]), 30.0, 50)
    >>> true = HostPower(30.0, 180.0, 0.5)
    >>> found = calibrate_host(load, cluster_power_w(true, load, 10), 10)
    >>> round(found.idle_w, 2), round(found.full_w, 2), round(found.exponent, 3)
    (30.0, 180.0, 0.5)
    """
    measured = np.asarray(measured_w, np.float64)

    def solve(exponent: float) -> tuple[float, FloatArray]:
        rise = load.running @ load.usage_frac**exponent
        terms = np.stack([np.full(rise.size, float(n_hosts)), rise], axis=1) / measured[:, None]
        found, _, _, _ = np.linalg.lstsq(terms, np.ones(rise.size), rcond=None)
        return float(np.sum((terms @ found - 1.0) ** 2)), np.asarray(found, np.float64)

    best = minimize_scalar(
        lambda exponent: solve(exponent)[0],
        bounds=EXPONENT_RANGE,
        method="bounded",
        options={"xatol": 1e-7},
    )
    exponent = float(best.x)
    idle_w, span_w = (float(value) for value in solve(exponent)[1])
    return HostPower(idle_w, idle_w + span_w, exponent)


def mean_absolute_error_frac(predicted: ArrayLike, measured: ArrayLike) -> float:
    """
    Mean of the absolute error over the measured value (MAPE, as a fraction).

    Examples
    --------
    >>> round(mean_absolute_error_frac([90.0, 110.0], [100.0, 100.0]), 9)
    0.1
    """
    true = np.asarray(measured, np.float64)
    return float(np.mean(np.abs(np.asarray(predicted, np.float64) / true - 1.0)))
