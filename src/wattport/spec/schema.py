"""JSON Schema of the spec, for completion and hover help in editors."""

from __future__ import annotations

import json
from typing import Any

from wattport.spec.provenance import Status
from wattport.spec.spec import Spec
from wattport.spec.uncertain import Shape
from wattport.units import unit_of

_ORIGIN = {
    "source": {"type": "string", "description": "Where the number comes from."},
    "status": {"enum": [str(status) for status in Status], "description": "How firm it is."},
    "note": {"type": "string", "description": "A caveat shown with the number."},
}


def json_schema() -> dict[str, Any]:
    """
    Describe a scenario file as a JSON Schema, draft 2020-12.

    Every number may be written bare, as text with a unit, or as a mapping with
    range, shape and source.

    Examples
    --------
    >>> json_schema()["properties"]["grid"]["$ref"]
    '#/$defs/Grid'
    """
    schema = Spec.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    for section in [schema, *schema["$defs"].values()]:
        if section.get("type") == "object" and "properties" in section:
            section["properties"] = {
                name: _field(name, field) for name, field in section["properties"].items()
            } | _ORIGIN
    return schema


def schema_text() -> str:
    """Write the JSON Schema as text."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False)


def _field(name: str, field: Any) -> Any:
    """Replace the mark that `Limits` left, wherever it stands in the field."""
    if isinstance(field, list):
        return [_field(name, part) for part in field]
    if not isinstance(field, dict):
        return field
    if "x-number" in field:
        rest = {key: item for key, item in field.items() if key != "x-number"}
        return _number(name, field["x-number"]) | _described(name, rest)
    return {key: _field(name, item) for key, item in field.items()}


def _described(name: str, rest: dict[str, Any]) -> dict[str, Any]:
    unit = unit_of(name)
    if unit in (None, "1"):
        return rest
    return rest | {"description": f"{rest.get('description', '')} [{unit}]".strip()}


def _number(name: str, limits: dict[str, Any]) -> dict[str, Any]:
    unit = unit_of(name)
    bare = dict(limits)
    text = {"type": "string", "examples": [f"1 {unit}"]}
    has_text = unit not in (None, "1")
    scalar: dict[str, Any] = {"anyOf": [bare, text]} if has_text else bare
    mapping: dict[str, Any] = {
        "type": "object",
        "required": ["value"],
        "additionalProperties": False,
        "properties": {"value": scalar, **_ORIGIN},
    }
    if limits["type"] == "number":
        mapping["properties"] |= {
            "low": scalar | {"description": "Lower limit; P10 of normal and lognormal."},
            "high": scalar | {"description": "Upper limit; P90 of normal and lognormal."},
            "shape": {"enum": [str(shape) for shape in Shape], "default": "triangular"},
            "group": {"type": "string", "description": "Correlated group; -name for against it."},
            "choices": {"type": "array", "items": scalar, "minItems": 2},
            "weights": {"type": "array", "items": {"type": "number", "exclusiveMinimum": 0}},
        }
    return {"anyOf": [bare, *([text] if has_text else []), mapping]}
