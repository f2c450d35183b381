"""The one place that knows the order of the stages."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from wattport.catalog.validation import validation_rows
from wattport.design import size
from wattport.ledger import settle
from wattport.operation import operate
from wattport.pipeline.memory import available_mb, refuse_draws
from wattport.production import manufacture
from wattport.programme import construct, with_plant_changes
from wattport.records import Case, Manifest, Validated
from wattport.records.case import own_version, package_version
from wattport.spec import Spec, load, spec_hash

Progress = Callable[[str, float], None]

_PACKAGES = ("numpy", "scipy", "numba", "duckdb", "pydantic", "holidays")


class Stage(StrEnum):
    """The five stages, in order."""

    DESIGN = "design"
    MAKE = "make"
    BUILD = "build"
    RUN = "run"
    ACCOUNT = "account"


def play(
    source: str | Path | Mapping[str, Any] | Spec,
    *overrides: str,
    draws: int = 200,
    seed: int = 7,
    until: Stage | str | None = None,
    on_progress: Progress | None = None,
) -> Case:
    """
    Play one scenario from spec to ledger.

    Parameters
    ----------
    source : str, Path, mapping or Spec
        A shipped scenario's name, a file, its content, or a loaded spec.
    *overrides : str
        ``path=value`` settings on top of the source.
    draws : int
        Futures played together; 1 plays the central values. [>= 1]
    seed : int
        Start of all random streams; same spec, seed and version give the same bytes.
    until : Stage or str, optional
        Last stage to play; left out: all.
    on_progress : callable, optional
        Called with a stage's name and the share of stages done before it.

    Returns
    -------
    Case
        The drawn spec and the record of each stage played. A plan that cannot work in any draw
        ends with the stage that found out: `Case.is_feasible` is false and `Case.reasons` tell
        why. Draws that cannot work beside others that do are counted by a reason.

    Raises
    ------
    SpecError
        With every finding, when the source is not a valid spec.
    WattportError
        When so many draws do not fit into memory.
    ValueError
        When `until` names no stage or `draws` is below one.

    Examples
    --------
    >>> case = play("small_20mw", draws=1, until="design")
    >>> float(case.design.it_mw[0])
    20.0
    """
    last = Stage(until) if until is not None else Stage.ACCOUNT
    if draws < 1:
        raise ValueError(f"draws must be at least 1, not {draws}")
    undrawn = load(source, *overrides)
    refuse_draws(undrawn, draws, available_mb())
    spec = undrawn.draw(draws, seed)
    made: dict[str, Any] = {}
    stage_s: dict[str, float] = {}
    for done, stage in enumerate(Stage):
        if on_progress is not None:
            on_progress(stage.value, done / len(Stage))
        begin = time.perf_counter()
        _advance(stage, spec, made)
        stage_s[stage.value] = round(time.perf_counter() - begin, 3)
        if stage is last or not _can_go_on(stage, made):
            break
    manifest = Manifest(
        version=own_version(),
        spec_hash=spec_hash(undrawn),
        seed=seed,
        n_draws=draws,
        python=platform.python_version(),
        packages={name: package_version(name) for name in _PACKAGES},
    )
    validation = tuple(Validated(**row) for row in validation_rows())
    return Case(spec=spec, manifest=manifest, validation=validation, stage_s=stage_s, **made)


def _advance(stage: Stage, spec: Spec, made: dict[str, Any]) -> None:
    """Play one stage on what the stages before it have made."""
    match stage:
        case Stage.DESIGN:
            made["design"] = size(spec)
        case Stage.MAKE:
            made["production"] = manufacture(spec, made["design"])
        case Stage.BUILD:
            programme = construct(spec, made["design"], made["production"])
            made["programme"] = with_plant_changes(
                programme, spec, made["design"], made["production"]
            )
        case Stage.RUN:
            made["operation"] = operate(spec, made["design"], made["programme"])
        case Stage.ACCOUNT:
            made["ledger"] = settle(
                spec, made["design"], made["production"], made["programme"], made["operation"]
            )


def _can_go_on(stage: Stage, made: Mapping[str, Any]) -> bool:
    """Whether a stage left something to the next one in at least one draw."""
    match stage:
        case Stage.DESIGN:
            return bool(made["design"].hall_n_gpus.any())
        case Stage.MAKE:
            return bool(np.isfinite(made["production"].module_done_day).any())
        case Stage.BUILD:
            return bool(np.isfinite(made["programme"].ready_day).any())
        case Stage.RUN:
            return bool(made["operation"].it_mwh.any())
        case Stage.ACCOUNT:
            return True
