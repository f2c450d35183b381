"""Overrides: ``path=value``, set into the values before they are validated."""

from __future__ import annotations

import re
from typing import Any

from wattport.errors import Code, Finding
from wattport.spec.reading.document import Document, Mark, read
from wattport.spec.reading.provenance import OVERRIDE_SOURCE
from wattport.spec.reading.section import Path, path_text

_STEP = re.compile(r"([A-Za-z_][\w-]*)((?:\[\d{1,9}\])*)")


def apply(overrides: tuple[str, ...], document: Document) -> dict[Path, str]:
    """
    Set each override into the document's data, in place.

    Parameters
    ----------
    overrides : tuple of str
        Such as ``grid.tranches[0].power_mw=200``; the value is YAML.
    document : Document
        Takes values, positions and findings.

    Returns
    -------
    dict
        Path of each value set, and the source to record for it.
    """
    applied = {}
    for text in overrides:
        mark = Mark("--set", 1, 1, text)
        name, equals, value_text = text.partition("=")
        path = parse_path(name.strip())
        if not equals or path is None:
            document.findings.append(
                _finding(
                    Code.OVERRIDE_FORM,
                    f"{text!r} is no override",
                    text,
                    mark,
                    "path=value",
                    "write it like plants.modules.shifts=2",
                )
            )
            continue
        value = read(value_text, "--set")
        if value.findings or (value.data is None and value_text.strip() not in ("null", "~")):
            document.findings.append(
                _finding(
                    Code.OVERRIDE_FORM,
                    f"the value of {text!r} is not YAML or is missing",
                    text,
                    mark,
                    "a number, text, list or mapping",
                    "quote the value",
                )
            )
            continue
        problem = _set(document.data, path, value.data)
        if problem:
            document.findings.append(
                _finding(
                    Code.OVERRIDE_PATH,
                    problem,
                    path_text(path),
                    mark,
                    "",
                    "`wattport sources` lists the paths of all numbers",
                )
            )
            continue
        for known in [k for k in document.marks if k[: len(path)] == path]:
            del document.marks[known]
        document.marks[path] = document.keys[path] = mark
        for length in range(1, len(path)):
            document.marks.setdefault(path[:length], mark)  # a section that it opened
        applied[_number_path(path)] = OVERRIDE_SOURCE
    return applied


def parse_path(text: str) -> Path | None:
    """
    Read a path as the user writes it.

    Examples
    --------
    >>> parse_path("grid.tranches[0].power_mw")
    ('grid', 'tranches', 0, 'power_mw')
    >>> parse_path("grid..power_mw") is None
    True
    """
    path: list[str | int] = []
    for part in text.split("."):
        match = _STEP.fullmatch(part)
        if match is None:
            return None
        path.append(match.group(1))
        path += [int(index) for index in re.findall(r"\d+", match.group(2))]
    return tuple(path)


def _number_path(path: Path) -> Path:
    # `x.low=3` changes the number x, and so who answers for it.
    return path[:-1] if path[-1] in ("value", "low", "high", "shape", "group") else path


def _set(data: Any, path: Path, value: Any) -> str:
    """Set a value and return what is wrong with the path, or nothing."""
    for position, step in enumerate(path):
        here = path_text(path[:position]) or "the spec"
        is_last = position == len(path) - 1
        if isinstance(step, int):
            if not isinstance(data, list):
                return f"{here} is not a list"
            if step >= len(data):
                return f"{here} has {len(data)} items, counted from 0"
        elif not isinstance(data, dict):
            return f"{here} is not a mapping, it has no `{step}`"
        elif not is_last and step not in data:
            # A section left to its defaults is opened; validation refuses unknown names.
            data[step] = {}
        if is_last:
            data[step] = value
        else:
            data = data[step]
    return ""


def _finding(
    code: Code, message: str, value: str, mark: Mark, allowed: str, remedy: str
) -> Finding:
    return Finding(
        code,
        message,
        value=value,
        allowed=allowed,
        remedy=remedy,
        file=mark.file,
        line=mark.line,
        column=mark.column,
        excerpt=mark.excerpt,
    )
