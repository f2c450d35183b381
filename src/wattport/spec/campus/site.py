"""Where the campus stands: climate, design days, sea and heat neighbours."""

from __future__ import annotations

from pydantic import Field

from wattport.spec.reading import quantity as q
from wattport.spec.reading.section import Section


class Weather(Section):
    """Which hourly weather the years are made of."""

    climate: str = Field("dunkerque", description="Key of a fitted climate in the catalogue.")
    epw: str | None = Field(None, description="Path of an EPW file used instead of the climate.")


class Sea(Section):
    """Sea water beside the site, a seasonal cosine; an option for cooling, off by default."""

    is_used: bool = Field(False, description="Reject heat to the sea instead of to air.")
    mean_c: q.SeaTemperature = Field(description="Yearly mean sea temperature.")
    amplitude_k: q.SeaSwing = Field(description="Half the yearly swing.")
    coldest_day_of_year: q.DayOfYear = Field(description="Day of the year of the minimum.")


class HeatSink(Section):
    """A neighbour that can take warm water."""

    name: str
    is_used: bool = Field(True, description="Counted as reuse in ERF.")
    demand_gwh_per_year: q.HeatDemand
    peak_mw: q.HeatPower = Field(description="Largest heat flow the sink accepts.")
    supply_c: q.SinkTemperature = Field(description="Temperature the sink needs at its inlet.")
    is_seasonal: bool = Field(True, description="Follows heating degree-hours, else constant.")
    temperature_lift_cop: q.Cop = Field(
        description="COP of the heat pump that lifts the campus water to the supply temperature."
    )


class Site(Section):
    """The place."""

    name: str
    latitude_deg: q.Latitude
    longitude_deg: q.Longitude
    elevation_m: q.Elevation
    weather: Weather
    design_day_c: q.AirTemperature = Field(description="Dry bulb the cooling plant is sized for.")
    stress_day_c: q.AirTemperature = Field(description="Record dry bulb the plant is checked on.")
    relative_humidity_design_frac: q.Humidity = Field(
        description="Relative humidity on the design day."
    )
    sea: Sea
    heat_sinks: tuple[HeatSink, ...] = ()
