"""What the leading bytes of a file say, read without decoding: format and announced size."""

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from affekt.errors import PictureError

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
END_OF_JPEG = b"\xff\xd9"
START_OF_SCAN = 0xDA
ALONE = {0x01, *range(0xD0, 0xD9)}  # JPEG markers without a length: TEM, RST0–7, SOI
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # JPEG markers that hold the size
MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")  # what ends entropy-coded data
OTHERS = (  # pictures and drawings that we know and refuse: name, where, bytes there
    ("SVG", 0, b"<svg"),
    ("PostScript", 0, b"%!PS"),
    ("PostScript", 0, b"\xc5\xd0\xd3\xc6"),
    ("PDF", 0, b"%PDF"),
    ("TIFF", 0, b"II*\x00"),
    ("TIFF", 0, b"MM\x00*"),
    ("TIFF", 0, b"II+\x00"),
    ("TIFF", 0, b"MM\x00+"),
    ("Photoshop", 0, b"8BPS"),
    ("FlashPix", 0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("icon", 0, b"\x00\x00\x01\x00"),
    ("cursor", 0, b"\x00\x00\x02\x00"),
    ("BMP", 0, b"BM"),
    ("JPEG 2000", 0, b"\x00\x00\x00\x0cjP  "),
    ("JPEG 2000", 0, b"\xff\x4f\xff\x51"),
    ("JPEG XL", 0, b"\x00\x00\x00\x0cJXL "),
    ("JPEG XL", 0, b"\xff\x0a"),
    ("Windows metafile", 0, b"\xd7\xcd\xc6\x9a"),
)
HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"}


class Size(NamedTuple):
    """Width and height as stored, before any turning, px."""

    width_px: int
    height_px: int


def format_of(data: bytes) -> str:
    """Give JPEG, PNG, WEBP or GIF, by the leading bytes and never by a name.

    Raises:
        PictureError: ``empty``, ``format`` for another kind of picture, else ``not-a-picture``.
    """
    if not data:
        raise PictureError("empty")
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(PNG_MAGIC):
        return "PNG"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    other = _other_format(data)
    if other:
        raise PictureError("format", other)
    raise PictureError("not-a-picture", f"begins with {data[:16]!r}")


def _other_format(data: bytes) -> str | None:
    for name, at, magic in OTHERS:
        if data.startswith(magic, at):
            return name
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS:
        return "HEIF"
    opening = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if opening.startswith((b"<?xml", b"<!doctype svg", b"<!--", b"<svg")) and b"<svg" in opening:
        return "SVG"
    return None


def announced_size(data: bytes, kind: str) -> Size:
    """Give the size that the header announces.

    Raises:
        PictureError: ``truncated`` or ``decode-error`` when there is no such header.
    """
    reader = {"JPEG": _jpeg_size, "PNG": _png_size, "WEBP": _webp_size, "GIF": _gif_size}[kind]
    size = reader(data)
    if size is None:
        raise PictureError("truncated", "ends inside its header")
    return size


def _jpeg_size(data: bytes) -> Size | None:
    for marker, at in _jpeg_segments(data):
        if marker in FRAMES and at + 9 <= len(data):
            return Size(
                int.from_bytes(data[at + 7 : at + 9], "big"),
                int.from_bytes(data[at + 5 : at + 7], "big"),
            )
        if marker == START_OF_SCAN:
            raise PictureError("decode-error", "pixels before any size")
    return None


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Give (marker, position of its 0xFF) up to the end of the first picture."""
    at = 2
    while at + 1 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        yield marker, at
        if marker == END_OF_JPEG[1]:
            return
        if marker in ALONE:
            at += 2
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == START_OF_SCAN:
            found = MARKER.search(data, at)
            at = found.end() - 2 if found else len(data)


def end_of_jpeg(data: bytes) -> int | None:
    """Give where the first picture's end marker stands, or None when it has none.

    A marker of an embedded thumbnail does not count, nor does anything behind the end.
    """
    for marker, at in _jpeg_segments(data):
        if marker == END_OF_JPEG[1]:
            return at
    return None


def _png_size(data: bytes) -> Size | None:
    if len(data) < 24:
        return None
    if data[12:16] != b"IHDR":
        raise PictureError("decode-error", "does not begin with its header chunk")
    return Size(int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))


def check_png(data: bytes) -> None:
    """Check that every chunk up to the end is whole.

    The decoder accepts some wrong checksums; we do not, because the pixels may be anything.

    Raises:
        PictureError: ``truncated`` without an end, ``decode-error`` for a wrong checksum.
    """
    view, at = memoryview(data), len(PNG_MAGIC)
    while at + 12 <= len(data):
        length = int.from_bytes(view[at : at + 4], "big")
        end = at + 12 + length
        if end > len(data):
            break
        if zlib.crc32(view[at + 4 : end - 4]) != int.from_bytes(view[end - 4 : end], "big"):
            raise PictureError("decode-error", f"wrong checksum in chunk {data[at + 4 : at + 8]!r}")
        if data[at + 4 : at + 8] == b"IEND":
            return
        at = end
    raise PictureError("truncated", "has no end chunk")


def _gif_size(data: bytes) -> Size | None:
    if len(data) < 10:
        return None
    return Size(int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little"))


def _webp_size(data: bytes) -> Size | None:
    if len(data) < 30 or int.from_bytes(data[4:8], "little") + 8 > len(data):
        return None
    chunk = data[12:16]
    if chunk == b"VP8X":
        return Size(
            int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        )
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return Size((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1)
    if chunk == b"VP8 ":
        return Size(
            int.from_bytes(data[26:28], "little") & 0x3FFF,
            int.from_bytes(data[28:30], "little") & 0x3FFF,
        )
    raise PictureError("decode-error", f"begins with the unknown chunk {chunk!r}")
