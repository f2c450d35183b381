"""
Write docs/limits.md from the sections of the files: every number with its limits.

    python tools/limits_page.py > docs/limits.md

`make docs` runs it; a test holds the page to the code.
"""

from __future__ import annotations

import sys
from datetime import date
from itertools import groupby

from wattport.schedule.risk_register import RiskRegister
from wattport.spec.campus.spec import Spec
from wattport.spec.factory.factory import Factory
from wattport.spec.limits import End, Limit, limits

OPENING = """\
# Limits

Every number has limits that engineering knows. One outside them is a slip of the pen - a wrong
unit, a digit too many - and is a finding with its line (`SPEC022`, exit code 2). So is the tail of
a distribution that reaches beyond them (`SPEC035`). A plan of numbers inside them that cannot work
all the same is a result with its reason (exit code 3).

This page is written by `make docs` from the code (`wattport.spec.reading.quantity`), which also
checks the files. The last column tells what lies at the ends.

Whatever the limits of its numbers, a plan is countable: a list has a thousand items at most, a
campus 1,000 halls and 10,000 modules, a plant 2,000 bays (`SPEC107`).
"""
FILES = (("Scenario", Spec), ("Factory file", Factory), ("Risks of a schedule", RiskRegister))


def page() -> str:
    """Give the whole page."""
    parts = [OPENING]
    for title, model in FILES:
        parts.append(f"## {title}\n")
        rows = {_merged(row.path): row for row in limits(model)}
        for section, paths in groupby(rows, key=lambda path: path.split(".")[0].split("[")[0]):
            parts.append(f"### {section}\n")
            lines = ["| number | least | most | unit | from, to |", "|---|---|---|---|---|"]
            lines += [_line(path, rows[path]) for path in paths]
            parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _merged(path: str) -> str:
    """Both plants of a scenario are one."""
    return path.replace("plants.enclosures.", "plants.*.").replace("plants.modules.", "plants.*.")


def _line(path: str, row: Limit) -> str:
    return f"| `{path}` | {_end(row.least)} | {_end(row.most)} | {row.unit} | {row.why} |"


def _end(value: End) -> str:
    if value is None or isinstance(value, date):
        return "" if value is None else value.isoformat()
    return f"{value:,.0f}" if value == round(value) else f"{value:g}"


if __name__ == "__main__":
    sys.stdout.write(page())
