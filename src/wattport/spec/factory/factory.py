"""A file of its own for people who only have a factory: plants, products, suppliers, orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, PrivateAttr

from wattport.arrays import FloatArray, IntArray
from wattport.spec.reading import quantity as q
from wattport.spec.reading.number import certain
from wattport.spec.reading.root import Root
from wattport.spec.reading.section import Section


class CycleShape(StrEnum):
    """Distribution of a cycle around its mean."""

    LOGNORMAL = "lognormal"
    EXPONENTIAL = "exponential"
    GAMMA = "gamma"
    TRIANGULAR = "triangular"


class FailureClock(StrEnum):
    """Clock on which a bay comes nearer to its next failure."""

    OPERATING = "operating"
    CALENDAR = "calendar"


class ReleaseRule(StrEnum):
    """When the next unit of a product may start."""

    PUSH = "push"
    CONWIP = "conwip"
    KANBAN = "kanban"
    TAKT = "takt"


class OrderPolicy(StrEnum):
    """When a lot of a bought part is ordered."""

    AHEAD = "ahead"
    REORDER_POINT = "reorder_point"


class Skill(Section):
    """People of one plant who can do the same work."""

    name: str
    n_people: q.MoreStaff = Field(description="Present in the first shift.")
    n_later_shift_people: q.MoreStaff = Field(0, description="Present in each later shift.")
    also: tuple[str, ...] = Field(
        (), description="Further skills of these people, who step in where its own are busy."
    )
    n_people_most: q.Staff | None = Field(
        None, description="A plan may employ, over all shifts; left out: no limit."
    )
    worker_eur_per_year: q.CostPerYear | None = Field(
        None, description="By day; left out: that of the costs."
    )


class RepairCrew(Section):
    """Repairers shared by stations of one plant."""

    name: str
    n_crews: q.Crews = Field(description="Repairs at the same time.")


class Changeover(Section):
    """Setup of a bay from one family to another, in place of that of the operation."""

    from_family: str
    to_family: str
    setup_h: q.ExtraHours


class FactoryStation(Section):
    """Parallel bays behind one buffer."""

    name: str
    n_bays: q.Bays = Field(description="Parallel places.")
    n_buffer: q.Buffer = Field(description="Waiting places; see counts_part_in_service.")
    mtbf_h: q.FailureHours | None = Field(
        None, description="Mean time between failures of one bay."
    )
    mttr_h: q.RepairHours | None = Field(None, description="Mean time to repair, in working hours.")
    failure_clock: FailureClock = FailureClock.OPERATING
    repair_crew: str | None = Field(None, description="Left out: repair starts at once.")
    n_batch: q.Batch = Field(1, description="Most parts on one bay at once: ovens, test bays.")
    n_batch_min: q.Batch = Field(1, description="Parts with which a batch starts at once.")
    batch_wait_h: q.CycleHours | None = Field(
        None, description="Working time after which a smaller batch starts."
    )
    changeovers: tuple[Changeover, ...] = Field(
        (), description="Setups by what was before; any other change takes the operation's."
    )
    bay_eur_per_year: q.CostPerYear | None = Field(
        None, description="Of one bay here; left out: that of the costs."
    )


class FactoryPlant(Section):
    """One plant: its calendar, its people, its stations."""

    name: str
    opening: q.Day = date(2026, 1, 1)
    opening_delay_weeks: q.DelayWeeks = certain(0.0)
    n_shifts: q.Shifts = Field(1, description="Shifts per working day, without a gap between them.")
    n_shifts_most: q.Shifts = Field(3, description="A plan may run.")
    n_bays_most: q.Staff | None = Field(
        None, description="A plan may build, all stations together; left out: no limit."
    )
    shift_h: q.ShiftHours = Field(certain(24.0), description="Length of one shift.")
    days_per_week: q.WholeDaysPerWeek = Field(7, description="Worked from Monday on.")
    weeks_per_year: q.WeeksPerYear = Field(certain(52.2), description="Worked; else closed.")
    holidays: tuple[q.Day, ...] = Field((), description="Further days without work.")
    efficiency_frac: q.Efficiency = Field(
        certain(1.0), description="Share of paid hours spent on the product."
    )
    ramp_months: q.RampMonths = Field(certain(0.0), description="From opening to full pace.")
    ramp_start_frac: q.SomeFraction = Field(certain(1.0), description="Pace on the first day.")
    skills: tuple[Skill, ...] = ()
    repair_crews: tuple[RepairCrew, ...] = ()
    stations: tuple[FactoryStation, ...]


class CrewNeed(Section):
    """People on one bay while it works."""

    skill: str
    n_people: q.CrewSize


class Place(Section):
    """A further station that can do an operation."""

    station: str
    cycle_h: q.CycleHours


class FactoryOperation(Section):
    """One step of a routing."""

    name: str
    station: str
    cycle_h: q.CycleHours = Field(description="Mean working time of one unit, or of a batch.")
    cycle_cv_frac: q.Spread = certain(0.0)
    cycle_shape: CycleShape = CycleShape.LOGNORMAL
    alternatives: tuple[Place, ...] = ()
    crew: tuple[CrewNeed, ...] = ()
    setup_h: q.ExtraHours = Field(certain(0.0), description="When a bay changes its family.")
    family: str | None = Field(None, description="Of setups; left out: the product.")
    first_pass_yield_frac: q.Yield = certain(1.0)
    rework_to: str | None = Field(
        None, description="Operation to which a failed unit returns; left out: reworked on the bay."
    )
    rework_h: q.ExtraHours = Field(certain(0.0), description="Added to the repeated cycle.")
    scrap_frac: q.MostFraction = Field(certain(0.0), description="Lost after this operation.")


class KitLine(Section):
    """One part of a kit: a product made here or a bought part."""

    part: str
    n_per_unit: q.KitParts = 1


class Release(Section):
    """Release rule of a product."""

    rule: ReleaseRule = ReleaseRule.PUSH
    n_cards: q.Cards = Field(default=0, description="CONWIP cap, or kanban cards.")
    n_wip_limit: q.Cards = Field(
        default=0, description="Most units in the line beside the rule; 0: no such limit."
    )
    takt_h: q.CycleHours | None = Field(
        default=None, description="Working hours between two releases."
    )
    card_eur_per_year: q.CostPerYear | None = Field(
        default=None, description="Of one card, the part on it included; left out: of the costs."
    )


class Product(Section):
    """What is made: its kit, its routing, its release rule and the need."""

    name: str
    kit: tuple[KitLine, ...] = ()
    operations: tuple[FactoryOperation, ...]
    release: Release = Release()
    need_units_per_year: q.NeedRate | None = Field(None, description="Wanted rate, where sold.")


class FactorySupplier(Section):
    """A source of a bought part; two of the same part are two sources."""

    part: str
    supplier: str = ""
    lead_time_weeks: q.SupplyWeeks
    lot_spread_cv_frac: q.Spread = Field(
        certain(0.0), description="Spread of the lead time from lot to lot."
    )
    lot_units: q.Lot = Field(1, description="Least order in parts, and what one delivery brings.")
    policy: OrderPolicy = OrderPolicy.AHEAD
    ordered_ahead_weeks: q.OrderedAhead = Field(
        certain(0.0), description="Ahead policy: before the planned start of the lot's first unit."
    )
    orders_from: q.Day | None = Field(
        None, description="Ahead policy: no lot is ordered before; left out: no such limit."
    )
    n_reorder: q.Stock = Field(0, description="Stock and orders at which the next lot is ordered.")
    n_initial_stock: q.Stock = 0
    share_frac: q.SomeFraction = Field(
        certain(1.0), description="Weight among sources of the part."
    )
    unit_price_eur: q.PartPrice = certain(0.0)
    price_drift_frac_per_year: q.PriceDrift = certain(0.0)


class CustomerOrder(Section):
    """Units of one product wanted by one day."""

    product: str
    n_units: q.Units
    due: q.Day
    customer: str = ""


class PlanCosts(Section):
    """What a plan for a rate pays for a year of each thing; guesses unless the file says more."""

    bay_eur_per_year: q.CostPerYear = Field(
        default=certain(60_000.0), description="Floor, tools and upkeep of one bay."
    )
    worker_eur_per_year: q.CostPerYear = Field(
        default=certain(70_000.0), description="One person by day, all charges included."
    )
    place_eur_per_year: q.CostPerYear = Field(
        default=certain(4_000.0), description="Floor and handling of one waiting place."
    )
    card_eur_per_year: q.CostPerYear = Field(
        default=certain(4_000.0),
        description="One card: interest on the part that may be in the line.",
    )
    second_shift_premium_frac: q.Premium = Field(default=certain(0.10), description="On the wage.")
    third_shift_premium_frac: q.Premium = Field(default=certain(0.25), description="On the wage.")


class Measure(Section):
    """How long a factory without orders is watched, and from when it counts."""

    n_weeks: q.Weeks = Field(default=certain(104.0), description="Simulated, warm-up included.")
    warm_up_weeks: q.WarmUpWeeks | None = Field(
        default=None, description="Not counted; left out: found by MSER-5."
    )


@dataclass(frozen=True)
class OrderBook:
    """Orders that differ from draw to draw, of a factory that was written from something else."""

    n_units: IntArray  # (draw, product)
    due_h: FloatArray  # (draw, product, unit) NaN: no date is wanted
    lot_stream: Mapping[str, int]  # part: name of its lots in the random streams


class Factory(Root):
    """Plants, products, suppliers and orders of people who only have a factory."""

    counts_part_in_service: bool = Field(
        False, description="Whether n_buffer counts the parts in the bays behind it."
    )
    plants: tuple[FactoryPlant, ...]
    products: tuple[Product, ...]
    suppliers: tuple[FactorySupplier, ...] = ()
    orders: tuple[CustomerOrder, ...] = ()
    costs: PlanCosts = PlanCosts()
    measure: Measure = Measure()

    _book: OrderBook | None = PrivateAttr(default=None)

    @property
    def book(self) -> OrderBook | None:
        """Orders of each draw, where they differ from those of the file."""
        return self._book

    def with_book(self, book: OrderBook | None) -> Self:
        """Give the same factory with other orders of each draw; None: those of the file."""
        booked = self.model_copy()
        booked._book = book
        return booked
