"""Small factories."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from factory_lines import SHOP


@pytest.fixture
def shop() -> dict[str, Any]:
    """Three products over shared stations, with everything a file can say."""
    return copy.deepcopy(SHOP)
