"""A drawn Dunkerque with a programme made by hand, so that `run` is tested on its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from wattport.design import size
from wattport.records import Design, Programme
from wattport.spec import Spec, load

TRANCHE_DAY = np.array([1095.0, 1460.0, 1825.0, 2190.0])  # 31 December 2028 to 2031
N_MONTHS = 120


def programme_by_hand(spec: Spec, design: Design, settle_days: float = 90.0) -> Programme:
    """Halls become ready one every ten days after their tranche has opened."""
    n_draws = design.n_draws
    months = np.array([f"{2026 + m // 12:04d}-{m % 12 + 1:02d}-01" for m in range(N_MONTHS)],
                      dtype="datetime64[D]")  # fmt: skip
    month_day = (months - np.datetime64("2026-01-01")).astype(float)
    whole = spec.grid.connection_mw
    power = np.stack([
        whole if t.power_mw is None else np.minimum(t.power_mw, whole) for t in spec.grid.tranches
    ])  # fmt: skip
    is_open = TRANCHE_DAY[:, None] <= month_day
    tranche_mw = np.where(is_open[:, None, :], power[:, :, None], 0.0).max(axis=0)
    hall = np.arange(design.hall_it_mw.shape[1])
    gate = np.where(design.hall_tranche >= 0, TRANCHE_DAY[design.hall_tranche], np.nan)
    ready = np.where(design.has_hall, gate + settle_days + 10.0 * (hall % 8), np.nan)
    return Programme(
        month_day=month_day,
        ready_day=ready,
        hall_mw=design.hall_it_mw,
        tranche_mw=tranche_mw,
        first_compute_day=np.nanmin(ready, axis=1),
        full_campus_day=np.nanmax(ready, axis=1),
        online_it_mw=np.zeros((n_draws, N_MONTHS)),
    )


@pytest.fixture(scope="session")
def by_hand() -> Callable[[Spec, Design], Programme]:
    """Give a programme for any campus."""
    return programme_by_hand


@pytest.fixture(scope="session")
def dunkerque() -> tuple[Spec, Design, Programme]:
    """Three draws."""
    spec = load("dunkerque").draw(3, 7)
    design = size(spec)
    return spec, design, programme_by_hand(spec, design)


@pytest.fixture(scope="session")
def central() -> tuple[Spec, Design, Programme]:
    """One draw at the central values."""
    spec = load("dunkerque").draw(1, 7)
    design = size(spec)
    return spec, design, programme_by_hand(spec, design)
