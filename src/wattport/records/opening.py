"""A case read back from disk: all that a hostile one could tell is looked at first."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

from wattport.output import MANIFEST
from wattport.records.case import Case, Manifest, own_version
from wattport.records.case_file import (
    CaseCode,
    Faults,
    compare_with_list,
    plain_file,
    read_json,
)
from wattport.records.case_json import Values
from wattport.records.case_tables import Table, read_tables, tables_of
from wattport.records.findings import Validated
from wattport.records.storage import RECORDS, SPEC, STAGES, TABLES
from wattport.spec import load, spec_hash

MOST_DRAWS = 100_000  # five times what the command plays
_MOST_MANIFEST_BYTES = 1_000_000
_MOST_SPEC_BYTES = 5_000_000
_RECORDS_BYTES, _RECORDS_BYTES_PER_DRAW = 4_000_000, 8_000  # some four times what there are
_SHARED = ("draw", "hall")  # axes that are the same in all records


def open_case(source: str | Path) -> Case:
    """
    Read a case that `save` wrote.

    Parameters
    ----------
    source : str or Path
        The output folder. It may have come from anybody: nothing outside of it is read, nothing
        is written, and only what the records declare is taken.

    Returns
    -------
    Case
        Equal to the saved one: the spec is drawn again from its seed, the records are read.
        Arrays that one stage only hands to the next (`is_kept`) are None.

    Raises
    ------
    WattportError
        With one finding for each thing that is missing, changed, cut short, too large, of
        another version or no part of a case.
    SpecError
        With what is wrong with its spec.

    Examples
    --------
    >>> open_case("no such folder")
    Traceback (most recent call last):
    wattport.errors.WattportError: error[CASE001] there is no such folder
      --> no such folder
      remedy: give the folder that a play has written
    """
    found = Faults(Path(source))
    _refuse_no_case(found)
    told = read_json(found, MANIFEST, _MOST_MANIFEST_BYTES)
    found.refuse()
    manifest = _manifest(found, told)
    most = _RECORDS_BYTES + _RECORDS_BYTES_PER_DRAW * manifest.n_draws
    rest = read_json(found, RECORDS, most)
    spec_file = plain_file(found, SPEC, _MOST_SPEC_BYTES) or found.folder / SPEC
    found.refuse()
    validation, plain, tables = _records(found, rest, manifest.n_draws)
    names = [MANIFEST, SPEC, RECORDS, *(table.file for table in tables)]
    found.refuse()
    arrays = read_tables(found, tables)
    compare_with_list(found, told.get("files"), {n: found.folder / n for n in names[1:]})
    spec = load(spec_file)
    if spec_hash(spec) != manifest.spec_hash:
        found.add(CaseCode.CHANGED, "is not the spec that was played", SPEC,
                  remedy="play it: its records are those of another spec")  # fmt: skip
    found.refuse()
    records = {s: STAGES[s](**fields, **arrays.get(s, {})) for s, fields in plain.items()}
    _refuse_other_nodes(found, records)
    drawn = spec.draw(manifest.n_draws, manifest.seed)
    return Case(spec=drawn, manifest=manifest, validation=validation, **records)


def _refuse_other_nodes(found: Faults, records: dict[str, Any]) -> None:
    """Refuse an operation whose energy goes to other places than those of its design."""
    if "design" not in records or "operation" not in records or not records["operation"].node:
        return
    needed = [*(stage.name for stage in records["design"].chain), "IT"]
    missing = [name for name in needed if name not in records["operation"].node]
    if missing:
        found.add(CaseCode.SIZES, "lacks a node of the design", RECORDS, "operation.node",
                  value=missing[0], remedy="play the spec again")  # fmt: skip
    found.refuse()


def _refuse_no_case(found: Faults) -> None:
    """Say early, and in one finding, that there is nothing to read."""
    folder = found.folder
    remedy = "give the folder that a play has written"
    if not os.path.isdir(folder):
        what = "this is a file" if os.path.exists(folder) else "there is no such folder"
        found.add(CaseCode.NO_CASE, what, "", remedy=remedy)
    elif not os.path.lexists(folder / MANIFEST):
        found.add(CaseCode.NO_CASE, f"the folder has no {MANIFEST}", "", remedy=remedy)
    elif os.path.islink(folder / TABLES):
        found.add(CaseCode.NOT_PLAIN, "is a link, not a folder", TABLES, remedy=remedy)
    found.refuse()


def _manifest(found: Faults, told: dict[str, Any]) -> Manifest:
    """What the manifest says of the play; what it says of the folder is not our matter."""
    fields = {field.name: field for field in dataclasses.fields(Manifest)}
    known = {name: value for name, value in told.items() if name in fields}
    values = Values(found, MANIFEST, {}).fields(Manifest, known, "", fields)
    found.refuse()
    manifest = Manifest(**(values or {}))
    if manifest.version != own_version():
        found.add(
            CaseCode.VERSION, f"was written by version {manifest.version[:40]!r}", MANIFEST,
            "version", value=manifest.version[:40], allowed=own_version(),
            remedy=f"open it with that version, or play its {SPEC} again",
        )  # fmt: skip
    if not 1 <= manifest.n_draws <= MOST_DRAWS:
        found.add(CaseCode.TOO_LARGE, f"{manifest.n_draws} draws", MANIFEST, "n_draws",
                  value=manifest.n_draws, allowed=f"1 to {MOST_DRAWS}")  # fmt: skip
    if manifest.seed < 0:
        found.add(CaseCode.KIND, "is negative", MANIFEST, "seed", value=manifest.seed)
    found.refuse()
    return manifest


def _records(
    found: Faults, rest: dict[str, Any], n_draws: int
) -> tuple[tuple[Validated, ...], dict[str, dict[str, Any]], list[Table]]:
    """Give the validation, the values of each record that are no arrays, and the tables to read."""
    validation = Values(found, RECORDS, {}).of(
        tuple[Validated, ...], rest.get("validation"), "validation"
    )
    stages = [name for name in rest if name != "validation"]
    for name in [name for name in stages if name not in STAGES]:
        found.add(CaseCode.STRANGER, "no case has such a record", RECORDS, name)
    played = list(STAGES)[: len(stages)]
    if not stages or any(stage not in rest for stage in played):
        found.add(CaseCode.LACKING, "has no record of each stage up to its last", RECORDS,
                  allowed=", ".join(STAGES))  # fmt: skip
    found.refuse()
    plain: dict[str, dict[str, Any]] = {}
    tables: list[Table] = []
    shared = {"draw": n_draws}
    for stage in played:
        values = Values(found, RECORDS, dict(shared))
        plain[stage], of_stage = _record(stage, rest[stage], values)
        tables += of_stage
        shared |= {axis: n for axis, n in values.lengths.items() if axis in _SHARED}
    return validation, plain, tables


def _record(stage: str, told: object, values: Values) -> tuple[dict[str, Any], list[Table]]:
    """Give the values of one record that are no arrays, and its tables."""
    kind = STAGES[stage]
    if not isinstance(told, dict) or told.keys() != {"arrays", "plain"}:
        values.found.add(CaseCode.KIND, "is no record", RECORDS, stage)
        return {}, []
    if not isinstance(told["arrays"], dict) or not isinstance(told["plain"], dict):
        values.found.add(CaseCode.KIND, "is no record", RECORDS, stage)
        return {}, []
    known = {f.name: f for f in dataclasses.fields(kind) if f.metadata.get("dims") is None}
    plain = values.fields(kind, told["plain"], stage, known) or {}
    labels = {name: names for name, names in plain.items() if _is_names(names)}
    for name, names in labels.items():
        values.length(name, len(names), f"{stage}.{name}")
        # `relief_kind` tells something of each `relief`.
        for axis in (axis for axis in labels if name.startswith(f"{axis}_")):
            values.length(axis, len(names), f"{stage}.{name}")
    return plain, tables_of(kind, stage, told["arrays"], labels, values)


def _is_names(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, str) for item in value)
