"""
A plugin of pytest that lets the compiled kernels run as plain Python.

    NUMBA_DISABLE_JIT=1 PYTHONPATH=tools pytest -p plain_records \
        tests/unit/factory/engine/test_line_kernel.py

With compilation off numba hands the kernels back as they are written, so that a debugger, a
coverage tool and a planted fault reach every line at once. Two things then differ from compiled
code: numpy gives no attribute access to the records of a structured array, and it warns where
unsigned words overflow, as random streams want them to. The records of the package's own types
are made such that they have their fields as attributes; the warning is silenced.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from operator import itemgetter
from types import FunctionType, ModuleType
from typing import Any

import numpy as np


def _record(names: Sequence[str]) -> type[np.record]:
    """Records with attributes, those too whose name is that of a method, such as `item`."""
    taken = {name: property(itemgetter(name)) for name in names if hasattr(np.record, name)}
    return type("Record", (np.record,), taken) if taken else np.record


class _Loader(importlib.machinery.SourceFileLoader):
    """Load a module, then make what is in it look compiled."""

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        for name, value in list(vars(module).items()):
            if isinstance(value, np.dtype) and value.names:
                setattr(module, name, np.dtype((_record(value.names), value)))
            elif isinstance(value, FunctionType) and module.__name__.endswith("_kernel"):
                value.__dict__["py_func"] = value


class _Finder(importlib.abc.MetaPathFinder):
    """Find the modules of the package as usual, and have them loaded so."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.split(".")[0] != "wattport":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def pytest_configure(config: Any) -> None:
    """Be there before the first module of the package is loaded."""
    config.addinivalue_line(
        "filterwarnings", "ignore:overflow encountered in scalar:RuntimeWarning"
    )
    sys.meta_path.insert(0, _Finder())
