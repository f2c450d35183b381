"""Every number of a file with its limits, as one table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from wattport.spec.reading.number import Limits
from wattport.spec.reading.section import Section
from wattport.units import unit_of

End = float | date | None


_STEP: dict[Any, str] = {tuple: "[]", dict: ".*"}  # into a list, and into a mapping


@dataclass(frozen=True, slots=True)
class Limit:
    """One number of a file; an end is None where the section sets none."""

    path: str  # such as ``grid.tranches[].power_mw``
    least: End
    most: End
    unit: str
    why: str


def limits(model: type[Section]) -> tuple[Limit, ...]:
    """
    List every number and date of a model with its limits, in the order of the fields.

    Parameters
    ----------
    model : type
        A section, such as `Spec`: those in it are walked too.

    Examples
    --------
    >>> from wattport.spec.campus.grid import Grid
    >>> [(row.path, row.least, row.most, row.unit) for row in limits(Grid)][0]
    ('connection_mw', 0.1, 10000.0, 'MW')
    """
    return tuple(_of_section(model, ""))


def _of_section(model: type[Section], above: str) -> Iterator[Limit]:
    for name, field in model.model_fields.items():
        path = f"{above}.{name}" if above else name
        yield from _of_annotation(field.annotation, field.metadata, path, _unit(name))


def _of_annotation(annotation: Any, marks: list[Any], path: str, unit: str) -> Iterator[Limit]:
    found = next((mark for mark in marks if isinstance(mark, Limits)), None)
    if found is not None:
        yield Limit(path, found.least, found.most, unit, found.why)
    elif get_origin(annotation) is Annotated:
        inner, *further = get_args(annotation)
        yield from _of_annotation(inner, [*marks, *_unfolded(further)], path, unit)
    elif isinstance(annotation, type) and issubclass(annotation, Section):
        yield from _of_section(annotation, path)
    elif annotation in (float, int, date):
        why = next((mark for mark in marks if isinstance(mark, str)), "")
        yield Limit(path, _end(marks, "ge", "gt"), _end(marks, "le", "lt"), unit, why)
    elif get_origin(annotation) is not Literal:
        step = _STEP.get(get_origin(annotation), "")
        parts = [part for part in get_args(annotation) if part is not Ellipsis]
        for part in dict.fromkeys(parts):  # four quarters alike are one row
            yield from _of_annotation(part, marks if not step else [], path + step, unit)


def _unit(name: str) -> str:
    unit = unit_of(name)
    return "" if unit in (None, "1", "frac") else str(unit)


def _unfolded(marks: list[Any]) -> Iterator[Any]:
    """Marks, those that pydantic's ``Field`` has gathered among them."""
    for mark in marks:
        yield from mark.metadata if isinstance(mark, FieldInfo) else (mark,)


def _end(marks: list[Any], *names: str) -> End:
    """Bound that pydantic's marks set under one of some names."""
    found = (getattr(mark, name, None) for mark in marks for name in names)
    return next((bound for bound in found if bound is not None), None)
