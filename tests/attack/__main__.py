"""
Attacks from the shell, each in a child with limits: ``make fuzz SEEDS=10000 START=0``.

Beside what the judge holds, no attack may take over two seconds of processor time nor over a
gigabyte. A fault is printed with the command that repeats it, and its files are kept.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace

from attack.assault import Attack, attack_of
from attack.judge import faults
from attack.mutate.mutant import Claim
from attack.report import told
from attack.words import OUT_NAMES

MOST_S = 2.0
MOST_BYTES = 2**30
_HARD_S = 60
_ASIDE = ("--json", "--out", *OUT_NAMES)  # change nothing that is compiled


@dataclass(frozen=True)
class Verdict:
    """What came of an attack in its child."""

    faults: tuple[str, ...]
    spent_s: float
    peak_bytes: int


def main() -> int:
    """Carry out a range of seeds and count the faults."""
    words = argparse.ArgumentParser(prog="make fuzz")
    words.add_argument("--start", type=int, default=0)
    words.add_argument("--seeds", type=int, default=1)
    given = words.parse_args()
    seeds = range(given.start, given.start + given.seeds)
    warm_up(seeds[:520])
    n_faulty = 0
    for seed in seeds:
        attack = attack_of(seed)
        verdict = carried_out(attack)
        if verdict.faults:
            n_faulty += 1
            print(told(attack, verdict.faults), flush=True)
        if (seed - given.start) % 500 == 499:
            print(f"{seed - given.start + 1} seeds, {n_faulty} faulty", file=sys.stderr, flush=True)
    print(f"{given.seeds} seeds from {given.start}: {n_faulty} faulty")
    return int(n_faulty > 0)


def carried_out(attack: Attack) -> Verdict:
    """
    Carry an attack out in a child.

    One that is slow does it again, with all compiled; where the sound file takes long too, the
    limit stands above its time.
    """
    verdict = _in_a_child(attack)
    most_s = MOST_S
    if verdict.spent_s > most_s:
        verdict = _in_a_child(attack)
        if verdict.spent_s > most_s:
            most_s += _in_a_child(sound(attack)).spent_s
    found = list(verdict.faults)
    if verdict.spent_s > most_s:
        found.append(f"took {verdict.spent_s:.1f} s")
    if verdict.peak_bytes > MOST_BYTES:
        found.append(f"took {verdict.peak_bytes / 2**30:.2f} GB")
    return Verdict(tuple(found), verdict.spent_s, verdict.peak_bytes)


def _in_a_child(attack: Attack) -> Verdict:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _limit()
        text = "\0".join(faults(attack)).encode("utf-8", "surrogateescape")
        with os.fdopen(writer, "wb") as stream:
            stream.write(text)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        text = stream.read().decode("utf-8", "replace")
    _, status, usage = os.wait4(child, 0)
    found = [fault for fault in text.split("\0") if fault]
    if status:
        found.append(f"the process died: {os.waitstatus_to_exitcode(status)}")
    return Verdict(tuple(found), usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def _limit() -> None:
    """Stop what runs away, long after it has become a fault."""
    resource.setrlimit(resource.RLIMIT_CPU, (_HARD_S, _HARD_S))
    resource.setrlimit(resource.RLIMIT_DATA, (4 * MOST_BYTES, 4 * MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES))


def sound(attack: Attack) -> Attack:
    """The same command, given what the input was before it was damaged."""
    return replace(attack, files=attack.sound, claim=Claim.ANY, n_rows=None)


def warm_up(seeds: Iterable[int]) -> None:
    """Compile here what the children share: each kind of command once, with sound files."""
    seen: set[tuple[str, ...]] = set()
    for seed in seeds:
        attack = attack_of(seed)
        kind = (attack.form, *(word for word in attack.words if word not in _ASIDE))
        if attack.form != "words" and kind not in seen:
            seen.add(kind)
            faults(sound(attack))


if __name__ == "__main__":
    sys.exit(main())
