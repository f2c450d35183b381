"""
Equipment and data with unit, source and status; one table for each kind.

Numbers that a scenario would repeat in every file live here under a key, so that a scenario
says `ups: galaxy_vxl_1250` and a reader still finds the source of its efficiency.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any, get_type_hints, overload

import yaml

from wattport.catalog.equipment import (
    Chiller,
    Component,
    ComponentPrice,
    Gpu,
    Line,
    Psu,
    Rack,
    Supercomputer,
    Transformer,
    Ups,
)
from wattport.errors import Code, Finding, SpecError

__all__ = [
    "Chiller", "Component", "ComponentPrice", "Gpu", "Line", "Psu", "Rack", "Supercomputer",
    "Transformer", "Ups", "climate_place_deg", "climates", "find", "keys",
]  # fmt: skip

Item = (
    Chiller | Component | ComponentPrice | Gpu | Line | Psu | Rack | Supercomputer | Transformer
    | Ups
)  # fmt: skip

_TABLES: dict[type[Any], str] = {
    Rack: "racks.csv",
    Ups: "ups.csv",
    Transformer: "transformers.csv",
    Line: "lines.csv",
    Component: "module_components.csv",
    ComponentPrice: "component_prices.csv",
    Chiller: "chillers.yaml",
    Gpu: "gpus.csv",
    Psu: "psus.csv",
    Supercomputer: "supercomputers.csv",
}


@overload
def find(kind: type[Rack], key: str, path: str = "") -> Rack: ...
@overload
def find(kind: type[Ups], key: str, path: str = "") -> Ups: ...
@overload
def find(kind: type[Transformer], key: str, path: str = "") -> Transformer: ...
@overload
def find(kind: type[Line], key: str, path: str = "") -> Line: ...
@overload
def find(kind: type[Component], key: str, path: str = "") -> Component: ...
@overload
def find(kind: type[ComponentPrice], key: str, path: str = "") -> ComponentPrice: ...
@overload
def find(kind: type[Chiller], key: str, path: str = "") -> Chiller: ...
@overload
def find(kind: type[Gpu], key: str, path: str = "") -> Gpu: ...
@overload
def find(kind: type[Psu], key: str, path: str = "") -> Psu: ...
@overload
def find(kind: type[Supercomputer], key: str, path: str = "") -> Supercomputer: ...
def find(kind: type[Any], key: str, path: str = "") -> Any:
    """
    Find an entry of the catalogue.

    Parameters
    ----------
    kind : type
        `Rack`, `Ups`, `Transformer`, `Line`, `Component`, `ComponentPrice`, `Chiller`, `Gpu`,
        `Psu` or `Supercomputer`.
    key : str
        Its key, as written in a scenario.
    path : str, optional
        Where in the spec the key stands, for the message when there is no such entry.

    Returns
    -------
    frozen value of that kind
        With `source` and `status`.

    Raises
    ------
    SpecError
        With the nearest key as remedy.

    Examples
    --------
    >>> find(Rack, "vr_nvl72_max_q").power_kw
    190.0
    """
    table = _table(kind)
    if key in table:
        return table[key]
    close = get_close_matches(key, table, 1)
    raise SpecError(
        Finding(
            Code.UNKNOWN_REFERENCE,
            f"the catalogue of {kind.__name__.lower()} entries has no {key!r}",
            path,
            key,
            allowed=", ".join(table),
            remedy=f"did you mean `{close[0]}`?" if close else "choose one of those",
        )
    )


def keys(kind: type[Any]) -> tuple[str, ...]:
    """
    List the keys of a kind, in the order of its table.

    Examples
    --------
    >>> keys(Line)
    ('mv_cable_33', 'mv_cable_20', 'busway_400')
    """
    return tuple(_table(kind))


@cache
def climates() -> tuple[str, ...]:
    """
    List the fitted climates, in order.

    Examples
    --------
    >>> climates()
    ('dunkerque', 'vlissingen')
    """
    folder = resources.files(__name__) / "weather"
    return tuple(sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".yaml")))


@cache
def climate_place_deg(key: str) -> tuple[float, float]:
    """
    Latitude and longitude of a fitted climate, in degrees.

    Examples
    --------
    >>> climate_place_deg("dunkerque")
    (51.05, 2.37)
    """
    file = resources.files(__name__) / "weather" / f"{key}.yaml"
    of = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    return float(of["latitude_deg"]), float(of["longitude_deg"])


def _table(kind: type[Any]) -> dict[str, Any]:
    return _load(_TABLES[kind], kind.__name__)


@cache
def _load(file_name: str, kind_name: str) -> dict[str, Any]:
    kind = next(one for one in _TABLES if one.__name__ == kind_name)
    hints = get_type_hints(kind)
    return {str(row["key"]): kind(**_typed(row, hints)) for row in _read(file_name)}


def _read(name: str) -> Iterable[Mapping[str, Any]]:
    text = resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
    if name.endswith(".csv"):
        return list(csv.DictReader(text.splitlines()))
    return list(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def _typed(row: Mapping[str, Any], hints: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(float(part) for part in row[name]) if hint == tuple[float, ...]
        else hint(row[name])
        for name, hint in hints.items()
    }  # fmt: skip
