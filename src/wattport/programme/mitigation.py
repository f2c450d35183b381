"""What could be dealt with, and the days that would bring: causes, risks, inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

import numpy as np

from wattport.arrays import FloatArray, per_draw
from wattport.equations.sensitivity import input_effects
from wattport.programme.activity_network import CAUSES
from wattport.programme.cause import without
from wattport.programme.dates import schedule
from wattport.programme.draws import Future, Gate, module_gates, pose
from wattport.programme.gates import tranche_day, transformer_day
from wattport.programme.milestone import FIRST, FULL, deciding_hall, milestone_days
from wattport.programme.racks import free_fit_out, order_earlier
from wattport.records import Production, quantile
from wattport.spec import Spec
from wattport.spec.campus.grid import Grid
from wattport.spec.campus.programme import Cause
from wattport.spec.reading.uncertain import Uncertain

_INPUTS_MAX = 6  # each is a schedule of all draws
_INPUTS_TRIED_EXTRA = 20  # draws wanted beyond one for each input, to tell them apart
_SIGNIFICANT_SIGMA = 3.0


class Kind(StrEnum):
    """What is dealt with."""

    CAUSE = "cause"
    RISK = "risk"
    INPUT = "input"


@dataclass(frozen=True)
class Mitigation:
    """The same draws with one thing dealt with."""

    name: str  # cause, name of the risk, or path of the input in the spec
    kind: Kind
    cause: str
    future: Future


@dataclass(frozen=True)
class _Input:
    """An uncertain number of the programme or of the grid, and how to improve on it."""

    path: str
    cause: Cause
    number: Uncertain  # as loaded
    drawn: FloatArray  # (draw,)
    improve: Callable[[Future, FloatArray], Future]  # from what to spare in each draw

    @property
    def spared(self) -> FloatArray:
        """What each draw spares when the number is no worse than its low end."""
        least = min(self.number.low, *self.number.choices, self.number.value)
        return np.maximum(self.drawn - least, 0.0)


def mitigations(
    future: Future, spec: Spec, production: Production, milestone_day: FloatArray
) -> tuple[Mitigation, ...]:
    """
    Futures in which one thing each is dealt with, by common random numbers.

    Parameters
    ----------
    future : Future
        As foreseen.
    spec : Spec
        Drawn.
    production : Production
        Need days and waits of the modules.
    milestone_day : ndarray, shape (draw, milestone)
        Before; chooses the inputs that matter.

    Returns
    -------
    tuple of Mitigation
        Every cause (see `build.cause.without`); every risk, which does not happen; and up to
        six inputs of programme and grid that move first compute or the full campus by more
        than the luck of the draws, each no worse than the low end of its range.
    """
    causes = (
        Mitigation(name, Kind.CAUSE, name, without(number, future, spec, production))
        for number, name in enumerate(CAUSES)
    )
    risks = (
        Mitigation(risk.name, Kind.RISK, risk.cause.value, _without_risk(future, number))
        for number, risk in enumerate(spec.programme.risks)
    )
    inputs = (
        Mitigation(i.path, Kind.INPUT, i.cause.value, i.improve(future, i.spared))
        for i in _main_inputs(spec, milestone_day)
    )
    return (*causes, *risks, *inputs)


def mitigated_days(
    future: Future,
    found: tuple[Mitigation, ...],
    module_gate: tuple[Gate, ...],
    n_tranches: int,
) -> FloatArray:
    """
    Schedule each mitigated future.

    Parameters
    ----------
    future : Future
        As foreseen.
    found : tuple of Mitigation
        What is dealt with.
    module_gate : tuple of Gate
        Of `future`; used again wherever a mitigation leaves the modules alone.
    n_tranches : int
        Grid tranches of the spec.

    Returns
    -------
    ndarray, shape (draw, driver, milestone)
        Days after mitigation; racks are then ordered earlier by what their hall gains.
    """
    after = np.empty((future.is_built.shape[0], len(found), n_tranches + 2))
    before = free_fit_out(future, module_gate)
    for d, mitigation in enumerate(found):
        mended = mitigation.future
        same_gate = module_gate if _awaits_modules_alike(future, mended) else module_gates(mended)
        freed = None if before is None else free_fit_out(mended, same_gate)
        if before is not None and freed is not None:
            mended = order_earlier(mended, before - freed)
        problem, _ = pose(mended, same_gate)
        ready = schedule(problem).hall_finish_day(mended.network).max(axis=2)
        after[:, d] = milestone_days(ready, deciding_hall(ready, mended.tranche, n_tranches))
    return after


def days_gained(before_day: FloatArray, after_day: FloatArray, prob_frac: float) -> FloatArray:
    """
    Days by which a quantile of each milestone comes earlier.

    Parameters
    ----------
    before_day : ndarray, shape (draw, milestone)
        With everything as drawn.
    after_day : ndarray, shape (draw, driver, milestone)
        With one driver dealt with.
    prob_frac : float
        0.5 or 0.9.

    Returns
    -------
    ndarray, shape (driver, milestone)
        Positive is earlier; NaN where no draw has the milestone.

    Examples
    --------
    >>> days_gained(np.array([[9.0], [5.0]]), np.array([[[7.0]], [[5.0]]]), 0.5)
    array([[1.]])
    """
    return np.asarray(quantile(before_day, prob_frac) - quantile(after_day, prob_frac))


def _awaits_modules_alike(a: Future, b: Future) -> bool:
    gated = [i for i, act in enumerate(a.programme.hall_activities) if act.is_module_gated]
    return a.gates.module_day is b.gates.module_day and np.array_equal(
        a.durations.hall_days[..., gated], b.durations.hall_days[..., gated]
    )


def _without_risk(future: Future, number: int) -> Future:
    stretch = future.durations.stretch_frac.copy()
    stretch[:, :, number] = 0.0
    return replace(future, durations=replace(future.durations, stretch_frac=stretch))


def _main_inputs(spec: Spec, milestone_day: FloatArray) -> list[_Input]:
    """Inputs that move the first or the last milestone, strongest first."""
    inputs = _inputs(spec)
    strength = np.zeros(len(inputs))
    for day in (milestone_day[:, FIRST], milestone_day[:, FULL]):
        there = np.isfinite(day)
        if not inputs or int(there.sum()) < len(inputs) + _INPUTS_TRIED_EXTRA:
            continue
        effects = input_effects(np.column_stack([i.drawn[there] for i in inputs]), day[there])
        is_heard = np.abs(effects.slope) > _SIGNIFICANT_SIGMA * effects.standard_error
        strength = np.maximum(strength, np.where(is_heard, np.abs(effects.slope), 0.0))
    order = np.argsort(-strength, kind="stable")[:_INPUTS_MAX]
    return [inputs[i] for i in order if strength[i] > 0.0]


def _inputs(spec: Spec) -> list[_Input]:
    """All uncertain numbers that enter the schedule by themselves."""
    drawn, loaded = spec.programme, spec.loaded.programme
    found: list[_Input] = []

    def offer(
        path: str, cause: Cause, number: object, values: object,
        improve: Callable[[Future, FloatArray], Future],
    ) -> None:  # fmt: skip
        if isinstance(number, Uncertain):
            found.append(_Input(path, cause, number, per_draw(values, spec.n_draws), improve))

    for name, cause, improve in (
        ("start_delay_weeks", Cause.CIVIL, _sooner_start),
        ("hv_transformer_lead_weeks", Cause.SUPPLIER, _sooner_transformers),
        ("hv_transformer_spacing_weeks", Cause.SUPPLIER, _closer_transformers),
        ("energise_lead_days", Cause.GRID, _shorter_lead),
        ("hall_stagger_days", Cause.CREW, _closer_halls),
    ):
        offer(f"programme.{name}", cause, getattr(loaded, name), getattr(drawn, name), improve)
    for t, tranche in enumerate(spec.loaded.grid.tranches):
        values = spec.grid.tranches[t].delay_weeks
        sooner = partial(_sooner_tranche, spec.grid, t)
        offer(f"grid.tranches[{t}].delay_weeks", Cause.GRID, tranche.delay_weeks, values, sooner)
    n_site = len(loaded.site_activities)
    tasks = zip(
        (*loaded.site_activities, *loaded.hall_activities),
        (*drawn.site_activities, *drawn.hall_activities),
        strict=True,
    )
    for i, (known, task) in enumerate(tasks):
        is_site = i < n_site
        place = f"site_activities[{i}]" if is_site else f"hall_activities[{i - n_site}]"
        days = per_draw(task.duration_days, spec.n_draws)
        shorter = partial(_shorter_task, days, i if is_site else i - n_site, is_site)
        offer(f"programme.{place}.duration_days", known.cause, known.duration_days, days, shorter)
    return found


def _sooner_start(future: Future, weeks: FloatArray) -> Future:
    day = future.gates.start_day - 7.0 * weeks
    return replace(future, gates=replace(future.gates, start_day=day))


def _sooner_transformers(future: Future, weeks: FloatArray) -> Future:
    return _other_transformers(future, "hv_transformer_lead_weeks", weeks)


def _closer_transformers(future: Future, weeks: FloatArray) -> Future:
    return _other_transformers(future, "hv_transformer_spacing_weeks", weeks)


def _other_transformers(future: Future, name: str, less_weeks: FloatArray) -> Future:
    less = {name: getattr(future.programme, name) - less_weeks}
    day = transformer_day(
        future.programme.model_copy(update=less), future.lot_factor, future.n_lots
    )
    return replace(future, gates=replace(future.gates, long_lead_day=day))


def _shorter_lead(future: Future, days: FloatArray) -> Future:
    lead = future.gates.energise_lead_days - days
    return replace(future, gates=replace(future.gates, energise_lead_days=lead))


def _closer_halls(future: Future, days: FloatArray) -> Future:
    return replace(future, stagger_days=np.ascontiguousarray(future.stagger_days - days))


def _sooner_tranche(grid: Grid, number: int, future: Future, weeks: FloatArray) -> Future:
    known = grid.tranches[number]
    kept = known.model_copy(update={"delay_weeks": known.delay_weeks - weeks})
    tranches = (*grid.tranches[:number], kept, *grid.tranches[number + 1 :])
    n_draws = weeks.size
    opening = tranche_day(grid.model_copy(update={"tranches": tranches}), n_draws)
    opening = np.concatenate((opening, np.full((n_draws, 1), np.inf)), axis=1)
    grid_day = np.take_along_axis(opening, future.tranche, axis=1)
    return replace(future, gates=replace(future.gates, grid_day=grid_day))


def _shorter_task(
    drawn_days: FloatArray, number: int, is_site: bool, future: Future, days: FloatArray
) -> Future:
    share = (drawn_days - days) / drawn_days
    durations = future.durations
    site, hall = durations.plain_site_days, durations.plain_hall_days
    if is_site:
        site = site.copy()
        site[:, number] *= share
    else:
        hall = hall.copy()
        hall[..., number] *= share[:, None]
    shorter = replace(durations, plain_site_days=site, plain_hall_days=hall)
    return replace(future, durations=shorter)
