"""XML that is no schedule but a bomb: refused by the parser itself, in every encoding it knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattport.errors import WattportError
from wattport.schedule.exchange import markup, read_plan
from wattport.schedule.exchange.markup import Element, parsed
from wattport.schedule.exchange.notes import Notes
from wattport.user_file import SCHEDULE

LAUGHS = (
    "<!DOCTYPE Project [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 12))
    + "]>"
)
ONE_WORD = "<!DOCTYPE Project [<!ENTITY a 'ha'>]>"
DOCTYPES = {
    "laughs": (LAUGHS, "&a11;"),
    "one word": (ONE_WORD, "&a;"),
    "parameter": ("<!DOCTYPE Project [<!ENTITY % p 'x'> %p;]>", ""),
    "a file": ("<!DOCTYPE Project [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>", "&f;"),
    "elsewhere": ("<!DOCTYPE Project SYSTEM 'http://example.org/project.dtd'>", ""),
    "defaults": ("<!DOCTYPE Project [<!ATTLIST Project a CDATA 'x'>]>", ""),
    # Behind more blanks than any look at the first bytes would read.
    "late": ("<!-- " + "x" * 100_000 + " -->" + ONE_WORD, "&a;"),
}
# Names for the declaration, and how Python writes them with the mark of their byte order.
ENCODINGS = {
    "utf-8": "utf-8", "UTF-8 ": "utf-8-sig", "utf-16": "utf-16", "iso-8859-1": "latin-1",
    "windows-1252": "cp1252", "us-ascii": "ascii", "koi8-r": "koi8-r",
}  # fmt: skip


def document(doctype: str, text: str, encoding: str) -> bytes:
    head = f'<?xml version="1.0" encoding="{encoding.strip()}"?>'
    body = f"{head}{doctype}<Project><Name>{text}</Name></Project>"
    return body.encode(ENCODINGS[encoding])


def read(raw: bytes) -> tuple[Element | None, list[str]]:
    notes = Notes("a.xml")
    root = parsed(raw, notes)
    return root, [finding.message for finding in notes.errors]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kind", DOCTYPES)
def test_a_document_type_is_refused_in_every_encoding(kind: str, encoding: str) -> None:
    assert read(document(*DOCTYPES[kind], encoding)) == (
        None, ["a document type is not accepted"]
    )  # fmt: skip


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_and_in_either_byte_order(order: str) -> None:
    text = f"\ufeff<?xml version='1.0'?>{LAUGHS}<Project>&a11;</Project>"
    assert read(text.encode(order)) == (None, ["a document type is not accepted"])


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_without_one_each_encoding_is_read(encoding: str) -> None:
    root, faults = read(document("<!-- no <!DOCTYPE here -->", "hall 1", encoding))
    assert not faults
    assert root is not None
    assert root.value("Name") == "hall 1"


@pytest.mark.parametrize("name", ["utf-32", "utf-7", "cp037", "gbk", "hex", "punycode", "none"])
def test_an_encoding_that_is_not_read_is_told(name: str) -> None:
    for text in (ONE_WORD, ""):
        raw = f'<?xml version="1.0" encoding="{name}"?>{text}<Project>&#97;</Project>'.encode()
        root, faults = read(raw)
        assert root is None
        assert len(faults) == 1
    try:
        raw = f"<?xml version='1.0' encoding='{name}'?>{LAUGHS}<Project/>".encode(name)
    except LookupError:
        return
    assert read(raw)[0] is None


def test_the_door_refuses_the_cases_at_hand(reference_data: Path) -> None:
    cases = reference_data.parent / "cases" / "schedules"
    if not cases.is_dir():
        pytest.skip("no folder of cases beside the reference data")
    with pytest.raises(WattportError, match="a document type is not accepted"):
        read_plan(cases / "r1_laughs_utf-16.xml")
    assert read_plan(cases / "r15_note_20000_lines.xml").plan.n_activities == 2


def test_a_note_of_many_lines_is_joined_once() -> None:
    # Joined line by line this took minutes: each line copied all before it.
    line = "what was said at the meeting &amp; what was not\n"
    root, faults = read(f"<Project><Notes>{line * 400_000}</Notes></Project>".encode())
    assert not faults
    assert root is not None
    assert len(root.raw("Notes")) == 400_000 * len(line.replace("&amp;", "&"))


@pytest.mark.parametrize("piece", ["<b/>x", "<!--c-->x", "<?p i?>x", "<![CDATA[x]]>", "&#120;"])
def test_text_in_many_pieces_is_joined_once(piece: str) -> None:
    root, faults = read(f"<Project><Notes>{piece * 100_000}</Notes></Project>".encode())
    assert not faults
    assert root is not None
    assert root.raw("Notes") == "x" * 100_000


NAMES = st.sampled_from(["Task", "Name", "p:UID", "Notes"])
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"))


@st.composite
def markups(draw: st.DrawFn, depth: int = 3) -> str:
    name = draw(NAMES)
    parts = [escape(draw(TEXTS))]
    for _ in range(draw(st.integers(0, 3)) if depth else 0):
        parts += [draw(markups(depth=depth - 1)), escape(draw(TEXTS))]
    return f'<{name} xmlns:p="urn:p">{"".join(parts)}</{name}>'


@given(markups(), st.sampled_from(["utf-8", "utf-16"]))
def test_the_tree_is_that_of_the_standard_library(text: str, encoding: str) -> None:
    raw = text.encode(encoding)

    def shape(element: ElementTree.Element) -> tuple[object, ...]:
        words = (element.text or "") + "".join(child.tail or "" for child in element)
        return element.tag.rpartition("}")[2], words, [shape(child) for child in element]

    def ours(element: Element) -> tuple[object, ...]:
        return element.tag, element.text, [ours(child) for child in element.children]

    root, faults = read(raw)
    assert not faults
    assert root is not None
    assert ours(root) == shape(ElementTree.fromstring(raw))


def test_elements_are_counted_and_so_is_their_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(b"<a>" * 100_000)[1] == ["elements stand more than 64 deep in each other"]
    monkeypatch.setattr(markup, "SCHEDULE", replace(SCHEDULE, most_items=1000))
    assert read(b"<a>" + b"<b/>" * 999 + b"</a>")[1] == []
    assert read(b"<a>" + b"<b/>" * 1000 + b"</a>")[1] == ["the file has more than 1000 elements"]
