"""The house rules that no other tool enforces."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
SOURCES = sorted((REPO / "src" / "wattport").rglob("*.py"))
HEAVY = {"numpy", "pydantic", "scipy", "numba", "duckdb", "yaml", "jinja2", "power_grid_model"}
CORE = {"numpy", "scipy", "numba", "duckdb", "holidays", "pydantic", "yaml"} | {
    "typer",
    "rich",
    "jinja2",
    "markupsafe",
    "pydantic_core",
    "llvmlite",  # numba's own
    "wattport",
}
EXTRAS = {"ortools", "dask", "distributed"}


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def in_a_fresh_process(statement: str) -> set[str]:
    """Names of the modules loaded by a statement."""
    program = f"{statement}\nimport sys\nprint(*sorted(sys.modules), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not HEAVY & in_a_fresh_process("import wattport; dir(wattport); wattport.__version__")


def test_help_loads_nothing_heavy() -> None:
    statement = (
        "import contextlib, io\n"
        "from wattport.cli import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        "    main(['--help'])"
    )
    assert not HEAVY & in_a_fresh_process(statement)


def test_errors_need_nothing_but_the_standard_library() -> None:
    loaded = in_a_fresh_process("import wattport.errors") - set(sys.stdlib_module_names)
    assert not (HEAVY | {"rich", "typer"}) & loaded


def test_unknown_attribute_is_refused() -> None:
    import wattport

    with pytest.raises(AttributeError, match="no attribute 'replay'"):
        _ = wattport.replay


def test_only_core_packages_are_imported() -> None:
    allowed = CORE | EXTRAS | set(sys.stdlib_module_names)
    strangers = {
        f"{path.relative_to(REPO)}: {name}"
        for path in SOURCES
        for name in imported(ast.parse(path.read_text("utf-8")))
        if name.split(".")[0] not in allowed
    }
    assert not strangers


@pytest.mark.parametrize("name", ["utils", "helpers", "manager", "common", "misc", "base"])
def test_files_are_named_for_what_they_model(name: str) -> None:
    assert not [path for path in SOURCES if path.stem == name]


def test_measured_data_stand_in_a_room_that_has_code() -> None:
    """A table that a move of files forgot is found by nobody until a year is played."""
    package = REPO / "src" / "wattport"
    tables = [path.relative_to(package) for path in package.rglob("*.csv")]
    assert tables
    assert not [str(at) for at in tables if not (package / at.parts[0] / "__init__.py").exists()]


def test_no_module_outgrows_one_subject() -> None:
    lengths = {str(p.relative_to(REPO)): len(p.read_text("utf-8").splitlines()) for p in SOURCES}
    assert not {name: n for name, n in lengths.items() if n > 520}


def test_nothing_draws_from_the_global_generator() -> None:
    # numba kernels seed their own; `np.random.default_rng`, `SeedSequence` and the bit
    # generators carry an explicit seed. The module-level functions do not.
    explicit = {"default_rng", "SeedSequence", "Generator", "PCG64", "PCG64DXSM", "Philox"}
    offenders = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Attribute)
                and node.value.attr == "random"
                and isinstance(node.value.value, ast.Name)
                and node.value.value.id in {"np", "numpy"}
                and node.attr not in explicit
            ):
                offenders.append(f"{path.relative_to(REPO)}:{node.lineno}: {node.attr}")
        if "random" in set(imported(ast.parse(path.read_text("utf-8")))):
            offenders.append(f"{path.relative_to(REPO)}: import random")
    assert not offenders


KERNEL_DECORATORS = {"kernel", "kernel_with", "allocating", "borrowing", "merged"}


def decorators(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from node.decorator_list


def test_compiled_kernels_live_in_files_of_their_own_and_keep_their_arithmetic() -> None:
    offenders = []
    n_kernels = 0
    for path in SOURCES:
        for decorator in decorators(ast.parse(path.read_text("utf-8"))):
            name = decorator.func if isinstance(decorator, ast.Call) else decorator
            if not (isinstance(name, ast.Name) and name.id in KERNEL_DECORATORS):
                continue
            n_kernels += 1
            if not path.stem.endswith(("_kernel", "random_stream")):
                offenders.append(f"{path.relative_to(REPO)}: kernels belong in a *_kernel.py")
            if any(word in ast.dump(decorator) for word in ("fastmath", "parallel")):
                offenders.append(f"{path.relative_to(REPO)}:{decorator.lineno}: other arithmetic")
    assert not offenders
    assert n_kernels > 200


def test_numba_is_spoken_to_in_one_room_only() -> None:
    """A kernel under another decorator would be kept by numba's cache, which goes stale."""
    strangers = {
        str(path.relative_to(REPO))
        for path in SOURCES
        if any(
            name.split(".")[0] == "numba" for name in imported(ast.parse(path.read_text("utf-8")))
        )
        and path.parent.name != "compiled"
    }
    assert not strangers


def test_lock_names_no_registry_and_pins_by_hash() -> None:
    locks = sorted((REPO / "requirements").glob("*.lock"))
    assert len(locks) == 3
    for lock in locks:
        text = lock.read_text("utf-8")
        assert "://" not in text, lock.name
        assert "index" not in text.replace("indexing", ""), lock.name
        pins = [line for line in text.splitlines() if line and line[0].isalnum()]
        assert pins, lock.name
        for pin in pins:
            assert re.fullmatch(r"[A-Za-z0-9._-]+==\S+( ;.*)? \\", pin), (lock.name, pin)
        assert text.count("--hash=sha256:") >= len(pins)


def test_lock_and_project_agree() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))
    core = (REPO / "requirements" / "core.lock").read_text("utf-8").lower()
    test = (REPO / "requirements" / "test.lock").read_text("utf-8").lower()
    build = (REPO / "requirements" / "build.lock").read_text("utf-8").lower()
    for wanted in project["project"]["dependencies"]:
        assert f"\n{wanted.split('>=')[0].lower()}==" in f"\n{core}", wanted
    for wanted in project["project"]["optional-dependencies"]["test"]:
        assert f"\n{wanted.split('>=')[0].lower()}==" in f"\n{test}", wanted
    for wanted in project["build-system"]["requires"]:
        assert f"\n{wanted.lower()} " in f"\n{build}", wanted
    for line in core.splitlines():
        if line and line[0].isalnum() and ";" not in line:
            assert line in test, f"core and test locks differ: {line}"


def test_no_folder_of_tests_has_a_name_that_pytest_passes_over(
    pytestconfig: pytest.Config,
) -> None:
    passed_over = pytestconfig.getini("norecursedirs")
    folders = {path.parent for path in (REPO / "tests").rglob("test_*.py")}
    names = {part for folder in folders for part in folder.relative_to(REPO).parts}
    assert not [n for n in names for pattern in passed_over if fnmatch(n, pattern)]
