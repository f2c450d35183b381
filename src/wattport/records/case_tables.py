"""The arrays of a saved record: what is told of them, and what their tables hold."""

from __future__ import annotations

import dataclasses
import math
import typing
from dataclasses import dataclass
from typing import Any

import numpy as np

from wattport.arrays import AnyArray
from wattport.records.case_file import CaseCode, Faults, plain_file
from wattport.records.case_json import Values, dtype_of
from wattport.records.plausible import implausible, no_index, no_scale
from wattport.records.storage import TABLES, table_name
from wattport.records.table_file import AS_IT_IS, UnreadableTableError, reading

_SQL = {"float64": "DOUBLE", "int64": "BIGINT", "bool": "BOOLEAN"}
_INDEX_BYTES, _VALUE_BYTES = 4, 8
_FREE_BYTES = 64_000_000  # what tables may hold, however small they are on the disk
_MOST_RATIO = 100  # of what they hold to what they take; ten is much
_MOST_FILE_BYTES = 16_000_000_000


@dataclass(frozen=True)
class Table:
    """Arrays of one record over the same axes."""

    stage: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    dtypes: dict[str, str]  # by array
    labelled: frozenset[str]  # axes that have a name beside their index
    counts: dict[str, int]  # by array of indices: how many there are of what it counts

    @property
    def file(self) -> str:
        """Where it stands, from the folder of the case on."""
        return f"{TABLES}/{table_name(self.stage, self.dims)}.parquet"

    @property
    def index(self) -> tuple[str, ...]:
        """Axes told by an index; one with values of its own, such as the year, has those."""
        return tuple(dim for dim in self.dims if dim not in self.dtypes)

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Names and types that it must have, in order."""
        axes = [
            column
            for dim in self.index
            for column in ((dim, "INTEGER"), (f"{dim}_name", "VARCHAR"))
            if column[1] == "INTEGER" or dim in self.labelled
        ]
        return [*axes, *((name, _SQL[dtype]) for name, dtype in self.dtypes.items())]

    @property
    def n_bytes(self) -> int:
        """What it takes in memory."""
        row = _INDEX_BYTES * len(self.dims) + _VALUE_BYTES * len(self.dtypes)
        return math.prod(self.shape) * row


def tables_of(
    kind: Any, stage: str, told: dict[str, Any], labels: dict[str, Any], values: Values
) -> list[Table]:
    """
    Hold what is told of the arrays of a record against what its class declares.

    Parameters
    ----------
    kind : type
        Class of the record.
    stage : str
        Its name.
    told : dict
        By array: ``dims``, ``shape``, ``dtype``.
    labels : dict
        The other values of the record, with the names of labelled axes.
    values : Values
        Receives what is wrong, and the length of each axis.

    Returns
    -------
    list of Table
        To be read; complete where nothing was found.
    """
    hints = typing.get_type_hints(kind)
    fields = {f.name: f for f in dataclasses.fields(kind) if f.metadata.get("dims") is not None}
    kept = {name: f for name, f in fields.items() if f.metadata["is_kept"]}
    named = {name: axis for name, axis in labels.items() if isinstance(axis, tuple)}
    index_of = {n: f.metadata["index_of"] for n, f in kept.items() if f.metadata["index_of"]}
    by_dims: dict[tuple[str, ...], dict[str, str]] = {}
    for name in told.keys() - kept.keys():
        values.found.add(CaseCode.STRANGER, f"no {kind.__name__} keeps such an array", values.file,
                         f"{stage}.arrays.{name}")  # fmt: skip
    for name, field in kept.items():
        dims, path = field.metadata["dims"], f"{stage}.arrays.{name}"
        if name not in told:
            # What was not tried, such as relief of a plant that stands still, has no array.
            if all(named.get(dim) != () for dim in dims):
                values.found.add(CaseCode.LACKING, "is missing", values.file, path)
        elif _is_as_declared(told[name], dims, dtype_of(hints[name]), path, values):
            by_dims.setdefault(dims, {})[name] = dtype_of(hints[name])
    return [
        Table(stage, dims, tuple(values.lengths[dim] for dim in dims), dtypes,
              frozenset(named.keys() & set(dims)),
              {name: values.lengths[axis] for name, axis in index_of.items() if name in dtypes})
        for dims, dtypes in by_dims.items()
    ]  # fmt: skip


def _is_as_declared(
    layout: object, dims: tuple[str, ...], dtype: str, path: str, values: Values
) -> bool:
    if not isinstance(layout, dict) or layout.keys() != {"dims", "shape", "dtype"}:
        values.found.add(CaseCode.KIND, "tells no dims, shape and dtype", values.file, path)
        return False
    if layout["dims"] != list(dims) or layout["dtype"] != dtype:
        values.found.add(
            CaseCode.KIND, "has other axes or numbers than its record", values.file, path,
            allowed=f"{dtype} over {', '.join(dims)}",
        )  # fmt: skip
        return False
    shape = layout["shape"]
    if not isinstance(shape, list) or len(shape) != len(dims) or not all(map(_is_length, shape)):
        values.found.add(CaseCode.SIZES, "has no shape that an array can have", values.file, path)
        return False
    for dim, n in zip(dims, shape, strict=True):
        values.length(dim, n, path)
    return True


def _is_length(n: object) -> bool:
    return type(n) is int and 0 <= n < 2**31


def read_tables(found: Faults, tables: list[Table]) -> dict[str, dict[str, AnyArray]]:
    """
    Read all tables of a case.

    Parameters
    ----------
    found : Faults
        Of the folder.
    tables : list of Table
        Of all records.

    Returns
    -------
    dict of dict of ndarray
        Arrays by name, by stage.

    Raises
    ------
    WattportError
        When a table is missing, is none, is too large or holds anything else.
    """
    paths = {table.file: plain_file(found, table.file, _MOST_FILE_BYTES) for table in tables}
    folder = found.folder / TABLES
    others = {f"{TABLES}/{path.name}" for path in folder.glob("*.parquet")} - paths.keys()
    for file in sorted(others):
        found.add(CaseCode.STRANGER, "is no table of this case", file)
    found.refuse()
    files = {file: path for file, path in paths.items() if path is not None}
    on_disk = sum(path.stat().st_size for path in files.values())
    in_memory = sum(table.n_bytes for table in tables)
    most = _FREE_BYTES + _MOST_RATIO * on_disk
    if in_memory > most:
        found.add(CaseCode.TOO_LARGE, f"would take {in_memory} bytes from {on_disk}", TABLES,
                  value=in_memory, allowed=f"at most {most} bytes")  # fmt: skip
    found.refuse()
    arrays: dict[str, dict[str, AnyArray]] = {}
    try:
        with reading(*files.values()) as (link, *names):
            for table, name in zip(tables, names, strict=True):
                arrays.setdefault(table.stage, {}).update(_read(found, table, link, name))
    except UnreadableTableError as error:
        found.add(CaseCode.UNREADABLE, f"cannot be read: {error}", TABLES)
    found.refuse()
    return arrays


def _read(found: Faults, table: Table, link: Any, name: str) -> dict[str, AnyArray]:
    """Arrays of one table; what it holds else is noted."""
    import duckdb

    rows = f"read_parquet(?, {AS_IT_IS})"
    n_rows = math.prod(table.shape)
    try:
        columns = link.execute(f"DESCRIBE SELECT * FROM {rows}", [name]).fetchall()
        if [(column, kind) for column, kind, *_ in columns] != table.columns:
            wanted = ", ".join(f"{column} {kind}" for column, kind in table.columns)
            found.add(CaseCode.SIZES, "has other columns than its record", table.file,
                      allowed=wanted)  # fmt: skip
            return {}
        picked = ", ".join(f'"{column}"' for column in (*table.index, *table.dtypes))
        # One row more than there can be tells of all that are too many.
        query = f"SELECT {picked} FROM {rows} LIMIT {n_rows + 1:d}"
        read = link.execute(query, [name]).fetchnumpy()
    except duckdb.Error as error:
        found.add(CaseCode.UNREADABLE, f"cannot be read: {str(error)[:200]!r}", table.file,
                  remedy="play the spec again, or fetch the case again")  # fmt: skip
        return {}
    if any(column.size != n_rows for column in read.values()):
        found.add(CaseCode.SIZES, f"has other rows than the {n_rows} of its axes", table.file)
        return {}
    axis = {dim: i for i, dim in enumerate(table.dims)}
    if not all(_is_in_order(read[dim], axis[dim], table.shape) for dim in table.index):
        found.add(CaseCode.SIZES, "has rows in another order, or twice", table.file)
        return {}
    arrays = {column: _plain(read[column], dtype) for column, dtype in table.dtypes.items()}
    for column, array in arrays.items():
        if array is None:
            found.add(CaseCode.KIND, "has rows without a value", table.file, column)
        elif why := _implausible(table, column, array):
            found.add(CaseCode.IMPLAUSIBLE, why, table.file, column)
    return {c: array.reshape(table.shape) for c, array in arrays.items() if array is not None}


def _implausible(table: Table, column: str, array: AnyArray) -> str:
    """Say what no case can hold."""
    if column in table.counts:
        return no_index(array, table.counts[column])
    axis = table.dims[0]
    # A labelled axis, such as the milestones, is in no order of dates.
    if table.dims == (axis,) and column in (axis, f"{axis}_day") and axis not in table.labelled:
        return no_scale(array) or implausible(column, array)
    return implausible(column, array)


def _is_in_order(index: AnyArray, axis: int, shape: tuple[int, ...]) -> bool:
    """Whether a column counts along its axis as the rows of a whole array do."""
    along = np.arange(shape[axis]).reshape([-1 if i == axis else 1 for i in range(len(shape))])
    values = np.ma.getdata(index).reshape(shape)
    return not np.ma.getmaskarray(index).any() and bool((values == along).all())


def _plain(column: Any, dtype: str) -> AnyArray | None:
    """A column as a plain array; None where a whole number or a flag is missing."""
    if isinstance(column, np.ma.MaskedArray) and column.mask.any():
        if dtype != "float64":
            return None
        column = column.filled(np.nan)
    return np.ma.getdata(column).astype(dtype, copy=False)
