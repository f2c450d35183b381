"""One cooling plant: what is designed for a hot day is what an hour of it does, without cliffs."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.design import size
from wattport.design.cooling import kept_it_frac, reach_supply
from wattport.operation.findings import stress_day
from wattport.spec import load

HOT_C = np.arange(36.0, 56.0, 0.5)


def kept(*overrides: str) -> tuple[np.ndarray, np.ndarray]:
    """Share of full load that design and hour keep on ever hotter days."""
    designed, played = [], []
    for air_c in HOT_C:
        spec = load("dunkerque", *overrides, f"site.stress_day_c={air_c}").draw(1)
        design = size(spec)
        designed.append(kept_it_frac(spec, design.cooling, spec.site.stress_day_c)[0])
        played.append(stress_day(spec, design).held_frac[0])
    return np.array(designed), np.array(played)


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("campus.cooling.is_adiabatic=true",),
        ("campus.cooling.facility_supply_c=36",),
        ("site.elevation_m=2240",),
    ],
    ids=["dry", "pads", "colder water", "high"],
)
def test_design_and_hour_keep_the_same_on_the_record_day(overrides: tuple[str, ...]) -> None:
    designed, played = kept(*overrides)
    np.testing.assert_allclose(designed, played, atol=0.01)
    # Half a degree more never takes a cliff, and chillers keep what they carry alone.
    assert np.abs(np.diff(played)).max() < 0.08
    assert (np.diff(played) <= 1e-3).all()
    assert played[-1] > 0.05


def test_power_falls_evenly_as_the_water_nears_the_limit_of_the_racks() -> None:
    """From 36 C up to the 41 that racks accept less the CDUs' 4 K, on a day of 42 C."""
    shares = []
    for wanted_c in np.arange(36.0, 41.01, 0.25):
        spec = load(
            "dunkerque", f"campus.cooling.facility_supply_c={wanted_c}", "site.stress_day_c=42"
        ).draw(1)
        shares.append(stress_day(spec, size(spec)).held_frac[0])
    assert np.abs(np.diff(shares)).max() < 0.02


def test_thin_air_takes_heat_away_from_coolers() -> None:
    """At 2,240 m a fan moves 0.76 of the mass, which a rated approach of 6 K feels as 8.5."""
    at_rated = ("campus.cooling.n_spare_frac=0", "campus.cooling.chiller_trim_frac=0")
    approach = []
    for height_m in (0, 2240):
        spec = load("dunkerque", *at_rated, f"site.elevation_m={height_m}").draw(1)
        plant = size(spec).cooling
        plant = type(plant)(**vars(plant) | {"dry_cooler_over_heat_frac": np.ones(1)})
        air_c = np.array([36.0])
        approach.append(reach_supply(spec, plant, air_c)[0][0] - 36.0)
    assert approach[0] == pytest.approx(6.0)
    mass = (1.0 - 2.25577e-5 * 2240.0) ** 5.2559
    assert approach[1] == pytest.approx(16.0 * (1.0 + 0.5 * (1.0 / mass - 1.0)) - 10.0)
    assert approach[1] == pytest.approx(8.6, abs=0.15)


def test_equipment_is_derated_in_thin_air() -> None:
    """At 2,250 m modules of 2.5 MW give 0.885 of it, and oil transformers 0.95 (IEC)."""
    low, high = (size(load("small_20mw", f"site.elevation_m={z}").draw(1)) for z in (900, 2250))
    assert low.n_modules.tolist() == [10]
    # 10 MW of a hall need 4.5 modules of 2.2 MW, so five; two blocks of at most four, two spares.
    assert high.n_modules.tolist() == [14]
    many = [
        size(load("dunkerque", "grid.connection_mw=1700", f"site.elevation_m={z}").draw(1))
        for z in (900, 6000)
    ]
    assert many[1].n_hv_transformers[0] > many[0].n_hv_transformers[0]
