"""What scripts read: the answers of the commands as JSON."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattport.errors import Finding, WattportError, summarised
from wattport.legible import json_escaped

if TYPE_CHECKING:
    from wattport.records import Case, Reason
    from wattport.spec import Spec


def played(case: Case, out: Path) -> dict[str, Any]:
    """
    Give the answer of ``wattport play --json``.

    Parameters
    ----------
    case : Case
        As played, whole or in part.
    out : Path
        The output folder.
    """
    ledger = case.ledger
    return {
        "scenario": case.spec.name,
        "out": str(out),
        "report": str(out / "report.html"),
        "manifest": dataclasses.asdict(case.manifest),
        "headlines": [] if ledger is None else [dataclasses.asdict(h) for h in ledger.headlines],
        "gates": [] if ledger is None else [dataclasses.asdict(gate) for gate in ledger.gates],
        "reasons": [dataclasses.asdict(reason) for reason in reasons(case)],
    }


def reasons(case: Case) -> tuple[Reason, ...]:
    """Collect what the stages say a reader must know, in the order of the stages."""
    stages = (case.design, case.production, case.programme, case.operation, case.ledger)
    return tuple(reason for stage in stages if stage is not None for reason in stage.reasons)


def sources(spec: Spec) -> list[dict[str, Any]]:
    """Give the answer of ``wattport sources --json``."""
    return [dataclasses.asdict(row) for row in spec.provenance]


def refused(error: WattportError) -> dict[str, Any]:
    """Give the answer of any command that refuses its input."""
    return {"exit_code": error.exit_code, "findings": findings(error.findings)}


def findings(found: Iterable[Finding]) -> list[dict[str, object]]:
    """Give findings as plain values, very many of one kind as the first of them."""
    return [finding.as_dict() for finding in summarised(found)]


def text(answer: object) -> str:
    r"""
    Write an answer as JSON that every parser reads.

    Examples
    --------
    >>> text({"p90": float("nan"), "out": Path("results")})
    '{\n  "p90": null,\n  "out": "results"\n}'
    """
    words = json.dumps(_plain(answer), indent=2, ensure_ascii=False, allow_nan=False)
    return json_escaped(words)


def _plain(value: Any) -> Any:
    """JSON knows neither infinity nor not-a-number, nor numpy's scalars: null, and their item."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
