"""Pads on need, their water by mass balance, pumps of the hall air, and thin air, hour by hour."""

from __future__ import annotations

from typing import Any

import numpy as np
import psychrolib
import pytest

from wattport.design import size
from wattport.energy.cooling_kernel import cool
from wattport.operation.plant_tables import campus_table, chiller_table
from wattport.spec import load

FAN, PUMP, CDU, TRIM, WALL, AIR_CHILLER, WATER, SUPPLY = range(8)


def hour(dry_c: float, wet_c: float, *overrides: str, it_frac: float = 1.0) -> tuple[Any, ...]:
    """One hour of the small campus, its halls full, and its design."""
    spec = load("small_20mw", *overrides).draw(1)
    design = size(spec)
    campus, chiller = campus_table(spec, design)[0], chiller_table(spec)[0]
    return cool(campus, chiller, 20.0 * it_frac, 0.64 * it_frac, 0.0, 20.0, dry_c, wet_c, 15.0)


PADS = ("campus.cooling.is_adiabatic=true",)


@pytest.mark.parametrize(("dry_c", "relative"), [(36.0, 0.35), (40.0, 0.30), (33.0, 0.45)])
def test_water_of_the_pads_is_what_their_air_takes_up(dry_c: float, relative: float) -> None:
    """All the air of the coolers passes; its moisture after and before, and a third blown down."""
    psychrolib.SetUnitSystem(psychrolib.SI)
    wet_c = psychrolib.GetTWetBulbFromRelHum(dry_c, relative, 101325.0)
    found = hour(dry_c, wet_c, *PADS, "campus.cooling.facility_supply_c=28")
    assert found[TRIM] > 0.0  # the pads are at their end, and chillers help
    entering_c = dry_c - 0.7 * (dry_c - wet_c)
    before = psychrolib.GetHumRatioFromTWetBulb(dry_c, wet_c, 101325.0)
    after = psychrolib.GetHumRatioFromTWetBulb(entering_c, wet_c, 101325.0)
    # Coolers of 16 x 2 MW whose air warms by 10 K at their rating. [kg/s]
    air_kg_per_s = 32.0e6 / 10.0 / (1006.0 + 1860.0 * before)
    assert found[WATER] == pytest.approx(
        air_kg_per_s * (after - before) * 3.6 * 4.0 / 3.0, rel=0.03
    )


def test_pads_stay_dry_while_fans_hold_the_water() -> None:
    # 38.2 C of water at 36 C of air, and 40 wanted.
    assert hour(36.0, 23.0, *PADS)[WATER] == 0.0
    assert hour(39.0, 23.0, *PADS)[WATER] > 0.0
    assert hour(39.0, 23.0, *PADS)[SUPPLY] == pytest.approx(40.0)
    assert hour(39.0, 23.0, *PADS)[TRIM] == 0.0


def test_more_water_the_hotter_and_none_at_once() -> None:
    water = [hour(dry_c, 23.0, *PADS)[WATER] for dry_c in np.arange(37.0, 45.0, 0.1)]
    assert (np.diff(water) >= 0.0).all()
    assert np.diff(water).max() < 1.0
    assert water[0] == 0.0


def test_pads_resist_the_air_wet_or_dry() -> None:
    with_pads, without = hour(20.0, 15.0, *PADS), hour(20.0, 15.0)
    spec = load("small_20mw").draw(1)
    own = 16.0 * 2.0 * 0.014  # rated fans of the liquid loop
    assert own < 1.0
    assert with_pads[FAN] > without[FAN]
    assert with_pads[FAN] < 1.1 * without[FAN] + 1e-12
    assert spec.campus.cooling.fan_kw_per_mw[0] == 14.0


def test_the_hall_air_has_pumps() -> None:
    """All air: 20.64 MW with fans at 30 kW/MW, pumped at 8 kW/MW, next to no liquid."""
    spec = load("small_20mw").draw(1)
    design = size(spec)
    campus, chiller = campus_table(spec, design)[0], chiller_table(spec)[0]
    campus["liquid_frac"], campus["air_heat_over_it_frac"] = 0.0, 1.032
    found = cool(campus, chiller, 20.0, 0.64, 0.0, 20.0, 15.0, 10.0, 15.0)
    assert found[PUMP] == pytest.approx(20.64 * 1.03 * 0.008)
    assert found[PUMP] / 20.0 == pytest.approx(0.008, rel=0.1)


def test_height_takes_power_from_fans_and_reach_from_coolers() -> None:
    low = hour(10.0, 8.0)
    high = hour(10.0, 8.0, "site.elevation_m=2240", "campus.substation.loading_limit_frac=1")
    # Fans turn faster for the same mass, cubed, in thinner air: (1 / d)**3 d.
    density = (1.0 - 2.25577e-5 * 2240.0) ** 5.2559
    assert 1.0 < high[FAN] / low[FAN] < density**-2 + 0.2
    hot = [hour(41.0, 25.0, f"site.elevation_m={z}")[SUPPLY] for z in (0, 1000, 2240)]
    assert (np.diff(hot) > 0.3).all()
