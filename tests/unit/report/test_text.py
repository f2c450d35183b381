"""Numbers, dates, scales, packing, names and the terminal."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wattport.records import Case, Headline
from wattport.report.draws import mean, middle, spread
from wattport.report.labels import input_meaning, input_name
from wattport.report.numerals import month_name, number, quantity, quarter_name, whole
from wattport.report.packed import pack, unpack
from wattport.report.palette import COLOURS, ramp
from wattport.report.scale import Scale, calendar_ticks, nice_ticks
from wattport.report.sections.headline import announced, digest
from wattport.report.terminal import summary, summary_text
from wattport.report.typeface import shorten, text_width, wrap

finite = st.floats(-1e12, 1e12, allow_nan=False)


@given(finite.filter(lambda value: value == 0 or abs(value) >= 1e-5))
def test_a_number_keeps_three_digits(value: float) -> None:
    text = number(value).replace("\u202f", "").replace("\u2212", "-")
    assert float(text) == pytest.approx(value, rel=5.1e-3, abs=1e-300)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (9.996, "10.0"),
        (0.0999999, "0.100"),
        (999_999.6, "1\u202f000\u202f000"),
        (float("nan"), "\u2013"),
        (float("inf"), "never"),
        (1.23e-15, "1.23\u202f×\u202f10\u207b\u00b9\u2075"),
    ],
)
def test_numbers_at_the_edge_of_a_power_of_ten(value: float, text: str) -> None:
    assert number(value) == text


def test_money_finds_its_scale() -> None:
    assert quantity(-4.88e9, "EUR") == "\u22124.88\u202fbn EUR"
    assert quantity(0.0, "EUR") == "0\u202fEUR"
    assert whole(-0.4) == "0"


def test_dates_are_no_finer_than_a_month_or_a_quarter() -> None:
    assert month_name(1095.0) == "Dec 2028"
    assert quarter_name(1095.0) == "Q4 2028"
    assert quarter_name(1096.0) == "Q1 2029"
    assert month_name(float("nan")) == "not reached"


@given(finite, st.floats(1e-6, 1e9), st.integers(2, 8))
@example(5443434375.0, 1e-6, 5)
def test_ticks_cover_their_range_at_even_steps(low: float, span: float, wanted: int) -> None:
    high = low + span
    if high <= low:
        return
    ticks = nice_ticks(low, high, wanted)
    slack = 1e-6 * max(abs(low), abs(high), span)
    assert ticks[0].value <= low + slack
    assert ticks[-1].value >= high - slack
    assert len(ticks) <= wanted + 2


@given(st.floats(-1e4, 2e4), st.floats(40, 9e3), st.integers(3, 12))
def test_calendar_ticks_stay_inside_and_few(low: float, span: float, wanted: int) -> None:
    ticks = calendar_ticks(low, low + span, wanted)
    assert all(low - 1e-6 <= tick.value <= low + span + 1e-6 for tick in ticks)
    assert len(ticks) <= wanted + 1


def test_a_value_outside_its_scale_stays_on_the_edge() -> None:
    scale = Scale(0.0, 1.0, 10.0, 20.0)
    assert scale(-5.0) == 10.0
    assert scale(float("inf")) == 20.0


@given(st.text(max_size=60), st.floats(20, 300))
def test_shortened_text_fits(text: str, room: float) -> None:
    assert text_width(shorten(text, room, 12.0), 12.0) <= room
    assert all(text_width(line, 12.0) <= room for line in wrap(text, room, 12.0))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300))
def test_packing_loses_less_than_a_line_is_wide(values: list[float]) -> None:
    series = np.array(values)
    error = np.abs(unpack(pack(series)) - series)
    assert error.max() <= np.ptp(series) / 65_000 + 1e-9


def test_packing_keeps_gaps_and_beats_text() -> None:
    series = 1000 + 100 * np.sin(np.arange(8760) / 24)
    series[5] = np.nan
    packed = pack(series)
    assert np.isnan(unpack(packed)[5])
    assert len(packed.data) < sum(len(f"{v:.2f},") for v in series) / 2


def test_reductions_leave_out_what_does_not_exist() -> None:
    draws = np.array([[1.0, np.nan], [3.0, np.nan], [np.inf, np.nan]])
    assert mean(draws)[0] == 2.0
    assert np.isnan(mean(draws)[1])
    assert middle(7) == 7.0
    low, mid, high = spread(np.array([1.0, 2.0, 4.0]))
    assert low <= mid <= high


@given(st.floats(0, 1))
def test_the_ramp_grows_lighter(share: float) -> None:
    def light(colour: str) -> float:
        red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert light(ramp(share)) <= light(ramp(min(1.0, share + 0.1))) + 1.0


def test_words_read_on_their_paper() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for theme in (0, 1):
        paper = luminance(COLOURS["paper"][theme])
        for name in ("ink", "soft"):  # WCAG 2.2 AA: 4.5 to 1 for text
            a, b = sorted((luminance(COLOURS[name][theme]), paper))
            assert (b + 0.05) / (a + 0.05) >= 4.5
        for name in ("blue", "green", "red", "purple"):  # and 3 to 1 for graphics
            a, b = sorted((luminance(COLOURS[name][theme]), paper))
            assert (b + 0.05) / (a + 0.05) >= 3.0


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("grid.tranches[0].delay_weeks", "delay (weeks) \u2013 tranche 2028-12-31, grid"),
        (
            "plants.modules.suppliers[0].lead_time_weeks",
            "lead time (weeks) \u2013 supplier MV switchgear, modules, plants",
        ),
        ("workload.utilisation_frac", "utilisation \u2013 workload"),
        ("finance.energy.base_price_eur_per_mwh", "base price (EUR/MWh) \u2013 energy, finance"),
        ("finance.energy.quarter_factors[1]", "quarter factors 2 \u2013 energy, finance"),
        ("no.such.path", "no.such.path"),
    ],
)
def test_inputs_are_named_for_a_reader(case: Case, path: str, name: str) -> None:
    assert input_name(case.spec, path) == name


def test_the_meaning_of_an_input_is_the_spec_s_own(case: Case) -> None:
    assert "HV transformers" in input_meaning(case.spec, "programme.hv_transformer_lead_weeks")
    assert input_meaning(case.spec, "no.such.path") == ""


def test_an_inferred_figure_is_never_shown_as_announced() -> None:
    row = Headline("Grid", "MW", "1,700", 1700.0, 2400.0, 1.0, 2.0, 3.0, "", "", "inferred")
    assert announced(row) == "1\u202f700 to 2\u202f400\u202fMW (inferred, not announced)"
    said = dataclasses.replace(row, status="announced", announced_high=1700.0)
    assert announced(said) == "1\u202f700\u202fMW"


def test_the_digest_is_a_few_sentences_of_recorded_values(case: Case) -> None:
    (text,) = digest(case)
    assert 3 <= text.count(". ") + 1 <= 8
    assert "never at P90" in text  # some draws of the made-up case never finish


def test_the_summary_is_plain_where_there_is_no_terminal(case: Case) -> None:
    text = summary(case)
    assert text == summary_text(case)
    assert "\x1b" not in text
    assert text.isascii()
    lines = text.splitlines()
    assert lines[0].split() == ["announced", "P10", "P50", "P90"]
    assert len(lines) == 1 + len(case.ledger.headlines)  # type: ignore[union-attr]


def test_the_summary_on_a_terminal_honours_no_color(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    text = summary(case)
    assert "First compute" in text
    assert "\x1b[3" not in text


def test_a_name_cannot_write_on_the_terminal(case: Case) -> None:
    evil = dataclasses.replace(case.ledger.headlines[0], metric="a\x1b[2Jb\nc")  # type: ignore[union-attr]
    ledger = dataclasses.replace(case.ledger, headlines=(evil,))  # type: ignore[type-var]
    text = summary_text(dataclasses.replace(case, ledger=ledger))
    assert "\x1b" not in text
    assert len(text.splitlines()) == 2


def test_a_case_stopped_early_still_has_a_summary(case: Case) -> None:
    stopped = dataclasses.replace(case, operation=None, ledger=None)
    assert "Whole campus ready" in summary_text(stopped)
    bare = dataclasses.replace(
        case, design=None, production=None, programme=None, operation=None, ledger=None
    )
    assert summary_text(bare) == ""
