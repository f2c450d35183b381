"""The bill of materials of the campus of two halls, priced by hand, and its levers."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.design import size
from wattport.ledger import settle
from wattport.ledger.facility import ON_TOP, TRADES, facility, module_price_eur
from wattport.pipeline.stages import play
from wattport.records import Case
from wattport.spec import Spec, load

EUR = 1.0 / 1.2  # of a dollar, in the scenario
# The enclosure's parts and hours, then the module's. Hours are paid ones; nothing fails its test.
STEEL, KIT, WAGE = 90e3, 260e3 + 2 * 210e3, 45.0


@pytest.fixture(scope="module")
def case() -> Case:
    return play("small_20mw", draws=1)


def priced(case: Case, *overrides: str) -> dict[str, float]:
    """Lines of the facility with the same plants, priced again."""
    spec = load("small_20mw", *overrides).draw(1)
    found = facility(spec, size(spec), case.production)
    return dict(zip(found.line, found.line_eur[0].tolist(), strict=True))


def module_by_hand(spec: Spec) -> float:
    enclosures, modules = spec.plants.enclosures, spec.plants.modules
    wages = [
        float(plant.labour_h_per_unit[0])
        * (1.0 + float(np.mean(plant.n_indirect_staff)) / float(np.mean(plant.n_direct_staff)))
        * WAGE
        for plant in (enclosures, modules)
    ]
    return (STEEL + KIT + 1.3 * sum(wages)) * 1.15


def test_a_module_costs_its_parts_wages_overhead_and_margin(case: Case) -> None:
    assert module_price_eur(case.spec, case.production)[0] == pytest.approx(
        module_by_hand(case.spec)
    )
    sold = load("small_20mw", "plants.modules.module_price_meur=1.7").draw(1)
    assert module_price_eur(sold, case.production)[0] == 1.7e6


def test_failed_tests_are_paid_for(case: Case) -> None:
    """Half pass: each unit is on average tested once more by two, for 28 h and 10 h of rework."""
    test = ["plants.modules.test.first_pass_yield_frac=0.5", "plants.modules.test.rework_h=10"]
    spec = load("small_20mw", *test).draw(1)
    more = module_price_eur(spec, case.production)[0] - module_by_hand(spec)
    again_h = 1.0 * (10.0 + 28.0) * 2 / 0.8 * (1.0 + 4.0 / 20.0)
    assert more == pytest.approx(again_h * WAGE * 1.3 * 1.15)


def test_each_line_by_hand(case: Case) -> None:
    module = module_by_hand(case.spec)
    liquid, air = 9.9 + 0.099 + 0.0792, 0.4357  # MW of a hall, see the worked example
    dollars = {
        "Grid connection": 24 * 500e3,
        "HV switchgear bay": 4 * 5.7e6,
        "HV/MV transformer": 2 * 25 * 40e3,
        "MV feeder": 6 * 0.4 * 230e3,
        "Power module": 10 * module / EUR,
        "Battery minutes beyond the kit": 0.0,
        "Setting and connecting": 25 * 60e3,
        "LV busway": 25 * 180e3,
        "Dry cooler": 16 * 2.0 * 380e3,
        "Trim chiller": 4 * 1.5 * 156e3,
        "Air-side chiller": 2 * 1.5 * 156e3,
        "CDU": 12 * 2.0 * 400e3,
        "Water loops": 2 * (liquid + air) * 390e3,
        "Hall air handling": 2 * air * 1e6,
        "Land": 20 * 150e3,
        "Site works and utilities": 20 * 650 * 1080,
        "Building shell": 20 * 650 * 2900,
        "Fit-out, fire, security": 20 * 650 * 3080,
        "Controls and monitoring": 20 * 100e3,
    }
    found = priced(case)
    assert list(found) == [*dollars, *ON_TOP]
    for line, usd in dollars.items():
        assert found[line] == pytest.approx(usd * EUR, rel=2e-3), line
    bought = sum(found[line] for line in dollars)
    assert found["Contractor"] == pytest.approx(0.15 * bought)
    assert found["Owner"] == pytest.approx(0.10 * 1.15 * bought)
    assert found["Insurance"] == pytest.approx(0.01 * 1.15 * bought)
    assert found["Contingency"] == pytest.approx(0.08 * 1.15 * bought)
    assert float(case.ledger.facility_capex_eur[0]) == pytest.approx(sum(found.values()))
    assert case.ledger.facility_line == tuple(found)


def test_topologies_cost_what_they_build(case: Case) -> None:
    """Eight, ten and sixteen modules; twice as many cost twice as much, as does their busway."""
    lines = {name: priced(case, f"campus.modules.topology={name}") for name in ("n", "n+1", "2n")}
    module = module_by_hand(case.spec)
    for name, count in (("n", 8), ("n+1", 10), ("2n", 16)):
        assert lines[name]["Power module"] == pytest.approx(count * module)
        assert lines[name]["LV busway"] == pytest.approx(count * 2.5 * 180e3 * EUR)
    totals = [sum(lines[name].values()) for name in ("n", "n+1", "2n")]
    assert totals == sorted(totals)
    assert len(set(totals)) == 3


def test_minutes_and_rating_beyond_the_kit(case: Case) -> None:
    longer = priced(case, "campus.modules.autonomy_min=8")
    assert longer["Battery minutes beyond the kit"] == pytest.approx(10 * 2500 * 3 / 60 * 700 * EUR)
    shorter = priced(case, "campus.modules.autonomy_min=2")
    assert shorter["Battery minutes beyond the kit"] == pytest.approx(
        -longer["Battery minutes beyond the kit"]
    )
    # Two modules of 5 MW and one for the block, for each hall, at twice the price of one of 2.5.
    large = priced(case, "campus.modules.rating_mw=5")
    assert large["Power module"] == pytest.approx(6 * 2 * module_by_hand(case.spec))


def test_the_market_moves_all_but_the_modules_and_the_place_moves_works(case: Case) -> None:
    base = priced(case)
    dear = priced(case, "finance.on_top.market_level_frac=1.5")
    far = priced(case, "finance.on_top.location_frac=2")
    works = {"Land", "Site works and utilities", "Building shell", "Fit-out, fire, security"}
    for line, eur in base.items():
        if line in ON_TOP:
            continue
        level = 1.0 if line == "Power module" else 1.5
        assert dear[line] == pytest.approx(level * eur), line
        assert far[line] == pytest.approx((2.0 if line in works else 1.0) * eur), line


def test_a_dollar_price_follows_the_rate(case: Case) -> None:
    base, weak = priced(case), priced(case, "finance.usd_per_eur=2.4")
    for line, eur in base.items():
        if line not in (*ON_TOP, "Power module"):
            assert weak[line] == pytest.approx(0.5 * eur), line


def test_pads_and_the_sea_are_paid_for(case: Case) -> None:
    wet = priced(case, "campus.cooling.is_adiabatic=true")
    assert wet["Adiabatic pads"] == pytest.approx(16 * 2.0 * 45e3 * EUR)
    sea = priced(case, "site.sea.is_used=true")
    assert sea["Sea water intake"] == pytest.approx(2 * 10.078 * 250e3 * EUR, rel=1e-3)


def test_building_prices_rise_to_the_middle_of_the_works(case: Case) -> None:
    """Middles on day 759 and 871, the price year's on day 181: 1.1 to the power of the years."""
    spec = load("small_20mw", "finance.on_top.escalation_frac_per_year=0.1").draw(1)
    ledger = settle(spec, case.design, case.production, case.programme, case.operation)
    rise = sum(0.5 * 1.1 ** ((day - 181.0) / 365.25) for day in (759.0, 871.0))
    assert ledger.facility_capex_eur[0] == pytest.approx(
        rise * case.ledger.facility_capex_eur[0], rel=1e-4
    )
    np.testing.assert_array_equal(ledger.facility_line_eur, case.ledger.facility_line_eur)


def test_the_connection_is_paid_in_the_two_years_before_its_tranche(case: Case) -> None:
    """12 of 24 MW from 1 July 2028: a quarter of the connection in the half of 2026 after July."""
    ledger = case.ledger
    column = ledger.capex_eur[0, :, ledger.capex_item.index("grid connection")]
    by_year = dict(zip(ledger.year.tolist(), column.tolist(), strict=True))
    whole = 24 * 500e3 * EUR
    assert sum(by_year.values()) == pytest.approx(whole)
    assert by_year[2026] == pytest.approx(0.5 * whole * 183.0 / 730.0, rel=0.01)
    assert by_year[2029] == 0.0


def test_trades_add_up_and_a_figure_per_megawatt_knows_no_bill(case: Case) -> None:
    spec = load("small_20mw").draw(3, seed=2)
    many = play("small_20mw", draws=3, seed=2)
    found = facility(spec, many.design, many.production)
    np.testing.assert_allclose(found.by_trade_eur.sum(axis=1), found.line_eur.sum(axis=1))
    per_mw = load("small_20mw", "finance.capex_basis=per_mw", "campus.modules.topology=2n").draw(1)
    flat = facility(per_mw, size(per_mw), case.production)
    assert flat.line == TRADES
    assert flat.line_eur.sum() == pytest.approx(240e6)


def test_lives_shorter_than_the_years_are_paid_again(case: Case) -> None:
    """A shorter life never makes a GPU-hour cheaper, and none costs the same as another."""
    cost = []
    for years in (3, 5, 15, 30):
        spec = load("small_20mw", f"finance.facility_life_years={years}").draw(1)
        ledger = settle(spec, case.design, case.production, case.programme, case.operation)
        cost.append(float(ledger.gpu_hour_cost_eur[0]))
    assert cost == sorted(cost, reverse=True)
    assert len(set(cost)) == 4


def test_racks_are_paid_when_they_are_delivered(case: Case) -> None:
    """A year in store costs the interest of a year on them."""
    import dataclasses

    early = dataclasses.replace(
        case.programme, rack_store_days=np.full_like(case.programme.ready_day, 366.0)
    )
    ledger = settle(case.spec, case.design, case.production, early, case.operation)
    item = ledger.capex_item.index("IT first fit-out")
    np.testing.assert_allclose(ledger.capex_eur[0, 1:-1, item], case.ledger.capex_eur[0, 2:, item])
    dearer = ledger.net_present_cost_eur[0] - case.ledger.net_present_cost_eur[0]
    factor = 1.08 ** -(case.ledger.year - 2026 + 0.5)
    paid = (case.ledger.capex_eur[0, :, item] * factor).sum()
    assert dearer == pytest.approx(0.08 * paid, rel=1e-6)
