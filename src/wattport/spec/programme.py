"""The site programme: activities per hall, crews and calendars."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import Field

from wattport.spec.number import Count, NonNegative, Number, Positive, certain
from wattport.spec.section import Section


class Cause(StrEnum):
    """What a lost day is charged to."""

    GRID = "grid"
    PLANT = "plant"
    SUPPLIER = "supplier"
    CIVIL = "civil"
    CREW = "crew"


class Activity(Section):
    """One activity of the hall template; durations in working days of the crew."""

    name: str
    duration_days: Positive
    after: tuple[str, ...] = Field(
        (),
        description="Finish-to-start predecessors: activities of the same hall or of the site. "
        "A hall activity that names none follows all site activities.",
    )
    crew: str | None = Field(None, description="Key of the crew that does it.")
    cause: Cause
    is_per_module: bool = Field(
        False, description="Duration is for one module; the hall has many, set in turn."
    )
    n_parallel: Count = Field(1, description="Modules in hand at once, when per module.")
    is_module_gated: bool = Field(
        False, description="Module k cannot start before module k has left the plant."
    )
    is_grid_gated: bool = Field(
        False,
        description="Cannot start before the hall's grid tranche is open, plus the lead; "
        "a site activity: the first hall's.",
    )
    is_long_lead_gated: bool = Field(
        False, description="Cannot start before the HV transformers have come."
    )
    is_rack_gated: bool = Field(
        False, description="Cannot start before the hall's rack generation is on the market."
    )


class Crew(Section):
    """A crew type; each crew works on one hall's activity at a time."""

    name: str
    n_crews: Count
    workers_per_crew: Count


class Risk(Section):
    """A shared risk driver: happens or not, then stretches the activities it touches."""

    name: str
    probability_frac: NonNegative
    stretch_frac: Number = Field(description="Added share of duration when it happens.")
    activities: tuple[str, ...]
    cause: Cause


class Programme(Section):
    """How the site is built."""

    start: date = Field(description="Notice to proceed on site works.")
    start_delay_weeks: Number
    working_days_per_week: Positive
    hall_stagger_days: NonNegative = Field(
        description="Least spacing between the starts of successive halls, calendar days."
    )
    hall_cv_frac: NonNegative = Field(
        certain(0.0),
        description="Hall-to-hall spread of every duration within one draw: coefficient of "
        "variation of a lognormal factor of mean 1.",
    )
    energise_lead_days: NonNegative = Field(
        description="Site substation work between the tranche date and the first energising, "
        "working days."
    )
    wanted_first_compute: date | None = Field(
        None, description="Date a gate compares the P90 of first compute with."
    )
    site_activities: tuple[Activity, ...] = Field(
        description="Done once for the campus; hall activities wait for those they name."
    )
    hall_activities: tuple[Activity, ...]
    hv_transformer_order: date = Field(description="Order of the HV transformers.")
    hv_transformer_lead_weeks: NonNegative = Field(description="Lead time of the HV transformers.")
    crews: tuple[Crew, ...]
    risks: tuple[Risk, ...] = ()
    construction_workers_per_mw: NonNegative = Field(
        description="Peak site workers per MW of the halls under way."
    )
