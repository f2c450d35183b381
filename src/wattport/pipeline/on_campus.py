"""What stands around jobs or requests: a scenario's campus from a moment on, and its tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.batch import BatchResult, power_blocks, power_changes, write_table
from wattport.calendar.epoch import EPOCH_START
from wattport.design import size
from wattport.energy.balance import Balance
from wattport.energy.campus import Campus, campus_blocks
from wattport.energy.campus_totals import CampusTotals
from wattport.energy.thinned import Thinned
from wattport.errors import usage_error
from wattport.operation.site_hours import campus_around, site_hours
from wattport.records import Design
from wattport.spec import Spec

MOST_STEPS = 100_000_000  # three years of seconds
LONGEST_S = 100.0 * 366.0 * 86_400.0  # a campus does not outlive a century


@dataclass(frozen=True)
class Site:
    """A scenario at its central values, and the campus it makes."""

    spec: Spec
    design: Design


def site_of(spec: Spec | None) -> Site | None:
    """Size the campus of a scenario at its central values; None for a machine by itself."""
    if spec is None:
        return None
    central = spec.draw(1, seed=0)
    return Site(central, size(central))


def begin_at(wanted: datetime | None, origin_s: float) -> datetime:
    """
    When the run's clock shows zero: what is asked for, else the file's own date, else day 0.

    Parameters
    ----------
    wanted : datetime or None
        UTC.
    origin_s : float
        Unix time of the file's zero; 0: not known.

    Examples
    --------
    >>> begin_at(None, 0.0)
    datetime.datetime(2026, 1, 1, 0, 0)
    """
    if wanted is not None:
        return wanted
    if not origin_s:
        return EPOCH_START
    return datetime.fromtimestamp(origin_s, UTC).replace(tzinfo=None)


def refuse_steps(step_s: float, until_s: float) -> None:
    """Refuse a series that nobody could wait for."""
    n_steps = until_s / step_s
    if n_steps > MOST_STEPS:
        raise usage_error(
            f"--step {step_s:g}s", f"the run lasts {until_s / 86_400.0:.0f} days: {n_steps:.2g} "
            "steps", f"use at most {MOST_STEPS:.0e}: a longer step changes no energy",
        )  # fmt: skip


def around(site: Site, at: datetime, until_s: float, nameplate_mw: float | None = None) -> Campus:
    """Put a run of some length into the campus, or a slice of it, from a moment on."""
    if until_s > LONGEST_S or at.year + until_s / (366.0 * 86_400.0) > 9_998.0:
        raise usage_error(
            "--design", f"the run lasts {until_s / 3.15576e7:.0f} years; a campus lives through "
            "100 at most", "cut the file; or, where failures stop jobs without checkpoints time "
            "after time, give them cycle_s or use --no-failures",
        )  # fmt: skip
    hours = site_hours(site.spec, site.design, at, until_s)
    return campus_around(site.spec, site.design, hours, nameplate_mw)


def alone(result: BatchResult, step_s: float, folder: Path | None) -> Thinned:
    """Resample the IT power of a machine by itself, writing it block by block."""
    changes = power_changes(result.log, result.jobs, result.machine, result.until_ms)
    seen = Thinned(step_s, result.until_ms / 1000.0, result.machine.n_halls)
    for number, block in enumerate(power_blocks(changes, step_s)):
        power_mw = block.power_mw
        seen.add(block.begin_ms, block.length_ms, power_mw)
        _write_halls(folder, number, block.begin_ms, power_mw)
    return seen


def on_campus(
    campus: Campus, result: BatchResult, step_s: float, pause_frac: float, folder: Path | None
) -> tuple[CampusTotals, Thinned]:
    """Follow the power of a run out to the grid, writing it block by block."""
    changes = power_changes(result.log, result.jobs, result.machine, result.until_ms, pause_frac)
    totals = CampusTotals(campus)
    seen = Thinned(step_s, result.until_ms / 1000.0, result.machine.n_halls)
    for number, block in enumerate(campus_blocks(campus, changes, step_s)):
        totals.add(block)
        seen.add(block.begin_ms, block.length_ms, block.hall_mw, block.steps)
        _write_halls(folder, number, block.begin_ms, block.hall_mw)
        write_steps(folder, number, block.begin_ms, block.steps)
    return totals, seen


def write_steps(folder: Path | None, number: int, begin_ms: IntArray, steps: Balance) -> None:
    """Write one block of the campus's power as a table, if there is a folder for it."""
    if folder is None:
        return
    (folder / "campus").mkdir(exist_ok=True)
    columns = {
        "time_s": begin_ms / 1000.0, "grid_mw": steps.grid_mw, "it_mw": steps.it_mw,
        "cooling_mw": steps.cooling_mw, "loss_mw": steps.loss_mw.sum(axis=0),
    }  # fmt: skip
    columns |= {
        f"loss_{_word(name)}_mw": row for name, row in zip(steps.stage, steps.loss_mw, strict=True)
    }
    write_table(folder / "campus" / f"part-{number:05d}.parquet", columns)


def _write_halls(folder: Path | None, number: int, begin_ms: IntArray, hall_mw: FloatArray) -> None:
    """Write one block of the halls' power as a table, if there is a folder for it."""
    if folder is None:
        return
    (folder / "power").mkdir(exist_ok=True)
    n_steps, n_halls = hall_mw.shape
    write_table(folder / "power" / f"part-{number:05d}.parquet", {
        "time_s": np.repeat(begin_ms / 1000.0, n_halls),
        "hall": np.tile(np.arange(n_halls), n_steps),
        "it_mw": hall_mw.reshape(-1),
    })  # fmt: skip


def _word(name: str) -> str:
    """Make a name fit for a column."""
    return "".join(letter if letter.isalnum() else "_" for letter in name.lower())
