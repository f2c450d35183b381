"""Pages of runs: of jobs on a campus and by themselves, and of requests."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from wattport.pipeline.jobs import JobOptions, run_jobs
from wattport.pipeline.requests import RequestOptions, serve_requests
from wattport.report import write
from wattport.report.drawing import NARROW_PX, WIDE_PX
from wattport.report.pages.jobs import gpu_hours, interruptions, jobs_page, quantity_of_time
from wattport.report.pages.requests import caveats, replicas, requests_page
from wattport.spec import load

JOBS = "submit_s,run_s,n_nodes,user\n" + "".join(
    f"{20 * k},{600 + 37 * k},{1 + 60 * (k % 7)},{k % 3}\n" for k in range(60)
)
REQUESTS = "TIMESTAMP,ContextTokens,GeneratedTokens\n" + "".join(
    f"{0.3 * k:.1f},{50 + 7 * k},{2 + k % 90}\n" for k in range(200)
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("runs")
    (folder / "jobs.csv").write_text(JOBS)
    (folder / "requests.csv").write_text(REQUESTS)
    campus = load("small_20mw")
    made: dict[str, Any] = {}
    for name, design in (("campus", campus), ("alone", None)):
        run = run_jobs(folder / "jobs.csv", design, JobOptions(seed=1))
        served = serve_requests(
            folder / "requests.csv", design, RequestOptions(n_replicas=2, step_s=10.0)
        )
        for key, page, found in (
            (name, jobs_page(run), run), (f"{name}-serving", requests_page(served), served),
        ):  # fmt: skip
            write(page, folder / "report.html")
            made[key] = ((folder / "report.html").read_text("utf-8"), found.answer)
    return made


def test_pages_ask_nothing_and_hold_what_they_say(pages: dict[str, Any]) -> None:
    for name, (text, _) in pages.items():
        assert len(text) < 600_000, name
        assert 'http-equiv="Content-Security-Policy"' in text
        assert "nan" not in text.split("<main", 1)[1].split("<script", 1)[0].lower().replace(
            "maintenance", ""
        ).replace("finance", ""), name


def test_the_headline_is_the_answer(pages: dict[str, Any]) -> None:
    page, ran = pages["campus"]
    assert f"{ran.campus.pue:.3f}" in page
    assert f"{100 * ran.jobs.utilisation_frac:.1f}" in page
    page_of_tokens, served = pages["campus-serving"]
    assert f"{served.token.it_j_per_token:.3g}" in page_of_tokens
    assert "rack power supplies: loss" in page
    assert "rack power supplies" not in pages["alone"][0]


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


def test_what_did_not_happen_is_not_drawn(pages: dict[str, Any]) -> None:
    jobs = dataclasses.replace(
        pages["alone"][1].jobs, sold_gpu_h=5.0, idle_gpu_h=1.0, failed_gpu_h=0.0,
        maintenance_gpu_h=0.0, useful_gpu_h=5.0, lost_gpu_h=0.0, checkpoint_gpu_h=0.0,
        restart_gpu_h=0.0,
    )  # fmt: skip
    assert [link.target for link in gpu_hours(jobs).link] == ["sold", "idle", "lasting progress"]
    for width_px in (WIDE_PX, NARROW_PX):
        assert gpu_hours(jobs).svg(width_px).startswith("<svg")
    rows = interruptions({"GPU": 1, "network": 3}).table.rows
    assert [row[0] for row in rows] == ["network", "GPU"]


def test_only_h100_goes_without_a_caveat_of_power(pages: dict[str, Any]) -> None:
    fleet = dataclasses.replace(
        pages["alone-serving"][1].deployment, gpu="h100_sxm", model="Llama-3.1-8B",
        power_measured_on="Llama-3.1-8B",
    )  # fmt: skip
    assert len(caveats(fleet)) == 1
    assert len(caveats(dataclasses.replace(fleet, gpu="gb300", model="Qwen3-32B"))) == 3


def test_a_fleet_that_scales_says_how_many_worked(pages: dict[str, Any]) -> None:
    fleet = dataclasses.replace(pages["alone-serving"][1].deployment, is_autoscaled=True)
    assert replicas(fleet, 3) == "as asked; they follow the load, 3 on at most"
    assert replicas(dataclasses.replace(fleet, is_autoscaled=False), 3) == "as asked"
