"""Reads what a JPEG or PNG file holds besides pixels, piece by piece, decoding nothing."""

import re
from typing import NamedTuple

PNG = b"\x89PNG\r\n\x1a\n"
JFIF = b"JFIF\x00"
END, SCAN, COMMENT = 0xD9, 0xDA, 0xFE
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}
NEXT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # ends entropy-coded data
APPLICATION = (  # beginning of an application segment → what it is
    (b"Exif\x00", "EXIF"),
    (b"http://ns.adobe.com/", "XMP"),
    (b"ICC_PROFILE", "colour profile"),
    (b"Photoshop", "IPTC"),
    (b"JFXX", "thumbnail"),
    (b"MPF", "second picture"),
)
CHUNKS = {
    b"eXIf": "EXIF", b"iTXt": "text", b"tEXt": "text", b"zTXt": "text", b"iCCP": "colour profile",
    b"tIME": "time",
}  # fmt: skip


class Scan(NamedTuple):
    """What a picture file holds.

    Attributes:
        format: JPEG or PNG; ``""`` for anything else, also for a torn file.
        is_plain: 8 bits a channel, RGB or grey.
        extras: What there is besides pixels, in words, in order.
    """

    format: str
    is_plain: bool
    extras: tuple[str, ...]


NOTHING = Scan("", False, ())


def scan(data: bytes) -> Scan:
    """Give what a file holds; never raises."""
    if data.startswith(PNG):
        return _png(data)
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    return NOTHING


def _png(data: bytes) -> Scan:
    extras: list[str] = []
    at, is_plain = len(PNG), False
    while at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if kind == b"IHDR":
            is_plain = data[at + 16 : at + 18] in (b"\x08\x00", b"\x08\x02")  # depth, colour type
        elif kind not in (b"IDAT", b"IEND"):
            extras.append(CHUNKS.get(kind, f"chunk {kind!r}"))
        at += 12 + length
        if kind == b"IEND":
            return Scan("PNG", is_plain, (*extras, *(["a tail"] if at < len(data) else [])))
    return NOTHING


def _jpeg(data: bytes) -> Scan:
    extras: list[str] = []
    at, is_plain = 2, False
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF or marker in WITHOUT_LENGTH:
            at += 1 if marker == 0xFF else 2
            continue
        if marker == END:
            break
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : end]
        if marker in FRAMES:
            is_plain = body[:1] == b"\x08" and body[5:6] in (b"\x01", b"\x03")
        extras += _jpeg_extra(marker, body)
        at = _after_scan(data, end) if marker == SCAN else end
    if data[at : at + 2] != bytes((0xFF, END)):
        return NOTHING
    return Scan("JPEG", is_plain, (*extras, *(["a tail"] if at + 2 < len(data) else [])))


def _after_scan(data: bytes, at: int) -> int:
    found = NEXT.search(data, at)
    return found.start() if found else len(data)


def _jpeg_extra(marker: int, body: bytes) -> list[str]:
    if marker == COMMENT:
        return ["comment"]
    if not 0xE0 <= marker <= 0xEF:
        return []
    if marker == 0xE0 and body.startswith(JFIF):
        return [] if body[12:14] == b"\x00\x00" and len(body) == 14 else ["thumbnail"]
    names = [name for begin, name in APPLICATION if body.startswith(begin)]
    return names or [f"application segment {marker - 0xE0}"]
