"""What ``wattport run`` puts around jobs or requests: a scenario's campus, a begin, tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattport.calendar.epoch import EPOCH_START
from wattport.errors import Finding, WattportError

if TYPE_CHECKING:
    from wattport.batch import BatchResult
    from wattport.energy.campus import Campus
    from wattport.energy.campus_totals import CampusTotals
    from wattport.energy.thinned import Thinned
    from wattport.records import Design
    from wattport.spec import Spec

MOST_STEPS = 100_000_000  # three years of seconds
LONGEST_S = 100.0 * 366.0 * 86_400.0  # a campus does not outlive a century


@dataclass(frozen=True)
class Scenario:
    """A scenario at its central values, and the campus it makes."""

    spec: Spec
    design: Design


def scenario(source: str, overrides: Sequence[str]) -> Scenario:
    """Load a scenario and size its campus."""
    from wattport.design import size
    from wattport.spec import load

    spec = load(source, *overrides).draw(1, seed=0)
    return Scenario(spec, size(spec))


def begin(word: str | None, origin_s: float) -> datetime:
    """
    When the run's clock shows zero: what is asked for, else the file's own date, else day 0.

    Parameters
    ----------
    word : str or None
        Of ``--begin``.
    origin_s : float
        Unix time of the file's zero; 0: not known.
    """
    if word is None:
        if not origin_s:
            return EPOCH_START
        return datetime.fromtimestamp(origin_s, UTC).replace(tzinfo=None)
    from wattport.energy.site_hours import begin_of

    try:
        return begin_of(word)
    except ValueError:
        raise usage(
            f"--begin {word}", "is no date, or not one of UTC",
            "write it as 2030-07-01 or 2030-07-01T06:00",
        ) from None  # fmt: skip


def refuse_without_design(design: str | None, overrides: Sequence[str], begin: str | None) -> None:
    """Refuse words that only mean something on a campus."""
    if design is not None:
        return
    if overrides:
        raise usage("--set", "there is no scenario to change", "name one with --design")
    if begin is not None:
        raise usage("--begin", "a plain machine has neither weather nor prices",
                    "name a scenario with --design")  # fmt: skip


def seconds(step: str) -> float:
    """Read ``--step``."""
    from wattport.units import UnitError, parse

    try:
        found = parse(step, "s")
    except UnitError as error:
        raise usage(f"--step {step}", str(error), "write a number and a unit: 15s, 5min, 1h") \
            from None  # fmt: skip
    if not 0.001 <= found < float("inf"):
        raise usage(f"--step {step}", "a step is at least a millisecond", "write 1s, or 15s")
    return found


def refuse_steps(step_s: float, until_s: float) -> None:
    """Refuse a series that nobody could wait for."""
    n_steps = until_s / step_s
    if n_steps > MOST_STEPS:
        raise usage(
            f"--step {step_s:g}s", f"the run lasts {until_s / 86_400.0:.0f} days: {n_steps:.2g} "
            "steps", f"use at most {MOST_STEPS:.0e}: a longer step changes no energy",
        )  # fmt: skip


def around(of: Scenario, at: datetime, until_s: float, nameplate_mw: float | None = None) -> Campus:
    """Put a run of some length into the campus, or a slice of it, from a moment on."""
    if until_s > LONGEST_S or at.year + until_s / (366.0 * 86_400.0) > 9_998.0:
        raise usage(
            "--design", f"the run lasts {until_s / 3.15576e7:.0f} years; a campus lives through "
            "100 at most", "cut the file; or, where failures stop jobs without checkpoints time "
            "after time, give them cycle_s or use --no-failures",
        )  # fmt: skip
    from wattport.energy.campus import campus_around
    from wattport.energy.site_hours import site_hours

    return campus_around(
        of.spec, of.design, site_hours(of.spec, of.design, at, until_s), nameplate_mw
    )


def alone(result: BatchResult, step_s: float, folder: Path | None) -> Thinned:
    """Resample the IT power of a machine by itself, writing it block by block."""
    from wattport.batch import power_blocks, power_changes
    from wattport.energy.thinned import Thinned

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
    from wattport.batch import power_changes
    from wattport.energy.campus import campus_blocks
    from wattport.energy.campus_totals import CampusTotals
    from wattport.energy.thinned import Thinned

    changes = power_changes(
        result.log, result.jobs, result.machine, result.until_ms, pause_frac
    )  # fmt: skip
    totals = CampusTotals(campus)
    seen = Thinned(step_s, result.until_ms / 1000.0, result.machine.n_halls)
    for number, block in enumerate(campus_blocks(campus, changes, step_s)):
        totals.add(block)
        seen.add(block.begin_ms, block.length_ms, block.hall_mw, block.steps)
        _write_halls(folder, number, block.begin_ms, block.hall_mw)
        if folder is not None:
            write_steps(folder, number, block.begin_ms / 1000.0, block.steps)
    return totals, seen


def write_steps(folder: Path, number: int, begin_s: Any, steps: Any) -> None:
    """Write one block of the campus's power as a table."""
    from wattport.batch import write_table

    (folder / "campus").mkdir(exist_ok=True)
    columns = {
        "time_s": begin_s, "grid_mw": steps.grid_mw, "it_mw": steps.it_mw,
        "cooling_mw": steps.cooling_mw, "loss_mw": steps.loss_mw.sum(axis=0),
    }  # fmt: skip
    columns |= {
        f"loss_{_word(name)}_mw": row for name, row in zip(steps.stage, steps.loss_mw, strict=True)
    }
    write_table(folder / "campus" / f"part-{number:05d}.parquet", columns)


def _write_halls(folder: Path | None, number: int, begin_ms: Any, hall_mw: Any) -> None:
    if folder is None:
        return
    import numpy as np

    from wattport.batch import write_table

    (folder / "power").mkdir(exist_ok=True)
    n_steps, n_halls = hall_mw.shape
    write_table(folder / "power" / f"part-{number:05d}.parquet", {
        "time_s": np.repeat(begin_ms / 1000.0, n_halls),
        "hall": np.tile(np.arange(n_halls), n_steps),
        "it_mw": hall_mw.reshape(-1),
    })  # fmt: skip


def _word(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name.lower())


def watts(mw: float) -> str:
    """
    Write power as a person reads it.

    Examples
    --------
    >>> watts(1612.14), watts(0.13712)
    ('1612 MW', '137.1 kW')
    """
    return f"{1e3 * mw:.4g} kW" if abs(mw) < 1.0 else f"{mw:.4g} MW"


def amount(value: float, unit: str) -> str:
    """
    Write an amount in a unit that suits its size, for a terminal.

    Examples
    --------
    >>> amount(888123.0, "MWh"), amount(1.02e8, "EUR"), amount(0.0147, "MWh")
    ('888 GWh', '102 M EUR', '14.7 kWh')
    """
    from wattport.report.numerals import THIN_SPACE, quantity

    return quantity(value, unit).replace(THIN_SPACE, " ")


def usage(word: str, message: str, remedy: str) -> WattportError:
    """Refuse an option."""
    return WattportError(Finding("USE001", message, path=word, remedy=remedy))
