"""Prices, lives and rates."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from wattport.spec.campus.prices import OnTop, Prices
from wattport.spec.reading import quantity as q
from wattport.spec.reading.number import certain
from wattport.spec.reading.section import Section


class CapexBasis(StrEnum):
    """What the capital cost of the facility is computed from."""

    BILL = "bill"  # the bill of materials, item by item
    PER_MW = "per_mw"  # one figure per MW of IT, whatever is built


class FacilitySplit(Section):
    """Shares of the facility capex; they add to one."""

    electrical_frac: q.Fraction
    mechanical_frac: q.Fraction
    shell_frac: q.Fraction
    civil_frac: q.Fraction
    other_frac: q.Fraction


class Energy(Section):
    """What a megawatt-hour costs at the campus."""

    base_price_eur_per_mwh: q.PowerPrice
    quarter_factors: tuple[q.QuarterFactor, q.QuarterFactor, q.QuarterFactor, q.QuarterFactor]
    peak_over_base_frac: q.PeakFactor = Field(description="Weekday 8-20 h price over base.")
    negative_hours_frac: q.NegativeHours = Field(description="Share of hours below zero.")
    volatility_frac: q.Volatility = Field(description="Hourly spread around the shape.")
    negative_depth_frac: q.NegativeDepth = Field(
        certain(0.18), description="Mean of the hours below zero, sign reversed, over base."
    )
    network_eur_per_mwh: q.Tariff = Field(description="TURPE, flat.")
    excise_eur_per_mwh: q.Tariff


class Finance(Section):
    """Money."""

    usd_per_eur: q.ExchangeRate
    price_year: q.Year = Field(description="Year whose money all prices are in.")
    discount_rate_frac: q.DiscountRate = Field(description="Real, after tax.")
    capex_basis: CapexBasis = Field(
        CapexBasis.BILL, description="The bill of materials, or one figure per MW of IT."
    )
    prices: Prices = Field(Prices(), description="Of the bill; left out: the catalogue's.")
    on_top: OnTop = Field(OnTop(), description="On top of the bill.")
    facility_capex_meur_per_mw: q.CapexPerMw = Field(
        description="Facility without IT per MW of IT as published: the figure under `per_mw`, "
        "the band beside the bill otherwise."
    )
    facility_split: FacilitySplit = Field(description="By trade, under `per_mw`.")
    it_fit_out_frac: q.Fraction = Field(
        description="Share of racks the programme pays for; the rest belongs to tenants."
    )
    network_storage_frac: q.NetworkShare = Field(
        description="Network and storage on top of rack price."
    )
    facility_life_years: q.Life
    it_life_years: q.Life
    plant_life_years: q.Life = Field(certain(20.0), description="Of the two plants.")
    operation_years: q.OperationYears = Field(
        description="Years of operation played after first compute."
    )
    energy: Energy
    maintenance_eur_per_mw_year: q.MaintenancePerMw = Field(
        description="Opex per MW of IT without energy, water and staff: parts, services, insurance."
    )
    om_staff_fte_per_mw: q.StaffPerMw = Field(description="Operator's own staff per MW of grid.")
    contracted_staff_fte_per_mw: q.StaffPerMw = Field(
        certain(0.0), description="Contractors' staff on site per MW of grid: guards, trades."
    )
    labour_eur_per_h: q.HourlyWage
    hours_per_fte_year: q.HoursPerFte
    gpu_hour_price_usd: q.GpuHourPrice = Field(description="Market price of a GPU-hour.")
    water_eur_per_m3: q.WaterPrice
    embodied_facility_t_per_mw: q.EmbodiedPerMw = Field(
        description="Embodied CO2e of the facility per MW IT."
    )
    embodied_rack_t: q.EmbodiedRack = Field(description="Embodied CO2e of one rack.")


class Announced(Section):
    """What was said in public, shown beside what is computed; never an input to it."""

    envelope_low_beur: q.AnnouncedBeur | None = None
    envelope_high_beur: q.AnnouncedBeur | None = None
    jobs: q.AnnouncedJobs | None = None
    first_production_year: q.Year | None = None
    it_mw: q.CampusPower | None = Field(
        default=None, description="Left out where no figure was published."
    )
    grid_mw_low: q.CampusPower | None = None
    grid_mw_high: q.CampusPower | None = None
    pue: q.Pue | None = None
