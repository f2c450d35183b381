"""People at work: in the plants, on the site, in operation."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray
from wattport.calendar.years import monthly_to_yearly_mean
from wattport.equations.discounting import overlap_frac
from wattport.ledger.opex import staff_fte
from wattport.records import Production, Programme
from wattport.spec import Spec

JOB_GROUPS = ("plants", "construction", "operation", "contractors on site")
_STANDING = [JOB_GROUPS.index(group) for group in JOB_GROUPS if group != "construction"]


def jobs_fte(
    spec: Spec,
    production: Production,
    programme: Programme,
    online_grid_mw: FloatArray,
    plant_open_day: FloatArray,
    edge_day: FloatArray,
) -> FloatArray:
    """
    Full-time equivalents by year and group.

    Parameters
    ----------
    spec, production, programme
        Drawn spec and the records it led to.
    online_grid_mw : ndarray, shape (draw, year)
        Design grid power of the ready halls.
    plant_open_day : ndarray, shape (draw, plant)
        Opening of each plant; it is staffed until its last unit of the programme.
    edge_day : ndarray, shape (year + 1,)
        Year edges.

    Returns
    -------
    ndarray, shape (draw, year, group)
        In the order of ``JOB_GROUPS``.
    """
    length = np.diff(edge_day)
    staffed_days = (
        overlap_frac(plant_open_day, production.last_unit_day, edge_day)
        * (np.maximum(production.last_unit_day - plant_open_day, 0.0)[..., None])
    )
    staff = production.direct_fte + production.indirect_fte
    plants = np.einsum("dp,dpy->dy", staff, np.nan_to_num(staffed_days / length))
    construction = monthly_to_yearly_mean(programme.workers, programme.month_day, edge_day)
    return np.stack([plants, construction, *staff_fte(spec, online_grid_mw)], axis=-1)


def standing_fte(jobs: FloatArray) -> FloatArray:
    """
    People of plants, operation and contractors together; builders of the campus left out.

    Parameters
    ----------
    jobs : ndarray, shape (draw, year, group)
        Of `jobs_fte`.

    Returns
    -------
    ndarray, shape (draw, year)
        Full-time equivalents. The plants count where they still work.
    """
    return np.asarray(jobs[:, :, _STANDING].sum(axis=2))
