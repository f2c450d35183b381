"""Read the PSPLIB files, and check a schedule without any code of the package's kernels."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from wattport.equations.precedence import LinkKind, link
from wattport.schedule.rcpsp_project import ResourceProject

Key = tuple[int, int]


def project_of(text: str) -> ResourceProject:
    """
    Read one instance in the single-mode format of ProGen.

    The supersource and the supersink are left out: they take no time and no resource.
    """
    blocks = re.split(r"^\*+$", text, flags=re.MULTILINE)

    def rows(title: str) -> list[list[int]]:
        block = next(b for b in blocks if b.lstrip().startswith(title))
        lines = [line.split() for line in block.splitlines()]
        return [[int(n) for n in line] for line in lines if line and _is_numbers(line)]

    activities = rows("REQUESTS/DURATIONS")[1:-1]
    after = {row[0]: row[3:] for row in rows("PRECEDENCE RELATIONS")}
    n = len(activities)
    return ResourceProject(
        duration=np.array([row[2] for row in activities]),
        links=link(
            *((a - 2, b - 2) for a in range(2, n + 2) for b in after[a] if b < n + 2)
        ),
        demand=np.array([row[3:] for row in activities]),
        capacity=np.array(rows("RESOURCEAVAILABILITIES")[0]),
    )  # fmt: skip


def _is_numbers(words: list[str]) -> bool:
    return all(word.isdigit() for word in words)


def projects(archive: Path) -> Iterator[tuple[Key, ResourceProject]]:
    """Read an archive, in order of parameter group and instance."""
    with tarfile.open(archive) as tar:
        members = {m.name: m for m in tar.getmembers() if m.name.endswith(".sm")}
        digits = len(re.match(r"j(30|60|90|120)", Path(next(iter(members))).name)[1])  # type: ignore[index]
        keyed = sorted((_key(Path(name).stem, digits), name) for name in members)
        for key, name in keyed:
            stream = tar.extractfile(members[name])
            assert stream is not None
            yield key, project_of(stream.read().decode("latin-1"))


def _key(stem: str, digits: int) -> Key:
    group, instance = stem[1 + digits :].split("_")
    return int(group), int(instance)


def makespans(file: Path) -> dict[Key, int]:
    """Read the table of optima (*opt.sm) or of best known makespans (*hrs.sm)."""
    found = re.findall(
        r"^\s*(\d+)\s+(\d+)\s+(\d+)\s", file.read_text("latin-1"), flags=re.MULTILINE
    )
    return {(int(group), int(instance)): int(span) for group, instance, span in found}


def critical_path(project: ResourceProject) -> int:
    """Makespan without resources, one link at a time until nothing moves."""
    start = np.zeros(project.n_activities, dtype=np.int64)
    links, offset = project.links, offsets(project)
    while True:
        bound = start[links.predecessor] + offset
        before = start.copy()
        np.maximum.at(start, links.successor, bound)
        if np.array_equal(start, before):
            return int((start + project.duration).max())


def offsets(project: ResourceProject) -> np.ndarray:
    """From start to start, one link at a time, by the meaning of its kind."""
    links, duration = project.links, project.duration
    found = []
    for a, b, kind, lag in zip(
        links.predecessor, links.successor, links.kind, links.lag_days, strict=True
    ):
        leaves = duration[a] if kind in (LinkKind.FINISH_TO_START, LinkKind.FINISH_TO_FINISH) else 0
        enters = duration[b] if kind in (LinkKind.FINISH_TO_FINISH, LinkKind.START_TO_FINISH) else 0
        found.append(int(leaves + lag - enters))
    return np.array(found, dtype=np.int64)


def assert_feasible(project: ResourceProject, start: np.ndarray, makespan: int) -> None:
    """Check starts, links, the makespan, and every resource in every period."""
    links = project.links
    assert start.shape == project.duration.shape
    assert start.min(initial=0) >= 0
    assert (start[links.successor] >= start[links.predecessor] + offsets(project)).all()
    assert (start + project.duration).max(initial=0) == makespan
    used = np.zeros((makespan, project.capacity.size), dtype=np.int64)
    for j in range(project.n_activities):
        used[start[j] : start[j] + project.duration[j]] += project.demand[j]
    assert (used <= project.capacity).all()
