"""
Risk analysis of anybody's schedule.

Durations are drawn, every draw is dated on the calendars, and the ends are
compared with those in which one cause at a time is taken away. The same random
numbers are used each time, so that the difference is the cause's alone.

References
----------
AACE International, Recommended Practice 57R-09, "Integrated cost and schedule
risk analysis using risk drivers and Monte Carlo simulation of a CPM model".
D. T. Hulett, "Practical Schedule Risk Analysis", Gower 2009.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from wattport.build.cpm import critical_path
from wattport.build.cpm_kernel import play
from wattport.build.cpm_network import CpmProblem, compiled, day_of_minute, widened
from wattport.build.plan import Plan
from wattport.build.plan_check import PlanCode
from wattport.build.risk_register import (
    AS_PLANNED,
    Factor,
    RiskRegister,
    mitigated,
    touched,
    without,
)
from wattport.build.risk_result import (
    ActivityRisk,
    CauseRisk,
    MilestoneRisk,
    RiskResult,
)
from wattport.errors import Finding, WattportError
from wattport.records import quantile
from wattport.records.record import BoolArray, FloatArray, IntArray

BACKGROUND = "uncertainty of durations"
_BLOCK = 500  # draws dated together: enough to share the making of streams, few enough to hold
_STREAM_ACTIVITY, _STREAM_HAPPENS, _STREAM_FACTOR = 1, 2, 3
_PAST_THE_CALENDARS = 1e14
_MOST_WORKERS = 4
_MOST_DURATIONS = 200_000_000  # drawn and kept, of eight bytes each


@dataclass(frozen=True)
class _Case:
    """A plan and its uncertainty as arrays over the activities that are work."""

    problem: CpmProblem
    ids: tuple[str, ...]
    ranges: FloatArray  # (activity, 3)
    touches: BoolArray  # (cause, activity)
    watched: IntArray


@dataclass(frozen=True)
class _Played:
    """What all draws of a register gave."""

    end_min: FloatArray  # (draw,)
    watched_min: FloatArray  # (draw, watched)
    duration_min: FloatArray  # (draw, activity), empty unless wanted
    is_critical: BoolArray  # (draw, activity), empty unless wanted
    happens: BoolArray  # (draw, cause)
    factor: FloatArray  # (draw, cause)


def analyse(plan: Plan, register: RiskRegister, *, draws: int = 1000, seed: int = 7) -> RiskResult:
    """
    Find out when a plan really ends, and why.

    Parameters
    ----------
    plan : Plan
        From anywhere.
    register : RiskRegister
        Ranges of durations, and the causes that stretch them.
    draws : int
        Futures played. [>= 1]
    seed : int
        Start of all random streams. A stream belongs to the id of an activity or to the name
        of a cause, so that neither the order nor the number of others moves it.

    Returns
    -------
    RiskResult
        By milestone, by activity and by cause.

    Raises
    ------
    WattportError
        When the plan cannot be dated, has no work left, or a risk touches nothing.

    Notes
    -----
    Remaining duration = planned x a triangular factor of the activity x the factors of the
    causes that happen and touch it. Crews are not shared out: a plan with its resource links
    drawn in is taken as it stands.
    """
    case = _case(plan, register)
    _refuse_size(draws, len(case.ids))
    planned = critical_path(plan)
    base = _run(case, register, draws, seed, is_full=True)
    while float(base.end_min.max()) > _PAST_THE_CALENDARS:
        case = _case(plan, register, widened(plan, case.problem))
        base = _run(case, register, draws, seed, is_full=True)
    after = _run(case, mitigated(register), draws, seed)
    mean = _dated(case, _mean_durations(case, register))
    causes = _causes(case, register, base, draws, seed)
    return RiskResult(
        plan=plan.name,
        draws=draws,
        seed=seed,
        planned_end_day=planned.end_day,
        end_day=day_of_minute(base.end_min),
        mitigated_end_day=day_of_minute(after.end_min),
        milestones=_milestones(plan, case, planned.finish_day, base, after, mean),
        activities=_activities(plan, case, base),
        causes=tuple(sorted(causes, key=lambda cause: -cause.p80_days)),
    )


def _case(plan: Plan, register: RiskRegister, problem: CpmProblem | None = None) -> _Case:
    problem = problem or compiled(plan)
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
    return _Case(
        problem=problem,
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


def _refuse_size(draws: int, n_activities: int) -> None:
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
    case: _Case, register: RiskRegister, seed: int, first: int, n: int
) -> tuple[FloatArray, BoolArray, FloatArray]:
    """Durations, causes that happen, and their factors, for some draws."""
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
    for k, risk in enumerate(register.risks):
        happens[:, k] = _uniform(seed, _STREAM_HAPPENS, risk.name, first, n) < risk.probability_frac
        size = triangular(_uniform(seed, _STREAM_FACTOR, risk.name, first, n), risk.factor)
        factor[:, k] = np.where(happens[:, k], size, 1.0)
        duration[:, case.touches[k]] *= factor[:, k : k + 1]
    return duration, happens, factor


def _run(
    case: _Case, register: RiskRegister, draws: int, seed: int, *, is_full: bool = False
) -> _Played:
    """Play all draws of a register, in blocks that give the same whatever runs beside them."""
    n = len(case.ids)
    kept = draws if is_full else 0
    played = _Played(
        end_min=np.empty(draws),
        watched_min=np.empty((draws, case.watched.size)),
        duration_min=np.empty((kept, n)),
        is_critical=np.zeros((kept, n), dtype=np.bool_),
        happens=np.zeros((draws, len(register.risks)), dtype=np.bool_),
        factor=np.ones((draws, len(register.risks))),
    )

    def block(first: int) -> None:
        part = slice(first, min(first + _BLOCK, draws))
        size = part.stop - first
        duration, happens, factor = _drawn(case, register, seed, first, size)
        played.happens[part], played.factor[part] = happens, factor
        is_critical = played.is_critical[part] if is_full else np.zeros((0, n), dtype=np.bool_)
        play(
            duration, case.watched, case.problem.network, case.problem.table,
            played.watched_min[part], played.end_min[part], is_critical,
        )  # fmt: skip
        if is_full:
            played.duration_min[part] = duration

    n_workers = min(os.cpu_count() or 1, _MOST_WORKERS)
    with ThreadPoolExecutor(n_workers) as pool:
        list(pool.map(block, range(0, draws, _BLOCK)))
    return played


def _dated(case: _Case, duration: FloatArray) -> tuple[float, FloatArray]:
    """End and watched finishes of one set of durations."""
    watched, end = np.empty((1, case.watched.size)), np.empty(1)
    nothing = np.zeros((0, duration.size), dtype=np.bool_)
    network, table = case.problem.network, case.problem.table
    play(duration[None, :], case.watched, network, table, watched, end, nothing)
    return float(end[0]), watched[0]


def _mean_durations(case: _Case, register: RiskRegister) -> FloatArray:
    mean = case.problem.remaining_min * case.ranges.mean(axis=1)
    for k, risk in enumerate(register.risks):
        stretch = 1.0 + risk.probability_frac * (sum(risk.factor) / 3.0 - 1.0)
        mean = mean * np.where(case.touches[k], stretch, 1.0)
    return np.asarray(mean, dtype=np.float64)


def _causes(
    case: _Case, register: RiskRegister, base: _Played, draws: int, seed: int
) -> list[CauseRisk]:
    """What each cause costs, by taking it away."""
    calm = register.model_copy(update={"uncertainty": AS_PLANNED, "ranges": ()})
    still = _Case(case.problem, case.ids, np.ones_like(case.ranges), case.touches, case.watched)
    gone = _run(still, calm, draws, seed)
    found = [
        _cause(
            BACKGROUND,
            1.0,
            base,
            gone,
            None,
            criticality=1.0,
            cruciality=_correlation(base.end_min - gone.end_min, base.end_min),
        )
    ]
    for k, risk in enumerate(register.risks):
        happened = base.happens[:, k]
        on_path = (base.is_critical & case.touches[k]).any(axis=1) & happened
        less = None
        if risk.mitigated is not None:
            less = _run(case, mitigated(register, risk.name), draws, seed)
        found.append(
            _cause(
                risk.name,
                float(happened.mean()),
                base,
                _run(case, without(register, risk.name), draws, seed),
                less,
                criticality=float(on_path.mean()),
                cruciality=_correlation(base.factor[:, k], base.end_min),
            )
        )
    return found


def _cause(
    name: str, happens: float, base: _Played, gone: _Played, less: _Played | None, *,
    criticality: float, cruciality: float,
) -> CauseRisk:  # fmt: skip
    lost = (base.end_min - gone.end_min) / 1440.0
    p80 = _p80(base)
    return CauseRisk(
        name=name,
        happens_frac=happens,
        criticality_frac=criticality,
        cruciality=cruciality,
        mean_days=float(lost.mean()),
        p80_days=p80 - _p80(gone),
        mitigation_p80_days=0.0 if less is None else p80 - _p80(less),
        has_mitigation=less is not None,
    )


def _p80(played: _Played) -> float:
    return float(quantile(played.end_min, 0.8)) / 1440.0


def _correlation(x: FloatArray, y: FloatArray) -> float:
    """Pearson's; 0 where either does not vary."""
    a, b = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / scale if scale > 0.0 else 0.0


def _activities(plan: Plan, case: _Case, base: _Played) -> tuple[ActivityRisk, ...]:
    """How often each activity fixes the end, and how much its length moves it."""
    spread = float(base.end_min.std())
    rows = []
    for j, i in enumerate(case.problem.worked.tolist()):
        if plan.activities[i].is_done:
            continue
        share = float(base.is_critical[:, j].mean())
        lengths = base.duration_min[:, j]
        rows.append(
            ActivityRisk(
                id=plan.activities[i].id,
                name=plan.activities[i].name,
                criticality_frac=share,
                cruciality=_correlation(lengths, base.end_min),
                sensitivity=share * float(lengths.std()) / spread if spread > 0.0 else 0.0,
            )
        )
    return tuple(rows)


def _milestones(
    plan: Plan, case: _Case, planned_day: FloatArray, base: _Played, after: _Played,
    mean: tuple[float, FloatArray],
) -> tuple[MilestoneRisk, ...]:  # fmt: skip
    """The end of the plan, then each milestone in the order of the plan."""
    end_mean, watched_mean = mean
    planned_end = float(np.nanmax(planned_day[case.problem.worked]))
    rows = [_milestone("", "end of the plan", planned_end, base.end_min, after.end_min, end_mean)]
    for place, j in enumerate(case.watched.tolist()):
        i = int(case.problem.worked[j])
        rows.append(
            _milestone(
                plan.activities[i].id,
                plan.activities[i].name,
                float(planned_day[i]),
                base.watched_min[:, place],
                after.watched_min[:, place],
                float(watched_mean[place]),
            )
        )
    return tuple(rows)


def _milestone(
    id: str, name: str, planned_day: float, finish: FloatArray, after: FloatArray, mean: float
) -> MilestoneRisk:
    days, later = day_of_minute(finish), day_of_minute(after)
    p10, p50, p80, p90 = (float(quantile(days, share)) for share in (0.1, 0.5, 0.8, 0.9))
    return MilestoneRisk(
        id=id,
        name=name,
        planned_day=planned_day,
        mean_day=float(days.mean()),
        p10_day=p10,
        p50_day=p50,
        p80_day=p80,
        p90_day=p90,
        # Half a minute: sums of draws may miss a planned date by rounding.
        on_time_frac=float((days <= planned_day + 0.5 / 1440.0).mean()),
        merge_bias_days=float(days.mean()) - mean / 1440.0,
        mitigated_p50_day=float(quantile(later, 0.5)),
        mitigated_p80_day=float(quantile(later, 0.8)),
    )
