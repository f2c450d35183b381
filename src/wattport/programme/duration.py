"""How long each job takes in each draw: the spec's number, its risks, its hall."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from wattport.arrays import BoolArray, FloatArray, IntArray, per_draw
from wattport.programme.activity_network import CAUSES
from wattport.programme.variation_kernel import hall_factors, risk_uniforms
from wattport.spec import Spec
from wattport.spec.campus.programme import Activity, Cause, Programme

SEEDS = 2**63  # compiled streams take a signed word


@dataclass(frozen=True)
class Durations:
    """Working days of one execution of each activity: for one module where it is per module."""

    plain_site_days: FloatArray  # (draw, site_activity) before risks
    plain_hall_days: FloatArray  # (draw, hall, activity) before risks
    stretch_frac: FloatArray  # (draw, site and hall activity, risk) added; 0: spared

    @property
    def site_days(self) -> FloatArray:
        """With the risks that happen; shape (draw, site_activity)."""
        return self.plain_site_days * self._factor[:, : self.plain_site_days.shape[1]]

    @property
    def hall_days(self) -> FloatArray:
        """With the risks that happen; shape (draw, hall, activity)."""
        return self.plain_hall_days * self._factor[:, None, self.plain_site_days.shape[1] :]

    @property
    def _factor(self) -> FloatArray:
        return np.asarray((1.0 + self.stretch_frac).prod(axis=2), dtype=np.float64)


def draw_durations(spec: Spec, n_halls: int) -> Durations:
    """
    Durations of all activities, in every draw and hall.

    One draw is one future: its risks strike all halls alike, so that durations
    are correlated by their causes and not by a coefficient. On top, each hall
    has a factor of its own for each activity, without which all halls of a
    draw would be late together and nothing would be lost where paths merge.

    Parameters
    ----------
    spec : Spec
        Drawn.
    n_halls : int
        Size of the hall axis.

    Returns
    -------
    Durations
        ``duration x hall factor x product over risks that happen of (1 + stretch)``. In the
        central draw every factor is 1, and a risk happens where it is likelier than not.

    References
    ----------
    AACE International Recommended Practice 57R-09, Integrated cost and schedule risk
    analysis using risk drivers and Monte Carlo simulation of a CPM model, 2019.
    """
    programme, n_draws = spec.programme, spec.n_draws
    activities = (*programme.site_activities, *programme.hall_activities)
    n_site = len(programme.site_activities)
    days = np.stack([per_draw(a.duration_days, n_draws) for a in activities], axis=1)
    seed = spec.seed % SEEDS
    factors = hall_factors(
        seed,
        spec.draw_ids,
        spread_cv_frac(spec, programme.hall_cv_frac),
        n_halls,
        len(programme.hall_activities),
    )
    uniforms = risk_uniforms(seed, spec.draw_ids, len(programme.risks))
    if spec.is_central:
        uniforms = np.full_like(uniforms, 0.5)
    stretch = np.zeros((n_draws, len(activities), len(programme.risks)))
    for r, risk in enumerate(programme.risks):
        is_struck = np.array([a.name in risk.activities for a in activities])
        happens = uniforms[:, r] < per_draw(risk.probability_frac, n_draws)
        added = np.where(happens, per_draw(risk.stretch_frac, n_draws), 0.0)
        stretch[:, :, r] = added[:, None] * is_struck
    return Durations(days[:, :n_site], days[:, None, n_site:] * factors, stretch)


def spread_cv_frac(spec: Spec, cv_frac: object) -> FloatArray:
    """Spread of a chance by draw, shape (draw,); the central draw has none."""
    return np.zeros(1) if spec.is_central else np.array(per_draw(cv_frac, spec.n_draws))


def cause_share(durations: Durations, programme: Programme) -> FloatArray:
    """
    Split each activity's time among causes: its own, and those of the risks that struck it.

    Parameters
    ----------
    durations : Durations
        As drawn.
    programme : Programme
        Causes of activities and risks.

    Returns
    -------
    ndarray, shape (draw, site and hall activity, cause)
        Adds up to 1. What the risks add together is split among them as their stretches.
    """
    activities = (*programme.site_activities, *programme.hall_activities)
    stretch = durations.stretch_frac
    factor = (1.0 + stretch).prod(axis=2)
    total = stretch.sum(axis=2)
    # A risk that adds nothing in this draw takes nothing.
    per_stretch = (1.0 - 1.0 / factor) / np.where(total == 0.0, 1.0, total)
    share = np.zeros((*factor.shape, len(CAUSES)))
    for i, activity in enumerate(activities):
        share[:, i, CAUSES.index(activity.cause.value)] += 1.0 / factor[:, i]
    for r, risk in enumerate(programme.risks):
        share[:, :, CAUSES.index(risk.cause.value)] += stretch[:, :, r] * per_stretch
    return share


def without_risks(durations: Durations, programme: Programme, cause: Cause) -> Durations:
    """
    Take the risks of one cause out.

    Parameters
    ----------
    durations : Durations
        As drawn.
    programme : Programme
        Its risks have a cause.
    cause : Cause
        Whose risks do not happen.

    Returns
    -------
    Durations
        The same draws otherwise.
    """
    is_kept = np.array([risk.cause is not cause for risk in programme.risks], dtype=np.bool_)
    return replace(durations, stretch_frac=durations.stretch_frac * is_kept)


def at_best(durations: Durations, spec: Spec, cause: Cause) -> Durations:
    """
    Give the activities of a cause the best duration their spec admits.

    Parameters
    ----------
    durations : Durations
        As drawn.
    spec : Spec
        Drawn; its loaded twin holds the ranges.
    cause : Cause
        Of the activities.

    Returns
    -------
    Durations
        At the low end of their range, without hall spread, and never longer than drawn;
        the others as drawn.
    """
    loaded = spec.loaded.programme
    site, hall = durations.plain_site_days.copy(), durations.plain_hall_days.copy()
    for days, activities in ((site, loaded.site_activities), (hall, loaded.hall_activities)):
        for i, activity in enumerate(activities):
            if activity.cause is cause:
                days[..., i] = np.minimum(days[..., i], _least_days(activity))
    return replace(durations, plain_site_days=site, plain_hall_days=hall)


def hall_job_durations(
    durations: Durations, programme: Programme, hall_n_modules: IntArray, is_built: BoolArray
) -> FloatArray:
    """
    Flatten the durations of halls into jobs, setting modules in rounds.

    Parameters
    ----------
    durations : Durations
        Per execution.
    programme : Programme
        Of the drawn spec.
    hall_n_modules : ndarray of int, shape (draw, hall)
        Modules of each hall.
    is_built : ndarray of bool, shape (draw, hall)
        Halls that the draw builds.

    Returns
    -------
    ndarray, shape (draw, hall job)
        Working days; NaN for the jobs of a hall that is not built.
    """
    days = durations.hall_days
    for i, activity in enumerate(programme.hall_activities):
        if activity.is_per_module:
            days[..., i] *= -(-hall_n_modules // activity.n_parallel)
    days = np.where(is_built[..., None], days, math.nan)
    return days.reshape(days.shape[0], -1)


def _least_days(activity: Activity) -> float:
    """Low end of a duration as loaded, which is a number or an uncertain one."""
    number = activity.duration_days
    return float(np.min(getattr(number, "low", number)))
