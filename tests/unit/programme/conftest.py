"""A campus on paper and its modules, made by hand so that build is tested alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from wattport.records import Design, Production
from wattport.spec import Spec, load


@pytest.fixture(scope="session")
def dunkerque() -> Spec:
    """The campus with plain weeks, on which dates can be worked out by hand."""
    spec = load("dunkerque")
    calm = tuple(
        window.model_copy(update={"lost_by_month_frac": (0.0,) * 12})
        for window in spec.programme.weather
    )
    plain = {
        "holidays": "none",
        "shutdowns": (),
        "weather": calm,
        "module_transport": None,
        "rack_buffer_days": None,
    }
    programme = spec.programme.model_copy(update=plain)
    return spec.model_copy(update={"programme": programme})


@pytest.fixture(scope="session")
def halls() -> Callable[..., Design]:
    return halls_on_paper


@pytest.fixture(scope="session")
def modules() -> Callable[..., Production]:
    return modules_on_paper


def halls_on_paper(spec: Spec, *, hall_mw: float = 50.0, modules_per_hall: int = 25) -> Design:
    """Halls of one size, as many as the connection carries, each on its tranche."""
    n, pue = spec.n_draws, 1.133
    connection = np.broadcast_to(spec.grid.connection_mw, (n,))
    power = np.stack(
        [
            connection if t.power_mw is None else np.minimum(t.power_mw, connection)
            for t in spec.grid.tranches
        ],
        axis=1,
    )
    n_halls = np.floor(connection / (hall_mw * pue) + 1e-9).astype(int)
    width = int(n_halls.max())
    has_hall = np.arange(width) < n_halls[:, None]
    grid_mw = np.where(has_hall, hall_mw * pue, 0.0)
    fits = np.cumsum(grid_mw, axis=1)[:, :, None] <= power[:, None, :] + 1e-6
    return Design(
        hall_it_mw=np.where(has_hall, hall_mw, 0.0),
        hall_grid_mw=grid_mw,
        hall_tranche=np.where(has_hall & fits.any(2), fits.argmax(2), -1),
        hall_module_need_day=np.where(has_hall, 700.0 + 40.0 * np.arange(width), np.nan),
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


def modules_on_paper(
    design: Design, *, first_day: float = 730.0, every_days: float = 1.5
) -> Production:
    """Modules at a steady pace, in the order of the halls."""
    n_draws, n_halls = design.hall_it_mw.shape
    hall = np.full((n_draws, int(design.hall_n_modules.sum(axis=1).max())), -1)
    for k in range(n_draws):
        mine = np.repeat(np.arange(n_halls), design.hall_n_modules[k])
        hall[k, : mine.size] = mine
    is_ordered = hall >= 0
    need = np.take_along_axis(design.hall_module_need_day, np.maximum(hall, 0), axis=1)
    wait = np.where(is_ordered, 1.0, np.nan)
    return Production(
        module_hall=hall,
        module_done_day=np.where(
            is_ordered, first_day + every_days * np.arange(hall.shape[1]), np.nan
        ),
        module_need_day=np.where(is_ordered, need, np.nan),
        module_kit_wait_days=wait,
        module_enclosure_wait_days=wait,
        module_line_days=20.0 * wait,
    )
