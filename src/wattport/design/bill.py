"""Bill of materials: what has to be bought, made and built, and the price each line takes."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray
from wattport.catalog import Chiller, find
from wattport.design.chain import n_ups_per_module
from wattport.design.sizing import Sizing
from wattport.records.design import MODULE_PRICE, BillItem, Trade

_N_INCOMING_BAYS = 2  # two lines of the grid, so that one may be out
_IN_MODULE = "in the power module"


def bill_of_materials(sizing: Sizing) -> tuple[BillItem, ...]:
    """
    List equipment and works of the campus with what is priced of each.

    Parameters
    ----------
    sizing : Sizing
        The campus as sized.

    Returns
    -------
    tuple of BillItem
        From the grid to the racks, then cooling, then works. A line that another one contains
        (the UPS of a module) has no price of its own.
    """
    return (*_substation(sizing), *_modules(sizing), *_cooling(sizing), *_works(sizing),
            *_racks(sizing))  # fmt: skip


def _halls(sizing: Sizing) -> FloatArray:
    """Halls that are admitted, shape (draw,)."""
    return sizing.halls.n_admitted.astype(np.float64)


def _substation(sizing: Sizing) -> tuple[BillItem, ...]:
    """Connection, switchyard, transformers and the feeders to the halls."""
    kit, halls, grid = sizing.kit, _halls(sizing), sizing.spec.grid
    units = sizing.substation.n_transformers.astype(np.float64)
    bays = units + _N_INCOMING_BAYS * (units > 0.0)
    feeders = halls * sizing.n_feeders
    trade = Trade.ELECTRICAL
    return (
        _line("Grid connection", f"{kit.hv.high_kv:g} kV", np.where(
            halls > 0.0, grid.connection_mw, 0.0), "grid.connection_mw", "MW",
            Trade.CONNECTION, "connection_usd_per_mw"),
        _line("HV switchgear bay", f"{kit.hv.high_kv:g} kV", bays,
                 "one for each transformer and two for the lines of the grid", "units",
                 trade, "hv_bay_musd"),
        _line("HV/MV transformer", kit.hv.name, units, kit.hv.source, "units", trade,
                 "hv_transformer_usd_per_mva", units * kit.hv.rating_mva),
        _line("MV feeder", kit.cable.name, feeders, kit.cable.source, "units", trade,
                 "mv_cable_usd_per_km", feeders * kit.cable.length_km),
    )  # fmt: skip


def _modules(sizing: Sizing) -> tuple[BillItem, ...]:
    """Power modules, what is in them, and what is set and laid around them."""
    campus, kit = sizing.spec.campus.modules, sizing.kit
    modules = _halls(sizing) * sizing.modules.n_modules
    ups = modules * n_ups_per_module(sizing.spec, kit.ups)
    rated_mw = modules * campus.rating_mw
    kit_mw = campus.rating_mw if campus.kit_rating_mw is None else campus.kit_rating_mw
    extra_min = (
        np.zeros_like(modules)
        if campus.kit_autonomy_min is None
        else campus.autonomy_min - campus.kit_autonomy_min
    )
    critical, minutes = typical(campus.rating_mw), typical(campus.autonomy_min)
    trade = Trade.ELECTRICAL
    return (
        _line("Power module", f"{critical} MW critical", modules, "campus.modules",
                 "units", Trade.MODULES, MODULE_PRICE, modules * campus.rating_mw / kit_mw),
        _line("MV switchgear lineup", f"{kit.hv.low_kv:g} kV {kit.hv.switchgear_ka:g} kA",
                 modules, _IN_MODULE),
        _line("MV/LV transformer", kit.mv_lv.name, modules * campus.n_transformers,
                 kit.mv_lv.source),
        _line("UPS", kit.ups.name, ups, kit.ups.source),
        _line("Battery", f"{minutes} min at {kit.ups.rating_kw:g} kW", ups,
                 "campus.modules.autonomy_min"),
        _line("Battery minutes beyond the kit", f"{typical(extra_min)} min",
                 rated_mw * 1000.0 * extra_min / 60.0, "campus.modules.autonomy_min", "kWh",
                 trade, "battery_usd_per_kwh"),
        _line("Setting and connecting", "power modules on site", rated_mw,
                 "campus.modules", "MW", trade, "module_install_usd_per_mw"),
        _line("LV busway", kit.busway.name, modules, kit.busway.source, "units", trade,
                 "busway_usd_per_mw", rated_mw),
    )  # fmt: skip


def _cooling(sizing: Sizing) -> tuple[BillItem, ...]:
    """Heat rejection, chillers, water loops and hall air."""
    cooling, plant, halls = sizing.spec.campus.cooling, sizing.plant_size, _halls(sizing)
    chiller = find(Chiller, cooling.chiller)
    coolers, cdus = halls * plant.n_dry_coolers, halls * plant.n_cdus
    rejected_mw = coolers * cooling.dry_cooler_rating_mw
    trim, air = halls * plant.n_trim_chillers, halls * plant.n_air_chillers
    cooler, cdu = typical(cooling.dry_cooler_rating_mw), typical(cooling.cdu_rating_mw)
    liquid_mw, air_mw = halls * plant.liquid_heat_mw, halls * plant.air_heat_mw
    source, trade = "campus.cooling", Trade.MECHANICAL
    items = [
        _line("Dry cooler", f"{cooler} MW", coolers, source, "units", trade,
                 "dry_cooler_usd_per_mw", rejected_mw),
        _line("Trim chiller", chiller.name, trim, chiller.source, "units", trade,
                 "chiller_usd_per_mw", trim * chiller.rating_mw),
        _line("Air-side chiller", chiller.name, air, chiller.source, "units", trade,
                 "chiller_usd_per_mw", air * chiller.rating_mw),
        _line("Facility pump", "one for ten dry coolers", halls * plant.n_pumps,
                 "in the water loops"),
        _line("CDU", f"{cdu} MW", cdus, source, "units", trade, "cdu_usd_per_mw",
                 cdus * cooling.cdu_rating_mw),
        _line("Water loops", "pumps, piping and valves", liquid_mw + air_mw, source, "MW",
                 trade, "piping_usd_per_mw"),
        _line("Hall air handling", "fan walls", air_mw, source, "MW", trade,
                 "hall_air_usd_per_mw"),
    ]  # fmt: skip
    if cooling.is_adiabatic:
        items.append(_line("Adiabatic pads", "of the dry coolers", rejected_mw, source, "MW",
                              trade, "pads_usd_per_mw"))  # fmt: skip
    if sizing.spec.site.sea.is_used:
        items.append(_line("Sea water intake", "with exchangers", liquid_mw, "site.sea", "MW",
                              trade, "sea_intake_usd_per_mw"))  # fmt: skip
    return tuple(items)


def _works(sizing: Sizing) -> tuple[BillItem, ...]:
    """Land, civil works, buildings and their fit-out."""
    it_mw = sizing.halls.it_mw.sum(axis=1)
    floor_m2 = it_mw * sizing.spec.campus.floor_m2_per_mw
    source = "campus.floor_m2_per_mw"
    return (
        _line("Land", "of the campus", it_mw, "campus.it_mw", "MW", Trade.BUILDING,
                 "land_usd_per_mw"),
        _line("Site works and utilities", "by floor", floor_m2, source, "m2",
                 Trade.BUILDING, "civil_usd_per_m2"),
        _line("Building shell", "by floor", floor_m2, source, "m2", Trade.BUILDING,
                 "shell_usd_per_m2"),
        _line("Fit-out, fire, security", "by floor", floor_m2, source, "m2", Trade.OTHER,
                 "fit_out_usd_per_m2"),
        _line("Controls and monitoring", "by IT", it_mw, "campus.it_mw", "MW", Trade.OTHER,
                 "controls_usd_per_mw"),
    )  # fmt: skip


def _racks(sizing: Sizing) -> tuple[BillItem, ...]:
    """GPU racks by generation; the ledger prices them apart from the facility."""
    return tuple(
        _line(
            "GPU rack", f"{rack.name} {rack.power_kw:g} kW",
            np.where(sizing.halls.generation == k, sizing.halls.n_racks, 0).sum(axis=1) * 1.0,
            rack.source,
        )
        for k, rack in enumerate(sizing.racks)
    )  # fmt: skip


def _line(
    item: str,
    rating: str,
    count: FloatArray,
    source: str,
    unit: str = "units",
    trade: str = "",
    price: str = "",
    priced: FloatArray | None = None,
) -> BillItem:
    """Write a line; what is priced is what is counted, if nothing else is said."""
    return BillItem(item, rating, count, source, unit, str(trade), price,
                    count if priced is None else priced)  # fmt: skip


def typical(values: FloatArray) -> str:
    """Write a rating as its median over the draws."""
    return f"{np.median(values):g}"
