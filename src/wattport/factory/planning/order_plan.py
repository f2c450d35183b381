"""The order of release against the due dates of a factory file, judged in the event engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib.util import find_spec

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.calendar.epoch import EPOCH
from wattport.factory.bound import rate_bound
from wattport.factory.hours import hours_of
from wattport.factory.layout import Floor, lay_out
from wattport.factory.planning.optimality import Status
from wattport.factory.planning.release import ReleasePlan, release_units, starts_of
from wattport.factory.planning.solver import prove_release
from wattport.factory.play import Future, play
from wattport.spec.factory.factory import Factory

_MOST_PROVED = 150  # units the solver is asked about
_EFFORT = 8.0


@dataclass(frozen=True)
class Lateness:
    """Ordered units against their due dates, over the futures."""

    on_time_frac: float  # of the units
    mean_days: float  # of the units; early ones are zero days late
    worst_p50_days: float  # of the latest unit of a future
    worst_p90_days: float


@dataclass(frozen=True)
class OrderRow:
    """Units of one order, in the order in which they are released first."""

    product: str
    customer: str
    n_units: int
    due: date
    first_release: date
    last_release: date


@dataclass(frozen=True)
class OrderPlan:
    """Release of all ordered units: the plan, its worth, and what the futures make of it."""

    rows: tuple[OrderRow, ...]
    tardiness_unit_days: float  # of the plan, one unit a takt
    rule_unit_days: float  # of the dispatch rule alone
    bound_unit_days: float
    status: Status
    gap_frac: float
    method: str
    before: Lateness  # earliest due first, as early as the cards allow
    after: Lateness  # in the planned order, on the planned dates at the earliest
    is_better: bool  # whether the planned order is less late in the futures, on the mean


@dataclass(frozen=True)
class _Units:
    """All ordered units, product by product."""

    product: IntArray
    number: IntArray  # of the unit in its product
    due_day: FloatArray
    ready_day: FloatArray
    takt_days: FloatArray  # at the pace of the simulation
    quick_days: FloatArray  # at the pace of the bound, which no future exceeds for long
    line_days: FloatArray


def plan_orders(factory: Factory, draws: int = 64, seed: int = 7) -> OrderPlan | None:
    """
    Plan the release of all ordered units, and judge it in the futures.

    Parameters
    ----------
    factory : Factory
        As loaded, with the levers of its plan.
    draws : int
        Futures. [>= 1]
    seed : int
        Of all random numbers.

    Returns
    -------
    OrderPlan or None
        None where nothing is ordered.

    Notes
    -----
    The ordered products share one point of release. A unit holds it for the
    time in which the factory makes one of its product alone, at the simulated
    share of the bound; it is ready when the central plan has its kit, and done
    a mean lead time later. Dispatch rule, local search, then CP-SAT from that
    plan where OR-Tools is installed and the units are few. The engine gets the
    order as ranks where products share an entry, and dates at the pace of the
    bound, so that no future is held back that runs faster than the mean.
    """
    if not factory.orders:
        return None
    factory = factory.with_book(None)  # a plan is made for the orders that are known
    floor = lay_out(factory.draw(draws, seed))
    before = play(floor)
    units = _units(factory, floor, before, seed)
    weight = np.isfinite(units.due_day).astype(float)
    asked = (units.ready_day, units.due_day, weight, units.takt_days, units.line_days)
    plan = release_units(*asked, seed=seed)
    plan, method = _proved(asked, plan)
    by_due, by_plan = _lateness(before), _lateness(play(_released(floor, units, plan)))
    return OrderPlan(
        rows=_rows(factory, units, plan),
        tardiness_unit_days=plan.tardiness,
        rule_unit_days=plan.rule_tardiness,
        bound_unit_days=plan.lower_bound,
        status=plan.status,
        gap_frac=plan.gap_frac,
        method=method,
        before=by_due,
        after=by_plan,
        is_better=by_plan.mean_days < by_due.mean_days,
    )


def _proved(
    asked: tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray], plan: ReleasePlan
) -> tuple[ReleasePlan, str]:
    ways = "dispatch rule, local search, bounds by assignment and by counting"
    if plan.status is Status.PROVED:
        return plan, ways
    if len(plan.priority) > _MOST_PROVED:
        return plan, f"{ways}; more than {_MOST_PROVED} units are not given to the solver"
    if find_spec("ortools") is None:
        return plan, f"{ways}; pip install 'wattport[schedule]' gives a better bound"
    return prove_release(*asked, plan, effort=_EFFORT), f"{ways}, CP-SAT from that plan"


def _units(factory: Factory, floor: Floor, future: Future, seed: int) -> _Units:
    central = lay_out(factory.draw(1, seed))
    pace = _pace(floor, future)
    product, number, due, ready, quick, line = [], [], [], [], [], []
    for p in floor.sold:
        n = int(np.isfinite(floor.due_h[0, p]).sum())
        opens = float(central.network.lines["from_h"][0, p])
        product.append(np.full(n, p))
        number.append(np.arange(n))
        due.append(floor.due_h[0, p, :n] / 24.0)
        ready.append(np.maximum(central.network.ready_h[0, p, :n], opens) / 24.0)
        quick.append(np.full(n, 365.25 / _alone_per_year(factory, p, seed)))
        line.append(np.full(n, float(np.nanmean(future.lead_days[:, p]))))
    quick_days = np.concatenate(quick)
    return _Units(
        np.concatenate(product), np.concatenate(number), np.concatenate(due),
        np.concatenate(ready), quick_days / pace, quick_days, np.concatenate(line),
    )  # fmt: skip


def _pace(floor: Floor, future: Future) -> float:
    """Simulated rate over the bound, of all that is sold."""
    rate = float(np.nanmean(future.rate_per_year[:, list(floor.sold)].sum(axis=1)))
    return min(1.0, max(rate / floor.bound.sold_rate_per_year, 0.05))


def _alone_per_year(factory: Factory, product: int, seed: int) -> float:
    """Rate of the bound if one product alone were ordered."""
    name = factory.products[product].name
    alone = tuple(order for order in factory.orders if order.product == name)
    central = factory.model_copy(update={"orders": alone}).draw(1, seed)
    return rate_bound(central, hours_of(central)).sold_rate_per_year


def _released(floor: Floor, units: _Units, plan: ReleasePlan) -> Floor:
    order = np.argsort(plan.priority)
    opens = floor.network.lines["from_h"].min(axis=0)[units.product[order]] / 24.0
    dates = starts_of(np.maximum(opens, 0.0), units.quick_days[order])
    ready_h = floor.network.ready_h.copy()
    rank = np.full(floor.network.rank.shape, np.inf)
    done = dict.fromkeys(floor.sold, 0)
    for turn, (unit, day) in enumerate(zip(order, dates, strict=True)):
        # Units of a product are alike: the next one of its line takes the turn.
        p = int(units.product[unit])
        k = done[p]
        done[p] += 1
        rank[p, k] = turn
        ready_h[:, p, k] = np.maximum(ready_h[:, p, k], 24.0 * day)
    others = [p for p in range(len(rank)) if p not in done]
    rank[others] = floor.network.rank[others]
    return replace(floor, network=floor.network._replace(ready_h=ready_h, rank=rank))


def _rows(factory: Factory, units: _Units, plan: ReleasePlan) -> tuple[OrderRow, ...]:
    rows = []
    for p, product in enumerate(factory.products):
        mine = [order for order in factory.orders if order.product == product.name]
        released = np.sort(plan.release_day[units.product == p])
        at = 0
        for order in sorted(mine, key=lambda o: (o.due, o.n_units)):
            days = released[at : at + order.n_units]
            at += order.n_units
            first, last = (EPOCH + timedelta(days=int(day)) for day in (days[0], days[-1]))
            rows.append(
                OrderRow(product.name, order.customer, order.n_units, order.due, first, last)
            )
    return tuple(sorted(rows, key=lambda row: (row.first_release, row.due)))


def _lateness(future: Future) -> Lateness:
    late = future.late_days
    worst = late.max(axis=1)
    return Lateness(
        on_time_frac=float(np.mean(late <= 0.0)),
        mean_days=float(np.mean(np.maximum(late, 0.0))),
        worst_p50_days=float(np.quantile(worst, 0.5, method="higher")),
        worst_p90_days=float(np.quantile(worst, 0.9, method="higher")),
    )
