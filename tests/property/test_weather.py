"""What must hold in every generated year, whatever the seed, draw and year."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wattport.environment.weather import generate, load_climate
from wattport.equations.psychrometrics import (
    humidity_ratio_at_wet_bulb_kg_per_kg,
    relative_humidity_frac,
)

whole = st.integers(min_value=0, max_value=2**62)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=whole, draw=whole, year=st.integers(2026, 2100))
def test_a_year_is_physical(seed, draw, year):
    climate = load_climate("dunkerque")
    weather = generate(climate, seed, np.array([draw]), year)
    for values in vars(weather).values():
        assert values.shape == (1, 8760)
        assert np.isfinite(values).all()
    assert (weather.wet_bulb_c <= weather.dry_bulb_c).all()
    ratio = humidity_ratio_at_wet_bulb_kg_per_kg(
        weather.dry_bulb_c, weather.wet_bulb_c, weather.pressure_pa
    )
    humidity = relative_humidity_frac(weather.dry_bulb_c, ratio, weather.pressure_pa)
    assert humidity.min() > 0.04
    assert humidity.max() < 1.001
    assert (weather.wind_m_per_s >= 0.0).all()
    assert weather.wind_m_per_s.max() < 45.0
    assert (weather.ghi_w_per_m2 >= 0.0).all()
    assert (weather.ghi_w_per_m2 <= 1.15 * climate.clear_sky_w_per_m2).all()
    assert (weather.pressure_pa > 92_000.0).all()
    assert (weather.pressure_pa < 108_000.0).all()
    assert -30.0 < weather.dry_bulb_c.min() < 5.0
    assert 20.0 < weather.dry_bulb_c.max() < 46.0


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=whole, cut=st.integers(0, 6))
def test_a_draw_is_the_same_bytes_however_the_draws_are_split(seed, cut):
    climate = load_climate("dunkerque")
    draws = np.arange(6)
    together = generate(climate, seed, draws, 2031)
    parts = [generate(climate, seed, part, 2031) for part in (draws[:cut], draws[cut:][::-1])]
    for name, values in vars(together).items():
        joined = np.concatenate([getattr(parts[0], name), getattr(parts[1], name)[::-1]])
        assert joined.tobytes() == values.tobytes()
