"""One played case: the drawn spec and what every stage made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from wattport.records.design import Design
from wattport.records.findings import Reason, Validated
from wattport.records.ledger import Ledger
from wattport.records.operation import Operation
from wattport.records.production import Production
from wattport.records.programme import Programme

if TYPE_CHECKING:
    from wattport.spec import Spec


def own_version() -> str:
    """
    Version of this package, as it stands in the manifest of each case.

    Examples
    --------
    >>> own_version()[0].isdigit()
    True
    """
    return package_version("wattport")


def package_version(name: str) -> str:
    """
    Version of an installed package.

    Parameters
    ----------
    name : str
        As it is installed.

    Examples
    --------
    >>> package_version("no-such-package")
    'unknown'
    """
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


@dataclass(frozen=True)
class Manifest:
    """What is needed to make the case again."""

    version: str
    spec_hash: str
    seed: int
    n_draws: int
    python: str
    packages: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """
    A campus played from spec to ledger.

    Later stages are None where the play was stopped early: as asked for, or since the plan
    cannot work and a stage left nothing to go on with, which `reasons` tell.
    """

    spec: Spec  # drawn
    manifest: Manifest
    design: Design | None = None
    production: Production | None = None
    programme: Programme | None = None
    operation: Operation | None = None
    ledger: Ledger | None = None
    validation: tuple[Validated, ...] = ()  # of the version that played it
    # Wall time by stage: of this play and not of the case, hence neither compared nor saved.
    stage_s: dict[str, float] = field(default_factory=dict, compare=False)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What the stages say a reader must know, in the order of the stages."""
        stages = (self.design, self.production, self.programme, self.operation, self.ledger)
        return tuple(reason for stage in stages if stage is not None for reason in stage.reasons)

    @property
    def is_feasible(self) -> bool:
        """False where the plan cannot work in any draw; the fatal `reasons` tell why."""
        return not any(reason.is_fatal for reason in self.reasons)

    def report(self, path: str | Path) -> Path:
        """
        Write the case as one offline HTML file.

        Parameters
        ----------
        path : str or Path
            File to write. An earlier report is replaced when the new one is whole; anything
            else that stands there is refused.

        Returns
        -------
        Path
            The file written.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> from wattport.pipeline.stages import play
        >>> case = play("small_20mw", draws=1, until="design")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     case.report(Path(folder) / "report.html").name
        'report.html'
        """
        # The one import that climbs: a person at a prompt holds a case and wants its report.
        from wattport.report import render

        file = Path(path)
        render(self, file)
        return file
