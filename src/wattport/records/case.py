"""One played case: the drawn spec and what every stage made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wattport.records.design import Design
from wattport.records.findings import Validated
from wattport.records.ledger import Ledger
from wattport.records.operation import Operation
from wattport.records.production import Production
from wattport.records.programme import Programme

if TYPE_CHECKING:
    from wattport.spec import Spec


@dataclass(frozen=True)
class Manifest:
    """What is needed to make the case again."""

    version: str
    spec_hash: str
    seed: int
    n_draws: int
    python: str
    packages: dict[str, str] = field(default_factory=dict)
    stage_s: dict[str, float] = field(default_factory=dict)  # wall time by stage


@dataclass(frozen=True)
class Case:
    """A campus played from spec to ledger; later stages are None when stopped early."""

    spec: Spec  # drawn
    manifest: Manifest
    design: Design | None = None
    production: Production | None = None
    programme: Programme | None = None
    operation: Operation | None = None
    ledger: Ledger | None = None
    validation: tuple[Validated, ...] = ()  # of the version that played it
