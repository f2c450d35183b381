"""``wattport make``: a rate in, a plan out, and words for what it cannot do."""

from __future__ import annotations

import json

import pytest

from wattport.cli import main
from wattport.cli.rate import rate_per_year
from wattport.errors import WattportError


def leave(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert isinstance(left.value.code, int)
    return left.value.code


def test_plans_a_shipped_plant(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("make", "dunkerque", "--plant", "enclosures", "--rate", "10/month", "--draws", "8")
    assert leave(*words, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    plan = told["plan"]
    assert plan["wanted_per_year"] == 120.0
    assert plan["rate_per_year"]["low"] >= 120.0
    assert plan["status"] == "feasible"
    assert plan["rate_p90_per_year"] <= plan["rate_p50_per_year"] <= plan["rate_p10_per_year"]
    assert [station["station"] for station in plan["stations"]][-1] == "test"
    assert sum(row["n_units"] for row in told["release"]["rows"]) == 750
    assert leave(*words) == 0
    said = capsys.readouterr().out
    assert said.startswith("plan for 120 a year")
    assert "painting" in said


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--plant", "moduls", "--rate", "300"), 2, "one of enclosures, modules"),
        (("--rate", "often"), 2, "write it as 300/year"),
        (("--rate", "9000/year"), 3, "n_bays_most of Power-module plant (35)"),
        (("--rate", "300", "--draws", "0"), 2, "at least one draw"),
    ],
)
def test_says_what_it_cannot_do(
    words: tuple[str, ...], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave("make", "dunkerque", *words) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "rate"),
    [
        ("300/year", 300.0),
        ("25 / month", 300.0),
        ("300", 300.0),
        ("2/days", 730.5),
        ("7/week", 365.25),
    ],
)
def test_reads_rates(words: str, rate: float) -> None:
    assert rate_per_year(words) == rate


@pytest.mark.parametrize("words", ["", "0/year", "-3", "1..2", "3/century", "1e9", "nan"])
def test_refuses_what_is_no_rate(words: str) -> None:
    with pytest.raises(WattportError, match="not a rate"):
        rate_per_year(words)
