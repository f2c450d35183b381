"""CSV: jobs, and requests to a language model."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from attack.mutate.mutant import (
    NO_NUMBERS,
    NOT_FINITE,
    TEXTS,
    Claim,
    Mutation,
    RawMutation,
    odd_number,
    shuffled,
)
from attack.mutate.raw import COMMON, bom, crlf, no_last_line_end

_JOB_NEEDS = ("submit_s", "run_s", "n_nodes")
_REQUEST_NEEDS = ("TIMESTAMP", "ContextTokens", "GeneratedTokens")


@dataclass
class Model:
    """A table: names of the columns, rows of text, what stands between fields."""

    head: list[str]
    rows: list[list[str]]
    delimiter: str = ","
    is_quoted: bool = False

    def column(self, name: str) -> int | None:
        """Place of a column."""
        return self.head.index(name) if name in self.head else None


def jobs() -> tuple[bytes, ...]:
    """Small logs: the needed columns, all of them, and timestamps."""
    few = "submit_s,run_s,n_nodes\n" + "".join(
        f"{30 * k},{60 + 11 * k},{1 + k % 5}\n" for k in range(20)
    )
    all_of = (
        "job_id,submit_s,run_s,n_nodes,request_s,least_nodes,user,priority,is_preemptible,scope,"
        "cycle_s,checkpoint_s,restart_s,most_delay_s,node_w,start_s\n"
    ) + "".join(
        f"{k},{20 * k}.5,{100 + k},{2 + k % 4},{400 + k},{1 + k % 2},{k % 3},{k % 2},{k % 2},"
        f"{k % 4},{30 * (k % 2)},2,5,{60 * (k % 2)},{700 if k % 2 else ''},{20 * k + 3}\n"
        for k in range(1, 17)
    )
    dated = "submit_time,start_time,end_time,num_nodes,queue\n" + "".join(
        f"2024-03-0{1 + k % 3} 0{k % 10}:00:00,2024-03-0{1 + k % 3} 0{k % 10}:10:00,"
        f"2024-03-0{1 + k % 3} 1{k % 10}:20:00,{1 + k % 3},short\n"
        for k in range(12)
    )
    return few.encode(), all_of.encode(), dated.encode()


def requests() -> tuple[bytes, ...]:
    """Small traces: dates, seconds, and columns among others."""
    dates = "TIMESTAMP,ContextTokens,GeneratedTokens\n" + "".join(
        f"2023-11-16 18:15:{k:02d}.{k:07d},{200 + 37 * k},{20 + k % 9}\n" for k in range(20)
    )
    seconds = "GeneratedTokens,TIMESTAMP,user,ContextTokens\n" + "".join(
        f"{10 + k},{0.5 * k},u{k % 3},{50 * k + 1}\n" for k in range(20)
    )
    return dates.encode(), seconds.encode()


def parse(data: bytes) -> Model:
    """Fields of a sound file."""
    head, *rows = csv.reader(io.StringIO(data.decode()))
    return Model(head, rows)


def write(model: Model) -> bytes:
    """Text of fields; only what needs quotes has them, or all."""
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if model.is_quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=model.delimiter, quoting=quoting, lineterminator="\n")
    writer.writerows([model.head, *model.rows])
    return text.getvalue().encode("utf-8", "replace")


def count(model: Model) -> int:
    """Rows that are jobs or are left out by a reason."""
    return len(model.rows)


def _needed(model: Model) -> list[int]:
    return [k for k, name in enumerate(model.head) if name in (*_JOB_NEEDS, *_REQUEST_NEEDS)]


def field_is_odd(rng: Random, model: Model) -> Claim:
    """A field is a number that nobody writes."""
    row = rng.choice(model.rows)
    row[rng.randrange(len(row))] = odd_number(rng)[0]
    return Claim.ANY


def needed_field_is_no_number(rng: Random, model: Model) -> Claim:
    """A needed field is no number, or not finite."""
    places = _needed(model)
    if not places:
        return Claim.ANY
    rng.choice(model.rows)[rng.choice(places)] = rng.choice((*NOT_FINITE, *NO_NUMBERS))
    return Claim.REFUSED


def needed_field_is_negative(rng: Random, model: Model) -> Claim:
    """A job or a request is less than nothing."""
    names = ("run_s", "n_nodes", "ContextTokens", "GeneratedTokens", "submit_s")
    places = [k for k, name in enumerate(model.head) if name in names]
    if not places:
        return Claim.ANY
    rng.choice(model.rows)[rng.choice(places)] = rng.choice(("-1", "-3600", "-1e9"))
    return Claim.REFUSED


def column_is_odd(rng: Random, model: Model) -> Claim:
    """All of a column is odd."""
    k, text = rng.randrange(len(model.head)), odd_number(rng)[0]
    for row in model.rows:
        row[k] = text
    return Claim.ANY


def field_is_empty(rng: Random, model: Model) -> Claim:
    """A needed field holds nothing."""
    places = _needed(model)
    if not places:
        return Claim.ANY
    rng.choice(model.rows)[rng.choice(places)] = ""
    return Claim.TOLD


def field_is_text(rng: Random, model: Model) -> Claim:
    """A field is text that no person writes."""
    row = rng.choice(model.rows)
    row[rng.randrange(len(row))] = rng.choice(TEXTS)
    return Claim.ANY


def needed_column_is_gone(rng: Random, model: Model) -> Claim:
    """A needed column is missing."""
    places = _needed(model)
    if not places:
        return Claim.ANY
    k = rng.choice(places)
    for row in (model.head, *model.rows):
        row.pop(k)
    return Claim.REFUSED


def column_has_another_name(rng: Random, model: Model) -> Claim:
    """A column has a name of its own."""
    k = rng.randrange(len(model.head))
    model.head[k] = rng.choice((*TEXTS, model.head[k].upper(), f" {model.head[k]} ", "run_s"))
    return Claim.ANY


def column_stands_twice(rng: Random, model: Model) -> Claim:
    """Two columns have one name and say different things."""
    places = _needed(model)
    if not places:
        return Claim.ANY
    model.head.append(model.head[rng.choice(places)])
    for row in model.rows:
        row.append("5")
    return Claim.TOLD


def columns_are_in_another_order(rng: Random, model: Model) -> Claim:
    """Columns mean the same in any order."""
    order = shuffled(rng, range(len(model.head)))
    model.head = [model.head[k] for k in order]
    model.rows = [[row[k] for k in order] for row in model.rows]
    return Claim.SAME


def head_is_gone(rng: Random, model: Model) -> Claim:
    """No names of columns."""
    model.head = model.rows.pop(0)
    return Claim.REFUSED


def head_stands_twice(rng: Random, model: Model) -> Claim:
    """Names of columns stand among the rows, as where files were joined."""
    model.rows.insert(rng.randrange(1, len(model.rows)), list(model.head))
    return Claim.REFUSED


def no_row_is_left(rng: Random, model: Model) -> Claim:
    """Names of columns and nothing below."""
    model.rows = []
    return Claim.REFUSED


def row_is_short(rng: Random, model: Model) -> Claim:
    """A row lacks its last field."""
    rng.choice(model.rows).pop()
    return Claim.ANY


def row_is_long(rng: Random, model: Model) -> Claim:
    """A row has a field too many."""
    rng.choice(model.rows).append("8")
    return Claim.ANY


def row_stands_twice(rng: Random, model: Model) -> Claim:
    """A row stands twice; a job of the same number is told."""
    row = rng.choice(model.rows)
    model.rows.insert(model.rows.index(row), list(row))
    return Claim.TOLD if "job_id" in model.head else Claim.ANY


def rows_are_in_another_order(rng: Random, model: Model) -> Claim:
    """Rows stand in another order."""
    rng.shuffle(model.rows)
    return Claim.ANY


def fields_are_quoted(rng: Random, model: Model) -> Claim:
    """Every field in quotes."""
    model.is_quoted = True
    return Claim.SAME


def delimiter_is_another(rng: Random, model: Model) -> Claim:
    """Something else between fields."""
    model.delimiter = rng.choice((";", "\t", "|", " "))
    return Claim.ANY


def values_trade_places(rng: Random, model: Model) -> Claim:
    """Two columns have traded their values."""
    a, b = rng.randrange(len(model.head)), rng.randrange(len(model.head))
    for row in model.rows:
        row[a], row[b] = row[b], row[a]
    return Claim.ANY


_BOTH: tuple[Mutation, ...] = (
    field_is_odd, field_is_odd, field_is_odd, field_is_odd, needed_field_is_no_number,
    needed_field_is_no_number, needed_field_is_negative, field_is_empty, field_is_text,
    needed_column_is_gone, column_has_another_name, column_stands_twice,
    columns_are_in_another_order, head_is_gone, head_stands_twice, no_row_is_left, row_is_short,
    row_is_long, row_stands_twice, rows_are_in_another_order, fields_are_quoted,
    delimiter_is_another, values_trade_places,
)  # fmt: skip
OF_JOBS: tuple[Mutation, ...] = (*_BOTH, column_is_odd, column_is_odd)
OF_REQUESTS: tuple[Mutation, ...] = _BOTH
RAW: tuple[RawMutation, ...] = (*COMMON, bom, crlf, no_last_line_end)
Sound = Callable[[], tuple[bytes, ...]]
