"""The connection: dated tranches, voltage, limits and what the power carries."""

from __future__ import annotations

from pydantic import Field

from wattport.spec.reading import quantity as q
from wattport.spec.reading.number import between
from wattport.spec.reading.section import Section


class Tranche(Section):
    """A dated step of the connection; the power is cumulative."""

    date: q.Day
    power_mw: q.CampusPower | None = Field(
        None, description="Cumulative power from this date; left out: the whole connection."
    )
    delay_weeks: q.DelayWeeks = Field(description="Slip against the date; negative is early.")


class Grid(Section):
    """Grid connection of the campus."""

    connection_mw: q.CampusPower = Field(description="Power of the full connection.")
    voltage_kv: q.Voltage
    reference_short_circuit_mva: q.ShortCircuit
    voltage_min_pu: q.VoltageFactor
    voltage_max_pu: q.VoltageFactor
    frequency_min_hz: q.Frequency
    frequency_max_hz: q.Frequency
    power_factor_min_frac: q.PowerFactor = Field(
        description="Least cos(phi) at the point of connection."
    )
    ramp_limit_mw_per_min: q.Ramp
    ride_through_profile: str = Field(
        description="Key of the fault-ride-through profile the campus is studied against."
    )
    fast_track_limit_mw: q.CampusPower = Field(
        description="Largest connection of the fast-track procedure."
    )
    availability_frac: q.Availability = Field(
        default=between(0.9999, 0.9995, 0.99999),
        description="Share of the year with the grid there.",
        json_schema_extra={
            "source": "no source seen; an hour a year at a connection with two lines",
            "status": "guess",
        },
    )
    tranches: tuple[Tranche, ...]
    carbon_winter_g_per_kwh: q.CarbonIntensity
    carbon_summer_g_per_kwh: q.CarbonIntensity
    carbon_cold_spell_g_per_kwh: q.CarbonIntensity = Field(
        description="Intensity on the coldest hours, when thermal plant runs."
    )
