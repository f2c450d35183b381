"""The formats under attack, and sound files of each."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from attack.call import call
from attack.mutate import case, epw, markup, parquet, swf, table, tree, xer
from attack.mutate.mutant import Form
from attack.mutate.raw import joined_must_show
from wattport.spec.loading import scenario_text

SEEDS = Path(__file__).parent / "seeds"
GOLDEN = Path(__file__).parents[1] / "golden"
TWO_HALLS = GOLDEN / "schedules" / "two_halls.xer"
SMALL = "small_20mw"


def _files(*paths: Path) -> functools.partial[tuple[bytes, ...]]:
    return functools.partial(_read, paths)


@functools.cache
def _read(paths: tuple[Path, ...]) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in paths)


@functools.cache
def _scenarios() -> tuple[bytes, ...]:
    return (scenario_text(SMALL).encode(),)


@functools.cache
def _large_scenarios() -> tuple[bytes, ...]:
    """A programme with tranches, lots, holidays, weather windows, risks and a hammock."""
    return (scenario_text("dunkerque").encode(),)


@functools.cache
def saved_case() -> case.Folder:
    """A case as `play` saves it, by the names of its files."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "case"
        answer = call("play", SMALL, "--draws", "2", "--until", "build", "-q", "--out", str(out))
        assert answer.code == 0, answer.err
        return {
            str(path.relative_to(out)): path.read_bytes()
            for path in sorted(out.rglob("*"))
            if path.is_file()
        }


FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        Form("scenario", "in.yaml", _scenarios, tree.parse, tree.write, tree.MUTATIONS, tree.RAW),
        Form("programme", "in.yaml", _large_scenarios, tree.parse, tree.write, tree.MUTATIONS,
             tree.RAW),
        Form("factory", "in.yaml", _files(SEEDS / "factory.yaml",
             GOLDEN / "broken_factories" / "sound.yaml"), tree.parse, tree.write, tree.MUTATIONS,
             tree.RAW),
        Form("register", "in.yaml", _files(SEEDS / "register.yaml"), tree.parse, tree.write,
             tree.MUTATIONS, tree.RAW),
        Form("xer", "in.xer", _files(TWO_HALLS, SEEDS / "substation.xer"), xer.parse, xer.write,
             xer.MUTATIONS, xer.RAW),
        Form("mspdi", "in.xml", _files(TWO_HALLS.with_suffix(".xml"), SEEDS / "substation.xml"),
             markup.parse, markup.write, markup.MUTATIONS, markup.RAW),
        Form("pmxml", "in.xml", _files(SEEDS / "primavera.xml"), markup.parse, markup.write,
             markup.MUTATIONS, markup.RAW),
        Form("swf", "in.swf", swf.sound, swf.parse, swf.write, swf.MUTATIONS, swf.RAW, swf.count),
        Form("jobs", "in.csv", table.jobs, table.parse, table.write, table.OF_JOBS,
             (*table.RAW, joined_must_show), table.count),
        Form("requests", "in.csv", table.requests, table.parse, table.write, table.OF_REQUESTS,
             (*table.RAW, joined_must_show), table.count),
        Form("parquet", "in.parquet", parquet.sound, parquet.parse, parquet.write,
             parquet.MUTATIONS, parquet.RAW, parquet.count),
        Form("epw", "in.epw", epw.sound, epw.parse, epw.write, epw.MUTATIONS, epw.RAW),
    )
}  # fmt: skip
