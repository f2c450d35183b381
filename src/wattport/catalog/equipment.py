"""What the catalogue holds: one frozen value for each kind of equipment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rack:
    """A generation of GPU racks and how its hall is cooled."""

    key: str
    name: str
    power_kw: float
    n_gpus: int
    liquid_frac: float  # share of its heat that goes into water
    other_liquid_frac: float  # the same for the network, storage and CPU racks beside it
    price_eur: float
    mass_kg: float
    source: str
    status: str


@dataclass(frozen=True)
class Ups:
    """A UPS with published efficiencies at a quarter, half, three quarters and full load."""

    key: str
    name: str
    rating_kw: float
    double_25_frac: float
    double_50_frac: float
    double_75_frac: float
    double_100_frac: float
    eco_25_frac: float
    eco_50_frac: float
    eco_75_frac: float
    eco_100_frac: float
    input_power_factor_frac: float
    overload_continuous_frac: float
    short_circuit_ka: float
    source: str
    status: str


@dataclass(frozen=True)
class Transformer:
    """A two-winding transformer."""

    key: str
    name: str
    rating_mva: float
    high_kv: float
    low_kv: float
    no_load_kw: float
    load_loss_kw: float
    impedance_frac: float
    switchgear_ka: float  # short-time withstand of the board on its low side
    source: str
    status: str


@dataclass(frozen=True)
class Line:
    """A run of cable or busway, as laid: rating, resistance and mean length."""

    key: str
    name: str
    voltage_kv: float
    rating_mva: float
    resistance_ohm_per_km: float
    length_km: float
    source: str
    status: str


@dataclass(frozen=True)
class Chiller:
    """An air-cooled chiller with its fitted curves and their range."""

    key: str
    name: str
    rating_mw: float
    rated_cop: float
    cap_curve: tuple[float, ...]
    eir_temperature_curve: tuple[float, ...]
    eir_part_load_curve: tuple[float, ...]
    leaving_min_c: float
    leaving_max_c: float
    outdoor_min_c: float
    outdoor_max_c: float
    power_factor_frac: float  # of its drives, and of those of fans and pumps
    evaporator_max_c: float  # warmest water the machine makes; warmer supply is blended
    source: str
    status: str


@dataclass(frozen=True)
class Component:
    """A part whose failure takes its power module out of service."""

    key: str
    name: str
    n_per_module: int
    failures_per_year: float
    repair_h: float
    source: str
    status: str


@dataclass(frozen=True)
class LeadTime:
    """Weeks from order to delivery as the market quoted them."""

    key: str
    name: str
    lead_time_low_weeks: float
    lead_time_weeks: float
    lead_time_high_weeks: float
    source: str
    status: str
