"""What `make` hands on: when each module leaves, and how the plants fared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from wattport.arrays import FloatArray, IntArray
from wattport.records.findings import Reason
from wattport.records.record import Words, axes

# Of the bays, as in `Production.state_frac`.
_STATES = ("starved", "working", "blocked", "down", "unstaffed", "off")


@dataclass(frozen=True)
class Production:
    """
    Both plants over the whole programme, in every draw.

    Modules are numbered in the order the halls need them. A draw with a smaller campus orders
    fewer: the rest are NaN. Stations of both plants stand on one axis, in line order.
    """

    plant: Annotated[tuple[str, ...], Words(("enclosures", "modules"), has_all=True)] = ()
    station: tuple[str, ...] = ()  # station names, both plants, FAT bay last in each
    station_plant: IntArray = axes(
        "station", doc="Index into `plant`.", default=None, index_of="plant"
    )
    month_day: FloatArray = axes("month", doc="First day of each month.", default=None)
    module_hall: IntArray = axes("draw", "module", doc="Hall; -1: not ordered.", default=None)
    module_done_day: FloatArray = axes(
        "draw", "module", doc="Left the FAT bay and passed.", default=None
    )
    module_need_day: FloatArray = axes(
        "draw", "module", doc="Day the site programme would like it.", default=None
    )
    module_kit_wait_days: FloatArray = axes(
        "draw", "module", doc="Wait for the last bought part (supplier).", default=None
    )
    module_enclosure_wait_days: FloatArray = axes(
        "draw", "module", doc="Wait for its enclosure.", default=None
    )
    module_line_days: FloatArray = axes(
        "draw", "module", doc="From release to the line to FAT passed.", default=None
    )
    module_n_tests: IntArray = axes("draw", "module", doc="FAT passes needed.", default=None)
    enclosure_done_day: FloatArray = axes("draw", "module", doc="Enclosure done.", default=None)
    working_frac: FloatArray = axes("draw", "station", doc="Bay-time working.", default=None)
    blocked_frac: FloatArray = axes("draw", "station", doc="Bay-time blocked.", default=None)
    starved_frac: FloatArray = axes("draw", "station", doc="Bay-time starved.", default=None)
    down_frac: FloatArray = axes("draw", "station", doc="Bay-time failed.", default=None)
    unstaffed_frac: FloatArray = axes(
        "draw", "station", doc="Bay-time with a part but no crew.", default=None
    )
    state: Annotated[tuple[str, ...], Words(_STATES, has_all=True)] = ()
    quarter_day: FloatArray = axes("quarter", doc="First day of each quarter.", default=None)
    state_frac: FloatArray = axes(
        "state",
        "station",
        "quarter",
        doc="Share of the scheduled bay-time of the quarter, mean over `n_state_draws`.",
        default=None,
    )
    n_state_draws: int = 0
    n_people_busy: FloatArray = axes(
        "draw", "station", doc="People on working bays, mean over open hours.", default=None
    )
    output_units: FloatArray = axes(
        "draw", "plant", "month", doc="Units completed in the month.", default=None
    )
    need_units: FloatArray = axes(
        "draw", "month", doc="Modules the site would like in the month.", default=None
    )
    wip_units: FloatArray = axes(
        "draw", "plant", "month", doc="Units in the plant at month end.", default=None
    )
    yard_units: FloatArray = axes(
        "draw", "month", doc="Enclosures no module has taken, at month end.", default=None
    )
    early_module_units: FloatArray = axes(
        "draw", "month", doc="Modules done before the site wants them, month end.", default=None
    )
    part_stock_meur: FloatArray = axes(
        "draw", "plant", "month", doc="Bought parts in store at month end.", default=None
    )
    lead_days: FloatArray = axes(
        "draw", "plant", "month", doc="Release to done, mean of the month's units.", default=None
    )
    bottleneck_station: IntArray = axes(
        "draw",
        "plant",
        doc="Index of the station whose bays are most active.",
        default=None,
        index_of="station",
    )
    rate_units_per_year: FloatArray = axes(
        "draw", "plant", doc="Sustained rate once ramped up, while orders last.", default=None
    )
    direct_fte: FloatArray = axes("draw", "plant", doc="Direct staff, all shifts.", default=None)
    indirect_fte: FloatArray = axes("draw", "plant", doc="Indirect staff.", default=None)
    first_unit_day: FloatArray = axes("draw", "plant", doc="First unit out.", default=None)
    last_unit_day: FloatArray = axes("draw", "plant", doc="Last unit out.", default=None)
    part_cost_eur: FloatArray = axes(
        "draw", "plant", doc="Bought parts over the programme, drift included.", default=None
    )
    relief: tuple[str, ...] = ()  # stations, staff and suppliers, relieved by a tenth
    relief_kind: Annotated[tuple[str, ...], Words(("station", "staff", "supplier"))] = ()
    relief_plant: IntArray = axes(
        "relief", doc="Index into `plant`.", default=None, index_of="plant"
    )
    relief_rate_units_per_year: FloatArray = axes(
        "relief", doc="Rate its plant gains, mean over `n_relief_draws`.", default=None
    )
    relief_rate_low_units_per_year: FloatArray = axes(
        "relief", doc="Low end of the 95 % interval of that.", default=None
    )
    relief_rate_high_units_per_year: FloatArray = axes(
        "relief", doc="High end of the 95 % interval of that.", default=None
    )
    relief_last_module_days: FloatArray = axes(
        "relief", doc="Days the last module leaves earlier, mean.", default=None
    )
    relief_last_module_low_days: FloatArray = axes(
        "relief", doc="Low end of the 95 % interval of that.", default=None
    )
    relief_last_module_high_days: FloatArray = axes(
        "relief", doc="High end of the 95 % interval of that.", default=None
    )
    n_relief_draws: int = 0
    relief_module_done_day: FloatArray = axes(
        "trial",
        "relief",
        "module",
        doc="When modules leave then, in the first draws: for the dates of the site.",
        default=None,
        is_kept=False,
    )
    what_if: tuple[str, ...] = ()  # decisions taken differently
    what_if_takes: tuple[str, ...] = ()  # what each needs
    what_if_rate_units_per_year: FloatArray = axes(
        "rerun", "what_if", doc="Rate of the module plant, in the first draws.", default=None
    )
    what_if_last_module_day: FloatArray = axes(
        "rerun", "what_if", doc="Last module out.", default=None
    )
    what_if_module_done_day: FloatArray = axes(
        "rerun",
        "what_if",
        "module",
        doc="When modules leave then: for the dates of the site.",
        default=None,
        is_kept=False,
    )
    reasons: tuple[Reason, ...] = ()

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return int(self.module_done_day.shape[0])

    @property
    def bottleneck(self) -> tuple[str, ...]:
        """
        Per plant, what a tenth of relief helps most; the busiest station where nothing helps.

        Where nothing was tried either, the station that most draws name as the busiest.
        """
        return tuple(self._limit(plant) for plant in range(len(self.plant)))

    def _limit(self, plant: int) -> str:
        if self.relief:
            gain = np.where(self.relief_plant == plant, self.relief_rate_units_per_year, -np.inf)
            best = int(np.argmax(np.nan_to_num(gain, nan=-np.inf)))
            if gain[best] > 0.0:
                return self.relief[best]
        index, count = np.unique(self.bottleneck_station[:, plant], return_counts=True)
        return self.station[int(index[np.argmax(count)])]
