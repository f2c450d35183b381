"""Rules across a factory file: what refers to nothing, what nobody can do, what never works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from wattport.errors import Code
from wattport.spec.factory.factory import (
    Factory,
    FactoryOperation,
    FactoryPlant,
    FactoryStation,
    OrderPolicy,
    ReleaseRule,
)
from wattport.spec.reading.rule import (
    Breach,
    Breaches,
    Rule,
    caught_in_circles,
    central,
    circle_of,
    near,
)
from wattport.spec.reading.section import Path

Place = tuple[FactoryPlant, FactoryStation]


def stations_of(factory: Factory) -> dict[str, Place]:
    """Give each station with its plant, by name."""
    return {s.name: (plant, s) for plant in factory.plants for s in plant.stations}


def _names_unique(factory: Factory) -> Breaches:
    named: list[tuple[str, str, Path]] = []
    for p, plant in enumerate(factory.plants):
        named.append(("plant", plant.name, ("plants", p, "name")))
        for s, station in enumerate(plant.stations):
            named.append(("station", station.name, ("plants", p, "stations", s, "name")))
        for s, skill in enumerate(plant.skills):
            named.append((f"skill {p}", skill.name, ("plants", p, "skills", s, "name")))
        for c, crew in enumerate(plant.repair_crews):
            named.append((f"crew {p}", crew.name, ("plants", p, "repair_crews", c, "name")))
    for p, product in enumerate(factory.products):
        named.append(("part", product.name, ("products", p, "name")))
        for o, operation in enumerate(product.operations):
            named.append((f"op {p}", operation.name, ("products", p, "operations", o, "name")))
    seen = set[tuple[str, str]]()
    for kind, name, path in named:
        if (kind, name) in seen:
            yield Breach(path, f"{name!r} stands twice", name, "each name once", "rename one")
        seen.add((kind, name))
    made = {product.name for product in factory.products}
    for s, supplier in enumerate(factory.suppliers):
        if supplier.part in made:
            yield Breach(
                ("suppliers", s, "part"), f"{supplier.part!r} is bought and made", supplier.part,
                "one of both", "remove the supplier, or rename the product",
            )  # fmt: skip


def _lists_filled(factory: Factory) -> Breaches:
    for key in ("plants", "products"):
        if not getattr(factory, key):
            yield Breach((key,), "the list is empty", None, "at least one", "add one")
    for p, plant in enumerate(factory.plants):
        if not plant.stations:
            path: Path = ("plants", p, "stations")
            yield Breach(path, "the list is empty", None, "at least one", "add a station")
    for p, product in enumerate(factory.products):
        if not product.operations:
            path = ("products", p, "operations")
            yield Breach(path, "the list is empty", None, "at least one", "add an operation")


def _places(factory: Factory) -> Iterator[tuple[Path, str, int, int]]:
    for p, product in enumerate(factory.products):
        for o, operation in enumerate(product.operations):
            base: Path = ("products", p, "operations", o)
            yield (*base, "station"), operation.station, p, o
            for a, place in enumerate(operation.alternatives):
                yield (*base, "alternatives", a, "station"), place.station, p, o


def _stations_exist(factory: Factory) -> Breaches:
    known = stations_of(factory)
    for path, name, _, _ in _places(factory):
        if name not in known:
            yield Breach(
                path, f"no station is named {name!r}", name, ", ".join(known),
                near(name, known, "name a station of a plant"),
            )  # fmt: skip


class _People:
    """Who can do what in one plant, asked once for each operation there."""

    def __init__(self, plant: FactoryPlant) -> None:
        self.plant = plant
        self.able: dict[str, list[int]] = {}  # skills, by place, whose people have each skill
        for place, skill in enumerate(plant.skills):
            for name in {skill.name, *skill.also}:
                self.able.setdefault(name, []).append(place)
        self.known = dict.fromkeys(skill.name for skill in plant.skills)

    def most(self, *names: str) -> int:
        """Give the most people of any shift who have one of some skills."""
        able = [self.plant.skills[i] for i in {i for name in names for i in self.able[name]}]
        later = sum(skill.n_later_shift_people for skill in able) if self.plant.n_shifts > 1 else 0
        return max(sum(skill.n_people for skill in able), later)


def _somebody_can(factory: Factory) -> Breaches:
    known = stations_of(factory)
    people = {id(plant): _People(plant) for plant in factory.plants}
    for path, name, p, o in _places(factory):
        if name not in known:
            continue
        plant = known[name][0]
        there = people[id(plant)]
        operation = factory.products[p].operations[o]
        for c, need in enumerate(operation.crew):
            at = (*path[:4], "crew", c)
            if need.skill not in there.known:
                yield Breach(
                    (*at, "skill"), f"nobody in {plant.name} has the skill {need.skill!r} "
                    f"that {operation.name} needs", need.skill,
                    ", ".join(there.known) or "no skills there",
                    near(need.skill, there.known, f"add the skill to {plant.name}"),
                )  # fmt: skip
            elif there.most(need.skill) < need.n_people:
                most = there.most(need.skill)
                yield Breach(
                    (*at, "n_people"), f"{operation.name} needs "
                    f"{need.n_people} of {need.skill}, and no shift of {plant.name} has more than "
                    f"{most}", need.n_people, f"at most {most}",
                    "raise n_people of the skill, or lower the crew",
                )  # fmt: skip
        yield from _crew_together(operation, there, (*path[:4], "crew"))


def _crew_together(operation: FactoryOperation, there: _People, path: Path) -> Breaches:
    """Nobody works for two skills at once."""
    wanted = sum(need.n_people for need in operation.crew)
    able = there.most(*(need.skill for need in operation.crew if need.skill in there.able))
    if len(operation.crew) > 1 and able < wanted:
        yield Breach(
            path, f"{operation.name} needs {wanted} people at once, and no shift of "
            f"{there.plant.name} has more than {able} with these skills", wanted,
            f"at most {able}", "raise n_people of a skill, or lower the crew",
        )  # fmt: skip


def _further_skills_exist(factory: Factory) -> Breaches:
    for p, plant in enumerate(factory.plants):
        known = dict.fromkeys(skill.name for skill in plant.skills)
        for s, skill in enumerate(plant.skills):
            for a, name in enumerate(skill.also):
                if name not in known or name == skill.name:
                    others = [other for other in known if other != skill.name]
                    yield Breach(
                        ("plants", p, "skills", s, "also", a),
                        f"{name!r} is no other skill of {plant.name}", name, ", ".join(others),
                        near(name, others, f"add the skill to {plant.name}"),
                    )  # fmt: skip


def _changeovers_name_families(factory: Factory) -> Breaches:
    families = _families(factory)
    for p, plant in enumerate(factory.plants):
        for s, station in enumerate(plant.stations):
            known = dict.fromkeys(sorted(families.get(station.name, ())))
            seen = set[tuple[str, str]]()
            for c, change in enumerate(station.changeovers):
                path: Path = ("plants", p, "stations", s, "changeovers", c)
                for key in ("from_family", "to_family"):
                    name = getattr(change, key)
                    if name not in known:
                        yield Breach(
                            (*path, key), f"no work of the family {name!r} is done at "
                            f"{station.name}", name, ", ".join(known),
                            near(name, known, "name the family of an operation there"),
                        )  # fmt: skip
                pair = (change.from_family, change.to_family)
                if pair[0] == pair[1] or pair in seen:
                    yield Breach(
                        (*path, "to_family"), "a changeover leads from one family to another, and "
                        "stands once", pair[1], "another pair of families", "remove the line",
                    )  # fmt: skip
                seen.add(pair)


def _families(factory: Factory) -> dict[str, set[str]]:
    """Families of the work done at each station."""
    found: dict[str, set[str]] = {}
    for _, station, p, o in _places(factory):
        product = factory.products[p]
        family = product.operations[o].family or product.name
        found.setdefault(station, set()).add(family)
    return found


def _kits_supplied(factory: Factory) -> Breaches:
    made, bought = (p.name for p in factory.products), (s.part for s in factory.suppliers)
    known = dict.fromkeys((*made, *bought))
    for p, product in enumerate(factory.products):
        for k, line in enumerate(product.kit):
            if line.part not in known:
                yield Breach(
                    ("products", p, "kit", k, "part"),
                    f"{product.name} needs {line.part!r}, which no plant makes and no supplier "
                    "sells", line.part, ", ".join(known),
                    near(line.part, known, "add a supplier of the part"),
                )  # fmt: skip


def _bom_has_no_circle(factory: Factory) -> Breaches:
    made = {product.name for product in factory.products}
    waits = {p.name: {line.part for line in p.kit if line.part in made} for p in factory.products}
    caught = caught_in_circles(waits)
    if caught:
        circle = circle_of({name: sorted(parts) for name, parts in caught.items()})
        circle.append(circle[0])
        row = next(i for i, p in enumerate(factory.products) if p.name == circle[0])
        yield Breach(
            ("products", row, "kit"), "the bill of materials is a circle: "
            + " is made of ".join(circle), circle[0], "parts that lead to bought parts",
            "remove one of these lines",
        )  # fmt: skip


def _rework_goes_back(factory: Factory) -> Breaches:
    stations = stations_of(factory)
    for p, product in enumerate(factory.products):
        earlier: dict[str, None] = {}
        for o, operation in enumerate(product.operations):
            path: Path = ("products", p, "operations", o, "rework_to")
            earlier[operation.name] = None
            if operation.rework_to is not None and operation.rework_to not in earlier:
                yield Breach(
                    path, f"{operation.rework_to!r} is no earlier operation of {product.name}",
                    operation.rework_to, ", ".join(earlier),
                    near(operation.rework_to, earlier, "name an earlier operation"),
                )  # fmt: skip
            away = operation.rework_to not in (None, operation.name)
            if away and central(operation.rework_h) > 0.0:
                yield Breach(
                    (*path[:4], "rework_h"), f"{operation.name} is not reworked on its bay, so "
                    "that nothing can be added there", central(operation.rework_h), "0",
                    "leave rework_h out, or rework_to",
                )  # fmt: skip
            batch = operation.station in stations and stations[operation.station][1].n_batch > 1
            back = operation.rework_to in (None, operation.name)
            if batch and back and central(operation.first_pass_yield_frac) < 1.0:
                yield Breach(
                    path, "one part of a batch cannot be reworked while the others wait",
                    operation.rework_to, ", ".join(list(earlier)[:-1]) or "an earlier operation",
                    "name the operation to which failed parts return",
                )  # fmt: skip


def _units_pass(factory: Factory) -> Breaches:
    for p, product in enumerate(factory.products):
        for o, operation in enumerate(product.operations):
            passed = central(operation.first_pass_yield_frac) - central(operation.scrap_frac)
            if passed <= 0.0:
                yield Breach(
                    ("products", p, "operations", o, "first_pass_yield_frac"),
                    f"no unit ever passes {operation.name}: its rate is zero",
                    central(operation.first_pass_yield_frac), "above scrap_frac",
                    "raise the yield, or lower the scrap",
                )  # fmt: skip


def _shifts_fit_a_day(factory: Factory) -> Breaches:
    for p, plant in enumerate(factory.plants):
        hours = plant.n_shifts * central(plant.shift_h)
        if hours > 24.0 + 1e-9:
            yield Breach(
                ("plants", p, "shift_h"), f"{plant.n_shifts} shifts of {central(plant.shift_h):g} "
                "h are more than a day", central(plant.shift_h), f"at most {24 / plant.n_shifts:g}",
                "shorten the shift",
            )  # fmt: skip


def _pairs_complete(factory: Factory) -> Breaches:
    for p, plant in enumerate(factory.plants):
        crews = dict.fromkeys(crew.name for crew in plant.repair_crews)
        for s, station in enumerate(plant.stations):
            path: Path = ("plants", p, "stations", s)
            if (station.mtbf_h is None) != (station.mttr_h is None):
                missing = "mttr_h" if station.mttr_h is None else "mtbf_h"
                yield Breach(
                    (*path, missing), "failures and repairs come together", None, "both or none",
                    f"add `{missing}:`",
                )  # fmt: skip
            if station.repair_crew is not None and station.repair_crew not in crews:
                yield Breach(
                    (*path, "repair_crew"), f"no repair crew is named {station.repair_crew!r}",
                    station.repair_crew, ", ".join(crews),
                    near(station.repair_crew, crews, "add it to repair_crews"),
                )  # fmt: skip
            if station.n_batch_min > station.n_batch:
                yield Breach(
                    (*path, "n_batch_min"), "a batch cannot start with more than fit",
                    station.n_batch_min, f"at most {station.n_batch}", "lower n_batch_min",
                )  # fmt: skip
            if station.n_batch_min > 1 and station.batch_wait_h is None:
                yield Breach(
                    (*path, "batch_wait_h"), "the last parts of an order would wait for ever",
                    None, "hours after which a smaller batch starts", "add `batch_wait_h:`",
                )  # fmt: skip
            if factory.counts_part_in_service and station.n_buffer < station.n_bays:
                first = s == 0 or station.n_buffer == 0
                if not first:
                    yield Breach(
                        (*path, "n_buffer"), "the buffer counts the parts in its bays, yet is "
                        "smaller than these", station.n_buffer, f"at least {station.n_bays}",
                        "raise n_buffer, or set counts_part_in_service: false",
                    )  # fmt: skip


def _releases_complete(factory: Factory) -> Breaches:
    fed: dict[str, int] = {}  # most that a kit takes of each part
    for line in (line for product in factory.products for line in product.kit):
        fed[line.part] = max(fed.get(line.part, 0), line.n_per_unit)
    for p, product in enumerate(factory.products):
        path: Path = ("products", p, "release")
        rule = product.release.rule
        if rule == ReleaseRule.TAKT and product.release.takt_h is None:
            yield Breach((*path, "takt_h"), "takt needs its time", None, "hours", "add `takt_h:`")
        if rule in (ReleaseRule.CONWIP, ReleaseRule.KANBAN) and product.release.n_cards == 0:
            yield Breach(
                (*path, "n_cards"), f"{rule} needs its number of cards", 0, "at least 1",
                "add `n_cards:`",
            )  # fmt: skip
        if rule == ReleaseRule.KANBAN and product.name not in fed:
            yield Breach(
                (*path, "rule"), f"nobody takes {product.name}, so that no card comes back",
                str(rule), "push, conwip, takt", "use conwip for a product that is sold",
            )  # fmt: skip
        most = fed.get(product.name, 0)
        if rule == ReleaseRule.KANBAN and 0 < product.release.n_cards < most:
            yield Breach(
                (*path, "n_cards"), f"a kit takes {most} of {product.name}, more than its cards",
                product.release.n_cards, f"at least {most}", "raise n_cards",
            )  # fmt: skip


def _orders_known(factory: Factory) -> Breaches:
    known = dict.fromkeys(product.name for product in factory.products)
    for o, order in enumerate(factory.orders):
        if order.product not in known:
            yield Breach(
                ("orders", o, "product"), f"no product is named {order.product!r}", order.product,
                ", ".join(known), near(order.product, known, "name a product"),
            )  # fmt: skip


def _stock_has_one_source(factory: Factory) -> Breaches:
    n_sources = Counter(supplier.part for supplier in factory.suppliers)
    reordered = {s.part for s in factory.suppliers if s.policy == OrderPolicy.REORDER_POINT}
    for s, supplier in enumerate(factory.suppliers):
        if n_sources[supplier.part] > 1 and supplier.part in reordered:
            yield Breach(
                ("suppliers", s, "policy"), f"{supplier.part} has two sources and a reorder point",
                str(supplier.policy), "ahead", "use the policy ahead, or one source",
            )  # fmt: skip


FACTORY_RULES: tuple[Rule, ...] = (
    Rule("names are unique", Code.TWICE, _names_unique),
    Rule("a list that is needed has an item", Code.NO_VALUE, _lists_filled),
    Rule("stations exist", Code.UNKNOWN_REFERENCE, _stations_exist),
    Rule("somebody can do each operation", Code.UNKNOWN_REFERENCE, _somebody_can),
    Rule("further skills exist", Code.UNKNOWN_REFERENCE, _further_skills_exist),
    Rule("changeovers name families", Code.UNKNOWN_REFERENCE, _changeovers_name_families),
    Rule("each part of a kit is made or bought", Code.UNKNOWN_REFERENCE, _kits_supplied),
    Rule("the bill of materials is no circle", Code.CIRCULAR, _bom_has_no_circle),
    Rule("rework goes back", Code.CONTRADICTION, _rework_goes_back),
    Rule("units pass their tests", Code.OUT_OF_RANGE, _units_pass),
    Rule("shifts fit in a day", Code.CONTRADICTION, _shifts_fit_a_day),
    Rule("what comes in pairs is complete", Code.CONTRADICTION, _pairs_complete),
    Rule("release rules are complete", Code.MISSING_KEY, _releases_complete),
    Rule("orders name products", Code.UNKNOWN_REFERENCE, _orders_known),
    Rule("a stock has one source", Code.CONTRADICTION, _stock_has_one_source),
)
