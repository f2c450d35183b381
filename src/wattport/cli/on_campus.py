"""What jobs and requests share on the command line: dates, steps, and the grid in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from wattport.cli import answer
from wattport.errors import usage_error
from wattport.output import MANIFEST

if TYPE_CHECKING:
    from wattport.batch.answer import JobsAnswer
    from wattport.energy.campus_totals import CampusFigures, CampusLimits
    from wattport.report.page import Page
    from wattport.serving.answer import RequestsAnswer
    from wattport.spec import Spec


def scenario(source: str | None, overrides: Sequence[str], begin: str | None) -> Spec | None:
    """Load the scenario of ``--design``; without one, refuse what only means something there."""
    if source is not None:
        from wattport.spec import load

        return load(source, *overrides)
    if overrides:
        raise usage_error("--set", "there is no scenario to change", "name one with --design")
    if begin is not None:
        raise usage_error("--begin", "a plain machine has neither weather nor prices",
                          "name a scenario with --design")  # fmt: skip
    return None


def moment(begin: str | None) -> datetime | None:
    """Read ``--begin``."""
    if begin is None:
        return None
    from wattport.energy.site_hours import begin_of

    try:
        return begin_of(begin)
    except ValueError:
        raise usage_error(
            f"--begin {begin}", "is no date, or not one of UTC",
            "write it as 2030-07-01 or 2030-07-01T06:00",
        ) from None  # fmt: skip


def step_s(step: str) -> float:
    """Read ``--step``."""
    found = seconds("--step", step, "15s, 5min, 1h")
    if not 0.001 <= found < float("inf"):
        raise usage_error(f"--step {step}", "a step is at least a millisecond", "write 1s, or 15s")
    return found


def seconds(option: str, words: str, such_as: str) -> float:
    """Read a time with its unit."""
    from wattport.units import UnitError, parse

    try:
        return parse(words, "s")
    except UnitError as error:
        raise usage_error(
            f"{option} {words}", str(error), f"write a number and a unit: {such_as}"
        ) from None


def write_answer(part: Path, found: JobsAnswer | RequestsAnswer, page: Page) -> None:
    """Write what a run tells, for scripts and as its page, into the folder of its tables."""
    from wattport.report import write

    (part / MANIFEST).write_text(answer.text(answer.ran(found)) + "\n", encoding="utf-8")
    write(page, part / "report.html")


def show(lines: Mapping[str, str]) -> None:
    """Print names and what they are, in two columns."""
    width = max(map(len, lines))
    for name, line in lines.items():
        print(f"{name:<{width}}  {line}")


def show_report(out: Path | None) -> None:
    """Say where the report is, if there is one."""
    if out is not None:
        print(f"\nReport: {out / 'report.html'}")


def limit_words(limits: CampusLimits) -> str:
    """Say whether the campus stays within its connection."""
    verdict = "within" if limits.is_within_connection else "BEYOND"
    return f"{verdict} the connection of {watts(limits.connection_mw)}"


def campus_lines(campus: CampusFigures, limit: str, step_s: float) -> dict[str, str]:
    """Say what the grid sees, for a terminal."""
    losses = ", ".join(
        f"{name} {mwh / campus.grid_mwh:.2%}" for name, mwh in campus.loss_mwh_by_stage.items()
    )
    return {
        "Grid power": f"mean {watts(campus.mean_grid_mw)}, "
        f"peak {watts(campus.peak_grid_mw)}, {limit}",
        "Steepest": f"+{watts(campus.steepest_rise_mw_per_step)} and "
        f"-{watts(campus.steepest_fall_mw_per_step)} from one {step_s:g} s step to the next; "
        f"+{watts(campus.steepest_rise_mw_per_min)} and "
        f"-{watts(campus.steepest_fall_mw_per_min)} from one minute to the next",
        "PUE": f"{campus.pue:.4f}; the energy balance closes to "
        f"{campus.energy_balance_error_frac:.0e}",
        "Losses": f"{losses} of the grid's energy; inside IT, rack power supplies "
        f"{campus.rack_supply_loss_mwh / campus.grid_mwh:.2%}",
        "Cooling": f"{campus.cooling_mwh / campus.grid_mwh:.2%}, "
        f"water {amount(campus.water_m3, 'm3')}",
        "Energy": f"{amount(campus.grid_mwh, 'MWh')}, "
        f"{amount(campus.energy_cost_eur, 'EUR')}, {amount(campus.carbon_t, 't')} CO2",
    }  # fmt: skip


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
