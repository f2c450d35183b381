"""What Wattport writes for other programs: no name becomes a formula, a tag, a script or a row."""

from __future__ import annotations

import ast
import csv
import io
import json
import math
from datetime import datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattport.calendar.work_calendar import office_calendar
from wattport.cli import main
from wattport.cli.factory import _csv
from wattport.legible import csv_text
from wattport.report.drawing import Table
from wattport.report.page import Line, Listing, Page, Prose, Section, Series, html
from wattport.schedule.exchange import mspdi_bytes, xer_bytes
from wattport.schedule.exchange.mspdi import read_mspdi
from wattport.schedule.exchange.xer import read_xer
from wattport.schedule.plan import Plan, PlanLink, WbsNode, activity

SOURCES = Path(__file__).parents[2] / "src" / "wattport"
FORMULAS = ("=1+1", '=HYPERLINK("http://e.org","x")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)",
            "\t=1", "\r=1", "\n=1", " =1", "\uff1d1", "-", "--3", "=-3.2", "+a")  # fmt: skip
TAGS = ("</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<!--", "]]>",
        "</title><b>", "'; alert(1); '", "{{ 7 * 7 }}", "{% for %}", "</svg><script>x</script>",
        "&lt;b&gt;", "</textarea>", "<![CDATA[<b>]]>")  # fmt: skip


# --- CSV -------------------------------------------------------------------------------------


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(formula: str) -> None:
    header, row = cells(csv_text([formula, "b"], [{formula: formula, "b": f"a{formula}"}]))
    shown = formula.replace("\r", " ")
    assert header[0] == row[0] == f"'{shown}"
    assert row[1] == f"a{shown}"


@pytest.mark.parametrize("number", ["-3.2", "+4", "-.5", "-1e-9", "1.5E+3", -3.2, -7, 0.0, None])
def test_numbers_stay_numbers(number: object) -> None:
    _, row = cells(csv_text(["a", "b"], [{"a": number, "b": 1}]))
    assert row[0] == ("" if number is None else str(number))


@given(st.lists(st.tuples(st.text(), st.floats(allow_nan=False)), min_size=1))
def test_a_table_reads_back(rows: list[tuple[str, float]]) -> None:
    text = csv_text(["name", "value"], [{"name": n, "value": v} for n, v in rows])
    for (name, value), (shown, number) in zip(rows, cells(text)[1:], strict=True):
        assert shown.removeprefix("'" if name[:1] != "'" else "") == name.replace("\r", " ")
        assert float(number) == value
        stripped = shown.lstrip("\t\r\n ")
        is_number = shown and stripped == shown and shown[-1:].isdigit()
        assert stripped[:1] not in tuple("=+-@") or is_number or not stripped


def test_there_is_one_writer_of_csv() -> None:
    writers = set()
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "csv.writer", "csv.DictWriter", "writer", "DictWriter"
            ):  # fmt: skip
                writers.add(path.name)
    assert writers == {"legible.py"}


def hostile_plan(names: tuple[str, ...]) -> Plan:
    activities = tuple(activity(f"A{i}{name}", 8.0, name=name) for i, name in enumerate(names))
    links = tuple(PlanLink(a.id, b.id) for a, b in pairwise(activities))
    return Plan(
        names[0], datetime(2026, 1, 5, 8), "Standard", (office_calendar(),), activities, links,
        wbs=(WbsNode("1", names[-1]),),
    )  # fmt: skip


def test_tables_of_a_schedule_hold_no_formula(tmp_path: Path) -> None:
    plan = tmp_path / "a.xml"
    plan.write_bytes(mspdi_bytes(hostile_plan(tuple(f for f in FORMULAS if f.isprintable())))[0])
    with pytest.raises(SystemExit) as left:
        main(["risk", str(plan), "--draws", "10", "--out", str(tmp_path / "out")])
    assert left.value.code == 0
    tables = sorted((tmp_path / "out").glob("*.csv"))
    assert len(tables) >= 4
    n_escaped = 0
    for table in tables:
        for row in cells(table.read_text("utf-8")):
            for cell in row:
                n_escaped += cell.startswith("'")
                if cell[:1] in tuple("=+-@"):
                    assert math.isfinite(float(cell)), cell
    assert n_escaped >= len(FORMULAS) - 3


def test_tables_of_a_factory_hold_no_formula() -> None:
    from wattport.factory.measure import Estimate
    from wattport.factory.relief import Gain

    estimate = Estimate(-1.5, -2.0, -1.0)
    gain = Gain("station", "=cmd", estimate, estimate, 0.0)
    header, row = cells(_csv([gain]))
    assert row[header.index("name")] == "'=cmd"
    assert row[header.index("rate_per_year_mean")] == "-1.5"
    assert _csv([]) == "\n"


# --- pages -----------------------------------------------------------------------------------


class Elements(HTMLParser):
    """Counts elements, and collects what scripts hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "src"]

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "script":
            self.scripts.append(data)


def report(name: str) -> str:
    table = Table((name, name), ((name, name),))
    hours = np.arange(5.0)
    series = Series(name, name, hours, "hour", (Line(name, hours, hours, hours),), name, table)
    blocks = (series, Listing(table, name, name, (), True, True), Prose((name,)))
    return html(Page(name, name, ((name, name),), (name,), (Section("a", name, name, blocks),)))


@pytest.mark.parametrize("tag", TAGS)
def test_a_name_adds_no_element_to_a_page(tag: str) -> None:
    plain, hostile = Elements(report("hall 1")), Elements(report(tag))
    assert hostile.tags == plain.tags
    assert hostile.handlers == plain.handlers == []
    (data,) = (text for text in hostile.scripts if text.startswith('{"axis"'))
    assert json.loads(data)["lines"][0]["name"] == tag


def test_a_schedule_of_tags_is_a_page_of_words(tmp_path: Path) -> None:
    pages = []
    for names in (tuple(f"hall {i}" for i in range(len(TAGS))), TAGS):
        plan = tmp_path / "a.xml"
        plan.write_bytes(mspdi_bytes(hostile_plan(names))[0])
        with pytest.raises(SystemExit):
            main(["risk", str(plan), "--draws", "10", "--out", str(tmp_path / "out")])
        pages.append(Elements((tmp_path / "out" / "report.html").read_text("utf-8")))
    assert pages[0].tags.count("script") == pages[1].tags.count("script")
    assert pages[1].handlers == []
    assert not {"img", "b", "textarea"} & set(pages[1].tags)


# --- files of planning tools -----------------------------------------------------------------


@settings(max_examples=25)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_names_leave_their_elements_and_rows_in_no_schedule(names: list[str]) -> None:
    plan = hostile_plan((*names, *TAGS, "\t\n%T\tTASK", "a\r\n%E\r\n", "\x00\x1b\x85"))
    n = plan.n_activities
    xml, _ = mspdi_bytes(plan)
    assert sum(e.tag.endswith("}Task") for e in ElementTree.fromstring(xml).iter()) == n + 1
    assert read_mspdi(xml, "f").plan.n_activities == n
    xer, _ = xer_bytes(plan)
    assert read_xer(xer, "f").plan.n_activities == n
    text = xer.decode("utf-8" if xer.startswith(b"\xef\xbb\xbf") else "latin-1")
    assert not set(text) & set(map(chr, [*range(9), *range(11, 32), 127]))
