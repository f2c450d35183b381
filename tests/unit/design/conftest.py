"""Drawn specs of the two shipped scenarios, with overrides."""

from collections.abc import Callable

import pytest

from wattport.spec import Spec, load

Drawn = Callable[..., Spec]


@pytest.fixture
def small() -> Drawn:
    return lambda *overrides, n=1: load("small_20mw", *overrides).draw(n, seed=3)


@pytest.fixture
def dunkerque() -> Drawn:
    return lambda *overrides, n=1: load("dunkerque", *overrides).draw(n, seed=3)
