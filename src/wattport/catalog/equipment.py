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
    price_musd: float
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
class ComponentPrice:
    """What a unit of equipment or work costs, delivered and installed; its key ends in the unit."""

    key: str
    name: str
    value: float
    low: float
    high: float
    price_year: int
    region: str
    source: str
    status: str


@dataclass(frozen=True)
class Gpu:
    """A generation of GPUs: power, memory and the domain its fast links span."""

    key: str
    name: str
    rack: str  # key of the rack it stands in; empty: none in the catalogue
    idle_w: float
    active_w: float  # sustained in training or saturated serving
    max_w: float  # power limit of the factory
    memory_gb: float
    memory_tb_per_s: float
    domain_n_gpus: int
    clock_exponent: float  # dynamic power over clock, between fixed voltage (1) and cubic (3)
    rest_idle_frac: float  # of the rack's other power: CPUs, switches, fans, power shelves
    source: str
    status: str


@dataclass(frozen=True)
class Psu:
    """Power supplies of a rack, with their efficiency at 10, 20, 50 and 100 % of their rating."""

    key: str
    name: str
    efficiency_10_frac: float
    efficiency_20_frac: float
    efficiency_50_frac: float
    efficiency_100_frac: float
    installed_over_load: float  # rating of all supplies over the rack's full load: redundancy
    source: str
    status: str

    @property
    def efficiencies_frac(self) -> tuple[float, float, float, float]:
        """At 10, 20, 50 and 100 % of the rating."""
        return (
            self.efficiency_10_frac,
            self.efficiency_20_frac,
            self.efficiency_50_frac,
            self.efficiency_100_frac,
        )


@dataclass(frozen=True)
class Supercomputer:
    """A machine of equal racks, with the power of its parts and of its converters."""

    key: str
    name: str
    n_racks: int
    n_chassis_per_rack: int
    n_blades_per_chassis: int
    n_nodes_per_blade: int
    n_rectifiers_per_chassis: int
    n_switches_per_chassis: int
    n_cdus: int
    n_gpus_per_node: int
    cpu_idle_w: float
    cpu_max_w: float
    gpu_idle_w: float
    gpu_max_w: float
    memory_w: float
    nic_w: float
    n_nics_per_node: int
    drive_w: float
    switch_w: float
    cdu_w: float
    node_converter_w: float  # constant of the node's DC/DC converter, before its efficiency
    node_converter_frac: float
    rectifier_w: float
    rectifier_frac: float
    source: str
    status: str

    @property
    def n_nodes(self) -> int:
        """Nodes of the whole machine."""
        per_chassis = self.n_blades_per_chassis * self.n_nodes_per_blade
        return self.n_racks * self.n_chassis_per_rack * per_chassis

    @property
    def n_rectifiers(self) -> int:
        """Rectifiers of the whole machine."""
        return self.n_racks * self.n_chassis_per_rack * self.n_rectifiers_per_chassis
