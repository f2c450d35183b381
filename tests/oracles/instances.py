"""Read the published instances from the folder of reference data."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from wattport.factory.planning.balance import Tasks

Jobs = list[list[list[tuple[int, int]]]]


def scholl_lines(folder: Path) -> list[tuple[str, Tasks, int, int]]:
    """Name, tasks, cycle and published optimum of each line whose file is there."""
    rows: dict[str, list[tuple[int, int]]] = {}
    with (folder / "scholl_salbp1_optima.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["m_star"].isdigit():  # an open one would be an interval
                rows.setdefault(row["graph"].lower(), []).append(
                    (int(row["c"]), int(row["m_star"]))
                )
    lines = []
    for path in sorted(folder.glob("*.IN2")):
        name = re.sub(r"\d+$", "", path.stem).lower()
        # The first line of the format, the number of tasks, is missing in these copies.
        words = path.read_text("utf-8").split()
        pairs = [tuple(int(n) for n in w.split(",")) for w in words if "," in w]
        tasks = Tasks(
            tuple(int(w) for w in words if "," not in w),
            tuple((a - 1, b - 1) for a, b in pairs if a > 0),
        )
        graph = next(key for key in rows if key.startswith(name[:6]))
        lines += [(path.stem, tasks, cycle, optimum) for cycle, optimum in rows[graph]]
    return lines


def otto_lines(folder: Path) -> list[tuple[str, Tasks, int, int | None]]:
    """Name, tasks, cycle and published optimum, where there is one, of each line."""
    optima: dict[str, int] = {}
    for path in folder.glob("otto_*_optima.csv"):
        with path.open(encoding="utf-8") as stream:
            rows = [row for row in csv.DictReader(stream) if row["m_opt"].isdigit()]
        optima |= {row["instance"]: int(row["m_opt"]) for row in rows}
    lines = []
    for path in sorted(folder.glob("*.alb")):
        parts = re.split(r"<([^>]*)>", path.read_text("utf-8"))
        section = {name: body.split() for name, body in zip(parts[1::2], parts[2::2], strict=True)}
        pairs = [word.split(",") for word in section["precedence relations"]]
        tasks = Tasks(
            tuple(int(word) for word in section["task times"][1::2]),
            tuple((int(a) - 1, int(b) - 1) for a, b in pairs),
        )
        cycle = int(section["cycle time"][0])
        lines.append((path.stem, tasks, cycle, optima.get(path.stem)))
    return lines


def job_shop(path: Path) -> Jobs:
    """Read one job shop: a line of (machine, time) pairs for each job."""
    rows = [[int(w) for w in line.split()] for line in path.read_text("utf-8").splitlines() if line]
    return [[[(m, t)] for m, t in zip(row[::2], row[1::2], strict=True)] for row in rows[1:] if row]


def flexible_shop(path: Path) -> Jobs:
    """Read one flexible job shop: operations with their number of options; machines from 1."""
    rows = [[int(w) for w in line.split()] for line in path.read_text("utf-8").splitlines()[1:]]
    jobs = []
    for row in rows:
        if not row:
            continue
        job, at = [], 1
        for _ in range(row[0]):
            n = row[at]
            job.append([(row[at + 1 + 2 * k] - 1, row[at + 2 + 2 * k]) for k in range(n)])
            at += 1 + 2 * n
        jobs.append(job)
    return jobs
