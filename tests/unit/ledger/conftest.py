"""The small campus played once, and its ledger settled again with other numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from wattport.ledger import settle
from wattport.pipeline.stages import play
from wattport.records import Case, Ledger
from wattport.spec import load

Again = Callable[..., Ledger]


PER_MW = ("finance.capex_basis=per_mw", "plants.modules.module_price_meur=1.7")


@pytest.fixture(scope="session")
def small() -> Case:
    """20 MW in two halls at one figure per MW, every number that counts certain."""
    return play("small_20mw", *PER_MW, draws=1, seed=0)


@pytest.fixture(scope="session")
def again(small: Case) -> Again:
    """Settle the same years with other prices: numbers that no stage before the ledger reads."""

    def settled(*overrides: str) -> Ledger:
        spec = load("small_20mw", *PER_MW, *overrides).draw(1, seed=0)
        return settle(spec, small.design, small.production, small.programme, small.operation)

    return settled


@pytest.fixture(scope="session")
def repeated() -> Callable[[Any, int], Any]:
    """Make a record of many draws, all of them its first."""

    def many(record: Any, n_draws: int) -> Any:
        arrays = {
            item.name: np.repeat(getattr(record, item.name), n_draws, axis=0)
            for item in dataclasses.fields(record)
            if item.metadata.get("dims", ("",))[0] == "draw"
            and getattr(record, item.name) is not None
        }
        return dataclasses.replace(record, **arrays)

    return many
