"""The site programme of a scenario as a file of a planning tool."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wattport.errors import Finding, InfeasibleError, WattportError
from wattport.output import new_file
from wattport.pipeline.stages import Stage, play
from wattport.programme.as_plan import programme_plan
from wattport.programme.median_draw import typical_draw
from wattport.schedule.exchange import mspdi_bytes, xer_bytes
from wattport.spec import Spec

_SUFFIXES = (".xer", ".xml")


@dataclass(frozen=True)
class ExportedProgramme:
    """What was written to a planning tool's file."""

    scenario: str
    file: Path
    draws: int
    seed: int
    draw: int  # the most typical future, which was written
    n_activities: int
    not_carried: tuple[Finding, ...]  # what the form cannot say


def export_programme(
    spec: Spec, to: Path | str, *, draws: int = 200, seed: int = 7, may_replace: bool = False
) -> ExportedProgramme:
    """
    Play a scenario as far as its site and write its most typical future as a schedule.

    Parameters
    ----------
    spec : Spec
        A scenario as loaded.
    to : Path or str
        ``.xer`` for Primavera P6, ``.xml`` for Microsoft Project.
    draws, seed : int
        Futures played, and the start of their random streams.
    may_replace : bool
        Whether a file that is there may go.

    Returns
    -------
    ExportedProgramme

    Raises
    ------
    WattportError
        When no future has a programme, or the file cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from wattport.spec import load
    >>> with TemporaryDirectory() as folder:
    ...     done = export_programme(load("small_20mw"), Path(folder, "site.xer"), draws=3)
    >>> done.scenario, done.n_activities > 10
    ('small_20mw', True)
    """
    to = Path(to)
    form = form_of(to)
    with new_file(to, may_replace=may_replace) as part:
        case = play(spec, draws=draws, seed=seed, until=Stage.BUILD)
        if case.design is None or case.production is None or case.programme is None:
            raise InfeasibleError(
                Finding(reason.code, reason.message, path=reason.stage, remedy=reason.remedy)
                for reason in case.reasons
                if reason.is_fatal
            )
        draw = typical_draw(case.programme)
        plan = programme_plan(case.spec, case.design, case.production, draw)
        raw, not_carried = (xer_bytes if form == ".xer" else mspdi_bytes)(plan, str(to))
        part.write_bytes(raw)
    return ExportedProgramme(
        plan.name, to, draws, seed, draw, plan.n_activities, tuple(not_carried)
    )


def form_of(to: Path) -> str:
    """Give the form that a file's name asks for, or refuse it."""
    form = to.suffix.lower()
    if form not in _SUFFIXES:
        raise WattportError(
            Finding(
                "USE001", f"{str(to)!r} names no form that can be written", path="--to",
                value=str(to), allowed=".xer for Primavera P6, .xml for Microsoft Project",
                remedy="such as --to programme.xer",
            )
        )  # fmt: skip
    return form
