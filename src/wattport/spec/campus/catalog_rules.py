"""Rules about keys of the catalogue: a scenario names equipment and data that are there."""

from __future__ import annotations

from collections.abc import Iterator

from wattport.catalog import Chiller, Psu, Rack, Transformer, Ups, climates, keys
from wattport.spec.campus.spec import Spec
from wattport.spec.reading.rule import Breach, Breaches, at, near
from wattport.spec.reading.section import Path

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


def _named(spec: Spec) -> Iterator[tuple[Path, str, str, tuple[str, ...]]]:
    """Each place that holds a key, the key, what it is of and the keys there are."""
    yield ("site", "weather", "climate"), spec.site.weather.climate, "climate", climates()
    for dotted, kind in _EQUIPMENT:
        path = tuple(dotted.split("."))
        yield path, at(spec, path), kind.__name__.lower(), keys(kind)
    for index, item in enumerate(spec.campus.rack_generations):
        place = ("campus", "rack_generations", index, "generation")
        yield place, item.generation, "rack", keys(Rack)
