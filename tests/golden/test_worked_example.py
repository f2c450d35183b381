"""The page worked out by hand agrees with the scenario as played, and with its own sums."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import by_hand
import numpy as np
import pytest
from by_hand import Given
from by_hand_ledger import Books, ledger

from wattport.ledger import settle
from wattport.pipeline.stages import play
from wattport.records import Case, Ledger
from wattport.spec import load

PAGE = Path(__file__).parents[2] / "docs" / "worked_example.md"
TEXT = PAGE.read_text("utf-8")
ROW = re.compile(r"^\| ([^|]+) \| ([-+0-9.e]+) \| ([^|]*) ?\| `([^`]+)` \|$", re.MULTILINE)
ROWS = ROW.findall(TEXT)
STEPS = re.findall(r"^\| ([^|]+) \| [^|`]+ \| ([0-9.]+) \|$", TEXT, re.MULTILINE)
YEAR = re.compile(r"^\| (20\d\d) \| ([0-9.]+) \| ([0-9.]+) \| ([0-9.]+) \| ([0-9.]+) \|$", re.M)
# The page rounds the loss curve of the UPS and a COP, and counts pairs of modules but not three at
# once; chance scatters what random hours add up to.
ROUNDED, PAIRS, RANDOM, EXACT = 2e-4, 2e-3, 1e-3, 2e-5

# A sum in the text: numbers, signs and units up to the equals sign, then its result.
UNITS = {
    "MW", "kW", "kW/MW", "MWh", "MVA", "MVA²", "kV", "A²", "Ω/km", "km", "K", "h", "t", "M", "EUR",
    "EUR/h", "EUR/MW", "h)", "kV)²", "pairs", "people", "GPU-hours", "days",
}  # fmt: skip
PART = re.compile(r"[(]*[0-9][0-9,]*(\.[0-9]+)?(e-?[0-9]+)?(\^−?[0-9.]+)?[²)]*²?|[×/+−]")


def last_digit(written: str) -> float:
    """One unit of the last digit that is written; whole numbers without an exponent are exact."""
    mantissa, _, exponent = written.partition("e")
    if not exponent and "." not in mantissa:
        return 1e-6
    decimals = len(mantissa.partition(".")[2])
    return float(10.0 ** (int(exponent or 0) - decimals))


def by_year(
    ledger: Ledger, items: tuple[str, ...], flows: np.ndarray, draw: int = 0
) -> dict[str, dict[int, float]]:
    years = ledger.year.tolist()
    return {
        item: dict(zip(years, flows[draw, :, k].tolist(), strict=True))
        for k, item in enumerate(items)
    }


def tables_of(books: Ledger, draw: int = 0) -> dict[str, dict[str, dict[int, float]]]:
    """What the ledger lists by item and year."""
    return {
        "capex": by_year(books, books.capex_item, books.capex_eur, draw),
        "opex": by_year(books, books.opex_item, books.opex_eur, draw),
        "carbon": by_year(books, books.carbon_scope, books.carbon_t, draw),
        "jobs": by_year(books, books.job_group, books.jobs_fte, draw),
    }


# The page's euros are those of one figure per MW, and of modules bought at a price.
EXAMPLE = ("finance.capex_basis=per_mw", "plants.modules.module_price_meur=1.7")


@pytest.fixture(scope="module")
def case() -> Case:
    return play("small_20mw", *EXAMPLE, draws=1, seed=0)


@pytest.fixture(scope="module")
def names(case: Case) -> dict[str, Any]:
    books = case.ledger
    return {
        "design": case.design,
        "check": {item.code: item.value[0] for item in case.design.checks},
        "production": case.production,
        "programme": case.programme,
        "operation": case.operation,
        "ledger": books,
        "sum": sum,
        **tables_of(books),
    }


def given_of(case: Case, draw: int = 0) -> Given:
    played = case.operation
    return Given(
        year=played.year.tolist(),
        grid_mwh=played.grid_mwh[draw].tolist(),
        it_mwh=played.it_mwh[draw].tolist(),
        energy_eur=played.energy_cost_eur[draw].tolist(),
        carbon_t=played.carbon_t[draw].tolist(),
        gpu_hours_held=played.gpu_hours_held[draw].tolist(),
        gpu_hours_sold=played.gpu_hours_sold[draw].tolist(),
        gpu_hours_useful=played.gpu_hours_useful[draw].tolist(),
        inference_gpu_hours=played.inference_gpu_hours[draw].tolist(),
        n_output_tokens=played.n_output_tokens[draw].tolist(),
        water_m3=played.water_m3[draw].tolist(),
        enclosure_done_day=case.production.enclosure_done_day[draw].tolist(),
    )


@pytest.fixture(scope="module")
def given(case: Case) -> Given:
    return given_of(case)


@pytest.fixture(scope="module")
def books(case: Case, given: Given) -> Books:
    return ledger(case.spec, given)


@pytest.fixture(scope="module")
def hand(case: Case, given: Given, books: Books) -> dict[str, tuple[float, float]]:
    """What each row comes to from the scenario's numbers, and how near the record must be."""
    spec = case.spec
    parts = (
        (by_hand.design(spec), ROUNDED), (by_hand.make(spec, given), EXACT),
        (by_hand.build(spec), EXACT), (by_hand.run(spec), RANDOM), (books.rows, EXACT),
    )  # fmt: skip
    rows = {name: (value, near) for part, near in parts for name, value in part.items()}
    seldom = "chance that a hall lacks power"
    return rows | {seldom: (rows[seldom][0], PAIRS)}


def evaluated(expression: str, names: dict[str, Any]) -> float:
    return float(eval(expression, {"__builtins__": {}}, names))


def test_the_page_has_its_rows() -> None:
    assert len(ROWS) >= 65
    assert len(STEPS) == 10
    assert len({row[0] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_by_hand_equals_computed(row: tuple[str, ...], names: dict[str, Any]) -> None:
    _, written, _, expression = row
    assert abs(evaluated(expression, names) - float(written)) <= last_digit(written)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_by_hand_again_from_the_scenario(
    row: tuple[str, ...], names: dict[str, Any], hand: dict[str, tuple[float, float]]
) -> None:
    name, written, _, expression = row
    worked_out, near = hand[name]
    assert abs(worked_out - float(written)) <= last_digit(written)
    assert evaluated(expression, names) == pytest.approx(worked_out, rel=near, abs=1e-9)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step[0])
def test_steps_of_the_hall(step: tuple[str, str], hand: dict[str, tuple[float, float]]) -> None:
    name, written = step
    allowed = last_digit(written) if "." in written else 0.5
    assert abs(hand[name][0] - float(written)) <= allowed


def flows_of(books: Books) -> dict[str, dict[str, dict[int, float]]]:
    return {
        "capex": books.capital.flows,
        "opex": books.opex,
        "carbon": books.carbon,
        "jobs": books.people,
    }


@pytest.mark.parametrize("kind", ["capex", "opex", "carbon", "jobs"])
def test_every_item_of_every_year(kind: str, names: dict[str, Any], books: Books) -> None:
    computed, worked_out = names[kind], flows_of(books)[kind]
    assert set(computed) == set(worked_out)
    for item, years in worked_out.items():
        assert computed[item] == pytest.approx(years, rel=EXACT, abs=1e-6), item


def test_the_years_of_the_page(books: Books, case: Case) -> None:
    rows = YEAR.findall(TEXT)
    assert [int(row[0]) for row in rows] == case.ledger.year.tolist()
    for year, *written in rows:
        y = int(year)
        worked_out = (
            sum(flow[y] for flow in books.capital.flows.values()) / 1e6,
            sum(flow[y] for flow in books.opex.values()) / 1e6,
            books.revenue[y] / 1e6 * 1.2 / 5.0,
            1.08 ** -(y - 2026 + 0.5),
        )
        for text, value in zip(written, worked_out, strict=True):
            assert abs(float(text) - value) <= last_digit(text), (year, text, value)


def sums_of(text: str) -> list[tuple[str, str]]:
    """Each sum of the text and its result: what stands before and after an equals sign."""
    found = []
    for before, after in itertools.pairwise(text.split(" = ")):
        parts: list[str] = []
        for word in reversed(before.split()):
            if word not in UNITS and not PART.fullmatch(word):
                break
            parts.insert(0, word)
        result = re.match(r"−?[0-9][0-9,]*(\.[0-9]+)?(e-?[0-9]+)?", after)
        if result and re.search(r"[×/+−^]", " ".join(parts)):
            found.append((" ".join(parts), result[0]))
    return found


def worth_of(written: str) -> float:
    """What a sum of the text comes to, its units left out."""
    # A bracket that closes behind a unit stays.
    words = (word[word.find(")") :] * (")" in word) if word in UNITS else word
             for word in written.split())  # fmt: skip
    plain = " ".join(words)
    for sign, python in ((",", ""), ("×", "*"), ("−", "-"), ("²", "**2"), ("^", "**")):
        plain = plain.replace(sign, python)
    return float(eval(plain.strip("*/+ "), {"__builtins__": {}}))


SUMS = sums_of(TEXT)


def test_the_text_has_its_sums() -> None:
    # Fewer means that a sum was written in a way that is not seen.
    assert len(SUMS) >= 75
    assert TEXT.count(" = ") - len(SUMS) <= 7, "sums with letters in them are not looked at"


@pytest.mark.parametrize("found", SUMS, ids=lambda found: found[0])
def test_sums_of_the_text_are_right(found: tuple[str, str]) -> None:
    written, result = found
    worked_out, told = worth_of(written), worth_of(result)
    # A result may be in kW, millions or per cent where its terms are in MW or plain.
    scales = (1.0, 1e3, 1e-3, 1e-6, 1e2)
    allowed = last_digit(result.replace(",", "")) if "." in result else 0.5
    assert min(abs(worked_out * scale - told) for scale in scales) <= allowed


# --- the same sums with other numbers: what is one, nothing or far in the example ------------

OTHERWISE = {
    "racks that tenants pay for": ("finance.it_fit_out_frac=0.4",),
    "no racks of ours": ("finance.it_fit_out_frac=0",),
    "short lives": ("finance.it_life_years=2", "finance.facility_life_years=4"),
    "modules dearer than all electrical work": ("plants.modules.module_price_meur=12",),
    "more staff than the benchmark": ("finance.om_staff_fte_per_mw=10",),
    "free capital": ("finance.discount_rate_frac=0",),
    "older money": ("finance.price_year=2023", "finance.discount_rate_frac=0.2"),
    "a weak dollar": ("finance.usd_per_eur=1.6", "finance.gpu_hour_price_usd=3"),
    "no network": ("finance.network_storage_frac=0",),
    "another tariff": (
        "finance.energy.network_eur_per_mwh=21", "finance.energy.excise_eur_per_mwh=0.5",
    ),
    "another building": (
        "finance.facility_capex_meur_per_mw=9",
        "finance.facility_split={electrical_frac: 0.3, mechanical_frac: 0.3, shell_frac: 0.1, "
        "civil_frac: 0.2, other_frac: 0.1}",
        "finance.embodied_facility_t_per_mw=500", "finance.embodied_rack_t=70",
    ),
    "other wages": ("finance.labour_eur_per_h=60", "finance.hours_per_fte_year=1500"),
}  # fmt: skip


def hold(settled: Ledger, worked_out: Books, draw: int = 0) -> None:
    """Every flow of every year and every total, settled and by hand."""
    computed = tables_of(settled, draw)
    for kind, items in flows_of(worked_out).items():
        for item, years in items.items():
            assert computed[kind][item] == pytest.approx(years, rel=EXACT, abs=1e-6), item
    for name, value in {
        "facility": settled.facility_capex_eur / 1e6,
        "racks, first fit-out": settled.it_capex_eur / 1e6,
        "the two plants": settled.plants_capex_eur / 1e6,
        "full stack": settled.full_stack_eur / 1e6,
        "net present cost": settled.net_present_cost_eur / 1e6,
        "net present value": settled.net_present_value_eur / 1e6,
        "a GPU-hour sold": settled.gpu_hour_sold_cost_eur,
        "a useful GPU-hour": settled.gpu_hour_cost_eur,
        "a GPU-hour held": settled.gpu_hour_held_cost_eur,
        "a million tokens": settled.token_cost_eur_per_million,
        "a MWh of IT, without racks": settled.it_energy_cost_eur_per_mwh,
        "a year of the whole campus": settled.annual_cost_eur / 1e6,
        "permanent": settled.permanent_jobs_fte,
        "busiest": settled.busiest_jobs_fte,
    }.items():
        expected = worked_out.rows[name]
        assert value[draw] == pytest.approx(expected, rel=EXACT, nan_ok=True), name
    years = settled.year.tolist()
    revenue = dict(zip(years, settled.revenue_eur[draw].tolist(), strict=True))
    assert revenue == pytest.approx(worked_out.revenue, rel=EXACT, abs=1e-6)
    spent = (sum(flow[y] for flow in (*worked_out.capital.flows.values(),
             *worked_out.opex.values())) for y in years)  # fmt: skip
    cash = [out - revenue[y] for y, out in zip(years, spent, strict=True)]
    assert settled.cash_flow_eur[draw].tolist() == pytest.approx(cash, rel=EXACT, abs=10.0)


@pytest.mark.parametrize("overrides", OTHERWISE.values(), ids=OTHERWISE)
def test_with_other_numbers(overrides: tuple[str, ...], case: Case, given: Given) -> None:
    """The ledger of the same campus and years, settled and worked out with other prices."""
    spec = load("small_20mw", *EXAMPLE, *overrides).draw(1, seed=0)
    settled = settle(spec, case.design, case.production, case.programme, case.operation)
    hold(settled, ledger(spec, given))


UNCERTAIN = (
    "finance.facility_capex_meur_per_mw={value: 12, low: 8, high: 17}",
    "finance.discount_rate_frac={value: 0.08, low: 0.03, high: 0.14}",
    "finance.it_fit_out_frac={value: 0.6, low: 0.3, high: 0.9}",
    "finance.usd_per_eur={value: 1.2, low: 0.9, high: 1.5}",
    "finance.om_staff_fte_per_mw={value: 2, low: 0.2, high: 6}",
    "plants.modules.module_price_meur={value: 5, low: 1, high: 20}",
    "finance.energy.excise_eur_per_mwh={value: 10, low: 1, high: 30}",
)


def test_in_every_draw() -> None:
    """Each draw is a campus of its own, with its own prices and its own weather."""
    case = play("small_20mw", *EXAMPLE, *UNCERTAIN, draws=4, seed=3)
    for draw in range(4):
        spec = case.spec.slice(draw, draw + 1)
        hold(case.ledger, ledger(spec, given_of(case, draw)), draw)


def test_plants_that_open_late() -> None:
    """Weeks are calendar weeks: ten of them are seventy days for the money and for the people."""
    late = [f"plants.{plant}.opening_delay_weeks=10" for plant in ("enclosures", "modules")]
    case = play("small_20mw", *EXAMPLE, *late, draws=1, seed=0)
    given = given_of(case)
    assert min(given.enclosure_done_day) == pytest.approx(396.4375 + 70.0)
    expected = by_hand.make(case.spec, given)
    for plant, name in enumerate(("first enclosure", "first module")):
        assert case.production.first_unit_day[0, plant] == pytest.approx(expected[name])
    hold(case.ledger, ledger(case.spec, given))
