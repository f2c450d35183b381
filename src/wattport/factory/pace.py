"""Rates that the buyers of a factory count on, before anything is simulated."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray, IntArray, Records
from wattport.factory.bound import Bound
from wattport.factory.engine.line_records import Service
from wattport.factory.hours import Hours


def bound_per_h(bound: Bound, hours: Hours, plant: IntArray) -> FloatArray:
    """Planned units per working hour of each product: the bound of the whole factory."""
    worked = np.maximum(hours.worked_h_per_year[plant], 1e-9)
    return np.maximum(bound.product_rate_per_year / worked, 1e-9)


def alone_per_h(operations: Records, needs: Records, hours: Hours, n_bays: IntArray) -> FloatArray:
    """Planned units per working hour of each product, as its own plant was laid out for."""
    lines = np.unique(operations["line"])
    own = [operations[operations["line"] == line] for line in lines]
    return np.array([pace_per_h(rows, needs, n_bays, hours.n_people)[0] for rows in own])


def pace_per_h(
    operations: Records, needs: Records, n_bays: IntArray, n_people: FloatArray
) -> FloatArray:
    """
    Units per working hour of a line with one crew: its staff or its tightest station.

    Parameters
    ----------
    operations : structured ndarray, shape (..., operation)
        Of one line; the last may be a test, reworked on its bay.
    needs : structured ndarray, shape (need,)
        Crews.
    n_bays : ndarray, shape (station,)
        Of all stations.
    n_people : ndarray, shape (pool,)
        Present, the mean over the shifts.

    Returns
    -------
    ndarray
        At full rate; waiting, failures and variability left out. [1/h]

    Notes
    -----
    People over the crew hours of one unit; bays over its hours on them; the
    smallest of these.
    """
    operations = np.atleast_2d(operations)
    first = operations[0]
    busy_h = mean_service_h(operations)
    fail = operations["fail_frac"][:, -1]
    repeats = fail / np.maximum(1.0 - fail, 1e-9)
    busy_h[:, -1] += repeats * (busy_h[:, -1] + operations["rework_h"][:, -1])
    crew = np.where(first["need"] >= 0, needs["n_people"][first["need"]], 0)
    people = n_people[needs["pool"][first["need"][0]]] if (first["need"] >= 0).any() else np.inf
    by_staff = people / np.maximum((crew * busy_h).sum(axis=1), 1e-9)
    by_bays = (n_bays[first["station"]] / np.maximum(busy_h, 1e-9)).min(axis=1)
    return np.asarray(np.minimum(by_staff, by_bays), dtype=np.float64)


def mean_service_h(operations: Records) -> FloatArray:
    """Mean hours of one service with lognormal or fixed times."""
    is_fixed = operations["service"] == int(Service.DETERMINISTIC)
    # The hours of a fixed service are no logarithm: their exponential may overflow.
    logarithm = np.where(is_fixed, 0.0, operations["p0"] + operations["p1"] ** 2 / 2.0)
    return np.where(is_fixed, operations["p0"], np.exp(logarithm))
