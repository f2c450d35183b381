"""Durations: the spec's, stretched by risks, different from hall to hall."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.programme.activity_network import CAUSES
from wattport.programme.duration import (
    at_best,
    cause_share,
    draw_durations,
    hall_job_durations,
    without_risks,
)
from wattport.programme.variation_kernel import hall_factors, risk_uniforms
from wattport.spec import Spec
from wattport.spec.campus.programme import Cause, Risk


def test_hall_factors_have_mean_one_and_the_given_spread() -> None:
    factors = hall_factors(3, np.arange(500), np.full(500, 0.3), 20, 12)
    assert factors.mean() == pytest.approx(1.0, abs=0.003)
    assert factors.std() == pytest.approx(0.3, abs=0.005)
    assert abs(np.corrcoef(factors[:, 0, 0], factors[:, 1, 0])[0, 1]) < 0.1


def test_no_spread_is_exactly_one() -> None:
    assert (hall_factors(3, np.arange(2), np.zeros(2), 3, 4) == 1.0).all()


def test_a_draw_keeps_its_numbers_whatever_stands_beside_it() -> None:
    alone = hall_factors(3, np.array([7]), np.array([0.2]), 5, 12)
    among = hall_factors(3, np.arange(10), np.full(10, 0.2), 9, 12)
    np.testing.assert_array_equal(alone[0], among[7, :5])
    np.testing.assert_array_equal(
        risk_uniforms(3, np.array([7]), 2)[0], risk_uniforms(3, np.arange(10), 2)[7]
    )


def test_a_risk_happens_as_often_as_it_says_and_strikes_all_halls(dunkerque: Spec) -> None:
    loaded = dunkerque.model_copy(
        update={"programme": dunkerque.programme.model_copy(update={"hall_cv_frac": 0.0})}
    )
    spec = loaded.draw(2000, seed=2)
    durations = draw_durations(spec, 3)
    foundations = (
        durations.hall_days[..., 0] / spec.programme.hall_activities[0].duration_days[:, None]
    )
    stretch = 1.0 + spec.programme.risks[0].stretch_frac
    strikes = foundations[:, 0] > 1.0
    assert strikes.mean() == pytest.approx(0.3, abs=0.03)
    np.testing.assert_allclose(foundations[strikes], stretch[strikes, None] * np.ones(3))
    # The same risk touches the site works of the same draws.
    works = durations.site_days[:, 0] / spec.programme.site_activities[0].duration_days
    np.testing.assert_array_equal(works > 1.0, strikes)


def test_civil_works_at_their_best_take_the_low_end(dunkerque: Spec) -> None:
    spec = dunkerque.draw(50, seed=2)
    drawn = draw_durations(spec, 2)
    best = at_best(without_risks(drawn, spec.programme, Cause.CIVIL), spec, Cause.CIVIL)
    assert (best.site_days[:, 0] <= 90.0).all()
    assert (best.hall_days[..., 0] <= 35.0).all()
    assert (best.hall_days <= drawn.hall_days).all()
    np.testing.assert_array_equal(best.hall_days[..., 2:], drawn.hall_days[..., 2:])


def test_time_is_shared_between_an_activity_and_the_risks_that_strike_it(dunkerque: Spec) -> None:
    risks = tuple(
        Risk(name=name, probability_frac=1.0, stretch_frac=stretch, activities=("shell",), cause=c)
        for name, stretch, c in (("strike", 0.5, Cause.CREW), ("steel", 0.25, Cause.SUPPLIER))
    )
    spec = with_risks(dunkerque, risks).draw(1)
    share = cause_share(draw_durations(spec, 1), spec.programme)[0]
    np.testing.assert_allclose(share.sum(axis=1), 1.0)
    # 1.5 x 1.25 = 1.875 times the plain duration; the added 0.875 in the ratio of 2 to 1.
    shell = dict(zip(CAUSES, share[3 + 1], strict=True))
    assert shell["civil"] == pytest.approx(1.0 / 1.875)
    assert shell["crew"] == pytest.approx(0.875 / 1.875 * 2.0 / 3.0)
    assert shell["supplier"] == pytest.approx(0.875 / 1.875 / 3.0)


def with_risks(spec: Spec, risks: tuple[Risk, ...]) -> Spec:
    programme = spec.programme.model_copy(update={"risks": risks})
    return spec.model_copy(update={"programme": programme})


def test_modules_are_set_in_rounds(dunkerque: Spec) -> None:
    spec = dunkerque.draw(1)
    durations = draw_durations(spec, 2)
    days = hall_job_durations(
        durations, spec.programme, np.array([[25, 4]]), np.array([[True, False]])
    )
    setting = days[0, 3]
    assert setting == pytest.approx(7 * durations.hall_days[0, 0, 3])
    assert np.isnan(days[0, 12:]).all()
