"""From a seed to an attack: the damaged input, the command it is given to, and the claim."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from attack.call import OPEN_CASE
from attack.forms import FORMS, SMALL, TWO_HALLS, saved_case
from attack.mutate import case
from attack.mutate.mutant import Claim, mutated
from attack.words import ODD_COMMANDS, OUT_NAMES

Files = dict[str, bytes]
Words = tuple[str, ...]


@dataclass(frozen=True)
class Attack:
    """Files to write, a command to call there, and what must come of it."""

    seed: int
    form: str
    did: tuple[str, ...]
    files: Files
    words: Words
    claim: Claim = Claim.ANY
    sound: Files = field(default_factory=dict)  # the same call on these files is the yardstick
    n_rows: int | None = None  # jobs or requests in the file, where they can be counted

    @property
    def story(self) -> str:
        """One line for a person."""
        words = " ".join(self.words)
        return f"seed {self.seed}, {self.form}: {', '.join(self.did)}; wattport {words}"


def attack_of(seed: int) -> Attack:
    """Give the attack of a seed, the same one on every machine."""
    rng = Random(seed)
    name = _TURNS[seed % len(_TURNS)]
    if name == "case":
        folder, claim, did = case.mutated(rng, saved_case())
        files, sound = ({f"case/{name}": data for name, data in one.items()}
                        for one in (folder, saved_case()))  # fmt: skip
        return Attack(seed, name, did, files, (OPEN_CASE, "case"), claim, sound)
    if name == "words":
        did, words = rng.choice(ODD_COMMANDS)(rng)
        return Attack(seed, name, (did,), {}, words)
    form = FORMS[name]
    mutant = mutated(form, rng)
    words, out = _WORDS[name](rng), ()
    if words[0] in ("play", "make", "risk", "run") and rng.random() < 0.12:
        out = ("--out", rng.choice(OUT_NAMES))
    if rng.random() < 0.7:
        words = (*words, "--json")
    return Attack(
        seed, name, mutant.did, {form.file: mutant.data}, (*words, *out), mutant.claim,
        {form.file: mutant.sound}, mutant.n_rows,
    )  # fmt: skip


# Which format a seed attacks, in turn; the readers that take the most have the most.
_TURNS = (
    "scenario", "xer", "jobs", "factory", "mspdi", "swf", "words", "scenario", "requests", "xer",
    "case", "jobs", "register", "mspdi", "programme", "parquet", "factory", "swf", "scenario",
    "epw", "xer", "words", "jobs", "mspdi", "pmxml", "requests",
)  # fmt: skip


def _scenario(rng: Random) -> Words:
    chance = rng.random()
    if chance < 0.40:
        return ("check", "in.yaml")
    if chance < 0.55:
        return ("sources", "in.yaml")
    if chance < 0.70:
        return ("play", "in.yaml", "-q", "--draws", "2", "--until", "design", "--out", "new")
    if chance < 0.78:
        return ("play", "in.yaml", "-q", "--draws", "1", "--out", "new")
    if chance < 0.86:
        return ("export", "in.yaml", "--draws", "2", "--to", rng.choice(("a.xer", "a.xml")))
    if chance < 0.94:
        return ("run", "jobs.csv", "--design", "in.yaml")
    return ("make", "in.yaml", "--rate", "30/year", "--draws", "1")


def _programme(rng: Random) -> Words:
    if rng.random() < 0.85:
        return (rng.choice(("check", "sources")), "in.yaml")
    return ("play", "in.yaml", "-q", "--draws", "1", "--until", "design", "--out", "new")


def _factory(rng: Random) -> Words:
    chance = rng.random()
    if chance < 0.3:
        return ("check", "in.yaml")
    if chance < 0.85:
        return ("make", "in.yaml", "--draws", "2")
    return ("make", "in.yaml", "--draws", "1", "--rate", "40/year")


def _register(_rng: Random) -> Words:
    return ("risk", os.fspath(TWO_HALLS), "--draws", "4", "--risks", "in.yaml")


def _schedule(file: str, rng: Random) -> Words:
    more = ("--ignore-resources",) if rng.random() < 0.2 else ()
    return ("risk", file, "--draws", "4", *more)


def _jobs(file: str, rng: Random) -> Words:
    chance = rng.random()
    if chance < 0.5:
        return ("run", file)
    if chance < 0.8:
        policies = ("fcfs", "conservative", "sjf", "fair_share", "replay")
        return ("run", file, "--policy", rng.choice(policies))
    if chance < 0.9:
        return ("run", file, "--nodes", "6", "--failures")
    return ("run", file, "--design", SMALL)


def _requests(rng: Random) -> Words:
    chance = rng.random()
    if chance < 0.7:
        return ("run", "in.csv")
    if chance < 0.85:
        return ("run", "in.csv", "--autoscale", "4")
    return ("run", "in.csv", "--design", SMALL)


def _epw(_rng: Random) -> Words:
    return ("run", "jobs.csv", "--design", SMALL, "--set", "site.weather={epw: in.epw}")


_WORDS: dict[str, Callable[[Random], Words]] = {
    "scenario": _scenario,
    "programme": _programme,
    "factory": _factory,
    "register": _register,
    "xer": functools.partial(_schedule, "in.xer"),
    "mspdi": functools.partial(_schedule, "in.xml"),
    "pmxml": functools.partial(_schedule, "in.xml"),
    "swf": functools.partial(_jobs, "in.swf"),
    "jobs": functools.partial(_jobs, "in.csv"),
    "parquet": functools.partial(_jobs, "in.parquet"),
    "requests": _requests,
    "epw": _epw,
}
