"""Both plants over the whole programme: from spec and design to dated modules."""

from __future__ import annotations

from wattport.factory.engine.simulate import simulate
from wattport.production.findings import production_reasons
from wattport.production.floor import plants_of, pose
from wattport.production.history import with_course
from wattport.production.orders import order_modules
from wattport.production.record import production_of
from wattport.production.trial import with_trials
from wattport.records.design import Design
from wattport.records.production import Production
from wattport.spec.campus.spec import Spec


def manufacture(spec: Spec, design: Design) -> Production:
    """
    Make the modules of the campus, in every draw.

    The enclosures plant feeds the module plant unit by unit; each unit also
    waits for its bought parts. One event simulation carries both plants, so a
    late supplier, a failing station and a short staff meet in the same future.
    What limits the plants is then tried in the first draws, under the same luck.

    Parameters
    ----------
    spec : Spec
        Drawn: numbers of shape (draw,).
    design : Design
        Of the same draws: modules and need dates of the halls.

    Returns
    -------
    Production
        Date of each module, waits by cause, states of stations, output, cost,
        and what relief or other decisions would bring.

    Notes
    -----
    The rules stand in docs/models/make.md. Results do not depend on the number
    of threads; those of a draw do not depend on the other draws.
    """
    plants = plants_of(spec)
    orders = order_modules(design)
    posed = pose(plants, orders)
    lines = simulate(posed.network)
    reasons = production_reasons(spec, plants.drawn, orders, posed.network, lines)
    made = production_of(plants.drawn, orders, posed, lines, reasons)
    made = with_course(made, plants.drawn, posed, lines)
    return with_trials(made, plants, orders, posed, lines)
