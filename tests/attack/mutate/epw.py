"""EnergyPlus weather: eight lines of head, then an hour to a line."""

from __future__ import annotations

import functools
import math
from random import Random

from attack.mutate.mutant import NO_NUMBERS, NOT_FINITE, TEXTS, Claim, RawMutation, odd_number
from attack.mutate.raw import COMMON, bom, crlf, no_last_line_end

_HEAD = 8
_USED = (6, 7, 8, 9, 13, 21)  # dry bulb, dew point, humidity, pressure, sun, wind
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

Model = list[list[str]]


@functools.cache
def sound() -> tuple[bytes, ...]:
    """A year whose weather is one cosine."""
    lines = ["LOCATION,Nowhere,-,-,made,0,51.0,2.2,0.0,5.0"]
    lines += [f"{word},0" for word in ("DESIGN CONDITIONS", "TYPICAL/EXTREME PERIODS",
                                       "GROUND TEMPERATURES", "HOLIDAYS/DAYLIGHT SAVINGS",
                                       "COMMENTS 1", "COMMENTS 2", "DATA PERIODS")]  # fmt: skip
    hour = 0
    for month, days in enumerate(_DAYS, 1):
        for day in range(1, days + 1):
            for k in range(1, 25):
                dry = 11.0 - 8.0 * math.cos(hour / 1395.0) + 3.0 * math.sin(k / 3.82)
                sun = max(0.0, 500.0 * math.sin((k - 6) / 3.82))
                lines.append(
                    f"2023,{month},{day},{k},0,?,{dry:.1f},{dry - 3.0:.1f},80,101300,0,0,300,"
                    f"{sun:.0f},0,0,0,0,0,0,200,4.5,5,5,10,1000,9,999999999,100,0.1,0,88,0.2,0,1"
                )
                hour += 1
    return (("\n".join(lines) + "\n").encode(),)


def parse(data: bytes) -> Model:
    """Fields of a sound file."""
    return [line.split(",") for line in data.decode().splitlines()]


def write(model: Model) -> bytes:
    """Text of fields."""
    return ("\n".join(",".join(row) for row in model) + "\n").encode("utf-8", "replace")


def _hour(rng: Random, model: Model) -> list[str]:
    return model[rng.randrange(_HEAD, len(model))]


def field_is_odd(rng: Random, model: Model) -> Claim:
    """A field is a number that nobody writes."""
    row = _hour(rng, model)
    row[rng.choice(_USED)] = odd_number(rng)[0].replace(",", ".")
    return Claim.ANY


def field_is_no_number(rng: Random, model: Model) -> Claim:
    """A field is no number, or not finite."""
    words = (*NOT_FINITE, *NO_NUMBERS)
    _hour(rng, model)[rng.choice(_USED)] = rng.choice(words)
    return Claim.REFUSED


def field_is_impossible(rng: Random, model: Model) -> Claim:
    """A value that no weather has."""
    k, text = rng.choice(((6, "-90"), (6, "95"), (9, "10"), (13, "-5"), (21, "-2"), (8, "-1")))
    _hour(rng, model)[k] = text
    return Claim.REFUSED


def gap_is_long(rng: Random, model: Model) -> Claim:
    """A value is missing for hours on end."""
    k = rng.choice((6, 9, 13, 21))
    n, at = rng.choice((1, 5, 7, 200)), rng.randrange(_HEAD, len(model) - 200)
    for row in model[at : at + n]:
        row[k] = {6: "99.9", 9: "999999", 13: "9999", 21: "999"}[k]
    return Claim.REFUSED if n > 6 else Claim.ANY


def value_is_always_missing(rng: Random, model: Model) -> Claim:
    """A value is missing all year, or always the same."""
    k, text = rng.choice(((6, "99.9"), (9, ""), (13, "9999"), (21, ""), (6, "70"), (6, "-70"),
                          (9, "31000"), (9, "120000"), (8, "0"), (8, "110"), (13, "1500"),
                          (21, "60")))  # fmt: skip
    for row in model[_HEAD:]:
        row[k] = text
    return Claim.ANY


def humidity_is_gone(rng: Random, model: Model) -> Claim:
    """Neither humidity nor dew point is known."""
    for row in model[_HEAD:]:
        row[7], row[8] = "99.9", "999"
    return Claim.REFUSED


def hour_is_gone(rng: Random, model: Model) -> Claim:
    """Hours are missing, or stand twice."""
    at = rng.randrange(_HEAD, len(model))
    if rng.random() < 0.5:
        del model[at : at + rng.choice((1, 24, 3000))]
    else:
        model.insert(at, list(model[at]))
    return Claim.REFUSED


def line_is_short(rng: Random, model: Model) -> Claim:
    """A line ends early."""
    row = _hour(rng, model)
    del row[rng.randrange(22) :]
    return Claim.REFUSED if row else Claim.ANY


def leap_day_stands_in_it(rng: Random, model: Model) -> Claim:
    """The 29th of February is left out, as the format's users expect."""
    start = _HEAD + (31 + 28) * 24
    leap = [[*row[:1], "2", "29", *row[3:]] for row in model[start - 24 : start]]
    model[start:start] = leap
    return Claim.SAME


def head_is_odd(rng: Random, model: Model) -> Claim:
    """A line of the head says something else, or is missing."""
    at = rng.randrange(1, _HEAD)
    if rng.random() < 0.5:
        model[at] = [rng.choice(TEXTS).replace("\n", " ").replace('"', "")]
        return Claim.ANY
    del model[at]
    return Claim.REFUSED


def first_line_is_gone(rng: Random, model: Model) -> Claim:
    """The place is missing."""
    del model[0]
    return Claim.REFUSED


MUTATIONS = (
    field_is_odd, field_is_odd, field_is_odd, field_is_no_number, field_is_impossible, gap_is_long,
    value_is_always_missing, value_is_always_missing, humidity_is_gone, hour_is_gone, line_is_short,
    leap_day_stands_in_it, head_is_odd, first_line_is_gone,
)  # fmt: skip
RAW: tuple[RawMutation, ...] = (*COMMON, bom, crlf, no_last_line_end)
