"""The one future a plan without uncertainty shows: every number at its central value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wattport.build.duration import Durations
from wattport.build.future import Future, Gates
from wattport.build.gates import per_draw, tranche_day, transformer_day
from wattport.build.network import Served, lay_out
from wattport.build.weather import mean_weather
from wattport.records.record import FloatArray
from wattport.spec import Spec
from wattport.units import day_of


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
    n_lots, lot_factor = future.n_lots[k : k + 1], np.ones_like(future.lot_factor[k : k + 1])
    central = spec.loaded.draw(1, spec.seed)
    programme = central.programme
    opening = np.append(tranche_day(central.grid, 1)[0], np.inf)
    gates = Gates(
        start_day=day_of(programme.start) + 7.0 * per_draw(programme.start_delay_weeks, 1),
        grid_day=opening[future.tranche[k]][None, :],
        energise_lead_days=per_draw(programme.energise_lead_days, 1),
        long_lead_day=transformer_day(programme, lot_factor, n_lots),
        rack_day=future.gates.rack_day[k : k + 1],
        module_day=_middle_module_day(future)[None, :],
    )
    activities = (*programme.site_activities, *programme.hall_activities)
    days = np.stack([per_draw(a.duration_days, 1) for a in activities], axis=1)
    n_site, n_halls = len(programme.site_activities), future.network.n_halls
    tranche, hall_lot = future.tranche[k : k + 1], future.hall_lot[k : k + 1]
    return replace(
        future,
        programme=programme,
        network=lay_out(
            programme,
            n_halls,
            Served(lot_factor.shape[1], len(central.grid.tranches), hall_lot, tranche),
        ),
        gates=gates,
        durations=Durations(
            days[:, :n_site],
            np.repeat(days[:, None, n_site:], n_halls, axis=1),
            np.zeros((1, len(activities), len(programme.risks))),
        ),
        tranche=tranche,
        hall_lot=hall_lot,
        n_lots=n_lots,
        lot_factor=lot_factor,
        module_hall=np.ascontiguousarray(future.module_hall[k : k + 1]),
        is_supplier_late=future.is_supplier_late[k : k + 1],
        hall_n_modules=future.hall_n_modules[k : k + 1],
        is_built=future.is_built[k : k + 1],
        is_admitted_late=future.is_admitted_late[k : k + 1],
        stagger_days=np.ascontiguousarray(per_draw(programme.hall_stagger_days, 1)),
        n_crews=future.n_crews[k : k + 1],
        weather=mean_weather(programme, future.time),
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
