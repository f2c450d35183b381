"""
Many futures of a plan: durations drawn, causes that happen, dates and costs of each.

A stream of random numbers belongs to the id of an activity or to the name of a cause, so
that neither the order nor the number of others moves it.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from wattport.arrays import BoolArray, FloatArray, IntArray
from wattport.errors import Finding, WattportError
from wattport.schedule.cpm_network import CpmProblem
from wattport.schedule.level_kernel import Sharing, play
from wattport.schedule.plan import Plan
from wattport.schedule.plan_check import PlanCode
from wattport.schedule.risk_cost import CostRates, cost_rates
from wattport.schedule.risk_register import Factor, RiskRegister, touched

_BLOCK = 500  # draws dated together: enough to share the making of streams, few enough to hold
_STREAM_ACTIVITY, _STREAM_HAPPENS, _STREAM_FACTOR, _STREAM_COST = 1, 2, 3, 4
_MOST_WORKERS = 4
_MOST_DURATIONS = 80_000_000  # drawn and kept, with two dates each, of eight bytes


@dataclass(frozen=True)
class Case:
    """A plan and its uncertainty as arrays over the activities that are work."""

    problem: CpmProblem
    sharing: Sharing
    rates: CostRates
    ids: tuple[str, ...]
    ranges: FloatArray  # (activity, 3)
    touches: BoolArray  # (cause, activity)
    watched: IntArray


@dataclass(frozen=True)
class Played:
    """What all draws of a register gave."""

    end_min: FloatArray  # (draw,)
    watched_min: FloatArray  # (draw, watched)
    cost: FloatArray  # (draw,)
    happens: BoolArray  # (draw, cause)
    factor: FloatArray  # (draw, cause)
    # The rest is empty unless wanted.
    duration_min: FloatArray  # (draw, activity)
    resume_min: FloatArray  # (draw, activity)
    finish_min: FloatArray  # (draw, activity)
    is_critical: BoolArray  # (draw, activity)


def pose(plan: Plan, register: RiskRegister, problem: CpmProblem, shared: Sharing) -> Case:
    """
    Lay a plan and its uncertainty out for the draws.

    Parameters
    ----------
    plan : Plan
        Sound, with work left.
    register : RiskRegister
        What is uncertain.
    problem : CpmProblem
        The plan's arrays.
    shared : Sharing
        Who shares what.

    Returns
    -------
    Case
        Open milestones are watched.

    Raises
    ------
    WattportError
        When no work is left, or patterns of the register mean no activity.
    """
    if not problem.remaining_min.any():
        raise WattportError(
            Finding(
                PlanCode.NOTHING_TO_DO,
                "no work remains in the plan: nothing is uncertain",
                path="project",
                remedy="choose a plan, or a project, with work to do",
            )
        )
    worked = problem.worked
    ranges = np.tile(np.array(register.uncertainty), (plan.n_activities, 1))
    meant = _meant(plan, register)
    for one, is_meant in zip(register.ranges, meant, strict=False):
        ranges[is_meant] = one.factor
    touches = [is_meant[worked] for is_meant in meant[len(register.ranges) :]]
    open_milestones = [
        j
        for j, i in enumerate(worked.tolist())
        if plan.activities[i].is_milestone and not plan.activities[i].is_done
    ]
    return Case(
        problem=problem,
        sharing=shared,
        rates=cost_rates(plan, problem, register),
        ids=tuple(plan.activities[i].id for i in worked.tolist()),
        ranges=ranges[worked],
        touches=np.array(touches, dtype=np.bool_).reshape(len(touches), worked.size),
        watched=np.array(open_milestones, dtype=np.int64),
    )


def _meant(plan: Plan, register: RiskRegister) -> list[BoolArray]:
    """Activities that each range and then each risk means; refuses all that mean none at once."""
    named = [(one.activities, f"ranges[{i}]") for i, one in enumerate(register.ranges)]
    named += [(risk.activities, risk.name) for risk in register.risks]
    found: list[BoolArray] = []
    refused: list[Finding] = []
    for patterns, name in named:
        try:
            found.append(touched(plan, patterns, name))
        except WattportError as refusal:
            refused += refusal.findings
    if refused:
        raise WattportError(refused)
    return found


def refuse_size(draws: int, n_activities: int) -> None:
    """Refuse what would not fit into memory."""
    if draws * n_activities > _MOST_DURATIONS:
        most = _MOST_DURATIONS // n_activities
        raise WattportError(
            Finding(
                PlanCode.TOO_MUCH,
                f"{draws} draws of {n_activities} activities do not fit into memory",
                path="--draws",
                value=draws,
                allowed=f"up to {most} draws of this plan",
                remedy=f"use --draws {min(1000, most)}",
            )
        )


def _uniform(seed: int, stream: int, name: str, first: int, n: int) -> FloatArray:
    """Numbers ``first .. first + n - 1`` of the stream that belongs to a name."""
    key = (stream, crc32(name.encode("utf-8", "surrogatepass")))
    bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key))
    return np.random.Generator(bits.advance(first)).random(n)


def triangular(u: FloatArray, factor: Factor | FloatArray) -> FloatArray:
    """
    Quantiles of a triangular distribution.

    Parameters
    ----------
    u : ndarray
        Probabilities. [0 .. 1]
    factor : tuple of float
        Lowest, likeliest and highest value; all the same give that value.

    Returns
    -------
    ndarray
        Of the shape of ``u``.

    Examples
    --------
    >>> triangular(np.array([0.0, 0.5, 1.0]), (0.0, 1.0, 2.0)).tolist()
    [0.0, 1.0, 2.0]
    """
    low, mode, high = (float(value) for value in factor)
    width = high - low
    if width <= 0.0:
        return np.full(u.shape, mode)
    split = (mode - low) / width
    rising = low + np.sqrt(u * width * (mode - low))
    falling = high - np.sqrt((1.0 - u) * width * (high - mode))
    return np.where(u < split, rising, falling)


def _drawn(
    case: Case, register: RiskRegister, seed: int, first: int, n: int
) -> tuple[FloatArray, BoolArray, FloatArray, FloatArray]:
    """Durations, causes that happen, their factors and what they cost, for some draws."""
    duration = np.empty((n, len(case.ids)))
    for j, name in enumerate(case.ids):
        planned = case.problem.remaining_min[j]
        if planned > 0.0 and case.ranges[j, 2] > case.ranges[j, 0]:
            u = _uniform(seed, _STREAM_ACTIVITY, name, first, n)
            duration[:, j] = planned * triangular(u, case.ranges[j])
        else:
            duration[:, j] = planned * case.ranges[j, 1]
    happens = np.zeros((n, len(register.risks)), dtype=np.bool_)
    factor = np.ones((n, len(register.risks)))
    cost = np.zeros(n)
    for k, risk in enumerate(register.risks):
        happens[:, k] = _uniform(seed, _STREAM_HAPPENS, risk.name, first, n) < risk.probability_frac
        size = triangular(_uniform(seed, _STREAM_FACTOR, risk.name, first, n), risk.factor)
        factor[:, k] = np.where(happens[:, k], size, 1.0)
        duration[:, case.touches[k]] *= factor[:, k : k + 1]
        if risk.cost[2] > 0.0:
            price = triangular(_uniform(seed, _STREAM_COST, risk.name, first, n), risk.cost)
            cost += np.where(happens[:, k], price, 0.0)
    return duration, happens, factor, cost


def run(
    case: Case, register: RiskRegister, draws: int, seed: int, *, is_full: bool = False
) -> Played:
    """
    Play all draws of a register, in blocks that give the same whatever runs beside them.

    Parameters
    ----------
    case : Case
        Of `pose`.
    register : RiskRegister
        The one of the case, or one with causes dealt with.
    draws, seed : int
        How many, and of which streams.
    is_full : bool
        Keep durations, dates and criticality of all activities.

    Returns
    -------
    Played
        In the order of the draws.
    """
    n, kept = len(case.ids), draws if is_full else 0
    played = Played(
        end_min=np.empty(draws),
        watched_min=np.empty((draws, case.watched.size)),
        cost=np.empty(draws),
        happens=np.zeros((draws, len(register.risks)), dtype=np.bool_),
        factor=np.ones((draws, len(register.risks))),
        duration_min=np.empty((kept, n)),
        resume_min=np.empty((kept, n)),
        finish_min=np.empty((kept, n)),
        is_critical=np.zeros((kept, n), dtype=np.bool_),
    )

    def block(first: int) -> None:
        part = slice(first, min(first + _BLOCK, draws))
        duration, happens, factor, cost = _drawn(case, register, seed, first, part.stop - first)
        played.happens[part], played.factor[part] = happens, factor
        play(
            duration, case.watched, case.problem.network, case.problem.table, case.sharing,
            played.watched_min[part], played.end_min[part], played.resume_min[part],
            played.finish_min[part], played.is_critical[part],
        )  # fmt: skip
        played.cost[part] = cost + case.rates.of(duration, played.end_min[part])
        if is_full:
            played.duration_min[part] = duration

    n_workers = min(os.cpu_count() or 1, _MOST_WORKERS)
    with ThreadPoolExecutor(n_workers) as pool:
        list(pool.map(block, range(0, draws, _BLOCK)))
    return played


def dated(case: Case, duration: FloatArray) -> tuple[float, FloatArray]:
    """End and watched finishes of one set of durations."""
    watched, end = np.empty((1, case.watched.size)), np.empty(1)
    none = np.empty((0, duration.size))
    play(
        duration[None, :], case.watched, case.problem.network, case.problem.table, case.sharing,
        watched, end, none, none, np.zeros((0, duration.size), dtype=np.bool_),
    )  # fmt: skip
    return float(end[0]), watched[0]


def mean_durations(case: Case, register: RiskRegister) -> FloatArray:
    """Mean of each duration, over its range and the causes that touch it."""
    mean = case.problem.remaining_min * case.ranges.mean(axis=1)
    for k, risk in enumerate(register.risks):
        stretch = 1.0 + risk.probability_frac * (sum(risk.factor) / 3.0 - 1.0)
        mean = mean * np.where(case.touches[k], stretch, 1.0)
    return np.asarray(mean, dtype=np.float64)
