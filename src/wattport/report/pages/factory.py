"""A factory file as one page: what it makes, what limits it, and the plan for a rate."""

from __future__ import annotations

import math
from itertools import groupby

from wattport.factory import FactoryAnswer, FactoryPlan
from wattport.factory.answer import StationRow
from wattport.factory.bound import places
from wattport.factory.measure import Estimate
from wattport.factory.planning.order_plan import OrderPlan
from wattport.factory.relief import Gain
from wattport.report.charts.bars import Bars
from wattport.report.charts.flow import Flow, FlowStep
from wattport.report.charts.intervals import IntervalRow, Intervals
from wattport.report.charts.levers import Lever, LeverPoint, Levers
from wattport.report.charts.stations import STATES
from wattport.report.drawing import Table
from wattport.report.numerals import number, per_cent, whole
from wattport.report.page import Block, Figure, Listing, Page, Prose, Section
from wattport.spec.factory.factory import Factory
from wattport.spec.reading.rule import central

_SHOWN_GAINS = 12
_ADVICE = {
    True: "In the futures the planned order is less late, on the mean.",
    False: "In the futures the planned order is no less late: keep the earliest due first.",
}


def page_of(
    factory: Factory, answer: FactoryAnswer, plan: FactoryPlan | None = None,
    orders: OrderPlan | None = None,
) -> Page:  # fmt: skip
    """
    Compose the page of a factory file.

    Parameters
    ----------
    factory : Factory
        As loaded; with the plan written in, if there is one.
    answer : FactoryAnswer
        Of this factory.
    plan : FactoryPlan, optional
        For a wanted rate.
    orders : OrderPlan, optional
        Release of its orders.

    Returns
    -------
    Page
        For `wattport.report.write`.
    """
    found = [_planned(plan), _curves(plan), _made(factory, answer), _limits(answer)]
    found += [_released(orders), _findings(answer)]
    facts = [("Factory", factory.name), ("Draws", whole(answer.n_draws))]
    facts += [("Seed", str(answer.seed)), ("Counted from", answer.counted_from.isoformat())]
    return Page(
        title=factory.title or factory.name,
        subtitle="Factory" if plan is None else f"Plan for {plan.wanted_per_year:g} units a year",
        facts=tuple(facts),
        warnings=factory.warnings,
        sections=tuple(section for section in found if section is not None),
        footer="Made by Wattport. This file holds all it shows and asks nothing of a network.",
    )


def _planned(plan: FactoryPlan | None) -> Section | None:
    if plan is None:
        return None
    lede = (
        f"{_interval(plan.rate_per_year)} units a year for {_meur(plan.cost_eur_per_year)} M EUR a "
        f"year. By the hours of work alone no plan costs less than "
        f"{_meur(plan.bound_eur_per_year)} M EUR: a gap of {per_cent(plan.gap_frac)} "
        f"({plan.status})."
    )
    blocks: list[Block] = [_worth(plan), _bays(plan)]
    for plant, lines in groupby(plan.staff, key=lambda row: row.plant):
        rows = list(lines)
        skills = tuple(dict.fromkeys(row.skill for row in rows))
        shifts = sorted({row.shift for row in rows})
        people = {(row.skill, row.shift): float(row.n_people) for row in rows}
        value = tuple(tuple(people[skill, shift] for skill in skills) for shift in shifts)
        names = tuple(f"shift {shift}" for shift in shifts)
        words = "People of each skill on each shift of a working day, as planned."
        blocks.append(
            Figure(Bars(f"Staff of the {plant}", words, skills, names, value, "people", "Staff"))
        )
    if plan.warnings:
        blocks.insert(1, Prose(tuple(f"Note: {warning}." for warning in plan.warnings)))
    return Section("plan", "The plan", lede, tuple(blocks))


def _worth(plan: FactoryPlan) -> Listing:
    rows = [
        ("Wanted (1/year)", number(plan.wanted_per_year, 4), "–"),
        ("Simulated mean with its 95 % interval (1/year)", _interval(plan.rate_per_year),
         _interval(plan.now_rate_per_year)),
        ("In the futures P10 / P50 / P90 (1/year)",
         " / ".join(whole(q) for q in (plan.rate_p10_per_year, plan.rate_p50_per_year,
                                       plan.rate_p90_per_year)), "–"),
        ("Cost (M EUR a year)", _meur(plan.cost_eur_per_year), _meur(plan.now_eur_per_year)),
        ("Staff (M EUR a year)", _meur(plan.staff_eur_per_year), "–"),
        ("Bays (M EUR a year)", _meur(plan.bays_eur_per_year), "–"),
        ("Waiting places and cards (M EUR a year)", _meur(plan.places_eur_per_year), "–"),
        ("Lower bound of the cost (M EUR a year)", _meur(plan.bound_eur_per_year), "–"),
    ]  # fmt: skip
    for row in plan.plants:
        rows.append((f"{row.plant}: shifts", str(row.n_shifts), str(row.n_shifts_now)))
    for product in plan.products:
        if product.n_cards or product.n_cards_now:
            rows.append((f"Cards of {product.product}", str(product.n_cards),
                         str(product.n_cards_now)))  # fmt: skip
    return Listing(Table(("", "Plan", "As it is"), tuple(rows)), "The plan in numbers")


def _bays(plan: FactoryPlan) -> Listing:
    rows = tuple(
        (
            row.plant, row.station, str(row.n_bays), str(row.n_bays_now), str(row.n_buffer),
            str(row.n_buffer_now), _rounded(row.working_frac),
        )
        for row in plan.stations
    )  # fmt: skip
    header = ("Plant", "Station", "Bays", "Bays now", "Places", "Places now", "Working")
    return Listing(Table(header, rows), "Stations and buffers of the plan")


def _curves(plan: FactoryPlan | None) -> Section | None:
    if plan is None:
        return None
    names = {"bays": "bays: ", "staff": "people: ", "shifts": "shifts: ", "places": "places: ",
             "cards": "cards: ", "yield": "yield: "}  # fmt: skip
    levers = []
    for (kind, name), group in groupby(plan.curves, key=lambda point: (point.kind, point.lever)):
        points = tuple(
            LeverPoint(
                point.value, point.rate_per_year.mean, point.rate_per_year.low,
                point.rate_per_year.high, point.cost_eur_per_year / 1e6, point.is_plan,
                f"stands still in {per_cent(point.stuck_frac)} of the draws"
                if point.stuck_frac > 0.0 else "",
            )
            for point in group
        )  # fmt: skip
        levers.append(Lever(names[kind] + name, points, kind == "yield"))
    chart = Levers(
        "Rate against each lever",
        "One lever moves, all else stays as planned, in the same futures. A draw in which the "
        "factory stands still counts as zero.",
        tuple(levers), plan.wanted_per_year, "1/year", "M EUR",
    )  # fmt: skip
    lede = "What one more or one less of each thing does to the rate."
    return Section("curves", "The rate against each lever", lede, (Figure(chart),))


def _made(factory: Factory, answer: FactoryAnswer) -> Section:
    sold = [row for row in answer.products if math.isfinite(row.rate_per_year.mean)]
    rates = Intervals(
        "Throughput against need and upper bound",
        "Good units a year, the mean over the futures; the bound is the rate at which "
        f"{answer.bound_limit} is never idle.",
        tuple(
            IntervalRow(row.product, *_ends(row.rate_per_year),
                        math.nan if row.need_per_year is None else row.need_per_year,
                        row.bound_per_year)
            for row in sold
        ),
        "1/year", "good units",
    )  # fmt: skip
    best = answer.bottleneck
    lede = "Nothing alone would raise the rate." if best is None else (
        f"The bottleneck is {best.name}: relieved by a tenth it brings "
        f"{_interval(best.rate_per_year)} units a year more."
    )  # fmt: skip
    blocks = (Figure(rates), Figure(_flow(factory, answer)), _states(answer),
              _products(answer))  # fmt: skip
    return Section("made", "What the factory makes", lede, blocks)


def _limit(answer: FactoryAnswer) -> str:
    stations = [gain for gain in answer.reliefs if gain.kind == "station"]
    return stations[0].name if stations and stations[0].rate_per_year.low > 0.0 else ""


def _flow(factory: Factory, answer: FactoryAnswer) -> Flow:
    hours: dict[str, list[str]] = {}
    for product in factory.products:
        for operation in product.operations:
            for name, cycle in places(operation):
                hours.setdefault(name, []).append(number(central(cycle), 2))
    limit = _limit(answer)
    steps = tuple(
        FlowStep(
            row.plant,
            row.station,
            f"{row.n_bays} {'bay' if row.n_bays == 1 else 'bays'}, "
            + " / ".join(dict.fromkeys(hours.get(row.station, ["–"])))
            + " h",
            _shares(row),
            row.station == limit,
        )
        for row in answer.stations
    )
    return Flow(
        "Through the plants",
        "Stations in line order with bays and cycle times; the bar under each shows what it does "
        "with its time, red around the station whose relief brings most.",
        steps,
    )


def _states(answer: FactoryAnswer) -> Listing:
    rows = tuple(
        (
            row.plant,
            row.station,
            str(row.n_bays),
            *(_rounded(share) for share in _shares(row)),
        )
        for row in answer.stations
    )
    header = ("Plant", "Station", "Bays", *(name.capitalize() for name, _, _ in STATES))
    return Listing(
        Table(header, rows),
        "What the stations do with their time",
        "Shares of the scheduled bay-time, the mean over the draws. Unstaffed: a part is there and "
        "waits for people; blocked: the next station has no room; starved: nothing arrives.",
    )


def _shares(row: StationRow) -> tuple[float, ...]:
    return tuple(float(getattr(row, f"{name}_frac")) for name, _, _ in STATES)


def _products(answer: FactoryAnswer) -> Listing:
    rows = tuple(
        (
            row.product,
            _interval(row.rate_per_year),
            "–" if row.need_per_year is None else number(row.need_per_year),
            number(row.bound_per_year),
            _interval(row.lead_days),
            _interval(row.wait_days),
            _interval(row.wip_units),
        )
        for row in answer.products
    )
    header = ("Product", "Rate (1/year)", "Need (1/year)", "Bound (1/year)", "Lead time (days)",
              "Wait for release (days)", "In work (units)")  # fmt: skip
    return Listing(Table(header, rows), "Rate, lead time and stock", "Means over the draws, ± half "
                   "of the 95 % interval.")  # fmt: skip


def _limits(answer: FactoryAnswer) -> Section | None:
    if not answer.reliefs:
        return None
    blocks = [
        Figure(
            Intervals(
                "Relieved by a tenth",
                "More units a year from each station a tenth faster, each skill a tenth larger, "
                "each lead time a tenth shorter; the same luck with and without.",
                _gain_rows(answer.reliefs[:_SHOWN_GAINS]), "1/year", "more good units",
            )
        )
    ]  # fmt: skip
    if answer.what_ifs:
        words = "More units a year from each change; the same luck with and without."
        rows = _gain_rows(answer.what_ifs)
        blocks.append(Figure(Intervals("What if", words, rows, "1/year", "more good units")))
    exact = answer.exact
    known = (
        f"{number(exact.rate_per_year, 5)} a year" if exact.rate_per_year is not None else "none"
    )
    kind = "exact" if exact.is_exact else "approximate"
    lede = f"The {kind} rate beside the simulation: {known} ({exact.method})."
    return Section("limits", "What limits it, what would help", lede, tuple(blocks))


def _gain_rows(gains: tuple[Gain, ...]) -> tuple[IntervalRow, ...]:
    return tuple(
        IntervalRow(gain.name, *_ends(gain.rate_per_year))
        for gain in gains
        if math.isfinite(gain.rate_per_year.mean)
    )


def _released(orders: OrderPlan | None) -> Section | None:
    if orders is None:
        return None
    lede = (
        f"{number(orders.tardiness_unit_days)} unit-days late by the plan, "
        f"{number(orders.rule_unit_days)} by the dispatch rule, no order of release below "
        f"{number(orders.bound_unit_days)}: gap {per_cent(orders.gap_frac)} ({orders.status})."
    )
    lateness = Table(
        ("", "On time", "Mean days late", "Latest unit P50 (days)", "Latest unit P90 (days)"),
        tuple(
            (name, per_cent(of.on_time_frac), f"{of.mean_days:.1f}", whole(of.worst_p50_days),
             whole(of.worst_p90_days))
            for name, of in (("Earliest due first", orders.before), ("Planned", orders.after))
        ),
    )  # fmt: skip
    dates = Table(
        ("Order", "Units", "Due", "First release", "Last release"),
        tuple(
            (row.product + (f", {row.customer}" if row.customer else ""), str(row.n_units),
             row.due.isoformat(), row.first_release.isoformat(), row.last_release.isoformat())
            for row in orders.rows
        ),
    )  # fmt: skip
    return Section(
        "release",
        "Release against the due dates",
        lede,
        (
            Listing(lateness, "In the futures", "Negative: days early."),
            Listing(dates, "Release of the orders"),
            Prose((f"Found by: {orders.method}. {_ADVICE[orders.is_better]}",)),
        ),
    )


def _findings(answer: FactoryAnswer) -> Section | None:
    if not answer.reasons:
        return None
    rows = tuple(
        (reason.code, "fatal" if reason.is_fatal else "note", reason.message, reason.remedy)
        for reason in answer.reasons
    )
    table = Table(("Code", "", "Finding", "Remedy"), rows)
    return Section("findings", "Findings", "What a reader must know.", (Listing(table),))


def _ends(of: Estimate) -> tuple[float, float, float]:
    return of.mean, of.low, of.high


def _interval(of: Estimate) -> str:
    if not math.isfinite(of.low):
        return number(of.mean)
    half = 0.5 * (of.high - of.low)
    # As many decimals as the interval warrants, in both numbers.
    decimals = 1 if half < 10.0 else 0
    return f"{of.mean:.{decimals}f} ± {half:.{decimals}f}"


def _rounded(share: float) -> str:
    """Write a share in whole per cent: simulated shares are no surer than that."""
    return f"{100.0 * share:.0f}\u202f%"


def _meur(eur: float) -> str:
    return f"{eur / 1e6:.2f}"
