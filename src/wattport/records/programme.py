"""What `build` hands on: dates of every hall, what drove them, megawatts by month."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from wattport.arrays import FloatArray
from wattport.calendar.epoch import date_of
from wattport.records.findings import Reason
from wattport.records.record import axes, quantile


@dataclass(frozen=True)
class Programme:
    """The site programme in every draw; halls that a draw does not build are NaN."""

    activity: tuple[str, ...] = ()  # hall activities in template order
    activity_cause: tuple[str, ...] = ()
    site_activity: tuple[str, ...] = ()
    cause: tuple[str, ...] = ()  # ("grid", "plant", "supplier", "civil", "crew")
    month_day: FloatArray = axes("month", doc="First day of each month.", default=None)
    site_finish_day: FloatArray = axes("draw", "site_activity", doc="", default=None)
    start_day: FloatArray = axes("draw", "hall", "activity", doc="", default=None)
    finish_day: FloatArray = axes("draw", "hall", "activity", doc="", default=None)
    modules_day: FloatArray = axes(
        "draw", "hall", doc="The hall's last module has left the plant.", default=None
    )
    modules_on_site_day: FloatArray = axes(
        "draw", "hall", doc="The hall's last module is on site.", default=None
    )
    rack_store_days: FloatArray = axes(
        "draw", "hall", doc="From delivery of the racks to their fit-out.", default=None
    )
    rack_carrying_meur: FloatArray = axes(
        "draw", doc="Cost of the capital in racks that wait in store.", default=None
    )
    gate_day: FloatArray = axes(
        "draw", "hall", doc="The hall's tranche is open; inf: never.", default=None
    )
    ready_day: FloatArray = axes("draw", "hall", doc="Ready for service.", default=None)
    hall_mw: FloatArray = axes("draw", "hall", doc="IT nameplate of the hall.", default=None)
    milestone: tuple[str, ...] = ()  # first compute, halls of each tranche, full campus
    milestone_day: FloatArray = axes(
        "draw", "milestone", doc="The last hall it needs is ready.", default=None
    )
    milestone_central_day: FloatArray = axes(
        "milestone", doc="In one schedule at central values, without risks.", default=None
    )
    central_gap_days: FloatArray = axes(
        "milestone", doc="P50 less the schedule at central values.", default=None
    )
    deadline: tuple[str, ...] = ()  # dates of the spec to be kept
    deadline_day: FloatArray = axes("deadline", doc="Its date.", default=None)
    deadline_float_days: FloatArray = axes(
        "draw", "deadline", doc="Days by which it is kept; negative: missed.", default=None
    )
    hammock: tuple[str, ...] = ()  # spans over activities of a hall
    hammock_start_day: FloatArray = axes("draw", "hall", "hammock", doc="", default=None)
    hammock_finish_day: FloatArray = axes("draw", "hall", "hammock", doc="", default=None)
    first_compute_day: FloatArray = axes("draw", doc="First hall ready.", default=None)
    full_campus_day: FloatArray = axes("draw", doc="Last hall ready.", default=None)
    online_it_mw: FloatArray = axes("draw", "month", doc="Ready at month start.", default=None)
    tranche_mw: FloatArray = axes("draw", "month", doc="Grid power open.", default=None)
    criticality_frac: FloatArray = axes(
        "activity", doc="Share of (draw, hall) in which the activity drove RFS.", default=None
    )
    task: tuple[str, ...] = ()  # site activities, then those of the hall template
    task_cause: tuple[str, ...] = ()
    task_criticality_frac: FloatArray = axes(
        "milestone", "task", doc="Share of draws in which it drove the milestone.", default=None
    )
    task_cruciality_frac: FloatArray = axes(
        "milestone",
        "task",
        doc="Criticality x rank correlation of its duration with the milestone, -1 to 1.",
        default=None,
    )
    cause_criticality_frac: FloatArray = axes(
        "milestone", "cause", doc="Share of draws with days of the chain on it.", default=None
    )
    cause_cruciality_frac: FloatArray = axes(
        "milestone",
        "cause",
        doc="Criticality x rank correlation of its days with the milestone, -1 to 1.",
        default=None,
    )
    first_cause_frac: FloatArray = axes(
        "cause", doc="Share of draws in which it drove first compute.", default=None
    )
    last_cause_frac: FloatArray = axes(
        "cause", doc="Share of draws in which it drove the full campus.", default=None
    )
    hall_cause_frac: FloatArray = axes(
        "hall", "cause", doc="Share of draws in which it drove the hall's RFS.", default=None
    )
    cause_delay_days: FloatArray = axes(
        "draw", "cause", doc="Days first compute would gain were the cause absent.", default=None
    )
    driver: tuple[str, ...] = ()  # causes, risks by name, inputs by their path in the spec
    driver_kind: tuple[str, ...] = ()  # "cause", "risk" or "input"
    driver_cause: tuple[str, ...] = ()
    mitigated_p50_day: FloatArray = axes(
        "driver", "milestone", doc="P50 once the driver is dealt with.", default=None
    )
    mitigated_p90_day: FloatArray = axes(
        "driver", "milestone", doc="P90 once the driver is dealt with.", default=None
    )
    mitigation_p50_days: FloatArray = axes(
        "driver", "milestone", doc="Days the P50 gains by that.", default=None
    )
    mitigation_p90_days: FloatArray = axes(
        "driver", "milestone", doc="Days the P90 gains by that.", default=None
    )
    relief: tuple[str, ...] = ()  # in the plants, as `Production.relief`
    relief_first_compute_days: FloatArray = axes(
        "relief", doc="Days first compute comes earlier, mean of the first draws.", default=None
    )
    relief_full_campus_days: FloatArray = axes(
        "relief", doc="Days the full campus comes earlier, mean of the first draws.", default=None
    )
    what_if: tuple[str, ...] = ()  # in the plants, as `Production.what_if`
    what_if_milestone_day: FloatArray = axes(
        "rerun", "what_if", "milestone", doc="Milestones then, in the first draws.", default=None
    )
    crew: tuple[str, ...] = ()
    n_crews: FloatArray = axes("crew", doc="Crews there are.", default=None)
    n_crews_busy: FloatArray = axes(
        "draw", "month", "crew", doc="Crews at work, mean over the month.", default=None
    )
    workers: FloatArray = axes("draw", "month", doc="Site workers, head count.", default=None)
    reasons: tuple[Reason, ...] = ()

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return int(self.ready_day.shape[0])

    @property
    def first_compute_p10(self) -> date | None:
        """Early date of first compute (P10); None where no draw has one."""
        return _date(float(quantile(self.first_compute_day, 0.1)))

    @property
    def first_compute_p50(self) -> date | None:
        """Middle date of first compute (P50); None where no draw has one."""
        return _date(float(quantile(self.first_compute_day, 0.5)))

    @property
    def first_compute_p90(self) -> date | None:
        """Late date of first compute (P90); None where no draw has one."""
        return _date(float(quantile(self.first_compute_day, 0.9)))


def _date(day: float) -> date | None:
    return date_of(day) if math.isfinite(day) else None
