"""The one future a plan without uncertainty shows: every number at its central value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wattport.arrays import FloatArray, IntArray, per_draw
from wattport.calendar.epoch import day_of
from wattport.programme.activity_network import Served, lay_out
from wattport.programme.draws import Future, Gates
from wattport.programme.duration import Durations
from wattport.programme.gates import tranche_day, transformer_day
from wattport.programme.weather_windows import mean_weather
from wattport.programme.weather_windows_kernel import Weather
from wattport.records import Production
from wattport.spec import Spec


def central_future(future: Future, spec: Spec) -> Future:
    """
    One draw with central durations and dates, no risk and halls alike.

    Set against the P50 of the draws it shows what a schedule of single values leaves out:
    the later of several paths, ranges that lean to the late side, risks.

    Parameters
    ----------
    future : Future
        Of all draws.
    spec : Spec
        Drawn; its loaded twin holds the central values.

    Returns
    -------
    Future
        A single draw. Halls and tranches are those of the draw with the middle number of
        halls; each module comes on the middle day on which it comes in the draws.
    """
    k = _middle_draw(future)
    return _at_central(future, spec, np.array([k]), _middle_module_day(future)[None, :])


def planned_future(future: Future, spec: Spec, production: Production) -> Future:
    """
    The plan that each draw's campus would be given: its halls, at central dates and durations.

    Unlike `central_future` it keeps every draw, with the halls, tranches and lots of each, and
    looks at no other draw.

    Parameters
    ----------
    future : Future
        Of all draws.
    spec : Spec
        Drawn; its loaded twin holds the central values.
    production : Production
        Day each module is needed, which the plan takes for granted.

    Returns
    -------
    Future
        Of as many draws.
    """
    every = np.arange(future.is_built.shape[0])
    return _at_central(future, spec, every, production.module_need_day)


def _at_central(future: Future, spec: Spec, draws: IntArray, module_day: FloatArray) -> Future:
    """Some draws with all numbers central, no risk, halls alike and mean weather."""
    n = draws.size
    central = spec.loaded.draw(1, spec.seed)
    programme = central.programme
    tranche, hall_lot = future.tranche[draws], future.hall_lot[draws]
    n_lots, lot_factor = future.n_lots[draws], np.ones_like(future.lot_factor[draws])
    opening = np.append(tranche_day(central.grid, 1)[0], np.inf)
    gates = Gates(
        start_day=day_of(programme.start) + 7.0 * per_draw(programme.start_delay_weeks, n),
        grid_day=opening[tranche],
        energise_lead_days=per_draw(programme.energise_lead_days, n),
        long_lead_day=transformer_day(programme, lot_factor, n_lots),
        rack_day=future.gates.rack_day[draws],
        rack_market_day=future.gates.rack_market_day[draws],
        module_day=module_day,
    )
    activities = (*programme.site_activities, *programme.hall_activities)
    days = np.stack([per_draw(a.duration_days, n) for a in activities], axis=1)
    n_site, n_halls = len(programme.site_activities), future.network.n_halls
    served = Served(lot_factor.shape[1], len(central.grid.tranches), hall_lot, tranche)
    mean = mean_weather(programme, future.time)
    return replace(
        future,
        programme=programme,
        network=lay_out(programme, n_halls, served),
        gates=gates,
        durations=Durations(
            days[:, :n_site],
            np.repeat(days[:, None, n_site:], n_halls, axis=1),
            np.zeros((n, len(activities), len(programme.risks))),
        ),
        tranche=tranche,
        hall_lot=hall_lot,
        n_lots=n_lots,
        lot_factor=lot_factor,
        module_hall=np.ascontiguousarray(future.module_hall[draws]),
        is_supplier_late=future.is_supplier_late[draws],
        hall_n_modules=future.hall_n_modules[draws],
        is_built=future.is_built[draws],
        is_admitted_late=future.is_admitted_late[draws],
        stagger_days=np.ascontiguousarray(per_draw(programme.hall_stagger_days, n)),
        n_crews=future.n_crews[draws],
        weather=Weather(
            mean.boundary, np.repeat(mean.slope, n, axis=0), np.repeat(mean.progress, n, axis=0)
        ),
    )


def _middle_draw(future: Future) -> int:
    """First draw of those with the middle number of halls."""
    n_built = future.is_built.sum(axis=1)
    middle = np.sort(n_built)[(n_built.size - 1) // 2]
    return int(np.argmax(n_built == middle))


def _middle_module_day(future: Future) -> FloatArray:
    """Lower median over the draws that make it; NaN where none does; shape (module,)."""
    day = np.sort(np.ascontiguousarray(future.gates.module_day.T), axis=1)  # NaN comes last
    n_made = day.shape[1] - np.isnan(day).sum(axis=1)
    return np.asarray(day[np.arange(day.shape[0]), np.maximum(n_made - 1, 0) // 2])
