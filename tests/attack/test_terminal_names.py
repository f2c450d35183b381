"""Names that steer a terminal, turn the reading order, hide, or forge a line: none gets through."""

from __future__ import annotations

import ast
import io
import json
import re
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattport.cli import answer, main, streams
from wattport.errors import Code, Finding, WattportError, format_findings
from wattport.legible import STAND_IN, json_escaped, one_line, page, shortened, steers
from wattport.spec import check, load

SOURCES = Path(__file__).parents[2] / "src" / "wattport"
HIDING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Clear the screen; one-byte CSI; set the title; right-to-left; line separator; no width; BEL.
MARKS = "\x1b[2J", "\x9b31m", "\x1b]0;owned\x07", "\u202e", "\u2066", "\u2028", "\u200b", "\x07"
EVIL = "hall" + "".join(MARKS) + "1"
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("".join(MARKS) + "\n\t\ud800")))


def hidden_in(text: str, allowed: str = "") -> set[str]:
    return {c for c in text if unicodedata.category(c) in HIDING and c not in allowed}


def leave(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    return int(left.value.code or 0)


# --- the functions ---------------------------------------------------------------------------


def test_every_letter_that_hides_is_known() -> None:
    # By the table of this Python: a letter that a later Unicode adds is noticed here.
    for number in range(sys.maxunicode + 1):
        letter = chr(number)
        category = unicodedata.category(letter)
        if category in HIDING:
            assert one_line(letter) in (" ", STAND_IN), hex(number)
            assert page(letter) in ({"\n": "\n", "\t": "\t"}.get(letter, STAND_IN)), hex(number)
        elif one_line(letter) != letter:  # letters drawn as nothing, and places not yet given
            assert category == "Cn" or re.search(
                "FILLER|JOINER|INHERENT|VARIATION SELECTOR", unicodedata.name(letter)
            ), hex(number)


@given(TEXTS)
def test_a_line_stays_one_line_letter_for_letter(text: str) -> None:
    line = one_line(text)
    assert len(line) == len(text)
    assert not hidden_in(line)
    assert len(line.splitlines()) <= 1


@given(TEXTS, st.integers(2, 50))
def test_a_line_is_cut(text: str, most: int) -> None:
    assert len(one_line(text, most)) <= most
    assert len(shortened(text, most)) <= most


@given(TEXTS)
def test_a_page_keeps_its_lines(text: str) -> None:
    assert not hidden_in(page(text), "\n\t")
    assert page(text).count("\n") == text.count("\n")


@given(st.recursive(TEXTS, lambda x: st.lists(x, max_size=3) | st.dictionaries(TEXTS, x)))
def test_json_means_the_same_and_hides_nothing(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    assert json.loads(json_escaped(text)) == json.loads(text)
    assert not hidden_in(json_escaped(text), "\n")


@given(TEXTS)
def test_what_steers_is_told_apart_from_what_some_scripts_need(text: str) -> None:
    assert steers(text + "\x1b")
    persian, technologist = "\u0647\u0645\u200c\u06a9\u0627\u0631", "\U0001f469\u200d\U0001f4bb"
    assert not steers(f"{persian} {technologist} Straße 电站\n\t")


# --- findings --------------------------------------------------------------------------------


@given(st.lists(TEXTS, min_size=7, max_size=7), st.integers(1, 9))
def test_no_field_of_a_finding_steers_or_forges_a_line(words: list[str], column: int) -> None:
    message, path, value, allowed, remedy, file, excerpt = words
    finding = Finding(
        "SPEC012", message, path, value, allowed, remedy, file, 3, column, excerpt
    )  # fmt: skip
    text = format_findings([finding])
    assert not hidden_in(text, "\n")
    assert len(text.splitlines()) <= 7
    assert str(WattportError(finding)) == text
    told = answer.text(answer.findings([finding]))
    assert not hidden_in(told, "\n")
    assert json.loads(told)[0]["path"] == shortened(path, 2000)


def test_the_caret_stays_in_its_place() -> None:
    finding = Finding("A", "m", file="f", line=1, column=9, excerpt="\x1b[2J\t\u202eab: x")
    source, caret = format_findings([finding]).splitlines()[2:]
    assert source[caret.index("^")] == ":"


# --- the streams -----------------------------------------------------------------------------


def test_whatever_is_printed_is_legible() -> None:
    below = io.StringIO()
    stream = streams.LegibleStream(below)
    assert stream.write("a\x1b[31mb\n") == 8
    stream.writelines(["c\u202e", "d\n"])
    print("e\x9b", file=stream, flush=True)
    assert below.getvalue() == f"a{STAND_IN}[31mb\nc{STAND_IN}d\ne{STAND_IN}\n"
    assert not stream.isatty()
    assert streams.steerable(stream) is below  # type: ignore[arg-type]
    assert streams.steerable(below) is below


def test_the_streams_are_given_back(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout, sys.stderr
    assert leave("--version") == 0
    assert (sys.stdout, sys.stderr) == before
    with pytest.raises(RuntimeError), streams.legible():
        raise RuntimeError
    assert (sys.stdout, sys.stderr) == before


def test_nobody_writes_past_the_streams() -> None:
    # `steerable` is for what moves the cursor on purpose, and shows nothing of a file.
    past = {"__stdout__", "__stderr__"}
    users = []
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in past:
                users.append(f"{path.name}: {node.attr}")
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("steerable"):
                users.append(path.name)
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "os.write", "sys.stdout.buffer.write", "sys.stderr.buffer.write"
            ):  # fmt: skip
                users.append(f"{path.name}: {ast.unparse(node.func)}")
    # The streams below all others, and the words of a signal, which come from nobody's file.
    users = [one for one in users if not one.startswith(("outlet.py", "stopping.py"))]
    assert sorted(users) == ["commands.py", "progress.py"]


# --- the commands ----------------------------------------------------------------------------


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    out, err = capsys.readouterr()
    text = out + err
    assert text
    assert not hidden_in(text, "\n")
    return text


@pytest.mark.parametrize(
    "words",
    [
        (EVIL,), ("check", EVIL), ("check", EVIL, "--json"), ("play", "dunkerque", f"--{EVIL}"),
        ("play", "dunkerque", "--until", EVIL), ("sources", "dunkerque", "--set", f"name={EVIL}"),
        ("sources", "dunkerque", "--set", f"{EVIL}=1"), 
        ("sources", "dunkerque", "--set", "a=\udcff"),
        ("risk", EVIL), ("run", EVIL), ("run", f"{EVIL}.csv"), ("run", f"{EVIL}.parquet"),
        ("export", "dunkerque", "--to", EVIL), ("make", "factory_modules", "--rate", EVIL),
        ("init", f"/none/{EVIL}"), ("init", f"/none/{EVIL}", "--json"),
    ],
    ids=lambda words: words[0][:4] + str(len(words)),
)  # fmt: skip
def test_words_of_the_command_line(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave(*words) == 2
    shown(capsys)


def xer(name: str) -> str:
    week = "".join(f"(0||{d}()((0||0(s|08:00|f|16:00)())))" for d in range(1, 8))
    data = f"(0||CalendarData()((0||DaysOfWeek()({week}))(0||Exceptions()())))"
    tables = {
        "PROJECT": ("proj_id proj_short_name clndr_id plan_start_date", f"1|{name}|1|2026-01-05"),
        "CALENDAR": ("clndr_id clndr_name clndr_data", f"1|{name}|{data.replace('|', '¦')}"),
        "PROJWBS": ("wbs_id proj_id proj_node_flag wbs_short_name", f"1|1|Y|{name}"),
        "TASK": (
            "task_id proj_id wbs_id clndr_id task_type task_code task_name target_drtn_hr_cnt "
            f"remain_drtn_hr_cnt strange_{name}", f"1|1|1|1|TT_Task|{name}|{name}|8|8|{name}",
        ),
    }  # fmt: skip
    lines = ["ERMHDR\t8.2"]
    for table, (columns, row) in tables.items():
        lines += [f"%T\t{table}", "\t".join(["%F", *columns.split(" ")])]
        lines.append("\t".join(["%R", *row.split("|")]).replace("¦", "|"))
    return "\n".join([*lines, f"%T\t{name}", "%F\ta", "%R\t1", "%E", ""])


def test_names_of_a_schedule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / f"{EVIL}.xer"
    path.write_text(xer(EVIL), "utf-8", newline="\n")
    for extra in ((), ("--json",), ("--out", str(tmp_path / EVIL))):
        assert leave("risk", str(path), "--draws", "10", *extra) == 0
        assert "hall" in shown(capsys)
    path.write_text(xer(EVIL).replace("|8|8", "|x|x").replace("\t8\t8", "\tx\tx"), newline="\n")
    for extra in ((), ("--json",)):
        assert leave("risk", str(path), *extra) == 2
        shown(capsys)


def test_names_of_a_schedule_as_xml(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "hall&#x9b;31m\u202e\u200b&#10;error[FORGED] 1"
    path = tmp_path / "a.xml"
    path.write_text(
        f"<Project><Name>{name}</Name><StartDate>2026-01-05T08:00:00</StartDate><CalendarUID>1"
        f"</CalendarUID><Calendars><Calendar><UID>1</UID><Name>{name}</Name></Calendar></Calendars>"
        f"<Tasks><Task><UID>1</UID><Name>{name}</Name><Duration>PT8H0M0S</Duration><Notes>{name}"
        "</Notes></Task></Tasks></Project>", "utf-8",
    )  # fmt: skip
    assert leave("risk", str(path), "--draws", "10") == 0
    assert "\nerror[FORGED]" not in shown(capsys)


def test_names_of_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / f"{EVIL}.csv"
    path.write_text(f"submit_s,run_s,n_nodes,{EVIL.replace(chr(0x2028), '')}\n0,1,1,x\n", "utf-8")
    assert leave("run", str(path)) == 0
    assert "columns not used" in shown(capsys)
    path.write_text(f"{EVIL.replace(chr(0x2028), '')},b\n1,2\n", "utf-8")
    assert leave("run", str(path)) == 2
    shown(capsys)
    path.write_text(f"TIMESTAMP,ContextTokens,GeneratedTokens\n{EVIL},1,1\n", "utf-8")
    assert leave("run", str(path)) == 2
    shown(capsys)


def test_a_scenario_and_a_factory_hold_no_such_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from wattport.spec.loading import scenario_text

    path = tmp_path / "a.yaml"
    for shipped, old in (("small_20mw", "name: small_20mw"), ("factory_modules", "name: cutting,")):
        for mark in (r"\e[2J", r"\x9b31m", r"\u202e", r"\u2028", r"\0"):
            tail = "," if old.endswith(",") else ""
            path.write_text(scenario_text(shipped).replace(old, f'name: "a{mark}b"{tail}', 1))
            assert leave("check", str(path)) == 2
            assert "SPEC005" in shown(capsys)


def test_folded_text_is_one_line_and_a_note_may_have_more(tmp_path: Path) -> None:
    from wattport.spec.loading import scenario_text

    path = tmp_path / "a.yaml"
    text = scenario_text("small_20mw").replace(
        "source: chosen round for checking by hand",
        "source: |\n  chosen round\n  error[FORGED] for checking\nnote: >\n  folded\n  text",
    )
    path.write_text(re.sub("title: .*", 'title: "a\\nb"', text))
    assert not check(path)
    spec = load(path)
    assert spec.title == "a b"
    assert "\n" not in "".join(row.source + row.note for row in spec.provenance)


def test_a_mapping_is_held_to_the_same() -> None:
    found = check({"name": "a\x1b[2J"})
    assert any(f.code == Code.NOT_UTF8 and f.path == "name" for f in found)
