"""The connection: dated tranches, voltage, limits and what the power carries."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from wattport.spec.number import Fraction, NonNegative, Number, Positive
from wattport.spec.section import Section


class Tranche(Section):
    """A dated step of the connection; the power is cumulative."""

    date: date
    power_mw: Positive | None = Field(
        None, description="Cumulative power from this date; left out: the whole connection."
    )
    delay_weeks: Number = Field(description="Slip against the date; negative is early.")


class Grid(Section):
    """Grid connection of the campus."""

    connection_mw: Positive = Field(description="Power of the full connection.")
    voltage_kv: Positive
    reference_short_circuit_mva: Positive
    voltage_min_pu: Positive
    voltage_max_pu: Positive
    frequency_min_hz: Positive
    frequency_max_hz: Positive
    power_factor_min_frac: Fraction = Field(
        description="Least cos(phi) at the point of connection."
    )
    ramp_limit_mw_per_min: Positive
    ride_through_profile: str = Field(
        description="Key of the fault-ride-through profile the campus is studied against."
    )
    fast_track_limit_mw: Positive = Field(
        description="Largest connection of the fast-track procedure."
    )
    tranches: tuple[Tranche, ...]
    carbon_winter_g_per_kwh: NonNegative
    carbon_summer_g_per_kwh: NonNegative
    carbon_cold_spell_g_per_kwh: NonNegative = Field(
        description="Intensity on the coldest hours, when thermal plant runs."
    )
