"""JSON Schema of the files a user writes, for completion and hover help in editors."""

from __future__ import annotations

import json
from typing import Any

from wattport.spec.campus.spec import Spec
from wattport.spec.factory.factory import Factory
from wattport.spec.reading.provenance import Status
from wattport.spec.reading.root import Root
from wattport.spec.reading.uncertain import Shape
from wattport.units import accepted_units, unit_of

_ORIGIN: dict[str, Any] = {key: {"$ref": f"#/$defs/{key}"} for key in ("source", "status", "note")}
_ORIGIN_KINDS: dict[str, Any] = {
    "source": {"type": "string", "description": "Where the number comes from."},
    "status": {"enum": [str(status) for status in Status], "description": "How firm it is."},
    "note": {"type": "string", "description": "A caveat shown with the number."},
}


def json_schema() -> dict[str, Any]:
    """
    Describe a scenario file as a JSON Schema, draft 2020-12.

    Every number may be written bare, as text with a unit, or as a mapping with
    range, shape and source; any other value bare or with its source.

    Examples
    --------
    >>> json_schema()["$defs"]["Tranche"]["properties"]["delay_weeks"]
    {'$ref': '#/$defs/number_-260_to_520_weeks', 'description': 'Slip against the date; ... [week]'}
    """
    return _described(Spec, "Wattport scenario")


def factory_schema() -> dict[str, Any]:
    """
    Describe a factory file as a JSON Schema, as `json_schema` does a scenario.

    Examples
    --------
    >>> sorted(factory_schema()["required"])
    ['name', 'plants', 'products']
    """
    return _described(Factory, "Wattport factory")


def _described(model: type[Root], title: str) -> dict[str, Any]:
    schema = model.model_json_schema()
    kinds: dict[str, Any] = {}
    for section in [schema, *schema["$defs"].values()]:
        section.pop("title", None)
        if section.get("type") == "object" and "properties" in section:
            section["properties"] = {
                name: _property(name, field, kinds) for name, field in section["properties"].items()
            } | _ORIGIN
    schema["$defs"] |= dict(sorted(kinds.items())) | _ORIGIN_KINDS
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = title
    return schema


def _property(name: str, field: dict[str, Any], kinds: dict[str, Any]) -> dict[str, Any]:
    has_number = "x-number" in json.dumps(field)
    is_number = "x-number" in field or any("x-number" in part for part in field.get("anyOf", ()))
    field = _resolved(name, field, kinds)
    field.pop("title", None)
    # The default value of a section would repeat the section; editors show it badly.
    if isinstance(field.get("default"), dict):
        del field["default"]
    unit = unit_of(name)
    if has_number and unit not in (None, "1"):
        field["description"] = f"{field.get('description', '')} [{unit}]".strip()
    # Numbers carry their source themselves, and so do sections; all else is wrapped.
    is_section = not has_number and "$ref" in json.dumps(field)
    return field if is_number or is_section else _with_origin(field)


def _with_origin(field: dict[str, Any]) -> dict[str, Any]:
    """Allow ``{value: ..., source: ...}`` where a bare value stands."""
    outside: dict[str, Any] = {
        key: field.pop(key) for key in ("description", "default") if key in field
    }
    stated = {
        "type": "object",
        "required": ["value"],
        "additionalProperties": False,
        "properties": {"value": field, **_ORIGIN},
    }
    return {"anyOf": [field, stated], **outside}


def _resolved(name: str, field: Any, kinds: dict[str, Any]) -> Any:
    """Replace the mark that `Limits` left, wherever it stands in the field."""
    if isinstance(field, list):
        return [_resolved(name, part, kinds) for part in field]
    if not isinstance(field, dict):
        return field
    out = {key: _resolved(name, item, kinds) for key, item in field.items() if key != "x-number"}
    if "x-number" in field:
        out["$ref"] = f"#/$defs/{_kind(name, field['x-number'], kinds)}"
        return {"$ref": out.pop("$ref"), **out}
    return out


def _kind(name: str, limits: dict[str, Any], kinds: dict[str, Any]) -> str:
    """Define the kind of number that a field is, once for all fields alike."""
    unit = unit_of(name)
    unit = None if unit == "1" else unit
    words = [limits["type"], f"{limits['minimum']:g}_to_{limits['maximum']:g}"]
    if unit is not None:
        tail = name.split("_per_")
        words.append("_per_".join([tail[0].split("_")[-1], *tail[1:]]))
    key = "_".join(words)
    if key not in kinds:
        kinds[key] = _number(unit, limits)
    return key


def _number(unit: str | None, limits: dict[str, Any]) -> dict[str, Any]:
    scalar: list[dict[str, Any]] = [dict(limits)]
    if unit is not None:
        known = ", ".join(accepted_units(unit)[:8])
        scalar.append({"type": "string", "description": f"Text with a unit, such as {known}."})
    one = scalar[0] if len(scalar) == 1 else {"anyOf": scalar}
    mapping: dict[str, Any] = {"value": one | {"description": "Central value: mode or median."}}
    if limits["type"] == "number":
        mapping |= {
            "low": one | {"description": "Lower limit; P10 of normal and lognormal."},
            "high": one | {"description": "Upper limit; P90 of normal and lognormal."},
            "shape": {"enum": [str(shape) for shape in Shape], "default": "triangular"},
            "group": {"type": "string", "description": "Correlated group; -name for against it."},
            "choices": {"type": "array", "items": one, "minItems": 2},
            "weights": {"type": "array", "items": {"type": "number", "exclusiveMinimum": 0}},
        }
    stated = {
        "type": "object",
        "required": ["value"],
        "additionalProperties": False,
        "properties": mapping | _ORIGIN,
    }
    return {"anyOf": [*scalar, stated]}
