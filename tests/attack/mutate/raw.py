"""Damage to the bytes of any file: cut, joined, in other encodings, with other line ends."""

from __future__ import annotations

import gzip
from random import Random

from attack.mutate.mutant import TEXTS, Claim, RawMutation

_BOM = b"\xef\xbb\xbf"
_CONTROLS = b"\x00\x01\x07\x08\x0b\x0c\x1a\x1b\x7f\x85\x9b\xff"


def nothing(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """An empty file, or one of blanks."""
    return rng.choice((b"", b"\n", b"   \n\n\t\n", b"\r\n", _BOM)), Claim.REFUSED


def cut(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """The file ends anywhere."""
    return data[: rng.randrange(len(data))], Claim.ANY


def cut_must_show(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """The file ends well before its end, in a format that can tell."""
    return data[: rng.randrange(len(data) - 12)], Claim.REFUSED


def head_is_gone(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """The file begins anywhere."""
    return data[rng.randrange(1, len(data)) :], Claim.ANY


def joined(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """The file stands twice in itself."""
    return data + data, Claim.ANY


def joined_must_show(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """The file stands twice in itself, in a format that can tell."""
    return data + data, Claim.TOLD


def middle_is_gone(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """A piece is missing."""
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randint(1, 200) :], Claim.ANY


def bytes_flip(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """A few bytes are others."""
    array = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        array[rng.randrange(len(array))] = rng.randrange(256)
    return bytes(array), Claim.ANY


def control_character(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """A control character or a byte of no text stands somewhere."""
    at = rng.randrange(len(data) + 1)
    return data[:at] + bytes([rng.choice(_CONTROLS)]) + data[at:], Claim.ANY


def odd_text(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """Odd text stands somewhere."""
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(TEXTS).encode() + data[at:], Claim.ANY


def lines_move(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """A line stands elsewhere, twice, or not at all."""
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    line = lines[at]
    if rng.random() < 0.6:
        del lines[at]
    if rng.random() < 0.6:
        lines.insert(rng.randrange(len(lines) + 1), line)
    return b"\n".join(lines), Claim.ANY


def bom(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """A byte-order mark, as Windows sets it."""
    return _BOM + data, Claim.SAME


def crlf(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """Line ends of Windows."""
    return data.replace(b"\n", b"\r\n"), Claim.SAME


def old_line_ends(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """Line ends of the first Macs, or of Windows in one half only."""
    if rng.random() < 0.5:
        return data.replace(b"\n", b"\r"), Claim.ANY
    middle = len(data) // 2
    return data[:middle].replace(b"\n", b"\r\n") + data[middle:], Claim.ANY


def no_last_line_end(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """The last line does not end."""
    return data.rstrip(b"\n"), Claim.SAME


def other_encoding(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """Text in an encoding of its own."""
    name = rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp500", "utf-7"))
    return data.decode("utf-8", "replace").encode(name, "replace"), Claim.ANY


def gzipped(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """Packed under a name that does not say so."""
    return gzip.compress(data, mtime=0), Claim.ANY


def gzip_is_cut(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """Packed, and cut or damaged on its way."""
    packed = bytearray(gzip.compress(data, mtime=0))
    if rng.random() < 0.5:
        return bytes(packed[: rng.randrange(2, len(packed) - 1)]), Claim.REFUSED
    packed[rng.randrange(12, len(packed) - 8)] ^= 0x55
    return bytes(packed), Claim.REFUSED


def another_file(rng: Random, data: bytes) -> tuple[bytes, Claim]:
    """Something else altogether."""
    return rng.choice((
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", b"PK\x03\x04\x14\x00\x06\x00", b"\x89PNG\r\n\x1a\n",
        b"<!doctype html><html><body>404 Not Found</body></html>", b'{"error": "not found"}',
        b"PAR1PAR1", b"\x1f\x8b", b"\xff\xfe", b"version https://git-lfs.github.com/spec/v1\n",
        bytes(range(256)) * 8, b"[" * 5000, b"<a>" * 5000, b"0" * 5000, b"\x00" * 5000,
    )), Claim.REFUSED  # fmt: skip


# Whatever the format, and whatever comes of it.
COMMON: tuple[RawMutation, ...] = (
    nothing, cut, head_is_gone, joined, middle_is_gone, bytes_flip, bytes_flip, control_character,
    control_character, odd_text, odd_text, lines_move, old_line_ends, other_encoding, another_file,
)  # fmt: skip
