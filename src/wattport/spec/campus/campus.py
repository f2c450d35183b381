"""The campus itself: capacity, halls, racks, power modules, transformers, cooling."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from wattport.spec.reading import quantity as q
from wattport.spec.reading.number import between, certain
from wattport.spec.reading.section import Section


class CapacityBasis(StrEnum):
    """What fixes the size of the campus."""

    GRID = "grid"
    IT = "it"


class Topology(StrEnum):
    """How power modules stand in for each other."""

    N = "n"
    N_PLUS_1 = "n+1"
    DISTRIBUTED = "distributed"
    TWO_N = "2n"


class UpsMode(StrEnum):
    """How the UPS runs in normal operation."""

    DOUBLE_CONVERSION = "double_conversion"
    ECO = "eco"


class RackGeneration(Section):
    """A rack generation and the date from which halls are planned with it."""

    generation: str = Field(description="Key of the rack in the catalogue.")
    available_from: q.Day
    price_musd: q.RackPrice | None = Field(
        None, description="Price of one rack; left out: the catalogue's."
    )


class Modules(Section):
    """Prefabricated power modules."""

    rating_mw: q.ModulePower = Field(description="Critical power of one module.")
    topology: Topology
    n_needed: q.Redundant = Field(
        4, description="Distributed redundant: modules that carry the load; one more is made."
    )
    n_per_block: q.Redundant = Field(4, description="N+1: needed modules per redundant block.")
    ups: str = Field(description="Key of the UPS in the catalogue.")
    ups_mode: UpsMode
    n_transformers: q.PerModule = Field(1, description="MV/LV transformers per module.")
    transformer: str = Field(description="Key of the MV/LV transformer in the catalogue.")
    autonomy_min: q.Autonomy = Field(description="Battery autonomy at rated power.")
    kit_rating_mw: q.ModulePower | None = Field(
        None,
        description="Critical power that the plant's kit and price are for; a module of another "
        "rating costs in proportion. Left out: that of the modules.",
    )
    kit_autonomy_min: q.Autonomy | None = Field(
        None,
        description="Battery minutes in the plant's kit and price; more are bought on top. "
        "Left out: those of the modules.",
    )


class Substation(Section):
    """HV/MV transformers at the point of connection."""

    transformer: str = Field(description="Key of the HV/MV transformer in the catalogue.")
    n_spare: q.Spares = Field(1, description="Transformers beyond those that carry the load.")
    loading_limit_frac: q.Loading = Field(description="Largest loading with one unit out.")


class Cooling(Section):
    """Liquid loop with dry coolers, trim chillers, CDUs and pumps; air for the rest."""

    facility_supply_c: q.WaterTemperature = Field(
        description="Water to the CDUs, normal operation."
    )
    facility_supply_max_c: q.WaterTemperature = Field(description="Warmest water the racks accept.")
    cdu_approach_k: q.Approach = Field(
        certain(4.0), description="Water to the racks minus facility water, across the CDU."
    )
    loop_delta_k: q.LoopRise = Field(description="Temperature rise of the facility water.")
    dry_cooler_approach_k: q.AirApproach = Field(
        description="Rated leaving water minus dry bulb, at rated heat."
    )
    is_adiabatic: bool = Field(description="Dry coolers with adiabatic pre-cooling pads.")
    adiabatic_start_c: q.AirTemperature = Field(
        description="Dry bulb below which the pads stay dry, for frost; above it they are wetted "
        "as far as the coolers need it."
    )
    adiabatic_effectiveness_frac: q.Fraction
    fan_kw_per_mw: q.DrivePower = Field(description="Fan power per MW heat at rated air flow.")
    pump_kw_per_mw: q.DrivePower = Field(description="Facility pump power per MW heat, rated.")
    cdu_kw_per_mw: q.DrivePower = Field(description="CDU pump power per MW of liquid heat.")
    cdu_rating_mw: q.UnitPower
    dry_cooler_rating_mw: q.UnitPower = Field(description="Heat rejection of one dry cooler.")
    chiller: str = Field(description="Key of the trim chiller in the catalogue.")
    chiller_trim_frac: q.Fraction = Field(
        description="Share of the design heat that trim chillers can carry."
    )
    air_supply_c: q.RackAir = Field(description="Air to the racks for the heat not in liquid.")
    air_fan_kw_per_mw: q.DrivePower = Field(description="Fan-wall power per MW of air heat.")
    n_spare_frac: q.Fraction = Field(description="Spare dry coolers, pumps and CDUs.")
    availability_frac: q.Availability = Field(
        default=between(0.9999, 0.9990, 0.99999),
        description="Share of the year with cooling for all racks.",
        json_schema_extra={
            "source": "no source seen; an hour a year for units that have spares",
            "status": "guess",
        },
    )


class Campus(Section):
    """Capacity and equipment of the campus."""

    capacity_basis: CapacityBasis
    it_mw: q.CampusPower = Field(description="IT nameplate, used when capacity_basis is `it`.")
    design_pue: q.Pue = Field(
        description="Design-day PUE allowance that turns grid power into IT power."
    )
    hall_it_mw: q.HallPower = Field(description="IT nameplate of one hall.")
    floor_m2_per_mw: q.FloorPerMw = Field(
        default=between(650.0, 400.0, 900.0),
        description="Gross floor of the buildings per MW of IT.",
        json_schema_extra={
            "source": "7,000 sq ft per MW (ai-compute-buildout-2030, after DPR Construction); "
            "low end halls alone",
            "status": "inferred",
        },
    )
    gpu_rack_frac: q.SomeFraction = Field(description="Share of IT power in GPU racks.")
    rack_supply: str = Field(
        "titanium", description="Key of the racks' power supplies in the catalogue."
    )
    auxiliary_mw_per_hall: q.AuxiliaryPower = Field(description="Lighting, security, offices.")
    rack_generations: tuple[RackGeneration, ...]
    modules: Modules
    substation: Substation
    cooling: Cooling
