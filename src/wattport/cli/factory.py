"""The answer of ``wattport make`` to a factory file: in words, in JSON, in a folder."""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattport.cli import answer as written
from wattport.cli import factory_plan
from wattport.errors import format_findings
from wattport.legible import csv_text
from wattport.output import MANIFEST, new_folder

if TYPE_CHECKING:
    from wattport.factory import FactoryAnswer, FactoryPlan
    from wattport.factory.measure import Estimate
    from wattport.factory.planning.order_plan import OrderPlan
    from wattport.factory.relief import Gain
    from wattport.spec.factory.factory import Factory

_MOST_RELIEFS = 8  # what comes after these changes nothing


def run(
    factory: Factory, *, rate_per_year: float | None, draws: int, seed: int, out: Path | None,
    as_json: bool,
) -> bool:  # fmt: skip
    """
    Simulate a factory, or plan it for a rate and simulate the plan, and show the answer.

    Returns
    -------
    bool
        Whether the factory stands still in some future: exit code 3.
    """
    if factory.findings:
        print(format_findings(factory.findings), file=sys.stderr)
    from wattport.factory import plan_factory, simulate_factory

    plan, orders = None, None
    if rate_per_year is not None:
        from wattport.factory.planning.factory_plan import with_plan
        from wattport.factory.planning.order_plan import plan_orders

        plan = plan_factory(factory, rate_per_year, draws=draws, seed=seed)
        factory = with_plan(factory, plan)
        orders = plan_orders(factory, draws, seed)
    answer = simulate_factory(factory, draws=draws, seed=seed)
    as_text = written.text(as_plain(answer, plan, orders))
    words = text(answer, factory.title or factory.name, factory.warnings)
    if plan is not None:
        words = f"{factory_plan.text(plan, orders)}\nthe plan, simulated with its orders\n{words}"
    if out is not None:
        from wattport.report import write
        from wattport.report.pages.factory import page_of

        tables: dict[str, Sequence[Any]] = {
            "stations": answer.stations, "gains": (*answer.reliefs, *answer.what_ifs)
        }  # fmt: skip
        if plan is not None:
            tables |= {"plan": plan.stations, "staff": plan.staff, "curves": plan.curves}
        if orders is not None:
            tables |= {"release": orders.rows}
        with new_folder(out, "wattport make") as part:
            write(page_of(factory, answer, plan, orders), part / "report.html")
            (part / MANIFEST).write_text(as_text + "\n", "utf-8")
            (part / "answer.txt").write_text(words, "utf-8")
            for name, rows in tables.items():
                (part / f"{name}.csv").write_text(_csv(rows), "utf-8")
    print(as_text if as_json else words, end="\n" if as_json else "")
    return any(reason.is_fatal for reason in answer.reasons)


def as_plain(
    answer: FactoryAnswer, plan: FactoryPlan | None = None, orders: OrderPlan | None = None
) -> dict[str, Any]:
    """Serialise the typed results, dates as text; ``release`` goes with ``plan``."""
    best = answer.bottleneck
    plain = {"schema_version": written.SCHEMA_VERSION, **dataclasses.asdict(answer)}
    plain["bottleneck"] = None if best is None else best.name
    if plan is not None:
        plain["plan"] = dataclasses.asdict(plan)
        plain["release"] = None if orders is None else dataclasses.asdict(orders)
    dated: dict[str, Any] = _dated(plain)
    return dated


def text(found: FactoryAnswer, title: str, warnings: Iterable[str] = ()) -> str:
    """Write the answer for a terminal."""
    lines = [f"{title}: {found.n_draws} futures, counted from {found.counted_from}"]
    lines += [f"  note: {warning}" for warning in warnings]
    lines += ["", *_stations(found), "", *_products(found), "", *_limits(found)]
    if found.what_ifs:
        lines += ["", *_gains("what if", found.what_ifs)]
    if found.delivery is not None:
        of = found.delivery
        lines += [
            "",
            f"orders: {of.on_time_frac:.0%} of the units on time; the latest unit is "
            f"{of.late_p50_days:.0f} days late at P50, {of.late_p90_days:.0f} at P90; "
            f"the last leaves {_day(of.last_p50)} at P50, {_day(of.last_p90)} at P90",
        ]
    for reason in found.reasons:
        mark = "fatal" if reason.is_fatal else "note"
        lines += ["", f"{mark}[{reason.code}] {reason.message}", f"  remedy: {reason.remedy}"]
    return "\n".join(lines) + "\n"


def _stations(found: FactoryAnswer) -> list[str]:
    width = max(len(row.station) for row in found.stations)
    lines = [
        f"{'station':<{width}} {'bays':>4} {'work':>6} {'crew?':>6} {'block':>6} {'starve':>6} "
        f"{'down':>6}  (shares of the scheduled hours; crew?: waits for people)"
    ]
    plant = ""
    for row in found.stations:
        if row.plant != plant:
            plant = row.plant
            lines.append(f"{plant}:")
        shares = (
            row.working_frac, row.unstaffed_frac, row.blocked_frac, row.starved_frac, row.down_frac
        )  # fmt: skip
        lines.append(
            f"{row.station:<{width}} {row.n_bays:>4} "
            + " ".join(f"{100.0 * share:>5.1f}%" for share in shares)
        )
    return lines


def _products(found: FactoryAnswer) -> list[str]:
    width = max(len(row.product) for row in found.products)
    width = max(width, len("product"))
    lines = [
        f"{'product':<{width}} {'a year':>17} {'need':>6} {'bound':>7} {'lead days':>17} "
        f"{'wait days':>9} {'in work':>9}"
    ]
    for row in found.products:
        need = "-" if row.need_per_year is None else f"{row.need_per_year:.0f}"
        lines.append(
            f"{row.product:<{width}} {_interval(row.rate_per_year):>17} {need:>6} "
            f"{row.bound_per_year:>7.1f} {_interval(row.lead_days):>17} "
            f"{row.wait_days.mean:>9.1f} {row.wip_units.mean:>9.1f}"
        )
    return lines


def _limits(found: FactoryAnswer) -> list[str]:
    best = found.bottleneck
    lines = [f"upper bound: {found.bound_limit} is never idle there"]
    if found.exact.rate_per_year is None:
        lines.append(f"exact rate: none ({found.exact.method})")
    else:
        kind = "exact" if found.exact.is_exact else "approximate"
        lines.append(f"{kind} rate: {found.exact.rate_per_year:.2f} a year ({found.exact.method})")
    if best is not None:
        lines.append(
            f"bottleneck: {best.name} ({best.kind}), {_signed(best.rate_per_year)} a year when "
            "relieved by a tenth"
        )
    if found.reliefs:
        lines += ["", *_gains("relieved by a tenth", found.reliefs[:_MOST_RELIEFS])]
    return lines


def _gains(title: str, gains: Sequence[Gain]) -> list[str]:
    width = max(len(title), *(len(gain.name) for gain in gains))
    lines = [f"{title:<{width}} {'more a year':>20} {'last unit, days':>20}"]
    for gain in gains:
        stuck = f"  stands still in {gain.stuck_frac:.0%}" if gain.stuck_frac > 0.0 else ""
        lines.append(
            f"{gain.name:<{width}} {_signed(gain.rate_per_year):>20} "
            f"{_signed(gain.finish_days):>20}{stuck}"
        )
    return lines


def _interval(of: Estimate) -> str:
    if not math.isfinite(of.mean):
        return "-"
    half = f" ± {0.5 * (of.high - of.low):.1f}" if math.isfinite(of.low) else ""
    return f"{of.mean:.1f}{half}"


def _signed(of: Estimate) -> str:
    if not math.isfinite(of.mean):
        return "-"
    half = f" ± {0.5 * (of.high - of.low):.1f}" if math.isfinite(of.low) else ""
    return f"{of.mean:+.1f}{half}"


def _day(of: date | None) -> str:
    return "never" if of is None else of.isoformat()


def _dated(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _dated(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_dated(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _csv(rows: Sequence[Any]) -> str:
    """Write dataclasses as a table, estimates as three columns."""
    table = [
        {key: f"{value:.9g}" if isinstance(value, float) else value
         for key, value in _flat(dataclasses.asdict(row)).items()}
        for row in rows
    ]  # fmt: skip
    return csv_text(list(table[0]), table) if table else "\n"


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            cells |= {f"{name}_{key}": part for key, part in value.items()}
        else:
            cells[name] = value
    return cells
