"""A case that was mailed by anybody: it opens, or each fault of it is one sentence."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from wattport import open_case
from wattport.errors import Finding, WattportError
from wattport.pipeline.stages import play
from wattport.records import opening
from wattport.records.case_file import CaseCode, Faults
from wattport.records.case_tables import Table, read_tables
from wattport.records.record import arrays_by_axes
from wattport.records.storage import STAGES, save

Told = dict[str, Any]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "case"
    folder.mkdir()
    save(play("small_20mw", "finance.operation_years=2", draws=2, seed=3), folder)
    return folder


@pytest.fixture
def case(saved: Path, tmp_path: Path) -> Path:
    """A copy that a test may break."""
    return Path(shutil.copytree(saved, tmp_path / "mailed" / "case"))


def codes(case: Path) -> set[str]:
    """Codes of the findings; there must be some, each with its file."""
    before = everything(case.parent)
    with pytest.raises(WattportError) as refused:
        open_case(case)
    assert everything(case.parent) == before
    assert refused.value.exit_code == 2
    for finding in refused.value.findings:
        assert finding.file.startswith(str(case))
        assert finding.message
    return {str(finding.code) for finding in refused.value.findings}


def findings_of(case: Path) -> tuple[Finding, ...]:
    """Findings about a case; none where it opens. Anything else fails the test."""
    try:
        open_case(case)
    except WattportError as refused:
        return refused.findings
    return ()


def kept_arrays(record: Any) -> dict[str, Any]:
    """Arrays of a record by name."""
    return {name: a for group in arrays_by_axes(record).values() for name, a in group.items()}


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of all there is, links not followed."""
    found = {}
    for root, folders, files in os.walk(folder):
        for name in folders + files:
            stat = os.lstat(Path(root, name))
            found[str(Path(root, name))] = (stat.st_size, stat.st_mtime_ns)
    return found


def edit(case: Path, change: Callable[[Told], object], name: str = "records.json") -> None:
    told = json.loads((case / name).read_text("utf-8"))
    change(told)
    (case / name).write_text(json.dumps(told), "utf-8")


def without_hashes(case: Path) -> None:
    """Do as somebody would who changes a case on purpose: take the list of its files out."""
    edit(case, lambda told: told.pop("files"), "manifest.json")


def rewrite(case: Path, table: str, query: str) -> None:
    """Replace a table by what a query makes of it; `old` is the table."""
    path = case / "tables" / f"{table}.parquet"
    new = path.with_suffix(".new")
    with duckdb.connect() as link:
        link.execute("CREATE TABLE old AS SELECT * FROM read_parquet(?)", [str(path)])
        link.execute(f"COPY ({query}) TO ? (FORMAT parquet)", [str(new)])
    new.replace(path)


def test_what_was_saved_opens(case: Path) -> None:
    assert open_case(case).design is not None


@pytest.mark.parametrize("what", ["nowhere", "file", "empty", "manifest only"])
def test_what_is_no_case_is_told_in_one_finding(tmp_path: Path, what: str) -> None:
    place = tmp_path / "case"
    if what == "file":
        place.write_text("{}", "utf-8")
    elif what != "nowhere":
        place.mkdir()
    if what == "manifest only":
        (place / "manifest.json").mkdir()
    expected = CaseCode.NOT_PLAIN if what == "manifest only" else CaseCode.NO_CASE
    assert codes(place) == {expected}


def test_a_path_is_no_pattern(saved: Path, tmp_path: Path) -> None:
    shutil.copytree(saved, tmp_path / "r1")
    assert codes(tmp_path / "r*") == {CaseCode.NO_CASE}
    assert codes(tmp_path / "r[1]") == {CaseCode.NO_CASE}
    other = Path(shutil.copytree(saved, tmp_path / "r[1]"))
    rewrite(other, "design_draw", "SELECT * REPLACE (it_mw + 1 AS it_mw) FROM old")
    without_hashes(other)
    assert open_case(other).design.it_mw.tolist() == [21.0, 21.0]


@pytest.mark.parametrize(
    "name", ["spec.yaml", "records.json", "tables/design_draw.parquet", "tables"]
)
def test_a_missing_file_is_named(case: Path, name: str) -> None:
    path = case / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert codes(case) == {CaseCode.MISSING}


@pytest.mark.parametrize(
    "name", ["manifest.json", "spec.yaml", "records.json", "tables/design_draw.parquet", "tables"]
)
def test_a_link_out_of_the_folder_is_not_followed(case: Path, name: str) -> None:
    path, outside = case / name, case.parent / "outside"
    path.rename(outside)
    path.symlink_to(outside)
    assert codes(case) == {CaseCode.NOT_PLAIN}


@pytest.mark.parametrize("name", ["manifest.json", "spec.yaml", "records.json"])
@pytest.mark.parametrize("how", ["pipe", "device", "folder", "loop"])
def test_what_is_no_file_is_not_waited_for(case: Path, name: str, how: str) -> None:
    path = case / name
    path.unlink()
    if how == "pipe":
        os.mkfifo(path)
    elif how == "device":
        path.symlink_to("/dev/zero")
    elif how == "loop":
        path.symlink_to(path)
    else:
        path.mkdir()
    assert codes(case) <= {CaseCode.NOT_PLAIN, CaseCode.UNREADABLE}


@pytest.mark.parametrize("name", ["manifest.json", "spec.yaml", "records.json"])
def test_a_file_larger_than_any_is_not_read(case: Path, name: str) -> None:
    with (case / name).open("r+b") as stream:
        stream.truncate(3_000_000_000)  # a hole: nothing is written
    assert codes(case) == {CaseCode.TOO_LARGE}


@pytest.mark.parametrize("n", [0, -1, 10**6, 10**12, 10**30, 2.0, "2", None, [2], True])
def test_a_number_of_draws_is_one(case: Path, n: object) -> None:
    edit(case, lambda told: told.update(n_draws=n), "manifest.json")
    assert codes(case) <= {CaseCode.TOO_LARGE, CaseCode.KIND}


def test_draws_are_those_of_the_records(case: Path) -> None:
    edit(case, lambda told: told.update(n_draws=90_000), "manifest.json")
    assert codes(case) == {CaseCode.SIZES}


@pytest.mark.parametrize("version", ["0.0.1", "9.9.9", "", "\x1b[2J"])
def test_another_version_is_told(case: Path, version: str) -> None:
    edit(case, lambda told: told.update(version=version), "manifest.json")
    assert codes(case) == {CaseCode.VERSION}


def test_the_spec_is_the_one_that_was_played(case: Path) -> None:
    path = case / "spec.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("connection_mw: {value: 24.0", "connection_mw: {value: 25.0"))
    assert text.count("connection_mw: {value: 24.0") == 1
    assert codes(case) == {CaseCode.CHANGED}


def test_a_spec_with_faults_is_told_as_any_spec(case: Path) -> None:
    (case / "spec.yaml").write_text("name: x\nsite: 7\n", "utf-8")
    assert all(code.startswith("SPEC") for code in codes(case))


def test_a_list_of_hashes_is_held(case: Path) -> None:
    names = [p for p in case.rglob("*") if p.is_file() and p.name != "manifest.json"]
    files = {
        p.relative_to(case).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in names
    }
    edit(case, lambda told: told.update(files=files, result_of="wattport play"), "manifest.json")
    open_case(case)
    (case / "notes.txt").write_text("mine", "utf-8")  # beside a case, anything may lie
    rewrite(case, "design_draw", "SELECT * REPLACE (it_mw + 1 AS it_mw) FROM old")
    assert codes(case) == {CaseCode.CHANGED}


@pytest.mark.parametrize("name", ["manifest.json", "records.json"])
@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[]", b"7", b"null", b'"text"', b"\xff\xfe{\x00}\x00", b"\xff\xff\xff",
        b"[" * 100_000, b'{"a":' * 100_000, b'{"version": ' + b"9" * 5000 + b"}", b'{"a": 1} x',
    ],
)  # fmt: skip
def test_what_is_no_json_is_told(case: Path, name: str, raw: bytes) -> None:
    (case / name).write_bytes(raw)
    assert codes(case) <= {CaseCode.UNREADABLE, CaseCode.KIND, CaseCode.LACKING}


# --- names and layouts that would reach a query or a path ----------------------------------------

EVIL_NAMES = (
    'it_mw"', 'it_mw" FROM read_text(\'/etc/passwd\') --', "x\"; COPY (SELECT 1) TO 'evil'; --",
    "../../evil", "", "has_hall", "n_draws", "generation", "__class__", "draw",
)  # fmt: skip


@pytest.mark.parametrize("name", EVIL_NAMES)
def test_an_array_that_no_record_keeps_is_refused(case: Path, name: str) -> None:
    def change(told: Told) -> None:
        arrays = told["design"]["arrays"]
        arrays[name] = arrays["it_mw"]

    edit(case, change)
    assert codes(case) == {CaseCode.STRANGER}


@pytest.mark.parametrize(
    "dims",
    [["../../../evil"], ["draw", "/etc/passwd"], ["hall"], [], "draw", None, [["draw"]], ["draw*"]],
)
def test_axes_are_those_of_the_record(case: Path, dims: object) -> None:
    edit(case, lambda told: told["design"]["arrays"]["it_mw"].update(dims=dims))
    assert codes(case) == {CaseCode.KIND}


@pytest.mark.parametrize("dtype", ["object", "V1000000000", "S999999999", "float32", "", None, 7])
def test_numbers_are_of_the_declared_kind(case: Path, dtype: object) -> None:
    edit(case, lambda told: told["design"]["arrays"]["it_mw"].update(dtype=dtype))
    assert codes(case) == {CaseCode.KIND}

    def change(told: Told) -> None:
        told["design"]["arrays"]["it_mw"]["dtype"] = "float64"
        told["design"]["plain"]["checks"][0]["value"]["dtype"] = dtype

    edit(case, change)
    assert codes(case) == {CaseCode.KIND}


@pytest.mark.parametrize(
    "shape", [[3], [-2], [2.0], [True], ["2"], [], [2, 2], [10**9], [10**40], None, 2]
)
def test_shapes_are_those_of_the_record(case: Path, shape: object) -> None:
    edit(case, lambda told: told["design"]["arrays"]["it_mw"].update(shape=shape))
    assert codes(case) == {CaseCode.SIZES}


def test_values_that_are_no_arrays_are_of_the_declared_kind(case: Path) -> None:
    """One wrong kind at each place in turn, all told at once."""
    places = 0

    def spoil(value: Any) -> Any:
        nonlocal places
        if isinstance(value, dict):
            return {key: spoil(item) for key, item in value.items()}
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return [spoil(item) for item in value]
        places += 1
        return {"no": "such"}

    edit(case, lambda told: told["ledger"].update(plain=spoil(told["ledger"]["plain"])))
    with pytest.raises(WattportError) as refused:
        open_case(case)
    assert {finding.code for finding in refused.value.findings} == {CaseCode.KIND}
    assert places > 100
    assert len(refused.value.findings) == 100  # beyond, more of the same


LEDGER_EDITS: dict[str, tuple[Callable[[Told], object], CaseCode]] = {
    "record away": (lambda told: told.pop("production"), CaseCode.LACKING),
    "all records away": (lambda told: [told.pop(key) for key in STAGES], CaseCode.LACKING),
    "record unknown": (lambda told: told.update(evil=told["design"]), CaseCode.STRANGER),
    "record a list": (lambda told: told.update(design=[]), CaseCode.KIND),
    "record without arrays": (lambda told: told["design"].pop("arrays"), CaseCode.KIND),
    "arrays a list": (lambda told: told["design"].update(arrays=[]), CaseCode.KIND),
    "array away": (lambda told: told["ledger"]["arrays"].pop("capex_eur"), CaseCode.LACKING),
    "array null": (lambda told: told["ledger"]["arrays"].update(capex_eur=None), CaseCode.KIND),
    "value away": (lambda told: told["design"]["plain"]["bill"][0].pop("item"), CaseCode.LACKING),
    "value unknown": (lambda told: told["design"]["plain"].update(evil=1), CaseCode.STRANGER),
    "deep unknown": (
        lambda told: told["design"]["plain"]["bill"][0].update(__init__=1), CaseCode.STRANGER,
    ),
    "label away": (lambda told: told["ledger"]["plain"]["capex_item"].pop(), CaseCode.SIZES),
    "label too many": (
        lambda told: told["programme"]["plain"]["driver"].append("x"), CaseCode.SIZES,
    ),
    "kinds of fewer": (
        lambda told: told["programme"]["plain"]["driver_kind"].pop(), CaseCode.SIZES,
    ),
    "draws of a value": (
        lambda told: told["design"]["plain"]["cooling"]["liquid_frac"]["__array__"].append(0.5),
        CaseCode.SIZES,
    ),
    "text in an array": (
        lambda told: told["design"]["plain"]["cooling"]["liquid_frac"].update(__array__=["1", 2.0]),
        CaseCode.KIND,
    ),
    "no validation": (lambda told: told.pop("validation"), CaseCode.KIND),
    "number too long": (
        lambda told: told["operation"]["plain"].update(full_year=2**63), CaseCode.KIND,
    ),
}  # fmt: skip


@pytest.mark.parametrize("edited", LEDGER_EDITS)
def test_a_record_is_whole_and_nothing_more(case: Path, edited: str) -> None:
    change, code = LEDGER_EDITS[edited]
    edit(case, change)
    assert codes(case) == {code}


# --- tables --------------------------------------------------------------------------------------

TABLE_EDITS: dict[str, tuple[str, CaseCode]] = {
    "row away": ("SELECT * FROM old LIMIT 1", CaseCode.SIZES),
    "row too many": ("FROM old UNION ALL (FROM old LIMIT 1)", CaseCode.SIZES),
    "a million rows": ("SELECT old.* FROM old, range(500000)", CaseCode.SIZES),
    "rows turned": ("FROM old ORDER BY draw DESC", CaseCode.SIZES),
    "row twice": ("SELECT * REPLACE (0::INTEGER AS draw) FROM old", CaseCode.SIZES),
    "index without value": ("SELECT * REPLACE (NULL::INTEGER AS draw) FROM old", CaseCode.SIZES),
    "count without value": (
        "SELECT * REPLACE (NULL::BIGINT AS n_modules) FROM old", CaseCode.KIND,
    ),
    "column away": ("SELECT * EXCLUDE (it_mw) FROM old", CaseCode.SIZES),
    "column too many": ("SELECT *, 1 AS evil FROM old", CaseCode.SIZES),
    "column of text": ("SELECT * REPLACE ('x' AS it_mw) FROM old", CaseCode.SIZES),
    "column of structs": ("SELECT * REPLACE ({'a': it_mw} AS it_mw) FROM old", CaseCode.SIZES),
    "column of less": ("SELECT * REPLACE (it_mw::FLOAT AS it_mw) FROM old", CaseCode.SIZES),
    "other name": ("SELECT * RENAME (it_mw AS IT_MW) FROM old", CaseCode.SIZES),
}  # fmt: skip


@pytest.mark.parametrize("edited", TABLE_EDITS)
def test_a_table_holds_what_its_record_tells(case: Path, edited: str) -> None:
    query, code = TABLE_EDITS[edited]
    rewrite(case, "design_draw", query)
    assert codes(case) == {code}


def test_a_table_too_many_is_named(case: Path) -> None:
    shutil.copy(case / "tables" / "design_draw.parquet", case / "tables" / "design_evil.parquet")
    assert codes(case) == {CaseCode.STRANGER}


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.9, 0.999])
def test_a_table_cut_short_is_told(case: Path, share: float) -> None:
    path = case / "tables" / "operation_draw_year.parquet"
    raw = path.read_bytes()
    path.write_bytes(raw[: int(share * len(raw))])
    assert codes(case) == {CaseCode.UNREADABLE}


def test_a_table_that_would_fill_the_memory_is_not_read(case: Path) -> None:
    """Ten million halls, all the same, take some kilobytes on the disk."""
    n_halls = 10_000_000

    def change(told: Told) -> None:
        for name in ("design", "programme", "operation"):
            for layout in told[name]["arrays"].values():
                at = {dim: i for i, dim in enumerate(layout["dims"])}
                if "hall" in at:
                    layout["shape"][at["hall"]] = n_halls

    edit(case, change)
    assert codes(case) == {CaseCode.TOO_LARGE}


@pytest.fixture(scope="module")
def one_table(tmp_path_factory: pytest.TempPathFactory) -> tuple[Faults, Table, bytes]:
    folder = tmp_path_factory.mktemp("one")
    (folder / "tables").mkdir()
    table = Table("design", ("draw",), (300,), {"it_mw": "float64", "n": "int64"}, frozenset(), {})
    path = folder / table.file
    with duckdb.connect() as link:
        query = "SELECT range::INTEGER AS draw, random() AS it_mw, range % 7 AS n FROM range(300)"
        link.execute(f"COPY ({query}) TO ? (FORMAT parquet, COMPRESSION zstd)", [str(path)])
    return Faults(folder), table, path.read_bytes()


@pytest.mark.parametrize("block", range(10))
def test_bytes_changed_at_random_never_crash(
    one_table: tuple[Faults, Table, bytes], block: int
) -> None:
    faults, table, raw = one_table
    chance = random.Random(block)
    n_refused = 0
    for _ in range(40):
        broken = bytearray(raw)
        for _ in range(chance.randint(1, 4)):
            # The last bytes tell what the others mean: they are worth more attempts.
            at = chance.choice([chance.randrange(len(raw)), -chance.randint(1, 600)])
            broken[at] = chance.choice([0, 0xFF, 0x7F, 0x80, chance.randrange(256)])
        (faults.folder / table.file).write_bytes(broken)
        try:
            read = read_tables(Faults(faults.folder), [table])["design"]
        except WattportError:
            n_refused += 1
        else:
            assert {name: array.shape for name, array in read.items()} == {
                "it_mw": (300,),
                "n": (300,),
            }
    assert n_refused > 10


# --- the JSON at random --------------------------------------------------------------------------

STRANGE = (
    None, True, -1, 0, 2**64, 1e308, float("nan"), float("inf"), "", "x" * 1000, "../..", [], {},
    [[]], {"__array__": [1], "dtype": "O"}, {"__array__": 7, "dtype": "float64"},
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """All paths into nested JSON."""
    if path:
        yield path
    keys = list(value) if isinstance(value, dict) else []
    for key in range(len(value)) if isinstance(value, list) else keys:
        yield from places(value[key], (*path, key))


@pytest.mark.parametrize("block", range(12))
def test_json_changed_at_random_opens_or_is_refused(
    case: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the JSON tells is examined before any table is read: here they are read once.
    original = open_case(case)
    arrays = {stage: kept_arrays(getattr(original, stage)) for stage in STAGES}
    monkeypatch.setattr(opening, "read_tables", lambda found, tables: arrays)
    chance = random.Random(block)
    told = json.loads((case / "records.json").read_text("utf-8"))
    every = list(places(told))
    for _ in range(30):
        broken = copy.deepcopy(told)
        path = chance.choice(every)
        at = broken
        for key in path[:-1]:
            at = at[key]
        how = chance.choice(["replace", "replace", "delete", "double"])
        if how == "delete":
            del at[path[-1]]
        elif how == "double" and isinstance(at, list):
            at.append(at[path[-1]])
        elif how == "double":
            at[f"{path[-1]}_"] = at[path[-1]]
        else:
            at[path[-1]] = chance.choice(STRANGE)
        (case / "records.json").write_text(json.dumps(broken), "utf-8")
        for finding in findings_of(case):
            assert finding.code[:4] == "CASE"


def test_text_of_a_case_is_text_in_its_report(case: Path, tmp_path: Path) -> None:
    """Whatever a mailed case calls its things, its report runs nothing of it."""
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"

    def poison(value: Any) -> Any:
        if isinstance(value, dict):
            keep = {
                "dtype",
                "unit",
                "status",
                "carries",
                "plant",
                "state",
                "relief_kind",
                "node",
                "chain",
            }
            return {k: v if k in keep else poison(v) for k, v in value.items()}
        if isinstance(value, list):
            return [poison(item) for item in value]
        return f"{value}{evil}" if isinstance(value, str) else value

    def change(told: Told) -> None:
        for name, record in told.items():
            if name != "validation":
                record["plain"] = poison(record["plain"])

    edit(case, change)
    without_hashes(case)
    opened = open_case(case)
    assert opened.ledger is not None
    assert evil in opened.ledger.capex_item[0]
    page = opened.report(tmp_path / "report.html").read_text("utf-8")
    assert "<img src=x" not in page
    assert "<script>alert" not in page


def test_not_a_number_stays_what_it_is(case: Path) -> None:
    first = open_case(case)
    assert first.ledger is not None
    assert np.isnan(first.ledger.announced_low_eur)


def test_energy_goes_to_the_places_of_the_design(case: Path) -> None:
    def change(told: Told) -> None:
        plain = told["operation"]["plain"]
        plain["node"] = [f"{name} " for name in plain["node"]]

    edit(case, change)
    without_hashes(case)
    assert codes(case) == {CaseCode.SIZES}
