"""What pydantic refused, told in terms of the user's file."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from enum import Enum
from types import NoneType
from typing import Any, get_args

from pydantic import ValidationError

from wattport.errors import Code, Finding
from wattport.spec.reading.provenance import RESERVED
from wattport.spec.reading.section import Path, Section

Located = tuple[Finding, Path, bool]
MANY = 3  # missing keys of one section beyond which they are told together
_MOST = 1000  # faults looked at: each costs a search for what was meant

_KINDS = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a section with keys",
    "model_attributes_type": "a section with keys",
}

_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "above"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "below"),
}


def findings_of(error: ValidationError, data: Any, model: type[Section]) -> list[Located]:
    """
    Turn a validation error into findings.

    Parameters
    ----------
    error : ValidationError
        Of the whole spec.
    data : object
        What was validated.
    model : type
        Root model, to know which keys a section has.

    Returns
    -------
    list of (Finding, Path, bool)
        With the path the finding is about, and whether it is about the key itself.
    """
    found: list[Located] = []
    items = error.errors(include_url=False)
    for item in items[:_MOST]:
        path = _path_in(data, item["loc"], item["type"])
        nested = item.get("ctx", {}).get("findings") if item["type"] == "wattport" else None
        if nested:
            found += [(replace(f, path=""), (*path, *_steps(f.path)), False) for f in nested]
        else:
            finding = _finding(item, path, data, model)
            found.append((finding, path, item["type"] == "extra_forbidden"))
    found = _gathered(_without_echoes(found))
    if len(items) > _MOST:
        message = f"{len(items) - _MOST} more faults were not looked at"
        found.append((Finding(Code.MORE, message, remedy="mend the others first"), (), False))
    return found


def without(data: Any, paths: Iterable[Path]) -> Any:
    """Copy data with the values at some paths taken out, list items with a fault as a whole."""
    copied = copy.deepcopy(data)
    for path in paths:
        _remove(copied, path)
    return copied


def keys_at(model: type[Section], path: Path) -> tuple[str, ...]:
    """
    List the keys that may stand in the mapping at a path.

    Examples
    --------
    >>> from wattport.spec.campus.grid import Grid
    >>> keys_at(Grid, ("tranches", 0))[:2]
    ('date', 'power_mw')
    """
    found = _model_at(model, path)
    return tuple(found.model_fields) if found is not None else ()


def _without_echoes(found: list[Located]) -> list[Located]:
    """Leave out a missing key that stands there misspelt: it is one fault, not two."""
    misspelt = {
        (*path[:-1], finding.remedy.split("`")[1])
        for finding, path, _ in found
        if finding.code == Code.UNKNOWN_KEY and finding.remedy.startswith("did you mean")
    }
    return [f for f in found if f[0].code != Code.MISSING_KEY or f[1] not in misspelt]


def _gathered(found: list[Located]) -> list[Located]:
    """Tell many missing keys of one section as one finding."""
    missing: dict[Path, list[str]] = {}
    for finding, path, _ in found:
        if finding.code == Code.MISSING_KEY:
            missing.setdefault(path[:-1], []).append(str(path[-1]))
    many = {section: names for section, names in missing.items() if len(names) > MANY}
    kept = [f for f in found if f[0].code != Code.MISSING_KEY or f[1][:-1] not in many]
    for section, names in many.items():
        finding = Finding(
            Code.MISSING_KEY, f"{len(names)} keys are missing and have no default",
            allowed=", ".join(names), remedy="add them; `wattport init` writes a whole scenario",
        )  # fmt: skip
        kept.append((finding, section, True))
    return kept


def _model_at(annotation: Any, path: Path) -> type[Section] | None:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        if not path:
            return annotation
        field = annotation.model_fields.get(str(path[0]))
        return None if field is None else _model_at(field.annotation, path[1:])
    parts = [part for part in get_args(annotation) if part not in (NoneType, Ellipsis)]
    is_container = not isinstance(annotation, type) and getattr(annotation, "__origin__", None) in (
        tuple,
        list,
        dict,
    )
    rest = path[1:] if is_container else path
    if is_container and not path:
        return None
    return next((m for part in parts if (m := _model_at(part, rest)) is not None), None)


def _path_in(data: Any, loc: Path, kind: str) -> Path:
    """Keep the steps that exist in the data: pydantic adds names of union members."""
    path: list[str | int] = []
    for position, step in enumerate(loc):
        if _has(data, step):
            data = data[step]
        elif not (kind == "missing" and position == len(loc) - 1):
            continue
        path.append(step)
    return tuple(path)


def _has(data: Any, step: str | int) -> bool:
    if isinstance(data, Mapping):
        return step in data
    return isinstance(data, list) and isinstance(step, int) and step < len(data)


def _steps(text: str) -> Path:
    """Path within a number, ``choices[2]`` at most."""
    if not text:
        return ()
    name, _, index = text.partition("[")
    return (name, int(index[:-1])) if index else (name,)


def _finding(item: Any, path: Path, data: Any, model: type[Section]) -> Finding:
    kind, given = item["type"], item.get("input")
    if kind == "extra_forbidden":
        return _unknown_key(path, given, model)
    if kind == "missing":
        field = _model_at(model, path[:-1])
        described = field.model_fields[str(path[-1])].description if field is not None else ""
        return Finding(
            Code.MISSING_KEY, "the key is missing and has no default",
            allowed=described or "", remedy=f"add `{path[-1]}:`",
        )  # fmt: skip
    if kind == "enum" or kind == "literal_error":
        return _no_choice(item, path, model)
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return Finding(
            Code.OUT_OF_RANGE, f"{given} is outside the limits", value=given,
            allowed=f"{words} {item['ctx'][name]}", remedy="write a value within the limits",
        )  # fmt: skip
    if kind.startswith("date"):
        return Finding(
            Code.BAD_DATE, f"{given!r} is not a calendar date", value=given,
            allowed="year-month-day", remedy="write it like 2028-12-31",
        )  # fmt: skip
    if given is None:
        return Finding(
            Code.NO_VALUE, "the key has no value", allowed=_KINDS.get(kind, "a value"),
            remedy="write a value, or remove the key",
        )  # fmt: skip
    if kind in _KINDS:
        return _wrong_kind(kind, given)
    return Finding(
        Code.NOT_ALLOWED, item["msg"][0].lower() + item["msg"][1:], value=given,
        remedy="change the value",
    )  # fmt: skip


def _unknown_key(path: Path, given: Any, model: type[Section]) -> Finding:
    known = keys_at(model, path[:-1])
    name = str(path[-1])
    spellings = {key.lower(): key for key in known}
    close = get_close_matches(name.lower().replace("-", "_").replace(" ", "_"), spellings, 1, 0.6)
    stem = [key for key in known if key.startswith(f"{name}_")]
    guess = spellings[close[0]] if close else stem[0] if stem else ""
    if name == "<<":
        remedy = "YAML 1.2 has no merge keys: write the keys out, or alias the whole mapping"
    else:
        remedy = f"did you mean `{guess}`?" if guess else "remove it, or move it to its section"
    return Finding(
        Code.UNKNOWN_KEY, "unknown key", value=None if isinstance(given, dict | list) else given,
        allowed=", ".join((*known, *RESERVED)), remedy=remedy,
    )  # fmt: skip


def _no_choice(item: Any, path: Path, model: type[Section]) -> Finding:
    given = item.get("input")
    section = _model_at(model, path[:-1])
    annotation = section.model_fields[str(path[-1])].annotation if section is not None else None
    allowed = [str(member.value) for member in _members(annotation)]
    close = get_close_matches(str(given).lower(), allowed, 1, 0.5)
    return Finding(
        Code.NOT_A_CHOICE, f"{given!r} is not one of the choices", value=given,
        allowed=", ".join(allowed) or str(item.get("ctx", {}).get("expected", "")),
        remedy=f"did you mean `{close[0]}`?" if close else "choose one of these",
    )  # fmt: skip


def _members(annotation: Any) -> list[Enum]:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return list(annotation)
    return [member for part in get_args(annotation) for member in _members(part)]


def _wrong_kind(kind: str, given: Any) -> Finding:
    wanted = _KINDS[kind]
    remedy = f"write {wanted}"
    if kind == "string_type" and isinstance(given, int | float):
        remedy = f'put it in quotes: "{given}"'
    elif kind == "bool_type" and str(given).lower() in ("yes", "no", "on", "off"):
        # YAML 1.1 read these as booleans, and many people still expect it.
        remedy = f"write {'true' if str(given).lower() in ('yes', 'on') else 'false'}"
    elif wanted == "a list":
        remedy = "write a list: [a, b], or one `- item` per line"
    shown = given if not isinstance(given, dict | list) else type(given).__name__
    return Finding(
        Code.WRONG_KIND, f"{wanted} is needed here", value=shown, allowed=wanted, remedy=remedy
    )


def _remove(data: Any, path: Path) -> None:
    """Take out the last mapping key on a path, as long as it is still there."""
    # A whole number mapping goes, not a part of it; a list item keeps its place.
    parents: list[tuple[dict[str, Any], str]] = []
    for step in path:
        if not _has(data, step):
            break
        if isinstance(data, dict):
            parents.append((data, str(step)))
        data = data[step]
    if parents:
        if len(parents) > 1 and parents[-1][1] in ("value", "low", "high", "shape", "group"):
            parents.pop()
        holder, key = parents[-1]
        holder.pop(key, None)
