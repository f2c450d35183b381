"""From a path or a scenario's name to a `Document`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path as FilePath

from wattport import user_file
from wattport.errors import Code, Finding
from wattport.spec.reading.document import Document, read
from wattport.user_file import Why

_CODES = {
    Why.FOLDER: Code.IS_A_FOLDER, Why.TOO_LARGE: Code.TOO_LARGE, Why.PACKED: Code.NOT_UTF8
}  # fmt: skip


def read_file(
    source: str | FilePath, names: Sequence[str], text_of: Callable[[str], str]
) -> Document:
    """
    Read a YAML file, or a shipped scenario where the source is its name.

    Parameters
    ----------
    source : str or Path
        A name without folder or suffix is looked up among the scenarios first.
    names : sequence of str
        Shipped scenarios.
    text_of : callable
        From name to text.
    """
    name = os.fspath(source)
    if name in names:
        return _root_checked(read(text_of(name), f"{name}.yaml"), f"{name}.yaml")
    text, finding = _text(FilePath(name), names)
    if finding is not None:
        return Document(findings=[finding], is_complete=False)
    return _root_checked(read(text, name), name)


def _text(path: FilePath, names: Sequence[str]) -> tuple[str, Finding | None]:
    name = str(path)
    try:
        raw = user_file.read(path, user_file.SCENARIO)
    except user_file.UnfitError as unfit:
        if unfit.why is Why.MISSING:
            return "", _missing(name, names)
        return "", unfit.finding(_CODES.get(unfit.why, Code.UNREADABLE))
    return decoded(raw, name)


def decoded(raw: bytes, name: str) -> tuple[str, Finding | None]:
    """
    Text of a YAML file, or what keeps it from being text.

    Parameters
    ----------
    raw : bytes
        The file.
    name : str
        Shown in the finding.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "", _refused(
            Code.NOT_UTF8, name, "is UTF-16 text", "save it as UTF-8", allowed="UTF-8"
        )
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        # The decoder counts from after a byte-order mark.
        at = error.start + (3 if raw.startswith(b"\xef\xbb\xbf") else 0)
        line_start = raw.rfind(b"\n", 0, at) + 1
        line = raw[line_start:].split(b"\n", 1)[0].rstrip(b"\r").decode("latin-1")
        return "", Finding(
            Code.NOT_UTF8,
            f"byte 0x{raw[at]:02x} is not UTF-8; as Latin-1 it reads {chr(raw[at])!r}",
            allowed="UTF-8", remedy="save the file as UTF-8", file=name,
            line=raw.count(b"\n", 0, at) + 1, column=at - line_start + 1, excerpt=line,
        )  # fmt: skip


def _missing(name: str, names: Sequence[str]) -> Finding:
    near = get_close_matches(FilePath(name).stem.lower(), names, 1, 0.5)
    files = []
    folder = FilePath(name).parent
    with suppress(OSError):  # a folder that may not be listed
        yaml_files = [f.name for f in folder.iterdir() if f.suffix in (".yaml", ".yml")]
        files = get_close_matches(FilePath(name).name, yaml_files, 1, 0.6)
    guess = str(folder / files[0]) if files else near[0] if near else ""
    return _refused(
        Code.FILE_NOT_FOUND, name, "is neither a file nor the name of a scenario",
        f"did you mean `{guess}`?" if guess else "`wattport init my.yaml` writes one to start from",
        allowed="a YAML file, or a scenario: " + ", ".join(names),
    )  # fmt: skip


def _root_checked(document: Document, name: str) -> Document:
    if document.is_complete and document.data is None:
        finding = Finding(
            Code.EMPTY, "holds no scenario", file=name, allowed="sections such as `site:`",
            remedy="`wattport init my.yaml` writes one to start from",
        )  # fmt: skip
        document.findings.append(finding)
        document.is_complete = False
    elif document.is_complete and not isinstance(document.data, dict):
        kind = "a list" if isinstance(document.data, list) else "a single value"
        finding = Finding(
            Code.ROOT_NOT_MAPPING, f"the file holds {kind}", allowed="sections such as `site:`",
            remedy="start with `name: my campus`, without a dash",
        )  # fmt: skip
        document.findings.append(document.located(finding, ()))
        document.is_complete = False
    return document


def _refused(code: Code, name: str, message: str, remedy: str, allowed: str = "") -> Finding:
    return Finding(
        code, f"{name!r} {message}", value=name, allowed=allowed, remedy=remedy, file=name
    )
