"""Risk analysis: closed forms, causes taken away, and the command that shows it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from schedule_plans import chain, random_plan

from wattport.calendar.work_calendar import round_the_clock
from wattport.cli import main
from wattport.errors import WattportError
from wattport.schedule.exchange import mspdi_bytes, xer_bytes
from wattport.schedule.plan import ActivityKind, Plan, PlanLink, WbsNode, activity
from wattport.schedule.risk import analyse
from wattport.schedule.risk_draws import triangular
from wattport.schedule.risk_register import (
    DriverRisk,
    Mitigated,
    Range,
    RiskRegister,
    read_register,
    touched,
)


def register(*risks: DriverRisk, uncertainty=(1.0, 1.0, 1.0), ranges=()) -> RiskRegister:  # type: ignore[no-untyped-def]
    return RiskRegister(uncertainty=uncertainty, ranges=ranges, risks=risks)


def risk(name: str, probability: float, factor: float, *activities: str, **more) -> DriverRisk:  # type: ignore[no-untyped-def]
    return DriverRisk(
        name=name, probability_frac=probability, factor=(factor,) * 3, activities=activities, **more
    )


def around_the_clock(plan: Plan) -> Plan:
    """The plan on a calendar that never rests, so that days are hours over 24."""
    clock = round_the_clock()
    return replace(
        plan,
        calendar=clock.name,
        calendars=(clock,),
        activities=tuple(replace(a, calendar=clock.name) for a in plan.activities),
    )


def two_paths() -> Plan:
    """A and B side by side, then a milestone."""
    plan = around_the_clock(chain(240.0, 240.0))
    end = activity("M", 0.0, "24 hours", kind=ActivityKind.FINISH_MILESTONE)
    return replace(
        plan, activities=(*plan.activities, end), links=(PlanLink("A", "M"), PlanLink("B", "M"))
    )


def test_without_uncertainty_all_draws_are_the_plan() -> None:
    result = analyse(random_plan(4), register(), draws=20)
    assert np.ptp(result.end_day) < 1e-9
    assert result.end_day[0] == pytest.approx(result.planned_end_day)
    assert all(m.on_time_frac == 1.0 and abs(m.merge_bias_days) < 1e-9 for m in result.milestones)


def test_the_mean_of_a_chain_is_the_sum_of_means_and_its_merge_bias_none() -> None:
    plan = around_the_clock(chain(240.0, 240.0, 240.0))
    result = analyse(plan, register(uncertainty=(0.5, 1.0, 2.1)), draws=4000)
    end = result.milestones[0]
    assert end.mean_day == pytest.approx(result.planned_end_day + 30.0 * 0.2, abs=0.25)
    assert abs(end.merge_bias_days) < 0.25
    assert [a.criticality_frac for a in result.activities] == [1.0, 1.0, 1.0]
    assert sum(a.cruciality**2 for a in result.activities) == pytest.approx(1.0, abs=0.05)


def test_the_merge_bias_of_two_equal_triangular_paths_is_the_closed_one() -> None:
    # The larger of two independent symmetric triangulars exceeds the mean by 7/60 of the width.
    result = analyse(two_paths(), register(uncertainty=(0.5, 1.0, 1.5)), draws=20_000)
    milestone = result.milestones[1]
    assert milestone.id == "M"
    assert milestone.merge_bias_days == pytest.approx(10.0 * 7 / 60, abs=0.03)
    assert [a.criticality_frac for a in result.activities[:2]] == pytest.approx([0.5] * 2, abs=0.01)


def test_a_driver_that_two_paths_share_merges_nothing() -> None:
    shared = DriverRisk(
        name="X", probability_frac=1.0, factor=(0.5, 1.0, 1.5), activities=("A", "B")
    )
    result = analyse(two_paths(), register(shared), draws=2000)
    assert result.milestones[1].merge_bias_days == pytest.approx(0.0, abs=0.1)
    assert result.activities[0].cruciality == pytest.approx(1.0)


def test_a_cause_costs_what_it_adds_and_mitigation_what_it_takes_away() -> None:
    plan = around_the_clock(chain(240.0, 240.0))
    less = Mitigated(probability_frac=0.0, factor=(1.0, 1.0, 1.0))
    result = analyse(
        plan,
        register(risk("Late", 0.5, 1.5, "A", mitigated=less), risk("Never", 0.0, 9.0, "B")),
        draws=4000,
    )
    late = next(c for c in result.causes if c.name == "Late")
    never = next(c for c in result.causes if c.name == "Never")
    assert late.happens_frac == pytest.approx(0.5, abs=0.03)
    assert late.mean_days == pytest.approx(5.0 * late.happens_frac)
    assert late.p80_days == pytest.approx(5.0)
    assert late.mitigation_p80_days == pytest.approx(5.0)
    assert late.criticality_frac == late.happens_frac
    assert late.cruciality == pytest.approx(1.0)
    assert (never.mean_days, never.p80_days, never.cruciality) == (0.0, 0.0, 0.0)
    assert result.causes[0].name == "Late"
    assert np.ptp(result.mitigated_end_day) < 1e-9


def test_draws_belong_to_names_and_not_to_places() -> None:
    plan = random_plan(5)
    some = register(risk("X", 0.5, 1.3, "A01*"), uncertainty=(0.9, 1.0, 1.3))
    few, many = analyse(plan, some, draws=30), analyse(plan, some, draws=700)
    np.testing.assert_array_equal(few.end_day, many.end_day[:30])
    more = register(risk("Y", 0.0, 2.0, "*"), *some.risks, uncertainty=some.uncertainty)
    np.testing.assert_array_equal(analyse(plan, more, draws=30).end_day, few.end_day)
    assert not np.array_equal(analyse(plan, some, draws=30, seed=8).end_day, few.end_day)


def test_progress_is_not_drawn_again() -> None:
    plan = chain(40.0, 40.0)
    done = replace(
        plan.activities[0], actual_start=plan.start, actual_finish=plan.start, remaining_hours=0.0
    )
    result = analyse(
        replace(plan, activities=(done, plan.activities[1])), register(uncertainty=(1, 2, 3)),
        draws=50,
    )  # fmt: skip
    assert [a.id for a in result.activities] == ["B"]


def test_patterns_mean_ids_and_nodes_with_all_below() -> None:
    plan = replace(chain(8.0, 8.0, 8.0), wbs=(WbsNode("S", "Site"), WbsNode("1", "Hall", 0)))
    a, b, c = plan.activities
    plan = replace(plan, activities=(a, replace(b, wbs=1), replace(c, wbs=0)))
    assert touched(plan, ("S",), "x").tolist() == [False, True, True]
    assert touched(plan, ("S.1", "A"), "x").tolist() == [True, True, False]
    with pytest.raises(WattportError, match="'Z\\*' means no activity"):
        touched(plan, ("Z*",), "x")


def test_triangular_quantiles_have_the_right_mean() -> None:
    u = (np.arange(20_000) + 0.5) / 20_000
    assert triangular(u, (0.9, 1.0, 1.4)).mean() == pytest.approx(1.1, abs=1e-6)
    assert triangular(u, (1.0, 1.0, 2.0)).min() >= 1.0
    assert triangular(u, (2.0, 2.0, 2.0)).tolist() == [2.0] * 20_000


def test_ranges_replace_the_usual_one() -> None:
    plan = around_the_clock(chain(240.0, 240.0))
    wide = Range(activities=("B",), factor=(2.0, 2.0, 2.0))
    assert analyse(plan, register(ranges=(wide,)), draws=3).end_day[0] == pytest.approx(
        analyse(plan, register(), draws=3).end_day[0] + 10.0
    )


def test_too_many_draws_and_nothing_to_do_are_refused() -> None:
    with pytest.raises(WattportError, match="do not fit into memory"):
        analyse(chain(*[8.0] * 11), register(), draws=20_000_000)
    with pytest.raises(WattportError, match="no work remains"):
        analyse(chain(0.0), register())


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("risks: 5", "a list is needed here", 1),
        ("uncertainty: [1.2, 1.0, 1.3]", "do not rise", 1),
        ("uncertainty: [1.2, 1.0]", "", 1),
        ("hello: 1", "unknown key", 1),
        ("- 1", "holds no mapping", 0),
        ("risks:\n  - name: X\n    probability_frac: 1.5\n    factor: [1, 1, 1]\n"
         "    activities: ['*']", "outside the limits", 3),
        ("a: [", "", 1),
    ],
)  # fmt: skip
def test_broken_registers_are_refused_with_their_line(
    tmp_path: Path, text: str, words: str, line: int
) -> None:
    path = tmp_path / "risks.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(WattportError) as caught:
        read_register(path)
    assert any(words in f.message and f.line == line for f in caught.value.findings)


RISKS = """
uncertainty: [0.9, 1.0, 1.2]
ranges:
  - {activities: [A000], factor: [0.8, 1.0, 1.5]}
risks:
  - name: Late permits
    probability_frac: 0.4
    factor: [1.1, 1.3, 1.8]
    activities: ["A00*"]
    mitigated: {probability_frac: 0.1, factor: [1.0, 1.1, 1.3]}
"""


def call(*words: object) -> int:
    with pytest.raises(SystemExit) as left:
        main(["risk", *(str(word) for word in words)])
    return int(left.value.code or 0)


def test_the_command_answers_both_formats_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = random_plan(6, kinds=(0,), lags=(0.0,))
    (tmp_path / "risks.yaml").write_text(RISKS, "utf-8")
    (tmp_path / "p.xer").write_bytes(xer_bytes(plan)[0])
    (tmp_path / "p.xml").write_bytes(mspdi_bytes(plan)[0])
    ends = []
    for name in ("p.xer", "p.xml"):
        options = ("--draws", 60, "--risks", tmp_path / "risks.yaml", "--json")
        out = tmp_path / f"out-{name}"
        assert call(tmp_path / name, *options, "--out", out) == 0
        found = json.loads(capsys.readouterr().out)
        assert found == json.loads((out / "risk.json").read_text("utf-8"))
        assert {p.name for p in out.iterdir()} == {
            "manifest.json", "risk.json", "milestones.csv", "causes.csv", "activities.csv",
            "checks.csv", "report.html",
        }  # fmt: skip
        ends.append(found["milestones"][0])
    assert ends[0]["p80"] == ends[1]["p80"]
    assert call(tmp_path / "p.xer", "--draws", 10, "--uncertainty", "1,1,1") == 0
    page = capsys.readouterr().out
    assert "end of the plan" in page
    assert "critical path length index" in page


def test_the_command_refuses_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.xer"
    path.write_bytes(xer_bytes(chain(8.0))[0])
    for words in (
        (path, "--uncertainty", "wide"),
        (path, "--uncertainty", "1,0.5,2"),
        (path, "--draws", 0),
        (path, "--risks", tmp_path / "none.yaml"),
        (path, "--encoding", "klingon"),
        (path, "--project", "Other"),
        (tmp_path / "none.xer",),
        (tmp_path,),
    ):
        assert call(*words) == 2
        said = capsys.readouterr().err
        assert said.startswith("error[")
        assert "Traceback" not in said
