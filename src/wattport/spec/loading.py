"""
From a file, a scenario's name or a mapping to a sound `Spec`.

All faults are collected and raised at once. Only text that is not YAML ends
the reading early, since nothing after it can be trusted.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import ValidationError

from wattport.errors import Code, Finding, SpecError, usage_error
from wattport.spec import checks
from wattport.spec.campus.spec import Spec
from wattport.spec.factory.factory import Factory
from wattport.spec.reading.document import Document, Mark
from wattport.spec.reading.files import read_file
from wattport.spec.reading.override import apply
from wattport.spec.reading.provenance import Origins, strip, table
from wattport.spec.reading.root import Root
from wattport.spec.reading.section import Path
from wattport.spec.reading.validation_errors import findings_of, without

R = TypeVar("R", bound=Root)

_FACTORY = "factory_"  # begins the names of shipped factory files

Source = str | FilePath | Mapping[str, Any]


def scenario_names() -> tuple[str, ...]:
    """Names of the scenarios shipped with the package."""
    return tuple(name for name in _shipped() if not name.startswith(_FACTORY))


def factory_names() -> tuple[str, ...]:
    """Names of the factory files shipped with the package."""
    return tuple(name for name in _shipped() if name.startswith(_FACTORY))


def _shipped() -> tuple[str, ...]:
    folder = resources.files("wattport") / "scenarios"
    return tuple(sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".yaml")))


def scenario_text(name: str) -> str:
    """Text of a shipped scenario."""
    return (resources.files("wattport") / "scenarios" / f"{name}.yaml").read_text("utf-8")


def load(source: Source | Spec, *overrides: str) -> Spec:
    """
    Load a spec, or say everything that is wrong with it.

    Parameters
    ----------
    source : str, Path, mapping or Spec
        Path of a YAML file, name of a shipped scenario, the values themselves, or a spec that
        is loaded already, which is given back.
    *overrides : str
        ``path=value`` with the value in YAML, such as ``plants.modules.shifts=2``. They change
        what is being read, so a loaded spec takes none.

    Returns
    -------
    Spec
        Numbers as floats or `Uncertain`; call ``draw`` before using them.

    Raises
    ------
    SpecError
        With all findings.
    WattportError
        When a loaded spec is given overrides.

    Examples
    --------
    >>> load("dunkerque", "grid.connection_mw=1.2 GW").grid.connection_mw
    1200.0
    """
    if isinstance(source, Spec):
        return _as_loaded(source, overrides)
    spec, findings = _examine(source, overrides, Spec, scenario_names())
    if spec is None:
        raise SpecError(findings)
    return spec


def load_factory(source: Source | Factory, *overrides: str) -> Factory:
    """
    Load a factory file, or say everything that is wrong with it.

    Parameters
    ----------
    source : str, Path, mapping or Factory
        Path of a YAML file, name of a shipped one, the values themselves, or a factory that is
        loaded already, which is given back.
    *overrides : str
        ``path=value`` with the value in YAML, such as ``plants[0].n_shifts=2``. They change
        what is being read, so a loaded factory takes none.

    Returns
    -------
    Factory
        Numbers as floats or `Uncertain`; call ``draw`` before using them.

    Raises
    ------
    SpecError
        With all findings.
    WattportError
        When a loaded factory is given overrides.

    Examples
    --------
    >>> load_factory("factory_modules", "plants[1].n_shifts=2").plants[1].n_shifts
    2
    """
    if isinstance(source, Factory):
        return _as_loaded(source, overrides)
    factory, findings = _examine(source, overrides, Factory, factory_names())
    if factory is None:
        raise SpecError(findings)
    return factory


def _as_loaded(loaded: R, overrides: Sequence[str]) -> R:
    """Give back what is loaded; settings on top of it would be lost in silence."""
    if overrides:
        raise usage_error(
            overrides[0], "this cannot change what is loaded already",
            "give the settings where it is loaded",
        )  # fmt: skip
    return loaded


def check(source: Source, *overrides: str) -> tuple[Finding, ...]:
    """
    List all findings about a spec, warnings included, without raising.

    Examples
    --------
    >>> [str(finding.code) for finding in check({"name": 7})][:2]
    ['SPEC052', 'SPEC013']
    """
    return _examine(source, overrides, Spec, scenario_names())[1]


def check_factory(source: Source, *overrides: str) -> tuple[Finding, ...]:
    """
    List all findings about a factory file, warnings included, without raising.

    Examples
    --------
    >>> [str(finding.code) for finding in check_factory({"name": "a", "plants": []})]
    ['SPEC013']
    """
    return _examine(source, overrides, Factory, factory_names())[1]


def is_factory(source: Source) -> bool:
    """
    Tell a factory file from a scenario: it lists products.

    Examples
    --------
    >>> is_factory("factory_modules"), is_factory("dunkerque")
    (True, False)
    """
    data = _document(source, _shipped()).data
    return isinstance(data, dict) and "products" in data


def _examine(
    source: Source, overrides: tuple[str, ...], model: type[R], names: tuple[str, ...]
) -> tuple[R | None, tuple[Finding, ...]]:
    document = _document(source, names)
    if not document.is_complete or not isinstance(document.data, dict):
        return None, tuple(document.findings)
    overridden = apply(overrides, document)
    origins = Origins()
    data = strip(document.data, document, origins)
    for path, text in overridden.items():
        origins.by_path[path] = {"source": text, "status": "user", "note": ""}
    spec, findings, faulty = _validated(data, document, model)
    if spec is not None:
        findings += _across(spec, document, faulty)
    findings = sorted(
        [*document.findings, *findings],
        key=lambda f: (f.severity != "error", f.file, f.line, f.column),
    )
    if spec is None or any(finding.severity == "error" for finding in findings):
        return None, tuple(findings)
    spec._provenance = table(spec, data, document, origins)
    spec._findings = tuple(findings)
    return spec, tuple(findings)


def _validated(
    data: dict[str, Any], document: Document, model: type[R]
) -> tuple[R | None, list[Finding], set[Path]]:
    try:
        return _strictly(data, model), [], set()
    except ValidationError as error:
        found = findings_of(error, data, model)
    findings = [document.located(f, path, at_key=at_key) for f, path, at_key in found]
    paths = {path for _, path, _ in found}
    # What is left once the faulty keys are set aside may still be checked across fields,
    # so that the user need not come back a second time.
    try:
        return _strictly(without(data, paths), model), findings, paths
    except ValidationError:
        return None, findings, paths


def _across(spec: Root, document: Document, faulty: set[Path]) -> list[Finding]:
    """Check rules across fields, except where a fault was set aside and the rest misleads."""
    near_faults = {path[:2] for path in faulty}
    has_groups = not any(path[0] == "uncertainty" for path in faulty)
    return [
        document.located(finding, path)
        for finding, path in checks.findings(spec)
        if path[:2] not in near_faults and (has_groups or finding.code != Code.UNKNOWN_GROUP)
    ]


def _strictly(data: dict[str, Any], model: type[R]) -> R:
    # JSON mode is strict about kinds, yet turns text into dates and enums and lists into tuples.
    return model.model_validate_json(json.dumps(data), strict=True)


def _document(source: Source, names: tuple[str, ...]) -> Document:
    if isinstance(source, Mapping):
        marks: dict[Path, Mark] = {(): Mark("", 0, 0, "")}
        return Document(data=_plain(source), marks=marks)
    return read_file(source, names, scenario_text)


def _plain(value: Any) -> Any:
    """Copy Python values into the kinds that YAML gives."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if hasattr(value, "item"):  # a numpy scalar
        return value.item()
    return copy.copy(value)
