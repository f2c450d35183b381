"""A saved case: a folder of YAML, JSON and Parquet, as it comes by mail."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from attack.mutate import raw, tree
from attack.mutate.mutant import TEXTS, Claim

Folder = dict[str, bytes]
Mutation = Callable[[Random, Folder], Claim]

_PATHS = (
    "../keep/notes",
    "/etc/passwd",
    "..",
    "a/b",
    "hall') TO 'x",
    'hall"; DROP TABLE',
    "*",
    "\x00",
)
_TYPES = (
    "object",
    "float64",
    "int8",
    "<U99999999",
    "complex128",
    "M8[s]",
    "nonsense",
    "V8",
    "",
    "S1",
)
_SHAPES: tuple[Any, ...] = (
    [],
    [0],
    [-1],
    [10**12],
    [2**63, 2],
    [1, 1, 1, 1],
    "x",
    None,
    [1.5],
    [[1]],
)


def mutated(rng: Random, sound: Folder) -> tuple[Folder, Claim, tuple[str, ...]]:
    """A damaged copy of a case, what must come of it, and what was done."""
    folder = dict(sound)
    change = rng.choice(MUTATIONS)
    claim = change(rng, folder)
    return folder, claim, (change.__name__,)


def _json(folder: Folder, name: str, change: Callable[[Any], None]) -> None:
    data = json.loads(folder[name])
    change(data)
    folder[name] = json.dumps(data).encode()


def file_is_gone(rng: Random, folder: Folder) -> Claim:
    """A file is missing."""
    name = rng.choice([one for one in folder if not one.endswith(".html")])
    del folder[name]
    return Claim.REFUSED


def file_is_damaged(rng: Random, folder: Folder) -> Claim:
    """Bytes of a file are others, or it is cut."""
    name = rng.choice(list(folder))
    change = rng.choice((*raw.COMMON, raw.cut_must_show, raw.gzipped))
    folder[name], _ = change(rng, folder[name])
    return Claim.ANY


def spec_is_another(rng: Random, folder: Folder) -> Claim:
    """The scenario of the case has been changed."""
    model = tree.parse(folder["spec.yaml"])
    rng.choice(tree.MUTATIONS)(rng, model)
    folder["spec.yaml"] = tree.write(model)
    return Claim.ANY


def json_value_is_another(rng: Random, folder: Folder) -> Claim:
    """A value of the JSON is of another kind."""

    def change(data: Any) -> None:
        places = list(tree.places(data))
        for _ in range(rng.randint(1, 3)):
            holder, key, _ = rng.choice(places)
            holder[key] = rng.choice((
                None, True, -1, 0, 1e308, 2**70, "", "x", [], {}, [None], {"__array__": [1]},
                {"__array__": [[1], [1, 2]], "dtype": "int8"}, rng.choice(TEXTS),
            ))  # fmt: skip

    _json(folder, rng.choice(("manifest.json", "records.json")), change)
    return Claim.ANY


def json_key_is_another(rng: Random, folder: Folder) -> Claim:
    """A key of the JSON is missing, or there is one too many."""

    def change(data: Any) -> None:
        holders = [data, *(h[k] for h, k, _ in tree.places(data) if isinstance(h[k], dict))]
        holder = rng.choice([one for one in holders if one])
        if rng.random() < 0.5:
            holder.pop(rng.choice(list(holder)))
        else:
            holder[rng.choice(("nonsense", "__class__", "draw", "spec", ""))] = rng.choice((1, {}))

    _json(folder, rng.choice(("manifest.json", "records.json")), change)
    return Claim.ANY


def manifest_is_large(rng: Random, folder: Folder) -> Claim:
    """Draws without number, or a seed that is none."""

    def change(data: Any) -> None:
        key = rng.choice(("n_draws", "seed"))
        data[key] = rng.choice((10**9, 10**18, 2**64, -1, 0, 1.5, "7", None, [1], True))

    _json(folder, "manifest.json", change)
    return Claim.ANY


def array_goes_elsewhere(rng: Random, folder: Folder) -> Claim:
    """Names, axes, shapes or types of arrays would lead to other files or to code."""

    def change(data: Any) -> None:
        stages = [
            stage for stage in data.values() if isinstance(stage, dict) and stage.get("arrays")
        ]
        arrays = rng.choice(stages)["arrays"]
        name = rng.choice(list(arrays))
        what = rng.choice(("name", "dims", "shape", "dtype", "path"))
        if what == "name":
            arrays[rng.choice((*_PATHS, "it_mw\" FROM 'x'; --", "1"))] = arrays.pop(name)
        elif what == "dims":
            arrays[name]["dims"] = rng.choice(
                ([], ["hall"], ["draw", "nothing"], "draw", [1], None)
            )
        elif what == "path":
            arrays[name]["dims"] = [rng.choice(_PATHS)]
        else:
            arrays[name][what] = rng.choice(_SHAPES if what == "shape" else _TYPES)

    _json(folder, "records.json", change)
    return Claim.ANY


def stage_is_unknown(rng: Random, folder: Folder) -> Claim:
    """A stage that no case has."""

    def change(data: Any) -> None:
        data[rng.choice(("nonsense", "../x", "spec", ""))] = {"arrays": {}, "plain": {}}

    _json(folder, "records.json", change)
    return Claim.REFUSED


def tables_trade_places(rng: Random, folder: Folder) -> Claim:
    """Two tables stand under each other's name."""
    tables = [name for name in folder if name.endswith(".parquet")]
    a, b = rng.choice(tables), rng.choice(tables)
    folder[a], folder[b] = folder[b], folder[a]
    return Claim.ANY


MUTATIONS: tuple[Mutation, ...] = (
    file_is_gone, file_is_damaged, file_is_damaged, spec_is_another, json_value_is_another,
    json_value_is_another, json_key_is_another, manifest_is_large, array_goes_elsewhere,
    array_goes_elsewhere, stage_is_unknown, tables_trade_places,
)  # fmt: skip
