"""How long each job takes in each draw: the spec's number, its risks, its hall."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wattport.build.gates import per_draw
from wattport.build.variation_kernel import hall_factors, risk_uniforms
from wattport.records.record import BoolArray, FloatArray, IntArray
from wattport.spec import Spec
from wattport.spec.programme import Activity, Cause, Programme


@dataclass(frozen=True)
class Durations:
    """Working days of one execution of each activity: for one module where it is per module."""

    site_days: FloatArray  # (draw, site_activity)
    hall_days: FloatArray  # (draw, hall, activity)


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
        ``duration x product over risks that happen of (1 + stretch) x hall factor``.

    References
    ----------
    AACE International Recommended Practice 57R-09, Integrated cost and schedule risk
    analysis using risk drivers and Monte Carlo simulation of a CPM model, 2019.
    """
    programme, n_draws = spec.programme, spec.n_draws
    happens = _risks_happen(programme, spec.seed, spec.draw_ids)
    stretch = [per_draw(risk.stretch_frac, n_draws) for risk in programme.risks]

    def stretched(activities: Sequence[Activity]) -> FloatArray:
        days = np.empty((n_draws, len(activities)))
        for i, activity in enumerate(activities):
            days[:, i] = per_draw(activity.duration_days, n_draws)
            for r, risk in enumerate(programme.risks):
                if activity.name in risk.activities:
                    days[:, i] *= np.where(happens[:, r], 1.0 + stretch[r], 1.0)
        return days

    factors = hall_factors(
        spec.seed,
        spec.draw_ids,
        np.ascontiguousarray(per_draw(programme.hall_cv_frac, n_draws)),
        n_halls,
        len(programme.hall_activities),
    )
    return Durations(
        site_days=stretched(programme.site_activities),
        hall_days=stretched(programme.hall_activities)[:, None, :] * factors,
    )


def without_civil_trouble(durations: Durations, spec: Spec) -> Durations:
    """
    Give civil activities the best duration their spec admits.

    Parameters
    ----------
    durations : Durations
        As drawn.
    spec : Spec
        Drawn; its loaded twin holds the ranges.

    Returns
    -------
    Durations
        Civil activities at the low end of their range, without risks and hall
        spread, and never longer than drawn; the others as drawn.
    """
    loaded = spec.loaded.programme
    site, hall = durations.site_days.copy(), durations.hall_days.copy()
    for i, activity in enumerate(loaded.site_activities):
        if activity.cause is Cause.CIVIL:
            site[:, i] = np.minimum(site[:, i], _least_days(activity))
    for i, activity in enumerate(loaded.hall_activities):
        if activity.cause is Cause.CIVIL:
            hall[..., i] = np.minimum(hall[..., i], _least_days(activity))
    return Durations(site, hall)


def job_durations(
    durations: Durations, programme: Programme, hall_n_modules: IntArray, is_built: BoolArray
) -> FloatArray:
    """
    Flatten durations into jobs, setting modules in rounds.

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
    ndarray, shape (draw, job)
        Working days; NaN for the jobs of a hall that is not built.
    """
    days = durations.hall_days.copy()
    for i, activity in enumerate(programme.hall_activities):
        if activity.is_per_module:
            days[..., i] *= -(-hall_n_modules // activity.n_parallel)
    days = np.where(is_built[..., None], days, math.nan)
    return np.concatenate((durations.site_days, days.reshape(days.shape[0], -1)), axis=1)


def _risks_happen(programme: Programme, seed: int, draw_ids: IntArray) -> BoolArray:
    n_risks = len(programme.risks)
    uniforms = risk_uniforms(seed, draw_ids, n_risks)
    chances = np.empty((draw_ids.size, n_risks))
    for r, risk in enumerate(programme.risks):
        chances[:, r] = per_draw(risk.probability_frac, draw_ids.size)
    return np.asarray(uniforms < chances, dtype=np.bool_)


def _least_days(activity: Activity) -> float:
    """Low end of a duration as loaded, which is a number or an uncertain one."""
    number = activity.duration_days
    return float(np.min(getattr(number, "low", number)))
