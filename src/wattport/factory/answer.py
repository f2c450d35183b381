"""The answer to a factory file: what it makes, what limits it, what would help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from wattport.arrays import FloatArray
from wattport.calendar.epoch import EPOCH
from wattport.factory.bound import good_frac, mean
from wattport.factory.engine.line_records import BayState, Outcome
from wattport.factory.exact import Exact, exact_rate
from wattport.factory.hours import refuse_idle
from wattport.factory.kits import kit_price_eur
from wattport.factory.layout import Floor, counted_from, lay_out
from wattport.factory.measure import Estimate, estimate
from wattport.factory.play import Future, play, warm_up_h
from wattport.factory.relief import Gain, by_gain, gains_of, reliefs, use_of, what_ifs
from wattport.factory.stuck import describe_stuck
from wattport.records.findings import Reason
from wattport.spec.factory.factory import Factory

_STAGE = "make"
_PILOT_DRAWS = 8  # enough for a median of the warm-up
_RELIEF_DRAWS = 40  # under common random numbers a tenth of a cycle shows with these


@dataclass(frozen=True)
class StationRow:
    """Shares of the scheduled bay time of one station, over all draws."""

    plant: str
    station: str
    n_bays: int
    working_frac: float
    unstaffed_frac: float
    blocked_frac: float
    starved_frac: float
    down_frac: float


@dataclass(frozen=True)
class ProductRow:
    """What becomes of one product."""

    product: str
    is_sold: bool
    rate_per_year: Estimate
    need_per_year: float | None
    bound_per_year: float
    lead_days: Estimate
    wait_days: Estimate
    wip_units: Estimate


@dataclass(frozen=True)
class Delivery:
    """Ordered units against their due dates."""

    on_time_frac: float
    late_p50_days: float
    late_p90_days: float
    last_p50: date | None
    last_p90: date | None


@dataclass(frozen=True)
class FactoryAnswer:
    """All that `wattport make` says about a factory."""

    factory: str
    n_draws: int
    seed: int
    counted_from: date
    stations: tuple[StationRow, ...]
    products: tuple[ProductRow, ...]
    delivery: Delivery | None
    bound_limit: str
    exact: Exact
    reliefs: tuple[Gain, ...]
    what_ifs: tuple[Gain, ...]
    part_cost_eur_per_year: float
    reasons: tuple[Reason, ...]

    @property
    def bottleneck(self) -> Gain | None:
        """What brings most when relieved; none if nothing does."""
        best = self.reliefs[0] if self.reliefs else None
        return best if best is not None and best.rate_per_year.mean > 0.0 else None


def simulate_factory(factory: Factory, draws: int = 100, seed: int = 7) -> FactoryAnswer:
    """
    Simulate a factory and say what limits it.

    Parameters
    ----------
    factory : Factory
        As loaded, or written from a scenario.
    draws : int
        Futures played. [>= 1]
    seed : int
        Of all random numbers. [>= 0]

    Returns
    -------
    FactoryAnswer
        The same for any number of threads.

    Raises
    ------
    InfeasibleError
        Where a calendar has no working time.

    Notes
    -----
    Factories with orders run until these are done; others are watched for
    ``measure.n_weeks`` and counted after the warm-up.

    Examples
    --------
    >>> from wattport.spec import load_factory
    >>> answer = simulate_factory(load_factory("factory_modules"), draws=2)
    >>> [row.product for row in answer.products if row.is_sold]
    ['power module']
    """
    drawn = factory.draw(draws, seed)
    refuse_idle(drawn)
    floor = lay_out(drawn)
    from_h = _counting_hour(drawn, floor)
    if from_h is not None:
        floor = counted_from(floor, from_h)
    future = play(floor, from_h)
    reasons = _reasons(drawn, floor, future)
    gains: tuple[Gain, ...] = ()
    changes: tuple[Gain, ...] = ()
    if not any(reason.is_fatal for reason in reasons):
        n_few = min(draws, _RELIEF_DRAWS)
        few, small, base = drawn.slice(0, n_few), floor.first(n_few), future.first(n_few)
        gains = by_gain(gains_of(reliefs(few, small), small, base, from_h))
        limit = next((g.name for g in gains if g.kind == "station"), "")
        changes = gains_of(what_ifs(few, small, limit), small, base, from_h)
    begin = float(np.median(future.from_h)) / 24.0
    return FactoryAnswer(
        factory=factory.name,
        n_draws=draws,
        seed=seed,
        counted_from=EPOCH + timedelta(days=int(begin)),
        stations=_stations(drawn, floor, future),
        products=_products(drawn, floor, future),
        delivery=_delivery(floor, future),
        bound_limit=floor.bound.limit,
        exact=exact_rate(drawn, floor.hours),
        reliefs=gains,
        what_ifs=changes,
        part_cost_eur_per_year=_part_cost(drawn, future),
        reasons=reasons,
    )


def _counting_hour(drawn: Factory, floor: Floor) -> float | None:
    if floor.is_ordered:
        return None
    if drawn.measure.warm_up_weeks is not None:
        opens = float(floor.network.lines["from_h"].min())
        return opens + 168.0 * mean(drawn.measure.warm_up_weeks)
    pilot = drawn.slice(0, min(drawn.n_draws, _PILOT_DRAWS))
    return warm_up_h(lay_out(pilot))


def _stations(factory: Factory, floor: Floor, future: Future) -> tuple[StationRow, ...]:
    share = use_of(future.lines.state_h)
    rows = []
    for s, name in enumerate(floor.station):
        of = share[s]
        rows.append(
            StationRow(
                plant=factory.plants[int(floor.station_plant[s])].name,
                station=name,
                n_bays=int(floor.network.stations["n_bays"][0, s]),
                working_frac=float(of[BayState.WORKING]),
                unstaffed_frac=float(of[BayState.UNSTAFFED]),
                blocked_frac=float(of[BayState.BLOCKED]),
                starved_frac=float(of[BayState.STARVED]),
                down_frac=float(of[BayState.DOWN]),
            )
        )
    return tuple(rows)


def _products(factory: Factory, floor: Floor, future: Future) -> tuple[ProductRow, ...]:
    rows = []
    for p, product in enumerate(factory.products):
        need = product.need_units_per_year
        rows.append(
            ProductRow(
                product=product.name,
                is_sold=p in floor.sold,
                rate_per_year=estimate(future.rate_per_year[:, p]),
                need_per_year=None if need is None else mean(need),
                bound_per_year=float(floor.bound.product_rate_per_year[p]) * good_frac(product),
                lead_days=estimate(future.lead_days[:, p]),
                wait_days=estimate(future.wait_days[:, p]),
                wip_units=estimate(future.inside_units[:, p]),
            )
        )
    return tuple(rows)


def _delivery(floor: Floor, future: Future) -> Delivery | None:
    late = future.late_days
    if not np.isfinite(floor.due_h).any():
        return None
    worst = np.nanmax(late, axis=1)
    last = np.where(np.isfinite(future.finish_h), future.finish_h, np.inf) / 24.0
    return Delivery(
        on_time_frac=float(np.mean(late[~np.isnan(late)] <= 0.0)),
        late_p50_days=_quantile(worst, 0.5),
        late_p90_days=_quantile(worst, 0.9),
        last_p50=_day(_quantile(last, 0.5)),
        last_p90=_day(_quantile(last, 0.9)),
    )


def _quantile(values: FloatArray, share: float) -> float:
    # Between a date and never lies never.
    return float(np.quantile(values, share, method="higher"))


def _day(day: float) -> date | None:
    return EPOCH + timedelta(days=int(day)) if np.isfinite(day) else None


def _part_cost(factory: Factory, future: Future) -> float:
    """Price a year of bought parts at the simulated rate, as on delivery."""
    kits = [kit_price_eur(factory, p) for p in range(len(factory.products))]
    return float(np.nanmean(future.rate_per_year * np.stack(kits, axis=1), axis=0).sum())


def _reasons(factory: Factory, floor: Floor, future: Future) -> tuple[Reason, ...]:
    found: list[Reason] = []
    lines = future.lines
    ends = {
        Outcome.DEADLOCK: ("MAK004", "parts block each other in a ring",
                           "enlarge a buffer of the ring, or lower the CONWIP cap"),
        Outcome.NO_KIT: ("MAK007", "a kit is never complete",
                         "check reorder points, kanban cards and deliveries"),
        Outcome.NO_TIME: ("MAK006", "a calendar ends before the work",
                          "add shifts, or shorten the orders"),
        Outcome.NO_CREW: ("MAK001", "a bay waits for people who never come",
                          "raise n_people of the skill"),
    }  # fmt: skip
    for outcome, (code, what, remedy) in ends.items():
        at = np.flatnonzero(lines.outcome == outcome)
        if len(at) == 0:
            continue
        draw = int(at[0])
        products = tuple(product.name for product in factory.products)
        where = describe_stuck(floor.station, floor.network, lines, draw, products)
        message = f"{factory.name}: {what} in {len(at) / len(lines.outcome):.0%} of the draws"
        message += f" ({where})" if where else ""
        frac = len(at) / len(lines.outcome)
        found.append(Reason(code, _STAGE, message, remedy, is_fatal=True, draw_frac=frac))
    late = future.late_days
    if late.size and (share := float(np.mean(np.nanmax(late, axis=1) > 0.0))) > 0.0:
        message = f"{factory.name}: some units leave after they are due in {share:.0%} of the draws"
        remedy = "see what would help most in the table of reliefs"
        found.append(Reason("MAK002", _STAGE, message, remedy, draw_frac=share))
    for p in floor.sold:
        need = factory.products[p].need_units_per_year
        rate = estimate(future.rate_per_year[:, p]).mean
        if need is not None and rate < mean(need) and not found:
            message = (
                f"{factory.products[p].name}: {rate:.0f} units a year are made, "
                f"{mean(need):.0f} are needed"
            )
            found.append(Reason("MAK010", _STAGE, message, "relieve the bottleneck first"))
    return tuple(found)
