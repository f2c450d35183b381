"""A schedule of any planning tool, read, checked and played with its risks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wattport.errors import Finding
from wattport.schedule.dcma import DcmaCheck, dcma_checks
from wattport.schedule.exchange import read_plan
from wattport.schedule.risk import analyse
from wattport.schedule.risk_register import RiskRegister
from wattport.schedule.risk_result import RiskResult


@dataclass(frozen=True)
class ScheduleAnalysis:
    """The risks of a schedule, its quality, and what of the file was not carried."""

    result: RiskResult
    checks: tuple[DcmaCheck, ...]
    not_carried: tuple[Finding, ...]


def analyse_schedule(
    path: Path | str,
    risks: RiskRegister | None = None,
    *,
    draws: int = 1000,
    seed: int = 7,
    has_sharing: bool = True,
    encoding: str | None = None,
    project: str | None = None,
) -> ScheduleAnalysis:
    """
    Find out when a schedule really ends, and why.

    Parameters
    ----------
    path : Path or str
        A Primavera XER or Microsoft Project XML file.
    risks : RiskRegister, optional
        Risks and ranges; left out: factors of 0.9, 1 and 1.2 on every remaining duration.
    draws, seed : int
        Futures played, and the start of their random streams.
    has_sharing : bool
        Whether resources are shared out; else links stand as they are.
    encoding : str, optional
        Code page of an XER file. Left out: UTF-8, else Windows 1252.
    project : str, optional
        Which project of an XER file with several.

    Returns
    -------
    ScheduleAnalysis

    Raises
    ------
    WattportError
        With all that is wrong with the file.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> text = (
    ...     '<Project xmlns="http://schemas.microsoft.com/project"><Name>Pit</Name>'
    ...     "<StartDate>2026-04-01T08:00:00</StartDate><Tasks><Task><UID>1</UID><Name>dig</Name>"
    ...     "<Duration>PT80H0M0S</Duration></Task></Tasks></Project>"
    ... )
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "plan.xml")
    ...     _ = file.write_text(text)
    ...     found = analyse_schedule(file, draws=20)
    >>> found.result.draws, len(found.checks)
    (20, 14)
    """
    register = RiskRegister.model_validate({}) if risks is None else risks
    read = read_plan(Path(path), encoding=encoding, project=project)
    result = analyse(read.plan, register, draws=draws, seed=seed, has_sharing=has_sharing)
    return ScheduleAnalysis(result, tuple(dcma_checks(read.plan)), tuple(read.not_carried))
