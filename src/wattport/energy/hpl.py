"""Power of a High-Performance Linpack job: ramp, plateau, decay of the trailing matrix, dips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wattport.arrays import FloatArray

RISEN_FRAC = 0.95  # of the plateau: the ramp is over
LEAST_MEAN_ACTIVITY_FRAC = 2.0 / 3.0


@dataclass(frozen=True)
class Dip:
    """A stop for synchronisation: all processors wait and power falls."""

    start_s: float  # from the start of the run
    length_s: float
    depth_frac: float  # share of the activity that is lost


@dataclass(frozen=True)
class HplRun:
    """One run of HPL on a machine, with all that shapes its power."""

    start_s: float
    duration_s: float
    idle_w: float
    full_w: float  # while the update of the trailing matrix hides all else
    crossover_frac: float  # size of the trailing matrix where it no longer does, over the first
    ramp_s: float = 0.0
    dips: tuple[Dip, ...] = ()


def crossover_frac(mean_activity_frac: float) -> float:
    """
    Size of the trailing matrix at which the update stops hiding the rest.

    The update of a trailing matrix of size `m` takes a time in proportion to ``m**2``; panel
    factorisation, broadcast and row swaps run beside it and take a time in proportion to `m`.
    Above the crossover the processors are always busy; below it they wait. The mean activity
    over the run tells where the crossover lies, and a run's mean power is what lists publish.

    Parameters
    ----------
    mean_activity_frac : float
        ``(mean power - idle) / (plateau - idle)`` of a run. [2/3 to 1]

    Returns
    -------
    float
        ``(2 (1 / A - 1))**(1/3)``. [0 to 1]

    Notes
    -----
    Unit of time: the update's rate. Update-bound part: ``(1 - c**3) / 3``; the rest takes
    ``c**3 / 2`` and does the work of ``c**3 / 3``; so ``A = 1 / (1 + c**3 / 2)``.

    References
    ----------
    Chalmers et al., "Optimizing high-performance Linpack for exascale accelerated
    architectures", arXiv:2304.10397 (what the update hides).

    Examples
    --------
    >>> round(crossover_frac(0.9), 3)
    0.606
    """
    activity = min(max(mean_activity_frac, LEAST_MEAN_ACTIVITY_FRAC), 1.0)
    return float((2.0 * (1.0 / activity - 1.0)) ** (1.0 / 3.0))


def plateau_frac(crossover: float) -> float:
    """
    Share of the run during which the processors are always busy.

    Examples
    --------
    >>> plateau_frac(0.0), round(plateau_frac(0.606), 3)
    (1.0, 0.7)
    """
    cube = crossover**3
    return (1.0 - cube) / (1.0 + 0.5 * cube)


def busy_s(run: HplRun, elapsed_s: ArrayLike) -> FloatArray:
    """
    Integral of the activity since the start of a run, without ramp and dips.

    Parameters
    ----------
    run : HplRun
        Its duration and crossover.
    elapsed_s : array_like
        From the start of the run; cut to the run. [s]

    Returns
    -------
    ndarray
        [s]

    Notes
    -----
    Below the crossover a column takes a time in proportion to `m`, so that ``m**2``, hence the
    square of the activity, falls linearly to zero: activity ``sqrt(1 - (t - t1) / tau)``, which
    integrates in closed form.

    Examples
    --------
    >>> run = HplRun(0.0, 100.0, 0.0, 1.0, 1.0)
    >>> busy_s(run, [0.0, 50.0, 100.0]).round(3)
    array([ 0.   , 43.096, 66.667])
    """
    elapsed = np.clip(np.asarray(elapsed_s, np.float64), 0.0, run.duration_s)
    plateau_s = run.duration_s * plateau_frac(run.crossover_frac)
    decay_s = max(run.duration_s - plateau_s, 1e-12)
    left = np.clip(1.0 - (elapsed - plateau_s) / decay_s, 0.0, 1.0)
    return np.asarray(np.minimum(elapsed, plateau_s) + decay_s * (1.0 - left**1.5) / 1.5)


def hpl_power_w(run: HplRun, edge_s: ArrayLike) -> FloatArray:
    """
    Mean power of an HPL run between given times, exact for any step.

    Parameters
    ----------
    run : HplRun
        The run.
    edge_s : array_like, shape (time + 1,)
        Rising times. [s]

    Returns
    -------
    ndarray, shape (time,)
        Idle power, plus activity times the rise to the plateau. [W]

    Notes
    -----
    The activity's integral is known in closed form: the ramp, linear over `ramp_s` inside the
    plateau, takes a parabola from it; a dip takes its depth from the part of the integral it
    covers. Means of any step are its differences, so that the energy does not depend on it.

    Examples
    --------
    >>> run = HplRun(10.0, 100.0, 1.0, 3.0, 0.8, ramp_s=10.0, dips=(Dip(20.0, 10.0, 0.5),))
    >>> hpl_power_w(run, [0.0, 10.0, 20.0, 30.0, 40.0]).round(3)
    array([1., 2., 3., 2.])
    """
    edge = np.asarray(edge_s, np.float64)
    elapsed = edge - run.start_s
    active = busy_s(run, elapsed)
    if run.ramp_s > 0.0:
        risen = np.clip(elapsed / run.ramp_s, 0.0, 1.0)
        active = active - run.ramp_s * (risen - 0.5 * risen**2)
    for dip in run.dips:
        begin, end = dip.start_s, dip.start_s + dip.length_s
        covered = busy_s(run, np.clip(elapsed, begin, end)) - busy_s(run, begin)
        active = active - dip.depth_frac * covered
    mean = np.diff(active) / np.diff(edge)
    return np.asarray(run.idle_w + (run.full_w - run.idle_w) * mean)


def calibrate_hpl(
    edge_s: ArrayLike, measured_w: ArrayLike, start_s: float, duration_s: float, mean_w: float
) -> HplRun:
    """
    Set up a run from measured power of its beginning and the mean power of such runs.

    Parameters
    ----------
    edge_s : array_like, shape (time + 1,)
        Edges of the samples: some before the start, the others well inside the plateau. [s]
    measured_w : array_like, shape (time,)
        Mean power of each sample. [W]
    start_s, duration_s : float
        Of the run, as its job record tells. [s]
    mean_w : float
        Mean power of an HPL run on this machine. [W]

    Returns
    -------
    HplRun
        Idle power is the mean before the start; the plateau the median after the ramp; the
        ramp's length follows from the energy it lacks.

    Examples
    --------
    >>> true = HplRun(31.0, 1000.0, 7.0, 25.0, 0.7, ramp_s=4.0)
    >>> edge = np.arange(0.0, 1051.0, 15.0)
    >>> power = hpl_power_w(true, edge)
    >>> mean_w = 7.0 + 18.0 / (1.0 + 0.5 * 0.7**3)
    >>> found = calibrate_hpl(edge[:20], power[:19], 31.0, 1000.0, mean_w)
    >>> round(found.full_w, 3), round(found.crossover_frac, 3), round(found.ramp_s, 3)
    (25.0, 0.7, 4.0)
    """
    edge = np.asarray(edge_s, np.float64)
    measured = np.asarray(measured_w, np.float64)
    idle_w = float(measured[edge[1:] <= start_s].mean())
    first = int(np.searchsorted(edge, start_s, side="right")) - 1
    full_w = float(np.median(measured[first + 1 :]))
    risen = first + int(np.argmax(measured[first:] >= RISEN_FRAC * full_w))
    span_s = float(edge[risen]) - start_s
    above_idle_j = float(
        np.sum((measured[first:risen] - idle_w) * np.diff(edge[first : risen + 1]))
    )
    ramp_s = max(2.0 * (span_s - above_idle_j / (full_w - idle_w)), 0.0)
    activity = (mean_w - idle_w) / (full_w - idle_w)
    return HplRun(start_s, duration_s, idle_w, full_w, crossover_frac(activity), ramp_s)
