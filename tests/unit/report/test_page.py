"""The file: off line, small, safe against its own content, whole or not at all."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from wattport.errors import WattportError
from wattport.records import Case
from wattport.report import compose, page, render
from wattport.report.page import Listing, html

BUDGET_BYTES = 1_500_000
FETCHING = {"src", "href", "srcset", "action", "poster", "data", "xlink:href", "background"}


class Elements(HTMLParser):
    """Start tags with their attributes, scripts with their text, and what a reader reads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self.in_script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "script":
            self.scripts.append("")
            self.in_script = True

    def handle_endtag(self, tag: str) -> None:
        self.in_script = self.in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        if self.in_script:
            self.scripts[-1] += data
        else:
            self.words.append(data)


@pytest.fixture(scope="module")
def text(case: Case) -> str:
    return html(compose(case))


def test_the_report_stays_within_its_size(text: str) -> None:
    assert len(text.encode()) < BUDGET_BYTES


def test_nothing_is_fetched(text: str) -> None:
    for tag, attributes in Elements(text).tags:
        for name in attributes.keys() & FETCHING:
            assert attributes[name].startswith("#"), (tag, name, attributes[name])
    css = "".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
    assert "@import" not in css
    assert "url(" not in css
    assert not {"link", "img", "iframe", "object", "embed", "base"} & {
        tag for tag, _ in Elements(text).tags
    }


def test_the_policy_allows_the_two_shipped_scripts_and_no_address(text: str) -> None:
    elements = Elements(text)
    policy = next(a["content"] for _, a in elements.tags if "http-equiv" in a)
    running = [
        script
        for script, (_, attributes) in zip(
            elements.scripts, [t for t in elements.tags if t[0] == "script"], strict=True
        )
        if attributes.get("type") != "application/json"
    ]
    hashes = [
        "'sha256-" + base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() + "'"
        for s in running
    ]
    assert len(running) == 2
    assert f"script-src {' '.join(hashes)};" in policy
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy


def test_sections_come_in_reading_order(case: Case) -> None:
    assert [section.key for section in compose(case).sections] == [
        "headline", "programme", "certainty", "plants", "money", "operation", "compute",
        "drivers", "footprint", "design", "findings", "sources", "validation", "manifest",
    ]  # fmt: skip


def test_consistency_is_not_counted_as_validation(case: Case) -> None:
    section = next(one for one in compose(case).sections if one.key == "validation")
    assert "1 comparisons are within" in section.lede
    assert "1 checks of consistency" in section.lede
    titles = [block.title for block in section.blocks if isinstance(block, Listing)]
    assert titles == ["Held: make", "Consistent: design"]
    missed = dataclasses.replace(case.validation[0], reached=0.2, note="missed")
    other = dataclasses.replace(case, validation=(missed, case.validation[1]))
    section = next(one for one in compose(other).sections if one.key == "validation")
    assert "0 comparisons are within" in section.lede
    assert "1 are not" in section.lede
    assert section.blocks[0].title == "Missed"  # type: ignore[union-attr]


def test_hostile_names_stay_text(text: str, hostile_case: Case) -> None:
    ordinary, hostile = Elements(text), Elements(html(compose(hostile_case)))
    assert len(hostile.scripts) == len(ordinary.scripts)
    assert "img" not in {tag for tag, _ in hostile.tags}
    assert "onerror" not in {name for _, attributes in hostile.tags for name in attributes}
    assert "</script><script>alert" in "".join(hostile.words)


@pytest.mark.parametrize("last", ["design", "production", "programme", "operation", "ledger"])
def test_a_case_stopped_early_leaves_its_sections_out(case: Case, last: str) -> None:
    stages = ["design", "production", "programme", "operation", "ledger"]
    later = stages[stages.index(last) + 1 :]
    stopped = dataclasses.replace(case, **dict.fromkeys(later))
    keys = {section.key for section in compose(stopped).sections}
    assert ("money" in keys) == (last == "ledger")
    assert ("programme" in keys) == (last in stages[2:])
    assert {"headline", "design", "sources", "manifest"} <= keys
    assert html(compose(stopped))


def test_a_case_without_any_stage_still_has_its_sources(case: Case) -> None:
    stages = ("design", "production", "programme", "operation", "ledger")
    bare = dataclasses.replace(case, **dict.fromkeys(stages), validation=())
    keys = [section.key for section in compose(bare).sections]
    assert keys[0] in ("findings", "sources")
    assert keys[-1] == "manifest"


def test_equal_cases_give_equal_bytes_whatever_the_machine_took(case: Case, tmp_path: Path) -> None:
    slower = dataclasses.replace(case, stage_s={"make": 99.0})
    first = render(case, tmp_path / "a.html").read_bytes()
    again = render(slower, tmp_path / "b.html").read_bytes()
    assert first == again


def test_an_interrupted_report_leaves_the_old_one(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = render(dataclasses.replace(case, ledger=None), tmp_path / "report.html")
    before = target.read_bytes()

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            render(case, target)
    assert target.read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]
    render(case, target)
    assert target.read_bytes() != before


@pytest.mark.parametrize("kind", ["letter", "edited", "link"])
def test_a_report_replaces_nothing_but_an_unchanged_report(
    kind: str, case: Case, tmp_path: Path
) -> None:
    target = tmp_path / "report.html"
    if kind == "letter":
        target.write_text("dear")
    elif kind == "edited":
        render(case, target)
        target.write_text(target.read_text("utf-8").replace("</h1>", " (draft)</h1>"), "utf-8")
    else:
        target.symlink_to(render(case, tmp_path / "real.html"))
    before = target.read_bytes()
    with pytest.raises(WattportError, match="OUT002"):
        case.report(target)
    assert target.read_bytes() == before
    assert target.is_symlink() == (kind == "link")


def test_the_vendored_library_keeps_its_licence() -> None:
    licence = Path(page.__file__).parent / "vendor" / "uplot" / "LICENSE"
    assert "MIT License" in licence.read_text()
