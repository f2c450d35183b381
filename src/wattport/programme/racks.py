"""Racks ordered against the plan, and what it costs to have them wait."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wattport.arrays import FloatArray, per_draw
from wattport.calendar.epoch import DAYS_PER_YEAR
from wattport.programme.central import planned_future
from wattport.programme.dates import Schedule, schedule
from wattport.programme.draws import Future, Gate, pose
from wattport.records import Design, Production
from wattport.spec import Spec


def order_racks(future: Future, spec: Spec, production: Production) -> Future:
    """
    Have the racks of each hall come for the planned start of their fit-out.

    Racks are ordered long before anybody knows how the works go. If the hall is late they wait
    in store; if it is early it waits for them.

    Parameters
    ----------
    future : Future
        Whose racks come when the market has them.
    spec : Spec
        Drawn; without ``rack_buffer_days`` the racks come when the hall wants them.
    production : Production
        Day each module is needed.

    Returns
    -------
    Future
        Rack days no earlier than ``planned start - buffer``, with the plan at central values.
    """
    buffer, place = spec.programme.rack_buffer_days, fit_out(future)
    if buffer is None or place is None:
        return future
    plan = planned_future(future, spec, production)
    planned = schedule(pose(plan)[0]).hall_start_day(plan.network)[..., place]
    wanted = planned - per_draw(buffer, spec.n_draws)[:, None]
    # A hall that the plan does not build has no planned day; no job of it asks for one.
    rack_day = np.fmax(future.gates.rack_day, wanted)
    return replace(future, gates=replace(future.gates, rack_day=rack_day))


def free_fit_out(future: Future, module_gate: tuple[Gate, ...] | None = None) -> FloatArray | None:
    """
    When the fit-out of each hall could start if racks came as soon as wanted.

    Parameters
    ----------
    future : Future
        Whatever its racks were ordered for.
    module_gate : tuple of Gate, optional
        From `module_gates` of a future with the same modules.

    Returns
    -------
    ndarray, shape (draw, hall), or None
        None where racks are not ordered against a plan.
    """
    place = fit_out(future)
    if place is None or future.programme.rack_buffer_days is None:
        return None
    free = replace(future, gates=replace(future.gates, rack_day=future.gates.rack_market_day))
    return schedule(pose(free, module_gate)[0]).hall_start_day(future.network)[..., place]


def order_earlier(future: Future, gained_days: FloatArray) -> Future:
    """
    Have the racks come earlier by the days that a hall gains, as a plan with the gain would.

    Parameters
    ----------
    future : Future
        In which something was dealt with.
    gained_days : ndarray, shape (draw, hall)
        By which the fit-out could start earlier; negative or NaN changes nothing.

    Returns
    -------
    Future
        Rack days never before the market has them.
    """
    day = future.gates.rack_day - np.fmax(gained_days, 0.0)
    gates = replace(future.gates, rack_day=np.fmax(day, future.gates.rack_market_day))
    return replace(future, gates=gates)


def fit_out(future: Future) -> int | None:
    """Place in the hall template of the first activity that waits for racks, if any does."""
    gated = [i for i, a in enumerate(future.programme.hall_activities) if a.is_rack_gated]
    return gated[0] if gated else None


def rack_store_days(future: Future, planned: Schedule) -> FloatArray:
    """
    Days that the racks of each hall wait in store.

    Parameters
    ----------
    future : Future
        From `order_racks`.
    planned : Schedule
        Of that future.

    Returns
    -------
    ndarray, shape (draw, hall)
        From delivery to the start of the fit-out; zero where they come when wanted, NaN where
        there is no hall.
    """
    place = fit_out(future)
    if place is None or future.programme.rack_buffer_days is None:
        return np.where(future.is_built, 0.0, np.nan)
    start = planned.hall_start_day(future.network)[..., place]
    return np.where(future.is_built, start - future.gates.rack_day, np.nan)


def rack_carrying_meur(spec: Spec, design: Design, store_days: FloatArray) -> FloatArray:
    """
    Cost of the capital that waits in store.

    Parameters
    ----------
    spec : Spec
        Drawn; gives the rate.
    design : Design
        Racks of each hall and their price.
    store_days : ndarray, shape (draw, hall)
        NaN where there is no hall.

    Returns
    -------
    ndarray, shape (draw,)
        ``racks x price x rate x days / 365.25``, without compounding; zero where the design
        gives no prices. [MEUR]
    """
    if design.rack_price_musd is None:
        return np.zeros(store_days.shape[0])
    price_meur = (
        design.hall_rack_price_musd / per_draw(spec.finance.usd_per_eur, spec.n_draws)[:, None]
    )
    years = np.nan_to_num(store_days) / DAYS_PER_YEAR
    rate = per_draw(spec.finance.discount_rate_frac, spec.n_draws)[:, None]
    cost = (design.hall_n_racks * price_meur * years * rate).sum(axis=1)
    return np.asarray(cost, dtype=np.float64)
