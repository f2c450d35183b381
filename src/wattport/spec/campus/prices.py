"""What equipment and works cost: the catalogue's prices, each of which a scenario may replace."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from wattport.catalog import ComponentPrice, find
from wattport.spec.reading import quantity as q
from wattport.spec.reading.number import between, certain
from wattport.spec.reading.section import Section


def _of_catalogue(key: str) -> Any:
    """Field whose default, with its range and source, is the catalogue's price of that key."""
    price = find(ComponentPrice, key)
    return Field(
        default=between(price.value, price.low, price.high),
        description=f"{price.name}.",
        json_schema_extra={
            "source": f"{price.source}; {price.region}, money of {price.price_year}",
            "status": price.status,
        },
    )


class Prices(Section):
    """Prices of the bill of materials, delivered and installed."""

    land_usd_per_mw: q.PricePerMw = _of_catalogue("land_usd_per_mw")
    civil_usd_per_m2: q.PricePerM2 = _of_catalogue("civil_usd_per_m2")
    shell_usd_per_m2: q.PricePerM2 = _of_catalogue("shell_usd_per_m2")
    fit_out_usd_per_m2: q.PricePerM2 = _of_catalogue("fit_out_usd_per_m2")
    connection_usd_per_mw: q.PricePerMw = _of_catalogue("connection_usd_per_mw")
    hv_bay_musd: q.BayPrice = _of_catalogue("hv_bay_musd")
    hv_transformer_usd_per_mva: q.PricePerMw = _of_catalogue("hv_transformer_usd_per_mva")
    mv_cable_usd_per_km: q.PricePerKm = _of_catalogue("mv_cable_usd_per_km")
    busway_usd_per_mw: q.PricePerMw = _of_catalogue("busway_usd_per_mw")
    module_install_usd_per_mw: q.PricePerMw = _of_catalogue("module_install_usd_per_mw")
    battery_usd_per_kwh: q.BatteryPrice = _of_catalogue("battery_usd_per_kwh")
    cdu_usd_per_mw: q.PricePerMw = _of_catalogue("cdu_usd_per_mw")
    dry_cooler_usd_per_mw: q.PricePerMw = _of_catalogue("dry_cooler_usd_per_mw")
    pads_usd_per_mw: q.PricePerMw = _of_catalogue("pads_usd_per_mw")
    sea_intake_usd_per_mw: q.PricePerMw = _of_catalogue("sea_intake_usd_per_mw")
    chiller_usd_per_mw: q.PricePerMw = _of_catalogue("chiller_usd_per_mw")
    piping_usd_per_mw: q.PricePerMw = _of_catalogue("piping_usd_per_mw")
    hall_air_usd_per_mw: q.PricePerMw = _of_catalogue("hall_air_usd_per_mw")
    controls_usd_per_mw: q.PricePerMw = _of_catalogue("controls_usd_per_mw")


class OnTop(Section):
    """What comes on top of the priced bill: the market's level, the place, margins and reserves."""

    market_level_frac: q.PriceLevel = Field(
        default=certain(1.0),
        description="All prices of the bill over the catalogue's, in one market.",
    )
    location_frac: q.PriceLevel = Field(
        default=certain(1.0),
        description="Works (land, civil, shell, fit-out) at the place over the US.",
    )
    contractor_frac: q.Premium = Field(
        default=between(0.15, 0.10, 0.20),
        description="Preliminaries and margin of the main contractor, on works and equipment.",
        json_schema_extra={"source": "no source seen, usual range", "status": "guess"},
    )
    owner_frac: q.Premium = Field(
        default=between(0.10, 0.06, 0.15),
        description="Owner's team, design, permits and commissioning, on the contract.",
        json_schema_extra={"source": "no source seen, usual range", "status": "guess"},
    )
    insurance_frac: q.Premium = Field(
        default=between(0.01, 0.005, 0.02),
        description="Insurance of the works, on the contract.",
        json_schema_extra={"source": "no source seen, usual range", "status": "guess"},
    )
    contingency_frac: q.Premium = Field(
        default=between(0.08, 0.03, 0.15),
        description="Spent on what nobody foresaw, on the contract.",
        json_schema_extra={"source": "no source seen, usual range", "status": "guess"},
    )
    escalation_frac_per_year: q.PriceDrift = Field(
        default=certain(0.0),
        description="Rise of building prices beyond other prices, to the payment.",
    )
