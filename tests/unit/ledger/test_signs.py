"""Dearer is dearer: which way each price moves each sum, and which sums it leaves alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from wattport.records import Case, Ledger

Again = Callable[..., Ledger]

TOTALS = (
    "facility_capex_eur", "it_capex_eur", "plants_capex_eur", "full_stack_eur",
    "net_present_cost_eur", "net_present_value_eur", "gpu_hour_cost_eur",
    "token_cost_eur_per_million", "it_energy_cost_eur_per_mwh", "annual_cost_eur",
)  # fmt: skip
EVERY_COST = {
    "net_present_cost_eur": 1, "net_present_value_eur": -1, "gpu_hour_cost_eur": 1,
    "token_cost_eur_per_million": 1, "it_energy_cost_eur_per_mwh": 1, "annual_cost_eur": 1,
}  # fmt: skip
ALL_BUT_BUILDING = {k: v for k, v in EVERY_COST.items() if k != "it_energy_cost_eur_per_mwh"}
ALL_BUT_YEARLY = {k: v for k, v in EVERY_COST.items() if k != "annual_cost_eur"}

# An input that rises by half, and what rises (1), falls (-1) or stays (all that is not named).
RISES = {
    "finance.facility_capex_meur_per_mw=18": EVERY_COST
    | {"facility_capex_eur": 1, "full_stack_eur": 1},
    "finance.network_storage_frac=0.15": ALL_BUT_BUILDING
    | {"it_capex_eur": 1, "full_stack_eur": 1},
    "plants.modules.capex_meur=7.5": ALL_BUT_YEARLY | {"plants_capex_eur": 1, "full_stack_eur": 1},
    # Under a figure per MW the modules are inside it.
    "plants.modules.module_price_meur=2.55": {},
    "finance.om_staff_fte_per_mw=0.75": EVERY_COST,
    "finance.contracted_staff_fte_per_mw=0.75": EVERY_COST,
    "finance.labour_eur_per_h=67.5": EVERY_COST,
    "finance.hours_per_fte_year=2400": EVERY_COST,
    "finance.maintenance_eur_per_mw_year=375000": EVERY_COST,
    "finance.energy.network_eur_per_mwh=6": EVERY_COST,
    "finance.energy.excise_eur_per_mwh=15": EVERY_COST,
    "finance.water_eur_per_m3=3": {},  # dry coolers
    "finance.gpu_hour_price_usd=7.5": {"net_present_value_eur": 1},
    # Racks are bought for dollars and GPU-hours sold for them.
    "finance.usd_per_eur=1.8": {k: -1 for k in ALL_BUT_BUILDING}
    | {"it_capex_eur": -1, "full_stack_eur": -1},
    # What lives longer is worth more at the end and repaid over more years.
    "finance.facility_life_years=22.5": {k: -v for k, v in EVERY_COST.items()},
    "finance.plant_life_years=30": {k: -v for k, v in ALL_BUT_YEARLY.items()},
    "finance.it_life_years=7.5": {k: -v for k, v in ALL_BUT_BUILDING.items()},
    "finance.embodied_facility_t_per_mw=1350": {},
    "finance.embodied_rack_t=165": {},
}  # fmt: skip


@pytest.mark.parametrize("override", RISES)
def test_a_price_that_rises(override: str, small: Case, again: Again) -> None:
    settled, expected = again(override), RISES[override]
    for name in TOTALS:
        before, after = float(getattr(small.ledger, name)[0]), float(getattr(settled, name)[0])
        moved = 0 if after == pytest.approx(before, rel=1e-12) else np.sign(after - before)
        assert moved == expected.get(name, 0), name


def test_money_later_is_worth_less(again: Again) -> None:
    """At a higher rate what comes later counts less: revenue more than the early capital."""
    low, high = (again(f"finance.discount_rate_frac={rate}") for rate in (0.02, 0.12))
    assert high.net_present_cost_eur < low.net_present_cost_eur
    assert high.gpu_hour_cost_eur > low.gpu_hour_cost_eur
    assert high.annual_cost_eur > low.annual_cost_eur
    # A price year two years later makes every worth (1 + r)**2 of what it was, and no unit cost.
    early, late = (again(f"finance.price_year={year}") for year in (2024, 2026))
    factor = 1.08**2
    assert late.net_present_cost_eur == pytest.approx(early.net_present_cost_eur * factor)
    assert late.net_present_value_eur == pytest.approx(early.net_present_value_eur * factor)
    assert late.gpu_hour_cost_eur == pytest.approx(early.gpu_hour_cost_eur)


def test_at_its_own_cost_a_gpu_hour_earns_exactly_what_it_costs(small: Case, again: Again) -> None:
    """The levelised cost is the price at which the net present value is nothing."""
    cost_usd = float(small.ledger.gpu_hour_sold_cost_eur[0]) * 1.2
    ledger = again(f"finance.gpu_hour_price_usd={cost_usd!r}")
    assert float(ledger.net_present_value_eur[0]) == pytest.approx(0.0, abs=1.0)
    dearer = again(f"finance.gpu_hour_price_usd={1.01 * cost_usd!r}")
    assert float(dearer.net_present_value_eur[0]) > 0.0


def test_carbon_and_euros_of_what_is_built_go_together(small: Case, again: Again) -> None:
    ledger = small.ledger
    scope = {name: ledger.carbon_t[0, :, k] for k, name in enumerate(ledger.carbon_scope)}
    it = sum(ledger.capex_eur[0, :, k] for k, item in enumerate(ledger.capex_item) if "IT" in item)
    building = ledger.capex_eur[0, :, : ledger.capex_item.index("IT first fit-out")].sum(axis=1)
    for name, money in (("embodied IT", it), ("embodied facility", building)):
        np.testing.assert_allclose(scope[name] / scope[name].sum(), money / money.sum())
    more = again("finance.embodied_facility_t_per_mw=1350", "finance.embodied_rack_t=220")
    ratio = more.carbon_t[0].sum(axis=0) / ledger.carbon_t[0].sum(axis=0)
    assert ratio.tolist() == pytest.approx([1.0, 1.5, 2.0])


@pytest.mark.parametrize(
    ("low", "high", "funded"),
    [(0.6, 0.8, (0.7e9 - 240e6 - 8e6) / 737e6), (0.1, 0.2, 0.0), (0.985, 0.985, 1.0)],
)
def test_racks_that_an_announced_sum_would_fund(
    low: float, high: float, funded: float, again: Again
) -> None:
    """What is left of the middle of the range after building and plants, over all racks."""
    ledger = again(f"announced.envelope_low_beur={low}", f"announced.envelope_high_beur={high}")
    assert ledger.funded_rack_frac[0] == pytest.approx(funded)
    assert ledger.announced_low_eur == pytest.approx(low * 1e9)
    assert ledger.announced_high_eur == pytest.approx(high * 1e9)
    # Both sums are asked for in the table of dates and sums, which is about the facility.
    sums = ledger.joint_sum_eur.tolist()
    for euros in (low * 1e9, high * 1e9):
        share = ledger.joint_frac[-1, sums.index(pytest.approx(euros))]
        assert share == (1.0 if euros >= 240e6 else 0.0)
