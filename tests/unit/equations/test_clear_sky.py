"""Sun of a cloudless day: against the almanac and against Haurwitz's law by hand."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.equations.clear_sky import clear_sky_ghi_w_per_m2, cosine_of_zenith

OBLIQUITY_DEG = 23.44
MARCH_EQUINOX, JUNE_SOLSTICE, DECEMBER_SOLSTICE = 79, 171, 354  # days before it in the year
MINUTE_H = 1.0 / 60.0


def day_of_minutes_h(day: int) -> np.ndarray:
    return 24.0 * day + np.arange(1440) * MINUTE_H


def solar_noon_utc_h(day: int, longitude_deg: float) -> float:
    cosine = cosine_of_zenith(45.0, longitude_deg, day_of_minutes_h(day))
    return float(np.argmax(cosine)) * MINUTE_H


@pytest.mark.parametrize(
    ("day", "ahead_min"),
    [
        (41, -14.2),  # 11 February: the sun is late
        (133, 3.7),  # 14 May
        (206, -6.5),  # 26 July
        (306, 16.4),  # 3 November: it is early
    ],
)
@pytest.mark.parametrize("longitude_deg", [-75.0, 0.0, 2.2, 60.0])
def test_noon_is_that_of_the_almanac(day: int, ahead_min: float, longitude_deg: float) -> None:
    # Four minutes earlier for each degree east, less the almanac's equation of time.
    expected_h = 12.0 - longitude_deg / 15.0 - ahead_min * MINUTE_H
    assert solar_noon_utc_h(day, longitude_deg) == pytest.approx(expected_h, abs=0.03)


@pytest.mark.parametrize("latitude_deg", [-35.0, 0.0, 51.0])
@pytest.mark.parametrize(
    ("day", "declination_deg"),
    [(MARCH_EQUINOX, 0.0), (JUNE_SOLSTICE, OBLIQUITY_DEG), (DECEMBER_SOLSTICE, -OBLIQUITY_DEG)],
)
def test_noon_height_is_latitude_less_declination(
    latitude_deg: float, day: int, declination_deg: float
) -> None:
    cosine = cosine_of_zenith(latitude_deg, 0.0, day_of_minutes_h(day))
    zenith_deg = np.degrees(np.arccos(cosine.max()))
    assert zenith_deg == pytest.approx(abs(latitude_deg - declination_deg), abs=0.6)


@pytest.mark.parametrize(
    ("latitude_deg", "day", "daylight_h"),
    [
        # cos(half of it) = -tan(latitude) tan(declination): 122.4 degrees at 51 north in June.
        (51.0, JUNE_SOLSTICE, 16.32),
        (51.0, DECEMBER_SOLSTICE, 7.68),
        (-51.0, JUNE_SOLSTICE, 7.68),
        (51.0, MARCH_EQUINOX, 12.0),
        (0.0, JUNE_SOLSTICE, 12.0),
    ],
)
def test_length_of_day(latitude_deg: float, day: int, daylight_h: float) -> None:
    cosine = cosine_of_zenith(latitude_deg, 0.0, day_of_minutes_h(day))
    assert (cosine > 0.0).sum() * MINUTE_H == pytest.approx(daylight_h, abs=0.06)


def haurwitz_w_per_m2(latitude_deg: float, declination_deg: float, hours: float) -> float:
    """Mean of Haurwitz's law from some hours before noon to as many after it."""
    latitude, declination = np.radians(latitude_deg), np.radians(declination_deg)
    angle = np.radians(15.0 * hours) * np.linspace(-1.0, 1.0, 2001)
    cosine = np.sin(latitude) * np.sin(declination)
    cosine = cosine + np.cos(latitude) * np.cos(declination) * np.cos(angle)
    return float(np.mean(1098.0 * cosine * np.exp(-0.057 / cosine)))


@pytest.mark.parametrize(
    ("latitude_deg", "day", "declination_deg", "least", "most"),
    [
        (0.0, MARCH_EQUINOX, 0.0, 1015.0, 1037.2),  # overhead: 1098 exp(-0.057) = 1037
        (51.0, JUNE_SOLSTICE, OBLIQUITY_DEG, 870.0, 908.0),
        # Nearly on the horizon: 1098 x 0.114 x exp(-0.057 / 0.114) = 76; the air takes 40 %.
        (60.0, DECEMBER_SOLSTICE, -OBLIQUITY_DEG, 65.0, 76.5),
    ],
)
def test_two_hours_around_noon_follow_haurwitz(
    latitude_deg: float, day: int, declination_deg: float, least: float, most: float
) -> None:
    hours = clear_sky_ghi_w_per_m2(latitude_deg, 0.0)[24 * day + 11 : 24 * day + 13]
    expected = haurwitz_w_per_m2(latitude_deg, declination_deg, 1.0)
    assert least < expected < most
    assert hours.mean() == pytest.approx(expected, rel=0.03)


def test_an_hour_east_is_an_hour_earlier() -> None:
    # The equation of time and the declination move by little within an hour.
    here, east = clear_sky_ghi_w_per_m2(51.0, 0.0), clear_sky_ghi_w_per_m2(51.0, 15.0)
    np.testing.assert_allclose(east[:-1], here[1:], atol=1.0)
    assert np.abs(east[1:] - here[:-1]).max() > 100.0
