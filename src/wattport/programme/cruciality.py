"""How often, and how strongly, an activity or a cause moves a milestone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import AnyArray, FloatArray, IntArray
from wattport.equations.sensitivity import rank_correlation
from wattport.programme.activity_network import Network
from wattport.programme.cause import Charge
from wattport.programme.milestone import NO_HALL

_DRAWS_MIN = 3  # fewer cannot be ranked


@dataclass(frozen=True)
class Crucial:
    """Shares and strengths by milestone."""

    task_criticality_frac: FloatArray  # (milestone, task)
    task_cruciality_frac: FloatArray  # (milestone, task)
    cause_criticality_frac: FloatArray  # (milestone, cause)
    cause_cruciality_frac: FloatArray  # (milestone, cause)


def cruciality(
    charged: Charge, duration_days: FloatArray, network: Network, hall: IntArray, day: FloatArray
) -> Crucial:
    """
    Criticality and cruciality of tasks and causes for each milestone.

    An activity may always be on the driving chain and yet, being as long in every future,
    tell nothing about when the end will be. Cruciality is high only where both hold.

    Parameters
    ----------
    charged : Charge
        Chains and days of each hall.
    duration_days : ndarray, shape (draw, job)
        Working days.
    network : Network
        Jobs.
    hall : ndarray of int, shape (draw, milestone)
        Hall that decides each milestone; -1: none.
    day : ndarray, shape (draw, milestone)
        Its day.

    Returns
    -------
    Crucial
        Criticality: share of draws in which the task lies on the driving chain of the hall
        that decides the milestone; of a cause, in which days of the chain are charged to it.
        Cruciality: criticality x rank correlation of the task's duration in that hall, or of
        the cause's days, with the milestone's day; from -1 to 1, NaN below three draws.

    References
    ----------
    T. M. Williams, "Criticality in stochastic networks", Journal of the Operational Research
    Society 43(4), 1992 (cruciality as a correlation of duration and finish).
    """
    n_draws, n_site = duration_days.shape[0], network.n_site_tasks
    halls = duration_days[:, network.n_site :].reshape(n_draws, network.n_halls, network.n_template)
    site = np.broadcast_to(
        duration_days[:, None, network.first_site_job()], (n_draws, network.n_halls, n_site)
    )
    task_days = np.concatenate((site, halls), axis=2)
    task = _by_milestone(charged.is_driving, task_days, hall, day)
    cause = _by_milestone(charged.cause_days > 0.0, charged.cause_days, hall, day)
    return Crucial(*task, *cause)


def _by_milestone(
    is_critical: AnyArray, days: FloatArray, hall: IntArray, day: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Criticality and cruciality of things (draw, hall, thing); both (milestone, thing)."""
    share = np.zeros((hall.shape[1], days.shape[2]))
    strength = np.full(share.shape, np.nan)
    for m in range(hall.shape[1]):
        draw = np.flatnonzero(hall[:, m] != NO_HALL)
        if draw.size == 0:
            continue
        mine = hall[draw, m]
        share[m] = is_critical[draw, mine].mean(axis=0)
        if draw.size >= _DRAWS_MIN:
            strength[m] = share[m] * rank_correlation(days[draw, mine], day[draw, m])
    return share, strength
