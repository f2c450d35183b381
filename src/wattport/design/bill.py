"""Bill of materials: what has to be bought and made, with rating and count."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray
from wattport.catalog import Chiller, find
from wattport.design.chain import n_ups_per_module
from wattport.design.sizing import Sizing
from wattport.records.design import BillItem


def bill_of_materials(sizing: Sizing) -> tuple[BillItem, ...]:
    """
    List the equipment of the campus.

    Parameters
    ----------
    sizing : Sizing
        The campus as sized.

    Returns
    -------
    tuple of BillItem
        From the grid to the racks, then cooling.
    """
    campus, kit, plant = sizing.spec.campus, sizing.kit, sizing.plant_size
    halls = sizing.halls.n_admitted.astype(np.float64)
    modules = halls * sizing.modules.n_modules
    chiller = find(Chiller, campus.cooling.chiller)
    ups = modules * n_ups_per_module(sizing.spec, kit.ups)
    rating, minutes = typical(campus.modules.rating_mw), typical(campus.modules.autonomy_min)
    cooler, cdu = (
        typical(campus.cooling.dry_cooler_rating_mw),
        typical(campus.cooling.cdu_rating_mw),
    )
    items: list[tuple[str, str, FloatArray, str]] = [
        ("HV/MV transformer", kit.hv.name,
         sizing.substation.n_transformers.astype(np.float64), kit.hv.source),
        ("MV feeder", kit.cable.name, halls * sizing.n_feeders, kit.cable.source),
        ("Power module", f"{rating} MW critical", modules, "campus.modules"),
        ("MV switchgear lineup", f"{kit.hv.low_kv:g} kV {kit.hv.switchgear_ka:g} kA",
         modules, "one in each power module"),
        ("MV/LV transformer", kit.mv_lv.name, modules * campus.modules.n_transformers,
         kit.mv_lv.source),
        ("UPS", kit.ups.name, ups, kit.ups.source),
        ("Battery", f"{minutes} min at {kit.ups.rating_kw:g} kW", ups,
         "campus.modules.autonomy_min"),
        ("LV busway", kit.busway.name, modules, kit.busway.source),
        ("Dry cooler", f"{cooler} MW", halls * plant.n_dry_coolers, "campus.cooling"),
        ("Trim chiller", chiller.name, halls * plant.n_trim_chillers, chiller.source),
        ("Air-side chiller", chiller.name, halls * plant.n_air_chillers, chiller.source),
        ("Facility pump", "one for ten dry coolers", halls * plant.n_pumps, "campus.cooling"),
        ("CDU", f"{cdu} MW", halls * plant.n_cdus, "campus.cooling"),
    ]  # fmt: skip
    for index, rack in enumerate(sizing.racks):
        count = np.where(sizing.halls.generation == index, sizing.halls.n_racks, 0).sum(axis=1)
        items.append(("GPU rack", f"{rack.name} {rack.power_kw:g} kW", count * 1.0, rack.source))
    return tuple(BillItem(item, text, count, source) for item, text, count, source in items)


def typical(values: FloatArray) -> str:
    """Write a rating as its median over the draws."""
    return f"{np.median(values):g}"
