"""
What a future of a plan costs.

Work is paid by the hour: an activity that takes longer costs its people's rate for longer.
Material, expenses and what is spent already do not depend on how long things take. What
runs until the end - site offices, hire, management - costs by the day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray
from wattport.calendar.work_calendar import minute_of
from wattport.schedule.cpm_network import CpmProblem
from wattport.schedule.plan import Plan, ResourceKind
from wattport.schedule.risk_register import RiskRegister


@dataclass(frozen=True)
class CostRates:
    """Costs of a plan by what they depend on, in its currency."""

    certain: float  # spent, fixed, or of material
    per_min: FloatArray  # (activity,) of remaining working time
    per_day: float  # by the calendar, until the end
    from_min: float  # when that begins

    @property
    def is_known(self) -> bool:
        """True if the plan costs anything."""
        return self.certain > 0.0 or self.per_day > 0.0 or bool(self.per_min.any())

    def of(self, duration_min: FloatArray, end_min: FloatArray) -> FloatArray:
        """
        Cost at completion, without what risks cost themselves.

        Parameters
        ----------
        duration_min : ndarray, shape (draw, activity)
            Work that remains. [working minutes]
        end_min : ndarray, shape (draw,)
            End of the plan.

        Returns
        -------
        ndarray, shape (draw,)
            In the currency of the plan.
        """
        by_the_day = self.per_day / 1440.0 * np.maximum(end_min - self.from_min, 0.0)
        by_the_hour = (duration_min * self.per_min).sum(axis=1) if self.per_min.any() else 0.0
        return np.asarray(self.certain + by_the_hour + by_the_day, dtype=np.float64)


def cost_rates(plan: Plan, problem: CpmProblem, register: RiskRegister) -> CostRates:
    """
    Collect the costs a plan carries.

    Parameters
    ----------
    plan : Plan
        With rates of resources, their work, and fixed costs of activities.
    problem : CpmProblem
        Its arrays.
    register : RiskRegister
        For what is paid by the day.

    Returns
    -------
    CostRates
        All zero for a plan without costs.

    Notes
    -----
    Planned work is spread evenly over the planned remaining duration, so that a factor on the
    duration is one on the cost of labour and equipment.
    """
    place = {plan.activities[i].id: j for j, i in enumerate(problem.worked.tolist())}
    price = {resource.id: resource.cost_per_hour for resource in plan.resources}
    is_material = {r.id: r.kind == ResourceKind.MATERIAL for r in plan.resources}
    per_min = np.zeros(problem.worked.size)
    certain = sum(activity.fixed_cost for activity in plan.activities)
    for use in plan.assignments:
        certain += use.actual_hours * price[use.resource]
        left = use.remaining_hours * price[use.resource]
        j = place.get(use.activity, -1)
        minutes = problem.remaining_min[j] if j >= 0 else 0.0
        if is_material[use.resource] or minutes == 0.0:
            certain += left
        else:
            per_min[j] += left / minutes
    begin = plan.start if plan.data_date is None else plan.data_date
    return CostRates(float(certain), per_min, register.overhead_per_day, minute_of(begin))
