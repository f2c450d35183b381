"""The plants: stations, staff, suppliers and tests of each product."""

from __future__ import annotations

from pydantic import Field

from wattport.spec.reading import quantity as q
from wattport.spec.reading.number import certain
from wattport.spec.reading.section import Section


class Station(Section):
    """One step of the line, with parallel bays in front of one buffer."""

    name: str
    n_bays: q.Bays = Field(description="Parallel places.")
    cycle_h: q.CycleHours = Field(
        description="Working time of one unit on one bay, as a proportion between stations: "
        "the plant's labour_h_per_unit sets the scale."
    )
    cycle_cv_frac: q.Spread = Field(description="Coefficient of variation of the cycle.")
    n_buffer: q.Buffer = Field(description="Waiting places before the station.")
    crew: q.CrewSize = Field(description="People on one bay while it works.")
    mtbf_h: q.FailureHours | None = Field(None, description="Mean working time between failures.")
    mttr_h: q.RepairHours | None = Field(None, description="Mean time to repair.")


class Test(Section):
    """Factory acceptance test and its rework loop."""

    n_bays: q.Bays
    duration_h: q.CycleHours = Field(description="Working time on the bay, one pass.")
    duration_cv_frac: q.Spread
    crew: q.CrewSize
    first_pass_yield_frac: q.Yield
    rework_h: q.ExtraHours = Field(description="Working time of a rework before the retest.")


class Supplier(Section):
    """A bought part and when it is ordered."""

    item: str
    n_per_unit: q.PartsPerUnit = Field(description="Pieces in one unit of the product.")
    lead_time_weeks: q.SupplyWeeks
    ordered_ahead_weeks: q.OrderedAhead = Field(
        description="Order placed this long before the unit's planned start; the frame order."
    )
    lot_units: q.Lot = Field(1, description="Units of the product covered by one delivery.")
    lot_spread_cv_frac: q.Spread = Field(
        certain(0.0),
        description="Spread of the lead time from lot to lot, around that of the draw.",
    )
    unit_price_eur: q.PartPrice = Field(description="Price of one piece, when ordered.")
    price_drift_frac_per_year: q.PriceDrift = Field(description="Price drift while waiting.")


class Plant(Section):
    """One plant making one product."""

    name: str
    operator: str
    product: str
    feeds: str | None = Field(None, description="Key of the plant that consumes the product.")
    area_m2: q.FloorArea
    bay_area_m2: q.BayArea = Field(description="Floor of one bay with its share of aisles.")
    production_area_frac: q.SomeFraction = Field(
        description="Share of the area for bays; rest: stores."
    )
    n_direct_staff: q.Staff = Field(description="Direct staff of the first shift.")
    n_indirect_staff: q.MoreStaff
    shifts: q.Shifts = Field(description="Shifts per working day.")
    n_second_shift_staff: q.MoreStaff = Field(
        0, description="Direct staff added by each more shift."
    )
    shift_h: q.ShiftHours
    days_per_week: q.WholeDaysPerWeek
    weeks_per_year: q.WeeksPerYear
    efficiency_frac: q.Efficiency = Field(
        description="Share of paid hours spent on the product (breaks, training, absence)."
    )
    opening: q.Day
    opening_delay_weeks: q.DelayWeeks
    orders_from: q.Day | None = Field(
        None, description="No part is ordered before this day; left out: no such limit."
    )
    ramp_months: q.RampMonths = Field(description="From opening to full rate, learning.")
    ramp_start_frac: q.SomeFraction = Field(description="Rate on the first day over full rate.")
    capex_meur: q.MegaEur
    module_price_meur: q.ModulePrice | None = Field(
        None,
        description="Delivered price of the product, where it is sold to the campus. Left out: "
        "parts, paid hours, overhead and margin.",
    )
    overhead_frac: q.Premium = Field(
        certain(0.3), description="Rent, energy, tools and office of the plant, on its wages."
    )
    margin_frac: q.Premium = Field(
        certain(0.15), description="Of the maker, on parts, wages and overhead."
    )
    labour_h_per_unit: q.LabourHours = Field(
        description="Paid direct hours in one unit that passes its test the first time."
    )
    n_wip_limit: q.Cards = Field(0, description="CONWIP cap on units in the line; 0: none.")
    n_ahead_limit: q.Cards = Field(
        0,
        description="Most units in the line and in the yard behind it before the plant it feeds "
        "takes them, so that the yard holds no more; 0: none.",
    )
    stations: tuple[Station, ...]
    test: Test
    suppliers: tuple[Supplier, ...]


class Plants(Section):
    """The two plants on the port."""

    enclosures: Plant
    modules: Plant
