"""A case on disk: Parquet tables a person can query, and JSON for the rest."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np

from wattport.output import MANIFEST, copy_table, new_folder
from wattport.records.case import Case
from wattport.records.design import Design
from wattport.records.ledger import Ledger
from wattport.records.operation import Operation
from wattport.records.production import Production
from wattport.records.programme import Programme
from wattport.records.record import arrays_by_axes
from wattport.records.table_file import writing
from wattport.spec import dump

STAGES: dict[str, type[Any]] = {
    "design": Design,
    "production": Production,
    "programme": Programme,
    "operation": Operation,
    "ledger": Ledger,
}
SPEC, RECORDS, TABLES = "spec.yaml", "records.json", "tables"
ARRAY = "__array__"


def save(case: Case, out: str | Path) -> Path:
    """
    Save a case: whole or not at all, and never over what is not an earlier one.

    Parameters
    ----------
    case : Case
        Any case, stopped early or not.
    out : str or Path
        The folder; receives ``spec.yaml``, ``manifest.json``, ``records.json`` and
        ``tables/*.parquet``.

    Returns
    -------
    Path
        The folder written.
    """
    folder = Path(out)
    with new_folder(folder, "wattport play") as part:
        write_case(case, part)
    return folder


def write_case(case: Case, folder: Path) -> None:
    """Write a case into a folder that takes its place only when all is written."""
    tables = folder / TABLES
    tables.mkdir()
    (folder / SPEC).write_text(dump(case.spec), encoding="utf-8")
    manifest = dataclasses.asdict(case.manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    rest: dict[str, Any] = {"validation": [dataclasses.asdict(row) for row in case.validation]}
    for stage in STAGES:
        record = getattr(case, stage)
        if record is not None:
            rest[stage] = _plain_fields(record)
            _write_tables(stage, record, tables)
    (folder / RECORDS).write_text(
        json.dumps(rest, indent=1, allow_nan=True) + "\n", encoding="utf-8"
    )


def _write_tables(stage: str, record: Any, folder: Path) -> None:
    with writing(folder) as connection:
        for dims, columns in arrays_by_axes(record).items():
            shape = next(iter(columns.values())).shape
            index = np.indices(shape, dtype=np.int32).reshape(len(dims), -1)
            table = {dim: index[i] for i, dim in enumerate(dims)}
            table |= {name: np.ascontiguousarray(a).reshape(-1) for name, a in columns.items()}
            connection.register("long_table", table)
            # An axis with values of its own, such as the year, is known by them.
            by_index = tuple(dim for dim in dims if dim not in columns)
            labelled, joins = _labels(connection, record, by_index)
            picked = ", ".join([*labelled, *(f'long_table."{name}"' for name in columns)])
            order = ", ".join(f'long_table."{dim}"' for dim in dims)
            copy_table(
                connection,
                f"SELECT {picked} FROM long_table {joins} ORDER BY {order}",
                folder / f"{table_name(stage, dims)}.parquet",
                "FORMAT parquet, COMPRESSION zstd",
            )
            connection.unregister("long_table")


def _labels(connection: Any, record: Any, dims: tuple[str, ...]) -> tuple[list[str], str]:
    """Columns and joins that set the name of a labelled axis beside its index."""
    columns, joins = [], []
    for dim in dims:
        columns.append(f'long_table."{dim}"')
        names = getattr(record, dim, None)
        if not isinstance(names, tuple):
            continue
        connection.register(
            f"axis_{dim}",
            {
                "axis_index": np.arange(len(names), dtype=np.int32),
                "axis_name": np.asarray(names, dtype=object),
            },
        )
        # Of an axis without any name, DuckDB would not know that names are text.
        columns.append(f'axis_{dim}.axis_name::VARCHAR AS "{dim}_name"')
        joins.append(f'JOIN axis_{dim} ON axis_{dim}.axis_index = long_table."{dim}"')
    return columns, " ".join(joins)


def table_name(stage: str, dims: tuple[str, ...]) -> str:
    """
    Name the table of the arrays of a record over some axes.

    Examples
    --------
    >>> table_name("design", ("draw", "hall"))
    'design_draw_hall'
    """
    return "_".join([stage, *dims])


def _plain_fields(record: Any) -> dict[str, Any]:
    """Everything in a record but its axis arrays, and the shapes of those."""
    shapes = {
        name: {"dims": dims, "shape": array.shape, "dtype": str(array.dtype)}
        for dims, columns in arrays_by_axes(record).items()
        for name, array in columns.items()
    }
    plain = {
        item.name: _to_json(getattr(record, item.name))
        for item in dataclasses.fields(record)
        if item.metadata.get("dims") is None
    }
    return {"arrays": shapes, "plain": plain}


def _to_json(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return {ARRAY: value.tolist(), "dtype": str(value.dtype)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, (tuple, list)):
        return [_to_json(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value
