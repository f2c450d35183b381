"""Fixtures for all tests: the reference data and the validation record."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import settings

# The same examples on every machine and no clock: a test passes or fails for its code alone.
settings.register_profile("wattport", derandomize=True, deadline=None)
settings.load_profile("wattport")

REFERENCE_DATA = "WATTPORT_REFERENCE_DATA"
VALIDATION_ROWS = "WATTPORT_VALIDATION_ROWS"


class Validation(Protocol):
    """Record a figure and hold it to its tolerance."""

    def __call__(
        self,
        *,
        engine: str,
        quantity: str,
        source: str,
        reached: float,
        allowed: float,
        unit: str,
        note: str = "",
    ) -> None: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that records a figure, so that `-m validation` finds it."""
    for item in items:
        if {"validation", "consistency"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.validation)


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Return the folder of reference data, or skip the test."""
    named = os.environ.get(REFERENCE_DATA, "")
    if not named:
        pytest.skip(f"{REFERENCE_DATA} is not set: no reference data to compare with")
    folder = Path(named)
    if not folder.is_dir():
        # A misspelt path must not pass for "no data": CI would skip in silence.
        pytest.fail(f"{REFERENCE_DATA}={named} is not a folder")
    return folder.resolve()


@pytest.fixture
def validation(request: pytest.FixtureRequest) -> Validation:
    """
    Record a row of docs/validation.md, then assert ``abs(reached) <= allowed``.

    For a figure that others published, measured or computed, and that was not put in before.
    """
    return _recorder(request, "validation")


@pytest.fixture
def consistency(request: pytest.FixtureRequest) -> Validation:
    """
    Record a consistency check, which stands apart on the page, and hold it to its tolerance.

    For what agrees by construction or with ourselves: a number that was set from the reference, a
    fit on the points it was fitted to, our own dossier, a balance that must close, a second way
    of our own to the same figure, a published range as wide as the allowance.
    """
    return _recorder(request, "consistency")


def _recorder(request: pytest.FixtureRequest, kind: str) -> Validation:
    named = os.environ.get(VALIDATION_ROWS, "")
    folder = Path(named) if named else request.config.cache.mkdir("wattport-validation")
    folder.mkdir(parents=True, exist_ok=True)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw")
    rows = folder / f"{worker}.jsonl"
    test = request.node.nodeid

    def record(
        *,
        engine: str,
        quantity: str,
        source: str,
        reached: float,
        allowed: float,
        unit: str,
        note: str = "",
    ) -> None:
        row = {
            "kind": kind,
            "engine": engine,
            "quantity": quantity,
            "source": source,
            "reached": float(reached),
            "allowed": float(allowed),
            "unit": unit,
            "note": note,
            "test": test,
        }
        with rows.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(row, sort_keys=True) + "\n")
        assert math.isfinite(reached), f"{engine}: {quantity}: reached {reached}"
        assert abs(reached) <= allowed, (
            f"{engine}: {quantity}: reached {reached:g} {unit}, allowed {allowed:g} ({source})"
        )

    return record
