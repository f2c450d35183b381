"""What the facility costs: the bill of materials priced line by line, or one figure per MW."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray, per_draw
from wattport.records import MODULE_PRICE, BillItem, Design, Production, Trade
from wattport.spec import Spec
from wattport.spec.campus.finance import CapexBasis
from wattport.spec.campus.plants import Plant

TRADES = tuple(str(trade) for trade in Trade)
ON_TOP = ("Contractor", "Owner", "Insurance", "Contingency")  # lines after the bill's own


@dataclass(frozen=True)
class Facility:
    """Capital of the facility in money of the price year, before any rise of prices."""

    line: tuple[str, ...]
    line_eur: FloatArray  # (draw, line) adds up to the whole
    by_trade_eur: FloatArray  # (draw, trade) in the order of `TRADES`


def facility(spec: Spec, design: Design, production: Production) -> Facility:
    """
    Price the facility of the whole campus.

    Parameters
    ----------
    spec : Spec
        Drawn.
    design : Design
        With its bill of materials.
    production : Production
        What the parts of the modules have cost.

    Returns
    -------
    Facility
        From the bill, or under ``finance.capex_basis: per_mw`` from one figure per MW of IT.
    """
    module_eur = module_price_eur(spec, production)
    if spec.finance.capex_basis is CapexBasis.PER_MW:
        return _per_mw(spec, design, module_eur)
    return _from_bill(spec, design.bill, module_eur)


def module_price_eur(spec: Spec, production: Production) -> FloatArray:
    """
    Price of one power module, its enclosure included; shape (draw,).

    The price at which it is sold where the scenario has one; else what it costs the plants:
    bought parts, the wages of direct and indirect staff, overhead on the wages, and margin.

    Parameters
    ----------
    spec : Spec
        Drawn.
    production : Production
        Cost of the bought parts over the programme.

    Returns
    -------
    ndarray, shape (draw,)
        [EUR]

    Notes
    -----
    ``(parts + wages (1 + overhead)) (1 + margin)``, with the parts as bought, drift included.
    The capital of the plants is an item of its own and not in it.
    """
    sold = spec.plants.modules.module_price_meur
    if sold is not None:
        return np.asarray(per_draw(sold, spec.n_draws) * 1e6)
    n_modules = np.maximum((production.module_hall >= 0).sum(axis=1), 1)
    cost = np.zeros(spec.n_draws)
    for row, plant in enumerate((spec.plants.enclosures, spec.plants.modules)):
        parts = production.part_cost_eur[:, row] / n_modules
        wages = _paid_h(plant) * spec.finance.labour_eur_per_h
        cost = cost + (parts + wages * (1.0 + plant.overhead_frac)) * (1.0 + plant.margin_frac)
    return np.asarray(cost)


def _paid_h(plant: Plant) -> FloatArray:
    """Paid hours in one unit: direct ones, rework after failed tests, indirect staff's share."""
    test, staff = plant.test, np.asarray(plant.n_direct_staff, dtype=np.float64)
    n_failed = 1.0 / test.first_pass_yield_frac - 1.0
    again_h = n_failed * (test.rework_h + test.duration_h) * test.crew / plant.efficiency_frac
    return np.asarray(
        (plant.labour_h_per_unit + again_h) * (1.0 + plant.n_indirect_staff / np.maximum(staff, 1))
    )


def _from_bill(spec: Spec, bill: tuple[BillItem, ...], module_eur: FloatArray) -> Facility:
    """Price each line of the bill, then what comes on top of their sum."""
    on_top, n_draws = spec.finance.on_top, spec.n_draws
    lines = [item for item in bill if item.price]
    cost = np.stack([item.n_priced * _price_eur(spec, item, module_eur) for item in lines], axis=1)
    bought = cost.sum(axis=1)
    contractor = per_draw(on_top.contractor_frac, n_draws) * bought
    contract = bought + contractor
    rest = [per_draw(share, n_draws) * contract for share in
            (on_top.owner_frac, on_top.insurance_frac, on_top.contingency_frac)]  # fmt: skip
    added = np.stack([contractor, *rest], axis=1)
    is_of = np.array([[item.trade == trade for trade in TRADES] for item in lines])
    by_trade = (cost[:, :, None] * is_of).sum(axis=1)
    by_trade[:, TRADES.index(Trade.OTHER)] += added.sum(axis=1)
    return Facility(
        (*(item.item for item in lines), *ON_TOP), np.concatenate([cost, added], axis=1), by_trade
    )


def _price_eur(spec: Spec, item: BillItem, module_eur: FloatArray) -> FloatArray:
    """Price of what one line counts, at the market's level and, for works, the place's."""
    if item.price == MODULE_PRICE:
        return module_eur
    on_top = spec.finance.on_top
    usd = getattr(spec.finance.prices, item.price) * (1e6 if item.price.endswith("_musd") else 1.0)
    is_local = item.trade == Trade.BUILDING or item.price.endswith("_per_m2")
    place = on_top.location_frac if is_local else 1.0
    return np.asarray(usd / spec.finance.usd_per_eur * on_top.market_level_frac * place)


def _per_mw(spec: Spec, design: Design, module_eur: FloatArray) -> Facility:
    """One figure per MW of IT, split by trade; modules are part of its electrical share."""
    split = spec.finance.facility_split
    total = design.it_mw * spec.finance.facility_capex_meur_per_mw * 1e6
    electrical = total * split.electrical_frac
    modules = np.minimum(design.n_modules * module_eur, electrical)
    by_trade = np.stack(
        [
            np.zeros_like(total),  # the published figures do not tell the connection apart
            modules,
            electrical - modules,
            total * split.mechanical_frac,
            total * (split.shell_frac + split.civil_frac),
            total * split.other_frac,
        ],
        axis=1,
    )
    return Facility(TRADES, by_trade, by_trade)
