"""Pages of runs: of jobs on a campus and by themselves, and of requests."""

from __future__ import annotations

import json

import pytest

from wattport.cli import batch, serving
from wattport.report.drawing import NARROW_PX, WIDE_PX
from wattport.report.pages.jobs import gpu_hours, interruptions, quantity_of_time
from wattport.report.pages.requests import caveats, replicas

JOBS = "submit_s,run_s,n_nodes,user\n" + "".join(
    f"{20 * k},{600 + 37 * k},{1 + 60 * (k % 7)},{k % 3}\n" for k in range(60)
)
REQUESTS = "TIMESTAMP,ContextTokens,GeneratedTokens\n" + "".join(
    f"{0.3 * k:.1f},{50 + 7 * k},{2 + k % 90}\n" for k in range(200)
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("runs")
    (folder / "jobs.csv").write_text(JOBS)
    (folder / "requests.csv").write_text(REQUESTS)
    made = {}
    for name, design in (("campus", "small_20mw"), ("alone", None)):
        batch.run(
            folder / "jobs.csv", design, [], batch.Wanted(), step="15s", begin=None, seed=1,
            out=folder / name,
        )  # fmt: skip
        serving.run(
            folder / "requests.csv", design, [], serving.Wanted(n_replicas=2), step="10s",
            begin=None, out=folder / f"{name}-serving",
        )  # fmt: skip
    for out in sorted(folder.iterdir()):
        if out.is_dir():
            made[out.name] = (out / "report.html").read_text("utf-8")
            made[f"{out.name}.json"] = (out / "manifest.json").read_text("utf-8")
    return made


def test_pages_ask_nothing_and_hold_what_they_say(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        if name.endswith(".json"):
            continue
        assert len(text) < 600_000, name
        assert 'http-equiv="Content-Security-Policy"' in text
        assert "nan" not in text.split("<main", 1)[1].split("<script", 1)[0].lower().replace(
            "maintenance", ""
        ).replace("finance", ""), name


def test_the_headline_is_the_answer(pages: dict[str, str]) -> None:
    told = json.loads(pages["campus.json"])
    assert f"{told['campus']['pue']:.3f}" in pages["campus"]
    assert f"{100 * told['utilisation_frac']:.1f}" in pages["campus"]
    served = json.loads(pages["campus-serving.json"])
    assert f"{served['it_j_per_token']:.3g}" in pages["campus-serving"]
    assert "rack power supplies: loss" in pages["campus"]
    assert "rack power supplies" not in pages["alone"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 s"),
        (0.0119, "11.9 ms"),
        (45.0, "45.0 s"),
        (600.0, "10.0 min"),
        (200_000.0, "2.31 d"),
    ],
)
def test_a_duration_has_the_unit_a_person_would_choose(seconds: float, words: str) -> None:
    assert quantity_of_time(seconds).replace("\u202f", " ") == words


def test_what_did_not_happen_is_not_drawn() -> None:
    told = {
        "sold_gpu_h": 5.0, "idle_gpu_h": 1.0, "failed_gpu_h": 0.0, "maintenance_gpu_h": 0.0,
        "useful_gpu_h": 5.0, "lost_gpu_h": 0.0, "checkpoint_gpu_h": 0.0, "restart_gpu_h": 0.0,
    }  # fmt: skip
    assert [link.target for link in gpu_hours(told).link] == ["sold", "idle", "lasting progress"]
    for width_px in (WIDE_PX, NARROW_PX):
        assert gpu_hours(told).svg(width_px).startswith("<svg")
    rows = interruptions({"GPU": 1, "network": 3}).table.rows
    assert [row[0] for row in rows] == ["network", "GPU"]


def test_only_h100_goes_without_a_caveat_of_power() -> None:
    told = {"gpu": "h100_sxm", "model": "Llama-3.1-8B", "power_measured_on": "Llama-3.1-8B"}
    assert len(caveats(told)) == 1
    assert len(caveats(told | {"gpu": "gb300", "model": "Qwen3-32B"})) == 3


def test_a_fleet_that_scales_says_how_many_worked() -> None:
    told = {"sizing": "as asked", "is_autoscaled": True, "most_replicas": 3}
    assert replicas(told) == "as asked; they follow the load, 3 on at most"
    assert replicas(told | {"is_autoscaled": False}) == "as asked"
