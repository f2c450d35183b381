"""Greenhouse gases by year: electricity, and what is embodied in building and racks."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray
from wattport.ledger.capex import CAPEX_ITEMS, FACILITY_ITEMS, IT_ITEMS, Capex
from wattport.records import Design
from wattport.spec import Spec

CARBON_SCOPES = ("electricity (scope 2)", "embodied facility", "embodied IT")


def emissions_t(spec: Spec, design: Design, capex: Capex, scope_2_t: FloatArray) -> FloatArray:
    """
    Emissions by year and scope.

    Embodied emissions fall when the money is spent: they follow the capex of the facility and of
    the racks, replacements included.

    Parameters
    ----------
    spec, design
        Drawn spec and sizes.
    capex : Capex
        Money by item and year.
    scope_2_t : ndarray, shape (draw, year)
        Location-based emissions of the electricity.

    Returns
    -------
    ndarray, shape (draw, year, scope)
        In the order of ``CARBON_SCOPES``. [t CO2e]
    """
    finance = spec.finance
    facility_t = finance.embodied_facility_t_per_mw * design.it_mw
    racks_t = finance.embodied_rack_t * design.hall_n_racks.sum(axis=1) * finance.it_fit_out_frac
    facility = _spent(capex, FACILITY_ITEMS)
    racks = _spent(capex, IT_ITEMS)
    it_paid = capex.it_eur * finance.it_fit_out_frac
    return np.stack(
        [
            scope_2_t,
            facility_t[:, None] * facility / np.maximum(capex.facility_eur, 1e-9)[:, None],
            racks_t[:, None] * racks / np.maximum(it_paid, 1e-9)[:, None],
        ],
        axis=-1,
    )


def _spent(capex: Capex, items: tuple[str, ...]) -> FloatArray:
    index = [CAPEX_ITEMS.index(item) for item in items]
    return np.asarray(capex.by_item_eur[:, :, index].sum(axis=2))
