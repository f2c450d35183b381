"""Rules about values: site, grid, campus, workload and finance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wattport.spec.campus.campus import CapacityBasis, Topology
from wattport.spec.campus.spec import Spec
from wattport.spec.reading.rule import Breach, Breaches, at, central, ends, near
from wattport.spec.reading.section import Path, numbers
from wattport.spec.reading.uncertain import Uncertain


def groups_declared(spec: Spec) -> Breaches:
    """A group of correlated numbers is declared."""
    known = spec.uncertainty.groups
    for path, value in numbers(spec):
        if isinstance(value, Uncertain) and value.group is not None:
            name = value.group.removeprefix("-")
            if name not in known:
                yield Breach(
                    (*path, "group"), f"the group {name!r} is not declared", name,
                    ", ".join(known), near(name, known, f"add `{name}: 0.5` to uncertainty.groups"),
                )  # fmt: skip


# Lower path, upper path: the first must not exceed the second.
_ORDERED: tuple[tuple[str, str], ...] = (
    ("grid.voltage_min_pu", "grid.voltage_max_pu"),
    ("grid.frequency_min_hz", "grid.frequency_max_hz"),
    ("site.design_day_c", "site.stress_day_c"),
    ("campus.cooling.facility_supply_c", "campus.cooling.facility_supply_max_c"),
    ("announced.envelope_low_beur", "announced.envelope_high_beur"),
    ("announced.grid_mw_low", "announced.grid_mw_high"),
)


def in_order(spec: Spec) -> Breaches:
    """A lower limit is not above its upper limit."""
    for lower, upper in _ORDERED:
        first, second = (at(spec, tuple(dotted.split("."))) for dotted in (lower, upper))
        if first is not None and second is not None and central(first) > central(second):
            yield Breach(
                tuple(lower.split(".")), f"{central(first):g} is above {upper}", central(first),
                f"at most {central(second):g}", "swap the two, or correct one",
            )  # fmt: skip


# Lists that an engine cannot do without.
_NEEDED = (
    "grid.tranches", "campus.rack_generations", "plants.enclosures.stations",
    "plants.modules.stations", "programme.hall_activities",
)  # fmt: skip


def lists_filled(spec: Spec) -> Breaches:
    """A list that is needed has an item."""
    for dotted in _NEEDED:
        path = tuple(dotted.split("."))
        if not at(spec, path):
            yield Breach(path, "the list is empty", (), "one item or more", "add an item")


def tranche_dates_ascend(spec: Spec) -> Breaches:
    """Tranche dates ascend."""
    dates = [tranche.date for tranche in spec.grid.tranches]
    yield from _ascending(dates, ("grid", "tranches"), "date")


def rack_dates_ascend(spec: Spec) -> Breaches:
    """Rack generations follow each other."""
    dates = [rack.available_from for rack in spec.campus.rack_generations]
    yield from _ascending(dates, ("campus", "rack_generations"), "available_from")


def _ascending(dates: Sequence[Any], path: Path, key: str) -> Breaches:
    for index in range(1, len(dates)):
        if dates[index] <= dates[index - 1]:
            yield Breach(
                (*path, index, key), f"{dates[index]} does not follow {dates[index - 1]}",
                dates[index], f"after {dates[index - 1]}", "put the list in order of date",
            )  # fmt: skip


def tranche_power_grows(spec: Spec) -> Breaches:
    """Tranche powers never fall."""
    powers = [
        central(spec.grid.connection_mw if t.power_mw is None else t.power_mw)
        for t in spec.grid.tranches
    ]
    for index in range(1, len(powers)):
        if powers[index] < powers[index - 1]:
            yield Breach(
                ("grid", "tranches", index, "power_mw"),
                f"{powers[index]:g} MW is less than the {powers[index - 1]:g} MW before it",
                powers[index], f"at least {powers[index - 1]:g}",
                "tranche powers are cumulative: write the total from that date",
            )  # fmt: skip


def tranches_within_connection(spec: Spec) -> Breaches:
    """Tranches stay within the connection."""
    whole = central(spec.grid.connection_mw)
    for index, tranche in enumerate(spec.grid.tranches):
        if tranche.power_mw is not None and central(tranche.power_mw) > whole:
            yield Breach(
                ("grid", "tranches", index, "power_mw"),
                f"{central(tranche.power_mw):g} MW is more than the connection",
                central(tranche.power_mw), f"at most {whole:g}",
                "raise grid.connection_mw, or lower the tranche",
            )  # fmt: skip


def split_is_whole(spec: Spec) -> Breaches:
    """The facility split sums to one."""
    split = spec.finance.facility_split
    total = sum(central(getattr(split, name)) for name in type(split).model_fields)
    if abs(total - 1.0) > 1e-6:
        yield Breach(
            ("finance", "facility_split"), f"the shares sum to {total:g}", total,
            "1", f"add {1.0 - total:+.4g} to one of them",
        )  # fmt: skip


def quarters_average_one(spec: Spec) -> Breaches:
    """Quarter factors average one."""
    factors = [central(factor) for factor in spec.finance.energy.quarter_factors]
    mean = sum(factors) / len(factors)
    if abs(mean - 1.0) > 0.02:
        yield Breach(
            ("finance", "energy", "quarter_factors"), f"the quarters average {mean:.3f}", mean,
            "1 within 2 %", "divide each factor by the mean, or move it into the base price",
        )  # fmt: skip


def hall_fits_campus(spec: Spec) -> Breaches:
    """A hall is no larger than the campus."""
    campus = spec.campus
    whole = central(campus.it_mw)
    if campus.capacity_basis is CapacityBasis.GRID:
        whole = central(spec.grid.connection_mw) / central(campus.design_pue)
    if central(campus.hall_it_mw) > whole * (1.0 + 1e-9):
        yield Breach(
            ("campus", "hall_it_mw"), f"one hall is larger than the campus of {whole:.4g} MW IT",
            central(campus.hall_it_mw), f"at most {whole:.4g}", "smaller halls, or a larger campus",
        )  # fmt: skip


def campus_fits_grid(spec: Spec) -> Breaches:
    """The connection carries the campus."""
    campus = spec.campus
    need = central(campus.it_mw) * central(campus.design_pue)
    whole = central(spec.grid.connection_mw)
    if campus.capacity_basis is CapacityBasis.IT and need > whole * 1.001:
        yield Breach(
            ("campus", "it_mw"),
            f"IT times design PUE is {need:.4g} MW, the connection {whole:.4g}",
            central(campus.it_mw), f"at most {whole / central(campus.design_pue):.4g}",
            "enlarge the connection, or use `capacity_basis: grid`",
        )  # fmt: skip


def water_leaves_room(spec: Spec) -> Breaches:
    """Water to the CDUs is no warmer than racks accept less what the CDUs need."""
    cooling = spec.campus.cooling
    warmest = ends(cooling.facility_supply_c)[1]
    accepted, needed = ends(cooling.facility_supply_max_c)[0], ends(cooling.cdu_approach_k)[1]
    if warmest > accepted - needed + 1e-9:
        yield Breach(
            ("campus", "cooling", "facility_supply_c"),
            f"the racks accept {accepted:g} C, of which the CDUs need {needed:g} K: with water at "
            f"{warmest:g} C no rack could ever run",
            warmest, f"at most {accepted - needed:g}",
            "colder water, a closer cdu_approach_k, or racks that accept more",
        )  # fmt: skip


def distributed_shares(spec: Spec) -> Breaches:
    """Distributed redundancy shares a spare."""
    modules = spec.campus.modules
    if modules.topology is Topology.DISTRIBUTED and not 2 <= modules.n_needed <= 8:
        sense = "that is 2n" if modules.n_needed == 1 else "the spare is nearly always out"
        yield Breach(
            ("campus", "modules", "n_needed"),
            f"{modules.n_needed + 1} to make {modules.n_needed}: {sense}", modules.n_needed,
            "2 to 8 needed modules, 3 to 5 are built",
            "use `topology: 2n`" if modules.n_needed == 1 else "smaller blocks",
        )  # fmt: skip


def idle_below_mean(spec: Spec) -> Breaches:
    """Idle power is below the mean."""
    idle, mean = (
        central(getattr(spec.workload, k)) for k in ("idle_power_frac", "utilisation_frac")
    )
    if idle > mean:
        yield Breach(
            ("workload", "idle_power_frac"), f"idle power {idle:g} is above the mean {mean:g}",
            idle, f"at most {mean:g}", "lower the idle power, or raise the utilisation",
        )  # fmt: skip
