"""What a risk analysis of a schedule finds."""

from __future__ import annotations

from dataclasses import dataclass

from wattport.arrays import FloatArray
from wattport.errors import Finding


@dataclass(frozen=True)
class MilestoneRisk:
    """
    When a milestone is reached.

    Days count from 2026-01-01, in local time of the plan. The merge bias is the mean finish
    less the finish with every duration at its mean: what is lost because several paths must
    all be done.
    """

    id: str
    name: str
    planned_day: float  # by links and calendars alone
    levelled_day: float  # with resources shared out; as planned where they are not
    mean_day: float
    p10_day: float
    p50_day: float
    p80_day: float
    p90_day: float
    on_time_frac: float
    merge_bias_days: float
    mitigated_p50_day: float
    mitigated_p80_day: float


@dataclass(frozen=True)
class ActivityRisk:
    """
    When an activity is done, and how it moves the end.

    Criticality is the share of draws in which it lies on the longest path; cruciality the
    correlation of its duration with the end; sensitivity criticality times the spread of its
    duration over the spread of the end.
    """

    id: str
    name: str
    planned_finish_day: float
    levelled_finish_day: float
    start_p50_day: float  # of what remains
    p50_day: float
    p90_day: float
    criticality_frac: float
    cruciality: float
    sensitivity: float


@dataclass(frozen=True)
class CauseRisk:
    """
    What a cause costs, in calendar days of the end of the plan.

    Without it the mean end comes ``mean_days`` and the P80 ``p80_days`` earlier; dealing with
    it as planned brings the P80 forward by ``mitigation_p80_days``; others likewise. Criticality
    is the share of draws in which it happens and touches the longest path.
    """

    name: str
    happens_frac: float
    criticality_frac: float
    cruciality: float
    mean_days: float
    p50_days: float
    p80_days: float
    p90_days: float
    mitigation_p50_days: float
    mitigation_p80_days: float
    mitigation_p90_days: float
    has_mitigation: bool


@dataclass(frozen=True)
class CostRisk:
    """What a plan costs at completion, in its currency, and whether date and budget hold."""

    currency: str
    planned: float  # with planned durations and no risk
    budget: float
    mean: float
    p10: float
    p50: float
    p80: float
    p90: float
    within_budget_frac: float
    date_day: float  # the deadline, or the planned end with resources shared out
    on_date_frac: float
    both_frac: float  # share of futures inside both
    mitigated_p50: float  # with what is done about risks paid for
    mitigated_p80: float
    cost: FloatArray  # (draw,)


@dataclass(frozen=True)
class ResourceRisk:
    """How much of a shared resource is used month by month, as means of units."""

    id: str
    name: str
    month_day: FloatArray  # (month,) first days
    level: FloatArray  # (month,) units there are, mean of the month
    planned: FloatArray  # (month,) by links and calendars alone
    levelled: FloatArray  # (month,)
    p50: FloatArray  # (month,)
    p90: FloatArray  # (month,)


@dataclass(frozen=True)
class RiskResult:
    """A risk analysis; causes by days at P80, most first."""

    plan: str
    draws: int
    seed: int
    is_levelled: bool  # resources are shared out in every draw
    planned_end_day: float
    levelled_end_day: float
    end_day: FloatArray  # (draw,)
    mitigated_end_day: FloatArray  # (draw,)
    milestones: tuple[MilestoneRisk, ...]  # the first is the end of the plan
    activities: tuple[ActivityRisk, ...]
    causes: tuple[CauseRisk, ...]
    resources: tuple[ResourceRisk, ...] = ()
    cost: CostRisk | None = None  # none: the plan says of no cost
    notes: tuple[Finding, ...] = ()  # warnings about the plan
