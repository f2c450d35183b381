"""The answer to a file of jobs: figures for scripts, and what a page draws them from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from wattport.batch.by_class import JobClass
from wattport.batch.outcome import BatchResult, JobsFigures
from wattport.energy.campus_totals import CampusFigures, CampusLimits, CampusTotals
from wattport.energy.thinned import Thinned
from wattport.errors import Finding


@dataclass(frozen=True)
class ItPower:
    """IT power of a run at the racks' input; extremes are those of steps."""

    energy_mwh: float
    mean_mw: float
    min_mw: float
    max_mw: float
    mean_mw_by_hall: tuple[float, ...]
    min_mw_by_hall: tuple[float, ...]
    max_mw_by_hall: tuple[float, ...]

    @classmethod
    def of(cls, seen: Thinned) -> ItPower:
        """Gather the figures of a series."""
        mean_mw = seen.hall_mean_mw
        return cls(
            energy_mwh=seen.it_mwh, mean_mw=float(mean_mw.sum()), min_mw=seen.it_low_mw,
            max_mw=seen.it_high_mw, mean_mw_by_hall=tuple(mean_mw.tolist()),
            min_mw_by_hall=tuple(seen.hall_low_mw.tolist()),
            max_mw_by_hall=tuple(seen.hall_high_mw.tolist()),
        )  # fmt: skip


@dataclass(frozen=True)
class TrainingFigures:
    """What of the time sold was training."""

    effective_training_frac: float  # lasting progress over GPU time since each first start
    mfu_computing_frac: float  # while computing
    mfu_frac: float  # of the time sold: the former times goodput


@dataclass(frozen=True)
class JobsAnswer:
    """
    What came of a file of jobs.

    Parameters
    ----------
    jobs_file : Path
        As given.
    design : str or None
        Name of the scenario whose campus ran them; None for a machine by itself.
    policy : str
        Who ran first.
    step_s : float
        Of the power series. [s]
    begin : datetime or None
        UTC moment at which the run's clock shows zero; None for a machine by itself.
    n_skipped : int
        Lines of the file that hold no job.
    notes : tuple of Finding
        What of the file was set aside.
    jobs : JobsFigures
        Counts, waits, GPU-hours.
    training : TrainingFigures
        Effective time and MFU.
    by_class, by_user : tuple of JobClass
        All jobs first, then by size; the users who held most.
    interruptions_by_cause : dict
        Stops of jobs.
    power : ItPower
        At the racks' input.
    campus : CampusFigures or None
        What the grid saw.
    limits : CampusLimits or None
        What the scenario allows it.
    """

    kind: ClassVar[str] = "jobs"

    jobs_file: Path
    design: str | None
    policy: str
    step_s: float
    begin: datetime | None
    n_skipped: int
    notes: tuple[Finding, ...]
    jobs: JobsFigures
    training: TrainingFigures
    by_class: tuple[JobClass, ...]
    by_user: tuple[JobClass, ...]
    interruptions_by_cause: dict[str, int]
    power: ItPower
    campus: CampusFigures | None
    limits: CampusLimits | None


@dataclass(frozen=True)
class JobsRun:
    """The answer to a file of jobs, and the run behind it."""

    answer: JobsAnswer
    result: BatchResult
    seen: Thinned  # power over time
    totals: CampusTotals | None  # None for a machine by itself
