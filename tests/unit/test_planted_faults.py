"""The list of planted faults fits the code as it is, so that refactoring cannot let it rot."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

REPO = Path(__file__).parents[2]
LEAST = 150
AREAS = {
    "equations", "design", "hours", "factory", "planning", "schedule", "batch", "serving", "spec",
}  # fmt: skip


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("plant_faults", REPO / "tools/plant_faults.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


TOOL = tool()
FAULTS = TOOL.read_faults(sorted(TOOL.LISTS.glob("*.yaml")))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_has_one_place_and_tests_that_exist(fault: Any) -> None:
    fault.planted((REPO / fault.file).read_text("utf-8"))
    for test in fault.tests:
        file, *names = test.split("::")
        assert (REPO / file).exists(), test
        if names:
            function = names[-1].split("[")[0]
            assert f"def {function}(" in (REPO / file).read_text("utf-8"), test


def test_there_are_many_over_all_areas_and_none_twice() -> None:
    assert len(FAULTS) >= LEAST
    per_list = Counter(fault.name.split()[0] for fault in FAULTS)
    assert set(per_list) >= AREAS
    assert min(per_list.values()) >= 10
    assert len({(fault.file, fault.find) for fault in FAULTS}) == len(FAULTS)


def test_a_fault_that_has_no_place_or_is_no_python_is_refused() -> None:
    fault = TOOL.Fault("list 1", "a.py", "x + 1", "x - 1", ("t",), "a sign")
    assert fault.planted("y = x + 1\n") == "y = x - 1\n"
    for text in ("y = x\n", "y = x + 1 + x + 1\n"):
        with pytest.raises(ValueError, match="times"):
            fault.planted(text)
    broken = TOOL.Fault("list 1", "a.py", "x + 1", "x +", ("t",), "no Python")
    with pytest.raises(ValueError, match="no Python"):
        broken.planted("y = x + 1\n")


def test_an_entry_with_other_keys_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text("- {file: a.py, find: x, replace: y, tests: [t], reason: none}\n")
    with pytest.raises(SystemExit, match="its keys"):
        TOOL.read_faults([path])
