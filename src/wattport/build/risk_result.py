"""What a risk analysis of a schedule finds."""

from __future__ import annotations

from dataclasses import dataclass

from wattport.records.record import FloatArray


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
    planned_day: float
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
    How an activity moves the end.

    Criticality is the share of draws in which it lies on the longest path; cruciality the
    correlation of its duration with the end; sensitivity criticality times the spread of its
    duration over the spread of the end.
    """

    id: str
    name: str
    criticality_frac: float
    cruciality: float
    sensitivity: float


@dataclass(frozen=True)
class CauseRisk:
    """
    What a cause costs, in calendar days of the end of the plan.

    Without it the mean end comes ``mean_days`` and the P80 ``p80_days`` earlier; dealing with
    it as planned brings the P80 forward by ``mitigation_p80_days``. Criticality is the share
    of draws in which it happens and touches the longest path.
    """

    name: str
    happens_frac: float
    criticality_frac: float
    cruciality: float
    mean_days: float
    p80_days: float
    mitigation_p80_days: float
    has_mitigation: bool


@dataclass(frozen=True)
class RiskResult:
    """A risk analysis; causes by days at P80, most first."""

    plan: str
    draws: int
    seed: int
    planned_end_day: float
    end_day: FloatArray  # (draw,)
    mitigated_end_day: FloatArray  # (draw,)
    milestones: tuple[MilestoneRisk, ...]  # the first is the end of the plan
    activities: tuple[ActivityRisk, ...]
    causes: tuple[CauseRisk, ...]
