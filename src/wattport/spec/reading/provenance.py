"""Where each number comes from: taken off the YAML at the door, kept beside the spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from wattport.errors import Code, Finding
from wattport.legible import steers
from wattport.spec.reading.document import Document, Mark
from wattport.spec.reading.section import Path, Section, numbers, path_text
from wattport.spec.reading.uncertain import Uncertain
from wattport.units import unit_of


class Status(StrEnum):
    """How firm a number is, firmest first."""

    ANNOUNCED = "announced"
    MEASURED = "measured"
    PUBLISHED = "published"
    INFERRED = "inferred"
    GUESS = "guess"
    USER = "user"


RESERVED = ("source", "status", "note")
USER_SOURCE = "user's file"
OVERRIDE_SOURCE = "override"
DEFAULT_SOURCE = "default of the model"


@dataclass(frozen=True, slots=True)
class Provenance:
    """One number of the spec with its origin; ``shape`` is empty where it is certain."""

    path: str
    value: float
    low: float | None
    high: float | None
    shape: str
    unit: str
    source: str
    status: Status
    note: str
    file: str
    line: int


@dataclass(slots=True)
class Origins:
    """Reserved keys by the path of the mapping they stood in."""

    by_path: dict[Path, dict[str, str]] = field(default_factory=dict)

    def of(self, path: Path, key: str) -> str | None:
        """Nearest statement of ``key`` at a path or above it."""
        for length in range(len(path), -1, -1):
            stated = self.by_path.get(path[:length], {})
            if key in stated:
                return stated[key]
        return None


def strip(data: Any, document: Document, origins: Origins, path: Path = ()) -> Any:
    """
    Copy plain data without its reserved keys, which go to ``origins``.

    Parameters
    ----------
    data : object
        Values as read.
    document : Document
        Takes the findings about misspelt statuses.
    origins : Origins
        Filled in.
    path : Path
        Where ``data`` stands.
    """
    if isinstance(data, str):
        return _text(data, document, path)
    if isinstance(data, list):
        return [strip(item, document, origins, (*path, i)) for i, item in enumerate(data)]
    if not isinstance(data, dict):
        return data
    stated = {}
    for key in RESERVED:
        if key in data and _is_sound(key, data[key], (*path, key), document):
            stated[key] = _text(data[key], document, (*path, key))
    if stated:
        origins.by_path[path] = origins.by_path.get(path, {}) | stated
    kept = {key: item for key, item in data.items() if key not in RESERVED}
    if stated and kept.keys() == {"value"}:
        # `{value: 240, source: ...}` is 240 with a source; so are dates, texts and lists.
        document.marks[path] = document.nearest((*path, "value"))
        return strip(kept["value"], document, origins, path)
    return {key: strip(item, document, origins, (*path, key)) for key, item in kept.items()}


def _text(text: str, document: Document, path: Path) -> str:
    """Text as one line, as folded text is meant: what is printed beside it stays what it is."""
    if steers(text):
        # Quoted text can write by escapes what the file itself may not hold.
        finding = Finding(
            Code.NOT_UTF8, "the text holds a control character, or a mark that turns the reading "
            "order", value=text, allowed="printable text", remedy="take it out of the text",
        )  # fmt: skip
        document.findings.append(document.located(finding, path))
    return text if len(text.splitlines()) < 2 and text[-1:] != "\n" else " ".join(text.split())


def _is_sound(key: str, given: Any, path: Path, document: Document) -> bool:
    if not isinstance(given, str):
        finding = Finding(
            Code.SOURCE_NOT_TEXT, f"`{key}` is not text", value=given,
            allowed="text", remedy="write it in quotes, or remove the key",
        )  # fmt: skip
    elif key == "status" and given not in [*Status]:
        close = get_close_matches(given, [*Status], 1)
        finding = Finding(
            Code.UNKNOWN_STATUS, f"{given!r} is no status", value=given,
            allowed=", ".join(Status),
            remedy=f"did you mean `{close[0]}`?" if close else "choose one of these",
        )  # fmt: skip
    else:
        return True
    document.findings.append(document.located(finding, path))
    return False


def table(
    spec: Section, data: Mapping[str, Any], document: Document, origins: Origins
) -> tuple[Provenance, ...]:
    """
    List every number of a spec with where it comes from.

    Parameters
    ----------
    spec : Section
        As loaded, not drawn.
    data : mapping
        What the user gave, without reserved keys: numbers not in it are defaults.
    document : Document
        Gives the lines.
    origins : Origins
        What `strip` found.
    """
    return tuple(
        _row(path, value, _is_given(data, path), document, origins, spec)
        for path, value in numbers(spec)
    )


def _row(
    path: Path, value: Any, is_given: bool, document: Document, origins: Origins, spec: Section
) -> Provenance:
    if is_given:
        mark = document.nearest(path)
        source = origins.of(path, "source") or USER_SOURCE
        status = Status(origins.of(path, "status") or Status.USER)
    else:
        mark = Mark("", 0, 0, "")
        stated = _stated_by_model(spec, path)
        source = stated.get("source", DEFAULT_SOURCE)
        status = Status(stated.get("status", Status.GUESS))
    note = (origins.of(path, "note") or "") if is_given else ""
    unit = unit_of(_name(path)) or ""
    numbers_: tuple[float, float | None, float | None, str]
    if isinstance(value, Uncertain):
        numbers_ = (value.value, value.low, value.high, str(value.shape))
    else:
        numbers_ = (float(value), None, None, "")
    central, low, high, shape = numbers_
    return Provenance(
        path_text(path), central, low, high, shape, "" if unit == "1" else unit,
        source, status, note, mark.file, mark.line,
    )  # fmt: skip


def _name(path: Path) -> str:
    """Field name that carries the unit: list indices have none."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _is_given(data: Any, path: Path) -> bool:
    for step in path:
        if isinstance(data, Mapping) and step in data:
            data = data[str(step)]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return False
    return True


def _stated_by_model(spec: Any, path: Path) -> dict[str, Any]:
    stated: dict[str, Any] = {}
    for parent, step in _parents(spec, path):
        extra = type(parent).model_fields[str(step)].json_schema_extra
        if isinstance(extra, dict):
            stated |= extra
    return stated


def _parents(value: Any, path: Path) -> Iterator[tuple[Section, str | int]]:
    for step in path:
        if isinstance(value, Section):
            yield value, step
            value = getattr(value, str(step))
        else:
            value = value[step]
