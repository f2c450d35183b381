"""What a plan may change in a factory file, what it costs, and how it is written back."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from wattport.arrays import FloatArray
from wattport.calendar.epoch import EPOCH
from wattport.factory.bound import mean, places, sold_products
from wattport.spec.factory.factory import Factory, FactoryPlant, OrderPolicy, ReleaseRule

_N_YEARS = 3  # watched; the first fills the lines, the others hold each closure twice
FROM_H = 8760.0


@dataclass(frozen=True)
class Levers:
    """
    Shifts, bays, waiting places, people and cards of one plan.

    Stations, skills and plants stand in the order of the file, plant by plant.
    """

    n_shifts: tuple[int, ...]  # (plant,)
    n_bays: tuple[int, ...]  # (station,)
    n_buffer: tuple[int, ...]  # (station,) the bays not counted
    n_first: tuple[int, ...]  # (skill,) people of the first shift
    n_later: tuple[int, ...]  # (skill,) people of each later shift
    n_cards: tuple[int, ...]  # (product,) 0: released without cards

    def changed(self, lever: str, row: int, by: int) -> Levers:
        """
        Give the same with one number changed.

        Examples
        --------
        >>> Levers((1,), (2,), (0,), (), (), (0,)).changed("n_bays", 0, 1).n_bays
        (3,)
        """
        values = list(getattr(self, lever))
        values[row] += by
        return replace(self, **{lever: tuple(values)})


@dataclass(frozen=True)
class Prices:
    """Euros a year of one more of each lever, at the means of the file."""

    bay: FloatArray  # (station,)
    worker: FloatArray  # (skill,) by day
    card: FloatArray  # (product,)
    place: float
    premium_frac: tuple[float, float]  # of the second and the third shift
    skill_plant: tuple[int, ...]  # (skill,)

    def later_eur(self, n_shifts: int, skill: int) -> float:
        """Cost of one person present in each of the later shifts."""
        if n_shifts < 2:
            return 0.0
        premiums = [self.premium_frac[min(shift, 1)] for shift in range(n_shifts - 1)]
        return float(self.worker[skill]) * sum(1.0 + premium for premium in premiums)

    def staff_eur(self, levers: Levers) -> float:
        """Cost of all people."""
        return sum(
            float(self.worker[k]) * levers.n_first[k]
            + self.later_eur(levers.n_shifts[p], k) * levers.n_later[k]
            for k, p in enumerate(self.skill_plant)
        )

    def bays_eur(self, levers: Levers) -> float:
        """Cost of all bays."""
        return float(self.bay @ np.array(levers.n_bays))

    def places_eur(self, levers: Levers) -> float:
        """Cost of all waiting places and cards."""
        return self.place * sum(levers.n_buffer) + float(self.card @ np.array(levers.n_cards))

    def cost_eur(self, levers: Levers) -> float:
        """Cost of a plan."""
        return self.staff_eur(levers) + self.bays_eur(levers) + self.places_eur(levers)


def prices_of(factory: Factory) -> Prices:
    """
    Prices of the levers of a factory.

    Parameters
    ----------
    factory : Factory
        Drawn; means over the draws are used.
    """
    costs = factory.costs
    stations = [station for plant in factory.plants for station in plant.stations]
    skills = [(p, skill) for p, plant in enumerate(factory.plants) for skill in plant.skills]
    bay = [costs.bay_eur_per_year if s.bay_eur_per_year is None else s.bay_eur_per_year
           for s in stations]  # fmt: skip
    worker = [costs.worker_eur_per_year if k.worker_eur_per_year is None else k.worker_eur_per_year
              for _, k in skills]  # fmt: skip
    card = [
        costs.card_eur_per_year
        if product.release.card_eur_per_year is None
        else product.release.card_eur_per_year
        for product in factory.products
    ]
    return Prices(
        bay=np.array([mean(value) for value in bay]),
        worker=np.array([mean(value) for value in worker]),
        card=np.array([mean(value) for value in card]),
        place=mean(costs.place_eur_per_year),
        premium_frac=(mean(costs.second_shift_premium_frac), mean(costs.third_shift_premium_frac)),
        skill_plant=tuple(p for p, _ in skills),
    )


def levers_of(factory: Factory) -> Levers:
    """Levers as a file has them."""
    own = 1 if factory.counts_part_in_service else 0
    stations = [station for plant in factory.plants for station in plant.stations]
    skills = [(plant, skill) for plant in factory.plants for skill in plant.skills]
    return Levers(
        n_shifts=tuple(plant.n_shifts for plant in factory.plants),
        n_bays=tuple(station.n_bays for station in stations),
        n_buffer=tuple(max(s.n_buffer - own * s.n_bays, 0) for s in stations),
        n_first=tuple(skill.n_people for _, skill in skills),
        n_later=tuple(s.n_later_shift_people if p.n_shifts > 1 else 0 for p, s in skills),
        n_cards=tuple(product.release.n_cards if has_cards(product.release.rule) else 0
                      for product in factory.products),
    )  # fmt: skip


def least_of(factory: Factory) -> Levers:
    """Levers below which a factory cannot work: a bay, the largest crew by day, a kit of cards."""
    now = levers_of(factory)
    home = {s.name: p for p, plant in enumerate(factory.plants) for s in plant.stations}
    crew: dict[tuple[int, str], int] = {}
    for product in factory.products:
        for operation in product.operations:
            for name, _ in places(operation):
                for need in operation.crew:
                    key = (home[name], need.skill)
                    crew[key] = max(crew.get(key, 0), need.n_people)
    skills = [(p, skill.name) for p, plant in enumerate(factory.plants) for skill in plant.skills]
    kits: dict[str, int] = {}
    for product in factory.products:
        for line in product.kit:
            kits[line.part] = max(kits.get(line.part, 0), line.n_per_unit)
    return Levers(
        n_shifts=(1,) * len(now.n_shifts),
        n_bays=(1,) * len(now.n_bays),
        n_buffer=(0,) * len(now.n_buffer),
        n_first=tuple(crew.get(key, 0) for key in skills),
        n_later=(0,) * len(skills),
        n_cards=tuple(
            max(1, kits.get(product.name, 1)) if n else 0
            for product, n in zip(factory.products, now.n_cards, strict=True)
        ),
    )


def has_cards(rule: ReleaseRule) -> bool:
    """Whether a release rule counts cards."""
    return rule in (ReleaseRule.CONWIP, ReleaseRule.KANBAN)


def with_levers(factory: Factory, levers: Levers) -> Factory:
    """
    Write levers into a factory as loaded.

    Parameters
    ----------
    factory : Factory
        Not drawn.
    levers : Levers
        Of a plan for it.

    Returns
    -------
    Factory
        Buffers by the convention of the file.
    """
    plants, s, k = [], 0, 0
    own = 1 if factory.counts_part_in_service else 0
    for p, plant in enumerate(factory.plants):
        stations = []
        for station in plant.stations:
            n_buffer = levers.n_buffer[s] + own * levers.n_bays[s]
            stations.append(
                station.model_copy(update={"n_bays": levers.n_bays[s], "n_buffer": n_buffer})
            )
            s += 1
        skills = []
        for skill in plant.skills:
            people = {"n_people": levers.n_first[k], "n_later_shift_people": levers.n_later[k]}
            skills.append(skill.model_copy(update=people))
            k += 1
        plants.append(_plant(plant, n_shifts=levers.n_shifts[p], stations=tuple(stations),
                             skills=tuple(skills)))  # fmt: skip
    products = tuple(
        product.model_copy(
            update={"release": product.release.model_copy(update={"n_cards": n_cards})}
        )
        if has_cards(product.release.rule)
        else product
        for product, n_cards in zip(factory.products, levers.n_cards, strict=True)
    )
    return factory.model_copy(update={"plants": tuple(plants), "products": products})


def at_full_pace(factory: Factory, share: FloatArray, rate_per_year: float) -> Factory:
    """
    The factory as it is planned: open, past its ramps, without an end of orders.

    Parameters
    ----------
    factory : Factory
        Not drawn.
    share : ndarray, shape (product,)
        Of each product in what is sold.
    rate_per_year : float
        Wanted of all that is sold. [1/year]

    Returns
    -------
    Factory
        Watched from the epoch for three years. Parts ordered ahead are at hand,
        because who plans a rate orders for it; stocks with a reorder point stay.
    """
    plants = tuple(
        _plant(plant, opening=EPOCH, opening_delay_weeks=0.0, ramp_months=0.0,
               ramp_start_frac=1.0)
        for plant in factory.plants
    )  # fmt: skip
    sold = set(sold_products(factory))
    products = tuple(
        product.model_copy(
            update={"need_units_per_year": rate_per_year * float(share[p]) if p in sold else None}
        )
        for p, product in enumerate(factory.products)
    )
    stocked = tuple(s for s in factory.suppliers if s.policy == OrderPolicy.REORDER_POINT)
    watch = factory.measure.model_copy(update={"n_weeks": _N_YEARS * 365.0 / 7.0})
    return factory.with_book(None).model_copy(
        update={
            "plants": plants, "products": products, "suppliers": stocked, "orders": (),
            "measure": watch,
        }
    )  # fmt: skip


def _plant(plant: FactoryPlant, **update: object) -> FactoryPlant:
    return plant.model_copy(update=update)
