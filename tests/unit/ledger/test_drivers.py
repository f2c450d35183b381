"""Which guess matters: known effects are found, with their sign and size."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.design import size
from wattport.ledger.drivers import rank_drivers
from wattport.spec import Spec, load, uncertain_inputs

Z_P90 = 1.2815515655446004
UNCERTAIN = (
    "finance.facility_capex_meur_per_mw={value: 12, low: 8, high: 16}",
    "finance.labour_eur_per_h={value: 45, low: 30, high: 60}",
    "finance.water_eur_per_m3={value: 2, low: 1, high: 3}",
)
CERTAIN = (
    "finance.capex_basis=per_mw", "grid.availability_frac=1", "campus.cooling.availability_frac=1",
)  # fmt: skip
DEAR, WAGE, WATER = (text.split("=")[0] for text in UNCERTAIN)


@pytest.fixture(scope="module")
def spec() -> Spec:
    return load("small_20mw", *CERTAIN, *UNCERTAIN).draw(400, seed=1)


@pytest.fixture(scope="module")
def scores(spec: Spec) -> dict[str, np.ndarray]:
    """Normal scores of the inputs, by rank."""
    inputs = uncertain_inputs(spec)
    return {path: (v - v.mean()) / v.std() for path, v in inputs.items()}


def test_effects_have_their_order_sign_and_share(spec: Spec, scores: dict[str, np.ndarray]) -> None:
    result = 100.0 + 4.0 * scores[DEAR] - 2.0 * scores[WAGE]
    drivers, reasons = rank_drivers(spec, {"cost": (result, "EUR")})
    assert not reasons
    assert [driver.path for driver in drivers[:2]] == [DEAR, WAGE]
    assert WATER not in [driver.path for driver in drivers]
    for driver, slope in zip(drivers, (4.0, -2.0), strict=False):
        assert driver.result_at_low == pytest.approx(100.0 - Z_P90 * slope, abs=1.0)
        assert driver.result_at_high == pytest.approx(100.0 + Z_P90 * slope, abs=1.0)
        assert driver.variance_frac == pytest.approx(slope**2 / 20.0, abs=0.1)
        assert np.sign(driver.rank_correlation) == np.sign(slope)
        assert (driver.unit, driver.result) == ("EUR", "cost")


def test_noise_has_no_driver(spec: Spec) -> None:
    noise = np.random.default_rng(5).normal(size=400)
    drivers, reasons = rank_drivers(spec, {"noise": (noise, "1")})
    assert (drivers, reasons) == ((), ())


def test_draws_without_a_value_are_left_out_and_too_few_are_told(
    spec: Spec, scores: dict[str, np.ndarray]
) -> None:
    result = scores[DEAR].copy()
    result[::2] = np.nan
    assert [driver.path for driver in rank_drivers(spec, {"day": (result, "date")})[0]] == [DEAR]
    result[20:] = np.nan  # ten are left; three inputs want twenty more than they are
    drivers, reasons = rank_drivers(spec, {"day": (result, "date")})
    assert drivers == ()
    assert [reason.code for reason in reasons] == ["ACC001"]
    assert "10 draws have a value, 23 are needed" in reasons[0].message


def test_nothing_uncertain_has_no_driver() -> None:
    spec = load("small_20mw", *CERTAIN).draw(1, seed=0)
    assert rank_drivers(spec, {"cost": (np.ones(1), "EUR")}) == ((), ())


def test_a_price_that_no_line_takes_is_no_input() -> None:
    """Without pads or the sea their prices are noise, however well they fit by chance."""
    spec = load("small_20mw").draw(400, seed=1)
    bill = size(spec).bill
    prices = spec.finance.prices
    result = prices.sea_intake_usd_per_mw + prices.cdu_usd_per_mw
    drivers, _ = rank_drivers(spec, {"cost": (result, "EUR")}, bill)
    assert [driver.path for driver in drivers] == ["finance.prices.cdu_usd_per_mw"]
