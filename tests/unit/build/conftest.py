"""A campus on paper and its modules, made by hand so that build is tested alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from wattport.records import Design, Production
from wattport.spec import Spec, load

MODULES_PER_HALL = 25


@pytest.fixture(scope="session")
def dunkerque() -> Spec:
    return load("dunkerque")


@pytest.fixture(scope="session")
def paper() -> Callable[..., tuple[Design, Production]]:
    return on_paper


def on_paper(
    spec: Spec,
    *,
    hall_mw: float = 50.0,
    pue: float = 1.133,
    modules_per_hall: int = MODULES_PER_HALL,
    first_module_day: float = 730.0,
    module_every_days: float = 1.0,
) -> tuple[Design, Production]:
    """Halls of one size as far as the connection goes; modules at a steady pace."""
    n = spec.n_draws
    connection = np.broadcast_to(spec.grid.connection_mw, (n,))
    power = np.stack(
        [connection if t.power_mw is None else np.minimum(t.power_mw, connection)
         for t in spec.grid.tranches], axis=1,
    )  # fmt: skip
    n_halls = np.floor(connection / (hall_mw * pue) + 1e-9).astype(int)
    width = int(n_halls.max())
    has_hall = np.arange(width) < n_halls[:, None]
    grid_mw = np.where(has_hall, hall_mw * pue, 0.0)
    needed = np.cumsum(grid_mw, axis=1)
    fits = needed[:, :, None] <= power[:, None, :] + 1e-6
    tranche = np.where(has_hall & fits.any(2), fits.argmax(2), -1)
    need = np.where(has_hall, 700.0 + 40.0 * np.arange(width), np.nan)
    design = Design(
        hall_it_mw=np.where(has_hall, hall_mw, 0.0),
        hall_grid_mw=grid_mw,
        hall_tranche=tranche,
        hall_module_need_day=need,
        hall_generation=np.where(has_hall, 0, -1),
        hall_n_racks=np.where(has_hall, 230, 0),
        hall_n_gpus=np.where(has_hall, 230 * 72, 0),
        hall_n_modules=np.where(has_hall, modules_per_hall, 0),
        it_mw=n_halls * hall_mw,
        grid_mw=grid_mw.sum(axis=1),
        design_pue=np.full(n, pue),
        n_modules=n_halls * modules_per_hall,
        module_availability_frac=np.ones(n),
        n_hv_transformers=np.full(n, 7),
        generation=(spec.campus.rack_generations[0].generation,),
    )
    module = np.arange(width * modules_per_hall)
    ordered = module < (n_halls * modules_per_hall)[:, None]
    hall = np.where(ordered, module // modules_per_hall, -1)
    waits = np.where(ordered, 1.0, np.nan)
    production = Production(
        module_hall=hall,
        module_done_day=np.where(ordered, first_module_day + module_every_days * module, np.nan),
        module_need_day=np.where(ordered, np.take_along_axis(need, np.maximum(hall, 0), 1), np.nan),
        module_kit_wait_days=waits,
        module_enclosure_wait_days=waits,
        module_line_days=20.0 * waits,
    )
    return design, production
