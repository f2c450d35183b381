"""The frozen base of every section of the spec, and the walk over its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict

from wattport.arrays import FloatArray
from wattport.spec.reading.number import Limits
from wattport.spec.reading.uncertain import Uncertain

Path = tuple[str | int, ...]
Value = float | Uncertain | FloatArray


class Section(BaseModel):
    """
    One section of the YAML: frozen, and closed to keys it does not know.

    Keys are the field names, units included. The door validates strictly
    (JSON rules), so that ``yes`` is not true and ``"5"`` is not five.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        use_attribute_docstrings=True,
    )


S = TypeVar("S", bound=Section)


def path_text(path: Path) -> str:
    """
    Write a path as the user does.

    Examples
    --------
    >>> path_text(("grid", "tranches", 0, "power_mw"))
    'grid.tranches[0].power_mw'
    """
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def numbers(section: Section) -> Iterator[tuple[Path, Value | int]]:
    """
    Walk all numbers of a section and of the sections in it, in field order.

    Yields
    ------
    path : Path
        Where the number stands.
    value : float, Uncertain, ndarray or int
        As it stands: drawn or not; int where only whole numbers are allowed.
    """
    yield from _walk(section, (), False)


def convert(section: S, function: Callable[[Path, Value], Any], path: Path = ()) -> S:
    """
    Copy a section with each of its `Number` values replaced.

    Parameters
    ----------
    section : Section
        Left as it is.
    function : callable
        From path and value to the new value. Whole numbers are not offered.
    path : Path
        Where the section itself stands.
    """
    marked = number_fields(type(section))
    update = {}
    for name in type(section).model_fields:
        old = getattr(section, name)
        new = _converted(old, (*path, name), name in marked, function)
        if new is not old:
            update[name] = new
    return section.model_copy(update=update)


@cache
def number_fields(model: type[Section]) -> frozenset[str]:
    """
    Names of the fields of a model that hold a `Number`, alone or in a list or mapping.

    Plain ``float`` fields are left alone: they are certain by declaration.
    """
    return frozenset(
        name
        for name, field in model.model_fields.items()
        if any(isinstance(mark, Limits) for mark in field.metadata) or _mentions(field.annotation)
    )


def _mentions(annotation: Any) -> bool:
    return isinstance(annotation, Limits) or any(_mentions(part) for part in get_args(annotation))


def _walk(value: Any, path: Path, is_number: bool) -> Iterator[tuple[Path, Value | int]]:
    if isinstance(value, Section):
        marked = number_fields(type(value))
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name), (*path, name), name in marked)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _walk(item, (*path, index), is_number)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(item, (*path, str(key)), is_number)
    elif _is_value(value, is_number) or (isinstance(value, int) and not isinstance(value, bool)):
        yield path, value


def _converted(
    value: Any, path: Path, is_number: bool, function: Callable[[Path, Value], Any]
) -> Any:
    if isinstance(value, Section):
        return convert(value, function, path)
    if isinstance(value, tuple):
        return tuple(
            _converted(item, (*path, index), is_number, function)
            for index, item in enumerate(value)
        )
    if isinstance(value, Mapping):
        return {
            key: _converted(item, (*path, str(key)), is_number, function)
            for key, item in value.items()
        }
    return function(path, value) if _is_value(value, is_number) else value


def _is_value(value: Any, is_number: bool) -> bool:
    return is_number and value is not None and not isinstance(value, str | bool | int)
