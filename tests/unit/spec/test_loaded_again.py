"""What is loaded already is taken as it is, and never changed in silence."""

from __future__ import annotations

import pytest

import wattport
from wattport.errors import WattportError
from wattport.pipeline.factory import plan_factory, scenario_factory, simulate_factory
from wattport.spec import load, load_factory


def test_a_loaded_spec_is_given_back() -> None:
    spec, factory = load("small_20mw"), load_factory("factory_modules")
    assert load(spec) is spec
    assert load_factory(factory) is factory


@pytest.mark.parametrize("call", [load, wattport.play, scenario_factory])
def test_a_loaded_spec_takes_no_settings(call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(WattportError, match="loaded already") as refused:
        call(load("small_20mw"), "grid.connection_mw=30")
    assert refused.value.findings[0].path == "grid.connection_mw=30"


@pytest.mark.parametrize("call", [load_factory, simulate_factory])
def test_a_loaded_factory_takes_no_settings(call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(WattportError, match="loaded already"):
        call(load_factory("factory_modules"), "plants[0].n_shifts=2")


def test_a_loaded_factory_is_planned_without_settings() -> None:
    with pytest.raises(WattportError, match="loaded already"):
        plan_factory(load_factory("factory_modules"), 200.0, "plants[0].n_shifts=2")
