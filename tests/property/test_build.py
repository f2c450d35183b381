"""What holds for any programme: no hall before its tranche, modules or racks."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattport.calendar.epoch import day_of
from wattport.design import size
from wattport.programme import construct
from wattport.records import Design, Production
from wattport.spec import Spec, load
from wattport.spec.campus.campus import RackGeneration
from wattport.spec.campus.grid import Tranche


@pytest.fixture(scope="module")
def dunkerque() -> Spec:
    return load("dunkerque")


@st.composite
def changes(draw: st.DrawFn) -> dict[str, dict[str, object]]:
    """Programmes and connections of all kinds, in whole numbers."""
    first = date(2027, 6, 1) + timedelta(days=draw(st.integers(0, 1500)))
    second = first + timedelta(days=draw(st.integers(0, 600)))
    return {
        "programme": {
            "working_days_per_week": float(draw(st.integers(1, 7))),
            "hall_stagger_days": float(draw(st.integers(0, 90))),
            "energise_lead_days": float(draw(st.integers(0, 40))),
            "hall_cv_frac": draw(st.sampled_from([0.0, 0.2, 0.6])),
            "start_delay_weeks": float(draw(st.integers(-20, 60))),
            "hv_transformer_lead_weeks": float(draw(st.integers(0, 300))),
        },
        "grid": {
            "connection_mw": float(draw(st.integers(150, 700))),
            "tranches": (
                Tranche(
                    date=first,
                    power_mw=float(draw(st.integers(20, 150))),
                    delay_weeks=float(draw(st.integers(-10, 150))),
                ),
                Tranche(date=second, delay_weeks=float(draw(st.integers(-10, 50)))),
            ),
        },
    }


def varied(spec: Spec, change: dict[str, dict[str, object]], n_crews: int, racks: date) -> Spec:
    crews = tuple(c.model_copy(update={"n_crews": n_crews}) for c in spec.programme.crews)
    generation = spec.campus.rack_generations[0].generation
    campus = {"rack_generations": (RackGeneration(generation=generation, available_from=racks),)}
    programme = spec.programme.model_copy(update={**change["programme"], "crews": crews})
    return spec.model_copy(
        update={
            "programme": programme,
            "grid": spec.grid.model_copy(update=change["grid"]),
            "campus": spec.campus.model_copy(update=campus),
        }
    )


def made(design: Design, seed: int, pace_days: float) -> Production:
    """Modules in a random order of completion."""
    n_draws, n_halls = design.hall_it_mw.shape
    rng = np.random.default_rng(seed)
    hall = np.full((n_draws, int(design.hall_n_modules.sum(axis=1).max())), -1)
    for k in range(n_draws):
        mine = np.repeat(np.arange(n_halls), design.hall_n_modules[k])
        hall[k, : mine.size] = mine
    gaps = rng.exponential(pace_days, hall.shape)
    done = np.where(hall >= 0, 500.0 + rng.permuted(np.cumsum(gaps, axis=1), axis=1), np.nan)
    wait = rng.exponential(20.0, (3, *hall.shape))
    return Production(
        module_hall=hall,
        module_done_day=done,
        module_need_day=done - 30.0,
        module_kit_wait_days=wait[0],
        module_enclosure_wait_days=wait[1],
        module_line_days=wait[2],
    )


@settings(max_examples=25, deadline=None)
@given(
    change=changes(),
    n_crews=st.integers(1, 5),
    rack_delay=st.integers(0, 2000),
    pace_days=st.sampled_from([0.2, 3.0, 20.0]),
    seed=st.integers(0, 1000),
)
def test_no_hall_before_its_tranche_modules_or_racks(
    dunkerque: Spec,
    change: dict[str, dict[str, object]],
    n_crews: int,
    rack_delay: int,
    pace_days: float,
    seed: int,
) -> None:
    racks = date(2026, 1, 1) + timedelta(days=rack_delay)
    spec = varied(dunkerque, change, n_crews, racks).draw(3, seed=seed)
    design = size(spec)
    production = made(design, seed, pace_days)
    result = construct(spec, design, production)
    is_ready = ~np.isnan(result.ready_day)
    for gate in (result.gate_day, result.modules_day, np.full_like(result.gate_day, day_of(racks))):
        assert (result.ready_day > gate)[is_ready].all()
    assert (np.isfinite(result.gate_day) == is_ready)[design.has_hall].all()

    # In the order of the template, and no crew in more halls than there are crews.
    names = list(result.activity)
    for number, activity in enumerate(spec.programme.hall_activities):
        for before in (link.activity for link in activity.after):
            if before in names:
                finished = result.finish_day[..., names.index(before)]
                assert (result.start_day[..., number] >= finished - 1e-6)[is_ready].all()
    for crew in spec.programme.crews:
        mine = [i for i, a in enumerate(spec.programme.hall_activities) if a.crew == crew.name]
        for k in range(3):
            start, finish = (
                day[k][:, mine].ravel() for day in (result.start_day, result.finish_day)
            )
            busy = [((start <= s) & (s < finish - 1e-6)).sum() for s in start[~np.isnan(start)]]
            assert max(busy, default=0) <= n_crews

    grid_mw = (
        (result.ready_day[:, :, None] <= result.month_day) * design.hall_grid_mw[:, :, None]
    ).sum(axis=1)
    assert (grid_mw <= result.tranche_mw + 1e-6).all()
    assert (result.first_compute_day <= result.full_campus_day)[is_ready.any(axis=1)].all()
