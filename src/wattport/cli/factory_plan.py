"""A plan for a rate in words: what to build, whom to employ, what each lever does."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wattport.factory.measure import Estimate
    from wattport.factory.planning.factory_plan import FactoryPlan
    from wattport.factory.planning.order_plan import OrderPlan
    from wattport.factory.planning.rate_curve import CurvePoint

_SHOWN = 6  # points of one lever


def text(plan: FactoryPlan, orders: OrderPlan | None) -> str:
    """Write a plan for a terminal; it ends with a line break."""
    lines = [*_worth(plan), "", *_stations(plan), "", *_staff(plan), "", *_products(plan)]
    lines += ["", *_curves(plan.curves)]
    if orders is not None:
        lines += ["", *_orders(orders)]
    return "\n".join(lines) + "\n"


def _worth(plan: FactoryPlan) -> list[str]:
    lines = [
        f"plan for {plan.wanted_per_year:g} a year: {_interval(plan.rate_per_year)} reached, 95 % "
        f"interval of the mean over {plan.n_draws} futures ({plan.status})",
        f"  in the futures P10 {plan.rate_p10_per_year:.0f}, P50 {plan.rate_p50_per_year:.0f}, "
        f"P90 {plan.rate_p90_per_year:.0f} a year; as it is {_interval(plan.now_rate_per_year)}",
        f"  cost EUR {_millions(plan.cost_eur_per_year)} M a year (as it is "
        f"{_millions(plan.now_eur_per_year)}): staff {_millions(plan.staff_eur_per_year)}, bays "
        f"{_millions(plan.bays_eur_per_year)}, places and cards "
        f"{_millions(plan.places_eur_per_year)}",
        f"  no plan costs less than {_millions(plan.bound_eur_per_year)} M by the hours of work: "
        f"gap {plan.gap_frac:.1%} of waiting, of spread and of the search ({plan.n_plays} "
        "factories simulated)",
    ]
    lines += [
        f"  {row.plant}: {row.n_shifts} shifts (now {row.n_shifts_now}), {row.n_bays} bays, "
        f"{row.n_people} people"
        for row in plan.plants
    ]
    lines += [f"  note: {warning}" for warning in plan.warnings]
    return lines


def _stations(plan: FactoryPlan) -> list[str]:
    width = max(len(row.station) for row in plan.stations)
    lines = [
        f"{'station':<{width}} {'bays':>4} {'now':>4} {'places':>6} {'now':>4} {'work':>6} "
        f"{'crew?':>6} {'block':>6} {'starve':>6} {'down':>6}"
    ]
    for plant, rows in groupby(plan.stations, key=lambda row: row.plant):
        lines.append(f"{plant}:")
        for row in rows:
            shares = (row.working_frac, row.unstaffed_frac, row.blocked_frac, row.starved_frac,
                      row.down_frac)  # fmt: skip
            lines.append(
                f"{row.station:<{width}} {row.n_bays:>4} {row.n_bays_now:>4} {row.n_buffer:>6} "
                f"{row.n_buffer_now:>4} " + " ".join(f"{100.0 * part:>5.1f}%" for part in shares)
            )
    return lines


def _staff(plan: FactoryPlan) -> list[str]:
    width = max((len(row.skill) for row in plan.staff), default=5)
    lines = [f"{'people':<{width}}  by shift (now)"]
    for (plant, skill), rows in groupby(plan.staff, key=lambda row: (row.plant, row.skill)):
        shifts = ", ".join(f"{row.shift}: {row.n_people} ({row.n_people_now})" for row in rows)
        lines.append(f"{skill:<{width}}  {shifts}  {plant}")
    return lines


def _products(plan: FactoryPlan) -> list[str]:
    width = max(7, *(len(row.product) for row in plan.products))
    lines = [f"{'product':<{width}} {'cards':>5} {'now':>4} {'lead days':>9}"]
    for row in plan.products:
        cards, now = (str(n) if n else "-" for n in (row.n_cards, row.n_cards_now))
        lines.append(f"{row.product:<{width}} {cards:>5} {now:>4} {row.lead_days:>9.1f}")
    return lines


def _curves(points: Sequence[CurvePoint]) -> list[str]:
    lines = ["rate against each lever (*: the plan; !: stands still in some futures)"]
    for (kind, lever), group in groupby(points, key=lambda point: (point.kind, point.lever)):
        shown = [
            f"{_value(point)}{'*' if point.is_plan else ''}"
            f"{'!' if point.stuck_frac > 0.0 else ''}: {point.rate_per_year.mean:.0f}"
            for point in group
        ]
        lines.append(f"  {kind:<6} {lever:<36} " + "  ".join(shown[:_SHOWN]))
    return lines


def _orders(plan: OrderPlan) -> list[str]:
    lines = [
        f"release against due dates: {plan.tardiness_unit_days:.0f} unit-days late by the plan, "
        f"dispatch rule {plan.rule_unit_days:.0f}, bound {plan.bound_unit_days:.0f}, gap "
        f"{plan.gap_frac:.1%} ({plan.status}; {plan.method})"
    ]
    for name, of in (("earliest due first", plan.before), ("planned order", plan.after)):
        lines.append(
            f"  in the futures, {name}: {of.on_time_frac:.1%} of the units on time, "
            f"{of.mean_days:.1f} days late on the mean; the latest unit "
            f"{_late(of.worst_p50_days)} at P50, {_late(of.worst_p90_days)} at P90"
        )
    if not plan.is_better:
        lines.append("  the planned order is no better in the futures: keep the earliest due first")
    lines.append(f"  {'first release':<13} {'last':<10} {'due':<10} {'units':>5}  order")
    lines += [
        f"  {row.first_release.isoformat():<13} {row.last_release} {row.due} {row.n_units:>5}  "
        f"{row.product}{', ' + row.customer if row.customer else ''}"
        for row in plan.rows
    ]
    return lines


def _late(days: float) -> str:
    return f"{abs(days):.0f} days {'late' if days > 0.0 else 'early'}"


def _value(point: CurvePoint) -> str:
    return f"{point.value:.0%}" if point.kind == "yield" else f"{point.value:g}"


def _interval(of: Estimate) -> str:
    half = f" ± {0.5 * (of.high - of.low):.1f}" if of.low == of.low else ""
    return f"{of.mean:.1f}{half}"


def _millions(eur: float) -> str:
    return f"{eur / 1e6:.2f}"
