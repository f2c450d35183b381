"""Prices, lives and rates."""

from __future__ import annotations

from pydantic import Field

from wattport.spec.number import Count, Fraction, NonNegative, Number, Positive, certain
from wattport.spec.section import Section


class FacilitySplit(Section):
    """Shares of the facility capex; they add to one."""

    electrical_frac: Fraction
    mechanical_frac: Fraction
    shell_frac: Fraction
    civil_frac: Fraction
    other_frac: Fraction


class Energy(Section):
    """What a megawatt-hour costs at the campus."""

    base_price_eur_per_mwh: NonNegative
    quarter_factors: tuple[Positive, Positive, Positive, Positive]
    peak_over_base_frac: Positive = Field(description="Weekday 8-20 h price over base.")
    negative_hours_frac: Fraction = Field(description="Share of hours below zero.")
    volatility_frac: NonNegative = Field(description="Hourly spread around the shape.")
    negative_depth_frac: NonNegative = Field(
        certain(0.18), description="Mean of the hours below zero, sign reversed, over base."
    )
    network_eur_per_mwh: NonNegative = Field(description="TURPE, flat.")
    excise_eur_per_mwh: NonNegative


class Finance(Section):
    """Money."""

    usd_per_eur: Positive
    price_year: Count = Field(description="Year whose money all prices are in.")
    discount_rate_frac: Fraction = Field(description="Real, after tax.")
    facility_capex_meur_per_mw: Positive = Field(description="Per MW of IT, without IT.")
    facility_split: FacilitySplit
    it_fit_out_frac: Fraction = Field(
        description="Share of racks the programme pays for; the rest belongs to tenants."
    )
    network_storage_frac: NonNegative = Field(
        description="Network and storage on top of rack price."
    )
    facility_life_years: Positive
    it_life_years: Positive
    operation_years: Count = Field(description="Years of operation played after first compute.")
    energy: Energy
    maintenance_eur_per_mw_year: NonNegative = Field(description="Non-energy opex per MW IT.")
    om_staff_fte_per_mw: NonNegative = Field(description="Operations staff per MW of grid.")
    labour_eur_per_h: NonNegative
    hours_per_fte_year: Positive
    gpu_hour_price_usd: Positive = Field(description="Market price of a GPU-hour.")
    water_eur_per_m3: NonNegative
    embodied_facility_t_per_mw: NonNegative = Field(
        description="Embodied CO2e of the facility per MW IT."
    )
    embodied_rack_t: NonNegative = Field(description="Embodied CO2e of one rack.")


class Announced(Section):
    """What was said in public, shown beside what is computed; never an input to it."""

    envelope_low_beur: Number | None = None
    envelope_high_beur: Number | None = None
    jobs: Number | None = None
    first_production_year: Count | None = None
    it_mw: Number | None = Field(
        default=None, description="Left out where no figure was published."
    )
    grid_mw_low: Number | None = None
    grid_mw_high: Number | None = None
    pue: Number | None = None
