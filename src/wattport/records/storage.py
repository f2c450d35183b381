"""A case on disk: Parquet tables a person can query, and JSON for the rest."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from pathlib import Path
from typing import Any, cast

import numpy as np

from wattport.output import MANIFEST, copy_table, new_folder
from wattport.records.case import Case, Manifest
from wattport.records.design import Design
from wattport.records.findings import Validated
from wattport.records.ledger import Ledger
from wattport.records.operation import Operation
from wattport.records.production import Production
from wattport.records.programme import Programme
from wattport.records.record import AnyArray, arrays_by_axes
from wattport.records.table_file import writing
from wattport.spec import dump, load

STAGES: dict[str, type[Any]] = {
    "design": Design,
    "production": Production,
    "programme": Programme,
    "operation": Operation,
    "ledger": Ledger,
}
_JSON_ARRAY = "__array__"


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
    tables = folder / "tables"
    tables.mkdir()
    (folder / "spec.yaml").write_text(dump(case.spec), encoding="utf-8")
    manifest = dataclasses.asdict(case.manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    rest: dict[str, Any] = {"validation": [dataclasses.asdict(row) for row in case.validation]}
    for stage in STAGES:
        record = getattr(case, stage)
        if record is not None:
            rest[stage] = _plain_fields(record)
            _write_tables(stage, record, tables)
    (folder / "records.json").write_text(
        json.dumps(rest, indent=1, allow_nan=True) + "\n", encoding="utf-8"
    )


def open_case(source: str | Path) -> Case:
    """
    Read a case that `save` wrote.

    Parameters
    ----------
    source : str or Path
        The output folder.

    Returns
    -------
    Case
        Equal to the saved one: the spec is drawn again from its seed, the records are read.
        Arrays that one stage only hands to the next (`is_kept`) are None.
    """
    folder = Path(source)
    told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    # Beside the facts stands the list of files; earlier versions kept wall times there.
    known = {field.name for field in dataclasses.fields(Manifest)}
    manifest = Manifest(**{name: value for name, value in told.items() if name in known})
    spec = load(folder / "spec.yaml").draw(manifest.n_draws, manifest.seed)
    rest = json.loads((folder / "records.json").read_text(encoding="utf-8"))
    validation = tuple(Validated(**row) for row in rest.pop("validation"))
    records = {
        stage: _read_record(STAGES[stage], stage, fields, folder / "tables")
        for stage, fields in rest.items()
    }
    return Case(spec=spec, manifest=manifest, validation=validation, **records)


def _write_tables(stage: str, record: Any, folder: Path) -> None:
    with writing(folder) as connection:
        for dims, columns in arrays_by_axes(record).items():
            shape = next(iter(columns.values())).shape
            index = np.indices(shape, dtype=np.int32).reshape(len(dims), -1)
            table = {dim: index[i] for i, dim in enumerate(dims)}
            table |= {name: np.ascontiguousarray(a).reshape(-1) for name, a in columns.items()}
            connection.register("long_table", table)
            labelled, joins = _labels(connection, record, dims)
            picked = ", ".join([*labelled, *(f'long_table."{name}"' for name in columns)])
            order = ", ".join(f'long_table."{dim}"' for dim in dims)
            copy_table(
                connection,
                f"SELECT {picked} FROM long_table {joins} ORDER BY {order}",
                folder / f"{_table_name(stage, dims)}.parquet",
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
        columns.append(f'axis_{dim}.axis_name AS "{dim}_name"')
        joins.append(f'JOIN axis_{dim} ON axis_{dim}.axis_index = long_table."{dim}"')
    return columns, " ".join(joins)


def _table_name(stage: str, dims: tuple[str, ...]) -> str:
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
        return {_JSON_ARRAY: value.tolist(), "dtype": str(value.dtype)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, (tuple, list)):
        return [_to_json(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def _read_record(kind: type[Any], stage: str, fields: dict[str, Any], folder: Path) -> Any:
    import duckdb

    hints = typing.get_type_hints(kind)
    values = {name: _from_json(hints[name], v) for name, v in fields["plain"].items()}
    by_dims: dict[tuple[str, ...], list[str]] = {}
    for name, layout in fields["arrays"].items():
        by_dims.setdefault(tuple(layout["dims"]), []).append(name)
    with duckdb.connect() as connection:
        for dims, names in by_dims.items():
            path = str(folder / f"{_table_name(stage, dims)}.parquet").replace("'", "''")
            picked = ", ".join(f'"{name}"' for name in names)
            columns = connection.execute(f"SELECT {picked} FROM '{path}'").fetchnumpy()
            for name in names:
                layout = fields["arrays"][name]
                values[name] = _column(columns[name], layout["dtype"]).reshape(layout["shape"])
    return kind(**values)


def _column(column: Any, dtype: str) -> AnyArray:
    """A Parquet column as a plain array; DuckDB may hand NaN or null masked."""
    if isinstance(column, np.ma.MaskedArray):
        column = column.filled(np.nan)
    return np.asarray(column).astype(dtype)


def _from_json(hint: Any, value: Any) -> Any:
    """Rebuild a value from its JSON by the type its record declares."""
    if isinstance(value, dict) and _JSON_ARRAY in value:
        return np.asarray(value[_JSON_ARRAY], dtype=value["dtype"])
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        return _from_json(next(a for a in inner if a is not type(None)), value)
    if origin is tuple and isinstance(value, list):
        return tuple(_from_json(inner[0], item) for item in value)
    if dataclasses.is_dataclass(hint) and isinstance(value, dict):
        hints = typing.get_type_hints(hint)
        return cast("Any", hint)(**{k: _from_json(hints[k], v) for k, v in value.items()})
    return value
