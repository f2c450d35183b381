"""What running the campus costs, by item and year."""

from __future__ import annotations

import numpy as np

from wattport.arrays import BoolArray, FloatArray
from wattport.records import Design, Operation
from wattport.spec import Spec

OPEX_ITEMS = ("energy", "network", "excise", "staff", "maintenance", "water")


def staff_fte(spec: Spec, grid_mw: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Staff for the grid power on line: the operator's own, and that of contractors on site.

    Parameters
    ----------
    spec : Spec
        Drawn.
    grid_mw : ndarray, shape (draw, year)
        Design grid power of the ready halls, mean over the year.

    Returns
    -------
    tuple of ndarray, shape (draw, year)
        Full-time equivalents.
    """
    own, contracted = spec.finance.om_staff_fte_per_mw, spec.finance.contracted_staff_fte_per_mw
    return np.asarray(own[:, None] * grid_mw), np.asarray(contracted[:, None] * grid_mw)


def operating_cost_eur(
    spec: Spec,
    design: Design,
    operation: Operation,
    is_operating: BoolArray,
    online_it_mw: FloatArray,
) -> FloatArray:
    """
    Operating cost of every year by item.

    Staff is paid by the hour, the operator's own and contractors' alike; maintenance is what is
    left of the cost without energy, so that wages and staff reach the total.

    Parameters
    ----------
    spec, design, operation
        Drawn spec and the records it led to.
    is_operating : ndarray of bool, shape (year,)
        Which of the ledger's years the operation record covers.
    online_it_mw : ndarray, shape (draw, year)
        IT nameplate ready, mean over the year.

    Returns
    -------
    ndarray, shape (draw, year, item)
        In the order of ``OPEX_ITEMS``. [EUR]
    """
    finance, energy = spec.finance, spec.finance.energy
    grid_mwh = on_years(operation.grid_mwh, is_operating)
    pue = (design.grid_mw / np.maximum(design.it_mw, 1e-12))[:, None]
    own, contracted = staff_fte(spec, online_it_mw * pue)
    wage_eur = (finance.hours_per_fte_year * finance.labour_eur_per_h)[:, None]
    return np.stack(
        [
            on_years(operation.energy_cost_eur, is_operating),
            grid_mwh * energy.network_eur_per_mwh[:, None],
            grid_mwh * energy.excise_eur_per_mwh[:, None],
            (own + contracted) * wage_eur,
            finance.maintenance_eur_per_mw_year[:, None] * online_it_mw,
            on_years(operation.water_m3, is_operating) * finance.water_eur_per_m3[:, None],
        ],
        axis=-1,
    )


def on_years(values: FloatArray, is_operating: BoolArray) -> FloatArray:
    """
    Set the years of operation into the ledger's longer row of years.

    Examples
    --------
    >>> on_years(np.array([[5.0]]), np.array([False, True, False]))
    array([[0., 5., 0.]])
    """
    full = np.zeros((values.shape[0], is_operating.size))
    full[:, is_operating] = np.nan_to_num(values)
    return full
