"""What `account` hands on: money, carbon, water, jobs, and which guess matters."""

from __future__ import annotations

from dataclasses import dataclass

from wattport.arrays import FloatArray, IntArray
from wattport.records.findings import Reason
from wattport.records.record import axes


@dataclass(frozen=True)
class Headline:
    """One row of *announced against computed*."""

    metric: str  # "First compute", "Grid connection", ...
    unit: str  # "MW", "bn EUR", "date" (values are then day numbers), ...
    announced: str  # as published, with its year; "" where nothing was published
    announced_low: float | None
    announced_high: float | None
    p10: float
    p50: float
    p90: float
    why: str  # why they differ, in a sentence
    source: str  # of the announced figure
    status: str = ""  # of the announced figure: an inferred one is never shown as announced


@dataclass(frozen=True)
class Driver:
    """How much one uncertain input moves one result."""

    result: str  # "first_compute_day", "facility_capex_eur", "gpu_hour_cost_eur"
    path: str  # of the input in the spec
    status: str  # announced | measured | published | inferred | guess
    source: str
    rank_correlation: float  # Spearman, -1 to 1, the others not held
    variance_frac: float  # share of the result's variance it explains alone
    result_at_low: float  # the result with the input at its P10, the others held
    result_at_high: float  # the result with the input at its P90, the others held
    unit: str  # of the result


@dataclass(frozen=True)
class Ledger:
    """Money in real terms of the price year; years are calendar years."""

    year: IntArray = axes("year", doc="Calendar year.", default=None)
    capex_item: tuple[str, ...] = ()
    capex_eur: FloatArray = axes("draw", "year", "capex_item", doc="", default=None)
    opex_item: tuple[str, ...] = ()
    opex_eur: FloatArray = axes("draw", "year", "opex_item", doc="", default=None)
    revenue_eur: FloatArray = axes("draw", "year", doc="GPU-hours at market price.", default=None)
    cash_flow_eur: FloatArray = axes(
        "draw", "year", doc="Capex + opex - revenue; cost positive.", default=None
    )
    net_present_cost_eur: FloatArray = axes(
        "draw", doc="Discounted capex and opex; cost positive.", default=None
    )
    net_present_value_eur: FloatArray = axes(
        "draw", doc="Discounted revenue less costs, full stack; gain positive.", default=None
    )
    facility_line: tuple[str, ...] = ()  # of the bill of materials and on top of it; or trades
    facility_line_eur: FloatArray = axes(
        "draw", "facility_line", doc="Facility by line, money of the price year.", default=None
    )
    facility_trade: tuple[str, ...] = ()
    facility_trade_meur_per_mw: FloatArray = axes(
        "draw", "facility_trade", doc="Facility by trade over IT, risen prices in it.", default=None
    )
    facility_capex_eur: FloatArray = axes("draw", doc="Facility only.", default=None)
    plants_capex_eur: FloatArray = axes("draw", doc="The two plants.", default=None)
    it_capex_eur: FloatArray = axes("draw", doc="First fit-out of all racks.", default=None)
    full_stack_eur: FloatArray = axes("draw", doc="Facility + IT + plants.", default=None)
    announced_low_eur: float = float("nan")
    announced_high_eur: float = float("nan")
    funded_rack_frac: FloatArray = axes(
        "draw", doc="Share of racks the announced sum would buy after the facility.", default=None
    )
    joint_date_day: FloatArray = axes("joint_date", doc="Dates asked for.", default=None)
    joint_sum_eur: FloatArray = axes("joint_sum", doc="Sums asked for.", default=None)
    joint_frac: FloatArray = axes(
        "joint_date",
        "joint_sum",
        doc="Share of draws with first compute by the date and facility capex within the sum.",
        default=None,
    )
    gpu_hour_cost_eur: FloatArray = axes("draw", doc="Levelised, per useful one.", default=None)
    gpu_hour_sold_cost_eur: FloatArray = axes("draw", doc="Per GPU-hour sold.", default=None)
    gpu_hour_held_cost_eur: FloatArray = axes("draw", doc="Per GPU-hour held.", default=None)
    token_cost_eur_per_million: FloatArray = axes(
        "draw", doc="GPU-hours of inference at that cost, per tokens generated.", default=None
    )
    it_energy_cost_eur_per_mwh: FloatArray = axes(
        "draw", doc="Levelised facility and energy cost per MWh of IT, without IT.", default=None
    )
    annual_cost_eur: FloatArray = axes(
        "draw", doc="Annualised total cost of ownership at full campus.", default=None
    )
    carbon_scope: tuple[str, ...] = ()  # ("scope 2", "embodied facility", "embodied IT")
    carbon_t: FloatArray = axes("draw", "year", "carbon_scope", doc="", default=None)
    water_m3: FloatArray = axes("draw", "year", doc="", default=None)
    job_group: tuple[str, ...] = ()  # ("plants", "construction", "operation", ...)
    jobs_fte: FloatArray = axes("draw", "year", "job_group", doc="", default=None)
    busiest_jobs_fte: FloatArray = axes(
        "draw", doc="Largest year of plants, operation and contractors together.", default=None
    )
    permanent_jobs_fte: FloatArray = axes(
        "draw", doc="Of a full year of operation, plants only where they still work.", default=None
    )
    headlines: tuple[Headline, ...] = ()
    drivers: tuple[Driver, ...] = ()
    gates: tuple[Reason, ...] = ()
    reasons: tuple[Reason, ...] = ()
