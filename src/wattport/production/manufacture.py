"""Both plants over the whole programme: from spec and design to dated modules."""

from __future__ import annotations

from wattport.factory.layout import lay_out
from wattport.factory.play import simulate_floor
from wattport.production.as_factory import factory_of
from wattport.production.changes import with_changes
from wattport.production.findings import production_reasons
from wattport.production.history import with_course
from wattport.production.orders import order_modules
from wattport.production.record import Made, production_of
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
    The rules stand in docs/models/production.md. Results do not depend on the number
    of threads; those of a draw do not depend on the other draws.
    """
    orders = order_modules(design)
    factory = factory_of(spec, orders)
    floor = lay_out(factory)
    central = spec.loaded.draw(1, spec.seed).plants
    made = Made(
        plants=(spec.plants.enclosures, spec.plants.modules),
        central=(central.enclosures, central.modules),
        orders=orders,
        factory=factory,
        floor=floor,
        lines=simulate_floor(floor),
    )
    production = production_of(made, production_reasons(spec, made))
    return with_changes(with_course(production, made), made)
