"""Every chart of a full report, and the charts' own corner cases."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

from wattport.records import Case
from wattport.report import compose
from wattport.report.charts import (
    Bars,
    CrewMonths,
    CrewUse,
    Curve,
    Duration,
    Edge,
    Fan,
    Flow,
    FlowStep,
    Gain,
    Gains,
    Gantt,
    GanttRow,
    Heatmap,
    Joint,
    Likelihood,
    Link,
    Mark,
    Relief,
    Reliefs,
    Sankey,
    Scatter,
    Stations,
    StationUse,
    Swing,
    Tornado,
)
from wattport.report.charts.deliveries import Deliveries
from wattport.report.drawing import NARROW_PX, WIDE_PX, Chart
from wattport.report.page import Figure
from wattport.report.svg import pixels, tag
from wattport.report.typeface import text_width

NAN, INF = float("nan"), float("inf")
SVG = "{http://www.w3.org/2000/svg}"
LONG = "A name that somebody made far longer than any chart has room for, twice over"


def corner_cases() -> Iterator[Chart]:
    days = tuple(float(d) for d in range(0, 400, 31))
    gaps = (NAN, NAN, *(float(k) for k in range(len(days) - 3)), NAN)
    yield Fan("Fan with gaps", "d", days, (Curve(LONG, gaps, gaps, gaps),), "MW", "Power")
    dates = tuple(10.0 + k for k in range(21))
    marks = (Mark("by links alone", 5.0), Mark(LONG[:40], 31.0))
    yield Likelihood("Finish", "d", (("as it is", dates), (LONG[:30], dates)), marks)
    yield Likelihood("Certain finish", "d", (("as it is", (10.0,) * 21),))
    yield Scatter("Both", "d", (10.0, 2000.0), (1e6, 3e7), 900.0, 2e6, (0.1, 0.2, 0.3, 0.4), "EUR")
    yield Scatter("One future", "d", (10.0,), (1.0,), 10.0, 1.0, (1.0, 0.0, 0.0, 0.0), "")
    crew = CrewMonths(LONG, 3.0, (1.0, 2.0), (2.0, 3.0), (2.0, 3.0), (4.0, 0.0))
    yield CrewUse("Levels", "d", (0.0, 31.0), (crew,), ("unit", "units"))
    yield Gantt("Days", "d", (GanttRow(LONG, 3.0, 3.0, 9.0, 0.5),), (), "critical", True)
    yield Fan("Flat fan", "d", (0.0, 31.0), (Curve("zero", (0.0, 0.0)),), "MW", "Power")
    yield Bars("One bar", "d", ("2028",), ("x",), ((0.0,),), "EUR", "Capex")
    yield Bars(
        "Gains and gaps", "d", ("a", LONG), ("x", "y"), ((-3.0, NAN), (1.0, 2.0)), "EUR", "Cash",
        (-4.0, NAN), (2.0, NAN),
    )  # fmt: skip
    yield Bars(
        "Many years", "d", tuple(str(y) for y in range(2026, 2056)), ("x",),
        (tuple(1e-3 for _ in range(30)),), "bn EUR", "Capex",
    )  # fmt: skip
    rows = (GanttRow(LONG, NAN, INF, INF), GanttRow("B", 0.0, 10.0, 12.0, 1.0, LONG))
    yield Gantt(
        "Never ready", "d", rows, ((5.0, LONG[:20]), (6.0, "close by"), (INF, "x")), "share"
    )
    yield Gantt("No share", "d", rows[1:])
    yield Heatmap("Blank hours", "d", (((NAN,) * 24),) * 11 + ((1.0,) * 24,), "MW", "Power")
    flat = (5.0, 5.0)
    yield Duration("Flat load", "d", (0.0, 1.0), flat, flat, flat, NAN, "", "MW")
    yield Tornado("Tie", "d", (Swing(LONG, 3.0, 3.0, "guess", 0.0),), 3.0, "EUR", "Cost")
    yield Tornado("New status", "d", (Swing("a", 1.0, 3.0, "rumour", 0.0),), 2.0, "date", "")
    nothing, closed = (0.0,) * 5, ((NAN, 0.0),) * 5
    idle = StationUse(LONG, LONG, nothing, closed, True)
    yield Stations("Idle", "d", (0.0, 90.0, 181.0), (idle,))
    yield Flow("Long names", "d", tuple(FlowStep(LONG, LONG, LONG, (NAN,) * 5) for _ in range(8)))
    relief = Relief(LONG, LONG, "supplier", -0.4, -900.0, 0.0, -3.0, NAN, NAN)
    yield Reliefs("A relief that harms", "d", (relief,))
    yield Reliefs("Nothing gained", "d", (Relief("a", "b", "staff", *(0.0,) * 6),))
    yield Sankey("Two nodes", "d", (Link(LONG, "IT", 1.0),), "MWh")
    yield Gains("A rumoured cause", "d", (Gain(LONG, LONG, -9.0, 4000.0, NAN, INF),), NAN, INF)
    yield Gains("Nothing gained", "d", (Gain("a", "grid", 0.0, 0.0, 1.0, 1.0),), 1.0, 1.0)
    yield CrewUse("Idle crews", "d", (0.0, 31.0), (CrewMonths(LONG, 0.0, (0.0,) * 2, (0.0,) * 2),))
    yield Joint("One pair", "d", (Edge("x", LONG[:9]),), (Edge("y", LONG),), ((1.0,),), "by", "in")
    many = tuple(Edge(f"Sep 20{k}", "wanted" if k == 47 else "") for k in range(40, 48))
    yield Joint("Many dates", "d", many, many, ((0.123,) * 8,) * 8, "by", "within")
    missing = (NAN, NAN, NAN)
    yield Deliveries("Nothing made", "d", missing, missing, missing, missing, "modules")


def of_report(case: Case) -> list[Chart]:
    blocks = [block for section in compose(case).sections for block in section.blocks]
    return [block.chart for block in blocks if isinstance(block, Figure)]


@pytest.fixture(scope="module")
def charts(case: Case, hostile_case: Case) -> list[Chart]:
    return [*of_report(case), *of_report(hostile_case), *corner_cases()]


def drawn(charts: list[Chart]) -> Iterator[tuple[str, ET.Element]]:
    for chart in charts:
        for width in (WIDE_PX, NARROW_PX):
            yield f"{chart.title} at {width}", ET.fromstring(str(chart.svg(width)))


def test_a_full_report_holds_every_kind_of_chart(case: Case) -> None:
    kinds = {type(chart).__name__ for chart in of_report(case)}
    assert kinds == {
        "Fan", "Gantt", "Deliveries", "Stations", "Flow", "Bars", "Heatmap", "Sankey", "Duration",
        "Tornado", "OneLine", "Gains", "CrewUse", "Joint", "Reliefs",
    }  # fmt: skip


def test_each_drawing_is_well_formed_with_title_and_description(charts: list[Chart]) -> None:
    for name, svg in drawn(charts):
        title, description = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
        assert svg.get("role") == "img", name
        assert title is not None, name
        assert title.text, name
        assert description is not None, name
        assert svg.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_no_coordinate_is_missing_or_infinite(charts: list[Chart]) -> None:
    for name, svg in drawn(charts):
        for element in svg.iter():
            for key, value in element.attrib.items():
                if key in ("data-tip", "id"):
                    continue
                assert not re.search(r"\b(nan|inf)\b", value, re.IGNORECASE), (name, key, value)
            if element.tag == f"{SVG}rect":
                assert float(element.get("width", "0")) >= 0, name
                assert float(element.get("height", "0")) >= 0, name


def test_all_text_lies_inside_the_view_box(charts: list[Chart]) -> None:
    for name, svg in drawn(charts):
        _, _, width, height = (float(part) for part in svg.get("viewBox", "").split())
        for element in svg.iter(f"{SVG}text"):
            size = float(element.get("font-size", "0"))
            words = element.text or ""
            long = text_width(words, size, element.get("font-weight") == "bold")
            share = {"start": 0.0, "middle": 0.5, "end": 1.0}[element.get("text-anchor", "start")]
            left = float(element.get("x", "nan")) - share * long
            base = float(element.get("y", "nan"))
            assert left >= -0.5, (name, words)
            assert left + long <= width + 0.5, (name, words, left + long, width)
            assert 0.7 * size <= base <= height, (name, words)


def test_every_mark_lies_inside_the_view_box(charts: list[Chart]) -> None:
    for name, svg in drawn(charts):
        _, _, width, height = (float(part) for part in svg.get("viewBox", "").split())
        patterns = {child for node in svg.iter(f"{SVG}pattern") for child in node.iter()}
        for element in svg.iter(f"{SVG}rect"):
            if element in patterns:
                continue
            x, y, wide, tall = (float(element.get(k, "0")) for k in ("x", "y", "width", "height"))
            assert x >= -0.5, name
            assert x + wide <= width + 1.0, name
            assert y >= -0.5, name
            assert y + tall <= height + 1.0, name


def test_each_table_has_a_cell_for_every_heading(charts: list[Chart]) -> None:
    for chart in charts:
        table = chart.table()
        assert table.rows, chart.title
        assert {len(row) for row in table.rows} == {len(table.header)}, chart.title


def test_pattern_and_word_carry_the_status_where_colour_does_not() -> None:
    swings = tuple(Swing(s, 1.0, 2.0, s, 0.1) for s in ("guess", "published"))
    svg = ET.fromstring(str(Tornado("T", "", swings, 1.5, "EUR", "Cost").svg()))
    fills = [e.get("fill") for e in svg.iter(f"{SVG}rect") if e.get("data-tip")]
    words = {e.text for e in svg.iter(f"{SVG}text")}
    assert len(set(fills)) == 2
    assert {"guess", "published"} <= words
    assert len(list(svg.iter(f"{SVG}pattern"))) == 2


def test_charts_of_one_page_share_no_identifier(case: Case) -> None:
    found = [
        element.get("id")
        for _, svg in drawn(of_report(case))
        for element in svg.iter()
        if element.get("id")
    ]
    assert len(found) == len(set(found))


def test_tag_escapes_and_refuses_missing_numbers() -> None:
    assert "<b>" not in tag("text", "<b>", data_tip='"<b>')
    with pytest.raises(ValueError, match="nan"):
        pixels(NAN)


def test_a_chart_is_the_same_text_each_time(case: Case) -> None:
    first, again = ([str(chart.svg()) for chart in of_report(case)] for _ in range(2))
    assert first == again


def test_sankey_flows_close_at_every_node(case: Case) -> None:
    sankey = next(chart for chart in of_report(case) if isinstance(chart, Sankey))
    into: dict[str, float] = {}
    out: dict[str, float] = {}
    for flow in sankey.link:
        out[flow.source] = out.get(flow.source, 0.0) + flow.value
        into[flow.target] = into.get(flow.target, 0.0) + flow.value
    for name in out.keys() & into.keys():
        assert out[name] == pytest.approx(into[name], rel=1e-9)
