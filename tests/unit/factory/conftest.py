"""Small factories."""

from __future__ import annotations

import copy
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from factory_lines import SHOP


@pytest.fixture
def shop() -> dict[str, Any]:
    """Three products over shared stations, with everything a file can say."""
    return copy.deepcopy(SHOP)
