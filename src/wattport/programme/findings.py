"""What a reader of the programme must know."""

from __future__ import annotations

import numpy as np

from wattport.arrays import BoolArray, FloatArray
from wattport.calendar.epoch import date_of, day_of
from wattport.programme.calendar import LAST_DAY
from wattport.programme.draws import Future, modules_made
from wattport.programme.milestone import first_day
from wattport.records import Design, Production, Reason, quantile
from wattport.spec import Spec


def reasons(
    spec: Spec, design: Design, production: Production, future: Future, ready_day: FloatArray
) -> tuple[Reason, ...]:
    """
    Collect the reasons that hold in at least one draw.

    Parameters
    ----------
    spec : Spec
        Drawn.
    design : Design
        What was to be built.
    production : Production
        What the plants made.
    future : Future
        What was scheduled.
    ready_day : ndarray, shape (draw, hall)
        Outcome; NaN where not built.

    Returns
    -------
    tuple of Reason
        In order of their codes.
    """
    n_halls = ready_day.shape[1]
    has_tranche = np.isfinite(future.gates.grid_day)
    is_short = modules_made(production, n_halls) < design.hall_n_modules
    first_gate = np.where(has_tranche, future.gates.grid_day, np.inf).min(axis=1)
    found = [
        _reason(
            "BLD001",
            (design.has_hall & ~has_tranche).any(axis=1),
            "some halls have no grid tranche that carries them and are never ready",
            "add a tranche, raise its power, or design fewer halls",
        ),
        _reason(
            "BLD002",
            (design.has_hall & is_short).any(axis=1),
            "the plants do not make all modules of some halls, which are never ready",
            "give the plants more time, staff or bays, or order fewer modules",
        ),
        _reason(
            "BLD003",
            np.isnan(ready_day).all(axis=1),
            "no hall is ever ready",
            "see the other reasons: tranches and modules come first",
            is_fatal=bool(np.isnan(ready_day).all()),
        ),
        _reason(
            "BLD004",
            future.is_admitted_late.any(axis=1),
            "the design admits halls to a tranche whose power the halls before them use up; "
            "they wait for the next one",
            "size the halls to the tranches",
        ),
        _reason(
            "BLD005",
            future.gates.long_lead_day[:, 0] > first_gate,
            "the first HV transformers come after the first tranche is open",
            "order them earlier, reserve a factory slot, or start on rented units",
        ),
        _wanted_date(spec, ready_day),
        _reason(
            "BLD007",
            (design.has_hall & has_tranche & ~is_short & np.isnan(ready_day)).any(axis=1),
            f"some halls are not ready by {date_of(LAST_DAY).isoformat()}, where the calendar of "
            "the site ends, and count as never ready",
            "more crews, shorter activities, less stagger, or fewer halls",
        ),
    ]
    return tuple(reason for reason in found if reason is not None)


def _wanted_date(spec: Spec, ready_day: FloatArray) -> Reason | None:
    wanted = spec.programme.wanted_first_compute
    first = first_day(ready_day)
    if wanted is None or np.isnan(first).all():
        return None
    p90 = float(quantile(first, 0.9))
    if p90 <= day_of(wanted):
        return None
    return _reason(
        "BLD006",
        ~(first <= day_of(wanted)),
        f"first compute is wanted by {wanted.isoformat()} and its P90 is "
        f"{date_of(p90).isoformat()}",
        "see which cause gains most days, or move the date",
    )


def _reason(
    code: str, is_so: BoolArray | np.bool_, message: str, remedy: str, *, is_fatal: bool = False
) -> Reason | None:
    share = float(np.mean(is_so))
    if share == 0.0:
        return None
    return Reason(code, "build", message, remedy, draw_frac=share, is_fatal=is_fatal)
