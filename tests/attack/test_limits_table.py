"""The table of limits says what the code holds to."""

from __future__ import annotations

from pathlib import Path

from wattport import user_file
from wattport.schedule.exchange import notes

PAGE = (Path(__file__).parents[2] / "SECURITY.md").read_text("utf-8")


def row(kind: str) -> str:
    return next(line for line in PAGE.splitlines() if line.startswith(f"| {kind}"))


def test_the_table_of_limits_is_that_of_the_code() -> None:
    for kind, of in {
        "scenario": user_file.SCENARIO, "schedule": user_file.SCHEDULE,
        "weather": user_file.WEATHER, "jobs": user_file.JOBS, "requests": user_file.REQUESTS,
    }.items():  # fmt: skip
        cells = [cell.strip() for cell in row(kind).split("|")]
        assert cells[2] == f"{of.most_bytes / 1e6:.0f} MB"
        assert kind == "weather" or f"{of.most_items:,}" in cells[3]
        assert cells[4] == (str(of.most_deep) if of.most_deep > 1 else "")
        assert ("gzip" in cells[1]) == of.may_be_gzip
    assert user_file.RISKS.most_bytes == user_file.SCENARIO.most_bytes
    assert f"{notes._MOST_DAYS:,} single days" in row("schedule")
    assert f"{user_file.MOST_RATIO} times" in PAGE


def test_nobody_opens_a_users_file_by_another_way() -> None:
    import ast

    sources = Path(user_file.__file__).parent
    # What is shipped with the package, and what is written or was just written by ourselves.
    trusted = {
        "catalog/__init__.py", "catalog/validation.py", "spec/loading.py", "report/page.py",
        "environment/weather_climate.py", "serving/token_power.py", "serving/silicon.py",
    }  # fmt: skip
    readers = set()
    for path in sources.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("read_text", "read_bytes"):
                readers.add(str(path.relative_to(sources)))
    trusted |= {"pipeline/memory.py"}  # files of the system
    # Their files are looked at first: plain, and no larger than they can be.
    trusted |= {"output/file.py", "output/manifest.py", "records/case_file.py"}
    assert readers <= trusted, readers - trusted
