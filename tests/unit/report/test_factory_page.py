"""The page of a factory file: its sections, its numbers, and names that try to break out."""

from __future__ import annotations

import copy

import pytest
from small_works import WORKS

from wattport.factory import FactoryAnswer, simulate_factory
from wattport.factory.planning.factory_plan import FactoryPlan, plan_factory, with_plan
from wattport.factory.planning.order_plan import OrderPlan, plan_orders
from wattport.report.charts.intervals import IntervalRow, Intervals
from wattport.report.charts.levers import Lever, LeverPoint, Levers
from wattport.report.page import html
from wattport.report.pages.factory import page_of
from wattport.spec import load_factory
from wattport.spec.factory.factory import Factory

HOSTILE = "</script><script>alert('x')</script>\"><img src=x>"
Played = tuple[Factory, FactoryAnswer, FactoryPlan, OrderPlan | None]


@pytest.fixture(scope="module")
def played() -> Played:
    given = copy.deepcopy(WORKS) | {"title": HOSTILE}
    given["plants"][0]["name"] = HOSTILE
    plan = plan_factory(load_factory(given), 150.0, draws=4)
    factory = with_plan(load_factory(given), plan)
    return factory, simulate_factory(factory, draws=4), plan, plan_orders(factory, 4)


def test_answer_alone_has_no_plan(played: Played) -> None:
    factory, answer, _, _ = played
    page = page_of(factory, answer)
    assert [section.key for section in page.sections][:2] == ["made", "limits"]
    assert page.subtitle == "Factory"


def test_plan_release_curves_and_states_stand_in_the_page(played: Played) -> None:
    page = page_of(*played)
    keys = [section.key for section in page.sections]
    assert keys[:5] == ["plan", "curves", "made", "limits", "release"]
    text = html(page)
    for said in ("Rate against each lever", "Throughput against need and upper bound", "Staff of",
                 "What the stations do with their time", "Lower bound of the cost", "Relieved by",
                 "What if", "First release"):  # fmt: skip
        assert said in text
    assert "<img src=x" not in text
    assert "<script>alert" not in text
    assert text == html(page_of(*played))
    assert len(text) < 400_000


def test_charts_draw_a_single_draw_and_a_factory_that_stands_still() -> None:
    nan = float("nan")
    rows = (IntervalRow("one draw", 12.0, nan, nan), IntervalRow("loss", -3.0, -5.0, -1.0))
    chart = Intervals("Rates", "", rows, "1/year", "units")
    assert chart.table().rows[0][2] == "one draw"
    stuck = LeverPoint(1.0, 0.0, 0.0, 0.0, 1.0, False, "stands still in 50 % of the draws")
    plan = LeverPoint(2.0, 9.0, nan, nan, 2.0, True)
    levers = Levers("Curves", "", (Lever("bays", (stuck, plan)),), 8.0, "1/year", "M EUR")
    assert levers.table().rows[0][1].endswith("of the draws)")
    for width in (344, 880):
        assert "stands still" in levers.svg(width)
        assert "nan" not in levers.svg(width) + chart.svg(width)
