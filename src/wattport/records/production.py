"""What `make` hands on: when each module leaves, and how the plants fared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattport.records.findings import Reason
from wattport.records.record import FloatArray, IntArray, axes


@dataclass(frozen=True)
class Production:
    """
    Both plants over the whole programme, in every draw.

    Modules are numbered in the order the halls need them. A draw with a smaller campus orders
    fewer: the rest are NaN. Stations of both plants stand on one axis, in line order.
    """

    plant: tuple[str, ...] = ()  # ("enclosures", "modules")
    station: tuple[str, ...] = ()  # station names, both plants, FAT bay last in each
    station_plant: IntArray = axes("station", doc="Index into `plant`.", default=None)
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
    output_units: FloatArray = axes(
        "draw", "plant", "month", doc="Units completed in the month.", default=None
    )
    wip_units: FloatArray = axes(
        "draw", "plant", "month", doc="Units in the plant at month end.", default=None
    )
    bottleneck_station: IntArray = axes(
        "draw", "plant", doc="Index of the station that limits the plant.", default=None
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
    reasons: tuple[Reason, ...] = ()

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return int(self.module_done_day.shape[0])

    @property
    def bottleneck(self) -> tuple[str, ...]:
        """Per plant, the station that most draws name as the limit."""
        names = []
        for column in self.bottleneck_station.T:
            index, count = np.unique(column, return_counts=True)
            names.append(self.station[int(index[np.argmax(count)])])
        return tuple(names)
