"""What must hold for every attack, and what its claim adds."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attack.assault import Attack, Files, Words
from attack.call import OPEN_CASE, Answer, call
from attack.ground import ground, seen
from attack.mutate.mutant import Claim

_FINE, _REFUSED = (0, 1, 3), (2, 3)
_CODE = re.compile(r"\[[A-Z]{3,4}\d{3}\]")
# Where an answer may differ although its input means the same.
_UNSTABLE = frozenset({
    "file", "line", "column", "excerpt", "spec_hash", "stage_s", "value", "remedy", "message",
})  # fmt: skip
# Controls, and marks that turn the reading order; tabs and line ends do no harm.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NEVER_NEGATIVE = ("MW", "GPUs", "units", "units/year", "TWh/year", "FTE", "1")
_LIVE = re.compile(r"<script>alert|<img src=x")


def faults(attack: Attack) -> tuple[str, ...]:
    """
    Carry an attack out and list what is wrong with its answer.

    Returns
    -------
    tuple of str
        Empty where all holds.
    """
    with ground(attack.files) as folder:
        before = seen(folder)
        answer = call(*attack.words)
        after = seen(folder)
        found = [*_manners(attack, answer), *_surroundings(attack, answer, before, after)]
        if answer.code in _FINE:
            found += [*_pages(folder, set(after) - set(before)), *_sense(attack, answer),
                      *_read_again(attack, folder)]  # fmt: skip
    return (*found, *_claim(attack, answer))


def _manners(attack: Attack, answer: Answer) -> Iterator[str]:
    """Every answer is in words, with an exit code that means something."""
    both = answer.out + answer.err
    if answer.code == 101 or "internal error" in both:
        yield f"internal error:\n{answer.err}\n{answer.story}"
    elif answer.code not in (0, 1, 2, 3) or (answer.code == 1 and "--gate" not in attack.words):
        yield f"exit code {answer.code}:\n{both[-2000:]}"
    if "Traceback (most recent call last)" in both:
        yield f"a traceback:\n{both[-3000:]}"
    if "out of memory" in both:
        yield "out of memory"
    steering = sorted(set(_STEERING.findall(both)))
    if steering:
        yield f"characters that steer a terminal: {steering}"
    if answer.code == 2 and not both.strip():
        yield "refused without a word"
    told = _told(answer)
    if "--json" in attack.words and told is None and not _is_usage(answer):
        yield f"no JSON:\n{both[-2000:]}"
    if answer.code == 2 and told is not None:
        findings = told.get("findings", [])
        yield from (f"a finding without a remedy: {f}" for f in findings
                    if f["severity"] == "error" and not f["remedy"])  # fmt: skip


def _is_usage(answer: Answer) -> bool:
    """True where the words themselves were refused, before the command could know of --json."""
    return answer.code == 2 and answer.err.startswith("Usage:")


def _told(answer: Answer) -> dict[str, Any] | None:
    """Answer for scripts, if it is one."""
    try:
        told = json.loads(answer.out)
    except ValueError:
        return None
    return told if isinstance(told, dict) else {"rows": told}


def _surroundings(
    attack: Attack, answer: Answer, before: dict[str, str], after: dict[str, str]
) -> Iterator[str]:
    """Nothing is lost or changed; what is new is the result, and only if there is one."""
    yield from (f"lost: {name!r}" for name in before if name not in after)
    yield from (f"changed: {name!r}" for name, mark in before.items()
                if after.get(name, mark) != mark)  # fmt: skip
    new = [name for name in after if name not in before]
    if new and answer.code not in _FINE:
        yield f"left behind although refused: {new[:5]}"
    hidden = [name for name in new if name.endswith((".part", ".former"))]
    if hidden and not {"name.part", "name.former"} & set(attack.words):
        yield f"left behind: {hidden}"
    if new and attack.words[:1] in (("check",), ("sources",), ("schema",), (OPEN_CASE,)):
        yield f"a command that only reads wrote {new[:5]}"


def _pages(folder: Path, new: set[str]) -> Iterator[str]:
    """No page runs what stands in a name."""
    for name in new:
        path = folder / name
        if name.endswith((".html", ".svg")) and path.is_file():
            page = path.read_text("utf-8", "replace")
            if _LIVE.search(page):
                yield f"{name} holds live text of the input"


def _read_again(attack: Attack, folder: Path) -> Iterator[str]:
    """What was written for others to read can be read."""
    if attack.words[:1] == ("play",):
        again = call(OPEN_CASE, str(folder / _after(attack.words, "--out")))
    elif attack.words[:1] == ("export",):
        again = call("risk", str(folder / _after(attack.words, "--to")), "--draws", "1")
    else:
        return
    if again.code:
        yield f"what was written is not read again:\n{again.out}{again.err}\n{again.story}"


def _after(words: Words, option: str) -> str:
    """Value of the last of an option."""
    return words[len(words) - 1 - words[::-1].index(option) + 1]


def _sense(attack: Attack, answer: Answer) -> Iterator[str]:
    """What is accepted makes sense: finite figures, no job lost, quantiles in order."""
    told = _told(answer)
    if told is None:
        return
    kind = told.get("kind")
    if kind == "jobs":
        yield from _jobs(attack, told)
    elif kind == "requests":
        yield from _requests(attack, told)
    elif "milestones" in told:
        yield from _schedule(told)
    elif "headlines" in told:
        yield from _headlines(answer, told)
    elif "stations" in told:
        yield from _factory(answer, told)


def _jobs(attack: Attack, told: dict[str, Any]) -> Iterator[str]:
    n_jobs = sum(told["jobs"].values())
    if n_jobs != told["n_jobs"]:
        yield f"{told['n_jobs']} jobs, but {n_jobs} by state"
    if attack.n_rows is not None and n_jobs + told["skipped"] != attack.n_rows:
        yield f"{attack.n_rows} rows: {n_jobs} jobs and {told['skipped']} left out"
    yield from _finite(told, "", "simulated_s", "utilisation_frac", "sold_gpu_h", "idle_gpu_h",
                       "power")  # fmt: skip
    sold, idle = told["sold_gpu_h"], told["idle_gpu_h"]
    if min(sold or 0.0, idle or 0.0, told["power"]["energy_mwh"] or 0.0) < 0.0:
        yield "negative work or energy"
    if told["jobs"]["done"]:
        yield from _finite(told, "", "wait_mean_s", "goodput_frac")
        if min(told["wait_mean_s"], told["wait_median_s"], told["wait_p90_s"]) < 0.0:
            yield "a wait below zero"
        if not 0.0 <= told["goodput_frac"] <= 1.0 + 1e-9:
            yield f"goodput of {told['goodput_frac']}"
    if not 0.0 <= (told["utilisation_frac"] or 0.0) <= 1.0 + 1e-9:
        yield f"utilisation of {told['utilisation_frac']}"


def _requests(attack: Attack, told: dict[str, Any]) -> Iterator[str]:
    if attack.n_rows is not None and told["n_requests"] != attack.n_rows:
        yield f"{attack.n_rows} rows, {told['n_requests']} requests"
    if told["n_completed"] > told["n_requests"]:
        yield "more requests completed than asked"
    yield from _finite(told, "", "served_s", "ttft_s", "power", "gpu_j_per_token")
    waits = [told["ttft_s"][key] for key in ("p50", "p90", "p95", "p99")]
    if None not in waits and (waits[0] < 0.0 or waits != sorted(waits)):
        yield f"first tokens before their time, or quantiles that cross: {waits}"


def _schedule(told: dict[str, Any]) -> Iterator[str]:
    for row in told["milestones"]:
        dates = [row[key] for key in ("p10", "p50", "p80", "p90")]
        if not all(dates):
            yield f"a milestone without a date: {row}"
        elif dates != sorted(dates):
            yield f"quantiles that cross: {row}"
    if not told["milestones"]:
        yield "no milestone"
    yield from _finite(told, "", "causes")


def _headlines(answer: Answer, told: dict[str, Any]) -> Iterator[str]:
    is_told = any(reason["is_fatal"] for reason in told["reasons"]) or answer.code == 3
    for row in told["headlines"]:
        values = [row[key] for key in ("p10", "p50", "p90")]
        is_optional = "announced" in row["metric"]  # empty where nothing was announced
        if None in values and not (is_told or is_optional):
            yield f"a headline that is no number: {row}"
        known = [value for value in values if value is not None]
        if known != sorted(known):
            yield f"quantiles that cross: {row}"
        if row["unit"] in _NEVER_NEGATIVE and min(known, default=0.0) < 0.0:
            yield f"a headline below zero: {row}"


def _factory(answer: Answer, told: dict[str, Any]) -> Iterator[str]:
    if answer.code == 3:
        return
    for row in told["products"]:
        yield from _finite(row["rate_per_year"], f"{row['product']}: rate of ", "mean")
    for row in told["stations"]:
        shares = [row[key] for key in row if key.endswith("_frac")]
        if None in shares or not (-1e-9 <= min(shares) and sum(shares) <= 1.0 + 1e-6):
            yield f"shares of time that are none: {row}"


def _finite(told: dict[str, Any], where: str, *keys: str) -> Iterator[str]:
    """A value that has to be there is a number; JSON writes null for what is not finite."""
    for key in keys or tuple(told):
        value = told[key]
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            yield f"{where}{key} is no number"
        elif isinstance(value, dict):
            yield from _finite(value, f"{where}{key}.")
        elif isinstance(value, list):
            for k, item in enumerate(value):
                yield from _finite({str(k): item}, f"{where}{key}.")


def _claim(attack: Attack, answer: Answer) -> Iterator[str]:
    """What was done to the input tells what must come of it."""
    if attack.claim == Claim.REFUSED and answer.code not in _REFUSED:
        yield f"accepted, but {attack.claim}:\n{(answer.out + answer.err)[:1500]}"
    if attack.claim == Claim.TOLD and answer.code not in _REFUSED:
        yardstick = _yardstick(attack)
        if _notes(answer) == _notes(yardstick):
            yield f"accepted without a note, but {attack.claim}"
    if attack.claim == Claim.SAME:
        yardstick = _yardstick(attack)
        if answer.code != yardstick.code or _essence(answer) != _essence(yardstick):
            yield (
                f"the answer differs, but {attack.claim}:\n--- sound\n{yardstick.code} "
                f"{_essence(yardstick)[:3000]}\n--- mutant\n{answer.code} {_essence(answer)[:3000]}"
            )


def _yardstick(attack: Attack) -> Answer:
    return _sound_answer(tuple(sorted(attack.sound.items())), attack.words)


@functools.lru_cache(maxsize=64)
def _sound_answer(files: tuple[tuple[str, bytes], ...], words: Words) -> Answer:
    sound: Files = dict(files)
    with ground(sound):
        return call(*words)


def _notes(answer: Answer) -> list[str]:
    """What is told beside the answer: findings, without their places."""
    told = _told(answer)
    if told is None:
        lines = (answer.out + answer.err).splitlines()
        return sorted(line for line in lines if _CODE.search(line) or "skipped" in line)
    notes = [told.get(key, []) for key in ("notes", "not_carried", "findings", "reasons")]
    return sorted(str(note["message"]) for group in notes for note in group)


def _essence(answer: Answer) -> str:
    """An answer without what tells where its input stood."""
    told = _told(answer)
    if told is None:
        words = re.sub(r"(?m)^.*(-->|\d+ \|).*\n?", "", answer.out)
        return "\n".join(sorted(words.splitlines()))
    return json.dumps(_stable(told), sort_keys=True, indent=0)


def _stable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _stable(item) for key, item in value.items() if key not in _UNSTABLE}
    if isinstance(value, list):
        items = [_stable(item) for item in value]
        return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
    return value
