"""The page of codes says what the code says."""

from __future__ import annotations

from pathlib import Path

from wattport.errors import EXPLANATIONS, Code
from wattport.spec.checks import COMMON_RULES, RULES

PAGE = Path(__file__).parents[3] / "docs" / "errors.md"


def test_every_code_stands_on_its_page_with_its_meaning() -> None:
    lines = PAGE.read_text("utf-8").splitlines()
    for code in Code:
        assert f"| `{code}` | {EXPLANATIONS[code]} |" in lines


def test_every_rule_stands_on_its_page() -> None:
    lines = PAGE.read_text("utf-8").splitlines()
    for rule in (*COMMON_RULES, *RULES):
        assert f"| {rule.sentence} | `{rule.code}` | {rule.severity} |" in lines
