"""What a rule across fields is made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any

import numpy as np

from wattport.errors import Code
from wattport.spec.reading.section import Path
from wattport.spec.reading.uncertain import Uncertain

_LETTERS, _MOST_NAMES = 200, 500  # compared with each other when a name is not known


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
    close = get_close_matches(name[:_LETTERS], islice(known, _MOST_NAMES), 1, 0.5)
    return f"did you mean `{close[0]}`?" if close else otherwise


def caught_in_circles(waits: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """
    Names that wait for each other in a circle, or for one that does.

    Parameters
    ----------
    waits : mapping
        From each name to those it waits for; others than the keys never wait.

    Returns
    -------
    dict
        Of those names, each with those of them it waits for; empty where there is no circle.

    Examples
    --------
    >>> caught_in_circles({"a": ["b"], "b": ["a"], "c": ["b"], "d": []})
    {'a': ['b'], 'b': ['a'], 'c': ['b']}
    """
    left = {name: {other for other in before if other in waits} for name, before in waits.items()}
    n_left = {name: len(before) for name, before in left.items()}
    followers: dict[str, list[str]] = {}
    for name, before in left.items():
        for other in before:
            followers.setdefault(other, []).append(name)
    free = [name for name, n in n_left.items() if not n]
    while free:
        name = free.pop()
        del left[name]
        for follower in followers.get(name, ()):
            n_left[follower] -= 1
            if not n_left[follower]:
                free.append(follower)
    return {name: [o for o in dict.fromkeys(waits[name]) if o in left] for name in left}


def circle_of(caught: Mapping[str, Sequence[str]]) -> list[str]:
    """
    One circle of those `caught_in_circles` gives, which must not be empty.

    Examples
    --------
    >>> circle_of({"c": ["b"], "a": ["b"], "b": ["a"]})
    ['b', 'a']
    """
    trail: dict[str, None] = {}
    name = next(iter(caught))
    while name not in trail:
        trail[name] = None
        name = caught[name][0]
    names = list(trail)
    return names[names.index(name) :]
