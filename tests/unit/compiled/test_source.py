"""The key of a kernel's cache covers everything that is frozen into it."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
from pathlib import Path

import pytest

from wattport.compiled.source import PACKAGE, sources

FILES = sorted(str(path) for path in Path(PACKAGE).rglob("*.py"))
KERNELS = [path for path in FILES if Path(path).stem.endswith("_kernel") or "random_stream" in path]


def name_of(path: str) -> str:
    parts = Path(path).relative_to(Path(PACKAGE).parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def file_of(module: str) -> str | None:
    stem = Path(PACKAGE).parent.joinpath(*module.split("."))
    found = [str(f) for f in (stem.with_suffix(".py"), stem / "__init__.py") if f.is_file()]
    return found[0] if found else None


def imported(path: str) -> set[str]:
    """Files of the package that a file imports, by its syntax tree."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(Path(path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports are not followed"
            names |= {node.module or ""}
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    found = (file_of(name) for name in names if name.split(".")[0] == "wattport")
    return {file for file in found if file}


@pytest.mark.parametrize("path", KERNELS, ids=name_of)
def test_sources_follow_every_import(path: str) -> None:
    found, waiting = {path}, [path]
    while waiting:
        new = imported(waiting.pop()) - found
        found |= new
        waiting += new
    assert found <= set(sources(path))


def test_all_files_are_scanned_as_the_syntax_tree_reads_them() -> None:
    for path in FILES:
        assert imported(path) <= set(sources(path)), path


@pytest.mark.parametrize("path", KERNELS, ids=name_of)
def test_what_a_kernel_calls_stands_in_its_sources(path: str) -> None:
    """What the functions really reach at run time, against what was read from the text."""
    module = importlib.import_module(name_of(path))
    known = set(sources(path))
    reached: list[object] = [
        value
        for value in vars(module).values()
        if getattr(value, "__module__", "") == module.__name__
    ]
    seen: set[int] = set()
    while reached:
        value = getattr(reached.pop(), "py_func", None)
        if value is None or id(value) in seen:
            continue
        seen.add(id(value))
        assert os.path.abspath(inspect.getfile(value)) in known, value
        reached += [value.__globals__.get(name) for name in value.__code__.co_names]


def test_a_kernel_does_not_hang_on_the_whole_package() -> None:
    """Else every edit of a report would compile for minutes."""
    for path in KERNELS:
        assert len(sources(path)) <= 24, name_of(path)
