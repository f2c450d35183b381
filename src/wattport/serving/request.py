"""
Requests: read from a trace, or generated.

References
----------
P. Patel et al., "Splitwise: Efficient Generative LLM Inference Using Phase
Splitting", ISCA 2024, doi:10.1109/ISCA59077.2024.00019, and the
Azure Public Dataset: the form of the trace.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from wattport import user_file
from wattport.arrays import FloatArray, IntArray
from wattport.errors import Finding, WattportError

COLUMNS = ("TIMESTAMP", "ContextTokens", "GeneratedTokens")
_LONGEST_TOKENS = 100_000_000


@dataclass(frozen=True)
class Trace:
    """Requests in order of arrival."""

    arrival_s: FloatArray  # since the first
    n_input: IntArray
    n_output: IntArray

    def rate_per_s(self, step_s: float) -> FloatArray:
        """
        Mean arrivals per second in each step.

        Examples
        --------
        >>> Trace(np.array([0.0, 1.0, 12.0]), np.ones(3, int), np.ones(3, int)).rate_per_s(10.0)
        array([0.2, 0.1])
        """
        steps = (self.arrival_s // step_s).astype(np.int64)
        return np.bincount(steps) / step_s


def read_trace(path: Path | str) -> Trace:
    """
    Read a request trace in the form of the Azure LLM inference traces.

    Parameters
    ----------
    path : path
        CSV with the columns ``TIMESTAMP`` (ISO date and time, or seconds), ``ContextTokens``
        and ``GeneratedTokens``, in any order, among others or not. May be gzipped.

    Returns
    -------
    Trace
        Arrivals count from the first request.

    Raises
    ------
    WattportError
        One finding, at the first line that cannot be used and with what to do about it.
    """
    path = Path(path)
    try:
        raw = user_file.read(path, user_file.REQUESTS)
        user_file.refuse_lines(raw, path, user_file.REQUESTS)
    except user_file.UnfitError as unfit:
        raise unfit.refusal("SRV001") from None
    lines = csv.reader(io.TextIOWrapper(io.BytesIO(raw), "utf-8-sig", newline=""))
    try:
        return _trace(path, lines)
    except UnicodeDecodeError as error:
        raise _refuse(path, 0, "the trace is not UTF-8 text", "unpack or convert it") from error
    except csv.Error as error:
        raise _refuse(
            path, lines.line_num, f"not a line of fields: {error}", "mend the line, or remove it"
        ) from None


def _trace(path: Path, lines: Any) -> Trace:
    """Requests of a table; ``lines`` is a reader of the csv module."""
    header = [name.strip() for name in next(lines, [])]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        message = (
            f"missing column {', '.join(missing)}; the header is {', '.join(header) or 'empty'}"
        )
        raise _refuse(path, 1, message, f"name the columns {', '.join(COLUMNS)}")
    twice = [name for name in COLUMNS if header.count(name) > 1]
    if twice:
        message = f"the column {', '.join(twice)} stands twice"
        raise _refuse(path, 1, message, "rename or remove the one that does not count")
    order = [header.index(name) for name in COLUMNS]
    numbers, times, tokens = [], [], []
    for row in lines:
        if not row:
            continue
        number = lines.line_num
        if len(row) <= max(order):
            message = f"{len(row)} fields, {max(order) + 1} are needed"
            raise _refuse(path, number, message, "restore the line, or cut the file before it")
        if len(row) > len(header):
            # Where a comma too many stands, all fields behind it belong to other columns.
            message = f"{len(row)} fields, the header has {len(header)}"
            raise _refuse(path, number, message, "quote fields that hold commas")
        numbers.append(number)
        times.append(row[order[0]].strip())
        tokens.append((row[order[1]], row[order[2]]))
    if not numbers:
        raise _refuse(path, 1, "no request after the header", "give one line per request")
    counts = _tokens(path, numbers, tokens)
    arrival_s = _seconds(path, numbers, times)
    return Trace(arrival_s - arrival_s[0], counts[:, 0].copy(), counts[:, 1].copy())


def _refuse(path: Path, line: int, message: str, remedy: str) -> WattportError:
    return WattportError(
        Finding(
            "SRV001", message, file=str(path), line=line, column=1 if line else 0, remedy=remedy
        )
    )


def _tokens(path: Path, numbers: list[int], texts: list[tuple[str, str]]) -> IntArray:
    try:
        counts = np.array(texts, dtype=np.int64)
    except (ValueError, OverflowError):
        counts = None
    if counts is not None and counts.min() >= 1 and counts.max() <= _LONGEST_TOKENS:
        return counts
    for number, pair in zip(numbers, texts, strict=True):
        for name, value in zip(COLUMNS[1:], pair, strict=True):
            digits = value.strip()
            # Python refuses numbers of thousands of digits.
            is_short = digits.isdecimal() and len(digits) <= 18
            if not is_short or not 1 <= int(digits) <= _LONGEST_TOKENS:
                message = f"{name} is {digits!r}; a whole number of 1 or more is needed"
                raise _refuse(path, number, message, "mend the value, or remove the line")
    return np.array([[int(a), int(b)] for a, b in texts], dtype=np.int64)


def _seconds(path: Path, numbers: list[int], texts: list[str]) -> FloatArray:
    def as_seconds(values: list[str]) -> FloatArray:
        return np.array(values, dtype=np.float64)

    def as_dates(values: list[str]) -> FloatArray:
        dates = np.array([_plain_date(v) for v in values], dtype="datetime64[ns]")
        return np.asarray((dates - dates[0]) / np.timedelta64(1, "ns")) * 1e-9

    def usable(read: Callable[[list[str]], FloatArray], value: str) -> bool:
        try:
            return bool(np.isfinite(read([value]))[0])
        except ValueError:
            return False

    read = as_seconds if usable(as_seconds, texts[0]) else as_dates
    try:
        seconds = read(texts)
    except ValueError:
        seconds = np.array([np.nan])
    if not np.isfinite(seconds).all():
        k = next(k for k, value in enumerate(texts) if not usable(read, value))
        message = (
            f"TIMESTAMP is {texts[k]!r}; write it as the lines before, or 2023-11-16 18:15:46.68"
        )
        raise _refuse(path, numbers[k], message, "mend the value, or remove the line")
    back = np.flatnonzero(np.diff(seconds) < 0)
    if back.size:
        message = f"TIMESTAMP goes back by {-np.diff(seconds)[back[0]]:g} s"
        raise _refuse(path, numbers[back[0] + 1], message, "sort the trace by TIMESTAMP")
    return seconds


def _plain_date(text: str) -> str:
    """Drop the zone of UTC, which numpy does not read; any other zone is refused by it."""
    return text.removesuffix("Z").removesuffix("+00:00").replace("NaT", "?")


def generate(
    rate_per_s: FloatArray,
    step_s: float,
    lengths: Trace,
    seed: int,
    *,
    burstiness: float = 1.0,
    run_length: int = 1,
) -> Trace:
    """
    Generate requests whose rate follows given means and whose lengths are those of a trace.

    Parameters
    ----------
    rate_per_s : ndarray, shape (step,)
        Mean arrivals per second in each step, such as from `diurnal_rate_per_s`. [>= 0]
    step_s : float
        [> 0]
    lengths : Trace
        Pairs of input and output tokens are drawn from it, so that their dependence stays.
    seed : int
    burstiness : float
        Squared coefficient of variation of the intervals at constant rate: 1 is Poisson,
        more comes in bursts. [>= 1]
    run_length : int
        Requests in a row that are taken from the trace as they follow each other there, so that
        long prompts come in trains as they do. [>= 1]

    Returns
    -------
    Trace

    Notes
    -----
    Arrivals are a renewal process of hyperexponential intervals with balanced means (Poisson
    at 1) in operational time, mapped through the integral of the rate. Lengths are drawn as a
    circular block bootstrap (Politis and Romano 1992).

    Examples
    --------
    >>> lengths = Trace(np.zeros(1), np.array([100]), np.array([10]))
    >>> trace = generate(np.array([5.0, 0.0, 5.0]), 200.0, lengths, seed=1)
    >>> bool(abs(trace.arrival_s.size - 2000) < 150)
    True
    >>> int(((trace.arrival_s >= 200.0) & (trace.arrival_s < 400.0)).sum())
    0
    """
    stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0x73727665,)))
    passed = np.concatenate(([0.0], np.cumsum(rate_per_s) * step_s))
    n = int(passed[-1] + 6.0 * np.sqrt(burstiness * passed[-1]) + 20)
    skew = np.sqrt((burstiness - 1.0) / (burstiness + 1.0))
    share = 0.5 * (1.0 + np.where(stream.random(n) < 0.5 * (1.0 + skew), skew, -skew))
    due = np.cumsum(stream.exponential(size=n) / (2.0 * share))
    due = due[due < passed[-1]]
    arrival_s = np.interp(due, passed, np.arange(passed.size) * step_s)
    begins = stream.integers(lengths.n_input.size, size=-(-due.size // run_length))
    pick = (begins[:, None] + np.arange(run_length)).ravel()[: due.size] % lengths.n_input.size
    return Trace(arrival_s, lengths.n_input[pick], lengths.n_output[pick])


def diurnal_rate_per_s(
    mean_per_s: float,
    swing_frac: float,
    peak_hour: float,
    n_days: int,
    weekend_frac: float = 1.0,
    first_weekday: int = 3,
) -> FloatArray:
    """
    Hourly rate that follows the day and rests at weekends.

    Parameters
    ----------
    mean_per_s : float
        Mean of a working day. [>= 0]
    swing_frac : float
        Peak above the mean, over the mean. [0..1]
    peak_hour : float
        UTC.
    n_days : int
    weekend_frac : float
        Rate of Saturday and Sunday over that of a working day. [>= 0]
    first_weekday : int
        0 is Monday; 1 January 2026, the epoch, is a Thursday.

    Returns
    -------
    ndarray, shape (24 n_days,)

    Examples
    --------
    >>> rate = diurnal_rate_per_s(10.0, 0.5, 14.0, 1)
    >>> float(rate.mean().round(9)), int(rate.argmax())
    (10.0, 14)
    """
    hour = np.arange(24 * n_days)
    shape = 1.0 + swing_frac * np.cos(2.0 * np.pi * (hour % 24 - peak_hour) / 24.0)
    weekday = (hour // 24 + first_weekday) % 7
    rate: FloatArray = mean_per_s * shape * np.where(weekday >= 5, weekend_frac, 1.0)
    return rate
