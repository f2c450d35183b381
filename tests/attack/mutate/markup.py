"""XML of Microsoft Project and of Primavera: a tree of elements."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from xml.etree import ElementTree as Tree

from attack.mutate.mutant import TEXTS, Claim, RawMutation, odd_number, shuffled
from attack.mutate.raw import COMMON, bom, cut_must_show, no_last_line_end

_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NAMESPACE = "http://schemas.microsoft.com/project"
_NO_DATES = ("2026-02-30T08:00:00", "01.04.2026", "yesterday", "2026-04-01T25:00:00", "20260401",
             "2026-04-01 08:00", "0000-00-00T00:00:00", "T08:00:00")  # fmt: skip
_ODD_DATES = ("0001-01-01T00:00:00", "1984-01-01T00:00:00", "9999-12-31T23:59:59", "2026-04-01",
              "2149-12-31T23:59:00", "NA", "", "2026-04-01T08:00:00.5")  # fmt: skip
_NO_DURATIONS = ("PT", "P1Y", "8h", "P8", "PT8", "PTH", "8", "-", "PT1E3H0M0S", "PTnanH0M0S")
_ODD_DURATIONS = ("PT0H0M0S", "-PT8H0M0S", "P4DT8H", "PT99999999999H0M0S", "PT0H0M0.5S",
                  "PT" + "9" * 400 + "H0M0S", "P99999999999999999999D")  # fmt: skip


def parse(data: bytes) -> Tree.Element:
    """Elements of a sound file, without namespace."""
    root = Tree.fromstring(data)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def write(root: Tree.Element) -> bytes:
    """Text of elements, in Project's namespace."""
    if root.tag == "Project":
        root.set("xmlns", _NAMESPACE)
    return _HEAD + Tree.tostring(root, "utf-8", xml_declaration=False) + b"\n"


def _with(root: Tree.Element, *tags: str) -> list[Tree.Element]:
    return [
        element for element in root.iter() if element.tag in tags and (element.text or "").strip()
    ]


def _leaves(root: Tree.Element) -> list[Tree.Element]:
    return [element for element in root.iter() if not len(element)]


def _pairs(root: Tree.Element) -> Iterator[tuple[Tree.Element, Tree.Element]]:
    """Every element under its parent."""
    for parent in root.iter():
        for child in parent:
            yield parent, child


def _change(rng: Random, root: Tree.Element, tags: tuple[str, ...], text: str) -> bool:
    found = _with(root, *tags)
    if found:
        rng.choice(found).text = text
    return bool(found)


def number_is_odd(rng: Random, root: Tree.Element) -> Claim:
    """A number is one that nobody writes."""
    found = [e for e in _leaves(root) if (e.text or "").strip().lstrip("-").isdigit()]
    if found:
        rng.choice(found).text, _ = odd_number(rng)
    return Claim.ANY


def amount_is_no_number(rng: Random, root: Tree.Element) -> Claim:
    """An amount is no number, or not finite."""
    text = rng.choice(("nan", "inf", "-inf", "1e400", "abc", "1,5", "--1"))
    tags = ("LinkLag", "PercentComplete", "Units", "MaxUnits", "MinutesPerDay")
    return Claim.REFUSED if _change(rng, root, tags, text) else Claim.ANY


def date_is_none(rng: Random, root: Tree.Element) -> Claim:
    """A date is none."""
    tags = ("StartDate", "StatusDate", "Start", "ActualStart", "ConstraintDate", "EarlyStart")
    return Claim.REFUSED if _change(rng, root, tags, rng.choice(_NO_DATES)) else Claim.ANY


def date_is_odd(rng: Random, root: Tree.Element) -> Claim:
    """A date lies far away, or is not there."""
    tags = ("StartDate", "StatusDate", "Start", "Finish", "ActualStart", "ActualFinish",
            "ConstraintDate", "Deadline", "FromDate", "ToDate", "AvailableFrom",
            "AvailableTo")  # fmt: skip
    _change(rng, root, tags, rng.choice(_ODD_DATES))
    return Claim.ANY


def duration_is_none(rng: Random, root: Tree.Element) -> Claim:
    """A duration is none."""
    tags = ("Duration", "RemainingDuration", "RemainingWork")
    return Claim.REFUSED if _change(rng, root, tags, rng.choice(_NO_DURATIONS)) else Claim.ANY


def duration_is_odd(rng: Random, root: Tree.Element) -> Claim:
    """A duration is negative, or longer than the world."""
    tags = ("Duration", "RemainingDuration", "RemainingWork", "ActualWork")
    _change(rng, root, tags, rng.choice(_ODD_DURATIONS))
    return Claim.ANY


def duration_is_negative(rng: Random, root: Tree.Element) -> Claim:
    """What remains is less than nothing."""
    return Claim.REFUSED if _change(rng, root, ("RemainingDuration",), "-PT8H0M0S") else Claim.ANY


def time_of_day_is_none(rng: Random, root: Tree.Element) -> Claim:
    """A shift begins at a time that no day has."""
    text = rng.choice(("25:00:00", "8 o'clock", "08:00", "-01:00:00", "08:61:00"))
    return Claim.REFUSED if _change(rng, root, ("FromTime", "ToTime"), text) else Claim.ANY


def shifts_overlap(rng: Random, root: Tree.Element) -> Claim:
    """A shift ends before it begins, or in the next one."""
    _change(rng, root, ("ToTime", "FromTime"), rng.choice(("07:00:00", "14:00:00", "00:00:00")))
    return Claim.ANY


def reference_dangles(rng: Random, root: Tree.Element) -> Claim:
    """A number refers to nothing."""
    tags = ("PredecessorUID", "TaskUID", "ResourceUID")
    number = rng.choice(("987654", "x", "-7", "1e3"))
    return Claim.TOLD if _change(rng, root, tags, number) else Claim.ANY


def calendar_dangles(rng: Random, root: Tree.Element) -> Claim:
    """A calendar is named that is not there."""
    tags = ("CalendarUID", "BaseCalendarUID")
    return Claim.TOLD if _change(rng, root, tags, "987654") else Claim.ANY


def reference_moves(rng: Random, root: Tree.Element) -> Claim:
    """A number refers to something else, maybe in a circle."""
    found = [e for e in _leaves(root) if e.tag.endswith("UID") and (e.text or "").strip()]
    if found:
        rng.choice(found).text = rng.choice(found).text
    return Claim.ANY


def word_is_unknown(rng: Random, root: Tree.Element) -> Claim:
    """A number of the format means nothing."""
    found = [link.find("Type") for link in root.iter("PredecessorLink")]
    found += [task.find("ConstraintType") for task in root.iter("Task")]
    known = [element for element in found if element is not None]
    if not known:
        return Claim.ANY
    rng.choice(known).text = rng.choice(("9", "77", "-1", "FS", "1.5"))
    return Claim.REFUSED


def task_stands_twice(rng: Random, root: Tree.Element) -> Claim:
    """A task with a number of its own stands twice."""
    pairs = [(parent, child) for parent, child in _pairs(root) if child.tag == "Task"]
    if not pairs:
        return Claim.ANY
    parent, child = rng.choice(pairs)
    parent.insert(rng.randrange(len(parent) + 1), child)
    return Claim.REFUSED


def element_stands_twice(rng: Random, root: Tree.Element) -> Claim:
    """An element stands twice."""
    parent, child = rng.choice(list(_pairs(root)))
    parent.insert(rng.randrange(len(parent) + 1), child)
    tells = child.tag in ("Calendar", "Resource") and parent.tag in ("Calendars", "Resources")
    return Claim.TOLD if tells else Claim.ANY


def element_is_gone(rng: Random, root: Tree.Element) -> Claim:
    """An element is missing."""
    parent, child = rng.choice(list(_pairs(root)))
    parent.remove(child)
    return Claim.ANY


def task_that_is_linked_is_gone(rng: Random, root: Tree.Element) -> Claim:
    """A task that links name is missing."""
    tasks, links = root.find("Tasks"), _with(root, "PredecessorUID")
    if tasks is None or not links:
        return Claim.ANY
    uid = rng.choice(links).text
    gone = [task for task in tasks if task.findtext("UID") == uid]
    for task in gone:
        tasks.remove(task)
    return Claim.REFUSED if gone else Claim.ANY


def elements_are_in_another_order(rng: Random, root: Tree.Element) -> Claim:
    """Sections of the file mean the same in any order."""
    root[:] = shuffled(rng, root)
    return Claim.SAME


def outline_is_torn(rng: Random, root: Tree.Element) -> Claim:
    """Levels of the outline are others."""
    text = rng.choice(("0", "-3", "99", "2", "1e9", "1.5"))
    _change(rng, root, ("OutlineLevel",), text)
    return Claim.ANY


def flag_turns(rng: Random, root: Tree.Element) -> Claim:
    """A yes is a no, or neither."""
    tags = ("Summary", "Milestone", "Active", "Manual", "IsNull", "DayWorking", "CrossProject",
            "ScheduleFromStart", "IsBaseCalendar", "ExternalTask",
            "EnteredByOccurrences")  # fmt: skip
    _change(rng, root, tags, rng.choice(("0", "1", "true", "false", "2", "yes", "")))
    return Claim.ANY


def text_is_odd(rng: Random, root: Tree.Element) -> Claim:
    """A name is some that no person writes."""
    found = _with(root, "Name", "Title", "Initials", "WBS", "Value", "CurrencyCode", "Alias")
    text = "".join(c for c in rng.choice(TEXTS) if c >= " " or c in "\t\n\r")
    if found:
        rng.choice(found).text = text
    return Claim.ANY


def attribute_is_new(rng: Random, root: Tree.Element) -> Claim:
    """An attribute means nothing."""
    rng.choice(list(root.iter())).set("note", "&\"'<>")
    return Claim.SAME


def nesting_is_deep(rng: Random, root: Tree.Element) -> Claim:
    """Elements in elements, without an end."""
    inner = rng.choice(list(root.iter()))
    for _ in range(rng.choice((80, 900))):
        inner = Tree.SubElement(inner, "Deep")
    return Claim.REFUSED


def comment_stands_in_it(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """A comment or an instruction means nothing."""
    at = data.index(b">", data.index(b"<", 60)) + 1
    more = rng.choice((b"<!-- a comment -->", b"<?app do?>", b"<!-- <Task> -->", b"\n\n  "))
    return data[:at] + more + data[at:], Claim.SAME


def document_type(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """A document type, whose entities may fill all memory or read any file."""
    kind = rng.choice((
        b"<!DOCTYPE Project>", b'<!DOCTYPE Project SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE Project [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        b'<!DOCTYPE Project [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ))  # fmt: skip
    with_type = data.replace(_HEAD, _HEAD + b" " * rng.choice((0, 5000)) + kind + b"\n")
    if rng.random() < 0.3:
        text = with_type.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
        return text.encode("utf-16"), Claim.REFUSED
    return with_type, Claim.REFUSED


def declared_encoding(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """Another encoding, truly declared."""
    name = rng.choice(("UTF-16", "ISO-8859-1"))
    text = data.decode().replace("UTF-8", name)
    return text.encode(name, "xmlcharrefreplace"), Claim.SAME


def encoding_is_unknown(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """An encoding that nobody knows, or not that of the file."""
    name = rng.choice((b"EBCDIC-X", b"UTF-32", b"", b"utf-7"))
    return data.replace(b"UTF-8", name, 1), Claim.REFUSED


def prefix_stands_before_names(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """Names carry a prefix, as some tools write them."""
    text = data.replace(b"xmlns=", b"xmlns:p=").replace(b"</", b"</p:")
    return _HEAD + text[len(_HEAD) :].replace(b"<", b"<p:").replace(b"<p:/p:", b"</p:"), Claim.SAME


def text_is_long(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """A name is a megabyte, in many pieces."""
    piece = rng.choice((b"x", b"&amp;", b"\n", b"&#233;"))
    return data.replace(b"<Name>", b"<Name>" + piece * 100_000, 1), Claim.ANY


MUTATIONS = (
    number_is_odd, number_is_odd, number_is_odd, amount_is_no_number, date_is_none, date_is_odd,
    date_is_odd, duration_is_none, duration_is_odd, duration_is_negative, time_of_day_is_none,
    shifts_overlap, reference_dangles, calendar_dangles, reference_moves, reference_moves,
    word_is_unknown, task_stands_twice, element_stands_twice, element_is_gone, element_is_gone,
    task_that_is_linked_is_gone, elements_are_in_another_order, outline_is_torn, flag_turns,
    flag_turns, text_is_odd, text_is_odd, attribute_is_new, nesting_is_deep,
)  # fmt: skip
RAW: tuple[RawMutation, ...] = (
    *COMMON, bom, no_last_line_end, cut_must_show, comment_stands_in_it, document_type,
    document_type, declared_encoding, encoding_is_unknown, prefix_stands_before_names, text_is_long,
)  # fmt: skip


def always_refused(mutations: tuple[RawMutation, ...]) -> tuple[RawMutation, ...]:
    """The same damage to a file that is refused even when sound: no claim of being read."""
    return tuple(mutation for mutation in mutations if mutation is not text_is_long)
