"""What a reader must know about the plants: what cannot work, what comes late, and why."""

from __future__ import annotations

import numpy as np

from wattport.arrays import FloatArray, IntArray, per_draw
from wattport.calendar.epoch import DAYS_PER_MONTH
from wattport.factory.engine.line_records import BayState, Lines, Network, Outcome
from wattport.production.orders import Orders
from wattport.production.plant import planned_rate_per_h
from wattport.production.record import bottlenecks, state_share, station_names
from wattport.records.findings import Reason
from wattport.spec.campus.plants import Plant
from wattport.spec.campus.spec import Spec

_STAGE = "make"
_LATE_DAYS = 30.0  # a month late is worth a sentence
_BUSY_FRAC = 0.9  # active bays beyond which variability alone makes queues long
_SELDOM_FRAC = 0.01  # of the draws; what holds in fewer is no finding about the plant


def production_reasons(
    spec: Spec, plants: tuple[Plant, ...], orders: Orders, network: Network, lines: Lines
) -> tuple[Reason, ...]:
    """
    Collect the findings about both plants.

    Parameters
    ----------
    spec : Spec
        Drawn.
    plants : tuple of Plant
        In the order of the lines.
    orders : Orders
        What was wanted.
    network : Network
        What was simulated.
    lines : Lines
        What came of it.

    Returns
    -------
    tuple of Reason
        Codes MAK001 to MAK008, fatal ones first.
    """
    found: list[Reason] = []
    names = station_names(plants)
    share = state_share(lines.state_h)
    limit = bottlenecks(share, network.stations["line"][0])
    for row, plant in enumerate(plants):
        found += _area(plant, spec.n_draws)
        found += _crew(plant)
        found += _late(plant, row, plants, orders, network, lines)
        found += _short_test(plant, row, share, limit, network)
        found += _short_staff(plant, row, share, limit, network, lines)
    found += _stuck(names, network, lines)
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


def _late(
    plant: Plant,
    row: int,
    plants: tuple[Plant, ...],
    orders: Orders,
    network: Network,
    lines: Lines,
) -> list[Reason]:
    if row != len(plants) - 1:
        return []
    late = np.where(np.isfinite(orders.need_day), lines.done_h[:, row] / 24.0, np.nan)
    late = late - orders.need_day
    worst = np.where(np.isfinite(late), late, -np.inf).max(axis=1, initial=-np.inf)
    share = float(np.mean(worst > _LATE_DAYS))
    if share == 0.0:
        return []
    months = float(np.median(worst[worst > _LATE_DAYS])) / DAYS_PER_MONTH
    stations = network.stations[:, network.stations["line"][0] == row]
    hours = per_draw(plant.weeks_per_year, len(worst)) * float(plant.days_per_week)
    hours = hours * per_draw(plant.shift_h, len(worst)) * int(plant.shifts)
    rate = planned_rate_per_h(plant, stations) * hours
    message = (
        f"{plant.name}: in {share:.0%} of the draws some modules leave more than a month after "
        f"their hall wants them; {months:.0f} months is the median of those draws. Staff and bays "
        f"allow {np.median(rate):.0f} units a year"
    )
    remedy = "add a shift or bays, order long-lead parts earlier, or open the plants earlier"
    return [Reason("MAK002", _STAGE, message, remedy, draw_frac=share)]


def _short_test(
    plant: Plant, row: int, share: FloatArray, limit: IntArray, network: Network
) -> list[Reason]:
    last = int(np.flatnonzero(network.stations["line"][0] == row)[-1])
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


def staff_use(plant: Plant, row: int, network: Network, lines: Lines) -> FloatArray:
    """
    Share of the paid staff hours that stand on a working bay.

    Parameters
    ----------
    plant : Plant
        Its staff and shifts.
    row : int
        Its line.
    network, lines : Network, Lines
        What was simulated, and what came of it.

    Returns
    -------
    ndarray, shape (draw,)
        From the opening to the last unit; breaks are in the work. [0..1]
    """
    at = np.flatnonzero(network.stations["line"][0] == row)
    worked = lines.state_h[:, at, BayState.WORKING] * network.stations["crew"][:, at]
    open_h = lines.state_h[:, at[0]].sum(axis=1) / network.stations["n_bays"][:, at[0]]
    n_shifts = int(plant.shifts)
    staff = (plant.n_direct_staff + (n_shifts - 1) * plant.n_second_shift_staff) / n_shifts
    use: FloatArray = worked.sum(axis=1) / np.maximum(open_h * staff, 1e-9)
    return use


def _short_staff(
    plant: Plant, row: int, share: FloatArray, limit: IntArray, network: Network, lines: Lines
) -> list[Reason]:
    use = staff_use(plant, row, network, lines)
    draws = np.arange(len(use))
    active = share[:, :, BayState.WORKING] + share[:, :, BayState.DOWN]
    is_short = (use > _BUSY_FRAC) & (use > active[draws, limit[:, row]])
    frac = float(np.mean(is_short))
    if frac < _SELDOM_FRAC:
        return []
    message = (
        f"{plant.name}: the direct staff limits the plant more than any station in {frac:.0%} of "
        f"the draws, {np.median(use[is_short]):.0%} of it on a working bay"
    )
    remedy = "raise n_direct_staff or add a shift; more bays would not help"
    return [Reason("MAK008", _STAGE, message, remedy, draw_frac=frac)]


def _stuck(names: tuple[str, ...], network: Network, lines: Lines) -> list[Reason]:
    found = []
    is_always = bool((lines.outcome != int(Outcome.FINISHED)).all())
    for outcome, code in (
        (Outcome.DEADLOCK, "MAK004"),
        (Outcome.NO_TIME, "MAK006"),
        (Outcome.NO_KIT, "MAK007"),
    ):
        draws = np.flatnonzero(lines.outcome == int(outcome))
        if len(draws) == 0:
            continue
        frac = len(draws) / len(lines.outcome)
        where = describe_stuck(names, network, lines, int(draws[0]))
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


def describe_stuck(
    names: tuple[str, ...],
    network: Network,
    lines: Lines,
    draw: int,
    products: tuple[str, ...] = (),
) -> str:
    """
    Name the parts and stations that stand still at the end of a draw.

    Parameters
    ----------
    names : tuple of str
        Stations.
    network : Network
        What was simulated.
    lines : Lines
        What came of it.
    draw : int
        Row.
    products : tuple of str
        Names of the units of each line; by default all are units.

    Returns
    -------
    str
        One clause per blocked bay; empty when none is.
    """
    n_units = network.ready_h.shape[2]
    clauses = []
    for bay in lines.bays[draw]:
        if bay["station"] >= 0 and bay["target"] >= 0:
            line, unit = divmod(int(bay["unit"]), n_units)
            name = products[line] if products else "unit"
            clauses.append(
                f"{name} {unit + 1} in {names[bay['station']]} waits for {names[bay['target']]}"
            )
    return "; ".join(clauses)


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
