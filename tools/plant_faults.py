"""
Plant faults one by one in a copy of the tree, and count those that the tests find.

    python tools/plant_faults.py [LIST ...]

A list is a YAML file of `tests/faults`; left out: all of them. Each entry is a slip that an
engineer could make: `find`, which stands once in `file`, becomes `replace`, and one of `tests`
should then fail. `make mutate` runs this. A copy is worked on, never the tree itself.

Kernels run as plain Python (see `plain_records`), so that no stale compiled code can hide a
fault. With `jit: true` they are compiled, which pays where tests simulate much and the fault lies
outside the kernels: compiled code is kept for as long as no kernel changes. Tests see no reference
data: what only those would notice, most people would not.
"""

from __future__ import annotations

import ast
import compileall
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from py_compile import PycInvalidationMode
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar

import yaml

Item = TypeVar("Item")
Result = TypeVar("Result")

ROOT = Path(__file__).parents[1]
LISTS = ROOT / "tests" / "faults"
COPIED = ("src", "tests", "tools", "docs", "README.md", "conftest.py", "pyproject.toml")
KEYS = frozenset({"file", "find", "replace", "tests", "why"})
LEAST_FOUND_FRAC = 0.95
WORKERS = 2
LONGEST_S = 600.0  # of tests that pass
FOUND, MISSED, BROKEN = "found", "NOT FOUND", "broken entry"


class Setting(NamedTuple):
    """A file of tests, and whether the kernels under them are compiled."""

    file: str
    jit: bool


@dataclass(frozen=True)
class Fault:
    """One slip, and the tests that should notice it."""

    name: str  # list and place in it
    file: str  # from the root of the tree
    find: str
    replace: str
    tests: tuple[str, ...]
    why: str
    jit: bool = False

    @property
    def settings(self) -> list[Setting]:
        """Where its tests stand."""
        return [Setting(file, self.jit) for file in dict.fromkeys(map(_file_of, self.tests))]

    def planted(self, text: str) -> str:
        """
        Text of the file with the slip in it.

        Raises
        ------
        ValueError
            Where there is not exactly one place for it, or no Python comes of it.
        """
        n_places = text.count(self.find)
        if n_places != 1:
            raise ValueError(f"its text stands {n_places} times in {self.file}")
        if self.find == self.replace:
            raise ValueError("it changes nothing")
        changed = text.replace(self.find, self.replace)
        try:
            ast.parse(changed)
        except SyntaxError as error:
            raise ValueError(f"no Python comes of it: {error}") from None
        return changed


@dataclass(frozen=True)
class Run:
    """What pytest said of some tests."""

    code: int | None  # None: it did not end in time
    seconds: float
    tail: str

    @property
    def passed(self) -> bool:
        """Whether all of them passed."""
        return self.code == 0


def read_faults(paths: Sequence[Path]) -> list[Fault]:
    """Read lists, refusing an entry with other keys than it should have."""
    faults = []
    for path in paths:
        for place, entry in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1):
            if set(entry) - {"jit"} != KEYS:
                raise SystemExit(f"{path}, entry {place}: its keys are {sorted(entry)}")
            values: dict[str, Any] = entry | {"tests": tuple(entry["tests"])}
            faults.append(Fault(name=f"{path.stem} {place}", **values))
    return faults


class Copy:
    """A copy of the tree in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "tree"
        for name in COPIED:
            source, target = ROOT / name, self.root / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, target)
        # Byte code that is checked by content: two changes within a second may have one length.
        compileall.compile_dir(
            self.root / "src", quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH
        )
        origin = self.python("-c", "import wattport; print(wattport.__file__)").tail
        if not Path(origin).is_relative_to(self.root):
            raise SystemExit(f"the tests would run {origin}, not the copy in {self.root}")

    def test(self, tests: Iterable[str], jit: bool, longest_s: float = LONGEST_S) -> Run:
        """Run some tests until the first that fails."""
        plain = [] if jit else ["-p", "plain_records"]
        return self.python(
            "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *plain, *tests,
            jit=jit, longest_s=longest_s,
        )  # fmt: skip

    def test_with(self, fault: Fault, longest_s: float) -> Run:
        """Run the tests of a fault with the fault, then take it out again."""
        path = self.root / fault.file
        sound, at = path.read_text(encoding="utf-8"), path.stat()
        path.write_text(fault.planted(sound), encoding="utf-8")
        try:
            return self.test(fault.tests, fault.jit, longest_s)
        finally:
            path.write_text(sound, encoding="utf-8")
            os.utime(path, ns=(at.st_atime_ns, at.st_mtime_ns))

    @property
    def compiled(self) -> str:
        """Name of a folder for compiled code, by the content of all that is compiled."""
        texts = (path.read_bytes() for path in sorted((self.root / "src").rglob("*.py")))
        kernels = (text for text in texts if b"njit" in text or b"compiled import" in text)
        return sha256(b"".join(kernels)).hexdigest()[:16]

    def python(self, *arguments: str, jit: bool = False, longest_s: float = LONGEST_S) -> Run:
        """Run Python on the copy; it writes no byte code unless that is its task."""
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(self.root / "src"), str(self.root / "tools")]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "NUMBA_DISABLE_JIT": "0" if jit else "1",
            # One for all copies: an entry is known by content and written whole or not at all.
            "NUMBA_CACHE_DIR": str(self.root.parents[1] / self.compiled),
            "WATTPORT_VALIDATION_ROWS": str(self.root.parent / "rows"),
            "NO_COLOR": "1",
        }
        environment.pop("WATTPORT_REFERENCE_DATA", None)
        begin = time.monotonic()
        try:
            done = subprocess.run(
                [sys.executable, *arguments], cwd=self.root, env=environment, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=longest_s,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Run(None, time.monotonic() - begin, "")
        return Run(done.returncode, time.monotonic() - begin, done.stdout.strip())


def tests_by_file(faults: Iterable[Fault]) -> dict[Setting, dict[str, None]]:
    """Tests of all faults, each once: they need to pass but once without any fault."""
    asked: dict[Setting, dict[str, None]] = {}
    for fault in faults:
        for test in fault.tests:
            asked.setdefault(Setting(_file_of(test), fault.jit), {})[test] = None
    return asked


def _file_of(test: str) -> str:
    return test.split("::")[0]


def in_copies(
    work: Callable[[Item, Copy], Result], items: Iterable[Item], copies: SimpleQueue[Copy]
) -> Iterator[tuple[Item, Result]]:
    """Do work on each item in a copy of its own; give items with results, as they end."""

    def one(item: Item) -> tuple[Item, Result]:
        copy = copies.get()
        try:
            return item, work(item, copy)
        finally:
            copies.put(copy)

    with ThreadPoolExecutor(WORKERS) as pool:
        for done in as_completed([pool.submit(one, item) for item in items]):
            yield done.result()


def judge(fault: Fault, sound: dict[Setting, Run], copy: Copy) -> str:
    """Say what became of a fault, given how its tests ran without any."""
    for setting in fault.settings:
        if not sound[setting].passed:
            tail = sound[setting].tail[-2000:]
            return f"{BROKEN}: tests of {setting.file} fail without it\n{tail}"
    usual_s = sum(sound[setting].seconds for setting in fault.settings)
    try:
        run = copy.test_with(fault, longest_s=30.0 + 10.0 * usual_s)
    except ValueError as error:
        return f"{BROKEN}: {error}"
    return MISSED if run.passed else FOUND


def main() -> int:
    """Plant all faults of the lists; 1 if too few are found."""
    faults = read_faults([Path(name) for name in sys.argv[1:]] or sorted(LISTS.glob("*.yaml")))
    begin = time.monotonic()
    said: dict[Fault, str] = {}
    with tempfile.TemporaryDirectory(prefix="wattport-faults-") as folder:
        copies: SimpleQueue[Copy] = SimpleQueue()
        for worker in range(WORKERS):
            copies.put(Copy(Path(folder) / str(worker)))
        asked = tests_by_file(faults)
        sound: dict[Setting, Run] = {}
        for at, run in in_copies(lambda at, copy: copy.test(asked[at], at.jit), asked, copies):
            sound[at] = run
            print(f"sound: {at.file}: {run.seconds:.0f} s", flush=True)
        for fault, verdict in in_copies(
            lambda fault, copy: judge(fault, sound, copy), faults, copies
        ):
            said[fault] = verdict
            print(f"{fault.name}: {verdict}: {fault.why}", flush=True)
    return summary(said, time.monotonic() - begin)


def summary(said: dict[Fault, str], seconds: float) -> int:
    """Tell what was missed, and how many of each list were found."""
    missed = [fault for fault, verdict in said.items() if verdict != FOUND]
    for fault in sorted(missed, key=lambda fault: fault.name):
        print(f"\n{fault.name}: {said[fault].splitlines()[0]}: {fault.why}\n  {fault.file}\n"
              f"- {fault.find}\n+ {fault.replace}")  # fmt: skip
    lists = Counter(fault.name.split()[0] for fault in said)
    n_missed = Counter(fault.name.split()[0] for fault in missed)
    print()
    for name, n in lists.items():
        print(f"{name:>12}  {n - n_missed[name]} of {n}")
    found_frac = 1.0 - len(missed) / max(len(said), 1)
    print(f"{len(said) - len(missed)} of {len(said)} faults found, {100 * found_frac:.1f} %, "
          f"in {seconds / 60.0:.0f} min")  # fmt: skip
    return 0 if found_frac >= LEAST_FOUND_FRAC else 1


if __name__ == "__main__":
    sys.exit(main())
