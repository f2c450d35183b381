"""The site programme: activities per hall, crews and calendars."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from wattport.spec.reading import quantity as q
from wattport.spec.reading.number import certain
from wattport.spec.reading.section import Section


class Cause(StrEnum):
    """What a lost day is charged to."""

    GRID = "grid"
    PLANT = "plant"
    SUPPLIER = "supplier"
    CIVIL = "civil"
    CREW = "crew"


class LinkType(StrEnum):
    """Which end of the predecessor holds back which end of the successor."""

    FINISH_TO_START = "FS"
    START_TO_START = "SS"
    FINISH_TO_FINISH = "FF"
    START_TO_FINISH = "SF"


class Predecessor(Section):
    """What an activity waits for; a bare name is finish to start without lag."""

    activity: str
    link: LinkType = LinkType.FINISH_TO_START
    lag_days: q.LagDays | None = Field(
        None, description="Time between the two ends; negative lets them overlap."
    )
    is_lag_elapsed: bool = Field(
        False, description="The lag runs on days off too, as concrete cures; else working days."
    )

    @model_validator(mode="before")
    @classmethod
    def named(cls, given: Any) -> Any:
        """Read a bare name."""
        return {"activity": given} if isinstance(given, str) else given


class _NameOrPredecessor:
    """Lets editors accept a bare name where a predecessor stands."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, handler(core_schema)]}


class Each(StrEnum):
    """How often a site activity is done."""

    SITE = "site"
    TRANSFORMER_LOT = "transformer_lot"
    TRANCHE = "tranche"


class Shutdown(Section):
    """Days of every year on which the site is shut, the first and the last among them."""

    name: str
    first: str = Field(description="Month and day, such as 08-03.")
    last: str = Field(description="Month and day; before the first: of the next year.")

    def first_in(self, year: int) -> date:
        """Give the first day in a year."""
        return _day_in(year, self.first)

    def last_in(self, year: int) -> date:
        """Give the last day in a year."""
        return _day_in(year, self.last)


def _day_in(year: int, month_day: str) -> date:
    return date.fromisoformat(f"{year:04d}-{month_day}")


class WeatherWindow(Section):
    """Working days that weather takes from a class of work."""

    name: str
    lost_by_month_frac: tuple[q.Fraction, ...] = Field(
        description="Share of the working days of each month, January first."
    )


class Activity(Section):
    """One activity of the site or of the hall template; durations in working days of the crew."""

    name: str
    duration_days: q.WorkDays = Field(description="Zero makes a milestone.")
    after: tuple[Annotated[Predecessor, _NameOrPredecessor()], ...] = Field(
        (),
        description="Predecessors: activities of the same hall or of the site. "
        "A hall activity that names none follows all site activities.",
    )
    each: Each = Field(
        Each.SITE,
        description="Of a site activity: done once for the site, for each lot of HV transformers "
        "or for each grid tranche; a hall waits for the one that carries it.",
    )
    crew: str | None = Field(None, description="Key of the crew that does it.")
    weather: str | None = Field(
        None, description="Weather window of its work; left out: weather does not stop it."
    )
    cause: Cause
    is_per_module: bool = Field(
        False, description="Duration is for one module; the hall has many, set in turn."
    )
    n_parallel: q.Parallel = Field(1, description="Modules in hand at once, when per module.")
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


class ConstraintKind(StrEnum):
    """What a date asks of an activity."""

    START_NO_EARLIER = "start_no_earlier"
    START_NO_LATER = "start_no_later"
    FINISH_BY = "finish_by"


class DateConstraint(Section):
    """
    A date that an activity has to keep.

    ``start_no_earlier`` moves the activity. The others move nothing: the days by which they are
    kept or missed are reported, negative where missed.
    """

    activity: str
    kind: ConstraintKind
    date: q.Day
    """A start is held against the midnight it begins with, a finish against its last one."""
    hall: q.HallNumber | None = Field(
        None, description="Of a hall activity: hall in building order; left out: every hall."
    )


class Hammock(Section):
    """A span over activities of a hall, from the first start to the last finish."""

    name: str
    activities: tuple[str, ...]


class ModuleTransport(Section):
    """From the gate of the plant to the pad, on the road or by transporter through the port."""

    duration_days: q.TransportDays = Field(description="Of one module, working days.")
    n_per_day: q.PerDay = Field(description="Modules that set out on a working day at most.")


class Crew(Section):
    """A crew type; each crew works on one hall's activity at a time."""

    name: str
    n_crews: q.Crews
    workers_per_crew: q.Workers


class Risk(Section):
    """A shared risk driver: happens or not, then stretches the activities it touches."""

    name: str
    probability_frac: q.Fraction
    stretch_frac: q.Stretch = Field(description="Added share of duration when it happens.")
    activities: tuple[str, ...]
    cause: Cause


class Programme(Section):
    """How the site is built."""

    start: q.Day = Field(description="Notice to proceed on site works.")
    start_delay_weeks: q.DelayWeeks
    working_days_per_week: q.DaysPerWeek
    holidays: str = Field(
        "none",
        description="Whose public holidays are kept: `none`, or an ISO 3166 code (`FR`, `DE-BY`).",
    )
    shutdowns: tuple[Shutdown, ...] = ()
    weather: tuple[WeatherWindow, ...] = ()
    hall_stagger_days: q.StaggerDays = Field(
        description="Least spacing between the starts of successive halls, calendar days."
    )
    hall_cv_frac: q.Spread = Field(
        certain(0.0),
        description="Hall-to-hall spread of every duration within one draw: coefficient of "
        "variation of a lognormal factor of mean 1.",
    )
    energise_lead_days: q.LeadDays = Field(
        description="Site substation work between the tranche date and the first energising, "
        "working days."
    )
    wanted_first_compute: q.Day | None = Field(
        None, description="Date a gate compares the P90 of first compute with."
    )
    site_activities: tuple[Activity, ...] = Field(
        description="Done once for the campus; hall activities wait for those they name."
    )
    hall_activities: tuple[Activity, ...]
    constraints: tuple[DateConstraint, ...] = ()
    hammocks: tuple[Hammock, ...] = ()
    module_transport: ModuleTransport | None = Field(
        None, description="Left out: a module is on site the moment it leaves the plant."
    )
    rack_buffer_days: q.BufferDays | None = Field(
        None,
        description="Racks are ordered to come so many calendar days before the planned start of "
        "their fit-out, and wait in store if the hall is late; left out: they come when wanted.",
    )
    hv_transformer_order: q.Day = Field(description="Order of the HV transformers.")
    hv_transformer_lead_weeks: q.LeadWeeks = Field(
        description="Lead time of the HV transformers; of the first lot, if they come in lots."
    )
    n_hv_transformers_per_lot: q.LotTransformers | None = Field(
        None, description="HV transformers that come together; left out: all of them."
    )
    hv_transformer_spacing_weeks: q.SpacingWeeks = Field(
        certain(0.0), description="From one lot of HV transformers to the next."
    )
    hv_transformer_cv_frac: q.Spread = Field(
        certain(0.0),
        description="Spread of the lead time from lot to lot within one draw: coefficient of "
        "variation of a lognormal factor of mean 1.",
    )
    crews: tuple[Crew, ...]
    risks: tuple[Risk, ...] = ()
    construction_workers_per_mw: q.WorkersPerMw = Field(
        description="Peak site workers per MW of the halls under way."
    )
