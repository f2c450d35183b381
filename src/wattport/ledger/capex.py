"""What is built and bought, by item and year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from wattport.arrays import FloatArray
from wattport.calendar.epoch import DAYS_PER_YEAR, day_of
from wattport.equations.discounting import overlap_frac
from wattport.ledger.facility import TRADES, facility
from wattport.records import Design, Production, Programme, Trade
from wattport.spec import Spec
from wattport.spec.campus.finance import CapexBasis
from wattport.spec.campus.plants import Plant

RENEWAL_ITEM = "facility renewal"
FACILITY_ITEMS = (*TRADES, RENEWAL_ITEM)
IT_ITEMS = ("IT first fit-out", "IT replacement")
PLANT_ITEMS = ("the two plants",)
CAPEX_ITEMS = FACILITY_ITEMS + IT_ITEMS + PLANT_ITEMS

_CONNECTION_DAYS = 730.0  # paid in the two years before its tranche opens
_PLANT_BUILD_DAYS = 365.0  # Red Oak opened about a year after it was announced


@dataclass(frozen=True)
class Capex:
    """Money spent, and the first-fit totals that are compared with announcements."""

    by_item_eur: FloatArray  # (draw, year, item)
    line: tuple[str, ...]  # of the facility: its bill, or its trades
    line_eur: FloatArray  # (draw, line) in money of the price year, before any rise of prices
    by_trade_eur: FloatArray  # (draw, trade) adds up to `facility_eur`
    facility_eur: FloatArray  # (draw,) whole campus, whether or not finished in the horizon
    it_eur: FloatArray  # (draw,) first fit-out
    plants_eur: FloatArray  # (draw,)
    facility_residual_eur: FloatArray  # (draw,) undepreciated at the end of the horizon
    it_residual_eur: FloatArray  # (draw,) the same of the racks
    plants_residual_eur: FloatArray  # (draw,) the same of the plants

    @property
    def residual_eur(self) -> FloatArray:
        """Undepreciated value of everything at the end of the horizon; shape (draw,)."""
        return self.facility_residual_eur + self.it_residual_eur + self.plants_residual_eur


def it_by_hall_eur(spec: Spec, design: Design) -> FloatArray:
    """
    Price of all racks of each hall, network and storage included.

    Parameters
    ----------
    spec : Spec
        Drawn.
    design : Design
        Racks by hall and generation.

    Returns
    -------
    ndarray, shape (draw, hall)
        Zero where there is no hall. [EUR]
    """
    price = design.hall_rack_price_musd * 1e6 / spec.finance.usd_per_eur[:, None]
    surcharge = 1.0 + spec.finance.network_storage_frac[:, None]
    return np.asarray(design.hall_n_racks * price * surcharge)


def spend(
    spec: Spec,
    design: Design,
    production: Production,
    programme: Programme,
    edge_day: FloatArray,
) -> Capex:
    """
    Lay the capital over the years.

    A hall's civil works and shell are paid evenly over the first half of its construction, its
    equipment over the second, its share of the connection over the two years before its tranche
    opens; racks are paid when they are delivered, also where they then wait in store, and again
    after each IT life; the facility again after each life of it; a plant over the year before
    it opens. Building prices rise from the price year to the middle of a hall's construction.

    Parameters
    ----------
    spec, design, production, programme
        The stages before; drawn.
    edge_day : ndarray, shape (year + 1,)
        Year edges.

    Returns
    -------
    Capex
        By item and year, with totals and residual value.
    """
    finance, ready = spec.finance, programme.ready_day
    first = np.nanmin(programme.start_day, axis=2, initial=np.inf)
    start = np.where(np.isfinite(ready), np.minimum(first, ready), np.nan)
    half = 0.5 * (start + ready)
    priced = facility(spec, design, production)
    by_hall = _share_of_hall(design) * _rise_of_prices(spec, half)
    building = by_hall[:, :, None] * priced.by_trade_eur[:, None, :]
    late = overlap_frac(half, ready, edge_day)
    gate = np.where(np.isfinite(ready), programme.gate_day, np.nan)
    shares = {
        Trade.BUILDING: overlap_frac(start, half, edge_day),
        Trade.CONNECTION: overlap_frac(gate - _CONNECTION_DAYS, gate, edge_day),
    }
    columns = [
        np.einsum("dh,dhy->dy", building[:, :, i], shares.get(Trade(trade), late))
        for i, trade in enumerate(TRADES)
    ]
    of_halls = building.sum(axis=2)
    life = finance.facility_life_years[:, None] * DAYS_PER_YEAR
    renewed, facility_left = _renewals(of_halls, ready, life, edge_day)
    racks = it_by_hall_eur(spec, design)
    paid = racks * finance.it_fit_out_frac[:, None]
    delivered = ready - np.nan_to_num(programme.rack_store_days)
    columns += [
        renewed,
        np.einsum("dh,dhy->dy", paid, overlap_frac(delivered, delivered, edge_day)),
    ]
    life = finance.it_life_years[:, None] * DAYS_PER_YEAR
    replaced, racks_left = _renewals(paid, ready, life, edge_day)
    plants_eur, plants, plants_left = _plants(spec, edge_day)
    return Capex(
        by_item_eur=np.stack([*columns, replaced, plants], axis=-1),
        line=priced.line,
        line_eur=priced.line_eur,
        by_trade_eur=building.sum(axis=1),
        facility_eur=of_halls.sum(axis=1),
        it_eur=racks.sum(axis=1),
        plants_eur=plants_eur,
        facility_residual_eur=facility_left,
        it_residual_eur=racks_left,
        plants_residual_eur=plants_left,
    )


def opening_day(plant: Plant) -> FloatArray:
    """
    Day a plant opens, its delay included.

    Parameters
    ----------
    plant : Plant
        Drawn section.

    Returns
    -------
    ndarray, shape (draw,)
        Day number.
    """
    return np.asarray(day_of(plant.opening) + 7.0 * plant.opening_delay_weeks)


def _share_of_hall(design: Design) -> FloatArray:
    """Share of each hall in the campus, by IT; shape (draw, hall)."""
    return np.asarray(design.hall_it_mw / np.maximum(design.it_mw, 1e-12)[:, None])


def _rise_of_prices(spec: Spec, half_day: FloatArray) -> FloatArray:
    """Prices of the bill at the middle of a hall's construction over the price year's."""
    if spec.finance.capex_basis is CapexBasis.PER_MW:
        return np.ones_like(half_day)
    mid_day = day_of(date(spec.finance.price_year, 7, 1))
    years = np.nan_to_num(half_day - mid_day) / DAYS_PER_YEAR
    yearly = 1.0 + spec.finance.on_top.escalation_frac_per_year
    return np.asarray(yearly[:, None] ** years)


def _plants(spec: Spec, edge_day: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Capital of the two plants, the same by year, and what is left of it; (draw,) (draw, year)."""
    total, left = np.zeros(spec.n_draws), np.zeros(spec.n_draws)
    by_year = np.zeros((spec.n_draws, edge_day.size - 1))
    for plant in (spec.plants.enclosures, spec.plants.modules):
        capital, opens = plant.capex_meur * 1e6, opening_day(plant)
        by_year += capital[:, None] * overlap_frac(opens - _PLANT_BUILD_DAYS, opens, edge_day)
        age_years = (edge_day[-1] - opens) / DAYS_PER_YEAR
        left += capital * np.clip(1.0 - age_years / spec.finance.plant_life_years, 0.0, 1.0)
        total += capital
    return total, by_year, left


def _renewals(
    paid: FloatArray, ready: FloatArray, life_days: FloatArray, edge_day: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """
    Bought again after each life, by year, and what is left at the end; (draw, year) and (draw,).

    What is bought in the last years is worth its straight-line book value at the end, so that a
    renewal is never charged to the years after the horizon.
    """
    bought = np.zeros((paid.shape[0], edge_day.size - 1))
    last = ready.copy()
    again = ready + life_days
    while np.any(again < edge_day[-1]):
        in_time = again < edge_day[-1]
        share = overlap_frac(again, again, edge_day)
        bought += np.einsum("dh,dhy->dy", np.where(in_time, paid, 0.0), share)
        last = np.where(in_time, again, last)
        again = again + life_days
    book = paid * np.clip(1.0 - (edge_day[-1] - last) / life_days, 0.0, 1.0)
    return bought, np.where(ready < edge_day[-1], book, 0.0).sum(axis=1)
