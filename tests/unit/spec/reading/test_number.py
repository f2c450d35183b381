from __future__ import annotations

from typing import Annotated

import numpy as np
import pytest
from pydantic import Field, ValidationError
from scipy import stats

from wattport.spec.reading.number import Limits
from wattport.spec.reading.section import Section, convert, number_fields, numbers, path_text
from wattport.spec.reading.uncertain import TAIL_FRAC, Z90, Z_TAIL, FloatArray, Shape, Uncertain

Number = Annotated[FloatArray, Limits(-1e6, 1e6, "a millionth to a million")]
Positive = Annotated[FloatArray, Limits(1e-6, 1e6, "a millionth to a million")]
Fraction = Annotated[FloatArray, Limits(0.0, 1.0, "a share")]
Count = Annotated[int, Limits(1, 1000, "one to a thousand", is_whole=True)]
Whole = Annotated[int, Limits(0, 1000, "none to a thousand", is_whole=True)]


class Inner(Section):
    loss_frac: Fraction = 0.5
    n_units: Count = 2


class Outer(Section):
    power_mw: Positive
    start_day: Number = 0.0
    spare: Whole = 0
    price_eur: Positive | None = None
    factors: tuple[Positive, ...] = ()
    inner: tuple[Inner, ...] = ()
    by_name_mw: dict[str, Positive] = Field(default_factory=dict)
    plain: float = 1.0


def test_a_number_is_read_bare_as_text_and_as_a_mapping() -> None:
    assert Outer(power_mw=5).power_mw == 5.0
    assert Outer(power_mw="1.7 GW").power_mw == 1700.0
    assert Outer(power_mw={"value": "0.5 GW"}).power_mw == 500.0
    assert Outer(power_mw=1, start_day="2028-12-31").start_day == 1095.0
    read = Outer(power_mw={"value": 5, "low": "4 MW", "high": "0.01 GW", "group": "-g"}).power_mw
    assert read == Uncertain(5.0, 4.0, 10.0, Shape.TRIANGULAR, "-g")


def test_defaults_are_read_too() -> None:
    outer = Outer(power_mw=1)
    assert outer.start_day == 0.0
    assert isinstance(outer.spare, int)


def test_an_array_passes_so_that_sections_can_be_built_in_python() -> None:
    array = np.array([1.0, 2.0])
    assert Outer(power_mw=array).power_mw is array


@pytest.mark.parametrize("wrong", [True, "5", None, [5], {"value": True}, float("nan"), 10**400])
def test_nothing_is_coerced(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Outer(power_mw=wrong)


def test_a_whole_number_may_be_written_as_a_float() -> None:
    assert Outer(power_mw=1, spare=3.0).spare == 3
    assert isinstance(Outer(power_mw=1, spare=1e2).spare, int)


def test_choices_are_sorted_with_their_weights() -> None:
    read = Outer(power_mw={"value": 2, "choices": [3, 1, 2], "weights": [30, 10, 20]}).power_mw
    assert read.choices == (1.0, 2.0, 3.0)
    assert read.weights == (10.0, 20.0, 30.0)
    assert (read.low, read.high) == (1.0, 3.0)


def test_the_walk_finds_all_numbers_and_only_those() -> None:
    outer = Outer(
        power_mw=1, price_eur=2, factors=(3, 4), inner=(Inner(), Inner()), by_name_mw={"a": 5}
    )
    assert number_fields(Outer) == {
        "power_mw", "start_day", "spare", "price_eur", "factors", "by_name_mw"
    }  # fmt: skip
    paths = [path_text(path) for path, _ in numbers(outer)]
    assert paths == [
        "power_mw", "start_day", "spare", "price_eur", "factors[0]", "factors[1]",
        "inner[0].loss_frac", "inner[0].n_units", "inner[1].loss_frac", "inner[1].n_units",
        "by_name_mw.a",
    ]  # fmt: skip


def test_convert_changes_numbers_and_leaves_the_rest() -> None:
    outer = Outer(power_mw=1, factors=(3,), inner=(Inner(),), by_name_mw={"a": 5})
    doubled = convert(outer, lambda path, value: value * 2)
    assert (doubled.power_mw, doubled.factors, doubled.by_name_mw) == (2.0, (6.0,), {"a": 10.0})
    assert doubled.inner[0].loss_frac == 1.0
    assert (doubled.spare, doubled.inner[0].n_units, doubled.plain) == (0, 2, 1.0)
    assert outer.power_mw == 1.0


U = np.linspace(0.001, 0.999, 999)


def test_triangular_against_scipy() -> None:
    oracle = stats.triang(c=0.25, loc=2.0, scale=8.0).ppf(U)
    np.testing.assert_allclose(Uncertain(4.0, 2.0, 10.0).ppf(U), oracle, rtol=1e-12)


@pytest.mark.parametrize("mode", [2.0, 10.0])
def test_triangular_with_its_mode_at_an_end(mode: float) -> None:
    x = Uncertain(mode, 2.0, 10.0).ppf(np.array([0.0, 0.5, 1.0]))
    assert x[0] == 2.0
    assert x[2] == 10.0
    assert np.isfinite(x).all()


def test_pert_against_scipy() -> None:
    oracle = stats.beta(2.0, 4.0, loc=2.0, scale=8.0).ppf(U)
    got = Uncertain(4.0, 2.0, 10.0, Shape.PERT).ppf(U)
    np.testing.assert_allclose(got, oracle, rtol=1e-9)
    assert np.mean(got) == pytest.approx((2.0 + 4 * 4.0 + 10.0) / 6, rel=1e-3)


def test_symmetric_normal_and_lognormal_against_scipy() -> None:
    normal = Uncertain(10.0, 8.0, 12.0, Shape.NORMAL).ppf(U)
    np.testing.assert_allclose(normal, stats.norm(10.0, 2.0 / Z90).ppf(U), rtol=1e-12)
    sigma = np.log(2.0) / Z90
    lognormal = Uncertain(10.0, 5.0, 20.0, Shape.LOGNORMAL).ppf(U)
    np.testing.assert_allclose(lognormal, stats.lognorm(sigma, scale=10.0).ppf(U), rtol=1e-12)


@pytest.mark.parametrize("shape", [Shape.NORMAL, Shape.LOGNORMAL])
def test_uneven_normal_meets_p10_p50_and_p90(shape: Shape) -> None:
    x = Uncertain(10.0, 9.0, 15.0, shape).ppf(np.array([0.1, 0.5, 0.9]))
    np.testing.assert_allclose(x, [9.0, 10.0, 15.0], rtol=1e-12)


def test_tails_are_cut_at_one_in_ten_thousand() -> None:
    assert stats.norm.sf(Z_TAIL) == pytest.approx(TAIL_FRAC, rel=1e-9)
    ends = Uncertain(0.0, -Z90, Z90, Shape.NORMAL).ppf(np.array([0.0, 1.0]))
    np.testing.assert_allclose(ends, [-Z_TAIL, Z_TAIL])


def test_discrete_by_its_weights() -> None:
    x = Uncertain(2.0, 1.0, 3.0, Shape.DISCRETE, None, (1.0, 2.0, 3.0), (1.0, 2.0, 1.0))
    assert x.ppf(np.array([0.0, 0.2, 0.25, 0.26, 0.75, 0.76, 1.0])).tolist() == [
        1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0
    ]  # fmt: skip
