"""Rules about the site: its sea, its heat neighbours and the cooling plant between them."""

from __future__ import annotations

from wattport.spec.campus.spec import Spec
from wattport.spec.reading.rule import Breach, Breaches, central

SEA_FREEZES_C = -1.9  # sea water of 35 g/kg at the surface
ZERO_C_K = 273.15


def sea_is_liquid(spec: Spec) -> Breaches:
    """Sea water is never below freezing."""
    sea = spec.site.sea
    mean_c, swing_k = central(sea.mean_c), central(sea.amplitude_k)
    if mean_c - swing_k < SEA_FREEZES_C:
        yield Breach(
            ("site", "sea", "amplitude_k"),
            f"the coldest sea is {mean_c - swing_k:.4g} C, below freezing", swing_k,
            f"at most {mean_c - SEA_FREEZES_C:.4g}", "lower the swing, or raise the mean",
        )  # fmt: skip


def pads_meet_air(spec: Spec) -> Breaches:
    """Adiabatic pads cool air, so a plant on sea water has none."""
    if spec.site.sea.is_used and spec.campus.cooling.is_adiabatic:
        yield Breach(
            ("campus", "cooling", "is_adiabatic"), "the heat goes to the sea: pads wet no air",
            True, "false with site.sea.is_used",
            "set is_adiabatic to false, or site.sea.is_used to false",
        )  # fmt: skip


def lifts_within_carnot(spec: Spec) -> Breaches:
    """A sink's heat pump stays within Carnot between the campus's warm water and its supply."""
    plant = spec.campus.cooling
    warm_c = central(plant.facility_supply_c) + central(plant.loop_delta_k)
    for index, sink in enumerate(spec.site.heat_sinks):
        supply_c, cop = central(sink.supply_c), central(sink.temperature_lift_cop)
        if supply_c <= warm_c:
            continue  # warm enough as it comes: no heat pump runs
        limit = (supply_c + ZERO_C_K) / (supply_c - warm_c)
        if cop > limit:
            yield Breach(
                ("site", "heat_sinks", index, "temperature_lift_cop"),
                f"a COP of {cop:g} from {warm_c:g} to {supply_c:g} C is above Carnot", cop,
                f"at most {limit:.4g}", "half of Carnot is usual",
            )  # fmt: skip
