"""Properties of the spec that must hold for whatever a user writes."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattport.legible import steers
from wattport.spec import check, dump, load, spec_hash, uncertain_inputs
from wattport.spec.loading import scenario_text
from wattport.spec.reading.document import read
from wattport.spec.reading.uncertain import Shape, Uncertain
from wattport.units import SUFFIXES, UnitError, parse, unit_of

quick = settings(max_examples=40, deadline=None, derandomize=True)

finite = st.floats(0.01, 1e6, allow_nan=False)


@st.composite
def uncertain(draw: st.DrawFn) -> Uncertain:
    low, value, high = sorted(draw(st.tuples(finite, finite, finite)))
    if not (value - low > 1e-6 * high and high - value > 1e-6 * high):
        low, value, high = value / 2, value, value * 3
    shape = draw(st.sampled_from([s for s in Shape if s is not Shape.DISCRETE]))
    return Uncertain(value, low, high, shape)


@quick
@given(uncertain(), st.lists(st.floats(0.0, 1.0), min_size=2, max_size=50))
def test_quantiles_never_cross(number: Uncertain, u: list[float]) -> None:
    x = number.ppf(np.sort(np.array(u)))
    assert np.isfinite(x).all()
    assert (np.diff(x) >= -1e-12 * np.abs(x[:-1])).all()
    if number.shape in (Shape.TRIANGULAR, Shape.PERT, Shape.UNIFORM):
        assert (x >= number.low * (1 - 1e-12)).all()
        assert (x <= number.high * (1 + 1e-12)).all()


@quick
@given(seed=st.integers(0, 2**63 - 1), n=st.integers(2, 40), more=st.integers(0, 40))
def test_same_seed_same_bytes_whatever_the_number_of_draws(seed: int, n: int, more: int) -> None:
    few = uncertain_inputs(SPEC.draw(n, seed))
    many = uncertain_inputs(SPEC.draw(n + more, seed))
    assert all(few[path].tobytes() == many[path][:n].tobytes() for path in few)


@quick
@given(uncertain(), st.text(max_size=30), st.sampled_from(["guess", "measured"]))
def test_a_dump_loads_back(number: Uncertain, note: str, status: str) -> None:
    values = {
        "value": number.value, "low": number.low, "high": number.high,
        "shape": str(number.shape), "note": note, "status": status,
    }  # fmt: skip
    data = read(scenario_text("dunkerque"), "x").data
    data["site"]["elevation_m"] = values
    data["finance"]["water_eur_per_m3"] = values
    data["title"] = note
    codes = {finding.code for finding in check(data)}
    # An elevation no site has, a tail below zero, a letter that steers what shows it.
    assert codes <= {"SPEC022", "SPEC035"} | ({"SPEC005"} if steers(note) else set())
    if codes:
        return
    spec = load(data)
    document = read(dump(spec), "x")
    assert not document.findings
    again = load(document.data)
    assert spec_hash(again) == spec_hash(spec)
    assert again.title == note


plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
nested = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
PLACES = (
    "grid", "grid.connection_mw", "grid.tranches", "programme.start", "name",
    "plants.modules.stations", "campus.capacity_basis", "uncertainty",
)  # fmt: skip


@quick
@given(nested, st.sampled_from(PLACES))
def test_any_value_anywhere_gives_findings_and_never_another_error(
    value: object, dotted: str
) -> None:
    data = read(scenario_text("dunkerque"), "x").data
    *parents, last = dotted.split(".")
    holder = data
    for step in parents:
        holder = holder[step]
    holder[last] = value
    assert all(finding.remedy for finding in check(data))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*#!|>'\"%@` \n\t,?~01.\x00é"), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    document = read(text, "f")
    assert document.is_complete or document.findings


@pytest.mark.parametrize("suffix", sorted(set(SUFFIXES) - {"day"}))
def test_every_unit_reads_its_own_name(suffix: str) -> None:
    unit = unit_of(f"x_{suffix}")
    assert unit is not None
    assert parse(f"12.5 {unit}", unit) == 12.5


@quick
@given(st.text(max_size=20), st.sampled_from(["MW", "EUR/MWh", "frac", "degC", "1", "day"]))
def test_any_text_is_a_number_with_unit_or_refused(text: str, unit: str) -> None:
    with contextlib.suppress(UnitError):
        assert isinstance(parse(text, unit), float)


SPEC = load("dunkerque")
