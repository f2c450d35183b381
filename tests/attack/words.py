"""Odd words on the command line, given with sound files."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from attack.mutate.mutant import NO_NUMBERS, NOT_FINITE, ODD_NUMBERS, TEXTS

Words = tuple[str, ...]

# Places for a result: fresh ones, other people's, and such as no person names.
OUT_NAMES = (
    "new", "new/deep/er", "empty", "full", "keep", "link", "nowhere", "notes.txt", "notes.txt/x",
    ".", "..", "/", "/proc/x", "/dev/null", "", " ", "-", "--", "a b", "it's", 'say "x"', "x" * 300,
    "x" * 240, "new\nline", "tab\there", "\x1b[31m", "\u540d\u524d", "\u202e", "*", "?", "[1]",
    "in[1].csv", "$HOME", "~", "new/", "new//x", "./new", "../outside/../new2", "new/.", "%s",
    "{0}", "%00", "CON", ".hidden", "name.part", "name.former", "a;b", "a|b", "`x`", "#x", "\udcff",
)  # fmt: skip
_SETTINGS = (
    "", "=", "a", "grid", "grid.connection_mw", "grid.connection_mw=", "=1", "grid.=1", ".=1",
    "grid..x=1", "grid.connection_mw=[", "grid.connection_mw={value: 24, low: 20, high: 30}",
    "grid.connection_mw=24 MW", "grid.connection_mw=24 apples", "grid.connection_mw=.nan",
    "grid.connection_mw=1e400", "grid.tranches[0].power_mw=3", "grid.tranches[9].power_mw=3",
    "grid.tranches[-1].power_mw=3", "grid.tranches[x].power_mw=3", "grid.tranches=[]",
    "grid.tranches[99999999999999999999].power_mw=1", "site=1", "name=\x1b[31m", "name=",
    "name=../x", "campus.hall_it_mw=0", "campus.hall_it_mw=7", "grid: {x: 1}=1",
    "grid.connection_mw=24=25", "finance.operation_years=3", "plants.modules.shifts=2",
    "programme.start=2027-02-30", "programme.start=2029-01-01", "site.weather={epw: nowhere.epw}",
    "site.weather={epw: keep}", "site.weather={epw: notes.txt}", "site.weather={climate: mars}",
    "title=<script>alert(1)</script>", "[]=1", "a" * 5000 + "=1",
    "grid.connection_mw=" + "9" * 5000, "\udcff=1",
)  # fmt: skip


def names(rng: Random) -> tuple[str, Words]:
    """Odd names of input files."""
    command = rng.choice(("check", "play", "sources", "make", "run", "risk", "export"))
    name = rng.choice((*OUT_NAMES, *TEXTS[:40], "notes.txt", "keep/index.html", "small_20mw.yaml"))
    more = {
        "play": ("--out", "result", "-q"), "export": ("--to", "x.xer"), "make": (), "check": (),
        "sources": (), "run": (), "risk": (),
    }[command]  # fmt: skip
    return f"name {name[:40]!r}", (command, *more, *_after(name))


def places(rng: Random) -> tuple[str, Words]:
    """Odd places for results."""
    name = rng.choice(OUT_NAMES)
    command: Words = rng.choice((
        ("play", "small_20mw", "-q", "--draws", "1", "--until", "design", "--out", name),
        ("run", "jobs.csv", "--out", name),
        ("init", *_after(name)),
        ("export", "small_20mw", "--draws", "1", "--to", name + rng.choice((".xer", ".xml", ""))),
        ("export", "small_20mw", "--draws", "1", "--to",
         rng.choice(("result.xer", "linked.xer", "keep.xer", "nowhere/x.xer", "keep/x.xml"))),
    ))  # fmt: skip
    return f"place {name[:40]!r}", command


def settings(rng: Random) -> tuple[str, Words]:
    """Odd settings."""
    sets = [word for _ in range(rng.randint(1, 2)) for word in ("--set", rng.choice(_SETTINGS))]
    command: Words = rng.choice((
        ("check", "small_20mw"), ("sources", "small_20mw"),
        ("run", "jobs.csv", "--design", "small_20mw"),
        ("play", "small_20mw", "-q", "--draws", "1", "--until", "design", "--out", "new"),
        ("run", "jobs.csv"),
    ))  # fmt: skip
    return "settings", (*command, *sets)


def options(rng: Random) -> tuple[str, Words]:
    """Odd values of options."""
    odd = rng.choice((*NOT_FINITE, *NO_NUMBERS, *ODD_NUMBERS, *TEXTS))
    word = rng.choice((
        odd, "1e9s", "0s", "-1s", "1ns", "15 s", "1week", "s", "2030-13-01", "2030-07-01T06:00",
        "2030-07-01T06:00+02:00", "9999-12-31", "0001-01-01", "300/year", "1e5/week", "0/year",
        "5/ year", "0.9,1,1.2", "1,1", "1.2,1,0.9", "nan,1,2", "0,0,0", "1,1,1e9", "-1,0,1",
    ))  # fmt: skip
    jobs: Words = ("run", "jobs.csv")
    command: Words = rng.choice((
        (*jobs, "--step", word), (*jobs, "--begin", word, "--design", "small_20mw"),
        (*jobs, "--nodes", word), (*jobs, "--cap-mw", word, "--policy", "power"),
        (*jobs, "--seed", word), (*jobs, "--policy", word), (*jobs, "--policy", "price"),
        (*jobs, "--design", word), (*jobs, "--gpu", word), (*jobs, "--failures", "--seed", word),
        ("run", "asked.csv", "--model", word), ("run", "asked.csv", "--gpu", word),
        ("run", "asked.csv", "--replicas", word), ("run", "asked.csv", "--autoscale", word),
        ("run", "asked.csv", "--ttft-slo", word), ("run", "asked.csv", "--tpot-slo", word),
        ("run", "asked.csv", "--gpus-per-replica", word), ("run", "asked.csv", "--step", word),
        ("run", "asked.csv", "--policy", "easy"), ("run", "asked.csv", "--begin", word),
        ("play", "small_20mw", "--draws", word, "--until", "design", "--out", "new"),
        ("play", "small_20mw", "--draws", "1", "--until", word, "--out", "new"),
        ("play", "small_20mw", "--draws", "1", "--seed", word, "--until", "design", "--out", "new"),
        ("play", "small_20mw", "--gate", "--until", "design", "--out", "new"),
        ("make", "works.yaml", "--rate", word, "--draws", "1"),
        ("make", "works.yaml", "--draws", word),
        ("make", "small_20mw", "--rate", "20/year", "--plant", word, "--draws", "1"),
        ("make", "small_20mw"), ("make", "works.yaml", "--seed", word, "--draws", "1"),
        ("risk", "plan.xer", "--uncertainty", word, "--draws", "3"),
        ("risk", "plan.xer", "--project", word), ("risk", "plan.xer", "--encoding", word),
        ("risk", "plan.xer", "--draws", word), ("risk", "plan.xer", "--seed", word, "--draws", "3"),
        ("risk", "plan.xer", "--risks", "notes.txt"), ("risk", "plan.xer", "--risks", "keep"),
        ("export", "small_20mw", "--to", "x.xer", "--draws", word),
        ("schema", "--factory"), ("schema",), ("--version",), (word,), ("play",), (),
    ))  # fmt: skip
    return "options", command


def _after(name: str) -> Words:
    """A name that begins with a dash stands behind two of them."""
    return ("--", name) if name.startswith("-") else (name,)


ODD_COMMANDS: tuple[Callable[[Random], tuple[str, Words]], ...] = (
    names, places, places, settings, settings, options, options, options,
)  # fmt: skip
