"""What all mutators share: the claim a mutation makes, and values nobody expects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any


class Claim(StrEnum):
    """What must come of a mutated input, beside what must hold for all."""

    ANY = "is read, or refused in words"
    SAME = "gives the answer of the sound file"
    TOLD = "is refused, or told in a note"
    REFUSED = "is refused"


# Change a model in place and say what must come of it.
Mutation = Callable[[Random, Any], Claim]
# Change the bytes of a file.
RawMutation = Callable[[Random, bytes], tuple[bytes, Claim]]


@dataclass(frozen=True)
class Form:
    """A format: sound files of it, and how they are damaged."""

    name: str
    file: str  # name the input is given
    sound: Callable[[], tuple[bytes, ...]]
    parse: Callable[[bytes], Any]
    write: Callable[[Any], bytes]
    mutations: tuple[Mutation, ...]
    raw: tuple[RawMutation, ...]
    count: Callable[[Any], int] | None = None  # rows that must be accounted for


@dataclass(frozen=True)
class Mutant:
    """A damaged input."""

    data: bytes
    sound: bytes  # what it was made from
    claim: Claim
    did: tuple[str, ...]
    n_rows: int | None = None  # where they can still be counted


def mutated(form: Form, rng: Random) -> Mutant:
    """
    Damage a sound file: mostly in one place, whose claim then holds, else in several.

    Several damages may undo each other, hence make no claim.
    """
    sound = rng.choice(form.sound())
    model = form.parse(sound)
    chance = rng.random()
    if chance < 0.65:
        change = rng.choice(form.mutations)
        claim = change(rng, model)
        n_rows = None if form.count is None else form.count(model)
        return Mutant(form.write(model), sound, claim, (_name(change),), n_rows)
    if chance < 0.80:
        raw = rng.choice(form.raw)
        data, claim = raw(rng, sound)
        return Mutant(data, sound, claim, (_name(raw),))
    changes = [rng.choice(form.mutations) for _ in range(rng.randint(2, 4))]
    for change in changes:
        # One that finds nothing left to change changes nothing.
        with suppress(LookupError, ValueError, TypeError):
            change(rng, model)
    data, did = form.write(model), tuple(map(_name, changes))
    if rng.random() < 0.3:
        raw = rng.choice(form.raw)
        return Mutant(raw(rng, data)[0], sound, Claim.ANY, (*did, _name(raw)))
    n_rows = None if form.count is None else form.count(model)
    return Mutant(data, sound, Claim.ANY, did, n_rows)


def _name(change: Callable[..., Any]) -> str:
    return str(getattr(change, "__name__", change))


NOT_FINITE = ("nan", "inf", "-inf", "NaN", "Infinity", "-Infinity", "1e400", "-1e999")
NO_NUMBERS = (
    "abc", "--5", "+-3", "1e", "1.2.3", "0x", "5 apples", "true", "[1]", "{}", "1/2", "12:30",
    "#REF!", "?", "\u221e", "\u00bd", "\u4e00",
)  # fmt: skip
ODD_NUMBERS = (
    "0", "-1", "-0", "-0.0", "1", "0.1", "1e-12", "5e-324", "-1e-300", "1e6", "-1e6", "1e9",
    "2147483647", "2147483648", "4294967296", "1e12", "9007199254740993", "1e15",
    "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e18", "1e30", "1e100",
    "1e308", "-1e308", "1.7976931348623157e308", "0001", "+5", "5.", ".5", "1_000", "1,5",
    "1.000,5", "1 000", "0x10", "0o17", "1d5", " 7 ", "1e+2", "-5",
)  # fmt: skip
TEXTS = (
    "", " ", "\t", "  padded  ", "\u00e9", "e\u0301", "\u540d\u524d", "\U0001f600",
    "\u202egnp.exe", "\ufeff", "\u2028", "\x85", "\xa0", "\x1b[31mred\x1b[0m", "\x07bell",
    "\x7f", "\x9b2J", "x" * 5000, "null", "~", "../../etc/passwd", "C:\\temp", "=1+2", "+1", "-1",
    "@sum", "%s%n%d", "{{7*7}}", "{0}", "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "&amp;", "]]>", "'; drop --", '"', "''", "a,b", "a;b", "a|b",
    "(0||", "a\nb", "a\r\nb", "*", "?[x]", "$HOME", "`id`",
)  # fmt: skip


def odd_number(rng: Random) -> tuple[str, Claim]:
    """A number nobody writes; what is no number, or none that is finite, must be refused."""
    chance = rng.random()
    if chance < 0.2:
        return rng.choice(NOT_FINITE), Claim.REFUSED
    if chance < 0.4:
        return rng.choice(NO_NUMBERS), Claim.REFUSED
    return rng.choice(ODD_NUMBERS), Claim.ANY


def shuffled(rng: Random, things: Sequence[Any]) -> list[Any]:
    """The same things in another order."""
    copy = list(things)
    rng.shuffle(copy)
    return copy
