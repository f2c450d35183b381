"""The page worked out by hand agrees with the scenario as played."""

import re
from pathlib import Path

import pytest

from wattport.build import construct
from wattport.design import size
from wattport.make import manufacture
from wattport.run import operate
from wattport.spec import load

PAGE = Path(__file__).parents[2] / "docs" / "worked_example.md"
ROW = re.compile(r"^\| ([^|]+) \| ([-+0-9.e]+) \| ([^|]*) ?\| `([^`]+)` \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE.read_text("utf-8"))


def last_digit(written: str) -> float:
    """One unit of the last digit that is written."""
    mantissa, _, exponent = written.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return float(10.0 ** (int(exponent or 0) - decimals))


@pytest.fixture(scope="module")
def names():
    spec = load("small_20mw").draw(1, seed=0)
    design = size(spec)
    check = {item.code: item.value[0] for item in design.checks}
    programme = construct(spec, design, manufacture(spec, design))
    operation = operate(spec, design, programme)
    return {"design": design, "check": check, "programme": programme, "operation": operation}


def test_the_page_has_its_rows():
    assert len(ROWS) >= 28


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_by_hand_equals_computed(row, names):
    _, written, _, expression = row
    computed = float(eval(expression, {"__builtins__": {}}, names))
    assert abs(computed - float(written)) <= (last_digit(written) if "." in written else 1e-9), (
        computed
    )
