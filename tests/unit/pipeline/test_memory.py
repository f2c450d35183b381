"""A play that does not fit into memory is refused before anything is drawn."""

from __future__ import annotations

import json

import pytest

from wattport.cli import main
from wattport.errors import WattportError
from wattport.pipeline import memory, play
from wattport.pipeline.memory import available_mb, needed_mb, refuse_draws
from wattport.spec import Spec, load


def test_what_fits_is_played_and_what_does_not_says_how_many_do() -> None:
    spec = load("dunkerque")
    refuse_draws(spec, 20_000, None)
    enough = needed_mb(1000, 43)
    refuse_draws(spec, 1000, enough)
    with pytest.raises(WattportError, match="USE003") as no:
        refuse_draws(spec, 1001, enough)
    most = int(no.value.findings[0].allowed.split()[2])
    refuse_draws(spec, most, enough)
    with pytest.raises(WattportError, match="no draw fits"):
        refuse_draws(spec, 1, 100.0)


def test_more_halls_and_draws_never_take_less() -> None:
    grid = [[needed_mb(n, halls) for halls in (2, 43, 800)] for n in (1, 200, 20_000)]
    assert all(row == sorted(row) for row in grid)
    assert all(list(column) == sorted(column) for column in zip(*grid, strict=True))


def test_nothing_is_drawn_before_it_is_known_to_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn(*_: object) -> Spec:
        raise AssertionError("drawn")

    monkeypatch.setattr("wattport.pipeline.stages.available_mb", lambda: 500.0)
    monkeypatch.setattr(Spec, "draw", drawn)
    with pytest.raises(WattportError, match="USE003"):
        play("dunkerque", draws=20_000)


def test_a_script_is_told_too(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: pytest.TempPathFactory,
) -> None:
    monkeypatch.setattr("wattport.pipeline.stages.available_mb", lambda: 500.0)
    with pytest.raises(SystemExit) as left:
        main(["play", "dunkerque", "--draws", "20000", "--json", "-q", "--out", f"{tmp_path}/new"])
    assert left.value.code == 2
    found = json.loads(capsys.readouterr().out)["findings"][0]
    assert found["code"] == "USE003"
    assert found["remedy"].startswith("use --draws ")


def test_the_least_of_what_is_known_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, mb in (
        ("_of_the_machine", 800.0),
        ("_of_the_container", None),
        ("_of_the_process", 600.0),
    ):
        monkeypatch.setattr(memory, name, lambda mb=mb: mb)
    assert available_mb() == 600.0
    for name in ("_of_the_machine", "_of_the_process"):
        monkeypatch.setattr(memory, name, lambda: None)
    assert available_mb() is None
