"""A spec back to YAML, to its hash, and to the inputs that were uncertain."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from wattport.arrays import FloatArray
from wattport.spec.campus.spec import Spec
from wattport.spec.reading.section import Path, Section, numbers, path_text
from wattport.spec.reading.uncertain import Shape, Uncertain

_Origin = tuple[str, str, str]
_BARE_TEXT = re.compile(r"[A-Za-z][\w .()/+-]*[\w)]|[A-Za-z]")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def spec_hash(spec: Spec) -> str:
    """
    SHA-256 of the resolved content: equal for specs that give equal results.

    Sources, notes and positions do not enter; units are those of the names.
    """
    text = json.dumps(_canonical(spec.loaded), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def dump(spec: Spec) -> str:
    """
    Write a spec as YAML that loads back to the same hash, sources included.

    A source shared by all numbers of a section is written once, at the section.
    """
    loaded = spec.loaded
    origins = {row.path: (row.source, str(row.status), row.note) for row in loaded.provenance}
    lines = [f"# Resolved spec, sha256 {spec_hash(loaded)[:16]}"]
    lines += _section_lines(loaded, (), 0, origins, ("", "", ""))
    return "\n".join(lines) + "\n"


def uncertain_inputs(spec: Spec) -> dict[str, FloatArray]:
    """
    Drawn values of the numbers that were uncertain.

    Parameters
    ----------
    spec : Spec
        Drawn.

    Returns
    -------
    dict
        Path to array of shape ``(draw,)``, in field order; `Spec.provenance`
        says where each came from.
    """
    loaded = dict(numbers(spec.loaded))
    if not spec.is_drawn:
        raise ValueError("the spec is not drawn: call spec.draw(n, seed) first")
    return {
        path_text(path): value  # type: ignore[misc]
        for path, value in numbers(spec)
        if isinstance(loaded[path], Uncertain)
    }


def _canonical(value: Any) -> Any:
    if isinstance(value, Section):
        return {name: _canonical(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Uncertain):
        return _number(value)
    if isinstance(value, tuple | list):
        return [_canonical(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in value.items()}
    return _scalar(value)


def _number(number: Uncertain) -> dict[str, Any]:
    out: dict[str, Any] = {"value": number.value}
    if number.shape is Shape.DISCRETE:
        out |= {"choices": list(number.choices), "weights": list(number.weights)}
    else:
        out |= {"low": number.low, "high": number.high}
    out["shape"] = str(number.shape)
    return out | ({"group": number.group} if number.group else {})


def _scalar(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, dt.date) else value


def _section_lines(
    value: Section | Mapping[str, Any], path: Path, depth: int,
    origins: dict[str, _Origin], known: _Origin,
) -> Iterator[str]:  # fmt: skip
    indent = "  " * depth
    below = {origin for p, origin in origins.items() if _is_below(p, path)}
    if len(below) == 1 and known not in below:
        known = next(iter(below))
        yield from (f"{indent}{line}" for line in _origin_lines(known))
    items = (
        [(name, getattr(value, name)) for name in type(value).model_fields]
        if isinstance(value, Section)
        else list(value.items())
    )
    for name, item in items:
        yield from _item_lines(str(name), item, (*path, str(name)), depth, origins, known)


def _item_lines(
    name: str, item: Any, path: Path, depth: int, origins: dict[str, _Origin], known: _Origin
) -> Iterator[str]:
    indent = "  " * depth
    if item is None:
        return
    if isinstance(item, Section) or (isinstance(item, Mapping) and item):
        lines = list(_section_lines(item, path, depth + 1, origins, known))
        yield f"{indent}{name}:" if lines else f"{indent}{name}: {{}}"
        yield from lines
    elif isinstance(item, tuple | list) and any(isinstance(part, Section) for part in item):
        yield f"{indent}{name}:"
        for index, part in enumerate(item):
            lines = list(_section_lines(part, (*path, index), depth + 2, origins, known))
            lines[0] = f"{indent}  - {lines[0].lstrip()}"
            yield from lines
    elif isinstance(item, tuple | list):
        parts = [
            _flow(part, origins.get(path_text((*path, i))), known) for i, part in enumerate(item)
        ]
        yield f"{indent}{name}: [{', '.join(parts)}]"
    else:
        yield f"{indent}{name}: {_flow(item, origins.get(path_text(path)), known)}"


def _flow(item: Any, origin: _Origin | None, known: _Origin) -> str:
    if origin is None or origin == known:
        return _flow_mapping(_number(item)) if isinstance(item, Uncertain) else _text(item)
    number = _number(item) if isinstance(item, Uncertain) else {"value": item}
    source, status, note = origin
    stated = {"source": source, "status": status} | ({"note": note} if note != known[2] else {})
    return _flow_mapping(number | stated)


def _flow_mapping(values: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {_flow_text(item)}" for key, item in values.items()) + "}"


def _flow_text(item: Any) -> str:
    if isinstance(item, list):
        return "[" + ", ".join(_text(part) for part in item) + "]"
    return _text(item)


def _origin_lines(origin: _Origin) -> Iterator[str]:
    for key, text in zip(("source", "status", "note"), origin, strict=True):
        if text:
            yield f"{key}: {_text(text)}"


def _text(value: Any) -> str:
    value = _scalar(value)
    if isinstance(value, str):
        is_bare = _BARE_TEXT.fullmatch(value) and value.lower() not in _WORDS
        return value if is_bare else _quoted(value)
    if isinstance(value, Mapping):
        return "{}"
    return json.dumps(value)


def _quoted(text: str) -> str:
    # Not JSON's escapes: it writes what lies beyond U+FFFF as two surrogates, which YAML refuses.
    named = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    return (
        '"'
        + "".join(named.get(c) or (c if c.isprintable() else f"\\U{ord(c):08x}") for c in text)
        + '"'
    )


def _is_below(text: str, path: Path) -> bool:
    start = path_text(path)
    return not start or text.startswith((f"{start}.", f"{start}["))
