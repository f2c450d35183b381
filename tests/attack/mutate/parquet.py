"""Parquet: columns, each of one type."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random

import duckdb

from attack.mutate.mutant import TEXTS, Claim, RawMutation
from attack.mutate.raw import (
    another_file,
    bytes_flip,
    cut_must_show,
    gzipped,
    joined,
    middle_is_gone,
    nothing,
    old_line_ends,
)

_NEEDED = ("submit_s", "run_s", "n_nodes")
_HARMLESS = ("DOUBLE", "BIGINT", "INTEGER", "SMALLINT", "UBIGINT", "HUGEINT", "DECIMAL(18,3)")
_STRANGE = (
    "TIMESTAMP", "DATE", "TIME", "INTERVAL", "BOOLEAN", "BLOB", "UUID", "VARCHAR", "INTEGER[]",
    "STRUCT(a INTEGER)", "MAP(INTEGER, INTEGER)", "TIMESTAMPTZ", "FLOAT",
)  # fmt: skip


@dataclass
class Column:
    """A column: its name, its type, its values as text."""

    name: str
    kind: str
    values: list[str | None]


def sound() -> tuple[bytes, ...]:
    """A small log of jobs."""
    return (write(_model()),)


def _model() -> list[Column]:
    n = range(12)
    return [
        Column("submit_s", "DOUBLE", [str(25.5 * k) for k in n]),
        Column("run_s", "DOUBLE", [str(60 + 13 * k) for k in n]),
        Column("n_nodes", "BIGINT", [str(1 + k % 4) for k in n]),
        Column("user", "INTEGER", [str(k % 3) for k in n]),
    ]


def parse(_data: bytes) -> list[Column]:
    """Columns of the one sound file."""
    return _model()


def write(model: list[Column]) -> bytes:
    """Bytes of columns; a value that its type cannot hold becomes null."""
    rows = max((len(column.values) for column in model), default=0)
    picked = ", ".join(
        f"TRY_CAST(list_extract([{', '.join(map(_quoted, column.values))}]::VARCHAR[], i) "
        f'AS {column.kind}) AS "{column.name.replace(chr(34), chr(34) * 2)}"'
        for column in model
    )
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as link:
        path = Path(folder) / "t.parquet"
        link.execute(
            f"COPY (SELECT {picked or '1 AS nothing'} FROM range(1, {rows + 1}) t(i)) "
            f"TO '{path}' (FORMAT parquet)"
        )
        return path.read_bytes()


def _quoted(value: str | None) -> str:
    return "NULL" if value is None else f"'{value}'"


def count(model: list[Column]) -> int:
    """Rows that are jobs or are left out by a reason."""
    return max((len(column.values) for column in model), default=0)


def type_is_another(rng: Random, model: list[Column]) -> Claim:
    """A column has another type that holds numbers."""
    rng.choice(model).kind = rng.choice(_HARMLESS)
    return Claim.ANY


def type_is_strange(rng: Random, model: list[Column]) -> Claim:
    """A column has a type that holds none."""
    column = rng.choice(model)
    column.kind = rng.choice(_STRANGE)
    sample = {
        "TIMESTAMP": "2024-03-01 08:00:00", "DATE": "2024-03-01", "TIME": "08:00:00",
        "INTERVAL": "1 day", "BOOLEAN": "true", "BLOB": "abc", "VARCHAR": "abc",
        "UUID": "00000000-0000-0000-0000-000000000001", "INTEGER[]": "[1, 2]",
        "STRUCT(a INTEGER)": "{a: 1}", "MAP(INTEGER, INTEGER)": "{1=2}",
        "TIMESTAMPTZ": "2024-03-01 08:00:00+02", "FLOAT": "1.5",
    }  # fmt: skip
    column.values = [sample[column.kind]] * len(column.values)
    return Claim.ANY


def value_is_odd(rng: Random, model: list[Column]) -> Claim:
    """A value is one that nobody writes."""
    column = rng.choice(model)
    column.kind = rng.choice(("DOUBLE", column.kind))
    odd = ("-1", "0", "1e300", "-1e300", "9223372036854775807", "1e18", "4e15", "5e-324", "0.4")
    column.values[rng.randrange(len(column.values))] = rng.choice(odd)
    return Claim.ANY


def needed_value_is_not_finite(rng: Random, model: list[Column]) -> Claim:
    """A needed value is not finite: a gap is told, infinity refused."""
    column = rng.choice([c for c in model if c.name in _NEEDED] or model)
    column.kind = "DOUBLE"
    value = rng.choice((None, "nan", "inf", "-inf"))
    column.values[rng.randrange(len(column.values))] = value
    return Claim.TOLD if column.name in _NEEDED else Claim.ANY


def needed_column_is_gone(rng: Random, model: list[Column]) -> Claim:
    """A needed column is missing."""
    found = [column for column in model if column.name in _NEEDED]
    if not found:
        return Claim.ANY
    model.remove(rng.choice(found))
    return Claim.REFUSED


def column_is_new(rng: Random, model: list[Column]) -> Claim:
    """A column has any name."""
    taken = {column.name.lower() for column in model}
    name = rng.choice([text for text in TEXTS if text.lower() not in taken and text])
    model.append(Column(name, "INTEGER", ["1"] * len(model[0].values) if model else []))
    return Claim.TOLD


def no_row_is_left(rng: Random, model: list[Column]) -> Claim:
    """Columns without a row."""
    for column in model:
        column.values = []
    return Claim.REFUSED


MUTATIONS = (
    type_is_another, type_is_strange, type_is_strange, value_is_odd, value_is_odd, value_is_odd,
    needed_value_is_not_finite, needed_value_is_not_finite, needed_column_is_gone, column_is_new,
    no_row_is_left,
)  # fmt: skip
RAW: tuple[RawMutation, ...] = (
    nothing, cut_must_show, joined, middle_is_gone, bytes_flip, bytes_flip, bytes_flip,
    another_file, gzipped, old_line_ends,
)  # fmt: skip
