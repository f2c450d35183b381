"""What `design` hands on: sizes, equipment, chain and checks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.records.findings import Check, Reason
from wattport.records.record import PerDraw, PerPoint, axes


@dataclass(frozen=True)
class LossStage:
    """
    One step of the power chain with its loss curve.

    ``loss = rating * (no_load + linear * x + square * x**2)`` with ``x = output / rating`` of
    the energised units together, so that part load and redundancy are seen.
    """

    name: str  # "HV transformer", "MV cable", "MV/LV transformer", "UPS", "busway", ...
    no_load_frac: PerDraw
    linear_frac: PerDraw
    square_frac: PerDraw
    rating_over_it_frac: PerDraw  # energised rating over ready IT nameplate
    carries: str  # "it": IT only; "it+cooling": everything
    source: str


@dataclass(frozen=True)
class RackSupply:
    """
    Power supplies inside the racks: a step of the chain, and yet a part of IT.

    IT is metered at the racks' input (EN 50600-4-2), so this loss is inside IT power and never
    added to the losses of the chain. It runs straight between its points.
    """

    name: str
    output_frac: PerPoint  # over the rating of the supplies, 0 first
    loss_frac: PerPoint  # over the same
    rating_over_it_frac: PerDraw  # installed rating over IT nameplate
    it_load_frac: tuple[float, ...]  # IT power over nameplate, at which the loss is listed
    loss_over_it_frac: tuple[float, ...]  # of that IT power
    source: str


@dataclass(frozen=True)
class CoolingPlant:
    """Cooling plant of the whole campus, each number per draw and per MW of heat or absolute."""

    liquid_frac: PerDraw  # share of IT heat into water, fleet mean
    facility_supply_c: PerDraw
    facility_supply_max_c: PerDraw  # warmest water that keeps racks at full power
    loop_delta_k: PerDraw
    dry_cooler_approach_k: PerDraw  # rated
    dry_cooler_over_heat_frac: PerDraw  # installed rating over design heat
    adiabatic_effectiveness_frac: PerDraw  # 0 where there are no pads
    adiabatic_start_c: PerDraw
    fan_kw_per_mw: PerDraw  # at rated air flow
    pump_kw_per_mw: PerDraw
    cdu_kw_per_mw: PerDraw
    air_fan_kw_per_mw: PerDraw
    air_supply_c: PerDraw
    chiller_trim_frac: PerDraw
    chiller_reference_cop: PerDraw
    auxiliary_mw_per_hall: PerDraw


class Trade(StrEnum):
    """Trades among which the facility's capital is shown."""

    CONNECTION = "grid connection"
    MODULES = "power modules"
    ELECTRICAL = "other electrical"
    MECHANICAL = "mechanical"
    BUILDING = "shell and civil"
    OTHER = "other"


MODULE_PRICE = "module"  # key of a module's price: the plant's own cost, or what it is sold for


@dataclass(frozen=True)
class BillItem:
    """One line of the bill of materials, with the price it takes."""

    item: str
    rating: str  # as a person writes it: "2.5 MW", "400/33 kV 300 MVA"
    n_units: PerDraw
    source: str
    unit: str  # of `n_units`: "units", "m2", "MW", "kWh"
    trade: str  # of `Trade`; "": another line contains it, or the ledger prices it apart
    price: str  # key in finance.prices, or `MODULE_PRICE`; "": none of its own
    n_priced: PerDraw  # how much the price is for, in the unit that its key ends in


@dataclass(frozen=True)
class Design:
    """
    The campus on paper, in every draw.

    Halls are numbered in building order. A draw with a smaller campus has fewer halls: its last
    ones carry zero everywhere.
    """

    hall_it_mw: FloatArray = axes("draw", "hall", doc="IT nameplate; 0: not built.")
    hall_grid_mw: FloatArray = axes("draw", "hall", doc="Grid power on the design day.")
    hall_tranche: IntArray = axes(
        "draw", "hall", doc="Index of the tranche that admits the hall; -1: none does."
    )
    hall_module_need_day: FloatArray = axes(
        "draw", "hall", doc="Day the hall would like its last module; NaN: no hall."
    )
    hall_generation: IntArray = axes(
        "draw", "hall", doc="Index into `generation`; -1: no hall.", index_of="generation"
    )
    hall_n_racks: IntArray = axes("draw", "hall", doc="GPU racks.")
    hall_n_gpus: IntArray = axes("draw", "hall", doc="GPUs.")
    hall_n_modules: IntArray = axes("draw", "hall", doc="Power modules, redundancy included.")
    it_mw: FloatArray = axes("draw", doc="IT nameplate of the campus.")
    grid_mw: FloatArray = axes("draw", doc="Grid power on the design day, everything on.")
    design_pue: FloatArray = axes("draw", doc="Computed on the design day at full load.")
    n_modules: IntArray = axes("draw", doc="Power modules to be made.")
    module_availability_frac: FloatArray = axes(
        "draw", doc="Chance that a hall has its rated power, from module failure and repair."
    )
    n_hv_transformers: IntArray = axes("draw", doc="HV/MV transformers, spares included.")
    generation: tuple[str, ...] = ()  # catalogue keys
    rack_kw: FloatArray = axes("generation", doc="Power of one rack.", default=None)
    powered_frac: FloatArray = axes(
        "draw", doc="Share of the IT power that outages of modules leave, mean.", default=None
    )
    rack_price_musd: FloatArray = axes("draw", "generation", doc="Price of one rack.", default=None)
    rack_n_gpus: IntArray = axes("generation", doc="GPUs in one rack.", default=None)
    chain: tuple[LossStage, ...] = ()
    supply: RackSupply | None = None
    cooling: CoolingPlant | None = None
    bill: tuple[BillItem, ...] = ()
    checks: tuple[Check, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return int(self.hall_it_mw.shape[0])

    @property
    def has_hall(self) -> np.ndarray:
        """Which halls exist; shape (draw, hall)."""
        return self.hall_it_mw > 0.0

    @property
    def hall_rack_price_musd(self) -> FloatArray:
        """Price of a rack of the generation in each hall; zero where there is no hall."""
        price = np.pad(self.rack_price_musd, ((0, 0), (0, 1)))
        return np.take_along_axis(price, self.hall_generation, axis=1)
