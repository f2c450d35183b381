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

from dataclasses import replace

import numpy as np

from wattport.arrays import FloatArray
from wattport.calendar.work_calendar import minute_of
from wattport.records import quantile
from wattport.schedule.cpm import PlanDates, critical_path
from wattport.schedule.cpm_network import compiled, day_of_minute, widened
from wattport.schedule.level import PAST_THE_CALENDARS, Levelled, LevelProblem, dated, level_problem
from wattport.schedule.plan import Plan
from wattport.schedule.risk_draws import Case, Played, mean_durations, pose, refuse_size, run
from wattport.schedule.risk_draws import dated as dated_draw
from wattport.schedule.risk_register import AS_PLANNED, RiskRegister, mitigated, without
from wattport.schedule.risk_result import (
    ActivityRisk,
    CauseRisk,
    CostRisk,
    MilestoneRisk,
    ResourceRisk,
    RiskResult,
)
from wattport.schedule.risk_use import resource_use
from wattport.schedule.sharing import Uses, in_shifts_of_people, is_shared, no_sharing

BACKGROUND = "uncertainty of durations"


def analyse(
    plan: Plan,
    register: RiskRegister,
    *,
    draws: int = 1000,
    seed: int = 7,
    has_sharing: bool = True,
) -> RiskResult:
    """
    Find out when a plan really ends, what it really costs, and why.

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
    has_sharing : bool
        Keep the levels of resources in every draw. False: take the plan with its links as it
        stands.

    Returns
    -------
    RiskResult
        By milestone, by activity, by cause and by resource.

    Raises
    ------
    WattportError
        When the plan cannot be dated, has no work left, or a risk touches nothing.

    Notes
    -----
    Remaining duration = planned x a triangular factor of the activity x the factors of the
    causes that happen and touch it. Each draw is placed in the order of the levelled schedule
    (`wattport.schedule.level.level`), so that the rule by which resources are shared is the same
    in all.
    """
    planned = critical_path(plan)
    shared, made, case = _posed(plan, register, has_sharing)
    refuse_size(draws, len(case.ids))
    base = run(case, register, draws, seed, is_full=True)
    while float(base.end_min.max()) > PAST_THE_CALENDARS:
        problem = widened(shared, made.problem)
        made = LevelProblem(problem, made.needs, made.sharing)
        case = pose(shared, register, problem, made.sharing)
        base = run(case, register, draws, seed, is_full=True)
    levelled = dated(made, plan)
    is_dealt_with = any(risk.mitigated is not None for risk in register.risks)
    after = run(case, mitigated(register), draws, seed) if is_dealt_with else base
    mean = dated_draw(case, mean_durations(case, register))
    causes = _causes(case, register, base, draws, seed)
    return RiskResult(
        plan=plan.name,
        draws=draws,
        seed=seed,
        is_levelled=bool(made.needs.units),
        planned_end_day=planned.end_day,
        levelled_end_day=levelled.end_day,
        end_day=day_of_minute(base.end_min),
        mitigated_end_day=day_of_minute(after.end_min),
        milestones=_milestones(plan, case, planned, levelled, base, after, mean),
        activities=_activities(plan, case, planned, levelled, base),
        causes=tuple(sorted(causes, key=lambda cause: -cause.p80_days)),
        resources=_resources(made, planned, levelled, base),
        cost=_cost(plan, case, register, levelled, base, after),
        notes=levelled.capped,
    )


def _posed(
    plan: Plan, register: RiskRegister, has_sharing: bool
) -> tuple[Plan, LevelProblem, Case]:
    """The plan in the shifts of its people, the order of sharing, and what is drawn."""
    shared = plan
    if has_sharing and any(is_shared(resource) for resource in plan.resources):
        shared = in_shifts_of_people(plan)
        made = level_problem(shared, compiled(shared))
    else:
        problem = compiled(plan)
        made = LevelProblem(problem, Uses((), (), (), (), ()), no_sharing(problem))
    return shared, made, pose(shared, register, made.problem, made.sharing)


def _resources(
    made: LevelProblem, planned: PlanDates, levelled: Levelled, base: Played
) -> tuple[ResourceRisk, ...]:
    worked = made.problem.worked
    spans = [
        (one.resume_day[None, worked] * 1440.0, one.finish_day[None, worked] * 1440.0)
        for one in (planned, levelled)
    ]
    return resource_use(made.needs, spans[0], spans[1], (base.resume_min, base.finish_min))


def _cost(
    plan: Plan, case: Case, register: RiskRegister, levelled: Levelled, base: Played, after: Played
) -> CostRisk | None:
    """Cost at completion and whether date and budget hold; None where nothing costs."""
    if not case.rates.is_known and not base.cost.any():
        return None
    end = np.array([levelled.end_day * 1440.0])
    planned = float(case.rates.of(case.problem.remaining_min[None, :], end)[0])
    budget = planned if register.budget is None else register.budget
    date = float(end[0]) if plan.deadline is None else minute_of(plan.deadline)
    # Half a minute and a millionth: sums of draws may miss a plan by rounding.
    is_within = base.cost <= budget * (1.0 + 1e-6)
    is_on_date = base.end_min <= date + 0.5
    p10, p50, p80, p90 = (float(quantile(base.cost, share)) for share in (0.1, 0.5, 0.8, 0.9))
    spent = sum(r.mitigation_cost for r in register.risks if r.mitigated is not None)
    return CostRisk(
        currency=plan.currency,
        planned=planned,
        budget=budget,
        mean=float(base.cost.mean()),
        p10=p10,
        p50=p50,
        p80=p80,
        p90=p90,
        within_budget_frac=float(is_within.mean()),
        date_day=date / 1440.0,
        on_date_frac=float(is_on_date.mean()),
        both_frac=float((is_within & is_on_date).mean()),
        mitigated_p50=float(quantile(after.cost, 0.5)) + spent,
        mitigated_p80=float(quantile(after.cost, 0.8)) + spent,
        cost=base.cost,
    )


def _causes(
    case: Case, register: RiskRegister, base: Played, draws: int, seed: int
) -> list[CauseRisk]:
    """What each cause costs, by taking it away."""
    calm = register.model_copy(update={"uncertainty": AS_PLANNED, "ranges": ()})
    still = replace(case, ranges=np.ones_like(case.ranges))
    gone = run(still, calm, draws, seed)
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
            less = run(case, mitigated(register, risk.name), draws, seed)
        found.append(
            _cause(
                risk.name,
                float(happened.mean()),
                base,
                run(case, without(register, risk.name), draws, seed),
                less,
                criticality=float(on_path.mean()),
                cruciality=_correlation(base.factor[:, k], base.end_min),
            )
        )
    return found


def _cause(
    name: str, happens: float, base: Played, gone: Played, less: Played | None, *,
    criticality: float, cruciality: float,
) -> CauseRisk:  # fmt: skip
    p50, p80, p90 = _earlier(base, gone)
    less_p50, less_p80, less_p90 = _earlier(base, base if less is None else less)
    return CauseRisk(
        name=name,
        happens_frac=happens,
        criticality_frac=criticality,
        cruciality=cruciality,
        mean_days=float((base.end_min - gone.end_min).mean()) / 1440.0,
        p50_days=p50,
        p80_days=p80,
        p90_days=p90,
        mitigation_p50_days=less_p50,
        mitigation_p80_days=less_p80,
        mitigation_p90_days=less_p90,
        has_mitigation=less is not None,
    )


def _earlier(base: Played, other: Played) -> list[float]:
    """Days by which P50, P80 and P90 of the end come earlier."""
    return [
        float(quantile(base.end_min, share) - quantile(other.end_min, share)) / 1440.0
        for share in (0.5, 0.8, 0.9)
    ]


def _correlation(x: FloatArray, y: FloatArray) -> float:
    """Pearson's; 0 where either does not vary."""
    a, b = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / scale if scale > 0.0 else 0.0


def _activities(
    plan: Plan, case: Case, planned: PlanDates, levelled: Levelled, base: Played
) -> tuple[ActivityRisk, ...]:
    """When each activity is done, how often it fixes the end, and how much it moves it."""
    spread = float(base.end_min.std())
    rows = []
    for j, i in enumerate(case.problem.worked.tolist()):
        if plan.activities[i].is_done:
            continue
        share = float(base.is_critical[:, j].mean())
        lengths, finish = base.duration_min[:, j], day_of_minute(base.finish_min[:, j])
        rows.append(
            ActivityRisk(
                id=plan.activities[i].id,
                name=plan.activities[i].name,
                planned_finish_day=float(planned.finish_day[i]),
                levelled_finish_day=float(levelled.finish_day[i]),
                start_p50_day=float(quantile(base.resume_min[:, j], 0.5)) / 1440.0,
                p50_day=float(quantile(finish, 0.5)),
                p90_day=float(quantile(finish, 0.9)),
                criticality_frac=share,
                cruciality=_correlation(lengths, base.end_min),
                sensitivity=share * float(lengths.std()) / spread if spread > 0.0 else 0.0,
            )
        )
    return tuple(rows)


def _milestones(
    plan: Plan, case: Case, planned: PlanDates, levelled: Levelled, base: Played, after: Played,
    mean: tuple[float, FloatArray],
) -> tuple[MilestoneRisk, ...]:  # fmt: skip
    """The end of the plan, then each milestone in the order of the plan."""
    end_mean, watched_mean = mean
    worked = case.problem.worked
    ends = float(np.nanmax(planned.finish_day[worked])), levelled.end_day
    rows = [_milestone(("", "end of the plan"), ends, base.end_min, after.end_min, end_mean)]
    for place, j in enumerate(case.watched.tolist()):
        i = int(worked[j])
        rows.append(
            _milestone(
                (plan.activities[i].id, plan.activities[i].name),
                (float(planned.finish_day[i]), float(levelled.finish_day[i])),
                base.watched_min[:, place],
                after.watched_min[:, place],
                float(watched_mean[place]),
            )
        )
    return tuple(rows)


def _milestone(
    names: tuple[str, str], dates: tuple[float, float], finish: FloatArray, after: FloatArray,
    mean: float,
) -> MilestoneRisk:  # fmt: skip
    days, later = day_of_minute(finish), day_of_minute(after)
    p10, p50, p80, p90 = (float(quantile(days, share)) for share in (0.1, 0.5, 0.8, 0.9))
    return MilestoneRisk(
        id=names[0],
        name=names[1],
        planned_day=dates[0],
        levelled_day=dates[1],
        mean_day=float(days.mean()),
        p10_day=p10,
        p50_day=p50,
        p80_day=p80,
        p90_day=p90,
        # Half a minute: sums of draws may miss a planned date by rounding.
        on_time_frac=float((days <= dates[0] + 0.5 / 1440.0).mean()),
        merge_bias_days=float(days.mean()) - mean / 1440.0,
        mitigated_p50_day=float(quantile(later, 0.5)),
        mitigated_p80_day=float(quantile(later, 0.8)),
    )
