"""Standard Workload Format: a header of comments, then lines of 18 numbers."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from attack.mutate.mutant import NO_NUMBERS, NOT_FINITE, TEXTS, Claim, RawMutation, odd_number
from attack.mutate.raw import COMMON, bom, crlf, gzip_is_cut, gzipped, no_last_line_end

N_FIELDS = 18


@dataclass
class Model:
    """A workload: comments, then job lines as fields."""

    head: list[str]
    rows: list[list[str]]


def sound() -> tuple[bytes, ...]:
    """Small workloads: a plain one, and one with pieces, gaps and users."""
    plain = [f"{k} {40 * k} 5 {90 + 7 * k} {1 + k % 8} -1 -1 {1 + k % 8} 600" + " -1" * 9
             for k in range(1, 21)]  # fmt: skip
    mixed = [f"{k} {15 * k} {k % 3 - 1} {(-1, 0, 3600)[k % 3]} 4 -1 -1 -1 -1 -1 {k % 6} {k % 4}"
             + " -1" * 6 for k in range(1, 25)]  # fmt: skip
    head = "; Version: 2.2\n; UnixStartTime: 1700000000\n; MaxNodes: 16\n; MaxProcs: 16\n"
    return tuple((head + "\n".join(rows) + "\n").encode() for rows in (plain, mixed))


def parse(data: bytes) -> Model:
    """Lines of a sound file."""
    lines = data.decode().splitlines()
    head = [line for line in lines if line.startswith(";")]
    return Model(head, [line.split() for line in lines if not line.startswith(";")])


def write(model: Model) -> bytes:
    """Text of lines."""
    lines = [*model.head, *(" ".join(row) for row in model.rows)]
    return ("\n".join(lines) + "\n").encode("utf-8")


def count(model: Model) -> int:
    """Lines that are jobs or are left out by a reason."""
    return sum(bool(" ".join(row).split(";")[0].strip()) for row in model.rows)


def field_is_odd(rng: Random, model: Model) -> Claim:
    """A field is a number that nobody writes."""
    text = odd_number(rng)[0].replace(" ", "")
    rng.choice(model.rows)[rng.randrange(N_FIELDS)] = text
    return Claim.ANY


def field_is_no_number(rng: Random, model: Model) -> Claim:
    """A field is no number, or not finite."""
    text = rng.choice((*NOT_FINITE, *(word for word in NO_NUMBERS if " " not in word)))
    rng.choice(model.rows)[rng.randrange(N_FIELDS)] = text
    return Claim.REFUSED


def field_is_gone(rng: Random, model: Model) -> Claim:
    """A line has a field too few."""
    rng.choice(model.rows[:-1]).pop(rng.randrange(N_FIELDS))
    return Claim.REFUSED


def field_too_many(rng: Random, model: Model) -> Claim:
    """A line has more than the format knows."""
    rng.choice(model.rows).append(rng.choice(("7", "x", "; a remark")))
    return Claim.ANY


def line_stands_twice(rng: Random, model: Model) -> Claim:
    """A job stands twice, which makes work that never was."""
    model.rows.insert(rng.randrange(len(model.rows)), list(rng.choice(model.rows)))
    return Claim.TOLD


def line_is_gone(rng: Random, model: Model) -> Claim:
    """A job is missing."""
    model.rows.remove(rng.choice(model.rows))
    return Claim.ANY


def no_job_is_left(rng: Random, model: Model) -> Claim:
    """A header without a job, or with jobs that never ran."""
    if rng.random() < 0.5:
        model.rows = []
    else:
        model.rows = [[*row[:3], "-1", *row[4:]] for row in model.rows]
    return Claim.REFUSED


def lines_are_in_another_order(rng: Random, model: Model) -> Claim:
    """Jobs in another order are told, and run all the same."""
    rng.shuffle(model.rows)
    return Claim.ANY


def header_is_odd(rng: Random, model: Model) -> Claim:
    """The header says what cannot be."""
    name = rng.choice(("MaxProcs", "MaxNodes", "UnixStartTime", "Version", "TimeZone"))
    value = rng.choice((odd_number(rng)[0], rng.choice(TEXTS).replace("\n", " ")))
    model.head.append(f"; {name}: {value}")
    return Claim.ANY


def header_is_gone(rng: Random, model: Model) -> Claim:
    """No header at all."""
    model.head = []
    return Claim.ANY


def comment_stands_between(rng: Random, model: Model) -> Claim:
    """Comments and blank lines mean nothing."""
    at = rng.randrange(len(model.rows) + 1)
    model.rows.insert(at, [rng.choice((";", "; \u00e9", "", ";;; 1 2 3"))])
    return Claim.SAME


def blanks_are_others(rng: Random, model: Model) -> Claim:
    """Fields stand apart by tabs and many blanks."""
    model.rows = [[("\t" + " " * rng.randint(0, 3)).join(row)] for row in model.rows]
    return Claim.SAME


MUTATIONS = (
    field_is_odd, field_is_odd, field_is_odd, field_is_odd, field_is_no_number, field_is_gone,
    field_too_many, line_stands_twice, line_is_gone, no_job_is_left, lines_are_in_another_order,
    header_is_odd, header_is_odd, header_is_gone, comment_stands_between,
)  # fmt: skip
# Whole lines as one field: nothing may come after.
LAST = (blanks_are_others,)
RAW: tuple[RawMutation, ...] = (*COMMON, bom, crlf, no_last_line_end, gzipped, gzip_is_cut)
