"""What a reader must know about the plants: what cannot work, what comes late, and why."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray, IntArray, per_draw
from wattport.calendar.epoch import DAYS_PER_MONTH
from wattport.factory.engine.line_records import BayState, Outcome
from wattport.factory.pace import pace_per_h
from wattport.factory.stuck import describe_stuck
from wattport.production.record import MODULES, Made, bottlenecks, state_share, station_names
from wattport.records.findings import Reason
from wattport.spec.campus.plants import Plant
from wattport.spec.campus.spec import Spec

_STAGE = "make"
_LATE_DAYS = 30.0  # a month late is worth a sentence
_BUSY_FRAC = 0.9  # active bays beyond which variability alone makes queues long
_SELDOM_FRAC = 0.01  # of the draws; what holds in fewer is no finding about the plant


def production_reasons(spec: Spec, made: Made) -> tuple[Reason, ...]:
    """
    Collect the findings about both plants.

    Parameters
    ----------
    spec : Spec
        Drawn.
    made : Made
        Both plants, and what came of them.

    Returns
    -------
    tuple of Reason
        Codes MAK001 to MAK008, fatal ones first.
    """
    found: list[Reason] = []
    share = state_share(made.lines.state_h)
    limit = bottlenecks(share, made.station_plant)
    for row, plant in enumerate(made.plants):
        found += _area(plant, spec.n_draws)
        found += _crew(plant)
        found += _late(made) if row == MODULES else []
        found += _short_test(made, row, share, limit)
        found += _short_staff(made, row, share, limit)
    found += _stuck(made)
    return tuple(sorted(found, key=lambda reason: not reason.is_fatal))


def _crew(plant: Plant) -> list[Reason]:
    largest = int(plant.n_direct_staff)
    if plant.shifts > 1:
        largest = max(largest, int(plant.n_second_shift_staff))
    short = [s.name for s in plant.stations if s.crew > largest]
    if plant.test.crew > largest:
        short.append("test")
    if not short:
        return []
    message = (
        f"{plant.name}: the rate is zero, because {', '.join(short)} needs more people on one bay "
        f"than the {largest} of a shift"
    )
    remedy = "raise n_direct_staff or lower the crew of these stations"
    return [Reason("MAK001", _STAGE, message, remedy, is_fatal=True)]


def _late(made: Made) -> list[Reason]:
    plant, network = made.plants[MODULES], made.floor.network
    need_day = made.orders.need_day
    late = made.lines.done_h[:, MODULES] / 24.0 - need_day
    worst = np.where(np.isfinite(late), late, -np.inf).max(axis=1, initial=-np.inf)
    share = float(np.mean(worst > _LATE_DAYS))
    if share == 0.0:
        return []
    months = float(np.median(worst[worst > _LATE_DAYS])) / DAYS_PER_MONTH
    hours = per_draw(plant.weeks_per_year, len(worst)) * float(plant.days_per_week)
    hours = hours * per_draw(plant.shift_h, len(worst)) * int(plant.shifts)
    own = network.operations[:, network.operations["line"][0] == MODULES]
    n_bays, people = network.stations["n_bays"][0], made.floor.hours.n_people
    rate = pace_per_h(own, network.needs[0], n_bays, people) * hours
    message = (
        f"{plant.name}: in {share:.0%} of the draws some modules leave more than a month after "
        f"their hall wants them; {months:.0f} months is the median of those draws. Staff and bays "
        f"allow {np.median(rate):.0f} units a year"
    )
    remedy = "add a shift or bays, order long-lead parts earlier, or open the plants earlier"
    return [Reason("MAK002", _STAGE, message, remedy, draw_frac=share)]


def _short_test(made: Made, row: int, share: FloatArray, limit: IntArray) -> list[Reason]:
    plant, last = made.plants[row], int(np.flatnonzero(made.station_plant == row)[-1])
    active = share[:, last, BayState.WORKING] + share[:, last, BayState.DOWN]
    is_short = (limit[:, row] == last) & (active > _BUSY_FRAC)
    frac = float(np.mean(is_short))
    if frac < _SELDOM_FRAC:
        return []
    message = (
        f"{plant.name}: the {plant.test.n_bays} test bays limit the plant in {frac:.0%} of the "
        f"draws, busy {np.median(active[is_short]):.0%} of the time"
    )
    remedy = "add a test bay, shorten the test or raise its first-pass yield"
    return [Reason("MAK003", _STAGE, message, remedy, draw_frac=frac)]


def staff_use(made: Made, row: int) -> FloatArray:
    """
    Share of the paid staff hours of a plant that stand on a working bay.

    From the opening to the last unit; breaks are in the work; shape (draw,).
    """
    at = np.flatnonzero(made.station_plant == row)
    state_h = made.lines.state_h
    worked = state_h[:, at, BayState.WORKING] * made.crew[at]
    open_h = state_h[:, at[0]].sum(axis=1) / made.floor.network.stations["n_bays"][:, at[0]]
    staff = made.floor.hours.n_people[row]
    use: FloatArray = worked.sum(axis=1) / np.maximum(open_h * staff, 1e-9)
    return use


def _short_staff(made: Made, row: int, share: FloatArray, limit: IntArray) -> list[Reason]:
    use = staff_use(made, row)
    draws = np.arange(len(use))
    active = share[:, :, BayState.WORKING] + share[:, :, BayState.DOWN]
    is_short = (use > _BUSY_FRAC) & (use > active[draws, limit[:, row]])
    frac = float(np.mean(is_short))
    if frac < _SELDOM_FRAC:
        return []
    message = (
        f"{made.plants[row].name}: the direct staff limits the plant more than any station in "
        f"{frac:.0%} of the draws, {np.median(use[is_short]):.0%} of it on a working bay"
    )
    remedy = "raise n_direct_staff or add a shift; more bays would not help"
    return [Reason("MAK008", _STAGE, message, remedy, draw_frac=frac)]


def _stuck(made: Made) -> list[Reason]:
    found = []
    names, outcomes = station_names(made.plants), made.lines.outcome
    is_always = bool((outcomes != int(Outcome.FINISHED)).all())
    for outcome, code in (
        (Outcome.DEADLOCK, "MAK004"),
        (Outcome.NO_TIME, "MAK006"),
        (Outcome.NO_KIT, "MAK007"),
    ):
        draws = np.flatnonzero(outcomes == int(outcome))
        if len(draws) == 0:
            continue
        frac = len(draws) / len(outcomes)
        where = describe_stuck(names, made.floor.network, made.lines, int(draws[0]))
        message = f"{_WHAT[outcome]} {where}".strip()
        found.append(Reason(code, _STAGE, message, _REMEDY[outcome], frac, is_always))
    return found


_WHAT = {
    Outcome.DEADLOCK: "The plant locks up: parts in a ring wait for each other's place.",
    Outcome.NO_TIME: "The orders are not finished within the calendar of the plant.",
    Outcome.NO_KIT: "The plant stands still: parts it waits for never come.",
}
_REMEDY = {
    Outcome.DEADLOCK: "add buffer before one of these stations, or send rework out of the ring",
    Outcome.NO_TIME: "add staff, shifts or bays",
    Outcome.NO_KIT: "check the lead times of the suppliers and the plant that feeds this one",
}


def _area(plant: Plant, n_draws: int) -> list[Reason]:
    n_bays = sum(int(s.n_bays) for s in plant.stations) + int(plant.test.n_bays)
    needed = n_bays * per_draw(plant.bay_area_m2, n_draws)
    given = per_draw(plant.area_m2, n_draws) * per_draw(plant.production_area_frac, n_draws)
    frac = float(np.mean(needed > given * (1.0 + 1e-9)))
    if frac == 0.0:
        return []
    message = (
        f"{plant.name}: {n_bays} bays need {np.median(needed):,.0f} m2, the production area is "
        f"{np.median(given):,.0f} m2"
    )
    remedy = "raise area_m2 or production_area_frac, or drop bays"
    return [Reason("MAK005", _STAGE, message, remedy, draw_frac=frac)]
