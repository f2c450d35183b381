"""What scripts read: the answers of the commands as JSON."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattport.errors import Finding, WattportError, summarised
from wattport.legible import json_escaped

SCHEMA_VERSION = 1  # of all answers; raised where a key goes or changes its meaning
_GROUPS = ("jobs", "training", "limits", "deployment", "service", "token", "at_grid")

if TYPE_CHECKING:
    from wattport.batch.answer import JobsAnswer
    from wattport.pipeline.export import ExportedProgramme
    from wattport.records import Case
    from wattport.serving.answer import RequestsAnswer
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
        "schema_version": SCHEMA_VERSION,
        "scenario": case.spec.name,
        "out": str(out),
        "report": str(out / "report.html"),
        "manifest": dataclasses.asdict(case.manifest),
        "stage_s": case.stage_s,
        "headlines": [] if ledger is None else [dataclasses.asdict(h) for h in ledger.headlines],
        "gates": [] if ledger is None else [dataclasses.asdict(gate) for gate in ledger.gates],
        "is_feasible": case.is_feasible,
        "reasons": [dataclasses.asdict(reason) for reason in case.reasons],
    }


# Reasons whose draws come to nothing: told at once, in however few draws they hold.
_LOST = ("DES101", "MAK004", "MAK006", "MAK007", "BLD003")


def what_cannot_work(case: Case) -> str:
    """Say what keeps the plan, or some of its draws, from working; empty if nothing does."""
    lines = []
    for reason in case.reasons:
        if reason.is_fatal or reason.code in _LOST:
            word = "infeasible" if reason.is_fatal else f"in {reason.draw_frac:.1%} of the draws"
            lines += [f"{word}[{reason.code}] {reason.message}", f"  remedy: {reason.remedy}"]
    return "\n".join(lines)


def ran(found: JobsAnswer | RequestsAnswer) -> dict[str, Any]:
    """Give the answer of ``wattport run --json``: its groups of figures stand at its top."""
    told: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "kind": found.kind}
    for item in dataclasses.fields(found):
        value = getattr(found, item.name)
        if item.name == "notes":
            value = findings(value)
        elif dataclasses.is_dataclass(value):
            value = dataclasses.asdict(value)  # type: ignore[arg-type]
        elif isinstance(value, tuple):
            value = [dataclasses.asdict(row) for row in value]
        if item.name == "n_skipped":
            told["skipped"] = value
        elif item.name in _GROUPS:
            told |= value or {}
        else:
            told[item.name] = value
    return told


def exported(done: ExportedProgramme) -> dict[str, Any]:
    """Give the answer of ``wattport export --json``."""
    return {
        "schema_version": SCHEMA_VERSION, "scenario": done.scenario, "file": done.file,
        "draws": done.draws, "seed": done.seed, "draw": done.draw,
        "activities": done.n_activities, "not_carried": findings(done.not_carried),
    }  # fmt: skip


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
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
