"""What a factory file answers: exact lines, laws of the floor, faults named."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from factory_lines import line

from wattport.calendar.epoch import HOURS_PER_YEAR
from wattport.calendar.intervals import clock_h
from wattport.errors import InfeasibleError, SpecError
from wattport.factory import simulate_factory
from wattport.factory.bound import rate_bound
from wattport.factory.engine.line_records import Outcome
from wattport.factory.exact import exact_rate
from wattport.factory.layout import lay_out
from wattport.factory.measure import mser5
from wattport.factory.play import play
from wattport.spec import check_factory, is_factory, load_factory

File = dict[str, Any]


def test_buffer_that_counts_the_part_in_service() -> None:
    # Buffer allocation case: rates 6, 7, 7 and buffers 12 and 8 give 5.776.
    given = line([6.0, 7.0, 7.0], [12, 8], counts_part_in_service=True, measure={"n_weeks": 300.0})
    answer = simulate_factory(load_factory(given), draws=12, seed=3)
    assert answer.exact.rate_per_year is not None
    assert answer.exact.rate_per_year / HOURS_PER_YEAR == pytest.approx(5.776, abs=5e-4)
    found = answer.products[0].rate_per_year
    assert found.low <= answer.exact.rate_per_year <= found.high
    assert found.mean <= answer.products[0].bound_per_year
    assert answer.bottleneck is not None
    assert answer.bottleneck.name == "m1"
    waiting = line([6.0, 7.0, 7.0], [12, 8])
    factory = load_factory(waiting).draw(1)
    more = exact_rate(factory, lay_out(factory).hours).rate_per_year
    assert more is not None
    assert more > answer.exact.rate_per_year


def test_conwip_line_meets_mean_value_analysis() -> None:
    given = line([1.0] * 4, [9] * 3, measure={"n_weeks": 400.0})
    given["products"][0]["release"] = {"rule": "conwip", "n_cards": 8}
    answer = simulate_factory(load_factory(given), draws=12)
    assert answer.exact.rate_per_year == pytest.approx(8.0 / 11.0 * HOURS_PER_YEAR)
    found = answer.products[0].rate_per_year
    assert found.low <= 8.0 / 11.0 * HOURS_PER_YEAR <= found.high


def test_rates_stay_below_the_bound_and_the_answer_is_whole(shop: File) -> None:
    answer = simulate_factory(load_factory(shop), draws=6)
    cabinet = answer.products[2]
    assert 0.0 < cabinet.rate_per_year.mean <= cabinet.bound_per_year
    assert cabinet.need_per_year == 400.0
    for row in answer.stations:
        shares = dataclasses.astuple(row)[3:]
        assert sum(shares) == pytest.approx(1.0)
    assert {gain.kind for gain in answer.reliefs} == {"station", "skill", "supplier"}
    names = [gain.name for gain in answer.what_ifs]
    assert names[0] == "one shift more"
    assert names[-1] == "two sources of each ordered part"
    assert simulate_factory(load_factory(shop), draws=6) == answer


def test_draws_depend_on_no_other_draw(shop: File) -> None:
    drawn = load_factory(shop).draw(7, seed=2)
    whole = play(lay_out(drawn), n_threads=2).lines
    part = play(lay_out(drawn.slice(3, 5)), n_threads=1).lines
    np.testing.assert_array_equal(whole.done_h[3:5], part.done_h)


def test_nothing_leaves_before_its_kit(shop: File) -> None:
    floor = lay_out(load_factory(shop).draw(4, seed=2))
    lines = play(floor).lines
    left = np.isfinite(lines.done_h)
    assert (lines.released_h[left] >= floor.network.ready_h[left]).all()
    released = np.sort(lines.released_h[:, 2], axis=1)
    n_released = np.isfinite(released).sum(axis=1)
    for part, count in ((0, 1), (1, 2)):
        made = np.sort(lines.done_h[:, part], axis=1)
        for draw in range(4):
            n = int(n_released[draw])
            assert (made[draw, count - 1 :: count][:n] <= released[draw, :n]).all()
    # Steel: what was there and came, less what was used, is what is left; never less than nothing.
    steel = lines.parts[:, 0]
    n_used = np.isfinite(lines.released_h[:, :2]).sum(axis=2) @ np.array([2, 1])
    assert (steel["n_stock"] == 40 + 30 * steel["n_delivered"] - n_used).all()
    assert (steel["n_stock"] >= 0).all()


def test_kanban_cards_and_conwip_caps_hold_at_every_instant(shop: File) -> None:
    floor = lay_out(load_factory(shop).draw(2, seed=5))
    lines = play(floor).lines
    for product, consumer, count, cards in ((0, 2, 1, 8), (1, 2, 2, 6)):
        for draw in range(2):
            begun = lines.released_h[draw, product]
            scrapped = lines.scrapped_h[draw, product]
            taken = np.repeat(lines.released_h[draw, consumer], count)
            for at in begun[np.isfinite(begun)]:
                held = (begun <= at).sum() - (scrapped <= at).sum() - (taken <= at).sum()
                assert held <= cards


def test_takt_paces_the_release(shop: File) -> None:
    shop["products"][2]["release"] = {"rule": "takt", "takt_h": 12.0}
    floor = lay_out(load_factory(shop).draw(2, seed=5))
    lines = play(floor).lines
    hours = floor.hours
    worked = clock_h(hours.calendars[0], lines.released_h[0, 2])
    n = int(np.isfinite(lines.released_h[0, 2]).sum())
    assert n > 20
    assert (worked[:n] >= 12.0 * np.arange(n) - 1e-6).all()
    assert floor.bound.limit


def test_a_batch_shares_one_cycle() -> None:
    given = line([1.0], [])
    given["plants"][0]["stations"][0] |= {
        "n_batch": 4, "n_batch_min": 4, "batch_wait_h": 3.0, "n_buffer": 8
    }  # fmt: skip
    given["products"][0]["operations"][0] |= {"cycle_h": 2.0, "cycle_shape": "lognormal"}
    given["orders"] = [{"product": "part", "n_units": 10, "due": "2026-01-02"}]
    lines = play(lay_out(load_factory(given).draw(1))).lines
    # Two full batches, then the last two parts after their wait of 3 h.
    assert lines.done_h[0, 0].tolist() == [2.0] * 4 + [4.0] * 4 + [9.0] * 2


def test_setups_alternate_with_families() -> None:
    given = line([1.0], [])
    given["plants"][0]["stations"][0]["n_buffer"] = 0
    first = given["products"][0]
    first["operations"][0] |= {"cycle_shape": "lognormal", "setup_h": 0.5}
    other = {**first, "name": "other", "operations": [{**first["operations"][0]}]}
    given["products"] = [first, other]
    given["orders"] = [
        {"product": "part", "n_units": 2, "due": "2026-01-02"},
        {"product": "other", "n_units": 2, "due": "2026-01-03"},
    ]
    lines = play(lay_out(load_factory(given).draw(1))).lines
    # Earliest due first: one setup for each family.
    assert lines.done_h[0, 0, :2].tolist() == [1.5, 2.5]
    assert lines.done_h[0, 1, :2].tolist() == [4.0, 5.0]


def test_scrap_of_an_order_is_made_again(shop: File) -> None:
    shop["orders"] = [{"product": "cabinet", "n_units": 25, "due": "2027-03-01"}]
    floor = lay_out(load_factory(shop).draw(3, seed=1))
    lines = play(floor).lines
    assert (lines.outcome == Outcome.FINISHED).all()
    assert (np.isfinite(lines.done_h[:, 2]).sum(axis=1) == 25).all()
    assert np.isfinite(lines.scrapped_h[:, 0]).any()


def test_plants_in_a_chain_of_three() -> None:
    given = line([1.0, 2.0, 3.0], [2, 2])
    stations = given["plants"][0]["stations"]
    given["plants"] = [
        {"name": f"plant {i}", "stations": [station]} for i, station in enumerate(stations)
    ]
    steps = given["products"][0]["operations"]
    given["products"] = [
        {"name": f"stage {i}", "operations": [step], "kit": [{"part": f"stage {i - 1}"}] * (i > 0)}
        for i, step in enumerate(steps)
    ]
    factory = load_factory(given)
    bound = rate_bound(factory.draw(1), lay_out(factory.draw(1)).hours)
    assert bound.sold_rate_per_year == pytest.approx(HOURS_PER_YEAR, rel=1e-3)
    assert bound.limit == "m1"


def _circle(given: File) -> None:
    given["products"][0]["kit"].append({"part": "cabinet"})


def _no_skill(given: File) -> None:
    given["products"][0]["operations"][1]["crew"][0]["skill"] = "weldr"


def _too_few(given: File) -> None:
    given["products"][0]["operations"][1]["crew"][0]["n_people"] = 5


def _no_part(given: File) -> None:
    given["products"][2]["kit"].append({"part": "fuse"})


def _no_rate(given: File) -> None:
    given["plants"][0]["efficiency_frac"] = 0.0


def _no_time(given: File) -> None:
    given["plants"][0]["weeks_per_year"] = 0.1


def _no_station(given: File) -> None:
    given["products"][1]["operations"][0]["station"] = "swa"


def _rework_in_a_batch(given: File) -> None:
    given["products"][0]["operations"][2]["first_pass_yield_frac"] = 0.9


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (_circle, "SPEC102", "frame is made of cabinet is made of frame"),
        (_no_skill, "SPEC103", "nobody in west has the skill 'weldr'"),
        (_too_few, "SPEC103", "no shift of west has more than 4"),
        (_no_part, "SPEC103", "which no plant makes and no supplier sells"),
        (_no_rate, "SPEC022", "0 is outside the limits"),
        (_no_time, "SPEC022", "0.1 is outside the limits"),
        (_no_station, "SPEC103", "no station is named 'swa'"),
        (_rework_in_a_batch, "SPEC104", "cannot be reworked"),
    ],
)
def test_faults_are_named_with_a_remedy(
    shop: File, spoil: Callable[[File], None], code: str, words: str
) -> None:
    spoil(shop)
    found = [f for f in check_factory(shop) if f.code == code and words in f.message]
    assert found
    assert all(finding.remedy for finding in found)
    with pytest.raises(SpecError):
        load_factory(shop)


def test_holidays_without_end_are_refused() -> None:
    given = line([1.0], [])
    given["plants"][0]["opening"] = "2055-12-31"
    given["plants"][0]["holidays"] = ["2055-12-31"]
    with pytest.raises(InfeasibleError, match="no working time"):
        simulate_factory(load_factory(given), draws=2)


def test_deadlock_names_parts_and_stations() -> None:
    given = line([1.0, 1.0], [0])
    given["products"][0]["operations"][1] |= {"first_pass_yield_frac": 0.2, "rework_to": "op m1"}
    answer = simulate_factory(load_factory(given), draws=2)
    reason = answer.reasons[0]
    assert reason.is_fatal
    assert reason.code == "MAK004"
    assert "in m1 waits for m2" in reason.message
    assert "in m2 waits for m1" in reason.message
    assert not answer.reliefs


def test_a_factory_file_is_told_from_a_scenario(shop: File) -> None:
    assert is_factory(shop)
    assert not is_factory({"name": "campus"})


def test_mser5_keeps_a_series_without_a_start() -> None:
    values = np.random.default_rng(1).normal(1.0, 0.1, 500)
    assert mser5(values) <= 100
    assert mser5(np.append(np.linspace(5.0, 1.0, 100), values)) >= 75


def test_the_shipped_factory_makes_what_red_oak_plans() -> None:
    floor = lay_out(load_factory("factory_modules").draw(10, seed=7))
    rate = play(floor).rate_per_year[:, 1].mean()
    assert rate == pytest.approx(240.0, rel=0.1)
