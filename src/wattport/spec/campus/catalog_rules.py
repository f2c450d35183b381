"""Rules about keys of the catalogue: a scenario names equipment and data that are there."""

from __future__ import annotations

import math
from collections.abc import Iterator

from wattport.catalog import (
    Chiller,
    Psu,
    Rack,
    Transformer,
    Ups,
    climate_place_deg,
    climates,
    find,
    keys,
)
from wattport.spec.campus.spec import Spec
from wattport.spec.reading.rule import Breach, Breaches, at, central, near
from wattport.spec.reading.section import Path

_VOLTAGE_FRAC = 0.1  # between names of one level: 380 and 400, 220 and 225 kV
_FARTHEST_KM = 2000.0  # another climate altogether
_EARTH_KM = 6371.0

_EQUIPMENT: tuple[tuple[str, type], ...] = (
    ("campus.rack_supply", Psu),
    ("campus.modules.ups", Ups),
    ("campus.modules.transformer", Transformer),
    ("campus.substation.transformer", Transformer),
    ("campus.cooling.chiller", Chiller),
)


def entries_exist(spec: Spec) -> Breaches:
    """A key of the catalogue leads to an entry."""
    for path, key, kind, known in _named(spec):
        if key not in known:
            yield Breach(
                path, f"the catalogue has no {kind} {key!r}", key, ", ".join(known),
                near(key, known, "choose one of those"),
            )  # fmt: skip


def voltages_agree(spec: Spec) -> Breaches:
    """The HV/MV transformer is one for the voltage of the grid."""
    key = spec.campus.substation.transformer
    if key not in keys(Transformer):
        return
    unit, kv = find(Transformer, key), central(spec.grid.voltage_kv)
    if abs(kv / unit.high_kv - 1.0) > _VOLTAGE_FRAC:
        fitting = [k for k in keys(Transformer)
                   if abs(kv / find(Transformer, k).high_kv - 1.0) <= _VOLTAGE_FRAC]  # fmt: skip
        yield Breach(
            ("grid", "voltage_kv"), f"the transformer {key} is one for {unit.high_kv:g} kV", kv,
            f"{unit.high_kv:g} within {_VOLTAGE_FRAC:.0%}",
            f"use campus.substation.transformer: {fitting[0]}" if fitting
            else "a transformer of that voltage, or the voltage of the transformer",
        )  # fmt: skip


def climate_is_near(spec: Spec) -> Breaches:
    """A fitted climate is that of the place, where no measured weather takes its place."""
    weather, site = spec.site.weather, spec.site
    if weather.epw is not None or weather.climate not in climates():
        return
    here = (central(site.latitude_deg), central(site.longitude_deg))
    distance_km = _distance_km(here, climate_place_deg(weather.climate))
    if distance_km > _FARTHEST_KM:
        yield Breach(
            ("site", "weather", "climate"),
            f"the climate {weather.climate} was fitted {distance_km:.0f} km from "
            f"{here[0]:g}, {here[1]:g}", weather.climate, f"a climate within {_FARTHEST_KM:.0f} km",
            "give the weather of the place as an EPW file (site.weather.epw), or correct "
            "latitude_deg and longitude_deg",
        )  # fmt: skip


def _distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance of two places in degrees."""
    (lat, lon), (lat_2, lon_2) = (map(math.radians, place) for place in (one, other))
    half = math.sin((lat_2 - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(lat_2) * math.sin((lon_2 - lon) / 2) ** 2
    return 2.0 * _EARTH_KM * math.asin(math.sqrt(half))


def _named(spec: Spec) -> Iterator[tuple[Path, str, str, tuple[str, ...]]]:
    """Each place that holds a key, the key, what it is of and the keys there are."""
    yield ("site", "weather", "climate"), spec.site.weather.climate, "climate", climates()
    for dotted, kind in _EQUIPMENT:
        path = tuple(dotted.split("."))
        yield path, at(spec, path), kind.__name__.lower(), keys(kind)
    for index, item in enumerate(spec.campus.rack_generations):
        place = ("campus", "rack_generations", index, "generation")
        yield place, item.generation, "rack", keys(Rack)
