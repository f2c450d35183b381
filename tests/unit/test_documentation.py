"""The examples in README and docs run, and the links in them lead somewhere."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import numpy as np
import pytest

REPO = Path(__file__).parents[2]
PAGES = [REPO / "README.md", REPO / "CONTRIBUTING.md", *sorted((REPO / "docs").rglob("*.md"))]
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def page_id(page: Path) -> str:
    return str(page.relative_to(REPO))


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page.read_text("utf-8")
    # A page reads from top to bottom: its blocks share their names.
    blocks = re.findall(r"^```(?:python|pycon)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    examples = "\n".join(block for block in blocks if ">>>" in block)
    monkeypatch.chdir(tmp_path)
    test = doctest.DocTestParser().get_doctest(examples, {"np": np}, page_id(page), str(page), 0)
    story: list[str] = []
    failed, _ = doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=story.append)
    assert failed == 0, "".join(story)


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text("utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_pages_name_no_path_of_one_machine(page: Path) -> None:
    found = re.findall(r"(?<![\w.])/(?:root|home|tmp|opt|Users)/\S*", page.read_text("utf-8"))
    assert not found


NAMED = re.compile(r"((?:src/wattport|tests|docs|tools|benchmarks)/[\w./-]+\.(?:py|md|csv|yaml))")
SOURCES = sorted((REPO / "src").rglob("*.py"))


@pytest.mark.parametrize("page", [*PAGES, REPO / "src"], ids=page_id)
def test_files_that_are_named_are_there(page: Path) -> None:
    texts = [path.read_text("utf-8") for path in (SOURCES if page.is_dir() else [page])]
    named = {name for text in texts for name in NAMED.findall(text)}
    assert not [name for name in sorted(named) if not (REPO / name).exists()]
