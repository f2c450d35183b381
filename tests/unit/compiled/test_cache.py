"""Machine code is never older than its sources, and needs no place to be kept at."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import pytest

from wattport.compiled import kernel
from wattport.compiled.cache import KernelCache

from .copy_of_package import copied, finished, run, started

HALL_KERNEL = """
from wattport.compiled import kernel
from wattport.energy.hour_kernel import fan_frac

@kernel
def fans_mw(rated_mw: float, speed_frac: float) -> float:
    return rated_mw * fan_frac(speed_frac)
"""
FANS = """
from wattport.operation.hall_kernel import fans_mw
print(fans_mw(8.0, 0.5), *(sum(n.values()) for n in (fans_mw._cache_hits, fans_mw._cache_misses)))
"""

UNIFORM = """
from wattport.equations.random_stream import next_uniform, seed_stream
print(next_uniform(seed_stream(1, 2, 3, 4)), sum(next_uniform._cache_hits.values()))
"""
UNIFORM_IS = "0.24510015098485194"


def test_a_fan_law_changed_in_one_file_reaches_the_kernels_of_another(tmp_path: Path) -> None:
    package = copied(tmp_path)
    (package / "operation" / "__init__.py").write_text("", "utf-8")  # no other part of it is needed
    (package / "operation" / "hall_kernel.py").write_text(HALL_KERNEL, "utf-8")
    assert run(package, FANS) == ["1.0", "0", "1"]
    assert run(package, FANS) == ["1.0", "1", "0"]

    law = package / "energy" / "hour_kernel.py"
    text, times = law.read_text("utf-8"), law.stat()
    cube = "return speed_frac * speed_frac * speed_frac"
    assert text.count(cube) == 1
    law.write_text(text.replace(cube, "return speed_frac * speed_frac * 1.00000000"), "utf-8")
    os.utime(law, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert law.stat().st_size == times.st_size
    assert run(package, FANS) == ["2.0", "0", "1"]

    law.write_text(text, "utf-8")
    assert run(package, FANS) == ["1.0", "1", "0"]  # the old code is found again


def test_a_package_that_cannot_be_written_and_no_home_is_no_fault(tmp_path: Path) -> None:
    package = copied(tmp_path / "site")
    for path, _, _ in os.walk(tmp_path / "site"):
        Path(path).chmod(0o555)
    temporary, shut = tmp_path / "tmp", tmp_path / "shut"
    temporary.mkdir()
    shut.mkdir(0o555)
    homeless = {"HOME": str(shut), "TMPDIR": str(temporary)}
    assert run(package, UNIFORM, as_root=False, **homeless) == [UNIFORM_IS, "0"]
    assert run(package, UNIFORM, as_root=False, **homeless) == [UNIFORM_IS, "1"]
    (kept,) = temporary.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert not (package / "__pycache__").exists()

    kept.chmod(0o777)  # now anyone could have put code there
    assert run(package, UNIFORM, as_root=False, **homeless) == [UNIFORM_IS, "0"]
    for path, _, _ in os.walk(tmp_path / "site"):
        Path(path).chmod(0o755)


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    package = copied(tmp_path)
    (package / "__pycache__").write_text("in the way", "utf-8")
    file = tmp_path / "file"
    file.write_text("in the way", "utf-8")
    nowhere = {"HOME": str(file), "XDG_CACHE_HOME": str(file), "TMPDIR": str(file)}
    in_the_way = f"import tempfile; tempfile.tempdir = {str(file)!r}\n"
    assert run(package, in_the_way + UNIFORM, **nowhere) == [UNIFORM_IS, "0"]


SIGNATURES = """
import numpy as np
from wattport.equations.psychrometrics_kernel import saturation_pressure_of_hour_pa as pressure
values = [np.float64(20.0), np.float32(20.0), np.int64(20), np.int32(20)]
told = {str(type(v)): float(pressure(v)) for v in values[::%d]}
print(*(told[name] for name in sorted(told)), sum(pressure._cache_hits.values()))
"""


def test_processes_that_compile_at_once_never_mix_their_code_up(tmp_path: Path) -> None:
    """Numba's own index can name one file for two signatures when two processes write it."""
    package = copied(tmp_path)
    both = [started(package, SIGNATURES % order) for order in (1, -1)]
    one, other = (finished(process)[:-1] for process in both)
    assert one == other
    assert run(package, SIGNATURES % 1) == [*one, "4"]
    assert not list((package / "__pycache__").rglob("*.part"))


def test_an_entry_that_was_cut_is_compiled_again(tmp_path: Path) -> None:
    package = copied(tmp_path)
    where = {"NUMBA_CACHE_DIR": str(tmp_path / "kept")}
    run(package, UNIFORM, **where)
    entries = list((tmp_path / "kept").rglob("next_uniform*.bin"))
    assert len(entries) == 1
    entries[0].write_bytes(entries[0].read_bytes()[:-9])
    assert run(package, UNIFORM, **where) == [UNIFORM_IS, "0"]
    assert run(package, UNIFORM, **where) == [UNIFORM_IS, "1"]


def test_without_compiling_a_kernel_is_its_function(tmp_path: Path) -> None:
    program = "from wattport.equations.random_stream import next_word; print(type(next_word))"
    assert run(copied(tmp_path), program, NUMBA_DISABLE_JIT="1") == ["<class", "'function'>"]


def test_a_function_of_another_package_is_compiled_but_not_kept() -> None:
    @kernel
    def half(x: float) -> float:
        return 0.5 * x

    assert half(3.0) == 1.5
    assert half._cache.cache_path is None


def test_a_function_that_closes_over_values_is_no_kernel() -> None:
    factor = np.float64(2.0)
    with pytest.raises(TypeError, match="closes over"):
        KernelCache(lambda x: factor * x)
