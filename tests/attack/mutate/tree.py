"""YAML: a tree of sections, lists and values."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import yaml

from attack.mutate.mutant import TEXTS, Claim, RawMutation, odd_number, shuffled
from attack.mutate.raw import COMMON, bom, crlf, no_last_line_end

# Keys that hold the name of something which must exist.
_REFERENCES = frozenset({
    "station", "skill", "repair_crew", "rework_to", "from_family", "to_family", "product",
    "generation", "transformer", "chiller", "ups", "crew", "climate", "after", "also", "feeds",
    "shape", "policy", "rule", "cause", "topology", "holidays", "weather", "each",
})  # fmt: skip
_FREE_SECTIONS = frozenset({"note", "source", "title", "status", "warnings", "name"})


def parse(data: bytes) -> Any:
    """Values of a sound file."""
    return yaml.load(data, yaml.CSafeLoader)


def write(model: Any) -> bytes:
    """Text of values, whatever they are."""
    text: str = yaml.dump(model, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return text.encode("utf-8", "replace")


class Plain(str):
    """Text that is written without quotes."""


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(
    Plain, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:float", str(text))
)


def places(model: Any) -> Iterator[tuple[Any, Any, tuple[Any, ...]]]:
    """Every holder with a key or an index into it, and the path so far."""
    waiting: list[tuple[Any, tuple[Any, ...]]] = [(model, ())]
    while waiting:
        holder, path = waiting.pop()
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            yield holder, key, path
            if isinstance(holder[key], dict | list):
                waiting.append((holder[key], (*path, key)))


def _numbers(model: Any) -> list[tuple[Any, Any, tuple[Any, ...]]]:
    return [
        place for place in places(model)
        if isinstance(place[0][place[1]], int | float)
        and not isinstance(place[0][place[1]], bool)
    ]  # fmt: skip


def _lists(model: Any, kind: type) -> list[list[Any]]:
    found = [holder[key] for holder, key, _ in places(model)]
    return [
        one for one in found if isinstance(one, list) and one and isinstance(one[0], kind)
    ]  # fmt: skip


def number_is_odd(rng: Random, model: Any) -> Claim:
    """A number is one that nobody writes."""
    holder, key, _ = rng.choice(_numbers(model))
    text, claim = odd_number(rng)
    if text in ("true", "{}", "[1]", "12:30", "0x", "?"):
        holder[key] = {"true": True, "{}": {}, "[1]": [1]}.get(text, text)
    else:
        holder[key] = Plain(text.replace("nan", ".nan").replace("inf", ".inf"))
    return claim


def number_is_scaled(rng: Random, model: Any) -> Claim:
    """A number is some powers of ten off, or of the other sign."""
    holder, key, _ = rng.choice(_numbers(model))
    value = holder[key] * rng.choice((-1, 0, 0.1, 10, 1000, 1e-3, 1e6, 1e-6))
    holder[key] = int(value) if isinstance(holder[key], int) and value == int(value) else value
    return Claim.ANY


def unit_is_unknown(rng: Random, model: Any) -> Claim:
    """A number has a unit that no table has."""
    holder, key, _ = rng.choice(_numbers(model))
    holder[key] = f"{holder[key]} {rng.choice(('bananas', 'MWx', 'Mw/h/h', 'kk', '€€'))}"
    return Claim.REFUSED


def number_has_a_unit(rng: Random, model: Any) -> Claim:
    """A number has the unit of something else, or its own in another spelling."""
    holder, key, _ = rng.choice(_numbers(model))
    unit = rng.choice(("MW", "kW", "h", "weeks", "%", "EUR", "degC", "K", "days", "GWh/a", ""))
    holder[key] = f"{holder[key]} {unit}"
    return Claim.ANY


def number_is_uncertain(rng: Random, model: Any) -> Claim:
    """A number is a distribution, mostly one that may be."""
    holder, key, _ = rng.choice(_numbers(model))
    value = holder[key]
    spread = abs(value) * rng.choice((0.1, 0.5, 3.0)) or 1.0
    number = {"value": value, "low": value - spread, "high": value + spread}
    if rng.random() < 0.5:
        number["shape"] = rng.choice(("triangular", "pert", "uniform", "normal", "lognormal"))
    holder[key] = number
    return Claim.ANY


def number_is_upside_down(rng: Random, model: Any) -> Claim:
    """The low end of a number is above its high end."""
    holder, key, _ = rng.choice(_numbers(model))
    value = holder[key]
    holder[key] = {"value": value, "low": value + 2, "high": value + 1}
    return Claim.REFUSED


def text_is_odd(rng: Random, model: Any) -> Claim:
    """Text is some that no person writes, or that a terminal or a page might obey."""
    texts = [p for p in places(model) if isinstance(p[0][p[1]], str)]
    holder, key, _ = rng.choice(texts)
    holder[key] = rng.choice(TEXTS) if rng.random() < 0.7 else holder[key] + rng.choice(TEXTS)
    return Claim.ANY


def value_is_of_another_kind(rng: Random, model: Any) -> Claim:
    """Something stands where something else is wanted."""
    holder, key, _ = rng.choice(list(places(model)))
    holder[key] = rng.choice((
        None, True, [], {}, [[]], [None], "", 0, -1, 1.5, "text", [1, 2], {"value": 1},
        "2027-02-30", "2027-01-04", {"value": None}, [{}], {"low": 1, "high": 2},
        {"nonsense": {"deep": [1]}},
    ))  # fmt: skip
    return Claim.ANY


def key_is_unknown(rng: Random, model: Any) -> Claim:
    """A section has a key too many."""
    sections = [model, *(h[k] for h, k, path in places(model)
                         if isinstance(h[k], dict) and "value" not in h[k])]  # fmt: skip
    rng.choice(sections)[rng.choice(("nonsense", "n_bayz", "Name", "0", ""))] = 1
    return Claim.REFUSED


def key_is_gone(rng: Random, model: Any) -> Claim:
    """A key is missing."""
    holder, key, _ = rng.choice(list(places(model)))
    del holder[key]
    return Claim.ANY


def section_is_gone(rng: Random, model: Any) -> Claim:
    """A whole section is missing."""
    del model[rng.choice(list(model))]
    return Claim.ANY


def item_stands_twice(rng: Random, model: Any) -> Claim:
    """An item with a name stands twice in its list."""
    lists = [one for one in _lists(model, dict) if "name" in one[0]]
    if not lists:
        return Claim.ANY
    items = rng.choice(lists)
    items.insert(rng.randrange(len(items) + 1), dict(rng.choice(items)))
    return Claim.TOLD


def items_are_in_another_order(rng: Random, model: Any) -> Claim:
    """A list is in another order."""
    lists = _lists(model, object)
    if lists:
        items = rng.choice(lists)
        items[:] = shuffled(rng, items)
    return Claim.ANY


def keys_are_in_another_order(rng: Random, model: Any) -> Claim:
    """Keys of a mapping mean the same in any order."""
    sections = [model, *(h[k] for h, k, _ in places(model) if isinstance(h[k], dict))]
    section = rng.choice(sections)
    turned = {key: section[key] for key in shuffled(rng, list(section))}
    section.clear()
    section.update(turned)
    return Claim.SAME


def list_is_long(rng: Random, model: Any) -> Claim:
    """A list has its items many times."""
    lists = _lists(model, object)
    if lists:
        items = rng.choice(lists)
        items[:] = items * rng.choice((2, 7, 60))
    return Claim.ANY


def reference_dangles(rng: Random, model: Any) -> Claim:
    """A name refers to nothing."""
    found = [
        (holder, key) for holder, key, path in places(model)
        if isinstance(holder[key], str)
        and (key in _REFERENCES or (path and path[-1] in _REFERENCES))
        and not _FREE_SECTIONS & {key, *path}
    ]  # fmt: skip
    if not found:
        return Claim.ANY
    holder, key = rng.choice(found)
    holder[key] = "no such thing"
    return Claim.REFUSED


def nesting_is_deep(rng: Random, model: Any) -> Claim:
    """Sections in sections, without an end."""
    holder, key, _ = rng.choice(list(places(model)))
    deep: Any = 1
    for _ in range(rng.choice((10, 60, 300))):
        deep = {"a": deep} if rng.random() < 0.5 else [deep]
    holder[key] = deep
    return Claim.REFUSED


def key_stands_twice(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """A key of the top level stands twice."""
    keys = [line.split(b":")[0] for line in data.split(b"\n") if line[:1].isalpha()]
    return data.rstrip(b"\n") + b"\n" + rng.choice(keys) + b": 1\n", Claim.REFUSED


def yaml_feature(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """Something of YAML that no scenario needs, some of it dangerous elsewhere."""
    return rng.choice((
        (b"? [a, b]\n: 1\n" + data, Claim.REFUSED),
        (data + b"\nx: !!python/object/apply:os.system ['true']\n", Claim.REFUSED),
        (data + b"\nx: &a [*a]\n", Claim.REFUSED),
        (data + b"\nx: *nobody\n", Claim.REFUSED),
        (data + b"\n---\nname: second\n", Claim.REFUSED),
        (b"a: &a [x, x, x, x, x, x, x, x]\n" + b"".join(
            b"%c: &%c [%s]\n" % (c, c, b", ".join([b"*%c" % (c - 1)] * 8)) for c in range(98, 110)
        ) + data, Claim.REFUSED),
        (b"%YAML 1.1\n---\n" + data, Claim.ANY),
        (b"%TAG ! tag:x,2000:\n---\n" + data, Claim.ANY),
        (b"# a comment \xc3\xa9\n\n" + data, Claim.SAME),
        (b"---\n" + data, Claim.SAME),
        (data + b"\n...\n", Claim.SAME),
        (data.replace(b"\n  ", b"\n\t", 1), Claim.REFUSED),
        (data.replace(b": ", b":", 1), Claim.ANY),
        (data + b"\nname: |\n  block\n   text\n", Claim.REFUSED),
        (data + b"\n<<: {name: merged}\n", Claim.REFUSED),
    ))  # fmt: skip


MUTATIONS = (
    number_is_odd, number_is_odd, number_is_odd, number_is_scaled, number_is_scaled,
    number_is_uncertain, number_is_upside_down, unit_is_unknown, number_has_a_unit, text_is_odd,
    text_is_odd, value_is_of_another_kind, value_is_of_another_kind, key_is_unknown, key_is_gone,
    key_is_gone, section_is_gone, item_stands_twice, items_are_in_another_order,
    keys_are_in_another_order, list_is_long, reference_dangles, nesting_is_deep,
)  # fmt: skip
RAW: tuple[RawMutation, ...] = (
    *COMMON, bom, crlf, no_last_line_end, key_stands_twice, yaml_feature, yaml_feature,
)  # fmt: skip
