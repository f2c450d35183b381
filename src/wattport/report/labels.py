"""What inputs of a spec are called in prose."""

from __future__ import annotations

import re
from typing import Any

from wattport.report.numerals import unit_name
from wattport.spec import Spec
from wattport.units import unit_of

_CAPITALS = {
    "it": "IT",
    "gpu": "GPU",
    "om": "O&M",
    "pue": "PUE",
    "cdu": "CDU",
    "hv": "HV",
    "mtbf": "MTBF",
    "mttr": "MTTR",
    "ups": "UPS",
}
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def input_name(spec: Spec, path: str) -> str:
    """
    Name of an input that a reader understands without the file.

    Parameters
    ----------
    spec : Spec
        The spec the path leads into.
    path : str
        As in ``grid.tranches[0].delay_weeks``.

    Returns
    -------
    str
        As in "delay (weeks) – tranche 2028-12-31, grid": the nearest word first, so that a name
        cut short keeps what tells it apart. List entries are called by their name, item or date.
        A path that leads nowhere is given back.
    """
    value: Any = spec.loaded
    words: list[str] = []
    steps = _STEP.findall(path)
    for name, index in steps[:-1]:
        value = _step(value, name, index)
        if value is None:
            return path
        said = _called(value) if index else name.replace("_", " ")
        if index and words:
            # "tranches" and "2028-12-31" belong together.
            words[-1] = f"{words[-1].removesuffix('s')} {said}"
        else:
            words.append(said)
    last, index = steps[-1] if steps else (path, "")
    quantity = f"{words.pop()} {int(index) + 1}" if index and words else _quantity(last)
    place = ", ".join(reversed(words))
    return f"{quantity} – {place}" if place else quantity


def input_meaning(spec: Spec, path: str) -> str:
    """
    What the spec says an input is.

    Parameters
    ----------
    spec : Spec
        The spec the path leads into.
    path : str
        As in ``programme.hv_transformer_lead_weeks``.

    Returns
    -------
    str
        Its description; empty where it has none.
    """
    value: Any = spec.loaded
    steps = _STEP.findall(path)
    for name, index in steps:
        fields = getattr(type(value), "model_fields", {})
        if name in fields and (name, index) == steps[-1]:
            return fields[name].description or ""
        value = _step(value, name, index)
    return ""


def _step(value: Any, name: str, index: str) -> Any:
    if index:
        return value[int(index)] if int(index) < len(value) else None
    return getattr(value, name, None)


def _called(value: Any) -> str:
    for field in ("name", "item", "date", "generation"):
        found = getattr(value, field, None)
        if found is not None:
            return str(found)
    return ""


def _quantity(name: str) -> str:
    unit = unit_of(name)
    if name.startswith(("n_", "is_", "has_")):
        return name.split("_", 1)[1].replace("_", " ")
    if unit is None or unit == "1":
        return name.replace("_", " ")
    words = name.split("_")
    # The unit is the last word, or from the word before the first "per" on.
    end = words.index("per") - 1 if "per" in words else len(words) - 1
    quantity = " ".join(words[:end]) or name.replace("_", " ")
    said = unit_name(unit)
    quantity = " ".join(_CAPITALS.get(word, word) for word in quantity.split())
    return f"{quantity} ({said})" if said else quantity
