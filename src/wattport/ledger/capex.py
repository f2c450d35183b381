"""What is built and bought, by item and year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.arrays import FloatArray
from wattport.calendar.epoch import DAYS_PER_YEAR, day_of
from wattport.equations.discounting import overlap_frac
from wattport.records import Design, Production, Programme
from wattport.spec import Spec
from wattport.spec.campus.plants import Plant

FACILITY_ITEMS = ("power modules", "other electrical", "mechanical", "shell and civil", "other")
IT_ITEMS = ("IT first fit-out", "IT replacement")
PLANT_ITEMS = ("the two plants",)
CAPEX_ITEMS = FACILITY_ITEMS + IT_ITEMS + PLANT_ITEMS

_PLANT_BUILD_DAYS = 365.0  # Red Oak opened about a year after it was announced


@dataclass(frozen=True)
class Capex:
    """Money spent, and the first-fit totals that are compared with announcements."""

    by_item_eur: FloatArray  # (draw, year, item)
    facility_eur: FloatArray  # (draw,) whole campus, whether or not finished in the horizon
    it_eur: FloatArray  # (draw,) first fit-out
    plants_eur: FloatArray  # (draw,)
    facility_residual_eur: FloatArray  # (draw,) undepreciated at the end of the horizon
    it_residual_eur: FloatArray  # (draw,) undepreciated at the end of the horizon

    @property
    def residual_eur(self) -> FloatArray:
        """Undepreciated value of everything at the end of the horizon; shape (draw,)."""
        return self.facility_residual_eur + self.it_residual_eur


def facility_by_item_eur(spec: Spec, design: Design) -> FloatArray:
    """
    Facility capex of each hall by item.

    The facility is priced per megawatt of IT and split by trade; the power modules, whose price
    is known apart, are taken out of the electrical share (and may not exceed it).

    Parameters
    ----------
    spec : Spec
        Drawn.
    design : Design
        Sizes.

    Returns
    -------
    ndarray, shape (draw, hall, item)
        In the order of ``FACILITY_ITEMS``. [EUR]
    """
    split = spec.finance.facility_split
    total = design.hall_it_mw * spec.finance.facility_capex_meur_per_mw[:, None] * 1e6
    electrical = total * split.electrical_frac[:, None]
    price = spec.plants.modules.module_price_meur
    modules = np.zeros_like(total)
    if price is not None:
        modules = np.minimum(design.hall_n_modules * price[:, None] * 1e6, electrical)
    return np.stack(
        [
            modules,
            electrical - modules,
            total * split.mechanical_frac[:, None],
            total * (split.shell_frac + split.civil_frac)[:, None],
            total * split.other_frac[:, None],
        ],
        axis=-1,
    )


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
    price = np.append(design.rack_price_eur, 0.0)[design.hall_generation]
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
    equipment over the second; racks are paid when the hall is ready and again after each IT
    life; a plant over the year before it opens.

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
    facility = facility_by_item_eur(spec, design)
    racks = it_by_hall_eur(spec, design)
    first = np.nanmin(programme.start_day, axis=2, initial=np.inf)
    ready = programme.ready_day
    start = np.where(np.isfinite(ready), np.minimum(first, ready), np.nan)
    half = 0.5 * (start + ready)
    early = overlap_frac(start, half, edge_day)
    late = overlap_frac(half, ready, edge_day)
    shares = {"shell and civil": early}
    columns = [
        np.einsum("dh,dhy->dy", facility[:, :, i], shares.get(item, late))
        for i, item in enumerate(FACILITY_ITEMS)
    ]
    at_ready = overlap_frac(ready, ready, edge_day)
    paid = racks * spec.finance.it_fit_out_frac[:, None]
    columns.append(np.einsum("dh,dhy->dy", paid, at_ready))
    replaced, rack_age_days = _replacements(spec, paid, ready, edge_day)
    columns.append(replaced)
    columns.append(
        sum(
            plant.capex_meur[:, None]
            * 1e6
            * overlap_frac(opening_day(plant) - _PLANT_BUILD_DAYS, opening_day(plant), edge_day)
            for plant in (spec.plants.enclosures, spec.plants.modules)
        )
    )
    facility_left, racks_left = _residuals(
        spec, facility.sum(axis=2), paid, ready, rack_age_days, edge_day
    )
    plants = (spec.plants.enclosures.capex_meur + spec.plants.modules.capex_meur) * 1e6
    return Capex(
        by_item_eur=np.stack(columns, axis=-1),
        facility_eur=facility.sum(axis=(1, 2)),
        it_eur=racks.sum(axis=1),
        plants_eur=plants,
        facility_residual_eur=facility_left,
        it_residual_eur=racks_left,
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


def _replacements(
    spec: Spec, paid: FloatArray, ready: FloatArray, edge_day: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Racks bought again after each IT life, and the age of the last ones at the end."""
    life_days = spec.finance.it_life_years[:, None] * DAYS_PER_YEAR
    bought = np.zeros((paid.shape[0], edge_day.size - 1))
    last = ready.copy()
    again = ready + life_days
    while np.any(again < edge_day[-1]):
        in_time = again < edge_day[-1]
        share = overlap_frac(again, again, edge_day)
        bought += np.einsum("dh,dhy->dy", np.where(in_time, paid, 0.0), share)
        last = np.where(in_time, again, last)
        again = again + life_days
    return bought, edge_day[-1] - last


def _residuals(
    spec: Spec,
    facility: FloatArray,
    paid: FloatArray,
    ready: FloatArray,
    rack_age_days: FloatArray,
    edge_day: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Straight-line book values of facility and racks at the end of the horizon; (draw,)."""
    it_life = spec.finance.it_life_years[:, None] * DAYS_PER_YEAR
    facility_life = spec.finance.facility_life_years[:, None] * DAYS_PER_YEAR
    is_ready = ready < edge_day[-1]
    racks = paid * np.clip(1.0 - rack_age_days / it_life, 0.0, 1.0)
    halls = facility * np.clip(1.0 - (edge_day[-1] - ready) / facility_life, 0.0, 1.0)
    return (
        np.where(is_ready, halls, 0.0).sum(axis=1),
        np.where(is_ready, racks, 0.0).sum(axis=1),
    )
