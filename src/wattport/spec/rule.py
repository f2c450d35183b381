"""What a rule across fields is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from wattport.errors import Code
from wattport.spec.section import Path
from wattport.spec.uncertain import Uncertain


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a rule does not hold."""

    path: Path
    message: str
    value: object = None
    allowed: str = ""
    remedy: str = ""


Breaches = Iterator[Breach]


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence that must hold; ``warning`` rules are told but do not stop a run."""

    sentence: str
    code: Code
    breaches: Callable[[Any], Breaches]
    severity: str = "error"


def central(value: Any) -> float:
    """
    Central value of a number as loaded.

    Examples
    --------
    >>> central(Uncertain(3.0, 1.0, 4.0)), central(2)
    (3.0, 2.0)
    """
    return value.value if isinstance(value, Uncertain) else float(value)


def ends(value: Any) -> tuple[float, float]:
    """
    Least and most that a number as loaded can be drawn as.

    Examples
    --------
    >>> ends(Uncertain(3.0, 1.0, 4.0)), ends(2)
    ((1.0, 4.0), (2.0, 2.0))
    """
    if not isinstance(value, Uncertain):
        return float(value), float(value)
    least, most = value.ppf(np.array([0.0, 1.0]))
    return float(least), float(most)


def at(value: Any, path: Path) -> Any:
    """Value at a path of a section."""
    for step in path:
        value = getattr(value, str(step))
    return value


def near(name: str, known: Iterable[str], otherwise: str) -> str:
    """Remedy for a name that is not known: the nearest spelling, if there is one."""
    close = get_close_matches(name, list(known), 1, 0.5)
    return f"did you mean `{close[0]}`?" if close else otherwise
